//! What a job asked for, taken into the form: the job is the parent of what is sent next. Undo brings the draft back.

use super::toasts;
use crate::domain::{Form, Job, JobId, Now, Request};
use crate::tui::state::{Pane, Screen, State};

pub(super) fn load(state: &mut State, now: Now, job: JobId, request: &Request) {
    if !fill(state, now, job, request) {
        return;
    }
    let seed = if state.compose.random_seed { "" } else { ", its seed fixed" };
    toasts::good(state, now, format!("#{job} is in the form{seed}; undo brings your draft back"));
}

/// The same without a word about it. False where the form is not free.
pub(super) fn fill(state: &mut State, now: Now, job: JobId, request: &Request) -> bool {
    if state.compose.edit.is_some() {
        toasts::plain(state, now, "The form holds a waiting job; save or leave it first");
        return false;
    }
    state.show(Screen::Compose);
    state.compose.turn_to(Form::of(request, Some(job.into())));
    state.references.selected = 0;
    (state.pane, state.typing) = (Pane::Prompt, true);
    true
}

/// Loads a job as it was: what is sent next stands beside it, made from the same.
pub(super) fn beside(state: &mut State, now: Now, job: &Job) {
    if !fill(state, now, job.id, &job.request) {
        return;
    }
    state.compose.parent = job.parent;
    let from = job.parent.map_or_else(|| "from nothing".to_owned(), |origin| format!("from #{origin}"));
    toasts::good(state, now, format!("#{} is in the form as it was made, {from}; undo brings your draft back", job.id));
}

/// What is sent next is made from nothing.
pub(super) fn drop_parent(state: &mut State, now: Now) {
    match state.compose.parent.take() {
        Some(job) => toasts::plain(state, now, format!("No longer made from #{job}")),
        None => toasts::plain(state, now, "It is made from no other job"),
    }
}
