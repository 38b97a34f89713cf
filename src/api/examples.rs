//! Every example request of the specification, word for word, against the builder and the builtin catalogue: same path,
//! same headers, same JSON (key order aside, array order not).

use serde_json::{Map, Value};

use super::call;
use crate::catalog::{self, Catalog};
use crate::domain::{Mode, Reference, Region, Request};

const SYNC: &str = "/services/aigc/multimodal-generation/generation";
const ASYNC: &str = "/services/aigc/image-generation/generation";
const TEXT: &str = "/services/aigc/text2image/image-synthesis";
const IMAGE: &str = "/services/aigc/image2image/image-synthesis";

/// What the specification sends: where, whether as a task, and the body as it is printed there.
#[rustfmt::skip]
const EXAMPLES: [(&str, bool, &str); 13] = [
    (SYNC, false, r#"{
  "model": "wan2.6-t2i",
  "input": {
      "messages": [{"role": "user", "content": [{"text": "A cozy flower shop with wooden door and flowers on display"}]}]
  },
  "parameters": {"size": "1280*1280", "n": 1, "prompt_extend": true}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.6-image",
  "input": {
      "messages": [{"role": "user", "content": [
          {"text": "Convert this photo to a watercolor painting style"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/photo.jpg"}
      ]}]
  },
  "parameters": {"size": "1K", "n": 1, "prompt_extend": true, "watermark": false, "enable_interleave": false}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.6-image",
  "input": {
      "messages": [{"role": "user", "content": [
          {"text": "Generate a sunset scene based on the style of image 1 and the background of image 2"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/style_ref.jpg"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/background_ref.jpg"}
      ]}]
  },
  "parameters": {"size": "1K", "n": 1, "prompt_extend": true, "enable_interleave": false}
}"#),
    (ASYNC, true, r#"{
  "model": "wan2.6-image",
  "input": {
      "messages": [{"role": "user", "content": [
          {"text": "Give me a three-image tutorial for making latte art"}
      ]}]
  },
  "parameters": {"enable_interleave": true, "max_images": 3, "size": "1280*1280"}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.7-image-pro",
  "input": {
      "messages": [{"role": "user", "content": [{"text": "A cozy flower shop with delicate wooden door and morning sunlight"}]}]
  },
  "parameters": {"size": "4K", "n": 1, "thinking_mode": true, "watermark": false}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.7-image-pro",
  "input": {
      "messages": [{"role": "user", "content": [{"text": "A stray orange cat through four seasons: spring cherry blossoms, summer beach, autumn leaves, winter snow"}]}]
  },
  "parameters": {"size": "2K", "enable_sequential": true, "n": 4, "watermark": false}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.7-image-pro",
  "input": {
      "messages": [{"role": "user", "content": [
          {"text": "Apply the graffiti pattern from image 2 onto the car body in image 1"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/car.jpg"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/graffiti.jpg"}
      ]}]
  },
  "parameters": {"size": "2K", "n": 1, "watermark": false}
}"#),
    (SYNC, false, r#"{
  "model": "wan2.7-image-pro",
  "input": {
      "messages": [{"role": "user", "content": [
          {"text": "Place the clock from image 1 at the marked location in image 2"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/clock.jpg"},
          {"image": "https://img.alicdn.com/imgextra/i1/NotRealJustExample/room.jpg"}
      ]}]
  },
  "parameters": {"size": "2K", "n": 1, "bbox_list": [[], [[989,515,1138,681]]], "watermark": false}
}"#),
    (IMAGE, true, r#"{
  "model": "wan2.5-i2i-preview",
  "input": {
      "prompt": "Change the floral dress to a vintage-style lace long dress",
      "images": ["https://img.alicdn.com/imgextra/i3/O1CN0157XGE51l6iL9441yX_!!6000000004770-49-tps-1104-1472.webp"]
  },
  "parameters": {"prompt_extend": true, "n": 1}
}"#),
    (IMAGE, true, r#"{
  "model": "wan2.5-i2i-preview",
  "input": {
      "prompt": "Place the alarm clock from Image 1 next to the vase on the dining table in Image 2",
      "images": [
          "https://img.alicdn.com/imgextra/i3/O1CN0157XGE51l6iL9441yX_!!6000000004770-49-tps-1104-1472.webp",
          "https://img.alicdn.com/imgextra/i3/O1CN01SfG4J41UYn9WNt4X1_!!6000000002530-49-tps-1696-960.webp"
      ]
  },
  "parameters": {"prompt_extend": true, "n": 1}
}"#),
    (SYNC, false, r#"{
  "model": "qwen-image-2.0-pro",
  "input": {
      "messages": [{"role": "user", "content": [
          {"image": "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925/thtclx/input1.png"},
          {"image": "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925/iclsnx/input2.png"},
          {"text": "Make the girl from Image 1 wear the black dress from Image 2"}
      ]}]
  },
  "parameters": {"n": 2, "size": "1024*1536", "prompt_extend": true, "watermark": false}
}"#),
    (TEXT, true, r#"{
  "model": "qwen-image-plus",
  "input": {
      "prompt": "A healing-style poster featuring three puppies playing on green grass"
  },
  "parameters": {"size": "1664*928", "n": 1, "prompt_extend": true, "watermark": false}
}"#),
    // The Python example, as its SDK sends it.
    (TEXT, true, r#"{"model": "qwen-image-plus", "input": {"prompt": "A healing-style hand-drawn poster featuring three puppies playing with a ball on green grass"},
  "parameters": {"n": 1, "size": "1664*928", "prompt_extend": true, "watermark": false}}"#),
];

/// The request a user would make to send this body.
fn request(body: &Value) -> Request {
    let content = body.pointer("/input/messages/0/content").and_then(Value::as_array).cloned().unwrap_or_default();
    let items = |key: &str| content.iter().filter_map(|item| item[key].as_str()).collect::<Vec<_>>();
    let listed = body.pointer("/input/images").and_then(Value::as_array).cloned().unwrap_or_default();
    let images = items("image").into_iter().chain(listed.iter().filter_map(Value::as_str));
    let parameters: &Map<String, Value> = body["parameters"].as_object().unwrap();
    let is_on = |name: &str| parameters.get(name) == Some(&Value::Bool(true));
    let images: Vec<Reference> = images.map(|url| Reference::Url(url.to_owned())).collect();
    let mode = match images.len() {
        _ if is_on("enable_interleave") => Mode::Interleave,
        _ if is_on("enable_sequential") => Mode::Sequential,
        0 => Mode::TextToImage,
        _ => Mode::Edit,
    };
    let mut request = Request {
        written: None,
        model: body["model"].as_str().unwrap().into(),
        mode,
        prompt: items("text").first().copied().or_else(|| body["input"]["prompt"].as_str()).unwrap().to_owned(),
        negative_prompt: String::new(),
        images,
        size: crate::domain::Size::Auto,
        n: 1,
        seed: None,
        options: Default::default(),
    };
    for (name, value) in parameters.iter().filter(|(name, _)| !name.starts_with("enable_")) {
        assert!(request.set(name, value.clone()), "{name}");
    }
    request
}

#[test]
fn every_example_of_the_specification() {
    let catalog = Catalog::builtin();
    for (path, is_task, printed) in EXAMPLES {
        let body: Value = serde_json::from_str(printed).unwrap();
        let request = request(&body);
        let model = catalog.get(request.model.as_str()).unwrap();
        let routes = &model.mode(request.mode).unwrap().routes;
        let route = routes.iter().find(|route| route.path == path && route.call != catalog::Call::Stream);
        let call = call(model, route.unwrap(), Region::Singapore, &request);
        assert_eq!(call.body, body);
        assert_eq!((call.method, call.path.as_str()), ("POST", path), "{body}");
        let mut headers = vec![("Content-Type", "application/json".to_owned())];
        if is_task {
            headers.push(("X-DashScope-Async", "enable".to_owned()));
        }
        assert_eq!(call.headers, headers, "{body}");
    }
}
