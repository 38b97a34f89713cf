//! A paid call whose answer comes in pieces: what is heard is written down while it comes, and its pictures are brought
//! home meanwhile. A call that answers at once is heard once.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;
use unicode_segmentation::UnicodeSegmentation;

use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{Answer, Item, Refusal, Reply};
use crate::catalog::Route;
use crate::domain::{Billed, Event, Fault, FaultKind, Job, JobId, Mode, Now, Passage, Phase, Request, Stamp};
use crate::store::{Learned, Store, StoreError};

/// Words are written down at most this often; a picture at once.
const EVERY: Duration = Duration::from_millis(300);

/// What a call has said so far.
#[derive(Default)]
struct Ear {
    answer: RefCell<Answer>,
    /// How often it spoke.
    times: Cell<u64>,
    news: Notify,
}

impl Ear {
    fn hear(&self, answer: &Answer) {
        self.answer.replace(answer.clone());
        self.times.set(self.times.get() + 1);
        self.news.notify_one();
    }

    fn pictures(&self) -> usize {
        self.answer.borrow().pictures().count()
    }

    /// Waits until it has spoken more than so many times.
    async fn speaks(&self, times: u64) {
        while self.times.get() <= times {
            self.news.notified().await;
        }
    }
}

/// How a paid call ended.
pub(super) enum Spoken {
    /// With its answer or a refusal.
    Whole(Result<Reply, Refusal>),
    /// In the middle of its answer; what came of it is written down as the answer.
    Cut,
}

impl<R: Remote> Worker<R> {
    /// Sends the paid call, once. What is heard of its answer is on disk before this returns.
    pub(super) async fn send(&self, live: &Live, request: &Request, route: &Route) -> Spoken {
        let ear = Ear::default();
        let reply = {
            let mut hear = |answer: &Answer| ear.hear(answer);
            let call = self.remote.submit(request, route, &mut hear);
            tokio::select! {
                biased;
                reply = call => reply,
                never = self.listen(live, request, &ear) => match never {},
            }
        };
        let heard = ear.answer.into_inner();
        let (Refusal::WrongRoute(fault) | Refusal::Refused(fault) | Refusal::Unknown(fault)) = match &reply {
            Err(refusal) if !heard.items.is_empty() => refusal,
            _ => return Spoken::Whole(reply),
        };
        self.tell(live.id, request, &heard).await;
        let made = heard.pictures().count() as u32;
        if self.rescue(live.id, fault, made, heard.billed).await { Spoken::Cut } else { Spoken::Whole(reply) }
    }

    /// Writes down what is heard, and brings the pictures home; one that does not come is left to
    /// [`fetch`](super::fetch).
    async fn listen(&self, live: &Live, request: &Request, ear: &Ear) -> Infallible {
        let (mut times, mut pictures, mut next) = (0, 0, Stamp(0));
        let mut coming = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = self.worth_telling(ear, times, pictures, next) => {}
                Some(_) = coming.next(), if !coming.is_empty() => continue,
            }
            let answer = ear.answer.borrow().clone();
            let made = answer.pictures().count();
            self.tell(live.id, request, &answer).await;
            if made > pictures
                && let Some(job) = self.job(live.id).await
            {
                let missing = self.insist(live.id, |worker| worker.store.missing(live.id)).await;
                let new: Vec<_> = answer.pictures().skip(pictures).map(str::to_owned).collect();
                let new = missing.into_iter().filter(|(_, url)| new.contains(url));
                coming.extend(new.map(|(index, url)| self.bring_while_heard(job.clone(), index, url)));
            }
            (times, pictures, next) = (ear.times.get(), made, self.clock.now().after(EVERY));
        }
    }

    async fn bring_while_heard(&self, job: Job, index: u32, url: String) {
        // Its trouble is in the job's log.
        let _ = self.bring(&job, index, url).await;
    }

    /// Waits for a new picture, or for new words and the time to write.
    async fn worth_telling(&self, ear: &Ear, times: u64, pictures: usize, next: Stamp) {
        ear.speaks(times).await;
        while ear.pictures() <= pictures && self.clock.now() < next {
            let heard = ear.times.get();
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = ear.speaks(heard) => {}
            }
        }
    }

    /// What is here so far.
    async fn tell(&self, id: JobId, request: &Request, answer: &Answer) {
        let urls = Some(answer.pictures().map(str::to_owned).collect());
        let note = Some(length(answer));
        self.note(id, Learned { urls, story: story(request, answer), note, ..Learned::default() }).await;
    }

    /// A call without an end to its answer, of which so many pictures are written down: they are kept and will be fetched.
    /// False when there are none.
    async fn rescue(&self, id: JobId, why: &Fault, made: u32, billed: Option<u32>) -> bool {
        let Some(job) = self.job(id).await else { return false };
        match cut(&job, why, made, billed) {
            Some(learned) => self.record(id, Event::Answer, learned).await.is_some(),
            None => false,
        }
    }

    /// The same, by what is written down.
    pub(super) async fn rescue_told(&self, id: JobId, why: &Fault) -> bool {
        let made = self.insist(id, |worker| worker.store.heard(id)).await;
        self.rescue(id, why, made, None).await
    }
}

/// Puts right what an engine that died left behind, before a new one starts: see [`Store::recover`]. An answer that was
/// under way and has brought pictures ends there, and they are fetched.
pub(super) fn recover(store: &Store, now: Now) -> Result<Vec<(JobId, Phase)>, StoreError> {
    let why = Fault::new(FaultKind::Unsure, "answer_lost", "pinxit stopped while the answer came.");
    let mut moved = Vec::new();
    for job in store.jobs_in(&[Phase::Submitting])? {
        if let Some(learned) = cut(&job, &why, store.heard(job.id)?, None) {
            moved.extend(store.record(job.id, Event::Answer, learned, now)?.map(|phase| (job.id, phase)));
        }
    }
    moved.extend(store.recover(now)?);
    Ok(moved)
}

/// What is learned of a job whose answer was cut short; `None` when no picture came.
fn cut(job: &Job, why: &Fault, made: u32, billed: Option<u32>) -> Option<Learned> {
    let s = if made == 1 { "" } else { "s" };
    let message = format!("The answer was cut short after {made} picture{s}: {}", why.message);
    let fault = Fault::new(FaultKind::Partial, why.code.clone(), message)
        .hint("What came is kept; the service's console shows what it billed.")
        .request_id(why.request_id.clone())
        .billed(Billed::Unknown);
    let billed = Some(made.max(billed.unwrap_or(0)));
    let log = Some(format!("cut short after {made} picture{s}, taken as billed: {why}"));
    let note = Some(format!("{}/{} saved", job.images.len(), job.expected));
    (made > 0).then(|| Learned { fault: Some(fault), billed, log, note, ..Learned::default() })
}

/// An answer's words and pictures in turn, its pictures counted from 0; only an interleaved answer tells a story.
pub(super) fn story(request: &Request, answer: &Answer) -> Option<Vec<Passage>> {
    let mut pictures = 0..;
    let passage = |item: &Item| match item {
        Item::Text(words) => Some(Passage::Text(words.clone())),
        Item::Picture(_) => pictures.next().map(Passage::Picture),
        Item::Failed(_) => None,
    };
    (request.mode == Mode::Interleave).then(|| answer.items.iter().filter_map(passage).collect())
}

/// `2 pictures, 340 words`
fn length(answer: &Answer) -> String {
    let words = answer.items.iter().map(|item| match item {
        Item::Text(text) => text.unicode_words().count(),
        _ => 0,
    });
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{}, {}", count(answer.pictures().count(), "picture"), count(words.sum(), "word"))
}
