//! Watching jobs until they end: woken by the store, never by the clock alone.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::Args;

use crate::catalog::Catalog;
use crate::domain::{Job, JobId, Phase, Stamp};
use crate::engine;
use crate::store::{Store, Watch};

use super::super::desk::Works;
use super::super::preview::Screen;
use super::super::print::Json;
use super::super::signals::{self, HangUp};
use super::report::Report;

/// A change can be missed (a network file system tells nothing): then this is how late it is seen.
const SAFETY_NET: Duration = Duration::from_secs(5);

/// What woke us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woke {
    /// The store changed.
    Changed,
    /// The user wants to stop.
    Stop,
}

/// What there is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The store changed.
    Change,
    /// The user wants to stop.
    Stop,
    /// Nothing, for as long as was waited.
    Nothing,
}

/// Why we stopped watching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The job goes no further by itself.
    Job,
    /// The time is up.
    Late,
    /// The user stopped us.
    Stopped,
}

/// What a command writes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The pictures' paths.
    Paths,
    /// JSON.
    Json(Json),
    /// The pictures themselves.
    Bytes,
}

impl Form {
    /// One JSON object, or paths.
    pub fn of(json: bool) -> Form {
        if json { Form::Json(Json::Object) } else { Form::Paths }
    }
}

/// How a command speaks, and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// The word that was typed.
    pub command: &'static str,
    /// What goes to stdout.
    pub form: Form,
    /// Pictures are shown there too, once they are saved.
    pub preview: Option<&'a Screen>,
    /// Say nothing on the way.
    pub quiet: bool,
    /// On the emulator of its own.
    pub demo: bool,
    /// The work goes on without the command.
    pub background: bool,
    /// Seconds to wait, for all jobs together.
    pub timeout: Option<u64>,
    /// What is known about models.
    pub catalog: &'a Catalog,
}

impl<'a> Manner<'a> {
    /// That of a command about jobs there are: of the real service, without pictures on the terminal.
    pub fn about(command: &'static str, waiting: Waiting, catalog: &'a Catalog) -> Manner<'a> {
        let Waiting { json, quiet, timeout } = waiting;
        Manner { command, form: Form::of(json), preview: None, quiet, demo: false, background: false, timeout, catalog }
    }
}

/// How a command that waits for jobs is to tell of it, and for how long.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Waiting {
    /// JSON on stdout instead of paths
    #[arg(long)]
    pub json: bool,
    /// No progress on stderr
    #[arg(short, long)]
    pub quiet: bool,
    /// Stop waiting after this long; the jobs are kept
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
}

/// News of the store, and the user's wish to stop. While this lives, a first Ctrl+C is such a wish.
#[derive(Debug)]
pub struct News {
    woken: Receiver<Woke>,
    _watch: Watch,
}

impl News {
    /// Begins to listen.
    pub fn of(store: &Store) -> anyhow::Result<News> {
        let (bell, woken) = channel();
        let changed = bell.clone();
        let _watch = store.watch(move || {
            let _ = changed.send(Woke::Changed);
        })?;
        signals::watch(HangUp::Stops, move || bell.send(Woke::Stop).is_ok())?;
        Ok(News { woken, _watch })
    }

    /// Waits for news, at most so long.
    pub fn wait(&self, most: Duration) -> Heard {
        match self.woken.recv_timeout(most) {
            Ok(Woke::Changed) if self.woken.try_iter().all(|woke| woke == Woke::Changed) => Heard::Change,
            Ok(_) => Heard::Stop,
            Err(_) => Heard::Nothing,
        }
    }

    /// Returns when every job has ended, the time is up or the user stops us; beside each job, why. A job with a moment
    /// beside it has ended already: it is waited for until it has moved on since.
    pub fn see_through(
        &self,
        works: &Works,
        ids: &[(JobId, Option<Stamp>)],
        manner: &Manner,
        warnings: &[String],
    ) -> anyhow::Result<Vec<(JobId, Ended)>> {
        let deadline = manner.timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let mut out = Vec::with_capacity(ids.len());
        let mut stopped = false;
        for &(id, moved_since) in ids {
            let follow = Follow { id, moved_since, woken: &self.woken, deadline, manner, warnings };
            let ended = if stopped { Ended::Stopped } else { follow.until_ended(works)? };
            stopped |= ended == Ended::Stopped;
            out.push((id, ended));
        }
        Ok(out)
    }
}

/// Watches a job.
#[derive(Debug)]
struct Follow<'a> {
    /// Which.
    id: JobId,
    /// Its end is none while its phase is still this old.
    moved_since: Option<Stamp>,
    /// Where news comes from.
    woken: &'a Receiver<Woke>,
    /// When to give up.
    deadline: Option<Instant>,
    /// How to speak of it.
    manner: &'a Manner<'a>,
    /// What was to be said of it from the start.
    warnings: &'a [String],
}

impl Follow<'_> {
    fn until_ended(&self, works: &Works) -> anyhow::Result<Ended> {
        let mut report = Report::new(self.manner, self.warnings);
        loop {
            let job = works.store.job(self.id)?.ok_or_else(|| anyhow::anyhow!("job {} is gone", self.id))?;
            report.on(&job);
            if rests(&works.store, &job)? && self.moved_since != Some(job.since) {
                return Ok(Ended::Job);
            }
            let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(Ended::Late);
            }
            match self.woken.recv_timeout(left.map_or(SAFETY_NET, |left| left.min(SAFETY_NET))) {
                Ok(Woke::Stop) => return Ok(Ended::Stopped),
                // Many changes at once are looked at once.
                Ok(Woke::Changed) if self.drain() => return Ok(Ended::Stopped),
                Ok(Woke::Changed) => {}
                // The process that did the work may have left.
                Err(RecvTimeoutError::Timeout) => works.ensure_worker()?,
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(SAFETY_NET),
            }
        }
    }

    /// Takes all news that waits; whether the user wants to stop.
    fn drain(&self) -> bool {
        self.woken.try_iter().any(|woke| woke == Woke::Stop)
    }
}

/// Whether nothing more happens without the user. A call whose answer was lost may still be found on the service.
pub fn rests(store: &Store, job: &Job) -> anyhow::Result<bool> {
    Ok(is_at_rest(job.phase) && !(job.phase == Phase::Unsure && engine::is_sought(store, job.id)?))
}

/// The same by the phase alone.
pub fn is_at_rest(phase: Phase) -> bool {
    phase.is_ended() || matches!(phase, Phase::Unsure | Phase::Held)
}
