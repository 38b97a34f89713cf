//! The batch screen at the keys: which batch, which rows, what is ordered of the world, and the way from a file to a batch.

use std::time::Duration;

use pinxit::domain::{Batch, BatchId, Billed, Cost, Counts, Fault, FaultKind, Job, JobId, Money, Phase, Row, Stamp};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Changed, Msg};
use pinxit::tui::state::{Dialog, PlanRow, PlanSheet, PlanSource, RowFilter, Screen, Wanted};
use pinxit::tui::update::wake_at;

use crate::sample::{NOW, job};
use crate::studio::Studio;

fn row(id: i64, batch: i64, phase: Phase) -> Job {
    Job { row: Some(Row { batch: BatchId(batch), name: format!("r{id}") }), ..job(id, phase) }
}

fn refused(id: i64, batch: i64, billed: Billed) -> Job {
    let fault = Fault::new(FaultKind::Other, "InvalidParameter", "The size is none of the model's.").billed(billed);
    Job { fault: Some(fault), ..row(id, batch, Phase::Failed) }
}

fn batch(id: i64, rows: &[Job]) -> Batch {
    let mut counts = Counts::default();
    rows.iter().filter(|job| job.row.as_ref().is_some_and(|row| row.batch.0 == id)).for_each(|job| {
        counts.add(job.phase, 1);
    });
    let (source, created, parallel, paused) = (None, NOW, Some(2), false);
    Batch { id: BatchId(id), name: format!("file-{id}.jsonl"), source, created, parallel, paused, counts }
}

fn tell(studio: &mut Studio, jobs: Vec<Job>, batches: Vec<Batch>) -> Vec<Effect> {
    studio.send(Msg::Changed(Changed { jobs, batches, ..Changed::default() }))
}

fn rows() -> Vec<Job> {
    let phases = [Phase::Done, Phase::Queued, Phase::Running, Phase::Unsure, Phase::Queued];
    let mut rows: Vec<Job> = (1..).zip(phases).map(|(id, phase)| row(id, 2, phase)).collect();
    rows.push(refused(6, 2, Billed::No));
    rows.push(row(7, 1, Phase::Done));
    rows
}

/// A studio on its batch screen: a batch of six rows, and an older one of one.
fn screen() -> Studio {
    let mut studio = Studio::new();
    let rows = rows();
    let batches = vec![batch(1, &rows), batch(2, &rows)];
    tell(&mut studio, rows, batches);
    studio.keys("<esc>5");
    studio
}

fn shown(studio: &Studio) -> Vec<i64> {
    studio.state.shown_rows().iter().map(|job| job.id.0).collect()
}

/// Effects, without the reading of logs and rows.
fn orders(studio: &mut Studio, keys: &str) -> Vec<Effect> {
    let mut effects = studio.keys(keys);
    effects.retain(|effect| !matches!(effect, Effect::Log(_) | Effect::Paint { .. } | Effect::Rows(_)));
    effects
}

fn question(studio: &Studio) -> String {
    match &studio.state.dialog {
        Some(Dialog::Confirm(confirm)) => format!("{} {}", confirm.title, confirm.lines.join(" ")),
        other => panic!("no question: {other:?}"),
    }
}

fn sheet(sends: usize, total: Option<Money>) -> PlanSheet {
    let cost = Cost::Known { unit: Money::usd(30_000), images: 1, basis: "b".into() };
    let row = |n: usize| PlanRow {
        name: format!("r{n}"),
        fate: "new",
        model: "wan2.6-t2i".into(),
        cost: cost.clone(),
        prompt: "a fox".into(),
    };
    let words = vec![format!("a.jsonl: {sends} rows")];
    PlanSheet { words, rows: (0..sends).map(row).collect(), more: 0, sends, pictures: sends as u32, total }
}

#[test]
fn five_shows_the_newest_batch_with_what_is_at_work_and_what_went_wrong_first() {
    let mut studio = screen();
    assert_eq!((studio.state.screen, studio.state.batches.selected), (Screen::Batch, Some(BatchId(2))));
    assert_eq!(shown(&studio), [3, 4, 6, 2, 5, 1]);
    studio.keys("g");
    assert_eq!(studio.state.queue.selected, Some(JobId(3)));
    studio.keys("jj");
    assert_eq!(studio.state.queue.selected, Some(JobId(6)), "down goes by the order shown");
    studio.keys("f");
    assert_eq!((studio.state.batches.rows, shown(&studio)), (RowFilter::Failed, vec![4, 6]));
    studio.keys("f");
    assert_eq!((shown(&studio), studio.state.queue.selected), (vec![3], Some(JobId(3))));
    studio.keys("<esc>");
    assert_eq!(shown(&studio).len(), 6, "Esc shows all again");
    studio.keys("]");
    assert_eq!((shown(&studio), studio.state.queue.selected), (vec![7], Some(JobId(7))));
    studio.keys("]");
    assert_eq!(studio.state.batches.selected, Some(BatchId(1)), "there is no other");
    studio.keys("[");
    assert_eq!(studio.state.batches.selected, Some(BatchId(2)));
}

