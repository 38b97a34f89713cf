//! The settings: walking the rows and changing their values.

use serde_json::Value;

use super::{boxes, expansion, models, swatches, toasts, viewer};
use crate::catalog::{Kind, Parameter, Violation, parse_boxes, parse_palette, print_boxes, print_palette};
use crate::domain::{Mode, ModelId, Now, Request, SEED_MAX, Size};
use crate::tui::action::Action;
use crate::tui::state::{Dialog, Line, Scope, SettingRow, State};

pub(super) fn select(state: &mut State, by: isize) {
    let last = state.setting_rows().len().saturating_sub(1);
    state.compose.row = state.compose.row.saturating_add_signed(by).min(last);
}

fn row(state: &State) -> SettingRow {
    let rows = state.setting_rows();
    let at = state.compose.row.min(rows.len() - 1);
    rows.into_iter().nth(at).unwrap_or(SettingRow::Model)
}

/// One more or one less of whatever the row holds.
pub(super) fn nudge(state: &mut State, now: Now, by: i64) {
    match row(state) {
        SettingRow::Model => next_model(state, now, by),
        SettingRow::Mode => next_mode(state, now, by),
        SettingRow::Style => expansion::next_style(state, by),
        SettingRow::Parameter(name) => {
            let Some(parameter) = state.parameter(&name).cloned() else { return };
            if let Some(value) = nudged(state, &parameter, by) {
                set(state, &name, value);
            }
        }
    }
}

fn nudged(state: &State, parameter: &Parameter, by: i64) -> Option<Value> {
    let request = &state.compose.request;
    match &parameter.kind {
        Kind::Bool => Some(Value::from(by > 0)),
        Kind::Int { min, max } => {
            let from = request.get(&parameter.name).and_then(|value| value.as_i64()).unwrap_or(*min);
            Some(Value::from(from.saturating_add(by).clamp(*min, *max)))
        }
        Kind::Size => {
            let sizes = state.catalog.get(request.model.as_str())?.sizes(request.mode);
            Some(Value::from(cycled(&sizes, &request.size, by)?.to_string()))
        }
        Kind::Text { .. } | Kind::Boxes { .. } | Kind::Palette { .. } => None,
    }
}

/// The entry `by` places on from `from`, around the end; the first when `from` is not among them.
fn cycled<T: PartialEq + Clone>(entries: &[T], from: &T, by: i64) -> Option<T> {
    let count = entries.len() as i64;
    let at = entries.iter().position(|entry| entry == from);
    let next = at.map_or(0, |at| (at as i64 + by).rem_euclid(count.max(1)));
    entries.get(next as usize).cloned()
}

pub(super) fn set(state: &mut State, name: &str, value: Value) -> bool {
    if name == "seed" {
        state.compose.random_seed = false;
    }
    state.compose.request.set(name, value)
}

/// Begins typing a value, flips a switch, or opens the list.
pub(super) fn edit(state: &mut State, now: Now) {
    match row(state) {
        SettingRow::Model => models::open(state),
        SettingRow::Mode => next_mode(state, now, 1),
        SettingRow::Style => expansion::next_style(state, 1),
        SettingRow::Parameter(name) => match state.parameter(&name).cloned() {
            Some(Parameter { kind: Kind::Bool, default, .. }) => {
                let on = state.compose.request.get(&name).unwrap_or(default).as_bool().unwrap_or(false);
                set(state, &name, Value::from(!on));
            }
            Some(Parameter { kind: Kind::Palette { .. }, .. }) => swatches::open(state),
            // Pictures of which nothing is known here are marked by typing.
            Some(Parameter { kind: Kind::Boxes { .. }, .. }) if state.picture_sizes().iter().any(Option::is_some) => {
                boxes::open(state, now);
            }
            Some(parameter) => {
                let shown = state.compose.request.get(&name).map(|value| typed_form(&parameter.kind, &value));
                state.compose.typed = Some(Line::new(&shown.unwrap_or_default()));
            }
            None => {}
        },
    }
}

