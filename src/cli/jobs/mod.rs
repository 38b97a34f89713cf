//! Jobs that exist already: `pinxit wait`, `fetch` and `cancel`; tasks that have none, `rescue`; and how `gen` sees its job
//! through.
//!
//! `follow` watches, `report` (with `reading` and `events`) speaks on the way, `outcome` tells the end. Whoever holds the worker lock does the work: `wait` and `fetch` start a worker where nobody
//! does it, as `gen` does; `cancel` does not, for it would begin to pay for whatever else is queued.

mod cancel;
mod events;
mod fetch;
mod follow;
mod outcome;
mod reading;
mod report;
mod rescue;
mod stray;
mod wait;

use crate::config::Flags;
use crate::domain::{Fault, Job, JobId, Stamp};
use crate::store::Store;

use super::desk::Works;
use super::numbers::{is_ours, known};
use super::print;

pub use cancel::{CancelArgs, cancel, take_back};
pub use events::Events;
pub use fetch::{FetchArgs, fetch};
pub use follow::{Ended, Form, Heard, Manner, News, Waiting, is_at_rest, rests};
pub use outcome::{envelope, of_job as end_of, summary};
pub use rescue::{RescueArgs, rescue};
pub use wait::{WaitArgs, wait};

/// Has jobs done and tells what came of them; the exit code. `begin` says which, once news of them would be heard; a job
/// with a moment beside it has ended, and is waited for until it has moved on since.
pub fn attend(
    manner: &Manner,
    works: Works,
    warnings: Vec<String>,
    begin: impl FnOnce(&Store) -> anyhow::Result<Vec<(JobId, Option<Stamp>)>>,
) -> anyhow::Result<u8> {
    let news = News::of(&works.store)?;
    let manner = &Manner { background: works.is_background(), ..*manner };
    let ids = begin(&works.store)?;
    works.ensure_worker().map_err(|fault| kept(fault, &ids))?;
    if !works.is_background() && !works.is_worker() && !manner.quiet {
        let who = "is carried out by the pinxit that is running already";
        ids.iter().for_each(|(id, _)| print::say(format!("#{id} {who}")));
    }
    let ended = news.see_through(&works, &ids, manner, &warnings)?;
    // From here on a signal finds nobody to tell, and ends the wait for a paid call.
    drop(news);
    let store = works.store.clone();
    works.stop();
    // Stopping may have brought the jobs further.
    outcome::tell(manner, &store, &ended, warnings)
}

/// Flags with what `--inline` says over them.
pub fn inline(flags: &Flags, inline: bool) -> Flags {
    let worker = inline.then(|| "inline".to_owned()).or_else(|| flags.worker.clone());
    Flags { worker, ..flags.clone() }
}

/// Jobs that are written down stay so, though nobody can be found to do them.
fn kept(fault: Fault, ids: &[(JobId, Option<Stamp>)]) -> Fault {
    let ids = ids.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ");
    let hint =
        format!("{}\nNothing was sent. It is kept in the queue: `pinxit wait {ids}` goes on with it.", fault.hint);
    fault.hint(hint.trim_start().to_owned())
}

/// Tells of jobs that nothing is to be done for.
fn tell_of(manner: &Manner, store: &Store, jobs: &[Job]) -> anyhow::Result<u8> {
    let ended: Vec<_> = jobs.iter().map(|job| (job.id, Ended::Job)).collect();
    outcome::tell(manner, store, &ended, vec![])
}
