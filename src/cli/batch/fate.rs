//! What a run does about a row that was asked for before. Pure, and the one place that decides whether a row is paid for
//! again.
//!
//! | its job | now |
//! |---|---|
//! | DONE | nothing: it is finished |
//! | waits or is at work | joined |
//! | UNSURE | joined; sent again only where the user says so |
//! | ended, pictures are paid for and can be fetched | fetched, which costs nothing |
//! | ended with pictures, requests left to send | those are sent |
//! | ended without a picture, certainly not billed | a new job takes its place |
//! | ended any other way | left as it is: it may have been billed; sent again only where the user says so |

use crate::domain::{Billed, Cost, Job, JobId, Phase};

/// A job that was made for a row before.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The job.
    pub job: &'a Job,
    /// Requests it is sent as.
    pub parts: u32,
    /// Pictures of it that are made and not here.
    pub missing: bool,
    /// Calls of it of which nobody knows whether they were billed.
    pub lost: u32,
}

/// What is done about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was never asked for: a new job.
    New,
    /// It failed and nothing was billed: a new job, and the old one is put out of sight.
    Anew(JobId),
    /// Its job sends what is left to send.
    Again(JobId),
    /// Its job fetches what is paid for.
    Fetch(JobId),
    /// It is under way.
    Join(JobId),
    /// Its job was sent, and no answer came.
    Unsure(JobId),
    /// It ended short and may have been billed: not without the user's word.
    Doubt(JobId),
    /// It is finished.
    Done(JobId),
}

impl Fate {
    /// Decides. With `resend` the user wants rows sent again that may have been billed.
    pub fn of(past: Option<Past<'_>>, resend: bool) -> Fate {
        let Some(Past { job, parts, missing, lost }) = past else { return Fate::New };
        let (id, has_pictures) = (job.id, !job.images.is_empty());
        match job.phase {
            Phase::Done => Fate::Done(id),
            Phase::Unsure if resend => Fate::Again(id),
            Phase::Unsure => Fate::Unsure(id),
            phase if !phase.is_ended() => Fate::Join(id),
            phase if missing && phase != Phase::Expired => Fate::Fetch(id),
            _ if has_pictures && job.answered >= parts => {
                // Its job has nothing left to send: all of it would be paid for again.
                if resend { Fate::Anew(id) } else { Fate::Doubt(id) }
            }
            _ if is_clear(job, lost) && has_pictures => Fate::Again(id),
            _ if is_clear(job, lost) && job.billed_images.unwrap_or(0) == 0 => Fate::Anew(id),
            _ if resend => Fate::Again(id),
            _ => Fate::Doubt(id),
        }
    }

    /// The job it is about.
    pub fn job(self) -> Option<JobId> {
        match self {
            Fate::New => None,
            Fate::Anew(id) | Fate::Again(id) | Fate::Fetch(id) | Fate::Join(id) => Some(id),
            Fate::Unsure(id) | Fate::Doubt(id) | Fate::Done(id) => Some(id),
        }
    }

    /// Whether something is sent, and may be billed.
    pub fn sends(self) -> bool {
        matches!(self, Fate::New | Fate::Anew(_) | Fate::Again(_))
    }

    /// Whether a new job is made.
    pub fn makes(self) -> bool {
        matches!(self, Fate::New | Fate::Anew(_))
    }

    /// The word in plans.
    pub fn word(self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Anew(_) | Fate::Again(_) => "again",
            Fate::Fetch(_) => "fetch",
            Fate::Join(_) => "under way",
            Fate::Unsure(_) => "unsure",
            Fate::Doubt(_) => "in doubt",
            Fate::Done(_) => "finished",
        }
    }
}

/// Whether every call of a job is known to be billed or not.
fn is_clear(job: &Job, lost: u32) -> bool {
    lost == 0 && job.fault.as_ref().is_none_or(|fault| fault.billed == Billed::No)
}

