//! Prompts with flags, one on each line: `--prompt "a fox" --width 1024 --height 1024`, `a fox --ar 16:9 --no hands`, or
//! the prompt alone. Empty lines and lines that begin with `#` are skipped.
//!
//! A prompt that is not a flag's goes on, as it stands, to the first flag. A flag's value goes on to the next flag, so that
//! it needs quotes only where a shell would not leave it alone.

use serde_json::Value;

use super::super::nearest::{nearest, question};
use super::assembly::{Assembly, Written};
use super::flags::{Flag, meaning, names};
use super::table::cell;
use super::words::{Word, is_flag, split};
use super::{LINE_MAX, Problem};

pub(super) fn read(text: &str, assembly: &mut Assembly<'_>) {
    for (index, content) in text.lines().enumerate() {
        let (line, content) = (index + 1, content.trim());
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if content.len() > LINE_MAX {
            assembly.problem(Problem::of_line(line, "The line is longer than 1 MB."));
            continue;
        }
        let (prompt, flags) = content.split_at(flags_begin(content));
        let mut said = Said::new(line, assembly.parameters());
        if !prompt.trim().is_empty() {
            let prompt = if flags.is_empty() { prompt } else { unquoted(prompt.trim()) };
            said.pairs.push(("prompt".into(), prompt.into()));
        }
        match split(flags) {
            Ok(words) => said.flags(&words),
            Err(quote) => {
                let message = format!("Behind the prompt a quote ({quote}) is opened and never closed.");
                said.problems.push(Problem::of_line(line, message));
            }
        }
        said.finish(assembly);
    }
}

/// Where the first flag begins, in bytes.
fn flags_begin(line: &str) -> usize {
    let mut is_gap = true;
    for (at, c) in line.char_indices() {
        if is_gap && is_flag(&line[at..]) {
            return at;
        }
        is_gap = c.is_whitespace();
    }
    line.len()
}

/// Without the quotes around all of it.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}

/// What the flags of one line say.
struct Said<'a> {
    line: usize,
    parameters: &'a [&'a str],
    pairs: Vec<(String, Value)>,
    width: Option<u64>,
    height: Option<u64>,
    times: Option<u64>,
    foreign: Vec<String>,
    problems: Vec<Problem>,
}

impl<'a> Said<'a> {
    fn new(line: usize, parameters: &'a [&'a str]) -> Said<'a> {
        Said {
            line,
            parameters,
            pairs: vec![],
            width: None,
            height: None,
            times: None,
            foreign: vec![],
            problems: vec![],
        }
    }

    fn flags(&mut self, words: &[Word]) {
        let mut rest = words;
        while let [flag, after @ ..] = rest {
            let end = after.iter().position(Word::is_flag).unwrap_or(after.len());
            let (name, joined) = match flag.text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (flag.text.as_str(), None),
            };
            let words = joined.into_iter().chain(after[..end].iter().map(|word| word.text.as_str()));
            let value = words.collect::<Vec<_>>().join(" ");
            self.flag(name, &value);
            rest = &after[end..];
        }
    }

    fn flag(&mut self, written: &str, value: &str) {
        let name = written.trim_start_matches('-').replace('-', "_");
        match meaning(&name) {
            _ if self.parameters.contains(&name.as_str())
                && !["n", "seed", "size", "negative_prompt"].contains(&&*name) =>
            {
                self.field(written, &name, value);
            }
            Some(Flag::Field(field)) => self.field(written, field, value),
            Some(Flag::Seed) if value.trim().starts_with('-') && value.trim().parse::<i64>().is_ok() => {}
            Some(Flag::Seed) => self.field(written, "seed", value),
            Some(Flag::Width) => self.width = self.number(written, value),
            Some(Flag::Height) => self.height = self.number(written, value),
            Some(Flag::Times) => {
                let times = self.number(written, value).map(|times| times.saturating_mul(self.times.unwrap_or(1)));
                self.times = times.or(self.times);
            }
            Some(Flag::Foreign) => self.foreign.push(written.to_owned()),
            None => {
                let near = nearest(&name, names().chain(self.parameters.iter().copied()), 1);
                let near: Vec<_> = near.into_iter().map(|name| format!("--{name}")).collect();
                let near: Vec<_> = near.iter().map(String::as_str).collect();
                let message = format!("There is no such flag.{}", question(&near));
                self.problems.push(Problem::of_field(self.line, written, message));
            }
        }
    }

    fn field(&mut self, written: &str, field: &str, value: &str) {
        let value = match (field, value) {
            ("thinking_mode" | "prompt_extend" | "watermark", "on" | "") => Some(Value::Bool(true)),
            ("thinking_mode" | "prompt_extend" | "watermark", "off") => Some(Value::Bool(false)),
            ("enable_sequential" | "enable_interleave", "") => Some(Value::Bool(true)),
            _ => cell(field, value),
        };
        match value {
            Some(value) => self.push(field, value),
            None => self.problems.push(Problem::of_field(self.line, written, "There is no value behind it.")),
        }
    }

    /// Lists grow; anything else that is given twice is told when fields are made out.
    fn push(&mut self, field: &str, value: Value) {
        let list = self.pairs.iter_mut().find(|(name, _)| name == field).and_then(|(_, value)| value.as_array_mut());
        match (list, value) {
            (Some(list), Value::Array(more)) => list.extend(more),
            (_, value) => self.pairs.push((field.to_owned(), value)),
        }
    }

    fn number(&mut self, written: &str, value: &str) -> Option<u64> {
        let number = value.trim().parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            let message = format!("This is a whole number, 1 or more, not {value:?}.");
            self.problems.push(Problem::of_field(self.line, written, message));
        }
        number
    }

    fn finish(mut self, assembly: &mut Assembly<'_>) {
        let line = self.line;
        match (self.width, self.height) {
            (Some(width), Some(height)) => self.pairs.push(("size".into(), format!("{width}*{height}").into())),
            (None, None) => {}
            // A side that could not be read is told already.
            _ if !self.problems.is_empty() => {}
            _ => self.problems.push(Problem::of_line(line, "Give --width and --height both, or neither.")),
        }
        self.pairs.extend(self.times.map(|times| ("n".to_owned(), times.into())));
        if !self.foreign.is_empty() {
            let message = format!("Left out, as these models have no use for it: {}.", self.foreign.join(", "));
            assembly.note(line, message);
        }
        self.problems.into_iter().for_each(|problem| assembly.problem(problem));
        assembly.take(Written { line, pairs: self.pairs });
    }
}
