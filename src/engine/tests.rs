//! Jobs' lives against a scripted far side, on a real store, on a clock that skips.
#![allow(clippy::unwrap_used)]

mod batches;
mod clock;
mod crowd;
mod inputs;
mod parts;
mod room;
mod routes;
mod search;
mod streams;
mod wishes;

use std::time::Duration;

use super::scene::{START, Scene, new_job, scene};
use super::scripted::{fault, pictures};
use super::{Clock, Pace};
use crate::api::{Answer, Item, Refusal, Reply, TaskState};
use crate::catalog::Rate;
use crate::domain::{Billed, Fault, FaultKind, Money, Phase};
use crate::store::{Intent, NewJob};

/// A day in few steps.
const LEISURELY: Pace =
    Pace { longest_poll: Duration::from_secs(600), longest_retry: Duration::from_secs(600), ..Pace::SERVICE };

#[test]
fn a_job_walks_through_its_life_a_commit_a_step() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Pending));
    scene.remote.on_task(|| Ok(TaskState::Running));
    scene.remote.on_task(|| Ok(TaskState::Succeeded(pictures(4))));
    let job = scene.run_one("a red fox");
    assert_eq!(scene.walk(job.id), "PREPARING SUBMITTING WAITING RUNNING FETCHING DONE");
    assert_eq!((job.images.len(), job.expected, job.note.as_str()), (4, 4, "4/4 saved"));
    assert_eq!(job.cost().total(), Some(Money::usd(120_000)));
    assert!(job.images.iter().all(|image| image.path.is_file() && image.path.is_absolute()));
    assert_eq!((scene.posts(), job.fault), (vec![0], None));
    let asked: Vec<_> = scene.remote.asked.borrow().iter().map(|at| at.since(START).as_millis()).collect();
    assert_eq!(asked, [3_000, 7_500, 14_250], "3 s, then half as long again each time");
    let log = scene.log(job.id);
    for part in ["POST /a/image-generation/generation", "task task-1", "request request-task-1", "answer: 4 pictures"] {
        assert!(log.contains(part), "{part} in {log}");
    }
}

#[test]
fn an_answer_that_comes_at_once_needs_no_questions() {
    let scene = scene();
    scene.remote.on_submit(|| Ok(Reply::Answer(pictures(2))));
    let job = scene.run_one("a red fox");
    assert_eq!(scene.walk(job.id), "PREPARING SUBMITTING FETCHING DONE");
    assert_eq!((job.images.len(), scene.remote.asked.borrow().len()), (2, 0));
}

#[test]
fn too_fast_waits_and_goes_again() {
    let scene = scene();
    for _ in 0..3 {
        scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Throttled, "Throttling", true))));
    }
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, scene.posts()), (Phase::Done, vec![0, 2, 6, 14]));
    assert!(scene.log(job.id).contains("next try in 8 s"), "{}", scene.log(job.id));
}

#[test]
fn what_never_passes_ends_as_the_fault_it_is() {
    for (kind, code, tries) in [
        (FaultKind::Throttled, "again", 16),
        (FaultKind::Network, "again", 6),
        (FaultKind::Invalid, "InvalidURL.Timeout", 3),
        (FaultKind::Invalid, "BadRequest.InputDownloadFailed", 3),
        (FaultKind::Invalid, "InvalidParameter.DataInspection", 2),
    ] {
        let scene = scene();
        for _ in 0..20 {
            scene.remote.on_submit(move || Err(Refusal::Refused(fault(kind, code, true))));
        }
        let job = scene.run_one("a red fox");
        assert_eq!((job.phase, scene.posts().len()), (Phase::Failed, tries));
        assert_eq!(job.fault.map(|fault| (fault.kind, fault.billed)), Some((kind, Billed::No)));
    }
    let scene = scene();
    scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Content, "DataInspectionFailed", false))));
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, scene.posts().len(), job.billed_images), (Phase::Failed, 1, None));
}

#[test]
fn a_lost_answer_is_unsure_and_only_the_user_sends_it_again() {
    let scene = scene();
    scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "timeout", true))));
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, scene.posts().len()), (Phase::Unsure, 1));
    assert_eq!(job.fault.map(|fault| (fault.kind, fault.billed)), Some((FaultKind::Unsure, Billed::Unknown)));
    let other = scene.run_one("another, so that an engine ran again");
    assert_eq!((other.phase, scene.job(job.id).phase, scene.posts().len()), (Phase::Done, Phase::Unsure, 2));

    scene.store.ask(Intent::Retry(job.id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(job.id).phase == Phase::Done);
    let job = scene.job(job.id);
    assert_eq!((job.fault, scene.posts().len()), (None, 3));
}

