//! The selected job's log: asked for when the queue screen shows it, and again when something happens to the job.

use crate::domain::JobId;
use crate::tui::effect::Effect;
use crate::tui::layout::{Layout, layout, log_end};
use crate::tui::state::State;

/// Something happened to a job: what is here of its log is old.
pub(super) fn stale(state: &mut State, job: JobId) {
    if state.jobs.log.asked == Some(job) {
        state.jobs.log.asked = None;
    }
}

/// Asks for the log that is to be seen, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let Layout::Queue(board) = layout(state) else { return None };
    let job = state.chosen().filter(|_| !board.log.is_empty())?.id;
    if state.jobs.log.asked == Some(job) {
        return None;
    }
    state.jobs.log.asked = Some(job);
    Some(Effect::Log(job))
}

/// A log is here.
pub(super) fn here(state: &mut State, job: JobId, lines: Vec<(String, String)>) {
    if state.chosen().is_none_or(|chosen| chosen.id != job) {
        return;
    }
    let before = log_end(state);
    (state.jobs.log.job, state.jobs.log.lines) = (Some(job), lines);
    // Whoever reads older lines is not moved by newer ones.
    if state.jobs.log.back > 0 {
        state.jobs.log.back += log_end(state).saturating_sub(before);
    }
}

/// Scrolls by half of what is seen.
pub(super) fn scroll(state: &mut State, by: isize) {
    let Layout::Queue(board) = layout(state) else { return };
    let step = isize::try_from(board.log.height / 2).unwrap_or(1).max(1);
    let log = &state.jobs.log;
    state.jobs.log.back = log.back.saturating_add_signed(by * step).min(log_end(state));
}
