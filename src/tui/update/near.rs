//! What is near the job that is looked at: asked for once, and again when that has changed.

use crate::domain::lineage::Near;
use crate::domain::{Fault, Job, JobId};
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, NearBook, Screen, State};

/// The job whose kin are wanted: the one whose drawer is open; else the selected one, where its parent is not known here.
fn wanted(state: &State) -> Option<JobId> {
    if matches!(state.dialog, Some(Dialog::Zoom)) && state.viewer.drawer {
        return state.viewed().map(|job| job.id);
    }
    // A card of the gallery does not know all that its job does.
    if matches!(state.dialog, Some(Dialog::Zoom)) && state.screen == Screen::Gallery {
        return state.preview.wanted.map(|id| id.job).filter(|id| state.queue.get(*id).is_none());
    }
    let job = state.queue.job().filter(|_| state.screen == Screen::Compose)?;
    let unknown = job.parent.is_some_and(|origin| state.queue.get(origin.job).is_none());
    unknown.then_some(job.id)
}

/// Asks, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let wanted = wanted(state)?;
    if state.viewer.near.asked == Some(wanted) {
        return None;
    }
    state.viewer.near.asked = Some(wanted);
    Some(Effect::Near(wanted))
}

/// The answer; where it could not be had, nothing is told.
pub(super) fn here(state: &mut State, result: Result<Near, Fault>) {
    let book = &mut state.viewer.near;
    if let Ok(near) = result
        && book.asked == Some(near.of)
    {
        book.here = Some(near);
    }
}

/// A job changed: what is known of its kin may not be true any more.
pub(super) fn learn(state: &mut State, job: &Job) {
    let NearBook { asked, here } = &mut state.viewer.near;
    if let Some(guest) = state.viewer.guest.as_deref_mut().filter(|guest| guest.id == job.id) {
        *guest = job.clone();
    }
    let Some(of) = *asked else { return };
    let parent = |near: &Near| near.parent.as_ref().is_some_and(|parent| parent.id == job.id);
    let new_child = || {
        let knows = |near: &Near| near.children.contains(&job.id);
        job.parent.is_some_and(|origin| origin.job == of) && !here.as_ref().is_some_and(knows)
    };
    if here.as_ref().is_some_and(parent) || new_child() {
        *asked = None;
    }
}
