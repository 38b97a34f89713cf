//! What is said of pictures in the gallery: marks for several at once, stars, rejects, tags, the bin, and taking it back.
//! What is changed is seen at once; the store is told.

use std::collections::BTreeSet;

use super::{Effects, gallery, toasts, viewer};
use crate::domain::query::Bin;
use crate::domain::{Card, Fault, ImageId, Mark, Now, tag, text::grouped};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Gallery, Line, Pending, PictureUndo, Scope, Screen, State};

/// Marks the selected picture or takes its mark off, and goes on to the next.
pub(super) fn toggle(state: &mut State) {
    let Some(id) = state.gallery.card().map(|card| card.image.id) else { return };
    if !state.gallery.marks.remove(&id) {
        state.gallery.marks.insert(id);
    }
    gallery::step(state, 1);
}

/// Marks every picture that is found: those that were read at once, the others when the store has named them.
pub(super) fn all(state: &mut State, now: Now) -> Effects {
    let gallery = &mut state.gallery;
    gallery.marks.extend(gallery.cards.iter().map(|card| card.image.id));
    let Some(query) = gallery.read.clone().filter(|_| gallery.more || gallery.skipped > 0) else {
        return Effects::new();
    };
    gallery.asked_ids += 1;
    gallery.gathering = Some(gallery.asked_ids);
    let ticket = gallery.asked_ids;
    toasts::plain(state, now, "Marking all that are found");
    vec![Effect::ShelfIds { ticket, query: Box::new(query) }]
}

/// The names of all that are found, unless something else is looked for by now, or the marks were taken off.
pub(super) fn gathered(state: &mut State, now: Now, ticket: u64, result: Result<Vec<ImageId>, Fault>) {
    if state.gallery.gathering.take_if(|asked| *asked == ticket).is_none() {
        return;
    }
    match result {
        Ok(ids) => {
            let words = format!("{} marked", pictures(ids.len()));
            state.gallery.marks = ids.into_iter().collect();
            toasts::plain(state, now, words);
        }
        Err(fault) => toasts::bad(state, now, fault.to_string()),
    }
}

/// `1,234 pictures`.
fn pictures(count: usize) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { "picture" } else { "pictures" })
}

/// Takes the marks off; where there are none, the search.
pub(super) fn none(state: &mut State) {
    if state.gallery.marks.is_empty() {
        gallery::drop_search(state);
    }
    state.gallery.gathering = None;
    state.gallery.marks.clear();
}

/// Gives stars, or takes them off where all have one.
pub(super) fn star(state: &mut State, now: Now) -> Effects {
    turn(state, now, Mark::Star, ["starred", "without a star"])
}

/// Turns pictures down, or takes that back.
pub(super) fn reject(state: &mut State, now: Now) -> Effects {
    turn(state, now, Mark::Reject, ["rejected", "not rejected any more"])
}

/// Puts pictures into the bin, or brings them back where all are there.
pub(super) fn bin(state: &mut State, now: Now) -> Effects {
    if state.gallery.beyond() == 0 {
        return turn(state, now, Mark::Bin, ["in the bin", "back on the shelf"]);
    }
    // More than is in sight: first it is said how many.
    let bin = state.gallery.read.as_ref().map_or(Bin::Out, |query| query.bin);
    let on = bin != Bin::In;
    let images: Vec<ImageId> = state.gallery.marks.iter().copied().collect();
    let count = pictures(images.len());
    let (title, line) = match on {
        true => (format!("Put {count} into the bin?"), "Their files stay where they are until the bin is emptied."),
        false => (format!("Bring {count} back from the bin?"), "They come back to the places they had."),
    };
    let confirm = Confirm { title, lines: vec![line.to_owned()], pending: Pending::Bin(images, on) };
    state.dialog = Some(Dialog::Confirm(confirm));
    Effects::new()
}

/// Of two pictures one gets a star, and the other one is turned down; undo takes both back.
pub(super) fn prefer(state: &mut State, now: Now, kept: ImageId, other: ImageId) -> Effects {
    let done = vec![(vec![kept], Mark::Star(true)), (vec![other], Mark::Reject(true))];
    tell(state, now, format!("#{kept} starred, #{other} rejected"), done)
}

/// What is true of all of them is taken back, else it is made true of all.
fn turn(state: &mut State, now: Now, mark: fn(bool) -> Mark, said: [&str; 2]) -> Effects {
    if state.dialog.is_some() || state.screen != Screen::Gallery {
        // The one that is seen, whatever else is marked. What is true of it the store knows.
        return match viewer::meant(state) {
            Some(id) => vec![Effect::MarkAll { images: vec![id], marks: vec![mark(true)], turn: true }],
            None => {
                toasts::plain(state, now, "No picture is shown");
                Effects::new()
            }
        };
    }
    if state.gallery.beyond() > 0 {
        return mark_all(state, vec![mark(true)], true);
    }
    let targets = state.gallery.targets();
    let on = !targets.iter().all(|card| card.has(&mark(true)));
    let ids: Vec<ImageId> = targets.iter().map(|card| card.image.id).collect();
    do_all(state, now, &ids, vec![mark(on)], said[usize::from(!on)])
}

