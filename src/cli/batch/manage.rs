//! Batches that are there: `list`, `status`, `pause`, `resume`, `stop`, `retry`. None of them sends anything but `resume`
//! and `retry`.

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::config::Config;
use crate::domain::{Batch, Fault, FaultKind, Job, JobId, Money, text};
use crate::store::{Intent, Store};

use super::super::desk;
use super::super::generate::{Agreement, agree_to};
use super::super::jobs::News;
use super::super::print;
use super::args::{DoingFlags, OneArgs, RetryArgs, Told, batch_id};
use super::fate::{Fate, cost_again};
use super::plan::{Sum, count, fate_of};
use super::result::{row, summary};
use super::run::{Doing, follow, works};
use super::tally::{Tally, trouble};
use super::watch::Asked;

/// Rows named in a status, at most.
const NAMED: usize = 40;

/// A batch by its number, or the newest one of a file.
pub fn find(store: &Store, which: &str) -> anyhow::Result<Batch> {
    let batches = store.batches()?;
    let found = match batch_id(which) {
        Some(id) => batches.into_iter().find(|batch| batch.id == id),
        None => {
            let path = std::path::absolute(which)?;
            batches.into_iter().rev().find(|batch| batch.counts.all() > 0 && batch.source.as_deref() == Some(&path))
        }
    };
    let unknown = || {
        let message = format!("There is no batch {}.", text::clean(which));
        Fault::new(FaultKind::Invalid, "batch_unknown", message).hint("`pinxit batch` lists those there are.")
    };
    Ok(found.ok_or_else(unknown)?)
}

/// The batches that have rows, newest first.
pub fn list(config: &Config, told: Told) -> anyhow::Result<u8> {
    let store = desk::store(config)?;
    let mut batches = store.batches()?;
    batches.retain(|batch| batch.counts.all() > 0);
    if told.json {
        print::json(&json!({"schema": "pinxit.batches/1", "batches": batches.iter().map(about).collect::<Vec<_>>()}))?;
        return Ok(0);
    }
    if batches.is_empty() && !told.quiet {
        print::say("There are no batches. `pinxit batch plan FILE` shows what a file comes to.");
    }
    for batch in batches.iter().rev() {
        print::line(print::cut(&line(batch), print::columns()))?;
    }
    Ok(0)
}

/// `b3  22/48  22 done, 1 failed, 25 waiting  spring.jsonl`.
fn line(batch: &Batch) -> String {
    let counts = &batch.counts;
    let words = [
        (counts.done, "done"),
        (counts.partial, "partly done"),
        (counts.failed, "failed"),
        (counts.unsure, "unsure"),
        (counts.cancelled, "cancelled"),
        (counts.live, "at work"),
        (counts.waiting, "waiting"),
    ];
    let words: Vec<_> =
        words.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let over = counts.over();
    let paused = if batch.paused { "  PAUSED" } else { "" };
    let name = text::clean(&batch.name);
    format!("b{:<3} {:>9}  {}{paused}  {name}", batch.id.0, format!("{over}/{}", counts.all()), words.join(", "))
}

fn about(batch: &Batch) -> Value {
    let counts = &batch.counts;
    json!({
        "batch": batch.id.to_string(),
        "name": batch.name,
        "source": batch.source,
        "created": batch.created.0,
        "parallel": batch.parallel,
        "paused": batch.paused,
        "rows": counts.all(),
        "waiting": counts.waiting,
        "running": counts.live,
        "done": counts.done,
        "partial": counts.partial,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "unsure": counts.unsure,
    })
}

/// How far a batch has come, and what is wrong.
pub fn status(config: &Config, args: &OneArgs) -> anyhow::Result<u8> {
    let store = desk::store(config)?;
    let batch = find(&store, &args.which)?;
    let jobs = store.batch_jobs(batch.id)?;
    if args.told.json {
        let mut told = about(&batch);
        told["schema"] = "pinxit.batch-status/1".into();
        told["list"] = jobs.iter().map(row).collect();
        print::json(&told)?;
        return Ok(0);
    }
    let tally = Tally::of(jobs.iter(), zero(config), desk::now());
    let paused = if batch.paused { ", PAUSED" } else { "" };
    print::line(format!("b{}{paused}  {}", batch.id, text::clean(&batch.name)))?;
    print::line(format!("  {} of {} planned", summary(&tally), tally.planned.words()))?;
    let wrong: Vec<_> = jobs.iter().filter_map(|job| trouble(name(job), job)).collect();
    wrong.iter().take(NAMED).try_for_each(|line| print::line(format!("  {line}")))?;
    if wrong.len() > NAMED {
        print::line(format!("  and {}; --json has them all", count(wrong.len() - NAMED, "more row")))?;
    }
    Ok(0)
}

