//! A text that is being edited, broken into rows: which bytes stand in which row, and in which cell.
//!
//! Unlike [`wrap`](super::wrap::wrap) nothing is left out: the cursor can stand at every letter. Blanks at the end of a row
//! hang over its edge, where nobody sees them.

use std::ops::Range;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use super::wrap::may_break;

/// The rows of a text, bytes of each. Never empty; a line feed belongs to no row.
pub fn rows(text: &str, room: usize) -> Vec<Range<usize>> {
    let room = room.max(1);
    let mut rows = Vec::new();
    let mut from = 0;
    for line in text.split('\n') {
        break_line(line, from, room, &mut rows);
        from += line.len() + 1;
    }
    rows
}

fn break_line(line: &str, from: usize, room: usize, rows: &mut Vec<Range<usize>>) {
    // Where the row begins and may end, and the cells up to each letter.
    let (mut start, mut chance, mut used) = (0, 0, 0);
    let mut before = "";
    for (at, letter) in line.grapheme_indices(true) {
        let blank = letter.trim().is_empty();
        if !blank && may_break(before, letter) {
            chance = at;
        }
        let cells = cells(letter);
        // Twice where the word itself, or a mark that may not stand alone, is still too long.
        while !blank && used + cells > room && at > start {
            let end = if chance > start { chance } else { at };
            rows.push(from + start..from + end);
            start = end;
            used = line[end..at].graphemes(true).map(self::cells).sum();
        }
        used += cells;
        before = letter;
    }
    rows.push(from + start..from + line.len());
}

/// Cells a letter takes on the screen; control characters are not drawn.
pub fn cells(letter: &str) -> usize {
    if letter.contains(char::is_control) { 0 } else { usize::from(letter.cell_width()) }
}

/// The row a place in the text stands in: where one row ends and the next begins, it is the next one's.
pub fn row_at(rows: &[Range<usize>], place: usize) -> usize {
    rows.partition_point(|row| row.start <= place).saturating_sub(1)
}

/// Cells before a place in its row.
pub fn column_at(text: &str, row: &Range<usize>, place: usize) -> usize {
    let end = place.clamp(row.start, row.end);
    text.get(row.start..end).map_or(0, |before| before.graphemes(true).map(cells).sum())
}

/// The place in a row that is nearest to a column, not past it.
pub fn place_at(text: &str, row: &Range<usize>, column: usize, is_last_of_line: bool) -> usize {
    let mut used = 0;
    let mut last = row.start;
    for (at, letter) in text[row.clone()].grapheme_indices(true) {
        last = row.start + at;
        used += cells(letter);
        if used > column {
            return last;
        }
    }
    // The end of a row is the beginning of the next one, unless the line ends there.
    if is_last_of_line { row.end } else { last }
}

/// The first row shown, so that `row` is in sight: the one before stays as long as it can.
pub fn top_row(before: usize, row: usize, count: usize, height: usize) -> usize {
    let height = height.max(1);
    let top = before.clamp((row + 1).saturating_sub(height), row);
    top.min(count.saturating_sub(height).max((row + 1).saturating_sub(height)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str, room: usize) -> Vec<&str> {
        rows(text, room).into_iter().map(|row| &text[row]).collect()
    }

    #[test]
    fn rows_break_between_words_and_keep_every_letter() {
        assert_eq!(broken("a red fox in snow", 9), ["a red fox ", "in snow"]);
        assert_eq!(broken("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(broken("helloworld", 4), ["hell", "owor", "ld"]);
        assert_eq!(broken("雪中红狐，宣纸", 6), ["雪中红", "狐，宣", "纸"]);
        assert_eq!(broken("雪中红狐，宣", 8), ["雪中红", "狐，宣"], "no row begins with a comma");
        assert_eq!(broken("ab      cd", 4), ["ab      ", "cd"], "blanks hang over the edge");
        assert_eq!(
            broken("👩\u{200d}🎨👩\u{200d}🎨x", 4),
            ["👩\u{200d}🎨👩\u{200d}🎨", "x"],
            "a painter takes two cells"
        );
        assert_eq!(broken("", 4), [""]);
    }

    #[test]
    fn places_and_columns_belong_together() {
        let text = "雪 e\u{301}x fox";
        let rows = rows(text, 6);
        assert_eq!(rows, [0..9, 9..12]);
        assert_eq!([0, 3, 4, 7, 8].map(|at| column_at(text, &rows[0], at)), [0, 2, 3, 4, 5]);
        assert_eq!([0, 1, 2, 3, 4, 9].map(|column| place_at(text, &rows[0], column, false)), [0, 0, 3, 4, 7, 8]);
        assert_eq!(place_at(text, &rows[1], 9, true), 12);
        assert_eq!([0, 8, 9, 12].map(|place| row_at(&rows, place)), [0, 0, 1, 1]);
    }

    #[test]
    fn the_cursors_row_is_in_sight_and_nothing_moves_without_need() {
        for (before, row, count, height, top) in [
            (0, 0, 1, 4, 0),
            (0, 5, 10, 4, 2),
            (2, 3, 10, 4, 2),
            (2, 1, 10, 4, 1),
            (8, 3, 4, 4, 0),
            (5, 9, 10, 1, 9),
            (0, 3, 9, 0, 3),
        ] {
            assert_eq!(top_row(before, row, count, height), top, "{before} {row} {count} {height}");
        }
    }

    proptest! {
        #[test]
        fn rows_hold_the_whole_text_and_fit(
            words in prop::collection::vec("[a-z]{1,14}|[雪中红狐宣纸]{1,9}|👩\u{200d}🎨|e\u{301}|🇩🇪|，| {1,4}|\n", 0..40),
            room in 2usize..40,
        ) {
            let text = words.concat();
            let rows = rows(&text, room);
            let mut at = 0;
            for row in &rows {
                if row.start != at {
                    prop_assert_eq!(&text[at..row.start], "\n");
                }
                at = row.end;
                let width: usize = text[row.clone()].trim_end().graphemes(true).map(cells).sum();
                prop_assert!(width <= room, "{:?} is {width} wide, {room} are there", &text[row.clone()]);
            }
            prop_assert_eq!(at, text.len());
            for (place, _) in text.grapheme_indices(true) {
                let row = row_at(&rows, place);
                let column = column_at(&text, &rows[row], place);
                let found = place_at(&text, &rows[row], column, true);
                prop_assert_eq!(column_at(&text, &rows[row], found), column);
            }
        }
    }
}
