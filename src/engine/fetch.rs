//! From the answer to pictures on disk, and how the engine's steps are written down.
//!
//! The pictures are paid for: each is tried until it is here or the service no longer has it.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::life::KEPT;
use super::part;
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::Partial;
use crate::domain::text::span;
use crate::domain::{Billed, Event, Fault, FaultKind, Job, JobId, Phase, Request, Stamp};
use crate::store::{Learned, StoreError};

/// Pictures brought home at once.
const AT_ONCE: usize = 4;

/// Tries of a picture whose fault says that trying again will not help.
const HOPELESS_TIMES: u32 = 5;

/// Tries of a picture whose bytes come, but broken: what is broken on the service stays broken.
const BROKEN_TIMES: u32 = 12;

impl<R: Remote> Worker<R> {
    /// Brings every missing picture home, and goes on with the next request or ends the job.
    pub(super) async fn fetch(&self, live: &Live) -> ControlFlow<()> {
        let Some(job) = self.job(live.id).await else { return Break(()) };
        if self.stopping.get() || job.phase != Phase::Fetching {
            return Break(());
        }
        let missing = self.insist(live.id, |worker| worker.store.missing(live.id)).await;
        let wanted = missing.len();
        let mut lost: Vec<Fault> = stream::iter(missing)
            .map(|(index, url)| self.bring(&job, index, url))
            .buffer_unordered(AT_ONCE)
            .filter_map(async |brought| brought.err())
            .collect()
            .await;
        let Some(job) = self.job(live.id).await else { return Break(()) };
        // Where nothing can be brought home nothing more is paid for.
        if self.has_next(&job) && (lost.is_empty() || lost.len() < wanted) {
            self.go_on(&job).await;
            return Break(());
        }
        lost.extend(self.write_story(&job).err());
        self.end(&job, lost).await;
        Continue(())
    }

    /// The story beside its pictures; before the job ends, so that whoever sees the end sees it.
    fn write_story(&self, job: &Job) -> Result<(), Fault> {
        if !job.story.is_empty() {
            self.store.write_story(job.id, self.clock.now()).map_err(here)?;
        }
        Ok(())
    }

    /// One picture, until it is on disk, the service no longer has it, or there is no hope. A try that brought bytes which
    /// can be gone on with is not in vain, and the next comes soon.
    pub(super) async fn bring(&self, job: &Job, index: u32, url: String) -> Result<(), Fault> {
        let gone = kept_until(job);
        let (mut partial, mut furthest, mut in_vain) = (Partial::default(), 0, 0);
        for tries in 1_u32.. {
            let fault = match self.bring_once(job, index, &url, &mut partial).await {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            };
            in_vain = if partial.bytes() > furthest { 1 } else { in_vain + 1 };
            furthest = furthest.max(partial.bytes());
            let now = self.clock.now();
            let wait = self.pause_after(in_vain - 1);
            if in_vain >= most_tries(&fault) || self.at_least().after(wait) > gone {
                self.log(job.id, format!("picture {} given up after {tries} tries: {fault}", index + 1)).await;
                return Err(fault);
            }
            let saved = self.saved(job.id).await;
            let until = now.after(wait);
            let note = Some(format!("{saved} saved, retrying #{}", index + 1));
            let log = Some(format!("picture {}, try {tries}: {fault}", index + 1));
            self.note(job.id, Learned { note, until: Some(until), log, ..Learned::default() }).await;
            self.clock.sleep_until(until).await;
        }
        Ok(())
    }

    async fn bring_once(&self, job: &Job, index: u32, url: &str, partial: &mut Partial) -> Result<(), Fault> {
        let dir = self.store.incoming(job).map_err(here)?;
        let found = self.remote.download(url, &dir, partial).await;
        if let Some((at, of)) = partial.went_on() {
            self.log(job.id, format!("picture {} went on at {} of {}", index + 1, size(at), size(of))).await;
        }
        let found = found?;
        let keeping = self.keeping(job).await;
        let (file, facts) = self.inscribed(job, index, found, keeping.metadata).await;
        let request = Request { seed: self.seed_of(job, index), ..(*job.request).clone() };
        let seeded = Job { request: Arc::new(request), ..job.clone() };
        let image = self.store.keep(&seeded, index, file, facts, self.clock.now()).map_err(here)?;
        if keeping.sidecar {
            self.set_beside(job, index, &image.path, keeping.metadata).await;
        }
        let saved = self.saved(job.id).await;
        self.say(job.id, format!("{saved} saved")).await;
        Ok(())
    }

