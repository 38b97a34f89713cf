//! What other tools write into their pictures, each in its own way: read for words, size, seed and number; the rest by name.

mod a1111;
mod comfy;
mod fooocus;
mod invoke;
mod mold;
mod swarm;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What another tool was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Which tool.
    pub tool: &'static str,
    /// The words.
    pub prompt: String,
    /// What to keep out.
    pub negative: String,
    /// Pixels across and down.
    pub size: Option<(u32, u32)>,
    /// Seed, of any size.
    pub seed: Option<u64>,
    /// How many.
    pub n: Option<u32>,
    /// Everything else, by name.
    pub unmapped: BTreeMap<String, String>,
}

/// Reads what the first tool that knows its own words among these wrote. `texts`: the name of each record, and its text.
pub fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let readers = [
        invoke::read as fn(&[(&str, &str)]) -> Option<Foreign>,
        mold::read,
        swarm::read,
        fooocus::read,
        comfy::read,
        a1111::read,
    ];
    let mut foreign = readers.into_iter().find_map(|read| read(texts))?;
    foreign.prompt = without_networks(&foreign.prompt, &mut foreign.unmapped);
    Some(foreign)
}

/// The text of the first record of one of these names.
fn named<'a>(texts: &[(&str, &'a str)], names: &[&str]) -> Option<&'a str> {
    texts.iter().find(|(name, _)| names.contains(name)).map(|(_, text)| *text)
}

/// The parameters, where tools put them: a text of that name in a PNG, the comment of EXIF elsewhere.
fn parameters<'a>(texts: &[(&str, &'a str)]) -> Option<&'a str> {
    named(texts, &["parameters", "UserComment"])
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text.trim_matches(['\u{feff}', '\0', ' ', '\n'])).ok()
}

/// Takes fields out of an object of JSON; what is left at the end is unmapped.
struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, names: &[&str]) -> String {
        let found = names.iter().find(|name| self.0.get(**name).is_some_and(Value::is_string));
        let value = found.and_then(|name| self.0.shift_remove(*name));
        value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// A number, also where it is written as text. A negative seed stands for a random one.
    fn number(&mut self, names: &[&str]) -> Option<u64> {
        let name = names.iter().find(|name| self.0.contains_key(**name))?;
        let value = self.0.get(*name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
        self.0.shift_remove(*name);
        Some(number)
    }

    fn small(&mut self, names: &[&str]) -> Option<u32> {
        self.number(names).and_then(|number| u32::try_from(number).ok())
    }

    fn size(&mut self, width: &[&str], height: &[&str]) -> Option<(u32, u32)> {
        Some((self.small(width)?, self.small(height)?))
    }

    /// Everything left that says something.
    fn rest(self) -> BTreeMap<String, String> {
        self.0.into_iter().filter(|(_, value)| !is_empty(value)).map(|(name, value)| (name, told(&value))).collect()
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn told(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `1024x768`, `1024×768`, `(1024, 768)`.
fn sides(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().trim_matches(['(', ')']);
    let (width, height) = text.split_once(['x', 'X', '×', '*', ','])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

/// A prompt without the networks of Stable Diffusion in it: `<lora:name:0.8>` is no words, and means nothing to other models.
fn without_networks(prompt: &str, unmapped: &mut BTreeMap<String, String>) -> String {
    let (mut kept, mut rest) = (String::new(), prompt);
    while let Some(start) = rest.find('<') {
        let is_network =
            ["<lora:", "<lyco:", "<hypernet:", "<embed:"].iter().any(|mark| rest[start..].starts_with(mark));
        let end = rest[start..].find('>').map(|end| start + end + 1).filter(|_| is_network);
        let next = end.unwrap_or(start + 1);
        match end {
            Some(end) => {
                kept.push_str(&rest[..start]);
                let networks = unmapped.entry("networks".to_owned()).or_default();
                networks.push_str(if networks.is_empty() { "" } else { " " });
                networks.push_str(&rest[start..end]);
            }
            None => kept.push_str(&rest[..next]),
        }
        rest = &rest[next..];
    }
    kept.push_str(rest);
    if unmapped.contains_key("networks") { kept.trim().trim_matches(',').trim().to_owned() } else { kept }
}

#[cfg(test)]
mod tests;
