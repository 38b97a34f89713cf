//! Whose turn it is: the order of jobs that wait, what is kept back, and what the user changes about a job before it is
//! sent. Every change is one commit, and the engine takes a job up in a commit of its own: whoever comes second sees what
//! the first one did.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, params};

use super::births::snapshot;
use super::jobs::{jobs_where, phase_of};
use super::journal::{to_json, touch, write_log};
use super::{NewJob, Store, StoreError, budget};
use crate::domain::{Cost, Job, JobId, ModelId, Now, Phase, Reference, Request};

/// Rows of a batch stand this far behind what is asked for by hand: a prompt that is tried just now overtakes them all.
const BATCH_BEHIND: i64 = 1 << 40;

/// What may go now: neither everything nor this model is paused, nor the batch, and the batch has a place free. Which batches
/// may not go is asked once, not for each row.
const MAY_GO: &str = "phase = 'QUEUED' AND service = ?1
    AND NOT EXISTS (SELECT 1 FROM pause WHERE pause.service = ?1 AND pause.model IN ('', job.model))
    AND (batch IS NULL OR batch NOT IN (SELECT b.id FROM batch AS b WHERE b.service = ?1 AND (b.paused OR b.parallel <=
        (SELECT count(*) FROM job AS other WHERE other.batch = b.id
            AND other.phase IN ('PREPARING', 'SUBMITTING', 'WAITING', 'RUNNING', 'FETCHING', 'ADOPTED')))))";

/// What is kept back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paused {
    /// Everything of this service.
    pub all: bool,
    /// Jobs of these models.
    pub models: BTreeSet<ModelId>,
}

