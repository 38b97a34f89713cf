//! JSON Lines: an object on each line. Empty lines are skipped.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::assembly::{Assembly, Written};
use super::{LINE_MAX, Problem};

pub(super) fn read(text: &str, assembly: &mut Assembly<'_>) {
    for (index, content) in text.lines().enumerate() {
        let line = index + 1;
        if content.trim().is_empty() {
            continue;
        }
        if content.len() > LINE_MAX {
            assembly.problem(Problem::of_line(line, "The line is longer than 1 MB."));
            continue;
        }
        match serde_json::from_str::<Pairs>(content) {
            Ok(Pairs(pairs)) => assembly.take(Written { line, pairs }),
            Err(error) => assembly.problem(Problem::of_line(line, explained(&error))),
        }
    }
}

/// Without the parser's own line, which is always the first.
fn explained(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    match error.column() {
        0 => format!("This is not a JSON object on one line: {said}."),
        column => format!("This is not a JSON object on one line: {said}, at column {column}."),
    }
}

/// An object's fields in their order; one that is there twice is there twice.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
