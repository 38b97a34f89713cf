//! Jobs born: new ones written in one durable commit, all of them or none.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{Transaction, params};

use super::inputs::Copies;
use super::journal::{to_json, write_log};
use super::{NewJob, Store, StoreError, budget, keeping, queue};
use crate::domain::{JobId, Now, Phase, Reference, Request};

/// New jobs on their way into the database.
pub(super) struct Birth<'a> {
    jobs: &'a [NewJob],
    outs: Vec<Option<PathBuf>>,
    requests: Vec<String>,
    copies: Copies,
}

impl Store {
    /// Adds jobs as QUEUED in one durable commit; ids in order. All of them, or none: those that would cost more than this
    /// store's user allows are refused together. Local input pictures are copied first: a file that is gone or is no
    /// picture means that there is no job. Relative paths are made absolute here, since the engine may run in another
    /// directory.
    pub fn enqueue(&self, jobs: &[NewJob], now: Now) -> Result<Vec<JobId>, StoreError> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let birth = self.birth(jobs)?;
        self.write(|tx, revision| self.bear(tx, &birth, now, revision))
    }

    /// What of new jobs takes files and time, done before the commit.
    pub(super) fn birth<'a>(&self, jobs: &'a [NewJob]) -> Result<Birth<'a>, StoreError> {
        let out = |job: &NewJob| job.out.as_deref().map(absolute).transpose();
        Ok(Birth {
            jobs,
            outs: jobs.iter().map(out).collect::<Result<_, _>>()?,
            requests: jobs.iter().map(|job| snapshot(&job.request)).collect::<Result<_, _>>()?,
            copies: self.copy_inputs(jobs)?,
        })
    }

    /// New jobs inside a transaction; ids in order.
    pub(super) fn bear(
        &self,
        tx: &Transaction<'_>,
        birth: &Birth<'_>,
        now: Now,
        revision: i64,
    ) -> Result<Vec<JobId>, StoreError> {
        let Birth { jobs, outs, requests, copies } = birth;
        budget::check(tx, self.caps(), &jobs.iter().map(|job| &job.estimate).collect::<Vec<_>>(), now)?;
        let mut insert = tx.prepare_cached(
            "INSERT INTO job (request, model, estimate, out, created, phase, since, revision, service, project, batch,
             row, row_key, parent, parent_idx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?7, ?8, ?9, ?10, ?11, ?12,
             (SELECT id FROM job WHERE id = ?13), ?14)",
        )?;
        let mut ids = Vec::with_capacity(jobs.len());
        for ((job, request), out) in jobs.iter().zip(requests).zip(outs) {
            insert.execute(params![
                request,
                job.request.model.as_str(),
                to_json(&job.estimate),
                out.as_deref().map(|path| path.as_os_str().as_bytes()),
                now.0,
                Phase::Queued.word(),
                revision,
                self.places().service,
                job.project,
                job.row.as_ref().map(|row| row.batch.0),
                job.row.as_ref().map(|row| row.name.as_str()),
                job.row.as_ref().map(|row| row.key.as_str()),
                job.parent.map(|parent| parent.job.0),
                job.parent.and_then(|parent| parent.picture),
            ])?;
            let id = JobId(tx.last_insert_rowid());
            queue::line_up(tx, id, job.row.is_some())?;
            budget::set_aside(tx, id, &job.estimate)?;
            copies.record(tx, id, &job.request)?;
            keeping::record(tx, id, job.keeping)?;
            write_log(tx, id, "queued", now)?;
            ids.push(id);
        }
        Ok(ids)
    }
}

/// A request as it is kept. File names that are not UTF-8 have no place in it.
pub(super) fn snapshot(request: &Request) -> Result<String, StoreError> {
    let mut request = request.clone();
    for image in &mut request.images {
        if let Reference::File(path) = image {
            *path = absolute(path)?;
        }
    }
    serde_json::to_string(&request).map_err(|error| StoreError::Unwritable { reason: error.to_string() })
}

/// Keeps a final `/`, which says that a directory is meant.
fn absolute(out: &Path) -> Result<PathBuf, StoreError> {
    let mut path = std::path::absolute(out).map_err(StoreError::io(out))?.into_os_string();
    if out.as_os_str().as_bytes().ends_with(b"/") && !path.as_bytes().ends_with(b"/") {
        path.push("/");
    }
    Ok(path.into())
}
