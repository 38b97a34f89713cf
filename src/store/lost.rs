//! Calls whose answer was lost, and tasks of the service that turn out to be theirs, or nobody's.
//!
//! What is here: which calls are in doubt, which tasks are known, and the rows that say that one was found. Looking at
//! the service's list, and deciding that a task is a call's, is the engine's.

use std::collections::HashSet;

use rusqlite::{Transaction, params};

use super::jobs::jobs_where;
use super::journal::{to_json, touch, write_log};
use super::{Intent, Learned, NewJob, Store, StoreError, births, budget, journal, queue};
use crate::domain::{Event, Job, JobId, ModelId, Now, Phase, Stamp, TaskId};

/// A call that left and whose answer never came, of a job that waits for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// Its job, which is UNSURE.
    pub job: Job,
    /// The route it took, as [`Learned::route`](super::Learned::route) names it.
    pub route: String,
    /// Not before this moment it reached the service, by this machine's clock.
    pub from: Stamp,
    /// Nor after this one: it was given up then, or the program that sent it was found dead.
    pub to: Stamp,
    /// Times its task was looked for.
    pub looks: u32,
}

/// A call that may have made a task no job knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival {
    /// Its job.
    pub job: JobId,
    /// Whose model.
    pub model: ModelId,
    /// When it left.
    pub from: Stamp,
    /// When it was given up; `None` while it is under way.
    pub to: Option<Stamp>,
    /// Its words.
    pub prompt: String,
}

/// Calls of this service whose answer was lost, of jobs that wait for a decision.
pub(super) const IN_DOUBT: &str =
    "outcome = 'lose' AND id = (SELECT max(a.id) FROM attempt AS a WHERE a.job = attempt.job)
    AND EXISTS (SELECT 1 FROM job WHERE job.id = attempt.job AND job.phase = 'UNSURE' AND job.service = ?1)";

