//! Pictures shown beside lists: the one the selection rests on is asked for, once.

use std::time::Duration;

use super::Effects;
use crate::domain::Now;
use crate::tui::effect::Effect;
use crate::tui::layout::{self, Layout};
use crate::tui::msg::PaintedPart;
use crate::tui::state::{Dialog, Part, REST, Screen, Sight, State, Thumb};

/// Follows the selections, and asks for what they rest on.
pub(super) fn ask(state: &mut State, now: Now) -> Effects {
    let wanted = state.beside();
    let pane = layout::beside(state);
    let mut effects = follow(&mut state.references.beside, now, wanted, (pane.width, pane.height));
    let pane = layout::browser(state.size).thumb;
    if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        let wanted = browser.sight();
        effects.extend(follow(&mut browser.thumb, now, wanted, (pane.width, pane.height)));
    }
    if let (Some(wanted), Layout::History(grove)) = (state.sights_in_grove(), layout::layout(state)) {
        for ((thumb, wanted), pane) in state.lineage.thumbs.iter_mut().zip(wanted).zip(grove.pictures) {
            effects.extend(follow(thumb, now, wanted, (pane.width, pane.height)));
        }
    }
    effects
}

fn follow(thumb: &mut Thumb, now: Now, wanted: Option<Sight>, pane: (u16, u16)) -> Effects {
    if thumb.wanted != wanted {
        thumb.wanted = wanted;
        thumb.due = Some(now.after(REST));
    }
    if thumb.due.is_some_and(|due| due > now) {
        return Effects::new();
    }
    thumb.due = None;
    let Some(Sight { path, size }) = thumb.wanted.clone().filter(|_| pane.0 > 0 && pane.1 > 0) else {
        (thumb.asked, thumb.shown) = (None, None);
        return Effects::new();
    };
    let part = Part { path, region: [0, 0, size.0, size.1], pane };
    if thumb.asked.as_ref() == Some(&part) {
        return Effects::new();
    }
    thumb.asked = Some(part.clone());
    vec![Effect::PaintPart(part)]
}

fn all(state: &mut State) -> impl Iterator<Item = &mut Thumb> {
    let browser = match &mut state.dialog {
        Some(Dialog::Browser(browser)) => Some(&mut browser.thumb),
        _ => None,
    };
    std::iter::once(&mut state.references.beside).chain(browser).chain(&mut state.lineage.thumbs)
}

/// Another picture is painted meanwhile, which may overtake the ones asked for: they are asked for again.
pub(super) fn overtaken(state: &mut State) {
    for thumb in all(state) {
        if thumb.asked.as_ref() != thumb.shown.as_ref().map(|(part, _)| part) {
            thumb.asked = None;
        }
    }
}

/// Whether what was painted is taken: it was asked for last, or it is shown, and comes made lighter or drawn another way.
pub(super) fn takes<T: PartialEq>(asked: Option<&T>, shown: Option<&T>, painted: &T) -> bool {
    asked == Some(painted) || shown == Some(painted)
}

/// Takes a painted part.
pub(super) fn painted(state: &mut State, painted: &PaintedPart) {
    let is_taken =
        |thumb: &&mut Thumb| takes(thumb.asked.as_ref(), thumb.shown.as_ref().map(|(part, _)| part), &painted.part);
    for thumb in all(state).filter(is_taken) {
        thumb.shown = Some((painted.part.clone(), painted.cells.clone()));
    }
}

/// Until a selection has rested.
pub(super) fn wait(state: &State, now: Now) -> Option<Duration> {
    let browser = match &state.dialog {
        Some(Dialog::Browser(browser)) => browser.thumb.due,
        _ => None,
    };
    let gallery = state.gallery.thumbs.due.filter(|_| state.screen == Screen::Gallery);
    let grove = state.sights_in_grove().and(state.lineage.thumbs.iter().filter_map(|thumb| thumb.due).min());
    [state.references.beside.due, browser, gallery, grove].into_iter().flatten().map(|due| due.since(now)).min()
}
