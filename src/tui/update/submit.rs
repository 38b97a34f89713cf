//! Generate: from the form to a job in the store.

use super::{Effects, expansion, preview, references, toasts, welcome};
use crate::catalog::Violation;
use crate::domain::{Cost, Fault, JobId, Money, Now, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{Confirm, Dialog, MANY_JOBS, Pane, Pending, SettingRow, State};

/// Checks the form and sends it, asking first where it costs more than the limit.
pub(super) fn generate(state: &mut State, now: Now) -> Effects {
    state.dialog = None;
    if state.access.missing {
        toasts::plain(state, now, "Not sent: there is no key yet. What you wrote stays");
        welcome::open(state);
        return Effects::new();
    }
    let Some((request, _, parts)) = ready(state, now) else { return Effects::new() };
    let requests = match expansion::requests(state, request) {
        Ok(requests) => requests,
        Err(violation) => {
            point_at(state, &violation);
            toasts::bad(state, now, refusal(&violation));
            return Effects::new();
        }
    };
    let Some(orders) = priced(state, now, requests) else { return Effects::new() };
    let is_dear = |limit: Money| total(&orders).is_none_or(|total| !total.is_within(limit));
    let question = match state.ask_above {
        Some(limit) if is_dear(limit) => Some(question(orders.clone(), Some(limit), parts)),
        // Nobody wants a hundred jobs by a slip of the hand, whatever they cost.
        _ if orders.len() > MANY_JOBS => Some(question(orders.clone(), None, parts)),
        _ => None,
    };
    match question {
        Some(question) => {
            state.dialog = Some(Dialog::Confirm(question));
            Effects::new()
        }
        None => vec![Effect::Submit { orders, parent: state.compose.parent }],
    }
}

/// Each request with a seed of its own where it is random, and its price; none where one of them breaks a rule.
fn priced(state: &mut State, now: Now, requests: Vec<Request>) -> Option<Vec<(Request, Cost)>> {
    let (catalog, count) = (state.catalog.clone(), requests.len());
    let mut orders = Vec::with_capacity(count);
    for (at, mut request) in requests.into_iter().enumerate() {
        if at > 0 && state.compose.random_seed && request.seed.is_some() {
            request.seed = Some(state.roll());
        }
        // What is wrong with the form was looked for before; what is left are prompts that became too long.
        if let Some(violation) = catalog.check(&request).into_iter().find(|violation| violation.field == "prompt") {
            point_at(state, &violation);
            toasts::bad(state, now, format!("Prompt {} of {count}. {}", at + 1, refusal(&violation)));
            return None;
        }
        let cost = catalog.get(request.model.as_str())?.cost(&request, state.header.region);
        orders.push((request, cost));
    }
    Some(orders)
}

/// What all of them cost; none where that is not known.
fn total(orders: &[(Request, Cost)]) -> Option<Money> {
    let mut totals = orders.iter().map(|(_, cost)| cost.total());
    let first = totals.next()??;
    totals.try_fold(first, |sum, total| Some(Money { micros: sum.micros.saturating_add(total?.micros), ..sum }))
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
    let has_seed = state.parameter("seed").is_some();
    if state.compose.random_seed {
        request.seed = has_seed.then(|| state.roll());
    }
    let cost = model.cost(&request, state.header.region);
    let parts = model.parts(&request).len();
    Some((request, cost, parts))
}

/// Why the form stays here.
pub(super) fn refusal(violation: &Violation) -> String {
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

pub(super) fn question(orders: Vec<(Request, Cost)>, limit: Option<Money>, parts: usize) -> Confirm {
    let Some((request, cost)) = orders.first().cloned() else {
        return Confirm { title: "Send this?".into(), lines: Vec::new(), pending: Pending::Submit(orders) };
    };
    let (images, prompts) = (cost.images(), orders.len());
    let price = match &cost {
        Cost::Known { unit, basis, .. } => format!("{images} x {unit} = {} ({basis})", unit.times(images)),
        Cost::Unknown { .. } => format!("{images} x price unknown: the catalogue has none for {}", request.model),
    };
    let split = (parts > 1).then(|| format!("It goes out as {parts} requests of one job."));
    let what = format!("{}, {}, {}", request.model, request.mode, request.size);
    let all = (prompts > 1).then(|| match total(&orders) {
        Some(total) => format!("{prompts} prompts, a job each: {total} in all"),
        None => format!("{prompts} prompts, a job each: what they cost is not known"),
    });
    let limit = limit.map(|limit| format!("Submits above {limit} ask first."));
    let title = if prompts > 1 { format!("Send {prompts} jobs?") } else { "Send this?".into() };
    Confirm {
        title,
        lines: [what, price].into_iter().chain(all).chain(split).chain(limit).collect(),
        pending: Pending::Submit(orders),
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
                SettingRow::Style => false,
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
