//! What was asked for once, taken into the form. A job is the parent of what is sent next; a file's recipe is nobody's. Undo
//! brings the draft back.

use super::{Effects, picture_entry, toasts};
use crate::domain::{Fault, Form, Job, JobId, Now, Request};
use crate::tui::effect::Effect;
use crate::tui::msg::Loaded;
use crate::tui::state::{Dialog, Pane, PictureEntry, Screen, State, Wanted};

/// Things that were left out of a recipe, named at once.
const REMARKS: usize = 3;

pub(super) fn load(state: &mut State, now: Now, job: JobId, request: &Request) {
    if !fill(state, now, job, request) {
        return;
    }
    let seed = if state.compose.random_seed { "" } else { ", its seed fixed" };
    toasts::good(state, now, format!("#{job} is in the form{seed}; undo brings your draft back"));
}

/// The same without a word about it. False where the form is not free.
pub(super) fn fill(state: &mut State, now: Now, job: JobId, request: &Request) -> bool {
    if state.compose.edit.is_some() {
        toasts::plain(state, now, "The form holds a waiting job; save or leave it first");
        return false;
    }
    state.show(Screen::Compose);
    state.compose.turn_to(Form::of(request, Some(job.into())));
    state.references.selected = 0;
    (state.pane, state.typing) = (Pane::Prompt, true);
    true
}

/// Loads a job as it was: what is sent next stands beside it, made from the same.
pub(super) fn beside(state: &mut State, now: Now, job: &Job) {
    if !fill(state, now, job.id, &job.request) {
        return;
    }
    state.compose.parent = job.parent;
    let from = job.parent.map_or_else(|| "from nothing".to_owned(), |origin| format!("from #{origin}"));
    toasts::good(state, now, format!("#{} is in the form as it was made, {from}; undo brings your draft back", job.id));
}

/// Asks for a file whose recipe is to be loaded.
pub(super) fn name_file(state: &mut State) {
    state.dialog = Some(Dialog::Picture(PictureEntry { wanted: Wanted::Recipe, ..PictureEntry::default() }));
}

/// Has the file read that was named.
pub(super) fn name(state: &mut State, now: Now, mut entry: PictureEntry) -> Effects {
    match picture_entry::name(&mut entry) {
        Some(typed) => {
            let model = state.compose.request.model.clone();
            vec![Effect::ReadRecipe(state.place.resolve(&typed), model)]
        }
        None => {
            if entry.text.is_empty() {
                toasts::plain(state, now, "Type the name of a picture or of a recipe's file");
            }
            state.dialog = Some(Dialog::Picture(entry));
            Effects::new()
        }
    }
}

/// What a file was made from comes into the form. It is no job of ours: what is sent next has no parent.
pub(super) fn loaded(state: &mut State, now: Now, name: &str, result: Result<Box<Loaded>, Fault>) {
    let Loaded { request, remarks } = match result {
        Ok(loaded) => *loaded,
        Err(fault) => {
            toasts::bad(state, now, fault.message);
            return;
        }
    };
    if state.compose.edit.is_some() {
        toasts::plain(state, now, "The form holds a waiting job; save or leave it first");
        return;
    }
    state.show(Screen::Compose);
    state.compose.turn_to(Form::of(&request, None));
    state.references.selected = 0;
    (state.pane, state.typing) = (Pane::Prompt, true);
    toasts::good(state, now, format!("{name} is in the form; undo brings your draft back"));
    let shown: Vec<&str> = remarks.iter().take(REMARKS).map(String::as_str).collect();
    let more = match remarks.len().saturating_sub(REMARKS) {
        0 => String::new(),
        more => format!("; and {more} more: `pinxit recipe` lists them"),
    };
    if !shown.is_empty() {
        toasts::plain(state, now, format!("{}{more}", shown.join("; ")));
    }
}

/// What is sent next is made from nothing.
pub(super) fn drop_parent(state: &mut State, now: Now) {
    match state.compose.parent.take() {
        Some(job) => toasts::plain(state, now, format!("No longer made from #{job}")),
        None => toasts::plain(state, now, "It is made from no other job"),
    }
}
