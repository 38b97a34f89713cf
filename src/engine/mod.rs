//! The actor that takes due jobs from the store and drives each through its life.
//!
//! Whoever holds the worker lock of a data directory runs the engine; everyone else writes wishes into the store and
//! reads what changed. Reading order:
//!
//! ```text
//!  worker   the loop: what is due, whom to wake for                            lane    how fast a model may be used
//!  wishes   what the user wants done with jobs                                 pace    when to ask, when to try again
//!  life     a job from the queue to its answer: the paid call is here          clock   time, real or a test's
//!  part     jobs of several requests: which is next, what is missing           lock    one engine a directory
//!  input    a local picture, checked and mended                                carry   how it gets to the service
//!  hear     an answer that comes in pieces                                     follow  a task, asked after until it ends
//!  answer   an answer, taken apart and written down                            fetch   from there to pictures on disk
//!  remote   the far side, as a handful of calls
//!  recipe   what a picture was made from, put into its file
//!  room     is there any for the pictures, asked before they are paid for
//!  search   tasks of calls whose answer was lost                               matching which task is whose
//! ```
//!
//! What is *not* here: what is written down and how (store), bytes on the wire (api), limits (catalog).

mod answer;
mod carry;
mod clock;
mod fetch;
mod follow;
mod hear;
mod input;
mod lane;
mod life;
mod lock;
mod matching;
mod pace;
mod part;
mod recipe;
mod remote;
mod room;
mod search;
mod wishes;
mod worker;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use crate::api::Client;
use crate::catalog::{Catalog, Prefer};
use crate::domain::{JobId, Keeping, Region};
use crate::store::{Places, Store, StoreError};

pub use clock::Clock;
pub use input::{Prepared, place, prepare};
pub use lock::Holder;
pub use pace::Pace;

use lock::Lock;
use remote::Dashscope;
use worker::Worker;

/// What the engine needs.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The meeting place.
    pub store: Store,
    /// Limits, routes and rates.
    pub catalog: Arc<Catalog>,
    /// The service.
    pub client: Client,
    /// Whose prices and rates.
    pub region: Region,
    /// Which route is tried first.
    pub prefer: Prefer,
    /// How often to ask and to try again; [`Pace::for_url`] of the client's endpoint.
    pub pace: Pace,
    /// Time.
    pub clock: Clock,
    /// What is kept with pictures of jobs that do not say.
    pub keeping: Keeping,
}

/// Whether there is something for an engine to do now: a worker without it may leave.
pub fn has_due(store: &Store) -> Result<bool, StoreError> {
    store.has_due(search::LOOKS)
}

/// Whether a job's last call was lost and its task is still being looked for: then it may go on by itself.
pub fn is_sought(store: &Store, id: JobId) -> Result<bool, StoreError> {
    Ok(store.lost(search::LOOKS)?.iter().any(|lost| lost.job.id == id && search::has_task(lost)))
}

/// Seconds a dropped engine waits for the answers of paid calls; [`Engine::stop`] waits for all of them.
const DROPPED: Duration = Duration::from_secs(10);

/// How long to wait for paid calls under way when the engine stops; `None` as long as they take.
type Grace = Option<Duration>;

/// A running engine on a thread of its own. Dropping it stops it as [`Engine::stop_within`] ten seconds does.
#[derive(Debug)]
pub struct Engine {
    stop: watch::Sender<Option<Grace>>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Takes the worker lock of the store's directory and service, and starts. `Ok(None)`: another process has it, and does the work.
    pub fn start(setup: Setup) -> std::io::Result<Option<Engine>> {
        Engine::start_on(setup, "")
    }

    /// The same, and notes in the lock file what the engine was started with, as one word: see [`Holder::terms`].
    pub fn start_on(setup: Setup, terms: &str) -> std::io::Result<Option<Engine>> {
        let Setup { store, catalog, client, region, prefer, pace, clock, keeping } = setup;
        let Some(lock) = Lock::take(&store.places().data, &store.places().service, terms)? else { return Ok(None) };
        let moved = hear::recover(&store, clock.now()).map_err(std::io::Error::other)?;
        for (id, phase) in moved {
            tracing::warn!("job {id} was left by an engine that died: now {phase}");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = watch::channel(None);
        let work = move || {
            let (kept, time) = (store.clone(), clock.clone());
            let mut worker = Worker::new(store, Dashscope { catalog, client, region, prefer }, clock, pace);
            worker.keeping = keeping;
            tokio::task::LocalSet::new().block_on(&runtime, Rc::new(worker).run(stopped));
            worker::copy_store(&kept, time.now());
            // Held until here: the next engine starts from what this one wrote last.
            drop(lock);
        };
        let thread = std::thread::Builder::new().name("engine".into()).spawn(work)?;
        Ok(Some(Engine { stop, thread: Some(thread) }))
    }

    /// Who runs the engine of a data directory; `None` when nobody.
    pub fn holder(places: &Places) -> Option<Holder> {
        lock::holder(&places.data, &places.service)
    }

    /// Who runs engines on a data directory, whatever the service; each with its lock file.
    pub fn holders(data: &Path) -> Vec<(PathBuf, Holder)> {
        lock::holders(data)
    }

    /// The lock file of a data directory and service.
    pub fn lock_file(places: &Places) -> PathBuf {
        lock::file(&places.data, &places.service)
    }

    /// Waits until nobody holds the lock of a lock file, no longer than `most`; whether that is so.
    pub fn wait_free(lock_file: &Path, most: Option<Duration>) -> bool {
        lock::wait_free(lock_file, most)
    }

    /// Whether it still works. It stops by itself only where our own code panics.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Stops taking up jobs, waits for paid calls under way (the client ends each within minutes), returns when all is
    /// written. Tasks on the server and downloads are taken up again by the next start.
    pub fn stop(mut self) {
        self.end(None);
    }

    /// The same, but gives paid calls no more than `grace`. A call that has no answer by then leaves its job UNSURE.
    pub fn stop_within(mut self, grace: Duration) {
        self.end(Some(grace));
    }

    fn end(&mut self, grace: Grace) {
        self.stop.send_replace(Some(grace));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the engine's thread panicked");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.end(Some(DROPPED));
        }
    }
}

#[cfg(test)]
mod scene;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;
