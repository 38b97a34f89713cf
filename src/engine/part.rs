//! Jobs that ask for more pictures than one request makes: which request is next, and how a job ends when one of them does
//! not bring its pictures. A request is counted as answered in the commit that writes its answer down, so none is sent
//! twice; those before it keep their pictures whatever becomes of it.

use super::remote::Remote;
use super::worker::Worker;
use crate::domain::{Billed, Event, Fault, FaultKind, Job, JobId, Phase, Request};
use crate::store::{Learned, StoreError};

/// The code of a fault that only says which requests are missing. With it a job fetches what was paid for, and sends
/// nothing more.
const REQUESTS_MISSING: &str = "requests_missing";

/// What a retry does for a job of several requests.
const RETRY: &str = "A retry sends only what is missing.";

impl<R: Remote> Worker<R> {
    /// The request to send next; `None` when all are answered.
    pub(super) fn part(&self, job: &Job) -> Option<Request> {
        self.remote.parts(&job.request).into_iter().nth(job.answered as usize)
    }

    /// How many requests a job is sent as.
    pub(super) fn parts(&self, job: &Job) -> u32 {
        self.remote.parts(&job.request).len() as u32
    }

    /// Whether a job whose pictures are fetched goes on with another request.
    pub(super) fn has_next(&self, job: &Job) -> bool {
        job.answered < self.parts(job) && job.fault.as_ref().is_none_or(|fault| fault.code != REQUESTS_MISSING)
    }

    /// The seed a picture was asked with: each request has its own. `None` where pictures and requests do not add up.
    pub(super) fn seed_of(&self, job: &Job, index: u32) -> Option<u32> {
        let parts = self.remote.parts(&job.request);
        let [_, _, ..] = parts[..] else { return job.request.seed };
        let answered = &parts[..parts.len().min(job.answered as usize)];
        if answered.iter().map(|part| part.n).sum::<u32>() != job.expected {
            return None;
        }
        let mut end = 0;
        let made_it = |part: &&Request| {
            end += part.n;
            index < end
        };
        answered.iter().find(made_it)?.seed
    }

    /// Back to the queue for the next request, unless the user wants no more.
    pub(super) async fn go_on(&self, job: &Job) {
        let (done, all) = (job.answered, self.parts(job));
        if self.is_unwanted(job.id).await {
            return self.give_up(job).await;
        }
        let note = Some(format!("{done}/{all} requests"));
        let log = Some(format!("request {done} of {all} is done, {} on disk; the next one follows", job.images.len()));
        self.record(job.id, Event::Next, Learned { note, log, ..Learned::default() }).await;
    }

    /// What is said of a job that is cancelled before its next request is sent.
    pub(super) fn unsent(&self, job: &Job) -> Result<Learned, StoreError> {
        let lost = self.lost(job.id)?;
        let said = match (job.answered, &lost) {
            (0, None) => "cancelled".to_owned(),
            (0, Some(lost)) => format!("cancelled: {lost}"),
            (done, lost) => {
                let billed = job.billed_images.unwrap_or(job.expected);
                let rest = lost.as_deref().unwrap_or("the rest was not sent and not billed");
                format!("cancelled: {done} of {} requests done, {billed} billed, {rest}", self.parts(job))
            }
        };
        // A job that says itself how a call of it was lost goes on saying so.
        let says = job.fault.as_ref().is_some_and(|fault| fault.billed != Billed::No);
        let fault = lost.filter(|_| !says).map(|lost| doubt(None, &lost));
        Ok(Learned { fault, note: Some(said.clone()), log: Some(said), ..Learned::default() })
    }

    /// Records that a job is cancelled: what is learned is about its last call, and an earlier one may have been lost.
    pub(super) async fn cancelled(&self, id: JobId, learned: Learned) {
        let learned = match self.insist(id, |worker| worker.lost(id)).await {
            None => learned,
            Some(lost) => Learned {
                fault: Some(doubt(learned.fault, &lost)),
                note: learned.note.map(|note| format!("{note}: {lost}")),
                ..learned
            },
        };
        self.record(id, Event::Cancel, learned).await;
    }

    /// In words: the calls of a job whose answers were lost, which no later end of the job makes undone.
    fn lost(&self, id: JobId) -> Result<Option<String>, StoreError> {
        Ok(match self.store.lost_calls(id)? {
            0 => None,
            1 => Some("one request was sent and may have been billed".to_owned()),
            calls => Some(format!("{calls} requests were sent and may have been billed")),
        })
    }

