//! A whole file: its form, its rules, its rows or everything that is wrong with it.

use std::borrow::Cow;
use std::fmt;

use crate::domain::text;

use super::super::expand::{Lists, Unfolding};
use super::assembly::Assembly;
use super::{Row, jsonl, lines, table};

/// Bytes of one line, or of one row of CSV, at most.
pub const LINE_MAX: usize = 1 << 20;
/// Rows of one file at most, wildcards unfolded.
pub const ROWS_MAX: usize = 100_000;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON object on each line.
    Jsonl,
    /// A table whose first row names the fields; cells are separated by commas, semicolons or tabs.
    Csv,
    /// A prompt on each line, with flags or without: `--prompt "..." --width 1024 --height 1024`, `a fox --ar 16:9`.
    Lines,
}

impl Form {
    /// By the ending of the file's name, and if that says nothing, by how its text begins.
    pub fn of(name: &str, text: &str) -> Form {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        match ending.as_deref() {
            Some("jsonl" | "ndjson" | "json") => Form::Jsonl,
            Some("csv" | "tsv") => Form::Csv,
            // `{red|blue} fox` is a prompt; `{"` begins no prompt anyone would write.
            _ if text.trim_start_matches('\u{feff}').trim_start().starts_with("{\"") => Form::Jsonl,
            _ => Form::Lines,
        }
    }
}

/// What holds for every row.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// API names of all parameters there are; those without a field of their own become [`Row::options`].
    pub parameters: &'a [&'a str],
    /// What is done about wildcards and matrices in prompts.
    pub unfolding: Unfolding,
    /// Lists that wildcards name.
    pub lists: &'a dyn Lists,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Rows in the order of the file, wildcards unfolded.
    pub rows: Vec<Row>,
    /// What is worth knowing about them.
    pub notes: Vec<Note>,
}

/// Something worth knowing that stops nothing. Its text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Line of the file, from 1; 0 for the base and the axes of a grid.
    pub line: usize,
    /// A sentence.
    pub message: String,
}

/// Something wrong with a file. Its text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1; 0 for the base and the axes of a grid, and for the file as a whole.
    pub line: usize,
    /// The field, where it is about one.
    pub field: Option<String>,
    /// A sentence or two.
    pub message: String,
}

impl Problem {
    pub(super) fn of_line(line: usize, message: impl AsRef<str>) -> Problem {
        Problem { line, field: None, message: text::clean(message.as_ref()).into_owned() }
    }

    pub(super) fn of_field(line: usize, field: &str, message: impl AsRef<str>) -> Problem {
        Problem { field: Some(text::clean(field).into_owned()), ..Problem::of_line(line, message) }
    }
}

impl fmt::Display for Problem {
    /// `line 3: seed: ...`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        f.write_str(&self.message)
    }
}

/// The text of a file: UTF-8, or UTF-16 where a byte order mark says so.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.len().is_multiple_of(2)).map(Cow::Owned)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
    };
    text.ok_or_else(|| {
        let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let line = bytes[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
        Problem::of_line(line, "This is not UTF-8 text. Save the file as UTF-8.")
    })
}

/// Reads a file's text. All problems are told together, in the order of lines.
pub fn read(text: &str, form: Form, rules: &Rules<'_>) -> Result<Batch, Vec<Problem>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut assembly = Assembly::new(*rules);
    match form {
        Form::Jsonl => jsonl::read(text, &mut assembly),
        Form::Csv => table::read(text, &mut assembly),
        Form::Lines => lines::read(text, &mut assembly),
    }
    assembly.finish()
}
