//! The history screen: reading families, going through them, and what is done with one of their jobs.

use super::{Effects, jobs, recall, toasts};
use crate::domain::lineage::{Kin, Lineage as Families};
use crate::domain::{Fault, Job, JobId, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::{Layout, grove_window, layout};
use crate::tui::state::{Dialog, Line, Lineage, Purpose, Screen, State, WordEntry};

/// Rows before the end at which older families are asked for.
const AHEAD: usize = 20;

/// Asks for families: when the screen is seen, when something was made since, when the selection comes near the end.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    if state.screen != Screen::History {
        return None;
    }
    let lineage = &mut state.lineage;
    lineage.most = lineage.most.max(Lineage::PAGE);
    let near_end = || {
        let (at, count) = (lineage.at(), lineage.shown().len());
        at.is_some_and(|at| at + AHEAD >= count)
    };
    if lineage.more && lineage.is_here() && near_end() {
        lineage.most += Lineage::PAGE;
    }
    let wanted = (lineage.words.clone(), lineage.most);
    if lineage.asked.as_ref() == Some(&wanted) {
        return None;
    }
    lineage.asked = Some(wanted.clone());
    Some(Effect::Lineage { words: wanted.0, most: wanted.1 })
}

/// Families are here, unless others were asked for since.
pub(super) fn here(
    state: &mut State,
    now: Now,
    words: String,
    most: usize,
    result: Result<Families, Fault>,
) -> Effects {
    let asked = (words, most);
    if state.lineage.asked.as_ref() != Some(&asked) {
        return Effects::new();
    }
    match result {
        Ok(found) => {
            let lineage = &mut state.lineage;
            let Families { rows, families, more, cut } = found;
            let is_new = lineage.answered.as_ref().is_none_or(|(words, _)| *words != asked.0);
            (lineage.rows, lineage.families, lineage.more, lineage.cut) = (rows, families, more, cut);
            lineage.answered = Some(asked);
            let found = lineage.rows.iter().find(|kin| lineage.is_found(&kin.job)).map(|kin| kin.job.id);
            if is_new && found.is_some() {
                lineage.selected = found;
            }
        }
        Err(fault) => {
            toasts::bad(state, now, fault.to_string());
            // It is what it was.
            state.lineage.answered = Some(asked);
        }
    }
    settle(state);
    Effects::new()
}

/// The selection is on a job that is shown, where there is one: below a dead end, on that.
fn settle(state: &mut State) {
    let lineage = &mut state.lineage;
    // Words that find nothing are no reason to forget where the user was.
    if lineage.at().is_some() || lineage.rows.is_empty() {
        return;
    }
    let hidden = lineage.rows.iter().position(|kin| Some(kin.job.id) == lineage.selected);
    let above = hidden.and_then(|at| lineage.rows[..at].iter().rfind(|kin| kin.job.hidden)).map(|kin| kin.job.id);
    lineage.selected = above;
    if lineage.at().is_none() {
        lineage.selected = lineage.shown().first().map(|kin| kin.job.id);
    }
}

/// The screen is come to: on the job that is selected elsewhere, where it is known here. Where that is the same as the last
/// time, the user is where they were.
pub(super) fn arrive(state: &mut State) {
    let elsewhere = state.queue.selected;
    if state.lineage.followed == elsewhere && state.lineage.selected.is_some() {
        return settle_when_read(state);
    }
    state.lineage.followed = elsewhere;
    let is_known = state.lineage.rows.iter().any(|kin| Some(kin.job.id) == elsewhere);
    if is_known || state.lineage.selected.is_none() {
        state.lineage.selected = elsewhere;
    }
    settle_when_read(state);
}

fn settle_when_read(state: &mut State) {
    if state.lineage.answered.is_some() {
        settle(state);
    }
}

/// Goes on by a page of the tree, or by a part of one; to the end where there is less.
pub(super) fn turn(state: &mut State, by: isize, part: usize) {
    let Layout::History(grove) = layout(state) else { return };
    let (_, rows) = grove_window(state, grove.trees);
    // A page overlaps the one before and the one behind by a row.
    let step = (rows.saturating_sub(2) / part.max(1)).max(1);
    jobs::select_by(state, by.saturating_mul(isize::try_from(step).unwrap_or(1)));
}

/// Selects a job.
pub(super) fn select(state: &mut State, id: JobId) {
    state.lineage.selected = Some(id);
}

/// A job changed, or is new: then families are read again when they are next seen.
pub(super) fn learn(state: &mut State, job: &Job) {
    let lineage = &mut state.lineage;
    let is_new = job.created >= newest(&lineage.rows);
    match lineage.rows.iter_mut().find(|kin| kin.job.id == job.id) {
        Some(kin) => kin.job = job.clone(),
        None if is_new => lineage.asked = None,
        None => {}
    }
    settle_when_read(state);
}

/// When the newest job that is known here was made.
fn newest(rows: &[Kin]) -> crate::domain::Stamp {
    rows.iter().map(|kin| kin.job.created).max().unwrap_or(crate::domain::Stamp(0))
}

/// The selected job, or a word that there is none.
fn selected(state: &mut State, now: Now) -> Option<Job> {
    let job = state.in_history().cloned();
    if job.is_none() {
        toasts::plain(state, now, "No job is selected");
    }
    job
}

/// Loads it into the form; what is sent next is made from it.
pub(super) fn branch_off(state: &mut State, now: Now) {
    let Some(job) = selected(state, now) else { return };
    if !recall::fill(state, now, job.id, &job.request) {
        return;
    }
    // Of a job with one picture that is what it is made from.
    if let [image] = &job.images[..] {
        state.compose.parent = Some(image.id.into());
    }
    toasts::good(state, now, format!("What you send next is made from #{}; undo brings your draft back", job.id));
}

/// Asks for a name.
pub(super) fn name(state: &mut State, now: Now) {
    let Some(job) = selected(state, now) else { return };
    let line = Line::new(job.name.as_deref().unwrap_or_default());
    state.dialog = Some(Dialog::Word(WordEntry { purpose: Purpose::Name(job.id), line }));
}

/// Folds a dead end away, or shows it again.
pub(super) fn hide(state: &mut State, now: Now) -> Effects {
    let Some(at) = state.lineage.chosen() else { return Effects::new() };
    let (id, hidden, below) = (at.job.id, !at.job.hidden, at.below);
    let words = match (hidden, below) {
        (true, 0) => format!("#{id} is a dead end; nothing of it is deleted"),
        (true, below) => format!("#{id} and {below} made from it are folded away; nothing is deleted"),
        (false, _) => format!("#{id} is shown again"),
    };
    toasts::plain(state, now, words);
    vec![Effect::Hide { job: id, hidden }]
}

/// Asks for words to find.
pub(super) fn find(state: &mut State) {
    let line = Line::offer(&state.lineage.words);
    state.dialog = Some(Dialog::Word(WordEntry { purpose: Purpose::Find, line }));
}

/// Shows all families again; the selected job stays selected, where it is among them.
pub(super) fn show_all(state: &mut State) {
    state.lineage.words.clear();
    state.lineage.most = Lineage::PAGE;
}
