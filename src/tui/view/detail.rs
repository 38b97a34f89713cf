//! The selected job of the queue screen: how it stands, what it asks for, and its own log.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;

use super::status;
use super::widgets::{Brush, Heading, Pen, about, cut, frame, hours, live, width, wrap};
use crate::domain::{Job, Phase, Reference};
use crate::tui::action::Action;
use crate::tui::layout::{Board, log_lines};
use crate::tui::state::{Scope, can_refetch, kept_for};

/// Cells for the names of what was asked.
const LABELS: u16 = 10;

/// A line about a job: its role, and what it is about where that needs a name.
type Said = (&'static str, String, &'static str);

/// Draws the pane.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, board: &Board) {
    if board.detail.is_empty() {
        return;
    }
    let Some(job) = brush.state.chosen() else {
        frame(brush, buffer, board.detail, &Heading { title: "Job", ..Heading::default() });
        return;
    };
    let title = format!("#{}", job.id);
    let price = status::price(brush, job);
    let word = format!("{}  {}", job.phase, price);
    let lines = log_lines(brush.state, board.log.width);
    let back = brush.state.jobs.log.back.min(lines.len().saturating_sub(usize::from(board.log.height)));
    let more = format!("{back} newer lines below");
    let foot = (back > 0).then(|| (more.as_str(), brush.style("muted")));
    let heading =
        Heading { title: &title, word: &word, word_role: status::role(job.phase), foot, ..Heading::default() };
    frame(brush, buffer, board.detail, &heading);
    if board.facts.x > board.log.x {
        beside(brush, buffer, board.facts, job);
    } else {
        above(brush, buffer, board.facts, job);
    }
    log(brush, buffer, board.log, &lines, back);
}

/// The newest lines at the bottom; few lines begin at the top.
fn log(brush: &Brush, buffer: &mut Buffer, area: Rect, lines: &[(String, String)], back: usize) {
    let end = lines.len() - back.min(lines.len());
    let top = end.saturating_sub(usize::from(area.height));
    for (row, (time, text)) in (0u16..).zip(&lines[top..end]) {
        let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
        pen.write(time, brush.style("muted")).skip(2).write(text, brush.style("text"));
    }
}

/// Everything, a line or more each, names on the left.
fn beside(brush: &Brush, buffer: &mut Buffer, area: Rect, job: &Job) {
    let mut row = 0;
    let said = standing(brush, job).into_iter().chain(asked(brush, job));
    for (label, text, role) in said {
        let lead = if label.is_empty() { 0 } else { LABELS };
        // A long prompt leaves room for the rest.
        let most = if label == "prompt" { usize::from(area.height / 4).max(2) } else { 4 };
        let lines = shortened(brush, &text, usize::from(area.width.saturating_sub(lead)), most);
        for (at, line) in lines.into_iter().enumerate() {
            let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
            if at == 0 {
                pen.write(label, brush.style("muted"));
            }
            pen.at(area.x + lead).write(&line, brush.style(role));
            row += 1;
        }
    }
}

/// How it stands, then what was asked in one line, then its prompt.
fn above(brush: &Brush, buffer: &mut Buffer, area: Rect, job: &Job) {
    let room = usize::from(area.width);
    let mut lines: Vec<(String, &str)> = Vec::new();
    let mut standing = standing(brush, job);
    if let (None, Some(progress)) = (&job.fault, progress(brush, job)) {
        // How far it is stands in the first line, whatever else there is room for.
        standing.retain(|(_, text, _)| *text != progress);
        standing[0].1 = format!("{} {progress}", standing[0].1);
    }
    for (_, text, role) in standing {
        lines.extend(wrap(&text, room).into_iter().map(|line| (line, role)));
    }
    let told = asked(brush, job).into_iter().filter(|(label, ..)| !["prompt", "cost", "request"].contains(label));
    let short = told.map(|(label, text, _)| match label {
        "model" | "size" | "mode" => text,
        _ => format!("{label} {text}"),
    });
    // What was asked keeps its line, and the prompt what is left.
    lines.truncate(usize::from(area.height.saturating_sub(2)).max(1));
    lines.push((cut(&short.collect::<Vec<_>>().join("  "), room, brush.glyphs.more), "muted"));
    let left = usize::from(area.height).saturating_sub(lines.len());
    let prompt = job.request.prompt.replace('\n', " ");
    lines.extend(shortened(brush, &prompt, room, left).into_iter().map(|line| (line, "text")));
    for (row, (text, role)) in (0u16..).zip(lines) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&text, brush.style(role));
    }
}

/// At most `most` lines, with a mark where something is missing.
fn shortened(brush: &Brush, text: &str, room: usize, most: usize) -> Vec<String> {
    let mut lines = wrap(text, room);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let kept = cut(last, room.saturating_sub(width(brush.glyphs.more)), "");
            *last = kept + brush.glyphs.more;
        }
    }
    lines
}

/// How it stands: what went wrong, or how far it is.
fn standing(brush: &Brush, job: &Job) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    match &job.fault {
        Some(fault) => {
            said.push(("", fault.message.clone(), "text"));
            let (words, role) = status::bill_words(fault, job.billed_images.unwrap_or(0));
            said.push(("", format!("{words} ({})", fault.code), role));
            if !fault.hint.is_empty() {
                said.push(("", fault.hint.clone(), "text"));
            }
        }
        None => said.push(("", status::sentence(job), "text")),
    }
    let doing = brush.doing(job);
    if !doing.is_empty() && job.fault.is_none() && job.phase != Phase::Done {
        said.push(("", doing, "text"));
    }
    said.extend(progress(brush, job).map(|text| ("", text, "strong")));
    said.extend(what_next(brush, job).map(|text| ("", text, "good")));
    said
}

