//! Jobs of several requests, and fetching again.

use std::cell::Cell;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, pictures};
use crate::api::{Answer, Refusal, Reply, TaskState};
use crate::catalog::Rate;
use crate::domain::{Billed, FaultKind, JobId, Phase};
use crate::store::Intent;

/// A scene where each picture is a request of its own, and a job for three.
fn three() -> (Scene, JobId) {
    let scene = scene();
    scene.remote.splits.set(true);
    let id = scene.ask(|request| (request.n, request.seed) = (3, Some(7)));
    (scene, id)
}

fn seeds(scene: &Scene) -> Vec<u32> {
    scene.remote.sent.borrow().iter().filter_map(|request| request.seed).collect()
}

#[test]
fn requests_of_a_job_are_sent_in_turn_and_each_is_fetched_before_the_next() {
    let (scene, id) = three();
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), job.answered, job.billed_images), (Phase::Done, 3, 3, Some(3)));
    let part = "PREPARING SUBMITTING WAITING FETCHING";
    assert_eq!(scene.walk(id), format!("{part} QUEUED {part} QUEUED {part} DONE"));
    assert_eq!(seeds(&scene), [7, 8, 9]);
    let kept: Vec<_> = job.images.iter().map(|image| image.seed).collect();
    assert_eq!(kept, [Some(7), Some(8), Some(9)], "each picture knows the seed it was asked with");
    let notes: Vec<String> = scene
        .sql()
        .prepare("SELECT note FROM walk WHERE phase = 'PREPARING'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(notes, ["", "1/3 requests", "2/3 requests"]);
    assert!(scene.log(id).contains("request 2 of 3, written down before it leaves"), "{}", scene.log(id));
}

#[test]
fn the_next_request_of_a_job_goes_before_later_jobs() {
    let (scene, id) = three();
    *scene.remote.rate.borrow_mut() = Rate { count: 9, per: std::time::Duration::from_secs(1), concurrent: 1 };
    let later = scene.ask_for(&["later"])[0];
    scene.run(&[id, later]);
    let order: Vec<_> = scene.remote.posts.borrow().iter().map(|(_, prompt, _)| prompt.clone()).collect();
    assert_eq!(order, ["a red fox", "a red fox", "a red fox", "later"]);
}

#[test]
fn a_refusal_after_pictures_leaves_them_and_a_retry_sends_only_what_is_missing() {
    let (scene, id) = three();
    let another = scene.remote.another();
    scene.remote.on_submit(|| Ok(Reply::Answer(another)));
    scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Content, "DataInspectionFailed", false))));
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 1, Some(1)));
    let short = job.fault.unwrap();
    assert_eq!(
        (short.kind, short.code.as_str(), short.billed),
        (FaultKind::Partial, "DataInspectionFailed", Billed::No)
    );
    let said = "1 of 3 requests are done; the next one failed and was not billed: The service said \
                DataInspectionFailed. The one after it was not sent.";
    assert_eq!((short.message.as_str(), short.hint.as_str()), (said, "A retry sends only what is missing."));

    scene.store.ask(Intent::Retry(id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(id).phase == Phase::Done);
    let job = scene.job(id);
    assert_eq!((job.images.len(), job.fault, job.billed_images), (3, None, Some(3)));
    assert_eq!(seeds(&scene), [7, 8, 8, 9], "the first is not sent again");

    scene.store.ask(Intent::Retry(id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.log(id).contains("came late, changes nothing: retry while DONE"));
    assert_eq!(seeds(&scene).len(), 4, "what is done is not sent again");
}

#[test]
fn an_answer_lost_in_the_middle_is_unsure_and_goes_on_by_the_users_wish() {
    let (scene, id) = three();
    let another = scene.remote.another();
    scene.remote.on_submit(|| Ok(Reply::Answer(another)));
    scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "timeout", true))));
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), seeds(&scene)), (Phase::Unsure, 1, vec![7, 8]));
    scene.store.ask(Intent::Retry(id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(id).phase == Phase::Done);
    assert_eq!((scene.job(id).images.len(), seeds(&scene)), (3, vec![7, 8, 8, 9]));
}

#[test]
fn wherever_a_machine_dies_no_request_is_sent_twice() {
    let mut ends = Vec::new();
    for commits in 0.. {
        let (scene, id) = three();
        scene.die_after(commits);
        let died_at = scene.job(id).phase;
        scene.run(&[id]);
        let job = scene.job(id);
        let mut sent = seeds(&scene);
        let all = sent.len();
        sent.dedup();
        assert_eq!(sent.len(), all, "after {commits} commits, {died_at}: {sent:?}");
        match job.phase {
            Phase::Done => assert_eq!((job.images.len(), job.billed_images, all), (3, Some(3), 3), "{commits}"),
            // It died while a paid call was under way; the pictures before it are kept.
            Phase::Unsure => assert_eq!((died_at, job.images.len() + 1), (Phase::Submitting, all), "{commits}"),
            other => panic!("after {commits} commits: {other}, {:?}", job.fault),
        }
        ends.push(job.phase);
        if died_at == Phase::Done {
            break;
        }
    }
    assert_eq!(ends.iter().filter(|&&end| end == Phase::Unsure).count(), 3, "once for each call: {ends:?}");
}