impl Store {
    /// Models that have jobs of this service that may go now.
    pub fn due_models(&self) -> Result<Vec<ModelId>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(&format!("SELECT DISTINCT model FROM job WHERE {MAY_GO}"))?;
            let rows = found.query_map([&self.places().service], |row| Ok(ModelId(row.get(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The job of a model whose turn is next.
    pub fn next_due(&self, model: &ModelId) -> Result<Option<Job>, StoreError> {
        let next = format!("id = (SELECT id FROM job WHERE {MAY_GO} AND model = ?2 ORDER BY place, id LIMIT 1)");
        Ok(self.read(|tx| jobs_where(tx, &next, params![self.places().service, model.as_str()]))?.pop())
    }

    /// Whether there is something to do: a job of this service that may go now or is at work, a wish, or a call whose task was
    /// looked for less than `looks` times.
    pub fn has_due(&self, looks: u32) -> Result<bool, StoreError> {
        let live = "phase IN ('PREPARING', 'SUBMITTING', 'WAITING', 'RUNNING', 'FETCHING', 'ADOPTED') AND service = ?1";
        let due = format!(
            "SELECT EXISTS (SELECT 1 FROM job WHERE {live}) OR EXISTS (SELECT 1 FROM job WHERE {MAY_GO})
             OR EXISTS (SELECT 1 FROM intent JOIN job ON job.service = ?1 AND job.id IN
                 (SELECT value FROM json_each(intent.intent)))
             OR EXISTS (SELECT 1 FROM attempt WHERE {} AND route LIKE 'async%' AND looks < ?2)",
            super::lost::IN_DOUBT
        );
        let asked = params![self.places().service, looks];
        self.read(|tx| Ok(tx.prepare_cached(&due)?.query_row(asked, |row| row.get(0))?))
    }

    /// Moves waiting jobs before all others, keeping their order. Those that do not wait stay; how many were moved.
    pub fn to_front(&self, ids: &[JobId], now: Now) -> Result<usize, StoreError> {
        self.write(|tx, revision| {
            let waiting = waiting(tx, ids)?;
            let first: i64 =
                tx.query_row("SELECT coalesce(min(place), 0) FROM job WHERE phase IN ('HELD', 'QUEUED')", [], |row| {
                    row.get(0)
                })?;
            for (&id, place) in waiting.iter().zip(first - waiting.len() as i64..) {
                put(tx, id, place, revision)?;
                write_log(tx, id, "moved to the front", now)?;
            }
            Ok(waiting.len())
        })
    }

    /// Moves a waiting job so many turns back (or forward, when negative), past its neighbours among all waiting jobs of
    /// this service. Whether it moved.
    pub fn shift(&self, id: JobId, by: isize) -> Result<bool, StoreError> {
        self.write(|tx, revision| {
            let mut line = line(tx, &self.places().service)?;
            let Some(at) = line.iter().position(|(other, _)| *other == id) else { return Ok(false) };
            let to = at.saturating_add_signed(by).min(line.len() - 1);
            if to == at {
                return Ok(false);
            }
            // The places stay where they are; who stands in them changes.
            let places: Vec<i64> = line.iter().map(|(_, place)| *place).collect();
            let moved = line.remove(at);
            line.insert(to, moved);
            for ((id, was), place) in line.into_iter().zip(places) {
                if was != place {
                    put(tx, id, place, revision)?;
                }
            }
            Ok(true)
        })
    }

    /// Changes what a waiting job asks for, and what it will cost. Nothing of it may have been answered yet. Local input
    /// pictures are copied as by [`Store::enqueue`].
    pub fn revise(&self, id: JobId, request: &Request, estimate: &Cost, now: Now) -> Result<(), StoreError> {
        let text = snapshot(request)?;
        let copies = self.copy_inputs(&[NewJob::new(request.clone(), estimate.clone())])?;
        self.write(|tx, revision| {
            let phase = phase_of(tx, id)?.ok_or_else(|| StoreError::Absent(format!("job {id}")))?;
            let begun: bool = tx.query_row("SELECT answered > 0 FROM job WHERE id = ?1", [id.0], |row| row.get(0))?;
            if !matches!(phase, Phase::Held | Phase::Queued) || begun {
                let needs = "only a job that waits and has not begun can be edited";
                return Err(StoreError::Moved { job: id, phase, needs });
            }
            let before = budget::reserved(tx, id)?;
            budget::release(tx, id)?;
            // A change that costs no more is nobody's business, even where a limit was lowered meanwhile.
            if estimate.total().is_some_and(|total| before.is_none_or(|before| !total.is_within(before))) {
                budget::check(tx, self.caps(), &[estimate], now)?;
            }
            budget::set_aside(tx, id, estimate)?;
            tx.execute(
                "UPDATE job SET request = ?2, model = ?3, estimate = ?4, note = '', until = NULL WHERE id = ?1",
                params![id.0, text, request.model.as_str(), to_json(estimate)],
            )?;
            tx.execute("DELETE FROM input WHERE job = ?1", [id.0])?;
            copies.record(tx, id, request)?;
            write_log(tx, id, "edited", now)?;
            touch(tx, id, revision)
        })
    }

    /// A job that asks for the same as another one, not yet made. Local input pictures are those that were chosen then: where
    /// the file is gone, its copy.
    pub fn twin(&self, id: JobId) -> Result<NewJob, StoreError> {
        let job = self.job(id)?.ok_or_else(|| StoreError::Absent(format!("job {id}")))?;
        let mut request = (*job.request).clone();
        for (index, image) in request.images.iter_mut().enumerate() {
            if let Reference::File(path) = image
                && !path.exists()
                && let Some(copy) = self.input(id, index)?
            {
                *path = copy;
            }
        }
        let base = NewJob::new(request, job.estimate);
        Ok(NewJob { out: job.out, project: job.project, parent: job.parent, keeping: self.keeping(id)?, ..base })
    }

    /// A job that asks for nearly the same as another one, not yet made: all but its words and settings is that one's, its
    /// input pictures included.
    pub fn like(&self, id: JobId, request: Request, estimate: Cost) -> Result<NewJob, StoreError> {
        let twin = self.twin(id)?;
        let request = Request { images: twin.request.images.clone(), ..request };
        Ok(NewJob { request, estimate, ..twin })
    }

    /// Puts ended jobs out of sight, or back into it; how many changed.
    pub fn clear(&self, ids: &[JobId], cleared: bool) -> Result<usize, StoreError> {
        self.write(|tx, revision| {
            let mut changed = 0;
            for &id in ids {
                if phase_of(tx, id)?.is_some_and(Phase::is_ended) {
                    changed += tx
                        .prepare_cached("UPDATE job SET cleared = ?2, revision = ?3 WHERE id = ?1 AND cleared <> ?2")?
                        .execute(params![id.0, cleared, revision])?;
                }
            }
            Ok(changed)
        })
    }

    /// Keeps back all jobs of this service, or those of one model; or lets them go. Jobs at work are not touched.
    pub fn pause(&self, model: Option<&ModelId>, paused: bool) -> Result<(), StoreError> {
        let what = params![self.places().service, model.map_or("", ModelId::as_str)];
        self.write(|tx, _| {
            match (model, paused) {
                (_, true) => tx.execute("INSERT OR IGNORE INTO pause (service, model) VALUES (?1, ?2)", what)?,
                (Some(_), false) => tx.execute("DELETE FROM pause WHERE service = ?1 AND model = ?2", what)?,
                // Letting everything go lets each model go too.
                (None, false) => tx.execute("DELETE FROM pause WHERE service = ?1", [&self.places().service])?,
            };
            Ok(())
        })
    }

    /// What is kept back.
    pub fn paused(&self) -> Result<Paused, StoreError> {
        self.read(|tx| paused(tx, &self.places().service))
    }
}

pub(super) fn paused(tx: &Transaction<'_>, service: &str) -> Result<Paused, StoreError> {
    let mut found = tx.prepare_cached("SELECT model FROM pause WHERE service = ?1")?;
    let rows = found.query_map([service], |row| row.get::<_, String>(0))?;
    let mut paused = Paused::default();
    for model in rows {
        match model?.as_str() {
            "" => paused.all = true,
            model => drop(paused.models.insert(ModelId::from(model))),
        }
    }
    Ok(paused)
}

/// Gives a new job its place: behind those of its kind that were there before.
pub(super) fn line_up(tx: &Transaction<'_>, id: JobId, in_batch: bool) -> Result<(), StoreError> {
    let place = if in_batch { id.0 + BATCH_BEHIND } else { id.0 };
    tx.prepare_cached("UPDATE job SET place = ?2 WHERE id = ?1")?.execute(params![id.0, place])?;
    Ok(())
}

fn put(tx: &Transaction<'_>, id: JobId, place: i64, revision: i64) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE job SET place = ?2, revision = ?3 WHERE id = ?1")?
        .execute(params![id.0, place, revision])?;
    Ok(())
}

/// Those of some jobs that wait, in the order of their turns.
fn waiting(tx: &Transaction<'_>, ids: &[JobId]) -> Result<Vec<JobId>, StoreError> {
    let mut found = tx.prepare_cached("SELECT place FROM job WHERE id = ?1 AND phase IN ('HELD', 'QUEUED')")?;
    let mut waiting = Vec::new();
    for &id in ids {
        let place: Option<i64> = found.query_row([id.0], |row| row.get(0)).optional()?;
        waiting.extend(place.map(|place| (place, id)));
    }
    waiting.sort_unstable();
    waiting.dedup();
    Ok(waiting.into_iter().map(|(_, id)| id).collect())
}

/// Every waiting job of a service and its place, in the order of their turns.
fn line(tx: &Transaction<'_>, service: &str) -> Result<Vec<(JobId, i64)>, StoreError> {
    let mut found = tx.prepare_cached(
        "SELECT id, place FROM job WHERE phase IN ('HELD', 'QUEUED') AND service = ?1 ORDER BY place, id",
    )?;
    let rows = found.query_map([service], |row| Ok((JobId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
