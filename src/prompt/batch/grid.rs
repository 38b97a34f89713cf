//! Grids: axes over any field, crossed over a base row.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::domain::text;

use super::assembly::{Assembly, Written};
use super::field::{is_field, known};
use super::table::cell;
use super::{Batch, Problem, ROWS_MAX, Rules};

/// Bytes of a value in an id.
const SLUG: usize = 24;

/// A field and its values, as written.
struct Axis {
    field: String,
    values: Vec<String>,
}

/// The rows of a grid: every value of every axis over the base, in reading order, the last axis fastest. An axis is
/// `field=v1,v2`; a value with a comma in it is put in double quotes, and `1..4` is 1, 2, 3, 4 where the field is no text.
/// Values are written as in a cell of CSV. Each row's id is made of its values, behind the base's id if it has one.
pub fn grid(base: &Map<String, Value>, axes: &[&str], rules: &Rules<'_>) -> Result<Batch, Vec<Problem>> {
    let mut assembly = Assembly::new(*rules);
    let mut read: Vec<Axis> = Vec::new();
    for axis in axes {
        match axis_of(axis, rules) {
            Ok(axis) if read.iter().any(|other| other.field == axis.field) => {
                assembly.problem(Problem::of_field(0, &axis.field, "There are two axes for it."));
            }
            Ok(axis) => read.push(axis),
            Err(problem) => assembly.problem(problem),
        }
    }
    let cells = read.iter().fold(1usize, |cells, axis| cells.saturating_mul(axis.values.len()));
    if cells > ROWS_MAX {
        assembly.problem(Problem::of_line(0, format!("The grid has more than {ROWS_MAX} cells.")));
    }
    let mut base: Vec<_> = base.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let id = base.iter().position(|(name, _)| name == "id").map(|at| base.remove(at).1);
    if id.as_ref().is_some_and(|id| !id.is_string()) {
        assembly.problem(Problem::of_field(0, "id", "An id is text."));
    }
    let id = id.as_ref().and_then(Value::as_str).map(str::to_owned);
    assembly.set_defaults(0, base);
    let mut ids: HashMap<String, usize> = HashMap::new();
    for number in 0..if cells > ROWS_MAX { 0 } else { cells } {
        let places = places(&read, number);
        let mut pairs = Vec::new();
        for (axis, place) in read.iter().zip(&places) {
            // An empty value takes back what the base says.
            let value = cell(&axis.field, &axis.values[*place]).unwrap_or(Value::Null);
            pairs.push((axis.field.clone(), value));
        }
        let id = own(name(id.as_deref(), &read, &places), &mut ids);
        pairs.push(("id".into(), id.into()));
        assembly.take(Written { line: number + 1, pairs });
    }
    // A value that is wrong is wrong in every row it stands in.
    assembly.finish().map_err(|mut problems| {
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert((problem.field.clone(), problem.message.clone())));
        problems
    })
}

/// The name itself, or with the first number from 2 behind it that makes it one nobody has.
fn own(name: String, taken: &mut HashMap<String, usize>) -> String {
    let mut number = taken.get(&name).copied().unwrap_or(0) + 1;
    let numbered = |number| if number > 1 { format!("{name}_{number}") } else { name.clone() };
    while number > 1 && taken.contains_key(&numbered(number)) {
        number += 1;
    }
    let own = numbered(number);
    taken.insert(name, number);
    taken.entry(own.clone()).or_insert(1);
    own
}

/// Which value of each axis cell `number` has.
fn places(axes: &[Axis], mut number: usize) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::with_capacity(axes.len());
    for axis in axes.iter().rev() {
        places.push(number % axis.values.len());
        number /= axis.values.len();
    }
    places.reverse();
    places
}

fn name(base: Option<&str>, axes: &[Axis], places: &[usize]) -> String {
    let values = axes.iter().zip(places).map(|(axis, place)| {
        let slug = text::slug(&axis.values[*place], SLUG);
        if slug.is_empty() { (place + 1).to_string() } else { slug }
    });
    let name = base.map(str::to_owned).into_iter().chain(values).collect::<Vec<_>>().join("_");
    if name.is_empty() { "1".to_owned() } else { name }
}

fn axis_of(written: &str, rules: &Rules<'_>) -> Result<Axis, Problem> {
    let wrong = |field: &str, message: &str| Problem::of_field(0, field, message);
    let (name, values) = written.split_once('=').ok_or_else(|| wrong(written, "An axis is written field=v1,v2."))?;
    let name = name.trim();
    let field = known(name, rules.parameters).map_err(|message| wrong(name, &message))?;
    if field == "id" {
        return Err(wrong(name, "Ids are made of the values; they are no axis."));
    }
    let values = split(values).ok_or_else(|| wrong(name, "A quote is opened and never closed."))?;
    let has_ranges = field == "n" || field == "seed" || !is_field(field);
    let mut all = Vec::new();
    for (value, is_quoted) in values {
        match range(&value).filter(|_| has_ranges && !is_quoted) {
            Some((first, last)) if last < first => return Err(wrong(name, "The range ends before it begins.")),
            Some((first, last)) if last - first >= ROWS_MAX as u64 => {
                return Err(wrong(name, "The range is too long."));
            }
            Some((first, last)) => all.extend((first..=last).map(|number| number.to_string())),
            None => all.push(value),
        }
    }
    Ok(Axis { field: field.to_owned(), values: all })
}

/// `1..4`, both ends included.
fn range(value: &str) -> Option<(u64, u64)> {
    let (first, last) = value.split_once("..")?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// Splits at commas that are not in double quotes, and says which values were quoted; a quote within quotes is written
/// twice. `None` when a quote is never closed.
fn split(values: &str) -> Option<Vec<(String, bool)>> {
    let mut out = Vec::new();
    let mut rest = values.trim_start();
    loop {
        let (value, is_quoted, after) = match rest.strip_prefix('"') {
            Some(inner) => {
                let (value, after) = quoted(inner)?;
                (value, true, after.trim_start())
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].trim().to_owned(), false, &rest[end..])
            }
        };
        // Text behind a closing quote is no value: the quote was not meant as one.
        let end = after.find(',').unwrap_or(after.len());
        let tail = after[..end].trim_end();
        out.push(if tail.is_empty() { (value, is_quoted) } else { (format!("\"{value}\"{tail}"), is_quoted) });
        match after[end..].strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None => return Some(out),
        }
    }
}

/// Up to the closing quote, and what is behind it.
fn quoted(inner: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = inner;
    loop {
        let end = rest.find('"')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => return Some((value, rest)),
        }
    }
}
