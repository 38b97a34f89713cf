//! Generate: from the form to a job in the store.

use super::{Effects, preview, toasts};
use crate::catalog::Violation;
use crate::domain::{Cost, Fault, JobId, Money, Now, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, Pane, Pending, SettingRow, State};

/// Checks the form and sends it, asking first where it costs more than the limit.
pub(super) fn generate(state: &mut State, now: Now) -> Effects {
    let mut request = state.compose.snapshot();
    let catalog = state.catalog.clone();
    if let Some(violation) = catalog.check(&request).into_iter().next() {
        point_at(state, &violation);
        toasts::bad(
            state,
            now,
            format!("Not sent. {}: {}. Legal: {}", violation.field, violation.message, violation.legal),
        );
        return Effects::new();
    }
    let Some(model) = catalog.get(request.model.as_str()) else { return Effects::new() };
    let has_seed = model.mode(request.mode).is_some_and(|spec| spec.parameters.iter().any(|p| p.name == "seed"));
    if state.compose.random_seed {
        request.seed = has_seed.then(|| state.roll());
    }
    let cost = model.cost(&request, state.header.region);
    match state.ask_above {
        Some(limit) if asks(&cost, limit) => {
            state.dialog = Some(Dialog::Confirm(question(request, cost, limit)));
            Effects::new()
        }
        _ => vec![Effect::Submit { request: Box::new(request), estimate: cost }],
    }
}

/// Whether a submit must be confirmed: it costs more than the limit, or nobody knows what.
fn asks(cost: &Cost, limit: Money) -> bool {
    cost.total().is_none_or(|total| total.currency != limit.currency || total > limit)
}

fn question(request: Request, cost: Cost, limit: Money) -> Confirm {
    let images = cost.images();
    let price = match &cost {
        Cost::Known { unit, basis, .. } => format!("{images} x {unit} = {} ({basis})", unit.times(images)),
        Cost::Unknown { .. } => format!("{images} x price unknown: the catalogue has none for {}", request.model),
    };
    Confirm {
        title: "Send this?".into(),
        lines: vec![format!("{} {}", request.model, request.size), price, format!("Submits above {limit} ask first.")],
        pending: Pending::Submit(Box::new(request), cost),
    }
}

/// Takes the user to the field at fault.
fn point_at(state: &mut State, violation: &Violation) {
    match violation.field.as_str() {
        "prompt" => state.pane = Pane::Prompt,
        "negative_prompt" => state.pane = Pane::Negative,
        field => {
            state.pane = Pane::Settings;
            let named = |row: &SettingRow| match row {
                SettingRow::Model => field == "model",
                SettingRow::Mode => field == "mode" || field == "images",
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
