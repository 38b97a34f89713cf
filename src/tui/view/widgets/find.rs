//! The line at the top of a list that says what is looked for in it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Brush, Pen, typed};
use crate::tui::state::Line;

/// Draws `label` and the line, or `hint` while there is nothing in it. Gives the place of the cursor, and of the list below.
pub fn find(brush: &Brush, buffer: &mut Buffer, inside: Rect, words: (&str, &str), line: &Line) -> (Position, Rect) {
    let (label, hint) = words;
    let mut pen = Pen::new(buffer, inside, 0, brush.glyphs.more);
    pen.write(&format!("{label} "), brush.style("muted"));
    let cursor = Position::new(typed(&mut pen, line, brush.glyphs, brush.style("text")), inside.y);
    if line.is_empty() {
        pen.skip(1).write(hint, brush.style("placeholder"));
    }
    (cursor, Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside })
}
