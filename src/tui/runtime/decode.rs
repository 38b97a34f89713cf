//! Terminal bytes to keys and pastes. Pure: bytes in, keys out; waiting is for `input`.
//!
//! Our own, because crossterm's reader cannot be used here: at a terminal that is gone it reads for ever (end of file
//! and errors are tried again, 100 % of a core), in the middle of a sequence it blocks, and replies of the terminal come
//! out as key presses. Understood are the legacy sequences of xterm, rxvt, the Linux console and tmux, xterm's
//! `modifyOtherKeys`, and kitty's keyboard protocol. What is not understood is dropped whole.

use crate::domain::text;
use crate::keymap::{Code, Key};
use crate::tui::msg::Mouse;

/// What the user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Pressed a key, or held it.
    Key(Key),
    /// Pasted text, made safe.
    Paste(String),
    /// Used the mouse.
    Mouse(Mouse),
    /// Not the user: the terminal answered, in these bytes.
    Answer(Vec<u8>),
}

const PASTE_END: &[u8] = b"\x1b[201~";

/// Pastes are cut here: no prompt is longer, and a runaway paste must not eat the memory.
const PASTE_MAX: usize = 1 << 20;

/// Answers longer than this are to nothing we ask.
const ANSWER_MAX: usize = 1024;

/// Sequences longer than this are noise.
const SEQUENCE_MAX: usize = 64;

/// Puts keys together from bytes as they come.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    held: Vec<u8>,
    paste: Option<Vec<u8>>,
}

/// What a run of bytes means.
enum Meaning {
    Key(Option<Key>),
    Mouse(Mouse),
    Answer,
    PasteBegins,
}

impl Decoder {
    /// Takes bytes and gives what is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.held.extend_from_slice(bytes);
        let mut inputs = Vec::new();
        let held = std::mem::take(&mut self.held);
        let mut rest = &held[..];
        loop {
            if let Some(paste) = &mut self.paste {
                let end = rest.windows(PASTE_END.len()).position(|window| window == PASTE_END);
                // The end may be cut in two: as much as could be its beginning is kept back.
                let take = end.unwrap_or_else(|| rest.len().saturating_sub(PASTE_END.len() - 1));
                paste.extend_from_slice(&rest[..take.min(PASTE_MAX.saturating_sub(paste.len()))]);
                rest = &rest[take..];
                if end.is_none() {
                    break;
                }
                rest = &rest[PASTE_END.len()..];
                inputs.extend(self.paste.take().map(|paste| Input::Paste(clean_paste(&paste))));
            }
            match first(rest) {
                None => break,
                Some((length, Meaning::PasteBegins)) => (self.paste, rest) = (Some(Vec::new()), &rest[length..]),
                Some((length, Meaning::Mouse(mouse))) => {
                    inputs.push(Input::Mouse(mouse));
                    rest = &rest[length..];
                }
                Some((length, Meaning::Answer)) => {
                    inputs.push(Input::Answer(rest[..length].to_vec()));
                    rest = &rest[length..];
                }
                Some((length, Meaning::Key(key))) => {
                    inputs.extend(key.map(Input::Key));
                    rest = &rest[length..];
                }
            }
        }
        self.held = rest.to_vec();
        inputs
    }

    /// Whether what is held back means one thing if more comes at once, and another if not (a lone ESC).
    pub fn is_torn(&self) -> bool {
        self.paste.is_none() && (matches!(self.held[..], [0x1b] | [0x1b, b'[' | b'O']) || is_string(&self.held))
    }

    /// Nothing more came: what is held back means what it means alone.
    pub fn settle(&mut self) -> Option<Input> {
        if !self.is_torn() {
            return None;
        }
        match std::mem::take(&mut self.held)[..] {
            [0x1b] => Some(Input::Key(Key::plain(Code::Esc))),
            [0x1b, letter] => Some(Input::Key(Key { alt: true, ..Key::plain(Code::Char(char::from(letter))) })),
            _ => None,
        }
    }
}

/// Whether this begins a string for the other side (OSC, DCS, APC, PM, SOS).
fn is_string(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1b, b']' | b'P' | b'_' | b'^' | b'X', ..])
}

