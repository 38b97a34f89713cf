//! Marking boxes: moving corners, typing numbers, and taking them into the request. A box that has no area or lies
//! outside of its picture never gets there.

use super::{preview, settings, thumb, toasts};
use crate::catalog::{Corners, Kind, read_boxes, write_boxes};
use crate::domain::{Now, Reference};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::layout;
use crate::tui::msg::PaintedPart;
use crate::tui::state::{BoxEditor, BoxNumbers, Canvas, Corner, Dialog, Line, Part, Scope, State};

/// Steps of a big one.
pub(super) const FAR: i64 = 8;

const FIELD: &str = "bbox_list";

/// Opens the editor on the selected picture; where none can be marked, says why. Returns whether it is open.
pub(super) fn open(state: &mut State, now: Now) -> bool {
    let Some(most) = most(state) else {
        toasts::plain(state, now, no_boxes(state));
        return false;
    };
    let sizes = state.picture_sizes();
    let request = &state.compose.request;
    let marked = request.options.get(FIELD).and_then(read_boxes).unwrap_or_default();
    let canvas = |(at, reference): (usize, &Reference)| Canvas {
        path: match reference {
            Reference::File(path) => Some(path.clone()),
            Reference::Url(_) => None,
        },
        size: sizes.get(at).copied().flatten(),
        boxes: marked.get(at).cloned().unwrap_or_default(),
    };
    let canvases: Vec<Canvas> = request.images.iter().enumerate().map(canvas).collect();
    let wanted = state.references.selected.min(canvases.len().saturating_sub(1));
    let known = |at: &usize| canvases.get(*at).is_some_and(|canvas| canvas.size.is_some());
    let Some(picture) = Some(wanted).filter(known).or_else(|| (0..canvases.len()).find(known)) else {
        let text = match canvases.is_empty() {
            true => no_picture(state),
            false => "No picture here can be looked at: its boxes are typed in the settings".to_owned(),
        };
        toasts::plain(state, now, text);
        return false;
    };
    let mut editor = BoxEditor {
        canvases,
        picture,
        selected: 0,
        corner: Corner::default(),
        zoom: 0,
        centre: (0, 0),
        typed: None,
        bare: false,
        most,
        asked: None,
        shown: None,
    };
    centre(&mut editor);
    state.dialog = Some(Dialog::Boxes(editor));
    true
}

/// Boxes the form's mode takes on a picture.
fn most(state: &State) -> Option<usize> {
    match state.parameter(FIELD)?.kind {
        Kind::Boxes { max } => Some(max),
        _ => None,
    }
}

/// Why there is nothing to mark a box on yet.
fn no_picture(state: &State) -> String {
    let key = toasts::key(state, Scope::Form, Action::BrowseReferences);
    let key = key.map(|key| format!(" ({key} looks for one)")).unwrap_or_default();
    format!("Boxes are marked on a picture: add one first{key}")
}

fn no_boxes(state: &State) -> String {
    let request = &state.compose.request;
    let takes = |model: &&crate::catalog::Model| model.modes.iter().any(|mode| mode.parameter(FIELD).is_some());
    let other = state.catalog.models().iter().find(takes).map(|model| format!("; {} does", model.id));
    format!("{} takes no boxes in {}{}", request.model, request.mode, other.unwrap_or_default())
}

fn editor(state: &mut State) -> Option<&mut BoxEditor> {
    match &mut state.dialog {
        Some(Dialog::Boxes(editor)) => Some(editor),
        _ => None,
    }
}

fn pane(state: &State) -> (u16, u16) {
    let pane = layout::boxes(state.size).pane;
    (pane.width, pane.height)
}

/// The whole picture is in the middle, or the corner that moves.
fn centre(editor: &mut BoxEditor) {
    let (width, height) = editor.size();
    editor.centre = editor.handle().unwrap_or((width / 2, height / 2));
}

/// Moves the corner by steps; across the other one it becomes the other corner.
pub(super) fn shift(state: &mut State, columns: i64, rows: i64) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    let Some(corners) = editor.corners() else {
        // Without a box the view moves.
        let (step, size) = (editor.step(pane), editor.size());
        editor.centre.0 = moved(editor.centre.0, columns * i64::from(step.0), size.0);
        editor.centre.1 = moved(editor.centre.1, rows * i64::from(step.1), size.1);
        return;
    };
    let (step, size) = (editor.step(pane), editor.size());
    let (x, y) = (columns * i64::from(step.0), rows * i64::from(step.1));
    let [left, top, right, bottom] = corners;
    let (left, right, is_right) = side((left, right), editor.corner.right, x, size.0);
    let (top, bottom, is_bottom) = side((top, bottom), editor.corner.bottom, y, size.1);
    editor.corner = Corner { right: is_right, bottom: is_bottom };
    put(editor, [left, top, right, bottom]);
    follow(editor, pane);
}

