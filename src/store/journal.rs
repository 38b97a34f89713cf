//! Every step of a job's life, written: events, notes, and what a dead engine left behind. How it is born is in `births`.
//!
//! A paid call is journalled here before it leaves ([`Event::Send`] makes its attempt row in the same commit), and its
//! fate after it is known. Attempts are only ever added and settled once.
//!
//! A job may be several requests. Each [`Event::Answer`] counts one as answered; the next attempt is for the request after
//! it, whether it comes by [`Event::Next`] or by [`Event::Retry`]. Only a job without a picture on disk begins with its
//! first request again.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;

use super::jobs::{json, phase_of};
use super::{Learned, Store, StoreError, budget, ledger, lost, routes};
use crate::domain::{Billed, Cost, Event, Fault, FaultKind, JobId, Now, Passage, Phase, text};

/// Longest line of a job's log, in characters: an error page of a megabyte is no better than its beginning.
const LINE_MAX: usize = 2_000;

impl Store {
    /// Lets `event` happen to a job, with what was learned, in one durable commit. `Ok(None)`: the event does not apply
    /// (late or duplicate); only a log line is written.
    pub fn record(&self, id: JobId, event: Event, learned: Learned, now: Now) -> Result<Option<Phase>, StoreError> {
        self.write(|tx, revision| happen(tx, id, event, &learned, now, revision))
    }

    /// The same for several jobs in one commit; the phases of those it applied to.
    pub fn record_all(
        &self,
        ids: &[JobId],
        event: Event,
        learned: &Learned,
        now: Now,
    ) -> Result<Vec<(JobId, Phase)>, StoreError> {
        self.write(|tx, revision| {
            let mut moved = Vec::new();
            for &id in ids {
                // A wish about many jobs skips those it does not fit; that is no news for their logs.
                if phase_of(tx, id)?.and_then(|phase| phase.on(event)).is_none() {
                    continue;
                }
                moved.extend(happen(tx, id, event, learned, now, revision)?.map(|phase| (id, phase)));
            }
            Ok(moved)
        })
    }

    /// What sending a job again costs at most: one with a picture on disk goes on where it stopped.
    pub fn cost_again(&self, id: JobId) -> Result<Cost, StoreError> {
        self.read(|tx| cost_again(tx, id))
    }

    /// Writes what was learned without an event (notes, log lines).
    pub fn note(&self, id: JobId, learned: Learned, now: Now) -> Result<(), StoreError> {
        self.write(|tx, revision| {
            if phase_of(tx, id)?.is_some() {
                learn(tx, id, &learned, now)?;
                touch(tx, id, revision)?;
            }
            Ok(())
        })
    }

    /// Puts right what an engine that died left behind, before a new one starts. A job that was being prepared goes back
    /// to the queue: nothing was paid. A call that was under way may have been paid: the job is UNSURE, and is not sent
    /// again. Jobs further on stay as they are. Returns the jobs that moved.
    pub fn recover(&self, now: Now) -> Result<Vec<(JobId, Phase)>, StoreError> {
        self.sweep_incoming(now);
        let left = self.jobs_in(&[Phase::Preparing, Phase::Submitting])?;
        if left.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|tx, revision| {
            let mut moved = Vec::new();
            for job in &left {
                let (event, learned) = match job.phase {
                    Phase::Preparing => (Event::Return, went_back()),
                    _ => (Event::Lose, lost()),
                };
                let phase = happen(tx, job.id, event, &learned, now, revision)?;
                moved.extend(phase.map(|phase| (job.id, phase)));
            }
            Ok(moved)
        })
    }
}

fn went_back() -> Learned {
    Learned {
        note: Some(String::new()),
        log: Some("pinxit had stopped before anything was sent: back in the queue".into()),
        ..Learned::default()
    }
}

fn lost() -> Learned {
    let fault = Fault::new(FaultKind::Unsure, "answer_lost", "pinxit stopped while the paid call was under way.")
        .hint("It is not sent again by itself: look at the service's console, or retry and maybe pay twice.")
        .billed(Billed::Unknown);
    Learned {
        note: Some("sent, no answer: may be billed".into()),
        log: Some(
            "pinxit had stopped while the call was under way: it may have been billed, it is not repeated".into(),
        ),
        fault: Some(fault),
        ..Learned::default()
    }
}

