//! The life of a job, from the queue to its answer. The paid call is here, and nowhere else.
//!
//! Every step is written before the next begins. `Break` means that this life is over for now: the job has ended, waits for
//! its turn or for the user, or the engine is stopping.

use std::collections::HashSet;
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use super::Pace;
use super::carry::{self, Uploads};
use super::hear::Spoken;
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{Refusal, Reply};
use crate::catalog::{Call, Route};
use crate::domain::text::span;
use crate::domain::{Billed, Event, Fault, FaultKind, Job, Phase, Reference, Request, Stamp, TaskId};
use crate::store::Learned;

/// The service keeps tasks and pictures this long (contract 4.6).
pub(super) const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a route that is not for a model is tried last.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Calls refused as "too fast" before the job fails: about ten minutes at the service's pace.
const THROTTLED_TIMES: u32 = 16;

/// Calls refused for other reasons that may pass (no connection, 503) before the job fails: about a minute.
const REFUSED_TIMES: u32 = 6;

/// Calls refused because an input picture could not be fetched before the job fails: a few times (contract 6.2).
const UNFETCHED_TIMES: u32 = 3;

/// The same where content inspection could not fetch it: once more (contract 6.2).
const UNINSPECTED_TIMES: u32 = 2;

impl<R: Remote> Worker<R> {
    /// The whole life of a job, from wherever it is now.
    pub(super) async fn live(&self, live: &Live) -> ControlFlow<()> {
        let Some(job) = self.job(live.id).await else { return Break(()) };
        let task = match job.phase {
            Phase::Preparing => self.submit(live, &job).await?,
            Phase::Waiting | Phase::Running | Phase::Adopted => job.task.clone(),
            Phase::Fetching => None,
            _ => return Break(()),
        };
        if let Some(task) = task {
            // A wish that an earlier engine took. A task at work is followed all the same: it is paid for.
            if job.phase == Phase::Waiting && self.is_unwanted(job.id).await {
                live.cancel.notify_one();
            }
            let answer = self.follow(live, &task).await?;
            let part = self.part(&job).unwrap_or_else(|| (*job.request).clone());
            self.answered(live, &part, answer).await?;
        }
        self.leave_lane(live);
        self.fetch(live).await
    }

    /// Sends the paid call, by one route after another until one is right. Brings the task, or nothing when the answer
    /// came at once and is written.
    async fn submit(&self, live: &Live, job: &Job) -> ControlFlow<(), Option<TaskId>> {
        let routes = self.routes(job).await?;
        let part = self.next_part(job).await?;
        self.has_room(live, job, &part).await?;
        let was_refused = self.doubtful.borrow_mut().remove(&live.id);
        let uploads = if was_refused { Uploads::Anew } else { Uploads::Remembered };
        let mut request = self.carry(live, job, &part, uploads).await?;
        let mut turn = self.catch_up(live, job).await?;
        let (mut nth, mut may_renew) = (0, carries_uploads(&part, &request) && !was_refused);
        while let Some(route) = routes.get(nth) {
            let next = {
                let _alone = match route.call {
                    Call::Async => Some(self.gate(&live.model).await),
                    Call::Sync | Call::Stream => None,
                };
                self.write_down(live, job, route).await?;
                live.paying.set(true);
                let spoken = self.send(live, &request, route).await;
                let way = Way { route, turn, has_next: nth + 1 < routes.len(), may_renew };
                let next = self.replied(live, &request, way, spoken).await;
                live.paying.set(false);
                next
            };
            match next? {
                Reached::Task(task) => return Continue(Some(task)),
                Reached::Answer => return Continue(None),
                Reached::WrongRoute => {
                    turn = self.take_next_turn(live).await?;
                    nth += 1;
                }
                Reached::UnknownAddress => {
                    turn = self.take_next_turn(live).await?;
                    request = self.carry(live, job, &part, Uploads::Anew).await?;
                    may_renew = false;
                }
            }
        }
        Break(())
    }

