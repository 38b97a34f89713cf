//! The stage for tests of jobs' lives: a store on disk, a clock that skips, a scripted far side.
#![allow(clippy::unwrap_used)]

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::LocalSet;

use super::hear;
use super::scripted::Scripted;
use super::worker::Worker;
use super::{Clock, Grace, Pace, room};
use crate::domain::{Cost, Job, JobId, Mode, Money, Phase, Request, Size, Stamp};
use crate::store::{NewJob, Places, Store};

pub(super) const START: Stamp = Stamp(1_795_000_000_000);

pub(super) struct Scene {
    pub(super) dir: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) remote: Rc<Scripted>,
    pub(super) pace: Pace,
    /// What is free on the disk.
    pub(super) room: room::Look,
}

pub(super) fn scene() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let places =
        Places { data: dir.path().join("data"), pictures: dir.path().join("pictures"), service: "here".into() };
    let store = Store::open(&places).unwrap();
    let clock = Clock::skipping(START);
    let remote = Rc::new(Scripted::new(clock.clone()));
    let scene = Scene { store, remote, pace: Pace::SERVICE, clock, room: Rc::new(|_| None), dir };
    // Every change of phase, with the commit it came in and what the job said before it.
    scene
        .sql()
        .execute_batch(
            "CREATE TABLE walk (job, phase, revision, note);
             CREATE TRIGGER walked AFTER UPDATE OF phase ON job
             BEGIN INSERT INTO walk VALUES (new.id, new.phase, new.revision, old.note); END;",
        )
        .unwrap();
    scene
}

impl Scene {
    pub(super) fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.store.places().data.join("pinxit.db")).unwrap()
    }

    pub(super) fn ask_for(&self, prompts: &[&str]) -> Vec<JobId> {
        let jobs: Vec<_> = prompts.iter().map(|prompt| new_job(prompt)).collect();
        self.store.enqueue(&jobs, self.clock.now()).unwrap()
    }

    pub(super) fn job(&self, id: JobId) -> Job {
        self.store.job(id).unwrap().unwrap()
    }

    pub(super) fn log(&self, id: JobId) -> String {
        self.store.log(id).unwrap().iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// The phases a job went through, each in a commit of its own.
    pub(super) fn walk(&self, id: JobId) -> String {
        let sql = self.sql();
        let mut query = sql.prepare("SELECT phase, revision FROM walk WHERE job = ?1 ORDER BY rowid").unwrap();
        let steps: Vec<(String, i64)> =
            query.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        assert!(steps.windows(2).all(|pair| pair[0].1 < pair[1].1), "{steps:?}");
        steps.into_iter().map(|(phase, _)| phase).collect::<Vec<_>>().join(" ")
    }

    /// Seconds after the start at which paid calls came.
    pub(super) fn posts(&self) -> Vec<u64> {
        self.remote.posts.borrow().iter().map(|(at, ..)| at.since(START).as_secs()).collect()
    }

    /// Runs an engine until `done`, then stops it.
    pub(super) fn run_until(&self, grace: Grace, done: impl Fn() -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        hear::recover(&self.store, self.clock.now()).unwrap();
        let mut worker = Worker::new(self.store.clone(), self.remote.clone(), self.clock.clone(), self.pace);
        worker.room = self.room.clone();
        let (stop, stopped) = watch::channel(None);
        LocalSet::new().block_on(&runtime, async {
            let run = tokio::task::spawn_local(Rc::new(worker).run(stopped));
            let began = Instant::now();
            while !done() {
                assert!(began.elapsed() < Duration::from_secs(60), "it never came to that");
                tokio::task::yield_now().await;
            }
            stop.send_replace(Some(grace));
            run.await.unwrap();
        });
    }

    /// Runs an engine until nothing is left that moves by itself.
    pub(super) fn run(&self, ids: &[JobId]) {
        self.run_until(None, || ids.iter().map(|&id| self.job(id).phase).all(|p| p.is_ended() || p == Phase::Unsure));
    }

    /// Asks for one job that is like `new_job` but for what `change` makes of it.
    pub(super) fn ask(&self, change: impl FnOnce(&mut Request)) -> JobId {
        let mut job = new_job("a red fox");
        change(&mut job.request);
        self.store.enqueue(&[job], self.clock.now()).unwrap()[0]
    }

    /// Runs an engine whose machine dies after so many commits from now.
    pub(super) fn die_after(&self, commits: u64) {
        let last = self.store.revision().unwrap() + commits;
        let dead = format!(
            "CREATE TRIGGER dead BEFORE UPDATE ON revision WHEN new.number > {last}
             BEGIN SELECT RAISE(ABORT, 'dead'); END;"
        );
        self.sql().execute_batch(&dead).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let worker = Worker::new(self.store.clone(), self.remote.clone(), self.clock.clone(), self.pace);
        let (_stop, stopped) = watch::channel(None);
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            tokio::task::spawn_local(Rc::new(worker).run(stopped));
            let mut still = 0;
            while still < 200 {
                let before = self.store.revision().unwrap();
                tokio::task::yield_now().await;
                still = if self.store.revision().unwrap() == before { still + 1 } else { 0 };
            }
        });
        drop(local);
        self.sql().execute_batch("DROP TRIGGER dead").unwrap();
    }

    pub(super) fn run_one(&self, prompt: &str) -> Job {
        let ids = self.ask_for(&[prompt]);
        self.run(&ids);
        self.job(ids[0])
    }
}

pub(super) fn new_job(prompt: &str) -> NewJob {
    let request = Request {
        written: None,
        model: "wan2.7-image".into(),
        mode: Mode::TextToImage,
        prompt: prompt.into(),
        negative_prompt: String::new(),
        images: Vec::new(),
        size: Size::Auto,
        n: 1,
        seed: None,
        options: Default::default(),
    };
    let estimate = Cost::Known { unit: Money::usd(30_000), images: 1, basis: "spec".into() };
    NewJob::new(request, estimate)
}
