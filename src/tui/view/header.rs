//! The line at the top: the seal, where requests go, and what has been spent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};

/// Draws the header; narrow screens lose the month, then the region.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let header = &brush.state.header;
    let model = brush.state.compose.request.model.as_str();
    let (today, month) = (brush.totals(&header.spent_today), brush.totals(&header.spent_month));
    let (both, short) = (format!("today {today}   month {month} "), format!("today {today} "));
    let demo = if header.demo { width(" DEMO ") } else { 0 };
    let left = width(" pinxit   ") + demo + width(model) + 2;
    let room = usize::from(area.width).saturating_sub(left);
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    let spent = if width(&both) <= room { both } else { short };
    pen.right(&spent, brush.style("muted"));
    pen.write(" pinxit ", brush.style("brand"));
    if header.demo {
        pen.skip(1).write("DEMO", brush.style("brand.demo")).skip(1);
    }
    pen.skip(1).write(model, brush.style("strong"));
    let region = header.region.city();
    if width(region) + 4 <= usize::from(pen.room()) {
        pen.skip(2).write(region, brush.style("muted"));
    }
}
