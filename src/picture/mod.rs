//! Picture files: sniffed by content, decoded within limits; the words in them read, written and taken out ([`meta`]).
//! Nothing here knows terminals or the network.

mod colours;
mod decode;
mod facts;
mod hash;
mod heat;
mod look;
mod mend;
pub mod meta;
mod private;
mod scale;
mod whole;

pub use colours::colours;
pub use decode::{SIDE_MAX, header, open, sniff, verify};
pub use facts::facts;
pub use hash::sha256;
pub use heat::{difference, heat};
pub use look::describe;
pub use mend::mend;
pub use private::is_personal;
pub use scale::{open_fit, open_part};

use crate::domain::Format;

/// Format and size of a picture, from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// By magic bytes.
    pub format: Format,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Why bytes are not a usable picture.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Not a picture format we take; says what it looks like (`XML text`, `HTML`, `empty file`).
    #[error("not a picture: {0}")]
    NotAPicture(String),
    /// Larger than we decode.
    #[error("too large: {width} x {height} pixels")]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Damaged or cut short.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
