//! Text from outside made safe, and names made from prompts.
//!
//! Server answers, prompts read from files and file names can hold terminal escape sequences, direction overrides and
//! heaps of combining marks. Everything that reaches a terminal, a log or a file name passes through [`clean`] once, at the boundary.

use std::borrow::Cow;
use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Combining marks kept on one base letter: more only serves to blot out neighbouring lines.
const MARKS_MAX: usize = 8;

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A span in words: `8 s`, `0.2 s`, `12 min`.
pub fn span(span: Duration) -> String {
    match span.as_secs() {
        0..10 if span.subsec_millis() >= 50 => format!("{:.1} s", span.as_secs_f64()),
        secs @ 0..120 => format!("{secs} s"),
        secs => format!("{} min", secs / 60),
    }
}

/// A number with its thousands marked: `1,638,400`.
pub fn grouped(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A word of a shell that means itself: in quotes where it has to be.
pub fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-@:+,=%".contains(c);
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        quoted(word)
    }
}

/// The same, always in quotes.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Makes text safe to show: control characters become their pictures (`ESC` is shown as `␛`), direction overrides, tags
/// and other invisible formatting are dropped, combining marks are limited to 8 a letter. Line feeds and tabs become
/// spaces; use [`clean_lines`] to keep lines.
pub fn clean(text: &str) -> Cow<'_, str> {
    scrub(text, false)
}

/// Like [`clean`], but keeps line feeds.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    scrub(text, true)
}

fn scrub(text: &str, lines: bool) -> Cow<'_, str> {
    if text.chars().all(|c| is_plain(c) || (lines && c == '\n')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        match c {
            '\n' if lines => out.push(c),
            '\n' | '\t' => out.push(' '),
            '\r' if lines => {}
            '\u{0}'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7f}' => out.push('␡'),
            c if is_hidden(c) => {}
            c if c.width() == Some(0) => {
                marks += 1;
                if marks <= MARKS_MAX {
                    out.push(c);
                }
                continue;
            }
            c => out.push(c),
        }
        marks = 0;
    }
    Cow::Owned(out)
}

fn is_plain(c: char) -> bool {
    !c.is_control() && !is_hidden(c) && c.width() != Some(0)
}

/// C1 controls, direction overrides and isolates, line separators, tag characters, noncharacters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A short piece of a file name made from a prompt: letters and digits of any script, words joined by `-`, at most
/// `max_bytes` bytes and never cut inside a letter. Empty when nothing usable is left.
pub fn slug(prompt: &str, max_bytes: usize) -> String {
    let mut out = String::new();
    let mut gap = false;
    for letter in prompt.graphemes(true) {
        if letter.chars().next().is_some_and(char::is_alphanumeric) {
            let lower = letter.to_lowercase();
            let needs = lower.len() + usize::from(gap && !out.is_empty());
            if out.len() + needs > max_bytes {
                break;
            }
            if gap && !out.is_empty() {
                out.push('-');
            }
            out.push_str(&lower);
            gap = false;
        } else {
            gap = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_marked() {
        let shown: Vec<_> = [0i64, 999, 1000, 1_638_400, -2_147_483_647].into_iter().map(grouped).collect();
        assert_eq!(shown, ["0", "999", "1,000", "1,638,400", "-2,147,483,647"]);
    }

    #[test]
    fn escape_sequences_become_visible_text() {
        assert_eq!(clean("a\x1b[2Jb\x07\u{9b}31m"), "a␛[2Jb␇31m");
        assert_eq!(clean("one\ntwo\tthree\r"), "one two three␍");
        assert_eq!(clean_lines("one\r\ntwo\x1b"), "one\ntwo␛");
    }

    #[test]
    fn overrides_vanish_and_marks_are_limited() {
        assert_eq!(clean("evil\u{202e}gnp.exe"), "evilgnp.exe");
        let heap = format!("z{}", "\u{301}".repeat(2000));
        assert_eq!(clean(&heap).chars().count(), 1 + MARKS_MAX);
    }

    #[test]
    fn plain_text_of_every_script_is_untouched() {
        for text in ["a red fox", "雪中红狐，宣纸", "👩\u{200d}🎨 paints", "cafe\u{301}"] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn slugs_keep_letters_of_any_script_and_never_split_one() {
        assert_eq!(slug("A cozy flower-shop, in `snow`!", 40), "a-cozy-flower-shop-in-snow");
        assert_eq!(slug("雪中 红狐", 7), "雪中");
        assert_eq!(slug("../../etc/passwd", 40), "etc-passwd");
        assert_eq!(slug("🦊 \x1b", 40), "");
    }
}
