//! The mouse, where the user wants one: a click gives a pane the keys or selects a job, the wheel scrolls what it is over.
//! Everything it does the keys do too.

use ratatui::layout::{Position, Rect};

use super::{Effects, batches, dialog, gallery, jobs, log, panes, preview, settings};
use crate::domain::Now;
use crate::tui::layout::{Board, Grove, Layout, Panes, Stack, Wall, grove_window, layout, window};
use crate::tui::msg::Mouse;
use crate::tui::state::{Pane, State};

pub(super) fn happen(state: &mut State, now: Now, mouse: Mouse) -> Effects {
    let (at, wheel) = match mouse {
        Mouse::Click { x, y } => (Position { x, y }, None),
        Mouse::Wheel { x, y, down } => (Position { x, y }, Some(if down { 1 } else { -1 })),
    };
    if state.dialog.is_some() {
        // What a dialog does it does by its keys; a list may be scrolled.
        if let Some(by) = wheel {
            dialog::step(state, by);
        }
        return Effects::new();
    }
    match (layout(state), wheel) {
        (Layout::Panes(panes), None) => click(state, now, &panes, at),
        (Layout::Panes(panes), Some(by)) => scroll(state, &panes, at, by),
        (Layout::Queue(board), None) => choose(state, board, at),
        (Layout::Queue(board), Some(by)) if board.log.contains(at) => log::scroll(state, -by),
        (Layout::Queue(_), Some(by)) => jobs::select_by(state, by),
        (Layout::Gallery(wall), None) => point(state, wall, at),
        (Layout::Gallery(_), Some(by)) => gallery::step_row(state, by),
        (Layout::Batch(stack), None) => pick(state, stack, at),
        (Layout::Batch(stack), Some(by)) if stack.batches.contains(at) => batches::select_by(state, by),
        (Layout::Batch(_) | Layout::History(_), Some(by)) => jobs::select_by(state, by),
        (Layout::History(grove), None) => climb(state, grove, at),
        (Layout::TooSmall, _) => {}
    }
    Effects::new()
}

/// Gives the keys to the pane that was clicked.
fn click(state: &mut State, now: Now, panes: &Panes, at: Position) {
    let Some(pane) = pane_at(panes, at).filter(|pane| state.panes().contains(pane)) else { return };
    panes::focus(state, now, pane);
    let (selected, count) = (state.queue.index().unwrap_or(0), state.queue.jobs.len());
    if let Some(row) = row_at(panes.queue, selected, count, at).filter(|_| pane == Pane::Queue) {
        jobs::select_at(state, row);
    }
}

fn pane_at(panes: &Panes, at: Position) -> Option<Pane> {
    let all = [
        (panes.prompt, Pane::Prompt),
        (panes.negative, Pane::Negative),
        (panes.references, Pane::References),
        (panes.settings, Pane::Settings),
        (panes.queue, Pane::Queue),
    ];
    all.into_iter().find(|(area, _)| area.contains(at)).map(|(_, pane)| pane)
}

fn scroll(state: &mut State, panes: &Panes, at: Position, by: isize) {
    if panes.preview.contains(at) {
        preview::scroll(state, by);
    } else if panes.queue.contains(at) {
        jobs::select_by(state, by);
    } else if panes.settings.contains(at) && state.pane == Pane::Settings && state.compose.typed.is_none() {
        settings::select(state, by);
    }
}

/// Selects the job that was clicked on the queue screen.
fn choose(state: &mut State, board: Board, at: Position) {
    let (selected, count) = (state.shown_at().unwrap_or(0), state.shown_jobs().len());
    if let Some(row) = row_at(board.jobs, selected, count, at).filter(|_| state.jobs.before.is_none()) {
        jobs::select_at(state, row);
    }
}

/// Selects the row that was clicked on the batch screen.
fn pick(state: &mut State, stack: Stack, at: Position) {
    let (selected, count) = (state.shown_at().unwrap_or(0), state.shown_rows().len());
    if let Some(row) = row_at(stack.rows, selected, count, at) {
        jobs::select_at(state, row);
    }
}

/// Selects the picture that was clicked.
fn point(state: &mut State, wall: Wall, at: Position) {
    let (sight, offset) = (wall.sight(state), wall.offset(state));
    let clicked = sight.clone().find(|nth| wall.cell(nth - sight.start + offset).contains(at));
    if let Some(nth) = clicked.filter(|_| !state.gallery.is_typing()) {
        gallery::select(state, nth);
    }
}

/// Selects the job that was clicked on the history screen.
fn climb(state: &mut State, grove: Grove, at: Position) {
    let (top, rows) = grove_window(state, grove.trees);
    let Some(row) = at.y.checked_sub(grove.trees.y + 1).map(usize::from) else { return };
    if grove.trees.contains(at) && row < rows && top + row < state.lineage.shown().len() {
        jobs::select_at(state, top + row);
    }
}

/// Which of `count` rows of a table in a frame was clicked, while the one at `selected` is in sight.
fn row_at(table: Rect, selected: usize, count: usize, at: Position) -> Option<usize> {
    let view = window(table, selected);
    let row = usize::from(at.y.checked_sub(table.y)?).checked_sub(1 + view.titles)?;
    (table.contains(at) && row < view.rows && view.top + row < count).then_some(view.top + row)
}
