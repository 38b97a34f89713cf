//! The command that makes once more what is shown: for a shell, a script, another machine.

use super::{Effects, expansion, submit, toasts};
use crate::domain::{Now, Origin, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, Screen, State};

/// Lines that are still worth pasting.
const LINES_MAX: usize = 24;

/// Copies a command for each request: of the form, of the picture on the whole screen, of the jobs or pictures selected.
pub(super) fn copy(state: &mut State, now: Now) -> Effects {
    let is_form = state.dialog.is_none() && state.screen == Screen::Compose;
    let asked = if is_form { of_form(state) } else { Ok(of_jobs(state)) };
    let asked = match asked {
        Ok(asked) => asked,
        Err(words) => {
            toasts::bad(state, now, words);
            return Effects::new();
        }
    };
    let catalog = state.catalog.clone();
    let line = |(request, parent): &(Request, Option<Origin>)| {
        Some(catalog.get(request.model.as_str())?.command(request, *parent))
    };
    let lines: Vec<String> = asked.iter().filter_map(line).collect();
    let words = match lines.as_slice() {
        [] => "There is nothing here to make once more".to_owned(),
        [_] => "Command copied (where the terminal allows it)".to_owned(),
        lines => format!("{} commands copied (where the terminal allows it)", lines.len()),
    };
    toasts::plain(state, now, words);
    if lines.is_empty() { Effects::new() } else { vec![Effect::Copy(lines.join("\n"))] }
}

/// What the form stands for. A random seed is left to be drawn again.
fn of_form(state: &mut State) -> Result<Vec<(Request, Option<Origin>)>, String> {
    let mut request = state.compose.snapshot();
    if state.compose.random_seed {
        request.seed = None;
    }
    let requests = expansion::requests(state, request).map_err(|violation| {
        let refusal = submit::refusal(&violation);
        refusal.strip_prefix("Not sent. ").unwrap_or(&refusal).to_owned()
    })?;
    if requests.len() > LINES_MAX {
        return Err(format!(
            "The prompt stands for {} requests: too many to paste; a batch takes them",
            requests.len()
        ));
    }
    let parent = state.compose.parent;
    Ok(requests.into_iter().map(|request| (request, parent)).collect())
}

fn of_jobs(state: &State) -> Vec<(Request, Option<Origin>)> {
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        return state.viewed().map(|job| ((*job.request).clone(), job.parent)).into_iter().collect();
    }
    if state.screen == Screen::Gallery {
        let mut jobs = Vec::new();
        let cards = state.gallery.targets().into_iter().filter(|card| {
            let is_new = !jobs.contains(&card.image.id.job);
            jobs.push(card.image.id.job);
            is_new
        });
        return cards.map(|card| ((*card.request).clone(), card.parent)).collect();
    }
    state.targets().into_iter().map(|job| ((*job.request).clone(), job.parent)).collect()
}
