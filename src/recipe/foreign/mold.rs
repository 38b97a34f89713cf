//! mold: one JSON object, named `mold:parameters` in a PNG, and with that name before it in a JPEG's comment.

use super::{Fields, Foreign, named, object};

const NAME: &str = "mold:parameters";

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let commented = || texts.iter().find_map(|(_, text)| text.strip_prefix(NAME));
    let mut fields = Fields(object(named(texts, &[NAME]).or_else(commented)?)?);
    Some(Foreign {
        tool: "mold",
        prompt: fields.text(&["prompt"]),
        negative: fields.text(&["negative_prompt"]),
        size: fields.size(&["width"], &["height"]),
        seed: fields.number(&["seed"]),
        n: fields.small(&["batch_size", "batch"]),
        unmapped: fields.rest(),
    })
}
