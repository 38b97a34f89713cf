//! Rows of a batch, and what is wrong with all of them.

use super::super::scene::{Scene, new_job, scene};
use super::super::scripted::fault;
use crate::api::Refusal;
use crate::domain::{BatchId, FaultKind, JobId, Phase};
use crate::store::{NewBatch, NewJob, NewRow};

impl Scene {
    fn batch(&self, rows: usize) -> (BatchId, Vec<JobId>) {
        let batch =
            self.store.new_batch(&NewBatch { name: "spring".into(), ..NewBatch::default() }, self.clock.now()).unwrap();
        let row = |nth: usize| NewRow { batch, name: nth.to_string(), key: nth.to_string() };
        let jobs: Vec<_> = (0..rows).map(|nth| NewJob { row: Some(row(nth)), ..new_job(&nth.to_string()) }).collect();
        (batch, self.store.enqueue(&jobs, self.clock.now()).unwrap())
    }
}

#[test]
fn an_account_that_cannot_pay_fails_one_row_and_keeps_the_others() {
    let scene = scene();
    let (batch, ids) = scene.batch(40);
    scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Access, "Arrearage", false))));
    scene.run(&ids[..1]);
    assert_eq!(scene.job(ids[0]).phase, Phase::Failed);
    assert!(scene.log(ids[0]).contains("`pinxit batch resume b1`"), "{}", scene.log(ids[0]));
    let other = scene.run_one("typed by hand meanwhile");
    assert_eq!(other.phase, Phase::Done, "the queue itself goes on");
    let counts = scene.store.batch(batch).unwrap().unwrap().counts;
    assert_eq!(counts.failed, 1);
    assert!(counts.waiting >= 35, "all that had not begun: {counts:?}");
    scene.store.pause_batch(batch, false).unwrap();
    scene.run(&ids);
    assert_eq!(scene.store.batch(batch).unwrap().unwrap().counts.done, 39);
}

#[test]
fn rows_wait_for_a_line_that_is_down_all_night() {
    let scene = scene();
    let (_, ids) = scene.batch(1);
    for _ in 0..200 {
        scene.remote.on_submit(|| Err(Refusal::Refused(fault(FaultKind::Network, "no_connection", true))));
    }
    scene.run(&ids);
    let job = scene.job(ids[0]);
    assert_eq!((job.phase, scene.posts().len()), (Phase::Done, 201));
    assert!(*scene.posts().last().unwrap() > 3 * 3600, "three hours later: {:?}", scene.posts().last());
}
