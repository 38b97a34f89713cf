//! `pinxit batch run`: what is not done yet is written into the store, once, and watched.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::domain::{BatchId, Fault, FaultKind, Job, JobId, Money};
use crate::store::{Intent, NewBatch, NewJob, NewRow, Store};

use super::super::desk::{self, Works};
use super::super::generate::{Agreement, agree_to};
use super::super::jobs::{Ended, News};
use super::super::place;
use super::super::print::{self, Json};
use super::args::{DoingFlags, Told};
use super::fate::Fate;
use super::order::Orders;
use super::plan::{Line, Plan, fates};
use super::watch::{Asked, Manner, watch};
use super::{at_once, result};

/// How a batch is run.
#[derive(Debug, Clone, Copy)]
pub struct Doing<'a> {
    /// The word that was typed.
    pub command: &'static str,
    /// Rows at work at once; 0 lifts the limit there was.
    pub parallel: Option<u32>,
    /// On the emulator of its own.
    pub demo: bool,
    /// Money, time and manner.
    pub flags: &'a DoingFlags,
    /// How it is told.
    pub told: Told,
}

impl Doing<'_> {
    /// How stdout is to be JSON, if it is.
    fn form(&self) -> Option<Json> {
        self.told.form(self.flags.ndjson)
    }
}

/// Those who do the work, on the service or on the demo's.
pub fn works(config: &Config, demo: bool) -> anyhow::Result<Works> {
    if demo {
        return Works::demo(config);
    }
    // A key that is missing is worth more words than a price that is high.
    config.settings.base_url()?;
    desk::key(config)?;
    Works::real(config)
}

/// Runs it; the exit code.
pub fn run(config: &Config, what: &NewBatch, orders: Orders, doing: &Doing<'_>) -> anyhow::Result<u8> {
    let works = works(config, doing.demo)?;
    let (parallel, resend) = (at_once(doing.parallel), doing.flags.resend_unsure);
    let plan = Plan::of(&what.name, orders, (&works.store, config), (parallel, resend), desk::now())?;
    if !doing.told.quiet {
        plan.words().iter().for_each(print::say);
    }
    if plan.rows(Fate::sends) > 0 {
        plan.fits()?;
        let said = Agreement { yes: doing.flags.yes, most: doing.flags.max_cost.as_deref(), free: doing.demo, jobs: 0 };
        agree_to(config, plan.price.total(), plan.price.images, &said)?;
        prepare(&plan)?;
    }
    let news = News::of(&works.store)?;
    let begun = begin(&works.store, what, plan, resend)?;
    let zero = Money::zero(config.settings.region.currency());
    follow(works, news, begun.batch, &begun.asked, zero, doing)
}

/// Has a batch's rows done, tells what came of them and how to go on; the exit code.
pub fn follow(
    works: Works,
    news: News,
    batch: BatchId,
    asked: &Asked,
    zero: Money,
    doing: &Doing<'_>,
) -> anyhow::Result<u8> {
    works.ensure_worker()?;
    let manner = Manner { form: doing.form(), quiet: doing.told.quiet, timeout: doing.flags.timeout, zero };
    let (jobs, ended) = watch(&works, &news, batch, asked, &manner)?;
    // From here on a signal finds nobody to tell, and ends the wait for a paid call.
    drop(news);
    let goes_on = !works.is_worker();
    let store = works.store.clone();
    let is_left = ended != Ended::Job && !goes_on;
    if is_left {
        // Whoever works next must not send what the user has just stopped.
        store.pause_batch(batch, true)?;
    }
    // A paid call under way is waited for.
    works.stop();
    result::Told { command: doing.command, store: &store, batch, ended, goes_on, manner: &manner, demo: doing.demo }
        .tell(jobs)
}

/// Makes the directories pictures go to, and finds them writable: better to fail before anything is paid.
pub fn prepare(plan: &Plan) -> Result<(), Fault> {
    let outs = plan.lines.iter().filter(|line| line.fate.makes()).filter_map(|line| line.order.out.as_deref());
    let mut known: HashSet<PathBuf> = HashSet::new();
    for out in outs {
        let is_name = out.extension().is_some() && !out.as_os_str().as_encoded_bytes().ends_with(b"/");
        let directory = if is_name { out.parent().unwrap_or(out) } else { out };
        if known.insert(directory.to_owned()) {
            place::prepare(out)?;
        }
    }
    Ok(())
}

