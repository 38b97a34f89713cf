//! Generate: from the form to a job in the store.

use super::{Effects, preview, references, toasts};
use crate::catalog::Violation;
use crate::domain::{Cost, Fault, JobId, Money, Now, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pane, Pending, SettingRow, State};

/// Checks the form and sends it, asking first where it costs more than the limit.
pub(super) fn generate(state: &mut State, now: Now) -> Effects {
    let Some((request, cost, parts)) = ready(state, now) else { return Effects::new() };
    match state.ask_above {
        Some(limit) if asks(&cost, limit) => {
            state.dialog = Some(Dialog::Confirm(question(request, cost, limit, parts)));
            Effects::new()
        }
        _ => vec![Effect::Submit { request: Box::new(request), estimate: cost, parent: state.compose.parent }],
    }
}

/// The form as it would be sent, its price, and how many requests it is split over. `None`: it breaks a rule; the user has
/// been taken to where.
pub(super) fn ready(state: &mut State, now: Now) -> Option<(Request, Cost, usize)> {
    let mut request = state.compose.snapshot();
    let catalog = state.catalog.clone();
    if let Some(violation) = state.violations().into_iter().next() {
        point_at(state, &violation);
        if violation.field == "images" && references::offer(state) {
            return None;
        }
        toasts::bad(state, now, refusal(&violation));
        return None;
    }
    let model = catalog.get(request.model.as_str())?;
    let has_seed = model.mode(request.mode).is_some_and(|spec| spec.parameters.iter().any(|p| p.name == "seed"));
    if state.compose.random_seed {
        request.seed = has_seed.then(|| state.roll());
    }
    let cost = model.cost(&request, state.header.region);
    let parts = model.parts(&request).len();
    Some((request, cost, parts))
}

/// Why the form stays here.
fn refusal(violation: &Violation) -> String {
    let message = violation.message.trim_end_matches('.');
    match (violation.field.as_str(), violation.legal.as_str()) {
        ("images", "") => format!("Not sent. {message}."),
        (field, "") => format!("Not sent. {field}: {message}."),
        (field, legal) => format!("Not sent. {field}: {message}. Legal: {legal}"),
    }
}

/// Whether a submit must be confirmed: it costs more than the limit, or nobody knows what.
pub(super) fn asks(cost: &Cost, limit: Money) -> bool {
    cost.total().is_none_or(|total| !total.is_within(limit))
}

fn question(request: Request, cost: Cost, limit: Money, parts: usize) -> Confirm {
    let images = cost.images();
    let price = match &cost {
        Cost::Known { unit, basis, .. } => format!("{images} x {unit} = {} ({basis})", unit.times(images)),
        Cost::Unknown { .. } => format!("{images} x price unknown: the catalogue has none for {}", request.model),
    };
    let split = (parts > 1).then(|| format!("It goes out as {parts} requests of one job."));
    let what = format!("{}, {}, {}", request.model, request.mode, request.size);
    let lines = [what, price].into_iter().chain(split);
    Confirm {
        title: "Send this?".into(),
        lines: lines.chain([format!("Submits above {limit} ask first.")]).collect(),
        pending: Pending::Submit(Box::new(request), cost),
    }
}

/// Takes the user to the field at fault.
fn point_at(state: &mut State, violation: &Violation) {
    match violation.field.as_str() {
        "prompt" => state.pane = Pane::Prompt,
        "negative_prompt" => state.pane = Pane::Negative,
        "images" if state.shows_references() => {
            state.pane = Pane::References;
            state.references.selected = state.ill_reference().unwrap_or(0);
        }
        field => {
            state.pane = Pane::Settings;
            let named = |row: &SettingRow| match row {
                SettingRow::Model => field == "model",
                SettingRow::Mode => field == "mode",
                SettingRow::Parameter(name) => name == field,
            };
            if let Some(row) = state.setting_rows().iter().position(named) {
                state.compose.row = row;
            }
        }
    }
    state.typing = state.pane.is_text();
}

/// The store has the jobs, or could not take them; either way the form is as it was.
pub(super) fn submitted(state: &mut State, now: Now, result: Result<Vec<JobId>, Fault>) -> Effects {
    match result {
        Ok(ids) => {
            if let Some(first) = ids.first() {
                state.queue.selected = Some(*first);
                preview::follow_selection(state);
            }
        }
        Err(fault) => toasts::bad(state, now, format!("Not sent. {fault}")),
    }
    Effects::new()
}
