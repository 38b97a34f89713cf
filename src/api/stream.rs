//! The answer to a paid call as it comes in: plain JSON, or events that are put together into one [`Answer`] (contract 5).
//! Pure: portions of bytes in, what is known so far out. How events are framed is [`sse`]'s to know.

use std::collections::HashSet;

use serde_json::Value;

use super::answer::{self, Answer, Item};
use super::body::{self, Body, Complaint};
use super::salvage::salvage;
use super::sse::{self, Event, Parser};
use super::submit::{self, Refusal, Reply};
use super::{errors, lenient, task};
use crate::domain::Billed;

/// An answer on its way. What it is shows by how it begins, never by its content type.
#[derive(Debug)]
pub(super) struct Incoming {
    json_max: usize,
    stream_max: usize,
    taken: usize,
    /// What came while it was not known to be a stream.
    plain: Vec<u8>,
    stream: Option<(Parser, Heard)>,
}

impl Incoming {
    /// `json_max`: bytes of a JSON body, and of one event. `stream_max`: bytes of a stream.
    pub(super) fn new(json_max: usize, stream_max: usize) -> Incoming {
        Incoming { json_max, stream_max, taken: 0, plain: vec![], stream: None }
    }

    /// Takes more bytes in, and tells of the answer so far after each event.
    ///
    /// # Errors
    /// Why no more is taken, in words.
    pub(super) fn take(&mut self, bytes: &[u8], hear: &mut dyn FnMut(&Answer)) -> Result<(), String> {
        self.taken += bytes.len();
        if let Some((parser, heard)) = &mut self.stream {
            if self.taken > self.stream_max {
                return Err(format!("it is longer than {} bytes", self.stream_max));
            }
            return parse(parser, heard, bytes, self.json_max, hear);
        }
        self.plain.extend_from_slice(bytes);
        if sse::sniff(&self.plain) == Some(true) {
            let (mut parser, mut heard) = (Parser::new(self.json_max), Heard::default());
            let begun = parse(&mut parser, &mut heard, &std::mem::take(&mut self.plain), self.json_max, hear);
            self.stream = Some((parser, heard));
            return begun;
        }
        if self.taken > self.json_max {
            return Err(format!("it is longer than {} bytes", self.json_max));
        }
        Ok(())
    }

    /// Grows with what was told: with the events of a stream (a comment that only keeps the line open tells nothing), with
    /// the bytes of anything else.
    pub(super) fn progress(&self) -> usize {
        self.stream.as_ref().map_or(self.taken, |(_, heard)| heard.events)
    }

    /// Whether the last event has come, so that nothing more is to be waited for.
    pub(super) fn is_whole(&self) -> bool {
        self.stream.as_ref().is_some_and(|(_, heard)| heard.is_whole)
    }

    /// What it came to. `cut`: why no more bytes came, where that was not the answer's own end.
    pub(super) fn end(self, cut: Option<String>, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
        match (self.stream, cut) {
            (Some((parser, mut heard)), cut) => {
                if let Some(event) = parser.finish() {
                    heard.take(&event, hear);
                }
                heard.end(cut)
            }
            (None, Some(why)) => cut_json(&self.plain, why, hear),
            (None, None) => match Body::read(&self.plain) {
                Body::Foreign(_) if self.plain.starts_with(b"{") => {
                    cut_json(&self.plain, "it ends in the middle".into(), hear)
                }
                body => submit::judge(200, &body),
            },
        }
    }
}

fn parse(
    parser: &mut Parser,
    heard: &mut Heard,
    bytes: &[u8],
    max: usize,
    hear: &mut dyn FnMut(&Answer),
) -> Result<(), String> {
    let parsed = parser.push(bytes, &mut |event| heard.take(&event, hear));
    parsed.map_err(|_| format!("a piece of it is longer than {max} bytes"))
}

/// JSON that broke off: a task it names is asked after, and pictures it names are told of.
fn cut_json(bytes: &[u8], why: String, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
    let unread = || submit::judge(200, &Body::Cut(why.clone()));
    let Some(json) = salvage(bytes) else { return unread() };
    let answer = answer::read(&json);
    if answer.pictures().next().is_some() {
        hear(&answer);
        return Err(broke_off(&answer, Some(&why)));
    }
    match submit::success(&json) {
        Ok(reply @ Reply::Task { .. }) => Ok(reply),
        _ => unread(),
    }
}

