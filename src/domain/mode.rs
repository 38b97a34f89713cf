//! What a request asks a model to do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The ways a model can be asked for pictures. Which model has which is the catalogue's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A picture from words alone.
    #[default]
    TextToImage,
    /// A coherent series of pictures of the same subject (`enable_sequential`).
    Sequential,
    /// A picture from words and reference pictures.
    Edit,
    /// Text and pictures in turn, as in a tutorial (`enable_interleave`).
    Interleave,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 4] = [Mode::TextToImage, Mode::Sequential, Mode::Edit, Mode::Interleave];

    /// The mode's name in files, flags and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Mode::TextToImage => "text-to-image",
            Mode::Sequential => "sequential",
            Mode::Edit => "edit",
            Mode::Interleave => "interleave",
        }
    }

    /// The mode in a word, for tables and sentences.
    pub fn word(self) -> &'static str {
        match self {
            Mode::TextToImage => "text",
            Mode::Sequential => "series",
            Mode::Edit => "edit",
            Mode::Interleave => "story",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
