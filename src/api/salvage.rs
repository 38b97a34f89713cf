//! What can still be read of JSON that was cut: everything up to the last value that is whole.

use serde_json::Value;

use super::lenient;

/// Reads the beginning of a JSON object. A text counts once its closing quote is there, so no half of an address is read.
/// `None` where nothing can be read.
pub(super) fn salvage(bytes: &[u8]) -> Option<Value> {
    let (whole, open) = last_value(bytes);
    let mut mended = bytes[..whole].to_vec();
    mended.extend(open.iter().rev());
    lenient::read(&mended).filter(Value::is_object)
}

/// Where the last whole value ends, and the brackets to close after it, outermost first.
fn last_value(bytes: &[u8]) -> (usize, Vec<u8>) {
    let mut open: Vec<u8> = vec![];
    // In an object a text is a key until a colon has come.
    let mut is_key = false;
    let (mut whole, mut depth) = (0, 0);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let Some(length) = text_length(&bytes[at..]) else { break };
                at += length - 1;
                if !is_key {
                    (whole, depth) = (at + 1, open.len());
                }
            }
            b'{' => {
                open.push(b'}');
                is_key = true;
            }
            b'[' => {
                open.push(b']');
                is_key = false;
            }
            b'}' | b']' => {
                open.pop();
                (whole, depth) = (at + 1, open.len());
            }
            b':' => is_key = false,
            b',' => is_key = open.last() == Some(&b'}'),
            _ => {}
        }
        at += 1;
    }
    open.truncate(depth);
    (whole, open)
}

/// How long a text is, both quotes counted; `None` when its end is missing.
fn text_length(from_quote: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in from_quote.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_values_survive_a_cut_anywhere() {
        let body = json!({
            "request_id": "r \"quoted\" \\", "finished": true, "n": [1, 2.5, null],
            "output": {"choices": [{"message": {"content": [{"image": "https://h/1.png?a={[,]}"}, {"text": "红狐"}]}}]},
            "usage": {"image_count": 1}
        });
        let text = body.to_string();
        assert_eq!(salvage(text.as_bytes()).unwrap(), body);
        let closed = text.find("{[,]}").unwrap() + "{[,]}\"".len();
        for cut in 0..text.len() {
            let found = salvage(&text.as_bytes()[..cut]);
            assert_eq!(
                found.is_some_and(|json| json.to_string().contains("1.png?a={[,]}")),
                cut >= closed,
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        for bytes in [&b""[..], b"{", b"{\"a", b"{\"a\":1", b"[\"a\"", b"\"a\"", b"<html>", b"}}}]", b"{\"a\"]:\"b\""] {
            assert_eq!(salvage(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