/// A value as it is typed; what has no short form is shown as the API has it.
fn typed_form(kind: &Kind, value: &Value) -> String {
    let short = match kind {
        Kind::Boxes { .. } => print_boxes(value),
        Kind::Palette { .. } => print_palette(value),
        _ => None,
    };
    short.unwrap_or_else(|| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn told(broken: &Violation) -> String {
    format!("{}: {}; legal: {}", broken.field, broken.message, broken.legal)
}

/// Takes the typed value. What is not of the right kind stays open with a word why; what is merely illegal is taken and
/// shown as such on the field.
pub(super) fn commit(state: &mut State, now: Now) {
    match state.dialog {
        Some(Dialog::Boxes(_)) => return boxes::commit(state, now),
        Some(Dialog::Palette(_)) => return swatches::commit(state, now),
        _ => {}
    }
    let Some(typed) = state.compose.typed.clone() else { return };
    let (SettingRow::Parameter(name), text) = (row(state), typed.text().trim()) else { return };
    let Some(parameter) = state.parameter(&name).cloned() else { return };
    let value = match &parameter.kind {
        _ if text.is_empty() => Ok(parameter.default.clone()),
        Kind::Int { min, max } => text
            .parse::<u32>()
            .map(Value::from)
            .map_err(|_| format!("{text:?} is not a whole number from {min} to {max}")),
        Kind::Size => text.parse::<Size>().map(|size| Value::from(size.to_string())).map_err(|error| error.to_string()),
        Kind::Boxes { .. } => parse_boxes(text, state.compose.request.images.len()).map_err(|broken| told(&broken)),
        Kind::Palette { .. } => parse_palette(text).map_err(|broken| told(&broken)),
        Kind::Text { .. } | Kind::Bool => Ok(Value::from(text)),
    };
    match value {
        Ok(value) => {
            if name == "seed" && text.is_empty() {
                random_seed(state);
            } else {
                set(state, &name, value);
            }
            state.compose.typed = None;
        }
        Err(why) => toasts::bad(state, now, why),
    }
}

/// Leaves the typed value as it was.
pub(super) fn abandon(state: &mut State) {
    match &mut state.dialog {
        Some(Dialog::Boxes(editor)) => editor.typed = None,
        Some(Dialog::Palette(editor)) => editor.typed = None,
        _ => state.compose.typed = None,
    }
}

pub(super) fn snap(state: &mut State, now: Now) {
    let SettingRow::Parameter(name) = row(state) else { return };
    let request = state.compose.snapshot();
    let model = state.catalog.clone();
    let nearest = model.get(request.model.as_str()).and_then(|model| model.snap(&request, &name));
    match nearest {
        Some(value) => {
            set(state, &name, value);
        }
        None => toasts::plain(state, now, format!("{name} is legal as it is")),
    }
}

pub(super) fn reset(state: &mut State) {
    let name = match row(state) {
        SettingRow::Style => return state.compose.expansion.style = None,
        SettingRow::Model | SettingRow::Mode => return,
        SettingRow::Parameter(name) => name,
    };
    if name == "seed" {
        random_seed(state);
    } else if let Some(parameter) = state.parameter(&name).cloned() {
        set(state, &name, parameter.default);
    }
}

/// From now on one seed higher after each submit, or the same again. A random one is fixed first.
pub(super) fn raise_seed(state: &mut State, now: Now) {
    let Some(known) = state.parameter("seed").cloned() else {
        toasts::plain(state, now, "This model takes no seed");
        return;
    };
    if !state.compose.random_seed && state.compose.seed_rises {
        state.compose.seed_rises = false;
        toasts::plain(state, now, "The seed stays as it is");
        return;
    }
    if state.compose.random_seed || state.compose.request.get(&known.name).is_none() {
        let seed = state.roll();
        set(state, &known.name, Value::from(seed));
    }
    state.compose.seed_rises = true;
    toasts::plain(state, now, "One seed higher after each submit");
}

/// A submit has left: a seed that is counted up goes on to the next.
pub(super) fn submitted(state: &mut State) {
    let compose = &mut state.compose;
    if compose.seed_rises && !compose.random_seed {
        compose.request.seed = compose.request.seed.map(|seed| if seed >= SEED_MAX { 0 } else { seed + 1 });
    }
}

/// A new seed for every submit again.
pub(super) fn random_seed(state: &mut State) {
    (state.compose.random_seed, state.compose.seed_rises) = (true, false);
}

/// Fixes the seed of the picture shown, to vary the words around it.
pub(super) fn keep_seed(state: &mut State, now: Now) {
    let shown = viewer::meant(state).and_then(|id| state.image(id)).and_then(|image| image.seed);
    let Some(seed) = shown.or_else(|| state.queue.job().and_then(|job| job.request.seed)) else {
        toasts::plain(state, now, "No picture with a known seed is shown");
        return;
    };
    set(state, "seed", Value::from(seed));
    let key = toasts::key(state, Scope::Settings, Action::RandomSeed);
    let again = key.map_or_else(String::new, |key| format!("; {key} in the settings takes new ones again"));
    toasts::good(state, now, format!("Seed {seed} is kept{again}"));
}

fn next_model(state: &mut State, now: Now, by: i64) {
    let offered: Vec<ModelId> = state.offered_models().map(|model| model.id.clone()).collect();
    if let Some(id) = cycled(&offered, &state.compose.request.model.clone(), by) {
        change_model(state, now, id);
    }
}

fn next_mode(state: &mut State, now: Now, by: i64) {
    let Some(mode) = cycled(&state.offered_modes(), &state.compose.request.mode, by) else { return };
    let id = state.compose.request.model.clone();
    let wished = Request { mode, ..state.compose.request.clone() };
    refill(state, now, id, &wished);
}

/// Another model: keeps every value it takes, and says what it does not.
pub(super) fn change_model(state: &mut State, now: Now, id: ModelId) {
    let wished = state.compose.request.clone();
    refill(state, now, id, &wished);
}

/// The mode to be in with another model: the same, else the one for the pictures there are, else its first.
fn landing(model: &crate::catalog::Model, wished: &Request) -> Mode {
    let like = if wished.images.is_empty() { Mode::TextToImage } else { Mode::Edit };
    let choices = [wished.mode, like].into_iter().find(|mode| model.mode(*mode).is_some());
    choices.or_else(|| model.modes.first().map(|spec| spec.mode)).unwrap_or_default()
}

/// This model in this mode.
pub(super) fn take(state: &mut State, now: Now, id: ModelId, mode: Mode) {
    let wished = Request { mode, ..state.compose.request.clone() };
    refill(state, now, id, &wished);
}

fn refill(state: &mut State, now: Now, id: ModelId, wished: &Request) {
    let catalog = state.catalog.clone();
    let Some(model) = catalog.get(id.as_str()) else { return };
    let mode = landing(model, wished);
    let mut request = model.blank(mode);
    // All of them: which are too many is shown, and the user's to decide.
    request.images.clone_from(&wished.images);
    let wished_there = Request { mode, ..wished.clone() };
    let mut lost = Vec::new();
    let names: Vec<String> = model.mode(mode).iter().flat_map(|s| &s.parameters).map(|p| p.name.clone()).collect();
    let shared = ["size", "n", "seed"].into_iter().map(str::to_owned);
    // What rests is shown as such, and nobody misses a value that was never chosen.
    let is_idle =
        |name: &str| names.iter().any(|known| known == name) && model.idle_reason(&wished_there, name).is_some();
    let was = state.catalog.get(state.compose.request.model.as_str());
    let was = was.and_then(|model| model.mode(state.compose.request.mode));
    let is_default = |name: &str, value: &Value| {
        was.and_then(|spec| spec.parameter(name)).is_some_and(|known| known.default == *value)
    };
    for name in shared.chain(wished.options.keys().cloned()) {
        // What was never chosen is the next model's to say: carried along, a default here may cost twice as much there.
        let Some(value) = wished.get(&name).filter(|value| !is_default(&name, value)) else { continue };
        let mut tried = request.clone();
        let fits = names.contains(&name) && tried.set(&name, value.clone()) && legal(model, &tried, &name);
        if fits {
            request = tried;
        } else if request.get(&name).as_ref() != Some(&value) && !is_idle(&name) {
            lost.push(name);
        }
    }
    state.compose.request = request;
    let last = state.setting_rows().len().saturating_sub(1);
    state.compose.row = state.compose.row.min(last);
    if !lost.is_empty() {
        toasts::plain(state, now, format!("{id} does not take the {} you had; its own is set", lost.join(", ")));
    }
}

fn legal(model: &crate::catalog::Model, request: &Request, name: &str) -> bool {
    model.form(request).iter().filter(|row| row.parameter.name == name).all(|row| row.violation.is_none())
}
