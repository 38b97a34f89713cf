//! A recipe in a few lines, laid out as A1111 does: many tools read those.

use super::Recipe;
use crate::domain::text;

impl Recipe {
    /// The prompt, what to keep out, and a line of names and values that ends in who wrote it. `pixels`: how large the
    /// picture came out.
    pub fn words(&self, pixels: (u32, u32)) -> String {
        let request = &self.request;
        let (width, height) = pixels;
        let seed = self.picture.as_ref().map_or(request.seed, |picture| picture.seed);
        let mut values: Vec<(&str, String)> = vec![];
        values.extend(seed.map(|seed| ("Seed", seed.to_string())));
        values.push(("Size", format!("{width}x{height}")));
        values.push(("Model", value(request.model.as_str())));
        values.push(("Mode", request.mode.id().to_owned()));
        values.extend((request.n > 1).then(|| ("Batch size", request.n.to_string())));
        let style = request.written.as_ref().and_then(|written| written.style.as_deref());
        values.extend(style.map(|style| ("Style", value(style))));
        values.push(("Version", value(&self.program)));
        let mut lines = vec![text::clean_lines(request.prompt.trim()).into_owned()];
        if !request.negative_prompt.trim().is_empty() {
            lines.push(format!("Negative prompt: {}", text::clean_lines(request.negative_prompt.trim())));
        }
        let values: Vec<String> = values.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        lines.push(values.join(", "));
        lines.join("\n")
    }
}

/// A value, in quotes where a comma or colon would end it.
fn value(text: &str) -> String {
    let text = text::clean(text);
    match text.contains([',', ':', '"', '\n']) {
        true => serde_json::Value::from(text.into_owned()).to_string(),
        false => text.into_owned(),
    }
}
