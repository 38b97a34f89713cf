//! What is kept: jobs, pictures, the ledger (SQLite), and where picture files go.
//!
//! The meeting place of studio, command line and engine: they write intents and read what changed, here, and never
//! call each other. Calls block for a fraction of a millisecond; asynchronous callers use a thread of their own.
//!
//! ```text
//!  schema    the database file, its modes and migrations      journal   every step of a job's life, written; births: its first
//!  jobs      jobs read back, and what changed since           ledger    what was billed, and sums of it
//!  intents   wishes of the user for the engine                pictures  picture files and their rows; names: what they are called
//!  queue     whose turn it is: order, pauses, edits           budget    money set aside, and limits
//!  batches   rows that belong together                        lost      calls whose answer was lost, and tasks found
//!  copies    good copies of the database                      restore   one of them put in its place
//!  network   disks of other machines, and what works there
//!  inputs    copies of local input pictures                   uploads   contents the service still holds
//!  keeping   recipes with the pictures, where asked for other than usual
//!  stories   stories as Markdown beside their pictures        routes    those that are not for a model
//!  prompts   every prompt ever sent, found again; near: words that are nearly the same      drafts    what is in the form
//!  shelf     pictures found again, page by page              marks     stars, tags, the bin
//!  error     why it could not be done                         watch     a word to other processes after each commit
//! ```
//!
//! What is *not* here: deciding what happens next (engine), and which events apply ([`Phase::on`](crate::domain::Phase::on)).

mod batches;
mod births;
mod budget;
mod copies;
mod drafts;
mod error;
mod inputs;
mod intents;
mod jobs;
mod journal;
mod keeping;
mod ledger;
mod lineage;
mod lost;
mod marks;
mod names;
mod near;
mod network;
mod pictures;
mod prompts;
mod queue;
mod restore;
mod routes;
mod schema;
mod shelf;
mod stories;
mod uploads;
mod watch;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::domain::{Batch, BatchId, Caps, Cost, Fault, Job, Keeping, Money, Origin, Passage, Request, Stamp, TaskId};

use network::Filing;

pub use batches::NewBatch;
pub use budget::HeldBack;
pub use copies::{GoodCopy, check_store, good_copies};
pub use error::StoreError;
pub use intents::Intent;
pub use keeping::{write_beside, written_beside};
pub use ledger::Bill;
pub use lost::{Lost, Rival};
pub use marks::{Marked, Purged};
pub use pictures::PictureFacts;
pub use queue::Paused;
pub use restore::{Restored, network_of, restore};
pub use schema::SCHEMA;
pub use stories::markdown;
pub use watch::Watch;

/// Where a store lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Directory of the database (0700).
    pub data: PathBuf,
    /// Directory new pictures go to, unless a job says otherwise.
    pub pictures: PathBuf,
    /// Whose jobs are made and worked on here: the service's host and port. Jobs of another service are shown, and never
    /// sent or asked after: they would be paid twice, or lost.
    pub service: String,
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
    /// What it is booked under.
    pub project: Option<String>,
    /// The row of a batch it is made for.
    pub row: Option<NewRow>,
    /// What it is made from.
    pub parent: Option<Origin>,
    /// What is kept with its pictures, when not what is usual.
    pub keeping: Option<Keeping>,
}

impl NewJob {
    /// One that goes to the usual place and belongs to nothing.
    pub fn new(request: Request, estimate: Cost) -> NewJob {
        NewJob { request, estimate, out: None, project: None, row: None, parent: None, keeping: None }
    }
}

/// The row of a batch that a job is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// Which batch.
    pub batch: BatchId,
    /// The row's own name, or its number.
    pub name: String,
    /// What it asks for, as a word: equal for rows that ask for the same, whenever the file is read.
    pub key: String,
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
    /// Money set aside for jobs that have not ended, and for this month's calls whose answer was lost.
    pub set_aside: Vec<Money>,
    /// What is kept back.
    pub paused: Paused,
    /// Batches that have jobs in sight, oldest first.
    pub batches: Vec<Batch>,
}

