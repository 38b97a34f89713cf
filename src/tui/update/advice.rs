//! Asking which model to take: the catalogue's rule answers, one key takes the answer.

use super::{settings, toasts};
use crate::domain::Now;
use crate::tui::state::{AdvicePicker, Dialog, State};

/// Opens the answers, the likeliest selected.
pub(super) fn open(state: &mut State) {
    // The built-in emulator is in no region.
    let region = (!state.header.demo).then_some(state.header.region);
    let advice = state.catalog.advise(&state.compose.snapshot(), region);
    state.dialog = Some(Dialog::Advice(AdvicePicker { advice, ..AdvicePicker::default() }));
}

pub(super) fn step(picker: &mut AdvicePicker, by: isize) {
    let last = picker.advice.len().saturating_sub(1);
    picker.selected = picker.selected.saturating_add_signed(by).min(last);
    picker.model = 0;
}

/// Goes to the next model that is good for the same.
pub(super) fn other(state: &mut State) {
    if let Some(Dialog::Advice(picker)) = &mut state.dialog {
        let count = picker.advice.get(picker.selected).map_or(1, |advice| advice.models.len());
        picker.model = (picker.model + 1) % count.max(1);
    }
}

/// Takes the model and mode; what carries over is kept.
pub(super) fn accept(state: &mut State, now: Now, picker: &AdvicePicker) {
    let Some((advice, id)) = picker.chosen() else { return };
    let request = &state.compose.request;
    if (&request.model, request.mode) == (id, advice.mode) {
        toasts::plain(state, now, format!("{id} is in the form already"));
        return;
    }
    toasts::good(state, now, format!("{id} is taken, {}; the prompt stays", advice.mode));
    settings::take(state, now, id.clone(), advice.mode);
}
