//! A local input picture: what it is, and what must change before a model takes it. What a model takes is the catalogue's
//! to say, doing it is `picture`'s.

use serde::{Deserialize, Serialize};

use super::Format;

/// What a picture file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFacts {
    /// By magic bytes.
    pub format: Format,
    /// Pixels across, as every viewer shows it.
    pub width: u32,
    /// Pixels down, as every viewer shows it.
    pub height: u32,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Has an alpha channel, used or not: the service refuses the channel (contract 3.3.12).
    pub alpha: bool,
    /// Its pixels lie on their side, on their head or mirrored, and its metadata says so.
    pub turned: bool,
}

/// What is done to a copy of an input picture so that a model takes it; the file itself is never touched. A turned picture
/// is always written anew, upright: the metadata that says so is not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mending {
    /// Lay it on white and drop the alpha channel.
    pub flatten: bool,
    /// Scale it to this width and height in pixels, upright.
    pub scale: Option<(u32, u32)>,
    /// Write it in this format; the file's own when `None` and nothing else changes.
    pub format: Option<Format>,
    /// Bytes the result may have; 0 for no limit. Quality goes down, and then size, until it fits.
    pub bytes_max: u64,
    /// What is done, one sentence each, for the user: `transparency is laid on white`.
    pub notices: Vec<String>,
}

impl Mending {
    /// Whether anything is to be done.
    pub fn is_needed(&self) -> bool {
        !self.notices.is_empty()
    }
}
