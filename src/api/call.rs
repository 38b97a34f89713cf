//! The wire out: what a request looks like on a route. Pure; `--dry-run` and the client share it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::catalog::{self, Model, Route, Shape};
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

/// Builds the call for a request on a route (contract 2.1, 2.2). Pure.
///
/// The model goes by its name in `region`. Only parameters that the mode lists go out, in the mode's order, then the mode's constants, which win over options of
/// the same name. `size` goes out unless it is `auto`, `n` always where the mode has it (contract 3.3, 7). A request for
/// a mode the model does not have sends every parameter it holds, so that `n` is never left to the service.
pub fn call(model: &Model, route: &Route, region: Region, request: &Request) -> Call {
    let name = model.wire_name(&request.model, region);
    match model.mode(request.mode) {
        Some(mode) => {
            let sent = mode.parameters.iter().filter(|parameter| parameter.sent);
            let names: Vec<&str> = sent.map(|parameter| parameter.name.as_str()).collect();
            build(name, route, request, &names, &mode.sends)
        }
        None => {
            let shared = ["size", "n", "seed", "negative_prompt"].into_iter();
            let names: Vec<&str> = shared.chain(request.options.keys().map(String::as_str)).collect();
            build(name, route, request, &names, &BTreeMap::new())
        }
    }
}