/// Has all marked pictures marked by the store, which knows those beyond what was read.
fn mark_all(state: &State, marks: Vec<Mark>, turn: bool) -> Effects {
    let images = state.gallery.marks.iter().copied().collect();
    if marks.is_empty() { Effects::new() } else { vec![Effect::MarkAll { images, marks, turn }] }
}

/// All of them were marked, in one go: taken back in one go, too.
pub(super) fn marked(state: &mut State, now: Now, result: Result<Vec<(Vec<ImageId>, Mark)>, Fault>) {
    let done = match result {
        Ok(done) => done,
        Err(fault) => return toasts::bad(state, now, fault.to_string()),
    };
    let Some((_, mark)) = done.last() else {
        return toasts::plain(state, now, "Nothing changed: it is so already");
    };
    let all: BTreeSet<ImageId> = done.iter().flat_map(|(ids, _)| ids).copied().collect();
    let which = match all.first() {
        Some(id) if all.len() == 1 => format!("#{id}"),
        _ => pictures(all.len()),
    };
    let what = format!("{which} {}", words(mark));
    remember(state, now, what, &done);
    show(state, now, &done);
    gallery::follow(state);
    // So is what the drawer says of it.
    state.viewer.near.asked = None;
    // What is beyond the pictures here, and how many there are now, is read anew.
    state.gallery.stale = true;
}

/// What a mark makes of a picture.
fn words(mark: &Mark) -> &'static str {
    match mark {
        Mark::Star(true) => "starred",
        Mark::Star(false) => "without a star",
        Mark::Reject(true) => "rejected",
        Mark::Reject(false) => "not rejected any more",
        Mark::Tag(_, true) => "tagged",
        Mark::Tag(_, false) => "without tags",
        Mark::Bin(true) => "in the bin",
        Mark::Bin(false) => "back on the shelf",
    }
}

/// Opens the line tags are typed into; it says those that all the pictures have.
pub(super) fn open_tags(state: &mut State, now: Now) {
    let targets = state.gallery.targets();
    if state.gallery.targeted() == 0 {
        toasts::plain(state, now, "No picture is selected");
        return;
    }
    // Nobody knows here what those beyond have.
    let common = if state.gallery.beyond() > 0 { String::new() } else { common(&targets).join(", ") };
    let text = if common.is_empty() { common } else { common + ", " };
    state.gallery.tags = Some(Line::new(&text));
}

/// Tags all of them have.
fn common(cards: &[&Card]) -> Vec<String> {
    let Some((first, rest)) = cards.split_first() else { return Vec::new() };
    first.tags.iter().filter(|tag| rest.iter().all(|card| card.tags.contains(tag))).cloned().collect()
}

/// Puts the tags typed on the pictures; those that are not in the line any more are taken off.
pub(super) fn keep_tags(state: &mut State, now: Now) -> Effects {
    let Some(line) = state.gallery.tags.take() else { return Effects::new() };
    let typed: Vec<String> = line.text().split([',', '，']).filter_map(tag).collect();
    if state.gallery.beyond() > 0 {
        return mark_all(state, typed.into_iter().map(|tag| Mark::Tag(tag, true)).collect(), false);
    }
    let targets = state.gallery.targets();
    let gone = common(&targets).into_iter().filter(|tag| !typed.contains(tag)).map(|tag| Mark::Tag(tag, false));
    let marks: Vec<Mark> = gone.chain(typed.iter().map(|tag| Mark::Tag(tag.clone(), true))).collect();
    let ids: Vec<ImageId> = targets.iter().map(|card| card.image.id).collect();
    let words = if typed.is_empty() { "without tags" } else { "tagged" };
    do_all(state, now, &ids, marks, words)
}

/// Does it to those of which it is not true yet, and remembers how to take it back.
fn do_all(state: &mut State, now: Now, ids: &[ImageId], marks: Vec<Mark>, said: &str) -> Effects {
    if ids.is_empty() {
        let marked = !state.gallery.marks.is_empty();
        let words = if marked { "The marked pictures are not among those shown" } else { "No picture is selected" };
        toasts::plain(state, now, words);
        return Effects::new();
    }
    let changes = |mark: &Mark| -> Vec<ImageId> {
        let cards = ids.iter().filter_map(|id| state.gallery.get(*id));
        cards.filter(|card| !card.has(mark)).map(|card| card.image.id).collect()
    };
    let done: Vec<(Vec<ImageId>, Mark)> =
        marks.into_iter().map(|mark| (changes(&mark), mark)).filter(|(ids, _)| !ids.is_empty()).collect();
    if done.is_empty() {
        return Effects::new();
    }
    let what = match ids {
        [id] => format!("#{id} {said}"),
        many => format!("{} pictures {said}", many.len()),
    };
    tell(state, now, what, done)
}

