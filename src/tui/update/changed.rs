//! The store changed: jobs move, money is spent, news is told.

use super::{Effects, preview, toasts};
use crate::domain::{Job, Now, Phase};
use crate::tui::msg::Changed;
use crate::tui::state::State;

pub(super) fn changed(state: &mut State, now: Now, changed: Changed) -> Effects {
    state.header.spent_today = changed.spent_today;
    state.header.spent_month = changed.spent_month;
    for job in changed.jobs {
        take(state, now, job);
    }
    if state.queue.selected.is_none() {
        state.queue.selected = state.queue.jobs.first().map(|job| job.id);
    }
    preview::follow_selection(state);
    Effects::new()
}

/// Puts one job in its place, newest first, and tells its end if we saw it live.
fn take(state: &mut State, now: Now, job: Job) {
    let at = state.queue.jobs.partition_point(|other| other.id > job.id);
    let known = state.queue.jobs.get(at).filter(|old| old.id == job.id).map(|old| old.phase);
    let Some(was) = known else {
        state.queue.jobs.insert(at, job);
        return;
    };
    if job.phase.is_ended() && !was.is_ended() && state.queue.selected == Some(job.id) {
        preview::hold(state);
    }
    state.queue.jobs[at] = job.clone();
    if was != job.phase {
        tell(state, now, &job);
    }
}

fn tell(state: &mut State, now: Now, job: &Job) {
    let id = job.id;
    let why = || job.fault.as_ref().map(|fault| fault.message.clone()).unwrap_or_default();
    match job.phase {
        Phase::Done => {
            let count = job.images.len();
            let plural = if count == 1 { "picture" } else { "pictures" };
            let cost = job.cost().total().map(|total| format!(", {total}")).unwrap_or_default();
            toasts::good(state, now, format!("#{id} done: {count} {plural}{cost}"));
        }
        Phase::Partial => toasts::bad(
            state,
            now,
            format!("#{id} partly done: {} of {} pictures. {}", job.images.len(), job.expected, why()),
        ),
        Phase::Failed => toasts::bad(state, now, format!("#{id} failed: {}", why())),
        Phase::Expired => toasts::bad(state, now, format!("#{id} expired: {}", why())),
        Phase::Unsure => {
            toasts::bad(
                state,
                now,
                format!("#{id} was sent and no answer came: it may be billed. It is not sent again."),
            );
        }
        Phase::Cancelled => toasts::plain(state, now, format!("#{id} cancelled")),
        Phase::Held
        | Phase::Queued
        | Phase::Preparing
        | Phase::Submitting
        | Phase::Waiting
        | Phase::Running
        | Phase::Fetching
        | Phase::Adopted => {}
    }
}
