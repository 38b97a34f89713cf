//! The keys: of the pane below first, then everywhere, then all the rest. What is typed narrows them down.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, cut_left, find, frame};
use crate::tui::layout::{HELP_KEYS, HelpLine, HelpSheet, help};
use crate::tui::state::HelpPage;

/// Draws the page and gives the place of the cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, page: &HelpPage) -> Option<Position> {
    let sheet = help(brush.state, page);
    let HelpSheet { area, top, rows, .. } = sheet;
    super::clear(brush, buffer, area);
    let longest = sheet.columns.iter().map(Vec::len).max().unwrap_or(0);
    let range = format!("{}-{} of {longest}", top + 1, (top + rows).min(longest));
    let right = (longest > rows).then(|| (range.as_str(), brush.style("muted")));
    let room = usize::from(area.width).saturating_sub(18);
    let origin = brush.state.keymap.origin().filter(|_| brush.state.keymap.has_custom());
    let foot = origin.map(|file| format!("* set in {}", cut_left(file, room, brush.glyphs.before)));
    let foot = foot.as_ref().map(|text| (text.as_str(), brush.style("muted")));
    let heading = Heading { title: "Keys", right, foot, focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    let (cursor, body) = find(brush, buffer, inside, ("Find:", "type a word or a key"), &page.filter);
    if longest == 0 {
        Pen::new(buffer, body, 0, brush.glyphs.more).write("No key fits.", brush.style("muted"));
    }
    for (column, lines) in (0u16..).zip(&sheet.columns) {
        let area = Rect { x: body.x + column * (sheet.cells + 2), width: sheet.cells.min(body.width), ..body };
        for (row, line) in (0u16..).zip(lines.iter().skip(top).take(rows)) {
            draw_line(brush, buffer, area, row, line);
        }
    }
    Some(cursor)
}

fn draw_line(brush: &Brush, buffer: &mut Buffer, area: Rect, row: u16, line: &HelpLine) {
    let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
    match line {
        HelpLine::Title(text, here) => pen.write(text, brush.style(if *here { "mark" } else { "muted" })),
        HelpLine::Keys(keys, custom, words) => {
            let role = if *custom { "mark" } else { "key" };
            pen.write(keys, brush.style(role)).at(area.x + HELP_KEYS).write(words, brush.style("text"))
        }
        HelpLine::Blank => &mut pen,
    };
}
