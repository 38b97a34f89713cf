//! The engine's loop: takes up what is due, carries out wishes, and sleeps until one of them changes.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::hear;
use super::lane::{Lane, Window, backoff};
use super::remote::Remote;
use super::{Clock, Grace, Pace, room};
use crate::catalog::Rate;
use crate::domain::text::span;
use crate::domain::{Billed, Event, Fault, FaultKind, Job, JobId, Keeping, ModelId, Phase, Stamp};
use crate::store::{Learned, Store, StoreError, Watch};

/// Questions after tasks allowed a second: half of what the account has, since it has other users (contract 3.5: 20).
const QUESTIONS: u32 = 10;

/// While jobs are live the store is looked at this often even if no word came. On the real clock: it is no part of a job's life.
const SAFETY_NET: Duration = Duration::from_secs(5);

/// More tasks than these are a crowd: each is asked after only when it may be done.
const CROWD: usize = 6;

/// How often an engine that stays asks whether a copy of the store is due.
const NEXT_COPY: Duration = Duration::from_secs(60 * 60);

/// Times a job is taken up again after a panic before it is left to the next start.
const PANICS: u32 = 3;

/// The rate of a model we do not know; its jobs fail before anything is sent.
const UNKNOWN_RATE: Rate = Rate { count: 1, per: Duration::from_secs(1), concurrent: 1 };

/// The engine's state, all of it on one thread.
pub(super) struct Worker<R> {
    pub(super) store: Store,
    pub(super) remote: R,
    pub(super) clock: Clock,
    pub(super) pace: Pace,
    /// What is kept with pictures of jobs that do not say.
    pub(super) keeping: Keeping,
    pub(super) lanes: RefCell<HashMap<ModelId, Lane>>,
    pub(super) questions: RefCell<Window>,
    /// Refusals of a job that went back to the queue.
    pub(super) refusals: RefCell<HashMap<JobId, u32>>,
    /// Jobs whose uploads a task could not read: they are uploaded anew.
    pub(super) doubtful: RefCell<HashSet<JobId>>,
    /// The right to mend a picture.
    pub(super) mending: Semaphore,
    pub(super) stopping: Cell<bool>,
    pub(super) live: RefCell<HashMap<JobId, Rc<Live>>>,
    /// The service's list is being looked through.
    pub(super) searching: Cell<bool>,
    /// By this task, which nothing is lost with.
    search: RefCell<Option<AbortHandle>>,
    /// A job goes on that nobody is at work on.
    pub(super) goes_on: Cell<bool>,
    /// How many bytes are free in a directory; tests say so themselves.
    pub(super) room: room::Look,
    /// Jobs that wait for room, and have said so.
    pub(super) cramped: RefCell<HashSet<JobId>>,
    /// When the next copy of the store may be due.
    copy_at: Cell<Stamp>,
    /// One at a time: the call of a model that is to make a task. What is lost then can be told from its neighbours.
    gates: RefCell<HashMap<ModelId, Arc<Mutex<()>>>>,
    wake: Arc<Notify>,
}

/// A job the engine is at work on.
pub(super) struct Live {
    pub(super) id: JobId,
    pub(super) model: ModelId,
    /// The user wants it stopped: now, if that is possible.
    pub(super) cancel: Notify,
    /// Calls in a row to take its task back that failed.
    pub(super) uncancelled: Cell<u32>,
    /// A paid call has left, and its fate is not written down yet.
    pub(super) paying: Cell<bool>,
    /// Questions after its task that are not written down yet.
    pub(super) asked: Cell<u32>,
    /// It has a place in its lane.
    in_lane: Cell<bool>,
    task: OnceCell<AbortHandle>,
}

impl<R: Remote> Worker<R> {
    pub(super) fn new(store: Store, remote: R, clock: Clock, pace: Pace) -> Worker<R> {
        Worker {
            store,
            remote,
            clock,
            pace,
            keeping: Keeping::default(),
            lanes: RefCell::default(),
            questions: RefCell::new(Window::new(QUESTIONS, Duration::from_secs(1))),
            refusals: RefCell::default(),
            doubtful: RefCell::default(),
            mending: Semaphore::new(1),
            stopping: Cell::new(false),
            live: RefCell::default(),
            searching: Cell::new(false),
            search: RefCell::default(),
            goes_on: Cell::new(false),
            room: Rc::new(room::free),
            cramped: RefCell::default(),
            copy_at: Cell::default(),
            gates: RefCell::default(),
            wake: Arc::default(),
        }
    }

