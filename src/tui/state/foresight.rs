//! Pictures the user may turn to next: made ready while nothing else is to be done, and shown to nobody.

use std::path::PathBuf;
use std::time::Duration;

use super::Part;
use crate::domain::{ImageId, Stamp};

/// How long no key may have come before anything is made ready in advance.
pub const STILL: Duration = Duration::from_millis(700);

/// A picture that may be wanted next, as the painter would be asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ahead {
    /// A picture of ours, whole.
    Whole {
        /// Which.
        image: ImageId,
        /// Its file.
        path: PathBuf,
        /// Columns and rows of the pane.
        pane: (u16, u16),
    },
    /// A part of a picture file.
    Part(Part),
}

/// What may be wanted next, and when it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Foresight {
    /// The likeliest first.
    pub wanted: Vec<Ahead>,
    /// When the user has been still for long enough; `None` once that was so, and where nothing may be wanted.
    pub due: Option<Stamp>,
    /// It was asked for.
    pub asked: bool,
}
