//! From a file or the form to a batch: what it comes to is asked for and shown; only then, by a chord, it is begun.

use std::path::PathBuf;

use super::{Effects, picture_entry, toasts};
use crate::domain::Now;
use crate::tui::effect::Effect;
use crate::tui::layout::plan_rows;
use crate::tui::state::{Confirm, Dialog, Pending, PictureEntry, PlanPage, PlanSheet, PlanSource, State, Wanted};

/// Asks for a file.
pub(super) fn name_file(state: &mut State) {
    state.dialog = Some(Dialog::Picture(PictureEntry { wanted: Wanted::Rows, ..PictureEntry::default() }));
}

/// Plans the file that was named.
pub(super) fn accept(state: &mut State, now: Now, mut entry: PictureEntry) -> Effects {
    let Some(text) = picture_entry::name(&mut entry) else {
        if entry.text.is_empty() {
            toasts::plain(state, now, "Type the name of a file of rows");
        }
        state.dialog = Some(Dialog::Picture(entry));
        return Effects::new();
    };
    if let Some(axes) = axes(&text) {
        return form(state, now, axes);
    }
    let path: PathBuf = state.place.resolve(&text);
    ask(state, text, PlanSource::File(path))
}

/// Axes of a grid as they are typed, `seed=1..4 size=1024*1024,1280*720`; a value with a blank stands in double quotes.
/// `None` where it is the name of a file.
fn axes(text: &str) -> Option<Vec<String>> {
    let mut quoted = false;
    let is_end = |c: char| {
        quoted ^= c == '"';
        c.is_whitespace() && !quoted
    };
    let axes: Vec<String> = text.split(is_end).filter(|axis| !axis.is_empty()).map(str::to_owned).collect();
    let is_axis = |axis: &String| {
        let name = axis.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    axes.iter().all(is_axis).then_some(axes)
}

/// Plans the form: a row for each way its wildcards can be unfolded, in every combination of the axes.
pub(super) fn form(state: &mut State, now: Now, axes: Vec<String>) -> Effects {
    if state.compose.edit.is_some() {
        toasts::plain(state, now, "The form holds a job that is being changed; save or leave it first");
        return Effects::new();
    }
    let mut request = state.compose.snapshot();
    // The plan unfolds the wildcards itself; the style is put around them.
    request.prompt = state.compose.expansion.styled(&state.compose.prompt.text());
    // All rows of one plan share a seed, and another plan has another: what differs is the words.
    if state.compose.random_seed {
        request.seed = state.parameter("seed").is_some().then(|| state.roll());
    }
    let name = if axes.is_empty() { "the form" } else { "a grid of the form" };
    ask(state, name.to_owned(), PlanSource::Form(Box::new(request), axes))
}

fn ask(state: &mut State, name: String, source: PlanSource) -> Effects {
    state.plans += 1;
    let ticket = state.plans;
    state.dialog = Some(Dialog::Plan(Box::new(PlanPage { ticket, name, outcome: None, top: 0 })));
    vec![Effect::Plan { ticket, source }]
}

/// The plan is here, unless its page was left by now.
pub(super) fn planned(state: &mut State, ticket: u64, result: Result<PlanSheet, Vec<String>>) -> Effects {
    if let Some(Dialog::Plan(page)) = &mut state.dialog
        && page.ticket == ticket
    {
        page.outcome = Some(result);
        page.top = 0;
    }
    Effects::new()
}

/// Begins it, asking first where it costs more than a submit may without asking.
pub(super) fn begin(state: &mut State, now: Now) -> Effects {
    let Some(Dialog::Plan(page)) = state.dialog.take() else { return Effects::new() };
    let words = match &page.outcome {
        None => "It is still being looked at",
        Some(Err(_)) => "Nothing can be sent while something is wrong with it",
        Some(Ok(sheet)) => {
            let dear = |limit| sheet.total.is_none_or(|total| !total.is_within(limit));
            if let Some(limit) = state.ask_above.filter(|limit| sheet.sends > 0 && dear(*limit)) {
                let price = match sheet.total {
                    Some(total) => format!("{} pictures: up to {total}.", sheet.pictures),
                    None => format!("{} pictures. Some prices are unknown.", sheet.pictures),
                };
                let lines = vec![format!("{} rows are sent.", sheet.sends), price, limit_words(limit)];
                let title = "Run this batch?".to_owned();
                state.dialog = Some(Dialog::Confirm(Confirm { title, lines, pending: Pending::Begin(page) }));
                return Effects::new();
            }
            return go(&page);
        }
    };
    toasts::plain(state, now, words);
    state.dialog = Some(Dialog::Plan(page));
    Effects::new()
}

fn limit_words(limit: crate::domain::Money) -> String {
    format!("Submits above {limit} ask first.")
}

/// Begins it.
pub(super) fn go(page: &PlanPage) -> Effects {
    vec![Effect::Begin(page.ticket)]
}

/// Scrolls by lines, or by pages.
pub(super) fn scroll(state: &mut State, by: isize, page: bool) {
    let Some((lines, rows)) = plan_rows(state) else { return };
    let step = if page { isize::try_from(rows).unwrap_or(1).saturating_sub(1).max(1) } else { 1 };
    let last = lines.saturating_sub(rows);
    if let Some(Dialog::Plan(page)) = &mut state.dialog {
        page.top = page.top.saturating_add_signed(by * step).min(last);
    }
}
