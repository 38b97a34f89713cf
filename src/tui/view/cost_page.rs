//! What the next submit costs and why, and what is spent, set aside and left.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use crate::domain::{Cost, Money};
use crate::tui::action::Action;
use crate::tui::state::Scope;

/// A line: what it is about, and what it says in which role.
type Said = (&'static str, String, &'static str);

/// Cells for what a line is about.
const LABELS: u16 = 12;

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect) -> Option<Position> {
    let outer = over.width.saturating_sub(4).min(76);
    let room = usize::from(outer.saturating_sub(4 + LABELS).max(8));
    let said: Vec<Said> = submit(brush).into_iter().chain([("", String::new(), "text")]).chain(spent(brush)).collect();
    let wrapped = said.into_iter().flat_map(|(label, text, role)| {
        let lines = wrap(&text, room).into_iter().enumerate();
        lines.map(move |(at, line)| (if at == 0 { label } else { "" }, line, role)).collect::<Vec<_>>()
    });
    let lines: Vec<Said> = wrapped.collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = super::centred(over, outer, height);
    super::clear(brush, buffer, area);
    let inside = frame(brush, buffer, area, &Heading { title: "Cost", focused: true, ..Heading::default() });
    let text = Rect { height: inside.height.saturating_sub(2), ..inside };
    for (row, (label, line, role)) in (0u16..).zip(&lines) {
        let mut pen = Pen::new(buffer, text, row, brush.glyphs.more);
        pen.write(label, brush.style("muted")).at(inside.x + LABELS).write(line, brush.style(role));
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    if let Some(key) = brush.key(&[Scope::Page], Action::Close) {
        pen.write(&key, brush.style("key")).skip(1).write("close", brush.style("muted"));
    }
    None
}

/// The submit in the form.
fn submit(brush: &Brush) -> Vec<Said> {
    let state = brush.state;
    let request = state.compose.snapshot();
    let mut said = vec![("this submit", format!("{}, {}, {}", request.model, request.mode, request.size), "text")];
    let Some(model) = state.catalog.get(request.model.as_str()) else { return said };
    let parts = model.parts(&request).len();
    let prompts = state.compose.expansion.count();
    let requests = match (prompts, parts) {
        (2.., _) => format!("{prompts} prompts"),
        (_, 1) => "1 request".to_owned(),
        _ => format!("{parts} requests of one job"),
    };
    let cost = model.cost(&request, state.header.region);
    let images = cost.images();
    let pictures = if images == 1 { "1 picture".to_owned() } else { format!("{images} pictures") };
    match &cost {
        Cost::Known { unit, basis, .. } => {
            let total = brush.money(all(*unit, images, prompts));
            let by = if prompts > 1 { " x " } else { ", " };
            said.push(("", format!("{requests}{by}{pictures} x {} = {total}", brush.money(*unit)), "strong"));
            said.push(("price from", basis.clone(), "text"));
        }
        Cost::Unknown { .. } => {
            said.push(("", format!("{requests}, {pictures} x price unknown"), "strong"));
            said.push(("price from", "the catalogue has none for this model in this region".to_owned(), "warn"));
        }
    }
    let spec = model.mode(request.mode);
    let ceiling = spec.is_some_and(|spec| !spec.splits());
    if ceiling {
        said.push(("", "At most: only the pictures that are made are billed.".to_owned(), "muted"));
    }
    said.push(("asks", asks(brush, &cost, prompts), "text"));
    said
}

/// What so many pictures of each of so many prompts cost.
fn all(unit: Money, images: u32, prompts: u64) -> Money {
    let prompts = i64::try_from(prompts.max(1)).unwrap_or(i64::MAX);
    Money { micros: unit.times(images).micros.saturating_mul(prompts), ..unit }
}

fn asks(brush: &Brush, cost: &Cost, prompts: u64) -> String {
    match (brush.state.ask_above, cost.total().map(|total| all(total, 1, prompts))) {
        _ if brush.state.header.demo => "never: this is the demo, and no money is real".to_owned(),
        (None, _) => "never".to_owned(),
        (Some(limit), Some(total)) if total.is_within(limit) => format!("not now: only above {}", brush.money(limit)),
        (Some(limit), Some(_)) => format!("first: it costs more than {}", brush.money(limit)),
        (Some(_), None) => "first: nobody knows what it costs".to_owned(),
    }
}

/// What is spent, and what is left of what may be.
fn spent(brush: &Brush) -> Vec<Said> {
    let header = &brush.state.header;
    let mut said = Vec::new();
    for (label, spent, cap) in
        [("today", &header.spent_today, header.caps.day), ("this month", &header.spent_month, header.caps.month)]
    {
        let Some(cap) = cap else {
            said.push((label, format!("{}, no limit", brush.totals(spent)), "text"));
            continue;
        };
        let of = |amounts: &[Money]| -> i64 {
            amounts.iter().filter(|amount| amount.currency == cap.currency).map(|amount| amount.micros).sum()
        };
        let left = cap.micros - of(spent) - of(&header.set_aside);
        let rest = brush.totals(&[Money { micros: left.max(0), ..cap }]);
        let role = if left <= 0 { "bad" } else { "text" };
        said.push((label, format!("{} of {}, {rest} left", brush.totals(spent), brush.totals(&[cap])), role));
    }
    if header.set_aside.iter().any(|amount| amount.micros > 0) {
        let text = "for jobs that have not ended and calls whose answer was lost; it is not left to spend";
        said.push(("set aside", format!("{} {text}", brush.totals(&header.set_aside)), "text"));
    }
    said
}
