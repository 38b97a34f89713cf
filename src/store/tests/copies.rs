//! Good copies of the store, damage, and what puts it right.

use super::*;
use crate::store::{GoodCopy, check_store, good_copies, restore};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn data(home: &Home) -> &Path {
    &home.store.places().data
}

#[test]
fn one_copy_a_day_and_three_at_most() {
    let home = home();
    let id = home.one();
    assert!(home.store.keep_copy(NOW).unwrap());
    assert!(!home.store.keep_copy(NOW.after(DAY / 2)).unwrap(), "not yet");
    for day in 1..6 {
        assert!(home.store.keep_copy(NOW.after(DAY * day)).unwrap());
    }
    let copies = good_copies(data(&home));
    let made: Vec<_> = copies.iter().map(|copy| copy.made.since(NOW).as_secs() / 86_400).collect();
    assert_eq!(made, [3, 4, 5], "the newest three");
    for GoodCopy { path, .. } in copies {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let copy = rusqlite::Connection::open(&path).unwrap();
        let prompt: String = copy.query_row("SELECT request FROM job WHERE id = ?1", [id.0], |row| row.get(0)).unwrap();
        assert!(prompt.contains("a red fox"), "{prompt}");
    }
    assert_eq!(std::fs::read_dir(data(&home).join("copies")).unwrap().count(), 3, "nothing half made is left");
}

#[test]
fn a_clock_that_was_far_ahead_does_not_end_the_copies() {
    let home = home();
    for years in 1..=4 {
        home.store.keep_copy(NOW.after(DAY * 365 * years)).unwrap();
    }
    assert!(home.store.keep_copy(NOW).unwrap());
    let copies = good_copies(data(&home));
    assert_eq!((copies.len(), copies[0].made.since(NOW).as_secs()), (3, 0), "{copies:?}");
}

#[test]
fn a_damaged_store_is_never_copied_over_a_good_copy() {
    let home = home();
    home.one();
    home.store.keep_copy(NOW).unwrap();
    drop(
        rusqlite::Connection::open(data(&home).join("pinxit.db"))
            .unwrap()
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"),
    );
    let file = std::fs::OpenOptions::new().write(true).open(data(&home).join("pinxit.db")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[0x55; 20_000], 8192).unwrap();
    assert!(home.store.keep_copy(NOW.after(DAY)).is_err());
    assert_eq!(good_copies(data(&home)).len(), 1);
}

/// What is done to the files, each time with the store closed.
type Damage = fn(&Path);

fn damages() -> Vec<(&'static str, Damage)> {
    fn database(data: &Path) -> std::path::PathBuf {
        data.join("pinxit.db")
    }
    vec![
        ("zeroed", |data| {
            let length = std::fs::metadata(database(data)).unwrap().len() as usize;
            std::fs::write(database(data), vec![0; length]).unwrap();
        }),
        ("garbage", |data| std::fs::write(database(data), [0x5a; 70_000]).unwrap()),
        ("empty", |data| std::fs::write(database(data), []).unwrap()),
        ("cut in half", |data| {
            let whole = std::fs::read(database(data)).unwrap();
            std::fs::write(database(data), &whole[..whole.len() / 2]).unwrap();
        }),
    ]
}

#[test]
fn a_damaged_store_is_refused_with_the_name_of_its_copy_and_left_as_it_is() {
    for (name, damage) in damages() {
        let Home { dir, store } = home();
        store.enqueue(&[new_job("a red fox")], NOW).unwrap();
        store.keep_copy(NOW).unwrap();
        drop(store);
        let places = places(dir.path());
        damage(&places.data);
        let before = std::fs::read(places.data.join("pinxit.db")).unwrap();
        let fault = Fault::from(Store::open(&places).expect_err(name));
        assert_eq!(fault.code, "store_damaged", "{name}: {fault}");
        let copy = good_copies(&places.data)[0].path.display().to_string();
        assert!(fault.hint.contains(&copy) && fault.hint.contains("pinxit doctor --restore"), "{name}: {}", fault.hint);
        assert!(check_store(&places.data).is_err(), "{name}");
        assert_eq!(std::fs::read(places.data.join("pinxit.db")).unwrap(), before, "{name}: left as it is");
    }
}

