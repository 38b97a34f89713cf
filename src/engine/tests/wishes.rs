//! Wishes of the user, whenever they come and whoever took them.

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, route};
use crate::api::{Refusal, TaskState};
use crate::catalog::Call;
use crate::domain::{Billed, Event, FaultKind, Phase};
use crate::store::{Intent, Learned};

#[test]
fn a_wish_outlives_the_engine_that_took_it_and_not_the_wish_to_send_again() {
    // The machine dies right after the wish is taken, before anything is done about it.
    let scene = scene();
    scene.remote.splits.set(true);
    let queued = scene.ask(|request| request.n = 3);
    scene.store.ask(Intent::Cancel(queued), START).unwrap();
    scene.die_after(1);
    assert_eq!((scene.job(queued).phase, scene.store.take_intents().unwrap()), (Phase::Queued, vec![]));
    scene.run(&[queued]);
    assert_eq!((scene.job(queued).phase, scene.posts().len()), (Phase::Cancelled, 0));

    scene.store.ask(Intent::Retry(queued), START).unwrap();
    scene.run_until(None, || scene.job(queued).phase == Phase::Done);
    assert_eq!((scene.job(queued).images.len(), scene.posts().len()), (3, 3));

    for _ in 0..5_000 {
        scene.remote.on_task(|| Ok(TaskState::Pending));
    }
    let waiting = scene.ask_for(&["waits for the service"])[0];
    scene.run_until(None, || scene.job(waiting).phase == Phase::Waiting);
    scene.store.ask(Intent::Cancel(waiting), START).unwrap();
    scene.die_after(1);
    assert_eq!((scene.job(waiting).phase, scene.store.take_intents().unwrap()), (Phase::Waiting, vec![]));
    scene.run(&[waiting]);
    assert_eq!((scene.job(waiting).phase, scene.job(waiting).note.as_str()), (Phase::Cancelled, "cancelled"));
}

#[test]
fn a_job_cancelled_while_its_route_is_refused_is_not_sent_by_the_next() {
    let scene = scene();
    *scene.remote.routes.borrow_mut() = vec![route(Call::Async, "/wrong/way/x"), route(Call::Sync, "/right/way/x")];
    let id = scene.ask_for(&["a red fox"])[0];
    let store = scene.store.clone();
    scene.remote.on_submit(move || {
        store.ask(Intent::Cancel(id), START).unwrap();
        assert_eq!(store.take_intents().unwrap(), [Intent::Cancel(id)]);
        Err(Refusal::WrongRoute(fault(FaultKind::Access, "AccessDenied", false)))
    });
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, scene.posts().len(), job.note.as_str()), (Phase::Cancelled, 1, "cancelled"));
    assert_eq!((job.fault, job.billed_images), (None, None));
}

#[test]
fn a_call_that_was_lost_is_said_however_the_job_ends() {
    let lost = "one request was sent and may have been billed";
    let unsure = || {
        let scene = scene();
        scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "timeout", true))));
        let job = scene.run_one("a red fox");
        assert_eq!(job.phase, Phase::Unsure);
        (scene, job.id)
    };
    let said = |scene: &Scene, id, end: Phase| {
        scene.run_until(None, || scene.job(id).phase == end);
        let job = scene.job(id);
        let fault = job.fault.unwrap();
        assert_eq!((fault.billed, job.billed_images), (Billed::Unknown, None), "{fault}");
        (job.note, fault)
    };

    let (scene, id) = unsure();
    scene.store.ask(Intent::Cancel(id), START).unwrap();
    let (note, fault_) = said(&scene, id, Phase::Cancelled);
    assert_eq!((note, fault_.code.as_str()), (format!("cancelled: {lost}"), "timeout"));

    // Sent again at the user's wish, and cancelled before it left, ...
    let (scene, id) = unsure();
    scene.store.record(id, Event::Retry, Learned::default(), START).unwrap();
    scene.store.ask(Intent::Cancel(id), START).unwrap();
    let (note, fault_) = said(&scene, id, Phase::Cancelled);
    assert_eq!((note, fault_.message), (format!("cancelled: {lost}"), format!("Stopped by you; {lost}.")));

    // ... taken back by the service, ...
    let (scene, id) = unsure();
    scene.store.record(id, Event::Retry, Learned::default(), START).unwrap();
    scene.remote.on_task(|| Ok(TaskState::Cancelled));
    assert_eq!(said(&scene, id, Phase::Cancelled).0, format!("cancelled: {lost}"));

    // ... or refused.
    let (scene, id) = unsure();
    scene.store.record(id, Event::Retry, Learned::default(), START).unwrap();
    scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Content, "DataInspectionFailed", false))));
    let (_, fault_) = said(&scene, id, Phase::Failed);
    assert_eq!(fault_.message, format!("The service said DataInspectionFailed. Before it, {lost}."));
}

#[test]
fn a_cancel_call_that_fails_is_made_again_while_the_task_waits() {
    // So many calls fail, in this way; then the service says this of the task.
    let rows = [
        (3, true, vec![TaskState::Pending; 99], Phase::Cancelled, 4, "not cancelled yet, poll "),
        (9, true, vec![TaskState::Pending; 30], Phase::Done, 6, "1/1 saved"),
        (9, false, vec![TaskState::Pending; 9], Phase::Done, 1, "1/1 saved"),
        // What is at work meanwhile is paid for, and kept.
        (9, true, vec![TaskState::Pending, TaskState::Running, TaskState::Running], Phase::Done, 2, "1/1 saved"),
    ];
    for (fails, retryable, states, end, calls, note) in rows {
        let scene = scene();
        (0..999).for_each(|_| scene.remote.on_task(|| Ok(TaskState::Pending)));
        let id = scene.ask_for(&["a red fox"])[0];
        scene.run_until(None, || scene.job(id).phase == Phase::Waiting);
        scene.remote.tasks.borrow_mut().clear();
        states.into_iter().for_each(|state| scene.remote.on_task(|| Ok(state)));
        for _ in 0..fails {
            let failed = move || Err(fault(FaultKind::Network, "connect", retryable));
            scene.remote.cancels.borrow_mut().push_back(Box::new(failed));
        }
        scene.store.ask(Intent::Cancel(id), START).unwrap();
        scene.run(&[id]);
        let (job, log) = (scene.job(id), scene.log(id));
        assert_eq!((job.phase, scene.posts().len()), (end, 1), "{log}");
        let failed = log.matches("/cancel, try").count();
        let made = failed + usize::from(end == Phase::Cancelled);
        assert_eq!((made, failed + scene.remote.cancels.borrow().len()), (calls, fails), "{log}");
        let sql = scene.sql();
        let before = |phase: &str| -> String {
            let query = "SELECT note FROM walk WHERE phase = ?1";
            sql.query_row(query, [phase], |row| row.get(0)).unwrap()
        };
        let said = if end == Phase::Done { job.note } else { before("CANCELLED") };
        assert!(said.starts_with(note), "{said}");
        if calls == 6 {
            assert!(before("FETCHING").starts_with("could not be cancelled, poll "), "{}", before("FETCHING"));
        }
    }
}
