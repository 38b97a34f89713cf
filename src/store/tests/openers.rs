//! Several who have one store open, on a disk of this machine and on another's.

use super::*;

/// A disk of this machine, and one of another's.
const DISKS: [(Filing, Option<&str>); 2] = [(Filing::Ahead, None), (Filing::Rollback, Some("NFS"))];

fn open_on(disk: (Filing, Option<&'static str>), root: &Path) -> Result<Store, StoreError> {
    Store::open_on(&places(root), |_| disk)
}

#[test]
fn two_stores_on_one_directory_see_each_other_and_are_woken() {
    DISKS.into_iter().for_each(see_each_other);
}

fn see_each_other(disk: (Filing, Option<&'static str>)) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home { store: open_on(disk, dir.path()).unwrap(), dir };
    let other = open_on(disk, home.dir.path()).unwrap();
    assert_eq!(home.text("PRAGMA journal_mode"), disk.0.word());
    let (woken, wakes) = channel();
    let seen_in = other.clone();
    let watch = other.watch(move || woken.send(seen_in.revision().unwrap()).unwrap()).unwrap();
    let id = home.one();
    let target = home.store.revision().unwrap();
    while wakes.recv_timeout(Duration::from_secs(10)).expect("a wake for the commit") < target {}
    assert_eq!(other.job(id).unwrap().unwrap().phase, Phase::Queued);
    other.ask(Intent::Cancel(id), NOW).unwrap();
    other.ask(Intent::Retry(id), NOW).unwrap();
    assert_eq!(home.store.take_intents().unwrap(), [Intent::Cancel(id), Intent::Retry(id)]);
    assert_eq!(other.take_intents().unwrap(), []);
    drop(watch);
    while wakes.recv_timeout(Duration::from_secs(10)).is_ok() {}
    assert_eq!(wakes.recv_timeout(Duration::from_secs(10)), Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn many_may_open_a_new_store_at_once() {
    for disk in DISKS {
        let dir = tempfile::tempdir().unwrap();
        let all: Vec<_> = (0..8)
            .map(|_| {
                let root = dir.path().to_owned();
                std::thread::spawn(move || {
                    open_on(disk, &root).map(|store| store.enqueue(&[new_job("x")], NOW).unwrap())
                })
            })
            .collect();
        let mut ids: Vec<_> = all.into_iter().flat_map(|thread| thread.join().unwrap().unwrap()).collect();
        ids.sort();
        assert_eq!(ids, (1..=8).map(JobId).collect::<Vec<_>>());
    }
}

#[test]
fn a_store_that_moves_to_another_machines_disk_says_so_once_and_loses_nothing() {
    let Home { dir, store } = home();
    let id = store.enqueue(&[new_job("a red fox")], NOW).unwrap()[0];
    assert_eq!(store.notice(), None);
    drop(store);
    let moved = open_on(DISKS[1], dir.path()).unwrap();
    assert!(moved.notice().unwrap().contains("is on NFS: commits are slower there"), "{:?}", moved.notice());
    assert!(moved.job(id).unwrap().is_some());
    assert!(!dir.path().join("data/pinxit.db-wal").exists());
    assert_eq!(open_on(DISKS[1], dir.path()).unwrap().notice(), None, "it was said");
    let new = tempfile::tempdir().unwrap();
    assert!(open_on(DISKS[1], new.path()).unwrap().notice().is_some(), "a store that is made there");
}
