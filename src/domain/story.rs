//! A story: words and pictures in turn, as interleaved output brings them.

use serde::{Deserialize, Serialize};

/// A piece of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passage {
    /// Words, safe to show.
    Text(String),
    /// A picture of the job, by its place among the job's pictures, from 0.
    Picture(u32),
}
