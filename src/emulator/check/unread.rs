//! What a request says and the model does not look at: nothing refuses it, so only this tells it
//! from a wish that was heard (contract 2.2, 3.2). Pure. Not here: what is refused (`check`).

use serde_json::{Map, Value};

use super::super::models::{Count, Layout, Model, Route};

/// Longest negative prompt, in characters; the rest is cut silently (contract 3).
const NEGATIVE_CHARACTERS: usize = 500;

/// How a request is answered, as far as it decides what is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    /// All images in one choice.
    pub sequence: bool,
    /// Text and images mixed.
    pub interleave: bool,
    /// Input images.
    pub images: usize,
}

/// The negative prompt as the model reads it: from `input` on the older protocol, from
/// `parameters` elsewhere (contract 2.2).
pub fn negative(model: &Model, route: Route, mode: Mode, body: &Value) -> Option<String> {
    let place = if route.is_prompted() { "input" } else { "parameters" };
    if !route.is_prompted() && !reads(model, mode, "negative_prompt") {
        return None;
    }
    let text = body[place]["negative_prompt"].as_str()?;
    Some(text.chars().take(NEGATIVE_CHARACTERS).collect())
}

/// Every field of `input` and `parameters` that has no effect, as `parameters.negative_prompt`, in
/// the order of the alphabet.
pub fn unread(model: &Model, route: Route, mode: Mode, body: &Value) -> Vec<String> {
    let in_input = |name: &str| match route {
        Route::Sync | Route::Messages => name == "messages",
        Route::Text2Image => matches!(name, "prompt" | "negative_prompt"),
        Route::Image2Image => matches!(name, "prompt" | "negative_prompt" | "images"),
    };
    let in_parameters = |name: &str| match name {
        "negative_prompt" => !route.is_prompted() && reads(model, mode, name),
        _ => reads(model, mode, name),
    };
    let mut unread = left_out(&body["input"], "input", in_input);
    unread.extend(left_out(&body["parameters"], "parameters", in_parameters));
    unread.sort();
    unread
}

fn left_out(object: &Value, place: &str, is_read: impl Fn(&str) -> bool) -> Vec<String> {
    let names = object.as_object().into_iter().flat_map(Map::keys);
    names.filter(|name| !is_read(name)).map(|name| format!("{place}.{name}")).collect()
}

/// The table of contract 3.2, and what it says about modes.
fn reads(model: &Model, mode: Mode, name: &str) -> bool {
    let is_z_image = model.layout == Layout::ZImage;
    match name {
        "size" => model.sizes.is_read(),
        "n" => model.count != Count::Unread,
        "seed" => true,
        "watermark" => !is_z_image,
        "negative_prompt" => !model.steers && !is_z_image,
        "prompt_extend" => !model.steers && !mode.interleave,
        "enable_sequential" | "bbox_list" => model.steers,
        "color_palette" => model.steers && !mode.sequence,
        "thinking_mode" => model.steers && !mode.sequence && mode.images == 0,
        "enable_interleave" | "stream" => model.interleaves,
        "max_images" => mode.interleave,
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::models::find;
    use serde_json::json;

    const PLAIN: Mode = Mode { sequence: false, interleave: false, images: 0 };

    fn judged(name: &str, route: Route, mode: Mode, body: Value) -> (Option<String>, Vec<String>) {
        let model = find(name).unwrap();
        (negative(model, route, mode, &body), unread(model, route, mode, &body))
    }

    #[test]
    fn a_negative_prompt_is_heard_in_its_own_object_only() {
        let inside = || json!({"input": {"prompt": "a fox", "negative_prompt": "red"}});
        let beside = || json!({"input": {"prompt": "a fox"}, "parameters": {"negative_prompt": "red"}});
        let old = |body| judged("wan2.2-t2i-flash", Route::Text2Image, PLAIN, body);
        assert_eq!(old(inside()), (Some("red".into()), vec![]));
        assert_eq!(old(beside()), (None, vec!["parameters.negative_prompt".into()]));
        let new = |name: &str, place: &str| {
            let mut body = json!({"input": {"messages": []}, "parameters": {}});
            body[place]["negative_prompt"] = json!("red");
            judged(name, Route::Sync, PLAIN, body)
        };
        assert_eq!(new("wan2.6-t2i", "parameters"), (Some("red".into()), vec![]));
        assert_eq!(new("wan2.6-t2i", "input"), (None, vec!["input.negative_prompt".into()]));
        assert_eq!(new("wan2.7-image", "parameters"), (None, vec!["parameters.negative_prompt".into()]));
    }

    #[test]
    fn a_long_negative_prompt_is_cut() {
        let body = json!({"parameters": {"negative_prompt": "雪".repeat(501)}});
        let (heard, _) = judged("qwen-image-2.0", Route::Sync, PLAIN, body);
        assert_eq!(heard, Some("雪".repeat(500)));
    }

    #[test]
    fn a_mode_decides_what_is_looked_at() {
        let body = || json!({"parameters": {"thinking_mode": true, "color_palette": [], "max_images": 2, "n": 1}});
        let unread = |name: &str, mode| judged(name, Route::Sync, mode, body()).1;
        assert_eq!(unread("wan2.7-image", PLAIN), ["parameters.max_images"]);
        assert_eq!(
            unread("wan2.7-image", Mode { images: 1, ..PLAIN }),
            ["parameters.max_images", "parameters.thinking_mode"]
        );
        assert_eq!(
            unread("wan2.6-image", Mode { interleave: true, ..PLAIN }),
            ["parameters.color_palette", "parameters.thinking_mode"]
        );
        let size = json!({"parameters": {"size": "1024*1024", "n": 4, "colour": "red"}});
        let (_, unread) = judged("qwen-image-edit", Route::Sync, PLAIN, size);
        assert_eq!(unread, ["parameters.colour", "parameters.n", "parameters.size"]);
    }
}
