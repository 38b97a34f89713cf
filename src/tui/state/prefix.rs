//! Keys of a sequence that is not whole yet.

use std::time::Duration;

use crate::domain::Stamp;
use crate::keymap::Key;

/// Keys pressed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// In the order pressed.
    pub keys: Vec<Key>,
    /// When the first of them was.
    pub since: Stamp,
}

impl Prefix {
    /// How long nothing is shown: who knows the next key never sees what may follow.
    pub const QUIET: Duration = Duration::from_millis(300);
}
