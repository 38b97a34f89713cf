//! The wire in, pictures: every body shape flattened into one list, in the service's order, so that no picture that was
//! paid for is overlooked (contract 2.3, 2.4, 4.3, 10).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::body::{self, Complaint};
use super::errors;
use crate::domain::{Fault, text};

/// One thing in an answer, in the service's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A picture to fetch: a URL (a data URI is possible, contract 10).
    Picture(String),
    /// Words (interleaved output), safe to show.
    Text(String),
    /// A picture that failed, with the service's code and message.
    Failed(Fault),
}

/// A finished answer, flattened over choices x content and `results[]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Items in order.
    pub items: Vec<Item>,
    /// Pictures billed, by `usage.image_count`; `None` when the service does not say.
    pub billed: Option<u32>,
    /// The prompt as the service rewrote it (legacy results only), safe to show.
    pub actual_prompt: Option<String>,
    /// The prompt as the service received it (legacy results only), safe to show: to be compared with what
    /// [`text::clean_lines`] makes of a prompt of ours.
    pub orig_prompt: Option<String>,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

impl Answer {
    /// The addresses of its pictures, in order.
    pub fn pictures(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| match item {
            Item::Picture(url) => Some(url.as_str()),
            _ => None,
        })
    }
}

/// Keys at the top of a body that hold no pictures.
const BESIDE: [&str; 7] = ["usage", "code", "message", "msg", "error", "request_id", "task_id"];
/// Keys whose text is words even when it looks like an address: a prompt may well quote one.
const WORDS: [&str; 8] =
    ["text", "prompt", "orig_prompt", "actual_prompt", "negative_prompt", "reasoning_content", "message", "code"];
/// Keys whose text may be a bare base64 picture (contract 10).
const PICTURES: [&str; 4] = ["image", "url", "image_url", "b64_json"];
/// Most pictures one answer can have billed; a number above says nothing. A request makes at most 12 (contract 3.1).
const BILLED_MAX: u32 = 1000;
/// Shortest text taken for a base64 picture: a one-pixel PNG has 92 characters.
const BASE64_MIN: usize = 80;

/// Reads a body. The known shapes (`choices[].message.content[]`, `results[]`) are walked in document order, and so is
/// everything else under `output`: a shape that is new loses no picture.
pub(super) fn read(body: &Value) -> Answer {
    gather(body, false)
}

/// Reads a piece of a streamed answer: as [`read`], but white space alone is text too, for it stands between words.
pub(super) fn read_piece(body: &Value) -> Answer {
    gather(body, true)
}

fn gather(body: &Value, is_piece: bool) -> Answer {
    let mut sink = Sink { items: Vec::new(), seen: HashSet::new(), request_id: body::request_id(body), is_piece };
    if let Value::Object(top) = body {
        for (key, value) in top.iter().filter(|(key, _)| !BESIDE.contains(&key.as_str())) {
            match value {
                // The complaint of the answer as a whole is not that of one picture.
                Value::Object(output) if key == "output" => sink.each(output),
                value => sink.walk(key, value),
            }
        }
    }
    Answer {
        items: sink.items,
        billed: billed(body),
        actual_prompt: text_under(body.get("output").unwrap_or(body), "actual_prompt"),
        orig_prompt: text_under(body.get("output").unwrap_or(body), "orig_prompt"),
        request_id: sink.request_id,
    }
}

struct Sink {
    items: Vec<Item>,
    seen: HashSet<String>,
    request_id: Option<String>,
    is_piece: bool,
}