/// The first thing in `bytes` and how long it is; `None` when more is needed to say.
fn first(bytes: &[u8]) -> Option<(usize, Meaning)> {
    match bytes {
        [] | [0x1b] => None,
        [0x1b, b'[', rest @ ..] => control(rest).map(|(length, meaning)| (length + 2, meaning)),
        [0x1b, b'O', rest @ ..] => {
            let code = shift_three(*rest.first()?);
            let alone = Key { alt: true, ..Key::plain(Code::Char('O')) };
            Some(code.map_or((2, Meaning::Key(Some(alone))), |code| (3, Meaning::Key(Some(Key::plain(code))))))
        }
        [0x1b, 0x1b, ..] => Some((1, Meaning::Key(Some(Key::plain(Code::Esc))))),
        bytes if is_string(bytes) => {
            let bell = bytes.iter().position(|byte| *byte == 0x07).map(|at| at + 1);
            let end = bytes.windows(2).skip(2).position(|pair| pair == b"\x1b\\").map(|at| at + 4);
            let length = bell.into_iter().chain(end).min()?;
            // A name and version, or what became of a picture.
            let told = matches!(bytes[1], b'P' | b'_') && length <= ANSWER_MAX;
            Some((length, if told { Meaning::Answer } else { Meaning::Key(None) }))
        }
        [0x1b, rest @ ..] => {
            let (length, key) = plain(rest)?;
            Some((length + 1, Meaning::Key(key.map(|key| Key { alt: true, ..key }))))
        }
        bytes => plain(bytes).map(|(length, key)| (length, Meaning::Key(key))),
    }
}

/// A key without a sequence: a letter, or a control character.
fn plain(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let first = *bytes.first()?;
    let ctrl = |letter: u8| Some(Key { ctrl: true, ..Key::plain(Code::Char(char::from(letter))) });
    let key = match first {
        b'\r' => Some(Key::plain(Code::Enter)),
        b'\t' => Some(Key::plain(Code::Tab)),
        // Which of the two Backspace sends is the terminal's setting.
        0x7f | 0x08 => Some(Key::plain(Code::Backspace)),
        0x1b => Some(Key::plain(Code::Esc)),
        0x00 => ctrl(b' '),
        0x01..=0x1a => ctrl(first - 1 + b'a'),
        0x1c..=0x1f => ctrl(first - 0x1c + b'\\'),
        0x20..=0x7e => Some(Key::plain(Code::Char(char::from(first)))),
        _ => return letter(bytes),
    };
    Some((1, key))
}

/// A letter beyond ASCII, in UTF-8.
fn letter(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((1, None)),
    };
    let some = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(some) {
        Ok(text) => {
            let key = text.chars().next().filter(|c| !c.is_control()).map(|c| Key::plain(Code::Char(c)));
            Some((length, key))
        }
        Err(error) if error.error_len().is_none() => None,
        Err(_) => Some((1, None)),
    }
}

/// What follows `ESC [`.
fn control(bytes: &[u8]) -> Option<(usize, Meaning)> {
    // The Linux console's F1 to F5.
    if let [b'[', rest @ ..] = bytes {
        let code = rest.first()?.checked_sub(b'A').filter(|n| *n < 5).map(|n| Code::F(n + 1));
        return Some((2, Meaning::Key(code.map(Key::plain))));
    }
    let Some(end) = bytes.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return (bytes.len() > SEQUENCE_MAX).then_some((bytes.len(), Meaning::Key(None)));
    };
    if !(0x40..=0x7e).contains(&bytes[end]) {
        // Broken off by something else, which is looked at next.
        return Some((end, Meaning::Key(None)));
    }
    let meaning = match (&bytes[..end], bytes[end]) {
        (b"200", b'~') => Meaning::PasteBegins,
        // What it is, pixels of a cell, and that it is there.
        ([b'?', ..], b'c') | ([b'6', b';', ..], b't') | (b"0", b'n') => Meaning::Answer,
        ([b'<', parameters @ ..], last) => mouse(parameters, last).map_or(Meaning::Key(None), Meaning::Mouse),
        (parameters, last) => Meaning::Key(sequence(parameters, last)),
    };
    Some((end + 1, meaning))
}

