//! Colours by role: `ink` and `paper` and the user's own, for terminals from true colour down to none.

use ratatui::style::Style;

use crate::domain::Depth;

/// A theme, resolved for a colour depth: the style of each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name (`ink`).
    pub name: String,
    /// The depth it was resolved for.
    pub depth: Depth,
}

impl Theme {
    /// Names of the themes that ship with the program, the default first.
    pub fn names() -> &'static [&'static str] {
        &["ink", "paper"]
    }
    /// A theme by name, for a colour depth; `None` when there is no such theme.
    pub fn named(_name: &str, _depth: Depth) -> Option<Theme> {
        todo!()
    }
    /// The style of a role (`pane.title.focused`); a role without an entry takes its parent's (`pane.title`, `pane`).
    pub fn style(&self, _role: &str) -> Style {
        todo!()
    }
}
