//! The history while it is searched.

use super::Line;
use crate::domain::Found;

/// The history, searched.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What is typed.
    pub query: Line,
    /// What was found, the best first.
    pub found: Vec<Found>,
    /// The selected one of `found`.
    pub selected: usize,
    /// What was asked for last; its answer may be on its way.
    pub asked: Option<String>,
    /// What `found` is the answer to.
    pub answered: Option<String>,
    /// The selected prompt is shown whole.
    pub peek: bool,
    /// The first line shown of it.
    pub top: usize,
}

impl History {
    /// Prompts asked for at once.
    pub const MOST: usize = 50;

    /// The selected prompt.
    pub fn chosen(&self) -> Option<&Found> {
        self.found.get(self.selected)
    }
}
