//! A wall clock that is set while jobs are under way, and machines that slept.

use std::cell::Cell;
use std::time::Duration;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::fault;
use crate::api::{Refusal, TaskState};
use crate::domain::{Billed, FaultKind, Job, Phase, Stamp};

const HOUR: i64 = 3_600_000;

impl Scene {
    /// Sets the clock; the service's own goes on as it was.
    fn set_clock(&self, by: i64) {
        self.clock.set_by(by);
        self.remote.ahead.set(self.remote.ahead.get() - by);
    }

    /// Runs a job, and sets the clock by so much as soon as `moment` comes.
    fn run_set(&self, by: i64, moment: impl Fn(&Job) -> bool) -> Job {
        let ids = self.ask_for(&["a red fox"]);
        let is_set = Cell::new(false);
        self.run_until(None, || {
            let job = self.job(ids[0]);
            if !is_set.get() && moment(&job) {
                is_set.set(true);
                self.set_clock(by);
            }
            job.phase.is_ended()
        });
        assert!(is_set.get(), "the moment never came");
        self.job(ids[0])
    }
}

#[test]
fn a_clock_that_is_set_in_the_middle_costs_neither_a_picture_nor_a_second_call() {
    for by in [-HOUR, HOUR, 25 * HOUR, -25 * HOUR] {
        for at in ["a refusal", "a task", "a download"] {
            let scene = scene();
            if at == "a refusal" {
                scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Throttled, "Throttling", true))));
            }
            scene.remote.on_task(|| Ok(TaskState::Running));
            scene.remote.on_task(|| Ok(TaskState::Running));
            if at == "a download" {
                let trouble = (0..4).map(|_| fault(FaultKind::Network, "no_connection", true)).collect();
                scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), trouble);
            }
            let job = scene.run_set(by, |job| match at {
                "a refusal" => job.phase == Phase::Queued && !scene.remote.posts.borrow().is_empty(),
                "a task" => job.phase == Phase::Running,
                _ => job.phase == Phase::Fetching && !scene.remote.fetched.borrow().is_empty(),
            });
            let calls = if at == "a refusal" { 2 } else { 1 };
            let log = scene.log(job.id);
            assert_eq!((job.phase, job.images.len()), (Phase::Done, 1), "{at}, {by}: {log}");
            assert_eq!(scene.remote.posts.borrow().len(), calls, "{at}, {by}: {log}");
            assert!(scene.remote.asked.borrow().len() < 6, "{at}, {by}: asked all the time");
            let took = scene.clock.now().0 - START.0 - by;
            assert!((0..60_000).contains(&took), "{at}, {by}: it took {took} ms");
        }
    }
}

#[test]
fn a_clock_that_was_wrong_before_the_start_does_not_give_a_task_up() {
    let scene = scene();
    let ids = scene.ask_for(&["a red fox"]);
    scene.run_until(None, || scene.job(ids[0]).phase == Phase::Waiting);
    scene.set_clock(25 * HOUR);
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.run(&ids);
    assert_eq!((scene.job(ids[0]).phase, scene.posts().len()), (Phase::Done, 1), "{}", scene.log(ids[0]));
}

#[test]
fn a_machine_that_slept_a_day_asks_once_more_and_says_what_it_knows() {
    let scene = scene();
    let ids = scene.ask_for(&["a red fox"]);
    scene.run_until(None, || scene.job(ids[0]).phase == Phase::Waiting);
    // The service's clock agrees: so much time went by.
    scene.clock.set_by(25 * HOUR);
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.run(&ids);
    let job = scene.job(ids[0]);
    assert_eq!((job.phase, scene.posts().len()), (Phase::Expired, 1));
    assert_eq!(job.fault.unwrap().billed, Billed::Unknown);
}

#[test]
fn after_a_sleep_tasks_are_asked_at_once() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Running));
    let ids = scene.ask_for(&["a red fox"]);
    let woke = Cell::new(None::<Stamp>);
    scene.run_until(None, || {
        let job = scene.job(ids[0]);
        if woke.get().is_none() && job.phase == Phase::Running {
            scene.clock.set_by(8 * HOUR);
            woke.set(Some(scene.clock.now()));
        }
        job.phase.is_ended()
    });
    let asked = scene.remote.asked.borrow()[1];
    assert!(asked.since(woke.get().unwrap()) < Duration::from_millis(10), "{asked:?}");
    assert_eq!((scene.job(ids[0]).phase, scene.posts().len()), (Phase::Done, 1));
}