#[test]
fn pictures_the_service_did_not_make_are_said_and_the_rest_is_kept() {
    let scene = scene();
    scene.remote.on_task(|| {
        let mut answer = pictures(3);
        answer.items.insert(1, Item::Failed(fault(FaultKind::Content, "DataInspectionFailed", false)));
        Ok(TaskState::Succeeded(Answer { billed: Some(4), ..answer }))
    });
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.images.len(), job.note.as_str()), (Phase::Partial, 3, "3/3 saved, 4 billed"));
    let fault = job.fault.unwrap();
    assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Partial, "DataInspectionFailed"));
    assert!(fault.message.starts_with("1 of 4 pictures failed"), "{fault}");
    assert!(scene.log(job.id).contains("3 pictures, but 4 billed"));
}

#[test]
fn an_answer_without_pictures_fails_and_says_whether_it_was_billed() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Succeeded(Answer { billed: Some(1), ..Answer::default() })));
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.billed_images), (Phase::Failed, Some(1)));
    assert_eq!(job.fault.map(|fault| fault.billed), Some(Billed::Yes));
}

#[test]
fn a_download_is_tried_until_it_works_and_given_up_when_there_is_no_hope() {
    let scene = scene();
    let broken = |times, retryable| vec![fault(FaultKind::Network, "http_500", retryable); times].into();
    scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken(8, true));
    scene.remote.downloads.borrow_mut().insert("https://host/1.png".into(), broken(99, false));
    scene.remote.on_task(|| Ok(TaskState::Succeeded(pictures(3))));
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.images.len(), job.expected), (Phase::Partial, 2, 3));
    let fault = job.fault.unwrap();
    assert_eq!((fault.kind, fault.billed), (FaultKind::Partial, Billed::Yes));
    assert!(fault.message.starts_with("2 of 3 pictures were saved"), "{fault}");
    let tries = |name: &str| scene.remote.fetched.borrow().iter().filter(|(_, url)| url.ends_with(name)).count();
    assert_eq!((tries("0.png"), tries("1.png"), tries("2.png")), (9, 5, 1));
}

#[test]
fn no_call_leaves_before_the_service_wants_one() {
    let scene = scene();
    let refuse = |told| {
        let fault = Fault { retry_after: Some(told), ..fault(FaultKind::Throttled, "Throttling.RateQuota", true) };
        move || Err(Refusal::Refused(fault))
    };
    scene.remote.on_submit(refuse(45));
    scene.remote.on_submit(refuse(300));
    let job = scene.run_one("a red fox");
    let posts = scene.posts();
    assert_eq!((job.phase, posts.len()), (Phase::Done, 3));
    assert!((45..60).contains(&posts[1]), "{posts:?}");
    assert!((300..310).contains(&(posts[2] - posts[1])), "longer than the longest of ours: {posts:?}");
    let log = scene.log(job.id);
    assert!(log.contains("next try in 45 s") && log.contains("next try in 5 min"), "{log}");
}

#[test]
fn a_picture_that_never_comes_is_tried_for_a_day() {
    let scene = Scene { pace: LEISURELY, ..scene() };
    let broken = vec![fault(FaultKind::Network, "http_500", true); 9_999].into();
    scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken);
    let job = scene.run_one("a red fox");
    assert_eq!(job.phase, Phase::Expired);
    let fault = job.fault.unwrap();
    assert_eq!((fault.billed, fault.code.as_str()), (Billed::Yes, "expired"));
    assert!(fault.message.starts_with("The service kept the pictures of task task-1 for 24 hours"), "{fault}");
    let last = scene.remote.fetched.borrow().last().unwrap().0.since(START);
    assert!(last > Duration::from_secs(23 * 3600 + 2900) && last < Duration::from_secs(24 * 3600 + 60), "{last:?}");
}

#[test]
fn a_task_that_never_ends_expires_after_a_day() {
    let scene = Scene { pace: LEISURELY, ..scene() };
    for _ in 0..9_999 {
        scene.remote.on_task(|| Ok(TaskState::Running));
    }
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, scene.posts().len()), (Phase::Expired, 1));
    let hours = job.ended.unwrap().since(START).as_secs() as f64 / 3600.0;
    assert!((24.0..24.01).contains(&hours), "{hours}");
    assert_eq!(job.fault.map(|fault| fault.billed), Some(Billed::Unknown));
}