#[test]
fn all_rows_are_read_once_and_those_that_were_told_since_are_newer() {
    let mut studio = Studio::new();
    let rows = rows();
    tell(&mut studio, vec![rows[2].clone()], vec![batch(2, &rows)]);
    let asks = |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::Rows(_))).count();
    assert_eq!(asks(&studio.keys("<esc>5")), 1);
    assert_eq!(asks(&studio.send(Msg::Wake)), 0);
    assert_eq!(studio.state.purse(), None, "five rows are not known yet");
    tell(&mut studio, vec![row(3, 2, Phase::Done)], vec![batch(2, &rows)]);
    let mut read: Vec<Job> = rows.into_iter().filter(|job| job.id != JobId(7)).collect();
    read[0].cleared = true;
    studio.send(Msg::Rows { batch: BatchId(2), jobs: read });
    assert_eq!(studio.state.queue.get(JobId(3)).unwrap().phase, Phase::Done, "what was read was older");
    assert_eq!(shown(&studio), [4, 6, 2, 5, 3], "a row put out of sight is not shown");
    let purse = studio.state.purse().unwrap();
    assert_eq!((purse.spent, purse.planned), (Money::usd(60_000), Money::usd(180_000)), "and counts all the same");
    assert!(studio.state.queue.jobs.is_sorted_by(|a, b| a.id > b.id));
    studio.send(Msg::Rows { batch: BatchId(9), jobs: vec![row(90, 9, Phase::Done)] });
    assert_eq!(studio.state.queue.get(JobId(90)), None, "of a batch that is not looked at");
}

#[test]
fn a_batch_is_paused_slowed_down_and_stopped_after_a_question() {
    let mut studio = screen();
    let id = BatchId(2);
    assert_eq!(orders(&mut studio, "P"), [Effect::PauseBatch { batch: id, paused: true }]);
    studio.state.batches.list[0].paused = true;
    assert_eq!(orders(&mut studio, "P"), [Effect::PauseBatch { batch: id, paused: false }]);
    let at_once = |most| Effect::AtOnce { batch: id, most };
    assert_eq!(orders(&mut studio, "++-"), [at_once(3), at_once(4), at_once(3)], "each key counts");
    assert_eq!(orders(&mut studio, "---"), [at_once(2), at_once(1)], "never none");
    assert_eq!(orders(&mut studio, "00"), [at_once(0)], "as many as the account allows, asked for once");
    assert!(studio.screen().contains("no limit of its own"), "{}", studio.screen());
    assert_eq!(orders(&mut studio, "+"), []);
    assert_eq!(orders(&mut studio, "-"), [at_once(1)]);
    assert_eq!(orders(&mut studio, "S"), []);
    let said = question(&studio);
    assert!(said.contains("2 rows wait and are cancelled") && said.contains("1 row is at work"), "{said}");
    assert_eq!(orders(&mut studio, "<enter>"), [], "Enter stops nothing");
    assert_eq!(orders(&mut studio, "y"), [Effect::StopBatch(id)]);
    assert_eq!(orders(&mut studio, "E"), [Effect::Sheet(id)]);
    studio.send(Msg::Sheet(Ok("/pictures/b2-file-2.html".into())));
    assert!(studio.toasts().contains("Contact sheet: /pictures/b2-file-2.html"), "{}", studio.toasts());
    studio.keys("]S");
    assert!(studio.state.dialog.is_none() && studio.toasts().contains("Nothing of b1 waits"), "{}", studio.toasts());
}

