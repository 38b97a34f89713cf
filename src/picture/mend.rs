//! Stand-in.

use std::path::Path;

use super::Unusable;
use crate::domain::{InputFacts, Mending};

/// What a picture file is, from its header alone.
///
/// # Errors
/// As [`sniff`](super::sniff), and [`Unusable::Io`].
pub fn facts(path: &Path) -> Result<InputFacts, Unusable> {
    let _ = path;
    todo!()
}

/// The picture as `mending` says. The bytes are returned unchanged when nothing is to be done.
///
/// # Errors
/// As [`open`](super::open); [`Unusable::TooLarge`] when it cannot be brought under `bytes_max`.
pub fn mend(bytes: &[u8], mending: &Mending) -> Result<Vec<u8>, Unusable> {
    let _ = (bytes, mending);
    todo!()
}
