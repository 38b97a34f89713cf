//! InvokeAI: one JSON object named `invokeai_metadata`.

use super::{Fields, Foreign, named, object};

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let mut fields = Fields(object(named(texts, &["invokeai_metadata"])?)?);
    Some(Foreign {
        tool: "InvokeAI",
        prompt: fields.text(&["positive_prompt"]),
        negative: fields.text(&["negative_prompt"]),
        size: fields.size(&["width"], &["height"]),
        seed: fields.number(&["seed"]),
        n: None,
        unmapped: fields.rest(),
    })
}
