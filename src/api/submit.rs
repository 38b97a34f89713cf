//! What a paid call came to, judged from status and body. The first question is always whether it can have been billed
//! (quality 2.2).

use super::answer::{self, Answer};
use super::body::{self, Body, Complaint};
use super::errors::{self, Fate, Meaning};
use super::task;
use crate::domain::{Billed, Fault, FaultKind, TaskId};

/// What a submit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Asynchronous: ask after this task.
    Task {
        /// Its id.
        id: TaskId,
        /// The service's id of the request.
        request_id: Option<String>,
    },
    /// Synchronous: the answer.
    Answer(Answer),
}

/// Why a submit brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// This route is not for this model (404, 403 about sync/async, 400 `url error`): not billed, try the next route. With
    /// none left the fault is the model's own.
    WrongRoute(Fault),
    /// Refused and certainly not billed; `fault.retryable` says whether the same call may succeed later (429, 503, no connection).
    Refused(Fault),
    /// Sent, and nobody knows: time-out, connection lost after writing, 500/502/504, an answer that is not JSON.
    Unknown(Fault),
}

/// Judges an answer to a paid call.
pub(super) fn judge(status: u16, body: &Body) -> Result<Reply, Refusal> {
    match (status, body) {
        (200..=299, Body::Json(json)) => success(json),
        (200..=299, other) => Err(unsure("bad_answer", format!("The service sent {}.", other.what()), None)),
        // By their meaning the service has not touched the call; other redirects may follow the work.
        (301 | 307 | 308, _) => {
            let message = "The service sends callers to another address, and pinxit follows nobody with your key.";
            Err(Refusal::Refused(Fault::new(FaultKind::Network, "redirect", message).hint("Check the base URL.")))
        }
        (..=399, _) => Err(unsure("bad_answer", format!("The service answered with HTTP status {status}."), None)),
        (_, body) => {
            let complaint = body.json().and_then(body::complaint).unwrap_or_else(|| Complaint {
                code: format!("http_{status}"),
                message: if body.json().is_some() { String::new() } else { body.what() },
            });
            Err(refusal(status, &complaint, body.json().and_then(body::request_id)))
        }
    }
}

pub(super) fn success(json: &serde_json::Value) -> Result<Reply, Refusal> {
    let answer = answer::read(json);
    let request_id = answer.request_id.clone();
    if answer.pictures().next().is_some() {
        return Ok(Reply::Answer(answer));
    }
    if let Some(id) = task::named(json) {
        if task::is_safe(&id) {
            return Ok(Reply::Task { id, request_id });
        }
        return Err(unsure(
            "bad_task_id",
            "The service named the task in a way that cannot be asked after.".into(),
            request_id,
        ));
    }
    let complaint = body::complaint(json).unwrap_or_default();
    if !complaint.code.is_empty() {
        return Err(refusal(200, &complaint, request_id));
    }
    if !answer.items.is_empty() {
        return Ok(Reply::Answer(answer));
    }
    let message = match body::shown(&complaint.message, body::MESSAGE_MAX) {
        said if said.is_empty() => "The service's answer holds neither a picture nor a task.".to_owned(),
        said => format!("The service's answer holds neither a picture nor a task, and says: {said}"),
    };
    Err(unsure("empty_answer", message, request_id))
}

/// A refusal in the service's own words.
pub(super) fn refusal(status: u16, complaint: &Complaint, request_id: Option<String>) -> Refusal {
    let meaning: Meaning = errors::meaning(status, complaint);
    let fault = errors::fault(meaning, complaint, request_id);
    match meaning.fate {
        Fate::WrongRoute => Refusal::WrongRoute(fault),
        Fate::Final | Fate::Later => Refusal::Refused(fault),
        Fate::Unsure => unsure(&fault.code, fault.message, fault.request_id),
    }
}

/// Sent, and nobody knows.
pub(super) fn unsure(code: &str, message: String, request_id: Option<String>) -> Refusal {
    let hint =
        "It is not sent again by itself: the service's console shows what was billed, and a retry may pay twice.";
    unknown(code, message, hint, request_id)
}