    /// The journal first: no call leaves without its row on disk. Nor does one that the user has stopped meanwhile.
    async fn write_down(&self, live: &Live, job: &Job, route: &Route) -> ControlFlow<()> {
        if self.is_unwanted(job.id).await {
            self.give_up(job).await;
            return Break(());
        }
        let (which, of) = match self.parts(job) {
            1 => (String::new(), String::new()),
            all => (format!(" {}/{all}", job.answered + 1), format!(", request {} of {all}", job.answered + 1)),
        };
        let sending = Learned {
            route: Some(name(route)),
            note: Some(format!("sending{which}, {}", name(route))),
            log: Some(format!("POST {}{of}, written down before it leaves", route.path)),
            ..Learned::default()
        };
        match self.record(live.id, Event::Send, sending).await {
            Some(Phase::Submitting) => Continue(()),
            _ => Break(()),
        }
    }

    /// Makes sure that the pictures can be kept, and finds the routes; those that were wrong of late come last. Nothing is
    /// paid yet, so anything wrong ends the job.
    async fn routes(&self, job: &Job) -> ControlFlow<(), Vec<Route>> {
        let routes = match self.store.incoming(job) {
            Ok(_) => self.remote.routes(&job.request),
            Err(error) => Err(error.into()),
        };
        match routes {
            Ok(mut routes) => {
                let wrong = self.store.wrong_routes(&job.request.model, self.clock.now()).unwrap_or_else(|error| {
                    tracing::error!("which routes are wrong could not be read: {error}");
                    HashSet::new()
                });
                routes.sort_by_key(|route| wrong.contains(&name(route)));
                Continue(routes)
            }
            Err(fault) => {
                self.fail(job.id, fault).await;
                Break(())
            }
        }
    }

    async fn next_part(&self, job: &Job) -> ControlFlow<(), Request> {
        match self.part(job) {
            Some(part) => Continue(part),
            // Only a catalogue that changed meanwhile splits a job into fewer requests.
            None => {
                let why = "Every request of this job is answered already.";
                self.fail(job.id, Fault::new(FaultKind::Invalid, "nothing_to_send", why)).await;
                Break(())
            }
        }
    }

    /// A call whose pictures took their time leaves at a turn of now, not at the one it was taken up for.
    async fn catch_up(&self, live: &Live, job: &Job) -> ControlFlow<(), Stamp> {
        let (now, mut turn) = (self.clock.now(), job.since);
        if now > turn {
            turn = self.in_lane(&live.model, |lane| lane.rebook(turn, now));
            self.clock.sleep_until(turn).await;
        }
        if self.stopping.get() { Break(()) } else { Continue(turn) }
    }

