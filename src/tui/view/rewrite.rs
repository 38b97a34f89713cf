//! The prompt beside what the service made of it: what went in `[- -]` and struck through, what came in `{+ +}` and
//! underlined.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::toned;
use super::widgets::{Brush, Heading, Pen, frame};
use crate::tui::action::Action;
use crate::tui::layout::{rewrite_lines, rewrite_page, rewrite_room};
use crate::tui::state::{RewritePage, Scope};

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, page: RewritePage) -> Option<Position> {
    let title = format!("Prompt of #{} as rewritten", page.job);
    let room = rewrite_room(brush.state.size.0);
    let both = brush.state.queue.get(page.job).and_then(|job| job.rewritten());
    let lines = both.map(|(before, after)| rewrite_lines(before, after, room)).unwrap_or_default();
    let area = rewrite_page(brush.state.size, lines.len());
    super::clear(brush, buffer, area);
    let height = usize::from(area.height.saturating_sub(5));
    let range = format!("{}-{} of {}", page.top + 1, (page.top + height).min(lines.len()), lines.len());
    let right = (lines.len() > height).then(|| (range.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: &title, right, focused: true, ..Heading::default() });
    let text = Rect { height: inside.height.saturating_sub(3), ..inside };
    for (row, line) in (0u16..text.height).zip(lines.iter().skip(page.top)) {
        let mut pen = Pen::new(buffer, text, row, brush.glyphs.more);
        toned::write(brush, &mut pen, line);
    }
    let foot = Rect { y: inside.bottom().saturating_sub(2), height: 2.min(inside.height), ..inside };
    let mut pen = Pen::new(buffer, foot, 0, brush.glyphs.more);
    pen.write("[-yours, gone-]", brush.style("bad")).skip(2).write("{+the service's, new+}", brush.style("good"));
    let mut pen = Pen::new(buffer, foot, 1, brush.glyphs.more);
    for (action, word) in [
        (Action::FreezeRewrite, "freeze: take it, turn rewriting off"),
        (Action::NextEntry, "down"),
        (Action::Close, "close"),
    ] {
        if let Some(key) = brush.key(&[Scope::Page], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
    None
}
