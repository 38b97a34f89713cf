//! The queue screen: every job in the order it will go, the selected one in detail, and the filter's line.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::table::{Column, Table};
use super::widgets::{Brush, Heading, Pen, frame, typed};
use super::{detail, queue, status};
use crate::tui::action::Action;
use crate::tui::layout::{Board, window};
use crate::tui::state::Scope;

/// From left to right.
const ORDER: [Column; 8] =
    [Column::Id, Column::State, Column::Eta, Column::Model, Column::Count, Column::What, Column::Cost, Column::Url];

/// Without what the detail pane says too.
const NARROW: [Column; 6] = [Column::Id, Column::State, Column::Eta, Column::Model, Column::Count, Column::What];

/// Which go first as room gets short.
const DROPPED: [Column; 5] = [Column::Url, Column::Cost, Column::Model, Column::Count, Column::Eta];

/// From this many columns on, what something costs has its place in the table.
const WIDE: u16 = 100;

/// Draws the screen between header and footer. Gives the place of the text cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, board: &Board) -> Option<Position> {
    table(brush, buffer, board);
    detail::draw(brush, buffer, board);
    filter(brush, buffer, board.filter)
}

fn table(brush: &Brush, buffer: &mut Buffer, board: &Board) {
    let state = brush.state;
    let jobs = state.shown_jobs();
    let at = jobs.iter().position(|job| Some(job.id) == state.queue.selected);
    let window = window(board.jobs, at.unwrap_or(0));
    let word = queue::summary(brush, " / ");
    // In a border of its own, where nothing cuts it off.
    let paused = paused(brush);
    let foot = paused.as_ref().map(|text| (text.as_str(), brush.style("warn")));
    let role = if state.queue.paused.any() { "warn" } else { "muted" };
    let aside = aside(brush, jobs.len(), at);
    let right = (!aside.is_empty()).then(|| (aside.as_str(), brush.style("muted")));
    let focused = brush.uncovered();
    let heading = Heading { title: "Queue", word: &word, word_role: role, right, foot, focused };
    let inside = frame(brush, buffer, board.jobs, &heading);
    if inside.is_empty() {
        return;
    }
    if jobs.is_empty() {
        empty(brush, buffer, inside);
        return;
    }
    let order: &[Column] = if board.jobs.width >= WIDE { &ORDER } else { &NARROW };
    let table = Table { jobs: &jobs, order, dropped: &DROPPED, focused: true, marks: true };
    table.draw(brush, buffer, inside, window);
}

/// What is paused, and the key that lets it go on.
fn paused(brush: &Brush) -> Option<String> {
    let key = |action| brush.key(&[Scope::Jobs, Scope::Normal], action).unwrap_or_default();
    let paused = &brush.state.queue.paused;
    match (paused.all, paused.models.len()) {
        (true, _) => Some(format!("PAUSED: {} lets the queue go on", key(Action::PauseAll))),
        (false, 0) => None,
        (false, 1) => {
            paused.models.first().map(|model| format!("PAUSED {model}: {} lets it go on", key(Action::PauseModel)))
        }
        (false, many) => Some(format!("PAUSED {many} models: {} lets a model go on", key(Action::PauseModel))),
    }
}

/// `3 marked, 1 hidden   2/14`.
fn aside(brush: &Brush, shown: usize, at: Option<usize>) -> String {
    let state = brush.state;
    let marks = state.jobs.marks.len();
    let mut parts = Vec::new();
    if marks > 0 {
        let seen = state.targets().len();
        let hidden = if seen < marks { format!(", {} hidden", marks - seen) } else { String::new() };
        parts.push(format!("{marks} marked{hidden}"));
    }
    if shown > 0 {
        parts.push(format!("{}/{shown}", at.map_or(0, |at| at + 1)));
    }
    parts.join("  ")
}

fn empty(brush: &Brush, buffer: &mut Buffer, inside: Rect) {
    let key = |scope, action| brush.key(&[scope], action).unwrap_or_default();
    let lines = if brush.state.queue.jobs.is_empty() {
        let (form, send) = (key(Scope::Normal, Action::ShowCompose), key(Scope::Compose, Action::Generate));
        vec!["No jobs yet.".to_owned(), format!("{form} goes to the form; {send} there makes one.")]
    } else {
        let scope = if brush.state.jobs.before.is_some() { Scope::Filter } else { Scope::Jobs };
        let action = if scope == Scope::Filter { Action::DropFilter } else { Action::Unmark };
        let all = brush.state.queue.jobs.len();
        vec!["No job passes the filter.".to_owned(), format!("{} shows all {all} again.", key(scope, action))]
    };
    let styled: Vec<_> = lines.into_iter().map(|line| (line, brush.style("muted"))).collect();
    status::block(brush, buffer, inside, inside.width, &styled);
}

fn filter(brush: &Brush, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let jobs = &brush.state.jobs;
    let typing = jobs.before.is_some() && brush.state.dialog.is_none();
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.skip(1).write("Filter", brush.style(if typing { "pane.typing" } else { "warn" })).skip(2);
    let hint = "words  !word  state:failed  model:wan2.7*  id:  project:  row:";
    if jobs.filter.is_empty() {
        let x = pen.x();
        pen.skip(2).write(hint, brush.style("placeholder"));
        return typing.then(|| Position::new(x, area.y));
    }
    let column = typed(&mut pen, &jobs.filter, brush.glyphs, brush.style("text"));
    typing.then(|| Position::new(column, area.y))
}