/// What sending a job again costs at most: one that has pictures goes on where it stopped.
pub fn cost_again(job: &Job) -> Cost {
    match (job.images.is_empty(), job.billed_images) {
        (false, Some(billed)) => job.estimate.for_images(job.estimate.images().saturating_sub(billed)),
        _ => job.estimate.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::{Fault, FaultKind};

    /// Phase, what its fault says was billed, pictures on disk, requests answered of two, missing ones, lost calls.
    type Case = (Phase, Option<Billed>, usize, u32, bool, u32);

    fn fate((phase, billed, images, answered, missing, lost): Case, resend: bool) -> &'static str {
        let fault = billed.map(|billed| Fault::new(FaultKind::Other, "code", "why").billed(billed));
        let sample = sample::job();
        let pictures = sample.images.iter().cloned().cycle().take(images).collect();
        let billed_images = (images > 0).then_some(1);
        let job = Job { phase, fault, answered, images: pictures, billed_images, ..sample };
        let fate = Fate::of(Some(Past { job: &job, parts: 2, missing, lost }), resend);
        match fate {
            Fate::New => "new",
            Fate::Anew(_) => "anew",
            Fate::Again(_) => "again",
            Fate::Fetch(_) => "fetch",
            Fate::Join(_) => "join",
            Fate::Unsure(_) => "unsure",
            Fate::Doubt(_) => "doubt",
            Fate::Done(_) => "done",
        }
    }

    #[test]
    fn what_may_have_been_billed_is_not_sent_again_without_a_word() {
        use Phase as P;
        let (no, yes, unknown) = (Some(Billed::No), Some(Billed::Yes), Some(Billed::Unknown));
        for (case, plain, resend) in [
            ((P::Done, None, 2, 2, false, 0), "done", "done"),
            ((P::Done, None, 0, 2, false, 0), "done", "done"),
            ((P::Queued, None, 0, 0, false, 0), "join", "join"),
            ((P::Held, None, 0, 0, false, 0), "join", "join"),
            ((P::Submitting, None, 0, 0, false, 0), "join", "join"),
            ((P::Running, None, 0, 0, false, 0), "join", "join"),
            ((P::Fetching, None, 1, 1, true, 0), "join", "join"),
            ((P::Adopted, None, 0, 0, false, 0), "join", "join"),
            ((P::Unsure, unknown, 0, 0, false, 1), "unsure", "again"),
            // Refused for certain.
            ((P::Failed, no, 0, 0, false, 0), "anew", "anew"),
            ((P::Cancelled, None, 0, 0, false, 0), "anew", "anew"),
            ((P::Expired, no, 0, 0, false, 0), "anew", "anew"),
            // Perhaps not.
            ((P::Failed, unknown, 0, 0, false, 0), "doubt", "again"),
            ((P::Failed, yes, 0, 1, false, 0), "doubt", "again"),
            ((P::Failed, no, 0, 0, false, 1), "doubt", "again"),
            ((P::Cancelled, unknown, 0, 0, false, 0), "doubt", "again"),
            ((P::Expired, unknown, 0, 0, false, 0), "doubt", "again"),
            // Paid for, and still there.
            ((P::Failed, yes, 0, 1, true, 0), "fetch", "fetch"),
            ((P::Partial, yes, 1, 2, true, 0), "fetch", "fetch"),
            ((P::Expired, yes, 1, 1, true, 0), "doubt", "again"),
            // One request came, the next was refused.
            ((P::Partial, no, 1, 1, false, 0), "again", "again"),
            ((P::Cancelled, None, 1, 1, false, 0), "again", "again"),
            ((P::Partial, unknown, 1, 1, false, 1), "doubt", "again"),
            // Nothing is left to send: only all of it.
            ((P::Partial, no, 1, 2, false, 0), "doubt", "anew"),
        ] {
            assert_eq!((fate(case, false), fate(case, true)), (plain, resend), "{case:?}");
        }
        assert_eq!(Fate::of(None, true), Fate::New);
    }

    #[test]
    fn a_job_with_pictures_costs_only_what_is_left() {
        let job = sample::job();
        assert_eq!(cost_again(&job).images(), 1, "two were ordered, one is billed");
        assert_eq!(cost_again(&Job { images: vec![], ..job }).images(), 2);
    }
}
