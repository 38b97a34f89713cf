//! Jobs that exist already: `pinxit wait`, `fetch` and `cancel`; and how `gen` sees its job through.
//!
//! `follow` watches, `report` (with `reading` and `events`) speaks on the way, `outcome` tells the end. Whoever holds the worker lock does the work: `wait` and `fetch` start it where nobody
//! does, as `gen` does; `cancel` does not, for it would begin to pay for whatever else is queued.

mod cancel;
mod events;
mod fetch;
mod follow;
mod outcome;
mod reading;
mod report;
mod stray;
mod wait;

use crate::domain::{Fault, FaultKind, Job, JobId, Stamp};
use crate::store::Store;

use super::desk::Works;
use super::print;
pub(super) use follow::{Ended, News, rests};

pub use cancel::{CancelArgs, cancel};
pub use events::Events;
pub use fetch::{FetchArgs, fetch};
pub use follow::{Form, Heard, Manner};
pub use wait::{WaitArgs, wait};

/// Has jobs done and tells what came of them; the exit code. `begin` says which, once news of them would be heard; a job
/// with a moment beside it has ended, and is waited for until it has moved on since.
pub fn attend(
    manner: &Manner,
    mut works: Works,
    warnings: Vec<String>,
    begin: impl FnOnce(&Store) -> anyhow::Result<Vec<(JobId, Option<Stamp>)>>,
) -> anyhow::Result<u8> {
    let news = News::of(&works.store)?;
    let ids = begin(&works.store)?;
    works.ensure_worker()?;
    if !works.is_worker() && !manner.quiet {
        let who = "is carried out by the pinxit that is running already";
        ids.iter().for_each(|(id, _)| print::say(format!("#{id} {who}")));
    }
    let ended = news.see_through(&mut works, &ids, manner, &warnings)?;
    // From here on a signal finds nobody to tell, and ends the wait for a paid call.
    drop(news);
    let store = works.store.clone();
    works.stop();
    // Stopping may have brought the jobs further.
    outcome::tell(manner, &store, &ended, warnings)
}

/// The jobs of these numbers, as they are now.
fn known(store: &Store, ids: &[JobId]) -> anyhow::Result<Vec<Job>> {
    let job = |id: &JobId| {
        let unknown = || Fault::new(FaultKind::Invalid, "job_unknown", format!("There is no job {id}."));
        Ok(store.job(*id)?.ok_or_else(unknown)?)
    };
    ids.iter().map(job).collect()
}

/// A job of another service is not ours to work on: its key, its tasks and its bills are elsewhere.
fn is_ours(store: &Store, job: &Job) -> anyhow::Result<()> {
    if store.jobs_in(&[job.phase])?.iter().any(|own| own.id == job.id) {
        return Ok(());
    }
    let message = format!("Job {} was made for another service than {}.", job.id, store.places().service);
    let hint = "Use --base-url or --region as when it was made.";
    Err(Fault::new(FaultKind::Invalid, "other_service", message).hint(hint).into())
}

/// Tells of jobs that nothing is to be done for.
fn tell_of(manner: &Manner, store: &Store, jobs: &[Job]) -> anyhow::Result<u8> {
    let ended: Vec<_> = jobs.iter().map(|job| (job.id, Ended::Job)).collect();
    outcome::tell(manner, store, &ended, vec![])
}
