//! What is kept back, whose turn it is, and what is out of sight. Changes of the store alone: they need no key.

use std::str::FromStr;

use clap::Args;

use crate::config::{Config, Flags, Setting};
use crate::domain::{Event, Fault, FaultKind, Job, JobId, ModelId, Phase};
use crate::store::{Learned, Store};

use super::super::numbers::{Numbers, is_ours, known, named};
use super::super::{desk, print};
use super::list::turns;
use super::verdict::Verdicts;
use super::work;

const WAITS: &str = "only a job that waits here has a turn";

/// The flags of `queue move`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pinxit queue move 18 1\n  pinxit queue move 18 down")]
pub struct MoveArgs {
    /// A job
    id: JobId,
    /// Its new turn, from 1; or up, down
    #[arg(value_name = "TURN|up|down")]
    to: To,
}

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Up,
    Down,
    Turn(usize),
}

impl FromStr for To {
    type Err = String;

    fn from_str(text: &str) -> Result<To, String> {
        match text {
            "up" => Ok(To::Up),
            "down" => Ok(To::Down),
            _ => match text.parse() {
                Ok(turn) if turn > 0 => Ok(To::Turn(turn)),
                _ => Err("write a turn from 1 on, up or down".to_owned()),
            },
        }
    }
}

/// The flags of `queue clear`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pinxit queue clear 12-18\n  pinxit queue clear --finished")]
pub struct ClearArgs {
    /// Jobs: 12, 12-18, 12,14
    #[arg(value_name = "ID", required_unless_present = "finished")]
    ids: Vec<Numbers>,
    /// Every job that has ended
    #[arg(long, conflicts_with = "ids")]
    finished: bool,
}

fn open(flags: &Flags) -> anyhow::Result<(Config, Store)> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    Ok((config, store))
}

/// Keeps everything back, or one model's jobs.
pub fn pause(flags: &Flags, model: Option<&str>) -> anyhow::Result<u8> {
    let (config, store) = open(flags)?;
    let model = model.map(|model| of_catalog(&config, model)).transpose()?;
    store.pause(model.as_ref(), true)?;
    match model {
        None => print::say("everything is paused; jobs at work go on"),
        Some(model) => print::say(format!("{model} is paused; its jobs at work go on")),
    }
    Ok(0)
}

/// Lets everything go, or one model's jobs.
pub fn resume(flags: &Flags, model: Option<&str>) -> anyhow::Result<u8> {
    let (config, store) = open(flags)?;
    let model = model.map(|model| of_catalog(&config, model)).transpose()?;
    store.pause(model.as_ref(), false)?;
    match model {
        None => print::say("nothing is paused any more"),
        Some(model) if store.paused()?.all => {
            print::say(format!("{model} is not paused by itself; everything still is: `pinxit queue resume`"));
        }
        Some(model) => print::say(format!("{model} is not paused any more")),
    }
    work::wake(&config, &store)?;
    Ok(0)
}

/// The model's name as jobs have it.
fn of_catalog(config: &Config, text: &str) -> Result<ModelId, Fault> {
    let wrong = |why: String| Fault::new(FaultKind::Invalid, "model_unknown", format!("{text}: {why}."));
    let setting = Setting::named("model").ok_or_else(|| wrong("there are no models".into()))?;
    setting.normal(text, config.known()).map(ModelId).map_err(wrong)
}

/// Keeps waiting jobs back.
pub fn hold(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let (_, store) = open(flags)?;
    let mut verdicts = Verdicts::default();
    for job in known(&store, &named(ids))? {
        match job.phase {
            Phase::Held => verdicts.yes(format!("#{} is held already", job.id)),
            _ if keep_back(&store, &job, "held back")? => verdicts.yes(format!("#{} is held back", job.id)),
            _ => verdicts.misplaced(&job, "only a job that waits here can be held back"),
        }
    }
    Ok(verdicts.exit())
}

/// Holds a job that waits; whether it did.
pub fn keep_back(store: &Store, job: &Job, log: &str) -> anyhow::Result<bool> {
    turn(store, job, Event::Hold, log)
}

