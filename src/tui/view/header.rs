//! The line at the top: the seal, the screens, what is paused, and what has been spent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};
use crate::domain::{Money, Phase};
use crate::tui::action::Action;
use crate::tui::state::{Scope, Screen};

/// With fewer columns the tabs' titles are brief: what is spent stays in sight.
const TITLES: u16 = 100;
/// With fewer columns the tabs are digits.
const BRIEF: u16 = 60;

/// Draws the header; narrow screens lose the region, the model, what is set aside, then the month.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let header = &brush.state.header;
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.write(" pinxit ", brush.style("brand")).skip(1);
    tabs(brush, &mut pen, area.width);
    if header.demo {
        pen.skip(1).write("DEMO", brush.style("brand.demo")).skip(1);
    }
    if brush.state.access.missing {
        let key = brush.key(&[Scope::Normal], Action::GiveKey).map(|key| format!(" ({key})")).unwrap_or_default();
        pen.skip(1).write(&format!("NO KEY{key}"), brush.style("warn")).skip(1);
    }
    if brush.state.queue.paused.any() {
        // Which model is said in the queue.
        pen.skip(1).write("PAUSED", brush.style("warn")).skip(1);
    }
    if let Some(edit) = &brush.state.compose.edit {
        let phase = brush.state.queue.get(edit.job).map(|job| job.phase);
        let late = phase.filter(|phase| !matches!(phase, Phase::Held | Phase::Queued));
        let late = late.map(|phase| format!(", {phase}: too late")).unwrap_or_default();
        pen.skip(1).write(&format!("editing #{}{late}", edit.job), brush.style("warn")).skip(1);
    }
    money(brush, &mut pen);
    let model = brush.state.compose.request.model.as_str();
    let rest = [(model, "strong"), (header.region.city(), "muted")];
    for (text, role) in rest.into_iter().filter(|_| brush.state.screen == Screen::Compose) {
        if width(text) + 3 > usize::from(pen.room()) {
            break;
        }
        pen.skip(2).write(text, brush.style(role));
    }
}

/// `[1 Compose] 2 Queue 3>5 5 Batch`: at work, and waiting.
fn tabs(brush: &Brush, pen: &mut Pen, columns: u16) {
    for screen in Screen::ALL {
        let number = screen.number();
        let name = match columns {
            TITLES.. => format!("{number} {}", screen.title()),
            BRIEF.. => format!("{number} {}", screen.brief()),
            _ => number.to_string(),
        };
        if screen == brush.state.screen {
            pen.write(&format!("[{name}]"), brush.style("strong")).skip(1);
        } else {
            pen.write(&name, brush.style("muted")).skip(1);
        }
        if screen == Screen::Queue {
            counts(brush, pen);
        }
    }
}

fn counts(brush: &Brush, pen: &mut Pen) {
    let count = |which: fn(Phase) -> bool| brush.state.queue.jobs.iter().filter(|job| which(job.phase)).count();
    let (live, waiting) = (count(Phase::is_live), count(|phase| matches!(phase, Phase::Queued | Phase::Held)));
    if live + waiting > 0 {
        pen.write(&live.to_string(), brush.style("queue.live"));
        pen.write(&format!(">{waiting}"), brush.style("queue.waiting")).skip(1);
    }
}

/// `today $0.42/5.00   month $18.40/30.00 +$0.15`: spent, the limit, and what is set aside.
fn money(brush: &Brush, pen: &mut Pen) {
    let header = &brush.state.header;
    let today = format!("today {}", against(brush, &header.spent_today, header.caps.day));
    let month = format!("month {}", against(brush, &header.spent_month, header.caps.month));
    let aside = match header.set_aside.as_slice() {
        [] => String::new(),
        amounts => format!(" +{}", brush.totals(amounts)),
    };
    let choices = [format!("{today}   {month}{aside} "), format!("{today}   {month} "), format!("{today} ")];
    let fits = choices.iter().find(|text| width(text) < usize::from(pen.room()));
    pen.right(fits.unwrap_or(&choices[2]), brush.style("muted"));
}

/// What was spent, and the limit in the same currency.
fn against(brush: &Brush, spent: &[Money], cap: Option<Money>) -> String {
    let Some(cap) = cap else { return brush.totals(spent) };
    let zero = Money::zero(cap.currency);
    let (own, other): (Vec<Money>, Vec<Money>) = spent.iter().partition(|money| money.currency == cap.currency);
    let limit = cap.rounded().replace(cap.currency.sign(), "");
    let others = if other.is_empty() { String::new() } else { format!(" + {}", brush.totals(&other)) };
    format!("{}/{limit}{others}", brush.totals(if own.is_empty() { std::slice::from_ref(&zero) } else { &own }))
}
