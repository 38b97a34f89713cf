//! The newest jobs on the compose screen: a table, or one line that sums it up.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::table::{Column, Table};
use super::widgets::{Brush, Heading, Pen, frame, wrap};
use crate::domain::{Job, Phase};
use crate::tui::action::Action;
use crate::tui::layout::window;
use crate::tui::state::Pane;

/// From left to right.
const ORDER: [Column; 8] =
    [Column::Id, Column::State, Column::Time, Column::Model, Column::Count, Column::Prompt, Column::Cost, Column::Note];

/// Which go first as room gets short.
const DROPPED: [Column; 5] = [Column::Note, Column::Model, Column::Count, Column::Cost, Column::Time];

/// Draws the jobs.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let queue = &brush.state.queue;
    let role = if queue.paused.any() { "warn" } else { "muted" };
    if area.height == 1 {
        let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
        pen.skip(2).write("Queue", brush.style("pane.title")).skip(2);
        pen.write(&short(brush), brush.style(role));
        return;
    }
    let focused = brush.focused(Pane::Queue);
    let quiet = queue.jobs.is_empty() && !queue.paused.any();
    let word = if quiet { String::new() } else { short(brush) };
    let at = queue.index().unwrap_or(0);
    let window = window(area, at);
    let position = format!("{}/{}", at + 1, queue.jobs.len());
    let right = (queue.jobs.len() > window.rows).then(|| (position.as_str(), brush.style("muted")));
    let heading = Heading { title: "Queue", word: &word, word_role: role, right, focused, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return;
    }
    if queue.jobs.is_empty() {
        empty(brush, buffer, inside);
        return;
    }
    let jobs: Vec<&Job> = queue.jobs.iter().collect();
    let table = Table { jobs: &jobs, order: &ORDER, dropped: &DROPPED, focused, marks: false };
    table.draw(brush, buffer, inside, window);
}

/// That something is paused, and how many are where. What is paused is said on the queue screen.
fn short(brush: &Brush) -> String {
    let paused = if brush.state.queue.paused.any() { "PAUSED  " } else { "" };
    format!("{paused}{}", summary(brush, ", "))
}

/// How many are where, of all jobs there are: `1 running, 2 waiting, 1 failed`.
pub(super) fn summary(brush: &Brush, between: &str) -> String {
    let jobs = &brush.state.queue.jobs;
    let count = |which: fn(Phase) -> bool| jobs.iter().filter(|job| which(job.phase)).count();
    let parts = [
        (count(Phase::is_live), "running"),
        (count(|phase| matches!(phase, Phase::Queued | Phase::Held)), "waiting"),
        (count(|phase| phase == Phase::Unsure), "unsure"),
        (count(|phase| phase == Phase::Failed), "failed"),
        (count(|phase| matches!(phase, Phase::Done | Phase::Partial)), "done"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if said.is_empty() { "no jobs yet".to_owned() } else { said.join(between) }
}

/// Before the first job.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let key = brush.key(Action::Generate.scopes(), Action::Generate).unwrap_or_default();
    let text = format!("No jobs yet. Type a prompt and press {key}.");
    for (row, line) in (0u16..).zip(wrap(&text, usize::from(area.width))) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style("muted"));
    }
}