#[test]
fn a_cancelled_job_keeps_what_it_has_and_sends_no_more() {
    // While the call is under way, and while the pictures are fetched; by one engine, and with another after it.
    let ways =
        [(Phase::Submitting, false), (Phase::Fetching, false), (Phase::Submitting, true), (Phase::Fetching, true)];
    for (phase, stops) in ways {
        let (scene, id) = three();
        scene.remote.slow.set(300);
        let another = scene.remote.another();
        scene.remote.on_submit(|| Ok(Reply::Answer(another)));
        if phase == Phase::Fetching {
            let broken = vec![fault(FaultKind::Network, "http_500", true); 9_999].into();
            scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken);
        }
        let asked = Cell::new(false);
        scene.run_until(None, || {
            let job = scene.job(id);
            if job.phase == phase && !asked.replace(true) {
                scene.store.ask(Intent::Cancel(id), scene.clock.now()).unwrap();
            }
            let log = scene.log(id);
            if !stops && log.contains("already paid for: the pictures are brought home, and nothing more is sent") {
                scene.remote.downloads.borrow_mut().clear();
            }
            job.phase.is_ended() || (stops && (log.contains("to be cancelled") || log.contains("already paid for")))
        });
        scene.remote.downloads.borrow_mut().clear();
        assert!(!stops || scene.job(id).phase == Phase::Fetching, "the next engine finds {:?}", scene.job(id).phase);
        scene.run(&[id]);
        let job = scene.job(id);
        assert_eq!((job.phase, job.images.len(), seeds(&scene)), (Phase::Cancelled, 1, vec![7]), "{phase} {stops}");
        assert_eq!(job.note, "cancelled: 1 of 3 requests done, 1 billed, the rest was not sent and not billed");
        assert_eq!(job.billed_images, Some(1));
    }
}

#[test]
fn a_queued_job_with_pictures_is_cancelled_with_what_was_billed() {
    let (scene, id) = three();
    let store = scene.store.clone();
    let another = scene.remote.another();
    scene.remote.on_submit(move || {
        store.ask(Intent::Cancel(id), START).unwrap();
        Ok(Reply::Answer(another))
    });
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), scene.posts().len()), (Phase::Cancelled, 1, 1));
    assert!(job.note.contains("1 billed"), "{}", job.note);
}

#[test]
fn where_nothing_can_be_brought_home_nothing_more_is_paid_for() {
    let (scene, id) = three();
    let broken = vec![fault(FaultKind::Other, "expired", false); 99].into();
    scene.remote.downloads.borrow_mut().insert("https://host/1.png".into(), broken);
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 1, Some(2)));
    let said = job.fault.unwrap();
    assert!(said.message.starts_with("1 of 2 pictures were saved"), "{said}");
    assert!(said.message.ends_with("1 more request was not sent."), "{said}");

    // Fetching again brings the lost one, and sends nothing.
    scene.remote.downloads.borrow_mut().clear();
    scene.store.ask(Intent::Refetch(id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(id).images.len() == 2 && scene.job(id).phase.is_ended());
    let job = scene.job(id);
    assert_eq!((job.phase, scene.posts().len(), job.billed_images), (Phase::Partial, 2, Some(2)));
    assert!(job.fault.unwrap().message.starts_with("2 of 3 requests are done"));

    scene.store.ask(Intent::Retry(id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(id).phase == Phase::Done);
    assert_eq!((scene.job(id).images.len(), seeds(&scene)), (3, vec![7, 8, 9]));
}

#[test]
fn fetching_again_is_free_and_ends_as_fetching_ends() {
    let scene = scene();
    let broken = || vec![fault(FaultKind::Other, "expired", false); 5].into();
    scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken());
    scene.remote.on_task(|| Ok(TaskState::Succeeded(pictures(1))));
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.billed_images), (Phase::Failed, Some(1)));

    // Still expired: said so, and nothing else changes.
    scene.remote.downloads.borrow_mut().insert("https://host/0.png".into(), broken());
    scene.store.ask(Intent::Refetch(job.id), scene.clock.now()).unwrap();
    let tries = || scene.remote.fetched.borrow().len();
    scene.run_until(None, || tries() == 10 && scene.job(job.id).phase.is_ended());
    let said = scene.job(job.id).fault.unwrap();
    assert_eq!((said.code.as_str(), said.billed), ("expired", Billed::Yes), "{said}");

    scene.store.ask(Intent::Refetch(job.id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(job.id).phase == Phase::Done);
    let job = scene.job(job.id);
    assert_eq!((job.images.len(), job.fault, job.billed_images, scene.posts().len()), (1, None, Some(1), 1));

    scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Invalid, "InvalidParameter", false))));
    let never = scene.run_one("never made");
    scene.store.ask(Intent::Refetch(never.id), scene.clock.now()).unwrap();
    scene.run_until(None, || scene.job(never.id).note.starts_with("nothing to fetch"));
    assert_eq!(scene.job(never.id).phase, Phase::Failed);
}

#[test]
fn what_the_service_did_not_make_stays_said_after_fetching_again() {
    let scene = scene();
    let broken = vec![fault(FaultKind::Other, "expired", false); 5].into();
    scene.remote.downloads.borrow_mut().insert("https://host/1.png".into(), broken);
    scene.remote.on_task(|| {
        let mut answer = pictures(2);
        answer.items.push(crate::api::Item::Failed(fault(FaultKind::Content, "DataInspectionFailed", false)));
        Ok(TaskState::Succeeded(Answer { billed: Some(2), ..answer }))
    });
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.images.len()), (Phase::Partial, 1));
    let said = job.fault.unwrap().message;
    assert!(said.contains("1 of 2 pictures were saved") && said.contains("1 of 3 pictures failed"), "{said}");
}
