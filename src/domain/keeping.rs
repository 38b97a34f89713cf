//! How much of a picture's making is kept with its file.

use serde::{Deserialize, Serialize};

/// How much of its recipe a picture file carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metadata {
    /// All of it.
    #[default]
    Full,
    /// What is needed to make it again: no local paths, no ids, no cost.
    Minimal,
    /// Nothing.
    None,
}

impl Metadata {
    /// All of them.
    pub const ALL: [Metadata; 3] = [Metadata::Full, Metadata::Minimal, Metadata::None];

    /// Its name in settings, flags and the store.
    pub fn word(self) -> &'static str {
        match self {
            Metadata::Full => "full",
            Metadata::Minimal => "minimal",
            Metadata::None => "none",
        }
    }

    /// Reads the name.
    pub fn parse(word: &str) -> Option<Metadata> {
        Metadata::ALL.into_iter().find(|metadata| metadata.word() == word)
    }
}

/// What is kept with a job's picture files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keeping {
    /// In the file itself.
    pub metadata: Metadata,
    /// The recipe as a JSON file beside it, too.
    pub sidecar: bool,
}
