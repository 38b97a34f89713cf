//! Text for the user's clipboard, through the terminal: works over SSH, where no other way does (OSC 52).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::text;

/// Terminals refuse more than about 100 kB of base64 (xterm, kitty by default).
const LONGEST: usize = 74_000;

/// The sequence that puts `words` on the clipboard; `None` when they are too long for terminals to take.
pub(super) fn copy(words: &str, tmux: bool) -> Option<Vec<u8>> {
    let words = text::clean_lines(words);
    if words.len() > LONGEST {
        return None;
    }
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(words.as_bytes()));
    // tmux takes the plain one where `set-clipboard` is on, and hands on the wrapped one where `allow-passthrough` is.
    let wrapped = if tmux { format!("\x1bPtmux;\x1b{plain}\x1b\\") } else { String::new() };
    Some((plain + &wrapped).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reaches_the_clipboard_and_carries_no_sequence() {
        assert_eq!(copy("/tmp/a b.png", false).as_deref(), Some(&b"\x1b]52;c;L3RtcC9hIGIucG5n\x07"[..]));
        let sent = String::from_utf8(copy("a\x1b]0;x\x07", false).expect("short")).expect("text");
        let inner = sent.trim_start_matches("\x1b]52;c;").trim_end_matches('\x07');
        let words = String::from_utf8(STANDARD.decode(inner).expect("base64")).expect("text");
        assert_eq!(words, "a␛]0;x␇");
        assert!(copy("x", true).expect("short").ends_with(b"\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"));
        assert_eq!(copy(&"x".repeat(LONGEST + 1), false), None);
    }
}
