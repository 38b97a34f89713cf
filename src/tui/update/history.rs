//! Searching every prompt ever sent, and taking one of them into the form.

use super::{Effects, recall, toasts};
use crate::domain::{Fault, Found, Now};
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, History, State};

pub(super) fn open(state: &mut State) {
    state.dialog = Some(Dialog::History(History::default()));
}

/// Asks for what is typed, once for each change of it.
pub(super) fn ask(state: &mut State) -> Effects {
    let Some(Dialog::History(history)) = &mut state.dialog else { return Effects::new() };
    let query = history.query.text().to_owned();
    if history.asked.as_ref() == Some(&query) {
        return Effects::new();
    }
    history.asked = Some(query.clone());
    vec![Effect::Search { query, most: History::MOST }]
}

/// What was found; an answer to what is no longer asked changes nothing.
pub(super) fn found(state: &mut State, now: Now, query: String, result: Result<Vec<Found>, Fault>) {
    let Some(Dialog::History(history)) = &mut state.dialog else { return };
    if history.query.text() != query {
        return;
    }
    match result {
        Ok(found) => {
            (history.found, history.answered) = (found, Some(query));
            (history.selected, history.top) = (0, 0);
        }
        Err(fault) => toasts::bad(state, now, fault.to_string()),
    }
}

/// Moves the selection.
pub(super) fn step(history: &mut History, by: isize) {
    let last = history.found.len().saturating_sub(1);
    history.selected = history.selected.saturating_add_signed(by).min(last);
    history.top = 0;
}

/// Shows the selected prompt whole, and back. The draft is none of its business.
pub(super) fn peek(state: &mut State) {
    if let Some(Dialog::History(history)) = &mut state.dialog {
        history.peek = !history.peek && history.chosen().is_some();
        history.top = 0;
    }
}

/// Scrolls the prompt shown whole.
pub(super) fn scroll(state: &mut State, by: isize) {
    if let Some(Dialog::History(history)) = &mut state.dialog {
        history.top = history.top.saturating_add_signed(by);
    }
}

/// Takes the selected prompt into the form.
pub(super) fn accept(state: &mut State, now: Now, history: History) {
    match history.chosen() {
        Some(found) => recall::load(state, now, found.job, &found.request),
        // Enter before the answer is there loses nothing.
        None => state.dialog = Some(Dialog::History(history)),
    }
}
