//! From a task's id to its answer: asked after until it ends, whatever goes wrong with the asking.

use std::ops::ControlFlow::{self, Break, Continue};

use super::carry;
use super::life::KEPT;
use super::pace::Schedule;
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{Answer, TaskState};
use crate::domain::text::span;
use crate::domain::{Billed, Event, Fault, FaultKind, JobId, Phase, Stamp, TaskId};
use crate::store::Learned;

/// Answers "no such task" in a row that are believed: a single one has been seen while the task lived.
const UNKNOWN_TIMES: u32 = 5;

/// Calls to take a task back that may fail before it is left to its end.
const CANCEL_TIMES: u32 = 6;

impl<R: Remote> Worker<R> {
    /// Asks after a task until it ends. Trouble with the asking never ends the job.
    pub(super) async fn follow(&self, live: &Live, task: &TaskId) -> ControlFlow<(), Answer> {
        let Some(job) = self.job(live.id).await else { return Break(()) };
        let sent = job.sent.unwrap_or(job.since);
        let median = self.store.median_run(&live.model).unwrap_or_default();
        let mut schedule = Schedule::new(self.pace, sent, median);
        let (mut phase, mut unknown, mut trouble) = (job.phase, 0, 0);
        for nth in 1_u64.. {
            let now = self.clock.now();
            let mut at = schedule.next(now, phase == Phase::Running, self.is_crowded());
            if trouble > 0 {
                at = at.max(now.after(self.pause_after(trouble - 1)));
            } else {
                let note = Some(format!("{}poll {nth}, next", wish(live)));
                self.note(live.id, Learned { note, until: Some(at), asked: live.asked.take(), ..Learned::default() })
                    .await;
            }
            // The last question comes at the end of the day, and one is asked even if we slept past it.
            self.wait(live, task, at.min(sent.after(KEPT))).await?;
            live.asked.set(live.asked.get() + 1);
            let state = self.remote.task(task).await;
            unknown = if state == Ok(TaskState::Unknown) { unknown + 1 } else { 0 };
            trouble = if state.is_err() { trouble + 1 } else { 0 };
            match state {
                Ok(TaskState::Succeeded(answer)) => return Continue(answer),
                Ok(TaskState::Pending | TaskState::Running) => {
                    phase = self.moved(live, phase, state == Ok(TaskState::Running), sent).await;
                }
                Ok(TaskState::Failed(fault)) => {
                    if carry::is_address_refused(&fault) {
                        self.doubtful.borrow_mut().insert(live.id);
                    }
                    self.fail(live.id, self.remote.advise(fault, &job.request)).await;
                    return Break(());
                }
                Ok(TaskState::Cancelled) => {
                    let log = Some("the service says that the task was cancelled: nothing was billed".into());
                    let note = Some("cancelled".into());
                    self.cancelled(live.id, Learned { note, log, ..Learned::default() }).await;
                    return Break(());
                }
                Ok(TaskState::Unknown) if unknown >= UNKNOWN_TIMES => {
                    return self.expire(live.id, &format!("The service no longer knows task {task}.")).await;
                }
                Ok(TaskState::Unknown) => self.log(live.id, format!("GET /tasks/{task}: UNKNOWN ({unknown})")).await,
                Err(fault) => self.not_asked(live.id, task, &fault).await,
            }
            if self.clock.now().since(sent) >= KEPT {
                let why = format!("The service keeps tasks for 24 hours, and task {task} has no answer.");
                return self.expire(live.id, &why).await;
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
        if running {
            // Now it could only be waited for no longer, and it is paid for.
            live.uncancelled.set(0);
        }
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
            biased;
            () = live.cancel.notified() => {
                live.uncancelled.set(0);
                self.cancel(live, task).await?;
            }
            () = self.clock.sleep_until(until) => {
                if (1..CANCEL_TIMES).contains(&live.uncancelled.get()) {
                    self.cancel(live, task).await?;
                }
            }
        }
        self.take_turn().await;
        Continue(())
    }

    /// Waits for the turn of a question: all of them share what the account may ask.
    pub(super) async fn take_turn(&self) {
        let now = self.clock.now();
        let turn = self.questions.borrow_mut().book(now);
        self.clock.sleep_until(turn).await;
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
            self.take_turn().await;
            match self.remote.cancel(task).await {
                Ok(true) => {
                    let log = Some(format!("POST /tasks/{task}/cancel: cancelled, nothing billed"));
                    Learned { log, note: Some("cancelled".into()), ..Learned::default() }
                }
                Ok(false) => {
                    live.uncancelled.set(0);
                    self.log(live.id, "too late to cancel: the service is at work, and the pictures are kept".into())
                        .await;
                    return Continue(());
                }
                Err(fault) => {
                    self.not_cancelled(live, task, &fault).await;
                    return Continue(());
                }
            }
        };
        self.cancelled(live.id, learned).await;
        Break(())
    }

    /// The wish stands: a call that may get through is made again with the next question.
    async fn not_cancelled(&self, live: &Live, task: &TaskId, fault: &Fault) {
        let times = if fault.retryable { live.uncancelled.get() + 1 } else { CANCEL_TIMES };
        live.uncancelled.set(times);
        let next = if times < CANCEL_TIMES { "trying again" } else { "given up, its pictures will be kept" };
        let note = Some(format!("{}{}", wish(live), fault.code));
        let log = Some(format!("POST /tasks/{task}/cancel, try {times}: {fault}; {next}"));
        self.note(live.id, Learned { note, log, ..Learned::default() }).await;
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

/// How far the wish to take a task back came.
fn wish(live: &Live) -> &'static str {
    match live.uncancelled.get() {
        0 => "",
        1..CANCEL_TIMES => "not cancelled yet, ",
        _ => "could not be cancelled, ",
    }
}
