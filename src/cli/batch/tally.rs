//! How far a batch has come, in numbers and in words. Pure.

use serde_json::{Value, json};

use crate::domain::{Billed, FaultKind, Job, Money, Pace, Phase, Stamp, text};

use super::estimate;
use super::plan::{Sum, count};

/// Rows by where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub rows: usize,
    /// DONE.
    pub done: usize,
    /// PARTIAL, FAILED or EXPIRED.
    pub failed: usize,
    /// CANCELLED.
    pub cancelled: usize,
    /// UNSURE.
    pub unsure: usize,
    /// At work.
    pub live: usize,
    /// QUEUED or HELD.
    pub waiting: usize,
    /// Pictures on disk.
    pub images: usize,
    /// What the service said it billed.
    pub spent: Sum,
    /// What all of it would cost.
    pub planned: Sum,
    /// What keeps rows from being sent just now, and until when: `throttled, next try`.
    pub held_up: Option<(Stamp, String)>,
}

impl Tally {
    /// Of a batch's jobs.
    pub fn of<'a>(jobs: impl Iterator<Item = &'a Job> + Clone, zero: Money, now: Stamp) -> Tally {
        let in_phase = |which: &dyn Fn(Phase) -> bool| jobs.clone().filter(|job| which(job.phase)).count();
        let billed: Vec<_> = jobs.clone().filter(|job| job.billed_images.is_some()).map(Job::cost).collect();
        let held_up = |job: &Job| {
            let until = job.until.filter(|until| job.phase == Phase::Queued && *until > now)?;
            Some((until, job.note.clone()))
        };
        Tally {
            rows: jobs.clone().count(),
            done: in_phase(&|phase| phase == Phase::Done),
            failed: in_phase(&|phase| matches!(phase, Phase::Failed | Phase::Partial | Phase::Expired)),
            cancelled: in_phase(&|phase| phase == Phase::Cancelled),
            unsure: in_phase(&|phase| phase == Phase::Unsure),
            live: in_phase(&Phase::is_live),
            waiting: in_phase(&|phase| matches!(phase, Phase::Queued | Phase::Held)),
            images: jobs.clone().map(|job| job.images.len()).sum(),
            spent: Sum::of(billed.iter(), zero),
            planned: Sum::of(jobs.clone().map(|job| &job.estimate), zero),
            held_up: jobs.filter_map(held_up).max(),
        }
    }

    /// Rows that have ended one way or the other, or wait for the user.
    pub fn over(&self) -> usize {
        self.done + self.failed + self.cancelled + self.unsure
    }

    /// `24/48, 22 ok, 1 failed, 1 unsure`.
    pub fn counts(&self) -> String {
        let mut out = format!("{}/{}, {} ok", self.over(), self.rows, self.done);
        for (number, word) in [(self.failed, "failed"), (self.unsure, "unsure"), (self.cancelled, "cancelled")] {
            if number > 0 {
                out.push_str(&format!(", {number} {word}"));
            }
        }
        out
    }

    /// One line of progress.
    pub fn words(&self, pace: Option<Pace>, paused: bool, now: Stamp) -> String {
        let mut out = vec![self.counts(), format!("{} of {}", self.spent.words(), self.planned.words())];
        if let Some(pace) = pace {
            out.push(format!("{:.1} rows/min", pace.a_minute));
            out.push(format!("{} left", estimate::about(pace.left)));
        }
        if let Some((until, note)) = &self.held_up {
            out.push(format!("{} in {}", text::clean(note), text::span(until.since(now))));
        }
        if paused {
            out.push("PAUSED".into());
        }
        out.join("  ")
    }

    /// The same for scripts.
    pub fn json(&self) -> Value {
        json!({
            "rows": self.rows,
            "done": self.done,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "unsure": self.unsure,
            "running": self.live,
            "waiting": self.waiting,
            "images": self.images,
            "spent": {"known": self.spent.known.units(), "unknown_rows": self.spent.unknown, "currency": self.spent.known.currency},
            "planned": {"known": self.planned.known.units(), "unknown_rows": self.planned.unknown, "currency": self.planned.known.currency},
        })
    }
}

