//! What the user wants done with jobs, carried out. A wish that would change nothing is answered in the job's note.

use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::domain::{Event, Job, JobId, Phase};
use crate::store::{Intent, Learned, StoreError};

impl<R: Remote> Worker<R> {
    /// All wishes there are; whether one of them made a job go on that nobody is at work on.
    pub(super) fn carry_out_wishes(&self) -> Result<bool, StoreError> {
        let mut goes_on = false;
        for intent in self.store.take_intents()? {
            let Some(job) = self.store.job(intent.job())? else { continue };
            match intent {
                Intent::Cancel(_) => self.wish_to_cancel(&job)?,
                Intent::Retry(_) => self.wish_to_retry(&job)?,
                Intent::Refetch(_) => goes_on |= self.wish_to_refetch(&job)?,
                Intent::Look(_) => self.wish_to_look(&job)?,
                Intent::Follow(_) => goes_on = true,
            }
        }
        // Wishes an engine took and did not live to carry out.
        for job in self.store.unwanted()? {
            if !self.live.borrow().contains_key(&job.id) {
                self.drop_unsent(&job)?;
            }
        }
        Ok(goes_on)
    }

    /// A job nobody is at work on is dropped at once; one that is paid for is brought home; the rest decide for themselves.
    fn wish_to_cancel(&self, job: &Job) -> Result<(), StoreError> {
        let live = self.live.borrow().get(&job.id).cloned();
        let Some(live) = live else {
            return self.drop_unsent(job);
        };
        if job.phase != Phase::Fetching {
            live.cancel.notify_one();
            return self.answer(job.id, "to be cancelled");
        }
        let rest = if self.has_next(job) { ", and nothing more is sent" } else { "" };
        self.answer(job.id, &format!("already paid for: the pictures are brought home{rest}"))
    }

    /// Sends what is missing; of a job without a picture that is everything.
    fn wish_to_retry(&self, job: &Job) -> Result<(), StoreError> {
        let is_whole = !job.images.is_empty() && job.answered >= self.parts(job);
        if is_whole && job.phase.on(Event::Retry).is_some() {
            self.store.unreserve(job.id)?;
            return self.answer(job.id, "nothing is left to send: every request was answered");
        }
        self.refusals.borrow_mut().remove(&job.id);
        let log = Some("sent again at the user's wish".to_owned());
        self.store.record(job.id, Event::Retry, Learned { log, ..Learned::default() }, self.clock.now()).map(|_| ())
    }

    /// Fetches what is paid for and not here. Nothing is sent by it.
    fn wish_to_refetch(&self, job: &Job) -> Result<bool, StoreError> {
        let is_told = job.story.is_empty() || job.document.is_some();
        if job.phase.on(Event::Refetch).is_some() && is_told && self.store.missing(job.id)?.is_empty() {
            self.answer(job.id, "nothing to fetch: no address is kept of a picture that is not here")?;
            return Ok(false);
        }
        let log = Some("fetched again at the user's wish, costs nothing".to_owned());
        let learned = Learned { fault: self.still_missing(job), log, ..Learned::default() };
        let phase = self.store.record(job.id, Event::Refetch, learned, self.clock.now())?;
        Ok(phase == Some(Phase::Fetching))
    }

    /// Looks for a lost call's task anew, as if it had just been lost.
    fn wish_to_look(&self, job: &Job) -> Result<(), StoreError> {
        if job.phase != Phase::Unsure {
            return self.answer(job.id, "nothing to look for: its answer was not lost");
        }
        let (now, words) = (self.clock.now(), "looked for again at the user's wish, costs nothing".to_owned());
        let learned = Learned {
            note: Some("looked for, next look".into()),
            until: Some(now),
            log: Some(words),
            ..Learned::default()
        };
        self.store.looked(job.id, 0, &learned, now)
    }

    fn answer(&self, id: JobId, text: &str) -> Result<(), StoreError> {
        let learned = Learned { note: Some(text.into()), log: Some(text.into()), ..Learned::default() };
        self.store.note(id, learned, self.clock.now())
    }

    /// The user's wish outlives the end of one request: a job that went back to the queue is not sent.
    pub(super) async fn keep_unsent(&self, live: &Live) {
        if let Some(job) = self.job(live.id).await
            && job.phase == Phase::Queued
            && self.is_unwanted(job.id).await
        {
            self.give_up(&job).await;
        }
    }

    /// Whether the user wants nothing more of a job sent.
    pub(super) async fn is_unwanted(&self, id: JobId) -> bool {
        self.insist(id, |worker| worker.store.is_unwanted(id)).await
    }

    /// Ends a job whose next call has not left, as its user wants it.
    pub(super) async fn give_up(&self, job: &Job) {
        self.insist(job.id, |worker| worker.drop_unsent(job)).await;
    }

    fn drop_unsent(&self, job: &Job) -> Result<(), StoreError> {
        self.store.record(job.id, Event::Cancel, self.unsent(job)?, self.clock.now()).map(|_| ())
    }
}
