//! The queue screen: the order its jobs stand in, which are marked, what they are narrowed down to, and the selected
//! one's log. The jobs themselves are in [`Queue`](super::Queue), which the compose screen shows too.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::domain::{Job, JobId, Now, Phase};

use super::{Filter, Line, Screen, State};

/// How long the service keeps a picture (contract 4.6).
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// What the queue screen keeps for itself.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    /// Marked jobs.
    pub marks: BTreeSet<JobId>,
    /// What the jobs are narrowed down to; empty for nothing.
    pub filter: Line,
    /// What the filter was before it was typed into; `Some` while it is.
    pub before: Option<String>,
    /// The selected job's log.
    pub log: Log,
    /// Jobs put out of sight, newest last: what can be brought back.
    pub cleared: Vec<Vec<JobId>>,
}

/// A job's own log.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The job whose log was asked for last, as long as nothing about that job has changed since.
    pub asked: Option<JobId>,
    /// Whose log is here.
    pub job: Option<JobId>,
    /// Local time and words of each line, oldest first.
    pub lines: Vec<(String, String)>,
    /// How many screen lines up from the newest one the user has scrolled.
    pub back: usize,
}

/// Where a job stands on the screen: at work first, then its turn, then what needs the user, then what is over.
fn rank(job: &Job) -> (u8, i64, i64) {
    let id = job.id.0;
    match job.phase {
        phase if phase.is_live() => (0, job.sent.unwrap_or(job.created).0, id),
        Phase::Held | Phase::Queued => (1, job.place, id),
        Phase::Unsure => (2, -job.since.0, -id),
        Phase::Failed | Phase::Expired | Phase::Partial => (3, -job.ended.unwrap_or(job.since).0, -id),
        _ => (4, -job.ended.unwrap_or(job.since).0, -id),
    }
}

impl State {
    /// The jobs of the queue screen that pass its filter, in its order.
    pub fn shown_jobs(&self) -> Vec<&Job> {
        let filter = Filter::new(self.jobs.filter.text());
        let mut jobs: Vec<&Job> = self.queue.jobs.iter().filter(|job| filter.passes(job)).collect();
        jobs.sort_by_key(|job| rank(job));
        jobs
    }

    /// The jobs this screen lists, top to bottom.
    pub fn listed(&self) -> Vec<&Job> {
        match self.screen {
            Screen::Compose => self.queue.jobs.iter().collect(),
            Screen::Queue => self.shown_jobs(),
            Screen::Batch => self.shown_rows(),
            // Pictures, not jobs.
            Screen::Gallery => Vec::new(),
            Screen::History => self.lineage.shown().into_iter().map(|kin| &kin.job).collect(),
        }
    }

    /// Place of the selected job among [`State::listed`].
    pub fn shown_at(&self) -> Option<usize> {
        if self.screen == Screen::History {
            return self.lineage.at();
        }
        self.listed().iter().position(|job| Some(job.id) == self.queue.selected)
    }

    /// The job an action without marks is about: the selected one, if this screen shows it.
    pub fn chosen(&self) -> Option<&Job> {
        match self.screen {
            Screen::Compose => self.queue.job(),
            Screen::Queue => self.queue.job().filter(|job| Filter::new(self.jobs.filter.text()).passes(job)),
            Screen::Gallery => None,
            Screen::Batch => self.shown_rows().into_iter().find(|job| Some(job.id) == self.queue.selected),
            Screen::History => self.in_history(),
        }
    }

    /// How many jobs are marked that belong to this screen, shown or not.
    pub fn marked(&self) -> usize {
        match self.screen {
            Screen::Compose | Screen::Gallery | Screen::History => 0,
            Screen::Queue => self.jobs.marks.len(),
            // Marks elsewhere are none of this batch's business.
            Screen::Batch => self.batch_rows().filter(|job| self.jobs.marks.contains(&job.id)).count(),
        }
    }

    /// The jobs an action is about: the marked ones that are shown, else the selected one.
    pub fn targets(&self) -> Vec<&Job> {
        if self.marked() == 0 {
            return self.chosen().into_iter().collect();
        }
        self.listed().into_iter().filter(|job| self.jobs.marks.contains(&job.id)).collect()
    }

    /// How long until a waiting job is done, about: from the median of its model and the turns before it. `None` where
    /// nothing is known of the model, or the job is kept back.
    pub fn estimated_wait(&self, job: &Job, now: Now) -> Option<Duration> {
        let model = &job.request.model;
        let median = *self.queue.medians.get(model)?;
        if job.phase != Phase::Queued || self.queue.paused.holds(model) {
            return None;
        }
        let same = || self.queue.jobs.iter().filter(|other| other.request.model == *model);
        let turn = (job.place, job.id);
        let before = same().filter(|other| other.phase == Phase::Queued && (other.place, other.id) < turn).count();
        let live = same().filter(|other| other.phase.is_live());
        let left: Vec<Duration> = live.map(|other| median.saturating_sub(other.elapsed(now))).collect();
        let waves = u32::try_from(before / left.len().max(1)).unwrap_or(u32::MAX).saturating_add(1);
        Some(median.saturating_mul(waves) + left.into_iter().min().unwrap_or_default())
    }

    /// How long a job at work still takes, about: this model's median, less what has passed.
    pub fn estimated_rest(&self, job: &Job, now: Now) -> Option<Duration> {
        let median = *self.queue.medians.get(&job.request.model)?;
        let painting = matches!(job.phase, Phase::Submitting | Phase::Waiting | Phase::Running | Phase::Adopted);
        painting.then(|| median.saturating_sub(job.elapsed(now)))
    }
}

/// How long the service still keeps the pictures of a job that is being fetched.
pub fn kept_for(job: &Job, now: Now) -> Option<Duration> {
    // They were made after the request was sent: this is never too hopeful.
    (job.phase == Phase::Fetching).then(|| KEPT.saturating_sub(now.since(job.sent.unwrap_or(job.created))))
}
