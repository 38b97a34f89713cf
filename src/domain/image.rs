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
    /// Windows bitmap.
    Bmp,
    /// GIF; its first frame is the picture.
    Gif,
    /// TIFF.
    Tiff,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 6] = [Format::Png, Format::Jpeg, Format::Webp, Format::Bmp, Format::Gif, Format::Tiff];

    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Webp => "webp",
            Format::Bmp => "bmp",
            Format::Gif => "gif",
            Format::Tiff => "tif",
        }
    }

    /// Its name in the catalogue, in data URIs (`image/jpeg`) and in words.
    pub fn id(self) -> &'static str {
        match self {
            Format::Jpeg => "jpeg",
            Format::Tiff => "tiff",
            other => other.extension(),
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