    /// Ends a job because a request of it brings no pictures: as FAILED, or as PARTIAL when there are pictures of earlier
    /// ones.
    pub(super) async fn fail(&self, id: JobId, fault: Fault) {
        self.fall(id, fault, Learned::default()).await;
    }

    /// The same with what else was learned.
    pub(super) async fn fall(&self, id: JobId, fault: Fault, learned: Learned) {
        let Some(job) = self.job(id).await else { return };
        let log = learned.log.clone().or_else(|| Some(format!("failed: {fault}")));
        let request_id = fault.request_id.clone().or_else(|| learned.request_id.clone());
        let (event, fault, note) = match job.images.len() {
            // From the queue nothing falls short: there the user decides.
            0 => (Event::Fail, fault, String::new()),
            _ if job.phase == Phase::Queued => (Event::Fail, fault, String::new()),
            here => (Event::FallShort, self.short(&job, fault), format!("{here}/{} saved", job.expected)),
        };
        let lost = self.insist(id, |worker| worker.lost(id)).await;
        let fault = match lost {
            Some(lost) => doubt(Some(fault), &lost),
            None => fault,
        };
        self.record(id, event, Learned { fault: Some(fault), request_id, log, note: Some(note), ..learned }).await;
    }

    /// In words: how far the job came, what happened to its next request, what was not sent.
    fn short(&self, job: &Job, fault: Fault) -> Fault {
        let (done, all) = (job.answered, self.parts(job));
        let fate = match fault.billed {
            Billed::No => "was not billed",
            Billed::Yes => "was billed",
            Billed::Unknown => "may have been billed",
        };
        let rest = match all.saturating_sub(done + 1) {
            0 => "",
            1 => " The one after it was not sent.",
            _ => " Those after it were not sent.",
        };
        let message =
            format!("{done} of {all} requests are done; the next one failed and {fate}: {}{rest}", fault.message);
        Fault { kind: FaultKind::Partial, message, hint: with_retry(&fault.hint), ..fault }
    }

    /// What stays true of a job while its pictures are fetched once more at the user's wish: that the service did not make
    /// them all, or that requests are missing, which are not sent by that wish.
    pub(super) fn still_missing(&self, job: &Job) -> Option<Fault> {
        let unmade = job.fault.clone().filter(is_unmade);
        let (done, all) = (job.answered, self.parts(job));
        if done >= all {
            return unmade;
        }
        let told = unmade.unwrap_or_else(|| {
            let message = format!("{done} of {all} requests are done; the others were not sent or brought nothing.");
            Fault::new(FaultKind::Partial, REQUESTS_MISSING, message).hint(RETRY)
        });
        Some(Fault { code: REQUESTS_MISSING.into(), ..told })
    }

    /// Ends what a job of several requests lacks beside the pictures that were lost.
    pub(super) fn rest_unsent(&self, job: &Job, fault: Fault) -> Fault {
        match self.parts(job).saturating_sub(job.answered) {
            0 => fault,
            rest => {
                let s = if rest == 1 { " was" } else { "s were" };
                let message = format!("{} {rest} more request{s} not sent.", fault.message);
                Fault { kind: FaultKind::Partial, message, hint: with_retry(&fault.hint), ..fault }
            }
        }
    }
}

/// Whether a fault is about pictures that were never made, rather than made, paid for and lost.
pub(super) fn is_unmade(fault: &Fault) -> bool {
    fault.kind == FaultKind::Partial && fault.billed != Billed::Yes
}

/// A fault of a job of which an earlier call was lost.
fn doubt(fault: Option<Fault>, lost: &str) -> Fault {
    match fault {
        Some(fault) if fault.billed == Billed::No => {
            let message = format!("{} Before it, {lost}.", fault.message);
            Fault { message, billed: Billed::Unknown, ..fault }
        }
        Some(fault) => fault,
        None => Fault::new(FaultKind::Interrupted, "answer_lost", format!("Stopped by you; {lost}."))
            .hint("The service's console shows what it billed.")
            .billed(Billed::Unknown),
    }
}

fn with_retry(hint: &str) -> String {
    if hint.is_empty() { RETRY.to_owned() } else { format!("{hint} {RETRY}") }
}