    /// Works until `stop` says how long paid calls may still take.
    pub(super) async fn run(self: Rc<Self>, mut stop: watch::Receiver<Option<Grace>>) {
        let _watch = self.watch();
        let mut jobs = JoinSet::new();
        self.resume(&mut jobs);
        loop {
            let next = self.look(&mut jobs);
            let is_live = !self.live.borrow().is_empty();
            if !is_live {
                self.copy(&mut jobs);
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = self.clock.sleep_until(next.unwrap_or_default()), if next.is_some() => {}
                () = tokio::time::sleep(SAFETY_NET), if is_live => {}
                Some(_) = jobs.join_next(), if !jobs.is_empty() => {}
                _ = stop.changed() => break,
            }
        }
        let grace = stop.borrow().flatten();
        self.finish(jobs, grace).await;
    }

    /// Nothing is at work: once a day the store is copied meanwhile.
    fn copy(&self, jobs: &mut JoinSet<()>) {
        let now = self.clock.now();
        if now < self.copy_at.get() {
            return;
        }
        self.copy_at.set(now.after(NEXT_COPY));
        let store = self.store.clone();
        jobs.spawn_blocking(move || copy_store(&store, now));
    }

    fn watch(&self) -> Option<Watch> {
        let wake = self.wake.clone();
        self.store
            .watch(move || wake.notify_one())
            .inspect_err(|error| tracing::error!("the engine hears of new jobs only while others are live: {error}"))
            .ok()
    }

    /// Jobs the service already has, and nobody is at work on, are followed to their end, whatever the lanes say.
    fn resume(self: &Rc<Self>, jobs: &mut JoinSet<()>) {
        let further = [Phase::Waiting, Phase::Running, Phase::Adopted, Phase::Fetching];
        match self.store.jobs_in(&further) {
            Ok(found) => found.into_iter().filter(|job| !self.is_live(job.id)).for_each(|job| self.spawn(job, jobs)),
            Err(error) => tracing::error!("jobs under way could not be read: {error}"),
        }
    }

    /// Waits until no other call of a model that is to make a task is under way.
    pub(super) async fn gate(&self, model: &ModelId) -> OwnedMutexGuard<()> {
        let gate = self.gates.borrow_mut().entry(model.clone()).or_default().clone();
        gate.lock_owned().await
    }

    /// Has the loop look at everything again.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Whether so many jobs are at work that nobody watches a single one.
    pub(super) fn is_crowded(&self) -> bool {
        self.live.borrow().len() > CROWD
    }

    /// How long to wait before something is tried again that costs nothing and failed `times` times before.
    pub(super) fn pause_after(&self, times: u32) -> Duration {
        self.clock.spread(backoff(times, self.pace.first_retry, self.pace.longest_retry))
    }

    fn is_live(&self, id: JobId) -> bool {
        self.live.borrow().contains_key(&id)
    }

    /// Everything there is to do now; returns when there is something to do next. A store that cannot be read is looked
    /// at again.
    fn look(self: &Rc<Self>, jobs: &mut JoinSet<()>) -> Option<Stamp> {
        let done = self.carry_out_wishes().and_then(|goes_on| {
            if self.goes_on.take() || goes_on {
                self.resume(jobs);
            }
            let (due, search) = (self.take_up(jobs)?, self.next_search()?);
            let is_due = |at: &Stamp| *at <= self.clock.now();
            if search.as_ref().is_some_and(is_due) {
                self.searching.set(true);
                self.search.replace(Some(jobs.spawn_local(self.clone().search())));
                return Ok(due);
            }
            Ok(due.into_iter().chain(search).min())
        });
        done.unwrap_or_else(|error| {
            tracing::error!("the engine cannot use the store: {error}");
            Some(self.clock.now().after(SAFETY_NET))
        })
    }

    /// Starts every queued job that may go now; returns when the next one may.
    fn take_up(self: &Rc<Self>, jobs: &mut JoinSet<()>) -> Result<Option<Stamp>, StoreError> {
        let mut next: Option<Stamp> = None;
        for model in self.store.due_models()? {
            self.open_lane(&model)?;
            loop {
                let now = self.clock.now();
                let Some(opens) = self.in_lane(&model, |lane| lane.opens(now)) else { break };
                let Some(job) = self.store.next_due(&model)? else { break };
                if opens > now {
                    self.say_why_it_waits(&job, now)?;
                    next = Some(next.map_or(opens, |next| next.min(opens)));
                    break;
                }
                let started = Learned { note: Some("getting ready".into()), ..Learned::default() };
                if self.store.record(job.id, Event::Start, started, now)?.is_none() {
                    break;
                }
                self.in_lane(&model, |lane| lane.book(now));
                self.spawn(job, jobs);
            }
        }
        Ok(next)
    }

    /// Once: a job that was refused says so already.
    fn say_why_it_waits(&self, job: &Job, now: Stamp) -> Result<(), StoreError> {
        if !job.note.is_empty() {
            return Ok(());
        }
        let rate = self.remote.rate(&job.request.model).unwrap_or(UNKNOWN_RATE);
        let note = format!("waits for its turn, {} each {}", rate.count, span(rate.per));
        self.store.note(job.id, Learned { note: Some(note), ..Learned::default() }, now)
    }

