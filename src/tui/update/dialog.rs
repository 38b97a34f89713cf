//! Questions, their answers, and leaving.

use super::{
    Effects, advice, boxes, browser, commands, edit, expansion, filter, history, looks, models, picture_entry,
    picture_marks, plan, preview, recall, references, rewrite, swatches, texts, welcome, word,
};
use crate::domain::{Mark, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::help;
use crate::tui::state::{Confirm, Dialog, Pending, Screen, State, Wanted};

/// Does what was asked about.
pub(super) fn yes(state: &mut State, now: Now) -> Effects {
    let Some(Dialog::Confirm(confirm)) = state.dialog.take() else { return Effects::new() };
    vec![match confirm.pending {
        Pending::Submit(orders) => Effect::Submit { orders, parent: state.compose.parent },
        Pending::SubmitAlike(of, request, estimate) => Effect::SubmitAlike { of, request, estimate },
        Pending::Retry(ids) => return ids.into_iter().map(Effect::Retry).collect(),
        Pending::Cancel(ids) => return ids.into_iter().map(Effect::Cancel).collect(),
        Pending::Revise(job, request, estimate) => Effect::Revise { job, request, estimate },
        Pending::Replace(job, request, estimate, resend) => Effect::Replace { job, request, estimate, resend },
        Pending::Begin(page) => return plan::go(&page),
        Pending::StopBatch(batch) => Effect::StopBatch(batch),
        Pending::Duplicate(ids) => Effect::Duplicate(ids),
        Pending::Take(way, reference) => {
            references::take(state, now, way, reference);
            return Effects::new();
        }
        Pending::Bin(images, on) => Effect::MarkAll { images, marks: vec![Mark::Bin(on)], turn: false },
        Pending::EmptyBin => picture_marks::empty_bin(state, now),
        Pending::Quit => return edit::leave_studio(state),
    }]
}

/// Takes what a list or a text holds.
pub(super) fn accept(state: &mut State, now: Now) -> Effects {
    match state.dialog.take() {
        Some(Dialog::Picture(entry)) if entry.wanted == Wanted::Rows => return plan::accept(state, now, entry),
        Some(Dialog::Picture(entry)) if entry.wanted == Wanted::Recipe => return recall::name(state, now, entry),
        Some(Dialog::Models(picker)) => models::accept(state, now, &picker),
        Some(Dialog::Themes(picker)) => return looks::accept(state, now, &picker),
        Some(Dialog::Welcome(step)) => return welcome::accept(state, now, step),
        Some(Dialog::Picture(entry)) => references::accept(state, now, entry),
        Some(Dialog::Browser(found)) => browser::accept(state, now, *found),
        Some(Dialog::Advice(picker)) => advice::accept(state, now, &picker),
        Some(Dialog::Commands(commands)) => return commands::accept(state, now, commands),
        Some(Dialog::History(history)) => history::accept(state, now, history),
        Some(Dialog::Word(entry)) => return word::accept(state, now, &entry),
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
    Effects::new()
}

/// Closes what is open, or goes one step back in it: a plan whose price was asked about is there again.
pub(super) fn close(state: &mut State) {
    match state.dialog.take() {
        Some(Dialog::Themes(picker)) => looks::abandon(state, picker),
        Some(Dialog::Welcome(step)) => welcome::back(state, &step),
        Some(Dialog::Browser(found)) => browser::close(state, *found),
        Some(Dialog::Confirm(Confirm { pending: Pending::Begin(page), .. })) => {
            state.dialog = Some(Dialog::Plan(page));
        }
        Some(Dialog::Boxes(_) | Dialog::Zoom | Dialog::Compare(_)) => preview::overtaken(state),
        _ => {}
    }
}

/// Moves the selection of a list, or scrolls a page.
pub(super) fn step(state: &mut State, by: isize) {
    let sheet = match &state.dialog {
        Some(Dialog::Help(page)) => Some(help(state, page)),
        _ => None,
    };
    match &mut state.dialog {
        Some(Dialog::Commands(commands)) => {
            let last = commands.matches.len().saturating_sub(1);
            commands.selected = commands.selected.saturating_add_signed(by).min(last);
        }
        Some(Dialog::Models(picker)) => {
            let last = picker.matches.len().saturating_sub(1);
            picker.selected = picker.selected.saturating_add_signed(by).min(last);
        }
        Some(Dialog::Themes(_)) => looks::step(state, by),
        Some(Dialog::Welcome(_)) => welcome::step(state, by),
        Some(Dialog::Picture(entry)) => picture_entry::step(entry, by),
        Some(Dialog::Browser(found)) => browser::step(found, by),
        Some(Dialog::Advice(picker)) => advice::step(picker, by),
        Some(Dialog::Rewrite(_)) => rewrite::step(state, by),
        Some(Dialog::Help(page)) => {
            let (top, last) = sheet.map_or((0, 0), |sheet| (sheet.top, sheet.last_top));
            page.top = top.saturating_add_signed(by).min(last);
        }
        Some(Dialog::Expansion(page)) => expansion::step(page, by),
        Some(Dialog::Plan(_)) => plan::scroll(state, by, false),
        Some(Dialog::History(history)) => history::step(history, by),
        Some(Dialog::Palette(editor)) => swatches::step(editor, by),
        Some(Dialog::Confirm(_) | Dialog::Zoom | Dialog::Boxes(_) | Dialog::Cost | Dialog::Jump) | None => {}
        Some(Dialog::Again(_) | Dialog::Compare(_) | Dialog::Word(_)) => {}
    }
}

/// Ctrl+C: the nearest thing goes. A second one in the question whether to leave, leaves.
pub(super) fn interrupt(state: &mut State, now: Now) -> Effects {
    match state.dialog.take() {
        Some(Dialog::Confirm(Confirm { pending: Pending::Quit, .. })) => return edit::leave_studio(state),
        Some(Dialog::Themes(picker)) => {
            looks::abandon(state, picker);
            return Effects::new();
        }
        Some(Dialog::Boxes(_) | Dialog::Zoom | Dialog::Compare(_)) => {
            preview::overtaken(state);
            return Effects::new();
        }
        Some(Dialog::Browser(found)) => {
            browser::leave(state, &found);
            return Effects::new();
        }
        Some(_) => return Effects::new(),
        None => {}
    }
    if state.jobs.before.is_some() || (state.screen == Screen::Gallery && state.gallery.is_typing()) {
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
