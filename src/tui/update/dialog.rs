//! Questions, their answers, and leaving.

use super::{Effects, boxes, edit, filter, history, models, picture_entry, preview, references, swatches, texts};
use crate::domain::Now;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pending, Screen, State};

/// Does what was asked about.
pub(super) fn yes(state: &mut State, now: Now) -> Effects {
    let Some(Dialog::Confirm(confirm)) = state.dialog.take() else { return Effects::new() };
    vec![match confirm.pending {
        Pending::Submit(request, estimate) => Effect::Submit { request, estimate, parent: state.compose.parent },
        Pending::Retry(ids) => return ids.into_iter().map(Effect::Retry).collect(),
        Pending::Cancel(ids) => return ids.into_iter().map(Effect::Cancel).collect(),
        Pending::Revise(job, request, estimate) => Effect::Revise { job, request, estimate },
        Pending::Duplicate(ids) => Effect::Duplicate(ids),
        Pending::Take(way, reference) => {
            references::take(state, now, way, reference);
            return Effects::new();
        }
        Pending::Quit => return edit::leave_studio(state),
    }]
}

/// Takes what a list or a text holds.
pub(super) fn accept(state: &mut State, now: Now) {
    match state.dialog.take() {
        Some(Dialog::Models(picker)) => models::accept(state, now, &picker),
        Some(Dialog::Picture(entry)) => references::accept(state, now, entry),
        Some(Dialog::History(history)) => history::accept(state, now, history),
        other @ Some(Dialog::Boxes(_)) => {
            state.dialog = other;
            boxes::done(state, now);
        }
        other @ Some(Dialog::Palette(_)) => {
            state.dialog = other;
            swatches::done(state, now);
        }
        other => state.dialog = other,
    }
}

/// Closes the dialog without doing anything.
pub(super) fn close(state: &mut State) {
    let was_seen = matches!(state.dialog.take(), Some(Dialog::Boxes(_)));
    if was_seen {
        preview::overtaken(state);
    }
}

/// Moves the selection of a list, or scrolls a page.
pub(super) fn step(state: &mut State, by: isize) {
    match &mut state.dialog {
        Some(Dialog::Models(picker)) => {
            let last = picker.matches.len().saturating_sub(1);
            picker.selected = picker.selected.saturating_add_signed(by).min(last);
        }
        Some(Dialog::Picture(entry)) => picture_entry::step(entry, by),
        Some(Dialog::History(history)) => history::step(history, by),
        Some(Dialog::Help(page)) => page.top = page.top.saturating_add_signed(by).min(Action::ALL.len()),
        Some(Dialog::Palette(editor)) => swatches::step(editor, by),
        Some(Dialog::Confirm(_) | Dialog::Zoom | Dialog::Boxes(_)) | None => {}
    }
}

/// Ctrl+C: the nearest thing goes. A second one in the question whether to leave, leaves.
pub(super) fn interrupt(state: &mut State, now: Now) -> Effects {
    match state.dialog.take() {
        Some(Dialog::Confirm(Confirm { pending: Pending::Quit, .. })) => return edit::leave_studio(state),
        Some(Dialog::Boxes(_)) => {
            preview::overtaken(state);
            return Effects::new();
        }
        Some(_) => return Effects::new(),
        None => {}
    }
    if state.jobs.before.is_some() {
        filter::drop(state);
        return Effects::new();
    }
    let here = state.screen == Screen::Compose;
    if here && state.compose.typed.take().is_some() {
        return Effects::new();
    }
    if here && state.compose.edit.is_some() {
        return edit::leave(state, now);
    }
    // A draft out of sight is none of this key's business.
    if !here || state.compose.prompt.is_blank() {
        ask_to_quit(state);
    } else {
        texts::clear(state, now);
    }
    Effects::new()
}

/// Leaves at once when nothing is under way, or what is goes on without us; else asks.
pub(super) fn quit(state: &mut State) -> Effects {
    if !state.header.background && state.queue.jobs.iter().any(|job| !job.phase.is_ended()) {
        ask_to_quit(state);
        return Effects::new();
    }
    edit::leave_studio(state)
}

fn ask_to_quit(state: &mut State) {
    let unfinished = state.queue.jobs.iter().filter(|job| !job.phase.is_ended()).count();
    let line = match unfinished {
        0 => "Nothing is under way.".to_owned(),
        1 if state.header.background => "1 job is not finished. It goes on in the background.".to_owned(),
        many if state.header.background => format!("{many} jobs are not finished. They go on in the background."),
        1 => "1 job is not finished. It is kept, and goes on at the next start.".to_owned(),
        many => format!("{many} jobs are not finished. They are kept, and go on at the next start."),
    };
    let confirm = Confirm { title: "Leave pinxit?".into(), lines: vec![line], pending: Pending::Quit };
    state.dialog = Some(Dialog::Confirm(confirm));
}
