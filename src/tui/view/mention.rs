//! Pictures offered to be named in the prompt: a small list at the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::references;
use super::widgets::{Brush, Pen, width};

/// Draws the list below the cursor, or above it where there is more room; never over the line being typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, pane: Rect, cursor: Option<Position>) {
    let state = brush.state;
    let (Some(mention), Some(cursor)) = (state.references.mention, cursor) else { return };
    if state.dialog.is_some() {
        return;
    }
    let images = &state.compose.request.images;
    let lines: Vec<String> = images
        .iter()
        .enumerate()
        .map(|(at, image)| format!("{}  {}", mention.trigger.name(at), references::name(brush, image)))
        .collect();
    let whole = buffer.area;
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    let columns = u16::try_from(widest + 3).unwrap_or(u16::MAX).min(40).min(pane.width.saturating_sub(2));
    let below = whole.bottom().saturating_sub(cursor.y + 2);
    let above = cursor.y.saturating_sub(1);
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let (rows, y) = match wanted.min(below) {
        rows if rows == wanted || below >= above => (rows, cursor.y + 1),
        _ => (wanted.min(above), cursor.y - wanted.min(above)),
    };
    let x = cursor.x.min((pane.right().saturating_sub(1)).saturating_sub(columns)).max(pane.x + 1);
    let area = Rect { x, y, width: columns, height: rows }.intersection(whole);
    if area.is_empty() {
        return;
    }
    super::clear(brush, buffer, area);
    let top = mention.chosen.map_or(0, |at| (at + 1).saturating_sub(usize::from(area.height)));
    for (row, (at, line)) in (0u16..area.height).zip(lines.iter().enumerate().skip(top)) {
        let here = mention.chosen == Some(at);
        let style = brush.style(if here { "selection" } else { "toast.plain" });
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, style);
        let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
        pen.write(if here { brush.glyphs.marker } else { " " }, style).skip(1).write(line, style);
    }
}
