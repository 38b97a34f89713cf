//! Everything the core can ask of the world.

use std::path::PathBuf;

use super::state::Part;
use crate::domain::{Cost, Draft, ImageId, JobId, ModelId, Request};

/// What we ask of the world. Carried out by the runtime; answers come back as messages.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put a job into the store. The engine pays for it.
    Submit {
        /// The snapshot.
        request: Box<Request>,
        /// Price as shown.
        estimate: Cost,
        /// The job it is made from.
        parent: Option<JobId>,
    },
    /// Keep what is in the form for the next start.
    KeepDraft(Box<Draft>),
    /// Search every prompt ever sent. A newer one makes older ones moot.
    Search {
        /// Words to find.
        query: String,
        /// How many to find at most.
        most: usize,
    },
    /// Give the terminal to the user's own editor with this text.
    EditText(String),
    /// Ask the engine to stop a job.
    Cancel(JobId),
    /// Ask the engine to send a job again; the user has confirmed.
    Retry(JobId),
    /// Ask the engine to fetch a job's missing pictures again; costs nothing.
    Refetch(JobId),
    /// Ask the engine to look once more for a call whose answer was lost; costs nothing.
    Seek(JobId),
    /// Hold back jobs that wait, or let held ones go.
    Hold {
        /// Which.
        jobs: Vec<JobId>,
        /// Back, or go.
        held: bool,
    },
    /// Move waiting jobs before all others.
    ToFront(Vec<JobId>),
    /// Move waiting jobs one turn on, one after the other.
    Shift {
        /// Which, in the order to move them.
        jobs: Vec<JobId>,
        /// Turns later; negative: earlier.
        by: isize,
    },
    /// Keep back everything or one model's jobs, or let them go.
    Pause {
        /// Which model; `None` for everything.
        model: Option<ModelId>,
        /// Back, or go.
        paused: bool,
    },
    /// Change what a waiting job asks for.
    Revise {
        /// Which.
        job: JobId,
        /// What it asks for now.
        request: Box<Request>,
        /// Price as shown.
        estimate: Cost,
    },
    /// Put jobs into the store that ask for the same as these. The engine pays for them.
    Duplicate(Vec<JobId>),
    /// Put ended jobs out of sight, or back into it.
    Clear {
        /// Which.
        jobs: Vec<JobId>,
        /// Out of sight, or back.
        cleared: bool,
    },
    /// Read a job's own log.
    Log(JobId),
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
    /// Paint a part of a picture file. A newer one, of whatever kind, makes older ones moot.
    PaintPart(Part),
    /// Find the colours a picture file is made of.
    Extract {
        /// Its file.
        path: PathBuf,
        /// How many.
        count: usize,
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
