//! Batches: jobs that were made together from the rows of a file or a grid. A row is known by what it asks for, so that a
//! file that is run again finds the jobs it made before.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::jobs::{jobs_where, path, phase_of};
use super::journal::{happen, touch, write_log};
use super::{Learned, NewJob, NewRow, Store, StoreError};
use crate::domain::{Batch, BatchId, Cost, Counts, Event, Job, JobId, Now, Phase, Request, Stamp};

/// What a batch needs to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewBatch {
    /// What it is called on screens.
    pub name: String,
    /// The file it was read from.
    pub source: Option<PathBuf>,
    /// Jobs of it at work at once, at most; 0 for no limit of its own.
    pub parallel: Option<u32>,
}

impl Store {
    /// Makes a batch without jobs; [`Store::enqueue`] adds them.
    pub fn new_batch(&self, batch: &NewBatch, now: Now) -> Result<BatchId, StoreError> {
        self.write(|tx, _| {
            tx.execute(
                "INSERT INTO batch (name, source, service, created, parallel) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    batch.name,
                    batch.source.as_deref().map(|path| path.as_os_str().as_bytes()),
                    self.places().service,
                    now.0,
                    batch.parallel.filter(|most| *most > 0)
                ],
            )?;
            Ok(BatchId(tx.last_insert_rowid()))
        })
    }

    /// Batches of this service, oldest first.
    pub fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        self.read(|tx| batches(tx, &self.places().service, false))
    }

    /// One batch.
    pub fn batch(&self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        Ok(self.batches()?.into_iter().find(|batch| batch.id == id))
    }

    /// A batch's jobs, in the order of its rows.
    pub fn batch_jobs(&self, id: BatchId) -> Result<Vec<Job>, StoreError> {
        self.read(|tx| jobs_where(tx, "batch = ?1", params![id.0]))
    }

    /// The newest job of this service made for a row that asks for the same, for each key that has one.
    pub fn jobs_of_rows(&self, keys: &[String]) -> Result<HashMap<String, (JobId, Phase)>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT id, phase FROM job WHERE row_key = ?1 AND service = ?2 ORDER BY (phase = 'DONE') DESC, id DESC LIMIT 1",
            )?;
            let mut jobs = HashMap::new();
            for key in keys {
                let row = found
                    .query_row(params![key, self.places().service], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
                    .optional()?;
                if let Some((id, word)) = row {
                    jobs.insert(key.clone(), (JobId(id), super::jobs::phase(id, word)?));
                }
            }
            Ok(jobs)
        })
    }

    /// Takes jobs of an earlier run into a batch, as the rows of these names.
    pub fn join_batch(&self, batch: BatchId, rows: &[(JobId, String)]) -> Result<(), StoreError> {
        self.write(|tx, revision| {
            for (id, name) in rows {
                tx.prepare_cached("UPDATE job SET batch = ?2, row = ?3, cleared = 0 WHERE id = ?1")?
                    .execute(params![id.0, batch.0, name])?;
                touch(tx, *id, revision)?;
            }
            Ok(())
        })
    }

    /// Cancels a batch's rows that wait for their turn, in one commit that no engine comes between; those at work are left
    /// to end. Rows some of whose requests are answered are not touched: they are in the answer, behind the number cancelled.
    pub fn stop_batch(&self, id: BatchId, now: Now) -> Result<(usize, Vec<JobId>), StoreError> {
        self.write(|tx, revision| {
            let mut found = tx.prepare_cached(
                "SELECT id, answered > 0 FROM job WHERE batch = ?1 AND phase IN ('HELD', 'QUEUED') ORDER BY id",
            )?;
            let rows = found.query_map([id.0], |row| Ok((JobId(row.get(0)?), row.get::<_, bool>(1)?)))?;
            let (mut stopped, mut begun) = (0, Vec::new());
            for row in rows.collect::<Result<Vec<_>, _>>()? {
                if row.1 {
                    begun.push(row.0);
                    continue;
                }
                let learned = Learned {
                    note: Some("cancelled".into()),
                    log: Some("the batch was stopped: cancelled before it was sent".into()),
                    ..Learned::default()
                };
                stopped += usize::from(happen(tx, row.0, Event::Cancel, &learned, now, revision)?.is_some());
            }
            Ok((stopped, begun))
        })
    }

    /// A new job for the row of one that ended, or of one in doubt: the same batch, name and key, so that a file that is run
    /// again finds the new one. The old one is no row any more, and is put out of sight once it has ended. One commit;
    /// whether the row may be paid for again, the caller has decided.
    pub fn replace(&self, id: JobId, request: &Request, estimate: &Cost, now: Now) -> Result<JobId, StoreError> {
        let old = self.job(id)?.ok_or_else(|| StoreError::Absent(format!("job {id}")))?;
        let key = self.row_key(id)?;
        let (Some(row), Some(key)) = (old.row, key) else {
            return Err(StoreError::Absent(format!("row of a batch that job {id} stands for")));
        };
        let row = NewRow { batch: row.batch, name: row.name, key };
        let base = NewJob::new(request.clone(), estimate.clone());
        let keeping = self.keeping(id)?;
        let next = [NewJob { out: old.out, project: old.project, row: Some(row), keeping, ..base }];
        let birth = self.birth(&next)?;
        self.write(|tx, revision| {
            let phase = phase_of(tx, id)?.ok_or_else(|| StoreError::Absent(format!("job {id}")))?;
            if phase == Phase::Done || !(phase.is_ended() || phase == Phase::Unsure) {
                let needs = "only a row that failed can be made anew";
                return Err(StoreError::Moved { job: id, phase, needs });
            }
            let ids = self.bear(tx, &birth, now, revision)?;
            let new = ids.first().copied().ok_or_else(|| StoreError::Absent("new job".into()))?;
            tx.execute(
                "UPDATE job SET batch = NULL, row = NULL, row_key = NULL, cleared = ?2 WHERE id = ?1",
                params![id.0, phase.is_ended()],
            )?;
            write_log(tx, id, &format!("#{new} stands for its row now"), now)?;
            write_log(tx, new, &format!("in the place of #{id}, whose row was changed"), now)?;
            touch(tx, id, revision)?;
            Ok(new)
        })
    }

    /// What the row of a job is known by.
    fn row_key(&self, id: JobId) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let found = tx.query_row("SELECT row_key FROM job WHERE id = ?1", [id.0], |row| row.get(0)).optional()?;
            Ok(found.flatten())
        })
    }

    /// Keeps back a batch's rows that wait, or lets them go.
    pub fn pause_batch(&self, id: BatchId, paused: bool) -> Result<(), StoreError> {
        self.change_batch(id, "paused", i64::from(paused))
    }

    /// How many jobs of a batch may be at work at once; 0 for no limit of its own.
    pub fn set_parallel(&self, id: BatchId, parallel: u32) -> Result<(), StoreError> {
        match parallel {
            0 => self.change_batch(id, "parallel", None::<i64>),
            some => self.change_batch(id, "parallel", Some(i64::from(some))),
        }
    }

    fn change_batch(&self, id: BatchId, column: &str, value: impl rusqlite::ToSql) -> Result<(), StoreError> {
        self.write(|tx, _| {
            let changed = tx.execute(&format!("UPDATE batch SET {column} = ?2 WHERE id = ?1"), params![id.0, value])?;
            if changed == 0 { Err(StoreError::Absent(format!("batch {id}"))) } else { Ok(()) }
        })
    }
}