/// Says what is done, remembers how to take it back, and does it.
fn tell(state: &mut State, now: Now, what: String, done: Vec<(Vec<ImageId>, Mark)>) -> Effects {
    remember(state, now, what, &done);
    write(state, now, done)
}

/// Says what is done, and remembers how to take it back.
fn remember(state: &mut State, now: Now, what: String, done: &[(Vec<ImageId>, Mark)]) {
    let scope = match state.dialog {
        Some(Dialog::Zoom) => Scope::Zoom,
        _ => Scope::Gallery,
    };
    let key = toasts::key(state, scope, Action::UndoPicture);
    let undo = match key {
        Some(key) if scope == Scope::Zoom || state.screen == Screen::Gallery => format!("; {key} undoes it"),
        Some(key) => format!("; {key} in the gallery undoes it"),
        None => String::new(),
    };
    toasts::good(state, now, format!("{what}{undo}"));
    let undo = &mut state.gallery.undo;
    undo.push(PictureUndo { done: done.to_vec(), what });
    if undo.len() > Gallery::UNDO {
        undo.remove(0);
    }
}

/// Asks whether the bin is to be emptied; how much that is, is said once the store has counted it.
pub(super) fn ask_to_empty(state: &mut State) -> Effects {
    let lines = vec![
        "The files of what is in the bin are deleted for good, with the recipes beside them.".to_owned(),
        "This cannot be undone.".to_owned(),
        "Those with a star stay. How they were made and what they cost stays in the history.".to_owned(),
    ];
    let confirm = Confirm { title: "Empty the bin?".into(), lines, pending: Pending::EmptyBin };
    state.dialog = Some(Dialog::Confirm(confirm));
    vec![Effect::SizeBin]
}

/// What would be deleted, said in the question as long as that is asked.
pub(super) fn bin_size(state: &mut State, count: u64, bytes: u64) {
    let Some(Dialog::Confirm(Confirm { title, pending: Pending::EmptyBin, .. })) = &mut state.dialog else { return };
    let count = pictures(usize::try_from(count).unwrap_or(usize::MAX));
    *title = format!("Delete {count} ({:.1} MB) for good?", bytes as f64 / 1e6);
}

/// Empties it. What was put there cannot be brought back any more.
pub(super) fn empty_bin(state: &mut State, now: Now) -> Effect {
    for step in &mut state.gallery.undo {
        step.done.retain(|(_, mark)| !matches!(mark, Mark::Bin(true)));
    }
    state.gallery.undo.retain(|step| !step.done.is_empty());
    toasts::plain(state, now, "The bin is being emptied");
    Effect::EmptyBin
}

/// Takes the last thing back that was said of pictures.
pub(super) fn undo(state: &mut State, now: Now) -> Effects {
    let Some(PictureUndo { done, what }) = state.gallery.undo.pop() else {
        toasts::plain(state, now, "There is nothing to undo here");
        return Effects::new();
    };
    toasts::plain(state, now, format!("Undone: {what}"));
    let back: Vec<_> = done.into_iter().rev().map(|(ids, mark)| (ids, mark.undone())).collect();
    write(state, now, back)
}

/// Tells the store, and shows what it will say.
fn write(state: &mut State, now: Now, done: Vec<(Vec<ImageId>, Mark)>) -> Effects {
    show(state, now, &done);
    done.into_iter().map(|(images, mark)| Effect::MarkPictures { images, mark }).collect()
}

/// Shows pictures as they are marked now; those that left the shelf are gone from it.
fn show(state: &mut State, now: Now, done: &[(Vec<ImageId>, Mark)]) {
    let gallery = &mut state.gallery;
    let bin = gallery.read.as_ref().map_or(Bin::Out, |query| query.bin);
    for (ids, mark) in done {
        let ids: BTreeSet<&ImageId> = ids.iter().collect();
        for card in gallery.cards.iter_mut().filter(|card| ids.contains(&card.image.id)) {
            card.put(mark, now);
        }
    }
    let at = gallery.selected;
    let before = gallery.cards.iter().take(at).filter(|card| !is_on(card, bin)).count();
    let gone = gallery.cards.iter().filter(|card| !is_on(card, bin)).count();
    gallery.cards.retain(|card| is_on(card, bin));
    gallery.count = gallery.count.map(|count| count.saturating_sub(gone as u64));
    let left: BTreeSet<&ImageId> =
        done.iter().filter(|(_, mark)| matches!(mark, Mark::Bin(_))).flat_map(|(ids, _)| ids).collect();
    gallery.marks.retain(|id| !left.contains(id));
    gallery.selected = (at - before).min(gallery.cards.len().saturating_sub(1));
    if gallery.cards.is_empty() {
        // What is before them is read from the beginning.
        gallery.skipped = 0;
    }
}

/// Whether a picture is on the shelf that is looked at.
fn is_on(card: &Card, bin: Bin) -> bool {
    match bin {
        Bin::Out => card.binned.is_none(),
        Bin::In => card.binned.is_some(),
        Bin::Either => true,
    }
}
