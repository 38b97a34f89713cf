//! What is legal and what is not, and in which words.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::emulator::check::test_order as order;
use crate::emulator::models::Route;
use crate::emulator::refusal::Refusal;
use serde_json::Value;
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
    let images =
        |model: &str, parameters: Value| judge(Route::Sync, &text(model, parameters)).map(|order| order.images).ok();
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
    assert_eq!(order.unwrap().seed, 2_147_483_647);
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
