//! The gallery: going through it, searching it, and having pictures read and painted as they come into sight. What is said
//! of pictures is in `picture_marks`.

use super::{Effects, preview, recall, references, toasts};
use crate::domain::query::{Query, Sort, Stretch};
use crate::domain::{Card, Fault, Job, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::{Layout, Wall, layout};
use crate::tui::msg::PaintedPart;
use crate::tui::state::{Dialog, Gallery, Line, REST, Screen, ShelfQuestion, ShelfWay, State};

/// The gallery as it lies on the screen; `None` on another one.
fn wall(state: &State) -> Option<Wall> {
    match layout(state) {
        Layout::Gallery(wall) => Some(wall),
        _ => None,
    }
}

/// Goes so many pictures on; to the first or the last one where there are not so many.
pub(super) fn step(state: &mut State, by: isize) {
    let last = state.gallery.cards.len().saturating_sub(1);
    state.gallery.selected = state.gallery.selected.saturating_add_signed(by).min(last);
    follow(state);
}

/// Goes so many rows on, in the same column. In the last row, which may be short, the last picture is below all others.
pub(super) fn step_row(state: &mut State, by: isize) {
    let Some(wall) = wall(state) else { return };
    let columns = isize::from(i16::try_from(wall.columns).unwrap_or(1));
    let (at, count) = (state.gallery.selected, state.gallery.cards.len());
    let Some(to) = at.checked_add_signed(by.saturating_mul(columns)) else { return };
    let row = |at: usize| at / usize::from(wall.columns.max(1));
    if to < count {
        state.gallery.selected = to;
    } else if row(at) < row(count.saturating_sub(1)) {
        state.gallery.selected = count - 1;
    }
    follow(state);
}

/// Turns a page.
pub(super) fn turn(state: &mut State, by: isize) {
    let Some(wall) = wall(state) else { return };
    let room = isize::try_from(wall.room()).unwrap_or(1);
    step(state, by.saturating_mul(room));
}

/// Goes to the first picture, reading from the beginning where it is not here.
pub(super) fn first(state: &mut State) -> Effects {
    state.gallery.selected = 0;
    follow(state);
    if state.gallery.skipped == 0 { Effects::new() } else { ask(state, ShelfWay::Afresh) }
}

/// Goes to the last picture.
pub(super) fn last(state: &mut State) -> Effects {
    state.gallery.selected = state.gallery.cards.len().saturating_sub(1);
    follow(state);
    if state.gallery.more { ask(state, ShelfWay::FromEnd) } else { Effects::new() }
}

/// Selects one of those read.
pub(super) fn select(state: &mut State, at: usize) {
    state.gallery.selected = at.min(state.gallery.cards.len().saturating_sub(1));
    follow(state);
}

/// The picture on the whole screen is the selected one.
fn follow(state: &mut State) {
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        state.gallery.enlarged = true;
        state.preview.wanted = state.gallery.card().map(|card| card.image.id);
    }
}

/// Shows the selected picture on the whole screen.
pub(super) fn open(state: &mut State, now: Now) {
    if state.gallery.card().is_none() {
        toasts::plain(state, now, "No picture is selected");
        return;
    }
    state.dialog = Some(Dialog::Zoom);
    follow(state);
}

/// The selected picture's prompt and settings in the form.
pub(super) fn use_all(state: &mut State, now: Now) {
    match state.gallery.card() {
        Some(card) => {
            let (job, request) = (card.image.id.job, card.request.clone());
            recall::load(state, now, job, &request);
        }
        None => toasts::plain(state, now, "No picture is selected"),
    }
}

/// The next request is made from the selected picture.
pub(super) fn edit_from(state: &mut State, now: Now) {
    match state.gallery.card() {
        Some(card) => {
            let image = card.image.clone();
            references::take_image(state, now, image);
        }
        None => toasts::plain(state, now, "No picture is selected"),
    }
}

/// Copies the paths of the marked pictures, or of the selected one.
pub(super) fn copy_path(state: &mut State, now: Now) -> Effects {
    let paths: Vec<String> = state.gallery.targets().iter().map(|card| card.image.path.display().to_string()).collect();
    if state.gallery.beyond() > 0 {
        toasts::plain(state, now, "Too many for the clipboard: `pinxit list` prints a path on each line");
        return Effects::new();
    }
    let words = match paths.len() {
        0 => "No picture is selected".to_owned(),
        1 => "Path copied (where the terminal allows it)".to_owned(),
        many => format!("{many} paths copied (where the terminal allows it)"),
    };
    toasts::plain(state, now, words);
    if paths.is_empty() { Effects::new() } else { vec![Effect::Copy(paths.join("\n"))] }
}

/// Opens the line the search is typed into; what is in it stays.
pub(super) fn search(state: &mut State) {
    state.gallery.before = Some(state.gallery.search.text().to_owned());
}

/// The search stays as it is typed. One that cannot be read keeps the keys: it would find nothing, and not say so.
pub(super) fn keep_search(state: &mut State, now: Now) {
    if let Some(wrong) = &state.gallery.wrong {
        let words = wrong.to_string();
        toasts::bad(state, now, words);
        return;
    }
    state.gallery.before = None;
    let kept = state.gallery.search.text().trim().to_owned();
    state.gallery.search.set(&kept);
}

