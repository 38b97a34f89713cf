//! Answers that come in pieces.

use std::time::Duration;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, picture};
use crate::api::{Answer, Item, Refusal, Reply, TaskState};
use crate::domain::{Billed, FaultKind, JobId, Mode, Passage, Phase};

fn text(words: &str) -> Item {
    Item::Text(words.into())
}

fn answer(items: &[Item], billed: u32) -> Answer {
    Answer { items: items.to_vec(), billed: Some(billed), request_id: Some("request".into()), ..Answer::default() }
}

fn whole() -> [Item; 4] {
    [text("Once there was a fox."), picture(0), text("It went home."), picture(1)]
}

fn tale(scene: &Scene) -> JobId {
    scene.ask(|request| request.mode = Mode::Interleave)
}

/// The whole tale is told in pieces, two seconds apart.
fn in_pieces() -> Vec<(Duration, Answer)> {
    let piece = |upto: usize, billed| (Duration::from_secs(2), answer(&whole()[..upto], billed));
    vec![(Duration::from_secs(2), answer(&[text("Once there")], 0)), piece(1, 0), piece(2, 1), piece(3, 1), piece(4, 2)]
}

fn story() -> Vec<Passage> {
    let text = |words: &str| Passage::Text(words.into());
    vec![text("Once there was a fox."), Passage::Picture(0), text("It went home."), Passage::Picture(1)]
}

#[test]
fn words_and_pictures_are_here_as_they_come_and_the_story_at_the_end() {
    let scene = scene();
    *scene.remote.says.borrow_mut() = in_pieces();
    scene.remote.on_submit(|| Ok(Reply::Answer(answer(&whole(), 2))));
    scene
        .sql()
        .execute_batch(
            "CREATE TABLE said (note, pictures);
             CREATE TRIGGER saying AFTER UPDATE OF note ON job WHEN new.phase = 'SUBMITTING' BEGIN
             INSERT INTO said SELECT new.note, count(*) FROM image; END;",
        )
        .unwrap();
    let id = tale(&scene);
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), job.billed_images, job.expected), (Phase::Done, 2, Some(2), 2));
    assert_eq!((job.story.clone(), scene.posts().len()), (story(), 1));
    let document = std::fs::read_to_string(job.document.unwrap()).unwrap();
    assert!(document.contains("Once there was a fox.") && document.contains("It went home."), "{document}");
    let seen: Vec<(String, u32)> = scene
        .sql()
        .prepare("SELECT note, pictures FROM said")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (note, pictures) in [("0 pictures, 2 words", 0), ("0 pictures, 5 words", 0), ("1 picture, 8 words", 1)] {
        assert!(seen.contains(&(note.to_owned(), pictures)), "{note}, {pictures} in {seen:?}");
    }
    let fetched: Vec<_> = scene.remote.fetched.borrow().iter().map(|(at, _)| at.since(START).as_secs()).collect();
    assert_eq!((fetched.len(), fetched[0]), (2, 6), "each once, the first while the rest was told");
}

#[test]
fn a_task_tells_the_same_story() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Succeeded(answer(&whole(), 2))));
    let id = tale(&scene);
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.story, job.document.is_some()), (Phase::Done, story(), true));
}

#[test]
fn what_was_heard_of_a_cut_answer_is_kept() {
    let scene = scene();
    *scene.remote.says.borrow_mut() = in_pieces()[..4].to_vec();
    scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "stream_cut", true))));
    let id = tale(&scene);
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 1, Some(1)));
    assert_eq!((job.story.clone(), scene.posts().len()), (story()[..3].to_vec(), 1));
    let why = job.fault.unwrap();
    assert_eq!((why.kind, why.billed), (FaultKind::Partial, Billed::Unknown));
    assert!(why.message.starts_with("The answer was cut short after 1 picture: "), "{why}");
    let document = std::fs::read_to_string(job.document.unwrap()).unwrap();
    assert!(document.contains("It went home."), "{document}");
}

