//! Server-sent events: bytes in any portions to events. Pure, in bounded memory; what an event means for a picture is
//! [`stream`](super::stream)'s to say.
//!
//! The service's dialect (contract 5): no space after a field's colon or one, LF or CRLF, the real HTTP status in a comment
//! (`:HTTP_STATUS/400`) or in a `status:` line, pings as comments.

use serde_json::Value;

use super::lenient;

/// What a line of an event stream may begin with.
const BEGINNINGS: [&[u8]; 6] = [b"data:", b"event:", b"id:", b"retry:", b"status:", b":"];
/// A byte order mark, which may stand before the first line.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One event. `id` and `retry` are for clients that take a stream up again, which the service does not offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Event {
    /// Its name (`result`, `error`); empty when it has none.
    pub(super) name: String,
    /// Its data, several lines joined by a line feed.
    pub(super) data: String,
    /// The HTTP status it claims.
    pub(super) status: Option<u16>,
}

/// An event or a line is longer than is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Takes bytes in, gives events out.
#[derive(Debug)]
pub(super) struct Parser {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    /// A line ended with CR: an LF that follows belongs to the same end.
    after_cr: bool,
    /// Before the first line.
    is_fresh: bool,
    max: usize,
}

impl Parser {
    /// A parser that holds at most `max` bytes of an event that is not whole yet.
    pub(super) fn new(max: usize) -> Parser {
        Parser { line: vec![], event: Event::default(), has_data: false, after_cr: false, is_fresh: true, max }
    }

