//! What is wrong with a file, all of it, each with its line.

use serde_json::json;

use crate::domain::{Fault, FaultKind, text};
use crate::prompt::batch::Problem;

use super::super::envelope::Envelope;
use super::super::failure;
use super::super::print::{self, Json};

/// A file with rows that cannot be sent. Nothing was.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {} problems", problems.len())]
pub struct Faulty {
    /// What the file is called.
    pub name: String,
    /// What is wrong, in the order of lines.
    pub problems: Vec<Problem>,
}

impl Faulty {
    /// What is wrong, each thing once: a row that wildcards made many of is wrong once.
    pub fn new(name: &str, mut problems: Vec<Problem>) -> Faulty {
        problems.sort_by_key(|problem| problem.line);
        let mut kept: Vec<Problem> = vec![];
        for problem in problems {
            let is_told = kept.iter().rev().take_while(|told| told.line == problem.line).any(|told| *told == problem);
            kept.extend((!is_told).then_some(problem));
        }
        Faulty { name: text::clean(name).into_owned(), problems: kept }
    }

    /// One thing, wrong with the file as a whole.
    pub fn whole(name: &str, message: impl Into<String>) -> Faulty {
        Faulty::new(name, vec![Problem { line: 0, field: None, message: message.into() }])
    }

    /// `spring.jsonl:12: size: 8000*8000 has 64,000,000 pixels; legal: ...`, a line for each.
    pub fn lines(&self) -> Vec<String> {
        let line = |problem: &Problem| {
            let place = if problem.line > 0 { format!(":{}", problem.line) } else { String::new() };
            let field = problem.field.as_ref().map(|field| format!(" {field}:")).unwrap_or_default();
            format!("{}{place}:{field} {}", self.name, problem.message)
        };
        self.problems.iter().map(line).collect()
    }

    /// The same as one fault.
    pub fn fault(&self) -> Fault {
        let count = match self.problems.len() {
            1 => "Something is".to_owned(),
            count => format!("{count} things are"),
        };
        Fault::new(FaultKind::Invalid, "rows", format!("{count} wrong in {}: nothing was sent.", self.name))
    }

    /// Says it, and tells the exit code.
    pub fn report(&self, command: &'static str, json: Option<Json>) -> u8 {
        self.lines().iter().for_each(|line| print::say(format!("error: {line}")));
        let fault = self.fault();
        failure::tell(&fault);
        let row = |problem: &Problem| json!({"line": problem.line, "field": problem.field, "message": problem.message});
        let told = || Envelope::failed(command, &fault).problems(self.problems.iter().map(row).collect());
        if json.is_some_and(|json| json.write(&told()).is_err()) {
            return print::PIPE_CLOSED;
        }
        fault.kind.exit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_told_once_with_its_line() {
        let problem = |line, field: Option<&str>, message: &str| Problem {
            line,
            field: field.map(str::to_owned),
            message: message.into(),
        };
        let size = problem(12, Some("size"), "too large; legal: 1K");
        let faulty = Faulty::new("a\x1bb.jsonl", vec![size.clone(), problem(3, None, "broken."), size]);
        assert_eq!(faulty.lines(), ["a␛b.jsonl:3: broken.", "a␛b.jsonl:12: size: too large; legal: 1K"]);
        assert_eq!(Faulty::whole("x", "There are no rows.").lines(), ["x: There are no rows."]);
        assert_eq!(faulty.fault().kind.exit(), 2);
    }
}
