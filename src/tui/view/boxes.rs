//! The box editor: the picture with its boxes, and their numbers. It reads the same without the picture.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::status;
use super::widgets::{Brush, Heading, Pen, frame, typed, wrap};
use crate::catalog::Corners;
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::layout::BoxesPlace;
use crate::tui::state::{BoxEditor, BoxNumbers, Canvas, Scope};

/// Draws the editor and gives the place of the cursor while numbers are typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, place: &BoxesPlace, editor: &BoxEditor) -> Option<Position> {
    title(brush, buffer, place, editor);
    let (width, height) = editor.size();
    let [left, top, seen_width, seen_height] = editor.region((place.pane.width, place.pane.height));
    let seen = format!("x {left} to {}, y {top} to {}", left + seen_width, top + seen_height);
    let whole = (seen_width, seen_height) == (width, height);
    let heading = Heading {
        title: if whole { "the whole picture" } else { "a part of it" },
        foot: Some((&seen, brush.style("muted"))),
        focused: true,
        ..Heading::default()
    };
    frame(brush, buffer, place.frame, &heading);
    picture(brush, buffer, place.pane, editor);
    let boxes = editor.canvas().map(|canvas| canvas.boxes.as_slice()).unwrap_or_default();
    // The selected one lies on top.
    let others = boxes.iter().enumerate().filter(|(at, _)| *at != editor.selected);
    for (at, corners) in others.chain(boxes.iter().enumerate().filter(|(at, _)| *at == editor.selected)) {
        outline(brush, buffer, place.pane, editor, (at, *corners));
    }
    list(brush, buffer, place.list, editor)
}

fn title(brush: &Brush, buffer: &mut Buffer, place: &BoxesPlace, editor: &BoxEditor) {
    let (width, height) = editor.size();
    let mut pen = Pen::new(buffer, place.title, 0, brush.glyphs.more);
    let (x, y) = editor.step((place.pane.width, place.pane.height));
    let step = if (x, y) == (1, 1) { "1 step = 1 px".to_owned() } else { format!("1 step = {x}x{y} px") };
    pen.right(&format!("{step} "), brush.style("muted"));
    let count = editor.canvases.len();
    pen.skip(1).write("Boxes", brush.style("strong")).skip(1);
    let on = format!("on image {} of {count}", editor.picture + 1);
    pen.write(if count > 1 { &on } else { "on image 1" }, brush.style("text")).skip(2);
    let name = editor.canvas().and_then(|canvas| canvas.path.as_deref()?.file_name());
    let name = name.map(|name| clean(&name.to_string_lossy()).into_owned()).unwrap_or_default();
    // Of a long name the end goes; how large the picture is stays.
    pen.write(&format!("{width}x{height}"), brush.style("muted")).skip(2).write(&name, brush.style("text"));
}

fn picture(brush: &Brush, buffer: &mut Buffer, pane: Rect, editor: &BoxEditor) {
    let here = editor.canvas().and_then(|canvas| canvas.path.as_deref());
    let shown = editor.shown.as_ref().filter(|(part, _)| !editor.bare && here == Some(part.path.as_path()));
    let (columns, rows) = editor.cells((pane.width, pane.height));
    let seen = Rect { width: columns.min(pane.width), height: rows.min(pane.height), ..pane };
    let Some((part, cells)) = shown else {
        if here.is_some() && !editor.bare {
            status::block(brush, buffer, seen, seen.width, &[("Opening".to_owned(), brush.style("muted"))]);
        }
        return;
    };
    let region = editor.region((pane.width, pane.height));
    match cells {
        // Of another part: it would lie about where things are.
        _ if part.region != region => {}
        Ok(cells) => {
            for y in 0..cells.area.height.min(seen.height) {
                for x in 0..cells.area.width.min(seen.width) {
                    let from = cells.cell((cells.area.x + x, cells.area.y + y));
                    if let (Some(from), Some(to)) = (from, buffer.cell_mut((seen.x + x, seen.y + y))) {
                        *to = from.clone();
                    }
                }
            }
        }
        Err(fault) => status::draw_fault(brush, buffer, seen, "The picture cannot be shown", fault),
    }
}

