//! Jobs read back from the database, and what changed since a revision.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};
use serde::de::DeserializeOwned;

use super::{Changes, Store, StoreError, batches, budget, ledger, queue};
use crate::domain::{
    Away, BatchId, Format, Image, ImageId, Job, JobId, LogLine, ModelId, Now, Origin, Phase, Stamp, TaskId,
};

/// Jobs a first look brings, beside those that have not ended.
const FIRST_LOOK: u32 = 500;

/// Columns of a picture, as [`image`] reads them.
pub(super) const PICTURE: &str = "image.job, image.idx, image.path, image.sha256, image.width, image.height, image.bytes, image.format, \
    image.seed, image.saved";

/// This service's jobs in phases.
const OWN_IN: &str = "phase IN (SELECT value FROM json_each(?1)) AND service = ?2";

/// A sum of what a service said it billed may be any number: one that is too large must not hide the job.
const COLUMNS: &str = "id, phase, request, created, since, sent, ended, estimate, min(billed_images, 4294967295), task, request_id, \
    actual_prompt, fault, note, out, (SELECT count(*) FROM promise WHERE promise.job = job.id), answered, story, document, \
    until, place, project, batch, row, cleared, parent, parent_idx, name, hidden";

impl Store {
    /// The revision now; a cheap read.
    pub fn revision(&self) -> Result<u64, StoreError> {
        self.read(revision)
    }

