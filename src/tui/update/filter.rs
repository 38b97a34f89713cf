//! Narrowing the queue screen down, or what a browser shows while it is open.

use super::{browser, jobs};
use crate::tui::state::State;

/// Opens the line the filter is typed into; what is in it stays.
pub(super) fn open(state: &mut State) {
    state.jobs.before = Some(state.jobs.filter.clone());
}

/// The filter stays as it is typed.
pub(super) fn keep(state: &mut State) {
    if browser::filtered(state, false) {
        return;
    }
    state.jobs.before = None;
    state.jobs.filter = state.jobs.filter.trim().to_owned();
}

/// No filter.
pub(super) fn drop(state: &mut State) {
    if browser::filtered(state, true) {
        return;
    }
    state.jobs.before = None;
    state.jobs.filter.clear();
    settle(state);
}

/// The selection is on a job that is shown, where there is one.
pub(super) fn settle(state: &mut State) {
    if state.chosen().is_none() {
        jobs::select_at(state, 0);
    }
}