/// The outline of a box, as far as it is in sight, with its number, and the corner that moves.
fn outline(brush: &Brush, buffer: &mut Buffer, pane: Rect, editor: &BoxEditor, (at, corners): (usize, Corners)) {
    let is_selected = at == editor.selected;
    let set = if is_selected { brush.glyphs.focused } else { brush.glyphs.border };
    let style =
        Style::reset().patch(brush.style("ground")).patch(brush.style(if is_selected { "mark" } else { "text" }));
    let [left, top, right, bottom] = editor.place(corners, (pane.width, pane.height));
    let mut put = |x: i64, y: i64, symbol: &str| {
        let inside = (0..i64::from(pane.width)).contains(&x) && (0..i64::from(pane.height)).contains(&y);
        let at = |from: u16, by: i64| from.saturating_add(u16::try_from(by).unwrap_or(u16::MAX));
        if inside && let Some(cell) = buffer.cell_mut((at(pane.x, x), at(pane.y, y))) {
            cell.set_symbol(symbol).set_style(style);
        }
    };
    for x in left.max(0)..=right.min(i64::from(pane.width)) {
        put(x, top, set.horizontal_top);
        put(x, bottom, set.horizontal_bottom);
    }
    for y in top.max(0)..=bottom.min(i64::from(pane.height)) {
        put(left, y, set.vertical_left);
        put(right, y, set.vertical_right);
    }
    put(left, top, set.top_left);
    put(right, top, set.top_right);
    put(left, bottom, set.bottom_left);
    put(right, bottom, set.bottom_right);
    if right - left >= 3 {
        put(left + 1, top, &(at + 1).to_string());
    }
    if is_selected {
        let x = if editor.corner.right { right } else { left };
        let y = if editor.corner.bottom { bottom } else { top };
        put(x, y, brush.glyphs.handle);
    }
}

/// What is marked on each picture: numbers of the one being marked, counts of the others.
fn list(brush: &Brush, buffer: &mut Buffer, area: Rect, editor: &BoxEditor) -> Option<Position> {
    let inside = frame(brush, buffer, area, &Heading { title: "Boxes", ..Heading::default() });
    if inside.is_empty() {
        return None;
    }
    let (mut row, mut inside) = (0, inside);
    let mut cursor = None;
    if let Some(BoxNumbers { line, percent }) = &editor.typed {
        let entry = Rect { y: inside.bottom() - 2.min(inside.height), height: 2.min(inside.height), ..inside };
        inside.height -= entry.height;
        let unit = if *percent { "in %" } else { "in px" };
        Pen::new(buffer, entry, 0, brush.glyphs.more).write(&format!("x1,y1,x2,y2 {unit}"), brush.style("muted"));
        let mut pen = Pen::new(buffer, entry, 1, brush.glyphs.more);
        let role = if line.is_untouched() { "selection" } else { "text" };
        cursor = Some(Position::new(typed(&mut pen, line, brush.glyphs, brush.style(role)), entry.bottom() - 1));
    }
    let wide = inside.width >= 40;
    for (at, canvas) in editor.canvases.iter().enumerate() {
        let here = at == editor.picture;
        let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
        pen.write(&format!("image {}", at + 1), brush.style(if here { "strong" } else { "muted" })).skip(2);
        pen.write(&summary(canvas), brush.style("muted"));
        row += 1;
        if here {
            for (number, corners) in canvas.boxes.iter().enumerate() {
                row = numbers(brush, buffer, (inside, row, wide), (number, *corners), number == editor.selected);
            }
        }
    }
    if editor.canvas().is_some_and(|canvas| canvas.boxes.is_empty()) && cursor.is_none() {
        hint(brush, buffer, inside, row + 1);
    }
    cursor
}

fn summary(canvas: &Canvas) -> String {
    match (canvas.size, canvas.boxes.len()) {
        (None, _) => "unseen".to_owned(),
        (_, 0) => "no box".to_owned(),
        (_, 1) => "1 box".to_owned(),
        (_, many) => format!("{many} boxes"),
    }
}

/// A box's numbers; gives the row after them.
fn numbers(
    brush: &Brush,
    buffer: &mut Buffer,
    (inside, row, wide): (Rect, u16, bool),
    (number, corners): (usize, Corners),
    is_selected: bool,
) -> u16 {
    let [x1, y1, x2, y2] = corners;
    let size = format!("{}x{} px", x2 - x1, y2 - y1);
    let style = brush.style(if is_selected { "strong" } else { "text" });
    let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
    pen.write(if is_selected { brush.glyphs.marker } else { " " }, brush.style("mark"));
    pen.write(&format!("{} ", number + 1), style).write(&format!("{x1},{y1}"), style);
    if wide {
        pen.skip(1).write(&format!("to {x2},{y2}"), style).skip(2).write(&size, brush.style("muted"));
        return row + 1;
    }
    Pen::new(buffer, inside, row + 1, brush.glyphs.more).skip(3).write(&format!("{x2},{y2}"), style);
    Pen::new(buffer, inside, row + 2, brush.glyphs.more).skip(3).write(&size, brush.style("muted"));
    row + 3
}

/// Before the first box: how to get one.
fn hint(brush: &Brush, buffer: &mut Buffer, inside: Rect, row: u16) {
    let keys = [(Action::AddBox, "adds a box"), (Action::TypeBox, "types its numbers")];
    let named =
        keys.iter().filter_map(|(action, word)| Some(format!("{} {word}", brush.key(&[Scope::Boxes], *action)?)));
    let text = named.collect::<Vec<_>>().join(", ");
    for (line, words) in (row..).zip(wrap(&text, usize::from(inside.width))) {
        Pen::new(buffer, inside, line, brush.glyphs.more).write(&words, brush.style("muted"));
    }
}
