//! The batch screen: the batches, which one is looked at, and what its rows are narrowed down to. The rows themselves are
//! jobs, in [`Queue`](super::Queue) like all others; here are only those that are out of sight there.

use crate::domain::{Batch, BatchId, Cost, Job, JobId, Money, Now, Pace, Phase};

use super::State;

/// The batches.
#[derive(Debug, Clone, Default)]
pub struct Batches {
    /// Newest first.
    pub list: Vec<Batch>,
    /// The one looked at.
    pub selected: Option<BatchId>,
    /// What its rows are narrowed down to.
    pub rows: RowFilter,
    /// Whose rows were asked for last: a studio opens with the newest jobs only.
    pub asked: Option<BatchId>,
    /// Rows of that batch that were put out of sight: they count, and are not shown.
    pub unseen: Vec<Job>,
}

/// Which rows are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowFilter {
    /// Every row.
    #[default]
    All,
    /// Those that need the user: failed, short, expired, in doubt.
    Failed,
    /// Those at work.
    Running,
}

impl RowFilter {
    /// In the order a key goes through them.
    pub const ALL: [RowFilter; 3] = [RowFilter::All, RowFilter::Failed, RowFilter::Running];

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            RowFilter::All => "all",
            RowFilter::Failed => "failed",
            RowFilter::Running => "running",
        }
    }

    /// The next one.
    pub fn next(self) -> RowFilter {
        match self {
            RowFilter::All => RowFilter::Failed,
            RowFilter::Failed => RowFilter::Running,
            RowFilter::Running => RowFilter::All,
        }
    }

    fn passes(self, phase: Phase) -> bool {
        match self {
            RowFilter::All => true,
            RowFilter::Failed => needs_user(phase),
            RowFilter::Running => phase.is_live(),
        }
    }
}

/// Whether a row stays as it is until the user does something.
fn needs_user(phase: Phase) -> bool {
    matches!(phase, Phase::Failed | Phase::Partial | Phase::Expired | Phase::Unsure)
}

/// Money of all rows, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purse {
    /// What the service said it billed.
    pub spent: Money,
    /// What all of it would cost.
    pub planned: Money,
    /// Some price is not known.
    pub unknown: bool,
}

impl Batches {
    /// The batch looked at.
    pub fn batch(&self) -> Option<&Batch> {
        self.list.iter().find(|batch| Some(batch.id) == self.selected)
    }

    /// Its place from the top.
    pub fn index(&self) -> Option<usize> {
        self.list.iter().position(|batch| Some(batch.id) == self.selected)
    }
}

/// Where a row stands: at work first, then what needs the user, then what waits, then what is over.
fn rank(job: &Job) -> (u8, JobId) {
    let group = match job.phase {
        phase if phase.is_live() => 0,
        phase if needs_user(phase) => 1,
        Phase::Queued | Phase::Held => 2,
        _ => 3,
    };
    (group, job.id)
}

impl State {
    /// The rows of the batch looked at, as far as they are in sight anywhere.
    pub fn batch_rows(&self) -> impl Iterator<Item = &Job> {
        let of = self.batches.selected;
        self.queue.jobs.iter().filter(move |job| of.is_some() && job.row.as_ref().map(|row| row.batch) == of)
    }

    /// Those that pass the filter, in the order of the screen.
    pub fn shown_rows(&self) -> Vec<&Job> {
        let mut rows: Vec<&Job> = self.batch_rows().filter(|job| self.batches.rows.passes(job.phase)).collect();
        rows.sort_by_key(|job| rank(job));
        rows
    }

    /// All rows that are known, out of sight or not.
    fn known_rows(&self) -> impl Iterator<Item = &Job> {
        self.batch_rows().chain(&self.batches.unseen)
    }

    /// What the rows cost, and what they would. `None` until all of them are known.
    pub fn purse(&self) -> Option<Purse> {
        let batch = self.batches.batch()?;
        let zero = Money::zero(self.header.region.currency());
        let mut purse = Purse { spent: zero, planned: zero, unknown: false };
        let mut rows = 0;
        for job in self.known_rows() {
            rows += 1;
            let billed = job.billed_images.map(|count| job.estimate.for_images(count));
            purse.unknown |= !add(&mut purse.planned, &job.estimate);
            purse.unknown |= billed.is_some_and(|billed| !add(&mut purse.spent, &billed));
        }
        (rows >= batch.counts.all()).then_some(purse)
    }

    /// How fast it goes, in pictures a minute and until its end; `None` where that is not known, or it is kept back.
    pub fn batch_pace(&self, now: Now) -> Option<Pace> {
        let batch = self.batches.batch().filter(|batch| !batch.paused && batch.counts.over() < batch.counts.all())?;
        let waits = |job: &&Job| matches!(job.phase, Phase::Queued | Phase::Held);
        let span = |job: &Job| {
            let rests = job.phase.is_ended() || job.phase == Phase::Unsure;
            Some((job.sent?, rests.then_some(job.ended.unwrap_or(job.since))))
        };
        let spans: Vec<_> = self.known_rows().filter(|job| !waits(job)).filter_map(span).collect();
        let pace = Pace::of(&spans, usize::try_from(batch.counts.waiting).unwrap_or(usize::MAX), now)?;
        let (rows, pictures) =
            self.known_rows().fold((0u32, 0u32), |(rows, sum), job| (rows + 1, sum + job.estimate.images()));
        Some(Pace { a_minute: pace.a_minute * f64::from(pictures) / f64::from(rows.max(1)), ..pace })
    }

    /// What keeps waiting rows from being sent just now: the last of them to be tried again.
    pub fn held_up(&self, now: Now) -> Option<&Job> {
        let waits = |job: &&Job| job.phase == Phase::Queued && job.until.is_some_and(|until| until > now);
        self.batch_rows().filter(waits).max_by_key(|job| job.until)
    }
}

/// Adds a cost whose price is known, in this currency; whether it was.
fn add(sum: &mut Money, cost: &Cost) -> bool {
    match cost.total() {
        Some(total) if total.currency == sum.currency => {
            *sum += total;
            true
        }
        Some(_) | None => false,
    }
}
