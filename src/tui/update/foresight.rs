//! What the user may turn to next: the pictures before and behind the one that is seen, and in the gallery the row that
//! comes next. Asked for once all that is in sight is painted and no key has come for a while.

use std::time::Duration;

use super::Effects;
use crate::domain::{Image, Job, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::{Layout, layout, part, picture_pane};
use crate::tui::state::{Ahead, Dialog, STILL, Screen, State};

/// Asks for what may be wanted next, once; takes that back when something else may be.
pub(super) fn ask(state: &mut State, now: Now) -> Effects {
    let wanted = ahead(state);
    let foresight = &mut state.preview.ahead;
    if foresight.wanted != wanted {
        foresight.due = (!wanted.is_empty()).then(|| now.after(STILL));
        foresight.wanted = wanted;
        return std::mem::take(&mut foresight.asked).then(|| Effect::Foresee(Vec::new())).into_iter().collect();
    }
    if foresight.due.is_none_or(|due| due > now) {
        return Effects::new();
    }
    (foresight.due, foresight.asked) = (None, true);
    vec![Effect::Foresee(foresight.wanted.clone())]
}

/// A key came: the user is not still.
pub(super) fn stir(state: &mut State, now: Now) {
    let due = &mut state.preview.ahead.due;
    *due = due.map(|_| now.after(STILL));
}

/// Until the user has been still for long enough.
pub(super) fn wait(state: &State, now: Now) -> Option<Duration> {
    state.preview.ahead.due.map(|due| due.since(now))
}

/// What may be wanted next; nothing while something in sight is not painted.
fn ahead(state: &State) -> Vec<Ahead> {
    let viewed = matches!(state.dialog, Some(Dialog::Zoom));
    match layout(state) {
        Layout::Gallery(wall) if !viewed => {
            let thumbs = &state.gallery.thumbs;
            let waits = thumbs.due.is_some() || thumbs.wanted.iter().any(|part| thumbs.get(part).is_none());
            if state.dialog.is_some() || waits || thumbs.wanted.is_empty() {
                return Vec::new();
            }
            let next = state.gallery.cards.iter().skip(wall.sight(state).end).take(wall.columns.into());
            next.map(|card| Ahead::Part(part(card, wall.pane()))).collect()
        }
        _ if viewed || state.dialog.is_none() => beside(state, viewed),
        _ => Vec::new(),
    }
}

/// The pictures behind and before the one that is shown whole.
fn beside(state: &State, viewed: bool) -> Vec<Ahead> {
    let shown = state.preview.shown.as_ref().map(|shown| (shown.image, shown.pane));
    let Some((here, pane)) = shown.filter(|shown| state.preview.asked == Some(*shown)) else { return Vec::new() };
    if picture_pane(state) != Some(pane) || (viewed && state.viewer.lens.zoom > 0) {
        return Vec::new();
    }
    let neighbours: [Option<&Image>; 2] = if viewed && state.screen == Screen::Gallery {
        let cards = &state.gallery.cards;
        let at = |by| Some(&cards.get(state.gallery.selected.checked_add_signed(by)?)?.image);
        [at(1), at(-1)]
    } else {
        [1, -1].map(|by| neighbour(state, here, by, viewed))
    };
    let wish = |image: &Image| Ahead::Whole { image: image.id, path: image.path.clone(), pane };
    neighbours.into_iter().flatten().filter(|image| image.id != here).map(wish).collect()
}

/// The next picture of the job that is viewed, then of the next job that has some; in a list the next job's first one.
fn neighbour(state: &State, here: crate::domain::ImageId, by: isize, viewed: bool) -> Option<&Image> {
    let listed = state.listed();
    let at = listed.iter().position(|job| job.id == here.job)?;
    if viewed {
        let images = &listed[at].images;
        let own = images.iter().position(|image| image.id == here)?.checked_add_signed(by);
        if let Some(image) = own.and_then(|own| images.get(own)) {
            return Some(image);
        }
    }
    let has = |job: &&&Job| !job.images.is_empty();
    let job = match (viewed, by > 0) {
        (true, true) => listed[at + 1..].iter().find(has),
        (true, false) => listed[..at].iter().rev().find(has),
        // A list goes to the next job, whether it has pictures or not.
        (false, _) => at.checked_add_signed(by).and_then(|at| listed.get(at)),
    }?;
    if viewed && by < 0 { job.images.last() } else { job.images.first() }
}
