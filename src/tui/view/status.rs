//! A job in words: its state, what is happening, what went wrong, and what it cost.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::widgets::{Brush, Pen, taken, wrap};
use crate::domain::{Billed, Cost, Fault, Job, Money, Phase};
use crate::tui::action::Action;
use crate::tui::state::{Scope, can_refetch};

/// The widest a paragraph gets: longer lines are hard to read.
const MEASURE: u16 = 60;

/// The role of a state word.
pub(super) fn role(phase: Phase) -> &'static str {
    match phase {
        Phase::Held | Phase::Queued | Phase::Cancelled => "queue.waiting",
        Phase::Done => "queue.done",
        Phase::Partial | Phase::Expired => "queue.short",
        Phase::Unsure => "queue.unsure",
        Phase::Failed => "queue.failed",
        _ => "queue.live",
    }
}

/// How long it took, or has been going on for.
pub(super) fn elapsed(brush: &Brush, job: &Job) -> String {
    let span = job.elapsed(brush.now);
    if job.ended.is_some() { taken(span) } else { brush.live(span) }
}

/// What a job cost, as far as is known: a question mark where the service did not say.
pub(super) fn price(brush: &Brush, job: &Job) -> String {
    let billed = job.fault.as_ref().map(|fault| fault.billed);
    let unsure = match (job.phase, job.billed_images, billed) {
        (Phase::Failed | Phase::Cancelled | Phase::Expired, None, Some(Billed::No)) => return nothing(brush, job),
        (Phase::Failed | Phase::Cancelled | Phase::Expired, None, None) if job.sent.is_none() => {
            return nothing(brush, job);
        }
        (Phase::Unsure, None, _) => true,
        (Phase::Failed | Phase::Cancelled | Phase::Expired, None, billed) => billed != Some(Billed::Yes),
        _ => false,
    };
    let amount = job.cost().total().map_or_else(|| "?".to_owned(), |total| brush.money(total));
    if unsure && amount != "?" { amount + "?" } else { amount }
}

fn nothing(brush: &Brush, job: &Job) -> String {
    let currency = match &job.estimate {
        Cost::Known { unit, .. } => unit.currency,
        Cost::Unknown { .. } => brush.state.header.region.currency(),
    };
    brush.money(Money::zero(currency))
}

/// How many of the requests a job is split over are answered: `2/3 requests`. Nothing for a single one, or at the end.
pub(super) fn requests(brush: &Brush, job: &Job) -> Option<String> {
    if job.estimate.images() < 2 || job.phase == Phase::Done {
        return None;
    }
    let total = brush.state.catalog.get(job.request.model.as_str())?.parts(&job.request).len();
    let answered = usize::try_from(job.answered).unwrap_or(total).min(total);
    (total > 1).then(|| format!("{answered}/{total} requests"))
}

/// What is happening to a job, in a sentence.
pub(super) fn sentence(job: &Job) -> String {
    let of = |count: usize| if job.expected > 1 { format!("{count} of {} saved", job.expected) } else { String::new() };
    match job.phase {
        Phase::Held => "Kept back. Nothing is sent, nothing is paid.".to_owned(),
        Phase::Queued => "Waiting for its turn. Nothing is sent yet.".to_owned(),
        Phase::Preparing => "Getting ready. Nothing is paid yet.".to_owned(),
        Phase::Submitting => "On its way to the service.".to_owned(),
        Phase::Waiting => "The service has it and will begin soon.".to_owned(),
        Phase::Running => "The service is painting.".to_owned(),
        Phase::Adopted => "Its answer was lost, but the service has it. Following it.".to_owned(),
        Phase::Fetching if job.expected > 1 => {
            format!("Painted. Bringing the pictures home: {}.", of(job.images.len()))
        }
        Phase::Fetching => "Painted. Bringing the picture home.".to_owned(),
        Phase::Done => "Every picture is saved.".to_owned(),
        Phase::Partial => format!("Some pictures could not be had: {}.", of(job.images.len())),
        Phase::Failed => "It ended without a picture.".to_owned(),
        Phase::Cancelled => "Stopped by you.".to_owned(),
        Phase::Unsure => "Sent, but no answer came. It may be billed, so it is never sent again by itself.".to_owned(),
        Phase::Expired => "The service keeps results for 24 hours, and this one is gone.".to_owned(),
    }
}

