//! The queue: going through it, and what can be done with a job.

use super::{Effects, preview, texts, toasts};
use crate::domain::{Billed, Job, Now, Phase};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pane, Pending, State, can_refetch};

pub(super) fn select_by(state: &mut State, by: isize) {
    let at = state.queue.index().map_or(0, |at| at.saturating_add_signed(by));
    select_at(state, at);
}

/// Selects the job at a place from the top, the last one when there are fewer.
pub(super) fn select_at(state: &mut State, at: usize) {
    let last = state.queue.jobs.len().saturating_sub(1);
    state.queue.selected = state.queue.jobs.get(at.min(last)).map(|job| job.id);
    preview::follow_selection(state);
}

/// Loads a job's prompt and settings into the form; undo in each text brings the old one back.
pub(super) fn recall(state: &mut State, now: Now) {
    let Some(job) = selected(state, now) else { return };
    let request = (*job.request).clone();
    texts::replace(&mut state.compose.prompt, &request.prompt);
    texts::replace(&mut state.compose.negative, &request.negative_prompt);
    state.compose.random_seed = request.seed.is_none();
    state.compose.request = request;
    state.compose.request.prompt.clear();
    state.compose.request.negative_prompt.clear();
    state.compose.row = 0;
    state.pane = Pane::Prompt;
    state.typing = true;
    toasts::good(state, now, format!("#{} is in the form, its seed fixed", job.id));
}

/// Stops a job, or asks first where that does not stop the bill.
pub(super) fn cancel(state: &mut State, now: Now) -> Effects {
    let Some(job) = selected(state, now) else { return Effects::new() };
    let id = job.id;
    let ask = |state: &mut State, line: &str| {
        let lines = vec![line.to_owned()];
        let confirm = Confirm { title: format!("Stop #{id}?"), lines, pending: Pending::Cancel(id) };
        state.dialog = Some(Dialog::Confirm(confirm));
        Effects::new()
    };
    match job.phase {
        Phase::Held | Phase::Queued | Phase::Preparing | Phase::Waiting => vec![Effect::Cancel(id)],
        Phase::Running | Phase::Fetching | Phase::Adopted => {
            ask(state, "The service is at work: this stops the waiting, not the bill.")
        }
        Phase::Unsure => ask(state, "It may have been billed. Giving it up means no longer looking for it."),
        Phase::Submitting => {
            toasts::plain(state, now, format!("#{id} is being sent: it cannot be taken back now"));
            Effects::new()
        }
        Phase::Done | Phase::Partial | Phase::Failed | Phase::Cancelled | Phase::Expired => {
            toasts::plain(state, now, format!("#{id} has ended already ({})", job.phase));
            Effects::new()
        }
    }
}

/// Fetches what the service still keeps; costs nothing, so it does not ask.
pub(super) fn refetch(state: &mut State, now: Now) -> Effects {
    let Some(job) = selected(state, now) else { return Effects::new() };
    if can_refetch(&job) {
        toasts::plain(state, now, format!("#{} is fetched again; this costs nothing", job.id));
        return vec![Effect::Refetch(job.id)];
    }
    toasts::plain(state, now, format!("#{} has no missing pictures to fetch", job.id));
    Effects::new()
}

/// Sending again costs money: it always asks, and says so where it may bill twice.
pub(super) fn retry(state: &mut State, now: Now) {
    let Some(job) = selected(state, now) else { return };
    let id = job.id;
    if !state.can_resend(&job) {
        let instead = match job.phase.is_ended() {
            _ if can_refetch(&job) => "; its missing pictures can be fetched again, which costs nothing",
            true => "; use it again from the form instead",
            false => "",
        };
        toasts::plain(state, now, format!("#{id} is {}{instead}", job.phase));
        return;
    }
    let free =
        can_refetch(&job).then(|| "Its missing pictures can also be fetched again, which costs nothing.".to_owned());
    let price = price_again(state, &job);
    let billed = job.fault.as_ref().map(|fault| fault.billed);
    let warning = match (job.phase, billed) {
        (Phase::Unsure, _) | (_, Some(Billed::Unknown)) => {
            Some("The first try may have been billed: this may bill a second time.")
        }
        (_, Some(Billed::Yes)) => Some("The first try was billed: this bills again."),
        _ => None,
    };
    let lines = warning.map(str::to_owned).into_iter().chain([price]).chain(free).collect();
    let confirm = Confirm { title: format!("Send #{id} again?"), lines, pending: Pending::Retry(id) };
    state.dialog = Some(Dialog::Confirm(confirm));
}

/// What sending a job again costs at most. One with a picture on disk goes on with its next request; one without begins
/// with its first.
fn price_again(state: &State, job: &Job) -> String {
    let model = state.catalog.get(job.request.model.as_str());
    let parts = model.map(|model| (model, model.parts(&job.request)));
    let (cost, rest) = match parts {
        Some((model, parts)) if parts.len() > 1 && !job.images.is_empty() => {
            let missing: Vec<_> = parts.iter().skip(job.answered as usize).collect();
            let images = missing.iter().map(|part| model.cost(part, state.header.region).images()).sum();
            let words = format!(" {} of its {} requests are still to be sent.", missing.len(), parts.len());
            (job.estimate.for_images(images), words)
        }
        _ => (job.estimate.clone(), String::new()),
    };
    match cost.total() {
        Some(total) => format!("It costs up to {total}.{rest}"),
        None => format!("Its price is unknown.{rest}"),
    }
}

/// The selected job, or a word that there is none.
fn selected(state: &mut State, now: Now) -> Option<Job> {
    let job = state.queue.job().cloned();
    if job.is_none() {
        toasts::plain(state, now, "No job is selected");
    }
    job
}