/// Looks for everything again.
pub(super) fn drop_search(state: &mut State) {
    state.gallery.before = None;
    state.gallery.search = Line::default();
}

/// Goes on to the next order, which is part of the search.
pub(super) fn sort(state: &mut State, now: Now) {
    let sort = state.gallery.read.as_ref().map_or(Sort::default(), |query| query.sort).next();
    let text = sort.put(state.gallery.search.text());
    state.gallery.search.set(&text);
    let words = match sort {
        Sort::New => "The newest first",
        Sort::Old => "The oldest first",
        Sort::Cost => "The dearest first",
        Sort::Size => "The largest first",
    };
    toasts::plain(state, now, words);
}

/// Names in place of pictures, and back.
pub(super) fn turn_list(state: &mut State, now: Now) {
    if state.gallery.blind {
        toasts::plain(state, now, "This terminal shows no pictures: they are listed by name");
        return;
    }
    state.gallery.list = !state.gallery.list;
}

/// Jobs changed: pictures may have come, or been marked elsewhere.
pub(super) fn changed(state: &mut State, jobs: &[Job]) {
    let here = |job: &Job| !job.images.is_empty();
    state.gallery.stale |= state.gallery.read.is_some() && jobs.iter().any(here);
}

/// Whatever happened, other pictures may have to be read, and painted.
pub(super) fn settle(state: &mut State, now: Now) -> Effects {
    if state.screen != Screen::Gallery {
        return Effects::new();
    }
    let mut effects = read(state);
    effects.extend(paint(state, now));
    effects
}

/// Asks for what is looked for, or for more of it where the selection comes near an end of what is here.
fn read(state: &mut State) -> Effects {
    let Some(wall) = wall(state) else { return Effects::new() };
    let gallery = &mut state.gallery;
    let query: Query = match gallery.search.text().parse() {
        Ok(query) => query,
        Err(wrong) => {
            gallery.wrong = Some(wrong);
            return Effects::new();
        }
    };
    gallery.wrong = None;
    let under_way = gallery.pending.as_ref().map(|pending| &pending.query);
    if under_way.or(gallery.read.as_ref()) != Some(&query) {
        return ask_for(gallery, query, ShelfWay::Afresh);
    }
    if gallery.pending.is_some() {
        return Effects::new();
    }
    let sight = wall.sight(state);
    let gallery = &mut state.gallery;
    if gallery.stale {
        let most = gallery.cards.len().max(Gallery::PAGE);
        return ask_for(gallery, query, ShelfWay::Again { most });
    }
    if gallery.more && sight.end + wall.room() >= gallery.cards.len() {
        return ask_for(gallery, query, ShelfWay::On);
    }
    if gallery.skipped > 0 && sight.start < wall.room() {
        return ask_for(gallery, query, ShelfWay::Back);
    }
    Effects::new()
}

fn ask(state: &mut State, way: ShelfWay) -> Effects {
    match state.gallery.read.clone() {
        Some(query) => ask_for(&mut state.gallery, query, way),
        None => Effects::new(),
    }
}

fn ask_for(gallery: &mut Gallery, query: Query, way: ShelfWay) -> Effects {
    let mark = |card: Option<&Card>| card.map(|card| query.sort.mark(card));
    let (first, last) = (mark(gallery.cards.first()), mark(gallery.cards.last()));
    let (stretch, most) = match (way, first, last) {
        (ShelfWay::FromEnd, ..) => (Stretch::Last, Gallery::PAGE),
        (ShelfWay::On, _, Some(last)) => (Stretch::After(last), Gallery::PAGE),
        (ShelfWay::Back, Some(first), _) => (Stretch::Before(first), Gallery::PAGE),
        // At the beginning what has come is to be seen too.
        (ShelfWay::Again { most }, Some(first), _) if gallery.skipped > 0 => (Stretch::At(first), most),
        (ShelfWay::Again { most }, ..) => (Stretch::First, most),
        _ => (Stretch::First, Gallery::PAGE),
    };
    gallery.tickets += 1;
    gallery.stale = false;
    let (ticket, count) = (gallery.tickets, !matches!(way, ShelfWay::On | ShelfWay::Back));
    gallery.pending = Some(ShelfQuestion { ticket, query: query.clone(), way });
    vec![Effect::Shelf { ticket, query: Box::new(query), stretch, most, count }]
}

