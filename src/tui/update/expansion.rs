//! What the written prompt stands for: keeping it worked out, showing it, and turning it into requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::toasts;
use crate::catalog::Violation;
use crate::domain::{Now, Request};
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, ExpansionPage, Made, PROMPTS_AT_ONCE, State, Unfold};

/// Prompts shown at most.
const SHOWN: usize = 1000;

/// Works it out anew when something it depends on has changed, and asks for the lists the first time one is named.
pub(super) fn settle(state: &mut State) -> Option<Effect> {
    let source = state.expansion_source();
    let expansion = &mut state.compose.expansion;
    if expansion.made.of.as_ref() != Some(&source) {
        let names_list = source.unfold != Unfold::Off && source.prompt.contains("__");
        expansion.made = Made::of(source, expansion);
        if names_list && !expansion.asked {
            expansion.asked = true;
            return Some(Effect::Lists(expansion.folders.clone()));
        }
    }
    None
}

/// The lists were read.
pub(super) fn lists(state: &mut State, lists: BTreeMap<String, String>) {
    state.compose.expansion.lists = Some(Arc::new(lists));
    // Something else may be in them now.
    state.compose.expansion.made.of = None;
    settle(state);
    fill(state);
}

/// Shows every prompt; the lists are read again.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    settle(state);
    state.dialog = Some(Dialog::Expansion(ExpansionPage::default()));
    fill(state);
    state.compose.expansion.asked = true;
    vec![Effect::Lists(state.compose.expansion.folders.clone())]
}

/// The prompts of the page that is open.
fn fill(state: &mut State) {
    let written = state.compose.prompt.text();
    let expansion = &state.compose.expansion;
    let prompts = expansion.prompts(&written, SHOWN);
    if let Some(Dialog::Expansion(page)) = &mut state.dialog {
        page.selected = page.selected.min(prompts.len().saturating_sub(1));
        page.prompts = prompts;
    }
}

/// Another way to deal with wildcards.
pub(super) fn unfold(state: &mut State, unfold: Unfold) {
    state.compose.expansion.unfold = unfold;
    settle(state);
    fill(state);
}

/// The next style, or the one before; none comes between the last and the first.
pub(super) fn next_style(state: &mut State, by: i64) {
    let expansion = &mut state.compose.expansion;
    let names: Vec<Option<String>> =
        [None].into_iter().chain(expansion.styles.all().iter().map(|style| Some(style.name.clone()))).collect();
    let count = names.len() as i64;
    let at = names.iter().position(|name| *name == expansion.style).unwrap_or(0) as i64;
    expansion.style = names[(at + by).rem_euclid(count) as usize].clone();
}

/// The request once for each prompt; the first thing wrong with the template instead.
pub(super) fn requests(state: &mut State, request: Request) -> Result<Vec<Request>, Violation> {
    settle(state);
    let expansion = &state.compose.expansion;
    if let Some(trouble) = &expansion.made.trouble {
        return Err(state.template_trouble(trouble));
    }
    let Some(template) = expansion.made.template.clone() else { return Ok(vec![request]) };
    let prompts: Vec<String> = match expansion.unfold {
        Unfold::All if template.count() > PROMPTS_AT_ONCE => {
            let message = format!("the prompt stands for {} prompts", template.count());
            return Err(Violation {
                field: "prompt".into(),
                rule: "too_many_prompts",
                message,
                legal: format!("at most {PROMPTS_AT_ONCE} at once; `pinxit batch` takes more"),
                source: String::new(),
            });
        }
        Unfold::All => template.expansions().collect(),
        Unfold::One | Unfold::Off => {
            let seed = u64::from(state.roll());
            template.random(seed, 1)
        }
    };
    let expansion = &state.compose.expansion;
    let with = |prompt: String| Request { prompt: expansion.styled(&prompt), ..request.clone() };
    Ok(prompts.into_iter().map(with).collect())
}

/// Goes to another prompt of the page.
pub(super) fn step(page: &mut ExpansionPage, by: isize) {
    let last = page.prompts.len().saturating_sub(1);
    page.selected = page.selected.saturating_add_signed(by).min(last);
}

/// A job that waits has one prompt: a template cannot be saved into it.
pub(super) fn is_one(state: &mut State, now: Now) -> bool {
    let is_one = !state.compose.expansion.unfolds();
    if !is_one {
        toasts::plain(state, now, "A job has one prompt: choose one of the alternatives, or send it as it is written");
    }
    is_one
}
