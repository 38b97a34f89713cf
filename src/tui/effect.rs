//! Everything the core can ask of the world.

use std::path::PathBuf;

use crate::domain::{Cost, ImageId, JobId, Request};

/// What we ask of the world. Carried out by the runtime; answers come back as messages.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put a job into the store. The engine pays for it.
    Submit {
        /// The snapshot.
        request: Box<Request>,
        /// Price as shown.
        estimate: Cost,
    },
    /// Ask the engine to stop a job.
    Cancel(JobId),
    /// Ask the engine to send a job again; the user has confirmed.
    Retry(JobId),
    /// Ask the engine to fetch a job's missing pictures again; costs nothing.
    Refetch(JobId),
    /// Look what a picture file is.
    Look(PathBuf),
    /// List the pictures and folders in a folder.
    List(PathBuf),
    /// Paint a picture for a pane of this many columns and rows. A newer one makes older ones moot.
    Paint {
        /// Which.
        image: ImageId,
        /// Its file.
        path: PathBuf,
        /// Columns and rows of the pane.
        pane: (u16, u16),
    },
    /// Put text on the user's clipboard, through the terminal (OSC 52).
    Copy(String),
    /// Forget what the screen shows and draw it whole.
    Redraw,
    /// Give the terminal to the shell until we are resumed.
    Suspend,
    /// Leave.
    Quit,
}
