//! The wire out: what a request looks like on a route. Pure; `--dry-run` and the client share it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::catalog::{self, Model, Order, Route, Shape};
use crate::domain::{ModelId, Reference, Region, Request, Size};

/// An HTTP call that would be made: what `--dry-run` shows and what the client sends; the same builder makes both.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `POST`
    pub method: &'static str,
    /// Path under the base URL.
    pub path: String,
    /// Headers other than authorization.
    pub headers: Vec<(&'static str, String)>,
    /// JSON body.
    pub body: Value,
}

impl Call {
    /// Whether the answer is asked for in pieces, as it is made (contract 5).
    pub(super) fn is_streamed(&self) -> bool {
        self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(STREAMED))
    }
}

/// The header that asks for a stream. It goes with `parameters.stream`: one without the other is refused (contract 5).
const STREAMED: &str = "X-DashScope-Sse";

/// Builds the call for a request on a route (contract 1.2, 1.3, 2.1, 2.2). Pure.
///
/// The model goes by its name in `region`. Only parameters that the mode lists go out, in the mode's order, then the
/// mode's constants, which win over options of the same name. `size` goes out unless it is `auto`, `n` always where the
/// mode has it (contract 3.3, 7). A request for a mode the model does not have sends every parameter it holds, so that `n`
/// is never left to the service.
pub fn call(model: &Model, route: &Route, region: Region, request: &Request) -> Call {
    let name = model.wire_name(&request.model, region);
    match model.mode(request.mode) {
        Some(mode) => {
            let sent = mode.parameters.iter().filter(|parameter| parameter.sent);
            let names: Vec<&str> = sent.map(|parameter| parameter.name.as_str()).collect();
            build(name, route, request, &names, &mode.sends, mode.order)
        }
        None => {
            let shared = ["size", "n", "seed", "negative_prompt"].into_iter();
            let names: Vec<&str> = shared.chain(request.options.keys().map(String::as_str)).collect();
            build(name, route, request, &names, &BTreeMap::new(), Order::default())
        }
    }
}

fn build(
    name: ModelId,
    route: &Route,
    request: &Request,
    names: &[&str],
    sends: &BTreeMap<String, Value>,
    order: Order,
) -> Call {
    let images: Vec<String> = request.images.iter().map(address).collect();
    let headers = headers(route.call, &images);
    let mut parameters = parameters(request, names, sends);
    if route.call == catalog::Call::Stream {
        parameters.insert("stream".into(), true.into());
    }
    let input = match route.shape {
        Shape::Messages => messages(&request.prompt, images, order),
        Shape::Prompt => prompt(&request.prompt, images, parameters.shift_remove("negative_prompt")),
    };
    let mut body = Map::new();
    body.insert("model".into(), name.0.into());
    body.insert("input".into(), input);
    if !parameters.is_empty() {
        body.insert("parameters".into(), parameters.into());
    }
    Call { method: "POST", path: route.path.clone(), headers, body: body.into() }
}

fn headers(call: catalog::Call, images: &[String]) -> Vec<(&'static str, String)> {
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    match call {
        catalog::Call::Sync => {}
        catalog::Call::Async => headers.push(("X-DashScope-Async", "enable".to_owned())),
        catalog::Call::Stream => {
            headers.push(("Accept", "text/event-stream".to_owned()));
            headers.push((STREAMED, "enable".to_owned()));
        }
    }
    if images.iter().any(|url| url.starts_with("oss://")) {
        headers.push(("X-DashScope-OssResourceResolve", "enable".to_owned()));
    }
    headers
}

/// Exactly one user message, one text item, and the pictures in the order the prompt counts them (contract 2.1; spec).
fn messages(prompt: &str, images: Vec<String>, order: Order) -> Value {
    let text = json!({ "text": prompt });
    let images = images.into_iter().map(|url| json!({ "image": url }));
    let content: Vec<Value> = match order {
        Order::TextFirst => std::iter::once(text).chain(images).collect(),
        Order::ImagesFirst => images.chain([text]).collect(),
    };
    json!({ "messages": [{ "role": "user", "content": content }] })
}

/// The legacy input, where the negative prompt lives beside the prompt (contract 2.2).
fn prompt(prompt: &str, images: Vec<String>, negative: Option<Value>) -> Value {
    let mut input = Map::new();
    input.insert("prompt".into(), prompt.into());
    if !images.is_empty() {
        input.insert("images".into(), images.into());
    }
    if let Some(negative) = negative {
        input.insert("negative_prompt".into(), negative);
    }
    input.into()
}

fn parameters(request: &Request, names: &[&str], sends: &BTreeMap<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for name in names {
        let value = match *name {
            "size" if request.size == Size::Auto => None,
            name => request.get(name).filter(|value| !value.is_null()),
        };
        if let Some(value) = value {
            out.insert((*name).to_owned(), value);
        }
    }
    out.extend(sends.iter().map(|(name, value)| (name.clone(), value.clone())));
    out
}

