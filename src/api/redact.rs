//! Secrets taken out of text before anyone sees it: keys, and the signatures that make a picture's URL a key of its own.

use std::borrow::Cow;

/// Put in place of a secret.
const HIDDEN: &str = "[hidden]";

/// Names whose value, after `=` or `%3D`, opens something.
const NAMES: [&str; 7] =
    ["signature", "ossaccesskeyid", "x-oss-credential", "security-token", "policy", "api_key", "apikey"];

/// Shortest run after `sk-` or `Bearer ` taken for a secret (quality 3.3), so that prose stays readable.
const KEY_MIN: usize = 6;

/// Takes API keys (`sk-...`, `Bearer ...`) and URL signatures (`Signature=`, `OSSAccessKeyId=`, policies and tokens) out of
/// text. Everything else stays as it is.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while at < text.len() {
        match secret_at(text, at) {
            Some((start, end)) => {
                out.push_str(&text[kept..start]);
                out.push_str(HIDDEN);
                (kept, at) = (end, end);
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

/// The secret that begins with a mark at `at`: where the hidden part starts and ends.
fn secret_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let opens = |mark: &str| bytes[at..].get(..mark.len()).is_some_and(|b| b.eq_ignore_ascii_case(mark.as_bytes()));
    let run = |start: usize, is_part: fn(char) -> bool| {
        start + text[start..].find(|c| !is_part(c)).unwrap_or(text.len() - start)
    };
    if opens("sk-") && begins_word(bytes, at) {
        let end = run(at + 3, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        return (end - at - 3 >= KEY_MIN).then_some((at, end));
    }
    if opens("bearer ") {
        let start = at + "bearer ".len();
        let end = run(start, is_value);
        return (end - start >= KEY_MIN).then_some((start, end));
    }
    let after = at + NAMES.into_iter().find(|name| opens(name))?.len();
    let equals = ["=", "%3d", "%3D"].into_iter().find(|sign| text[after..].starts_with(sign))?;
    let start = after + equals.len();
    let end = run(start, is_value);
    (end > start).then_some((start, end))
}

/// Whether a word begins at `at`: the `sk-` of `task-list` is no key, the one after `Bearer%20` is.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let escape = |three: &[u8]| three[0] == b'%' && three[1..].iter().all(u8::is_ascii_hexdigit);
    !at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric())
        || at.checked_sub(3).is_some_and(|start| escape(&bytes[start..at]))
}

fn is_value(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '&' | '"' | '\'' | '<' | '>' | '(' | ')' | ',' | ';' | '`' | '[' | ']' | '{' | '}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hides_keys_and_signatures() {
        for (text, shown) in [
            ("key sk-abcdef0123 here", "key [hidden] here"),
            ("Authorization: Bearer sk-0123456789", "Authorization: Bearer [hidden]"),
            ("bearer abcdefgh\"", "bearer [hidden]\""),
            (
                "GET https://h/a.png?Expires=1&OSSAccessKeyId=LTAI5t&Signature=xPa%2B%3D ok",
                "GET https://h/a.png?Expires=1&OSSAccessKeyId=[hidden]&Signature=[hidden] ok",
            ),
            ("x-oss-security-token=abc/d+e=&x=1", "x-oss-security-token=[hidden]&x=1"),
            ("x-oss-signature=0f0f, policy=eyJ", "x-oss-signature=[hidden], policy=[hidden]"),
            ("u=https%3A%2F%2Fh%3FSignature%3Dabc", "u=https%3A%2F%2Fh%3FSignature%3D[hidden]"),
            ("?api_key=abc", "?api_key=[hidden]"),
            ("auth=Bearer%20sk-abcdef0123", "auth=Bearer%20[hidden]"),
            ("钥匙sk-abcdef0123", "钥匙[hidden]"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn leaves_prose_alone() {
        for text in
            ["a task-list of risk-averse people", "sk-8", "Bearer of news", "policy = none", "雪中 sk-红狐狸红狐狸", ""]
        {
            assert!(matches!(redact(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_key_survives(before in "[^a-zA-Z0-9]{0,8}", key in "[A-Za-z0-9]{6,40}", after in "\\PC{0,20}") {
            let secret = format!("sk-{key}");
            let shown = redact(&format!("{before}{secret}{after}")).into_owned();
            prop_assert!(!shown.contains(&secret));
        }
    }
}
