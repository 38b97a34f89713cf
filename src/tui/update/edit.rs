//! A waiting job in the form: its request is changed, instead of a new job being made.

use super::{Effects, jobs, submit, toasts};
use crate::domain::{Fault, Form, JobId, Money, Now, Phase};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Edit, Pane, Pending, Screen, State};

/// Loads the selected job's request into the form, and holds the job back meanwhile. What was there comes back afterwards.
pub(super) fn begin(state: &mut State, now: Now) -> Effects {
    let Some(job) = jobs::selected(state, now) else { return Effects::new() };
    let id = job.id;
    if let Some(edit) = &state.compose.edit {
        let words = format!("#{} is still in the form; save or leave it first", edit.job);
        toasts::plain(state, now, words);
        return Effects::new();
    }
    if !matches!(job.phase, Phase::Held | Phase::Queued) || job.answered > 0 {
        let words = format!("#{id} is {}: only a job that waits and has not begun can be edited", job.phase);
        toasts::plain(state, now, words);
        return Effects::new();
    }
    let held = job.phase == Phase::Queued;
    let draft = state.compose.exchange(Form::of(&job.request, None));
    state.compose.edit = Some(Edit { job: id, held, draft });
    state.references.selected = 0;
    state.show(Screen::Compose);
    (state.pane, state.typing) = (Pane::Prompt, true);
    if held { vec![Effect::Hold { jobs: vec![id], held: true }] } else { Effects::new() }
}

/// Writes the change, asking first where the job costs more by it than a submit may without asking.
pub(super) fn save(state: &mut State, now: Now) -> Effects {
    let Some(job) = state.compose.edit.as_ref().map(|edit| edit.job) else { return Effects::new() };
    let Some((request, estimate, _)) = submit::ready(state, now) else { return Effects::new() };
    let request = Box::new(request);
    let before = state.queue.get(job).and_then(|job| job.estimate.total());
    let more = match (estimate.total(), before) {
        (Some(total), Some(before)) => !total.is_within(before),
        _ => true,
    };
    let asks = |limit: &Money| more && submit::asks(&estimate, *limit);
    if let Some(limit) = state.ask_above.filter(asks) {
        let price = match estimate.total() {
            Some(total) => format!("It costs up to {total} now."),
            None => "What it costs now is unknown.".to_owned(),
        };
        let lines = vec![price, format!("Submits above {limit} ask first.")];
        let pending = Pending::Revise(job, request, estimate);
        state.dialog = Some(Dialog::Confirm(Confirm { title: format!("Change #{job}?"), lines, pending }));
        return Effects::new();
    }
    vec![Effect::Revise { job, request, estimate }]
}

/// The store has the change, or could not take it; then what was written stays in the form.
pub(super) fn revised(state: &mut State, now: Now, job: JobId, result: Result<(), Fault>) -> Effects {
    match result {
        Ok(()) => {
            toasts::good(state, now, format!("#{job} is changed"));
            if state.compose.edit.as_ref().is_some_and(|edit| edit.job == job) {
                return put_back(state);
            }
        }
        Err(fault) => toasts::bad(state, now, format!("#{job} is not changed. {fault}")),
    }
    Effects::new()
}

/// Leaves the job as it was.
pub(super) fn leave(state: &mut State, now: Now) -> Effects {
    let Some(edit) = &state.compose.edit else { return Effects::new() };
    let words = format!("#{} stays as it was", edit.job);
    toasts::plain(state, now, words);
    put_back(state)
}

/// The form as it was before, and the queue screen; the job goes on if it was held back for this.
fn put_back(state: &mut State) -> Effects {
    let Some(Edit { job, held, draft }) = state.compose.edit.take() else { return Effects::new() };
    state.compose.exchange(draft);
    state.references.selected = 0;
    if !state.panes().contains(&state.pane) {
        state.pane = Pane::Prompt;
    }
    state.typing = false;
    if state.screen == Screen::Compose {
        state.show(Screen::Queue);
        state.queue.selected = state.queue.get(job).map(|job| job.id).or(state.queue.selected);
    }
    if held { vec![Effect::Hold { jobs: vec![job], held: false }] } else { Effects::new() }
}

/// Leaving the studio: a job that was held back for its change goes on as it was.
pub(super) fn leave_studio(state: &mut State) -> Effects {
    put_back(state).into_iter().chain([Effect::Quit]).collect()
}
