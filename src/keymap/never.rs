//! Keys that are never bound, and why: terminals, multiplexers and window managers keep them.

use super::{Code, Key};

/// Why this key cannot be bound; `None` where it can. `text`: where a text is being typed, which is the one place for
/// ctrl+a.
pub fn never(key: Key, text: bool) -> Option<&'static str> {
    match key.code {
        Code::Char(c) if key.ctrl && !key.alt => match c {
            'm' => Some("terminals send Enter for it"),
            'i' => Some("terminals send Tab for it"),
            'h' => Some("terminals send Backspace for it"),
            'j' => Some("terminals send a line feed for it"),
            '[' => Some("terminals send Esc for it"),
            's' | 'q' => Some("terminals stop and start their output with it"),
            'b' => Some("tmux takes it"),
            'a' if !text => Some("screen takes it, but where a text is typed"),
            _ => None,
        },
        Code::Char('0'..='9') if key.alt => Some("window managers take alt with a digit"),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_cannot_tell_apart_or_keeps_is_refused_with_its_reason() {
        let of = |key: &str, text| never(key.parse().unwrap(), text);
        for key in ["ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", "ctrl+[", "ctrl+s", "ctrl+q", "ctrl+b", "Ctrl+S", "alt+1"] {
            assert!(of(key, true).is_some() && of(key, false).is_some(), "{key}");
        }
        assert!(of("ctrl+a", false).is_some() && of("ctrl+a", true).is_none());
        for key in ["ctrl+g", "m", "alt+m", "1", "enter", "tab", "esc", "backspace", "f1"] {
            assert_eq!(of(key, false), None, "{key}");
        }
    }
}
