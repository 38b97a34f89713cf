//! Tasks and their states (contract 4.2). Pure but for the table itself: time comes in. Not here:
//! how a task looks on the wire (`shapes`).

use std::collections::HashMap;

use End::{Failure, Success};

use super::check::Order;
use super::clock::{DAY_MS, millis};
use super::options::Delays;
use super::rates;

/// Where a task stands. UNKNOWN is the absence of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Accepted.
    Pending,
    /// Being painted.
    Running,
    /// Done, at least in part.
    Succeeded,
    /// Ended without a picture.
    Failed,
    /// Taken back while pending.
    Canceled,
}

impl Status {
    /// The word on the wire, in its usual spelling.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::Running => "RUNNING",
            Status::Succeeded => "SUCCEEDED",
            Status::Failed => "FAILED",
            Status::Canceled => "CANCELED",
        }
    }

    fn is_final(self) -> bool {
        !matches!(self, Status::Pending | Status::Running)
    }
}

/// How a task ends when its time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With pictures, the last `failed` of them missing.
    Success {
        /// Pictures that are missing.
        failed: usize,
    },
    /// Without.
    Failure {
        /// Why, as a code.
        code: String,
        /// Why, in words.
        message: String,
    },
}

/// One task.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task's id.
    pub id: String,
    /// The id of the request that made it.
    pub request_id: String,
    /// Whose it is, by the name the service gives to a key.
    pub api_key_id: &'static str,
    /// What was asked.
    pub order: Order,
    /// One URL per picture, missing ones included.
    pub urls: Vec<String>,
    /// Where it stands.
    pub status: Status,
    /// How it ends.
    pub end: End,
    /// Milliseconds since 1970.
    pub submitted_ms: i64,
    /// When it left PENDING.
    pub scheduled_ms: Option<i64>,
    /// When it reached its end.
    pub ended_ms: Option<i64>,
    polls: u32,
}

impl Task {
    pub fn new(id: String, request_id: String, order: Order, urls: Vec<String>, end: End) -> Task {
        Task {
            id,
            request_id,
            api_key_id: OWN_KEY,
            order,
            urls,
            status: Status::Pending,
            end,
            submitted_ms: 0,
            scheduled_ms: None,
            ended_ms: None,
            polls: 0,
        }
    }

    /// Images that are paid for unless the task is taken back.
    pub fn billed(&self) -> u64 {
        match &self.end {
            Success { failed } => self.urls.len().saturating_sub(*failed) as u64,
            Failure { .. } => 0,
        }
    }

    fn begin(&mut self, at: i64) {
        self.status = Status::Running;
        self.scheduled_ms = Some(at);
    }

    fn finish(&mut self, at: i64) {
        self.status = match self.end {
            Success { .. } => Status::Succeeded,
            Failure { .. } => Status::Failed,
        };
        self.scheduled_ms.get_or_insert(at);
        self.ended_ms = Some(at);
    }

    /// Moves on by time; `begins`: when there is a place for it.
    fn settle(&mut self, now: i64, begins: i64, running: i64) {
        if self.status == Status::Pending && now >= begins {
            self.begin(begins);
        }
        let ends = self.scheduled_ms.unwrap_or(begins) + running;
        if self.status == Status::Running && now >= ends {
            self.finish(ends);
        }
    }

    /// Moves on because it was asked after; `free`: there is a place for it.
    fn polled(&mut self, now: i64, free: bool) {
        self.polls += 1;
        if self.polls > 1 {
            match self.status {
                Status::Pending if !free => {}
                Status::Pending => self.begin(now),
                Status::Running => self.finish(now),
                Status::Succeeded | Status::Failed | Status::Canceled => {}
            }
        }
    }
}

/// The spelling one page has for [`Status::Canceled`] (contract 4.2).
pub const CANCELLED: &str = "CANCELLED";

/// The client's key, by the name the service gives it.
const OWN_KEY: &str = "1";

/// Tasks of one model that may wait for a place (contract 3.5).
const QUEUE: usize = 500;