fn build(name: ModelId, route: &Route, request: &Request, names: &[&str], sends: &BTreeMap<String, Value>) -> Call {
    let images: Vec<String> = request.images.iter().map(address).collect();
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    if route.call == catalog::Call::Async {
        headers.push(("X-DashScope-Async", "enable".to_owned()));
    }
    if images.iter().any(|url| url.starts_with("oss://")) {
        headers.push(("X-DashScope-OssResourceResolve", "enable".to_owned()));
    }
    let mut parameters = parameters(request, names, sends);
    let input = match route.shape {
        Shape::Messages => messages(&request.prompt, images),
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

/// Exactly one user message, one text item, then the pictures in the order the prompt counts them (contract 2.1; spec).
fn messages(prompt: &str, images: Vec<String>) -> Value {
    let mut content = vec![json!({ "text": prompt })];
    content.extend(images.into_iter().map(|url| json!({ "image": url })));
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

/// Whether the body names a picture that only this machine can read.
pub(super) fn names_local_file(call: &Call) -> bool {
    let is_local = |value: &Value| value.as_str().is_some_and(|url| url.starts_with("file://"));
    let content = call.body.pointer("/input/messages/0/content").and_then(Value::as_array);
    let images = call.body.pointer("/input/images").and_then(Value::as_array);
    content.into_iter().flatten().any(|item| item.get("image").is_some_and(is_local))
        || images.into_iter().flatten().any(is_local)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::Mode;

    const SYNC: &str = "/services/aigc/multimodal-generation/generation";
    const LEGACY: &str = "/services/aigc/text2image/image-synthesis";

    fn route(call: catalog::Call, shape: Shape, path: &str) -> Route {
        Route { call, shape, path: path.into() }
    }

    fn sync() -> Route {
        route(catalog::Call::Sync, Shape::Messages, SYNC)
    }

    fn request(model: &str, prompt: &str, size: &str, n: u32, options: Value) -> Request {
        Request {
            model: model.into(),
            mode: Mode::TextToImage,
            prompt: prompt.into(),
            negative_prompt: String::new(),
            images: Vec::new(),
            size: size.parse().unwrap(),
            n,
            seed: None,
            options: serde_json::from_value(options).unwrap(),
        }
    }

    fn body(route: &Route, request: &Request, names: &[&str], sends: Value) -> Value {
        build(request.model.clone(), route, request, names, &serde_json::from_value(sends).unwrap()).body
    }

    #[test]
    fn spec_wan26_text_to_image() {
        let words = "A cozy flower shop with wooden door and flowers on display";
        let request = request("wan2.6-t2i", words, "1280*1280", 1, json!({"prompt_extend": true}));
        let call = build(
            request.model.clone(),
            &sync(),
            &request,
            &["size", "n", "seed", "negative_prompt", "prompt_extend", "watermark"],
            &BTreeMap::new(),
        );
        assert_eq!(
            call.body,
            json!({
                "model": "wan2.6-t2i",
                "input": {"messages": [{"role": "user", "content": [{"text": words}]}]},
                "parameters": {"size": "1280*1280", "n": 1, "prompt_extend": true}
            })
        );
        assert_eq!((call.method, call.path.as_str()), ("POST", SYNC));
        assert_eq!(call.headers, [("Content-Type", "application/json".to_owned())]);
    }

    #[test]
    fn spec_wan27_thinking() {
        let words = "A cozy flower shop with delicate wooden door and morning sunlight";
        let options = json!({"thinking_mode": true, "watermark": false, "color_palette": null});
        let request = request("wan2.7-image-pro", words, "4K", 1, options);
        assert_eq!(
            body(&sync(), &request, &["size", "n", "seed", "thinking_mode", "watermark", "color_palette"], json!({})),
            json!({
                "model": "wan2.7-image-pro",
                "input": {"messages": [{"role": "user", "content": [{"text": words}]}]},
                "parameters": {"size": "4K", "n": 1, "thinking_mode": true, "watermark": false}
            })
        );
    }

    #[test]
    fn spec_wan27_sequential() {
        let words =
            "A stray orange cat through four seasons: spring cherry blossoms, summer beach, autumn leaves, winter snow";
        let request = request("wan2.7-image-pro", words, "2K", 4, json!({"watermark": false}));
        assert_eq!(
            body(&sync(), &request, &["size", "n", "seed", "watermark"], json!({"enable_sequential": true})),
            json!({
                "model": "wan2.7-image-pro",
                "input": {"messages": [{"role": "user", "content": [{"text": words}]}]},
                "parameters": {"size": "2K", "enable_sequential": true, "n": 4, "watermark": false}
            })
        );
    }

    #[test]
    fn spec_qwen_image_plus() {
        let words = "A healing-style poster featuring three puppies playing on green grass";
        let options = json!({"prompt_extend": true, "watermark": false});
        let mut request = request("qwen-image-plus", words, "1664*928", 1, options);
        let legacy = route(catalog::Call::Async, Shape::Prompt, LEGACY);
        let names = ["size", "n", "seed", "negative_prompt", "prompt_extend", "watermark"];
        let call = build(request.model.clone(), &legacy, &request, &names, &BTreeMap::new());
        assert_eq!(
            call.body,
            json!({
                "model": "qwen-image-plus",
                "input": {"prompt": words},
                "parameters": {"size": "1664*928", "n": 1, "prompt_extend": true, "watermark": false}
            })
        );
        assert_eq!(call.path, LEGACY);
        assert_eq!(call.headers[1], ("X-DashScope-Async", "enable".to_owned()));
        // Contract 2.2: the negative prompt is part of the input here, and of the parameters in messages.
        request.negative_prompt = "blurry".into();
        request.seed = Some(0);
        let call = build(request.model.clone(), &legacy, &request, &names, &BTreeMap::new());
        assert_eq!(call.body["input"], json!({"prompt": words, "negative_prompt": "blurry"}));
        assert_eq!(call.body["parameters"]["seed"], 0);
        assert_eq!(call.body["parameters"].get("negative_prompt"), None);
        let call = build(request.model.clone(), &sync(), &request, &names, &BTreeMap::new());
        assert_eq!(call.body["parameters"]["negative_prompt"], "blurry");
    }

    #[test]
    fn spec_wan27_references_follow_the_text_in_order() {
        let words = "Apply the graffiti pattern from image 2 onto the car body in image 1";
        let urls = [
            "https://img.alicdn.com/imgextra/i1/NotRealJustExample/car.jpg",
            "https://img.alicdn.com/imgextra/i1/NotRealJustExample/graffiti.jpg",
        ];
        let mut request = request("wan2.7-image-pro", words, "2K", 1, json!({"watermark": false}));
        request.images = urls.map(|url| Reference::Url(url.into())).into();
        assert_eq!(
            body(&sync(), &request, &["size", "n", "watermark"], json!({})),
            json!({
                "model": "wan2.7-image-pro",
                "input": {"messages": [{"role": "user", "content": [
                    {"text": words}, {"image": urls[0]}, {"image": urls[1]}
                ]}]},
                "parameters": {"size": "2K", "n": 1, "watermark": false}
            })
        );
    }

    #[test]
    fn spec_wan26_edit_switches_interleaving_off() {
        let words = "Convert this photo to a watercolor painting style";
        let url = "https://img.alicdn.com/imgextra/i1/NotRealJustExample/photo.jpg";
        let options = json!({"prompt_extend": true, "watermark": false, "enable_interleave": true});
        let mut request = request("wan2.6-image", words, "1K", 1, options);
        request.images = vec![Reference::Url(url.into())];
        let names = ["size", "n", "prompt_extend", "watermark"];
        assert_eq!(
            body(&sync(), &request, &names, json!({"enable_interleave": false})),
            json!({
                "model": "wan2.6-image",
                "input": {"messages": [{"role": "user", "content": [{"text": words}, {"image": url}]}]},
                "parameters": {"size": "1K", "n": 1, "prompt_extend": true, "watermark": false, "enable_interleave": false}
            })
        );
    }

    #[test]
    fn spec_wan25_edit_lists_pictures_in_the_input() {
        let words = "Change the floral dress to a vintage-style lace long dress";
        let mut request = request("wan2.5-i2i-preview", words, "auto", 1, json!({"prompt_extend": true}));
        request.images =
            vec![Reference::Url("https://img.alicdn.com/a.webp".into()), Reference::Url("oss://k/b.png".into())];
        let image2image = route(catalog::Call::Async, Shape::Prompt, "/services/aigc/image2image/image-synthesis");
        let call =
            build(request.model.clone(), &image2image, &request, &["size", "n", "prompt_extend"], &BTreeMap::new());
        assert_eq!(
            call.body,
            json!({
                "model": "wan2.5-i2i-preview",
                "input": {"prompt": words, "images": ["https://img.alicdn.com/a.webp", "oss://k/b.png"]},
                "parameters": {"n": 1, "prompt_extend": true}
            })
        );
        assert_eq!(call.headers[2], ("X-DashScope-OssResourceResolve", "enable".to_owned()));
    }

    #[test]
    fn only_listed_parameters_go_out() {
        let request = request("z-image-turbo", "a fox", "1024*1536", 4, json!({"prompt_extend": false, "style": "x"}));
        assert_eq!(
            body(&sync(), &request, &["size", "seed", "prompt_extend"], json!({}))["parameters"],
            json!({"size": "1024*1536", "prompt_extend": false})
        );
        assert_eq!(body(&sync(), &request, &[], json!({})).get("parameters"), None);
    }

    #[test]
    fn local_files_are_noticed_in_both_shapes() {
        let mut request = request("wan2.7-image", "x", "2K", 1, json!({}));
        request.images = vec![Reference::Url("https://h/a.png".into())];
        assert!(!names_local_file(&build(request.model.clone(), &sync(), &request, &[], &BTreeMap::new())));
        request.images.push(Reference::File("/home/me/a.png".into()));
        assert!(names_local_file(&build(request.model.clone(), &sync(), &request, &[], &BTreeMap::new())));
        let legacy = route(catalog::Call::Async, Shape::Prompt, LEGACY);
        assert!(names_local_file(&build(request.model.clone(), &legacy, &request, &[], &BTreeMap::new())));
    }
}