/// One event inside a transaction.
pub(super) fn happen(
    tx: &Transaction<'_>,
    id: JobId,
    event: Event,
    learned: &Learned,
    now: Now,
    revision: i64,
) -> Result<Option<Phase>, StoreError> {
    let Some(before) = phase_of(tx, id)? else { return Ok(None) };
    let Some(after) = before.on(event) else {
        if let Some(line) = &learned.log {
            write_log(tx, id, line, now)?;
        }
        write_log(tx, id, &format!("came late, changes nothing: {} while {before}", word(event)), now)?;
        touch(tx, id, revision)?;
        return Ok(None);
    };
    tx.prepare_cached("UPDATE job SET phase = ?2, since = ?3, ended = ?4, revision = ?5 WHERE id = ?1")?
        .execute(params![id.0, after.word(), now.0, after.is_ended().then_some(now.0), revision])?;
    mark(tx, id, event, before, now)?;
    learn(tx, id, learned, now)?;
    if after.is_ended() {
        budget::release(tx, id)?;
    }
    Ok(Some(after))
}

/// What an event means for the job's row and for the call under way, beside the phase.
fn mark(tx: &Transaction<'_>, id: JobId, event: Event, before: Phase, now: Now) -> Result<(), StoreError> {
    let set = |what: &str| -> Result<(), StoreError> {
        tx.prepare_cached(&format!("UPDATE job SET {what} WHERE id = ?1"))?.execute([id.0])?;
        Ok(())
    };
    match event {
        Event::Send => {
            tx.prepare_cached("UPDATE job SET sent = ?2 WHERE id = ?1")?.execute(params![id.0, now.0])?;
            tx.prepare_cached(
                "INSERT INTO attempt (job, model, sent, stake, currency, first) SELECT id, model, ?2, reserve, currency,
                 (SELECT coalesce(max(idx) + 1, 0) FROM promise WHERE job = ?1) FROM job WHERE id = ?1",
            )?
            .execute(params![id.0, now.0])?;
        }
        Event::Return => {
            set("sent = NULL")?;
            settle(tx, id, event, now)?;
        }
        Event::Answer => {
            set("answered = answered + 1")?;
            settle(tx, id, event, now)?;
        }
        Event::Lose | Event::Fail | Event::FallShort | Event::Expire | Event::Cancel => settle(tx, id, event, now)?,
        // The task is the last request's: the next one must not be taken for it.
        Event::Next => set("task = NULL, note = '', until = NULL")?,
        Event::Retry => begin_again(tx, id, before)?,
        Event::Refetch => set("fault = NULL, note = ''")?,
        // Found after all: it is no longer in doubt, and the call is under way again.
        Event::Adopt => {
            set("fault = NULL")?;
            lost::found(tx, id)?;
        }
        Event::Hold | Event::Release | Event::Start | Event::Accept | Event::Wait | Event::Run | Event::Complete => {}
    }
    Ok(())
}

/// The fate of the call under way is known.
fn settle(tx: &Transaction<'_>, id: JobId, event: Event, now: Now) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE attempt SET settled = ?2, outcome = ?3 WHERE job = ?1 AND outcome IS NULL")?
        .execute(params![id.0, now.0, word(event)])?;
    Ok(())
}

/// What the last attempt left is no longer the job's; its attempts, its bill and its saved pictures stay.
///
/// A job with a picture on disk goes on with its next request, and addresses that are paid for and not yet fetched stay
/// with it, unless the service has forgotten them. A job without one begins with its first request.
fn begin_again(tx: &Transaction<'_>, id: JobId, before: Phase) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE job SET sent = NULL, task = NULL, request_id = NULL, actual_prompt = NULL, fault = NULL, note = '',
         unwanted = 0 WHERE id = ?1",
        [id.0],
    )?;
    let goes_on: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM image WHERE job = ?1)", [id.0], |row| row.get(0))?;
    budget::set_aside(tx, id, &again(tx, id, goes_on)?)?;
    if !goes_on {
        tx.execute("UPDATE job SET answered = 0, story = '[]' WHERE id = ?1", [id.0])?;
    }
    if !goes_on || before == Phase::Expired {
        tx.execute(
            "DELETE FROM promise WHERE job = ?1 AND idx NOT IN (SELECT idx FROM image WHERE image.job = ?1)",
            [id.0],
        )?;
    }
    Ok(())
}

/// What sending a job again costs at most: one that goes on where it stopped costs what was not billed yet.
fn again(tx: &Transaction<'_>, id: JobId, goes_on: bool) -> Result<Cost, StoreError> {
    let mut found = tx.prepare_cached("SELECT estimate, coalesce(billed_images, 0) FROM job WHERE id = ?1")?;
    let (estimate, billed): (String, i64) = found.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let cost: Cost = json(id.0, &estimate)?;
    let billed = u32::try_from(billed).unwrap_or(u32::MAX);
    Ok(if goes_on { cost.for_images(cost.images().saturating_sub(billed)) } else { cost })
}