#[test]
fn rows_are_sent_again_by_marks_and_marks_of_other_screens_are_left_alone() {
    let mut studio = screen();
    studio.state.jobs.marks = [JobId(7)].into();
    studio.keys("fAr");
    let said = question(&studio);
    for words in ["Send 2 jobs again?", "1 of them: the first try may have been billed", "up to $0.060"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(orders(&mut studio, "y"), [Effect::Retry(JobId(4)), Effect::Retry(JobId(6))]);
    studio.state.jobs.marks = [JobId(7)].into();
    studio.keys("jr");
    assert!(question(&studio).starts_with("Send #6 again?"), "{}", question(&studio));
}

#[test]
fn a_failed_row_is_changed_in_the_form_and_a_new_job_stands_for_it() {
    let mut studio = screen();
    studio.state.queue.selected = Some(JobId(6));
    assert_eq!(orders(&mut studio, "e"), [], "nothing waits: nothing is held");
    assert_eq!((studio.state.screen, studio.state.typing), (Screen::Compose, true));
    let effects = orders(&mut studio, ", at dusk<ctrl+g>");
    let [Effect::Replace { job, request, estimate, resend }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((*job, request.prompt.as_str(), *resend), (JobId(6), "a red fox in snow, at dusk", false));
    assert_eq!(estimate.total(), Some(Money::usd(30_000)));
    assert!(studio.state.compose.edit.is_some(), "until the store has it");
    let full = Fault::new(FaultKind::Budget, "budget_month", "The budget is used up.");
    studio.send(Msg::Replaced { job: JobId(6), result: Err(full) });
    assert_eq!(studio.state.compose.prompt.text(), "a red fox in snow, at dusk", "the words are kept");
    studio.send(Msg::Replaced { job: JobId(6), result: Ok(JobId(8)) });
    assert_eq!((studio.state.screen, studio.state.queue.selected), (Screen::Batch, Some(JobId(8))));
    assert!(studio.toasts().contains("#8 stands for the row of #6 now"), "{}", studio.toasts());
    let gone = Job { row: None, cleared: true, ..refused(6, 2, Billed::No) };
    tell(&mut studio, vec![gone, row(8, 2, Phase::Queued)], vec![batch(2, &rows())]);
    assert_eq!(shown(&studio), [3, 4, 2, 5, 8, 1]);
}

#[test]
fn a_row_that_may_be_billed_is_changed_only_after_a_yes_and_a_finished_one_not_at_all() {
    let mut studio = screen();
    for (id, words) in [(4, "may bill a second time"), (6, "was billed: this bills again")] {
        tell(&mut studio, vec![refused(6, 2, Billed::Yes)], vec![batch(2, &rows())]);
        studio.state.queue.selected = Some(JobId(id));
        assert_eq!(orders(&mut studio, "e, changed<ctrl+g>"), []);
        assert!(question(&studio).contains(words), "{id}: {}", question(&studio));
        assert_eq!(orders(&mut studio, "n"), []);
        assert!(studio.state.compose.edit.is_some(), "the form is still open");
        let effects = orders(&mut studio, "<ctrl+g>y");
        assert!(matches!(effects.as_slice(), [Effect::Replace { resend: true, .. }]), "{effects:?}");
        studio.keys("<esc><esc>");
        assert_eq!(studio.state.screen, Screen::Batch, "left, it goes back to where it came from");
    }
    for (id, words) in [(1, "what is finished is not made anew"), (3, "only a row that waits or has failed")] {
        studio.state.queue.selected = Some(JobId(id));
        assert_eq!(orders(&mut studio, "e"), []);
        assert!(studio.state.compose.edit.is_none() && studio.toasts().contains(words), "{}", studio.toasts());
    }
    studio.state.queue.selected = Some(JobId(2));
    assert_eq!(orders(&mut studio, "e"), [Effect::Hold { jobs: vec![JobId(2)], held: true }], "one that waits is held");
    let effects = orders(&mut studio, "!<ctrl+g>");
    assert!(matches!(effects.as_slice(), [Effect::Revise { job: JobId(2), .. }]), "{effects:?}");
}

#[test]
fn nothing_is_sent_between_the_name_of_a_file_and_the_chord() {
    let mut studio = screen();
    studio.state.place.here = "/work".into();
    assert_eq!(orders(&mut studio, "n"), [Effect::List("/work".into(), Wanted::Rows)]);
    let effects = orders(&mut studio, "rows/spring.jsonl<enter>");
    let plan = |ticket| Effect::Plan { ticket, source: PlanSource::File("/work/rows/spring.jsonl".into()) };
    assert_eq!(effects.last(), Some(&plan(1)), "{effects:?}");
    assert_eq!(orders(&mut studio, "<ctrl+g><enter>y"), [], "it is still being looked at");
    let wrong = vec!["spring.jsonl:2: size: too large".to_owned()];
    studio.send(Msg::Planned { ticket: 1, result: Err(wrong) });
    assert_eq!(orders(&mut studio, "<ctrl+g>"), []);
    assert!(studio.toasts().contains("something is wrong"), "{}", studio.toasts());
    assert_eq!(orders(&mut studio, "<esc>").len(), 0);
    assert!(studio.state.dialog.is_none());
    studio.keys("nrows/spring.jsonl<enter>");
    studio.send(Msg::Planned { ticket: 1, result: Ok(sheet(1, None)) });
    let Some(Dialog::Plan(page)) = &studio.state.dialog else { panic!("no plan") };
    assert_eq!(page.outcome, None, "an answer to an older question is not shown");
    studio.send(Msg::Planned { ticket: 2, result: Ok(sheet(16, Some(Money::usd(480_000)))) });
    assert_eq!(orders(&mut studio, "<enter>"), [], "Enter never spends");
    assert_eq!(orders(&mut studio, "<ctrl+g>"), [Effect::Begin(2)], "below the limit");
    assert!(studio.state.dialog.is_none());
    studio.send(Msg::Begun(Ok(BatchId(1))));
    assert_eq!(studio.state.batches.selected, Some(BatchId(1)));
}

#[test]
fn a_dear_plan_asks_and_a_no_leads_back_to_it() {
    for total in [Some(Money::usd(500_001)), None] {
        let mut studio = screen();
        studio.keys("na.jsonl<enter>");
        studio.send(Msg::Planned { ticket: 1, result: Ok(sheet(40, total)) });
        studio.keys("j<pagedown>");
        assert_eq!(orders(&mut studio, "<ctrl+g>"), []);
        assert!(question(&studio).contains("40 rows are sent"), "{}", question(&studio));
        assert_eq!(orders(&mut studio, "n"), []);
        let Some(Dialog::Plan(page)) = &studio.state.dialog else { panic!("the plan is gone") };
        assert!(page.top > 1, "where it was read");
        assert_eq!(orders(&mut studio, "<ctrl+g>y"), [Effect::Begin(1)]);
    }
    let mut studio = screen();
    studio.state.ask_above = None;
    studio.keys("na.jsonl<enter>");
    studio.send(Msg::Planned { ticket: 1, result: Ok(sheet(40, None)) });
    assert_eq!(orders(&mut studio, "<ctrl+g>"), [Effect::Begin(1)], "the emulator never asks");
}

#[test]
fn axes_are_planned_as_a_grid_over_the_form() {
    let mut studio = Studio::new();
    studio.keys("a red fox<esc>5n");
    let effects = studio.keys("seed=1..4 prompt=\"a fox\",\"a hen\"<enter>");
    let [Effect::Plan { source: PlanSource::Form(request, axes), .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((request.prompt.as_str(), axes.len()), ("a red fox", 2));
    assert_eq!(axes[1], "prompt=\"a fox\",\"a hen\"");
    // A name with an equals sign in a folder is a name.
    studio.keys("<esc>n");
    let effects = studio.keys("./a=b.jsonl<enter>");
    assert!(matches!(effects.last(), Some(Effect::Plan { source: PlanSource::File(_), .. })), "{effects:?}");
}

#[test]
fn the_form_is_planned_as_a_batch_with_one_seed_for_all_of_it() {
    let mut studio = Studio::new();
    let plan = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Plan { source: PlanSource::Form(request, _), .. }] => request.clone(),
        other => panic!("{other:?}"),
    };
    let first = plan(studio.keys("a {red|blue} fox<esc>B"));
    assert_eq!(first.prompt, "a {red|blue} fox");
    assert!(first.seed.is_some());
    let second = plan(studio.keys("<esc>B"));
    assert_ne!(first.seed, second.seed, "another plan is another batch");
}

#[test]
fn the_end_of_a_batch_is_told_once_and_not_that_of_each_row() {
    let mut studio = screen();
    let rows: Vec<Job> = rows().into_iter().map(|job| row(job.id.0, 2, Phase::Done)).collect();
    tell(&mut studio, rows[..5].to_vec(), vec![batch(2, &rows[..5])]);
    assert_eq!(studio.toasts(), "b2 file-2.jsonl is done: 5 rows", "{}", studio.toasts());
    studio.now.0 += 60_000;
    tell(&mut studio, vec![], vec![batch(2, &rows[..5])]);
    assert_eq!(studio.toasts(), "");
}

#[test]
fn a_thousand_rows_wake_the_screen_once_a_second() {
    let mut studio = Studio::new().sized(80, 24);
    let rows: Vec<Job> = (1..=1000)
        .map(|id| match id {
            1..=20 => Job { sent: Some(Stamp(NOW.0 - id * 137)), ..row(id, 1, Phase::Running) },
            21..=400 => row(id, 1, Phase::Done),
            _ => row(id, 1, Phase::Queued),
        })
        .collect();
    let batches = vec![batch(1, &rows)];
    tell(&mut studio, rows, batches);
    studio.keys("<esc>5G");
    let mut wakes = 0;
    let end = studio.now.0 + 10_000;
    while studio.now.0 < end {
        let wake = wake_at(&studio.state, studio.now).expect("rate and time left go on");
        assert!(wake <= Duration::from_secs(1));
        studio.now.0 += i64::try_from(wake.as_millis()).unwrap();
        studio.send(Msg::Wake);
        wakes += 1;
    }
    assert!(wakes <= 11, "{wakes} draws in ten seconds");
}
