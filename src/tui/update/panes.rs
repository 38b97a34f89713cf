//! Going from pane to pane, and the look of them all.

use std::sync::Arc;

use super::{jobs, settings, toasts};
use crate::domain::Now;
use crate::theme::Theme;
use crate::tui::state::{Screen, State};

/// Goes to a screen.
pub(super) fn show(state: &mut State, screen: Screen) {
    state.show(screen);
    if screen != Screen::Compose && state.chosen().is_none() {
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

pub(super) fn next_theme(state: &mut State, now: Now) {
    let names = Theme::names();
    let at = names.iter().position(|name| *name == state.theme.name).map_or(0, |at| at + 1);
    let name = names[at % names.len()];
    if let Some(theme) = Theme::named(name, state.theme.depth) {
        state.theme = Arc::new(theme);
        toasts::plain(state, now, format!("Theme: {name}"));
    }
}
