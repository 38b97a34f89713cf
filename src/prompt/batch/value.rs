//! A row's values: from JSON to what a [`Row`] holds.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{Mode, ModelId, SEED_MAX, Size};

use super::field::is_field;
use super::{Problem, Row};

/// What a row says, by field and parameter names.
pub(super) type Said = BTreeMap<String, Value>;

/// Builds the row, without line and occurrence. What is wrong goes to `wrong`; a prompt that is not there is the
/// caller's to miss.
pub(super) fn row(line: usize, said: &Said, wrong: &mut Vec<Problem>) -> Row {
    let mut form = Form { line, said, wrong };
    let mut row = Row {
        line,
        id: form.take("id", name),
        prompt: form.take("prompt", words).unwrap_or_default(),
        model: form.take("model", name).map(ModelId),
        mode: form.take("mode", mode),
        negative: form.take("negative", words).filter(|text| !text.is_empty()),
        size: form.take("size", size),
        ar: form.take("ar", ratio),
        n: form.take("n", |value| number(value, 1, u32::MAX)),
        seed: form.take("seed", |value| number(value, 0, SEED_MAX)),
        refs: form.take("refs", names).unwrap_or_default(),
        out: form.take("out", name),
        tags: form.take("tags", names).unwrap_or_default(),
        project: form.take("project", name),
        ..Row::default()
    };
    let series = form.take("enable_sequential", switch).unwrap_or(false);
    let story = form.take("enable_interleave", switch).unwrap_or(false);
    let asked = [series.then_some(Mode::Sequential), story.then_some(Mode::Interleave)];
    for mode in asked.into_iter().flatten() {
        if row.mode.is_some_and(|other| other != mode) {
            form.wrong.push(Problem::of_field(line, "mode", "One row asks for one mode."));
        }
        row.mode = Some(mode);
    }
    if row.size.is_some() && row.ar.is_some() {
        form.wrong.push(Problem::of_field(line, "ar", "Give a size or a shape, not both."));
    }
    for (name, value) in said.iter().filter(|(name, value)| !is_field(name) && !value.is_null()) {
        match harmless(value) {
            Ok(()) => drop(row.options.insert(name.clone(), value.clone())),
            Err(message) => form.wrong.push(Problem::of_field(line, name, message)),
        }
    }
    row
}

struct Form<'a> {
    line: usize,
    said: &'a Said,
    wrong: &'a mut Vec<Problem>,
}

impl Form<'_> {
    fn take<T>(&mut self, field: &str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        let value = self.said.get(field).filter(|value| !value.is_null())?;
        match read(value) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong.push(Problem::of_field(self.line, field, message));
                None
            }
        }
    }
}

/// A value as it is shown in a message.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("This is text, not {}.", shown(value)))
}

/// Lines of text, trimmed.
fn words(value: &Value) -> Result<String, String> {
    let text = text(value)?.replace("\r\n", "\n");
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(control) => Err(forbidden(control)),
        None => Ok(text.trim().to_owned()),
    }
}

/// One line of text, trimmed, not empty.
fn name(value: &Value) -> Result<String, String> {
    let text = text(value)?.trim();
    match text.chars().find(|c| c.is_control()) {
        Some(control) => Err(forbidden(control)),
        None if text.is_empty() => Err("This is empty; leave it out instead.".into()),
        None => Ok(text.to_owned()),
    }
}

fn forbidden(control: char) -> String {
    format!("There is a control character in it (U+{:04X}); take it out.", u32::from(control))
}

/// A list of names; one alone needs no brackets.
fn names(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(values) => values.iter().map(name).collect(),
        Value::String(_) => Ok(vec![name(value)?]),
        _ => Err(format!("This is a list of texts, not {}.", shown(value))),
    }
}

fn number(value: &Value, min: u32, max: u32) -> Result<u32, String> {
    let read = value.as_u64().and_then(|number| u32::try_from(number).ok());
    read.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        let range = if max == u32::MAX { format!("{min} or more") } else { format!("{min} to {max}") };
        format!("This is a whole number, {range}, not {}.", shown(value))
    })
}

fn switch(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("This is true or false, not {}.", shown(value)))
}

fn mode(value: &Value) -> Result<Mode, String> {
    let word = text(value)?.trim().to_lowercase();
    let found = Mode::ALL.into_iter().find(|mode| mode.word() == word || mode.id() == word);
    found.ok_or_else(|| format!("A mode is one of {}, not {}.", Mode::ALL.map(Mode::word).join(", "), shown(value)))
}

fn size(value: &Value) -> Result<Size, String> {
    let wrong = || format!("A size is 1280*1280, 1K, 2K, 4K or auto, not {}.", shown(value));
    text(value)?.parse().map_err(|_| wrong())
}

/// A shape, as `--ar` takes it.
fn ratio(value: &Value) -> Result<String, String> {
    let text = text(value)?.trim();
    let is_side = |part: &str| part.trim().parse::<f64>().is_ok_and(|side| (0.01..=10_000.0).contains(&side));
    let is_ratio = text.split_once([':', '/', 'x']).is_some_and(|(w, h)| is_side(w) && is_side(h));
    if is_ratio {
        Ok(text.to_owned())
    } else {
        Err(format!("A shape is written W:H, like 16:9, not {}.", shown(value)))
    }
}

/// No control characters in any text within.
fn harmless(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            Some(control) => Err(forbidden(control)),
            None => Ok(()),
        },
        Value::Array(values) => values.iter().try_for_each(harmless),
        Value::Object(fields) => fields.values().try_for_each(harmless),
        _ => Ok(()),
    }
}