    /// What changed since `revision` (0 = everything, limited to the newest 500 jobs and all unended ones).
    pub fn changes(&self, since: u64, now: Now) -> Result<Changes, StoreError> {
        self.read(|tx| {
            let revision = revision(tx)?;
            let unended = words(|phase| !phase.is_ended());
            // A revision from the future is another store's: begin again.
            let jobs = if since == 0 || since > revision {
                let newest = format!(
                    "NOT cleared AND id IN (SELECT id FROM (SELECT id FROM job WHERE NOT cleared ORDER BY id DESC LIMIT {FIRST_LOOK})
                     UNION SELECT id FROM job WHERE phase IN (SELECT value FROM json_each(?1)))"
                );
                jobs_where(tx, &newest, params![unended])?
            } else {
                jobs_where(tx, "revision > ?1", params![since as i64])?
            };
            let jobs = self.explained(tx, jobs)?;
            let (today, month) = ledger::periods(now);
            Ok(Changes {
                revision,
                jobs,
                spent_today: ledger::spent_since(tx, today)?,
                spent_month: ledger::spent_since(tx, month)?,
                set_aside: budget::aside(tx, now)?,
                paused: queue::paused(tx, &self.places().service)?,
                batches: batches::batches(tx, &self.places().service, true)?,
            })
        })
    }

    /// Says of unfinished jobs of another service what they wait for.
    fn explained(&self, tx: &Transaction<'_>, mut jobs: Vec<Job>) -> Result<Vec<Job>, StoreError> {
        let mut found = tx.prepare_cached("SELECT service FROM job WHERE id = ?1 AND service <> ?2")?;
        for job in jobs.iter_mut().filter(|job| !job.phase.is_ended()) {
            let other = found.query_row(params![job.id.0, self.places().service], |row| row.get::<_, String>(0));
            if let Some(other) = other.optional()? {
                job.note = format!("goes on when pinxit works with {other}");
            }
        }
        Ok(jobs)
    }

    /// Jobs for a list, oldest first: all that have not ended; `ended` brings those too, `cleared` those out of sight.
    pub fn listed(&self, ended: bool, cleared: bool) -> Result<Vec<Job>, StoreError> {
        let wanted = words(|phase| ended || !phase.is_ended());
        self.read(|tx| {
            let seen = "phase IN (SELECT value FROM json_each(?1)) AND (NOT cleared OR ?2)";
            let jobs = jobs_where(tx, seen, params![wanted, cleared])?;
            self.explained(tx, jobs)
        })
    }

    /// The service a job was made for, where that is another than this one.
    pub fn elsewhere(&self, id: JobId) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached("SELECT service FROM job WHERE id = ?1 AND service <> ?2")?;
            Ok(found.query_row(params![id.0, self.places().service], |row| row.get(0)).optional()?)
        })
    }

    /// One job.
    pub fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.read(|tx| jobs_where(tx, "id = ?1", params![id.0]))?.pop())
    }

    /// The job that a task of this service was made for, whichever of its calls made it.
    pub fn job_of(&self, task: &TaskId) -> Result<Option<Job>, StoreError> {
        let owner = "service = ?2 AND (task = ?1 OR id IN (SELECT job FROM attempt WHERE task = ?1))";
        Ok(self.read(|tx| jobs_where(tx, owner, params![task.0, self.places().service]))?.pop())
    }

    /// This service's jobs in some phases, oldest first.
    pub fn jobs_in(&self, phases: &[Phase]) -> Result<Vec<Job>, StoreError> {
        let wanted = words(|phase| phases.contains(&phase));
        self.read(|tx| jobs_where(tx, OWN_IN, params![wanted, self.places().service]))
    }

    /// When paid calls of a model left after `since`, oldest first: what a rate limit counts. Those that went by a route
    /// that is not for the model are not among them.
    pub fn sent_since(&self, model: &ModelId, since: Stamp) -> Result<Vec<Stamp>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT sent FROM attempt WHERE model = ?1 AND sent > ?2 AND astray = 0 ORDER BY sent",
            )?;
            let rows = found.query_map(params![model.as_str(), since.0], |row| Ok(Stamp(row.get(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The median time from a paid call to its answer, over a model's last nine; `None` before the first.
    pub fn median_run(&self, model: &ModelId) -> Result<Option<Duration>, StoreError> {
        let mut spans: Vec<i64> = self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT settled - sent FROM attempt WHERE model = ?1 AND outcome = 'answer' AND NOT found
                 ORDER BY sent DESC LIMIT 9",
            )?;
            let rows = found.query_map([model.as_str()], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        spans.sort_unstable();
        Ok(spans.get(spans.len() / 2).map(|&ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0))))
    }

    /// Questions asked after tasks, and tasks that brought an answer, of this service in all.
    pub fn questions(&self) -> Result<(u64, u64), StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT coalesce(sum(polls), 0), count(*) FROM attempt JOIN job ON job.id = attempt.job
                 WHERE attempt.task IS NOT NULL AND outcome = 'answer' AND service = ?1",
            )?;
            let counted =
                |row: &Row<'_>| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()));
            Ok(found.query_row([&self.places().service], counted)?)
        })
    }

    /// URLs of a job's pictures that are not on disk yet, with their place in the answer.
    pub fn missing(&self, id: JobId) -> Result<Vec<(u32, String)>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT idx, url FROM promise AS p WHERE job = ?1
                 AND NOT EXISTS (SELECT 1 FROM image AS i WHERE i.job = p.job AND i.idx = p.idx) ORDER BY idx",
            )?;
            let rows = found.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many pictures the last call of a job has named so far.
    pub fn heard(&self, id: JobId) -> Result<u32, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT count(*) FROM promise WHERE job = ?1
                 AND idx >= (SELECT first FROM attempt WHERE job = ?1 ORDER BY id DESC LIMIT 1)",
            )?;
            Ok(found.query_row([id.0], |row| row.get(0))?)
        })
    }

    /// How many calls of a job were sent of which nobody knows whether they were billed.
    pub fn lost_calls(&self, id: JobId) -> Result<u32, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT count(*) FROM attempt WHERE job = ?1 AND outcome IN ('lose', 'expire')
                 AND id NOT IN (SELECT attempt FROM ledger)",
            )?;
            Ok(found.query_row([id.0], |row| row.get(0))?)
        })
    }

    /// The job's own log, oldest first.
    pub fn log(&self, id: JobId) -> Result<Vec<LogLine>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached("SELECT at, text FROM log WHERE job = ?1 ORDER BY id")?;
            let rows = found.query_map([id.0], |row| Ok(LogLine { at: Stamp(row.get(0)?), text: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn revision(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let number: i64 = tx.query_row("SELECT number FROM revision", [], |row| row.get(0))?;
    Ok(number.unsigned_abs())
}

/// Phases' words as a JSON array, to bind to one parameter.
fn words(wanted: impl Fn(Phase) -> bool) -> String {
    let words: Vec<_> = Phase::ALL.into_iter().filter(|&phase| wanted(phase)).map(Phase::word).collect();
    format!("[\"{}\"]", words.join("\",\""))
}

/// Whole jobs that satisfy a condition, oldest first.
pub(super) fn jobs_where(
    tx: &Transaction<'_>,
    condition: &str,
    params: impl Params + Clone,
) -> Result<Vec<Job>, StoreError> {
    let mut images: HashMap<i64, (Vec<Image>, BTreeMap<u32, Away>)> = HashMap::new();
    let mut found = tx.prepare_cached(&format!(
        "SELECT {PICTURE}, image.binned IS NOT NULL, image.purged IS NOT NULL FROM image
         WHERE job IN (SELECT id FROM job WHERE {condition}) ORDER BY job, idx"
    ))?;
    let mut rows = found.query(params.clone())?;
    while let Some(row) = rows.next()? {
        let (images, away) = images.entry(row.get(0)?).or_default();
        let image = image(row)?;
        let place = match (row.get(10)?, row.get(11)?) {
            (_, true) => Some(Away::Purged),
            (true, _) => Some(Away::Binned),
            (false, false) => None,
        };
        away.extend(place.map(|place| (image.id.index, place)));
        images.push(image);
    }
    let mut jobs = Vec::new();
    let mut found = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE {condition} ORDER BY id"))?;
    let mut rows = found.query(params)?;
    while let Some(row) = rows.next()? {
        let mut job = job(row)?;
        (job.images, job.away) = images.remove(&job.id.0).unwrap_or_default();
        jobs.push(job);
    }
    Ok(jobs)
}

/// One job without its images.
fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    let id: i64 = row.get(0)?;
    let stamp = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Stamp));
    let fault: Option<String> = row.get(12)?;
    Ok(Job {
        id: JobId(id),
        phase: phase(id, row.get(1)?)?,
        request: Arc::new(json(id, &row.get::<_, String>(2)?)?),
        created: Stamp(row.get(3)?),
        since: Stamp(row.get(4)?),
        sent: stamp(5)?,
        ended: stamp(6)?,
        estimate: json(id, &row.get::<_, String>(7)?)?,
        billed_images: row.get(8)?,
        task: row.get::<_, Option<String>>(9)?.map(TaskId),
        request_id: row.get(10)?,
        actual_prompt: row.get(11)?,
        fault: fault.map(|text| json(id, &text)).transpose()?,
        note: row.get(13)?,
        out: path(row.get_ref(14)?),
        expected: row.get(15)?,
        answered: row.get(16)?,
        story: json(id, &row.get::<_, String>(17)?)?,
        document: path(row.get_ref(18)?),
        until: stamp(19)?,
        place: row.get(20)?,
        project: row.get(21)?,
        row: row_of(row)?,
        cleared: row.get(24)?,
        parent: origin(row, 25)?,
        name: row.get(27)?,
        hidden: row.get(28)?,
        images: Vec::new(),
        away: BTreeMap::new(),
    })
}

