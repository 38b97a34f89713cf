//! Marking jobs, so that an action is about several.

use super::{batches, filter, jobs};
use crate::tui::state::{RowFilter, Screen, State};

/// Marks the selected job, or takes its mark off, and goes to the next.
pub(super) fn toggle(state: &mut State) {
    let Some(id) = state.chosen().map(|job| job.id) else { return };
    if !state.jobs.marks.remove(&id) {
        state.jobs.marks.insert(id);
    }
    jobs::select_by(state, 1);
}

/// Marks every job shown.
pub(super) fn all(state: &mut State) {
    let ids: Vec<_> = state.listed().iter().map(|job| job.id).collect();
    state.jobs.marks.extend(ids);
}

/// Takes the marks off; where there are none, the filter.
pub(super) fn none(state: &mut State) {
    match state.screen {
        Screen::Batch if state.jobs.marks.is_empty() => {
            state.batches.rows = RowFilter::All;
            batches::settle(state);
        }
        _ if state.jobs.marks.is_empty() => filter::drop(state),
        _ => {}
    }
    state.jobs.marks.clear();
}
