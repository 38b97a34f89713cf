//! Turns, pauses, edits, batches.

use super::*;
use crate::domain::{ModelId, Reference};

fn many(home: &Home, count: usize) -> Vec<JobId> {
    let jobs: Vec<_> = (0..count).map(|nth| new_job(&nth.to_string())).collect();
    home.store.enqueue(&jobs, NOW).unwrap()
}

fn model() -> ModelId {
    ModelId::from("wan2.7-image")
}

/// Takes up everything that may go, in the order of the turns.
fn turns(home: &Home) -> Vec<i64> {
    std::iter::from_fn(|| {
        let job = home.store.next_due(&model()).unwrap()?;
        home.happen(job.id, &[Event::Start]);
        Some(job.id.0)
    })
    .collect()
}

fn batch(home: &Home, parallel: Option<u32>, rows: usize) -> (BatchId, Vec<JobId>) {
    let new = NewBatch { name: "spring".into(), source: None, parallel };
    let id = home.store.new_batch(&new, NOW).unwrap();
    let row = |nth: usize| NewRow { batch: id, name: format!("row-{nth}"), key: format!("key-{nth}") };
    let jobs: Vec<_> = (0..rows).map(|nth| NewJob { row: Some(row(nth)), ..new_job("in a batch") }).collect();
    (id, home.store.enqueue(&jobs, NOW).unwrap())
}

#[test]
fn jobs_go_in_the_order_the_user_gives_them() {
    let home = home();
    let ids = many(&home, 6);
    assert_eq!(home.store.to_front(&[ids[4], ids[3]], NOW).unwrap(), 2);
    assert!(home.store.shift(ids[0], 2).unwrap(), "two turns later");
    assert!(home.store.shift(ids[5], -1).unwrap());
    assert!(!home.store.shift(ids[3], -1).unwrap(), "it is the first already");
    assert_eq!(turns(&home), [4, 5, 2, 3, 6, 1]);
    assert_eq!(home.store.to_front(&ids, NOW).unwrap(), 0, "none of them waits any more");
}

#[test]
fn what_is_asked_by_hand_overtakes_a_batch_and_a_row_can_be_put_first() {
    let home = home();
    let (_, rows) = batch(&home, None, 3);
    let hot = home.one();
    home.store.to_front(&[rows[2]], NOW).unwrap();
    assert_eq!(turns(&home), [rows[2].0, hot.0, rows[0].0, rows[1].0]);
}

#[test]
fn what_is_paused_stays_until_it_is_let_go() {
    let home = home();
    let ids = many(&home, 2);
    home.store.pause(Some(&model()), true).unwrap();
    home.store.pause(None, true).unwrap();
    let paused = home.store.paused().unwrap();
    assert_eq!((paused.all, paused.models.len()), (true, 1));
    assert_eq!(
        (turns(&home), home.store.due_models().unwrap(), home.store.has_due(0).unwrap()),
        (vec![], vec![], false)
    );
    home.store.pause(None, false).unwrap();
    assert_eq!(home.store.paused().unwrap(), Paused::default(), "letting all go means all");
    home.happen(ids[0], &[Event::Hold]);
    assert!(home.store.has_due(0).unwrap());
    assert_eq!(turns(&home), [ids[1].0], "held back by itself");
}

#[test]
fn a_batch_has_its_own_places_and_its_own_pause() {
    let home = home();
    let (id, rows) = batch(&home, Some(2), 4);
    assert_eq!(turns(&home), [rows[0].0, rows[1].0], "two at once");
    home.happen(rows[0], &[Event::Fail]);
    home.store.pause_batch(id, true).unwrap();
    assert_eq!(turns(&home), [0_i64; 0]);
    home.store.pause_batch(id, false).unwrap();
    assert_eq!(turns(&home), [rows[2].0]);
    home.store.set_parallel(id, 0).unwrap();
    assert_eq!(turns(&home), [rows[3].0]);
    let seen = home.store.batch(id).unwrap().unwrap();
    assert_eq!((seen.counts.live, seen.counts.failed, seen.counts.all()), (3, 1, 4));
    assert_eq!(home.store.changes(0, NOW).unwrap().batches, [seen]);
}

#[test]
fn a_row_that_is_run_again_is_found_by_what_it_asks_for() {
    let home = home();
    let (_, rows) = batch(&home, None, 2);
    home.happen(rows[0], &[Event::Start, Event::Send, Event::Answer, Event::Complete]);
    let (again, _) = batch(&home, None, 1);
    let keys = ["key-0".to_owned(), "key-1".to_owned(), "key-9".to_owned()];
    let found = home.store.jobs_of_rows(&keys).unwrap();
    assert_eq!(found["key-0"], (rows[0], Phase::Done), "the finished one, though there is a newer one");
    assert_eq!((found["key-1"], found.len()), ((rows[1], Phase::Queued), 2));
    home.store.join_batch(again, &[(rows[0], "first".into())]).unwrap();
    assert_eq!(home.store.batch_jobs(again).unwrap().len(), 2);
}

