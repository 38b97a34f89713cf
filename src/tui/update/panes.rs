//! Going from pane to pane.

use super::{jobs, settings};
use crate::domain::Now;
use crate::tui::state::{Screen, State};

/// Goes to a screen.
pub(super) fn show(state: &mut State, screen: Screen) {
    state.show(screen);
    if screen == Screen::Queue && state.chosen().is_none() {
        jobs::select_at(state, 0);
    }
}

/// Gives the keys to the pane `by` places on. A text pane is typed into at once: that is what it is for.
pub(super) fn step(state: &mut State, now: Now, by: isize) {
    if state.compose.typed.is_some() {
        settings::commit(state, now);
        if state.compose.typed.is_some() {
            return;
        }
    }
    let panes = state.panes();
    let at = panes.iter().position(|pane| *pane == state.pane).unwrap_or(0) as isize;
    state.pane = panes[(at + by).rem_euclid(panes.len() as isize) as usize];
    state.typing = state.pane.is_text();
}
