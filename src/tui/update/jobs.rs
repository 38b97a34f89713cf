//! The queue: going through it, and what can be done with jobs. On the queue screen that is done with the marked ones.

use super::{Effects, lineage, preview, recall, toasts};
use crate::domain::{Billed, Cost, Job, JobId, Money, Now, Phase};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pending, Screen, State, can_refetch};

pub(super) fn select_by(state: &mut State, by: isize) {
    let at = state.shown_at();
    select_at(state, at.map_or(0, |at| at.saturating_add_signed(by)));
}

/// Selects the job at a place from the top, the last one when there are fewer. With none to select nothing changes.
pub(super) fn select_at(state: &mut State, at: usize) {
    let ids: Vec<JobId> = state.listed().iter().map(|job| job.id).collect();
    let Some(id) = ids.get(at.min(ids.len().saturating_sub(1))) else { return };
    select(state, *id);
}

/// Selects a job.
pub(super) fn select(state: &mut State, id: JobId) {
    if state.screen == Screen::History {
        return lineage::select(state, id);
    }
    if state.queue.selected != Some(id) {
        state.jobs.log.back = 0;
    }
    state.queue.selected = Some(id);
    preview::follow_selection(state);
}

/// Loads a job's prompt and settings into the form; undo brings the draft back.
pub(super) fn recall(state: &mut State, now: Now) {
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        let viewed = state.viewed().map(|job| (job.id, job.request.clone()));
        state.dialog = None;
        if let Some((id, request)) = viewed {
            recall::load(state, now, id, &request);
        }
        return;
    }
    let Some(job) = selected(state, now) else { return };
    if state.screen == Screen::History {
        return recall::beside(state, now, &job);
    }
    recall::load(state, now, job.id, &job.request);
}

/// Stops jobs, or asks first where that does not stop the bill.
pub(super) fn cancel(state: &mut State, now: Now) -> Effects {
    let Some(jobs) = targets(state, now) else { return Effects::new() };
    let open: Vec<&Job> = jobs.iter().filter(|job| job.phase.on(crate::domain::Event::Cancel).is_some()).collect();
    let Some(first) = open.first() else {
        let job = &jobs[0];
        let words = match (jobs.len(), job.phase) {
            (1, Phase::Submitting) => format!("#{} is being sent: it cannot be taken back now", job.id),
            (1, phase) => format!("#{} has ended already ({phase})", job.id),
            _ => "None of them can be stopped: they have ended, or are being sent just now".to_owned(),
        };
        toasts::plain(state, now, words);
        return Effects::new();
    };
    let ids: Vec<JobId> = open.iter().map(|job| job.id).collect();
    let lines = stop_lines(&open);
    if open.iter().all(|job| stops_the_bill(job.phase)) {
        toasts::plain(state, now, lines.join(" "));
        return ids.into_iter().map(Effect::Cancel).collect();
    }
    let title = if open.len() == 1 { format!("Stop #{}?", first.id) } else { format!("Stop {} jobs?", open.len()) };
    state.dialog = Some(Dialog::Confirm(Confirm { title, lines, pending: Pending::Cancel(ids) }));
    Effects::new()
}

/// Nothing has been painted yet: stopping it costs nothing.
fn stops_the_bill(phase: Phase) -> bool {
    matches!(phase, Phase::Held | Phase::Queued | Phase::Preparing | Phase::Waiting)
}

/// What stopping does to jobs, by where they are.
fn stop_lines(jobs: &[&Job]) -> Vec<String> {
    let of = |phases: &[Phase]| -> Option<String> {
        let found: Vec<_> = jobs.iter().filter(|job| phases.contains(&job.phase)).collect();
        match found.as_slice() {
            [] => None,
            [job] => Some(format!("#{}", job.id)),
            many => Some(format!("{} jobs", many.len())),
        }
    };
    let groups = [
        (of(&[Phase::Held, Phase::Queued, Phase::Preparing]), "dropped. Nothing was sent, nothing is billed."),
        (of(&[Phase::Waiting]), "with the service, not begun: it is asked to cancel. Begun meanwhile, it bills."),
        (
            of(&[Phase::Running, Phase::Fetching, Phase::Adopted]),
            "at work at the service: this stops the waiting, not the bill.",
        ),
        (of(&[Phase::Unsure]), "in doubt: it may have been billed. Given up, it is no longer looked for."),
    ];
    groups.into_iter().filter_map(|(who, words)| Some(format!("{}: {words}", who?))).collect()
}