/// Draws a job in words, in the middle of `area`.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect, job: &Job) {
    let measure = area.width.saturating_sub(2).min(MEASURE);
    let mut lines =
        vec![(format!("#{}  {}  {}", job.id, job.phase, elapsed(brush, job)), brush.style(role(job.phase)))];
    let mut say = |text: &str, style: Style| {
        lines.push((String::new(), style));
        lines.extend(wrap(text, usize::from(measure)).into_iter().map(|line| (line, style)));
    };
    match &job.fault {
        Some(fault) => fault_words(brush, fault, job.billed_images.unwrap_or(0), &mut say),
        None => say(&sentence(job), brush.style("text")),
    }
    if let Some(requests) = requests(brush, job) {
        say(&format!("{requests} answered."), brush.style("text"));
    }
    if let Some(key) = brush.key(&[Scope::Queue], Action::Refetch).filter(|_| can_refetch(job)) {
        say(&format!("{key} in the queue fetches what is missing again. That costs nothing."), brush.style("good"));
    }
    let doing = brush.doing(job);
    if !doing.is_empty() {
        say(&doing, brush.style("muted"));
    }
    if !job.phase.is_ended() {
        let mut prompt = job.request.prompt.replace('\n', " ");
        if prompt.chars().count() > 200 {
            prompt = prompt.chars().take(200).chain(brush.glyphs.more.chars()).collect();
        }
        say(&prompt, brush.style("muted"));
    }
    block(brush, buffer, area, measure, &lines);
}

fn fault_words(brush: &Brush, fault: &Fault, billed: u32, say: &mut impl FnMut(&str, Style)) {
    say(&fault.message, brush.style("text"));
    if !fault.hint.is_empty() {
        say(&fault.hint, brush.style("text"));
    }
    let (words, role) = bill_words(fault, billed);
    say(&words, brush.style(role));
    let request = fault.request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
    say(&format!("{}{request}", fault.code), brush.style("muted"));
}

/// What a job with a fault was billed, and the role of those words.
pub(super) fn bill_words(fault: &Fault, pictures: u32) -> (String, &'static str) {
    let role = match (fault.billed, pictures) {
        (Billed::No, 0) => "good",
        (Billed::No, _) => "text",
        _ => "warn",
    };
    (bill(fault.billed, pictures), role)
}

/// What a job with a fault was billed. The fault speaks of what is missing; pictures that came were billed all the same.
fn bill(missing: Billed, pictures: u32) -> String {
    let came = match pictures {
        1 => "1 picture was billed".to_owned(),
        count => format!("{count} pictures were billed"),
    };
    match (missing, pictures) {
        (Billed::Yes, _) => "This was billed.".to_owned(),
        (Billed::No, 0) => "Nothing was billed.".to_owned(),
        (Billed::Unknown, 0) => "This may have been billed.".to_owned(),
        (Billed::No, _) => format!("{came}; what is missing was not."),
        (Billed::Unknown, _) => format!("{came}; what is missing may have been."),
    }
}

/// Draws a fault in words, in the middle of `area`.
pub(super) fn draw_fault(brush: &Brush, buffer: &mut Buffer, area: Rect, title: &str, fault: &Fault) {
    let measure = area.width.saturating_sub(2).min(MEASURE);
    let mut lines = vec![(title.to_owned(), brush.style("bad"))];
    let text = format!("{} {}", fault.message, fault.hint);
    lines.extend(wrap(text.trim(), usize::from(measure)).into_iter().map(|line| (line, brush.style("text"))));
    block(brush, buffer, area, measure, &lines);
}

/// Draws lines as one block in the middle of `area`. When they do not all fit, blank ones go first.
pub(super) fn block(brush: &Brush, buffer: &mut Buffer, area: Rect, measure: u16, lines: &[(String, Style)]) {
    let room = usize::from(area.height);
    let tight = lines.len() > room;
    let shown: Vec<_> = lines.iter().filter(|(text, _)| !(tight && text.is_empty())).take(room).collect();
    let widest = shown.iter().map(|(text, _)| super::widgets::width(text)).max().unwrap_or(0);
    let width = u16::try_from(widest).unwrap_or(measure).min(measure);
    let height = u16::try_from(shown.len()).unwrap_or(area.height);
    let inside = super::centred(area, width, height);
    for (row, (text, style)) in (0u16..).zip(shown) {
        Pen::new(buffer, inside, row, brush.glyphs.more).write(text, *style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_came_are_billed_whatever_became_of_the_rest() {
        assert_eq!(bill(Billed::No, 0), "Nothing was billed.");
        assert_eq!(bill(Billed::No, 1), "1 picture was billed; what is missing was not.");
        assert_eq!(bill(Billed::No, 3), "3 pictures were billed; what is missing was not.");
        assert_eq!(bill(Billed::Unknown, 2), "2 pictures were billed; what is missing may have been.");
        assert_eq!(bill(Billed::Unknown, 0), "This may have been billed.");
        assert_eq!(bill(Billed::Yes, 2), "This was billed.");
    }
}