/// `11s so far, usually 17s, ~6s left`; or when its turn is.
fn progress(brush: &Brush, job: &Job) -> Option<String> {
    let state = brush.state;
    let usual = state.queue.medians.get(&job.request.model).map(|median| live(*median));
    let key = |action| brush.key(&[Scope::Jobs, Scope::Normal], action).unwrap_or_default();
    match job.phase {
        Phase::Held => Some(format!("{} lets it go.", key(Action::Hold))),
        Phase::Queued if state.queue.paused.all => {
            Some(format!("Paused: {} lets the queue go on.", key(Action::PauseAll)))
        }
        Phase::Queued if state.queue.paused.holds(&job.request.model) => {
            Some(format!("Its model is paused: {} lets it go on.", key(Action::PauseModel)))
        }
        Phase::Queued => {
            let turn = (job.place, job.id);
            let waits = |other: &&Job| matches!(other.phase, Phase::Held | Phase::Queued);
            let before = state.queue.jobs.iter().filter(waits).filter(|other| (other.place, other.id) < turn).count();
            let turn = match before {
                0 => "Next in line".to_owned(),
                1 => "1 job before it".to_owned(),
                many => format!("{many} jobs before it"),
            };
            let done = state.estimated_wait(job, brush.now).map(|wait| format!(", done in {}", about(wait)));
            Some(turn + &done.unwrap_or_default())
        }
        phase if phase.is_live() => {
            let so_far = format!("{} so far", brush.live(job.elapsed(brush.now)));
            let usual = usual.map(|usual| format!(", usually {usual}"));
            let left = state.estimated_rest(job, brush.now).map(|left| match left.is_zero() {
                true => ", longer than usual".to_owned(),
                false => format!(", {} left", about(left)),
            });
            Some(format!("{so_far}{}{}", usual.unwrap_or_default(), left.unwrap_or_default()))
        }
        phase if phase.is_ended() && job.sent.is_some() => Some(format!("It took {}.", status::elapsed(brush, job))),
        _ => None,
    }
}

/// What the user can do that costs nothing, or has to decide.
fn what_next(brush: &Brush, job: &Job) -> Option<String> {
    let key = |action| brush.key(&[Scope::Jobs], action).unwrap_or_default();
    match job.phase {
        Phase::Unsure => Some(format!(
            "{} looks for it again, {} sends it again (may bill twice), {} gives it up.",
            key(Action::LookAgain),
            key(Action::Retry),
            key(Action::Cancel)
        )),
        _ if can_refetch(job) => {
            Some(format!("{} fetches what is missing again. That costs nothing.", key(Action::Refetch)))
        }
        _ => None,
    }
}

/// What was asked, by name.
fn asked(brush: &Brush, job: &Job) -> Vec<Said> {
    let request = &job.request;
    let mut said: Vec<Said> = vec![
        ("prompt", request.prompt.replace('\n', " "), "text"),
        ("model", request.model.to_string(), "text"),
        ("size", request.size.to_string(), "text"),
        ("mode", request.mode.to_string(), "text"),
        ("n", job.estimate.images().to_string(), "text"),
    ];
    said.extend(kept_for(job, brush.now).map(|left| ("url", format!("{} left", hours(left)), "text")));
    said.push(("cost", status::price(brush, job), "text"));
    said.extend(request.seed.map(|seed| ("seed", seed.to_string(), "text")));
    if !request.negative_prompt.is_empty() {
        said.push(("without", request.negative_prompt.replace('\n', " "), "text"));
    }
    if let Some((_, after)) = job.rewritten() {
        let key = brush.key(&[Scope::Jobs], Action::ShowRewrite).unwrap_or_default();
        said.push(("became", format!("{} ({key} compares)", after.replace('\n', " ")), "text"));
    }
    let pictures = request.images.iter().map(|image| match image {
        Reference::Url(url) => url.chars().take(60).collect(),
        Reference::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    });
    let pictures: Vec<String> = pictures.collect();
    if !pictures.is_empty() {
        said.push(("pictures", pictures.join(", "), "text"));
    }
    let options = request.options.iter().filter(|(_, value)| !value.is_null());
    let options: Vec<String> = options.map(|(name, value)| option(name, value)).collect();
    if !options.is_empty() {
        said.push(("with", options.join(", "), "text"));
    }
    said.extend(job.project.clone().map(|project| ("project", project, "text")));
    said.extend(job.row.as_ref().map(|row| ("row", row.name.clone(), "text")));
    said.extend(job.task.as_ref().map(|task| ("task", task.to_string(), "muted")));
    said.extend(job.request_id.clone().map(|id| ("request", id, "muted")));
    said
}

fn option(name: &str, value: &Value) -> String {
    match value {
        Value::Bool(true) => format!("{name} on"),
        Value::Bool(false) => format!("{name} off"),
        Value::String(text) => format!("{name} {text}"),
        Value::Array(entries) => format!("{name} ({})", entries.len()),
        other => format!("{name} {other}"),
    }
}