/// What the mouse did, written `ESC [ < button ; column ; row M`; a button let go ends in `m` and means nothing here.
fn mouse(parameters: &[u8], last: u8) -> Option<Mouse> {
    let parameters = std::str::from_utf8(parameters).ok()?;
    let mut numbers = parameters.split(';').map(|number| number.parse::<u16>().ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (x, y) = (x.checked_sub(1)?, y.checked_sub(1)?);
    // Shift, Alt and Ctrl are bits of the button.
    match (button & !0b1_1100, last) {
        (0, b'M') => Some(Mouse::Click { x, y }),
        (64, b'M') => Some(Mouse::Wheel { x, y, down: false }),
        (65, b'M') => Some(Mouse::Wheel { x, y, down: true }),
        _ => None,
    }
}

/// A key written `ESC [ parameters last`.
fn sequence(parameters: &[u8], last: u8) -> Option<Key> {
    // Only numbers: sequences with other marks are answers of the terminal, not keys.
    let parameters = std::str::from_utf8(parameters).ok()?;
    let fields: Vec<&str> = parameters.split(';').collect();
    let number = |field: usize, part: usize| -> Option<u32> {
        match fields.get(field).and_then(|field| field.split(':').nth(part)) {
            None | Some("") => Some(1),
            Some(digits) => digits.parse().ok(),
        }
    };
    let (modifiers, event) = (number(1, 0)?, number(1, 1)?);
    if event == 3 {
        // A key let go.
        return None;
    }
    let code = match last {
        b'Z' => return modified(Code::Tab, 2),
        b'u' => return modified(code_point(number(0, 0)?)?, modifiers),
        b'~' if fields.first() == Some(&"27") => return modified(code_point(number(2, 0)?)?, modifiers),
        b'~' => numbered(number(0, 0)?)?,
        b'R' => Code::F(3),
        last => shift_three(last)?,
    };
    modified(code, modifiers)
}

/// The letter that ends `ESC O` and `ESC [ 1 ; modifiers`.
fn shift_three(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'M' => Code::Enter,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// The number before `~`.
fn numbered(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F((number - 10) as u8),
        17..=21 => Code::F((number - 11) as u8),
        23 | 24 => Code::F((number - 12) as u8),
        _ => return None,
    })
}

/// A key by its Unicode number, or by kitty's number for keys of the keypad.
fn code_point(number: u32) -> Option<Code> {
    Some(match number {
        8 | 127 => Code::Backspace,
        9 => Code::Tab,
        13 | 57414 => Code::Enter,
        27 => Code::Esc,
        57399..=57408 => Code::Char(char::from(b'0' + (number - 57399) as u8)),
        57409..=57413 => Code::Char(char::from(b"./*-+"[(number - 57409) as usize])),
        57417 => Code::Left,
        57418 => Code::Right,
        57419 => Code::Up,
        57420 => Code::Down,
        57421 => Code::PageUp,
        57422 => Code::PageDown,
        57423 => Code::Home,
        57424 => Code::End,
        57425 => Code::Insert,
        57426 => Code::Delete,
        // The rest of the private block are keys we have no name for (media, lock and modifier keys).
        57344..=63743 => return None,
        other => Code::Char(char::from_u32(other).filter(|c| !c.is_control())?),
    })
}

/// A key with modifiers as terminals count them: one more than the sum of shift 1, alt 2, ctrl 4, super 8, hyper 16, meta 32.
fn modified(code: Code, modifiers: u32) -> Option<Key> {
    let bits = modifiers.saturating_sub(1);
    if bits & 0b01_1000 != 0 {
        // The window manager's keys are not ours.
        return None;
    }
    let mut key = Key { code, ctrl: bits & 4 != 0, alt: bits & 0b10_0010 != 0, shift: bits & 1 != 0 };
    if let Code::Char(letter) = code {
        let shifted = letter.to_uppercase().next().filter(|_| key.shift && !key.ctrl);
        let letter = shifted.unwrap_or(letter);
        // Terminals cannot all tell ctrl+g from ctrl+G.
        key.code = Code::Char(if key.ctrl { letter.to_ascii_lowercase() } else { letter });
        key.shift = false;
    }
    Some(key)
}

