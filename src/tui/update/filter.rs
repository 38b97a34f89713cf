//! Narrowing the queue screen down, or what a browser shows while it is open; in the gallery, what is searched and the tags
//! that are typed.

use super::{Effects, browser, gallery, jobs, picture_marks};
use crate::domain::Now;
use crate::tui::state::{Line, State};

/// Opens the line the filter is typed into; what is in it stays.
pub(super) fn open(state: &mut State) {
    state.jobs.before = Some(state.jobs.filter.text().to_owned());
}

/// The filter stays as it is typed.
pub(super) fn keep(state: &mut State, now: Now) -> Effects {
    if browser::filtered(state, false) {
        return Effects::new();
    }
    if state.gallery.tags.is_some() {
        return picture_marks::keep_tags(state, now);
    }
    if state.gallery.before.is_some() {
        gallery::keep_search(state, now);
        return Effects::new();
    }
    state.jobs.before = None;
    let kept = state.jobs.filter.text().trim().to_owned();
    state.jobs.filter.set(&kept);
    Effects::new()
}

/// No filter.
pub(super) fn drop(state: &mut State) {
    if browser::filtered(state, true) || state.gallery.tags.take().is_some() {
        return;
    }
    if state.gallery.before.is_some() {
        return gallery::drop_search(state);
    }
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
