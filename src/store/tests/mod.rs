//! The store as its users see it: on a real file, in a real directory.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::channel;
use std::time::Duration;

mod budget;
mod copies;
mod inputs;
mod lineage;
mod migration;
mod openers;
mod parts;
mod prompts;
mod queue;
mod shelf;
mod stories;

use super::*;
use crate::domain::{Billed, Event, FaultKind, Format, JobId, Mode, Phase, Size, Stamp};

const NOW: Stamp = Stamp(1_795_000_000_000);

struct Home {
    dir: tempfile::TempDir,
    store: Store,
}

fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&places(dir.path())).unwrap();
    Home { dir, store }
}

fn places(root: &Path) -> Places {
    Places { data: root.join("data"), pictures: root.join("pictures"), service: "here".into() }
}

fn new_job(prompt: &str) -> NewJob {
    let request = Request {
        written: None,
        model: "wan2.7-image".into(),
        mode: Mode::TextToImage,
        prompt: prompt.into(),
        negative_prompt: String::new(),
        images: Vec::new(),
        size: Size::Auto,
        n: 2,
        seed: Some(7),
        options: Default::default(),
    };
    let estimate = Cost::Known { unit: Money::usd(30_000), images: 2, basis: "spec".into() };
    NewJob::new(request, estimate)
}

impl Home {
    fn one(&self) -> JobId {
        self.store.enqueue(&[new_job("a red fox")], NOW).unwrap()[0]
    }

    fn job(&self, id: JobId) -> Job {
        self.store.job(id).unwrap().unwrap()
    }

    fn happen(&self, id: JobId, events: &[Event]) {
        for &event in events {
            assert!(self.store.record(id, event, Learned::default(), NOW).unwrap().is_some(), "{event:?}");
        }
    }

    fn number(&self, query: &str) -> i64 {
        self.store.read(|tx| Ok(tx.query_row(query, [], |row| row.get(0))?)).unwrap()
    }

    fn text(&self, query: &str) -> String {
        self.store.read(|tx| Ok(tx.query_row(query, [], |row| row.get(0))?)).unwrap()
    }

    fn keep(&self, job: &Job, index: u32, content: &[u8]) -> Result<crate::domain::Image, StoreError> {
        use sha2::{Digest, Sha256};
        let mut file = tempfile::NamedTempFile::new_in(self.store.incoming(job)?).unwrap();
        file.write_all(content).unwrap();
        let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        let facts = PictureFacts { format: Format::Png, width: 8, height: 8, bytes: content.len() as u64, sha256 };
        self.store.keep(job, index, file, facts, NOW)
    }
}

/// A shortest way from QUEUED to each phase.
fn way_to(phase: Phase) -> &'static [Event] {
    use Event::*;
    match phase {
        Phase::Queued => &[],
        Phase::Held => &[Hold],
        Phase::Preparing => &[Start],
        Phase::Submitting => &[Start, Send],
        Phase::Waiting => &[Start, Send, Accept],
        Phase::Running => &[Start, Send, Accept, Run],
        Phase::Fetching => &[Start, Send, Answer],
        Phase::Done => &[Start, Send, Answer, Complete],
        Phase::Partial => &[Start, Send, Answer, FallShort],
        Phase::Failed => &[Start, Send, Fail],
        Phase::Cancelled => &[Cancel],
        Phase::Unsure => &[Start, Send, Lose],
        Phase::Expired => &[Start, Send, Accept, Expire],
        Phase::Adopted => &[Start, Send, Lose, Adopt],
    }
}

const EVENTS: [Event; 19] = {
    use Event::*;
    [
        Hold, Release, Start, Send, Accept, Return, Wait, Run, Answer, Next, Complete, FallShort, Fail, Cancel, Lose,
        Adopt, Expire, Retry, Refetch,
    ]
};

#[test]
fn every_event_in_every_phase_is_written_as_the_drawing_says() {
    let home = home();
    let later = NOW.after(Duration::from_secs(60));
    for phase in Phase::ALL {
        for event in EVENTS {
            let id = home.one();
            home.happen(id, way_to(phase));
            let before = home.job(id);
            assert_eq!(before.phase, phase);
            let lines = home.store.log(id).unwrap().len();
            let learned = Learned { note: Some("learned".into()), ..Learned::default() };
            let led = home.store.record(id, event, learned, later).unwrap();
            let after = home.job(id);
            assert_eq!(led, phase.on(event), "{phase} {event:?}");
            match led {
                Some(next) => {
                    assert_eq!((after.phase, after.since, after.note.as_str()), (next, later, "learned"));
                    assert_eq!(after.ended.is_some(), next.is_ended(), "{phase} {event:?}");
                }
                None => {
                    assert_eq!(after, before, "{phase} {event:?}");
                    assert_eq!(home.store.log(id).unwrap().len(), lines + 1);
                }
            }
        }
    }
    // Every call that ever left has its row, and none is under way for a job that has left SUBMITTING,
    // WAITING, RUNNING and ADOPTED, which is a call found again.
    let open = "SELECT count(*) FROM attempt JOIN job ON job.id = attempt.job WHERE outcome IS NULL
                AND phase NOT IN ('SUBMITTING', 'WAITING', 'RUNNING', 'ADOPTED')";
    assert_eq!(home.number(open), 0);
}