/// Lets a held job go; whether it was held.
pub fn let_go(store: &Store, job: &Job) -> anyhow::Result<bool> {
    turn(store, job, Event::Release, "let go")
}

fn turn(store: &Store, job: &Job, event: Event, log: &str) -> anyhow::Result<bool> {
    // What it waited for before is no news any more.
    let learned = Learned { note: Some(String::new()), log: Some(log.to_owned()), ..Learned::default() };
    Ok(!store.record_all(&[job.id], event, &learned, desk::now())?.is_empty())
}

/// Lets held jobs go.
pub fn release(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let (config, store) = open(flags)?;
    let mut verdicts = Verdicts::default();
    for job in known(&store, &named(ids))? {
        match job.phase {
            Phase::Queued => verdicts.yes(format!("#{} waits for its turn already", job.id)),
            _ if let_go(&store, &job)? => verdicts.yes(format!("#{} waits for its turn", job.id)),
            _ => verdicts.misplaced(&job, "only a job that is held back can be let go"),
        }
    }
    work::wake(&config, &store)?;
    Ok(verdicts.exit())
}

/// Puts waiting jobs first.
pub fn front(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let (_, store) = open(flags)?;
    let jobs = known(&store, &named(ids))?;
    jobs.iter().try_for_each(|job| is_ours(&store, job))?;
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    store.to_front(&ids, desk::now())?;
    let (turns, mut verdicts) = (turns(&store)?, Verdicts::default());
    for job in &jobs {
        match turns.get(&job.id) {
            Some(turn) => verdicts.yes(format!("#{} has turn {turn}", job.id)),
            None => verdicts.misplaced(job, WAITS),
        }
    }
    Ok(verdicts.exit())
}

/// Gives a waiting job another turn.
pub fn shift(flags: &Flags, args: &MoveArgs) -> anyhow::Result<u8> {
    let (_, store) = open(flags)?;
    let jobs = known(&store, &[args.id])?;
    let mut verdicts = Verdicts::default();
    for job in &jobs {
        is_ours(&store, job)?;
        let Some(&turn) = turns(&store)?.get(&job.id) else {
            verdicts.misplaced(job, WAITS);
            continue;
        };
        let by = match args.to {
            To::Up => -1,
            To::Down => 1,
            To::Turn(to) => isize::try_from(to).unwrap_or(isize::MAX).saturating_sub_unsigned(turn),
        };
        store.shift(job.id, by)?;
        let turns = turns(&store)?;
        let now = turns.get(&job.id).copied().unwrap_or(turn);
        verdicts.yes(format!("#{} has turn {now} of {}", job.id, turns.len()));
    }
    Ok(verdicts.exit())
}

/// Puts ended jobs out of sight.
pub fn clear(flags: &Flags, args: &ClearArgs) -> anyhow::Result<u8> {
    let (_, store) = open(flags)?;
    if args.finished {
        let ended = store.listed(true, false)?.into_iter().filter(|job| job.phase.is_ended());
        let ids: Vec<_> = ended.map(|job| job.id).collect();
        let word = if ids.len() == 1 { "job is" } else { "jobs are" };
        print::say(format!("{} {word} out of sight; `pinxit queue --cleared` shows what was cleared", ids.len()));
        store.clear(&ids, true)?;
        return Ok(0);
    }
    sight(&store, &args.ids, true)
}

/// Brings cleared jobs back.
pub fn unclear(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let (_, store) = open(flags)?;
    sight(&store, ids, false)
}

fn sight(store: &Store, ids: &[Numbers], cleared: bool) -> anyhow::Result<u8> {
    let jobs = known(store, &named(ids))?;
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    store.clear(&ids, cleared)?;
    let mut verdicts = Verdicts::default();
    for job in &jobs {
        match (job.phase.is_ended(), cleared) {
            (true, true) => verdicts.yes(format!("#{} is out of sight", job.id)),
            (true, false) => verdicts.yes(format!("#{} is in sight", job.id)),
            (false, true) => verdicts.misplaced(job, "only a job that has ended can be cleared"),
            (false, false) => verdicts.yes(format!("#{} is in sight", job.id)),
        }
    }
    Ok(verdicts.exit())
}
