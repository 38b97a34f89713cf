//! A picture on disk.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ImageId, Stamp};

/// A picture file's format, known by its bytes and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl Format {
    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Webp => "webp",
        }
    }
}

/// One picture that is on disk, whole and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its name: job and place in the answer.
    pub id: ImageId,
    /// Where it lies, absolute.
    pub path: PathBuf,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Format, by content.
    pub format: Format,
    /// The seed it was asked with, where one was sent.
    pub seed: Option<u32>,
    /// When it was saved.
    pub saved: Stamp,
}
