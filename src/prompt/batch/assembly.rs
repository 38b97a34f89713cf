//! Rows put together: names made out, defaults laid under, wildcards unfolded, ids and equal rows told apart.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::text;

use super::super::expand::{Unfolded, Wordbook, unfold};
use super::field::{DEFAULTS, known};
use super::value::{self, Said};
use super::{Batch, Note, Problem, ROWS_MAX, Row, Rules, tell_apart};

/// A row as its form has it: names as written, values as JSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Written {
    pub(super) line: usize,
    pub(super) pairs: Vec<(String, Value)>,
}

pub(super) struct Assembly<'a> {
    rules: Rules<'a>,
    book: Wordbook<'a>,
    defaults: Said,
    /// Whether a row was there already.
    begun: bool,
    /// Ids, and the lines that gave them.
    ids: HashMap<String, usize>,
    batch: Batch,
    problems: Vec<Problem>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(rules: Rules<'a>) -> Assembly<'a> {
        Assembly {
            rules,
            book: Wordbook::new(rules.lists),
            defaults: Said::new(),
            begun: false,
            ids: HashMap::new(),
            batch: Batch::default(),
            problems: Vec::new(),
        }
    }

    /// Names of parameters that may stand in a row.
    pub(super) fn parameters(&self) -> &'a [&'a str] {
        self.rules.parameters
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn note(&mut self, line: usize, message: String) {
        self.batch.notes.push(Note { line, message: text::clean(&message).into_owned() });
    }

    /// Takes a row, or the defaults.
    pub(super) fn take(&mut self, mut written: Written) {
        let line = written.line;
        let mark = written.pairs.iter().position(|(name, _)| name == DEFAULTS);
        let mark = mark.map(|at| written.pairs.remove(at).1);
        let is_first = !std::mem::replace(&mut self.begun, true);
        match mark {
            None | Some(Value::Bool(false) | Value::Null) => self.row(line, written.pairs),
            Some(Value::Bool(true)) if is_first => self.set_defaults(line, written.pairs),
            Some(Value::Bool(true)) => {
                self.problem(Problem::of_field(line, DEFAULTS, "Only the first row can hold the defaults."));
            }
            Some(_) => self.problem(Problem::of_field(line, DEFAULTS, "This is true or false.")),
        }
    }

    /// Takes what every row says unless it says otherwise.
    pub(super) fn set_defaults(&mut self, line: usize, pairs: Vec<(String, Value)>) {
        let mut said = self.said(line, pairs);
        if said.remove("id").is_some() {
            self.problem(Problem::of_field(line, "id", "An id is a row's own; take it out of the defaults."));
        }
        let mut wrong = Vec::new();
        value::row(line, &said, &mut wrong);
        // What is wrong in the defaults is told once, not again for each row.
        said.retain(|name, _| wrong.iter().all(|problem| problem.field.as_ref() != Some(name)));
        self.problems.append(&mut wrong);
        self.defaults = said;
    }

    fn row(&mut self, line: usize, pairs: Vec<(String, Value)>) {
        let before = self.problems.len();
        let said = self.said(line, pairs);
        let mut wrong = Vec::new();
        let row = value::row(line, &self.over_defaults(said), &mut wrong);
        let is_bad = |wrong: &[Problem]| wrong.iter().any(|problem| problem.field.as_deref() == Some("prompt"));
        if row.prompt.is_empty() && !is_bad(&wrong) {
            wrong.push(Problem::of_field(line, "prompt", "There is no prompt."));
        }
        self.problems.append(&mut wrong);
        let is_new = row.id.as_ref().is_none_or(|id| self.claim(id, line));
        // Beyond the limit rows are only looked at for problems.
        if row.prompt.is_empty() || self.batch.rows.len() > ROWS_MAX {
            return;
        }
        let Some(rows) = self.unfolded(row) else { return };
        if is_new && rows.len() > 1 {
            for id in rows.iter().filter_map(|row| row.id.as_ref()) {
                self.claim(id, line);
            }
        }
        if self.problems.len() == before {
            self.add(line, rows);
        }
    }

    fn add(&mut self, line: usize, rows: Vec<Row>) {
        let (before, after) = (self.batch.rows.len(), self.batch.rows.len() + rows.len());
        if before <= ROWS_MAX && after > ROWS_MAX {
            let message = format!("From here on there are more than {ROWS_MAX} rows. Split the file.");
            self.problem(Problem::of_line(line, message));
        }
        // One too many is kept, so that this is told once.
        self.batch.rows.extend(rows.into_iter().take((ROWS_MAX + 1).saturating_sub(before)));
    }

    /// Fields under their own names.
    fn said(&mut self, line: usize, pairs: Vec<(String, Value)>) -> Said {
        let mut said = Said::new();
        for (name, value) in pairs {
            match known(&name, self.rules.parameters) {
                Ok(field) if said.contains_key(field) => {
                    self.problem(Problem::of_field(line, &name, format!("{field} is given twice.")));
                }
                Ok(field) => drop(said.insert(field.to_owned(), value)),
                Err(message) => self.problem(Problem::of_field(line, &name, message)),
            }
        }
        said
    }

    fn over_defaults(&self, said: Said) -> Said {
        let mut all = self.defaults.clone();
        // Size and shape say the same thing in two ways, and so do the mode and the API's switches for it.
        for group in [&["size", "ar"][..], &["mode", "enable_sequential", "enable_interleave"][..]] {
            if group.iter().any(|field| said.get(*field).is_some_and(|value| !value.is_null())) {
                group.iter().for_each(|field| drop(all.remove(*field)));
            }
        }
        all.extend(said);
        all
    }

    /// Whether the id is free; it is taken from now on.
    fn claim(&mut self, id: &str, line: usize) -> bool {
        match self.ids.get(id) {
            Some(other) => {
                let message = format!("{id} is the id of line {other} too. Ids are different.");
                self.problem(Problem::of_field(line, "id", message));
                false
            }
            None => self.ids.insert(id.to_owned(), line).is_none(),
        }
    }

    /// The rows one row stands for; `None` when its wildcards cannot be read.
    fn unfolded(&mut self, row: Row) -> Option<Vec<Row>> {
        let line = row.line;
        let Unfolded { count, prompts } = match unfold(&row.prompt, &self.rules.unfolding, &mut self.book) {
            Ok(unfolded) => unfolded,
            Err(error) => {
                self.problem(Problem::of_field(line, "prompt", error.to_string()));
                return None;
            }
        };
        let made = prompts.len();
        if (made as u64) < count {
            self.note(line, format!("Of {count} prompts this stands for, {made} are made."));
        }
        if prompts.iter().any(|prompt| prompt.trim().is_empty()) {
            let message = "One of the prompts this stands for is empty.";
            self.problem(Problem::of_field(line, "prompt", message));
        }
        let one = |(place, prompt): (usize, String)| {
            let id = row.id.as_ref().map(|id| if made > 1 { format!("{id}-{}", place + 1) } else { id.clone() });
            let prompt = prompt.trim().to_owned();
            let template = (prompt != row.prompt).then(|| row.prompt.clone());
            Row { id, template, prompt, ..row.clone() }
        };
        Some(prompts.into_iter().enumerate().map(one).collect())
    }

    pub(super) fn finish(mut self) -> Result<Batch, Vec<Problem>> {
        if !self.problems.is_empty() {
            self.problems.sort_by_key(|problem| problem.line);
            return Err(self.problems);
        }
        if self.batch.rows.is_empty() {
            return Err(vec![Problem::of_line(0, "There are no rows.")]);
        }
        tell_apart(&mut self.batch.rows);
        Ok(self.batch)
    }
}
