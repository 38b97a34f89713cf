//! Watching one job until it ends: woken by the store, never by the clock alone.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::domain::{Job, JobId, Phase, Stamp, text};

use super::super::desk::{self, Works};
use super::super::print;

/// A change can be missed (a network file system tells nothing): then this is how late it is seen.
const SAFETY_NET: Duration = Duration::from_secs(5);

/// What woke us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woke {
    /// The store changed.
    Changed,
    /// The user wants to stop.
    Stop,
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

/// Watches a job.
#[derive(Debug)]
pub struct Follow<'a> {
    /// Which.
    pub id: JobId,
    /// Where news comes from.
    pub woken: &'a Receiver<Woke>,
    /// When to give up.
    pub deadline: Option<Instant>,
    /// Say nothing on the way.
    pub quiet: bool,
}

impl Follow<'_> {
    /// Returns when the job ends, the time is up or the user stops us.
    pub fn until_ended(&self, works: &mut Works) -> anyhow::Result<Ended> {
        let mut said = None;
        loop {
            let job = works.store.job(self.id)?.ok_or_else(|| anyhow::anyhow!("job {} is gone", self.id))?;
            self.tell(&job, &mut said);
            if rests(job.phase) {
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

    fn tell(&self, job: &Job, said: &mut Option<(Phase, String)>) {
        // Each poll is no news; why a job waits its turn is.
        let is_polled = matches!(job.phase, Phase::Waiting | Phase::Running | Phase::Adopted);
        let news = (job.phase, if is_polled { String::new() } else { job.note.clone() });
        // The end is told by whoever asked us to watch.
        if self.quiet || rests(job.phase) || said.as_ref() == Some(&news) {
            return;
        }
        print::say(progress(job, &news.1, desk::now()));
        *said = Some(news);
    }
}

/// Whether nothing more happens without the user.
fn rests(phase: Phase) -> bool {
    phase.is_ended() || matches!(phase, Phase::Unsure | Phase::Held)
}

/// One line: `#12 QUEUED 3s  throttled, next try in 4 s`.
fn progress(job: &Job, note: &str, now: Stamp) -> String {
    let age = job.elapsed(now).as_secs();
    let line = format!("#{} {} {age}s  {}", job.id, job.phase, text::clean(note));
    line.trim_end().to_owned()
}
