//! Going to a place by its letter.

use super::{Effects, gallery, jobs, settings, toasts};
use crate::domain::Now;
use crate::keymap::{Code, Key};
use crate::tui::layout::{Spot, spots};
use crate::tui::state::{Pane, Screen, State};

/// A key while letters lie on the places. One that is no letter there ends it.
pub(super) fn press(state: &mut State, now: Now, key: Key) -> Effects {
    let letter = match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => Some(c),
        _ => None,
    };
    let spot = spots(state).into_iter().find(|(known, _)| Some(*known) == letter).map(|(_, spot)| spot);
    state.dialog = None;
    match spot {
        Some(spot) => go(state, now, spot),
        None => toasts::plain(state, now, format!("No place has the letter {key}")),
    }
    Effects::new()
}

fn go(state: &mut State, now: Now, spot: Spot) {
    if state.compose.typed.is_some() {
        settings::commit(state, now);
        if state.compose.typed.is_some() {
            return;
        }
    }
    match spot {
        Spot::Pane(pane) => state.pane = pane,
        Spot::Setting(row) => (state.pane, state.compose.row) = (Pane::Settings, row),
        Spot::Reference(at) => (state.pane, state.references.selected) = (Pane::References, at),
        Spot::Picture(at) => gallery::select(state, at),
        Spot::Job(id) => {
            if state.screen == Screen::Compose {
                state.pane = Pane::Queue;
            }
            jobs::select(state, id);
        }
    }
    // A text is typed into at once: that is what it is for.
    state.typing = state.screen == Screen::Compose && state.pane.is_text();
}
