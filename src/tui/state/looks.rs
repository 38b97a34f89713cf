//! How the studio looks, and the themes there are to choose from.

use std::sync::Arc;

use crate::theme::{Theme, Themes};

/// How the studio looks, beside its theme.
#[derive(Debug, Clone, Default)]
pub struct Looks {
    /// The themes there are.
    pub themes: Arc<Themes>,
    /// Where the user's own hand set the theme: what is chosen here holds until the studio is left.
    pub pinned: Option<String>,
    /// Nothing moves by itself: ages are told in whole minutes, counters stand still.
    pub still: bool,
}

/// Choosing a theme. The selected one is the studio's already.
#[derive(Debug, Clone)]
pub struct ThemePicker {
    /// The names.
    pub names: Vec<String>,
    /// The selected one.
    pub selected: usize,
    /// The theme to go back to.
    pub before: Arc<Theme>,
}
