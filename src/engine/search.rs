//! Looks for the tasks of calls whose answer was lost, in the service's list, and has those that are found followed.
//!
//! A call is looked for a few times, ever more rarely: a new task may be listed late. What is not certain stays with the
//! user. Nothing here is ever sent again. Which task is whose is decided in [`matching`](super::matching).

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use super::lane::backoff;
use super::matching::{self, Call, Verdict};
use super::remote::Remote;
use super::worker::Worker;
use crate::api::{Listed, TaskList, TaskState};
use crate::domain::{Event, Fault, Job, ModelId, Stamp, TaskId, text};
use crate::store::{Learned, Lost, Rival, StoreError};

/// Times a call is looked for: over about two minutes at the service's pace.
pub(super) const LOOKS: u32 = 6;

/// The service's list goes back this far (contract 4.5).
const LISTED: Duration = Duration::from_secs(24 * 60 * 60);

/// Milliseconds before a call in which another may have left that made its task: the longest a call is under way, and more.
const NEAR: i64 = 600_000;

/// Tasks whose words are asked for to tell them apart, at most; each costs a question.
const ASKED_MAX: usize = 8;

impl<R: Remote> Worker<R> {
    /// When the next look is due: after each loss soon, then ever later. `None`: nothing is looked for.
    pub(super) fn next_search(&self) -> Result<Option<Stamp>, StoreError> {
        if self.searching.get() {
            return Ok(None);
        }
        Ok(self.wanted()?.iter().map(|lost| self.due(lost)).min())
    }

    fn wanted(&self) -> Result<Vec<Lost>, StoreError> {
        Ok(self.store.lost(LOOKS)?.into_iter().filter(has_task).collect())
    }

    fn due(&self, lost: &Lost) -> Stamp {
        let since = lost.job.until.unwrap_or(lost.to);
        let due = if lost.looks == 0 { lost.to.after(self.pace.first_retry) } else { since };
        // Further off than a look is ever put: the wall clock was set back.
        let (now, furthest) = (self.clock.now(), self.pace.longest_retry * 2);
        if due > now.after(furthest) { now } else { due }
    }

    /// One look at everything that is due, then the worker looks again at its jobs.
    pub(super) async fn search(self: Rc<Self>) {
        if let Err(error) = self.look_for_tasks().await {
            tracing::error!("calls in doubt could not be looked for: {error}");
            // What was found out could not be written down: asking again at once would only be asking again.
            self.clock.sleep(self.pace.longest_retry).await;
        }
        self.searching.set(false);
        self.wake();
    }

    async fn look_for_tasks(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut models: BTreeMap<ModelId, Vec<Lost>> = BTreeMap::new();
        for lost in self.wanted()? {
            if self.is_past(lost.from.after(LISTED)) {
                self.store.looked(
                    lost.job.id,
                    LOOKS,
                    &said("the service keeps tasks for 24 hours: too late to look"),
                    now,
                )?;
            } else {
                models.entry(self.remote.wire_name(&lost.job.request.model)).or_default().push(lost);
            }
        }
        for (model, lost) in models {
            if lost.iter().any(|lost| self.due(lost) <= now) {
                self.look_for(&model, &lost).await?;
            }
        }
        Ok(())
    }

    /// Calls of one model: one walk through the list for all of them.
    async fn look_for(&self, model: &ModelId, lost: &[Lost]) -> Result<(), StoreError> {
        let ahead = self.remote.ahead();
        let call = |lost: &Lost| Call::new(lost.job.id, lost.from, lost.to, ahead);
        let calls: Vec<Call> = lost.iter().map(call).collect();
        let (listed, is_whole) = match self.list(model, &calls).await {
            Ok(listed) => listed,
            Err(fault) => return lost.iter().try_for_each(|lost| self.not_listed(lost, &fault)),
        };
        // In this order: a call that is answered meanwhile is still a rival, or its task is known.
        let rivals = self.rivals(model, &calls)?;
        let known = self.store.known_tasks(&listed.iter().map(|task| task.task.clone()).collect::<Vec<_>>())?;
        let (strangers, is_our_key) = matching::strangers(listed, &known);
        let may_be = |rival: &Rival| Call::new(rival.job, rival.from, rival.to.unwrap_or(self.clock.now()), ahead);
        let verdicts = matching::judge(&calls, &rivals.iter().map(may_be).collect::<Vec<_>>(), &strangers);
        let mut taken = HashSet::new();
        for (lost, (_, verdict)) in lost.iter().zip(verdicts) {
            let found = match verdict {
                Verdict::None => Found::Nothing,
                Verdict::One(task) => self.confirm(&lost.job, &task, is_our_key).await,
                Verdict::Several(tasks) => self.tell_apart(&lost.job, &tasks, &rivals).await,
            };
            match found {
                Found::Task(task) if taken.insert(task.clone()) => self.adopt(lost, task)?,
                Found::Task(_) | Found::Doubtful(_) => self.in_doubt(lost, &found)?,
                Found::Nothing => self.nothing(lost, is_whole)?,
            }
        }
        Ok(())
    }

    /// Calls of a model that may have made a task which one of some calls may have made.
    fn rivals(&self, model: &ModelId, calls: &[Call]) -> Result<Vec<Rival>, StoreError> {
        let first = calls.iter().map(|call| call.from).min().unwrap_or_default();
        let since = Stamp(first.0.saturating_sub(self.remote.ahead()).saturating_sub(NEAR));
        let same = |rival: &Rival| self.remote.wire_name(&rival.model) == *model;
        Ok(self.store.rivals(since)?.into_iter().filter(same).collect())
    }