/// Which tasks a list shows; `None` is no condition (contract 4.5).
#[derive(Debug, Default)]
pub struct Filter {
    /// This task only.
    pub id: Option<String>,
    /// This model name only.
    pub model: Option<String>,
    /// This status word only.
    pub status: Option<String>,
    /// Submitted at or after, milliseconds.
    pub from_ms: i64,
    /// Submitted at or before, milliseconds.
    pub to_ms: i64,
}

/// All tasks, oldest first.
#[derive(Debug)]
pub struct Tasks {
    delays: Delays,
    /// Only so many of a model run at once (contract 3.5).
    crowded: bool,
    tasks: Vec<Task>,
}

impl Tasks {
    pub fn new(delays: Delays, crowded: bool) -> Tasks {
        Tasks { delays, crowded, tasks: Vec::new() }
    }

    /// Takes a task in.
    pub fn add(&mut self, mut task: Task, now: i64) {
        task.submitted_ms = now;
        self.tasks.push(task);
    }

    /// Whether another task of a model may wait, as the request names the model.
    pub fn has_room(&mut self, name: &str, now: i64) -> bool {
        self.settle(now);
        let waits = |task: &&Task| task.order.name == name && task.status == Status::Pending;
        !self.crowded || self.tasks.iter().filter(waits).count() < QUEUE
    }

    /// One task query. `None` is UNKNOWN: never known, forgotten, or older than 24 h.
    pub fn poll(&mut self, id: &str, now: i64) -> Option<Task> {
        let by_poll = self.delays == Delays::ByPoll;
        let name = self.known(id, now)?.order.name.clone();
        let running = self.tasks.iter().filter(|task| task.order.name == name && task.status == Status::Running);
        let free = !self.crowded || running.count() < rates::places(&name);
        let task = self.known(id, now)?;
        if by_poll {
            task.polled(now, free);
        }
        Some(task.clone())
    }

    /// The task as it stood before its last step, which asking like this does not move.
    pub fn glance_back(&mut self, id: &str, now: i64) -> Option<Task> {
        let mut task = self.known(id, now)?.clone();
        task.status = match task.status {
            Status::Pending | Status::Running => Status::Pending,
            _ if task.scheduled_ms.is_some() => Status::Running,
            _ => Status::Pending,
        };
        task.ended_ms = None;
        Some(task)
    }

    /// Ends a task as FAILED now; says how many images of which order are no longer paid for, if it
    /// had not ended.
    pub fn fail(&mut self, id: &str, code: String, message: String, now: i64) -> Option<(Order, u64)> {
        let task = self.known(id, now).filter(|task| !task.status.is_final())?;
        let billed = task.billed();
        task.end = Failure { code, message };
        task.finish(now);
        Some((task.order.clone(), billed))
    }

    /// Loses a task.
    pub fn forget(&mut self, id: &str) {
        self.tasks.retain(|task| task.id != id);
    }

    /// Cancels a pending task and says how many images of which order are no longer paid for; `None`
    /// when it is not pending (contract 4.4).
    pub fn cancel(&mut self, id: &str, now: i64) -> Option<(Order, u64)> {
        let task = self.known(id, now).filter(|task| task.status == Status::Pending)?;
        task.status = Status::Canceled;
        task.ended_ms = Some(now);
        Some((task.order.clone(), task.billed()))
    }

    /// The tasks of a list, newest first.
    pub fn list(&mut self, filter: &Filter, now: i64) -> Vec<Task> {
        let same = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        self.settle(now);
        self.tasks
            .iter()
            .rev()
            .filter(|task| (filter.from_ms..=filter.to_ms).contains(&task.submitted_ms))
            .filter(|task| same(&filter.id, &task.id))
            .filter(|task| same(&filter.model, &task.order.name))
            .filter(|task| {
                let respelled = task.status == Status::Canceled && filter.status.as_deref() == Some(CANCELLED);
                respelled || same(&filter.status, task.status.word())
            })
            .cloned()
            .collect()
    }

