//! Putting a palette together: colours typed or taken from a picture, shares moved and balanced to exactly 100.00 %.

use std::path::PathBuf;

use super::{Effects, settings, toasts};
use crate::catalog::{Kind, balance, parse_colour, parse_palette, print_palette, read_palette, write_palette};
use crate::domain::{Fault, Now, Reference};
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, Line, PaletteEditor, State, Swatch};

const FIELD: &str = "color_palette";
/// Colours taken from a picture at first (the number the service advises, contract 3.3.6).
const ADVISED: usize = 8;
/// All of it, in hundredths of a percent.
const WHOLE: u32 = 10_000;
/// The colour a new row begins with.
const GREY: &str = "#808080";

/// Opens the editor on what the form has.
pub(super) fn open(state: &mut State) {
    let Some(&Kind::Palette { min, max }) = state.parameter(FIELD).map(|parameter| &parameter.kind) else { return };
    let colours = state.compose.request.options.get(FIELD).and_then(read_palette).unwrap_or_default();
    let editor = PaletteEditor { swatches: swatches(colours), range: (min, max), ..PaletteEditor::default() };
    state.dialog = Some(Dialog::Palette(editor));
}

fn swatches(colours: Vec<(String, u32)>) -> Vec<Swatch> {
    colours.into_iter().map(|(hex, share)| Swatch { hex, share, locked: false }).collect()
}

fn editor(state: &mut State) -> Option<&mut PaletteEditor> {
    match &mut state.dialog {
        Some(Dialog::Palette(editor)) => Some(editor),
        _ => None,
    }
}

fn selected(state: &mut State) -> Option<&mut Swatch> {
    let editor = editor(state)?;
    let at = editor.selected;
    editor.swatches.get_mut(at)
}

/// Goes to another colour.
pub(super) fn step(editor: &mut PaletteEditor, by: isize) {
    let last = editor.swatches.len().saturating_sub(1);
    editor.selected = editor.selected.saturating_add_signed(by).min(last);
}

/// A new colour with what is left, to be typed at once.
pub(super) fn add(state: &mut State, now: Now) {
    let Some(editor) = editor(state) else { return };
    let most = editor.range.1;
    if editor.swatches.len() >= most {
        toasts::plain(state, now, format!("A palette has {most} colours at most; take one off first"));
        return;
    }
    let share = WHOLE.saturating_sub(editor.sum());
    editor.swatches.push(Swatch { hex: GREY.into(), share, locked: false });
    editor.selected = editor.swatches.len() - 1;
    editor.typed = Some(Line::offer("#"));
}

pub(super) fn remove(state: &mut State) {
    let Some(editor) = editor(state) else { return };
    if editor.selected < editor.swatches.len() {
        editor.swatches.remove(editor.selected);
        step(editor, 0);
    }
}

/// More or less of the selected colour, in hundredths of a percent.
pub(super) fn nudge(state: &mut State, by: i64) {
    if let Some(swatch) = selected(state) {
        swatch.share = u32::try_from((i64::from(swatch.share) + by).clamp(0, i64::from(WHOLE))).unwrap_or(0);
    }
}

/// The selected colour stays as it is when the others are balanced, or no more.
pub(super) fn lock(state: &mut State) {
    if let Some(swatch) = selected(state) {
        swatch.locked = !swatch.locked;
    }
}

/// Brings the sum to exactly 100.00 %: the selected and the locked colours stay where others can take the rest.
pub(super) fn level(state: &mut State, now: Now) {
    let Some(editor) = editor(state) else { return };
    let shares: Vec<u32> = editor.swatches.iter().map(|swatch| swatch.share).collect();
    let locked: Vec<bool> = editor.swatches.iter().map(|swatch| swatch.locked).collect();
    let kept: Vec<bool> = locked.iter().enumerate().map(|(at, locked)| *locked || at == editor.selected).collect();
    let is_kept_well = |balanced: &Vec<u32>| (0..balanced.len()).all(|at| kept[at] || balanced[at] > 0);
    let balanced = balance(&shares, &kept).filter(is_kept_well).or_else(|| balance(&shares, &locked));
    match balanced {
        Some(balanced) => {
            editor.swatches.iter_mut().zip(balanced).for_each(|(swatch, share)| swatch.share = share);
        }
        None if editor.swatches.is_empty() => {}
        None => toasts::bad(state, now, "The locked colours leave nothing to balance: unlock one"),
    }
}

/// Types the selected colour and its share.
pub(super) fn begin(state: &mut State) {
    let Some(editor) = editor(state) else { return };
    let typed = editor.swatches.get(editor.selected).map(|swatch| {
        let text = print_palette(&write_palette(&[(swatch.hex.clone(), swatch.share)]));
        text.unwrap_or_else(|| swatch.hex.clone())
    });
    editor.typed = typed.as_deref().map(Line::offer);
}