/// The name of a job's row.
pub fn name(job: &Job) -> &str {
    job.row.as_ref().map_or("", |row| &row.name)
}

fn zero(config: &Config) -> Money {
    Money::zero(config.settings.region.currency())
}

/// Keeps back what waits.
pub fn pause(config: &Config, args: &OneArgs) -> anyhow::Result<u8> {
    let store = desk::store(config)?;
    let batch = find(&store, &args.which)?;
    store.pause_batch(batch.id, true)?;
    tell(&store, &batch, args.told, &|batch| {
        let counts = &batch.counts;
        let (waiting, live) = (count(counts.waiting as usize, "row"), count(counts.live as usize, "row"));
        format!("b{} is paused: {waiting} kept back, {live} at work to the end", batch.id)
    })
}

/// Cancels what waits; what is at work goes on.
pub fn stop(config: &Config, args: &OneArgs) -> anyhow::Result<u8> {
    let store = desk::store(config)?;
    let batch = find(&store, &args.which)?;
    let (stopped, begun) = store.stop_batch(batch.id, desk::now())?;
    // Some of their pictures are here: whoever works on them knows how they end.
    begun.iter().try_for_each(|id| store.ask(Intent::Cancel(*id), desk::now()))?;
    let stopped = stopped + begun.len();
    tell(&store, &batch, args.told, &|batch| {
        let live = match batch.counts.live {
            0 => String::new(),
            live => format!(", {} at work to the end", count(live as usize, "row")),
        };
        format!("b{} is stopped: {} cancelled, nothing billed for those{live}", batch.id, count(stopped, "row"))
    })
}

fn tell(store: &Store, batch: &Batch, told: Told, words: &dyn Fn(&Batch) -> String) -> anyhow::Result<u8> {
    let batch = store.batch(batch.id)?.unwrap_or_else(|| batch.clone());
    if told.json {
        print::json(&json!({"schema": "pinxit.batches/1", "batches": [about(&batch)]}))?;
    }
    if !told.quiet {
        print::say(words(&batch));
    }
    Ok(0)
}

/// Lets a paused batch go on, with another limit where one is given, and watches it.
pub fn resume(
    config: &Config,
    (which, parallel): (&str, Option<u32>),
    flags: &DoingFlags,
    told: Told,
) -> anyhow::Result<u8> {
    let batch = find(&desk::store(config)?, which)?;
    let works = works(config, false)?;
    let news = News::of(&works.store)?;
    if let Some(most) = parallel {
        works.store.set_parallel(batch.id, most)?;
    }
    works.store.pause_batch(batch.id, false)?;
    let doing = Doing { command: "batch", parallel: None, demo: false, flags, told };
    follow(works, news, batch.id, &Asked::new(), zero(config), &doing)
}

