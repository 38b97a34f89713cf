//! The picture on the whole screen, with one line under it.

use ratatui::buffer::Buffer;

use super::preview;
use super::status;
use super::widgets::{Brush, Pen, cut_left};
use crate::tui::action::Action;
use crate::tui::layout;
use crate::tui::state::Screen;

/// Draws the picture and its line.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer) {
    let state = brush.state;
    let (picture, line) = layout::zoom(state.size);
    let shown = preview::on_screen(brush);
    match shown {
        Some(shown) => preview::draw_shown(brush, buffer, picture, shown),
        None => {
            let text = state.preview.wanted.map_or("No picture to show yet.".to_owned(), |id| format!("Opening #{id}"));
            status::block(brush, buffer, picture, picture.width, &[(text, brush.style("muted"))]);
        }
    }
    let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
    if let Some(key) = brush.key(&state.scopes(), Action::Close) {
        pen.right(&format!("{} ", Action::Close.short()), brush.style("muted")).right(&key, brush.style("key"));
    }
    pen.skip(1);
    let Some(id) = shown.map(|shown| shown.image) else { return };
    pen.write(&format!("#{id}"), brush.style("strong")).skip(2);
    if let Some(card) = state.gallery.get(id).filter(|_| state.screen == Screen::Gallery) {
        pen.write(&super::gallery::caption(brush, card), brush.style("muted")).skip(2);
        let path = cut_left(&card.image.path.to_string_lossy(), usize::from(pen.room()), brush.glyphs.before);
        pen.write(if path.len() > 20 { &path } else { "" }, brush.style("muted"));
        return;
    }
    let (Some(job), Some(image)) = (state.queue.get(id.job), state.queue.image(id)) else { return };
    let place = preview::place(brush, id);
    if !place.is_empty() {
        pen.write(&place, brush.style("text")).skip(2);
    }
    let room = pen.room();
    pen.write(&preview::facts(brush, job, image, room), brush.style("muted")).skip(2);
    if pen.room() > 20 {
        let path = cut_left(&image.path.to_string_lossy(), usize::from(pen.room()), brush.glyphs.before);
        pen.write(&path, brush.style("muted"));
    }
}
