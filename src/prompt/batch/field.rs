//! The fields of a row by name.

use super::super::nearest::{nearest, question};

/// Marks the row that holds the defaults.
pub(super) const DEFAULTS: &str = "$defaults";

/// Fields, and the API's switches for a mode.
const FIELDS: [&str; 15] = [
    "id",
    "prompt",
    "negative",
    "model",
    "mode",
    "size",
    "ar",
    "n",
    "seed",
    "refs",
    "out",
    "tags",
    "project",
    "enable_sequential",
    "enable_interleave",
];

/// Other names of fields.
const ALIASES: [(&str, &str); 3] =
    [("negative_prompt", "negative"), ("reference_images", "refs"), ("reference_image", "refs")];

/// The field or parameter of that name, under its own name; else a sentence.
pub(super) fn known<'a>(name: &'a str, parameters: &[&'a str]) -> Result<&'a str, String> {
    if let Some((_, field)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return Ok(field);
    }
    if FIELDS.contains(&name) || parameters.contains(&name) {
        return Ok(name);
    }
    let names = FIELDS.iter().chain(parameters).copied().chain(ALIASES.map(|(alias, _)| alias));
    Err(format!("There is no such field.{}", question(&nearest(name, names, 1))))
}

/// Whether it is a field, not a parameter kept among the options.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
}
