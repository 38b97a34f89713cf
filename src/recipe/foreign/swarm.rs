//! SwarmUI: `sui_image_params` inside the JSON of its parameters.

use serde_json::Value;

use super::{Fields, Foreign, object, parameters};

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let mut whole = object(parameters(texts)?)?;
    let Some(Value::Object(own)) = whole.shift_remove("sui_image_params") else { return None };
    let mut fields = Fields(own);
    let mut foreign = Foreign {
        tool: "SwarmUI",
        prompt: fields.text(&["prompt"]),
        negative: fields.text(&["negativeprompt"]),
        size: fields.size(&["width"], &["height"]),
        seed: fields.number(&["seed"]),
        n: fields.small(&["images"]),
        unmapped: fields.rest(),
    };
    foreign.unmapped.extend(Fields(whole).rest());
    Some(foreign)
}
