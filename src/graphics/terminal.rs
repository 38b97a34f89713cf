//! What the terminal in front of us can show, read from the environment only: nothing is asked of the terminal.

use crate::domain::Depth;

/// Glyphs pictures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// `▀`: two pixels a cell.
    HalfBlocks,
    /// Letters by brightness: every byte is ASCII.
    Ascii,
    /// No pictures.
    None,
}

/// The terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Colours.
    pub depth: Depth,
    /// Glyphs for pictures.
    pub glyphs: Glyphs,
    /// Whether anything beyond ASCII can be shown (borders, `…`).
    pub unicode: bool,
    /// Inside tmux.
    pub tmux: bool,
    /// Over SSH.
    pub ssh: bool,
    /// Why each was chosen, for `doctor`: `colours: true (COLORTERM=truecolor)`.
    pub reasons: Vec<String>,
}

impl Terminal {
    /// Reads the environment through `var`.
    pub fn detect(_var: impl Fn(&str) -> Option<String>) -> Terminal {
        todo!()
    }
}
