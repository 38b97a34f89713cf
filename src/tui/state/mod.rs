//! What the screen depends on: plain data with small methods. Only `update` changes it, only `view` draws it.

mod compose;
mod dialog;
mod editor;
mod focus;
mod header;
mod preview;
mod queue;
mod toast;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::domain::Money;
use crate::keymap::Keymap;
use crate::theme::Theme;

pub use compose::{Compose, SettingRow};
pub use dialog::{Confirm, Dialog, HelpPage, ModelPicker, Pending};
pub use editor::Editor;
pub use focus::{Pane, Scope};
pub use header::Header;
pub use preview::{Preview, Shown};
pub use queue::Queue;
pub use toast::{Toast, Tone};

/// Everything the screen depends on.
#[derive(Debug, Clone)]
pub struct State {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What the service can do.
    pub catalog: Arc<Catalog>,
    /// Keys.
    pub keymap: Arc<Keymap>,
    /// Colours.
    pub theme: Arc<Theme>,
    /// Whether anything beyond ASCII may be drawn.
    pub unicode: bool,
    /// Submits that cost more than this ask first; `None` never asks (the emulator's money is not real).
    pub ask_above: Option<Money>,
    /// The line at the top.
    pub header: Header,
    /// Which pane has the keys.
    pub pane: Pane,
    /// Whether keys type text into the focused pane. Only ever true for text panes.
    pub typing: bool,
    /// The form.
    pub compose: Compose,
    /// The jobs.
    pub queue: Queue,
    /// The picture shown.
    pub preview: Preview,
    /// The dialog on top, if one is open. Opens only by the user's own key.
    pub dialog: Option<Dialog>,
    /// Short news at the bottom, newest last.
    pub toasts: Vec<Toast>,
    /// Where random seeds come from; moves on with each one taken.
    pub dice: u64,
}