/// Sent, and nobody knows; with what to do.
pub(super) fn unknown(code: &str, message: String, hint: &str, request_id: Option<String>) -> Refusal {
    let fault = Fault::new(FaultKind::Unsure, code, message).hint(hint).request_id(request_id);
    Refusal::Unknown(fault.billed(Billed::Unknown))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn judged(status: u16, body: Value) -> Result<Reply, Refusal> {
        judge(status, &Body::Json(body))
    }

    fn word(result: Result<Reply, Refusal>) -> (&'static str, String, bool, Billed) {
        let (word, fault) = match result {
            Ok(Reply::Task { id, .. }) => return ("task", id.0, false, Billed::Unknown),
            Ok(Reply::Answer(answer)) => return ("answer", answer.items.len().to_string(), false, Billed::Unknown),
            Err(Refusal::WrongRoute(fault)) => ("wrong route", fault),
            Err(Refusal::Refused(fault)) => ("refused", fault),
            Err(Refusal::Unknown(fault)) => ("unknown", fault),
        };
        (word, fault.code, fault.retryable, fault.billed)
    }

    #[test]
    fn a_task_in_either_key_order() {
        for body in [
            r#"{"output":{"task_status":"PENDING","task_id":"9e2b6ef6-285d-4efa-8651-4dbda7d571fa"},"request_id":"33da8e6b"}"#,
            r#"{"request_id":"33da8e6b","output":{"task_id":"9e2b6ef6-285d-4efa-8651-4dbda7d571fa","task_status":"PENDING"}}"#,
            r#"{"code":"","message":"","request_id":"33da8e6b","output":{"task_id":"9e2b6ef6-285d-4efa-8651-4dbda7d571fa"}}"#,
        ] {
            let reply = judge(200, &Body::read(body.as_bytes()));
            let id = TaskId("9e2b6ef6-285d-4efa-8651-4dbda7d571fa".into());
            assert_eq!(reply, Ok(Reply::Task { id, request_id: Some("33da8e6b".into()) }));
        }
    }

    #[test]
    fn pictures_are_an_answer_even_beside_a_code() {
        let body =
            json!({"code": "Odd", "output": {"choices": [{"message": {"content": [{"image": "https://h/1"}]}}]}});
        assert_eq!(word(judged(200, body)).0, "answer");
    }

    #[test]
    fn refusals_that_prove_nothing_was_billed() {
        let refused = |code: &str, retryable| ("refused", code.to_owned(), retryable, Billed::No);
        let body = |code: &str, message: &str| json!({"code": code, "message": message, "request_id": "1"});
        for (status, body, expected) in [
            (400, body("InvalidParameter", "num_images_per_prompt must be 1"), refused("InvalidParameter", false)),
            (400, body("DataInspectionFailed", "x"), refused("DataInspectionFailed", false)),
            (401, body("InvalidApiKey", "Invalid API-key provided."), refused("InvalidApiKey", false)),
            (403, json!({"message": "Error api key"}), refused("no_code", false)),
            (
                401,
                json!({"error": {"message": "m", "type": "t", "code": "invalid_api_key"}}),
                refused("invalid_api_key", false),
            ),
            (429, body("Throttling.RateQuota", "x"), refused("Throttling.RateQuota", true)),
            (429, body("PostpaidBillOverdue", "x"), refused("PostpaidBillOverdue", false)),
            (503, body("ModelUnavailable", "x"), refused("ModelUnavailable", true)),
            (500, body("ModelServingError", "x"), refused("ModelServingError", true)),
            (200, body("InvalidParameter", "x"), refused("InvalidParameter", false)),
            (200, json!({"output": {"code": "Arrearage", "message": "x"}}), refused("Arrearage", false)),
        ] {
            assert_eq!(word(judged(status, body.clone())), expected, "{status} {body}");
        }
        let html = Body::Foreign("HTML".into());
        assert_eq!(word(judge(413, &html)), refused("http_413", false));
        assert_eq!(word(judge(429, &html)), refused("http_429", true));
        assert_eq!(word(judge(400, &Body::Cut("reset".into()))), refused("http_400", false));
        assert_eq!(word(judge(308, &html)), refused("redirect", false));
    }

    #[test]
    fn another_route_may_do() {
        for (status, code, message) in [
            (403, "AccessDenied", "current user api does not support synchronous calls."),
            (403, "AccessDenied", "Current user api does not support asynchronous calls."),
            (400, "InvalidParameter", "url error, please check url！"),
            (404, "NotFound", "Not found!"),
        ] {
            let (word, _, _, billed) = word(judged(status, json!({"code": code, "message": message})));
            assert_eq!((word, billed), ("wrong route", Billed::No), "{message}");
        }
        assert_eq!(word(judge(404, &Body::Foreign("HTML".into()))).0, "wrong route");
    }

    #[test]
    fn everything_else_may_have_been_billed() {
        for (status, body) in [
            (500, Body::Json(json!({"code": "InternalError", "message": "An internal error has occured"}))),
            (500, Body::Json(json!({"code": "InvalidParameter"}))),
            (502, Body::Foreign("HTML".into())),
            (503, Body::Foreign("HTML".into())),
            (503, Body::Json(json!({"code": "BrandNew"}))),
            (504, Body::Json(json!({"message": "Response timeout!"}))),
            (408, Body::Foreign("nothing".into())),
            (200, Body::Foreign("HTML".into())),
            (200, Body::Foreign("broken JSON".into())),
            (200, Body::Cut("reset".into())),
            (200, Body::Json(json!({}))),
            (200, Body::Json(json!({"message": "hm"}))),
            (200, Body::Json(json!({"output": {"task_id": "../../x"}}))),
            (200, Body::Json(json!({"code": "InternalError.Timeout"}))),
            (302, Body::Foreign("HTML".into())),
            (204, Body::Foreign("nothing".into())),
        ] {
            let (word, code, retryable, billed) = word(judge(status, &body));
            assert_eq!((word, retryable, billed), ("unknown", false, Billed::Unknown), "{status} {code} {body:?}");
        }
    }

    #[test]
    fn an_unsure_fault_says_so() {
        let Err(Refusal::Unknown(fault)) = judge(502, &Body::Foreign("HTML".into())) else { panic!() };
        assert_eq!(fault.kind.exit(), 10);
        assert_eq!(fault.message, "The service failed inside: HTML instead of an answer.");
        assert!(fault.to_string().contains("this may have been billed"), "{fault}");
    }
}
