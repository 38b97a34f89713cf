//! A word being typed: the name of a branch, or what to find.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, typed};
use crate::tui::action::Action;
use crate::tui::state::{Purpose, Scope, WordEntry};

/// Draws the dialog and gives the place of the cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, entry: &WordEntry) -> Option<Position> {
    let area = super::centred(over, over.width.saturating_sub(4).min(64), 6);
    super::clear(brush, buffer, area);
    let (title, hint, does) = match entry.purpose {
        Purpose::Name(job) => (format!("Name #{job} and what is made from it"), "nothing typed: no name", "name it"),
        Purpose::Find => ("Families that have a job with".to_owned(), "words, a name, a model, #12", "find"),
    };
    let inside = frame(brush, buffer, area, &Heading { title: &title, focused: true, ..Heading::default() });
    if inside.is_empty() {
        return None;
    }
    let mut pen = Pen::new(buffer, inside, 0, brush.glyphs.more);
    let cursor = Position::new(typed(&mut pen, &entry.line, brush.glyphs, brush.style("text")), inside.y);
    if entry.line.is_empty() {
        pen.skip(1).write(hint, brush.style("placeholder"));
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    for (action, word) in [(Action::Accept, does), (Action::Close, "close")] {
        if let Some(key) = brush.key(&[Scope::Entry], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
    Some(cursor)
}
