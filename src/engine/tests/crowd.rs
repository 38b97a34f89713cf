//! Many tasks at once.

use std::time::Duration;

use super::super::scene::{START, scene};
use crate::api::TaskState;
use crate::catalog::Rate;

#[test]
fn five_hundred_tasks_are_asked_after_within_what_the_account_may_ask() {
    let scene = scene();
    *scene.remote.rate.borrow_mut() = Rate { count: 600, per: Duration::from_secs(1), concurrent: 600 };
    let prompts: Vec<String> = (0..500).map(|nth| nth.to_string()).collect();
    let ids = scene.ask_for(&prompts.iter().map(String::as_str).collect::<Vec<_>>());
    for _ in 0..500 {
        scene.remote.on_task(|| Ok(TaskState::Running));
    }
    scene.run(&ids);
    let asked: Vec<_> = scene.remote.asked.borrow().iter().map(|at| at.since(START).as_millis()).collect();
    let most = asked.iter().map(|from| asked.iter().filter(|at| (*from..from + 1000).contains(at)).count()).max();
    assert!(most <= Some(10), "half of the account's 20 a second: {most:?}");
    let (questions, answered) = scene.store.questions().unwrap();
    assert_eq!((questions, answered, asked.len()), (1_000, 500, 1_000), "and each question is counted");
    assert_eq!(scene.posts().len(), 500);
}