    /// Writes down what the paid call came to.
    async fn replied(&self, live: &Live, request: &Request, way: Way<'_>, spoken: Spoken) -> ControlFlow<(), Reached> {
        let Spoken::Whole(reply) = spoken else { return Continue(Reached::Answer) };
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
                self.answered(live, request, answer).await?;
                Continue(Reached::Answer)
            }
            Err(Refusal::WrongRoute(fault)) => self.went_wrong(live, way, fault).await,
            Err(Refusal::Refused(fault)) if way.may_renew && carry::is_address_refused(&fault) => {
                self.count_refusal(live);
                let log = format!("an upload is no longer known, nothing billed, uploading anew: {fault}");
                let learned = Learned { note: Some("uploading anew".into()), log: Some(log), ..Learned::default() };
                self.record(live.id, Event::Return, learned).await;
                Continue(Reached::UnknownAddress)
            }
            Err(Refusal::Refused(fault)) if fault.retryable => self.go_back(live, fault).await,
            Err(Refusal::Refused(fault)) => {
                self.stop_batch(live, &fault).await;
                self.fail(live.id, fault).await;
                Break(())
            }
            Err(Refusal::Unknown(fault)) => {
                self.lose(live, fault).await;
                Break(())
            }
        }
    }

    /// The call was refused because of the way it took, which costs neither money nor a turn; the next way is tried at
    /// once. Where none is left what was remembered says nothing, and the fault is the model's own.
    async fn went_wrong(&self, live: &Live, way: Way<'_>, fault: Fault) -> ControlFlow<(), Reached> {
        self.in_lane(&live.model, |lane| lane.give_back(way.turn));
        let wrong_route = Some(self.clock.now().after(REMEMBERED));
        if way.has_next {
            let log = Some(format!("{} is not for {}: {fault}", name(way.route), live.model));
            let note = Some("trying the next route".into());
            self.record(live.id, Event::Return, Learned { wrong_route, note, log, ..Learned::default() }).await;
            return Continue(Reached::WrongRoute);
        }
        self.fall(live.id, fault, Learned { wrong_route, ..Learned::default() }).await;
        if let Err(error) = self.store.forget_wrong_routes(&live.model) {
            tracing::error!("wrong routes of {} could not be forgotten: {error}", live.model);
        }
        Break(())
    }

    /// The same job goes on with another attempt, when its lane allows.
    async fn take_next_turn(&self, live: &Live) -> ControlFlow<(), Stamp> {
        // At once, or the loop would take up a job that looks queued.
        if self.record(live.id, Event::Start, Learned::default()).await.is_none() || self.stopping.get() {
            return Break(());
        }
        let now = self.clock.now();
        let turn = self.in_lane(&live.model, |lane| lane.book(now));
        self.clock.sleep_until(turn).await;
        Continue(turn)
    }

    /// Refused, certainly not billed, may pass: back to the queue, and the lane stays closed for a while; never for less than
    /// the service asks for.
    async fn go_back<T>(&self, live: &Live, fault: Fault) -> ControlFlow<(), T> {
        let too_fast = fault.kind == FaultKind::Throttled;
        let Some(job) = self.job(live.id).await else { return Break(()) };
        // A batch is left alone over night: its rows wait until the line is back.
        let waits = job.row.is_some() && fault.kind == FaultKind::Network;
        if self.count_refusal(live) >= most_times(&fault) && !waits {
            self.fail(live.id, fault).await;
            return Break(());
        }
        let Pace { first_retry, longest_retry, .. } = self.pace;
        let told = Duration::from_secs(fault.retry_after.unwrap_or(0).into());
        let (first, longest) = (first_retry.max(told), longest_retry.max(told));
        let now = self.clock.now();
        let wait = self.in_lane(&live.model, |lane| lane.refused(too_fast, first, longest));
        let wait = self.clock.spread(wait).max(told);
        let until = now.after(wait);
        self.in_lane(&live.model, |lane| lane.close(now, until));
        let why = if too_fast { "throttled".to_owned() } else { format!("not sent ({})", fault.code) };
        let note = Some(format!("{why}, next try"));
        let log = Some(format!("refused, nothing billed, next try in {}: {fault}", span(wait)));
        self.record(live.id, Event::Return, Learned { note, until: Some(until), log, ..Learned::default() }).await;
        Break(())
    }

    /// What is wrong with the key or the account is wrong with every row: the batch waits for its user after the first.
    async fn stop_batch(&self, live: &Live, fault: &Fault) {
        if fault.kind != FaultKind::Access {
            return;
        }
        if let Some(row) = self.job(live.id).await.and_then(|job| job.row) {
            self.insist(live.id, |worker| worker.store.pause_batch(row.batch, true)).await;
            let line = format!(
                "batch {0} is paused: its other rows would be refused too; `pinxit batch resume b{0}`",
                row.batch
            );
            self.log(live.id, line).await;
        }
    }

    fn count_refusal(&self, live: &Live) -> u32 {
        *self.refusals.borrow_mut().entry(live.id).and_modify(|times| *times += 1).or_insert(1)
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
}

/// The way a paid call took.
struct Way<'a> {
    route: &'a Route,
    /// The moment it was booked for.
    turn: Stamp,
    /// There is another route.
    has_next: bool,
    /// Its pictures may be uploaded anew.
    may_renew: bool,
}

/// How far a paid call got.
enum Reached {
    /// A task to follow.
    Task(TaskId),
    /// The answer, written down.
    Answer,
    /// Nowhere: another route may be right.
    WrongRoute,
    /// Nowhere: the service does not know an upload any more.
    UnknownAddress,
}

/// How often a call is sent that is refused like this, and may pass.
fn most_times(fault: &Fault) -> u32 {
    match fault.kind {
        FaultKind::Throttled => THROTTLED_TIMES,
        FaultKind::Invalid if fault.code.ends_with("DataInspection") => UNINSPECTED_TIMES,
        FaultKind::Invalid => UNFETCHED_TIMES,
        _ => REFUSED_TIMES,
    }
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

/// Whether a picture of ours is named by its address in the temporary storage.
fn carries_uploads(part: &Request, carried: &Request) -> bool {
    let is_upload = |image: &Reference| matches!(image, Reference::Url(url) if url.starts_with("oss://"));
    let both = part.images.iter().zip(&carried.images);
    both.into_iter().any(|(ours, sent)| matches!(ours, Reference::File(_)) && is_upload(sent))
}