impl Sink {
    fn walk(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(key, text),
            Value::Array(values) => values.iter().for_each(|value| self.walk(key, value)),
            Value::Object(fields) => {
                let before = self.seen.len();
                self.each(fields);
                if self.seen.len() == before {
                    self.items.extend(self.failure(fields).map(Item::Failed));
                }
            }
            _ => {}
        }
    }

    fn each(&mut self, fields: &Map<String, Value>) {
        fields.iter().for_each(|(key, value)| self.walk(key, value));
    }

    fn text(&mut self, key: &str, text: &str) {
        let trimmed = text.trim();
        if is_address(trimmed) && !WORDS.contains(&key) {
            self.picture(trimmed.to_owned());
        } else if PICTURES.contains(&key) && is_base64(trimmed) {
            self.picture(format!("data:;base64,{trimmed}"));
        } else if matches!(key, "text" | "content") && (self.is_piece || !trimmed.is_empty()) {
            self.items.push(Item::Text(text::clean_lines(text).into_owned()));
        }
    }

    fn picture(&mut self, address: String) {
        if self.seen.insert(address.clone()) {
            self.items.push(Item::Picture(address));
        }
    }

    /// What went wrong with one picture: a result with a code instead of a URL (contract 4.3), or a choice that ended other
    /// than by `stop`. In a stream the string `"null"` means not ended yet (contract 5).
    fn failure(&self, fields: &Map<String, Value>) -> Option<Fault> {
        let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().trim();
        let code = match (field("code"), field("finish_reason")) {
            ("", "" | "stop" | "null") => return None,
            ("", reason) => reason,
            (code, _) => code,
        };
        let complaint = Complaint { code: code.to_owned(), message: field("message").to_owned() };
        Some(errors::fault(errors::meaning(200, &complaint), &complaint, self.request_id.clone()))
    }
}

fn is_address(text: &str) -> bool {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    (begins("https://") || begins("http://") || begins("data:")) && !text.contains(char::is_whitespace)
}

