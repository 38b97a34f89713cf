//! What a terminal answers when it is asked what it can show. Pure.

use crate::domain::text;

/// Its name and version, kitty's graphics, the size of a cell, and what it is at last: every terminal answers that, so
/// its answer ends the waiting.
pub(super) const QUESTION: &str = "\x1b[>q\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";

/// The same without kitty's graphics, which the name tells as well: for a screen on which nothing of that may stand.
pub const SHORT_QUESTION: &str = "\x1b[>q\x1b[16t\x1b[c";

/// What it answered so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Name and version: `kitty(0.48.2)`, `XTerm(412)`.
    pub name: Option<String>,
    /// It takes kitty's graphics.
    pub kitty: bool,
    /// Pixels of a cell.
    pub cell: Option<(u16, u16)>,
    /// It draws sixels.
    pub sixel: bool,
    /// It has said everything.
    pub complete: bool,
}

/// Reads what came so far; keys pressed meanwhile are passed over.
pub fn read(bytes: &[u8]) -> Answer {
    let all = String::from_utf8_lossy(bytes);
    let between = |start: &str, end: &str| all.split(start).skip(1).find_map(|rest| Some(rest.split_once(end)?.0));
    // A number may be missing: kitty says `?62;c`.
    let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u16>().ok() };
    let numbers = |text: &str| text.split(';').map(number).collect::<Option<Vec<_>>>();
    let cell = between("\x1b[6;", "t").and_then(numbers).and_then(|sides| match sides[..] {
        [down, across] if down > 0 && across > 0 => Some((across, down)),
        _ => None,
    });
    let attributes = between("\x1b[?", "c").and_then(numbers);
    Answer {
        name: between("\x1bP>|", "\x1b\\").map(|name| text::clean(name).into_owned()),
        kitty: between("\x1b_Gi=31;", "\x1b\\") == Some("OK"),
        cell,
        // The first number is the model, the others are what it does.
        sixel: attributes.as_ref().is_some_and(|numbers| numbers.iter().skip(1).any(|number| *number == 4)),
        complete: attributes.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_answers_are_read() {
        let kitty = read(b"\x1bP>|kitty(0.48.2)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;19;10t\x1b[?62;52;c");
        assert!(kitty.complete && !kitty.sixel);
        assert_eq!((kitty.name.as_deref(), kitty.kitty, kitty.cell), (Some("kitty(0.48.2)"), true, Some((10, 19))));
        let kitty = read(b"\x1b_Gi=31;OK\x1b\\\x1b[?62;c");
        assert!(kitty.kitty && kitty.complete && !kitty.sixel);
        let xterm = read(b"\x1bP>|XTerm(412)\x1b\\\x1b[6;20;10t\x1b[?63;1;2;4;6;9;15;16;22;28;29c");
        assert!(xterm.sixel && !xterm.kitty && xterm.complete);
        let vt = read(b"\x1b[?1;2c");
        assert!(vt.complete && !vt.sixel);
        assert!(!read(b"\x1b[?4c").sixel, "a model, not a skill");
        let refused = read(b"\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1b[?62c");
        assert!(!refused.kitty && refused.complete);
    }

    #[test]
    fn halves_and_keys_are_no_answers() {
        for bytes in ["", "ls -l\r", "\x1b[?62;4", "\x1b[6;0;0t", "\x1b[6;19t", "\x1b[A\x1b[B"] {
            assert_eq!(read(bytes.as_bytes()), Answer::default(), "{bytes:?}");
        }
        let between = read(b"q\x1b[6;20;10tx\x1b[A\x1b[?62;4cy");
        assert!(between.complete && between.sixel && between.cell == Some((10, 20)));
    }
}
