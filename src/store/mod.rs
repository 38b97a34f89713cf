//! What is kept: jobs, pictures, the ledger (SQLite), and where picture files go.
//!
//! The meeting place of studio, command line and engine: they write intents and read what changed, here, and never
//! call each other. Calls block for a fraction of a millisecond; asynchronous callers use a thread of their own.

use std::path::{Path, PathBuf};

use crate::domain::{Cost, Event, Fault, Image, Job, JobId, LogLine, Money, Now, Phase, Request, TaskId};

/// Where a store lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Directory of the database (0700).
    pub data: PathBuf,
    /// Directory new pictures go to, unless a job says otherwise.
    pub pictures: PathBuf,
}

/// What a job needs to be born.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The snapshot.
    pub request: Request,
    /// Price as shown before submit.
    pub estimate: Cost,
    /// Where its pictures go, when not the usual place.
    pub out: Option<PathBuf>,
}

/// What the user wants done with a job; written by front ends, carried out by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Stop it.
    Cancel(JobId),
    /// Send it again (the user has confirmed what that may cost).
    Retry(JobId),
}

/// What changed since a revision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The store's revision now; ask with it next time.
    pub revision: u64,
    /// Jobs that changed, whole, oldest first.
    pub jobs: Vec<Job>,
    /// Money confirmed spent since local midnight / since the first of the month, by the ledger, per currency.
    pub spent_today: Vec<Money>,
    /// See `spent_today`.
    pub spent_month: Vec<Money>,
}

/// What the engine has learned about a job beyond the event itself; `None`/empty leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// Route taken, as `async image-generation`.
    pub route: Option<String>,
    /// Task id.
    pub task: Option<TaskId>,
    /// Request id.
    pub request_id: Option<String>,
    /// Rewritten prompt.
    pub actual_prompt: Option<String>,
    /// Pictures to expect, as their URLs in order.
    pub urls: Option<Vec<String>>,
    /// Pictures billed; also written to the ledger, once per attempt.
    pub billed: Option<u32>,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// What it is doing now.
    pub note: Option<String>,
    /// A line for the job's own log.
    pub log: Option<String>,
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error("the data store failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database was written by a newer pinxit.
    #[error("the data store has version {found}, this pinxit knows {known}: install the newer pinxit")]
    Newer {
        /// Version in the file.
        found: i64,
        /// Version we know.
        known: i64,
    },
}

/// The open store. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {}

impl Store {
    /// Opens or makes the store.
    pub fn open(_places: &Places) -> Result<Store, StoreError> {
        todo!()
    }
    /// Where it lives.
    pub fn places(&self) -> &Places {
        todo!()
    }
    /// Adds jobs as QUEUED in one durable commit; ids in order.
    pub fn enqueue(&self, _jobs: &[NewJob], _now: Now) -> Result<Vec<JobId>, StoreError> {
        todo!()
    }
    /// Writes a wish for the engine.
    pub fn ask(&self, _intent: Intent, _now: Now) -> Result<(), StoreError> {
        todo!()
    }
    /// Takes all wishes, oldest first, removing them.
    pub fn take_intents(&self) -> Result<Vec<Intent>, StoreError> {
        todo!()
    }
    /// The revision now; a cheap read.
    pub fn revision(&self) -> Result<u64, StoreError> {
        todo!()
    }
    /// What changed since `revision` (0 = everything, limited to the newest 500 jobs and all unended ones).
    pub fn changes(&self, _since: u64, _now: Now) -> Result<Changes, StoreError> {
        todo!()
    }
    /// Calls `wake` after each commit of this process or another on this store (crate `notify` on the `changed` file).
    pub fn watch(&self, _wake: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        todo!()
    }
    /// One job.
    pub fn job(&self, _id: JobId) -> Result<Option<Job>, StoreError> {
        todo!()
    }
    /// Jobs in a phase, oldest first.
    pub fn jobs_in(&self, _phases: &[Phase]) -> Result<Vec<Job>, StoreError> {
        todo!()
    }
    /// Lets `event` happen to a job, with what was learned, in one durable commit. `Ok(None)`: the event does not apply
    /// (late or duplicate); only a log line is written.
    pub fn record(&self, _id: JobId, _event: Event, _learned: Learned, _now: Now) -> Result<Option<Phase>, StoreError> {
        todo!()
    }
    /// Writes what was learned without an event (notes, log lines).
    pub fn note(&self, _id: JobId, _learned: Learned, _now: Now) -> Result<(), StoreError> {
        todo!()
    }
    /// URLs of a job's pictures that are not on disk yet, with their place in the answer.
    pub fn missing(&self, _id: JobId) -> Result<Vec<(u32, String)>, StoreError> {
        todo!()
    }
    /// Directory where temporary files for a job's pictures go (the same file system as their last place).
    pub fn incoming(&self, _job: &Job) -> Result<PathBuf, StoreError> {
        todo!()
    }
    /// Gives a checked temporary file its last name, never overwriting, and records the picture.
    pub fn keep(
        &self,
        _job: &Job,
        _index: u32,
        _file: tempfile::NamedTempFile,
        _facts: PictureFacts,
        _now: Now,
    ) -> Result<Image, StoreError> {
        todo!()
    }
    /// The job's own log, oldest first.
    pub fn log(&self, _id: JobId) -> Result<Vec<LogLine>, StoreError> {
        todo!()
    }
}

/// Facts of a checked picture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFacts {
    /// Format by content.
    pub format: crate::domain::Format,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// Keeps the watch alive; dropping it ends it.
#[derive(Debug)]
pub struct Watch {}

#[allow(dead_code)]
fn _unused(_: &Path) {}
