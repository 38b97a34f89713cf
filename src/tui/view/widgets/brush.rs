//! What every pane draws with: the state, the moment, the glyphs, and styles by role.

use ratatui::style::Style;

use super::Glyphs;
use crate::domain::{Money, Now};
use crate::keymap::Keys;
use crate::tui::action::Action;
use crate::tui::state::{Pane, Scope, Screen, State};

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
        self.state.pane == pane && self.state.screen == Screen::Compose && self.state.dialog.is_none()
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
