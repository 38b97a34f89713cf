//! Bodies as the service sends them, spoiled in every way a server, a proxy or a line can spoil them: nothing panics, and no
//! address of a picture that is still there is overlooked. What is expected is found by a walk of its own.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::Answer;
use super::body::Body;
use super::stream::Incoming;
use super::submit::{self, Refusal, Reply};
use super::task::{self, TaskState};

/// One body of each layout (contract 2.3, 2.4, 4.3, 10).
const BODIES: [&str; 8] = [
    r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://dashscope-7c2c.oss-cn-shanghai.aliyuncs.com/7d/93/a233.png?Expires=1781778573&OSSAccessKeyId=LTAI&Signature=xPa%2B"}],"role":"assistant"}}],"task_metric":{"FAILED":0,"SUCCEEDED":1,"TOTAL":1}},"usage":{"height":928,"image_count":1,"width":1664},"request_id":"5795d646"}"#,
    r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://h.aliyuncs.com/1.png?Expires=x","type":"image"}],"role":"assistant"}},{"finish_reason":"stop","message":{"content":[{"image":"https://h.aliyuncs.com/2.png","type":"image"}],"role":"assistant"}}],"finished":true},"usage":{"image_count":2,"size":"1488*704"},"request_id":"71dfc3c6"}"#,
    r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://h.aliyuncs.com/1.png","type":"image"},{"image":"https://h.aliyuncs.com/2.png","type":"image"},{"image":"https://h.aliyuncs.com/3.png","type":"image"}],"role":"assistant"}}],"finished":true},"usage":{"image_count":3},"request_id":"r"}"#,
    r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"text":"First, see https://quoted.example/","type":"text"},{"image":"https://h.aliyuncs.com/1.png","type":"image"},{"text":"Then","type":"text"},{"image":"https://h.aliyuncs.com/2.png","type":"image"}]}}]},"request_id":"r"}"#,
    r#"{"request_id":"45ac7f13","output":{"task_id":"73205176","task_status":"SUCCEEDED","submit_time":"2023-12-20 21:36:31.896","results":[{"orig_prompt":"a","actual_prompt":"b","url":"https://h.aliyuncs.com/x1.png"},{"code":"DataInspectionFailed","message":"Output data"},{"url":"http://h.aliyuncs.com/x2.png"}],"task_metrics":{"TOTAL":3,"SUCCEEDED":2,"FAILED":1}},"usage":{"image_count":2}}"#,
    r#"{"output":{"choices":[{"message":{"reasoning_content":"why","content":[{"image":"https://h.aliyuncs.com/z.png"},{"text":"a fox"}]}}],"rewrite_status":"ok"},"usage":{"output_image_count":1,"output_width":1024},"request_id":"r"}"#,
    r#"{"request_id":"dccfdf23","output":{"task_id":"4cba","task_status":"FAILED","code":"InvalidParameter","message":"invalid parameter"}}"#,
    r#"{"request_id":"33da8e6b","output":{"task_status":"PENDING","task_id":"9e2b6ef6-285d-4efa-8651-4dbda7d571fa"}}"#,
];

/// Names a key may be given.
const KEYS: [&str; 14] = [
    "image",
    "url",
    "image_url",
    "text",
    "content",
    "message",
    "choices",
    "results",
    "code",
    "finish_reason",
    "task_status",
    "task_id",
    "usage",
    "output",
];

/// One way to spoil the `child`th entry of the `at`th container.
#[derive(Debug, Clone)]
struct Spoil {
    at: usize,
    child: usize,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    Drop,
    Rename(&'static str),
    Copy(&'static str),
    InArray,
    InObject(&'static str),
    Become(Value),
}

fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    let key = || prop::sample::select(&KEYS[..]);
    let odd = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5e300),
        json!("null"),
        json!("stop"),
        json!("FAILED"),
        json!([]),
        json!({}),
        json!("https://h.aliyuncs.com/new.png"),
        json!({"image": ["https://h.aliyuncs.com/deep.png"]}),
    ]);
    let how = prop_oneof![
        Just(How::Drop),
        key().prop_map(How::Rename),
        key().prop_map(How::Copy),
        Just(How::InArray),
        key().prop_map(How::InObject),
        odd.prop_map(How::Become),
    ];
    let one = (any::<usize>(), any::<usize>(), how).prop_map(|(at, child, how)| Spoil { at, child, how });
    prop::collection::vec(one, 0..6)
}

