//! Whose turn it is: holding jobs back, moving them in the line, pausing everything or a model.

use std::collections::BTreeSet;

use super::{Effects, jobs, toasts};
use crate::domain::{JobId, ModelId, Now, Phase};
use crate::tui::effect::Effect;
use crate::tui::state::State;

/// Holds back those that wait; where all of them are held already, lets them go.
pub(super) fn hold(state: &mut State, now: Now) -> Effects {
    let Some(targets) = jobs::targets(state, now) else { return Effects::new() };
    let of = |phase| -> Vec<JobId> { targets.iter().filter(|job| job.phase == phase).map(|job| job.id).collect() };
    let (queued, held) = (of(Phase::Queued), of(Phase::Held));
    let (jobs, back) = if queued.is_empty() { (held, false) } else { (queued, true) };
    let words = match (jobs.len(), back) {
        (0, _) => "Only a job that waits for its turn can be held back".to_owned(),
        (1, true) => format!("#{} is held back: nothing of it is sent", jobs[0]),
        (1, false) => format!("#{} waits for its turn again", jobs[0]),
        (many, true) => format!("{many} jobs are held back: nothing of them is sent"),
        (many, false) => format!("{many} jobs wait for their turn again"),
    };
    toasts::plain(state, now, words);
    if jobs.is_empty() { Effects::new() } else { vec![Effect::Hold { jobs, held: back }] }
}

/// Moves waiting jobs before all others.
pub(super) fn to_front(state: &mut State, now: Now) -> Effects {
    let Some(jobs) = waiting(state, now) else { return Effects::new() };
    vec![Effect::ToFront(jobs)]
}

/// Moves waiting jobs one turn; those that go later begin with the last one, so that they do not swap with each other.
pub(super) fn shift(state: &mut State, now: Now, by: isize) -> Effects {
    let Some(mut jobs) = waiting(state, now) else { return Effects::new() };
    if by > 0 {
        jobs.reverse();
    }
    vec![Effect::Shift { jobs, by }]
}

/// Those of the jobs meant that wait, in the order of their turns; or a word that none does.
fn waiting(state: &mut State, now: Now) -> Option<Vec<JobId>> {
    let targets = jobs::targets(state, now)?;
    let waits = |phase| matches!(phase, Phase::Held | Phase::Queued);
    let jobs: Vec<JobId> = targets.iter().filter(|job| waits(job.phase)).map(|job| job.id).collect();
    if jobs.is_empty() {
        toasts::plain(state, now, "Only a job that waits for its turn can be moved");
        return None;
    }
    Some(jobs)
}

/// Keeps everything back, or lets everything go.
pub(super) fn pause(state: &mut State, now: Now) -> Effects {
    let paused = !state.queue.paused.all;
    let words =
        if paused { "Paused: nothing more is sent. What was sent goes on." } else { "The queue goes on, every model" };
    toasts::plain(state, now, words);
    vec![Effect::Pause { model: None, paused }]
}

/// Keeps a model's jobs back, or lets them go.
pub(super) fn pause_model(state: &mut State, now: Now) -> Effects {
    let Some(targets) = jobs::targets(state, now) else { return Effects::new() };
    let models: BTreeSet<ModelId> = targets.iter().map(|job| job.request.model.clone()).collect();
    let paused = !models.iter().all(|model| state.queue.paused.models.contains(model));
    let names = models.iter().map(ModelId::as_str).collect::<Vec<_>>().join(", ");
    let words = match (paused, state.queue.paused.all) {
        (true, _) => format!("Paused: nothing more is sent to {names}"),
        (false, false) => format!("{names} goes on"),
        (false, true) => format!("{names} goes on when everything does: the whole queue is paused"),
    };
    toasts::plain(state, now, words);
    models.into_iter().map(|model| Effect::Pause { model: Some(model), paused }).collect()
}
