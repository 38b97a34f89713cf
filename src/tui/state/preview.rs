//! The picture shown.

use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::Foresight;
use crate::domain::{Fault, ImageId};

/// The picture shown, and the one asked for.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The picture the user wants to see.
    pub wanted: Option<ImageId>,
    /// The first line of the story that is shown; `None` follows it as it grows.
    pub line: Option<usize>,
    /// What was last asked of the painter: which picture, for which pane.
    pub asked: Option<(ImageId, (u16, u16))>,
    /// What is painted; stays until its successor is ready.
    pub shown: Option<Shown>,
    /// What the user may turn to next.
    pub ahead: Foresight,
}

/// A painted picture.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which.
    pub image: ImageId,
    /// For a pane of this many columns and rows.
    pub pane: (u16, u16),
    /// Its cells, or why there are none.
    pub cells: Result<Arc<Buffer>, Fault>,
}

/// How pictures are drawn on this terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drawn {
    /// In a word; empty before that is known.
    pub how: &'static str,
    /// KiB of pictures sent so far.
    pub kib: u64,
}
