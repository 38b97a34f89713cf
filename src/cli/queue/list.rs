//! `pinxit queue list`: which jobs, in which order, as a table or as `pinxit.queue/1`.

use std::collections::HashMap;

use clap::Args;
use serde_json::{Value, json};

use crate::config::Flags;
use crate::domain::{Batch, Cost, Job, JobId, Money, Phase, Stamp, text};
use crate::store::{Paused, Store};

use super::super::{desk, envelope, print};
use super::filter::Word;
use super::table;

/// The flags of `queue list`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pinxit queue list --all state:failed model:wan2.7*")]
pub struct ListArgs {
    /// Jobs that have ended too
    #[arg(long)]
    pub all: bool,
    /// And those that were cleared
    #[arg(long)]
    pub cleared: bool,
    /// One JSON object on stdout (`pinxit.queue/1`)
    #[arg(long)]
    pub json: bool,
    /// Only jobs of which all these words hold
    #[arg(value_name = "FILTER")]
    pub filter: Vec<Word>,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The job.
    pub job: Job,
    /// Its turn among all that wait here, from 1.
    pub turn: Option<usize>,
}

/// Lists.
pub fn list(flags: &Flags, args: &ListArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let ended = args.all || args.cleared || args.filter.iter().any(Word::asks_for_ended);
    let turns = turns(&store)?;
    let mut entries: Vec<_> = store
        .listed(ended, args.cleared)?
        .into_iter()
        .filter(|job| args.filter.iter().all(|word| word.holds(job)))
        .map(|job| Entry { turn: turns.get(&job.id).copied(), job })
        .collect();
    entries.sort_by_key(|entry| rank(&entry.job));
    let (paused, batches) = (store.paused()?, store.batches()?);
    if args.json {
        print::json(&document(&entries, &paused, &batches, desk::now()))?;
        return Ok(0);
    }
    table::rows(&entries, print::columns(), desk::now()).iter().try_for_each(print::line)?;
    print::say(match (entries.is_empty(), args.filter.is_empty()) {
        (true, true) => "The queue is empty.".to_owned(),
        (true, false) => "No job is like that.".to_owned(),
        (false, _) => summary(&entries),
    });
    if let Some(command) = args.filter.first().and_then(Word::near_command).filter(|_| entries.is_empty()) {
        print::say(format!("Did you mean `pinxit queue {command}`?"));
    }
    pauses(&paused, &batches).iter().for_each(print::say);
    Ok(0)
}

/// The turn of each job of this service that waits, from 1.
pub fn turns(store: &Store) -> anyhow::Result<HashMap<JobId, usize>> {
    let mut waiting = store.jobs_in(&[Phase::Held, Phase::Queued])?;
    waiting.sort_by_key(|job| (job.place, job.id));
    Ok(waiting.iter().map(|job| job.id).zip(1..).collect())
}

/// At work, waiting by turn, in need of a decision, ended from the newest back.
fn rank(job: &Job) -> (u8, i64, i64) {
    match job.phase {
        phase if phase.is_live() => (0, 0, job.id.0),
        Phase::Held | Phase::Queued => (1, job.place, job.id.0),
        Phase::Unsure => (2, 0, job.id.0),
        _ => (3, 0, -job.id.0),
    }
}

/// `2 running, 5 waiting, 1 needs a decision`
fn summary(entries: &[Entry]) -> String {
    let count = |wanted: fn(Phase) -> bool| entries.iter().filter(|entry| wanted(entry.job.phase)).count();
    let unsure = count(|phase| phase == Phase::Unsure);
    let needs = if unsure == 1 { "needs a decision" } else { "need a decision" };
    let parts = [
        (count(Phase::is_live), "running"),
        (count(|phase| phase == Phase::Queued), "waiting"),
        (count(|phase| phase == Phase::Held), "held"),
        (unsure, needs),
        (count(Phase::is_ended), "ended"),
    ];
    let told: Vec<_> = parts.iter().filter(|(count, _)| *count > 0).map(|(n, word)| format!("{n} {word}")).collect();
    told.join(", ")
}

/// What is kept back, in sentences.
fn pauses(paused: &Paused, batches: &[Batch]) -> Vec<String> {
    let mut said = vec![];
    if paused.all {
        said.push("everything is paused: `pinxit queue resume` lets it go".to_owned());
    }
    let model = |model| format!("{model} is paused: `pinxit queue resume {model}` lets it go");
    said.extend(paused.models.iter().map(model));
    let waits = batches.iter().filter(|batch| batch.paused && batch.counts.waiting > 0);
    said.extend(waits.map(|batch| format!("batch {} ({}) is paused", batch.id, text::clean(&batch.name))));
    said
}

fn document(entries: &[Entry], paused: &Paused, batches: &[Batch], now: Stamp) -> Value {
    let models: Vec<_> = paused.models.iter().map(|model| model.as_str()).collect();
    let stopped: Vec<_> = batches.iter().filter(|batch| batch.paused).map(|batch| batch.id).collect();
    json!({
        "schema": "pinxit.queue/1",
        "paused": {"all": paused.all, "models": models, "batches": stopped},
        "jobs": entries.iter().map(|entry| row(entry, now)).collect::<Vec<_>>(),
    })
}

fn row(entry: &Entry, now: Stamp) -> Value {
    let Entry { job, turn } = entry;
    let request = &job.request;
    let estimate = match &job.estimate {
        Cost::Known { unit, .. } => Some(unit.currency),
        Cost::Unknown { .. } => None,
    };
    json!({
        "id": job.id.to_string(),
        "state": job.phase.word(),
        "turn": turn,
        "model": request.model,
        "mode": request.mode.id(),
        "prompt": request.prompt,
        "images": job.estimate.images(),
        "saved": job.images.len(),
        "seed": request.seed,
        "created": job.created,
        "since": job.since,
        "sent": job.sent,
        "ended": job.ended,
        "age_s": job.elapsed(now).as_secs(),
        "estimate": {"amount": job.estimate.total().map(Money::units), "currency": estimate},
        "cost": envelope::cost(job),
        "project": job.project,
        "batch": job.row.as_ref().map(|row| row.batch),
        "row": job.row.as_ref().map(|row| &row.name),
        "task_id": job.task,
        "note": job.note,
        "until": job.until,
        "cleared": job.cleared,
        "error": job.fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;

    #[test]
    fn jobs_stand_at_work_by_turn_in_doubt_and_ended() {
        let job = |id, phase, place| Job { id: JobId(id), phase, place, ..sample::job() };
        let mut jobs = [
            job(1, Phase::Done, 1),
            job(2, Phase::Failed, 2),
            job(3, Phase::Unsure, 3),
            job(4, Phase::Queued, 9),
            job(5, Phase::Held, 5),
            job(6, Phase::Running, 6),
        ];
        jobs.sort_by_key(rank);
        assert_eq!(jobs.map(|job| job.id.0), [6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn what_is_paused_is_said_with_the_way_back() {
        let paused = Paused { all: true, models: [crate::domain::ModelId::from("wan2.7-image")].into() };
        let said = pauses(&paused, &[]);
        assert!(
            said[0].starts_with("everything is paused") && said[1].contains("queue resume wan2.7-image"),
            "{said:?}"
        );
        assert_eq!(pauses(&Paused::default(), &[]), [""; 0]);
    }
}
