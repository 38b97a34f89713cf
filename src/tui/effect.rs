//! Everything the core can ask of the world.

use std::path::PathBuf;

use super::state::{Ahead, HeatPart, Part, PlanSource, Wanted};
use crate::domain::query::{Query, Stretch};
use crate::domain::{BatchId, Cost, Draft, ImageId, JobId, Mark, ModelId, Origin, Region, Request, Secret};

/// What a studio works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The configured service.
    Real,
    /// The built-in emulator.
    Demo,
}

/// What we ask of the world. Carried out by the runtime; answers come back as messages.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put jobs into the store, all or none. The engine pays for them.
    Submit {
        /// What each asks for, and its price as shown.
        orders: Vec<(Request, Cost)>,
        /// What they are made from.
        parent: Option<Origin>,
    },
    /// The same for one more like a job there is: made from the same, booked the same, going to the same place.
    SubmitAlike {
        /// Which.
        of: JobId,
        /// What it asks for.
        request: Box<Request>,
        /// Price as shown.
        estimate: Cost,
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
    /// Make a new job for the row of one that failed.
    Replace {
        /// Which one failed.
        job: JobId,
        /// What the row asks for now.
        request: Box<Request>,
        /// Price as shown.
        estimate: Cost,
        /// The user knows that the first try may have been billed.
        resend: bool,
    },
    /// Say what a batch comes to. A newer one makes older ones moot.
    Plan {
        /// Comes back with the answer.
        ticket: u64,
        /// Its rows.
        source: PlanSource,
    },
    /// Begin the batch that was planned last; the user has agreed to its price.
    Begin(u64),
    /// Read all rows of a batch.
    Rows(BatchId),
    /// Keep back a batch's rows, or let them go.
    PauseBatch {
        /// Which.
        batch: BatchId,
        /// Back, or go.
        paused: bool,
    },
    /// How many rows of a batch may be at work at once.
    AtOnce {
        /// Which.
        batch: BatchId,
        /// So many at most; 0 for no limit of its own.
        most: u32,
    },
    /// Cancel a batch's rows that wait; those at work go on.
    StopBatch(BatchId),
    /// Write a batch's pictures down on an HTML page.
    Sheet(BatchId),
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
    /// Read the user's lists in these folders.
    Lists(Vec<PathBuf>),
    /// List the folders in a folder, and the files that can be what is wanted.
    List(PathBuf, Wanted),
    /// Read a folder: its folders and pictures, hidden ones left out.
    Browse(PathBuf),
    /// Read what a picture or a recipe's file was made from; another tool's words are meant for this model.
    ReadRecipe(PathBuf, ModelId),
    /// Paint a picture for a pane of this many columns and rows. A newer one goes first; of many that wait the oldest
    /// are dropped. The answer may come more than once: the same picture better, or drawn another way.
    Paint {
        /// Which.
        image: ImageId,
        /// Its file.
        path: PathBuf,
        /// Columns and rows of the pane.
        pane: (u16, u16),
    },
    /// Make these pictures ready while nothing else is to be painted or sent, the first first; in place of what was wished
    /// for so before. There is no answer.
    Foresee(Vec<Ahead>),
    /// Paint a part of a picture file; as [`Paint`](Effect::Paint). What fills its pane exactly is drawn to fill it.
    PaintPart(Part),
    /// Read pictures of the shelf. A newer one makes older ones moot.
    Shelf {
        /// Comes back with the answer.
        ticket: u64,
        /// Which.
        query: Box<Query>,
        /// Which stretch of them.
        stretch: Stretch,
        /// So many at most.
        most: usize,
        /// How many there are in all is to be told too.
        count: bool,
    },
    /// Mark pictures.
    MarkPictures {
        /// Which.
        images: Vec<ImageId>,
        /// How.
        mark: Mark,
    },
    /// Name every picture a query is about.
    ShelfIds {
        /// Comes back with the answer.
        ticket: u64,
        /// Which.
        query: Box<Query>,
    },
    /// Put several marks on pictures, all at once: those beyond what was read of the shelf too.
    MarkAll {
        /// Which.
        images: Vec<ImageId>,
        /// How.
        marks: Vec<Mark>,
        /// A mark that is on all of them is taken off.
        turn: bool,
    },
    /// Say what a purge of the bin would delete.
    SizeBin,
    /// Delete for good what is in the bin and has no star; the user has agreed to it.
    EmptyBin,
    /// Paint where two pictures differ. As [`Effect::PaintPart`].
    PaintHeat(Box<HeatPart>),
    /// Say how much two picture files differ.
    Measure(Box<[PathBuf; 2]>),
    /// Read the newest families of jobs. A newer one makes older ones moot.
    Lineage {
        /// Words that a job of them has; blank for all.
        words: String,
        /// How many at most.
        most: usize,
    },
    /// Read what a job was made from, and what was made from it. A newer one makes older ones moot.
    Near(JobId),
    /// Name a job and what is made from it; a blank name is none.
    NameJob {
        /// Which.
        job: JobId,
        /// Its name.
        name: String,
    },
    /// Fold a job away in the tree, or show it again.
    Hide {
        /// Which.
        job: JobId,
        /// Away, or back.
        hidden: bool,
    },
    /// Open a picture in the user's own viewer, where there is a display.
    OpenOutside(PathBuf),
    /// Find the colours a picture file is made of.
    Extract {
        /// Its file.
        path: PathBuf,
        /// How many.
        count: usize,
    },
    /// Put text on the user's clipboard, through the terminal (OSC 52).
    Copy(String),
    /// Keep a theme for the next start.
    KeepTheme(String),
    /// Keep a key in its file, and the region it is of where the user was asked for it.
    KeepKey {
        /// The key.
        key: Secret,
        /// Its region.
        region: Option<Region>,
    },
    /// Leave, and open the studio on another service.
    Open(Service),
    /// Draw pictures the next way this terminal can.
    OtherGraphics,
    /// Forget what the screen shows and draw it whole.
    Redraw,
    /// Give the terminal to the shell until we are resumed.
    Suspend,
    /// Leave.
    Quit,
}
