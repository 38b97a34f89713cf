//! A prompt found in the history.

use std::ops::Range;
use std::sync::Arc;

use super::{JobId, Request, Stamp};

/// A prompt that was asked for, found again. Of jobs that asked with the same words only the newest is told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The newest job that asked for it.
    pub job: JobId,
    /// What that job asked for, the words included.
    pub request: Arc<Request>,
    /// When.
    pub at: Stamp,
    /// How many jobs asked with these words.
    pub times: u32,
    /// Pictures of the newest one on disk.
    pub pictures: u32,
    /// Where the prompt has what was looked for: bytes, in order, apart.
    pub marks: Vec<Range<usize>>,
}
