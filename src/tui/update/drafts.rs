//! Keeping the form while it is filled in: once a second at most, and once more when the studio is left.

use std::time::Duration;

use super::{Effects, toasts};
use crate::domain::{Fault, Now};
use crate::tui::effect::Effect;
use crate::tui::state::State;

/// From the first change to the next time it is kept.
const PACE: Duration = Duration::from_secs(1);

/// Keeps the form where its time has come; sets the time where it has changed.
pub(super) fn settle(state: &mut State, now: Now) -> Effects {
    if state.is_kept() {
        state.drafts.due = None;
        return Effects::new();
    }
    // A clock that was put back must not keep us waiting.
    let latest = now.after(PACE);
    let due = *state.drafts.due.get_or_insert(latest);
    state.drafts.due = Some(due.min(latest));
    if due > now { Effects::new() } else { keep(state) }
}

/// What has not been kept yet, when nothing more will happen.
pub(super) fn last(state: &mut State) -> Effects {
    if state.is_kept() { Effects::new() } else { keep(state) }
}

fn keep(state: &mut State) -> Effects {
    let draft = state.draft();
    (state.drafts.kept, state.drafts.due) = (Some(draft.clone()), None);
    vec![Effect::KeepDraft(Box::new(draft))]
}

/// How long until the form is kept again.
pub(super) fn wake(state: &State, now: Now) -> Option<Duration> {
    state.drafts.due.map(|due| due.since(now))
}

/// The store has it, or could not take it; that is said once.
pub(super) fn kept(state: &mut State, now: Now, result: Result<(), Fault>) {
    match result {
        Ok(()) => state.drafts.refused = false,
        Err(fault) if !state.drafts.refused => {
            state.drafts.refused = true;
            toasts::bad(state, now, format!("Your draft is not kept for the next start. {fault}"));
        }
        Err(_) => {}
    }
}
