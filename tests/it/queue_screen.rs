//! The queue screen at the keys: order, marks, what is ordered of the world, the filter, and a waiting job in the form.

use std::time::Duration;

use pinxit::domain::{BatchId, Billed, Cost, Fault, FaultKind, Job, JobId, ModelId, Money, Phase, Row, Stamp};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Changed, Msg};
use pinxit::tui::state::{Dialog, Line, Pane, Screen};
use pinxit::tui::update::wake_at;

use crate::sample::job;
use crate::studio::Studio;

/// A studio on its queue screen, with a job in most of the phases.
fn queue() -> Studio {
    let mut studio = Studio::new();
    let phases = [
        Phase::Done,
        Phase::Running,
        Phase::Queued,
        Phase::Queued,
        Phase::Held,
        Phase::Failed,
        Phase::Unsure,
        Phase::Waiting,
    ];
    studio.jobs((1..).zip(phases).map(|(id, phase)| job(id, phase)).collect());
    studio.keys("<esc>2");
    studio
}

fn shown(studio: &Studio) -> Vec<i64> {
    studio.state.shown_jobs().iter().map(|job| job.id.0).collect()
}

fn on(studio: &mut Studio, id: i64) {
    studio.state.queue.selected = Some(JobId(id));
}

fn ids<const N: usize>(ids: [i64; N]) -> Vec<JobId> {
    ids.map(JobId).to_vec()
}

/// Effects, without the reading of logs.
fn orders(studio: &mut Studio, keys: &str) -> Vec<Effect> {
    let mut effects = studio.keys(keys);
    effects.retain(|effect| !matches!(effect, Effect::Log(_) | Effect::Paint { .. }));
    effects
}

fn question(studio: &Studio) -> String {
    match &studio.state.dialog {
        Some(Dialog::Confirm(confirm)) => format!("{} {}", confirm.title, confirm.lines.join(" ")),
        other => panic!("no question: {other:?}"),
    }
}

#[test]
fn digits_and_minus_go_from_screen_to_screen_and_type_where_something_is_typed() {
    let mut studio = Studio::new();
    studio.keys("2-1");
    assert_eq!((studio.state.screen, studio.state.compose.prompt.text().as_str()), (Screen::Compose, "2-1"));
    studio.keys("<esc>2");
    assert_eq!(studio.state.screen, Screen::Queue);
    studio.keys("-");
    assert_eq!(studio.state.screen, Screen::Compose);
    studio.keys("-");
    assert_eq!(studio.state.screen, Screen::Queue, "there and back");
    assert!(studio.keys("<ctrl+g><tab>").is_empty(), "a form that is not shown is not sent");
    studio.keys("1");
    assert_eq!((studio.state.screen, studio.state.typing), (Screen::Compose, false));
    studio.state.pane = Pane::Settings;
    studio.state.compose.row = 1;
    studio.keys("<enter>");
    studio.state.compose.typed = Some(Line::default());
    studio.keys("2");
    assert_eq!(
        (studio.state.screen, studio.state.compose.typed.as_ref().map(Line::text)),
        (Screen::Compose, Some("2"))
    );
}

#[test]
fn live_ones_first_then_by_turn_then_what_needs_the_user_then_the_rest() {
    let mut studio = queue();
    assert_eq!(shown(&studio), [2, 8, 3, 4, 5, 7, 6, 1]);
    let mut front = job(5, Phase::Held);
    front.place = 0;
    studio.jobs(vec![front]);
    assert_eq!(shown(&studio), [2, 8, 5, 3, 4, 7, 6, 1]);
    studio.keys("g");
    assert_eq!(studio.state.queue.selected, Some(JobId(2)));
    studio.keys("jj");
    assert_eq!(studio.state.queue.selected, Some(JobId(5)), "down goes by the order shown");
}

