//! Fooocus: the JSON of its parameters. Its other scheme is A1111's, and read as that.

use super::{Fields, Foreign, named, object, parameters, sides};

/// Fields only Fooocus has.
const OWN: [&str; 4] = ["base_model", "performance", "prompt_expansion", "full_prompt"];

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let mut fields = Fields(object(parameters(texts)?)?);
    let is_named = named(texts, &["fooocus_scheme"]).is_some();
    if !is_named && !OWN.iter().any(|name| fields.0.contains_key(*name)) {
        return None;
    }
    let (prompt, negative) = (fields.text(&["prompt"]), fields.text(&["negative_prompt"]));
    let seed = fields.number(&["seed"]);
    let size = fields.0.get("resolution").and_then(|value| sides(value.as_str()?));
    if size.is_some() {
        fields.0.shift_remove("resolution");
    }
    let n = fields.small(&["image_number"]);
    Some(Foreign { tool: "Fooocus", prompt, negative, size, seed, n, unmapped: fields.rest() })
}
