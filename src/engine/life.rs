//! The life of a job, from the queue to its answer. The paid call is here, and nowhere else.
//!
//! Every step is written before the next begins. `Break` means that this life is over for now: the job has ended, waits for
//! its turn or for the user, or the engine is stopping.

use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use super::Pace;
use super::lane::backoff;
use super::pace::Schedule;
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{Answer, Item, Refusal, Reply, TaskState};
use crate::catalog::{Call, Route};
use crate::domain::{Billed, Event, Fault, FaultKind, Job, JobId, Phase, Request, Stamp, TaskId};
use crate::store::Learned;

/// The service keeps tasks and pictures this long (contract 4.6).
pub(super) const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Calls refused as "too fast" before the job fails: about ten minutes at the service's pace.
const THROTTLED_TIMES: u32 = 16;

/// Calls refused for other reasons that may pass (no connection, 503) before the job fails: about a minute.
const REFUSED_TIMES: u32 = 6;

/// Answers "no such task" in a row that are believed: a single one has been seen while the task lived.
const UNKNOWN_TIMES: u32 = 5;

impl<R: Remote> Worker<R> {
    /// The whole life of a job, from wherever it is now.
    pub(super) async fn live(&self, live: &Live) -> ControlFlow<()> {
        let Some(job) = self.job(live.id).await else { return Break(()) };
        let task = match job.phase {
            Phase::Preparing => self.submit(live, &job).await?,
            Phase::Waiting | Phase::Running | Phase::Adopted => job.task,
            Phase::Fetching => None,
            _ => return Break(()),
        };
        if let Some(task) = task {
            let answer = self.follow(live, &task).await?;
            self.answered(live, answer).await?;
        }
        self.leave_lane(live);
        self.fetch(live).await
    }

    /// Sends the paid call, by one route after another until one is right. Brings the task, or nothing when the answer
    /// came at once and is written.
    async fn submit(&self, live: &Live, job: &Job) -> ControlFlow<(), Option<TaskId>> {
        let routes = self.prepare(job).await?;
        let last = routes.len() - 1;
        for (nth, route) in routes.iter().enumerate() {
            // The journal first: no call leaves without its row on disk.
            let sending = Learned {
                route: Some(name(route)),
                note: Some(format!("sending, {}", name(route))),
                log: Some(format!("POST {}, written down before it leaves", route.path)),
                ..Learned::default()
            };
            if self.record(live.id, Event::Send, sending).await != Some(Phase::Submitting) {
                return Break(());
            }
            live.paying.set(true);
            let reply = self.remote.submit(&job.request, route).await;
            let next = self.replied(live, &job.request, route, reply, nth < last).await;
            live.paying.set(false);
            match next? {
                Reached::Task(task) => return Continue(Some(task)),
                Reached::Answer => return Continue(None),
                Reached::WrongRoute => self.take_next_route(live).await?,
            }
        }
        Break(())
    }

    /// Makes sure that the pictures can be kept, and finds the routes. Nothing is paid yet, so anything wrong ends the job.
    async fn prepare(&self, job: &Job) -> ControlFlow<(), Vec<Route>> {
        let routes = match self.store.incoming(job) {
            Ok(_) => self.remote.routes(&job.request),
            Err(error) => Err(error.into()),
        };
        match routes {
            Ok(routes) => {
                let wrong = self.wrong.borrow();
                let right = |route: &Route| !wrong.contains(&(job.request.model.clone(), route.clone()));
                let known: Vec<_> = routes.iter().filter(|route| right(route)).cloned().collect();
                Continue(if known.is_empty() { routes } else { known })
            }
            Err(fault) => {
                self.fail(job.id, fault).await;
                Break(())
            }
        }
    }