/// A picture as the body names it. A local file has no address the service could read (contract 7.1): it shows as one in a
/// dry run, and the client refuses to send it.
fn address(image: &Reference) -> String {
    match image {
        Reference::Url(url) => url.clone(),
        Reference::File(path) => format!("file://{}", path.display()),
    }
}

/// The addresses of the input pictures in a body, whatever its shape.
pub(super) fn input_pictures(body: &Value) -> impl Iterator<Item = &str> {
    let content = body.pointer("/input/messages/0/content").and_then(Value::as_array);
    let images = body.pointer("/input/images").and_then(Value::as_array);
    let of_messages = content.into_iter().flatten().filter_map(|item| item.get("image"));
    of_messages.chain(images.into_iter().flatten()).filter_map(Value::as_str)
}

/// Whether the body names a picture that only this machine can read.
pub(super) fn names_local_file(call: &Call) -> bool {
    input_pictures(&call.body).any(|url| url.starts_with("file://"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::domain::Mode;

    const LEGACY: &str = "/services/aigc/text2image/image-synthesis";

    fn route(call: catalog::Call, shape: Shape) -> Route {
        Route { call, shape, path: if shape == Shape::Prompt { LEGACY } else { "/messages" }.into() }
    }

    fn built(model: &str, route: &Route, change: impl FnOnce(&mut Request)) -> Call {
        let model = Catalog::builtin().get(model).unwrap().clone();
        let mut request = model.blank(model.modes[0].mode);
        request.prompt = "a fox".into();
        change(&mut request);
        call(&model, route, Region::Singapore, &request)
    }

    fn sync() -> Route {
        route(catalog::Call::Sync, Shape::Messages)
    }

    #[test]
    fn a_stream_is_asked_for_by_header_and_parameter() {
        let stream = route(catalog::Call::Stream, Shape::Messages);
        let call = built("wan2.6-image", &stream, |request| request.mode = Mode::Interleave);
        assert_eq!(
            call.headers,
            [
                ("Content-Type", "application/json".to_owned()),
                ("Accept", "text/event-stream".to_owned()),
                ("X-DashScope-Sse", "enable".to_owned()),
            ]
        );
        assert_eq!(call.body["parameters"]["stream"], true);
        assert_eq!(call.body["parameters"]["enable_interleave"], true);
        assert!(call.is_streamed());
        let plain = built("wan2.6-image", &sync(), |_| ());
        assert_eq!((plain.is_streamed(), plain.body["parameters"].get("stream")), (false, None));
    }

    /// Contract 2.2: the negative prompt is part of the input here, and of the parameters in messages.
    #[test]
    fn the_negative_prompt_lies_where_the_shape_wants_it() {
        let negative = |request: &mut Request| {
            request.negative_prompt = "blurry".into();
            request.seed = Some(0);
        };
        let legacy = built("qwen-image-plus", &route(catalog::Call::Async, Shape::Prompt), negative).body;
        assert_eq!(legacy["input"], json!({"prompt": "a fox", "negative_prompt": "blurry"}));
        assert_eq!((&legacy["parameters"]["seed"], legacy["parameters"].get("negative_prompt")), (&json!(0), None));
        let messages = built("qwen-image-plus", &sync(), negative).body;
        assert_eq!(messages["parameters"]["negative_prompt"], "blurry");
    }

    #[test]
    fn only_listed_parameters_go_out() {
        let call = built("z-image-turbo", &sync(), |request| {
            request.n = 4;
            request.options.insert("style".into(), "x".into());
            request.options.insert("watermark".into(), Value::Null);
        });
        assert_eq!(call.body["parameters"], json!({"size": "1024*1536", "prompt_extend": false}));
    }

    #[test]
    fn a_mode_the_model_lacks_sends_all_it_holds() {
        let call = built("wan2.6-t2i", &sync(), |request| request.mode = Mode::Edit);
        assert_eq!(call.body["parameters"]["n"], 1);
        assert_eq!(call.body["parameters"]["size"], "1280*1280");
    }

    #[test]
    fn uploaded_pictures_are_to_be_resolved_and_local_ones_are_noticed() {
        for (model, route) in
            [("wan2.7-image", sync()), ("wan2.5-i2i-preview", route(catalog::Call::Async, Shape::Prompt))]
        {
            let with = |images: &[&str]| {
                let images = images.iter().map(|url| match url.strip_prefix("file://") {
                    Some(path) => Reference::File(path.into()),
                    None => Reference::Url((*url).into()),
                });
                built(model, &route, |request| request.images = images.collect())
            };
            let resolve = ("X-DashScope-OssResourceResolve", "enable".to_owned());
            let web = with(&["https://h/a.png"]);
            assert!(!web.headers.contains(&resolve) && !names_local_file(&web));
            assert!(with(&["https://h/a.png", "oss://k/b.png"]).headers.contains(&resolve));
            assert!(names_local_file(&with(&["https://h/a.png", "file:///home/me/a.png"])));
            assert_eq!(input_pictures(&web.body).collect::<Vec<_>>(), ["https://h/a.png"]);
        }
    }
}