#[test]
fn a_task_is_believed_gone_only_when_the_service_keeps_saying_so() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Unknown));
    assert_eq!(scene.run_one("unknown once").phase, Phase::Done);
    for _ in 0..5 {
        scene.remote.on_task(|| Ok(TaskState::Unknown));
    }
    assert_eq!(scene.run_one("unknown for ever").phase, Phase::Expired);
}

#[test]
fn trouble_with_the_asking_never_ends_a_job() {
    let scene = scene();
    for kind in [FaultKind::Throttled, FaultKind::Network, FaultKind::Access, FaultKind::Other] {
        for retryable in [true, false] {
            scene.remote.on_task(move || Err(fault(kind, "trouble", retryable)));
        }
    }
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.fault, scene.posts().len()), (Phase::Done, None, 1));
}

#[test]
fn a_panic_of_ours_costs_no_picture_and_pays_nothing_twice() {
    let scene = scene();
    let before = scene.run_one("panic before");
    assert_eq!((before.phase, scene.posts().len()), (Phase::Failed, 0));
    assert_eq!(before.fault.map(|fault| (fault.code, fault.billed)), Some(("panic".into(), Billed::No)));

    scene.remote.on_submit(|| panic!("in the middle of the paid call"));
    let during = scene.run_one("panic during");
    assert_eq!((during.phase, scene.posts().len()), (Phase::Unsure, 1));
    assert!(during.fault.unwrap().message.contains("in the middle of the paid call"));

    scene.remote.on_task(|| panic!("while asking"));
    let after = scene.run_one("panic after");
    assert_eq!((after.phase, after.images.len(), scene.posts().len()), (Phase::Done, 1, 2));
}

#[test]
fn two_a_minute_are_two_a_minute_also_across_engines() {
    let scene = scene();
    *scene.remote.rate.borrow_mut() = Rate { count: 2, per: Duration::from_secs(60), concurrent: 9 };
    let ids = scene.ask_for(&["1", "2", "3", "4", "5"]);
    scene.run(&ids);
    assert_eq!(scene.posts(), [0, 0, 66, 66, 132]);
    let order: Vec<_> = scene.remote.posts.borrow().iter().map(|(_, prompt, _)| prompt.clone()).collect();
    assert_eq!(order, ["1", "2", "3", "4", "5"]);
    let ids = scene.ask_for(&["6", "7"]);
    scene.run(&ids);
    assert_eq!(scene.posts()[5..], [135, 198], "the next engine knows what the one before it sent");
}

#[test]
fn no_more_tasks_are_at_work_than_the_account_may_have() {
    let scene = scene();
    *scene.remote.rate.borrow_mut() = Rate { count: 9, per: Duration::from_secs(1), concurrent: 2 };
    let ids = scene.ask_for(&["1", "2", "3"]);
    scene.run(&ids);
    assert_eq!(scene.posts(), [0, 0, 3], "the third leaves when the first has its answer");
}

#[test]
fn cancelling_costs_nothing_before_the_call_and_says_so_after() {
    let scene = scene();
    let queued = scene.ask_for(&["queued"])[0];
    scene.store.ask(Intent::Cancel(queued), START).unwrap();
    scene.run(&[queued]);
    assert_eq!((scene.job(queued).phase, scene.posts().len()), (Phase::Cancelled, 0));

    let cancelled_while = |state: TaskState| {
        let id = scene.ask_for(&["under way"])[0];
        let store = scene.store.clone();
        let said = state.clone();
        scene.remote.on_task(move || {
            store.ask(Intent::Cancel(id), START).unwrap();
            Ok(said)
        });
        for _ in 0..5_000 {
            let state = state.clone();
            scene.remote.on_task(move || Ok(state));
        }
        scene.run(&[id]);
        scene.remote.tasks.borrow_mut().clear();
        scene.job(id)
    };
    let waiting = cancelled_while(TaskState::Pending);
    assert_eq!((waiting.phase, waiting.fault), (Phase::Cancelled, None), "the service took it back");
    let running = cancelled_while(TaskState::Running);
    assert_eq!(running.phase, Phase::Cancelled);
    assert_eq!(running.fault.map(|fault| fault.billed), Some(Billed::Unknown));
}

#[test]
fn jobs_under_way_are_taken_up_again_without_another_call() {
    let scene = scene();
    for _ in 0..5_000 {
        scene.remote.on_task(|| Ok(TaskState::Running));
    }
    let id = scene.ask_for(&["a red fox"])[0];
    scene.run_until(None, || scene.job(id).phase == Phase::Running);
    assert_eq!(scene.job(id).phase, Phase::Running, "a stopped engine leaves it as it is");

    scene.remote.tasks.borrow_mut().clear();
    let broken = vec![fault(FaultKind::Network, "http_500", true); 9_999].into();
    scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken);
    scene.run_until(None, || !scene.remote.fetched.borrow().is_empty());
    assert_eq!(scene.job(id).phase, Phase::Fetching);

    scene.remote.downloads.borrow_mut().clear();
    scene.run(&[id]);
    assert_eq!((scene.job(id).images.len(), scene.posts().len()), (1, 1));
}

