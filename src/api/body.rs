//! What any answer's body may hold: JSON or something else, a request id, a complaint. Pictures and tasks are read in
//! [`answer`](super::answer) and [`task`](super::task).

use serde_json::Value;

use super::{lenient, redact, sse};
use crate::domain::text;
use crate::picture;

/// The longest error code kept, in characters.
pub(super) const CODE_MAX: usize = 80;
/// The longest message of the service kept, in characters; its own are under 200 (contract 6.2).
pub(super) const MESSAGE_MAX: usize = 400;
/// The longest request id kept, in characters; its own are UUIDs.
const ID_MAX: usize = 80;

/// A body as it arrived. JSON is known by reading it, never by the content type (contract 6.4).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// JSON.
    Json(Value),
    /// Whole, and something else: what it looks like (`HTML`).
    Foreign(String),
    /// Not whole: why.
    Cut(String),
}

impl Body {
    /// Reads a whole body. An error may come as the first event of a stream (contract 5).
    pub(super) fn read(bytes: &[u8]) -> Body {
        match lenient::read(bytes) {
            Some(json) if json.is_object() => Body::Json(json),
            Some(_) => Body::Foreign("a bare JSON value".into()),
            None if sse::sniff(bytes) == Some(true) => match sse::first_json(bytes) {
                Some(json) => Body::Json(json),
                None => Body::Foreign("an event stream".into()),
            },
            None if bytes.is_empty() => Body::Foreign("nothing".into()),
            None if bytes.starts_with(b"{") => Body::Foreign("broken JSON".into()),
            None => Body::Foreign(picture::describe(bytes)),
        }
    }

    /// The JSON, where it is JSON.
    pub(super) fn json(&self) -> Option<&Value> {
        match self {
            Body::Json(json) => Some(json),
            _ => None,
        }
    }

    /// What is wrong with it, where it is not JSON.
    pub(super) fn what(&self) -> String {
        match self {
            Body::Json(_) => "JSON".into(),
            Body::Foreign(kind) => format!("{kind} instead of an answer"),
            Body::Cut(why) => format!("an answer cut short ({why})"),
        }
    }
}

/// An error as the service words it. Not yet safe to show: pass it through [`shown`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Complaint {
    /// Its code; empty when there is none.
    pub(super) code: String,
    /// Its message; empty when there is none.
    pub(super) message: String,
}

/// The error in a body: at the top, in `output`, or OpenAI-style in `error` (contract 6.1). `None` without code and
/// message.
pub(super) fn complaint(body: &Value) -> Option<Complaint> {
    let places = [Some(body), body.get("output"), body.get("error")];
    let first = |names: &[&str]| {
        let values = places.iter().flatten().flat_map(|place| names.iter().filter_map(|name| place.get(*name)));
        values.filter_map(word).next().unwrap_or_default()
    };
    let mut code = first(&["code"]);
    if code.is_empty() {
        code = body.pointer("/error/type").and_then(word).unwrap_or_default();
    }
    let mut message = first(&["message", "msg"]);
    if message.is_empty() {
        message = body.get("error").and_then(word).unwrap_or_default();
    }
    (!code.is_empty() || !message.is_empty()).then_some(Complaint { code, message })
}

/// A text or a number other than 0 (`"code": 0` says nothing went wrong, contract 6.1).
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number.to_string()),
        _ => None,
    }
}

/// The service's id of the request, safe to show.
pub(super) fn request_id(body: &Value) -> Option<String> {
    let id = body.get("request_id").or_else(|| body.pointer("/output/request_id"))?.as_str()?;
    Some(shown(id, ID_MAX)).filter(|id| !id.is_empty())
}

/// Text from the service made fit to show: controls made visible, secrets hidden, at most `max` characters.
pub(super) fn shown(from: &str, max: usize) -> String {
    // A rough cut first, so that a megabyte of message costs little; the fine cut last, so that no half of a key stays.
    let near: String = from.chars().take(max * 4).collect();
    let clean = text::clean(&near);
    let safe = redact(clean.trim());
    if safe.chars().count() <= max {
        return safe.into_owned();
    }
    safe.chars().take(max - 1).chain(['…']).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn complaints_are_found_wherever_they_hide() {
        let found = |body: Value| complaint(&body).map(|c| (c.code, c.message));
        let pair = |code: &str, message: &str| Some((code.to_owned(), message.to_owned()));
        assert_eq!(found(json!({"code": "A", "message": "b", "request_id": "1"})), pair("A", "b"));
        assert_eq!(found(json!({"output": {"code": "A", "message": "b"}})), pair("A", "b"));
        assert_eq!(found(json!({"code": "", "output": {"code": "A", "message": "b"}})), pair("A", "b"));
        assert_eq!(
            found(json!({"error": {"message": "b", "type": "invalid_request_error", "param": null, "code": "A"}})),
            pair("A", "b")
        );
        assert_eq!(found(json!({"error": {"message": "b", "type": "T", "code": null}})), pair("T", "b"));
        assert_eq!(found(json!({"error": "b"})), pair("", "b"));
        assert_eq!(found(json!({"message": "Error api key"})), pair("", "Error api key"));
        assert_eq!(found(json!({"code": 1302, "msg": "b"})), pair("1302", "b"));
        assert_eq!(found(json!({"code": 0, "msg": "", "output": null})), None);
        assert_eq!(found(json!({"code": "", "output": {"task_id": "1"}})), None);
    }

    #[test]
    fn bodies_are_known_by_reading() {
        assert!(Body::read(b"{\"a\":1}").json().is_some());
        assert_eq!(Body::read(b"<html>502</html>").what(), "HTML instead of an answer");
        assert_eq!(Body::read(b"{\"a\":").what(), "broken JSON instead of an answer");
        assert_eq!(Body::read(b"").what(), "nothing instead of an answer");
        assert!(Body::read(b"event:error\n:HTTP_STATUS/400\ndata:{\"code\":\"A\"}\n\n").json().is_some());
        assert_eq!(Body::read(b": ping\n\n").what(), "an event stream instead of an answer");
        assert_eq!(Body::read(b"null").what(), "a bare JSON value instead of an answer");
    }

    #[test]
    fn ids_are_safe() {
        assert_eq!(request_id(&json!({"request_id": "a\u{1b}]0;x\u{7}"})).unwrap(), "a␛]0;x␇");
        assert_eq!(request_id(&json!({"request_id": 7})), None);
        assert_eq!(request_id(&json!({"request_id": "x".repeat(1 << 20)})).unwrap().chars().count(), ID_MAX);
    }
}
