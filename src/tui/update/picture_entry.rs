//! Naming a file: choosing among the files that fit, and completing what is typed.

use std::path::PathBuf;

use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, PictureEntry, State};

/// Goes to the next file that fits, or back to what is typed before the first.
pub(super) fn step(entry: &mut PictureEntry, by: isize) {
    let count = entry.candidates().len();
    entry.selected = match entry.selected {
        None if by > 0 => Some(0),
        None => None,
        Some(at) => at.checked_add_signed(by).map(|at| at.min(count.saturating_sub(1))),
    }
    .filter(|_| count > 0);
}

/// The chosen name, where there is one, is typed.
pub(super) fn take_chosen(entry: &mut PictureEntry) -> Option<String> {
    let name = entry.selected.and_then(|at| entry.candidates().get(at).map(|name| (*name).to_owned()))?;
    entry.text.set(&format!("{}{name}", entry.parts().0));
    entry.selected = None;
    Some(name)
}

/// The name that is meant: the chosen one, else what is typed. `None` for a folder: it is typed then, and one goes on in it.
pub(super) fn name(entry: &mut PictureEntry) -> Option<String> {
    take_chosen(entry);
    let text = entry.text.text().trim();
    (!text.is_empty() && !text.ends_with('/')).then(|| text.to_owned())
}

/// What all files that fit have in common is typed; where that is nothing more, the next one is chosen.
pub(super) fn complete(state: &mut State) {
    let Some(Dialog::Picture(entry)) = &mut state.dialog else { return };
    let candidates = entry.candidates();
    let chosen = entry.selected.and_then(|at| candidates.get(at));
    let name = match chosen {
        Some(name) => (*name).to_owned(),
        None => common(&candidates),
    };
    let (folder, begun) = entry.parts();
    if chosen.is_some() || name.len() > begun.len() {
        entry.text.set(&format!("{folder}{name}"));
        entry.selected = None;
    } else {
        step(entry, 1);
    }
}

/// The longest beginning that all share.
fn common(names: &[&str]) -> String {
    let Some((first, rest)) = names.split_first() else { return String::new() };
    let shared = rest.iter().fold(first.chars().count(), |most, name| {
        first.chars().zip(name.chars()).take(most).take_while(|(a, b)| a == b).count()
    });
    first.chars().take(shared).collect()
}

/// The files of a folder arrived, unless another folder is being typed in by now.
pub(super) fn listed(state: &mut State, folder: PathBuf, names: Vec<String>) {
    if let Some(Dialog::Picture(entry)) = &mut state.dialog
        && entry.asked == Some(folder)
    {
        entry.listed = names;
        entry.selected = None;
    }
}

/// Asks for the files of the folder being typed in, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let place = state.place.clone();
    let Some(Dialog::Picture(entry)) = &mut state.dialog else { return None };
    let folder = entry.folder(&place)?;
    if entry.asked.as_ref() == Some(&folder) {
        return None;
    }
    entry.asked = Some(folder.clone());
    entry.listed.clear();
    entry.selected = None;
    Some(Effect::List(folder, entry.wanted))
}