#[test]
fn what_was_asked_and_what_was_sent_cannot_be_changed() {
    let home = home();
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send]);
    for wrong in [
        "UPDATE job SET request = '{}'",
        "DELETE FROM attempt",
        "INSERT INTO attempt (job, model, sent) VALUES (1, 'm', 1)",
    ] {
        assert!(home.store.write(|tx, _| Ok(tx.execute(wrong, [])?)).is_err(), "{wrong}");
    }
}

#[test]
fn changes_bring_only_what_changed() {
    let home = home();
    let ids = home.store.enqueue(&[new_job("one"), new_job("two")], NOW).unwrap();
    let first = home.store.changes(0, NOW).unwrap();
    assert_eq!(first.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), ids);
    assert_eq!(home.store.changes(first.revision, NOW).unwrap().jobs, []);

    home.store.note(ids[1], Learned { note: Some("poll 3".into()), ..Learned::default() }, NOW).unwrap();
    let second = home.store.changes(first.revision, NOW).unwrap();
    assert!(second.revision > first.revision);
    assert_eq!(second.revision, home.store.revision().unwrap());
    assert_eq!(second.jobs.iter().map(|job| (job.id, job.note.as_str())).collect::<Vec<_>>(), [(ids[1], "poll 3")]);

    home.happen(ids[0], &[Event::Start, Event::Send, Event::Answer]);
    let before = home.store.revision().unwrap();
    home.keep(&home.job(ids[0]), 0, b"picture").unwrap();
    let third = home.store.changes(before, NOW).unwrap();
    assert_eq!((third.jobs.len(), third.jobs[0].images.len()), (1, 1), "a saved picture changes its job");
    assert_eq!(
        home.store.changes(u64::MAX, NOW).unwrap().jobs.len(),
        2,
        "a revision of another store means everything"
    );
}

#[test]
fn the_first_look_is_limited_but_never_hides_an_unended_job() {
    let home = home();
    let many: Vec<_> = (0..503).map(|n| new_job(&n.to_string())).collect();
    let ids = home.store.enqueue(&many, NOW).unwrap();
    for id in &ids[..2] {
        home.happen(*id, &[Event::Cancel]);
    }
    let seen: Vec<_> = home.store.changes(0, NOW).unwrap().jobs.iter().map(|job| job.id).collect();
    assert_eq!(seen, ids[2..], "the two oldest have ended; the third is older than the newest 500 and has not");
}

#[test]
fn the_ledger_counts_each_attempt_once_and_knows_the_calendar() {
    let home = home();
    let day = Duration::from_secs(24 * 60 * 60);
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send]);
    let billed = |count| Learned { billed: Some(count), ..Learned::default() };
    home.store.record(id, Event::Answer, billed(2), NOW).unwrap();
    home.store.note(id, billed(2), NOW).unwrap();
    assert_eq!(home.job(id).billed_images, Some(2));
    assert_eq!(home.store.changes(0, NOW).unwrap().spent_today, [Money::usd(60_000)]);

    home.happen(id, &[Event::Expire, Event::Retry, Event::Start, Event::Send]);
    home.store.record(id, Event::Answer, billed(1), NOW).unwrap();
    let job = home.job(id);
    assert_eq!((job.billed_images, job.cost().total()), (Some(3), Some(Money::usd(90_000))), "both attempts were paid");

    let unpriced = NewJob { estimate: Cost::Unknown { images: 2 }, ..new_job("no price") };
    let other = home.store.enqueue(&[unpriced], NOW).unwrap()[0];
    home.happen(other, &[Event::Start, Event::Send]);
    home.store.record(other, Event::Answer, billed(2), NOW).unwrap();
    assert_eq!(home.number("SELECT count(*) FROM ledger WHERE unit IS NULL AND images = 2"), 1);

    let later = home.store.changes(0, NOW.after(day)).unwrap();
    assert_eq!(later.spent_today, []);
    let far = home.store.changes(0, NOW.after(day * 32)).unwrap();
    assert_eq!((far.spent_month, home.store.changes(0, NOW).unwrap().spent_month), (vec![], vec![Money::usd(90_000)]));
}

#[test]
fn files_are_for_this_user_alone() {
    let home = home();
    let job = home.job(home.one());
    let image = home.keep(&job, 0, b"picture").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.store.places().data), 0o700);
    for entry in std::fs::read_dir(&home.store.places().data).unwrap() {
        assert_eq!(mode(&entry.as_ref().unwrap().path()), 0o600, "{entry:?}");
    }
    assert_eq!(mode(&image.path), 0o600);
}

