//! CSV: the first row names the fields. Also how a value is written in a cell, which flags and axes share.

use serde_json::Value;

use super::assembly::{Assembly, Written};
use super::field::{DEFAULTS, is_field, known};
use super::{LINE_MAX, Problem};

/// What a cell says of a field or parameter; `None` for an empty one. Lists are separated by `;`, parameters are JSON where
/// they can be read as such.
pub(super) fn cell(field: &str, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(match field {
        "n" | "seed" => trimmed.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        "refs" | "tags" => trimmed.split(';').map(str::trim).filter(|part| !part.is_empty()).collect(),
        "enable_sequential" | "enable_interleave" | DEFAULTS => json(text),
        other if is_field(other) => text.into(),
        _ => json(text),
    })
}

fn json(text: &str) -> Value {
    match text.trim() {
        // As spreadsheets write them.
        "TRUE" | "True" => true.into(),
        "FALSE" | "False" => false.into(),
        trimmed => serde_json::from_str(trimmed).unwrap_or_else(|_| text.into()),
    }
}

pub(super) fn read(text: &str, assembly: &mut Assembly<'_>) {
    let delimiter = delimiter(text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut header, mut record, mut next_line) = (None::<Header>, csv::StringRecord::new(), 1);
    loop {
        let begin = reader.position().byte() as usize;
        // The text is UTF-8 and rows may differ in length, so there is nothing left that could be an error.
        if !reader.read_record(&mut record).unwrap_or(false) {
            return;
        }
        let end = (reader.position().byte() as usize).min(text.len());
        let raw = text.get(begin..end).unwrap_or_default();
        let row = raw.trim_start_matches(['\r', '\n']);
        let feeds = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let line = next_line + feeds(raw) - feeds(row);
        next_line += feeds(raw);
        let is_blank = record.iter().all(|cell| cell.trim().is_empty());
        if end == text.len() && is_open(row, char::from(delimiter)) {
            assembly.problem(Problem::of_line(line, "A quote is opened in this row and never closed."));
        } else if row.len() > LINE_MAX {
            assembly.problem(Problem::of_line(line, "The row is longer than 1 MB."));
        } else if let Some(header) = &header {
            if !is_blank {
                header.row(line, &record, assembly);
            }
        } else if !is_blank {
            header = Some(Header::read(line, &record, assembly));
        }
    }
}

/// The one the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    // Among equals the last one counts.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Whether a row ends inside a quoted cell.
fn is_open(row: &str, delimiter: char) -> bool {
    let (mut is_quoted, mut is_begin) = (false, true);
    let mut rest = row.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => drop(rest.next()),
            '"' if is_quoted || is_begin => is_quoted = !is_quoted,
            _ => {}
        }
        is_begin = !is_quoted && (c == delimiter || c == '\n');
    }
    is_quoted
}

/// Names of the columns, as written; `None` for one that is told as a problem or has no name.
struct Header(Vec<Option<String>>);

impl Header {
    fn read(line: usize, record: &csv::StringRecord, assembly: &mut Assembly<'_>) -> Header {
        let mut seen = Vec::new();
        let mut columns = Vec::new();
        for name in record.iter().map(str::trim) {
            let field = if name == DEFAULTS { Ok(DEFAULTS) } else { known(name, assembly.parameters()) };
            let problem = match field {
                Err(_) if name.is_empty() => None,
                Err(message) => Some(message),
                Ok(field) if seen.contains(&field.to_owned()) => Some(format!("There are two columns for {field}.")),
                Ok(field) => {
                    seen.push(field.to_owned());
                    columns.push(Some(name.to_owned()));
                    continue;
                }
            };
            columns.push(None);
            if let Some(message) = problem {
                assembly.problem(Problem::of_field(line, name, message));
            }
        }
        Header(columns)
    }

    fn row(&self, line: usize, record: &csv::StringRecord, assembly: &mut Assembly<'_>) {
        let Header(columns) = self;
        if record.len() != columns.len() {
            let message = format!("The row has {} cells, the header {}.", record.len(), columns.len());
            return assembly.problem(Problem::of_line(line, message));
        }
        let mut pairs = Vec::new();
        for (name, text) in columns.iter().zip(record) {
            let Some(name) = name else { continue };
            let field = known(name, assembly.parameters()).unwrap_or(name);
            pairs.extend(cell(field, text).map(|value| (name.clone(), value)));
        }
        assembly.take(Written { line, pairs });
    }
}
