//! Short news that goes away by itself.

use crate::domain::Now;
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::state::{Scope, State, Toast, Tone};

/// More would cover the screen they comment on.
const KEPT: usize = 3;

pub(super) fn good(state: &mut State, now: Now, text: impl AsRef<str>) {
    push(state, now, Tone::Good, text.as_ref());
}

pub(super) fn plain(state: &mut State, now: Now, text: impl AsRef<str>) {
    push(state, now, Tone::Plain, text.as_ref());
}

pub(super) fn bad(state: &mut State, now: Now, text: impl AsRef<str>) {
    push(state, now, Tone::Bad, text.as_ref());
}

fn push(state: &mut State, now: Now, tone: Tone, text: &str) {
    let text = clean(text).into_owned();
    let stays = if tone == Tone::Bad { Toast::LONG } else { Toast::BRIEF };
    state.toasts.retain(|toast| toast.text != text);
    state.toasts.push(Toast { text, tone, until: now.after(stays) });
    let surplus = state.toasts.len().saturating_sub(KEPT);
    state.toasts.drain(..surplus);
}

/// The key bound to an action in a scope, to be named in words; `None` where it has none.
pub(super) fn key(state: &State, scope: Scope, action: Action) -> Option<String> {
    state.keymap.keys(scope.name(), action.name()).first().map(ToString::to_string)
}

pub(super) fn expire(state: &mut State, now: Now) {
    state.toasts.retain(|toast| toast.until > now);
}
