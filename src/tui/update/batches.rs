//! The batch screen: going from batch to batch, and what is done with a whole one.

use super::{Effects, jobs, preview, toasts};
use crate::domain::{Batch, BatchId, Fault, Job, Now};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pending, Scope, Screen, State};

/// So many rows at once are more than any model takes.
const AT_ONCE_MAX: u32 = 1000;

/// Looks at another batch, from its first row on.
pub(super) fn select_by(state: &mut State, by: isize) {
    let last = state.batches.list.len().saturating_sub(1);
    let at = state.batches.index().map_or(0, |at| at.saturating_add_signed(by).min(last));
    let Some(id) = state.batches.list.get(at).map(|batch| batch.id) else { return };
    if state.batches.selected != Some(id) {
        look_at(state, id);
    }
}

fn look_at(state: &mut State, id: BatchId) {
    state.batches.selected = Some(id);
    state.batches.unseen.clear();
    state.batches.asked = None;
    if state.screen == Screen::Batch {
        jobs::select_at(state, 0);
    }
}

/// The selection is on a row that is shown, where there is one.
pub(super) fn settle(state: &mut State) {
    if state.screen == Screen::Batch && state.chosen().is_none() {
        jobs::select_at(state, 0);
    }
}

/// Shows other rows.
pub(super) fn cycle(state: &mut State) {
    state.batches.rows = state.batches.rows.next();
    settle(state);
}

/// Asks for the rows of the batch that is to be seen, once: the studio knows only the newest jobs by itself.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let batch = state.batches.selected.filter(|_| state.screen == Screen::Batch)?;
    if state.batches.asked == Some(batch) {
        return None;
    }
    state.batches.asked = Some(batch);
    Some(Effect::Rows(batch))
}

/// The rows are here. What was told of a job since is newer than what was read.
pub(super) fn rows(state: &mut State, batch: BatchId, rows: Vec<Job>) -> Effects {
    if state.batches.selected != Some(batch) {
        return Effects::new();
    }
    let known = |state: &State, job: &Job| {
        state.queue.get(job.id).is_some() || state.batches.unseen.iter().any(|other| other.id == job.id)
    };
    for job in rows {
        if known(state, &job) {
            continue;
        }
        if job.cleared {
            state.batches.unseen.push(job);
        } else {
            let at = state.queue.jobs.partition_point(|other| other.id > job.id);
            state.queue.jobs.insert(at, job);
        }
    }
    settle(state);
    Effects::new()
}

/// A job changed: it is kept with the rows out of sight, or no longer.
pub(super) fn learn(state: &mut State, job: &Job) {
    state.batches.unseen.retain(|other| other.id != job.id);
    let of = job.row.as_ref().map(|row| row.batch);
    if job.cleared && of.is_some() && of == state.batches.selected {
        state.batches.unseen.push(job.clone());
    }
}

/// The batches there are now. One that was under way before our eyes and is over now is told.
pub(super) fn changed(state: &mut State, now: Now, mut news: Vec<Batch>) {
    news.reverse();
    for batch in &news {
        let open = |batch: &Batch| batch.counts.over() < batch.counts.all();
        let was_open = state.batches.list.iter().any(|old| old.id == batch.id && open(old));
        if was_open && !open(batch) {
            tell(state, now, batch);
        }
    }
    state.batches.list = news;
    if state.batches.batch().is_none() {
        state.batches.selected = None;
        if let Some(newest) = state.batches.list.first().map(|batch| batch.id) {
            look_at(state, newest);
        }
    }
}

