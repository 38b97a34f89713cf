//! Stand-in: local input pictures made ready to be sent. Nothing here talks to the service, so a dry run shares it.

use std::path::Path;

use crate::catalog::InputRule;
use crate::domain::{Fault, Format};

/// A local picture as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Bytes of the picture, mended.
    pub bytes: Vec<u8>,
    /// Their format.
    pub format: Format,
    /// SHA-256 of them, lower-case hex.
    pub sha256: String,
    /// What was done to it, one sentence each.
    pub notices: Vec<String>,
}

/// Reads a picture file, checks it against the model's limits and mends a copy where that is safe. `nth` counts from 1, as
/// the prompt does.
///
/// # Errors
/// A fault of kind `Invalid`: not a picture, outside the limits, cannot be read. Nothing was sent.
pub fn prepare(nth: usize, path: &Path, rule: &InputRule) -> Result<Prepared, Fault> {
    let _ = (nth, path, rule);
    todo!()
}
