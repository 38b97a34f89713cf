//! Choosing a theme: the screen takes each one on as the selection moves.

use std::sync::Arc;

use super::{Effects, toasts};
use crate::domain::Now;
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, State, ThemePicker};

pub(super) fn open(state: &mut State) {
    let names: Vec<String> = state.looks.themes.names().into_iter().map(str::to_owned).collect();
    let selected = names.iter().position(|name| *name == state.theme.name).unwrap_or(0);
    let before = state.theme.clone();
    state.dialog = Some(Dialog::Themes(ThemePicker { names, selected, before }));
}

/// Goes `by` entries on.
pub(super) fn step(state: &mut State, by: isize) {
    let Some(Dialog::Themes(picker)) = &mut state.dialog else { return };
    let last = picker.names.len().saturating_sub(1);
    picker.selected = picker.selected.saturating_add_signed(by).min(last);
    wear(state);
}

/// Goes to the next theme whose name begins with a letter.
pub(super) fn jump(state: &mut State, letter: char) {
    let Some(Dialog::Themes(picker)) = &mut state.dialog else { return };
    let count = picker.names.len();
    let after = (1..=count).map(|by| (picker.selected + by) % count);
    let found = after.into_iter().find(|at| picker.names[*at].starts_with(letter.to_ascii_lowercase()));
    picker.selected = found.unwrap_or(picker.selected);
    wear(state);
}

/// The screen takes the selected theme on.
fn wear(state: &mut State) {
    let Some(Dialog::Themes(picker)) = &state.dialog else { return };
    let name = picker.names.get(picker.selected).map_or("", String::as_str);
    if let Some(theme) = state.looks.themes.named(name, state.theme.depth) {
        state.theme = Arc::new(theme);
    }
}

/// The selected theme stays, for the next start too, unless the user's own settings name another.
pub(super) fn accept(state: &mut State, now: Now, picker: &ThemePicker) -> Effects {
    if state.theme.name == picker.before.name {
        return Effects::new();
    }
    let name = state.theme.name.clone();
    match &state.looks.pinned {
        Some(origin) => {
            let words = format!("Theme: {name}, until you leave: the next start takes the one set in {origin}");
            toasts::plain(state, now, words);
            Effects::new()
        }
        None => {
            toasts::plain(state, now, format!("Theme: {name}"));
            vec![Effect::KeepTheme(name)]
        }
    }
}

/// As it was before.
pub(super) fn abandon(state: &mut State, picker: ThemePicker) {
    state.theme = picker.before;
}
