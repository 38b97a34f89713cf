//! A row that failed, changed: a new job stands for it. Whether that may be paid for, `fate` decides, as for every run.

use crate::catalog::Catalog;
use crate::domain::{Cost, Fault, FaultKind, Job, JobId, Request, text};
use crate::store::Store;

use super::super::desk;
use super::fate::Fate;
use super::manage::{name, parts};
use super::plan::fate_of;
use super::run::take_turn;

/// Whether a new job may take the place of a row's. With `resend` the user wants that although the first may be billed.
pub fn may_replace(store: &Store, catalog: &Catalog, job: &Job, resend: bool) -> Result<(), Fault> {
    let row = text::clean(name(job)).into_owned();
    let no = |code: &str, message: String| Fault::new(FaultKind::Invalid, code, message);
    match fate_of(store, job, parts(catalog, job), false)? {
        Fate::New | Fate::Anew(_) => Ok(()),
        Fate::Done(_) => Err(no("row_done", format!("{row} is finished: #{} is {}.", job.id, job.phase))
            .hint("What is finished is made anew with `pinxit queue duplicate`.")),
        Fate::Join(_) => Err(no("job_moved", format!("{row} is at work: #{} is {}.", job.id, job.phase))
            .hint("Only a row that waits or has failed can be changed.")),
        _ if resend => Ok(()),
        Fate::Fetch(_) => Err(Fault {
            kind: FaultKind::Budget,
            ..no("in_doubt", format!("{row} is paid for, and its pictures are not here yet."))
        }
        .hint("`pinxit batch retry` fetches them, which costs nothing; --resend-unsure changes the row all the same.")),
        Fate::Again(_) | Fate::Unsure(_) | Fate::Doubt(_) => Err(Fault {
            kind: FaultKind::Budget,
            ..no("in_doubt", format!("{row} may have been billed: as a new job it may be billed twice."))
        }
        .hint("`pinxit batch edit BATCH ROW --resend-unsure` does it all the same.")),
    }
}

/// Writes the new job, while no run looks at the rows.
pub fn replace(
    store: &Store,
    catalog: &Catalog,
    id: JobId,
    (request, estimate): (&Request, &Cost),
    resend: bool,
) -> Result<JobId, Fault> {
    let locked = |error: std::io::Error| {
        Fault::new(FaultKind::Other, "file", format!("The lock of batches cannot be taken: {error}."))
    };
    let _turn = take_turn(&store.places().data).map_err(locked)?;
    let absent = || Fault::new(FaultKind::Invalid, "job_unknown", format!("There is no job {id}."));
    let job = store.job(id)?.ok_or_else(absent)?;
    may_replace(store, catalog, &job, resend)?;
    Ok(store.replace(id, request, estimate, desk::now())?)
}