/// What has been heard of a streamed answer.
#[derive(Debug, Default)]
struct Heard {
    answer: Answer,
    pictures: HashSet<String>,
    /// White space before the next text; it is part of it only if one follows.
    gap: String,
    /// The service said that this is the end.
    is_whole: bool,
    /// The service said why it goes no further, and with which HTTP status.
    error: Option<(u16, Complaint)>,
    /// The last event's body.
    last: Value,
    /// Events heard.
    events: usize,
}

impl Heard {
    /// Takes one event in. Data that is not JSON adds nothing: the last of a stream that was cut.
    fn take(&mut self, event: &Event, hear: &mut dyn FnMut(&Answer)) {
        self.events += 1;
        let Some(json) = lenient::read(event.data.as_bytes()) else {
            self.is_whole |= event.data.trim() == "[DONE]";
            return;
        };
        let piece = answer::read_piece(&json);
        let is_error = event.name == "error" || event.status.is_some_and(|status| status >= 400);
        let complaint = body::complaint(&json).unwrap_or_default();
        if self.error.is_none() && (is_error || (piece.items.is_empty() && !complaint.code.is_empty())) {
            // The Python SDK takes 400 where the event names no other (contract 5).
            let assumed = if is_error { 400 } else { 200 };
            self.error = Some((event.status.filter(|status| *status >= 400).unwrap_or(assumed), complaint));
        }
        self.add(piece);
        self.is_whole |= is_last(&json);
        self.last = json;
        hear(&self.answer);
    }

    /// Pieces of text join, and a picture comes once. Usage is cumulative (contract 5): the largest count is the latest.
    fn add(&mut self, piece: Answer) {
        for item in piece.items {
            match (item, self.answer.items.last_mut()) {
                (Item::Text(text), Some(Item::Text(words))) => words.push_str(&text),
                (Item::Text(text), _) if text.trim().is_empty() => self.gap.push_str(&text),
                (Item::Text(text), _) => self.answer.items.push(Item::Text(std::mem::take(&mut self.gap) + &text)),
                (Item::Picture(address), _) if !self.pictures.insert(address.clone()) => {}
                (item, _) => {
                    self.gap.clear();
                    self.answer.items.push(item);
                }
            }
        }
        self.answer.billed = self.answer.billed.max(piece.billed);
        self.answer.actual_prompt = piece.actual_prompt.or(self.answer.actual_prompt.take());
        self.answer.orig_prompt = piece.orig_prompt.or(self.answer.orig_prompt.take());
        self.answer.request_id = self.answer.request_id.take().or(piece.request_id);
    }

    fn end(mut self, cut: Option<String>) -> Result<Reply, Refusal> {
        let has_pictures = !self.pictures.is_empty();
        if let Some((status, complaint)) = self.error {
            if !has_pictures {
                return Err(submit::refusal(status, &complaint, self.answer.request_id));
            }
            // What came before stays. Failures are free (contract 3.4) where the service says what failed; trouble inside it
            // proves nothing about a picture that was under way.
            let meaning = errors::meaning(status, &complaint);
            let fault = errors::fault(meaning, &complaint, self.answer.request_id.clone());
            let is_unsure = meaning.fate == errors::Fate::Unsure;
            self.answer.items.push(Item::Failed(if is_unsure { fault.billed(Billed::Unknown) } else { fault }));
            return Ok(Reply::Answer(self.answer));
        }
        match (self.is_whole, self.answer.items.is_empty()) {
            (true, false) => Ok(Reply::Answer(self.answer)),
            (true, true) => submit::success(&self.last),
            (false, true) if task::named(&self.last).is_some() => submit::success(&self.last),
            (false, _) => Err(broke_off(&self.answer, cut.as_deref())),
        }
    }
}

/// `finish_reason` is the string `"null"` until the end (contract 5); `finished` is not to be trusted.
fn is_last(json: &Value) -> bool {
    let choices = json.pointer("/output/choices").and_then(Value::as_array);
    let mut reasons = choices.into_iter().flatten().filter_map(|choice| choice.get("finish_reason")?.as_str());
    reasons.any(|reason| !matches!(reason.trim(), "" | "null"))
}

