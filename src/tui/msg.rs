//! Everything that can reach the core.

use std::sync::Arc;

use ratatui::buffer::Buffer;

use crate::domain::{Fault, ImageId, Job, JobId, Money};
use crate::keymap::Key;

/// What reached us.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted (never submits, never acts as keys).
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The time [`wake_at`](super::update::wake_at) asked for has come.
    Wake,
    /// The store changed.
    Changed(Changed),
    /// The answer to [`Effect::Submit`](super::effect::Effect::Submit).
    Submitted(Result<Vec<JobId>, Fault>),
    /// The answer to [`Effect::Cancel`](super::effect::Effect::Cancel) and [`Effect::Retry`](super::effect::Effect::Retry).
    Asked(Result<(), Fault>),
    /// The answer to [`Effect::Paint`](super::effect::Effect::Paint).
    Painted(Painted),
    /// Something outside went wrong that the user should know (the store cannot be read, the clipboard refused).
    Trouble(Fault),
    /// We came back from suspension.
    Resumed,
}

/// What changed in the store.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Jobs that changed, whole, oldest first.
    pub jobs: Vec<Job>,
    /// Confirmed spending since local midnight, by currency.
    pub spent_today: Vec<Money>,
    /// Confirmed spending since the first of the month, by currency.
    pub spent_month: Vec<Money>,
}

/// A picture painted for a pane, or why it could not be.
#[derive(Debug, Clone)]
pub struct Painted {
    /// Which picture.
    pub image: ImageId,
    /// For a pane of this many columns and rows.
    pub pane: (u16, u16),
    /// Cells, no larger than the pane.
    pub cells: Result<Arc<Buffer>, Fault>,
}
