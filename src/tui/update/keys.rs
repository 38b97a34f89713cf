//! A key press becomes an action where one is bound, and text where text is being typed.

use super::{Effects, act, foresight, jump, line, looks, mention, references, swatches, texts, toasts, welcome};
use crate::domain::Now;
use crate::domain::text::{clean, clean_lines};
use crate::keymap::{Code, Found, Key, spell};
use crate::tui::action::Action;
use crate::tui::state::{Dialog, Pane, Prefix, Screen, State, Welcome};

pub(super) fn press(state: &mut State, now: Now, key: Key) -> Effects {
    foresight::stir(state, now);
    let scopes: Vec<&str> = state.scopes().into_iter().map(|scope| scope.name()).collect();
    let begun = state.prefix.take();
    let since = begun.as_ref().map_or(now, |prefix| prefix.since);
    let goes_on = begun.is_some();
    let mut keys = begun.map_or_else(Vec::new, |prefix| prefix.keys);
    keys.push(key);
    let together = !goes_on && is_escape_and_letter(state, key);
    match state.keymap.lookup(&scopes, &keys) {
        Found::Action(name) => {
            state.compose.cuts.rest();
            let action = Action::parse(name);
            return action.map_or_else(Effects::new, |action| act::act(state, now, action));
        }
        Found::Prefix => state.prefix = Some(Prefix { keys, since }),
        Found::Nothing if matches!(state.dialog, Some(Dialog::Jump)) => return jump::press(state, now, key),
        Found::Nothing if together => return apart(state, now, key),
        Found::Nothing if !goes_on => type_key(state, key),
        Found::Nothing => break_off(state, now, &keys, key),
    }
    Effects::new()
}

/// Over a slow line Escape and the letter after it arrive together and look like Alt. Where Alt means nothing, they are
/// what they were.
fn is_escape_and_letter(state: &mut State, key: Key) -> bool {
    if !key.alt || key.ctrl || !matches!(key.code, Code::Char(_)) {
        return false;
    }
    let is_secret = matches!(state.dialog, Some(Dialog::Welcome(Welcome::Key(_))));
    let in_text = state.typing && state.dialog.is_none();
    !is_secret && line::typed(state).is_none() && !(in_text && texts::means(state, key))
}

/// Escape, then the letter.
fn apart(state: &mut State, now: Now, key: Key) -> Effects {
    let mut effects = press(state, now, Key::plain(Code::Esc));
    effects.extend(press(state, now, Key { alt: false, ..key }));
    effects
}

/// A sequence that leads nowhere is dropped. A letter is still a letter where something is typed; nothing else acts.
fn break_off(state: &mut State, now: Now, keys: &[Key], last: Key) {
    if last.code == Code::Esc {
        return;
    }
    toasts::plain(state, now, format!("{} is bound to nothing here", spell(keys)));
    if matches!(last.code, Code::Char(_)) && !last.ctrl && !last.alt {
        type_key(state, last);
    }
}

/// A key nothing is bound to: it types, where something is being typed.
fn type_key(state: &mut State, key: Key) {
    if let Some(Dialog::Welcome(Welcome::Key(entry))) = &mut state.dialog {
        welcome::type_key(entry, key);
    } else if let (Some(Dialog::Themes(_)), Code::Char(letter)) = (&state.dialog, key.code) {
        looks::jump(state, letter);
    } else if let Some(line) = line::typed(state) {
        if line::press(line, key) {
            line::changed(state);
        }
    } else if state.dialog.is_none() && state.typing {
        texts::press(state, state.pane, key);
        mention::settle(state, key);
    }
}

/// Pasted text goes where text is being typed, else into the prompt. It never acts as keys and never submits.
pub(super) fn paste(state: &mut State, now: Now, text: &str) -> Effects {
    state.prefix = None;
    let is_path = matches!(state.dialog, Some(Dialog::Picture(_)));
    if matches!(state.dialog, Some(Dialog::Welcome(_))) {
        welcome::paste(state, now, text);
    } else if let Some(line) = line::typed(state) {
        let text = clean(text);
        line.insert(&if is_path { references::plain(&text) } else { text.trim().to_owned() });
        line::changed(state);
    } else if matches!(state.dialog, Some(Dialog::Palette(_))) {
        swatches::paste(state, now, &clean_lines(text));
    } else if state.dialog.is_none() && state.pane == Pane::References && state.screen == Screen::Compose {
        references::paste(state, now, text);
    } else if state.dialog.is_none() {
        state.show(Screen::Compose);
        if !state.pane.is_text() {
            state.pane = Pane::Prompt;
        }
        state.typing = true;
        mention::close(state);
        state.editor_mut(state.pane).paste(&clean_lines(text));
    }
    Effects::new()
}
