//! Going from pane to pane.

use super::{jobs, lineage, settings};
use crate::domain::Now;
use crate::tui::state::{Pane, Screen, State};

/// Goes to a screen.
pub(super) fn show(state: &mut State, screen: Screen) {
    state.show(screen);
    match screen {
        Screen::Compose => {}
        Screen::History => lineage::arrive(state),
        _ if state.chosen().is_none() => jobs::select_at(state, 0),
        _ => {}
    }
}

/// Gives the keys to the pane `by` places on.
pub(super) fn step(state: &mut State, now: Now, by: isize) {
    let panes = state.panes();
    let at = panes.iter().position(|pane| *pane == state.pane).unwrap_or(0) as isize;
    focus(state, now, panes[(at + by).rem_euclid(panes.len() as isize) as usize]);
}

/// Gives the keys to a pane that is there. A text pane is typed into at once: that is what it is for. A value being typed is
/// set first; one that cannot be keeps the keys.
pub(super) fn focus(state: &mut State, now: Now, pane: Pane) {
    if state.compose.typed.is_some() {
        settings::commit(state, now);
        if state.compose.typed.is_some() {
            return;
        }
    }
    // Setting a value can take a pane away.
    if state.panes().contains(&pane) {
        state.pane = pane;
        state.typing = pane.is_text();
    }
}
