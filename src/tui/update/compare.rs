//! Comparing two pictures: choosing them, flipping between them, and having them painted one after the other.

use std::path::PathBuf;

use super::{Effects, picture_marks, preview, references, toasts, viewer};
use crate::domain::{Difference, Fault, ImageId, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::compare_pane;
use crate::tui::state::{Compare, Dialog, Lens, Manner, Painting, Picked, Screen, Sheet, State};

/// Chooses the picture that is meant: the first of two, or the second, and then they are compared. Of two marked jobs the
/// first pictures are.
pub(super) fn choose(state: &mut State, now: Now) {
    if let Some([first, second]) = marked(state) {
        return open(state, first, second);
    }
    let Some(picked) = viewer::meant(state).and_then(|id| picked(state, id)) else {
        toasts::plain(state, now, "There is no picture to compare");
        return;
    };
    match state.first_of_two.take() {
        Some(first) if first.image.id == picked.image.id => {
            toasts::plain(state, now, format!("#{} is no longer chosen", first.image.id));
        }
        Some(first) => open(state, first, picked),
        None => {
            let words = format!("#{} is the first; the same key on another picture compares the two", picked.image.id);
            toasts::good(state, now, words);
            state.first_of_two = Some(picked);
        }
    }
}

fn picked(state: &State, id: ImageId) -> Option<Picked> {
    let of_card = || state.gallery.get(id).map(|card| card.request.clone());
    let request = state.job(id.job).map(|job| job.request.clone()).or_else(of_card)?;
    Some(Picked { image: state.image(id)?.clone(), request })
}

/// The two marked pictures of the gallery, or the first pictures of the two marked jobs; the older one first.
fn marked(state: &State) -> Option<[Picked; 2]> {
    if state.dialog.is_none() && state.screen == Screen::Gallery {
        let [first, second] = state.gallery.marks.iter().copied().collect::<Vec<_>>()[..] else { return None };
        return Some([picked(state, first)?, picked(state, second)?]);
    }
    let is_list = state.dialog.is_none() && matches!(state.screen, Screen::Queue | Screen::Batch);
    if !is_list || state.marked() != 2 {
        return None;
    }
    let firsts = state.targets().into_iter().filter_map(|job| Some(job.images.first()?.id));
    let mut firsts: Vec<ImageId> = firsts.collect();
    firsts.sort_unstable();
    let [first, second] = firsts[..] else { return None };
    Some([picked(state, first)?, picked(state, second)?])
}

fn open(state: &mut State, first: Picked, second: Picked) {
    // News of the choice would lie over what differs.
    state.toasts.clear();
    state.dialog = Some(Dialog::Compare(Box::new(Compare::new(first, second))));
}

fn compare(state: &mut State) -> Option<&mut Compare> {
    match &mut state.dialog {
        Some(Dialog::Compare(compare)) => Some(compare),
        _ => None,
    }
}

/// The other one is meant, and seen where one is in the place of the other.
pub(super) fn flip(state: &mut State) {
    if let Some(compare) = compare(state) {
        compare.meant = 1 - compare.meant.min(1);
    }
}

/// Compares them in the next way.
pub(super) fn other_way(state: &mut State) {
    if let Some(compare) = compare(state) {
        (compare.way, compare.lens) = (compare.way.next(), Lens::default());
    }
}

/// Halves what is seen of both, or doubles it.
pub(super) fn turn_lens(state: &mut State, by: i32) {
    let size = state.size;
    if let Some(compare) = compare(state) {
        let (picture, pane) = (compare.size(0), compare_pane(size, compare));
        compare.lens.turn(by, picture, pane);
    }
}

/// Moves what is seen of both.
pub(super) fn pan(state: &mut State, columns: i64, rows: i64) {
    let size = state.size;
    if let Some(compare) = compare(state) {
        let (picture, pane) = (compare.size(0), compare_pane(size, compare));
        compare.lens.pan((columns, rows), picture, pane);
    }
}

/// The next request is made from the one that is meant.
pub(super) fn edit(state: &mut State, now: Now) {
    let Some(compare) = compare(state) else { return };
    let picked = compare.pair[compare.meant.min(1)].clone();
    state.dialog = None;
    preview::overtaken(state);
    // So that its name is known by its file, whatever list it came from.
    state.first_of_two = Some(picked.clone());
    references::take_image(state, now, picked.image);
}

/// One of the two gets a star, the other one is turned down.
pub(super) fn keep(state: &mut State, now: Now, which: usize) -> Effects {
    let Some(compare) = compare(state) else { return Effects::new() };
    let [kept, other] = [&compare.pair[which], &compare.pair[1 - which]].map(|picked| picked.image.id);
    picture_marks::prefer(state, now, kept, other)
}

/// Asks for what is seen, one after the other: of two wishes at once the painter would drop the first.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let size = state.size;
    let compare = compare(state)?;
    let pane = compare_pane(size, compare);
    if pane.0 == 0 || pane.1 == 0 {
        return None;
    }
    let wanted = compare.wanted(pane);
    let is_wanted = |sheet: &Sheet| wanted.iter().any(|(_, other)| other == sheet);
    if compare.asked.as_ref().is_some_and(is_wanted) {
        return None;
    }
    let is_here = |at: usize, sheet: &Sheet| compare.painted[at].as_ref().is_some_and(|(painted, _)| painted == sheet);
    let (_, next) = wanted.into_iter().find(|(at, sheet)| !is_here(*at, sheet))?;
    compare.asked = Some(next.clone());
    Some(match next {
        Sheet::Part(part) => Effect::PaintPart(part),
        Sheet::Heat(heat) => Effect::PaintHeat(heat),
    })
}

/// Asks how much they differ, once, when where they differ is to be seen.
pub(super) fn measure(state: &mut State) -> Option<Effect> {
    let compare = compare(state).filter(|compare| compare.way == Manner::Heat && !compare.measured)?;
    compare.measured = true;
    Some(Effect::Measure(Box::new(compare.files())))
}

/// Takes how much they differ.
pub(super) fn measured(state: &mut State, pair: &[PathBuf; 2], difference: Result<Difference, Fault>) {
    if let Some(compare) = compare(state).filter(|compare| compare.files() == *pair) {
        compare.difference = Some(difference);
    }
}

/// Takes what was painted: what is wanted, or the same as is shown, made lighter or drawn another way.
pub(super) fn painted(state: &mut State, sheet: Sheet, cells: &Painting) {
    let size = state.size;
    let Some(compare) = compare(state) else { return };
    compare.asked.take_if(|asked| *asked == sheet);
    let wanted = compare.wanted(compare_pane(size, compare));
    for (at, painted) in compare.painted.iter_mut().enumerate() {
        let is_shown = painted.as_ref().is_some_and(|(shown, _)| *shown == sheet);
        if is_shown || wanted.iter().any(|(which, other)| *which == at && *other == sheet) {
            *painted = Some((sheet.clone(), cells.clone()));
        }
    }
}
