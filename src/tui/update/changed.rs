//! The store changed: jobs move, money is spent, news is told.

use super::{Effects, batches, gallery, jobs, lineage, log, near, preview, toasts};
use crate::domain::{Job, JobId, Now, Phase};
use crate::tui::msg::Changed;
use crate::tui::state::{Paused, Screen, State};

pub(super) fn changed(state: &mut State, now: Now, changed: Changed) -> Effects {
    let Changed { jobs: news, spent_today, spent_month, set_aside, paused, paused_models, medians, batches } = changed;
    state.header.spent_today = spent_today;
    state.header.spent_month = spent_month;
    state.header.set_aside = set_aside;
    state.queue.paused = Paused { all: paused, models: paused_models };
    state.queue.medians.extend(medians);
    let lists = !matches!(state.screen, Screen::Compose | Screen::History);
    let was_at = lists.then(|| state.shown_at()).flatten();
    gallery::changed(state, &news);
    for job in news {
        log::stale(state, job.id);
        batches::learn(state, &job);
        lineage::learn(state, &job);
        near::learn(state, &job);
        match job.cleared {
            true => forget(state, job.id),
            false => take(state, now, job),
        }
    }
    if let Some(at) = was_at.filter(|_| state.shown_at().is_none()) {
        // It is out of sight: who stands in its place now is selected.
        jobs::select_at(state, at);
    }
    batches::changed(state, now, batches);
    if state.queue.selected.is_none() {
        state.queue.selected = state.queue.jobs.first().map(|job| job.id);
    }
    preview::follow_selection(state);
    Effects::new()
}

/// Takes a job off the screen.
fn forget(state: &mut State, id: JobId) {
    state.queue.jobs.retain(|job| job.id != id);
    state.jobs.marks.remove(&id);
    if state.queue.selected == Some(id) {
        state.queue.selected = None;
    }
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
        // Of a batch its end is told, not that of each row.
        Phase::Done | Phase::Cancelled if job.row.is_some() => {}
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