/// Two sides after one of them has moved, the lower first, and whether the one that moved is the upper now.
fn side((low, high): (u32, u32), is_high: bool, by: i64, most: u32) -> (u32, u32, bool) {
    let (fixed, free) = if is_high { (low, high) } else { (high, low) };
    let free = moved(free, by, most);
    let is_high = if free == fixed { is_high } else { free > fixed };
    (free.min(fixed), free.max(fixed), is_high)
}

fn moved(from: u32, by: i64, most: u32) -> u32 {
    u32::try_from((i64::from(from) + by).clamp(0, i64::from(most))).unwrap_or(from)
}

fn put(editor: &mut BoxEditor, corners: Corners) {
    let (picture, selected) = (editor.picture, editor.selected);
    if let Some(place) = editor.canvases.get_mut(picture).and_then(|canvas| canvas.boxes.get_mut(selected)) {
        *place = corners;
    }
}

/// Brings the corner that moves into sight.
fn follow(editor: &mut BoxEditor, pane: (u16, u16)) {
    let Some((x, y)) = editor.handle() else { return };
    let [left, top, width, height] = editor.region(pane);
    let inside = |pixel: u32, from: u32, length: u32| (from..=from + length).contains(&pixel);
    if !inside(x, left, width) || !inside(y, top, height) {
        editor.centre = (x, y);
    }
}

/// The opposite corner moves from now on.
pub(super) fn other_corner(state: &mut State) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    editor.corner = Corner { right: !editor.corner.right, bottom: !editor.corner.bottom };
    follow(editor, pane);
}

/// Halves what is seen, or doubles it again.
pub(super) fn zoom(state: &mut State, by: i32) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    if by > 0 && editor.scale(pane) == 1 {
        return;
    }
    editor.zoom = editor.zoom.saturating_add_signed(by);
    if editor.handle().is_some() {
        centre(editor);
    }
}

/// A new box in the middle of what is seen.
pub(super) fn add(state: &mut State, now: Now) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    let most = editor.most;
    let count = editor.canvas().map_or(0, |canvas| canvas.boxes.len());
    if count >= most {
        toasts::plain(state, now, format!("A picture takes {most} boxes at most; take one off first"));
        return;
    }
    let [left, top, width, height] = editor.region(pane);
    let (x, y) = (left + width / 4, top + height / 4);
    let new = [x, y, x + (width / 2).max(1), y + (height / 2).max(1)];
    push(editor, new);
}

fn push(editor: &mut BoxEditor, corners: Corners) {
    let picture = editor.picture;
    let Some(canvas) = editor.canvases.get_mut(picture) else { return };
    canvas.boxes.push(corners);
    editor.selected = canvas.boxes.len() - 1;
    editor.corner = Corner::default();
}

/// Takes the selected box off.
pub(super) fn remove(state: &mut State) {
    let Some(editor) = editor(state) else { return };
    let (picture, selected) = (editor.picture, editor.selected);
    let Some(canvas) = editor.canvases.get_mut(picture).filter(|canvas| selected < canvas.boxes.len()) else { return };
    canvas.boxes.remove(selected);
    editor.selected = selected.min(canvas.boxes.len().saturating_sub(1));
}

/// The picture's next box.
pub(super) fn next(state: &mut State) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    let count = editor.canvas().map_or(0, |canvas| canvas.boxes.len());
    editor.selected = (editor.selected + 1) % count.max(1);
    follow(editor, pane);
}

/// Another picture that can be marked.
pub(super) fn turn(state: &mut State, now: Now, by: isize) {
    let Some(editor) = editor(state) else { return };
    let known = |at: &usize| editor.canvases[*at].size.is_some();
    let count = editor.canvases.len();
    let at = editor.picture;
    let found = if by > 0 { (at + 1..count).find(known) } else { (0..at).rev().find(known) };
    let Some(found) = found else {
        let which = if by > 0 { "last" } else { "first" };
        toasts::plain(state, now, format!("This is the {which} picture that can be marked"));
        return;
    };
    (editor.picture, editor.selected, editor.zoom) = (found, 0, 0);
    centre(editor);
}

/// Hides the picture behind its boxes, or shows it again.
pub(super) fn bare(state: &mut State) {
    if let Some(editor) = editor(state) {
        editor.bare = !editor.bare;
    }
}

/// Begins to type the four numbers of the selected box, or of a new one.
pub(super) fn type_numbers(state: &mut State, percent: bool) {
    let Some(editor) = editor(state) else { return };
    let size = editor.size();
    let text = editor.corners().map(|corners| print(corners, percent.then_some(size))).unwrap_or_default();
    editor.typed = Some(BoxNumbers { line: Line::offer(&text), percent });
}