    /// Every page of the list that may name one of these calls, and whether that is all of it.
    async fn list(&self, model: &ModelId, calls: &[Call]) -> Result<(Vec<Listed>, bool), Fault> {
        let from = calls.iter().map(|call| call.from).min().unwrap_or_default();
        let to = calls.iter().map(|call| call.to).max().unwrap_or_default();
        // A little more than the calls themselves, so that tasks we know are among them and tell what our key is called.
        let before = Stamp(from.0 - 3_600_000);
        let mut list = TaskList::new(before, to).of(model.clone());
        let mut listed = Vec::new();
        while list.has_more() {
            self.take_turn().await;
            listed.extend(self.remote.tasks(&mut list).await?);
        }
        Ok((listed, list.is_whole()))
    }

    /// The only task that can be this call's: unless its words say otherwise. Where another key may have made it, its words
    /// have to be ours.
    async fn confirm(&self, job: &Job, task: &TaskId, is_our_key: bool) -> Found {
        match self.words(task).await {
            Some(words) if words != *text::clean_lines(&job.request.prompt) => Found::Nothing,
            None if !is_our_key => Found::Doubtful(1),
            _ => Found::Task(task.clone()),
        }
    }

    /// Of several tasks the one with this very prompt, where the service repeats it and only one has it.
    async fn tell_apart(&self, job: &Job, tasks: &[TaskId], rivals: &[Rival]) -> Found {
        let mut same = Vec::new();
        let mut silent = 0;
        for task in tasks.iter().take(ASKED_MAX) {
            match self.words(task).await {
                Some(words) if words == *text::clean_lines(&job.request.prompt) => same.push(task.clone()),
                Some(_) => {}
                None => silent += 1,
            }
        }
        let twins = rivals.iter().filter(|rival| rival.prompt == job.request.prompt).count();
        match (&same[..], silent) {
            ([only], 0) if twins == 1 && tasks.len() <= ASKED_MAX => Found::Task(only.clone()),
            ([], 0) if tasks.len() <= ASKED_MAX => Found::Nothing,
            _ => Found::Doubtful(tasks.len()),
        }
    }

    /// The prompt a finished task was made for, where the service repeats it.
    async fn words(&self, task: &TaskId) -> Option<String> {
        self.take_turn().await;
        match self.remote.task(task).await {
            Ok(TaskState::Succeeded(answer)) => answer.orig_prompt,
            _ => None,
        }
    }

    fn adopt(&self, lost: &Lost, task: TaskId) -> Result<(), StoreError> {
        let log = Some(format!("found as task {task} in the service's list: it is followed, nothing is sent again"));
        let note = Some("found on the service".into());
        let learned = Learned { task: Some(task), note, log, ..Learned::default() };
        self.store.record(lost.job.id, Event::Adopt, learned, self.clock.now())?;
        self.goes_on.set(true);
        Ok(())
    }

    fn nothing(&self, lost: &Lost, is_whole: bool) -> Result<(), StoreError> {
        let looks = lost.looks + 1;
        let note = match looks {
            LOOKS.. if is_whole => "sent, no answer; the service lists no task for it: it was probably not taken",
            LOOKS.. => "sent, no answer; the service's list could not be read to its end",
            _ => "sent, no answer; not in the service's list yet, next look",
        };
        self.look_again(lost, note, (looks == LOOKS).then(|| note.to_owned()))
    }

    fn in_doubt(&self, lost: &Lost, found: &Found) -> Result<(), StoreError> {
        let tasks = match found {
            Found::Doubtful(tasks) => *tasks,
            _ => 1,
        };
        let s = if tasks == 1 { " that may be" } else { "s, one of which may be" };
        let note =
            format!("sent, no answer; the service lists {tasks} task{s} its: `pinxit rescue` shows them, next look");
        let last = note.trim_end_matches(", next look").to_owned();
        let is_last = lost.looks + 1 >= LOOKS;
        self.look_again(lost, if is_last { &last } else { &note }, is_last.then(|| last.clone()))
    }

    fn not_listed(&self, lost: &Lost, fault: &Fault) -> Result<(), StoreError> {
        let log = Some(format!("the service's list could not be read: {fault}"));
        let is_last = lost.looks + 1 >= LOOKS;
        let next = if is_last { "" } else { ", next look" };
        self.look_again(lost, &format!("sent, no answer; its list could not be read ({}){next}", fault.code), log)
    }

    fn look_again(&self, lost: &Lost, note: &str, log: Option<String>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let looks = lost.looks + 1;
        let wait = backoff(looks, self.pace.first_retry, self.pace.longest_retry);
        let until = (looks < LOOKS).then(|| now.after(wait));
        self.store.looked(
            lost.job.id,
            looks,
            &Learned { note: Some(note.into()), until, log, ..Learned::default() },
            now,
        )
    }
}

/// What came of looking.
enum Found {
    /// Its task.
    Task(TaskId),
    /// So many tasks that may be its, or another's.
    Doubtful(usize),
    /// None.
    Nothing,
}

/// A call that was to make a task; others leave no trace in the list.
pub(super) fn has_task(lost: &Lost) -> bool {
    lost.route.starts_with("async")
}

fn said(words: &str) -> Learned {
    Learned { note: Some(words.into()), log: Some(words.into()), ..Learned::default() }
}
