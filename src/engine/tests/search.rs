//! Calls whose answer was lost, and the service's list.

use std::time::Duration;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, pictures, route};
use crate::api::{Answer, Listed, Refusal, TaskState, TaskStatus};
use crate::catalog::Call;
use crate::domain::{FaultKind, Job, Phase, Stamp, TaskId};
use crate::store::Intent;

fn listed(task: &str, at: Stamp) -> Listed {
    Listed {
        task: TaskId(task.into()),
        model: "wan2.7-image-here".into(),
        created: Some(at),
        status: TaskStatus::Running,
        request_id: None,
        api_key: None,
    }
}

impl Scene {
    fn loses(&self) {
        self.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "timeout", true))));
    }

    fn lists(&self, tasks: Vec<Listed>) {
        self.remote.lists.borrow_mut().push_back(Box::new(|| tasks));
    }

    /// Runs until nothing more happens to a job by itself.
    fn run_out(&self, job: &Job) -> Job {
        self.run_until(None, || {
            self.job(job.id).phase.is_ended() || self.store.lost(super::super::search::LOOKS).unwrap().is_empty()
        });
        self.job(job.id)
    }
}

#[test]
fn a_lost_call_whose_task_is_listed_is_followed_and_not_sent_again() {
    let scene = scene();
    scene.loses();
    scene.lists(vec![]);
    scene.lists(vec![
        listed("far", START.after(Duration::from_secs(60))),
        listed("ours", START.after(Duration::from_secs(1))),
    ]);
    let job = scene.run_one("a red fox");
    let job = scene.run_out(&job);
    scene.run(&[job.id]);
    let job = scene.job(job.id);
    assert_eq!((job.phase, job.task, job.images.len()), (Phase::Done, Some(TaskId("ours".into())), 1));
    assert_eq!((scene.posts().len(), job.fault), (1, None));
    assert_eq!(scene.walk(job.id), "PREPARING SUBMITTING UNSURE ADOPTED FETCHING DONE");
    assert!(scene.log(job.id).contains("found as task ours"), "{}", scene.log(job.id));
}

#[test]
fn a_call_that_is_never_listed_stays_with_the_user() {
    let scene = scene();
    scene.loses();
    let job = scene.run_one("a red fox");
    let job = scene.run_out(&job);
    assert_eq!((job.phase, scene.posts().len(), job.until), (Phase::Unsure, 1, None));
    assert_eq!(job.note, "sent, no answer; the service lists no task for it: it was probably not taken");
    assert!(scene.clock.now().since(START) > Duration::from_secs(60), "it was looked for over a while");
    scene.lists(vec![listed("late", START)]);
    scene.store.ask(Intent::Look(job.id), scene.clock.now()).unwrap();
    scene.run(&[job.id]);
    scene.run_until(None, || scene.job(job.id).phase == Phase::Done);
    assert_eq!(scene.posts().len(), 1);
}

#[test]
fn of_several_tasks_only_the_one_with_these_words_is_taken() {
    for (words, phase) in [(Some("a red fox"), Phase::Done), (None, Phase::Unsure)] {
        let scene = scene();
        scene.loses();
        let tasks = vec![listed("theirs", START), listed("ours", START.after(Duration::from_secs(1)))];
        for _ in 0..6 {
            scene.lists(tasks.clone());
        }
        let says = move |words: Option<&str>| {
            let answer = Answer { orig_prompt: words.map(str::to_owned), ..pictures(1) };
            move || Ok(TaskState::Succeeded(answer))
        };
        for _ in 0..6 {
            scene.remote.on_task(says(Some("a blue fox")));
            scene.remote.on_task(says(words));
        }
        let job = scene.run_one("a red fox");
        scene.run_out(&job);
        scene.run(&[job.id]);
        let job = scene.job(job.id);
        assert_eq!((job.phase, scene.posts().len()), (phase, 1), "{words:?}: {}", scene.log(job.id));
        if phase == Phase::Unsure {
            assert!(job.note.contains("2 tasks, one of which may be its"), "{}", job.note);
        }
    }
}