#[test]
fn a_waiting_job_can_be_edited_and_one_that_was_sent_cannot() {
    let home = home();
    let id = home.one();
    let mut request = (*home.job(id).request).clone();
    request.prompt = "a blue fox".into();
    let estimate = Cost::Known { unit: Money::usd(75_000), images: 1, basis: "spec".into() };
    home.store.revise(id, &request, &estimate, NOW).unwrap();
    let job = home.job(id);
    assert_eq!((job.request.prompt.as_str(), &job.estimate), ("a blue fox", &estimate));
    assert_eq!(home.number("SELECT reserve FROM job"), 75_000);
    home.happen(id, &[Event::Start]);
    let fault = Fault::from(home.store.revise(id, &request, &estimate, NOW).unwrap_err());
    assert_eq!(fault.code, "job_moved");
    let snapshot = "UPDATE job SET request = '{}' WHERE id = 1";
    assert!(home.store.write(|tx, _| Ok(tx.execute(snapshot, [])?)).is_err(), "not even by hand");
    request.images.push(Reference::File("/nowhere/fox.png".into()));
    assert!(home.store.revise(id, &request, &estimate, NOW).is_err());
}

#[test]
fn cleared_jobs_are_out_of_sight_and_can_be_brought_back() {
    let home = home();
    let ids = many(&home, 2);
    home.happen(ids[0], &[Event::Cancel]);
    assert_eq!(home.store.clear(&ids, true).unwrap(), 1, "one of them has not ended");
    let first_look = |home: &Home| home.store.changes(0, NOW).unwrap().jobs.len();
    assert_eq!(first_look(&home), 1);
    let seen = home.store.changes(1, NOW).unwrap();
    assert!(seen.jobs.iter().any(|job| job.cleared), "whoever shows it is told");
    home.store.clear(&ids, false).unwrap();
    assert_eq!(first_look(&home), 2);
}

#[test]
fn calls_in_doubt_are_told_with_their_moments_and_a_found_one_is_followed() {
    let home = home();
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send]);
    let route = Learned { route: Some("async image-generation".into()), ..Learned::default() };
    home.store.note(id, route, NOW).unwrap();
    home.store.record(id, Event::Lose, Learned::default(), Stamp(NOW.0 + 500)).unwrap();
    let lost = home.store.lost(1).unwrap();
    assert_eq!((lost[0].job.id, lost[0].route.as_str()), (id, "async image-generation"));
    assert_eq!((lost[0].from, lost[0].to), (NOW, Stamp(NOW.0 + 500)));
    assert_eq!(home.store.lost_calls(id).unwrap(), 1);
    assert_eq!((home.store.has_due(0).unwrap(), home.store.has_due(1).unwrap()), (false, true), "to be looked for");
    home.store.looked(id, 1, &Learned { log: Some("not there".into()), ..Learned::default() }, NOW).unwrap();
    assert_eq!((home.store.lost(1).unwrap().len(), home.store.lost(2).unwrap()[0].looks), (0, 1));
    let task = TaskId("task-1".into());
    assert!(home.store.known_tasks(std::slice::from_ref(&task)).unwrap().is_empty());
    assert!(home.store.adopt(id, &task, NOW).unwrap());
    assert!(!home.store.adopt(id, &task, NOW).unwrap(), "it has one already");
    assert_eq!(home.job(id).phase, Phase::Adopted);
    assert_eq!(home.store.take_intents().unwrap(), [Intent::Follow(id)], "the engine is told");
    assert_eq!((home.store.lost(9).unwrap().len(), home.store.lost_calls(id).unwrap()), (0, 0));
    assert_eq!(home.store.known_tasks(std::slice::from_ref(&task)).unwrap().len(), 1);
    home.happen(id, &[Event::Answer, Event::Complete]);
    assert_eq!(home.store.median_run(&model()).unwrap(), None, "how long it took says nothing");

    assert_eq!(home.store.adopt_stranger(&new_job(""), &task, NOW, NOW).unwrap(), None, "a job has it");
    let other = TaskId("task-2".into());
    let adopted = home.store.adopt_stranger(&new_job(""), &other, Stamp(NOW.0 - 9), NOW).unwrap().unwrap();
    let job = home.job(adopted);
    assert_eq!((job.phase, job.task, job.sent), (Phase::Adopted, Some(other), Some(Stamp(NOW.0 - 9))));
}

#[test]
fn a_new_job_stands_for_a_row_that_failed_and_the_old_one_is_none_any_more() {
    let home = home();
    let (id, ids) = batch(&home, None, 2);
    let request = Request { prompt: "another one".into(), ..new_job("in a batch").request };
    let replace = |old| home.store.replace(old, &request, &new_job("x").estimate, NOW);
    assert!(matches!(replace(ids[0]), Err(StoreError::Moved { phase: Phase::Queued, .. })), "it still waits");
    home.happen(ids[0], &[Event::Start, Event::Fail]);
    let new = replace(ids[0]).unwrap();
    let rows = home.store.batch_jobs(id).unwrap();
    let named: Vec<_> = rows.iter().map(|job| (job.id, job.row.as_ref().unwrap().name.as_str())).collect();
    assert_eq!(named, [(ids[1], "row-1"), (new, "row-0")]);
    assert_eq!(home.job(new).request.prompt, "another one");
    let old = home.job(ids[0]);
    assert_eq!((old.row, old.cleared, old.phase), (None, true, Phase::Failed));
    let keys = ["key-0".to_owned()];
    assert_eq!(home.store.jobs_of_rows(&keys).unwrap()["key-0"], (new, Phase::Queued), "a run finds the new one");
    assert!(matches!(replace(ids[0]), Err(StoreError::Absent(_))), "only once");
    assert_eq!(home.store.batch(id).unwrap().unwrap().counts.all(), 2);
    let log = home.store.log(ids[0]).unwrap();
    assert!(log.iter().any(|line| line.text.contains(&format!("#{new} stands for its row now"))), "{log:?}");
}
