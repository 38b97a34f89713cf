//! Who carries out what the queue's commands ask for: a worker that outlives us, or, where there is none, we.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::domain::{Fault, FaultKind, Job, JobId};
use crate::engine::{self, Engine};
use crate::store::Store;

use super::super::desk::Works;
use super::super::jobs::{Ended, Manner, News, Waiting, end_of, summary};
use super::super::numbers::known;
use super::super::print;
use super::verdict::Verdicts;

/// How long a worker that is at work takes to hear of a wish, at most.
const HEARD: Duration = Duration::from_secs(10);
/// A change can be missed: then this is how late it is seen.
const SAFETY_NET: Duration = Duration::from_secs(2);

/// Has a worker take up what may go now. The change that let it go stands, whether or not one can be had.
pub fn wake(config: &Config, store: &Store) -> anyhow::Result<()> {
    if !engine::has_due(store)? || Engine::holder(store.places()).is_some() {
        return Ok(());
    }
    if !config.settings.background || config.key.is_none() {
        print::say("nobody is at work here: `pinxit wait --all` carries it out");
        return Ok(());
    }
    let woken = Works::real(config).and_then(|works| {
        works.ensure_worker()?;
        works.stop();
        Ok(())
    });
    if let Err(error) = woken {
        print::say(format!("note: nobody is at work on it: {error:#}"));
    }
    Ok(())
}

/// Writes wishes and has them carried out. With a worker beside us it returns when that has heard of them; otherwise we see
/// the jobs through. `ask` writes the wishes and tells which jobs they are about; those that were not touched by a worker
/// in time come back as they were.
pub fn set_going(
    config: &Config,
    jobs: &[Job],
    verdicts: &mut Verdicts,
    ask: impl FnOnce(&Store, &mut Verdicts) -> anyhow::Result<Vec<JobId>>,
) -> anyhow::Result<Vec<Job>> {
    let works = Works::real(config)?;
    let store = works.store.clone();
    let news = News::of(&store)?;
    let lines = jobs.iter().map(|job| Ok((job.id, store.log(job.id)?.len()))).collect::<anyhow::Result<Vec<_>>>()?;
    let ids = ask(&store, verdicts)?;
    works.ensure_worker()?;
    let asked: Vec<_> = lines.into_iter().filter(|(id, _)| ids.contains(id)).collect();
    hear(&store, &asked)?;
    if works.is_worker() {
        let manner = Manner::about("queue", Waiting::default(), &config.catalog);
        // A wish that came to nothing left its job where it was.
        let has_moved = |job: &Job| jobs.iter().all(|before| before.id != job.id || before.since != job.since);
        let moved: Vec<_> =
            known(&store, &ids)?.iter().filter(|job| has_moved(job)).map(|job| (job.id, None)).collect();
        let ended = news.see_through(&works, &moved, &manner, &[])?;
        drop(news);
        works.stop();
        for (id, _) in ended.iter().filter(|(_, ended)| *ended == Ended::Job) {
            let job = known(&store, &[*id])?.remove(0);
            match end_of(&manner, &job) {
                None => print::say(summary(&job)),
                Some(fault) => verdicts.no(&fault),
            }
        }
    } else {
        drop(news);
        works.stop();
    }
    known(&store, &ids)
}

/// Waits until something was written about each job behind so many lines of its log; not for long.
fn hear(store: &Store, jobs: &[(JobId, usize)]) -> anyhow::Result<()> {
    let (bell, woken) = channel();
    let _watch = store.watch(move || {
        let _ = bell.send(());
    })?;
    let deadline = Instant::now() + HEARD;
    for (id, lines) in jobs {
        while store.log(*id)?.len() <= *lines {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let _ = woken.recv_timeout(left.min(SAFETY_NET));
        }
    }
    Ok(())
}

/// A wish that a worker has not heard of yet, or that came to nothing.
pub fn unheard(job: &Job) -> Fault {
    let why = if job.note.is_empty() { "nobody has taken it up yet" } else { job.note.as_str() };
    Fault::new(FaultKind::Unfinished, "not_yet", format!("#{} is {}: {why}.", job.id, job.phase))
        .hint(format!("`pinxit watch {}` tells what happens.", job.id))
}