/// `989,515,1138,681`, or in percent of a size.
fn print(corners: Corners, of: Option<(u32, u32)>) -> String {
    let side = |(at, pixel): (usize, u32)| match of {
        None => pixel.to_string(),
        Some((width, height)) => {
            let whole = f64::from(if at % 2 == 0 { width } else { height });
            format!("{:.2}", f64::from(pixel) * 100.0 / whole)
        }
    };
    corners.into_iter().enumerate().map(side).collect::<Vec<_>>().join(",")
}

/// Takes the typed numbers; what does not lie in the picture stays open with a word why.
pub(super) fn commit(state: &mut State, now: Now) {
    let pane = pane(state);
    let Some(editor) = editor(state) else { return };
    let Some(typed) = editor.typed.clone() else { return };
    if typed.line.text().trim().is_empty() {
        editor.typed = None;
        return;
    }
    match read(&typed, editor.size()) {
        Ok(corners) => {
            editor.typed = None;
            match editor.corners() {
                Some(_) => put(editor, corners),
                None => push(editor, corners),
            }
            let [x1, y1, x2, y2] = corners;
            editor.centre = (x1.midpoint(x2), y1.midpoint(y2));
            follow(editor, pane);
        }
        Err(why) => toasts::bad(state, now, why),
    }
}

fn read(typed: &BoxNumbers, (width, height): (u32, u32)) -> Result<Corners, String> {
    let pixel = |(at, side): (usize, &str)| -> Option<u32> {
        let side = side.trim().trim_end_matches('%');
        if !typed.percent {
            return side.parse().ok();
        }
        let whole = f64::from(if at % 2 == 0 { width } else { height });
        let share: f64 = side.parse().ok().filter(|share: &f64| (0.0..=1000.0).contains(share))?;
        Some((share / 100.0 * whole).round() as u32)
    };
    let split = typed.line.text().split([',', ' ']).filter(|side| !side.trim().is_empty());
    let sides: Option<Vec<u32>> = split.enumerate().map(pixel).collect();
    let form = if typed.percent { "percent, as in 10,20,50,75.5" } else { "pixels, as in 989,515,1138,681" };
    let four = sides.and_then(|sides| Corners::try_from(sides).ok());
    let corners @ [x1, y1, x2, y2] = four.ok_or_else(|| format!("A box is x1,y1,x2,y2 in {form}"))?;
    if x1 >= x2 || y1 >= y2 {
        return Err(format!("From {x1},{y1} to {x2},{y2} is no area: x1 must be below x2, and y1 below y2"));
    }
    if x2 > width || y2 > height {
        return Err(format!("The box ends at {x2},{y2}, and the picture at {width},{height}"));
    }
    Ok(corners)
}

/// Takes the boxes into the request.
pub(super) fn done(state: &mut State, now: Now) {
    let Some(editor) = editor(state) else { return };
    let flat = |corners: &Corners| corners[0] >= corners[2] || corners[1] >= corners[3];
    let bad = editor.canvases.iter().enumerate().find_map(|(picture, canvas)| {
        let at = canvas.boxes.iter().position(flat)?;
        Some((picture, at))
    });
    if let Some((picture, at)) = bad {
        (editor.picture, editor.selected) = (picture, at);
        let text = format!("Box {} of image {} has no area: move a corner, or take it off", at + 1, picture + 1);
        toasts::bad(state, now, text);
        return;
    }
    let lists: Vec<Vec<Corners>> = editor.canvases.iter().map(|canvas| canvas.boxes.clone()).collect();
    state.dialog = None;
    preview::overtaken(state);
    settings::set(state, FIELD, write_boxes(&lists));
    let count: usize = lists.iter().map(Vec::len).sum();
    let text = match count {
        0 => "No box is marked".to_owned(),
        1 => "1 box is marked".to_owned(),
        many => format!("{many} boxes are marked"),
    };
    toasts::good(state, now, text);
}

/// Asks for the part that is seen, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let pane = pane(state);
    let editor = editor(state)?;
    if editor.bare || pane.0 == 0 || pane.1 == 0 {
        return None;
    }
    let path = editor.canvas()?.path.clone()?;
    let part = Part { path, region: editor.region(pane), pane: editor.cells(pane) };
    if editor.asked.as_ref() == Some(&part) {
        return None;
    }
    editor.asked = Some(part.clone());
    Some(Effect::PaintPart(part))
}

/// Takes a painted part.
pub(super) fn painted(state: &mut State, PaintedPart { part, cells }: PaintedPart) {
    let Some(editor) = editor(state) else { return };
    if thumb::takes(editor.asked.as_ref(), editor.shown.as_ref().map(|(shown, _)| shown), &part) {
        editor.shown = Some((part, cells));
    }
}