/// The containers of a body, as JSON pointers.
fn containers(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(nth, value)| containers(value, format!("{at}/{nth}"), out));
            out.push(at);
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| containers(value, format!("{at}/{key}"), out));
            out.push(at);
        }
        _ => {}
    }
}

fn spoil(mut body: Value, spoils: &[Spoil]) -> Value {
    for Spoil { at, child, how } in spoils {
        let mut all = vec![];
        containers(&body, String::new(), &mut all);
        let container = body.pointer_mut(&all[at % all.len()]).unwrap();
        let wrap = |value: Value| match how {
            How::InArray => json!([value]),
            How::InObject(key) => json!({ *key: value }),
            How::Become(odd) => odd.clone(),
            _ => value,
        };
        match container {
            Value::Array(values) if !values.is_empty() => {
                let child = child % values.len();
                match how {
                    How::Drop => drop(values.remove(child)),
                    How::Copy(_) => values.push(values[child].clone()),
                    _ => values[child] = wrap(values[child].take()),
                }
            }
            Value::Object(fields) if !fields.is_empty() => {
                let key = fields.keys().nth(child % fields.len()).unwrap().clone();
                match how {
                    How::Drop => drop(fields.shift_remove(&key)),
                    How::Copy(name) => drop(fields.insert((*name).into(), fields[&key].clone())),
                    How::Rename(name) => {
                        let value = fields.shift_remove(&key).unwrap();
                        fields.insert((*name).into(), value);
                    }
                    _ => fields[&key] = wrap(fields[&key].take()),
                }
            }
            _ => {}
        }
    }
    body
}

/// Addresses under keys for pictures, anywhere below `output`, with the key each stands under.
fn pictures(body: &Value) -> Vec<(String, String)> {
    fn walk(key: &str, value: &Value, out: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) if ["image", "url", "image_url"].contains(&key) && text.starts_with("http") => {
                out.push((key.to_owned(), text.clone()));
            }
            Value::Array(values) => values.iter().for_each(|value| walk(key, value, out)),
            Value::Object(fields) => fields.iter().for_each(|(key, value)| walk(key, value, out)),
            _ => {}
        }
    }
    let mut out = vec![];
    walk("output", &body["output"], &mut out);
    out
}

/// The outcome of bytes that come in portions of these sizes, over and over, and all that was heard.
fn incoming(bytes: &[u8], sizes: &[usize], cut: bool) -> (Result<Reply, Refusal>, Vec<Answer>) {
    let mut heard = vec![];
    let mut incoming = Incoming::new(1 << 20, 1 << 22);
    let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let (portion, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        incoming.take(portion, &mut |answer| heard.push(answer.clone())).unwrap();
        rest = after;
    }
    let result = incoming.end(cut.then(|| "reset".to_owned()), &mut |answer| heard.push(answer.clone()));
    (result, heard)
}

/// Every picture of an outcome, and of what was heard before it.
fn all_pictures(result: &Result<Reply, Refusal>, heard: &[Answer]) -> Vec<String> {
    let of_reply = match result {
        Ok(Reply::Answer(answer)) => Some(answer),
        _ => None,
    };
    of_reply.into_iter().chain(heard.last()).flat_map(Answer::pictures).map(str::to_owned).collect()
}

fn event(body: &Value, nth: usize, newline: &str, error: bool) -> String {
    let name = if error { "error" } else { "result" };
    let status = if error { 400 } else { 200 };
    [
        "id:",
        &nth.to_string(),
        "\nevent:",
        name,
        "\n:HTTP_STATUS/",
        &status.to_string(),
        "\ndata:",
        &body.to_string(),
        "\n\n",
    ]
    .concat()
    .replace('\n', newline)
}

/// The events of a story, some of them spoiled, and which newline they use.
fn story() -> impl Strategy<Value = (Vec<(Value, bool)>, &'static str)> {
    let item = prop_oneof![
        3 => "[a-z红 \\n]{0,6}".prop_map(|text| json!({"type": "text", "text": text})),
        2 => "[a-z]{1,8}".prop_map(|name| json!({"type": "image", "image": format!("https://h.aliyuncs.com/{name}.png")})),
    ];
    let reason = prop::sample::select(vec!["null", "null", "null", "stop", "content_filter"]);
    let event = (item, reason, spoils(), prop::bool::weighted(0.1), prop::bool::weighted(0.3));
    let event = event.prop_map(|(item, reason, spoils, error, is_spoiled)| {
        let body = json!({
            "output": {"choices": [{"message": {"content": [item], "role": "assistant"}, "finish_reason": reason}]},
            "usage": {"image_count": 1}, "request_id": "r"
        });
        (if is_spoiled { spoil(body, &spoils) } else { body }, error)
    });
    (prop::collection::vec(event, 0..12), prop::sample::select(vec!["\n", "\r\n", "\r"]))
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..40, 1..6)
}