    /// Writes down what the paid call came to.
    async fn replied(
        &self,
        live: &Live,
        request: &Request,
        route: &Route,
        reply: Result<Reply, Refusal>,
        has_next: bool,
    ) -> ControlFlow<(), Reached> {
        if !matches!(reply, Err(Refusal::Refused(_) | Refusal::Unknown(_))) {
            self.in_lane(&live.model, |lane| lane.taken());
            self.refusals.borrow_mut().remove(&live.id);
        }
        match reply {
            Ok(Reply::Task { id, request_id }) => {
                let log =
                    Some(format!("accepted as task {id}, request {}", request_id.as_deref().unwrap_or("without id")));
                let note = Some("accepted, waits for the service".into());
                let learned = Learned { task: Some(id.clone()), request_id, log, note, ..Learned::default() };
                self.record(live.id, Event::Accept, learned).await;
                Continue(Reached::Task(id))
            }
            Ok(Reply::Answer(answer)) => {
                self.answered(live, answer).await?;
                Continue(Reached::Answer)
            }
            Err(Refusal::WrongRoute(fault)) if has_next => {
                self.wrong.borrow_mut().insert((request.model.clone(), route.clone()));
                let log = Some(format!("{} is not for {}: {fault}", name(route), request.model));
                let note = Some("trying the next route".into());
                self.record(live.id, Event::Return, Learned { log, note, ..Learned::default() }).await;
                Continue(Reached::WrongRoute)
            }
            Err(Refusal::Refused(fault)) if fault.retryable => self.go_back(live, fault).await,
            Err(Refusal::WrongRoute(fault) | Refusal::Refused(fault)) => {
                self.fail(live.id, fault).await;
                Break(())
            }
            Err(Refusal::Unknown(fault)) => {
                self.lose(live, fault).await;
                Break(())
            }
        }
    }

    /// The same job goes on with another attempt, when its lane allows.
    async fn take_next_route(&self, live: &Live) -> ControlFlow<()> {
        // At once, or the loop would take up a job that looks queued.
        if self.record(live.id, Event::Start, Learned::default()).await.is_none() || self.stopping.get() {
            return Break(());
        }
        let now = self.clock.now();
        let turn = self.in_lane(&live.model, |lane| lane.book(now));
        self.clock.sleep_until(turn).await;
        Continue(())
    }

    /// Refused, certainly not billed, may pass: back to the queue, and the lane stays closed for a while.
    async fn go_back<T>(&self, live: &Live, fault: Fault) -> ControlFlow<(), T> {
        let too_fast = fault.kind == FaultKind::Throttled;
        let times = *self.refusals.borrow_mut().entry(live.id).and_modify(|times| *times += 1).or_insert(1);
        if times >= if too_fast { THROTTLED_TIMES } else { REFUSED_TIMES } {
            self.fail(live.id, fault).await;
            return Break(());
        }
        let Pace { first_retry, longest_retry, .. } = self.pace;
        let now = self.clock.now();
        let wait = self.in_lane(&live.model, |lane| lane.refused(now, too_fast, first_retry, longest_retry));
        let why = if too_fast { "throttled".to_owned() } else { format!("not sent ({})", fault.code) };
        let note = Some(format!("{why}, next try in {}", span(wait)));
        let log = Some(format!("refused, nothing billed, next try in {}: {fault}", span(wait)));
        self.record(live.id, Event::Return, Learned { note, log, ..Learned::default() }).await;
        Break(())
    }

    /// Sent, and nobody knows. Only the user may send it again.
    pub(super) async fn lose(&self, live: &Live, fault: Fault) {
        let log = Some(format!("no answer: it may have been billed and is not repeated: {fault}"));
        let mut fault = Fault { kind: FaultKind::Unsure, billed: Billed::Unknown, retryable: false, ..fault };
        if fault.hint.is_empty() {
            fault.hint = "It is not sent again by itself; a retry may pay twice.".into();
        }
        let note = Some("sent, no answer: may be billed".into());
        let request_id = fault.request_id.clone();
        let learned = Learned { fault: Some(fault), request_id, note, log, ..Learned::default() };
        self.record(live.id, Event::Lose, learned).await;
    }