    fn spawn(self: &Rc<Self>, job: Job, jobs: &mut JoinSet<()>) {
        let in_lane = job.phase != Phase::Fetching;
        if let Err(error) = self.open_lane(&job.request.model) {
            tracing::error!("earlier calls of {} could not be read: {error}", job.request.model);
        }
        if in_lane {
            self.in_lane(&job.request.model, Lane::enter);
        }
        let live = Rc::new(Live {
            id: job.id,
            model: job.request.model.clone(),
            cancel: Notify::new(),
            uncancelled: Cell::new(0),
            paying: Cell::new(false),
            asked: Cell::new(0),
            in_lane: Cell::new(in_lane),
            task: OnceCell::new(),
        });
        self.live.borrow_mut().insert(job.id, live.clone());
        let worker = self.clone();
        let handle = jobs.spawn_local({
            let live = live.clone();
            async move { worker.attend(&live).await }
        });
        let _ = live.task.set(handle);
    }

    /// A job's life, and what is done when our own code panics in it.
    async fn attend(&self, live: &Live) {
        for times in 1..=PANICS {
            let Err(panic) = AssertUnwindSafe(self.live(live)).catch_unwind().await else { break };
            self.panicked(live, words(&*panic), times).await;
            live.paying.set(false);
            self.clock.sleep(self.pace.first_retry).await;
        }
        self.leave_lane(live);
        self.keep_unsent(live).await;
        self.live.borrow_mut().remove(&live.id);
        self.wake.notify_one();
    }

    /// Before the paid call the job has failed; during it nobody knows; after it the pictures are still there to be had.
    async fn panicked(&self, live: &Live, what: String, times: u32) {
        let phase = self.job(live.id).await.map(|job| job.phase);
        let fault =
            Fault::new(FaultKind::Other, "panic", format!("pinxit itself failed: {what}.")).hint("Please report this.");
        let log = Some(format!("pinxit itself failed ({times} of {PANICS}): {what}"));
        match phase {
            Some(Phase::Queued | Phase::Preparing) => {
                self.fall(live.id, fault, Learned { log, ..Learned::default() }).await;
            }
            Some(Phase::Submitting) if self.rescue_told(live.id, &fault).await => {}
            Some(Phase::Submitting) => self.lose(live, fault).await,
            _ if times < PANICS => self.note(live.id, Learned { log, ..Learned::default() }).await,
            _ => {
                let note = Some("left until pinxit is started again".into());
                let fault = Some(fault.billed(Billed::Yes));
                self.note(live.id, Learned { fault, log, note, ..Learned::default() }).await;
            }
        }
    }

    /// Waits for paid calls under way; everything else goes on at the next start.
    async fn finish(&self, mut jobs: JoinSet<()>, grace: Grace) {
        self.stopping.set(true);
        let idle = |live: &&Rc<Live>| !live.paying.get();
        self.live.borrow().values().filter(idle).filter_map(|live| live.task.get()).for_each(AbortHandle::abort);
        self.search.take().iter().for_each(AbortHandle::abort);
        let answers = async { while jobs.join_next().await.is_some() {} };
        match grace {
            None => answers.await,
            Some(grace) => {
                let _ = tokio::time::timeout(grace, answers).await;
            }
        }
        drop(jobs);
        // A call that is still unanswered is now UNSURE, and a job that was being prepared is back in the queue.
        if let Err(error) = hear::recover(&self.store, self.clock.now()) {
            tracing::error!("the last state could not be written: {error}");
        }
    }

    fn open_lane(&self, model: &ModelId) -> Result<(), StoreError> {
        if !self.lanes.borrow().contains_key(model) {
            let rate = self.remote.rate(model).unwrap_or(UNKNOWN_RATE);
            let now = self.clock.now();
            let span = i64::try_from(rate.per.as_millis() * 2).unwrap_or(i64::MAX);
            let sent = self.store.sent_since(model, Stamp(now.0.saturating_sub(span)))?;
            self.lanes.borrow_mut().insert(model.clone(), Lane::new(rate, sent));
        }
        Ok(())
    }

    pub(super) fn in_lane<T>(&self, model: &ModelId, work: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = self.lanes.borrow_mut();
        work(lanes.entry(model.clone()).or_insert_with(|| Lane::new(UNKNOWN_RATE, Vec::new())))
    }

    /// The service is done with the job: the next one may go.
    pub(super) fn leave_lane(&self, live: &Live) {
        if live.in_lane.replace(false) {
            self.in_lane(&live.model, Lane::leave);
            self.wake.notify_one();
        }
    }
}

/// Keeps a good copy of the store where it is time for one.
pub(super) fn copy_store(store: &Store, now: Stamp) {
    if let Err(error) = store.keep_copy(now) {
        tracing::error!("no copy of the data store could be kept: {error}");
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