#[test]
fn while_nobody_knows_our_key_a_lone_task_is_taken_only_by_its_words() {
    let theirs = Listed { api_key: Some("2".into()), ..listed("theirs", START) };
    let ours = Listed { api_key: Some("1".into()), ..listed("ours", START.after(Duration::from_secs(1))) };
    let scene = scene();
    scene.loses();
    // Ours is listed late; theirs is at work, and so says nothing yet.
    scene.lists(vec![theirs.clone()]);
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.lists(vec![theirs, ours]);
    for words in ["a blue fox", "a red fox"] {
        let answer = Answer { orig_prompt: Some(words.into()), ..pictures(1) };
        scene.remote.on_task(|| Ok(TaskState::Succeeded(answer)));
    }
    let job = scene.run_one("a red fox");
    scene.run_out(&job);
    scene.run(&[job.id]);
    let job = scene.job(job.id);
    assert_eq!((job.phase, job.task), (Phase::Done, Some(TaskId("ours".into()))), "{}", scene.log(job.id));
}

#[test]
fn the_services_clock_may_go_ten_minutes_before_ours_or_behind() {
    for ahead in [600, -600] {
        let scene = scene();
        scene.remote.ahead.set(ahead * 1000);
        scene.loses();
        scene.lists(vec![
            listed("far", START.after(Duration::from_secs(30))),
            listed("ours", Stamp(START.0 + ahead * 1000)),
        ]);
        let job = scene.run_one("a red fox");
        scene.run_out(&job);
        scene.run(&[job.id]);
        let job = scene.job(job.id);
        assert_eq!((job.phase, job.task), (Phase::Done, Some(TaskId("ours".into()))), "{}", scene.log(job.id));
    }
}

#[test]
fn a_task_of_a_call_that_was_under_way_while_the_list_was_read_is_not_taken() {
    // Both are of one model, near each other, and their tasks say no words. The first never arrived. The second's task is
    // listed before its own reply is heard to be lost.
    let scene = scene();
    scene.remote.rate.borrow_mut().count = 1;
    scene.remote.rate.borrow_mut().per = Duration::from_secs(2);
    scene.loses();
    scene.remote.slow.set(400);
    scene.loses();
    for _ in 0..12 {
        scene.lists(vec![listed("second", START.after(Duration::from_millis(2_300)))]);
    }
    let ids = scene.ask_for(&["a red fox", "a grey hen"]);
    scene.run(&ids);
    scene.run_until(None, || scene.store.lost(super::super::search::LOOKS).unwrap().is_empty());
    let told: Vec<_> = ids.iter().map(|id| scene.job(*id)).map(|job| (job.phase, job.task)).collect();
    assert_eq!(told, [(Phase::Unsure, None), (Phase::Unsure, None)], "{}", scene.log(ids[0]));
    assert_eq!(scene.posts(), [0, 2], "nothing is sent again");
}

#[test]
fn a_call_that_makes_no_task_is_not_looked_for() {
    let scene = scene();
    *scene.remote.routes.borrow_mut() = vec![route(Call::Sync, "/a/multimodal-generation/generation")];
    scene.loses();
    scene.lists(vec![listed("near", START)]);
    let job = scene.run_one("a red fox");
    let other = scene.run_one("another, so that an engine looks around");
    assert_eq!((other.phase, scene.job(job.id).phase), (Phase::Done, Phase::Unsure));
    assert_eq!(scene.remote.lists.borrow().len(), 1, "nobody asked");
}

#[test]
fn while_nothing_can_be_written_the_service_is_not_asked_over_and_over() {
    let scene = scene();
    scene.loses();
    let disk_full = "CREATE TRIGGER disk_full BEFORE UPDATE OF looks ON attempt
                     BEGIN SELECT RAISE(ABORT, 'no room'); END;";
    scene.sql().execute_batch(disk_full).unwrap();
    let job = scene.run_one("a red fox");
    scene.run_until(None, || scene.remote.listed.borrow().len() >= 4);
    let asked: Vec<_> = scene.remote.listed.borrow().iter().map(|at| at.since(START).as_secs()).collect();
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= 60), "{asked:?}");
    assert_eq!((scene.job(job.id).phase, scene.posts().len()), (Phase::Unsure, 1));
}