/// Sends failed rows again, by the jobs they have.
pub fn retry(config: &Config, args: &RetryArgs) -> anyhow::Result<u8> {
    let batch = find(&desk::store(config)?, &args.which)?;
    let works = works(config, false)?;
    let store = works.store.clone();
    let jobs = store.batch_jobs(batch.id)?;
    if let Some(unknown) = args.rows.iter().find(|wanted| !jobs.iter().any(|job| name(job) == wanted.as_str())) {
        let message = format!("b{} has no row {}.", batch.id, text::clean(unknown));
        return Err(Fault::new(FaultKind::Invalid, "row_unknown", message).into());
    }
    let wanted = |job: &&Job| args.rows.is_empty() || args.rows.iter().any(|wanted| name(job) == wanted);
    let mut chosen = Chosen::default();
    for job in jobs.iter().filter(wanted) {
        chosen.add(&store, config, job, args.doing.resend_unsure)?;
    }
    let price = Sum::of(chosen.again.iter().map(|(_, cost)| cost), zero(config));
    if !args.told.quiet {
        chosen.words(&price).iter().for_each(print::say);
    }
    if chosen.again.is_empty() && chosen.fetch.is_empty() {
        let code = if chosen.doubt > 0 { FaultKind::Budget } else { FaultKind::Invalid };
        let message = "Nothing is sent: no row failed that can be sent again as it is.";
        return Err(Fault::new(code, "nothing_to_retry", message).into());
    }
    if !chosen.again.is_empty() {
        let said = Agreement { yes: args.doing.yes, most: args.doing.max_cost.as_deref(), free: false, jobs: 0 };
        agree_to(config, price.total(), price.images, &said)?;
    }
    let news = News::of(&store)?;
    let mut asked = Asked::new();
    let wishes =
        chosen.again.iter().map(|(id, _)| Intent::Retry(*id)).chain(chosen.fetch.iter().map(|id| Intent::Refetch(*id)));
    for wish in wishes {
        store.ask(wish, desk::now())?;
        let job = jobs.iter().find(|job| job.id == wish.job());
        asked.extend(job.map(|job| (job.id, (job.since, job.note.clone()))));
    }
    store.pause_batch(batch.id, false)?;
    let doing = Doing { command: "batch", parallel: None, demo: false, flags: &args.doing, told: args.told };
    follow(works, news, batch.id, &asked, zero(config), &doing)
}

/// Requests a job is sent as.
pub fn parts(catalog: &Catalog, job: &Job) -> u32 {
    let model = catalog.get(job.request.model.as_str());
    model.map_or(1, |model| u32::try_from(model.parts(&job.request).len()).unwrap_or(u32::MAX))
}

/// Rows of a batch that are to go on.
#[derive(Debug, Default)]
struct Chosen {
    again: Vec<(JobId, crate::domain::Cost)>,
    fetch: Vec<JobId>,
    doubt: usize,
}

impl Chosen {
    fn add(&mut self, store: &Store, config: &Config, job: &Job, resend: bool) -> anyhow::Result<()> {
        let parts = parts(&config.catalog, job);
        let is_whole = !job.images.is_empty() && job.answered >= parts;
        match fate_of(store, job, parts, resend)? {
            // Its job has nothing left to send.
            Fate::Anew(_) if is_whole => self.doubt += 1,
            Fate::Anew(id) | Fate::Again(id) => self.again.push((id, cost_again(job))),
            Fate::Fetch(id) => self.fetch.push(id),
            Fate::Unsure(_) | Fate::Doubt(_) => self.doubt += 1,
            Fate::New | Fate::Join(_) | Fate::Done(_) => {}
        }
        Ok(())
    }

    fn words(&self, price: &Sum) -> Vec<String> {
        let again = (!self.again.is_empty())
            .then(|| format!("{} sent again: up to {}", count(self.again.len(), "row"), price.words()));
        let fetch = (!self.fetch.is_empty())
            .then(|| format!("{} fetched: paid for and not here, costs nothing", count(self.fetch.len(), "row")));
        let doubt = (self.doubt > 0).then(|| {
            format!("{} left alone: may have been billed (--resend-unsure sends them again)", count(self.doubt, "row"))
        });
        [again, fetch, doubt].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BatchId, Counts, Stamp};

    #[test]
    fn a_batch_is_a_line() {
        let batch = Batch {
            id: BatchId(3),
            name: "spring\x1b.jsonl".into(),
            source: None,
            created: Stamp(1),
            parallel: None,
            paused: true,
            counts: Counts { done: 22, failed: 1, live: 2, waiting: 23, ..Counts::default() },
        };
        assert_eq!(line(&batch), "b3       23/48  22 done, 1 failed, 2 at work, 23 waiting  PAUSED  spring␛.jsonl");
    }

    #[test]
    fn a_batch_is_named_as_it_is_shown() {
        assert_eq!(
            [batch_id("b3"), batch_id("3"), batch_id("b0"), batch_id("b.jsonl")],
            [Some(BatchId(3)), Some(BatchId(3)), None, None]
        );
    }
}
