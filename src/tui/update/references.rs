//! The pictures a request is made from: naming them, ordering them, and having the local ones looked at.

use std::path::PathBuf;

use serde_json::Value;

use super::{Effects, mention, picture_entry, settings, toasts};
use crate::domain::text::clean;
use crate::domain::{Fault, Image, InputFacts, Now, Origin, Reference};
use crate::tui::effect::Effect;
use crate::tui::state::{
    Confirm, Dialog, Line, Look, Pane, Pending, PictureEntry, Place, Screen, State, Way, is_address,
};

pub(super) fn select(state: &mut State, by: isize) {
    let last = state.compose.request.images.len().saturating_sub(1);
    state.references.selected = state.references.selected.saturating_add_signed(by).min(last);
}

/// Opens the dialog for one more picture.
pub(super) fn open(state: &mut State) {
    state.dialog = Some(Dialog::Picture(PictureEntry::default()));
}

/// Opens the dialog on the selected picture, or for the first one.
pub(super) fn change(state: &mut State) {
    let at = state.references.selected;
    let Some(reference) = state.compose.request.images.get(at) else { return open(state) };
    let text = Line::new(&reference.to_string());
    state.dialog = Some(Dialog::Picture(PictureEntry { text, replaces: Some(at), ..PictureEntry::default() }));
}

/// Takes the selected picture off the list; the file is not touched.
pub(super) fn remove(state: &mut State, now: Now) {
    let at = state.references.selected;
    if at >= state.compose.request.images.len() {
        toasts::plain(state, now, "There is no picture to take off the list");
        return;
    }
    state.compose.request.images.remove(at);
    boxes(state, |lists| {
        if at < lists.len() {
            lists.remove(at);
        }
    });
    select(state, 0);
}

/// Moves the selected picture, and with it what the prompt calls it.
pub(super) fn shift(state: &mut State, by: isize) {
    let images = &mut state.compose.request.images;
    let from = state.references.selected;
    let Some(to) = from.checked_add_signed(by).filter(|to| *to < images.len() && from < images.len()) else { return };
    images.swap(from, to);
    boxes(state, |lists| {
        if from.max(to) < lists.len() {
            lists.swap(from, to);
        }
    });
    state.references.selected = to;
}

/// The picture shown becomes one the next request is made from. Where the form's mode takes none, one that does is taken:
/// this model's at once, another model's after a yes.
pub(super) fn take_shown(state: &mut State, now: Now) {
    match state.preview.wanted.and_then(|id| state.image(id)).cloned() {
        Some(image) => take_image(state, now, image),
        None => toasts::plain(state, now, "No picture is shown"),
    }
}

/// The same with any picture made here.
pub(super) fn take_image(state: &mut State, now: Now, image: Image) {
    if state.screen != Screen::Compose {
        // From the enlarged picture of another screen: the form is where it goes on.
        state.dialog = None;
        state.show(Screen::Compose);
    }
    let reference = Reference::File(image.path);
    if let Some(at) = state.compose.request.images.iter().position(|known| *known == reference) {
        toasts::plain(state, now, format!("#{} is image {} already", image.id, at + 1));
        return;
    }
    match state.with_pictures() {
        Some(way) if way.model != state.compose.request.model => {
            let lines = vec![
                format!("{} paints from words alone; {} edits pictures.", state.compose.request.model, way.model),
                format!("#{} becomes image 1. The prompt stays.", image.id),
            ];
            ask(state, format!("Take {}?", way.model), lines, way, Some(reference));
        }
        way => {
            if let Some(way) = way {
                settings::take(state, now, way.model, way.mode);
            }
            push(state, now, reference);
            descend(state);
            let (count, mode) = (state.compose.request.images.len(), state.compose.request.mode);
            toasts::good(state, now, format!("#{} is image {count} of the next request ({mode})", image.id));
        }
    }
}

/// Pictures came into the form: where its mode takes none, one that does is taken, this model's at once, another model's
/// after a yes.
pub(super) fn make_room(state: &mut State, now: Now) {
    match state.with_pictures().filter(|_| !state.compose.request.images.is_empty()) {
        Some(way) if way.model == state.compose.request.model => {
            let mode = way.mode;
            settings::take(state, now, way.model, mode);
            toasts::good(state, now, format!("Mode {mode}: it takes pictures"));
        }
        Some(_) => drop(offer(state)),
        None => {}
    }
}

