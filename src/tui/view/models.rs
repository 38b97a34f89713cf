//! Choosing a model: a filter, and the models that match it, best first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, find, frame, width};
use crate::domain::Cost;
use crate::tui::action::Action;
use crate::tui::state::{ModelPicker, Scope};

/// Draws the list and gives the place of the filter's cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, picker: &ModelPicker) -> Option<Position> {
    let catalog = &brush.state.catalog;
    let rows = u16::try_from(catalog.models().len()).unwrap_or(u16::MAX).clamp(3, 16);
    let area = super::centred(over, over.width.saturating_sub(4).min(92), rows + 4);
    super::clear(brush, buffer, area);
    let count = format!("{} of {}", picker.matches.len(), catalog.models().len());
    let right = Some((count.as_str(), brush.style("muted")));
    let heading = Heading { title: "Choose a model", right, focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    let (cursor, list) = find(brush, buffer, inside, ("Filter:", "type a part of a name"), &picker.filter);
    if picker.matches.is_empty() {
        let clear = brush.key(&[Scope::Picker], Action::Close).unwrap_or_default();
        let text = format!("No model matches. Backspace takes a letter back, {clear} closes.");
        Pen::new(buffer, list, 0, brush.glyphs.more).write(&text, brush.style("muted"));
    }
    entries(brush, buffer, list, picker);
    Some(cursor)
}

fn entries(brush: &Brush, buffer: &mut Buffer, list: Rect, picker: &ModelPicker) {
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let names = picker.matches.iter().map(|id| width(id.as_str())).max().unwrap_or(0);
    let names = u16::try_from(names).unwrap_or(0).min(list.width / 2);
    let top = (picker.selected + 1).saturating_sub(usize::from(list.height));
    let shown = picker.matches.iter().enumerate().skip(top).take(usize::from(list.height));
    for (row, (at, id)) in (0u16..).zip(shown) {
        let here = at == picker.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let model = brush.state.catalog.get(id.as_str());
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let price = model
            .and_then(|model| Some(model.cost(&model.blank(model.modes.first()?.mode), brush.state.header.region)));
        let price = price.map_or(String::new(), |cost| match cost {
            Cost::Known { unit, .. } => brush.money(unit),
            Cost::Unknown { .. } => "no price".to_owned(),
        });
        pen.right(&format!("{price} "), style("text"));
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        let about = pen.x() + names + 2;
        pen.write(id.as_str(), style("text")).at(about);
        if let Some(model) = model.filter(|_| pen.room() > 8) {
            pen.write(&model.about, style("muted"));
        }
    }
}