/// Fetches what the service still keeps; costs nothing, so it does not ask.
pub(super) fn refetch(state: &mut State, now: Now) -> Effects {
    let Some(jobs) = targets(state, now) else { return Effects::new() };
    let ids: Vec<JobId> = jobs.iter().filter(|job| can_refetch(job)).map(|job| job.id).collect();
    let words = match ids.as_slice() {
        [] if jobs.len() == 1 => format!("#{} has no missing pictures to fetch", jobs[0].id),
        [] => "None of them has missing pictures to fetch".to_owned(),
        [id] => format!("#{id} is fetched again; this costs nothing"),
        many => format!("{} jobs are fetched again; this costs nothing", many.len()),
    };
    toasts::plain(state, now, words);
    ids.into_iter().map(Effect::Refetch).collect()
}

/// Looks once more for calls whose answer was lost; costs nothing.
pub(super) fn look_again(state: &mut State, now: Now) -> Effects {
    let Some(jobs) = targets(state, now) else { return Effects::new() };
    let ids: Vec<JobId> = jobs.iter().filter(|job| job.phase == Phase::Unsure).map(|job| job.id).collect();
    let words = match ids.as_slice() {
        [] => "Only a job whose answer was lost (UNSURE) is looked for".to_owned(),
        [id] => format!("#{id} is looked for at the service; this costs nothing"),
        many => format!("{} jobs are looked for at the service; this costs nothing", many.len()),
    };
    toasts::plain(state, now, words);
    ids.into_iter().map(Effect::Seek).collect()
}

/// Sending again costs money: it always asks, and says so where it may bill twice.
pub(super) fn retry(state: &mut State, now: Now) {
    let Some(jobs) = targets(state, now) else { return };
    let again: Vec<&Job> = jobs.iter().filter(|job| state.can_resend(job)).collect();
    let Some(first) = again.first() else {
        let words = match jobs.as_slice() {
            [job] => cannot_resend(job),
            _ => "None of them can be sent again".to_owned(),
        };
        toasts::plain(state, now, words);
        return;
    };
    let count = |billed: Billed| again.iter().filter(|job| first_try(job) == Some(billed)).count();
    let (unknown, yes, one) = (count(Billed::Unknown), count(Billed::Yes), again.len() == 1);
    let warn = |n: usize, single: &str, many: &str| {
        (n > 0).then(|| if one { single.to_owned() } else { format!("{n} of them: {many}") })
    };
    let free = again.iter().any(|job| can_refetch(job)).then(|| {
        let whose = if one { "Its" } else { "Some" };
        format!("{whose} missing pictures can also be fetched again, which costs nothing.")
    });
    let lines = [
        warn(
            unknown,
            "The first try may have been billed: this may bill a second time.",
            "the first try may have been billed; this may bill a second time.",
        ),
        warn(yes, "The first try was billed: this bills again.", "the first try was billed; this bills again."),
        Some(price_again(state, &again)),
        free,
    ];
    let title = if one { format!("Send #{} again?", first.id) } else { format!("Send {} jobs again?", again.len()) };
    let pending = Pending::Retry(again.iter().map(|job| job.id).collect());
    state.dialog = Some(Dialog::Confirm(Confirm { title, lines: lines.into_iter().flatten().collect(), pending }));
}

/// Whether the first try was billed, as far as is known.
pub(super) fn first_try(job: &Job) -> Option<Billed> {
    match job.phase {
        Phase::Unsure => Some(Billed::Unknown),
        _ => job.fault.as_ref().map(|fault| fault.billed),
    }
}