/// Pictures were read.
pub(super) fn arrived(state: &mut State, ticket: u64, result: Result<Vec<Card>, Fault>) {
    let gallery = &mut state.gallery;
    let Some(question) = gallery.pending.take_if(|pending| pending.ticket == ticket) else { return };
    let other = gallery.read.as_ref() != Some(&question.query);
    gallery.read = Some(question.query);
    let cards = match result {
        Ok(cards) => cards,
        Err(fault) => {
            gallery.fault = Some(fault);
            return;
        }
    };
    gallery.fault = None;
    let full = cards.len() >= Gallery::PAGE;
    match question.way {
        ShelfWay::Afresh => {
            (gallery.cards, gallery.skipped, gallery.more, gallery.selected) = (cards, 0, full, 0);
            if other {
                gallery.count = None;
                gallery.marks.clear();
                gallery.gathering = None;
            }
        }
        ShelfWay::FromEnd => {
            gallery.skipped = gallery.count.unwrap_or(0).saturating_sub(cards.len() as u64);
            gallery.selected = cards.len().saturating_sub(1);
            (gallery.cards, gallery.more) = (cards, false);
        }
        ShelfWay::Again { most } => again(gallery, cards, most),
        ShelfWay::On => {
            gallery.more = full;
            gallery.cards.extend(cards);
            let over = gallery.cards.len().saturating_sub(Gallery::MOST).min(gallery.selected);
            gallery.cards.drain(..over);
            (gallery.skipped, gallery.selected) = (gallery.skipped + over as u64, gallery.selected - over);
        }
        ShelfWay::Back => back(gallery, cards, full),
    }
    follow(state);
}

/// The same stretch, read again: the selection stays on its picture, or on the one in its place.
fn again(gallery: &mut Gallery, cards: Vec<Card>, most: usize) {
    let kept = gallery.card().map(|card| card.image.id);
    gallery.more = cards.len() >= most;
    gallery.cards = cards;
    let at = gallery.cards.iter().position(|card| Some(card.image.id) == kept);
    gallery.selected = at.unwrap_or(gallery.selected).min(gallery.cards.len().saturating_sub(1));
}

/// Those before what is here. Where there are no more, it begins with them, whatever was counted.
fn back(gallery: &mut Gallery, cards: Vec<Card>, full: bool) {
    let new = cards.len();
    gallery.skipped = if full { gallery.skipped.saturating_sub(new as u64).max(1) } else { 0 };
    gallery.selected += new;
    gallery.cards.splice(..0, cards);
    let kept = Gallery::MOST.max(gallery.selected + 1);
    if gallery.cards.len() > kept {
        gallery.cards.truncate(kept);
        gallery.more = true;
    }
}

/// How many there are in all.
pub(super) fn counted(state: &mut State, ticket: u64, count: u64) {
    let gallery = &mut state.gallery;
    // Pages read since then are of the same search.
    let newest = gallery.pending.as_ref().is_none_or(|pending| pending.ticket == ticket || is_more(pending.way));
    if ticket <= gallery.tickets && newest {
        gallery.count = Some(count);
        if !gallery.more {
            gallery.skipped = count.saturating_sub(gallery.cards.len() as u64);
        }
    }
}

fn is_more(way: ShelfWay) -> bool {
    matches!(way, ShelfWay::On | ShelfWay::Back)
}

/// Asks for the small pictures in sight, once they have been there for a moment.
fn paint(state: &mut State, now: Now) -> Effects {
    let Some(wall) = wall(state).filter(|_| !matches!(state.dialog, Some(Dialog::Zoom))) else {
        // What waited has no place now; where there is one again, it is asked for anew.
        state.gallery.thumbs.due = None;
        state.gallery.thumbs.wanted.clear();
        return Effects::new();
    };
    let parts = wall.parts(state);
    let selected = state.gallery.selected.saturating_sub(wall.sight(state).start);
    let thumbs = &mut state.gallery.thumbs;
    if thumbs.wanted != parts {
        // Nobody waits for the first ones in vain, and nobody who only walks through paints them all.
        thumbs.due = Some(if thumbs.wanted.is_empty() { now } else { now.after(REST) });
        thumbs.wanted = parts;
    }
    if thumbs.due.is_none_or(|due| due > now) {
        return Effects::new();
    }
    thumbs.due = None;
    let mut missing: Vec<_> = thumbs.wanted.iter().filter(|part| thumbs.get(part).is_none()).cloned().collect();
    if let Some(at) = thumbs.wanted.get(selected).and_then(|part| missing.iter().position(|other| other == part)) {
        let first = missing.remove(at);
        missing.insert(0, first);
    }
    // The newest wish goes first.
    missing.into_iter().rev().map(Effect::PaintPart).collect()
}

/// Takes a small picture that was painted.
pub(super) fn painted(state: &mut State, painted: &PaintedPart) {
    let thumbs = &mut state.gallery.thumbs;
    // The same one may come again, better or drawn another way.
    let known = thumbs.shown.iter().position(|(part, _)| *part == painted.part);
    let shown = known.and_then(|at| thumbs.shown.remove(at)).is_some();
    if !shown && !thumbs.wanted.contains(&painted.part) {
        return;
    }
    thumbs.shown.push_back((painted.part.clone(), painted.cells.clone()));
    while thumbs.shown.len() > super::super::state::Thumbs::KEPT {
        thumbs.shown.pop_front();
    }
}

/// After an enlarged picture the compose screen shows its own again.
pub(super) fn leave(state: &mut State) {
    if state.screen != Screen::Gallery && std::mem::take(&mut state.gallery.enlarged) {
        preview::follow_selection(state);
    }
}