proptest! {
    #[test]
    fn spoiled_bodies_lose_no_picture(nth in 0..BODIES.len(), spoils in spoils(), status in 100_u16..600) {
        let body = spoil(serde_json::from_str(BODIES[nth]).unwrap(), &spoils);
        let expected = pictures(&body);
        let judged = submit::judge(200, &Body::Json(body.clone()));
        let (streamed, heard) = incoming(body.to_string().as_bytes(), &[11], false);
        prop_assert_eq!(&judged, &streamed);
        prop_assert!(heard.is_empty());
        let state = task::read(&body);
        if !expected.is_empty() {
            let Ok(Reply::Answer(answer)) = judged else { return Err(TestCaseError::fail(format!("{judged:?}"))) };
            for (_, url) in &expected {
                prop_assert_eq!(answer.pictures().filter(|found| found == url).count(), 1, "{}", url);
            }
            // A task under way is asked after again.
            if !matches!(state, Ok(TaskState::Pending | TaskState::Running)) {
                prop_assert_eq!(state, Ok(TaskState::Succeeded(answer)));
            }
        }
        let _ = submit::judge(status, &Body::Json(body));
    }

    #[test]
    fn cut_bodies_lose_no_whole_picture(nth in 0..BODIES.len(), spoils in spoils(), cut in any::<usize>(), reset in any::<bool>()) {
        let body = spoil(serde_json::from_str(BODIES[nth]).unwrap(), &spoils);
        let text = body.to_string();
        let half = &text.as_bytes()[..cut % (text.len() + 1)];
        let (result, heard) = incoming(half, &[13], reset);
        let found = all_pictures(&result, &heard);
        // Only where the whole of it lies below `output` is it sure that the half does, too.
        let begins = text.find("\"output\":").unwrap_or(text.len());
        for (key, url) in pictures(&body) {
            let written = format!("\"{key}\":\"{url}\"");
            if String::from_utf8_lossy(&half[begins.min(half.len())..]).contains(&written) {
                prop_assert!(found.contains(&url), "{} of {}", url, String::from_utf8_lossy(half));
            }
        }
        // No half of an address counts.
        prop_assert!(found.iter().all(|url| text.contains(&format!("\"{url}\""))), "{:?}", found);
    }

    #[test]
    fn streams_lose_no_picture_in_any_portions((events, newline) in story(), sizes in sizes(), cut in any::<bool>()) {
        let text: String = events.iter().enumerate().map(|(nth, (body, error))| event(body, nth, newline, *error)).collect();
        let whole = incoming(text.as_bytes(), &[usize::MAX], cut);
        prop_assert_eq!(&incoming(text.as_bytes(), &sizes, cut), &whole);
        let found = all_pictures(&whole.0, &whole.1);
        for (_, url) in events.iter().flat_map(|(body, _)| pictures(body)) {
            prop_assert!(found.contains(&url), "{}", url);
        }
        if let Some(last) = whole.1.last() {
            let mut once: Vec<&str> = last.pictures().collect();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), last.pictures().count(), "doubled");
        }
    }

    #[test]
    fn spoiled_streams_are_read_alike_in_any_portions(
        (events, newline) in story(), sizes in sizes(), cut in any::<bool>(),
        bytes in prop::collection::vec((any::<usize>(), prop::sample::select(b"\n\r:{}\"d\x00\xef\xff".to_vec())), 0..8),
        end in any::<usize>(),
    ) {
        let text: String = events.iter().enumerate().map(|(nth, (body, error))| event(body, nth, newline, *error)).collect();
        let mut spoiled = text.into_bytes();
        for (at, byte) in bytes {
            spoiled.insert(at % (spoiled.len() + 1), byte);
        }
        spoiled.truncate(end % (spoiled.len() + 1));
        prop_assert_eq!(incoming(&spoiled, &sizes, cut), incoming(&spoiled, &[usize::MAX], cut));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), sizes in sizes(), cut in any::<bool>()) {
        prop_assert_eq!(incoming(&bytes, &sizes, cut), incoming(&bytes, &[usize::MAX], cut));
    }
}