/// Pasted bytes as text: line ends become line feeds, tabs become spaces, other control characters are left out.
fn clean_paste(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let plain: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    text::clean_lines(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys as text, pastes in quotes.
    fn read(bytes: &[u8]) -> String {
        let mut decoder = Decoder::default();
        let mut inputs = decoder.feed(bytes);
        inputs.extend(decoder.settle());
        assert!(!decoder.is_torn());
        written(&inputs)
    }

    fn written(inputs: &[Input]) -> String {
        let words = inputs.iter().filter_map(|input| match input {
            Input::Key(key) => Some(key.to_string()),
            Input::Mouse(mouse) => Some(format!("{mouse:?}")),
            Input::Paste(text) => Some(format!("{text:?}")),
            Input::Answer(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    const KEYS: [(&[u8], &str); 58] = [
        (b"a", "a"),
        (b"G", "G"),
        (b" ", "space"),
        (b"?", "?"),
        ("é狐🦊".as_bytes(), "é 狐 🦊"),
        (b"\r", "enter"),
        (b"\n", "ctrl+j"),
        (b"\t", "tab"),
        (b"\x7f", "backspace"),
        (b"\x08", "backspace"),
        (b"\x00", "ctrl+space"),
        (b"\x03", "ctrl+c"),
        (b"\x07", "ctrl+g"),
        (b"\x1a", "ctrl+z"),
        (b"\x1c", "ctrl+\\"),
        (b"\x1f", "ctrl+_"),
        (b"\x1b", "esc"),
        (b"\x1b\x1b", "esc esc"),
        (b"\x1bx", "alt+x"),
        (b"\x1bX", "alt+X"),
        (b"\x1b\r", "alt+enter"),
        (b"\x1b\x7f", "alt+backspace"),
        (b"\x1b\x07", "ctrl+alt+g"),
        ("\x1bé".as_bytes(), "alt+é"),
        (b"\x1b[", "alt+["),
        (b"\x1bO", "alt+O"),
        (b"\x1b]", "alt+]"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"),
        (b"\x1bOA\x1bOD", "up left"),
        (b"\x1b\x1b[A", "esc up"),
        (b"\x1b[H\x1b[F\x1bOH\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home home end home end"),
        (b"\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "insert delete pageup pagedown"),
        (b"\x1b[Z", "shift+tab"),
        (b"\x1b[1;2Z", "shift+tab"),
        (b"\x1b[9;2u", "shift+tab"),
        (b"\x1bOP\x1bOS\x1b[11~\x1b[15~\x1b[17~\x1b[24~", "f1 f4 f1 f5 f6 f12"),
        (b"\x1b[[A\x1b[[E", "f1 f5"),
        (b"\x1b[1;5A", "ctrl+up"),
        (b"\x1b[1;3D", "alt+left"),
        (b"\x1b[1;2P", "shift+f1"),
        (b"\x1b[3;5~", "ctrl+delete"),
        (b"\x1b[1;6C", "ctrl+shift+right"),
        (b"\x1b[13;5u", "ctrl+enter"),
        (b"\x1b[13;3u", "alt+enter"),
        (b"\x1b[13;2u", "shift+enter"),
        (b"\x1b[27u", "esc"),
        (b"\x1b[103;5u", "ctrl+g"),
        (b"\x1b[103;6u", "ctrl+g"),
        (b"\x1b[97;4u", "alt+A"),
        (b"\x1b[97;5:1u\x1b[97;5:2u\x1b[97;5:3u", "ctrl+a ctrl+a"),
        (b"\x1b[32;5u", "ctrl+space"),
        (b"\x1b[99;9u", ""),
        (b"\x1b[57414u\x1b[57419u\x1b[57400u", "enter up 1"),
        (b"\x1b[57441u", ""),
        (b"\x1b[27;5;13~", "ctrl+enter"),
        (b"\x1b[27;6;71~", "ctrl+g"),
        (b"\x1b[1;5:3A", ""),
        (b"\xff\xc3(\x1b[99~a", "( a"),
    ];

    #[test]
    fn keys_of_every_terminal_have_one_name() {
        for (bytes, keys) in KEYS {
            assert_eq!(read(bytes), keys, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn answers_of_the_terminal_are_not_keys() {
        let table: [&[u8]; 8] = [
            b"\x1b[?62;4c",
            b"\x1b[>1;4000;20c",
            b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
            b"\x1b]52;c;aGk=\x07",
            b"\x1bP>|kitty(0.48.2)\x1b\\",
            b"\x1b_Gi=31;OK\x1b\\",
            b"\x1b[?2026;2$y",
            b"\x1b[I\x1b[O",
        ];
        for bytes in table {
            let with = [b"a", bytes, b"b"].concat();
            assert_eq!(read(&with), "a b", "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_the_terminal_is_asked_for_is_passed_on() {
        let answers: [&[u8]; 5] =
            [b"\x1b[?62;4c", b"\x1b[6;20;10t", b"\x1b[0n", b"\x1bP>|kitty(0.48.2)\x1b\\", b"\x1b_Gi=31;OK\x1b\\"];
        for answer in answers {
            let mut decoder = Decoder::default();
            let fed: Vec<Input> =
                [b"a", answer, b"b"].concat().iter().flat_map(|byte| decoder.feed(&[*byte])).collect();
            let key = |letter| Input::Key(Key::plain(Code::Char(letter)));
            assert_eq!(fed, [key('a'), Input::Answer(answer.to_vec()), key('b')]);
        }
        let mut decoder = Decoder::default();
        let others = decoder.feed(b"\x1b[>1;4000;20c\x1b]11;rgb:1e1e/1e1e/2e2e\x07\x1b[?2026;2$y\x1b[8;24;80t");
        assert!(others.is_empty(), "{others:?}");
    }

    #[test]
    fn bytes_may_come_one_at_a_time() {
        let bytes = "a\x1b[1;5A狐\x1b[200~one\r\ntwo\x1b[201~\x1bOPz".as_bytes();
        let mut decoder = Decoder::default();
        let inputs: Vec<Input> = bytes.iter().flat_map(|byte| decoder.feed(&[*byte])).collect();
        assert_eq!(written(&inputs), r#"a ctrl+up 狐 "one\ntwo" f1 z"#);
        assert_eq!(read(bytes), r#"a ctrl+up 狐 "one\ntwo" f1 z"#);
    }

    #[test]
    fn a_lone_escape_waits_and_a_cut_letter_waits_longer() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b").is_empty() && decoder.is_torn());
        assert_eq!(written(&decoder.feed(b"[A")), "up");
        assert!(decoder.feed(&"狐".as_bytes()[..2]).is_empty());
        assert!(!decoder.is_torn(), "no clock decides about half a letter");
        assert_eq!(written(&decoder.feed(&"狐".as_bytes()[2..])), "狐");
    }

    #[test]
    fn pastes_are_made_safe_and_keep_their_lines() {
        let paste = |text: &str| read(format!("\x1b[200~{text}\x1b[201~").as_bytes());
        assert_eq!(paste("one\ntwo\rthree\r\nfour"), r#""one\ntwo\nthree\nfour""#);
        assert_eq!(paste("a\x1b[31mred\x07\tb\u{9b}2Jc\u{202e}d"), r#""a[31mred b2Jcd""#);
        assert_eq!(paste("雪中 🦊 q"), r#""雪中 🦊 q""#);
        assert_eq!(paste(""), r#""""#);
        let huge = read(format!("\x1b[200~{}\x1b[201~q", "x".repeat(PASTE_MAX + 10)).as_bytes());
        assert_eq!(huge.len(), PASTE_MAX + 4, "cut, and the key after it is a key");
    }

    #[test]
    fn clicks_and_the_wheel_are_told_and_the_rest_of_the_mouse_is_not() {
        let mut decoder = Decoder::default();
        let fed = decoder
            .feed(b"\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<65;1;1M\x1b[<80;2;9M\x1b[<2;5;3M\x1b[<0;0;3M\x1b[<0;70000;3Ma");
        let wanted = [
            Input::Mouse(Mouse::Click { x: 4, y: 2 }),
            Input::Mouse(Mouse::Wheel { x: 0, y: 0, down: true }),
            Input::Mouse(Mouse::Wheel { x: 1, y: 8, down: false }),
            Input::Key(Key::plain(Code::Char('a'))),
        ];
        assert_eq!(fed, wanted);
    }
}
