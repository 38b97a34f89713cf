//! The settings: a row for the model, the mode and each parameter it has, as the catalogue says.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::Value;

use super::widgets::{Brush, Heading, Pen, frame, width, wrap};
use crate::catalog::{Kind, Row, Violation};
use crate::domain::{Mode, Size};
use crate::tui::action::Action;
use crate::tui::state::{Pane, Scope, SettingRow};

/// A row as it is drawn.
struct Item {
    label: String,
    value: String,
    hint: String,
    help: String,
    idle: bool,
    violation: Option<Violation>,
}

/// Draws the settings and gives the place of the cursor while a value is being typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let state = brush.state;
    let focused = brush.focused(Pane::Settings);
    let items = items(brush);
    let selected = state.compose.row.min(items.len().saturating_sub(1));
    let position = format!("{}/{}", selected + 1, items.len());
    let hidden = items.len() + 2 > usize::from(area.height);
    let right = hidden.then(|| (position.as_str(), brush.style("muted")));
    let heading = Heading { title: "Settings", right, focused, ..Heading::default() };
    let mut inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() || items.is_empty() {
        return None;
    }
    if usize::from(inside.height) >= items.len() + 3 {
        let rows = Rect { y: inside.bottom() - 2, height: 2, ..inside };
        inside.height -= 3;
        for (row, line) in (0u16..).zip(wrap(&items[selected].help, usize::from(rows.width))) {
            Pen::new(buffer, rows, row, brush.glyphs.more).write(&line, brush.style("muted"));
        }
    }
    let labels = items.iter().map(|item| width(&item.label)).max().unwrap_or(0);
    let labels = u16::try_from(labels).unwrap_or(0).min(inside.width / 2);
    let complaints: Vec<Vec<String>> = items.iter().map(|item| complaint(brush, item, inside.width)).collect();
    let top = first_shown(&complaints, selected, usize::from(inside.height));
    let (mut row, mut cursor) = (0, None);
    for (at, item) in items.iter().enumerate().skip(top) {
        let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
        let here = focused && at == selected;
        let end = draw_row(brush, buffer, line, row, (labels, here), item);
        if here && state.compose.typed.is_some() && row < inside.height {
            cursor = Some(Position::new(end.min(inside.right()), inside.y + row));
        }
        row += 1;
        for text in &complaints[at] {
            Pen::new(buffer, inside, row, brush.glyphs.more).skip(2).write(text, brush.style("bad"));
            row += 1;
        }
    }
    cursor
}

/// Draws a row; gives the column after its value.
fn draw_row(brush: &Brush, buffer: &mut Buffer, area: Rect, row: u16, place: (u16, bool), item: &Item) -> u16 {
    let (labels, here) = place;
    if here && row < area.height {
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, brush.style("selection"));
    }
    // A selected row is drawn in one style: what the colours say is also said in words.
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
    pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
    let column = pen.x() + labels + 2;
    pen.write(&item.label, style("muted")).at(column);
    let role = match item {
        Item { idle: true, .. } => "muted",
        Item { violation: Some(_), .. } => "bad",
        _ => "text",
    };
    let typed = brush.state.compose.typed.as_ref().filter(|_| here);
    pen.write(typed.unwrap_or(&item.value), style(role));
    let end = pen.x();
    if typed.is_none() && pen.room() > 4 {
        pen.skip(2).write(&item.hint, style("muted"));
    }
    end
}

/// What is wrong with a value, what would be right, and the key that makes it so; nothing when it is legal.
fn complaint(brush: &Brush, item: &Item, room: u16) -> Vec<String> {
    let Some(broken) = &item.violation else { return Vec::new() };
    let mut text = format!("! {}.", broken.message.trim_end_matches('.'));
    if !broken.legal.is_empty() {
        text += &format!(" Legal: {}.", broken.legal);
    }
    if let Some(key) = brush.key(&[Scope::Settings], Action::SnapField) {
        text += &format!(" Press {key} for the nearest.");
    }
    wrap(&text, usize::from(room).saturating_sub(2))
}

/// The first row to draw so that the selected one is seen whole, with what it complains of.
fn first_shown(complaints: &[Vec<String>], selected: usize, height: usize) -> usize {
    let lines = |from: usize| complaints[from..=selected].iter().map(|lines| 1 + lines.len()).sum::<usize>();
    (0..selected).find(|from| lines(*from) <= height).unwrap_or(selected)
}

/// Whether the selected value breaks a rule.
pub(super) fn selected_is_wrong(brush: &Brush) -> bool {
    let items = items(brush);
    items.get(brush.state.compose.row).is_some_and(|item| item.violation.is_some())
}

fn items(brush: &Brush) -> Vec<Item> {
    let state = brush.state;
    let request = state.compose.snapshot();
    let model = state.catalog.get(request.model.as_str());
    let form = model.map(|model| model.form(&request)).unwrap_or_default();
    let plain = |label: &str, value: String, help: String| Item {
        label: label.to_owned(),
        value,
        hint: String::new(),
        help,
        idle: false,
        violation: None,
    };
    let about = model.map(|model| model.about.clone()).unwrap_or_default();
    let rows = state.setting_rows().into_iter().filter_map(|row| match row {
        SettingRow::Model => Some(plain("Model", request.model.to_string(), about.clone())),
        SettingRow::Mode => Some(plain("Mode", request.mode.to_string(), mode_help(request.mode).to_owned())),
        SettingRow::Parameter(name) => {
            form.iter().find(|row| row.parameter.name == name).map(|row| parameter(brush, row))
        }
    });
    rows.collect()
}

fn mode_help(mode: Mode) -> &'static str {
    match mode {
        Mode::TextToImage => "A picture from words alone.",
        Mode::Sequential => "A series of pictures of the same subject.",
        Mode::Edit => "A picture from words and reference pictures.",
        Mode::Interleave => "Text and pictures in turn.",
    }
}

fn parameter(brush: &Brush, row: &Row) -> Item {
    let state = brush.state;
    let seed = row.parameter.name == "seed";
    let value = match &row.value {
        _ if seed && state.compose.random_seed => "random".to_owned(),
        Value::Null if seed => "random".to_owned(),
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let hint = match (&row.idle, &row.parameter.kind) {
        (Some(reason), _) => format!("({reason})"),
        (None, _) if seed && state.compose.random_seed => "new for each submit".to_owned(),
        (None, Kind::Int { min, max }) if !seed => format!("{min} to {max}"),
        (None, Kind::Size) => size_hint(brush, &value),
        _ => String::new(),
    };
    Item {
        label: row.parameter.label.clone(),
        value,
        hint,
        help: row.parameter.help.clone(),
        idle: row.idle.is_some(),
        violation: row.violation.clone(),
    }
}

/// The ratio of a size in pixels, or the pixels of a named one.
fn size_hint(brush: &Brush, value: &str) -> String {
    let size = value.parse::<Size>().unwrap_or_default();
    if let Some(ratio) = size.ratio() {
        return ratio;
    }
    let request = &brush.state.compose.request;
    let model = brush.state.catalog.get(request.model.as_str());
    let pixels = model.and_then(|model| model.dimensions(request));
    pixels.map(|(width, height)| format!("{width}*{height}")).unwrap_or_default()
}
