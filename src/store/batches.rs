//! Batches: jobs that were made together from the rows of a file or a grid. A row is known by what it asks for, so that a
//! file that is run again finds the jobs it made before.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::jobs::{jobs_where, path};
use super::journal::{happen, touch};
use super::{Learned, Store, StoreError};
use crate::domain::{BatchId, Event, Job, JobId, Now, Phase, Stamp};

/// What a batch needs to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewBatch {
    /// What it is called on screens.
    pub name: String,
    /// The file it was read from.
    pub source: Option<PathBuf>,
    /// Jobs of it at work at once, at most.
    pub parallel: Option<u32>,
}

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
        self.waiting + self.live + self.done + self.partial + self.failed + self.cancelled + self.unsure
    }

    fn add(&mut self, phase: Phase, count: u32) {
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
                    batch.parallel
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
