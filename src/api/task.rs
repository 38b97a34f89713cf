//! The wire in, tasks: what the service says of one (contract 4.2, 4.3). Failed and unknown tasks come as HTTP 200.

use serde_json::Value;

use super::answer::{self, Answer};
use super::body::{self, Complaint};
use super::errors;
use crate::domain::{Fault, FaultKind, TaskId};

/// A task's state as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// Finished: the pictures.
    Succeeded(Answer),
    /// Ended without pictures.
    Failed(Fault),
    /// Cancelled.
    Cancelled,
    /// No such task, or older than 24 hours: terminal (contract 4.2).
    Unknown,
}

/// The longest task id taken; the service's are UUIDs of 36 characters.
const ID_MAX: usize = 128;

/// Whether an id can stand in a path as it is. The service's ids are UUIDs; a stranger's could climb (`../../x`).
pub(super) fn is_safe(id: &TaskId) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=ID_MAX).contains(&id.0.len()) && id.0.bytes().all(is_plain)
}

/// The task an answer names, if it names one.
pub(super) fn named(body: &Value) -> Option<TaskId> {
    let id = body.pointer("/output/task_id").or_else(|| body.get("task_id"))?;
    id.as_str().map(|id| TaskId(id.to_owned()))
}

/// Reads the answer to a question after a task.
///
/// # Errors
/// About the question, never about the task: an error of the service, or a body without a state.
pub(super) fn read(body: &Value) -> Result<TaskState, Fault> {
    let status = body.pointer("/output/task_status").or_else(|| body.get("task_status"));
    let status = status.and_then(Value::as_str).unwrap_or_default().trim().to_ascii_uppercase();
    match status.as_str() {
        "PENDING" => return Ok(TaskState::Pending),
        // SUSPENDED is in the SDKs' lists and in no document.
        "RUNNING" | "SUSPENDED" => return Ok(TaskState::Running),
        _ => {}
    }
    let answer = answer::read(body);
    if status == "SUCCEEDED" || answer.pictures().next().is_some() {
        return Ok(TaskState::Succeeded(answer));
    }
    match status.as_str() {
        "FAILED" => Ok(TaskState::Failed(failure(body, answer))),
        // One page of the documentation has two Ls.
        "CANCELED" | "CANCELLED" => Ok(TaskState::Cancelled),
        "UNKNOWN" => Ok(TaskState::Unknown),
        other => Err(no_state(body, other)),
    }
}

/// Code and message stand in `output` or at the top (contract 4.3), or with each picture.
fn failure(body: &Value, answer: Answer) -> Fault {
    let of_a_picture = answer.items.into_iter().find_map(|item| match item {
        answer::Item::Failed(fault) => Some(fault),
        _ => None,
    });
    match (body::complaint(body), of_a_picture) {
        (Some(complaint), _) => errors::fault(errors::meaning(200, &complaint), &complaint, answer.request_id),
        (None, Some(fault)) => fault,
        (None, None) => {
            let message = "The task failed, and the service does not say why.";
            Fault::new(FaultKind::Other, "task_failed", message).request_id(answer.request_id)
        }
    }
}

