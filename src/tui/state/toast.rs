//! Short news at the bottom of the screen that goes away by itself.

use std::time::Duration;

use crate::domain::Stamp;

/// What kind of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something worked.
    Good,
    /// Something to know.
    Plain,
    /// Something went wrong.
    Bad,
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says, one line.
    pub text: String,
    /// What kind.
    pub tone: Tone,
    /// When it goes.
    pub until: Stamp,
}

impl Toast {
    /// How long good and plain news stay.
    pub const BRIEF: Duration = Duration::from_secs(4);
    /// How long bad news stays: it has to be read.
    pub const LONG: Duration = Duration::from_secs(12);
}
