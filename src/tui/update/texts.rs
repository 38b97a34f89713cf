//! The two texts: prompt and negative prompt. What keys do in them, undo, selection, and the user's own editor.

use super::{Effects, toasts};
use crate::domain::text::clean_lines;
use crate::domain::{Fault, Now, Writing, pile};
use crate::keymap::{Code, Key};
use crate::tui::effect::Effect;
use crate::tui::layout::rows::{column_at, place_at};
use crate::tui::layout::{TextView, text_view};
use crate::tui::state::{Pane, State, Step};

/// What a key does to a text that nothing is bound to: letters type, the rest are the keys of a shell's line.
pub(super) fn press(state: &mut State, pane: Pane, key: Key) {
    if let Some(step) = killed(key) {
        cut(state, pane, step);
    } else if is_letter(key, 'y', true, false) {
        let words = state.compose.cuts.newest().unwrap_or_default().to_owned();
        state.editor_mut(pane).paste(&words);
    } else if is_letter(key, 'y', false, true) {
        paste_older(state, pane);
    } else {
        state.compose.cuts.rest();
        if let Some((step, select)) = step(key) {
            let editor = state.editor_mut(pane);
            editor.go(editor.reach(step), select);
        } else if let Some(rows) = vertical(key) {
            walk(state, pane, rows, key.shift);
        } else {
            write(state, pane, key);
        }
    }
}

/// Whether a key does something of its own in a text, beside typing.
pub(super) fn means(state: &State, key: Key) -> bool {
    let pastes = is_letter(key, 'y', false, true) && state.compose.cuts.is_pasted();
    pastes || step(key).is_some() || vertical(key).is_some() || killed(key).is_some()
}

fn is_letter(key: Key, letter: char, ctrl: bool, alt: bool) -> bool {
    (key.code, key.ctrl, key.alt) == (Code::Char(letter), ctrl, alt)
}

fn cut(state: &mut State, pane: Pane, step: Step) {
    let words = state.editor_mut(pane).kill(step);
    if !words.is_empty() {
        state.compose.cuts.cut(&words, matches!(step, Step::LineEnd | Step::WordRight));
    }
}

/// Puts what was cut before in the place of what was just pasted.
fn paste_older(state: &mut State, pane: Pane) {
    let Some((last, next)) = state.compose.cuts.older().map(|(last, next)| (last.to_owned(), next.to_owned())) else {
        return;
    };
    let editor = state.editor_mut(pane);
    if editor.as_str()[..editor.cursor()].ends_with(&last) {
        editor.exchange(last.chars().count(), &next);
    }
}

fn write(state: &mut State, pane: Pane, key: Key) {
    let editor = state.editor_mut(pane);
    match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => editor.insert(c.encode_utf8(&mut [0; 4])),
        (Code::Enter, ..) => editor.insert("\n"),
        (Code::Backspace, false, false) => editor.delete(Step::Left),
        (Code::Delete, false, false) | (Code::Char('d'), true, false) => editor.delete(Step::Right),
        _ => {}
    }
}

/// Where a key moves the cursor, and whether it selects on the way.
pub(super) fn step(key: Key) -> Option<(Step, bool)> {
    let step = match (key.code, key.ctrl, key.alt) {
        (Code::Left, false, false) | (Code::Char('b'), true, false) => Step::Left,
        (Code::Right, false, false) | (Code::Char('f'), true, false) => Step::Right,
        (Code::Left, ..) | (Code::Char('b'), false, true) => Step::WordLeft,
        (Code::Right, ..) | (Code::Char('f'), false, true) => Step::WordRight,
        (Code::Home, true, _) | (Code::Char('<'), false, true) => Step::Top,
        (Code::End, true, _) | (Code::Char('>'), false, true) => Step::Bottom,
        (Code::Home, ..) | (Code::Char('a'), true, false) => Step::LineStart,
        (Code::End, ..) | (Code::Char('e'), true, false) => Step::LineEnd,
        _ => return None,
    };
    Some((step, key.shift))
}

/// How many rows a key moves the cursor; a page is more than any pane has.
fn vertical(key: Key) -> Option<isize> {
    match (key.code, key.ctrl, key.alt) {
        (Code::Up, ..) | (Code::Char('p'), true, false) => Some(-1),
        (Code::Down, ..) | (Code::Char('n'), true, false) => Some(1),
        (Code::PageUp, ..) | (Code::Char('v'), false, true) => Some(-8),
        (Code::PageDown, ..) | (Code::Char('v'), true, false) => Some(8),
        _ => None,
    }
}

