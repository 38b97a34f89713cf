//! One more of a job there is: its recipe with a new seed, or exactly as it was. It is shown with its price first; only a
//! chord sends it. The form has no part in it, and nothing there is takes its place.

use super::{Effects, submit, toasts, welcome};
use crate::domain::{Job, JobId, Now, Origin, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{AgainPage, Confirm, Dialog, Pending, Screen, State};

/// Shows a sibling of the picture shown, or of the selected job.
pub(super) fn vary(state: &mut State, now: Now) {
    let Some((of, request, parent)) = subject(state) else {
        toasts::plain(state, now, "There is no picture to vary");
        return;
    };
    let request = Request { seed: request.seed.and_then(|_| seed(state, &request)), ..request };
    open(state, now, AgainPageOf { of, request, parent, exact: false });
}

/// Shows the selected job once more, exactly as it was.
pub(super) fn exactly(state: &mut State, now: Now) {
    match subject(state) {
        Some((of, request, parent)) => open(state, now, AgainPageOf { of, request, parent, exact: true }),
        None => toasts::plain(state, now, "No job is selected"),
    }
}

/// What is to be made once more.
struct AgainPageOf {
    of: JobId,
    request: Request,
    parent: Option<Origin>,
    exact: bool,
}

/// The job an action on a picture is about: whose picture is shown, else the selected one.
fn subject(state: &State) -> Option<(JobId, Request, Option<Origin>)> {
    let shown = || state.preview.wanted.and_then(|id| state.queue.get(id.job));
    let job: &Job = match (&state.dialog, state.screen) {
        (Some(Dialog::Zoom), _) => state.viewed()?,
        (_, Screen::Compose) => shown().or(state.queue.job())?,
        (_, Screen::Gallery) => {
            let card = state.gallery.card()?;
            return Some((card.image.id.job, (*card.request).clone(), card.parent));
        }
        _ => state.chosen()?,
    };
    Some((job.id, (*job.request).clone(), job.parent))
}

/// A new seed, where the model takes one.
fn seed(state: &mut State, request: &Request) -> Option<u32> {
    let model = state.catalog.get(request.model.as_str())?;
    model.mode(request.mode)?.parameter("seed")?;
    Some(state.roll())
}

fn open(state: &mut State, now: Now, AgainPageOf { of, request, parent, exact }: AgainPageOf) {
    let catalog = state.catalog.clone();
    let Some(model) = catalog.get(request.model.as_str()) else {
        toasts::bad(state, now, format!("#{of} was made with {}, which the catalogue no longer has", request.model));
        return;
    };
    if let Some(violation) = catalog.check(&request).into_iter().next() {
        toasts::bad(state, now, submit::refusal(&violation));
        return;
    }
    let cost = model.cost(&request, state.header.region);
    state.dialog = Some(Dialog::Again(Box::new(AgainPage { of, request, cost, parent, exact })));
}

/// Another new seed, where it is to vary.
pub(super) fn roll(state: &mut State, now: Now) {
    let Some(Dialog::Again(page)) = &state.dialog else { return };
    let (request, exact) = (page.request.clone(), page.exact);
    let words = match (exact, request.seed) {
        (true, _) => "It repeats the job exactly, seed and all",
        (false, None) => "This model takes no seed: it never makes the same twice",
        (false, Some(_)) => {
            let seed = seed(state, &request);
            if let Some(Dialog::Again(page)) = &mut state.dialog {
                page.request.seed = seed;
            }
            return;
        }
    };
    toasts::plain(state, now, words);
}

/// Sends it, asking first where it costs more than a submit may without asking.
pub(super) fn send(state: &mut State, now: Now) -> Effects {
    let Some(Dialog::Again(page)) = state.dialog.take() else { return Effects::new() };
    if state.access.missing {
        toasts::plain(state, now, "Not sent: there is no key yet");
        welcome::open(state);
        return Effects::new();
    }
    let AgainPage { of, request, cost: estimate, .. } = *page;
    if let Some(limit) = state.ask_above.filter(|limit| submit::asks(&estimate, *limit)) {
        let question = submit::question(vec![(request.clone(), estimate.clone())], Some(limit), 1);
        let pending = Pending::SubmitAlike(of, Box::new(request), estimate);
        state.dialog = Some(Dialog::Confirm(Confirm { pending, ..question }));
        return Effects::new();
    }
    toasts::plain(state, now, format!("One more of #{of} is on its way; what is there stays"));
    vec![Effect::SubmitAlike { of, request: Box::new(request), estimate }]
}
