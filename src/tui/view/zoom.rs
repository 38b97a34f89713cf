//! The picture on the whole screen, or a part of it, with a line under it and a drawer of what is known beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, cut_left, frame, width};
use super::{preview, status, toned};
use crate::tui::action::Action;
use crate::tui::layout::{self, DRAWER_LABELS, Told, drawer_lines, drawer_rows};
use crate::tui::state::{Scope, Screen};

/// Draws the picture, its drawer and its line.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer) {
    let place = layout::viewer(brush.state);
    picture(brush, buffer, place.picture);
    drawer(brush, buffer, &place);
    line(brush, buffer, place.line);
}

fn picture(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let state = brush.state;
    let whole = preview::on_screen(brush);
    if state.viewer.lens.zoom > 0
        && let Some((_, cells)) = &state.viewer.shown
    {
        match cells {
            Ok(cells) => preview::copy(buffer, area, cells),
            Err(fault) => status::draw_fault(brush, buffer, area, "This part cannot be shown", fault),
        }
        return;
    }
    match whole {
        Some(shown) => preview::draw_shown(brush, buffer, area, shown),
        None => {
            let text = match (state.preview.wanted, state.viewed()) {
                (Some(id), _) => format!("Opening #{id}"),
                (None, Some(job)) => format!("#{} has no picture: {}", job.id, job.phase),
                (None, None) => "No picture to show yet.".to_owned(),
            };
            status::block(brush, buffer, area, area.width, &[(text, brush.style("muted"))]);
        }
    }
}

fn drawer(brush: &Brush, buffer: &mut Buffer, place: &layout::ViewerPlace) {
    if place.drawer.is_empty() {
        return;
    }
    let state = brush.state;
    super::clear(brush, buffer, place.drawer);
    let title = state.viewed().map(|job| format!("#{}", job.id)).unwrap_or_default();
    let lines = drawer_lines(state, place.drawer.width.saturating_sub(4).max(DRAWER_LABELS + 8));
    let rows = drawer_rows(place);
    let top = state.viewer.top.min(lines.len().saturating_sub(rows));
    let range = format!("{}-{} of {}", top + 1, (top + rows).min(lines.len()), lines.len());
    let right = (lines.len() > rows).then(|| (range.as_str(), brush.style("muted")));
    let keys = [Action::EditPicture, Action::Vary, Action::Compare, Action::Closer].into_iter().filter_map(|action| {
        let key = brush.key(&[Scope::Zoom], action)?;
        Some(format!("{key} {}", action.short()))
    });
    // Those there is room for in the frame, none of them cut.
    let room = usize::from(place.drawer.width.saturating_sub(8));
    let keys = keys.fold(String::new(), |keys, key| match keys.as_str() {
        "" => key,
        _ if width(&keys) + 2 + width(&key) <= room => format!("{keys}  {key}"),
        _ => keys,
    });
    let foot = Some((keys.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, place.drawer, &Heading { title: &title, right, foot, ..Heading::default() });
    for (row, line) in (0..inside.height).zip(lines.iter().skip(top)) {
        let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
        match line {
            Told::Fact(label, text, role) => {
                pen.write(label, brush.style("muted")).at(inside.x + DRAWER_LABELS).write(text, brush.style(role));
            }
            Told::Change(stretches) => toned::write(brush, &mut pen, stretches),
        }
    }
}

/// The picture's name, how much of it is seen, what it is, and where it lies.
fn line(brush: &Brush, buffer: &mut Buffer, line: Rect) {
    let state = brush.state;
    let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
    for action in [Action::Help, Action::Close, Action::Facts] {
        if let Some(key) = brush.key(&state.scopes(), action) {
            pen.right(&format!("{} ", action.short()), brush.style("muted")).right(&key, brush.style("key"));
        }
    }
    pen.skip(1);
    let Some(id) = state.preview.wanted else { return };
    pen.write(&format!("#{id}"), brush.style("strong")).skip(2);
    if let Some(away) = state.away(id) {
        pen.write(away.words(), brush.style("mark")).skip(2);
    }
    if let (None, Some(card)) = (state.job(id.job), state.gallery.get(id).filter(|_| state.screen == Screen::Gallery)) {
        // Until the job it is of has been read.
        pen.write(&super::gallery::caption(brush, card), brush.style("muted")).skip(2);
        let path = cut_left(&card.image.path.to_string_lossy(), usize::from(pen.room()), brush.glyphs.before);
        pen.write(if path.len() > 20 { &path } else { "" }, brush.style("muted"));
        return;
    }
    let (Some(job), Some(image)) = (state.job(id.job), state.image(id)) else { return };
    let place = preview::place(brush, id);
    if !place.is_empty() {
        pen.write(&place, brush.style("text")).skip(2);
    }
    let picture = layout::viewer(state).picture;
    let times = state.viewer.lens.times((image.width.max(1), image.height.max(1)), (picture.width, picture.height));
    if times > 1 {
        pen.write(&format!("{times}x"), brush.style("mark")).skip(2);
    }
    // The seed gives way to the file's name: it stands in the drawer.
    let room = if pen.room() < 84 { pen.room().saturating_sub(24) } else { pen.room() };
    pen.write(&preview::facts(brush, job, image, room), brush.style("muted")).skip(2);
    if pen.room() > 20 {
        let room = usize::from(pen.room().saturating_sub(1));
        let path = cut_left(&image.path.to_string_lossy(), room, brush.glyphs.before);
        pen.write(&path, brush.style("muted"));
    }
}