#[test]
fn a_cut_answer_without_a_picture_is_unsure() {
    for (heard, kept) in [(2, 1), (0, 0)] {
        let scene = scene();
        *scene.remote.says.borrow_mut() = in_pieces()[..heard].to_vec();
        scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "stream_cut", true))));
        let id = tale(&scene);
        scene.run(&[id]);
        let job = scene.job(id);
        assert_eq!((job.phase, job.story.len(), job.billed_images), (Phase::Unsure, kept, None));
    }
}

#[test]
fn pictures_named_in_half_an_answer_are_kept_too() {
    let scene = scene();
    *scene.remote.says.borrow_mut() = vec![(Duration::ZERO, answer(&[picture(0), picture(1)], 0))];
    scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "bad_answer", true))));
    let job = scene.run_one("not a story");
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 2, Some(2)));
    assert_eq!((job.story, job.document), (vec![], None));
}

#[test]
fn wherever_a_machine_dies_a_story_is_paid_once_and_its_pictures_are_kept() {
    let mut ends = Vec::new();
    for commits in 0.. {
        let scene = scene();
        *scene.remote.says.borrow_mut() = in_pieces();
        scene.remote.on_submit(|| Ok(Reply::Answer(answer(&whole(), 2))));
        let id = tale(&scene);
        scene.die_after(commits);
        let died = scene.job(id);
        scene.run(&[id]);
        let job = scene.job(id);
        assert_eq!(scene.posts().len(), 1, "after {commits} commits");
        assert_eq!(job.images.len() as u32, job.expected, "no address is left alone: {commits}");
        match job.phase {
            Phase::Done => assert_eq!((job.images.len(), job.story), (2, story())),
            Phase::Partial => assert_eq!(job.fault.map(|fault| fault.billed), Some(Billed::Unknown)),
            Phase::Unsure => assert_eq!((died.phase, job.images.len()), (Phase::Submitting, 0)),
            other => panic!("after {commits} commits: {other}"),
        }
        ends.push(job.phase);
        if died.phase == Phase::Done {
            break;
        }
    }
    assert!(ends.contains(&Phase::Partial) && ends.contains(&Phase::Unsure), "{ends:?}");
}

#[test]
fn wherever_a_machine_dies_an_address_that_was_heard_is_fetched() {
    let mut ends = Vec::new();
    for commits in 0.. {
        let scene = scene();
        *scene.remote.says.borrow_mut() = vec![(Duration::ZERO, answer(&[picture(0)], 0))];
        scene.remote.on_submit(|| Err(Refusal::Unknown(fault(FaultKind::Network, "bad_answer", true))));
        let id = scene.ask_for(&["not a story"])[0];
        scene.die_after(commits);
        let died = scene.job(id);
        scene.run(&[id]);
        let job = scene.job(id);
        assert_eq!(job.images.len() as u32, job.expected, "after {commits} commits: {}", job.phase);
        ends.push((died.phase, died.expected, job.phase));
        if died.phase.is_ended() {
            break;
        }
    }
    assert!(ends.contains(&(Phase::Submitting, 1, Phase::Partial)), "{ends:?}");
    assert!(ends.contains(&(Phase::Submitting, 0, Phase::Unsure)), "{ends:?}");
}

#[test]
fn words_are_written_down_a_few_times_a_second_and_not_one_by_one() {
    let scene = scene();
    let said = |words: usize| (Duration::from_millis(10), answer(&[text(&"word ".repeat(words))], 0));
    *scene.remote.says.borrow_mut() = (1..=300).map(said).collect();
    let full = answer(&[text(&"word ".repeat(300)), picture(0)], 1);
    scene.remote.on_submit(|| Ok(Reply::Answer(full)));
    scene
        .sql()
        .execute_batch(
            "CREATE TABLE told (job);
             CREATE TRIGGER telling AFTER UPDATE OF story ON job BEGIN INSERT INTO told VALUES (new.id); END;",
        )
        .unwrap();
    let id = tale(&scene);
    scene.run(&[id]);
    let told: u32 = scene.sql().query_row("SELECT count(*) FROM told", [], |row| row.get(0)).unwrap();
    assert!((8..=12).contains(&told), "{told} times in three seconds");
    assert_eq!(scene.job(id).phase, Phase::Done);
}