/// Batches of a service, oldest first; those in sight have a job that is not cleared.
pub(super) fn batches(tx: &Transaction<'_>, service: &str, in_sight: bool) -> Result<Vec<Batch>, StoreError> {
    let seen = if in_sight { "AND EXISTS (SELECT 1 FROM job WHERE job.batch = batch.id AND NOT cleared)" } else { "" };
    let mut found = tx.prepare_cached(&format!(
        "SELECT id, name, source, created, parallel, paused FROM batch WHERE service = ?1 {seen} ORDER BY id"
    ))?;
    let rows = found.query_map([service], batch)?;
    let mut batches = rows.collect::<Result<Vec<_>, _>>()?;
    let mut counted = tx.prepare_cached("SELECT phase, count(*) FROM job WHERE batch = ?1 GROUP BY phase")?;
    for batch in &mut batches {
        let rows = counted.query_map([batch.id.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
        for row in rows {
            let (word, count) = row?;
            if let Some(phase) = Phase::parse(&word) {
                batch.counts.add(phase, count);
            }
        }
    }
    Ok(batches)
}

fn batch(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: BatchId(row.get(0)?),
        name: row.get(1)?,
        source: path(row.get_ref(2)?),
        created: Stamp(row.get(3)?),
        parallel: row.get(4)?,
        paused: row.get(5)?,
        counts: Counts::default(),
    })
}