#[test]
fn a_newer_or_damaged_store_is_refused_and_left_as_it_is() {
    let newer = home();
    newer.store.write(|tx, _| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
    let error = Store::open(&places(newer.dir.path())).unwrap_err();
    assert!(error.to_string().contains("has version 99"), "{error}");

    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    let file = dir.path().join("data/pinxit.db");
    let garbage = b"this is a letter to my mother, not a database; please keep it".repeat(20);
    std::fs::write(&file, &garbage).unwrap();
    let fault: Fault = Store::open(&places(dir.path())).unwrap_err().into();
    assert_eq!((fault.code.as_str(), fault.billed), ("store_damaged", Billed::No));
    assert!(fault.message.contains("pinxit.db"), "{fault}");
    assert_eq!(std::fs::read(&file).unwrap(), garbage);
}

#[test]
fn a_dead_engines_jobs_go_back_or_become_unsure_and_paid_ones_stay() {
    let home = home();
    let ids: Vec<_> = Phase::ALL
        .into_iter()
        .map(|phase| {
            let id = home.one();
            home.happen(id, way_to(phase));
            (id, phase)
        })
        .collect();
    assert_eq!(home.store.recover(NOW).unwrap().len(), 2);
    for (id, phase) in ids {
        let job = home.job(id);
        let expected = match phase {
            Phase::Preparing => Phase::Queued,
            Phase::Submitting => Phase::Unsure,
            other => other,
        };
        assert_eq!(job.phase, expected, "{phase}");
        if phase == Phase::Submitting {
            let fault = job.fault.unwrap();
            assert_eq!((fault.kind, fault.billed), (FaultKind::Unsure, Billed::Unknown));
        }
    }
    assert_eq!(home.store.recover(NOW).unwrap(), []);
}

#[test]
fn a_second_attempt_keeps_the_pictures_of_the_first_and_numbers_on() {
    let home = home();
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send]);
    let urls = |names: &[&str]| Learned {
        urls: Some(names.iter().map(|name| format!("https://host/{name}")).collect()),
        ..Learned::default()
    };
    home.store.record(id, Event::Answer, urls(&["a", "b"]), NOW).unwrap();
    home.keep(&home.job(id), 0, b"first").unwrap();
    assert_eq!(home.store.missing(id).unwrap(), [(1, "https://host/b".to_owned())]);
    home.happen(id, &[Event::Expire, Event::Retry, Event::Start, Event::Send]);
    home.store.record(id, Event::Answer, urls(&["c", "d"]), NOW).unwrap();
    let places: Vec<_> = home.store.missing(id).unwrap().into_iter().map(|(index, _)| index).collect();
    let job = home.job(id);
    assert_eq!((job.images.len(), job.expected, places), (1, 3, vec![1, 2]));
}

#[test]
fn no_picture_is_ever_overwritten() {
    let home = home();
    let out = home.dir.path().join("out");
    let ask = |name: &str| NewJob { out: Some(out.join(name)), ..new_job("a fox") };
    let ids = home.store.enqueue(&[ask("fox.jpg"), ask("fox.jpg")], NOW).unwrap();
    let named = |id: JobId, index, content: &[u8]| {
        let path = home.keep(&home.job(id), index, content).unwrap().path;
        path.strip_prefix(&out).unwrap().to_str().unwrap().to_owned()
    };
    assert_eq!(named(ids[0], 0, b"one"), "fox.png", "the ending follows the bytes");
    assert_eq!(named(ids[0], 1, b"two"), "fox-2.png");
    assert_eq!(named(ids[1], 0, b"one"), "fox-3.png", "the same bytes as another job's picture are still a picture");
    assert_eq!(named(ids[1], 0, b"again"), "fox-3.png", "a picture is recorded once");
    std::fs::write(out.join("fox-4.png"), b"left by a process that died before it wrote the row").unwrap();
    assert_eq!(
        named(ids[1], 1, b"left by a process that died before it wrote the row"),
        "fox-4.png",
        "and is taken up, not doubled"
    );
    assert_eq!(std::fs::read(out.join("fox.png")).unwrap(), b"one");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 4, "no temporary file is left");
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_anything_is_paid() {
    let home = home();
    std::fs::write(home.dir.path().join("file"), b"x").unwrap();
    let blocked = NewJob { out: Some(home.dir.path().join("file/below")), ..new_job("a fox") };
    let id = home.store.enqueue(&[blocked], NOW).unwrap()[0];
    let error = home.store.incoming(&home.job(id)).unwrap_err();
    assert!(error.to_string().contains("file/below"), "{error}");
}

#[test]
fn jobs_of_another_service_are_shown_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let open = |service: &str| Store::open(&Places { service: service.into(), ..places(dir.path()) }).unwrap();
    let (here, there) = (open("here"), open("there"));
    let id = here.enqueue(&[new_job("fox")], NOW).unwrap()[0];
    here.ask(Intent::Cancel(id), NOW).unwrap();
    assert_eq!(there.jobs_in(&[Phase::Queued]).unwrap(), []);
    assert_eq!(there.due_models().unwrap(), []);
    assert_eq!(there.take_intents().unwrap(), [], "a wish waits for the service it is about");
    let seen = there.changes(0, NOW).unwrap().jobs;
    assert_eq!((seen[0].id, seen[0].note.as_str()), (id, "goes on when pinxit works with here"));
    assert_eq!(here.take_intents().unwrap(), [Intent::Cancel(id)]);
    assert_eq!(here.take_intents().unwrap(), []);
}
