//! The command palette: finding an action by its words, and doing it.

use std::cmp::Reverse;

use super::fuzzy::Fuzzy;
use super::{Effects, act, filter, panes, settings, toasts};
use crate::domain::{Money, Now};
use crate::tui::action::Action;
use crate::tui::state::{Choice, Commands, Dialog, Pane, Scope, Screen, State};

/// Choices that are remembered.
const RECENT: usize = 8;

pub(super) fn open(state: &mut State) {
    state.dialog = Some(Dialog::Commands(Commands::default()));
    refilter(state);
}

/// Matches what is typed against sentences and names. What can be asked for now comes first, then what was chosen last
/// where nothing is typed, then what matches best.
pub(super) fn refilter(state: &mut State) {
    let reach = state.scopes_in_reach();
    let recent = state.recent.clone();
    let Some(Dialog::Commands(commands)) = &mut state.dialog else { return };
    let mut fuzzy = Fuzzy::new(commands.filter.text());
    let asked = !commands.filter.text().trim().is_empty();
    let words: Vec<String> = commands.filter.text().to_lowercase().split_whitespace().map(str::to_owned).collect();
    let rank = |action: &Action| {
        let text = format!("{} {}", action.sentence(), action.name());
        let score = fuzzy.score(&text)?;
        let here = action.scopes().iter().any(|scope| reach.contains(scope));
        let last = recent.iter().position(|name| *name == action.name()).filter(|_| !asked);
        let score = if asked { score } else { 0 };
        let text = text.to_lowercase();
        let whole = words.iter().all(|word| text.contains(word.as_str()));
        let choice = Choice { action: action.name(), here };
        Some(((!here, last.unwrap_or(RECENT), Reverse(score)), whole, choice))
    };
    let mut scored: Vec<_> = Action::ALL.iter().filter_map(rank).collect();
    // Letters strewn over a sentence are for those who leave some out: where the words stand as typed, they are meant.
    if scored.iter().any(|(_, whole, _)| *whole) {
        scored.retain(|(_, whole, _)| *whole);
    }
    scored.sort_by_key(|(rank, _, _)| *rank);
    commands.matches = scored.into_iter().map(|(_, _, choice)| choice).collect();
    commands.selected = 0;
}

/// Does what is chosen; what works elsewhere is not done, but gone to.
pub(super) fn accept(state: &mut State, now: Now, commands: Commands) -> Effects {
    let choice = commands.matches.get(commands.selected).copied();
    let Some((choice, action)) = choice.and_then(|choice| Some((choice, Action::parse(choice.action)?))) else {
        state.dialog = Some(Dialog::Commands(commands));
        return Effects::new();
    };
    if !choice.here {
        go(state, now, commands, action);
        return Effects::new();
    }
    state.recent.retain(|name| *name != choice.action);
    state.recent.insert(0, choice.action);
    state.recent.truncate(RECENT);
    perform(state, now, action)
}

/// Does an action. One that does not hold while typing interrupts the typing; where the user still is in the text
/// afterwards, it goes on.
fn perform(state: &mut State, now: Now, action: Action) -> Effects {
    let holds = state.scopes();
    let directly = action.scopes().iter().any(|scope| holds.contains(scope));
    if !directly && !settle(state, now) {
        return Effects::new();
    }
    let (typing, place) = (state.typing, (state.screen, state.pane));
    state.typing &= directly;
    let effects = if action.spends() { ask_first(state, now, action) } else { act::act(state, now, action) };
    state.typing |= typing && !directly && place == (state.screen, state.pane);
    effects
}

/// Enter never pays: what would be sent at once asks.
fn ask_first(state: &mut State, now: Now, action: Action) -> Effects {
    let nothing = Money::zero(state.header.region.currency());
    let limit = state.ask_above.replace(nothing);
    let effects = act::act(state, now, action);
    state.ask_above = limit;
    if let Some(Dialog::Confirm(question)) = &mut state.dialog {
        let said = format!("Submits above {nothing} ask first.");
        for line in question.lines.iter_mut().filter(|line| **line == said) {
            *line = "Chosen by name it always asks: Enter alone never pays.".to_owned();
        }
    }
    effects
}

/// Ends what is being typed into a line: a filter stays as it is, a value is set. False where it cannot be.
fn settle(state: &mut State, now: Now) -> bool {
    if state.jobs.before.is_some() {
        filter::keep(state, now);
    }
    // Tags that were not put on are dropped; the search is as good as it is.
    state.gallery.tags = None;
    state.gallery.before = None;
    if state.compose.typed.is_some() {
        settings::commit(state, now);
    }
    state.compose.typed.is_none()
}

/// Goes to where an action works, and says what does it there: nobody acts on what they do not see.
fn go(state: &mut State, now: Now, commands: Commands, action: Action) {
    let Some((scope, place)) = action.scopes().iter().find_map(|scope| Some((*scope, place(state, *scope)?))) else {
        let places: Vec<_> = action.scopes().iter().map(|scope| scope.place()).collect();
        toasts::plain(state, now, format!("That works only {}", places.join(", or ")));
        state.dialog = Some(Dialog::Commands(commands));
        return;
    };
    if !settle(state, now) {
        return;
    }
    match place {
        (screen, Some(pane)) => {
            panes::show(state, screen);
            (state.pane, state.typing) = (pane, false);
        }
        (screen, None) => panes::show(state, screen),
    }
    let key = state.keymap.keys(scope.name(), action.name()).first().map(ToString::to_string);
    let words = match key {
        Some(key) => format!("Now {}. Here {key}: {}", scope.place(), action.sentence()),
        None => format!("Now {}. Here the palette does it: {}", scope.place(), action.sentence()),
    };
    toasts::plain(state, now, words);
}

/// Where to go so that a scope holds, if going is all it takes.
fn place(state: &State, scope: Scope) -> Option<(Screen, Option<Pane>)> {
    let pane = |pane: Pane| state.panes().contains(&pane).then_some((Screen::Compose, Some(pane)));
    match scope {
        Scope::Compose | Scope::Form => Some((Screen::Compose, None)),
        Scope::Text => pane(Pane::Prompt),
        Scope::References => pane(Pane::References),
        Scope::Settings => pane(Pane::Settings),
        Scope::Queue => pane(Pane::Queue),
        Scope::Jobs => Some((Screen::Queue, None)),
        Scope::Batch => Some((Screen::Batch, None)),
        Scope::Gallery => Some((Screen::Gallery, None)),
        Scope::Lineage => Some((Screen::History, None)),
        Scope::Global | Scope::Screen | Scope::Normal | Scope::Edit | Scope::Insert | Scope::Value => None,
        Scope::Filter | Scope::Picker | Scope::Entry | Scope::Boxes | Scope::Palette | Scope::Expansion => None,
        Scope::Plan | Scope::History | Scope::Browser | Scope::Advice | Scope::Page => None,
        Scope::Offer | Scope::Chosen => None,
        Scope::Confirm | Scope::Help | Scope::Zoom | Scope::Jump | Scope::Again | Scope::Compare => None,
    }
}
