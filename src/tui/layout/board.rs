//! The queue screen divided, and which jobs are in sight on either screen.

use ratatui::layout::Rect;

use super::wrap::{width, wrap};
use super::{Layout, layout, rows_window, take_bottom, take_right, take_top};
use crate::domain::{Job, Phase};
use crate::tui::state::{Dialog, State};

/// Columns from which a log and what was asked stand side by side.
const SIDE_BY_SIDE: u16 = 100;

/// Rectangles of the queue screen, borders included; one of zero size is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Board {
    /// The line at the top.
    pub header: Rect,
    /// The table.
    pub jobs: Rect,
    /// The selected job, its frame.
    pub detail: Rect,
    /// What it asks for and how it stands, inside the detail.
    pub facts: Rect,
    /// Its log, inside the detail.
    pub log: Rect,
    /// The filter; a line while there is one.
    pub filter: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Rows of a table of jobs that are in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Lines for the columns' titles.
    pub titles: usize,
    /// The first job shown.
    pub top: usize,
    /// Jobs there is room for.
    pub rows: usize,
}

/// The part of a table in a frame that shows the job at `at`.
pub fn window(area: Rect, at: usize) -> Window {
    let inside = usize::from(area.height.saturating_sub(2));
    let titles = usize::from(inside >= 5);
    let rows = inside - titles;
    Window { titles, top: (at + 1).saturating_sub(rows), rows }
}

/// Divides the rows between header and footer.
pub(super) fn board(state: &State, mut screen: Rect) -> Board {
    let mut board = Board::default();
    if state.jobs.before.is_some() || !state.jobs.filter.is_empty() {
        board.filter = take_bottom(&mut screen, 1);
    }
    if screen.width >= 60 && screen.height >= 15 {
        let rows = (screen.height * 10 / 21).clamp(8, 18);
        board.detail = take_bottom(&mut screen, rows);
        let frame = board.detail;
        let mut inside = Rect::new(frame.x + 2, frame.y + 1, frame.width - 4, frame.height - 2);
        if frame.width >= SIDE_BY_SIDE {
            board.facts = take_right(&mut inside, frame.width * 9 / 20);
            inside.width -= 2;
        } else {
            let faulty = state.chosen().is_some_and(|job| job.fault.is_some());
            let rows = if faulty { inside.height - 2 } else { inside.height.div_ceil(2).min(4) };
            board.facts = take_top(&mut inside, rows);
        }
        board.log = inside;
    }
    Board { jobs: screen, ..board }
}

/// The selected job's log in lines that fit, with the time before the first line of each entry.
pub fn log_lines(state: &State, room: u16) -> Vec<(String, String)> {
    let log = &state.jobs.log;
    if state.chosen().map(|job| job.id) != log.job {
        return Vec::new();
    }
    let time = log.lines.iter().map(|(time, _)| width(time)).max().unwrap_or(0);
    let room = usize::from(room).saturating_sub(time + 2);
    let mut lines = Vec::new();
    for (at, text) in &log.lines {
        let mut before = format!("{}{at}", " ".repeat(time - width(at)));
        for line in wrap(text, room) {
            lines.push((std::mem::replace(&mut before, " ".repeat(time)), line));
        }
    }
    lines
}

/// How far the log can be scrolled back.
pub fn log_end(state: &State) -> usize {
    match layout(state) {
        Layout::Queue(board) => log_lines(state, board.log.width).len().saturating_sub(usize::from(board.log.height)),
        Layout::TooSmall | Layout::Panes(_) | Layout::Batch(_) | Layout::Gallery(_) | Layout::History(_) => 0,
    }
}

/// Jobs about which something is on the screen that time changes.
pub fn jobs_in_sight(state: &State) -> Vec<&Job> {
    let selected = |shown: bool| state.queue.job().filter(|_| shown);
    match layout(state) {
        _ if matches!(state.dialog, Some(Dialog::Zoom | Dialog::Compare(_))) => Vec::new(),
        Layout::TooSmall | Layout::Gallery(_) | Layout::History(_) => Vec::new(),
        Layout::Panes(panes) => {
            let Window { top, rows, .. } = window(panes.queue, state.queue.index().unwrap_or(0));
            let beside = selected(!panes.preview.is_empty());
            state.queue.jobs.iter().skip(top).take(rows).chain(beside).collect()
        }
        Layout::Queue(board) => {
            let jobs = state.shown_jobs();
            let at = jobs.iter().position(|job| Some(job.id) == state.queue.selected).unwrap_or(0);
            let Window { top, rows, .. } = window(board.jobs, at);
            // What waits behind a job at work is told how long by it.
            let waits = jobs.iter().skip(top).take(rows).any(|job| job.phase == Phase::Queued);
            let ahead = state.queue.jobs.iter().find(|job| waits && job.phase.is_live());
            let below = selected(!board.detail.is_empty());
            jobs.into_iter().skip(top).take(rows).chain(ahead).chain(below).collect()
        }
        Layout::Batch(stack) => {
            let Window { top, rows, .. } = rows_window(state, &stack);
            // Rate and time left follow from what is at work, in sight or not.
            let at_work = state.batch_rows().find(|job| job.phase.is_live());
            let held = state.batch_rows().find(|job| job.until.is_some() && job.phase == Phase::Queued);
            state.shown_rows().into_iter().skip(top).take(rows).chain(at_work).chain(held).collect()
        }
    }
}