/// What became of a watch: the exit code's kind, `None` when every row is done.
pub fn verdict<'a>(jobs: impl Iterator<Item = &'a Job> + Clone) -> Option<FaultKind> {
    let lacking = jobs.clone().filter(|job| job.phase != Phase::Done);
    lacking.clone().next()?;
    if lacking.clone().all(|job| job.phase == Phase::Unsure) {
        return Some(FaultKind::Unsure);
    }
    if lacking.clone().any(|job| !job.phase.is_ended() && job.phase != Phase::Unsure) {
        return Some(FaultKind::Unfinished);
    }
    // Nothing came, and all for the same reason: that is worth more than that nothing came.
    let mut kinds: Vec<_> = lacking.clone().map(|job| job.fault.as_ref().map(|fault| fault.kind)).collect();
    kinds.dedup();
    match kinds.as_slice() {
        [Some(kind)] if lacking.count() == jobs.count() && *kind != FaultKind::Unsure => Some(*kind),
        _ => Some(FaultKind::Partial),
    }
}

/// What is wrong with a row, in a line; `None` for one that is done or goes on.
pub fn trouble(name: &str, job: &Job) -> Option<String> {
    let why = match job.phase {
        Phase::Done => return None,
        Phase::Unsure => "sent, and no answer came: it may be billed, and is not sent again by itself".to_owned(),
        Phase::Failed | Phase::Partial | Phase::Expired | Phase::Cancelled => {
            let said = job.fault.as_ref().map(|fault| (fault.message.as_str(), fault.code.as_str(), fault.billed));
            match (said, job.phase) {
                (Some((message, code, Billed::No)), _) => format!("{message} ({code})"),
                (Some((message, code, billed)), _) => format!("{message} ({code}; {billed})"),
                (None, Phase::Partial) => format!("{} of {} came", count(job.images.len(), "picture"), job.expected),
                (None, _) => job.note.clone(),
            }
        }
        _ => return None,
    };
    let line = format!("{} {} #{}  {why}", text::clean(name), job.phase, job.id);
    Some(text::clean(&line).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::{Fault, JobId};

    fn jobs(phases: &[Phase]) -> Vec<Job> {
        let job = |(id, phase): (i64, &Phase)| Job { id: JobId(id), phase: *phase, ..sample::job() };
        (1..).zip(phases).map(job).collect()
    }

    #[test]
    fn rows_and_money_are_counted() {
        use Phase as P;
        let mut all = jobs(&[P::Done, P::Failed, P::Unsure, P::Queued, P::Running]);
        for job in &mut all[1..] {
            (job.billed_images, job.images) = (None, vec![]);
        }
        (all[3].note, all[3].until) = ("throttled, next try".into(), Some(Stamp(9_000)));
        let tally = Tally::of(all.iter(), Money::usd(0), Stamp(5_000));
        assert_eq!((tally.over(), tally.live, tally.waiting, tally.images), (3, 1, 1, 1));
        let words = tally.words(None, false, Stamp(5_000));
        assert_eq!(words, "3/5, 1 ok, 1 failed, 1 unsure  $0.030 of $0.300  throttled, next try in 4 s");
    }

    #[test]
    fn the_exit_code_is_that_of_what_is_missing() {
        use Phase as P;
        let kind = |phases: &[Phase]| verdict(jobs(phases).iter());
        assert_eq!(kind(&[P::Done, P::Done]), None);
        assert_eq!(kind(&[P::Done, P::Unsure]), Some(FaultKind::Unsure));
        assert_eq!(kind(&[P::Done, P::Unsure, P::Failed]), Some(FaultKind::Partial));
        assert_eq!(kind(&[P::Done, P::Cancelled]), Some(FaultKind::Partial));
        assert_eq!(kind(&[P::Done, P::Queued, P::Failed]), Some(FaultKind::Unfinished));
        let mut refused = jobs(&[P::Failed, P::Failed]);
        refused.iter_mut().for_each(|job| job.fault = Some(Fault::new(FaultKind::Access, "code", "no")));
        assert_eq!(verdict(refused.iter()), Some(FaultKind::Access), "the key is wrong");
        refused[1].phase = P::Done;
        assert_eq!(verdict(refused.iter()), Some(FaultKind::Partial));
    }

    #[test]
    fn trouble_is_told_in_a_line_that_is_safe_to_show() {
        let fault = Fault::new(FaultKind::Content, "DataInspectionFailed", "no\x1b[2J\nno");
        let job = Job { phase: Phase::Failed, fault: Some(fault), ..sample::job() };
        assert_eq!(trouble("hero", &job).as_deref(), Some("hero FAILED #1043  no␛[2J no (DataInspectionFailed)"));
        assert_eq!(trouble("hero", &sample::job()), None);
    }
}