    /// Moves every task to where time has brought it, in the order they came.
    fn settle(&mut self, now: i64) {
        let Delays::After { pending, running } = self.delays else {
            return;
        };
        let (pending, running) = (millis(pending), millis(running));
        // When the places of each model become free.
        let mut ends: HashMap<String, Vec<i64>> = HashMap::new();
        for task in &mut self.tasks {
            let ready = task.submitted_ms + pending;
            let ends = ends.entry(task.order.name.clone()).or_default();
            let places = rates::places(&task.order.name);
            let free = if self.crowded && ends.len() >= places { ends[ends.len() - places] } else { ready };
            task.settle(now, ready.max(free), running);
            if task.status != Status::Canceled {
                ends.push(task.ended_ms.unwrap_or_else(|| task.scheduled_ms.unwrap_or(ready.max(free)) + running));
                ends.sort_unstable();
            }
        }
    }

    fn known(&mut self, id: &str, now: i64) -> Option<&mut Task> {
        self.settle(now);
        let task = self.tasks.iter_mut().find(|task| task.id == id)?;
        (now - task.submitted_ms < DAY_MS).then_some(task)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::models::Route;
    use super::*;
    use crate::emulator::Variants;
    use crate::emulator::check;
    use std::time::Duration;

    const AFTER: Delays = Delays::After { pending: Duration::from_millis(500), running: Duration::from_millis(1500) };

    fn with_task(delays: Delays, end: End) -> Tasks {
        let body = br#"{"model":"wan2.2-t2i-flash","input":{"prompt":"a fox"}}"#;
        let order = check::test_order(Route::Text2Image, true, body, Variants::default()).unwrap();
        let urls = vec!["u".to_owned(); 4];
        let mut tasks = Tasks::new(delays, false);
        tasks.add(Task::new("t".into(), "r".into(), order, urls, end), 1_000);
        tasks
    }

    fn status(tasks: &mut Tasks, now: i64) -> Option<Status> {
        tasks.poll("t", now).map(|task| task.status)
    }

    #[test]
    fn by_time_a_task_moves_at_its_instants() {
        let mut tasks = with_task(AFTER, Success { failed: 0 });
        assert_eq!(status(&mut tasks, 1_000), Some(Status::Pending));
        assert_eq!(status(&mut tasks, 1_499), Some(Status::Pending));
        assert_eq!(status(&mut tasks, 1_500), Some(Status::Running));
        assert_eq!(status(&mut tasks, 2_999), Some(Status::Running));
        let task = tasks.poll("t", 9_000).unwrap();
        assert_eq!(task.status, Status::Succeeded);
        assert_eq!((task.scheduled_ms, task.ended_ms), (Some(1_500), Some(3_000)));
    }

    #[test]
    fn by_poll_three_questions_read_three_states() {
        let mut tasks = with_task(Delays::ByPoll, Success { failed: 0 });
        for expected in [Status::Pending, Status::Running, Status::Succeeded, Status::Succeeded] {
            assert_eq!(status(&mut tasks, 1_000), Some(expected));
        }
    }

    #[test]
    fn only_a_pending_task_is_cancelled_and_its_images_are_taken_back() {
        let mut tasks = with_task(Delays::ByPoll, Success { failed: 1 });
        tasks.poll("t", 1_000);
        let taken = tasks.cancel("t", 1_000);
        assert_eq!(taken.map(|(order, images)| (order.route, images)), Some((Route::Text2Image, 3)));
        assert!(tasks.cancel("t", 1_000).is_none());
        assert!(tasks.cancel("other", 1_000).is_none());
        assert_eq!(status(&mut tasks, 1_000), Some(Status::Canceled));

        let mut tasks = with_task(AFTER, Success { failed: 0 });
        assert!(tasks.cancel("t", 1_600).is_none());
    }

    #[test]
    fn a_failing_task_is_free_and_a_day_later_everything_is_unknown() {
        let end = Failure { code: "InternalError".into(), message: "no".into() };
        let mut tasks = with_task(AFTER, end);
        let task = tasks.poll("t", 9_000).unwrap();
        assert_eq!((task.status, task.billed()), (Status::Failed, 0));
        assert_eq!(status(&mut tasks, 1_000 + DAY_MS - 1), Some(Status::Failed));
        assert_eq!(status(&mut tasks, 1_000 + DAY_MS), None);
    }

    #[test]
    fn failing_by_hand_takes_back_once() {
        let mut tasks = with_task(Delays::ByPoll, Success { failed: 0 });
        let failed = tasks.fail("t", "C".into(), "m".into(), 1_000);
        assert_eq!(failed.map(|(order, images)| (order.route, images)), Some((Route::Text2Image, 4)));
        assert!(tasks.fail("t", "C".into(), "m".into(), 1_000).is_none());
        assert_eq!(status(&mut tasks, 1_000), Some(Status::Failed));
    }

    #[test]
    fn lists_filter() {
        let mut tasks = with_task(Delays::ByPoll, Success { failed: 0 });
        let mut count = |filter: Filter| tasks.list(&filter, 1_000).len();
        let all = || Filter { to_ms: 5_000, ..Filter::default() };
        assert_eq!(count(all()), 1);
        let mut filter = all();
        filter.status = Some("RUNNING".into());
        assert_eq!(count(filter), 0);
        let mut filter = all();
        filter.model = Some("wan2.2-t2i-flash".into());
        assert_eq!(count(filter), 1);
        let mut filter = all();
        filter.id = Some("other".into());
        assert_eq!(count(filter), 0);
        let mut filter = all();
        filter.from_ms = 1_001;
        assert_eq!(count(filter), 0);
    }

    #[test]
    fn in_a_crowd_two_tasks_run_and_the_third_waits_for_a_place() {
        let body = br#"{"model":"wan2.2-t2i-flash","input":{"prompt":"a fox"}}"#;
        let order = check::test_order(Route::Text2Image, true, body, Variants::default()).unwrap();
        for delays in [AFTER, Delays::ByPoll] {
            let mut tasks = Tasks::new(delays, true);
            for id in ["a", "b", "c"] {
                let end = Success { failed: 0 };
                tasks.add(Task::new(id.into(), "r".into(), order.clone(), vec!["u".into()], end), 0);
            }
            let mut statuses = |now| ["a", "b", "c"].map(|id| tasks.poll(id, now).unwrap().status);
            assert_eq!(statuses(0), [Status::Pending; 3]);
            assert_eq!(statuses(500), [Status::Running, Status::Running, Status::Pending], "{delays:?}");
            assert_eq!(statuses(2_000), [Status::Succeeded, Status::Succeeded, Status::Running], "{delays:?}");
            assert_eq!(statuses(3_500)[2], Status::Succeeded, "{delays:?}");
        }
    }

    #[test]
    fn in_a_crowd_five_hundred_wait_and_a_place_is_free_when_one_begins() {
        let body = br#"{"model":"wan2.2-t2i-flash","input":{"prompt":"a fox"}}"#;
        let order = check::test_order(Route::Text2Image, true, body, Variants::default()).unwrap();
        for crowded in [true, false] {
            let mut tasks = Tasks::new(AFTER, crowded);
            for index in 0..500 {
                assert!(tasks.has_room("wan2.2-t2i-flash", 0), "{index}");
                let end = Success { failed: 0 };
                tasks.add(Task::new(index.to_string(), "r".into(), order.clone(), vec!["u".into()], end), 0);
            }
            assert_eq!(tasks.has_room("wan2.2-t2i-flash", 0), !crowded);
            assert!(tasks.has_room("wan2.2-t2i-plus", 0), "each model has its own");
            assert!(tasks.has_room("wan2.2-t2i-flash", 500), "two run now");
        }
    }

    #[test]
    fn a_glance_back_moves_nothing() {
        let mut tasks = with_task(Delays::ByPoll, Success { failed: 0 });
        let back = |tasks: &mut Tasks| tasks.glance_back("t", 1_000).map(|task| task.status);
        tasks.poll("t", 1_000);
        tasks.poll("t", 1_000);
        assert_eq!(back(&mut tasks), Some(Status::Pending));
        assert_eq!(status(&mut tasks, 1_000), Some(Status::Succeeded));
        assert_eq!(back(&mut tasks), Some(Status::Running));
        assert_eq!(status(&mut tasks, 1_000), Some(Status::Succeeded));
    }
}