/// Takes the typed colour; one that does not read stays open with a word why.
pub(super) fn commit(state: &mut State, now: Now) {
    let Some(editor) = editor(state) else { return };
    let Some(typed) = editor.typed.clone() else { return };
    if typed.text().trim().trim_start_matches('#').is_empty() {
        editor.typed = None;
        return;
    }
    match parse_colour(typed.text()) {
        Ok((hex, share)) => {
            editor.typed = None;
            if let Some(swatch) = selected(state) {
                swatch.hex = hex.to_uppercase();
                swatch.share = share.unwrap_or(swatch.share);
            }
        }
        Err(broken) => toasts::bad(state, now, broken.message),
    }
}

/// A whole palette in its short form takes the place of what is there; a single colour is added.
pub(super) fn paste(state: &mut State, now: Now, text: &str) {
    let Some(editor) = editor(state) else { return };
    match parse_palette(text).ok().as_ref().and_then(read_palette) {
        Some(colours) if colours.len() > 1 => {
            editor.swatches = swatches(colours);
            editor.selected = 0;
        }
        _ => toasts::bad(state, now, "That is not a palette like #C2D1E6=23.51,#CDD8E9=20.13"),
    }
}

/// Takes colours from a picture: the selected reference, else the picture shown. `by` changes how many of those taken
/// last.
pub(super) fn extract(state: &mut State, now: Now, by: isize) -> Effects {
    let picture = picture(state);
    let Some(editor) = editor(state) else { return Effects::new() };
    let (least, most) = editor.range;
    let source = match (&editor.source, by) {
        (Some((path, count)), by) if by != 0 => Some((path.clone(), count.saturating_add_signed(by))),
        _ => picture.map(|path| (path, ADVISED)),
    };
    let Some((path, count)) = source else {
        toasts::plain(state, now, "There is no picture to take colours from: none shown, none in the request");
        return Effects::new();
    };
    let count = count.clamp(least, most);
    editor.source = Some((path.clone(), count));
    vec![Effect::Extract { path, count }]
}

/// The file colours are taken from.
fn picture(state: &State) -> Option<PathBuf> {
    let reference = state.compose.request.images.get(state.references.selected);
    let shown = state.preview.wanted.and_then(|id| state.queue.image(id)).map(|image| image.path.clone());
    match reference {
        Some(Reference::File(path)) => Some(path.clone()),
        _ => shown,
    }
}

/// Colours arrived: they take the place of those that are not locked.
pub(super) fn extracted(
    state: &mut State,
    now: Now,
    (path, count): (PathBuf, usize),
    colours: Result<Vec<([u8; 3], u32)>, Fault>,
) {
    let Some(editor) = editor(state).filter(|editor| editor.source == Some((path.clone(), count))) else { return };
    let found = match colours {
        Ok(found) => found,
        Err(fault) => {
            toasts::bad(state, now, fault.to_string());
            return;
        }
    };
    let mut kept: Vec<Swatch> = editor.swatches.iter().filter(|swatch| swatch.locked).cloned().collect();
    let room = editor.range.1.saturating_sub(kept.len());
    let hex = |[red, green, blue]: [u8; 3]| format!("#{red:02X}{green:02X}{blue:02X}");
    let new = found.iter().map(|(rgb, share)| Swatch { hex: hex(*rgb), share: *share, locked: false });
    let new: Vec<Swatch> = new.filter(|swatch| kept.iter().all(|known| known.hex != swatch.hex)).take(room).collect();
    kept.extend(new);
    let shares: Vec<u32> = kept.iter().map(|swatch| swatch.share).collect();
    let locked: Vec<bool> = kept.iter().map(|swatch| swatch.locked).collect();
    if let Some(balanced) = balance(&shares, &locked) {
        kept.iter_mut().zip(balanced).for_each(|(swatch, share)| swatch.share = share);
    }
    editor.swatches = kept;
    step(editor, 0);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fewer = if found.len() < count { ", and it has no more" } else { "" };
    toasts::good(state, now, format!("{} colours of {name}{fewer}", found.len()));
}

/// Takes the palette into the request, when it is one the service takes; none takes it off.
pub(super) fn done(state: &mut State, now: Now) {
    let Some(editor) = editor(state) else { return };
    let (count, sum, (least, most)) = (editor.swatches.len(), editor.sum(), editor.range);
    if count > 0 && !(least..=most).contains(&count) {
        toasts::bad(state, now, format!("A palette has {least} to {most} colours, this one {count}"));
        return;
    }
    if count > 0 && sum != WHOLE {
        let sum = format!("{}.{:02}", sum / 100, sum % 100);
        toasts::bad(state, now, format!("The shares sum to {sum} %, not to 100.00 %: balance them first"));
        return;
    }
    let value = if count == 0 { serde_json::Value::Null } else { write_palette(&editor.colours()) };
    state.dialog = None;
    settings::set(state, FIELD, value);
}