#[test]
fn a_cleared_job_is_gone_and_comes_back() {
    let mut studio = queue();
    on(&mut studio, 6);
    assert_eq!(orders(&mut studio, "c"), [Effect::Clear { jobs: ids([6]), cleared: true }]);
    studio.jobs(vec![Job { cleared: true, ..job(6, Phase::Failed) }]);
    assert_eq!(shown(&studio), [2, 8, 3, 4, 5, 7, 1]);
    assert_eq!(studio.state.queue.selected, Some(JobId(1)), "the one that stands in its place");
    assert_eq!(orders(&mut studio, "u"), [Effect::Clear { jobs: ids([6]), cleared: false }]);
    studio.jobs(vec![job(6, Phase::Failed)]);
    assert_eq!(shown(&studio).len(), 8);
    assert!(!studio.toasts().contains("failed:"), "that is no news: {}", studio.toasts());
    assert_eq!(orders(&mut studio, "u"), []);
    assert_eq!(orders(&mut studio, "C"), [Effect::Clear { jobs: ids([6, 1]), cleared: true }]);
    on(&mut studio, 2);
    assert_eq!(orders(&mut studio, "c"), [], "what is at work stays in sight");
}

#[test]
fn every_order_is_for_the_marked_jobs_else_for_the_selected_one() {
    let mut studio = queue();
    on(&mut studio, 3);
    assert_eq!(orders(&mut studio, "H"), [Effect::Hold { jobs: ids([3]), held: true }]);
    assert_eq!(orders(&mut studio, "F"), [Effect::ToFront(ids([3]))]);
    assert_eq!(orders(&mut studio, "K"), [Effect::Shift { jobs: ids([3]), by: -1 }]);
    studio.keys("<space><space>");
    assert_eq!(studio.state.jobs.marks, ids([3, 4]).into_iter().collect());
    assert_eq!(studio.state.queue.selected, Some(JobId(5)), "marking goes on to the next");
    assert_eq!(orders(&mut studio, "J"), [Effect::Shift { jobs: ids([4, 3]), by: 1 }], "the last one first");
    assert_eq!(orders(&mut studio, "F"), [Effect::ToFront(ids([3, 4]))]);
    assert_eq!(orders(&mut studio, "x"), [Effect::Cancel(JobId(3)), Effect::Cancel(JobId(4))]);
    studio.keys("<esc>");
    assert_eq!(orders(&mut studio, "H"), [Effect::Hold { jobs: ids([5]), held: false }], "a held one is let go");
    studio.keys("A");
    assert_eq!(orders(&mut studio, "H"), [Effect::Hold { jobs: ids([3, 4]), held: true }]);
    assert_eq!(orders(&mut studio, "l"), [Effect::Seek(JobId(7))]);
    let duplicate = orders(&mut studio, "D");
    assert_eq!(duplicate, [Effect::Duplicate(ids([2, 8, 3, 4, 5, 7, 6, 1]))], "24 cents: below the limit");
}

#[test]
fn what_an_order_does_not_fit_is_said_and_nothing_is_ordered() {
    let mut studio = queue();
    for (id, keys, words) in [
        (2, "H", "held back"),
        (2, "F", "moved"),
        (1, "J", "moved"),
        (2, "c", "ended"),
        (3, "l", "UNSURE"),
        (3, "r", "#3 is QUEUED"),
        (3, "R", "no missing pictures"),
        (2, "e", "only a job that waits"),
        (1, "x", "has ended already"),
    ] {
        on(&mut studio, id);
        assert_eq!(orders(&mut studio, keys), [], "{keys} on #{id}");
        assert!(studio.toasts().contains(words), "{keys} on #{id}: {}", studio.toasts());
    }
}

