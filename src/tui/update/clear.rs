//! Putting ended jobs out of sight, and bringing them back.

use super::{Effects, jobs, toasts};
use crate::domain::{Job, JobId, Now};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Scope, State};

/// The ended ones of the jobs meant.
pub(super) fn ended(state: &mut State, now: Now) -> Effects {
    let Some(targets) = jobs::targets(state, now) else { return Effects::new() };
    clear(state, now, &targets, "Only an ended job can be put out of sight")
}

/// Every ended job that the filter shows.
pub(super) fn all(state: &mut State, now: Now) -> Effects {
    let shown: Vec<Job> = state.shown_jobs().into_iter().cloned().collect();
    clear(state, now, &shown, "No job here has ended")
}

fn clear(state: &mut State, now: Now, jobs: &[Job], none: &str) -> Effects {
    let ids: Vec<JobId> = jobs.iter().filter(|job| job.phase.is_ended()).map(|job| job.id).collect();
    let key = toasts::key(state, Scope::Jobs, Action::Unclear);
    let back = |what: &str| key.as_ref().map_or_else(String::new, |key| format!(". {key} brings {what} back"));
    let words = match ids.as_slice() {
        [] => none.to_owned(),
        [id] => format!("#{id} is out of sight; its pictures stay{}", back("it")),
        many => format!("{} jobs are out of sight; their pictures stay{}", many.len(), back("them")),
    };
    toasts::plain(state, now, words);
    if ids.is_empty() {
        return Effects::new();
    }
    state.jobs.cleared.push(ids.clone());
    vec![Effect::Clear { jobs: ids, cleared: true }]
}

/// Those that were put out of sight last.
pub(super) fn back(state: &mut State, now: Now) -> Effects {
    match state.jobs.cleared.pop() {
        Some(jobs) => vec![Effect::Clear { jobs, cleared: false }],
        None => {
            toasts::plain(state, now, "Nothing was put out of sight here");
            Effects::new()
        }
    }
}