impl Store {
    /// This service's calls in doubt whose task was looked for less than so many times, oldest first.
    pub fn lost(&self, looks: u32) -> Result<Vec<Lost>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(&format!(
                "SELECT job, route, sent, coalesce(settled, sent), looks FROM attempt
                 WHERE {IN_DOUBT} AND looks < ?2 ORDER BY sent, id"
            ))?;
            let mut rows = found.query(params![self.places().service, looks])?;
            let mut lost = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                for job in jobs_where(tx, "id = ?1", params![id])? {
                    let (route, from, to) = (row.get(1)?, Stamp(row.get(2)?), Stamp(row.get(3)?));
                    lost.push(Lost { job, route, from, to, looks: row.get(4)? });
                }
            }
            Ok(lost)
        })
    }

    /// Every call of this service that left since a moment and may have made a task that no job knows, whatever became of its
    /// job: under way, in doubt, or given up by the user. Its job, when it left and when it was given up, its prompt.
    pub fn rivals(&self, since: Stamp) -> Result<Vec<Rival>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT job.id, job.model, sent_at, settled, json_extract(request, '$.prompt')
                 FROM (SELECT job, sent AS sent_at, settled FROM attempt WHERE sent >= ?1 AND task IS NULL
                     AND coalesce(outcome, 'lose') IN ('lose', 'cancel') AND coalesce(route, 'async') LIKE 'async%')
                 JOIN job ON job.id = job AND service = ?2",
            )?;
            let rows = found.query_map(params![since.0, self.places().service], |row| {
                Ok(Rival {
                    job: JobId(row.get(0)?),
                    model: ModelId(row.get(1)?),
                    from: Stamp(row.get(2)?),
                    to: row.get::<_, Option<i64>>(3)?.map(Stamp),
                    prompt: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The task of a job's last call was looked for so many times by now; with what there is to say about it.
    pub fn looked(&self, id: JobId, looks: u32, learned: &Learned, now: Now) -> Result<(), StoreError> {
        self.write(|tx, revision| {
            let last = "(SELECT max(id) FROM attempt WHERE job = ?1)";
            tx.prepare_cached(&format!("UPDATE attempt SET looks = ?2 WHERE id = {last} AND outcome = 'lose'"))?
                .execute(params![id.0, looks])?;
            journal::learn(tx, id, learned, now)?;
            touch(tx, id, revision)
        })
    }

    /// Which of these tasks some job here was made for, or has adopted.
    pub fn known_tasks(&self, tasks: &[TaskId]) -> Result<HashSet<TaskId>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attempt JOIN job ON job.id = attempt.job
                     WHERE attempt.task = ?1 AND job.service = ?2)
                 OR EXISTS (SELECT 1 FROM job WHERE task = ?1 AND service = ?2)",
            )?;
            let mut known = HashSet::new();
            for task in tasks {
                if found.query_row(params![task.0, self.places().service], |row| row.get(0))? {
                    known.insert(task.clone());
                }
            }
            Ok(known)
        })
    }

    /// Says that a task is that of a job's last call, whose answer was lost; the engine follows it. `false`: the job waits for
    /// no task, or another job has this one.
    pub fn adopt(&self, id: JobId, task: &TaskId, now: Now) -> Result<bool, StoreError> {
        self.write(|tx, revision| {
            if is_taken(tx, task, &self.places().service)? {
                return Ok(false);
            }
            let log =
                Some(format!("adopted task {} at the user's wish: it is followed, nothing is sent again", task.0));
            let note = Some("found on the service".into());
            let learned = Learned { task: Some(task.clone()), note, log, ..Learned::default() };
            let moved = journal::happen(tx, id, Event::Adopt, &learned, now, revision)?;
            Store::wish(tx, Intent::Follow(id), now)?;
            Ok(moved.is_some())
        })
    }

    /// Makes a job of a task that no job here was made for: ADOPTED, and followed like any other. `created` is when the
    /// service says it was made. `None`: a job has it already.
    pub fn adopt_stranger(
        &self,
        job: &NewJob,
        task: &TaskId,
        created: Stamp,
        now: Now,
    ) -> Result<Option<JobId>, StoreError> {
        let request = births::snapshot(&job.request)?;
        self.write(|tx, revision| {
            let service = &self.places().service;
            if is_taken(tx, task, service)? {
                return Ok(None);
            }
            tx.execute(
                "INSERT INTO job (request, model, estimate, created, phase, since, sent, revision, service, project, task)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, ?7, ?8, ?9, ?10)",
                params![
                    request,
                    job.request.model.as_str(),
                    to_json(&job.estimate),
                    created.0,
                    Phase::Adopted.word(),
                    now.0,
                    revision,
                    service,
                    job.project,
                    task.0
                ],
            )?;
            let id = JobId(tx.last_insert_rowid());
            queue::line_up(tx, id, false)?;
            budget::set_aside(tx, id, &job.estimate)?;
            tx.execute(
                "INSERT INTO attempt (job, model, sent, task, found, stake, currency)
                 SELECT id, model, sent, task, 1, reserve, currency FROM job WHERE id = ?1",
                [id.0],
            )?;
            write_log(tx, id, &format!("found task {} on the service, which no job here was made for", task.0), now)?;
            Store::wish(tx, Intent::Follow(id), now)?;
            Ok(Some(id))
        })
    }
}

fn is_taken(tx: &Transaction<'_>, task: &TaskId, service: &str) -> Result<bool, StoreError> {
    let owned = "SELECT EXISTS (SELECT 1 FROM attempt JOIN job ON job.id = attempt.job
        WHERE attempt.task = ?1 AND job.service = ?2)";
    Ok(tx.query_row(owned, params![task.0, service], |row| row.get(0))?)
}

/// The last call of a job is under way again: its task was found.
pub(super) fn found(tx: &Transaction<'_>, id: JobId) -> Result<(), StoreError> {
    let last = "(SELECT max(id) FROM attempt WHERE job = ?1)";
    tx.prepare_cached(&format!("UPDATE attempt SET outcome = NULL, settled = NULL, found = 1 WHERE id = {last}"))?
        .execute([id.0])?;
    Ok(())
}
