//! One key press, and how it is written: `ctrl+g`, `shift+tab`, `esc`, `?`.

use std::fmt;
use std::str::FromStr;

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character, as typed (shift is part of it: `G`, `?`).
    Char(char),
    /// A function key, from 1.
    F(u8),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// A key press. Text form: modifiers in the order ctrl, alt, shift, then the key: `ctrl+x`, `alt+enter`, `shift+tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift; never set for characters, whose case says it.
    pub shift: bool,
}

/// The text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key: write for example ctrl+g, shift+tab, esc, f1, space or a letter")]
pub struct NotAKey(pub String);

impl Key {
    /// A key without modifiers.
    pub fn plain(code: Code) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }
}

const NAMES: [(&str, Code); 15] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("space", Code::Char(' ')),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in [(self.ctrl, "ctrl+"), (self.alt, "alt+"), (self.shift, "shift+")] {
            if on {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, Code::F(n)) => write!(f, "f{n}"),
            (None, _) => Ok(()),
        }
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAKey(text.to_owned());
        let mut key = Key::plain(Code::Esc);
        let mut rest = text.trim();
        loop {
            let lower = rest.to_lowercase();
            let (flag, length) = match lower.as_str() {
                l if l.starts_with("ctrl+") && rest.len() > 5 => (&mut key.ctrl, 5),
                l if l.starts_with("alt+") && rest.len() > 4 => (&mut key.alt, 4),
                l if l.starts_with("shift+") && rest.len() > 6 => (&mut key.shift, 6),
                _ => break,
            };
            *flag = true;
            rest = rest.get(length..).ok_or_else(wrong)?;
        }
        let lower = rest.to_lowercase();
        let mut letters = rest.chars();
        key.code = match (NAMES.iter().find(|(name, _)| *name == lower), letters.next(), letters.next()) {
            (Some((_, code)), _, _) => *code,
            (None, Some(c), None) if !c.is_control() => Code::Char(c),
            (None, Some('f' | 'F'), Some(_)) => {
                Code::F(lower[1..].parse().ok().filter(|n| (1..=12).contains(n)).ok_or_else(wrong)?)
            }
            _ => return Err(wrong()),
        };
        match key.code {
            Code::Char(c) if key.shift => {
                key.code = Code::Char(c.to_uppercase().next().unwrap_or(c));
                key.shift = false;
            }
            // Terminals cannot tell ctrl+g from ctrl+G.
            Code::Char(c) if key.ctrl => key.code = Code::Char(c.to_ascii_lowercase()),
            _ => {}
        }
        Ok(key)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_written() {
        for text in ["ctrl+g", "shift+tab", "esc", "?", "G", "f1", "space", "alt+enter", "+", "ctrl++", "-", "é", "狐"]
        {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        assert_eq!("Shift+g".parse::<Key>().unwrap().to_string(), "G");
        assert_eq!("Ctrl+G".parse::<Key>().unwrap().to_string(), "ctrl+g");
        for wrong in ["", "ctrl+", "f13", "hyper+x", "ab"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong:?}");
        }
    }
}
