//! The command palette: what is typed, and the actions that match. Actions go by their names here: the table of them is
//! made from the scopes, not the other way round.

use super::Line;

/// Finding an action by its words.
#[derive(Debug, Clone, Default)]
pub struct Commands {
    /// What is typed.
    pub filter: Line,
    /// Actions that match: those that can be asked for now first, the best first.
    pub matches: Vec<Choice>,
    /// The selected one of `matches`.
    pub selected: usize,
}

/// An action in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub action: &'static str,
    /// Whether it can be asked for now.
    pub here: bool,
}