/// Up to where a key cuts.
pub(super) fn killed(key: Key) -> Option<Step> {
    match (key.code, key.ctrl, key.alt) {
        (Code::Char('k'), true, false) => Some(Step::LineEnd),
        (Code::Char('u'), true, false) => Some(Step::LineStart),
        (Code::Char('w'), true, false) | (Code::Backspace, ..) if key.ctrl || key.alt => Some(Step::WordLeft),
        (Code::Char('d'), false, true) => Some(Step::WordRight),
        (Code::Delete, ..) if key.ctrl || key.alt => Some(Step::WordRight),
        _ => None,
    }
}

/// Moves the cursor by rows as they are on the screen, keeping its column where a row is long enough.
fn walk(state: &mut State, pane: Pane, by: isize, select: bool) {
    let TextView { rows, row, .. } = text_view(state, pane);
    let to = row.saturating_add_signed(by).min(rows.len() - 1);
    if to == row {
        return;
    }
    let editor = state.editor_mut(pane);
    let text = editor.as_str();
    let column = editor.column.unwrap_or_else(|| column_at(text, &rows[row], editor.cursor()));
    let ends = rows.get(to + 1).is_none_or(|next| next.start > rows[to].end);
    let place = place_at(text, &rows[to], column, ends);
    editor.go(place, select);
    editor.column = Some(column);
}

/// Keeps the rows of each text where they are, as far as the cursor lets them.
pub(super) fn settle(state: &mut State) {
    for pane in [Pane::Prompt, Pane::Negative] {
        let top = text_view(state, pane).top;
        state.editor_mut(pane).top = top;
    }
}

pub(super) fn undo(state: &mut State, now: Now) {
    if state.editor_mut(state.pane).undo() {
        return;
    }
    let compose = &mut state.compose;
    let elsewhere = [&compose.prompt, &compose.negative].iter().any(|editor| editor.writing().has_past());
    if compose.edit.is_some() || elsewhere || compose.earlier.is_empty() {
        toasts::plain(state, now, "Nothing to undo");
    } else if let Some(form) = compose.earlier.pop() {
        let after = compose.exchange(form);
        pile(&mut compose.later, after);
        state.references.selected = 0;
        toasts::plain(state, now, "Your draft from before is back");
    }
}

pub(super) fn redo(state: &mut State, now: Now) {
    if state.editor_mut(state.pane).redo() {
        return;
    }
    let compose = &mut state.compose;
    if compose.edit.is_some() || compose.later.is_empty() {
        toasts::plain(state, now, "Nothing to redo");
    } else if let Some(form) = compose.later.pop() {
        let before = compose.exchange(form);
        pile(&mut compose.earlier, before);
        state.references.selected = 0;
    }
}

/// Empties the prompt. Undo brings it back, with what it was made from.
pub(super) fn clear(state: &mut State, now: Now) {
    let mut form = state.compose.form();
    (form.prompt, form.negative, form.parent) = (Writing::default(), Writing::new(form.negative.text()), None);
    let row = state.compose.row;
    state.compose.turn_to(form);
    state.compose.row = row;
    toasts::plain(state, now, "Draft cleared; undo brings it back");
}

/// Sets the mark, or takes it off.
pub(super) fn mark(state: &mut State) {
    state.editor_mut(state.pane).mark();
}

/// Copies what is selected, to be pasted here and elsewhere.
pub(super) fn copy(state: &mut State, now: Now) -> Effects {
    let editor = state.editor_mut(state.pane);
    let Some(words) = editor.selected().map(str::to_owned) else {
        toasts::plain(state, now, "Nothing is selected");
        return Effects::new();
    };
    editor.unmark();
    state.compose.cuts.copy(&words);
    toasts::plain(state, now, "Copied, to the terminal's clipboard too");
    vec![Effect::Copy(words)]
}

/// Gives the text of the pane to the user's own editor; outside of the texts, the prompt.
pub(super) fn open_editor(state: &mut State) -> Effects {
    if state.compose.typed.is_some() {
        return Effects::new();
    }
    let pane = if state.pane.is_text() { state.pane } else { Pane::Prompt };
    state.compose.outside = Some(pane);
    vec![Effect::EditText(state.editor(pane).text())]
}

/// The user's editor has ended. What it left is taken as an edit; nothing, or less, leaves the text as it was.
pub(super) fn edited(state: &mut State, now: Now, result: Result<String, Fault>) {
    let Some(pane) = state.compose.outside.take() else { return };
    match result {
        Ok(text) => {
            let plain: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
            let plain = plain.replace('\t', " ");
            let plain = clean_lines(&plain);
            let plain = plain.strip_suffix('\n').unwrap_or(&plain);
            if plain.trim().is_empty() {
                toasts::plain(state, now, "Nothing came back: the text stays as it was");
            } else if state.editor(pane).as_str() != plain {
                state.editor_mut(pane).replace(plain);
            }
        }
        Err(fault) => toasts::bad(state, now, format!("The text stays as it was. {fault}")),
    }
}