fn cannot_resend(job: &Job) -> String {
    let instead = match job.phase.is_ended() {
        _ if can_refetch(job) => "; its missing pictures can be fetched again, which costs nothing",
        true => "; use it again from the form instead",
        false => "",
    };
    format!("#{} is {}{instead}", job.id, job.phase)
}

/// What sending jobs again costs at most. One with a picture on disk goes on with its next request; one without begins
/// with its first.
fn price_again(state: &State, jobs: &[&Job]) -> String {
    let (mut costs, mut rest) = (Vec::new(), String::new());
    for job in jobs {
        let model = state.catalog.get(job.request.model.as_str());
        let parts = model.map(|model| (model, model.parts(&job.request)));
        costs.push(match parts {
            Some((model, parts)) if parts.len() > 1 && !job.images.is_empty() => {
                let missing: Vec<_> = parts.iter().skip(job.answered as usize).collect();
                let images = missing.iter().map(|part| model.cost(part, state.header.region).images()).sum();
                if jobs.len() == 1 {
                    rest = format!(" {} of its {} requests are still to be sent.", missing.len(), parts.len());
                }
                job.estimate.for_images(images)
            }
            _ => job.estimate.clone(),
        });
    }
    match (sum(&costs), costs.len()) {
        (Some(total), 1) => format!("It costs up to {total}.{rest}"),
        (Some(total), _) => format!("Together they cost up to {total}."),
        (None, 1) => format!("Its price is unknown.{rest}"),
        (None, _) => "What they cost together is unknown.".to_owned(),
    }
}

/// The sum of costs; `None` when one of them is unknown or in another currency.
fn sum(costs: &[Cost]) -> Option<Money> {
    let amounts: Vec<Money> = costs.iter().map(Cost::total).collect::<Option<_>>()?;
    let first = *amounts.first()?;
    let same = amounts.iter().all(|amount| amount.currency == first.currency);
    same.then(|| amounts[1..].iter().fold(first, |sum, amount| sum + *amount))
}

/// Makes new jobs that ask for the same. They cost what a submit costs, and ask as one does.
pub(super) fn duplicate(state: &mut State, now: Now) -> Effects {
    let Some(jobs) = targets(state, now) else { return Effects::new() };
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let costs: Vec<Cost> = jobs.iter().map(|job| job.estimate.clone()).collect();
    let total = sum(&costs);
    let one = ids.len() == 1;
    let what = if one { format!("#{}", ids[0]) } else { format!("{} jobs", ids.len()) };
    let dear = |limit: Money| total.is_none_or(|total| !total.is_within(limit));
    if let Some(limit) = state.ask_above.filter(|limit| dear(*limit)) {
        let price = match total {
            Some(total) => format!("That costs up to {total} once more."),
            None => "What that costs is unknown.".to_owned(),
        };
        let lines = vec![price, format!("Submits above {limit} ask first.")];
        let confirm = Confirm { title: format!("Make {what} again?"), lines, pending: Pending::Duplicate(ids) };
        state.dialog = Some(Dialog::Confirm(confirm));
        return Effects::new();
    }
    toasts::plain(state, now, format!("{what} is asked for once more, seed and all").replace("jobs is", "jobs are"));
    vec![Effect::Duplicate(ids)]
}

/// The jobs an action is about, or a word that there are none.
pub(super) fn targets(state: &mut State, now: Now) -> Option<Vec<Job>> {
    let jobs: Vec<Job> = state.targets().into_iter().cloned().collect();
    if jobs.is_empty() {
        let marked = state.marked() > 0;
        toasts::plain(
            state,
            now,
            if marked { "The marked jobs are hidden by the filter" } else { "No job is selected" },
        );
        return None;
    }
    Some(jobs)
}

/// The one selected job, or a word that there is none.
pub(super) fn selected(state: &mut State, now: Now) -> Option<Job> {
    let job = state.chosen().cloned();
    if job.is_none() {
        toasts::plain(state, now, "No job is selected");
    }
    job
}