/// What the engine has learned about a job beyond the event itself; `None`/empty leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// Route taken, as `async image-generation`.
    pub route: Option<String>,
    /// The route taken is not for the model, and is remembered as such until then.
    pub wrong_route: Option<Stamp>,
    /// Task id.
    pub task: Option<TaskId>,
    /// Request id.
    pub request_id: Option<String>,
    /// Rewritten prompt.
    pub actual_prompt: Option<String>,
    /// Pictures to expect, as their URLs in order. Those that were told before may be told again.
    pub urls: Option<Vec<String>>,
    /// The story as far as it is here; replaces what was known. Its pictures are counted as in the answer, from 0.
    pub story: Option<Vec<Passage>>,
    /// Pictures billed; also written to the ledger, once per attempt.
    pub billed: Option<u32>,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// What it is doing now.
    pub note: Option<String>,
    /// What the note counts down to; a note without it counts down to nothing.
    pub until: Option<Stamp>,
    /// Questions asked after the task since the last word.
    pub asked: u32,
    /// A line for the job's own log.
    pub log: Option<String>,
}

/// The open store. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// What the user of this handle may spend.
    caps: Caps,
}

#[derive(Debug)]
struct Inner {
    places: Places,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    /// Written after each commit, so that other processes look.
    changed: File,
    /// The network file system it is on.
    network: Option<&'static str>,
    /// It was not before.
    is_moved: bool,
}

impl Store {
    /// Opens or makes the store. A damaged or newer database is refused and left as it is.
    pub fn open(places: &Places) -> Result<Store, StoreError> {
        Store::open_on(places, |data| (Filing::of(data), network::of(data)))
    }

    /// The same on a disk that is said to be of a kind.
    fn open_on(places: &Places, disk: impl Fn(&Path) -> (Filing, Option<&'static str>)) -> Result<Store, StoreError> {
        let absolute = |path: &Path| std::path::absolute(path).map_err(StoreError::io(path));
        let service = places.service.clone();
        let places = Places { data: absolute(&places.data)?, pictures: absolute(&places.pictures)?, service };
        schema::make_private(&places.data)?;
        let name = schema::file(&places.data);
        let (filing, network) = disk(&places.data);
        let (writer, is_moved) = schema::open_writer(&places.data, filing).map_err(|error| error.about(&name))?;
        let reader = schema::open_reader(&places.data).map_err(|error| error.about(&name))?;
        let changed = watch::open_flag(&places.data)?;
        let inner =
            Inner { places, writer: Mutex::new(writer), reader: Mutex::new(reader), changed, network, is_moved };
        Ok(Store { inner: Arc::new(inner), caps: Caps::NONE })
    }

    /// Whether there is a store at a place already; opening makes one.
    pub fn exists(places: &Places) -> bool {
        schema::file(&places.data).exists()
    }

    /// The version of a store that [`Store::open`] would bring up to date, which whoever works on it now could not follow;
    /// `None` where it is new or as this program writes it.
    pub fn pending(places: &Places) -> Result<Option<i64>, StoreError> {
        schema::pending(&places.data).map_err(|error| error.about(&schema::file(&places.data)))
    }

    /// Whether the store is still one this program can use: a newer pinxit may have changed it since it was opened.
    pub fn check_version(&self) -> Result<(), StoreError> {
        self.read(|tx| schema::still_known(tx))
    }

    /// Said once, by whoever finds the store on another machine's disk first.
    pub fn notice(&self) -> Option<String> {
        let data = self.places().data.display();
        let told =
            |name| format!("{data} is on {name}: commits are slower there, and news from other machines comes late");
        self.inner.network.filter(|_| self.inner.is_moved).map(told)
    }

    /// The same store over connections of its own, so that a long question holds up nobody.
    pub fn apart(&self) -> Result<Store, StoreError> {
        Ok(Store { caps: self.caps, ..Store::open(self.places())? })
    }

    /// Where it lives; both paths absolute.
    pub fn places(&self) -> &Places {
        &self.inner.places
    }

    /// One durable commit, with the revision it makes; the others are told after it.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut db = lock(&self.inner.writer);
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let revision = tx
            .prepare_cached("UPDATE revision SET number = number + 1 RETURNING number")?
            .query_row([], |row| row.get(0))?;
        let made = work(&tx, revision)?;
        tx.commit()?;
        watch::raise_flag(&self.inner.changed, revision);
        Ok(made)
    }

    /// A consistent look at the last commit.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut db = lock(&self.inner.reader);
        let tx = db.transaction()?;
        work(&tx)
    }
}

/// A panic in another thread rolled its transaction back: the connection is as good as before.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