/// The boxes belong to their pictures: they go where those go. A list without any box is none.
fn boxes(state: &mut State, change: impl FnOnce(&mut Vec<Value>)) {
    let Some(Value::Array(lists)) = state.compose.request.options.get_mut("bbox_list") else { return };
    change(lists);
    if lists.iter().all(|boxes| boxes.as_array().is_some_and(Vec::is_empty)) {
        state.compose.request.options.remove("bbox_list");
    }
}

pub(super) fn push(state: &mut State, now: Now, reference: Reference) {
    state.references.selected = state.compose.request.images.len();
    state.compose.request.images.push(reference);
    boxes(state, |lists| lists.push(Value::Array(Vec::new())));
    let count = state.compose.request.images.len();
    // Where none is taken at all, the way to take some is offered instead.
    if let Some(most) = state.input_rule().map(|rule| rule.max).filter(|most| *most > 0 && count > *most) {
        let (model, mode) = (&state.compose.request.model, state.compose.request.mode);
        let words = format!("{model} takes at most {most} in {mode}: the list has {count}");
        toasts::plain(state, now, words);
    }
}

fn ask(state: &mut State, title: String, lines: Vec<String>, way: Way, reference: Option<Reference>) {
    state.dialog = Some(Dialog::Confirm(Confirm { title, lines, pending: Pending::Take(way, reference) }));
}

/// Does what the offer said.
pub(super) fn take(state: &mut State, now: Now, way: Way, reference: Option<Reference>) {
    let same = way.model == state.compose.request.model;
    let what = if same { way.mode.to_string() } else { way.model.to_string() };
    settings::take(state, now, way.model, way.mode);
    toasts::good(state, now, format!("{what} is taken; the prompt stays"));
    if let Some(reference) = reference {
        push(state, now, reference);
        descend(state);
    }
}

/// What is sent next is made from the picture just added.
fn descend(state: &mut State) {
    let Some(Reference::File(path)) = state.compose.request.images.last() else { return };
    let parent = state.image_at(path).map(Origin::from);
    if state.compose.edit.is_none() {
        state.compose.parent = parent.or(state.compose.parent);
    }
}

/// Offers the model or mode that would take the form as it is. False: there is none to offer.
pub(super) fn offer(state: &mut State) -> bool {
    let (model, mode) = (state.compose.request.model.clone(), state.compose.request.mode);
    let named = |way: &Way| if way.model == model { way.mode.to_string() } else { way.model.to_string() };
    if let Some(way) = state.words_alone() {
        let legal = state.input_rule().map(|rule| rule.legal()).unwrap_or_default();
        let lines = vec![
            format!("{model} needs {legal} in {mode}, and there is none."),
            format!("For words alone take {}. Nothing is sent yet.", named(&way)),
        ];
        ask(state, format!("Take {}?", named(&way)), lines, way, None);
        return true;
    }
    match state.with_pictures().filter(|_| !state.compose.request.images.is_empty()) {
        Some(way) => {
            let lines = vec![
                format!("{model} takes no pictures in {mode}."),
                format!("{} takes them. Nothing is sent yet.", named(&way)),
            ];
            ask(state, format!("Take {}?", named(&way)), lines, way, None);
            true
        }
        None => false,
    }
}

/// The key for words alone: the offer, or a word why there is none.
pub(super) fn words_alone(state: &mut State, now: Now) {
    match state.words_alone() {
        Some(way) => take(state, now, way, None),
        None if state.compose.request.images.is_empty() && state.input_rule().is_some_and(|rule| rule.min == 0) => {
            toasts::plain(state, now, "This works from words alone already");
        }
        None if state.compose.request.images.is_empty() => {
            let text = format!("{} always works on pictures: choose another model", state.compose.request.model);
            toasts::plain(state, now, text);
        }
        None => toasts::plain(state, now, "Take the pictures off the list first"),
    }
}

/// Takes what the dialog holds.
pub(super) fn accept(state: &mut State, now: Now, mut entry: PictureEntry) {
    if picture_entry::take_chosen(&mut entry).is_some_and(|name| name.ends_with('/')) {
        state.dialog = Some(Dialog::Picture(entry));
        return;
    }
    match read(entry.text.text(), &state.place) {
        Ok(reference) => {
            state.pane = Pane::References;
            state.typing = false;
            forget(state, &reference);
            match entry.replaces.filter(|at| *at < state.compose.request.images.len()) {
                Some(at) => state.compose.request.images[at] = reference,
                None => push(state, now, reference),
            }
        }
        Err(why) => {
            toasts::bad(state, now, why);
            state.dialog = Some(Dialog::Picture(entry));
        }
    }
}