    /// All, some or none are here.
    async fn end(&self, job: &Job, lost: Vec<Fault>) {
        let (here, of) = (job.images.len(), job.expected);
        // What the service did not make was said with the answer.
        let unmade = job.fault.clone().filter(part::is_unmade);
        let fault = lost.into_iter().next().map(|first| {
            let (kind, said) = match here {
                0 => (first.kind, "No picture could be saved".to_owned()),
                _ => (FaultKind::Partial, format!("{here} of {of} pictures were saved")),
            };
            let also = unmade.as_ref().map(|fault| format!(" {}", fault.message)).unwrap_or_default();
            let message = format!("{said}: {}{also}", first.message);
            self.rest_unsent(job, Fault { kind, message, billed: Billed::Yes, ..first })
        });
        let is_too_late = self.at_least().after(self.pace.longest_retry) > kept_until(job);
        let fault = fault.map(|fault| if here == 0 && is_too_late { forgotten(job, fault) } else { fault });
        let (event, said) = match (&fault, &unmade) {
            (Some(_), _) if here == 0 && is_too_late => (Event::Expire, "the service kept the pictures for a day"),
            (Some(_), _) if here == 0 => (Event::Fail, "no picture could be saved"),
            (None, None) => (Event::Complete, "all pictures saved"),
            _ => (Event::FallShort, "not all pictures could be had"),
        };
        let took = job.sent.map(|sent| format!(" after {}", span(self.clock.now().since(sent)))).unwrap_or_default();
        let log = Some(format!("{said}: {here} of {of}{took}"));
        let note = Some(match job.billed_images {
            Some(billed) if billed != of => format!("{here}/{of} saved, {billed} billed"),
            _ => format!("{here}/{of} saved"),
        });
        self.record(job.id, event, Learned { fault: fault.or(unmade), note, log, ..Learned::default() }).await;
    }

    /// `1/4`
    async fn saved(&self, id: JobId) -> String {
        self.job(id).await.map(|job| format!("{}/{}", job.images.len(), job.expected)).unwrap_or_default()
    }

    /// A job as it is now.
    pub(super) async fn job(&self, id: JobId) -> Option<Job> {
        self.insist(id, |worker| worker.store.job(id)).await
    }

    /// Writes an event down; `None` when it does not apply.
    pub(super) async fn record(&self, id: JobId, event: Event, learned: Learned) -> Option<Phase> {
        self.insist(id, |worker| worker.store.record(id, event, learned.clone(), worker.now())).await
    }

    /// Writes down what was learned.
    pub(super) async fn note(&self, id: JobId, learned: Learned) {
        self.insist(id, |worker| worker.store.note(id, learned.clone(), worker.now())).await;
    }

    /// What the job is doing now.
    pub(super) async fn say(&self, id: JobId, note: String) {
        self.note(id, Learned { note: Some(note), ..Learned::default() }).await;
    }

    /// A line for the job's log.
    pub(super) async fn log(&self, id: JobId, line: String) {
        self.note(id, Learned { log: Some(line), ..Learned::default() }).await;
    }

    fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// Uses the store until it works: a disk that is full for an hour must not cost a task id or an answer that is paid for.
    pub(super) async fn insist<T>(&self, id: JobId, work: impl Fn(&Self) -> Result<T, StoreError>) -> T {
        let mut tries = 0;
        loop {
            match work(self) {
                Ok(done) => return done,
                Err(error) => tracing::error!("job {id} cannot be written down, trying again: {error}"),
            }
            self.clock.sleep(self.pause_after(tries)).await;
            tries += 1;
        }
    }
}

/// The service keeps pictures for a day from the answer on.
fn kept_until(job: &Job) -> Stamp {
    job.since.after(KEPT)
}

/// The day is over, and no picture came.
fn forgotten(job: &Job, fault: Fault) -> Fault {
    let whose = job.task.as_ref().map_or_else(String::new, |task| format!(" of task {task}"));
    let message =
        format!("The service kept the pictures{whose} for 24 hours, and none could be fetched: {}", fault.message);
    Fault { code: "expired".into(), message, retryable: false, ..fault }
}

/// How often a picture is tried that fails like this; trouble on the way is tried until the service forgets the picture.
fn most_tries(fault: &Fault) -> u32 {
    match fault.code.as_str() {
        _ if !fault.retryable => HOPELESS_TIMES,
        "truncated" | "damaged" => BROKEN_TIMES,
        _ => u32::MAX,
    }
}

/// `3.1 MB`, `84 KB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Trouble on this machine can be mended while the service still has the picture.
fn here(error: StoreError) -> Fault {
    Fault::from(error).retryable().billed(Billed::Yes)
}