fn no_state(body: &Value, status: &str) -> Fault {
    let request_id = body::request_id(body);
    let complaint = body::complaint(body).unwrap_or_default();
    if status.is_empty() && complaint != Complaint::default() {
        return errors::fault(errors::meaning(200, &complaint), &complaint, request_id);
    }
    let message = match body::shown(status, body::CODE_MAX) {
        status if status.is_empty() => "The service's answer does not say how the task stands.".to_owned(),
        status => format!("The service says the task is {status}, a state pinxit does not know."),
    };
    Fault::new(FaultKind::Other, "odd_answer", message).request_id(request_id).retryable()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> TaskState {
        read(&serde_json::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn tasks_under_way() {
        assert_eq!(
            parse(r#"{"request_id":"c4f11410","output":{"task_id":"f470bbfd","task_status":"PENDING"}}"#),
            TaskState::Pending
        );
        assert_eq!(
            parse(
                r#"{"request_id":"edbd4e81","output":{"task_id":"9e2b6ef6","task_status":"RUNNING","submit_time":"2024-03-01 17:38:24.817","scheduled_time":"2024-03-01 17:38:24.831","task_metrics":{"TOTAL":4,"SUCCEEDED":0,"FAILED":0}}}"#
            ),
            TaskState::Running
        );
        assert_eq!(parse(r#"{"output":{"task_status":"SUSPENDED"}}"#), TaskState::Running);
    }

    #[test]
    fn tasks_that_succeeded() {
        let new = parse(
            r#"{"request_id":"43d9e959","output":{"task_id":"858cad55","task_status":"SUCCEEDED","submit_time":"2026-03-31 19:57:58.840","scheduled_time":"2026-03-31 19:57:58.877","end_time":"2026-03-31 19:58:11.563","finished":true,"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":[{"image":"https://dashscope-result.oss-cn-shanghai.aliyuncs.com/1xxx.png?Expires=xxx","type":"image"}]}}]},"usage":{"size":"2985*1405","total_tokens":18792,"image_count":1,"output_tokens":2,"input_tokens":18790}}"#,
        );
        let TaskState::Succeeded(answer) = new else { panic!("{new:?}") };
        assert_eq!((answer.items.len(), answer.billed), (1, Some(1)));
        assert_eq!(answer.request_id.as_deref(), Some("43d9e959"));
        let legacy = parse(
            r#"{"request_id":"d1f2a1be","output":{"task_id":"7f4836cd","task_status":"SUCCEEDED","submit_time":"2025-09-23 22:14:10","results":[{"orig_prompt":"...","actual_prompt":"more words","url":"https://dashscope-result-sh.oss-cn-shanghai.aliyuncs.com/xxx.png?Expires=xxx"}],"task_metrics":{"TOTAL":1,"FAILED":0,"SUCCEEDED":1}},"usage":{"image_count":1}}"#,
        );
        let TaskState::Succeeded(answer) = legacy else { panic!("{legacy:?}") };
        assert_eq!(answer.actual_prompt.as_deref(), Some("more words"));
        assert_eq!(answer.items.len(), 1);
    }

    #[test]
    fn a_failed_task_names_its_reason_wherever_it_stands() {
        for text in [
            r#"{"request_id":"dccfdf23","output":{"task_id":"4cba","task_status":"FAILED","submit_time":"2025-09-09 11:38:54.741","code":"InvalidParameter","message":"invalid parameter"}}"#,
            r#"{"request_id":"dccfdf23","output":{"task_id":"858c","task_status":"FAILED"},"code":"InvalidParameter","message":"invalid parameter"}"#,
            r#"{"request_id":"dccfdf23","output":{"task_status":"FAILED","results":[{"code":"InvalidParameter","message":"invalid parameter"}]}}"#,
        ] {
            let TaskState::Failed(fault) = parse(text) else { panic!("{text}") };
            assert_eq!((fault.code.as_str(), fault.kind.exit()), ("InvalidParameter", 2));
            assert_eq!(fault.message, "The service refused the request: invalid parameter.");
            assert_eq!(fault.request_id.as_deref(), Some("dccfdf23"));
            assert_eq!(fault.billed, crate::domain::Billed::No);
        }
        let TaskState::Failed(fault) = parse(r#"{"output":{"task_status":"FAILED"}}"#) else { panic!() };
        assert_eq!(fault.code, "task_failed");
    }

    #[test]
    fn tasks_that_are_gone() {
        assert_eq!(
            parse(r#"{"request_id":"85c25460","output":{"task_id":"1111","task_status":"UNKNOWN"}}"#),
            TaskState::Unknown
        );
        assert_eq!(parse(r#"{"output":{"task_status":"CANCELED"}}"#), TaskState::Cancelled);
        assert_eq!(parse(r#"{"output":{"task_status":"CANCELLED"}}"#), TaskState::Cancelled);
    }

    #[test]
    fn pictures_count_whatever_the_state_says() {
        for status in ["FAILED", "CANCELED", "UNKNOWN", "", "NEW"] {
            let body = json!({"output": {"task_status": status, "results": [{"url": "https://h/1"}]}});
            assert!(matches!(read(&body), Ok(TaskState::Succeeded(_))), "{status}");
        }
    }

    #[test]
    fn an_answer_without_a_state_is_about_the_question() {
        let fault = read(&json!({"code": "Throttling.RateQuota", "message": "slow down"})).unwrap_err();
        assert_eq!((fault.kind, fault.retryable), (FaultKind::Throttled, true));
        let fault = read(&json!({"output": {"task_status": "DREAMING\u{1b}"}})).unwrap_err();
        assert_eq!(fault.message, "The service says the task is DREAMING␛, a state pinxit does not know.");
        assert!(fault.retryable);
        assert!(read(&json!({})).unwrap_err().retryable);
    }

    #[test]
    fn ids_that_could_climb_are_refused() {
        assert!(is_safe(&TaskId("9e2b6ef6-285d-4efa-8651-4dbda7d571fa".into())));
        for id in ["", "../../x", "a/b", "a?b", "a%2fb", "é", &"x".repeat(129)] {
            assert!(!is_safe(&TaskId(id.into())), "{id}");
        }
    }
}