fn is_base64(text: &str) -> bool {
    text.len() >= BASE64_MIN && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

/// `image_count`, or `output_image_count` as newer models spell it (contract 2.3).
fn billed(body: &Value) -> Option<u32> {
    let usage = body.get("usage").or_else(|| body.pointer("/output/usage"))?;
    let count = ["image_count", "output_image_count"].into_iter().find_map(|key| usage.get(key))?;
    let count = count.as_u64().or_else(|| count.as_str()?.trim().parse().ok())?;
    u32::try_from(count).ok().filter(|count| *count <= BILLED_MAX)
}

/// The first text under a key, however deep; safe to show.
fn text_under(value: &Value, wanted: &str) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(key, value)| match value {
            Value::String(text) if key == wanted => Some(text::clean_lines(text).into_owned()),
            value => text_under(value, wanted),
        }),
        Value::Array(values) => values.iter().find_map(|value| text_under(value, wanted)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::body::Body;
    use super::super::{submit, task};
    use super::*;

    fn parse(text: &str) -> Answer {
        read(&serde_json::from_str(text).unwrap())
    }

    fn urls(answer: &Answer) -> Vec<&str> {
        answer.pictures().collect()
    }

    #[test]
    fn an_absurd_count_says_nothing() {
        let count = |count: Value| read(&json!({"output": {}, "usage": {"image_count": count}})).billed;
        assert_eq!(
            [count(json!(12)), count(json!("3")), count(json!(u32::MAX)), count(json!(-1))],
            [Some(12), Some(3), None, None]
        );
    }

    #[test]
    fn wan27_sync() {
        let answer = parse(
            r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://dashscope-xxx.oss-xxx.aliyuncs.com/xxx.png?Expires=xxx","type":"image"}],"role":"assistant"}}],"finished":true},"usage":{"image_count":1,"input_tokens":10867,"output_tokens":2,"size":"1488*704","total_tokens":10869},"request_id":"71dfc3c6-f796-9972-97e4-bc4efc4faxxx"}"#,
        );
        assert_eq!(
            answer,
            Answer {
                items: vec![Item::Picture("https://dashscope-xxx.oss-xxx.aliyuncs.com/xxx.png?Expires=xxx".into())],
                billed: Some(1),
                actual_prompt: None,
                orig_prompt: None,
                request_id: Some("71dfc3c6-f796-9972-97e4-bc4efc4faxxx".into()),
            }
        );
    }

    #[test]
    fn qwen_image_max_sync_without_type() {
        let answer = parse(
            r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://dashscope-7c2c.oss-cn-shanghai.aliyuncs.com/7d/a.png?Expires=1781778573&OSSAccessKeyId=LTAI&Signature=xPa%2B"}],"role":"assistant"}}],"task_metric":{"FAILED":0,"SUCCEEDED":1,"TOTAL":1}},"usage":{"height":928,"image_count":1,"width":1664},"request_id":"5795d646"}"#,
        );
        assert_eq!(answer.billed, Some(1));
        assert!(urls(&answer)[0].ends_with("&Signature=xPa%2B"), "signatures stay exact");
    }

    #[test]
    fn several_choices_of_one_and_one_choice_of_several() {
        let item = |name: &str| json!({"image": format!("https://h.aliyuncs.com/{name}"), "type": "image"});
        let choice = |content: Vec<Value>| json!({"finish_reason": "stop", "message": {"content": content}});
        let edit = json!({"output": {"choices": [choice(vec![item("1")]), choice(vec![item("2")])]}, "usage": {"image_count": 2}});
        let series = json!({"output": {"choices": [choice((1..=4).map(|i| item(&i.to_string())).collect())]}});
        assert_eq!(urls(&read(&edit)), ["https://h.aliyuncs.com/1", "https://h.aliyuncs.com/2"]);
        assert_eq!(urls(&read(&series)).len(), 4);
        assert_eq!(urls(&read(&series))[3], "https://h.aliyuncs.com/4");
        assert_eq!(read(&series).billed, None);
    }

    #[test]
    fn interleaved_text_and_pictures_keep_their_order() {
        let answer = parse(
            r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"text":"First,\nsteam \u001b[2J the milk: https://h/x","type":"text"},{"image":"https://h.aliyuncs.com/1.png","type":"image"},{"text":"https://quoted.example/","type":"text"},{"image":"https://h.aliyuncs.com/2.png","type":"image"}]}}]}}"#,
        );
        assert_eq!(
            answer.items,
            [
                Item::Text("First,\nsteam ␛[2J the milk: https://h/x".into()),
                Item::Picture("https://h.aliyuncs.com/1.png".into()),
                Item::Text("https://quoted.example/".into()),
                Item::Picture("https://h.aliyuncs.com/2.png".into()),
            ]
        );
    }

    #[test]
    fn z_image_and_newer_usage_keys() {
        let answer = parse(
            r#"{"output":{"choices":[{"message":{"reasoning_content":"https://not.a.picture/","content":[{"image":"https://h/z.png"},{"text":"a fox"}]}}]},"usage":{"output_image_count":1,"output_width":1024}}"#,
        );
        assert_eq!(answer.items, [Item::Picture("https://h/z.png".into()), Item::Text("a fox".into())]);
        assert_eq!(answer.billed, Some(1));
    }

    #[test]
    fn legacy_results_with_a_failed_one() {
        let answer = parse(
            r#"{"request_id":"45ac7f13","output":{"task_id":"73205176","task_status":"SUCCEEDED","results":[{"orig_prompt":"https://o/","actual_prompt":"a red\u001b fox","url":"https://h/1.png"},{"url":"https://h/2.png"},{"code":"DataInspectionFailed","message":"Output data may contain inappropriate content."},{"url":"https://h/3.png"},{"code":"InternalError.Timeout","message":""}],"task_metrics":{"TOTAL":5,"SUCCEEDED":3,"FAILED":2}},"usage":{"image_count":3}}"#,
        );
        assert_eq!(urls(&answer), ["https://h/1.png", "https://h/2.png", "https://h/3.png"]);
        assert_eq!((answer.billed, answer.actual_prompt.as_deref()), (Some(3), Some("a red␛ fox")));
        assert_eq!(answer.orig_prompt.as_deref(), Some("https://o/"));
        let Item::Failed(fault) = &answer.items[2] else { panic!("{:?}", answer.items) };
        assert_eq!((fault.kind.exit(), fault.code.as_str(), fault.retryable), (6, "DataInspectionFailed", false));
        assert_eq!(fault.request_id.as_deref(), Some("45ac7f13"));
        let Item::Failed(fault) = &answer.items[4] else { panic!("{:?}", answer.items) };
        assert!(fault.retryable);
    }

    #[test]
    fn a_choice_that_did_not_stop_is_a_failed_picture() {
        let answer = parse(
            r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"image":"https://h/1"}]}},{"finish_reason":"content_filter","message":{"content":[]}}]}}"#,
        );
        assert!(matches!(&answer.items[1], Item::Failed(fault) if fault.code == "content_filter"));
    }

    #[test]
    fn bare_base64_becomes_a_data_uri() {
        let picture = "iVBORw0KGgo".repeat(9);
        let answer = read(&json!({"output": {"choices": [{"message": {"content": [{"image": picture}]}}]}}));
        assert_eq!(urls(&answer), [format!("data:;base64,{picture}")]);
    }

    #[test]
    fn the_same_picture_twice_is_one() {
        let answer =
            read(&json!({"output": {"choices": [{"image": "https://h/1"}], "results": [{"url": "https://h/1"}]}}));
        assert_eq!(answer.items.len(), 1);
    }

    /// Bodies of roughly the right shape with fields missing, null, of the wrong type or nested oddly.
    fn wild() -> impl Strategy<Value = Value> {
        let picture = || {
            "[a-z0-9]{1,12}".prop_map(|name| Value::from(format!("https://h.aliyuncs.com/{name}.png?Signature=%2B")))
        };
        let leaf = prop_oneof![
            1 => Just(Value::Null), 1 => any::<bool>().prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from),
            1 => "\\PC{0,12}".prop_map(Value::from), 3 => picture(),
        ];
        let key = prop_oneof![
            Just("choices"),
            Just("message"),
            Just("content"),
            Just("image"),
            Just("url"),
            Just("results"),
            Just("finish_reason"),
            Just("code"),
            Just("task_status"),
            Just("type"),
            Just("text"),
            Just("extra"),
        ];
        leaf.prop_recursive(6, 96, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| {
                    Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
                }),
            ]
        })
    }

    /// Every address under a key that may hold a picture.
    fn planted(key: &str, value: &Value, found: &mut HashSet<String>) {
        match value {
            Value::String(text) if text.starts_with("https://") && !["text", "code", "message"].contains(&key) => {
                found.insert(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|value| planted(key, value, found)),
            Value::Object(fields) => fields.iter().for_each(|(key, value)| planted(key, value, found)),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn no_picture_is_lost(output in wild(), aside in wild()) {
            let mut expected = HashSet::new();
            planted("output", &output, &mut expected);
            planted("data", &aside, &mut expected);
            let body = json!({"request_id": "1", "output": output, "data": aside, "usage": {"image_count": 1}});
            let answer = read(&body);
            let found: HashSet<String> = answer.pictures().map(str::to_owned).collect();
            prop_assert_eq!(found.len(), answer.pictures().count());
            prop_assert_eq!(&found, &expected);
            // Neither the judge of paid calls nor the reader of tasks may drop what was found.
            let judged = submit::judge(200, &Body::Json(body.clone()));
            let state = task::read(&body);
            if !expected.is_empty() {
                prop_assert_eq!(judged, Ok(submit::Reply::Answer(answer.clone())));
                prop_assert_eq!(state, Ok(task::TaskState::Succeeded(answer)));
            }
        }

        #[test]
        fn no_body_breaks_the_reader(status in 100_u16..600, bytes in prop::collection::vec(any::<u8>(), 0..64), body in wild()) {
            let _ = submit::judge(status, &Body::read(&bytes));
            let text = body.to_string();
            let cut = Body::read(&text.as_bytes()[..text.len() / 2]);
            prop_assert!(cut.json().is_none() || text.len() < 4);
            let _ = submit::judge(status, &cut);
            let _ = submit::judge(status, &Body::read(text.as_bytes()));
        }
    }
}
