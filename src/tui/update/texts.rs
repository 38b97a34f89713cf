//! The two texts: prompt and negative prompt.

use tui_textarea::CursorMove;

use super::{keys, toasts};
use crate::domain::Now;
use crate::tui::state::{Editor, State};

pub(super) fn undo(state: &mut State, now: Now) {
    if keys::editor(state).is_some_and(|editor| !editor.area.undo()) {
        toasts::plain(state, now, "Nothing to undo");
    }
}

pub(super) fn redo(state: &mut State, now: Now) {
    if keys::editor(state).is_some_and(|editor| !editor.area.redo()) {
        toasts::plain(state, now, "Nothing to redo");
    }
}

/// Replaces the whole text by an edit, so that undo brings the old one back.
pub(super) fn replace(editor: &mut Editor, text: &str) {
    if editor.text() == text {
        return;
    }
    editor.area.select_all();
    editor.area.cut();
    editor.area.insert_str(text);
    editor.area.move_cursor(CursorMove::Bottom);
    editor.area.move_cursor(CursorMove::End);
}
