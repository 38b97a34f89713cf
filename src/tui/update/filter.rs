//! Narrowing the queue screen down.

use super::jobs;
use crate::tui::state::{Line, State};

/// Opens the line the filter is typed into; what is in it stays.
pub(super) fn open(state: &mut State) {
    state.jobs.before = Some(state.jobs.filter.text().to_owned());
}

/// The filter stays as it is typed.
pub(super) fn keep(state: &mut State) {
    state.jobs.before = None;
    let kept = state.jobs.filter.text().trim().to_owned();
    state.jobs.filter.set(&kept);
}

/// No filter.
pub(super) fn drop(state: &mut State) {
    state.jobs.before = None;
    state.jobs.filter = Line::default();
    settle(state);
}

/// The selection is on a job that is shown, where there is one.
pub(super) fn settle(state: &mut State) {
    if state.chosen().is_none() {
        jobs::select_at(state, 0);
    }
}
