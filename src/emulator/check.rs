//! From a request body to an order, or to the refusal the service would give (contract 2, 3,
//! 6.2, 6.3). Pure. Not here: keys, faults and what an accepted order leads to.

use serde_json::Value;

use super::Variants;
use super::models::{self, Count, Model, Route, Standing};
use super::refusal::Refusal;
use super::size::{Pixels, Sizes};
use super::steering;

/// A legal request: what is to be painted and how it is answered.
#[derive(Debug, Clone)]
pub struct Order {
    /// The model's row.
    pub model: &'static Model,
    /// The name the request used, snapshots included.
    pub name: String,
    /// The path it came by.
    pub route: Route,
    /// The prompt.
    pub prompt: String,
    /// Images to paint.
    pub images: u64,
    /// Their size.
    pub size: Pixels,
    /// The seed, if the request named one.
    pub seed: Option<u32>,
    /// Whether the prompt is rewritten.
    pub extend: bool,
    /// All images in one choice, as a sequence.
    pub sequence: bool,
    /// Text and images mixed in one choice.
    pub interleave: bool,
}

/// Judges one generation request.
///
/// # Errors
/// The first thing the service would complain about.
pub fn order(route: Route, asks_async: bool, body: &[u8], variants: Variants) -> Result<Order, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(400, "BadRequest.IllegalInput", "The input parameter requires json format."))?;
    let name = body["model"].as_str().unwrap_or_default();
    if name.is_empty() {
        let message = "Required parameter \"model\" missing from request.";
        return Err(Refusal::new(400, "BadRequest.EmptyModel", message));
    }
    check_mode(route, asks_async)?;
    let model = models::find(name).ok_or_else(|| unknown_model(name, variants))?;
    check_standing(model.standing(route, variants))?;
    let input = body["input"].as_object().ok_or_else(|| {
        let message = "Required input parameter missing from request.";
        Refusal::new(400, "BadRequest.EmptyInput", message)
    })?;
    let parameters = Parameters::of(&body)?;
    let (prompt, images) = match route {
        Route::Text2Image => (prompt(input.get("prompt"))?, 0),
        Route::Sync | Route::Messages => message(input.get("messages"))?,
    };
    let interleave = model.interleaves && parameters.flag("enable_interleave", false)?;
    let sequence = model.steers && parameters.flag("enable_sequential", false)?;
    check_mixing(route, interleave)?;
    check_images(model, interleave, images)?;
    check_parameters(model, &parameters, sequence, images)?;
    let sizes = if interleave { Sizes::INTERLEAVED } else { model.sizes };
    Ok(Order {
        model,
        name: name.to_owned(),
        route,
        prompt,
        images: parameters.images(model, sequence, interleave)?,
        size: sizes.resolve(parameters.text("size")?, images > 0, sequence)?,
        seed: parameters.number("seed", 0, 2_147_483_647)?.and_then(|seed| u32::try_from(seed).ok()),
        extend: parameters.flag("prompt_extend", model.extends)?,
        sequence,
        interleave,
    })
}

fn check_mode(route: Route, asks_async: bool) -> Result<(), Refusal> {
    match (route.is_async(), asks_async) {
        (true, false) => Err(Refusal::new(403, "AccessDenied", "current user api does not support synchronous calls.")),
        (false, true) => Err(not_async()),
        _ => Ok(()),
    }
}

fn check_standing(standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Served => Ok(()),
        Standing::SyncOnly => Err(not_async()),
        // The exclamation mark is full-width on the wire.
        Standing::Foreign => Err(Refusal::parameter("url error, please check url！")),
    }
}

fn not_async() -> Refusal {
    Refusal::new(403, "AccessDenied", "Current user api does not support asynchronous calls.")
}

fn unknown_model(name: &str, variants: Variants) -> Refusal {
    if variants.unknown_model_404 {
        let message = format!("The model {name} does not exist or you do not have access to it.");
        Refusal::new(404, "ModelNotFound", message)
    } else {
        Refusal::parameter("Model not exist.")
    }
}

fn prompt(value: Option<&Value>) -> Result<String, Refusal> {
    match value.and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(Refusal::parameter("Field required: input.prompt")),
    }
}

