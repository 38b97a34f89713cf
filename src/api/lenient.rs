//! JSON as services really write it. A lone half of a letter pair or a raw control character in some text is no reason to
//! lose the addresses of pictures beside it, which are paid for.

use serde_json::Value;

/// Reads JSON; where it is not strict, once more with what is wrong in its texts replaced. `None` where that does not help.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().or_else(|| serde_json::from_str(&mended(&String::from_utf8_lossy(bytes))).ok())
}

/// The text with raw control characters inside its strings made spaces, and lone surrogate escapes the replacement letter.
fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut rest, mut is_text) = (json, false);
    while let Some(letter) = rest.chars().next() {
        let (kept, taken) = match letter {
            '\\' if is_text => escape(rest),
            letter if is_text && letter.is_ascii_control() => (" ", 1),
            letter => (&rest[..letter.len_utf8()], letter.len_utf8()),
        };
        is_text ^= letter == '"';
        out.push_str(kept);
        rest = &rest[taken..];
    }
    out
}

/// The escape `rest` begins with: what to write for it, and how many bytes it takes.
fn escape(rest: &str) -> (&str, usize) {
    let second = rest[1..].chars().next().map_or(0, char::len_utf8);
    match (unit(rest), rest.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (&rest[..12], 12),
        (Some(0xd800..=0xdfff), _) => ("\\ufffd", 6),
        (Some(_), _) => (&rest[..6], 6),
        (None, _) => (&rest[..1 + second], 1 + second),
    }
}

/// The number of a `\uXXXX` at the beginning.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_are_not_strict_lose_nothing_beside_them() {
        for (bytes, text) in [
            (&br#"{"t":"a\ud83d!","u":"https://h/1"}"#[..], "a\u{fffd}!"),
            (br#"{"t":"\udc00\ud83d\ude00\ud83d","u":"https://h/1"}"#, "\u{fffd}\u{1f600}\u{fffd}"),
            (b"{\"t\":\"a\nb\x01\\\"\\\\\",\"u\":\"https://h/1\"}", "a b \"\\"),
            (b"{\"t\":\"\xff\xe9\",\n\"u\":\"https://h/1\"}", "\u{fffd}\u{fffd}"),
            (br#"{"t":"fine \u00e9","u":"https://h/1"}"#, "fine \u{e9}"),
        ] {
            assert_eq!(read(bytes), Some(json!({"t": text, "u": "https://h/1"})), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for bytes in [&b""[..], b"<html>", b"{\"a", b"{\"a\":\"\\ud8", b"{\"a\":\"\\", b"{\"a\":\"\\u12\xe9\xe9\""] {
            assert_eq!(read(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn anything_may_come(bytes in prop::collection::vec(prop_oneof![
            4 => Just(b"\\u".to_vec()), 2 => Just(b"d83d".to_vec()), 3 => Just(b"\"".to_vec()), 1 => Just(b"\\".to_vec()),
            1 => Just("é".as_bytes().to_vec()), 2 => prop::collection::vec(any::<u8>(), 0..4),
        ], 0..40)) {
            read(&bytes.concat());
        }
    }
}
