//! A batch: jobs that were made together from the rows of a file or a grid.

use std::path::PathBuf;

use super::{BatchId, Phase, Stamp};

/// A batch, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: BatchId,
    /// What it is called.
    pub name: String,
    /// The file it was read from.
    pub source: Option<PathBuf>,
    /// When it was made.
    pub created: Stamp,
    /// Jobs of it at work at once, at most.
    pub parallel: Option<u32>,
    /// Its rows are kept back.
    pub paused: bool,
    /// Its jobs, by where they are.
    pub counts: Counts,
}

/// How many jobs are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// HELD or QUEUED.
    pub waiting: u32,
    /// Being worked on.
    pub live: u32,
    /// DONE.
    pub done: u32,
    /// PARTIAL.
    pub partial: u32,
    /// FAILED or EXPIRED.
    pub failed: u32,
    /// CANCELLED.
    pub cancelled: u32,
    /// UNSURE.
    pub unsure: u32,
}

impl Counts {
    /// All of them.
    pub fn all(&self) -> u32 {
        self.over() + self.live + self.waiting
    }

    /// Those that have ended one way or the other, or wait for the user.
    pub fn over(&self) -> u32 {
        self.done + self.partial + self.failed + self.cancelled + self.unsure
    }

    /// Counts jobs of a phase.
    pub fn add(&mut self, phase: Phase, count: u32) {
        let place = match phase {
            Phase::Held | Phase::Queued => &mut self.waiting,
            Phase::Done => &mut self.done,
            Phase::Partial => &mut self.partial,
            Phase::Failed | Phase::Expired => &mut self.failed,
            Phase::Cancelled => &mut self.cancelled,
            Phase::Unsure => &mut self.unsure,
            _ => &mut self.live,
        };
        *place += count;
    }
}
