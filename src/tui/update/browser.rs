//! Looking through folders for pictures: walking, marking, and taking what is marked into the request.

use std::path::{Path, PathBuf};

use super::{Effects, preview, references, toasts};
use crate::domain::{Fault, InputFacts, Now, Reference};
use crate::tui::effect::Effect;
use crate::tui::layout;
use crate::tui::state::{Browser, Dialog, Listing, Look, OnShelf, Pane, Shelf, State};

/// Opens the browser where it was left, or where the studio was started.
pub(super) fn open(state: &mut State, shelf: Shelf) {
    let folder = state.references.folder.clone().unwrap_or_else(|| state.place.here.clone());
    let mut browser = Browser { folder, ..Browser::default() };
    put(&mut browser, shelf, state.queue.made());
    state.dialog = Some(Dialog::Browser(Box::new(browser)));
}

/// Goes over to the other shelf; what is marked stays marked.
pub(super) fn turn(state: &mut State) {
    let made = state.queue.made();
    let Some(browser) = editor(state) else { return };
    let other = if browser.shelf == Shelf::Folders { Shelf::Made } else { Shelf::Folders };
    put(browser, other, made);
}

fn put(browser: &mut Browser, shelf: Shelf, made: Vec<OnShelf>) {
    (browser.shelf, browser.selected, browser.asked) = (shelf, 0, None);
    browser.filter.set("");
    browser.listing = if shelf == Shelf::Made { Listing::Read(made) } else { Listing::Reading };
}

fn editor(state: &mut State) -> Option<&mut Browser> {
    match &mut state.dialog {
        Some(Dialog::Browser(browser)) => Some(browser),
        _ => None,
    }
}

pub(super) fn step(browser: &mut Browser, by: isize) {
    let last = browser.entries().len().saturating_sub(1);
    browser.selected = browser.selected.saturating_add_signed(by).min(last);
}

/// Goes to the folder above, and stands on the one that was left.
pub(super) fn up(state: &mut State) {
    let Some(browser) = editor(state) else { return };
    if browser.shelf == Shelf::Made {
        return;
    }
    if let Some(above) = browser.folder.parent().map(Path::to_owned) {
        browser.came_from = Some(browser.folder.clone());
        go(browser, above);
    }
}

fn go(browser: &mut Browser, folder: PathBuf) {
    browser.folder = folder;
    (browser.listing, browser.selected) = (Listing::Reading, 0);
    browser.filter.set("");
}

/// Marks the picture or takes its mark off, and goes on to the next.
pub(super) fn mark(state: &mut State, now: Now) {
    let Some(browser) = editor(state) else { return };
    let Some(path) = browser.chosen().filter(|found| !found.is_folder).map(|found| found.path.clone()) else {
        toasts::plain(state, now, "Only pictures can be marked; enter opens a folder");
        return;
    };
    if let Some(why) = unusable(browser, &path) {
        toasts::bad(state, now, why);
        return;
    }
    match browser.mark_of(&path) {
        Some(at) => drop(browser.marks.remove(at)),
        None => browser.marks.push(path),
    }
    step(browser, 1);
}

/// Why a file is no picture to take, where that is known.
fn unusable(browser: &Browser, path: &Path) -> Option<String> {
    match browser.looks.get(path) {
        Some(Look::Failed(fault)) => Some(format!("Not taken: {}", fault.message)),
        _ => None,
    }
}

/// Begins to type the filter.
pub(super) fn filter(state: &mut State) {
    if let Some(browser) = editor(state) {
        browser.typing = true;
    }
}

/// Ends typing the filter; `drop` shows everything again. False: no browser is open.
pub(super) fn filtered(state: &mut State, drop: bool) -> bool {
    let Some(browser) = editor(state) else { return false };
    browser.typing = false;
    if drop {
        browser.filter.set("");
        browser.selected = 0;
    }
    true
}

