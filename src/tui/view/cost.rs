//! The cost line: what this submit costs at most, or why it may not be sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};
use crate::domain::{Cost, Money};
use crate::tui::state::LOOKING;

/// Draws the cost line.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let state = brush.state;
    let request = state.compose.snapshot();
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.skip(2);
    let blank = state.compose.prompt.is_blank();
    // An empty prompt is where everybody begins; the price is the better news.
    let tells = |broken: &crate::catalog::Violation| broken.rule != LOOKING && !(blank && broken.field == "prompt");
    let violation = state.violations().into_iter().find(tells);
    if let Some(broken) = violation {
        let short = format!("! {}.", broken.message.trim_end_matches('.'));
        let long = format!("{short} Legal: {}.", broken.legal);
        let fits = !broken.legal.is_empty() && width(&long) <= usize::from(pen.room());
        pen.write(if fits { &long } else { &short }, brush.style("bad"));
        return;
    }
    let Some(model) = state.catalog.get(request.model.as_str()) else { return };
    let parts = model.parts(&request).len();
    let split = if parts > 1 { format!(", {parts} requests each") } else { String::new() };
    let prompts = state.compose.expansion.count();
    let split = if prompts > 1 { split } else { split.replace(" each", "") };
    let times = if prompts > 1 { format!("{prompts} prompts x ") } else { String::new() };
    match model.cost(&request, state.header.region) {
        Cost::Known { unit, images, basis } => {
            let all = unit.times(images).micros.saturating_mul(i64::try_from(prompts).unwrap_or(i64::MAX));
            let all = Money { micros: all, ..unit };
            pen.write(&format!("{times}{images} x {} = ", brush.money(unit)), brush.style("muted"));
            pen.write(&brush.money(all), brush.style("strong")).write(&split, brush.style("muted"));
            match state.ask_above {
                _ if state.header.demo => pen.skip(2).write("not real money", brush.style("muted")),
                Some(limit) if all.micros > limit.micros => {
                    let ask = format!("asks first (> {})", brush.totals(&[limit]));
                    pen.skip(2).write(&ask, brush.style("warn"))
                }
                _ => pen.skip(2).write(&format!("({basis})"), brush.style("muted")),
            };
        }
        Cost::Unknown { images } if state.header.demo => {
            pen.write(&format!("{times}{images} x no price{split}"), brush.style("strong"));
            pen.skip(2).write("not real money", brush.style("muted"));
        }
        Cost::Unknown { images } => {
            pen.write(&format!("{times}{images} x "), brush.style("muted"));
            pen.write("price unknown", brush.style("strong"));
            pen.write(&split, brush.style("muted"));
            let asks = if state.ask_above.is_some() { "(asks first)" } else { "" };
            pen.skip(2).write(asks, brush.style("warn"));
        }
    }
}
