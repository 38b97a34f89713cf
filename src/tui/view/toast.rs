//! Short news above the footer, on the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width, wrap};
use crate::tui::state::Tone;

/// The most lines news may take; older ones go first, and the newest is always whole.
const MOST: usize = 4;
/// The widest a line of news gets.
const MEASURE: u16 = 60;

/// Draws the news, the newest lowest, above row `floor`.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, floor: u16) {
    let room = buffer.area.width.saturating_sub(4).min(MEASURE);
    let (mut lines, mut newest) = (Vec::new(), 0);
    for toast in &brush.state.toasts {
        let (mark, role) = match toast.tone {
            Tone::Good => (brush.glyphs.good, "toast.good"),
            Tone::Plain => (brush.glyphs.dot, "toast.plain"),
            Tone::Bad => ("!", "toast.bad"),
        };
        let wrapped = wrap(&toast.text, usize::from(room).saturating_sub(4));
        newest = wrapped.len();
        let widest = wrapped.iter().map(|line| width(line)).max().unwrap_or(0);
        for (at, line) in wrapped.into_iter().enumerate() {
            let lead = if at == 0 { mark } else { " " };
            let pad = " ".repeat(widest - width(&line));
            lines.push((format!(" {lead} {line}{pad} "), brush.style(role)));
        }
    }
    let skip = lines.len().saturating_sub(MOST.max(newest).min(usize::from(floor.saturating_sub(1))));
    let lines = &lines[skip..];
    let top = floor - u16::try_from(lines.len()).unwrap_or(floor);
    for (row, (text, style)) in (top..).zip(lines) {
        let cells = u16::try_from(width(text)).unwrap_or(u16::MAX).min(buffer.area.width);
        let place = Rect::new(buffer.area.width - cells.min(buffer.area.width), row, cells, 1);
        let place = Rect { x: place.x.saturating_sub(1), ..place };
        super::clear(brush, buffer, place);
        Pen::new(buffer, place, 0, brush.glyphs.more).write(text, *style);
    }
}
