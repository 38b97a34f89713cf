//! A picture file shown beside a list once the selection rests on it: walking through the list paints nothing, so that a
//! slow line is not filled with pictures nobody looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;

use super::Part;
use crate::domain::{Fault, Stamp};

/// How long the selection rests before its picture is painted.
pub const REST: Duration = Duration::from_millis(200);

/// A picture file that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The file.
    pub path: PathBuf,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// A picture file shown beside a list.
#[derive(Debug, Clone, Default)]
pub struct Thumb {
    /// What the selection is on.
    pub wanted: Option<Sight>,
    /// When it has rested there long enough; `None` once it has.
    pub due: Option<Stamp>,
    /// What was last asked of the painter.
    pub asked: Option<Part>,
    /// What is painted; stays until its successor is ready.
    pub shown: Option<(Part, Result<Arc<Buffer>, Fault>)>,
}