#[test]
fn a_copy_put_back_sends_nothing_by_itself_and_keeps_what_was_damaged() {
    for (name, damage) in damages() {
        let Home { dir, store } = home();
        let ids = store.enqueue(&[new_job("a red fox"), new_job("a grey hen"), new_job("an owl")], NOW).unwrap();
        store.record(ids[1], Event::Start, Learned::default(), NOW).unwrap();
        let learned = Learned { route: Some("async image-generation".into()), ..Learned::default() };
        store.record(ids[2], Event::Start, Learned::default(), NOW).unwrap();
        store.record(ids[2], Event::Send, learned, NOW).unwrap();
        store.keep_copy(NOW).unwrap();
        drop(store);
        let places = places(dir.path());
        damage(&places.data);
        let damaged = std::fs::read(places.data.join("pinxit.db")).unwrap();
        let done = restore(&places.data, NOW.after(DAY)).unwrap();
        assert_eq!((done.waiting, done.copy.made), (2, Stamp(NOW.0 / 1000 * 1000)), "{name}");
        assert_eq!(std::fs::read(done.aside.join("pinxit.db")).unwrap(), damaged, "{name}: kept");
        assert!(check_store(&places.data).unwrap(), "{name}");

        let store = Store::open(&places).unwrap();
        store.recover(NOW).unwrap();
        assert_eq!(store.due_models().unwrap(), [], "{name}: what waits may have been sent");
        assert!(store.paused().unwrap().all);
        assert!(store.job(ids[0]).unwrap().unwrap().note.contains("may have been sent"));
        assert_eq!(store.job(ids[2]).unwrap().unwrap().phase, Phase::Unsure, "{name}");
        store.pause(None, false).unwrap();
        assert_eq!(store.due_models().unwrap().len(), 1, "{name}: the user lets it go");
    }
}

#[test]
fn a_copy_that_is_damaged_itself_is_not_put_back() {
    let Home { dir, store } = home();
    store.keep_copy(NOW).unwrap();
    store.enqueue(&[new_job("a red fox")], NOW).unwrap();
    store.keep_copy(NOW.after(DAY)).unwrap();
    drop(store);
    let places = places(dir.path());
    let copies = good_copies(&places.data);
    std::fs::write(&copies[1].path, [0x11; 9000]).unwrap();
    std::fs::write(places.data.join("pinxit.db"), [0x5a; 9000]).unwrap();
    assert_eq!(restore(&places.data, NOW).unwrap().copy, copies[0]);
    std::fs::write(places.data.join("pinxit.db"), [0x5a; 9000]).unwrap();
    std::fs::write(&copies[0].path, [0x11; 9000]).unwrap();
    let fault = Fault::from(restore(&places.data, NOW).unwrap_err());
    assert_eq!(fault.code, "store_without_copy");
    assert_eq!(std::fs::read(places.data.join("pinxit.db")).unwrap(), [0x5a; 9000], "left as it is");
}

#[test]
fn a_store_whose_log_is_gone_is_older_and_whole() {
    let Home { dir, store } = home();
    let places = places(dir.path());
    // As after a crash: what was written since the last checkpoint is in the log alone.
    let crashed = dir.path().join("crashed");
    std::fs::create_dir(&crashed).unwrap();
    store.enqueue(&[new_job("a red fox")], NOW).unwrap();
    for name in ["pinxit.db", "pinxit.db-wal"] {
        std::fs::copy(places.data.join(name), crashed.join(name)).unwrap();
    }
    let there = Places { data: crashed, ..places };
    assert_eq!(Store::open(&there).unwrap().changes(0, NOW).unwrap().jobs.len(), 1);
    let gone = dir.path().join("gone");
    std::fs::create_dir(&gone).unwrap();
    std::fs::copy(there.data.join("pinxit.db"), gone.join("pinxit.db")).unwrap();
    let store = Store::open(&Places { data: gone, ..there }).unwrap();
    assert!(store.changes(0, NOW).unwrap().jobs.len() <= 1);
}
