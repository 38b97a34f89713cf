//! What the service made of a prompt: comparing it with ours, and keeping it.

use serde_json::Value;

use super::{settings, toasts};
use crate::domain::{Form, Job, Now, Unfold, Writing, has_signs};
use crate::tui::layout::{rewrite_lines, rewrite_page, rewrite_room};
use crate::tui::state::{Compose, Dialog, Pane, RewritePage, Screen, State};

/// The parameter that lets the service rewrite.
const EXTEND: &str = "prompt_extend";

/// Opens the comparison of the selected job.
pub(super) fn open(state: &mut State, now: Now) {
    let Some(job) = state.queue.job() else {
        toasts::plain(state, now, "No job is selected");
        return;
    };
    if job.rewritten().is_some() {
        state.dialog = Some(Dialog::Rewrite(RewritePage { job: job.id, top: 0 }));
        return;
    }
    let takes = job.request.is_on(EXTEND);
    let words = match (&job.actual_prompt, job.phase.is_ended()) {
        (Some(_), _) => format!("#{}: the service left the prompt as it is", job.id),
        (None, false) if takes => format!("#{}: the service tells the rewritten prompt at the end, if at all", job.id),
        (None, _) if takes => format!("#{}: this model does not tell how it rewrote the prompt", job.id),
        (None, _) => format!("#{}: its prompt was sent as it is", job.id),
    };
    toasts::plain(state, now, words);
}

/// Scrolls, as far as there is something to see.
pub(super) fn step(state: &mut State, by: isize) {
    let Some(Dialog::Rewrite(page)) = state.dialog else { return };
    let room = rewrite_room(state.size.0);
    let both = state.queue.get(page.job).and_then(Job::rewritten);
    let lines = both.map_or(0, |(before, after)| rewrite_lines(before, after, room).len());
    let area = rewrite_page(state.size, lines);
    let last = lines.saturating_sub(usize::from(area.height.saturating_sub(5)));
    let top = page.top.saturating_add_signed(by).min(last);
    state.dialog = Some(Dialog::Rewrite(RewritePage { top, ..page }));
}

/// Puts the rewritten prompt into the form and turns rewriting off, so that the same words are painted again.
pub(super) fn freeze(state: &mut State, now: Now) {
    let Some(Dialog::Rewrite(page)) = state.dialog else { return };
    if state.compose.edit.is_some() {
        toasts::plain(state, now, "The form holds a waiting job; save or leave it first");
        return;
    }
    let words = state.queue.get(page.job).and_then(Job::rewritten).map(|(_, after)| after.to_owned());
    let Some(words) = words else { return };
    state.dialog = None;
    state.show(Screen::Compose);
    (state.pane, state.typing) = (Pane::Prompt, false);
    state.compose.turn_to(frozen(&state.compose, &words));
    let request = &state.compose.request;
    let has = state.parameter(EXTEND).is_some_and(|known| known.idle_reason(request).is_none());
    let off = match has {
        true => {
            settings::set(state, EXTEND, Value::Bool(false));
            "; rewriting (Extend) is off"
        }
        false => "",
    };
    toasts::good(
        state,
        now,
        format!("The prompt of #{} as rewritten is in the form{off}. Undo brings yours back", page.job),
    );
}

/// The form with the service's words in it, which are sent as they are: a style is in them already, and braces are letters.
/// A form of its own, so that one undo brings all of it back.
fn frozen(compose: &Compose, words: &str) -> Form {
    let mut form = compose.form();
    if form.style.take().is_some() {
        form.negative = Writing::new(&compose.snapshot().negative_prompt);
    }
    if has_signs(words) {
        form.unfold = Unfold::Off;
    }
    Form { prompt: Writing::new(words), ..form }
}