/// What a job was made from: two columns, the job and the place of its picture.
pub(super) fn origin(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Origin>> {
    let (job, picture): (Option<i64>, Option<u32>) = (row.get(first)?, row.get(first + 1)?);
    Ok(job.map(|job| Origin { job: JobId(job), picture }))
}

fn row_of(row: &Row<'_>) -> Result<Option<crate::domain::Row>, StoreError> {
    let batch: Option<i64> = row.get(22)?;
    let name: Option<String> = row.get(23)?;
    Ok(batch.map(|id| crate::domain::Row { batch: BatchId(id), name: name.unwrap_or_default() }))
}

/// A picture; the first ten columns of a row are those of [`PICTURE`].
pub(super) fn image(row: &Row<'_>) -> Result<Image, StoreError> {
    let job: i64 = row.get(0)?;
    let format: String = row.get(7)?;
    Ok(Image {
        id: ImageId { job: JobId(job), index: row.get(1)? },
        path: path(row.get_ref(2)?).unwrap_or_default(),
        sha256: row.get(3)?,
        width: row.get(4)?,
        height: row.get(5)?,
        bytes: row.get::<_, i64>(6)?.unsigned_abs(),
        format: Format::ALL
            .into_iter()
            .find(|known| known.extension() == format)
            .ok_or_else(|| StoreError::Unreadable { job, reason: format!("picture format {format:?}") })?,
        seed: row.get(8)?,
        saved: Stamp(row.get(9)?),
    })
}

pub(super) fn path(value: ValueRef<'_>) -> Option<PathBuf> {
    value.as_bytes_or_null().ok().flatten().map(|bytes| PathBuf::from(OsString::from_vec(bytes.to_owned())))
}

/// The phase a word in the database names.
pub(super) fn phase(job: i64, word: String) -> Result<Phase, StoreError> {
    Phase::parse(&word).ok_or_else(|| StoreError::Unreadable { job, reason: format!("phase {word:?}") })
}

/// Where a job is, if there is such a job.
pub(super) fn phase_of(tx: &Transaction<'_>, id: JobId) -> Result<Option<Phase>, StoreError> {
    tx.prepare_cached("SELECT phase FROM job WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?
        .map(|word| phase(id.0, word))
        .transpose()
}

/// Reads a JSON column.
pub(super) fn json<T: DeserializeOwned>(job: i64, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { job, reason: error.to_string() })
}
