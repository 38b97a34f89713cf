//! Text broken and cut by the cells it takes on the screen: letters of two cells are never halved.
//!
//! ratatui's own wrapping lets wide letters run over a border (ratatui#2679), so lines are broken here before it sees them.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// Graphemes with their cells, as ratatui draws them: it leaves control characters out.
fn cells(text: &str) -> impl DoubleEndedIterator<Item = (&str, usize)> {
    let drawn = text.graphemes(true).filter(|letter| !letter.contains(char::is_control));
    drawn.map(|letter| (letter, usize::from(letter.cell_width())))
}

/// Cells a text takes.
pub fn width(text: &str) -> usize {
    cells(text).map(|(_, cells)| cells).sum()
}

/// The text, cut to `room` cells with `mark` at its end if anything is missing.
pub fn cut(text: &str, room: usize, mark: &str) -> String {
    if width(text) <= room {
        return cells(text).map(|(letter, _)| letter).collect();
    }
    let mark = if width(mark) <= room { mark } else { "" };
    let mut left = room - width(mark);
    let keep = cells(text).take_while(|(_, cells)| match left.checked_sub(*cells) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    let mut kept: String = keep.map(|(letter, _)| letter).collect();
    kept.truncate(kept.trim_end().len());
    kept + mark
}

/// The end of the text, cut to `room` cells with `mark` at its beginning if anything is missing. For paths: cuts at a
/// slash where the last part fits whole, so that the file name stays.
pub fn cut_left(text: &str, room: usize, mark: &str) -> String {
    if width(text) <= room {
        return cells(text).map(|(letter, _)| letter).collect();
    }
    let left = room.saturating_sub(width(mark));
    let parts: Vec<&str> = text.split('/').collect();
    let fitting = (1..parts.len()).map(|skip| parts[skip..].join("/")).find(|rest| width(rest) < left);
    if let Some(rest) = fitting {
        return format!("{mark}/{rest}");
    }
    let mut room = left;
    let end: Vec<&str> = cells(text)
        .rev()
        .take_while(|(_, cells)| match room.checked_sub(*cells) {
            Some(rest) => {
                room = rest;
                true
            }
            None => false,
        })
        .map(|(letter, _)| letter)
        .collect();
    let mark = if left > 0 { mark } else { "" };
    mark.chars().map(String::from).chain(end.into_iter().rev().map(str::to_owned)).collect()
}

/// Lines of at most `room` cells, broken at blanks and beside letters of two cells, and inside a word only if it is
/// longer than a line. Never empty.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        // Where the line may break: bytes of it that stay, and cells.
        let (mut line, mut used, mut chance) = (String::new(), 0, 0);
        let (mut before, mut first) = ("", true);
        for (letter, cells) in cells(paragraph).filter(|(_, cells)| *cells <= room) {
            let blank = letter.trim().is_empty();
            if blank && used == 0 && !first {
                continue;
            }
            if !blank && may_break(before, letter) {
                chance = line.len();
            }
            if used + cells > room {
                first = false;
                let rest = if chance > 0 && !blank { line.split_off(chance) } else { String::new() };
                lines.push(std::mem::replace(&mut line, rest));
                (used, chance) = (width(&line), 0);
                if blank && used == 0 {
                    continue;
                }
            }
            line.push_str(letter);
            used += cells;
            before = letter;
        }
        lines.push(line);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Whether a line may end between two letters: after a blank, and around wide ones, but never before a closing mark.
pub(super) fn may_break(before: &str, after: &str) -> bool {
    const CLOSING: &str = "，。、！？：；）」』】》…,.!?:;)";
    let wide = |letter: &str| letter.cell_width() > 1;
    !before.is_empty() && (before.trim().is_empty() || ((wide(before) || wide(after)) && !CLOSING.contains(after)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("a red fox in snow", 9), ["a red fox", "in snow"]);
        assert_eq!(wrap("incomprehensible", 6), ["incomp", "rehens", "ible"]);
        assert_eq!(wrap("one\n\ntwo", 9), ["one", "", "two"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("refused the prompt: no, never", 18), ["refused the", "prompt: no, never"]);
    }

    #[test]
    fn wide_letters_are_never_halved() {
        assert_eq!(wrap("雪中红狐", 5), ["雪中", "红狐"]);
        assert_eq!(wrap("雪中红狐，宣纸", 8), ["雪中红", "狐，宣纸"], "no line begins with a comma");
        assert_eq!(cut("雪中红狐", 6, "…"), "雪中…");
        assert_eq!(cut("雪中红狐", 8, "…"), "雪中红狐");
        assert_eq!(cut("👩\u{200d}🎨 paints", 4, "…"), "👩\u{200d}🎨…");
        assert_eq!(cut("cafe\u{301} noir", 5, "~"), "cafe\u{301}~");
        assert_eq!(cut("abc", 0, "…"), "");
    }

    #[test]
    fn a_path_keeps_its_file_name() {
        let path = "/home/ana/Pictures/pinxit/2026-11-22/0931-fox.png";
        assert_eq!(cut_left(path, 60, "…"), path);
        assert_eq!(cut_left(path, 30, "…"), "…/2026-11-22/0931-fox.png");
        assert_eq!(cut_left(path, 16, "…"), "…/0931-fox.png");
        assert_eq!(cut_left(path, 8, "..."), "...x.png");
        assert_eq!(cut_left(path, 2, "..."), "");
    }

    proptest! {
        #[test]
        fn nothing_is_ever_wider_than_its_room(text in "[a-c雪é👩\u{200d}\u{301} \n/]{0,60}", room in 0usize..30) {
            prop_assert!(width(&cut(&text, room, "…")) <= room);
            prop_assert!(width(&cut_left(&text, room, "...")) <= room);
            for line in wrap(&text, room) {
                prop_assert!(width(&line) <= room.max(1), "{line:?}");
            }
        }

        #[test]
        fn wrapping_loses_only_blanks(text in "[a-c雪é ]{0,60}", room in 2usize..30) {
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&wrap(&text, room).join(" ")), solid(&text));
        }
    }
}