/// Pasted or dropped paths and addresses, one a line, become pictures at once.
pub(super) fn paste(state: &mut State, now: Now, text: &str) {
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match read(&clean(line), &state.place) {
            Ok(reference) => {
                forget(state, &reference);
                push(state, now, reference);
            }
            Err(why) => toasts::bad(state, now, why),
        }
    }
}

/// A path or address as typed, pasted or dropped: quotes, `file://` and escaped blanks are what terminals add.
fn read(text: &str, place: &Place) -> Result<Reference, String> {
    let text = plain(text);
    if text.is_empty() {
        return Err("Type the path or the address of a picture".into());
    }
    if is_address(&text) {
        return Ok(Reference::Url(text));
    }
    if text.ends_with('/') {
        return Err(format!("{text} is a folder; name a picture in it"));
    }
    Ok(Reference::File(place.resolve(&text)))
}

/// The text without what a terminal wraps a dropped path in.
pub(super) fn plain(text: &str) -> String {
    let text = text.trim();
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    if let Some(inner) = quoted('\'').or_else(|| quoted('"')) {
        return inner.to_owned();
    }
    if let Some(path) = text.strip_prefix("file://") {
        return unescape(path);
    }
    text.replace("\\ ", " ")
}

/// `%20` and its like, as far as they make text.
fn unescape(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// A file named anew is looked at anew: it may have changed.
fn forget(state: &mut State, reference: &Reference) {
    if let Reference::File(path) = reference {
        state.references.looks.remove(path);
    }
}

pub(super) fn looked(state: &mut State, path: PathBuf, found: Result<InputFacts, Fault>) {
    if let Some(look) = state.references.looks.get_mut(&path) {
        *look = match found {
            Ok(facts) => Look::Seen(facts),
            Err(fault) => Look::Failed(fault),
        };
    }
}

/// Asks about files nothing is known of, forgets those no longer meant, and keeps the keys where there is something to
/// press them for.
pub(super) fn settle(state: &mut State) -> Effects {
    let files = state.compose.request.images.iter().filter_map(|reference| match reference {
        Reference::File(path) => Some(path.clone()),
        Reference::Url(_) => None,
    });
    let files: Vec<PathBuf> = files.collect();
    state.references.looks.retain(|path, _| files.contains(path));
    select(state, 0);
    mention::check(state);
    if state.pane == Pane::References && !state.shows_references() {
        state.pane = Pane::Settings;
    }
    let mut effects = Effects::new();
    for path in files {
        if !state.references.looks.contains_key(&path) {
            state.references.looks.insert(path.clone(), Look::Asked);
            effects.push(Effect::Look(path));
        }
    }
    effects
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_people_type_and_terminals_drop_them() {
        let place = Place { home: "/home/ana".into(), here: "/home/ana/art".into(), ..Place::default() };
        let file = |path: &str| Ok(Reference::File(path.into()));
        for (typed, meant) in [
            ("cat.png", file("/home/ana/art/cat.png")),
            ("  ~/cat.png ", file("/home/ana/cat.png")),
            ("../cat.png", file("/home/ana/art/../cat.png")),
            ("/a/cat.png", file("/a/cat.png")),
            ("'/a/my cat.png'", file("/a/my cat.png")),
            ("/a/my\\ cat.png", file("/a/my cat.png")),
            ("file:///a/my%20%E7%8C%AB.png", file("/a/my 猫.png")),
            ("file:///a/100%.png", file("/a/100%.png")),
            ("~cat.png", file("/home/ana/art/~cat.png")),
            ("HTTPS://host/a.png", Ok(Reference::Url("HTTPS://host/a.png".into()))),
            ("data:image/png;base64,aa", Ok(Reference::Url("data:image/png;base64,aa".into()))),
        ] {
            assert_eq!(read(typed, &place), meant, "{typed}");
        }
        assert!(read(" ", &place).unwrap_err().contains("path"));
        assert!(read("~/Pictures/", &place).unwrap_err().contains("folder"));
    }
}
