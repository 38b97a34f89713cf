//! Jobs of several requests, streamed answers, and what is kept when they are sent again.

use super::*;
use crate::domain::Passage;

fn urls(names: &[&str]) -> Learned {
    Learned { urls: Some(names.iter().map(|name| format!("https://host/{name}")).collect()), ..Learned::default() }
}

impl Home {
    /// Sends the next request and hears these pictures.
    fn answer(&self, id: JobId, names: &[&str]) {
        self.happen(id, &[Event::Start, Event::Send]);
        self.store.record(id, Event::Answer, urls(names), NOW).unwrap();
    }

    fn missing(&self, id: JobId) -> Vec<u32> {
        self.store.missing(id).unwrap().into_iter().map(|(index, _)| index).collect()
    }
}

#[test]
fn a_job_of_two_requests_counts_its_answers_and_numbers_its_pictures_on() {
    let home = home();
    let id = home.one();
    home.answer(id, &["a", "b"]);
    home.keep(&home.job(id), 0, b"one").unwrap();
    home.keep(&home.job(id), 1, b"two").unwrap();
    assert_eq!((home.job(id).answered, home.job(id).expected), (1, 2));
    home.store.note(id, Learned { task: Some(TaskId("first".into())), ..Learned::default() }, NOW).unwrap();
    home.happen(id, &[Event::Next]);
    let between = home.job(id);
    assert_eq!((between.phase, between.answered, between.ended), (Phase::Queued, 1, None));
    assert_eq!(between.task, None, "the next call's task is not the last one's");
    assert_eq!(between.images.len(), 2);
    home.answer(id, &["c"]);
    assert_eq!((home.job(id).answered, home.missing(id)), (2, vec![2]));
    home.keep(&home.job(id), 2, b"three").unwrap();
    home.happen(id, &[Event::Complete]);
    assert_eq!(home.number("SELECT count(*) FROM attempt"), 2);
}

#[test]
fn a_later_request_that_fails_leaves_the_earlier_pictures_and_is_sent_alone_again() {
    let home = home();
    let id = home.one();
    home.answer(id, &["a"]);
    home.keep(&home.job(id), 0, b"one").unwrap();
    home.happen(id, &[Event::Next, Event::Start, Event::Send, Event::FallShort]);
    assert_eq!(home.job(id).phase, Phase::Partial);
    assert_eq!(home.number("SELECT count(*) FROM attempt WHERE outcome IS NULL"), 0, "no call is under way");
    home.happen(id, &[Event::Retry]);
    let again = home.job(id);
    assert_eq!((again.phase, again.answered, again.images.len()), (Phase::Queued, 1, 1));
    home.answer(id, &["b"]);
    assert_eq!((home.job(id).answered, home.missing(id)), (2, vec![1]));
}

#[test]
fn a_job_without_a_picture_begins_with_its_first_request_again() {
    let home = home();
    let id = home.one();
    home.answer(id, &["a"]);
    let story = Some(vec![Passage::Text("once".into())]);
    home.store.note(id, Learned { story, ..Learned::default() }, NOW).unwrap();
    home.happen(id, &[Event::Fail, Event::Retry]);
    let again = home.job(id);
    assert_eq!((again.answered, again.expected, again.story), (0, 0, vec![]));
}

#[test]
fn addresses_of_paid_pictures_survive_a_retry_while_the_service_keeps_them() {
    let home = home();
    for (end, kept) in [(Event::FallShort, vec![1]), (Event::Cancel, vec![1]), (Event::Expire, vec![])] {
        let id = home.one();
        home.answer(id, &["a", "b"]);
        home.keep(&home.job(id), 0, b"one").unwrap();
        home.happen(id, &[end, Event::Retry]);
        assert_eq!(home.missing(id), kept, "{end:?}");
    }
}

#[test]
fn fetching_again_forgets_the_fault_and_asks_for_nothing_else() {
    let home = home();
    let id = home.one();
    home.answer(id, &["a", "b"]);
    home.keep(&home.job(id), 0, b"one").unwrap();
    let fault = Fault::new(FaultKind::Partial, "images_missing", "one picture is missing");
    home.store.record(id, Event::FallShort, Learned { fault: Some(fault), ..Learned::default() }, NOW).unwrap();
    home.happen(id, &[Event::Refetch]);
    let job = home.job(id);
    assert_eq!((job.phase, job.fault, job.ended, job.answered), (Phase::Fetching, None, None, 1));
    assert_eq!(home.missing(id), [1]);
    assert_eq!(home.number("SELECT count(*) FROM attempt"), 1, "nothing was sent");
}

#[test]
fn a_streamed_answer_may_tell_the_same_pictures_again_and_its_story_grows() {
    let home = home();
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send]);
    let words = |text: &str| Passage::Text(text.into());
    let hear = |names: &[&str], story: &[Passage]| {
        home.store.note(id, Learned { story: Some(story.to_vec()), ..urls(names) }, NOW).unwrap();
    };
    hear(&[], &[words("Fir\x1b[2Jst,\n")]);
    assert_eq!(home.job(id).story, [words("Fir␛[2Jst,\n")], "words are made safe before they are kept");
    hear(&["a"], &[words("First,\n"), Passage::Picture(0)]);
    hear(&["a", "b"], &[words("First,\n"), Passage::Picture(0), Passage::Picture(1)]);
    hear(&["b"], &[words("First,\n"), Passage::Picture(0), Passage::Picture(1)]);
    assert_eq!(home.missing(id), [0, 1]);
    let before = home.store.revision().unwrap();
    hear(&["a", "b"], &[words("end")]);
    let seen = home.store.changes(before, NOW).unwrap().jobs;
    assert_eq!((seen.len(), &seen[0].story), (1, &vec![words("end")]), "those who look see it grow");
}

#[test]
fn the_story_of_a_second_attempt_names_the_pictures_of_that_attempt() {
    let home = home();
    let id = home.one();
    home.answer(id, &["a", "b"]);
    home.keep(&home.job(id), 0, b"one").unwrap();
    home.happen(id, &[Event::Cancel, Event::Retry, Event::Start, Event::Send]);
    let story = Some(vec![Passage::Picture(0), Passage::Picture(1)]);
    home.store.record(id, Event::Answer, Learned { story, ..urls(&["c", "d"]) }, NOW).unwrap();
    assert_eq!(home.job(id).story, [Passage::Picture(2), Passage::Picture(3)]);
}

#[test]
fn a_bill_beyond_belief_does_not_hide_the_jobs() {
    let home = home();
    let id = home.one();
    for end in [Event::Fail, Event::Fail] {
        let billed = Learned { billed: Some(u32::MAX), ..Learned::default() };
        home.happen(id, &[Event::Start, Event::Send]);
        home.store.record(id, end, billed, NOW).unwrap();
        home.happen(id, &[Event::Retry]);
    }
    assert_eq!(home.number("SELECT billed_images FROM job"), 2 * i64::from(u32::MAX));
    assert_eq!(home.job(id).billed_images, Some(u32::MAX));
    assert_eq!(home.store.changes(0, NOW).unwrap().jobs.len(), 1);
}
