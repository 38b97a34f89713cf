//! Being given a key, and the other ways on without one.

use super::{Effects, edit, toasts};
use crate::domain::text::clean;
use crate::domain::{Fault, Now, Secret};
use crate::keymap::{Code, Key};
use crate::tui::effect::{Effect, Service};
use crate::tui::state::{Dialog, KeyEntry, State, WayOn, Welcome};

/// Shows the ways on.
pub(super) fn open(state: &mut State) {
    state.dialog = Some(Dialog::Welcome(Welcome::Ways { selected: 0 }));
}

/// Goes `by` entries or lines on.
pub(super) fn step(state: &mut State, by: isize) {
    let last = state.ways_on().len().saturating_sub(1);
    let Some(Dialog::Welcome(welcome)) = &mut state.dialog else { return };
    match welcome {
        Welcome::Ways { selected } => *selected = selected.saturating_add_signed(by).min(last),
        Welcome::Region { selected, .. } => {
            *selected = selected.saturating_add_signed(by).min(Welcome::REGIONS.len() - 1);
        }
        // The view shows the end where there is no more.
        Welcome::Guide { top } => *top = top.saturating_add_signed(by).min(200),
        Welcome::Key(_) => {}
    }
}

/// Goes the selected way, takes the key, or the region.
pub(super) fn accept(state: &mut State, now: Now, welcome: Welcome) -> Effects {
    match welcome {
        Welcome::Ways { selected } => match state.ways_on().get(selected) {
            Some(WayOn::Demo) => return edit::leave_for(state, Effect::Open(Service::Demo)),
            Some(WayOn::Give) => give(state, now, selected),
            Some(WayOn::Guide) | None => show(state, Welcome::Guide { top: 0 }),
        },
        Welcome::Key(entry) => return take(state, now, entry),
        Welcome::Region { key, selected } => {
            let region = Welcome::REGIONS.get(selected).copied();
            return keep(state, now, Effect::KeepKey { key, region });
        }
        Welcome::Guide { .. } => show(state, Welcome::Ways { selected: 0 }),
    }
    Effects::new()
}

fn show(state: &mut State, welcome: Welcome) {
    state.dialog = Some(Dialog::Welcome(welcome));
}

/// A key, unless it would not be used.
fn give(state: &mut State, now: Now, selected: usize) {
    match &state.access.held {
        Some(place) => {
            let words = format!("The key in {place} goes first: one given here would not be used. Change it there");
            show(state, Welcome::Ways { selected });
            toasts::plain(state, now, words);
        }
        None => show(state, Welcome::Key(KeyEntry::default())),
    }
}

/// The key as typed: refused where it cannot work, doubted once where it does not begin as keys do.
fn take(state: &mut State, now: Now, mut entry: KeyEntry) -> Effects {
    if let Some(why) = entry.typed.flaw() {
        entry.wrong = Some(why.to_owned());
        show(state, Welcome::Key(entry));
    } else if !entry.typed.is_familiar() && !entry.doubted {
        entry.wrong = Some("The service's keys begin with sk-. Take it all the same by giving it once more.".into());
        entry.doubted = true;
        show(state, Welcome::Key(entry));
    } else if state.access.asks_region {
        let here = Welcome::REGIONS.iter().position(|region| *region == state.header.region);
        show(state, Welcome::Region { key: entry.typed, selected: here.unwrap_or(0) });
    } else {
        return keep(state, now, Effect::KeepKey { key: entry.typed, region: None });
    }
    Effects::new()
}

fn keep(state: &mut State, now: Now, effect: Effect) -> Effects {
    toasts::plain(state, now, format!("Keeping the key in {}", state.access.file));
    vec![effect]
}

/// The key is in its file, and the studio opens on the service with it; or it could not be kept.
pub(super) fn kept(state: &mut State, now: Now, result: Result<(), Fault>) -> Effects {
    match result {
        Ok(()) => edit::leave_for(state, Effect::Open(Service::Real)),
        Err(fault) => {
            toasts::bad(state, now, fault.to_string());
            Effects::new()
        }
    }
}

/// One step back; from the ways on, out.
pub(super) fn back(state: &mut State, welcome: &Welcome) {
    let from = |way: WayOn, state: &State| state.ways_on().iter().position(|known| *known == way).unwrap_or(0);
    match welcome {
        Welcome::Ways { .. } => {}
        Welcome::Key(_) => show(state, Welcome::Ways { selected: from(WayOn::Give, state) }),
        Welcome::Guide { .. } => show(state, Welcome::Ways { selected: from(WayOn::Guide, state) }),
        Welcome::Region { .. } => show(state, Welcome::Key(KeyEntry::default())),
    }
}

/// A key press while the key is typed.
pub(super) fn type_key(entry: &mut KeyEntry, key: Key) {
    let typed = match key.code {
        Code::Char('u') if key.ctrl => Secret::default(),
        Code::Char(letter) if !key.ctrl && !key.alt => entry.typed.with(letter.encode_utf8(&mut [0; 4])),
        Code::Backspace => entry.typed.shorter(),
        _ => return,
    };
    *entry = KeyEntry { typed, ..KeyEntry::default() };
}

/// Text pasted somewhere on the way: where a key is typed, it is the key; at the ways on, it is taken for one too.
pub(super) fn paste(state: &mut State, now: Now, text: &str) {
    if matches!(state.dialog, Some(Dialog::Welcome(Welcome::Ways { .. }))) {
        let at = state.ways_on().iter().position(|way| *way == WayOn::Give).unwrap_or(0);
        give(state, now, at);
    }
    if let Some(Dialog::Welcome(Welcome::Key(entry))) = &mut state.dialog {
        put(entry, text);
    }
}

/// A pasted key; blanks and line breaks around it are no part of it.
fn put(entry: &mut KeyEntry, text: &str) {
    *entry = KeyEntry { typed: entry.typed.with(clean(text.trim()).trim()), ..KeyEntry::default() };
}
