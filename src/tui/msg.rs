//! Everything that can reach the core.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;

use crate::domain::lineage::{Lineage, Near};
use crate::domain::{
    Batch, BatchId, Card, Difference, Fault, Found, ImageId, InputFacts, Job, JobId, Mark, ModelId, Money, Request,
};
use crate::keymap::Key;

use super::state::{HeatPart, OnShelf, Part, PlanSheet};

/// What reached us.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted (never submits, never acts as keys).
    Paste(String),
    /// The mouse was used, where the user wants one.
    Mouse(Mouse),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The time [`wake_at`](super::update::wake_at) asked for has come.
    Wake,
    /// The store changed.
    Changed(Changed),
    /// The answer to [`Effect::Submit`](super::effect::Effect::Submit) and
    /// [`Effect::Duplicate`](super::effect::Effect::Duplicate).
    Submitted(Result<Vec<JobId>, Fault>),
    /// The answer to every other order about jobs: to cancel, send again, hold, move, pause, clear.
    Asked(Result<(), Fault>),
    /// The answer to [`Effect::Revise`](super::effect::Effect::Revise).
    Revised {
        /// Which job.
        job: JobId,
        /// Whether it is changed.
        result: Result<(), Fault>,
    },
    /// The answer to [`Effect::Replace`](super::effect::Effect::Replace).
    Replaced {
        /// Which job failed.
        job: JobId,
        /// The new one.
        result: Result<JobId, Fault>,
    },
    /// The answer to [`Effect::Plan`](super::effect::Effect::Plan).
    Planned {
        /// The question's.
        ticket: u64,
        /// What the batch comes to, or everything that is wrong with its rows.
        result: Result<PlanSheet, Vec<String>>,
    },
    /// The answer to [`Effect::Begin`](super::effect::Effect::Begin).
    Begun(Result<BatchId, Fault>),
    /// The answer to [`Effect::Rows`](super::effect::Effect::Rows).
    Rows {
        /// Which batch.
        batch: BatchId,
        /// All of its jobs, oldest first.
        jobs: Vec<Job>,
    },
    /// The answer to [`Effect::Sheet`](super::effect::Effect::Sheet).
    Sheet(Result<PathBuf, Fault>),
    /// The answer to [`Effect::Log`](super::effect::Effect::Log).
    Log {
        /// Whose.
        job: JobId,
        /// Local time and words of each line, oldest first.
        lines: Vec<(String, String)>,
    },
    /// A recipe's file was read.
    Loaded {
        /// Its name.
        name: String,
        /// What it asks for.
        result: Result<Box<Loaded>, Fault>,
    },
    /// The answer to [`Effect::Look`](super::effect::Effect::Look).
    Looked {
        /// Which file.
        path: PathBuf,
        /// What it is, or why it cannot be used.
        found: Result<InputFacts, Fault>,
    },
    /// The answer to [`Effect::List`](super::effect::Effect::List) and
    /// [`Effect::List`](super::effect::Effect::List); nothing where the folder cannot be read.
    Listed {
        /// Which folder.
        folder: PathBuf,
        /// Names of the files and folders in it, sorted; a folder's ends with a slash.
        names: Vec<String>,
    },
    /// The answer to [`Effect::Browse`](super::effect::Effect::Browse).
    Browsed {
        /// Which folder.
        folder: PathBuf,
        /// Folders first, then pictures, each sorted by name; or why it cannot be read.
        found: Result<Vec<OnShelf>, Fault>,
    },
    /// The answer to [`Effect::Lists`](super::effect::Effect::Lists): the text of each by its name.
    Lists(BTreeMap<String, String>),
    /// The answer to [`Effect::Search`](super::effect::Effect::Search).
    Found {
        /// What was asked for.
        query: String,
        /// What was found, or why not.
        result: Result<Vec<Found>, Fault>,
    },
    /// The answer to [`Effect::KeepDraft`](super::effect::Effect::KeepDraft).
    DraftKept(Result<(), Fault>),
    /// The answer to [`Effect::EditText`](super::effect::Effect::EditText): the terminal is ours again. The text as it
    /// was left.
    Edited(Result<String, Fault>),
    /// The answer to [`Effect::Paint`](super::effect::Effect::Paint).
    Painted(Painted),
    /// The answer to [`Effect::KeepKey`](super::effect::Effect::KeepKey).
    KeyKept(Result<(), Fault>),
    /// The answer to [`Effect::PaintPart`](super::effect::Effect::PaintPart).
    PaintedPart(PaintedPart),
    /// The answer to [`Effect::Shelf`](super::effect::Effect::Shelf).
    Shelf {
        /// The question's.
        ticket: u64,
        /// The pictures in their order, or why they cannot be read.
        result: Result<Vec<Card>, Fault>,
    },
    /// The answer to [`Effect::ShelfIds`](super::effect::Effect::ShelfIds).
    ShelfIds {
        /// The question's.
        ticket: u64,
        /// Their names, or why they cannot be read.
        result: Result<Vec<ImageId>, Fault>,
    },
    /// The answer to [`Effect::MarkAll`](super::effect::Effect::MarkAll): the marks, and the pictures each of them changed.
    Marked(Result<Vec<(Vec<ImageId>, Mark)>, Fault>),
    /// The answer to [`Effect::SizeBin`](super::effect::Effect::SizeBin): pictures, and their bytes.
    BinSize(u64, u64),
    /// How many pictures the question is about, where that was asked.
    Counted {
        /// The question's.
        ticket: u64,
        /// So many.
        count: u64,
    },
    /// The answer to [`Effect::PaintHeat`](super::effect::Effect::PaintHeat).
    PaintedHeat {
        /// Of what.
        heat: Box<HeatPart>,
        /// Cells, no larger than the pane.
        cells: Result<Arc<Buffer>, Fault>,
    },
    /// The answer to [`Effect::Measure`](super::effect::Effect::Measure).
    Measured {
        /// Which files.
        pair: Box<[PathBuf; 2]>,
        /// How much they differ, or why that is not known.
        difference: Result<Difference, Fault>,
    },
    /// The answer to [`Effect::Lineage`](super::effect::Effect::Lineage).
    Lineage {
        /// What was asked for.
        words: String,
        /// How many at most.
        most: usize,
        /// The families, or why not.
        result: Result<Lineage, Fault>,
    },
    /// The answer to [`Effect::Near`](super::effect::Effect::Near).
    Near(Result<Near, Fault>),
    /// The answer to [`Effect::OpenOutside`](super::effect::Effect::OpenOutside): what opens it.
    Opened(Result<String, Fault>),
    /// The answer to [`Effect::Extract`](super::effect::Effect::Extract).
    Extracted {
        /// Of which file.
        path: PathBuf,
        /// How many were asked for.
        count: usize,
        /// Red, green, blue and the share in hundredths of a percent, the most common first.
        colours: Result<Vec<([u8; 3], u32)>, Fault>,
    },
    /// How pictures are drawn, and how much of them was sent.
    Drawn {
        /// In a word; empty before that is known.
        how: &'static str,
        /// KiB sent so far.
        kib: u64,
    },
    /// The answer to [`Effect::OtherGraphics`](super::effect::Effect::OtherGraphics): how, in a few words.
    Turned(&'static str),
    /// Something outside went wrong that the user should know (the store cannot be read, the clipboard refused).
    Trouble(Fault),
    /// We came back from suspension.
    Resumed,
}

