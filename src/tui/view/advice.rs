//! Which model to take: uses, the likeliest first, with the model for each and its price; below, why.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, width, wrap};
use crate::catalog::Advice;
use crate::domain::{Cost, ModelId};
use crate::tui::action::Action;
use crate::tui::state::{AdvicePicker, Scope};

/// Lines below the list: why, what speaks for it, the other models, the keys.
const BELOW: u16 = 6;

/// Draws the list.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, picker: &AdvicePicker) -> Option<Position> {
    let rows = u16::try_from(picker.advice.len()).unwrap_or(u16::MAX).clamp(1, 16);
    let area = super::centred(over, over.width.saturating_sub(4).min(100), rows.saturating_add(BELOW + 2));
    super::clear(brush, buffer, area);
    let heading = Heading { title: "Which model?", focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.height <= BELOW {
        return None;
    }
    let list = Rect { height: inside.height - BELOW, ..inside };
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let names = picker.advice.iter().flat_map(|advice| &advice.models).map(|id| width(id.as_str())).max().unwrap_or(0);
    let top = (picker.selected + 1).saturating_sub(usize::from(list.height));
    let shown = picker.advice.iter().enumerate().skip(top).take(usize::from(list.height));
    for (row, (at, advice)) in (0u16..).zip(shown) {
        let here = at == picker.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let id = if here { picker.chosen().map(|(_, id)| id) } else { advice.models.first() };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let text =
            id.map(|id| format!("{:<names$}  {:>8} ", id.as_str(), price(brush, advice, id))).unwrap_or_default();
        pen.right(&text, style("text"));
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        pen.write(&advice.title, style(if advice.fits { "text" } else { "muted" }));
    }
    let below = Rect { y: list.bottom() + 1, height: BELOW - 1, ..inside };
    if let Some((advice, id)) = picker.chosen() {
        why(brush, buffer, below, advice, id);
    }
    keys(brush, buffer, below, picker);
    None
}

fn price(brush: &Brush, advice: &Advice, id: &ModelId) -> String {
    let model = brush.state.catalog.get(id.as_str());
    let cost = model.map(|model| model.cost(&model.blank(advice.mode), brush.state.header.region));
    match cost {
        Some(Cost::Known { unit, .. }) => brush.money(unit),
        _ => "no price".to_owned(),
    }
}

/// Why this model, in at most four lines.
fn why(brush: &Brush, buffer: &mut Buffer, area: Rect, advice: &Advice, id: &ModelId) {
    let room = usize::from(area.width);
    let mut lines: Vec<(String, &str)> = vec![(format!("{id}, {}", advice.mode), "strong")];
    lines.extend(wrap(&advice.reason, room).into_iter().map(|line| (line, "text")));
    let because = match (advice.fits, advice.signs.as_slice()) {
        (false, _) => match advice.mode {
            crate::domain::Mode::Edit => {
                Some("Not now: it works on pictures, and the list has another number.".to_owned())
            }
            _ => Some("Not now: it works from words alone.".to_owned()),
        },
        (true, []) => None,
        (true, signs) => Some(format!("Suggested because {}.", signs.join(", and "))),
    };
    let role = if advice.fits { "good" } else { "warn" };
    lines.extend(because.into_iter().flat_map(|text| wrap(&text, room)).map(|line| (line, role)));
    for (row, (line, role)) in (0u16..area.height.saturating_sub(1)).zip(lines) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style(role));
    }
}

fn keys(brush: &Brush, buffer: &mut Buffer, area: Rect, picker: &AdvicePicker) {
    let mut pen = Pen::new(buffer, area, area.height.saturating_sub(1), brush.glyphs.more);
    let others = picker.advice.get(picker.selected).map_or(0, |advice| advice.models.len().saturating_sub(1));
    let other = if others == 1 { "the other model".to_owned() } else { format!("{others} other models") };
    let all = [(Action::Accept, "take it"), (Action::OtherModel, &other), (Action::Close, "close")];
    for (action, word) in all.into_iter().filter(|(action, _)| *action != Action::OtherModel || others > 0) {
        if let Some(key) = brush.key(&[Scope::Advice], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
}
