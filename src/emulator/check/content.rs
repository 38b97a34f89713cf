//! What is in `input`: one prompt and the images beside it, in either protocol (contract 2.1,
//! 2.2). Not here: how many images a model takes, and what they are.

use serde_json::{Map, Value};

use super::super::models::Route;
use super::super::refusal::Refusal;

/// One request's words and images.
#[derive(Debug)]
pub struct Content {
    /// The prompt.
    pub prompt: String,
    /// Addresses and data URIs, in their order.
    pub images: Vec<String>,
}

/// Reads `input` as the path's protocol writes it.
///
/// # Errors
/// The service's words for what is missing or too much.
pub fn read(route: Route, input: &Map<String, Value>) -> Result<Content, Refusal> {
    match route {
        Route::Text2Image => prompted(input, Vec::new()),
        Route::Image2Image => prompted(input, images(input.get("images"))?),
        Route::Sync | Route::Messages => message(input.get("messages")),
    }
}

fn prompted(input: &Map<String, Value>, images: Vec<String>) -> Result<Content, Refusal> {
    if input.get("negative_prompt").is_some_and(|value| !value.is_string() && !value.is_null()) {
        return Err(Refusal::parameter(
            "Required parameter(negative_prompt) missing or invalid, please check the request parameters.",
        ));
    }
    match input.get("prompt").and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(Content { prompt: text.to_owned(), images }),
        _ => Err(Refusal::parameter("Field required: input.prompt")),
    }
}

fn images(value: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let listed = value.and_then(Value::as_array).filter(|list| !list.is_empty());
    let read = |list: &Vec<Value>| {
        list.iter().map(|one| one.as_str().filter(|one| !one.is_empty()).map(str::to_owned)).collect()
    };
    listed.and_then(read).ok_or_else(|| Refusal::parameter("Field required: input.images"))
}

/// The one user message: its one text and the images that stand beside it.
fn message(value: Option<&Value>) -> Result<Content, Refusal> {
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
    let (mut texts, mut images) = (Vec::new(), Vec::new());
    for item in content {
        match (item["text"].as_str(), item["image"].as_str()) {
            (Some(text), None) => texts.push(text),
            (None, Some(image)) if !image.is_empty() => images.push(image.to_owned()),
            _ => return Err(Refusal::parameter("lack of image or text")),
        }
    }
    match texts.as_slice() {
        [text] if !text.is_empty() => Ok(Content { prompt: (*text).to_owned(), images }),
        [] | [_] => Err(Refusal::parameter("lack of image or text")),
        _ => Err(Refusal::parameter(format!("content length only support {}", images.len() + 1))),
    }
}