#[test]
fn stopping_waits_for_a_paid_call_or_leaves_it_unsure() {
    let scene = scene();
    scene.remote.slow.set(500);
    let id = scene.ask_for(&["answered while stopping"])[0];
    scene.run_until(None, || !scene.remote.posts.borrow().is_empty());
    assert!(scene.job(id).task.is_some(), "its task is written down");

    scene.remote.slow.set(u32::MAX);
    let id = scene.ask_for(&["never answered"])[0];
    scene.run_until(Some(Duration::from_millis(20)), || scene.remote.posts.borrow().len() == 2);
    let job = scene.job(id);
    assert_eq!((job.phase, job.fault.map(|fault| fault.billed)), (Phase::Unsure, Some(Billed::Unknown)));
}

#[test]
fn pictures_that_could_not_be_kept_are_not_paid_for() {
    let scene = scene();
    std::fs::write(scene.dir.path().join("file"), b"x").unwrap();
    let blocked = NewJob { out: Some(scene.dir.path().join("file/below")), ..new_job("a fox") };
    let id = scene.store.enqueue(&[blocked], START).unwrap()[0];
    scene.run(&[id]);
    assert_eq!((scene.job(id).phase, scene.posts().len()), (Phase::Failed, 0));
}

#[test]
fn an_idle_engine_writes_nothing_and_a_new_job_wakes_it() {
    let scene = scene();
    scene.run_one("first");
    let revision = scene.store.revision().unwrap();
    let (turns, second) = (std::cell::Cell::new(0), std::cell::OnceCell::new());
    scene.run_until(None, || {
        turns.set(turns.get() + 1);
        // By then the engine has looked at everything and sleeps.
        if turns.get() == 1_000 {
            assert_eq!(scene.store.revision().unwrap(), revision);
            second.set(scene.ask_for(&["second"])[0]).unwrap();
        }
        second.get().is_some_and(|&id| scene.job(id).phase == Phase::Done)
    });
}

#[test]
fn while_nothing_can_be_written_nothing_is_sent_and_nothing_is_lost() {
    for (phase, posts) in [("SUBMITTING", 0), ("WAITING", 1), ("FETCHING", 1)] {
        let scene = scene();
        let disk_full = format!(
            "CREATE TRIGGER disk_full BEFORE UPDATE OF phase ON job WHEN new.phase = '{phase}'
             BEGIN SELECT RAISE(ABORT, 'no room'); END;"
        );
        scene.sql().execute_batch(&disk_full).unwrap();
        let id = scene.ask_for(&["a red fox"])[0];
        let turns = std::cell::Cell::new(0);
        scene.run_until(None, || {
            turns.set(turns.get() + 1);
            if turns.get() == 500 {
                assert_eq!(scene.posts().len(), posts, "{phase}");
                scene.sql().execute_batch("DROP TRIGGER disk_full").unwrap();
            }
            scene.job(id).phase.is_ended()
        });
        let job = scene.job(id);
        assert_eq!((job.phase, job.images.len(), scene.posts().len()), (Phase::Done, 1, 1), "{phase}");
    }
}

#[test]
fn a_machine_that_slept_through_the_day_still_asks_once() {
    let scene = scene();
    for _ in 0..5_000 {
        scene.remote.on_task(|| Ok(TaskState::Running));
    }
    let id = scene.ask_for(&["a red fox"])[0];
    scene.run_until(None, || scene.job(id).phase == Phase::Running);
    scene.remote.tasks.borrow_mut().clear();
    let slept = Scene { clock: Clock::skipping(START.after(Duration::from_secs(30 * 3600))), ..scene };
    slept.run(&[id]);
    assert_eq!(slept.job(id).phase, Phase::Done);
}

#[test]
fn a_job_that_waits_for_its_turn_says_why() {
    let scene = scene();
    *scene.remote.rate.borrow_mut() = Rate { count: 2, per: Duration::from_secs(60), concurrent: 9 };
    let ids = scene.ask_for(&["1", "2", "3"]);
    scene.run(&ids);
    let said: String = scene
        .sql()
        .query_row("SELECT note FROM walk WHERE job = 3 AND phase = 'PREPARING'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "waits for its turn, 2 each 60 s");
}
