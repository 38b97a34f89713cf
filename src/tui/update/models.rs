//! Choosing a model.

use super::fuzzy::Fuzzy;
use super::settings;
use crate::catalog::Model;
use crate::domain::{ModelId, Now};
use crate::tui::state::{Dialog, ModelPicker, State};

pub(super) fn open(state: &mut State) {
    state.dialog = Some(Dialog::Models(ModelPicker::default()));
    refilter(state);
    let current = state.compose.request.model.clone();
    if let Some(Dialog::Models(picker)) = &mut state.dialog {
        picker.selected = picker.matches.iter().position(|id| *id == current).unwrap_or(0);
    }
}

/// Matches the filter against ids and descriptions, best first; the catalogue's order when nothing is typed.
pub(super) fn refilter(state: &mut State) {
    let text = |model: &Model| (model.id.clone(), format!("{} {}", model.id, model.about));
    let offered: Vec<(ModelId, String)> = state.offered_models().map(text).collect();
    let Some(Dialog::Models(picker)) = &mut state.dialog else { return };
    let mut fuzzy = Fuzzy::new(picker.filter.text());
    let scored = offered.into_iter().filter_map(|(id, text)| Some((fuzzy.score(&text)?, id)));
    let mut scored: Vec<(u32, ModelId)> = scored.collect();
    let whole = picker.filter.text().trim();
    if !whole.is_empty() {
        // A whole name is that model, whatever else begins with it.
        scored.sort_by_key(|(score, id)| (id.as_str() != whole, std::cmp::Reverse(*score)));
    }
    picker.matches = scored.into_iter().map(|(_, id)| id).collect();
    picker.selected = 0;
}

pub(super) fn accept(state: &mut State, now: Now, picker: &ModelPicker) {
    if let Some(id) = picker.matches.get(picker.selected) {
        settings::change_model(state, now, id.clone());
    }
}