/// Opens the selected folder, or takes the marked pictures, or else the selected one.
pub(super) fn accept(state: &mut State, now: Now, mut browser: Browser) {
    let Some(found) = browser.chosen().cloned() else {
        if !browser.marks.is_empty() {
            return take(state, now, browser);
        }
        state.dialog = Some(Dialog::Browser(Box::new(browser)));
        return;
    };
    if found.is_folder {
        go(&mut browser, found.path);
        state.dialog = Some(Dialog::Browser(Box::new(browser)));
        return;
    }
    if browser.marks.is_empty() {
        if let Some(why) = unusable(&browser, &found.path) {
            toasts::bad(state, now, why);
            state.dialog = Some(Dialog::Browser(Box::new(browser)));
            return;
        }
        browser.marks.push(found.path);
    }
    take(state, now, browser);
}

fn take(state: &mut State, now: Now, browser: Browser) {
    leave(state, &browser);
    let (mut taken, mut known) = (0, 0);
    for path in &browser.marks {
        let reference = Reference::File(path.clone());
        if state.compose.request.images.contains(&reference) {
            known += 1;
            continue;
        }
        references::push(state, now, reference);
        // What was just seen need not be looked at again.
        if let Some(look @ Look::Seen(_)) = browser.looks.get(path) {
            state.references.looks.insert(path.clone(), look.clone());
        }
        taken += 1;
    }
    (state.pane, state.typing) = (Pane::References, false);
    references::make_room(state, now);
    let words = match (taken, known) {
        (0, 1) => "That picture is in the list already".to_owned(),
        (0, _) => "Those pictures are in the list already".to_owned(),
        (1, 0) => return,
        (count, 0) => format!("{count} pictures taken, in the order they were marked"),
        (count, _) => format!("{count} taken; the others were in the list already"),
    };
    toasts::plain(state, now, words);
}

/// Closes the browser, after its filter if there is one; the folder is remembered.
pub(super) fn close(state: &mut State, mut browser: Browser) {
    if browser.filter.is_empty() {
        leave(state, &browser);
    } else {
        browser.filter.set("");
        browser.selected = 0;
        state.dialog = Some(Dialog::Browser(Box::new(browser)));
    }
}

/// Remembers where the folders stand, and gives the painter back.
pub(super) fn leave(state: &mut State, browser: &Browser) {
    state.references.folder = Some(browser.folder.clone());
    preview::overtaken(state);
}

/// The names of a folder arrived, unless another one is looked through by now.
pub(super) fn browsed(state: &mut State, folder: &Path, found: Result<Vec<OnShelf>, Fault>) {
    let Some(browser) = editor(state).filter(|browser| browser.asked.as_deref() == Some(folder)) else { return };
    browser.listing = match found {
        Ok(found) => Listing::Read(found),
        Err(fault) => Listing::Unreadable(fault),
    };
    let from = browser.came_from.take();
    browser.selected = browser.entries().iter().position(|found| Some(&found.path) == from.as_ref()).unwrap_or(0);
}

pub(super) fn looked(state: &mut State, path: &Path, found: &Result<InputFacts, Fault>) {
    if let Some(look) = editor(state).and_then(|browser| browser.looks.get_mut(path)) {
        *look = match found {
            Ok(facts) => Look::Seen(*facts),
            Err(fault) => Look::Failed(fault.clone()),
        };
    }
}

/// Asks for the folder's names, and what the pictures in sight are, each once.
pub(super) fn ask(state: &mut State) -> Effects {
    let rows = usize::from(layout::browser(state.size).list.height);
    let Some(browser) = editor(state) else { return Effects::new() };
    if browser.shelf == Shelf::Folders && browser.asked.as_ref() != Some(&browser.folder) {
        browser.asked = Some(browser.folder.clone());
        return vec![Effect::Browse(browser.folder.clone())];
    }
    let top = (browser.selected + 1).saturating_sub(rows);
    let seen = browser.entries().into_iter().skip(top).take(rows).filter(|found| !found.is_folder);
    let unknown: Vec<PathBuf> =
        seen.map(|found| &found.path).filter(|path| !browser.looks.contains_key(*path)).cloned().collect();
    browser.looks.extend(unknown.iter().map(|path| (path.clone(), Look::Asked)));
    unknown.into_iter().map(Effect::Look).collect()
}
