//! The line being typed, whichever it is: finding it, what keys do in it, and what follows from a change of it.

use super::{commands, filter, models, texts};
use crate::keymap::{Code, Key};
use crate::tui::state::{BoxEditor, BoxNumbers, Dialog, Line, PaletteEditor, Screen, State, Step};

/// The line that is typed into now.
pub(super) fn typed(state: &mut State) -> Option<&mut Line> {
    match &mut state.dialog {
        Some(Dialog::Models(picker)) => Some(&mut picker.filter),
        Some(Dialog::Commands(commands)) => Some(&mut commands.filter),
        Some(Dialog::Help(page)) => Some(&mut page.filter),
        Some(Dialog::Picture(entry)) => Some(&mut entry.text),
        Some(Dialog::Browser(browser)) if browser.typing => Some(&mut browser.filter),
        Some(Dialog::History(history)) => Some(&mut history.query),
        Some(Dialog::Word(entry)) => Some(&mut entry.line),
        Some(Dialog::Boxes(BoxEditor { typed: Some(BoxNumbers { line, .. }), .. })) => Some(line),
        Some(Dialog::Palette(PaletteEditor { typed, .. })) => typed.as_mut(),
        Some(_) => None,
        None if state.screen == Screen::Gallery && state.gallery.tags.is_some() => state.gallery.tags.as_mut(),
        None if state.screen == Screen::Gallery && state.gallery.before.is_some() => Some(&mut state.gallery.search),
        None if state.jobs.before.is_some() => Some(&mut state.jobs.filter),
        None if state.screen == Screen::Compose => state.compose.typed.as_mut(),
        None => None,
    }
}

/// What follows once the line says something else.
pub(super) fn changed(state: &mut State) {
    match &mut state.dialog {
        Some(Dialog::Models(_)) => models::refilter(state),
        Some(Dialog::Commands(_)) => commands::refilter(state),
        Some(Dialog::Help(page)) => page.top = 0,
        Some(Dialog::Picture(entry)) => entry.selected = None,
        Some(Dialog::Browser(browser)) => browser.selected = 0,
        Some(Dialog::History(history)) => history.peek = false,
        Some(_) => {}
        // The gallery asks by itself for what is typed.
        None if state.screen == Screen::Gallery => {}
        None if state.jobs.before.is_some() => filter::settle(state),
        None => {}
    }
}

/// What a key does to a line that nothing is bound to: the keys of a shell's line. Returns whether it says something else
/// now.
pub(super) fn press(line: &mut Line, key: Key) -> bool {
    if let Some((step, _)) = texts::step(key) {
        line.go(step);
        return false;
    }
    if let Some(step) = texts::killed(key) {
        return line.delete(step, true);
    }
    match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => line.insert(c.encode_utf8(&mut [0; 4])),
        (Code::Backspace, false, false) => return line.delete(Step::Left, false),
        (Code::Delete, false, false) | (Code::Char('d'), true, false) => return line.delete(Step::Right, false),
        (Code::Char('y'), true, false) => return line.paste(),
        (Code::Char('_'), true, false) | (Code::Char('u'), false, true) => return line.undo(),
        _ => return false,
    }
    true
}