    /// Takes more bytes, and tells of every event they complete.
    ///
    /// # Errors
    /// When an event is longer than is taken; what came before it has been told.
    pub(super) fn push(&mut self, mut bytes: &[u8], tell: &mut dyn FnMut(Event)) -> Result<(), TooLong> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            self.line.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
            if self.line.len() + self.event.data.len() > self.max {
                return Err(TooLong);
            }
            let Some(end) = end else { return Ok(()) };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if let Some(event) = self.end_line() {
                tell(event);
            }
        }
        Ok(())
    }

    /// The event that was not closed by an empty line when the bytes ended. It may be cut anywhere; whoever reads its data
    /// sees whether it is whole, and a picture in it is not lost for want of a line feed.
    pub(super) fn finish(mut self) -> Option<Event> {
        self.end_line().or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = if std::mem::take(&mut self.is_fresh) { line.strip_prefix(BOM).unwrap_or(&line) } else { &line[..] };
        if line.is_empty() {
            return self.end_event();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match field {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(&value);
            }
            b"event" => self.event.name = value.into_owned(),
            b"status" => self.event.status = value.trim().parse().ok().or(self.event.status),
            b"" => self.event.status = claimed(&value).or(self.event.status),
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let event = std::mem::take(&mut self.event);
        // A name or a status without data says nothing; so it is with pings and `event:done`.
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

/// The status in a comment: `HTTP_STATUS/400`.
fn claimed(comment: &str) -> Option<u16> {
    comment.trim().strip_prefix("HTTP_STATUS/")?.trim().parse().ok()
}

/// Whether a body that begins like this is an event stream; `None` while that cannot be told. The content type is not
/// believed either way.
pub(super) fn sniff(head: &[u8]) -> Option<bool> {
    let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    match head {
        head if BEGINNINGS.iter().any(|beginning| head.starts_with(beginning)) => Some(true),
        head if BEGINNINGS.iter().chain([&BOM]).any(|beginning| beginning.starts_with(head)) => None,
        _ => Some(false),
    }
}

/// The JSON object in the first event of a whole body that is an event stream: an error may come like that (contract 5).
pub(super) fn first_json(body: &[u8]) -> Option<Value> {
    if sniff(body) != Some(true) {
        return None;
    }
    let mut events = vec![];
    let mut parser = Parser::new(body.len());
    parser.push(body, &mut |event| events.push(event)).ok()?;
    events.extend(parser.finish());
    events.iter().filter_map(|event| lenient::read(event.data.as_bytes())).find(Value::is_object)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn events(portions: &[&[u8]]) -> Vec<Event> {
        let mut out = vec![];
        let mut parser = Parser::new(1 << 20);
        for portion in portions {
            parser.push(portion, &mut |event| out.push(event)).unwrap();
        }
        out.extend(parser.finish());
        out
    }

    fn event(name: &str, data: &str, status: Option<u16>) -> Event {
        Event { name: name.into(), data: data.into(), status }
    }

    #[test]
    fn the_services_own_framing() {
        let bytes = b"id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"a\":1}\n\nid:2\nevent:error\n:HTTP_STATUS/400\ndata:{\"b\":2}\n\n";
        let expected = [event("result", "{\"a\":1}", Some(200)), event("error", "{\"b\":2}", Some(400))];
        assert_eq!(events(&[bytes]), expected);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(events(&single), expected);
        let crlf = String::from_utf8_lossy(bytes).replace('\n', "\r\n");
        assert_eq!(events(&[crlf.as_bytes()]), expected);
        assert_eq!(events(&crlf.as_bytes().chunks(1).collect::<Vec<_>>()), expected);
        assert_eq!(events(&[crlf.replace('\n', "").as_bytes()]), expected);
    }

    #[test]
    fn spaces_comments_pings_and_several_lines() {
        let text = "\u{feff}: ping\n\n: ping\nid: 0\nevent: result\nstatus: 429\ndata: {\"a\":\ndata:1}\nretry: 3000\nodd\n\n\n\ndata\n\ndata:  x\n\n";
        assert_eq!(
            events(&[text.as_bytes()]),
            [event("result", "{\"a\":\n1}", Some(429)), event("", "", None), event("", " x", None)]
        );
    }

    #[test]
    fn a_cut_last_event_is_told() {
        assert_eq!(events(&[b"data:{\"a\":1}"]), [event("", "{\"a\":1}", None)]);
        assert_eq!(events(&[b"data:{\"a\":1}\n"]), [event("", "{\"a\":1}", None)]);
        assert_eq!(events(&[b"data:{\"a\":"]), [event("", "{\"a\":", None)]);
        assert_eq!(events(&[b"event:result"]), []);
        assert_eq!(events(&[b""]), []);
    }

    #[test]
    fn memory_is_bounded_whatever_the_portions() {
        let long = [&b"data:ok\n\ndata:"[..], &[b'x'; 99], b"\n\n"].concat();
        let lines = [&b"data:ok\n\n"[..], &b"data:0123456789\n".repeat(10)].concat();
        for bytes in [long, lines] {
            for size in [1, 7, 4096] {
                let mut parser = Parser::new(64);
                let mut told = vec![];
                let mut results = bytes.chunks(size).map(|portion| parser.push(portion, &mut |event| told.push(event)));
                assert!(results.any(|result| result == Err(TooLong)), "portions of {size}");
                assert_eq!(told, [event("", "ok", None)]);
            }
        }
    }

    #[test]
    fn bodies_are_told_apart_by_their_beginning() {
        for stream in ["data:", "id:1\n", ":HTTP_STATUS/200", "\u{feff}event:x", "\r\n: ping", "retry: 1", "status:1"] {
            assert_eq!(sniff(stream.as_bytes()), Some(true), "{stream}");
        }
        for other in ["{\"a\":1}", "<html>", "[", "date: x", "\u{feff}{", " \n{"] {
            assert_eq!(sniff(other.as_bytes()), Some(false), "{other}");
        }
        for undecided in ["", "\n\n", "da", "i", "\u{feff}"] {
            assert_eq!(sniff(undecided.as_bytes()), None, "{undecided}");
        }
        assert_eq!(sniff(&BOM[..1]), None);
    }

    #[test]
    fn an_error_that_comes_as_an_event_is_read() {
        let body = b": ping\n\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"InvalidParameter\"}\n\n";
        assert_eq!(first_json(body).unwrap(), json!({"code": "InvalidParameter"}));
        assert_eq!(first_json(b"data:[DONE]\n\n"), None);
        assert_eq!(first_json(b"{\"code\":\"InvalidParameter\"}"), None);
    }

    proptest! {
        #[test]
        fn portions_do_not_matter(bytes in prop::collection::vec(prop_oneof![
            3 => Just(b"data:".to_vec()), 2 => Just(b"\n".to_vec()), 1 => Just(b"\r".to_vec()), 1 => Just(b"\r\n".to_vec()),
            1 => Just(b"event: error".to_vec()), 1 => Just(b":HTTP_STATUS/400".to_vec()), 1 => Just(BOM.to_vec()),
            2 => prop::collection::vec(any::<u8>(), 0..6),
        ], 0..40), cuts in prop::collection::vec(1_usize..9, 1..8)) {
            let bytes = bytes.concat();
            let mut portions = vec![];
            let (mut rest, mut cut) = (&bytes[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let (portion, after) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                portions.push(portion);
                rest = after;
            }
            prop_assert_eq!(events(&portions), events(&[&bytes]));
        }
    }
}
