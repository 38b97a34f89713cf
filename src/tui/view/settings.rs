//! The settings: a row for the model, the mode and each parameter it has, as the catalogue says.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use serde_json::Value;

use super::widgets::{Brush, Heading, Pen, frame, typed, width, wrap};
use crate::catalog::{Kind, Row, Violation, print_boxes, print_palette};
use crate::domain::{Depth, Mode, Size};
use crate::tui::action::Action;
use crate::tui::layout::Spot;
use crate::tui::state::{Pane, Scope, SettingRow};

/// A row as it is drawn.
struct Item {
    label: String,
    value: String,
    hint: String,
    help: String,
    idle: bool,
    violation: Option<Violation>,
    note: Option<String>,
    /// Colours of a palette, where the terminal has them.
    swatches: Vec<Color>,
}

/// Draws the settings and gives the place of the cursor while a value is being typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let state = brush.state;
    if area.height == 1 {
        folded(brush, buffer, area);
        return None;
    }
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
    let explained = usize::from(inside.height) >= items.len() + 4;
    if explained {
        explain(brush, buffer, inside, &items[selected]);
        inside.height -= 4;
    }
    let labels = items.iter().map(|item| width(&item.label)).max().unwrap_or(0);
    let labels = u16::try_from(labels).unwrap_or(0).min(inside.width / 2);
    let remarks = |(at, item): (usize, &Item)| {
        let note = item.note.as_ref().filter(|_| focused && at == selected && !explained && item.violation.is_none());
        let note = note.into_iter().flat_map(|note| wrap(note, usize::from(inside.width) - 2));
        let wrong = complaint(brush, item, inside.width).into_iter().map(|line| (line, "bad"));
        wrong.chain(note.map(|line| (line, "warn"))).collect()
    };
    let complaints: Vec<Vec<(String, &str)>> = items.iter().enumerate().map(remarks).collect();
    let top = first_shown(&complaints, selected, usize::from(inside.height));
    let (mut row, mut cursor) = (0, None);
    for (at, item) in items.iter().enumerate().skip(top) {
        let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
        let here = focused && at == selected;
        let place = draw_row(brush, buffer, line, row, (labels, here, at), item);
        cursor = cursor.or(place.filter(|_| row < inside.height));
        row += 1;
        for (text, role) in &complaints[at] {
            Pen::new(buffer, inside, row, brush.glyphs.more).skip(2).write(text, brush.style(role));
            row += 1;
        }
    }
    cursor
}

/// Draws a row; gives the place of the cursor while its value is being typed.
fn draw_row(
    brush: &Brush,
    buffer: &mut Buffer,
    area: Rect,
    row: u16,
    place: (u16, bool, usize),
    item: &Item,
) -> Option<Position> {
    let (labels, here, at) = place;
    if here && row < area.height {
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, brush.style("selection"));
    }
    // A selected row is drawn in one style: what the colours say is also said in words.
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
    let (marker, role) = brush.marker(Spot::Setting(at), here);
    pen.write(&marker, if role == "mark" { style(role) } else { brush.style(role) }).skip(1);
    let column = pen.x() + labels + 2;
    pen.write(&item.label, style("muted")).at(column);
    let role = match item {
        Item { idle: true, .. } => "muted",
        Item { violation: Some(_), .. } => "bad",
        _ => "text",
    };
    for colour in &item.swatches {
        pen.write("  ", Style::new().bg(*colour));
    }
    pen.skip(u16::from(!item.swatches.is_empty()));
    if let Some(line) = brush.state.compose.typed.as_ref().filter(|_| here) {
        return Some(Position::new(typed(&mut pen, line, brush.glyphs, style(role)), area.y + row));
    }
    pen.write(&item.value, style(role));
    if pen.room() > 4 {
        pen.skip(2).write(&item.hint, style("muted"));
    }
    None
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
fn first_shown(complaints: &[Vec<(String, &str)>], selected: usize, height: usize) -> usize {
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
        note: None,
        swatches: Vec::new(),
    };
    let about = model.map(|model| model.about.clone()).unwrap_or_default();
    let rows = state.setting_rows().into_iter().filter_map(|row| match row {
        SettingRow::Model => Some(plain("Model", request.model.to_string(), about.clone())),
        SettingRow::Mode => Some(plain("Mode", request.mode.to_string(), mode_help(request.mode).to_owned())),
        SettingRow::Style => Some(style(brush)),
        SettingRow::Parameter(name) => {
            form.iter().find(|row| row.parameter.name == name).map(|row| parameter(brush, row))
        }
    });
    rows.collect()
}