/// The same, asked from outside: whether there is a picture to go on from is looked up.
pub(super) fn cost_again(tx: &Transaction<'_>, id: JobId) -> Result<Cost, StoreError> {
    let goes_on: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM image WHERE job = ?1)", [id.0], |row| row.get(0))?;
    again(tx, id, goes_on)
}

pub(super) fn learn(tx: &Transaction<'_>, id: JobId, learned: &Learned, now: Now) -> Result<(), StoreError> {
    let task = learned.task.as_ref().map(|task| task.0.as_str());
    tx.prepare_cached(
        "UPDATE job SET task = coalesce(?2, task), request_id = coalesce(?3, request_id),
         actual_prompt = coalesce(?4, actual_prompt), fault = coalesce(?5, fault), note = coalesce(?6, note),
         until = CASE WHEN ?6 IS NULL THEN until ELSE ?7 END WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        task,
        learned.request_id,
        learned.actual_prompt.as_deref().map(text::clean_lines),
        learned.fault.as_ref().map(to_json),
        learned.note.as_deref().map(text::clean),
        learned.until.map(|until| until.0),
    ])?;
    if learned.route.is_some() || task.is_some() || learned.request_id.is_some() {
        tx.prepare_cached(
            "UPDATE attempt SET route = coalesce(?2, route), task = coalesce(?3, task), request_id = coalesce(?4, request_id)
             WHERE id = (SELECT max(id) FROM attempt WHERE job = ?1)",
        )?
        .execute(params![id.0, learned.route, task, learned.request_id])?;
    }
    if learned.asked > 0 {
        let last = "(SELECT max(id) FROM attempt WHERE job = ?1)";
        tx.prepare_cached(&format!("UPDATE attempt SET polls = polls + ?2 WHERE id = {last}"))?
            .execute(params![id.0, learned.asked])?;
    }
    if let Some(until) = learned.wrong_route {
        routes::went_astray(tx, id, until)?;
    }
    if let Some(urls) = &learned.urls {
        promise(tx, id, urls)?;
    }
    if let Some(story) = &learned.story {
        tell(tx, id, story)?;
    }
    if let Some(images) = learned.billed {
        ledger::bill(tx, id, images, now)?;
    }
    match &learned.log {
        Some(line) => write_log(tx, id, line, now),
        None => Ok(()),
    }
}

/// Pictures to come are numbered after those the job already has from an earlier attempt. A streamed answer names its
/// pictures again with each piece: an address that is known is not a new picture.
fn promise(tx: &Transaction<'_>, id: JobId, urls: &[String]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO promise (job, idx, url) SELECT ?1, coalesce(max(idx) + 1, 0), ?2 FROM promise WHERE job = ?1
         HAVING NOT EXISTS (SELECT 1 FROM promise WHERE job = ?1 AND url = ?2)",
    )?;
    for url in urls {
        insert.execute(params![id.0, url])?;
    }
    Ok(())
}

/// The story so far. Its pictures are counted in the answer, and kept as the job numbers them.
fn tell(tx: &Transaction<'_>, id: JobId, story: &[Passage]) -> Result<(), StoreError> {
    let first: u32 = tx
        .prepare_cached("SELECT first FROM attempt WHERE job = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let kept: Vec<_> = story
        .iter()
        .map(|passage| match passage {
            Passage::Text(words) => Passage::Text(text::clean_lines(words).into_owned()),
            Passage::Picture(index) => Passage::Picture(first.saturating_add(*index)),
        })
        .collect();
    tx.prepare_cached("UPDATE job SET story = ?2 WHERE id = ?1")?.execute(params![id.0, to_json(&kept)])?;
    Ok(())
}

/// Marks the job as changed.
pub(super) fn touch(tx: &Transaction<'_>, id: JobId, revision: i64) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE job SET revision = ?2 WHERE id = ?1")?.execute(params![id.0, revision])?;
    Ok(())
}

pub(super) fn write_log(tx: &Transaction<'_>, id: JobId, line: &str, now: Now) -> Result<(), StoreError> {
    let line: String = text::clean(line).chars().take(LINE_MAX).collect();
    tx.prepare_cached("INSERT INTO log (job, at, text) VALUES (?1, ?2, ?3)")?.execute(params![id.0, now.0, line])?;
    Ok(())
}

/// An event's name as it is written down.
fn word(event: Event) -> String {
    to_json(&event).trim_matches('"').to_owned()
}

pub(super) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("domain types are plain data with text keys")
}
