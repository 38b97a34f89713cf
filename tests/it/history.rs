//! The history at the keys: searching, peeking, taking a prompt into the form as the parent of the next one.

use std::sync::Arc;

use pinxit::domain::{Fault, FaultKind, Found, JobId, Phase, Stamp};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Dialog, History, Pane, Screen};

use crate::sample::{job, request};
use crate::studio::Studio;

fn found(id: i64, prompt: &str) -> Found {
    let request = Arc::new(request(prompt));
    Found { job: JobId(id), request, at: Stamp(0), times: 1, pictures: 1, marks: vec![] }
}

fn asked(query: &str) -> Effect {
    Effect::Search { query: query.into(), most: History::MOST }
}

fn answer(studio: &mut Studio, query: &str, found: Vec<Found>) {
    studio.send(Msg::Found { query: query.into(), result: Ok(found) });
}

fn history(studio: &Studio) -> &History {
    match &studio.state.dialog {
        Some(Dialog::History(history)) => history,
        other => panic!("the history is not open: {other:?}"),
    }
}

#[test]
fn it_is_asked_at_each_letter_and_only_the_newest_answer_counts() {
    let mut studio = Studio::new();
    studio.keys("my draft");
    assert_eq!(studio.keys("<ctrl+r>"), [asked("")], "also while typing");
    assert_eq!(studio.keys("fo"), [asked("f"), asked("fo")]);
    answer(&mut studio, "f", vec![found(1, "an old answer")]);
    assert!(history(&studio).found.is_empty());
    answer(&mut studio, "fo", vec![found(4, "a fox"), found(2, "fog")]);
    assert_eq!(history(&studio).found.len(), 2);
    assert!(studio.send(Msg::Wake).is_empty(), "asked once");
    let broken = Fault::new(FaultKind::Other, "store", "The store cannot be read.");
    studio.keys("<ctrl+u>");
    studio.send(Msg::Found { query: String::new(), result: Err(broken) });
    assert!(studio.toasts().contains("cannot be read"), "{}", studio.toasts());
    studio.keys("<esc>");
    assert!(studio.state.dialog.is_none() && studio.state.typing);
    answer(&mut studio, "", vec![found(4, "a fox")]);
    assert!(studio.state.dialog.is_none(), "a late answer opens nothing");
    assert_eq!(studio.state.compose.prompt.text(), "my draft");
}

#[test]
fn a_prompt_is_peeked_at_and_taken_and_undone() {
    let mut studio = Studio::new();
    studio.keys("my draft<ctrl+r>");
    studio.keys("<enter>");
    assert!(matches!(studio.state.dialog, Some(Dialog::History(_))), "before the answer it takes nothing");
    answer(&mut studio, "", vec![found(9, "a hen"), found(4, "a fox")]);
    let before = studio.state.compose.form();
    studio.keys("<ctrl+r><tab>");
    assert_eq!((history(&studio).peek, history(&studio).selected), (true, 1));
    studio.keys("<pagedown><up><down><tab>");
    assert_eq!(studio.state.compose.form(), before, "whoever peeks changes nothing");
    studio.keys("<enter>");
    let compose = &studio.state.compose;
    assert_eq!((compose.prompt.text().as_str(), compose.parent), ("a fox", Some(JobId(4))));
    assert_eq!((compose.request.model.as_str(), compose.request.seed), ("wan2.6-t2i", Some(7)));
    let effects = studio.keys(", red<ctrl+g>");
    let Some(Effect::Submit { request, parent, .. }) = effects.last() else { panic!("{effects:?}") };
    assert_eq!((request.prompt.as_str(), *parent), ("a fox, red", Some(JobId(4))));
    studio.keys("<alt+u><alt+u><alt+u>");
    assert_eq!(studio.state.compose.form().prompt.text(), "my draft");
    assert_eq!(studio.state.compose.parent, None);
}

#[test]
fn what_is_sent_from_a_dear_form_after_the_question_has_its_parent_too() {
    let mut studio = Studio::new();
    studio.keys("<ctrl+r>");
    answer(&mut studio, "", vec![found(4, "a fox")]);
    studio.keys("<enter>");
    studio.state.ask_above = Some(pinxit::domain::Money::usd(1));
    assert!(studio.keys("<ctrl+g>").is_empty());
    let effects = studio.keys("y");
    assert!(matches!(effects[..], [Effect::Submit { parent: Some(JobId(4)), .. }]), "{effects:?}");
}

#[test]
fn a_picture_edited_is_the_parent_and_a_key_drops_it() {
    let mut studio = Studio::new();
    studio.state.compose.request.model = "wan2.7-image".into();
    studio.jobs(vec![job(4, Phase::Done)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio.keys("e");
    assert_eq!(studio.state.compose.parent, Some(JobId(4)));
    studio.keys("O");
    assert_eq!(studio.state.compose.parent, None);
    assert!(studio.toasts().contains("No longer made from #4"), "{}", studio.toasts());
}

#[test]
fn a_waiting_job_in_the_form_is_not_pushed_out_by_a_prompt() {
    let mut studio = Studio::new();
    studio.jobs(vec![job(3, Phase::Queued)]);
    studio.keys("<esc>2e<ctrl+r>");
    answer(&mut studio, "", vec![found(9, "a hen")]);
    studio.keys("<enter>");
    assert_eq!(studio.state.compose.prompt.text(), "a red fox in snow");
    assert!(studio.toasts().contains("holds a waiting job"), "{}", studio.toasts());
    assert_eq!(studio.state.screen, Screen::Compose);
}