fn tell(state: &mut State, now: Now, batch: &Batch) {
    let counts = &batch.counts;
    let name = format!("b{} {}", batch.id, batch.name);
    if counts.done == counts.all() {
        toasts::good(state, now, format!("{name} is done: {}", rows_words(counts.done)));
        return;
    }
    let parts = [
        (counts.done, "done"),
        (counts.partial, "partly done"),
        (counts.failed, "failed"),
        (counts.unsure, "unsure"),
        (counts.cancelled, "cancelled"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let words = format!("{name} has come to its end: {} of {}", said.join(", "), rows_words(counts.all()));
    toasts::bad(state, now, words);
}

fn rows_words(count: u32) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// The batch looked at, or a word that there is none.
fn chosen(state: &mut State, now: Now) -> Option<Batch> {
    let batch = state.batches.batch().cloned();
    if batch.is_none() {
        toasts::plain(state, now, "There is no batch yet");
    }
    batch
}

/// Keeps its rows back, or lets them go.
pub(super) fn pause(state: &mut State, now: Now) -> Effects {
    let Some(batch) = chosen(state, now) else { return Effects::new() };
    let paused = !batch.paused;
    let words = match (paused, state.queue.paused.all) {
        (true, _) => format!("b{} is paused: nothing more of it is sent. What was sent goes on.", batch.id),
        (false, false) => format!("b{} goes on", batch.id),
        (false, true) => format!("b{} goes on when the queue does: everything is paused", batch.id),
    };
    toasts::plain(state, now, words);
    vec![Effect::PauseBatch { batch: batch.id, paused }]
}

/// Lets more or fewer of its rows be at work at once.
pub(super) fn at_once(state: &mut State, now: Now, by: i32) -> Effects {
    let Some(batch) = chosen(state, now) else { return Effects::new() };
    let most = match batch.parallel {
        Some(most) => most.saturating_add_signed(by).clamp(1, AT_ONCE_MAX),
        None if by > 0 => {
            let words = format!("b{} has no limit of its own: as many go as the account allows", batch.id);
            toasts::plain(state, now, words);
            return Effects::new();
        }
        // From what goes now, one less.
        None => batch.counts.live.saturating_sub(1).max(1),
    };
    if batch.parallel == Some(most) {
        let words = format!("b{} keeps {most} in flight", batch.id);
        let key = toasts::key(state, Scope::Batch, Action::PauseBatch);
        toasts::plain(state, now, key.map_or(words.clone(), |key| format!("{words}; {key} pauses it")));
        return Effects::new();
    }
    set_at_once(state, batch.id, Some(most))
}

/// Lets as many of its rows be at work at once as the account allows.
pub(super) fn unlimited(state: &mut State, now: Now) -> Effects {
    let Some(batch) = chosen(state, now) else { return Effects::new() };
    toasts::plain(state, now, format!("b{} has no limit of its own: as many go as the account allows", batch.id));
    if batch.parallel.is_none() {
        return Effects::new();
    }
    set_at_once(state, batch.id, None)
}

fn set_at_once(state: &mut State, id: BatchId, most: Option<u32>) -> Effects {
    // The next key counts from here, before the store has told us.
    if let Some(batch) = state.batches.list.iter_mut().find(|other| other.id == id) {
        batch.parallel = most;
    }
    vec![Effect::AtOnce { batch: id, most: most.unwrap_or(0) }]
}

/// Asks whether what waits is to be cancelled.
pub(super) fn stop(state: &mut State, now: Now) {
    let Some(batch) = chosen(state, now) else { return };
    let (waiting, live) = (batch.counts.waiting, batch.counts.live);
    if waiting == 0 {
        let words = match live {
            0 => format!("Nothing of b{} waits or is at work", batch.id),
            _ => format!("No row of b{} waits: what is at work still ends", batch.id),
        };
        toasts::plain(state, now, words);
        return;
    }
    let verb = if waiting == 1 { "waits and is" } else { "wait and are" };
    let lines = vec![
        format!("{} {verb} cancelled. Nothing was sent of them, nothing is billed.", rows_words(waiting)),
        match live {
            0 => "Nothing is at work.".to_owned(),
            1 => "1 row is at work and still ends.".to_owned(),
            many => format!("{many} rows are at work and still end."),
        },
        "The same file, planned again, goes on with the rest.".to_owned(),
    ];
    let confirm = Confirm { title: format!("Stop b{}?", batch.id), lines, pending: Pending::StopBatch(batch.id) };
    state.dialog = Some(Dialog::Confirm(confirm));
}

/// Has its pictures laid out on a page.
pub(super) fn sheet(state: &mut State, now: Now) -> Effects {
    let Some(batch) = chosen(state, now) else { return Effects::new() };
    toasts::plain(state, now, format!("b{} is being laid out", batch.id));
    vec![Effect::Sheet(batch.id)]
}

/// The page is there, or could not be written.
pub(super) fn laid_out(state: &mut State, now: Now, result: Result<std::path::PathBuf, Fault>) -> Effects {
    match result {
        Ok(path) => toasts::good(state, now, format!("Contact sheet: {}", path.display())),
        Err(fault) => toasts::bad(state, now, fault.to_string()),
    }
    Effects::new()
}

/// The batch is begun, or could not be.
pub(super) fn begun(state: &mut State, now: Now, result: Result<BatchId, Fault>) -> Effects {
    match result {
        Ok(id) => {
            toasts::good(state, now, format!("b{id} is under way"));
            look_at(state, id);
            preview::follow_selection(state);
        }
        Err(fault) => toasts::bad(state, now, fault.to_string()),
    }
    Effects::new()
}
