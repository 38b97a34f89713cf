//! What every pane draws with: the state, the moment, the glyphs, and styles by role.

use std::time::Duration;

use ratatui::style::Style;

use super::{Glyphs, coarse, live};
use crate::domain::{Job, Money, Now};
use crate::keymap::Keys;
use crate::tui::action::Action;
use crate::tui::layout::{Spot, spots};
use crate::tui::state::{Dialog, Pane, Scope, Screen, State};

/// What every pane draws with.
#[derive(Clone, Copy)]
pub struct Brush<'a> {
    /// What is drawn.
    pub state: &'a State,
    /// The moment it is drawn for.
    pub now: Now,
    /// Glyphs this terminal has.
    pub glyphs: &'static Glyphs,
}

impl<'a> Brush<'a> {
    /// A brush for this state.
    pub fn new(state: &'a State, now: Now) -> Brush<'a> {
        Brush { state, now, glyphs: Glyphs::of(state.unicode) }
    }

    /// Whether keys go to this pane now.
    pub fn focused(&self, pane: Pane) -> bool {
        self.state.pane == pane && self.state.screen == Screen::Compose && self.uncovered()
    }

    /// Whether no dialog lies over the screen. Letters lie on it, not over it.
    pub fn uncovered(&self) -> bool {
        matches!(self.state.dialog, None | Some(Dialog::Jump))
    }

    /// The letter that goes to a place, while one is being chosen.
    pub fn letter(&self, spot: Spot) -> Option<String> {
        self.state.dialog.as_ref().filter(|dialog| matches!(dialog, Dialog::Jump))?;
        spots(self.state).into_iter().find(|(_, known)| *known == spot).map(|(letter, _)| letter.to_string())
    }

    /// What stands before a row: the letter that goes to it, the mark of the selected one, or nothing; and its role.
    pub fn marker(&self, spot: Spot, selected: bool) -> (String, &'static str) {
        match self.letter(spot) {
            Some(letter) => (letter, "toast.plain"),
            None if selected => (self.glyphs.marker.to_owned(), "mark"),
            None => (" ".to_owned(), "mark"),
        }
    }

    /// The style of a role.
    pub fn style(&self, role: &str) -> Style {
        self.state.theme.style(role)
    }

    /// The key to show for an action in the first of `scopes` that binds it; one that a nearer scope takes is not shown.
    pub fn key(&self, scopes: &[Scope], action: Action) -> Option<String> {
        let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
        let keymap = &self.state.keymap;
        let works = |keys: &Keys| keymap.action(&names, keys) == Some(action.name());
        let bound = |scope: &Scope| keymap.keys(scope.name(), action.name()).into_iter().find(works);
        let bound = scopes.iter().filter(|scope| action.scopes().contains(scope)).find_map(bound);
        bound.map(|key| key.to_string())
    }

    /// A span that is still growing: in whole minutes where nothing is to move.
    pub fn live(&self, span: Duration) -> String {
        if self.state.looks.still { coarse(span) } else { live(span) }
    }

    /// What a job is doing; without counting down where nothing is to move.
    pub fn doing(&self, job: &Job) -> String {
        match job.until {
            Some(until) if self.state.looks.still && until > self.now => format!("{} soon", job.note),
            _ => job.says(self.now),
        }
    }

    /// An amount; the yen sign is not ASCII.
    pub fn money(&self, amount: Money) -> String {
        self.spell(amount.to_string())
    }

    /// Running totals of several currencies, two decimals.
    pub fn totals(&self, amounts: &[Money]) -> String {
        let nothing = [Money::zero(self.state.header.region.currency())];
        let amounts = if amounts.is_empty() { &nothing } else { amounts };
        self.spell(amounts.iter().map(|amount| amount.rounded()).collect::<Vec<_>>().join(" + "))
    }

    fn spell(&self, amount: String) -> String {
        if self.state.unicode { amount } else { amount.replace('¥', "CNY ") }
    }
}