/// An answer that ended before its end.
fn broke_off(answer: &Answer, why: Option<&str>) -> Refusal {
    let after = match answer.pictures().count() {
        0 => "before its first picture".to_owned(),
        1 => "after 1 picture".to_owned(),
        count => format!("after {count} pictures"),
    };
    let why = why.map_or(String::new(), |why| format!(" ({why})"));
    let hint = "What came is kept. The rest may have been billed: sending it again could pay twice.";
    submit::unknown("stream_cut", format!("The answer broke off {after}{why}."), hint, answer.request_id.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{Fault, FaultKind, TaskId};

    fn event(content: Value, reason: &str, images: u32) -> String {
        let body = json!({
            "output": {"choices": [{"message": {"content": [content], "role": "assistant"}, "finish_reason": reason}], "finished": true},
            "usage": {"total_tokens": 28, "image_count": images, "size": "0*0"},
            "request_id": "5b98e8f3"
        });
        format!("id:1\nevent:result\n:HTTP_STATUS/200\ndata:{body}\n\n")
    }

    fn words(text: &str) -> String {
        event(json!({"type": "text", "text": text}), "null", 0)
    }

    fn picture(nth: u32, reason: &str) -> String {
        event(json!({"type": "image", "image": format!("https://h/{nth}.png?Expires=x")}), reason, nth)
    }

    fn refused(status: u16, code: &str, message: &str) -> String {
        let body = json!({"code": code, "message": message, "request_id": "7671ecd8"});
        format!("id:1\nevent:error\n:HTTP_STATUS/{status}\ndata:{body}\n\n")
    }

    /// The outcome, and all that was heard on the way.
    fn told(body: &str, cut: Option<&str>) -> (Result<Reply, Refusal>, Vec<Answer>) {
        let mut heard = vec![];
        let mut incoming = Incoming::new(4096, 65536);
        for portion in body.as_bytes().chunks(7) {
            incoming.take(portion, &mut |answer| heard.push(answer.clone())).unwrap();
        }
        let result = incoming.end(cut.map(str::to_owned), &mut |answer| heard.push(answer.clone()));
        (result, heard)
    }

    fn answer(result: Result<Reply, Refusal>) -> Answer {
        let Ok(Reply::Answer(answer)) = result else { panic!("{result:?}") };
        answer
    }

    fn unknown(result: Result<Reply, Refusal>) -> Fault {
        let Err(Refusal::Unknown(fault)) = result else { panic!("{result:?}") };
        assert_eq!((fault.kind, fault.billed, fault.retryable), (FaultKind::Unsure, Billed::Unknown, false));
        fault
    }

    fn text(words: &str) -> Item {
        Item::Text(words.into())
    }

    fn image(nth: u32) -> Item {
        Item::Picture(format!("https://h/{nth}.png?Expires=x"))
    }

    #[test]
    fn deltas_become_the_document_of_the_async_form() {
        let body = [
            words("Warm"),
            words(" "),
            words("the\n"),
            words("milk: 红"),
            picture(1, "null"),
            words("\n\n"),
            words("Pour"),
            words("."),
            picture(2, "null"),
            words("\n"),
            picture(3, "stop"),
        ];
        let (result, heard) = told(&body.concat(), None);
        let whole = answer(result);
        assert_eq!(whole.items, [text("Warm the\nmilk: 红"), image(1), text("\n\nPour."), image(2), image(3)]);
        assert_eq!((whole.billed, whole.request_id.as_deref()), (Some(3), Some("5b98e8f3")));
        assert_eq!(heard.len(), body.len());
        assert_eq!(heard[0].items, [text("Warm")]);
        assert_eq!(heard[4].items.len(), 2);
        assert_eq!(heard.last(), Some(&whole));
    }

    #[test]
    fn a_repeated_picture_counts_once() {
        let (result, _) = told(&[picture(1, "null"), picture(1, "null"), picture(1, "stop")].concat(), None);
        assert_eq!(answer(result).items, [image(1)]);
    }

    #[test]
    fn a_stream_without_its_end_is_unknown_and_was_heard() {
        for body in [
            words("a") + &picture(1, "null"),
            words("a") + &picture(1, "null") + "id:3\ndata:{\"output\":{\"choices\":[{\"mes",
            words("a") + &picture(1, "null").replace("\n\n", ""),
        ] {
            let (result, heard) = told(&body, Some("the line went dead"));
            let fault = unknown(result);
            assert_eq!((fault.code.as_str(), fault.request_id.as_deref()), ("stream_cut", Some("5b98e8f3")));
            assert_eq!(fault.message, "The answer broke off after 1 picture (the line went dead).");
            assert_eq!(heard.last().unwrap().items, [text("a"), image(1)]);
        }
        let fault = unknown(told(&words("a"), None).0);
        assert_eq!(fault.message, "The answer broke off before its first picture.");
        unknown(told(": ping\n\n", None).0);
    }

    #[test]
    fn a_line_that_breaks_after_the_end_does_no_harm() {
        assert_eq!(answer(told(&picture(1, "stop"), Some("reset")).0).items, [image(1)]);
        let done = picture(1, "null") + "event:done\ndata:[DONE]\n\n";
        assert_eq!(answer(told(&done, None).0).items, [image(1)]);
    }

    #[test]
    fn a_picture_under_way_when_the_service_failed_may_be_billed() {
        for (error, billed) in [
            (refused(500, "InternalError", "occured"), Billed::Unknown),
            (refused(400, "DataInspectionFailed", "x"), Billed::No),
        ] {
            let items = answer(told(&(picture(1, "null") + &error), None).0).items;
            let [first, Item::Failed(fault)] = &items[..] else { panic!("{items:?}") };
            assert_eq!((first, fault.billed), (&image(1), billed));
        }
    }

    /// Contract 5: the HTTP status is 200, the real one is in the comment.
    #[test]
    fn an_error_event_is_judged_by_the_status_it_claims() {
        for (event, kind, retryable) in [
            (refused(400, "InvalidParameter", "Role must be user"), FaultKind::Invalid, false),
            (refused(429, "Throttling.RateQuota", "slow"), FaultKind::Throttled, true),
            (refused(400, "BrandNew", "x").replace(":HTTP_STATUS/400\n", ""), FaultKind::Invalid, false),
            (refused(400, "BrandNew", "x").replace(":HTTP_STATUS/400", "status:429"), FaultKind::Throttled, true),
            ("data:{\"code\":\"Arrearage\",\"message\":\"x\"}\n\n".into(), FaultKind::Access, false),
        ] {
            let (result, _) = told(&event, None);
            let Err(Refusal::Refused(fault)) = result else { panic!("{event}: {result:?}") };
            assert_eq!((fault.kind, fault.retryable, fault.billed), (kind, retryable, Billed::No), "{event}");
        }
        let wrong = refused(403, "AccessDenied", "current user api does not support synchronous calls.");
        assert!(matches!(told(&wrong, None).0, Err(Refusal::WrongRoute(_))));
        unknown(told(&refused(500, "InternalError", "occured"), None).0);
    }

    #[test]
    fn an_error_after_pictures_keeps_them() {
        let (result, _) = told(&[picture(1, "null"), refused(400, "DataInspectionFailed", "x")].concat(), None);
        let items = answer(result).items;
        assert_eq!(items[0], image(1));
        assert!(matches!(&items[1], Item::Failed(fault) if fault.kind == FaultKind::Content), "{items:?}");
    }

    #[test]
    fn an_answer_without_events_is_read_as_one() {
        let body = json!({"output": {"choices": [{"message": {"content": [{"image": "https://h/1.png?Expires=x"}]}}]}});
        assert_eq!(answer(told(&body.to_string(), None).0).items, [image(1)]);
        let task = Ok(Reply::Task { id: TaskId("t-1".into()), request_id: None });
        assert_eq!(told(r#"{"output":{"task_id":"t-1"}}"#, None).0, task);
        assert_eq!(told("data:{\"output\":{\"task_id\":\"t-1\"}}\n\n", None).0, task);
        assert_eq!(unknown(told("<html>", None).0).code, "bad_answer");
        assert_eq!(unknown(told("", None).0).code, "bad_answer");
        assert_eq!(unknown(told(&event(json!({}), "stop", 0), None).0).code, "empty_answer");
    }

    #[test]
    fn json_that_broke_off_gives_what_it_holds() {
        for cut in [None, Some("reset")] {
            let half = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://h/1.png?Expires=x"},{"image":"https://h/2"#;
            let (result, heard) = told(half, cut);
            assert_eq!(unknown(result).code, "stream_cut");
            assert_eq!(heard[0].items, [image(1)]);
            let task = told(r#"{"request_id":"r","output":{"task_id":"t-1","task_sta"#, cut).0;
            assert_eq!(task, Ok(Reply::Task { id: TaskId("t-1".into()), request_id: Some("r".into()) }));
            assert_eq!(unknown(told(r#"{"output":{"task_id":"t-"#, cut).0).code, "bad_answer");
        }
    }

    #[test]
    fn appetite_has_limits() {
        let long = |body: &str, json, stream| {
            let mut incoming = Incoming::new(json, stream);
            body.as_bytes().chunks(5).find_map(|portion| incoming.take(portion, &mut |_| ()).err())
        };
        assert_eq!(long(&format!("{{{}", "x".repeat(99)), 64, 64).unwrap(), "it is longer than 64 bytes");
        assert_eq!(
            long(&format!("data:{}", "x".repeat(99)), 64, 640).unwrap(),
            "a piece of it is longer than 64 bytes"
        );
        assert_eq!(long(&"data:x\n\n".repeat(99), 64, 640).unwrap(), "it is longer than 640 bytes");
        assert_eq!(long(&"data:x\n\n".repeat(79), 64, 640), None);
    }
}
