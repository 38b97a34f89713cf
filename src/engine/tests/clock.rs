//! A wall clock that is set while jobs are under way, and machines that slept.

use std::time::Duration;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, pictures};
use crate::api::{Refusal, TaskState};
use crate::domain::{Billed, Event, FaultKind, JobId, Phase, TaskId};
use crate::store::Learned;

const HOUR: i64 = 3_600_000;

impl Scene {
    /// Sets the clock; the service's own goes on as it was.
    fn set_clock(&self, by: i64) {
        self.setting(by)();
    }

    fn setting(&self, by: i64) -> impl FnOnce() + 'static {
        let (clock, remote) = (self.clock.clone(), self.remote.clone());
        move || {
            clock.set_by(by);
            remote.ahead.set(remote.ahead.get() - by);
        }
    }

    /// Sets it a second after this is called, while the engine waits for something.
    fn set_soon(&self, by: i64) -> impl FnOnce() + 'static {
        let (clock, set) = (self.clock.clone(), self.setting(by));
        move || {
            tokio::task::spawn_local(async move {
                clock.sleep(Duration::from_secs(1)).await;
                set();
            });
        }
    }

    /// A job whose task an engine before has sent.
    fn waiting(&self) -> JobId {
        let id = self.ask_for(&["a red fox"])[0];
        for event in [Event::Start, Event::Send, Event::Accept] {
            let task = (event == Event::Accept).then(|| TaskId("task".into()));
            self.store.record(id, event, Learned { task, ..Learned::default() }, self.clock.now()).unwrap();
        }
        id
    }
}

#[test]
fn a_clock_that_is_set_in_the_middle_costs_neither_a_picture_nor_a_second_call() {
    for by in [-HOUR, HOUR, 25 * HOUR, -25 * HOUR] {
        for at in ["a refusal", "a task", "a download"] {
            let scene = scene();
            let set = scene.set_soon(by);
            if at == "a download" {
                let trouble = (0..4).map(|_| fault(FaultKind::Network, "no_connection", true)).collect();
                scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), trouble);
                scene.remote.on_task(|| Ok(TaskState::Running));
                scene.remote.on_task(move || {
                    set();
                    Ok(TaskState::Succeeded(pictures(1)))
                });
            } else if at == "a task" {
                scene.remote.on_task(move || {
                    set();
                    Ok(TaskState::Running)
                });
                scene.remote.on_task(|| Ok(TaskState::Running));
            } else {
                scene.remote.on_submit(move || {
                    set();
                    Err(Refusal::Refused(fault(FaultKind::Throttled, "Throttling", true)))
                });
            }
            let job = scene.run_one("a red fox");
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
    let ids = [scene.waiting()];
    scene.set_clock(25 * HOUR);
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.run(&ids);
    assert_eq!((scene.job(ids[0]).phase, scene.posts().len()), (Phase::Done, 0), "{}", scene.log(ids[0]));
}

#[test]
fn a_machine_that_slept_a_day_asks_once_more_and_says_what_it_knows() {
    let scene = scene();
    let ids = [scene.waiting()];
    // The service's clock agrees: so much time went by.
    scene.clock.set_by(25 * HOUR);
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.run(&ids);
    let job = scene.job(ids[0]);
    assert_eq!((job.phase, scene.posts().len()), (Phase::Expired, 0));
    assert_eq!(job.fault.unwrap().billed, Billed::Unknown);
}

#[test]
fn after_a_sleep_tasks_are_asked_at_once() {
    let scene = scene();
    // Asked at 3 s; it would be asked again at 7.5 s, and the machine sleeps from second 4 on.
    let slept = scene.clock.clone();
    scene.remote.on_task(move || {
        tokio::task::spawn_local(async move {
            slept.sleep(Duration::from_secs(1)).await;
            slept.set_by(8 * HOUR);
        });
        Ok(TaskState::Running)
    });
    let job = scene.run_one("a red fox");
    let asked: Vec<_> = scene.remote.asked.borrow().iter().map(|at| at.since(START).as_millis()).collect();
    assert_eq!(asked, [3_000, 4_000 + 8 * HOUR as u128]);
    assert_eq!((job.phase, scene.posts().len()), (Phase::Done, 1));
}
