//! The selected picture of the request, in the picture pane while the list of them has the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, cut_left, frame};
use super::{preview, references, status};
use crate::domain::Reference;
use crate::domain::text::clean;
use crate::tui::layout;
use crate::tui::state::Look;

/// Draws it, where one is painted. False: nothing is, and the pane shows what it always does.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) -> bool {
    let state = brush.state;
    let Some((part, cells)) = &state.references.beside.shown else { return false };
    let images = &state.compose.request.images;
    let reference = Reference::File(part.path.clone());
    let Some(at) = images.iter().position(|image| *image == reference) else { return false };
    let title = format!("Image {}", at + 1);
    let inside = frame(brush, buffer, area, &Heading { title: &title, ..Heading::default() });
    match cells {
        Ok(cells) => preview::copy(buffer, layout::beside(state), cells),
        Err(fault) => status::draw_fault(brush, buffer, layout::beside(state), "The picture cannot be shown", fault),
    }
    let below = Rect { y: inside.bottom().saturating_sub(2), height: 2.min(inside.height), ..inside };
    let mut pen = Pen::new(buffer, below, 0, brush.glyphs.more);
    pen.write(&references::name(brush, &reference), brush.style("strong")).skip(2);
    if let Some(Look::Seen(facts)) = state.references.looks.get(&part.path) {
        pen.write(&references::describe(facts), brush.style("muted"));
    }
    let path = cut_left(&clean(&part.path.to_string_lossy()), usize::from(below.width), brush.glyphs.before);
    Pen::new(buffer, below, 1, brush.glyphs.more).write(&path, brush.style("muted"));
    true
}
