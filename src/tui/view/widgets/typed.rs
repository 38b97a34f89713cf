//! A line being typed, as much of it as there is room for, with its cursor in sight.

use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::{Glyphs, Pen, width};
use crate::domain::text::clean;
use crate::tui::state::Line;

/// Writes a line into the room the pen has, less the last cell, and gives the column of its cursor.
pub fn typed(pen: &mut Pen, line: &Line, glyphs: &Glyphs, style: Style) -> u16 {
    let from = pen.x();
    let (shown, before) = window(line, usize::from(pen.room()), glyphs);
    pen.write(&shown, style);
    from + u16::try_from(before).unwrap_or(0)
}

/// What is seen of a line in some cells, and the cells before its cursor. It moves on by half of the room at once: a line
/// that moved by each letter would be drawn anew for each.
fn window(line: &Line, room: usize, glyphs: &Glyphs) -> (String, usize) {
    let letters = line.text().grapheme_indices(true).map(|(at, letter)| {
        let shown = clean(letter);
        (at, width(&shown), shown)
    });
    let letters: Vec<_> = letters.collect();
    let cells: usize = letters.iter().map(|(_, cells, _)| cells).sum();
    let column = letters.iter().filter(|(at, ..)| *at < line.cursor()).map(|(_, cells, _)| cells).sum();
    if cells < room {
        return (letters.into_iter().map(|(.., shown)| shown).collect(), column);
    }
    let (before, more) = (width(glyphs.before), width(glyphs.more));
    // Neither mark lies on the letter the cursor stands on, be it a wide one.
    let step = (room / 2).max(1);
    let left = (column + more + 2).saturating_sub(room).div_ceil(step) * step;
    let mut shown = if left > 0 { glyphs.before.to_owned() } else { String::new() };
    let (mut place, mut next) = (if left > 0 { left + before } else { 0 }, 0);
    let end = (left + room).saturating_sub(more);
    for (_, cells, letter) in letters {
        let begins = next;
        next += cells;
        // Half of a wide letter is none.
        if begins < place {
            continue;
        }
        if next > end {
            shown += &" ".repeat(end.saturating_sub(place));
            shown += glyphs.more;
            break;
        }
        shown += &" ".repeat(begins.saturating_sub(place));
        shown += &letter;
        place = next;
    }
    (shown, column - left.min(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::Step;

    fn seen(line: &Line, room: usize, unicode: bool) -> (String, usize) {
        window(line, room, Glyphs::of(unicode))
    }

    #[test]
    fn what_fits_is_shown_whole_and_the_cursor_stands_after_wide_letters() {
        let mut line = Line::new("雪 fox");
        assert_eq!(seen(&line, 8, true), ("雪 fox".into(), 6));
        line.go(Step::LineStart);
        line.go(Step::Right);
        assert_eq!(seen(&line, 8, true), ("雪 fox".into(), 2));
    }

    #[test]
    fn the_cursor_is_in_sight_wherever_it_goes() {
        for text in [
            "a long line of words that goes on and on",
            "雪中红狐走过长长的雪地，回头看",
            "a👩\u{200d}🎨雪b".repeat(9).as_str(),
        ] {
            for (room, unicode) in [(8, true), (11, true), (20, true), (12, false), (21, false)] {
                let mut line = Line::new(text);
                loop {
                    let (shown, column) = seen(&line, room, unicode);
                    assert!(width(&shown) <= room && column < room, "{shown:?} {column} in {room}");
                    let letter = line.text()[line.cursor()..].graphemes(true).next();
                    let mut used = 0;
                    let under = shown.graphemes(true).find(|letter| {
                        used += width(letter);
                        used > column
                    });
                    assert_eq!(under, letter, "{shown:?} at {column} in {room}");
                    if line.cursor() == 0 {
                        break;
                    }
                    line.go(Step::Left);
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_typed_on_moves_seldom() {
        let mut line = Line::default();
        let mut moves = 0;
        let mut before = String::new();
        for _ in 0..200 {
            line.insert("x");
            let (shown, _) = seen(&line, 40, true);
            moves += usize::from(!shown.starts_with(&before));
            before = shown;
        }
        assert!(moves <= 10, "{moves}");
    }
}