#[test]
fn stopping_several_says_of_each_what_it_saves() {
    let mut studio = queue();
    studio.keys("A");
    assert_eq!(orders(&mut studio, "x"), []);
    let said = question(&studio);
    for words in [
        "Stop 6 jobs?",
        "3 jobs: dropped. Nothing was sent",
        "#8: with the service, not begun",
        "#2: at work at the service: this stops the waiting, not the bill",
        "#7: in doubt",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(orders(&mut studio, "<enter>"), []);
    let stopped: Vec<_> = [2, 8, 3, 4, 5, 7].map(|id| Effect::Cancel(JobId(id))).to_vec();
    assert_eq!(orders(&mut studio, "y"), stopped);
}

#[test]
fn sending_several_again_says_the_sum_and_how_many_may_bill_twice() {
    let mut studio = queue();
    let mut failed = job(6, Phase::Failed);
    failed.fault = Some(Fault::new(FaultKind::Other, "x", "It broke.").billed(Billed::Yes));
    studio.jobs(vec![failed]);
    studio.keys("A");
    assert_eq!(orders(&mut studio, "r"), []);
    let said = question(&studio);
    for words in ["Send 2 jobs again?", "1 of them: the first try may have been billed", "was billed", "up to $0.060"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(orders(&mut studio, "y"), [Effect::Retry(JobId(7)), Effect::Retry(JobId(6))]);
}

#[test]
fn a_duplicate_that_costs_more_than_the_limit_asks() {
    let mut studio = queue();
    let cost = Cost::Known { unit: Money::usd(300_000), images: 2, basis: "x".into() };
    studio.jobs(vec![Job { estimate: cost, ..job(1, Phase::Done) }]);
    on(&mut studio, 1);
    assert_eq!(orders(&mut studio, "D"), []);
    assert!(question(&studio).contains("$0.600"), "{}", question(&studio));
    assert_eq!(orders(&mut studio, "y"), [Effect::Duplicate(ids([1]))]);
}

#[test]
fn pausing_is_a_switch_for_everything_and_for_a_model() {
    let mut studio = queue();
    let model = || Some(ModelId::from("wan2.6-t2i"));
    assert_eq!(orders(&mut studio, "P"), [Effect::Pause { model: None, paused: true }]);
    assert_eq!(orders(&mut studio, "L"), [Effect::Pause { model: model(), paused: true }]);
    studio.send(Msg::Changed(Changed {
        paused: true,
        paused_models: model().into_iter().collect(),
        ..Changed::default()
    }));
    assert_eq!(orders(&mut studio, "P"), [Effect::Pause { model: None, paused: false }]);
    assert_eq!(orders(&mut studio, "L"), [Effect::Pause { model: model(), paused: false }]);
}

#[test]
fn a_filter_narrows_down_and_marks_out_of_sight_are_left_alone() {
    let mut studio = queue();
    let mut named = job(3, Phase::Queued);
    named.row = Some(Row { batch: BatchId(1), name: "hero-red".into() });
    studio.jobs(vec![named]);
    studio.keys("A/state:queued !hero");
    assert_eq!(shown(&studio), [4], "as it is typed");
    assert_eq!(studio.state.queue.selected, Some(JobId(4)), "the selection is one that is shown");
    studio.keys("<enter>");
    assert_eq!(orders(&mut studio, "H"), [Effect::Hold { jobs: ids([4]), held: true }]);
    studio.keys("<esc>");
    assert_eq!((studio.state.jobs.marks.len(), shown(&studio).len()), (0, 1), "the marks first");
    studio.keys("<esc>");
    assert_eq!(shown(&studio).len(), 8, "then the filter");
    studio.keys("/nothing like it");
    assert!(shown(&studio).is_empty());
    studio.keys("<enter>");
    assert_eq!(orders(&mut studio, "xHFDc"), [], "what is not shown is not touched");
    studio.keys("/<ctrl+u>hero<esc>");
    assert_eq!(shown(&studio).len(), 8, "Esc while typing shows all again");
    studio.keys("/fox");
    assert!(studio.keys("<ctrl+c>").is_empty());
    assert!(studio.state.dialog.is_none() && studio.state.jobs.filter.is_empty(), "{:?}", studio.state.dialog);
}

#[test]
fn the_log_is_asked_for_once_and_again_when_its_job_changes() {
    let mut studio = queue();
    on(&mut studio, 3);
    let asks = |effects: Vec<Effect>| effects.into_iter().filter(|e| matches!(e, Effect::Log(_))).collect::<Vec<_>>();
    assert_eq!(asks(studio.send(Msg::Wake)), [Effect::Log(JobId(3))]);
    assert_eq!(asks(studio.send(Msg::Wake)), []);
    let lines: Vec<_> = (0..40).map(|n| ("09:31:02".to_owned(), format!("line {n}"))).collect();
    studio.send(Msg::Log { job: JobId(3), lines: lines.clone() });
    assert_eq!(asks(studio.jobs(vec![job(4, Phase::Queued)])), [], "another job's news are not its own");
    assert_eq!(asks(studio.jobs(vec![job(3, Phase::Running)])), [Effect::Log(JobId(3))]);
    studio.keys("<pageup><pageup>");
    let back = studio.state.jobs.log.back;
    assert!(back > 0);
    let more: Vec<_> = lines.into_iter().chain([("09:31:03".to_owned(), "news".to_owned())]).collect();
    studio.send(Msg::Log { job: JobId(3), lines: more });
    assert_eq!(studio.state.jobs.log.back, back + 1, "who reads older lines is not moved");
    studio.keys("<pagedown><pagedown><pagedown>");
    assert_eq!(studio.state.jobs.log.back, 0);
    studio.keys("-");
    assert_eq!(asks(studio.jobs(vec![job(3, Phase::Done)])), [], "nobody sees it");
}

#[test]
fn a_waiting_job_is_changed_in_the_form_and_the_draft_comes_back() {
    let mut studio = queue();
    studio.keys("1imy draft<esc>2");
    on(&mut studio, 3);
    let hold = |held| Effect::Hold { jobs: vec![JobId(3)], held };
    assert_eq!(orders(&mut studio, "e"), [hold(true)], "it is not sent while somebody changes it");
    assert_eq!((studio.state.screen, studio.state.typing), (Screen::Compose, true));
    assert_eq!(studio.state.compose.prompt.text(), "a red fox in snow");
    let effects = orders(&mut studio, ", at dusk<ctrl+g>");
    let [Effect::Revise { job: changed, request: now, estimate }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((*changed, now.prompt.as_str(), now.seed), (JobId(3), "a red fox in snow, at dusk", Some(7)));
    assert_eq!(estimate.total(), Some(Money::usd(30_000)));
    assert!(studio.state.compose.edit.is_some(), "until the store has it");
    assert!(studio.send(Msg::Revised { job: JobId(3), result: Ok(()) }).contains(&hold(false)), "it goes on");
    assert_eq!((studio.state.screen, studio.state.queue.selected), (Screen::Queue, Some(JobId(3))));
    assert_eq!(studio.state.compose.prompt.text(), "my draft");
    assert!(studio.toasts().contains("#3 is changed"), "{}", studio.toasts());
}

#[test]
fn an_edit_is_left_by_escape_or_ctrl_c_and_one_that_came_too_late_keeps_its_words() {
    for leave in ["<esc><esc>", "<ctrl+c>"] {
        let mut studio = queue();
        on(&mut studio, 5);
        studio.keys("e, changed");
        assert_eq!(orders(&mut studio, leave), []);
        assert!(studio.state.compose.edit.is_none(), "{leave}");
        assert!(studio.toasts().contains("#5 stays as it was"), "{leave}: {}", studio.toasts());
        assert_eq!((studio.state.screen, studio.state.compose.prompt.text().as_str()), (Screen::Queue, ""));
    }
    let mut studio = queue();
    on(&mut studio, 3);
    studio.keys("e, changed");
    let late = Fault::new(FaultKind::Invalid, "job_moved", "Job 3 is RUNNING.");
    studio.send(Msg::Revised { job: JobId(3), result: Err(late) });
    assert_eq!(studio.state.compose.prompt.text(), "a red fox in snow, changed");
    assert!(studio.toasts().contains("#3 is not changed. Job 3 is RUNNING"), "{}", studio.toasts());
    on(&mut studio, 4);
    studio.keys("<esc>2e");
    assert_eq!(studio.state.compose.edit.as_ref().map(|edit| edit.job), Some(JobId(3)), "one at a time");
    assert!(studio.toasts().contains("still in the form"), "{}", studio.toasts());
}

#[test]
fn an_edit_that_breaks_a_rule_or_costs_more_than_the_limit_is_not_just_saved() {
    let mut studio = queue();
    on(&mut studio, 3);
    studio.keys("e");
    studio.state.compose.request.n = 90;
    assert_eq!(orders(&mut studio, "<ctrl+g>"), []);
    assert!(studio.toasts().contains("Not sent"), "{}", studio.toasts());
    studio.state.compose.request.n = 20;
    assert_eq!(orders(&mut studio, "<ctrl+g>"), []);
    assert!(question(&studio).contains("Change #3?") && question(&studio).contains("$0.600"), "{}", question(&studio));
    assert!(matches!(orders(&mut studio, "y").as_slice(), [Effect::Revise { .. }]));
}

#[test]
fn estimates_come_from_the_models_median_and_the_turns_before() {
    let mut studio = queue();
    let wait = |studio: &Studio, id| {
        let job = studio.state.queue.get(JobId(id)).unwrap();
        studio.state.estimated_wait(job, studio.now).map(|wait| wait.as_secs())
    };
    assert_eq!(wait(&studio, 3), None, "nothing is known of the model yet");
    let medians = [(ModelId::from("wan2.6-t2i"), Duration::from_secs(20))].into();
    studio.send(Msg::Changed(Changed { medians, ..Changed::default() }));
    studio.now = Stamp(studio.now.0 + 5_000);
    // Two are at work since five seconds: the next place is free in fifteen.
    assert_eq!([wait(&studio, 3), wait(&studio, 4), wait(&studio, 5)], [Some(35), Some(35), None]);
    let running = studio.state.queue.get(JobId(2)).unwrap();
    assert_eq!(studio.state.estimated_rest(running, studio.now), Some(Duration::from_secs(15)));
    studio.send(Msg::Changed(Changed { paused: true, ..Changed::default() }));
    assert_eq!(wait(&studio, 3), None);
}

#[test]
fn only_what_is_in_sight_wakes_the_screen() {
    let mut studio = Studio::new().sized(80, 24);
    let done: Vec<Job> = (100..200).map(|id| job(id, Phase::Done)).collect();
    studio.jobs([vec![job(1, Phase::Running)], done].concat());
    studio.keys("<esc>");
    assert_eq!(wake_at(&studio.state, studio.now), None, "the live one is below the last row");
    studio.keys("2");
    studio.now.0 += 300;
    assert_eq!(wake_at(&studio.state, studio.now), Some(Duration::from_millis(700)), "here it is the first row");
    studio.keys("G");
    assert_eq!(wake_at(&studio.state, studio.now), None);
    studio.send(Msg::Resize(30, 8));
    assert_eq!(wake_at(&studio.state, studio.now), None);
}

#[test]
fn a_countdown_wakes_at_its_own_seconds_and_a_crowd_wakes_once_a_second() {
    let mut studio = Studio::new();
    let until = Some(Stamp(studio.now.0 + 3_400));
    studio.jobs(vec![Job { note: "next try".into(), until, ..job(1, Phase::Queued) }]);
    studio.keys("<esc>2");
    assert_eq!(wake_at(&studio.state, studio.now), Some(Duration::from_millis(400)));
    studio.now.0 += 400;
    assert_eq!(wake_at(&studio.state, studio.now), Some(Duration::from_secs(1)));
    studio.now.0 += 3_000;
    assert_eq!(wake_at(&studio.state, studio.now), None, "over");
    let crowd = (2..500).map(|id| Job { sent: Some(Stamp(studio.now.0 - id * 37)), ..job(id, Phase::Running) });
    studio.jobs(crowd.collect());
    let mut wakes = 0;
    let end = studio.now.0 + 10_000;
    while studio.now.0 < end {
        studio.now.0 += i64::try_from(wake_at(&studio.state, studio.now).unwrap().as_millis()).unwrap();
        studio.send(Msg::Wake);
        wakes += 1;
    }
    assert!(wakes <= 11, "{wakes} draws in ten seconds");
}

#[test]
fn a_paste_outside_the_filter_goes_to_the_prompt_where_it_can_be_seen() {
    let mut studio = queue();
    studio.keys("/");
    studio.send(Msg::Paste("fox".into()));
    assert_eq!(studio.state.jobs.filter.text(), "fox");
    studio.keys("<esc>");
    studio.send(Msg::Paste("a long prompt".into()));
    assert_eq!((studio.state.screen, studio.state.compose.prompt.text().as_str()), (Screen::Compose, "a long prompt"));
}
