//! A key press becomes an action where one is bound, and text where text is being typed.

use tui_textarea::{Input, Key as AreaKey};

use super::{Effects, act, filter, looks, mention, models, references, swatches, welcome};
use crate::domain::Now;
use crate::domain::text::{clean, clean_lines};
use crate::keymap::{Code, Key};
use crate::tui::action::Action;
use crate::tui::state::{
    BoxEditor, BoxNumbers, Dialog, Editor, EntryLine, PaletteEditor, Pane, Screen, State, Welcome,
};

pub(super) fn press(state: &mut State, now: Now, key: Key) -> Effects {
    let scopes: Vec<&str> = state.scopes().into_iter().map(|scope| scope.name()).collect();
    match state.keymap.resolve(&scopes, key).and_then(Action::parse) {
        Some(action) => act::act(state, now, action),
        None => {
            type_key(state, key);
            Effects::new()
        }
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
    } else if let Some(Dialog::Picture(entry)) = &mut state.dialog {
        if edit_line(&mut entry.text, key) {
            entry.selected = None;
        }
    } else if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        if browser.typing && edit_line(&mut browser.filter, key) {
            browser.selected = 0;
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
    } else if state.dialog.is_none()
        && state.typing
        && let Some(editor) = editor(state)
    {
        editor.area.input(input(key));
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

/// The text pane that has the keys.
pub(super) fn editor(state: &mut State) -> Option<&mut Editor> {
    match state.pane {
        Pane::Prompt => Some(&mut state.compose.prompt),
        Pane::Negative => Some(&mut state.compose.negative),
        Pane::References | Pane::Settings | Pane::Queue => None,
    }
}

/// Pasted text goes where text is being typed, else into the prompt. It never acts as keys and never submits.
pub(super) fn paste(state: &mut State, now: Now, text: &str) -> Effects {
    if let Some(Dialog::Models(picker)) = &mut state.dialog {
        picker.filter.push_str(clean(text).trim());
        models::refilter(state);
    } else if matches!(state.dialog, Some(Dialog::Welcome(_))) {
        welcome::paste(state, now, text);
    } else if let Some(Dialog::Picture(entry)) = &mut state.dialog {
        entry.text.push_str(&references::plain(&clean(text)));
        entry.selected = None;
    } else if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        if browser.typing {
            browser.filter.push_str(clean(text).trim());
            browser.selected = 0;
        }
    } else if let Some(Dialog::Boxes(editor)) = &mut state.dialog {
        if let Some(BoxNumbers { line, .. }) = &mut editor.typed {
            *line = EntryLine { text: clean(text).trim().to_owned(), untouched: false };
        }
    } else if matches!(state.dialog, Some(Dialog::Palette(_))) {
        swatches::paste(state, now, &clean_lines(text));
    } else if state.dialog.is_none() && state.jobs.before.is_some() {
        state.jobs.filter.push_str(clean(text).trim());
        filter::settle(state);
    } else if let Some(typed) = &mut state.compose.typed {
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
        if let Some(editor) = editor(state) {
            editor.area.insert_str(clean_lines(text));
        }
    }
    Effects::new()
}

fn input(key: Key) -> Input {
    let area_key = match key.code {
        Code::Char(c) => AreaKey::Char(c),
        Code::F(n) => AreaKey::F(n),
        Code::Enter => AreaKey::Enter,
        Code::Esc => AreaKey::Esc,
        Code::Tab => AreaKey::Tab,
        Code::Backspace => AreaKey::Backspace,
        Code::Delete => AreaKey::Delete,
        Code::Insert => AreaKey::Null,
        Code::Up => AreaKey::Up,
        Code::Down => AreaKey::Down,
        Code::Left => AreaKey::Left,
        Code::Right => AreaKey::Right,
        Code::Home => AreaKey::Home,
        Code::End => AreaKey::End,
        Code::PageUp => AreaKey::PageUp,
        Code::PageDown => AreaKey::PageDown,
    };
    Input { key: area_key, ctrl: key.ctrl, alt: key.alt, shift: key.shift }
}
