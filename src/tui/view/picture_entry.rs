//! Naming a file: the text being typed, and the files that fit it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, typed};
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::state::{PictureEntry, Scope, Wanted};

/// Files shown at once.
const ROWS: u16 = 8;

/// Draws the dialog and gives the place of the cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, entry: &PictureEntry) -> Option<Position> {
    let area = super::centred(over, over.width.saturating_sub(4).min(76), ROWS + 5);
    super::clear(brush, buffer, area);
    let title = match (entry.wanted, entry.replaces) {
        (Wanted::Rows, _) => "Rows for a batch".to_owned(),
        (Wanted::Recipe, _) => "What a picture was made from".to_owned(),
        (Wanted::Picture, Some(at)) => format!("Picture {} instead", at + 1),
        (Wanted::Picture, None) => format!("Picture {}", brush.state.compose.request.images.len() + 1),
    };
    let inside = frame(brush, buffer, area, &Heading { title: &title, focused: true, ..Heading::default() });
    if inside.is_empty() {
        return None;
    }
    let mut pen = Pen::new(buffer, inside, 0, brush.glyphs.more);
    let cursor = Position::new(typed(&mut pen, &entry.text, brush.glyphs, brush.style("text")), inside.y);
    if entry.text.is_empty() {
        let hint = match entry.wanted {
            Wanted::Picture => "a path, or an address that begins with https://",
            Wanted::Recipe => "a picture with its recipe in it, or a recipe's JSON",
            Wanted::Rows => "a file (.jsonl, .csv, .txt), or a grid's axes: seed=1..4 n=1,2",
        };
        pen.skip(1).write(hint, brush.style("placeholder"));
    }
    let list = Rect { y: inside.y + 2, height: inside.height.saturating_sub(4), ..inside };
    files(brush, buffer, list, entry);
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    for (action, word) in [
        (Action::Accept, accepts(entry.wanted)),
        (Action::CompleteEntry, "complete"),
        (Action::NextEntry, "choose"),
        (Action::Close, "close"),
    ] {
        if let Some(key) = brush.key(&[Scope::Entry], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
    Some(cursor)
}

fn accepts(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Picture => "take it",
        Wanted::Rows => "plan it",
        Wanted::Recipe => "load it",
    }
}

fn files(brush: &Brush, buffer: &mut Buffer, list: Rect, entry: &PictureEntry) {
    let names = entry.candidates();
    if names.is_empty() {
        let text = match entry {
            entry if entry.is_address() => "The service fetches it; it must be open to everybody.",
            PictureEntry { listed, wanted: Wanted::Picture, .. } if listed.is_empty() => "No pictures here.",
            PictureEntry { wanted: Wanted::Picture, .. } => "No picture here begins like this.",
            PictureEntry { listed, wanted: Wanted::Recipe, .. } if listed.is_empty() => "No pictures or recipes here.",
            PictureEntry { wanted: Wanted::Recipe, .. } => "No picture or recipe here begins like this.",
            PictureEntry { text, .. } if text.text().contains('=') => "Every combination of these, over the form.",
            PictureEntry { listed, .. } if listed.is_empty() => "No files of rows here.",
            _ => "No file of rows here begins like this.",
        };
        Pen::new(buffer, list, 0, brush.glyphs.more).write(text, brush.style("muted"));
        return;
    }
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let rows = usize::from(list.height);
    let top = entry.selected.map_or(0, |at| (at + 1).saturating_sub(rows));
    for (row, (at, name)) in (0u16..).zip(names.iter().enumerate().skip(top).take(rows)) {
        let here = entry.selected == Some(at);
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let role = if name.ends_with('/') { "muted" } else { "text" };
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let more = names.len().saturating_sub(top + rows);
        if row + 1 == list.height && more > 0 {
            pen.right(&format!("{more} more "), style("muted"));
        }
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1).write(&clean(name), style(role));
    }
}