/// The style put around every prompt.
fn style(brush: &Brush) -> Item {
    let expansion = &brush.state.compose.expansion;
    let style = expansion.style();
    Item {
        label: "Style".to_owned(),
        value: style.map_or_else(|| "none".to_owned(), |style| style.name.clone()),
        hint: style.map(|style| style.about.clone()).unwrap_or_default(),
        help: style.map_or_else(
            || format!("Words put around every prompt. There are {}.", expansion.styles.all().len()),
            |style| style.around("..."),
        ),
        idle: false,
        violation: None,
        note: None,
        swatches: Vec::new(),
    }
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
        Value::Null if matches!(row.parameter.kind, Kind::Boxes { .. } | Kind::Palette { .. }) => "none".to_owned(),
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        other => short_form(&row.parameter.kind, other).unwrap_or_else(|| other.to_string()),
    };
    let hint = match (&row.idle, &row.parameter.kind) {
        (Some(reason), _) => format!("({reason})"),
        (None, _) if seed && state.compose.random_seed => "new for each submit".to_owned(),
        (None, Kind::Int { min, max }) if !seed => format!("{min} to {max}"),
        (None, kind @ (Kind::Boxes { .. } | Kind::Palette { .. })) if row.value.is_null() => kind.legal(),
        (None, Kind::Size) => size_hint(brush, &value),
        _ => String::new(),
    };
    Item {
        label: row.parameter.label.clone(),
        value,
        hint,
        help: row.parameter.help.clone(),
        idle: row.idle.is_some(),
        violation: row.violation.clone().or_else(|| unfit(brush, &row.parameter.name)),
        note: row.note.clone(),
        swatches: swatches(brush, &row.value),
    }
}

/// What is wrong with a value only because of the files there are.
fn unfit(brush: &Brush, name: &str) -> Option<Violation> {
    brush.state.violations().into_iter().find(|broken| broken.field == name)
}

/// Boxes and colours as they are typed.
fn short_form(kind: &Kind, value: &Value) -> Option<String> {
    match kind {
        Kind::Boxes { .. } => print_boxes(value),
        Kind::Palette { .. } => print_palette(value),
        _ => None,
    }
}

/// The colours of a palette, where the terminal shows them as they are.
fn swatches(brush: &Brush, value: &Value) -> Vec<Color> {
    let colours = value.as_array().filter(|_| brush.state.theme.depth == Depth::True).into_iter().flatten();
    let hex = colours.filter_map(|colour| colour.get("hex")?.as_str()?.strip_prefix('#'));
    let read = |hex: &str| u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6);
    hex.filter_map(read).map(Color::from_u32).take(10).collect()
}

/// What the selected setting does, and what the catalogue remarks on its value.
fn explain(brush: &Brush, buffer: &mut Buffer, inside: Rect, item: &Item) {
    let rows = Rect { y: inside.bottom() - 3, height: 3, ..inside };
    let room = usize::from(rows.width);
    let help = wrap(&item.help, room).into_iter().map(|line| (line, "muted"));
    let note = item.note.iter().flat_map(|note| wrap(note, room)).map(|line| (line, "warn"));
    for (row, (line, role)) in (0u16..).zip(help.chain(note)) {
        Pen::new(buffer, rows, row, brush.glyphs.more).write(&line, brush.style(role));
    }
}

/// A line instead of a box.
fn folded(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let request = &brush.state.compose.request;
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.skip(2).write("Settings", brush.style("pane.title")).skip(2);
    let count = if request.n > 1 { format!(", {} pictures", request.n) } else { String::new() };
    pen.write(&format!("{}, {}{count}", request.mode, request.size), brush.style("muted"));
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