    /// Asks after a task until it ends. Trouble with the asking never ends the job.
    async fn follow(&self, live: &Live, task: &TaskId) -> ControlFlow<(), Answer> {
        let Some(job) = self.job(live.id).await else { return Break(()) };
        let sent = job.sent.unwrap_or(job.since);
        let median = self.store.median_run(&live.model).unwrap_or_default();
        let mut schedule = Schedule::new(self.pace, sent, median);
        let (mut phase, mut unknown, mut trouble) = (job.phase, 0, 0);
        for nth in 1_u64.. {
            let now = self.clock.now();
            let mut at = schedule.next(now, phase == Phase::Running);
            if trouble > 0 {
                at = at.max(now.after(backoff(trouble - 1, self.pace.first_retry, self.pace.longest_retry)));
            } else {
                self.say(live.id, format!("poll {nth}, next in {}", span(at.since(now)))).await;
            }
            // The last question comes at the end of the day, and one is asked even if we slept past it.
            self.wait(live, task, at.min(sent.after(KEPT))).await?;
            let state = self.remote.task(task).await;
            unknown = if state == Ok(TaskState::Unknown) { unknown + 1 } else { 0 };
            trouble = if state.is_err() { trouble + 1 } else { 0 };
            match state {
                Ok(TaskState::Succeeded(answer)) => return Continue(answer),
                Ok(TaskState::Pending | TaskState::Running) => {
                    phase = self.moved(live, phase, state == Ok(TaskState::Running), sent).await;
                }
                Ok(TaskState::Failed(fault)) => {
                    self.fail(live.id, fault).await;
                    return Break(());
                }
                Ok(TaskState::Cancelled) => {
                    let log = Some("the service says that the task was cancelled: nothing was billed".into());
                    let note = Some("cancelled".into());
                    self.record(live.id, Event::Cancel, Learned { note, log, ..Learned::default() }).await;
                    return Break(());
                }
                Ok(TaskState::Unknown) if unknown >= UNKNOWN_TIMES => {
                    return self.expire(live.id, "The service no longer knows the task.").await;
                }
                Ok(TaskState::Unknown) => self.log(live.id, format!("GET /tasks/{task}: UNKNOWN ({unknown})")).await,
                Err(fault) => self.not_asked(live.id, task, &fault).await,
            }
            if self.clock.now().since(sent) >= KEPT {
                return self.expire(live.id, "The service keeps tasks for 24 hours, and this one has no answer.").await;
            }
        }
        Break(())
    }

    /// PENDING or RUNNING: written down when it is news.
    async fn moved(&self, live: &Live, phase: Phase, running: bool, sent: Stamp) -> Phase {
        let event = match (running, phase) {
            (true, Phase::Waiting | Phase::Adopted) => Event::Run,
            (false, Phase::Adopted) => Event::Wait,
            _ => return phase,
        };
        let state = if running { "RUNNING" } else { "PENDING" };
        let log = Some(format!("the service says {state}, {} after the call", span(self.clock.now().since(sent))));
        self.record(live.id, event, Learned { log, ..Learned::default() }).await.unwrap_or(phase)
    }

    /// The task is there whether or not we can ask after it now.
    async fn not_asked(&self, id: JobId, task: &TaskId, fault: &Fault) {
        let note = Some(format!("cannot ask after it ({}), trying again", fault.code));
        let log = Some(format!("GET /tasks/{task}: {fault}"));
        self.note(id, Learned { note, log, ..Learned::default() }).await;
    }

    /// Waits for the next question's turn, or for the user's wish to stop.
    async fn wait(&self, live: &Live, task: &TaskId, until: Stamp) -> ControlFlow<()> {
        if self.stopping.get() {
            return Break(());
        }
        tokio::select! {
            () = self.clock.sleep_until(until) => {}
            () = live.cancel.notified() => self.cancel(live, task).await?,
        }
        let now = self.clock.now();
        let turn = self.questions.borrow_mut().book(now);
        self.clock.sleep_until(turn).await;
        Continue(())
    }

    /// A task that has not begun can be taken back; one at work can only be waited for no longer.
    async fn cancel(&self, live: &Live, task: &TaskId) -> ControlFlow<()> {
        let phase = self.job(live.id).await.map(|job| job.phase);
        let learned = if phase == Some(Phase::Running) {
            let why = format!("Stopped waiting for task {task}; the service is at work and bills what it makes.");
            let fault = Fault::new(FaultKind::Interrupted, "stopped_waiting", why).billed(Billed::Unknown);
            let log = Some("stopped waiting: the service is still at work and may bill".into());
            Learned { fault: Some(fault), log, note: Some("may still be billed".into()), ..Learned::default() }
        } else {
            match self.remote.cancel(task).await {
                Ok(true) => {
                    let log = Some(format!("POST /tasks/{task}/cancel: cancelled, nothing billed"));
                    Learned { log, note: Some("cancelled".into()), ..Learned::default() }
                }
                Ok(false) => {
                    self.log(live.id, "too late to cancel: the service is at work, and the pictures are kept".into())
                        .await;
                    return Continue(());
                }
                Err(fault) => {
                    self.log(live.id, format!("POST /tasks/{task}/cancel: {fault}")).await;
                    return Continue(());
                }
            }
        };
        self.record(live.id, Event::Cancel, learned).await;
        Break(())
    }

