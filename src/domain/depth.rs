//! How many colours a terminal shows.

use std::fmt;

/// Colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Depth {
    /// None: bold, reverse and underline only.
    Mono,
    /// The 16 colours of the terminal's own palette.
    Ansi,
    /// The 256 colour cube.
    Indexed,
    /// 24 bits.
    #[default]
    True,
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Depth::Mono => "none",
            Depth::Ansi => "16",
            Depth::Indexed => "256",
            Depth::True => "true colour",
        })
    }
}