/// A batch that is under way.
#[derive(Debug)]
pub struct Begun {
    /// Which.
    pub batch: BatchId,
    /// Rows that were asked to go on.
    pub asked: Asked,
}

/// Writes down what is to be done, while no other run does: of two that are started at once, the second one joins.
pub fn begin(store: &Store, what: &NewBatch, plan: Plan, resend: bool) -> anyhow::Result<Begun> {
    let _turn = take_turn(&store.places().data)?;
    let is_over_budget = plan.is_over_budget();
    let orders: Vec<_> = plan.lines.iter().map(|line| line.order.clone()).collect();
    let now = fates(store, &orders, resend)?;
    let decided: Vec<(Line, Fate, Option<Job>)> = plan
        .lines
        .into_iter()
        .zip(now)
        .map(|(line, (fate, job))| (decide(line.fate, fate), job, line))
        .map(|(fate, job, line)| (line, fate, job))
        .collect();
    if is_over_budget && decided.iter().any(|(_, fate, _)| matches!(fate, Fate::Again(_))) {
        let message = "Not sent: all of it does not fit under the budget.";
        return Err(Fault::new(FaultKind::Budget, "budget", message)
            .hint("`pinxit batch plan` says what is left of it.")
            .into());
    }
    let batch = batch(store, what, &decided)?;
    let job = |line: &Line| {
        let row = NewRow { batch, name: line.order.name.clone(), key: line.order.key.clone() };
        let order = &line.order;
        NewJob {
            out: order.out.clone(),
            project: order.project.clone(),
            row: Some(row),
            ..NewJob::new(order.request.clone(), order.cost.clone())
        }
    };
    let new: Vec<NewJob> = decided.iter().filter(|(_, fate, _)| fate.makes()).map(|(line, ..)| job(line)).collect();
    store.enqueue(&new, desk::now())?;
    let known = decided.iter().filter(|(_, fate, _)| !fate.makes());
    let joined: Vec<(JobId, String)> =
        known.filter_map(|(line, fate, _)| Some((fate.job()?, line.order.name.clone()))).collect();
    store.join_batch(batch, &joined)?;
    let replaced: Vec<JobId> =
        decided.iter().filter_map(|(_, fate, _)| if let Fate::Anew(id) = fate { Some(*id) } else { None }).collect();
    store.clear(&replaced, true)?;
    let mut asked = Asked::new();
    for (_, fate, job) in &decided {
        let intent = match fate {
            Fate::Again(id) => Intent::Retry(*id),
            Fate::Fetch(id) => Intent::Refetch(*id),
            _ => continue,
        };
        store.ask(intent, desk::now())?;
        asked.extend(job.as_ref().map(|job| (job.id, (job.since, job.note.clone()))));
    }
    Ok(Begun { batch, asked })
}

/// What is done about a row whose fate was looked up again: nothing is sent that was not agreed to.
fn decide(planned: Fate, now: Fate) -> Fate {
    match now.job() {
        Some(id) if now.sends() && !planned.sends() => Fate::Doubt(id),
        _ => now,
    }
}

/// The batch its rows belong to: a new one, unless nothing is new and all of them are together already.
fn batch(store: &Store, what: &NewBatch, decided: &[(Line, Fate, Option<Job>)]) -> anyhow::Result<BatchId> {
    let of = |job: &Option<Job>| Some(job.as_ref()?.row.as_ref()?.batch);
    let mut batches = decided.iter().map(|(_, fate, job)| of(job).filter(|_| !fate.makes()));
    let first = batches.next().flatten();
    match first {
        Some(batch) if batches.all(|other| other == first) => {
            store.pause_batch(batch, false)?;
            if let Some(parallel) = what.parallel {
                store.set_parallel(batch, parallel)?;
            }
            Ok(batch)
        }
        _ => Ok(store.new_batch(what, desk::now())?),
    }
}

/// One run at a time looks at what there is and adds what is missing. The turn ends with the file.
pub fn take_turn(data: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(data.join("batch.lock"))?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_that_was_not_agreed_to() {
        let id = JobId(7);
        assert_eq!(decide(Fate::New, Fate::Join(id)), Fate::Join(id), "another run was first");
        assert_eq!(decide(Fate::Join(id), Fate::Anew(id)), Fate::Doubt(id), "it failed while the price was shown");
        assert_eq!(decide(Fate::Join(id), Fate::Done(id)), Fate::Done(id));
        assert_eq!(decide(Fate::Anew(id), Fate::Anew(id)), Fate::Anew(id));
    }
}
