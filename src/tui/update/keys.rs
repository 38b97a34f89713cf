//! A key press becomes an action where one is bound, and text where text is being typed.

use super::{
    Effects, act, commands, filter, jump, looks, mention, models, references, swatches, texts, toasts, welcome,
};
use crate::domain::Now;
use crate::domain::text::{clean, clean_lines};
use crate::keymap::{Code, Found, Key, spell};
use crate::tui::action::Action;
use crate::tui::state::{
    BoxEditor, BoxNumbers, Dialog, EntryLine, PaletteEditor, Pane, Prefix, Screen, State, Welcome,
};

pub(super) fn press(state: &mut State, now: Now, key: Key) -> Effects {
    let scopes: Vec<&str> = state.scopes().into_iter().map(|scope| scope.name()).collect();
    let begun = state.prefix.take();
    let since = begun.as_ref().map_or(now, |prefix| prefix.since);
    let goes_on = begun.is_some();
    let mut keys = begun.map_or_else(Vec::new, |prefix| prefix.keys);
    keys.push(key);
    match state.keymap.lookup(&scopes, &keys) {
        Found::Action(name) => {
            let action = Action::parse(name);
            return action.map_or_else(Effects::new, |action| act::act(state, now, action));
        }
        Found::Prefix => state.prefix = Some(Prefix { keys, since }),
        Found::Nothing if matches!(state.dialog, Some(Dialog::Jump)) => return jump::press(state, now, key),
        Found::Nothing if !goes_on && is_escape_and_letter(state, key) => return apart(state, now, key),
        Found::Nothing if !goes_on => type_key(state, key),
        Found::Nothing => break_off(state, now, &keys, key),
    }
    Effects::new()
}

/// Over a slow line Escape and the letter after it arrive together and look like Alt. Where a text is typed and Alt means
/// nothing, they are what they were.
fn is_escape_and_letter(state: &State, key: Key) -> bool {
    let is_letter = key.alt && !key.ctrl && matches!(key.code, Code::Char(_));
    is_letter && state.typing && state.dialog.is_none() && !texts::means(key)
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
    if let Some(Dialog::Models(picker)) = &mut state.dialog {
        if edit_line(&mut picker.filter, key) {
            models::refilter(state);
        }
    } else if let Some(Dialog::Welcome(Welcome::Key(entry))) = &mut state.dialog {
        welcome::type_key(entry, key);
    } else if let (Some(Dialog::Themes(_)), Code::Char(letter)) = (&state.dialog, key.code) {
        looks::jump(state, letter);
    } else if let Some(Dialog::Commands(commands)) = &mut state.dialog {
        if edit_line(&mut commands.filter, key) {
            commands::refilter(state);
        }
    } else if let Some(Dialog::Help(page)) = &mut state.dialog {
        if edit_line(&mut page.filter, key) {
            page.top = 0;
        }
    } else if let Some(Dialog::Picture(entry)) = &mut state.dialog {
        if edit_line(&mut entry.text, key) {
            entry.selected = None;
        }
    } else if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        if browser.typing && edit_line(&mut browser.filter, key) {
            browser.selected = 0;
        }
    } else if let Some(Dialog::History(history)) = &mut state.dialog {
        if edit_line(&mut history.query, key) {
            history.peek = false;
        }
    } else if let Some(Dialog::Boxes(BoxEditor { typed: Some(BoxNumbers { line, .. }), .. })) = &mut state.dialog {
        edit_entry(line, key);
    } else if let Some(Dialog::Palette(PaletteEditor { typed: Some(line), .. })) = &mut state.dialog {
        edit_entry(line, key);
    } else if state.dialog.is_none() && state.jobs.before.is_some() {
        if edit_line(&mut state.jobs.filter, key) {
            filter::settle(state);
        }
    } else if let Some(typed) =
        state.compose.typed.as_mut().filter(|_| state.screen == Screen::Compose && state.dialog.is_none())
    {
        edit_line(typed, key);
    } else if state.dialog.is_none() && state.typing {
        texts::press(state, state.pane, key);
        mention::settle(state, key);
    }
}

/// Edits a one-line text whose cursor is at its end. Returns whether it changed.
fn edit_line(line: &mut String, key: Key) -> bool {
    match key.code {
        Code::Char('u') if key.ctrl => line.clear(),
        Code::Char('w') if key.ctrl => {
            let kept = line.trim_end().rfind(' ').map_or(0, |at| at + 1);
            line.truncate(kept);
        }
        Code::Char(c) if !key.ctrl && !key.alt => line.push(c),
        Code::Backspace => {
            line.pop();
        }
        _ => return false,
    }
    true
}

/// Edits a line that begins with a value: the first letter takes its place.
fn edit_entry(line: &mut EntryLine, key: Key) {
    if line.untouched && matches!(key.code, Code::Char(_)) && !key.ctrl && !key.alt {
        line.text.clear();
    }
    line.untouched = false;
    edit_line(&mut line.text, key);
}

/// Pasted text goes where text is being typed, else into the prompt. It never acts as keys and never submits.
pub(super) fn paste(state: &mut State, now: Now, text: &str) -> Effects {
    state.prefix = None;
    if let Some(Dialog::Models(picker)) = &mut state.dialog {
        picker.filter.push_str(clean(text).trim());
        models::refilter(state);
    } else if matches!(state.dialog, Some(Dialog::Welcome(_))) {
        welcome::paste(state, now, text);
    } else if let Some(Dialog::Commands(commands)) = &mut state.dialog {
        commands.filter.push_str(clean(text).trim());
        commands::refilter(state);
    } else if let Some(Dialog::Help(page)) = &mut state.dialog {
        page.filter.push_str(clean(text).trim());
        page.top = 0;
    } else if let Some(Dialog::Picture(entry)) = &mut state.dialog {
        entry.text.push_str(&references::plain(&clean(text)));
        entry.selected = None;
    } else if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        if browser.typing {
            browser.filter.push_str(clean(text).trim());
            browser.selected = 0;
        }
    } else if let Some(Dialog::History(history)) = &mut state.dialog {
        history.query.push_str(clean(text).trim());
        history.peek = false;
    } else if let Some(Dialog::Boxes(editor)) = &mut state.dialog {
        if let Some(BoxNumbers { line, .. }) = &mut editor.typed {
            *line = EntryLine { text: clean(text).trim().to_owned(), untouched: false };
        }
    } else if matches!(state.dialog, Some(Dialog::Palette(_))) {
        swatches::paste(state, now, &clean_lines(text));
    } else if state.dialog.is_none() && state.jobs.before.is_some() {
        state.jobs.filter.push_str(clean(text).trim());
        filter::settle(state);
    } else if state.dialog.is_none()
        && let Some(typed) = &mut state.compose.typed
    {
        typed.push_str(clean(text).trim());
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