/// What was done with the mouse; columns and rows from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// The left button was pressed.
    Click {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
    },
    /// The wheel was turned by a notch.
    Wheel {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
        /// Towards the user: further down.
        down: bool,
    },
}

/// What changed in the store.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Jobs that changed, whole, oldest first.
    pub jobs: Vec<Job>,
    /// Confirmed spending since local midnight, by currency.
    pub spent_today: Vec<Money>,
    /// Confirmed spending since the first of the month, by currency.
    pub spent_month: Vec<Money>,
    /// Set aside for jobs that have not ended, and for calls whose answer was lost.
    pub set_aside: Vec<Money>,
    /// Everything is kept back.
    pub paused: bool,
    /// Models whose jobs are kept back.
    pub paused_models: BTreeSet<ModelId>,
    /// The batches in sight, oldest first.
    pub batches: Vec<Batch>,
    /// How long a request takes, by the last ones of each model that had news.
    pub medians: BTreeMap<ModelId, Duration>,
}

/// What a file was made from, as a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// It, for a model the catalogue has; its pictures as far as they are here.
    pub request: Request,
    /// What was left out, a sentence each.
    pub remarks: Vec<String>,
}

/// A part of a picture painted for a pane, or why it could not be.
#[derive(Debug, Clone)]
pub struct PaintedPart {
    /// Which part, for which pane.
    pub part: Part,
    /// Cells, no larger than the pane.
    pub cells: Result<Arc<Buffer>, Fault>,
}

/// A picture painted for a pane, or why it could not be.
#[derive(Debug, Clone)]
pub struct Painted {
    /// Which picture.
    pub image: ImageId,
    /// For a pane of this many columns and rows.
    pub pane: (u16, u16),
    /// Cells, no larger than the pane.
    pub cells: Result<Arc<Buffer>, Fault>,
}
