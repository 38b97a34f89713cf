//! Choosing a theme: names and what they are, at the side, so that most of the screen shows how it would look.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, width};
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::state::{Scope, ThemePicker};

/// Draws the list.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, picker: &ThemePicker) -> Option<Position> {
    let rows = u16::try_from(picker.names.len()).unwrap_or(u16::MAX).clamp(3, 12);
    let (wide, high) = (over.width.saturating_sub(2).min(68), (rows + 4).min(over.height));
    // Below the prompt and above the news: what lies around it is the preview.
    let y = over.y + (over.height - high) / 2;
    let area = Rect { x: over.right().saturating_sub(wide + 1), y, width: wide, height: high };
    super::clear(brush, buffer, area);
    let inside = frame(brush, buffer, area, &Heading { title: "Theme", focused: true, ..Heading::default() });
    if inside.is_empty() {
        return None;
    }
    let list = Rect { height: inside.height.saturating_sub(2), ..inside };
    entries(brush, buffer, list, picker);
    let mut pen = Pen::new(buffer, inside, inside.height - 1, brush.glyphs.more);
    for (action, word) in
        [(Action::Accept, "keep it"), (Action::Close, "leave it"), (Action::NextEntry, "look at the next")]
    {
        if let Some(key) = brush.key(&[Scope::Picker], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
    None
}

fn entries(brush: &Brush, buffer: &mut Buffer, list: Rect, picker: &ThemePicker) {
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let names = picker.names.iter().map(|name| width(name)).max().unwrap_or(0);
    let names = u16::try_from(names).unwrap_or(0).min(list.width / 2);
    let top = (picker.selected + 1).saturating_sub(usize::from(list.height));
    let themes = &brush.state.looks.themes;
    for (row, (at, name)) in (0u16..).zip(picker.names.iter().enumerate().skip(top).take(usize::from(list.height))) {
        let here = at == picker.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        let about = pen.x() + names + 2;
        pen.write(name, style("text")).at(about);
        let said = clean(themes.about(name)).into_owned();
        let said = if themes.is_own(name) { format!("yours. {said}") } else { said };
        pen.write(&said, style("muted"));
    }
}
