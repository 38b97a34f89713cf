//! Everything that can reach the core.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use crate::domain::{Fault, ImageId, InputFacts, Job, JobId, Money};
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
    /// The answer to [`Effect::Cancel`](super::effect::Effect::Cancel), [`Effect::Retry`](super::effect::Effect::Retry) and
    /// [`Effect::Refetch`](super::effect::Effect::Refetch).
    Asked(Result<(), Fault>),
    /// The answer to [`Effect::Look`](super::effect::Effect::Look).
    Looked {
        /// Which file.
        path: PathBuf,
        /// What it is, or why it cannot be used.
        found: Result<InputFacts, Fault>,
    },
    /// The answer to [`Effect::List`](super::effect::Effect::List); nothing where the folder cannot be read.
    Listed {
        /// Which folder.
        folder: PathBuf,
        /// Names of the pictures and folders in it, sorted; a folder's ends with a slash.
        names: Vec<String>,
    },
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