/// The one user message: its one text and how many images stand beside it (contract 2.1).
fn message(value: Option<&Value>) -> Result<(String, usize), Refusal> {
    let Some(messages) = value.and_then(Value::as_array) else {
        return Err(Refusal::parameter("Field required: input.messages"));
    };
    let [message] = messages.as_slice() else {
        return Err(Refusal::parameter("messages length only support 1"));
    };
    let content = message["content"].as_array().filter(|list| !list.is_empty());
    let (Some("user"), Some(content)) = (message["role"].as_str(), content) else {
        return Err(Refusal::parameter("Role must be user or assistant and Content length must be greater than 0"));
    };
    let (mut texts, mut images) = (Vec::new(), 0);
    for item in content {
        match (item["text"].as_str(), item["image"].as_str()) {
            (Some(text), None) => texts.push(text),
            (None, Some(image)) if !image.is_empty() => images += 1,
            _ => return Err(Refusal::parameter("lack of image or text")),
        }
    }
    match texts.as_slice() {
        [text] if !text.is_empty() => Ok(((*text).to_owned(), images)),
        [] | [_] => Err(Refusal::parameter("lack of image or text")),
        _ => Err(Refusal::parameter(format!("content length only support {}", images + 1))),
    }
}

/// Mixed answers come as a stream or as a task (contract 5); the stream is not served here.
fn check_mixing(route: Route, interleave: bool) -> Result<(), Refusal> {
    if interleave && route == Route::Sync {
        return Err(Refusal::parameter("enable_interleave requires stream output or an asynchronous call"));
    }
    Ok(())
}

fn check_images(model: &Model, interleave: bool, images: usize) -> Result<(), Refusal> {
    let (min, max) = if interleave { (0, 1) } else { model.images };
    if images < min {
        Err(Refusal::parameter("lack of image or text"))
    } else if images > max {
        Err(Refusal::parameter(format!("content length only support {}", max + 1)))
    } else {
        Ok(())
    }
}

fn check_parameters(model: &Model, parameters: &Parameters, sequence: bool, images: usize) -> Result<(), Refusal> {
    for name in ["watermark", "thinking_mode", "stream"] {
        parameters.flag(name, false)?;
    }
    parameters.text("negative_prompt")?;
    if !model.steers {
        return Ok(());
    }
    if let Some(list) = parameters.get("bbox_list") {
        steering::check_boxes(list, images)?;
    }
    if let Some(palette) = parameters.get("color_palette") {
        if sequence {
            return Err(Refusal::parameter("color_palette requires enable_sequential to be false"));
        }
        steering::check_palette(palette)?;
    }
    Ok(())
}

/// The `parameters` object, or nothing: it may be left out (contract 2.1).
struct Parameters<'a>(Option<&'a serde_json::Map<String, Value>>);

impl<'a> Parameters<'a> {
    fn of(body: &'a Value) -> Result<Parameters<'a>, Refusal> {
        match &body["parameters"] {
            Value::Null => Ok(Parameters(None)),
            Value::Object(map) => Ok(Parameters(Some(map))),
            _ => Err(invalid("parameters")),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| invalid(name)),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| invalid(name)),
        }
    }

    fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => {
                value.as_u64().filter(|number| (min..=max).contains(number)).map(Some).ok_or_else(|| invalid(name))
            }
        }
    }

    /// How many images come back (contract 3.1, 3.3.7 to 3.3.11).
    fn images(&self, model: &Model, sequence: bool, interleave: bool) -> Result<u64, Refusal> {
        if interleave {
            self.number("n", 1, 1)?;
            return Ok(self.number("max_images", 1, 5)?.unwrap_or(5));
        }
        if sequence {
            return Ok(self.number("n", 1, 12)?.unwrap_or(12));
        }
        match model.count {
            Count::Up { max, default } => Ok(self.number("n", 1, max)?.unwrap_or(default)),
            Count::Unread => Ok(1),
            Count::OnlyOne => match self.get("n") {
                None => Ok(1),
                Some(n) if n.as_u64() == Some(1) => Ok(1),
                Some(_) => Err(Refusal::parameter("num_images_per_prompt must be 1")),
            },
        }
    }
}

