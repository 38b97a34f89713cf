//! JSON in and out. The same recipe is the same text, always: fields in the order of the nouns, options by name.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Recipe, SCHEMA};
use crate::domain::{Stamp, text};

/// A text is no recipe, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARecipe {
    /// Something else, or broken.
    #[error("it is no recipe: {0}")]
    Unreadable(String),
    /// Of a version this program does not know.
    #[error("it is a {0}, and this pinxit reads {SCHEMA}")]
    Other(String),
}

impl Recipe {
    /// One line of JSON, safe to show as it is.
    pub fn to_text(&self) -> String {
        // Names are words and numbers finite: nothing in a recipe cannot be written.
        let text = serde_json::to_string(self).unwrap_or_default();
        spelled(&text).into_owned()
    }

    /// Reads one; fields it does not know are left out.
    pub fn parse(text: &str) -> Result<Recipe, NotARecipe> {
        /// What tells it from other JSON.
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
        }
        let unreadable = |error: serde_json::Error| {
            NotARecipe::Unreadable(text::clean(&error.to_string()).trim_end_matches('.').to_owned())
        };
        let text = text.trim_start_matches('\u{feff}');
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        match head.schema.as_deref() {
            Some(SCHEMA) => serde_json::from_str(text).map_err(unreadable),
            Some(other) => Err(NotARecipe::Other(text::clean(other).chars().take(60).collect())),
            None => Err(NotARecipe::Unreadable(format!("it does not say \"schema\": \"{SCHEMA}\""))),
        }
    }
}

/// JSON that says the same without letters a terminal would take for orders or nobody would see: they are spelled `\u001b`.
/// Outside texts JSON has none of them but line feeds.
pub fn spelled(json: &str) -> Cow<'_, str> {
    let mut letter = [0; 4];
    let mut is_plain = |c: char| c == '\n' || (c.is_ascii() && !c.is_ascii_control()) || is_shown(c, &mut letter);
    if json.chars().all(&mut is_plain) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_plain(c) {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(out)
}

/// Whether a letter comes through as it is; two that XML has no place for do not.
fn is_shown(c: char, letter: &mut [u8; 4]) -> bool {
    let one = c.encode_utf8(letter);
    !matches!(c, '\u{fffe}' | '\u{ffff}') && text::clean_lines(one) == *one
}

/// RFC 3339, UTC.
pub(super) fn moment(stamp: Stamp) -> String {
    jiff::Timestamp::from_millisecond(stamp.0).map(|moment| moment.to_string()).unwrap_or_default()
}
