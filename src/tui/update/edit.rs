//! A waiting job in the form: its request is changed, instead of a new job being made. Or a row of a batch that failed: a
//! new job then stands for it.

use super::{Effects, expansion, jobs, submit, toasts};
use crate::domain::{Billed, Cost, Fault, Form, JobId, Money, Now, Phase, Request};
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
    let anew = job.row.is_some() && (job.phase.is_ended() || job.phase == Phase::Unsure) && job.phase != Phase::Done;
    let waits = matches!(job.phase, Phase::Held | Phase::Queued) && job.answered == 0;
    if !anew && !waits {
        let words = match (&job.row, job.phase) {
            (Some(_), Phase::Done) => {
                format!("#{id} is DONE: what is finished is not made anew; a takes it into the form")
            }
            (Some(_), phase) => format!("#{id} is {phase}: only a row that waits or has failed can be edited"),
            (None, phase) => format!("#{id} is {phase}: only a job that waits and has not begun can be edited"),
        };
        toasts::plain(state, now, words);
        return Effects::new();
    }
    let held = job.phase == Phase::Queued;
    let draft = state.compose.exchange(Form::of(&job.request, None));
    state.compose.edit = Some(Edit { job: id, held, anew, draft });
    state.references.selected = 0;
    state.show(Screen::Compose);
    (state.pane, state.typing) = (Pane::Prompt, true);
    if held { vec![Effect::Hold { jobs: vec![id], held: true }] } else { Effects::new() }
}

/// Writes the change, asking first where the job costs more by it than a submit may without asking.
pub(super) fn save(state: &mut State, now: Now) -> Effects {
    let Some((job, anew)) = state.compose.edit.as_ref().map(|edit| (edit.job, edit.anew)) else {
        return Effects::new();
    };
    if !expansion::is_one(state, now) {
        return Effects::new();
    }
    let Some((request, estimate, _)) = submit::ready(state, now) else { return Effects::new() };
    let request = Box::new(request);
    if anew {
        return replace(state, job, request, estimate);
    }
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

/// Sends a failed row anew, asking first where it is dear, or may bill twice.
fn replace(state: &mut State, job: JobId, request: Box<Request>, estimate: Cost) -> Effects {
    let billed = state.queue.get(job).and_then(jobs::first_try);
    let doubt = match billed {
        None | Some(Billed::No) => None,
        Some(Billed::Unknown) => Some("The first try may have been billed: this may bill a second time."),
        Some(Billed::Yes) => Some("The first try was billed: this bills again."),
    };
    let dear = state.ask_above.filter(|limit| submit::asks(&estimate, *limit));
    if doubt.is_none() && dear.is_none() {
        return vec![Effect::Replace { job, request, estimate, resend: false }];
    }
    let price = match estimate.total() {
        Some(total) => format!("It costs up to {total}."),
        None => "What it costs is unknown.".to_owned(),
    };
    let limit = dear.map(|limit| format!("Submits above {limit} ask first."));
    let lines = doubt.map(str::to_owned).into_iter().chain([price]).chain(limit).collect();
    let pending = Pending::Replace(job, request, estimate, doubt.is_some());
    state.dialog = Some(Dialog::Confirm(Confirm { title: format!("Send #{job} changed?"), lines, pending }));
    Effects::new()
}

/// A new job stands for the row, or could not be made; then what was written stays in the form.
pub(super) fn replaced(state: &mut State, now: Now, job: JobId, result: Result<JobId, Fault>) -> Effects {
    match result {
        Ok(new) => {
            toasts::good(state, now, format!("#{new} stands for the row of #{job} now"));
            if state.compose.edit.as_ref().is_some_and(|edit| edit.job == job) {
                let effects = put_back(state);
                state.queue.selected = Some(new);
                return effects;
            }
        }
        Err(fault) => toasts::bad(state, now, format!("#{job} is not changed. {fault}")),
    }
    Effects::new()
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

/// The form as it was before, and the screen the job was taken from; the job goes on if it was held back for this.
fn put_back(state: &mut State) -> Effects {
    let Some(Edit { job, held, draft, .. }) = state.compose.edit.take() else { return Effects::new() };
    state.compose.exchange(draft);
    state.references.selected = 0;
    if !state.panes().contains(&state.pane) {
        state.pane = Pane::Prompt;
    }
    state.typing = false;
    if state.screen == Screen::Compose {
        let from = if state.previous == Screen::Batch { Screen::Batch } else { Screen::Queue };
        state.show(from);
        state.queue.selected = state.queue.get(job).map(|job| job.id).or(state.queue.selected);
    }
    if held { vec![Effect::Hold { jobs: vec![job], held: false }] } else { Effects::new() }
}

/// Leaving the studio: a job that was held back for its change goes on as it was.
pub(super) fn leave_studio(state: &mut State) -> Effects {
    leave_for(state, Effect::Quit)
}

/// The same, with the way out.
pub(super) fn leave_for(state: &mut State, way: Effect) -> Effects {
    put_back(state).into_iter().chain([way]).collect()
}