fn invalid(name: &str) -> Refusal {
    Refusal::parameter(format!("Required parameter({name}) missing or invalid, please check the request parameters."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages(model: &str, content: Value, parameters: Value) -> Value {
        json!({
            "model": model,
            "input": {"messages": [{"role": "user", "content": content}]},
            "parameters": parameters,
        })
    }

    fn text(model: &str, parameters: Value) -> Value {
        messages(model, json!([{"text": "a fox"}]), parameters)
    }

    fn judge(route: Route, body: &Value) -> Result<Order, Refusal> {
        let body = body.to_string();
        order(route, route.is_async(), body.as_bytes(), Variants::default())
    }

    fn told(route: Route, body: &Value) -> (u16, String, String) {
        let refusal = judge(route, body).unwrap_err();
        (refusal.status, refusal.code, refusal.message)
    }

    fn parameter(message: &str) -> (u16, String, String) {
        (400, "InvalidParameter".into(), message.into())
    }

    #[test]
    fn counts_and_their_defaults_are_each_models_own() {
        let images = |model: &str, parameters: Value| {
            judge(Route::Sync, &text(model, parameters)).map(|order| order.images).ok()
        };
        assert_eq!(images("wan2.7-image", json!({})), Some(1));
        assert_eq!(images("wan2.7-image", json!({"n": 4})), Some(4));
        assert_eq!(images("wan2.7-image", json!({"n": 5})), None);
        let sequence = |n: u64| json!({"enable_sequential": true, "n": n});
        assert_eq!(images("wan2.7-image", sequence(12)), Some(12));
        assert_eq!(images("wan2.7-image", sequence(13)), None);
        let unnamed = json!({"enable_sequential": true});
        assert_eq!(images("wan2.7-image", unnamed), Some(12));
        assert_eq!(images("wan2.6-t2i", json!({})), Some(4));
        assert_eq!(images("qwen-image-2.0", json!({"n": 6})), Some(6));
        assert_eq!(images("qwen-image-2.0", json!({"n": 7})), None);
        assert_eq!(images("qwen-image-2.0", json!({"n": 0})), None);
        assert_eq!(images("z-image-turbo", json!({"n": 3})), Some(1));
    }

    #[test]
    fn one_image_models_refuse_more_in_the_services_words() {
        let answer = parameter("num_images_per_prompt must be 1");
        let body = text("qwen-image-plus", json!({"n": 2}));
        assert_eq!(told(Route::Sync, &body), answer);
        let body = json!({
            "model": "qwen-image", "input": {"prompt": "a fox"}, "parameters": {"n": 0},
        });
        assert_eq!(told(Route::Text2Image, &body), answer);
    }

    #[test]
    fn the_edit_model_that_reads_no_count_gives_one() {
        let content = json!([{"image": "https://host/a.png"}, {"text": "bluer"}]);
        let body = messages("qwen-image-edit", content, json!({"n": 99}));
        assert_eq!(judge(Route::Sync, &body).unwrap().images, 1);
    }

    #[test]
    fn the_message_is_one_users_with_one_text() {
        let two = json!({"model": "wan2.7-image", "input": {"messages": [
            {"role": "user", "content": [{"text": "a"}]},
            {"role": "user", "content": [{"text": "b"}]},
        ]}});
        assert_eq!(told(Route::Sync, &two), parameter("messages length only support 1"));
        let texts = messages("qwen-image-max", json!([{"text": "a"}, {"text": "b"}]), Value::Null);
        assert_eq!(told(Route::Sync, &texts), parameter("content length only support 1"));
        let none = messages("wan2.7-image", json!([{"image": "https://h/a.png"}]), json!({}));
        assert_eq!(told(Route::Sync, &none), parameter("lack of image or text"));
        let system = json!({"model": "wan2.7-image", "input": {"messages": [
            {"role": "system", "content": [{"text": "a"}]},
        ]}});
        assert!(told(Route::Sync, &system).2.starts_with("Role must be"));
    }

    #[test]
    fn input_images_are_counted() {
        let with = |model: &str, images: usize| {
            let mut content = vec![json!({"text": "as one"})];
            content.extend((0..images).map(|_| json!({"image": "https://host/a.png"})));
            judge(Route::Sync, &messages(model, json!(content), json!({}))).is_ok()
        };
        assert!(with("wan2.7-image", 9) && !with("wan2.7-image", 10));
        assert!(!with("wan2.6-image", 0) && with("wan2.6-image", 4) && !with("wan2.6-image", 5));
        assert!(!with("qwen-image-edit", 0) && with("qwen-image-edit", 3));
        assert!(!with("wan2.6-t2i", 1) && !with("qwen-image-max", 1));
    }

    #[test]
    fn modes_and_paths_that_do_not_fit_are_told_apart() {
        let body = text("wan2.6-t2i", json!({})).to_string();
        let ask = |route, asks_async| order(route, asks_async, body.as_bytes(), Variants::default()).unwrap_err();
        assert_eq!(
            ask(Route::Messages, false),
            Refusal::new(403, "AccessDenied", "current user api does not support synchronous calls.")
        );
        assert_eq!(ask(Route::Sync, true), not_async());
        let url = parameter("url error, please check url！");
        assert_eq!(told(Route::Text2Image, &text("wan2.6-t2i", json!({}))), url);
        assert_eq!(told(Route::Sync, &text("wan2.5-t2i-preview", json!({}))), url);
        assert_eq!(told(Route::Messages, &text("qwen-image-2.0", json!({}))), url);
        let max = json!({"model": "qwen-image-max", "input": {"prompt": "a fox"}});
        assert_eq!(judge(Route::Text2Image, &max).unwrap_err(), not_async());
    }

    #[test]
    fn an_unknown_model_answers_by_variant() {
        let body = text("wan9", json!({}));
        assert_eq!(told(Route::Sync, &body), parameter("Model not exist."));
        let variants = Variants { unknown_model_404: true, ..Variants::default() };
        let refusal = order(Route::Sync, false, body.to_string().as_bytes(), variants).unwrap_err();
        assert_eq!((refusal.status, refusal.code.as_str()), (404, "ModelNotFound"));
    }

    #[test]
    fn parameters_are_typed_and_ranged() {
        for wrong in [
            json!({"seed": -1}),
            json!({"seed": 2_147_483_648_u64}),
            json!({"seed": "7"}),
            json!({"watermark": "false"}),
            json!({"thinking_mode": "fast"}),
            json!({"size": 1024}),
            json!({"n": 1.5}),
            json!({"negative_prompt": 3}),
            json!([]),
        ] {
            assert!(judge(Route::Sync, &text("wan2.7-image", wrong.clone())).is_err(), "{wrong}");
        }
        let order = judge(Route::Sync, &text("wan2.7-image", json!({"seed": 2_147_483_647_u64})));
        assert_eq!(order.unwrap().seed, Some(2_147_483_647));
    }

    #[test]
    fn a_palette_is_not_for_sequences() {
        let palette = json!([
            {"hex": "#112233", "ratio": "50.00%"},
            {"hex": "#445566", "ratio": "30.00%"},
            {"hex": "#778899", "ratio": "20.00%"},
        ]);
        let alone = json!({"color_palette": palette});
        assert!(judge(Route::Sync, &text("wan2.7-image", alone)).is_ok());
        let both = json!({"color_palette": palette, "enable_sequential": true});
        assert!(judge(Route::Sync, &text("wan2.7-image", both)).is_err());
    }

    #[test]
    fn mixed_answers_are_tasks_of_one_count_and_up_to_five_images() {
        let mixed = |parameters: Value| {
            let mut parameters = parameters;
            parameters["enable_interleave"] = json!(true);
            text("wan2.6-image", parameters)
        };
        let images = |parameters| judge(Route::Messages, &mixed(parameters)).map(|order| order.images);
        assert_eq!(images(json!({})), Ok(5));
        assert_eq!(images(json!({"max_images": 3, "n": 1})), Ok(3));
        assert!(images(json!({"n": 2})).is_err());
        assert!(images(json!({"max_images": 6})).is_err());
        assert!(images(json!({"size": "1K"})).is_err());
        assert!(judge(Route::Sync, &mixed(json!({}))).is_err());
    }

    #[test]
    fn bodies_without_their_parts_are_named() {
        let code = |body: &str| order(Route::Sync, false, body.as_bytes(), Variants::default()).unwrap_err().code;
        assert_eq!(code("{"), "BadRequest.IllegalInput");
        assert_eq!(code("{}"), "BadRequest.EmptyModel");
        assert_eq!(code(r#"{"model":"wan2.6-t2i"}"#), "BadRequest.EmptyInput");
        assert_eq!(code(r#"{"model":"wan2.6-t2i","input":{"prompt":"a"}}"#), "InvalidParameter");
    }
}
