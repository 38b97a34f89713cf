//! Naming pictures while typing: a list is offered where a name is begun, and one of it taken.

use crate::keymap::{Code, Key};
use crate::tui::state::{Mention, Pane, State, Trigger};

/// After a key that typed: offers the pictures where their name is begun, else nothing.
pub(super) fn settle(state: &mut State, key: Key) {
    let typed = matches!(key.code, Code::Char(_)) && !key.ctrl && !key.alt;
    let wanted = typed && state.pane == Pane::Prompt && !state.compose.request.images.is_empty();
    let trigger = wanted.then(|| Trigger::of(state.compose.prompt.before_cursor())).flatten();
    state.references.mention = trigger.map(|trigger| Mention { trigger, chosen: None });
}

/// Closes the list where the name it was offered for is not being typed any more.
pub(super) fn check(state: &mut State) {
    let Some(mention) = state.references.mention else { return };
    let here = state.typing && state.pane == Pane::Prompt && !state.compose.request.images.is_empty();
    if !here || Trigger::of(state.compose.prompt.before_cursor()) != Some(mention.trigger) {
        state.references.mention = None;
    }
}

/// Chooses the next picture, or the one before; before the first nothing is chosen again.
pub(super) fn step(state: &mut State, by: isize) {
    let count = state.compose.request.images.len();
    let Some(mention) = &mut state.references.mention else { return };
    mention.chosen = match mention.chosen {
        None => (by > 0 && count > 0).then_some(0),
        Some(at) => at.checked_add_signed(by).map(|at| at.min(count.saturating_sub(1))),
    };
}

/// Writes the name of the chosen picture.
pub(super) fn take(state: &mut State) {
    let Some(mention) = state.references.mention.take() else { return };
    if let Some(at) = mention.chosen {
        let (back, text) = mention.trigger.edit(at);
        state.compose.prompt.exchange(back, &text);
    }
}

/// Closes the list.
pub(super) fn close(state: &mut State) {
    state.references.mention = None;
}