    /// The answer is here and paid for: written down before anything else is done with it.
    async fn answered(&self, live: &Live, answer: Answer) -> ControlFlow<()> {
        let Answer { items, billed, actual_prompt, request_id } = answer;
        let (mut urls, mut failed) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Item::Picture(url) => urls.push(url),
                Item::Failed(fault) => failed.push(fault),
                Item::Text(_) => {}
            }
        }
        let made = urls.len() as u32;
        let log = match billed {
            Some(count) if count == made => format!("answer: {}, billed as such", pictures(made)),
            Some(count) => format!("answer: {}, but {count} billed: they should be the same", pictures(made)),
            None => format!("answer: {}; the service does not say what it billed, taken as {made}", pictures(made)),
        };
        let known = Learned {
            request_id,
            actual_prompt,
            billed: Some(billed.unwrap_or(made)),
            log: Some(log),
            ..Learned::default()
        };
        if urls.is_empty() {
            let fault = failed.into_iter().next().unwrap_or_else(|| {
                Fault::new(FaultKind::Other, "no_pictures", "The service answered without a picture.")
            });
            let billed = if known.billed > Some(0) { Billed::Yes } else { fault.billed };
            let learned = Learned { fault: Some(fault.billed(billed)), note: Some(String::new()), ..known };
            self.record(live.id, Event::Fail, learned).await;
            return Break(());
        }
        let fault = failed.first().map(|first| Fault {
            kind: FaultKind::Partial,
            message: format!("{} of {} pictures failed: {}", failed.len(), failed.len() + urls.len(), first.message),
            ..first.clone()
        });
        let note = Some(format!("0/{made} saved"));
        self.record(live.id, Event::Answer, Learned { urls: Some(urls), fault, note, ..known }).await;
        Continue(())
    }

    /// Ends a job without pictures.
    pub(super) async fn fail(&self, id: JobId, fault: Fault) {
        let log = Some(format!("failed: {fault}"));
        let request_id = fault.request_id.clone();
        let note = Some(String::new());
        self.record(id, Event::Fail, Learned { fault: Some(fault), request_id, log, note, ..Learned::default() }).await;
    }

    async fn expire<T>(&self, id: JobId, why: &str) -> ControlFlow<(), T> {
        let fault = Fault::new(FaultKind::Other, "expired", why)
            .hint("The service's console shows what it billed.")
            .billed(Billed::Unknown);
        let note = Some(String::new());
        let learned = Learned { fault: Some(fault), log: Some(why.to_owned()), note, ..Learned::default() };
        self.record(id, Event::Expire, learned).await;
        Break(())
    }
}

/// How far a paid call got.
enum Reached {
    /// A task to follow.
    Task(TaskId),
    /// The answer, written down.
    Answer,
    /// Nowhere: another route may be right.
    WrongRoute,
}

/// A route in a few words: `async image-generation`.
fn name(route: &Route) -> String {
    let call = match route.call {
        Call::Sync => "sync",
        Call::Stream => "stream",
        Call::Async => "async",
    };
    let family = route.path.trim_matches('/').rsplit('/').nth(1).unwrap_or(&route.path);
    format!("{call} {family}")
}

/// `1 picture`, `2 pictures`
fn pictures(count: u32) -> String {
    format!("{count} picture{}", if count == 1 { "" } else { "s" })
}

/// A span in words: `8 s`, `0.2 s`, `12 min`.
pub(super) fn span(span: Duration) -> String {
    match span.as_secs() {
        0..10 if span.subsec_millis() >= 50 => format!("{:.1} s", span.as_secs_f64()),
        secs @ 0..120 => format!("{secs} s"),
        secs => format!("{} min", secs / 60),
    }
}
