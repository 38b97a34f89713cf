//! Keys to state and effects.

use std::time::Duration;

use pinxit::domain::{Billed, Fault, FaultKind, JobId, Mode, ModelId, Phase, Size};
use pinxit::keymap::Keymap;
use pinxit::tui::action::Action;
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, Painted};
use pinxit::tui::state::{Ahead, Dialog, Line, Pane, Scope, Screen, SettingRow};
use pinxit::tui::update::wake_at;
use proptest::prelude::*;

use crate::sample::{image, job};
use crate::studio::Studio;

fn submitted(effects: &[Effect]) -> Option<(&pinxit::domain::Request, String)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Submit { orders, .. } => {
            let (request, estimate) = &orders[0];
            Some((request, estimate.total().map(|total| total.to_string()).unwrap_or_default()))
        }
        _ => None,
    })
}

/// Goes to a parameter's row in the settings.
fn go_to(studio: &mut Studio, name: &str) {
    studio.state.pane = Pane::Settings;
    studio.state.typing = false;
    let wanted = SettingRow::Parameter(name.into());
    studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == wanted).unwrap();
}

#[test]
fn a_typed_prompt_is_sent_with_its_price_and_a_seed() {
    let mut studio = Studio::new();
    assert!(submitted(&studio.keys("a red fox\nin snow")).is_none(), "Enter is a new line, not a submit");
    let effects = studio.keys("<ctrl+g>");
    let (request, price) = submitted(&effects).expect("ctrl+g submits");
    assert_eq!(request.prompt, "a red fox\nin snow");
    assert_eq!((request.model.as_str(), request.n, price.as_str()), ("wan2.7-image-pro", 1, "$0.075"));
    assert!(request.seed.is_some(), "a random seed is drawn, so that the picture can be made again");
    let again = studio.keys("<ctrl+g>");
    assert_ne!(submitted(&again).unwrap().0.seed, request.seed, "and another one for the next");
}

#[test]
fn the_other_chords_that_submit_are_the_same() {
    for chord in ["<ctrl+enter>", "<alt+enter>"] {
        let mut studio = Studio::new();
        assert!(submitted(&studio.keys(&format!("fox{chord}"))).is_some(), "{chord}");
    }
}

#[test]
fn an_empty_prompt_is_not_sent_and_the_reason_is_said() {
    let mut studio = Studio::new();
    studio.keys("<tab><tab>");
    assert!(studio.keys("<ctrl+g>").is_empty());
    assert_eq!((studio.state.pane, studio.state.typing), (Pane::Prompt, true));
    assert!(studio.toasts().contains("Not sent"), "{}", studio.toasts());
}

#[test]
fn images_are_counted_up_and_priced() {
    let mut studio = Studio::new();
    studio.keys("fox");
    go_to(&mut studio, "n");
    studio.keys("+++");
    assert_eq!(submitted(&studio.keys("<ctrl+g>")).unwrap().1, "$0.300");
    studio.keys(&"+".repeat(40));
    assert_eq!(studio.state.compose.request.n, 24, "never above what one job may ask for");
    studio.keys(&"-".repeat(40));
    assert_eq!(studio.state.compose.request.n, 1);
}

#[test]
fn above_the_limit_only_y_sends() {
    let mut studio = Studio::new();
    studio.keys("four seasons");
    studio.state.pane = Pane::Settings;
    studio.state.typing = false;
    let mode = studio.state.setting_rows().iter().position(|row| *row == SettingRow::Mode).unwrap();
    studio.state.compose.row = mode;
    studio.keys("+");
    assert_eq!(studio.state.compose.request.mode, Mode::Sequential);
    go_to(&mut studio, "n");
    studio.keys("<enter><ctrl+u>12<enter>");
    assert_eq!(studio.state.compose.request.n, 12);
    assert!(studio.keys("<ctrl+g>").is_empty());
    assert!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))));
    assert!(submitted(&studio.keys("<enter><space><ctrl+g><tab>")).is_none(), "nothing but y sends");
    let effects = studio.keys("y");
    assert_eq!(submitted(&effects).unwrap().1, "$0.900");
    assert!(studio.state.dialog.is_none());
}

#[test]
fn the_emulator_never_asks() {
    let mut studio = Studio::new();
    studio.state.ask_above = None;
    studio.keys("fox");
    studio.state.compose.request.n = 4;
    assert!(submitted(&studio.keys("<ctrl+g>")).is_some());
}

#[test]
fn a_model_is_found_by_a_few_letters_and_keeps_what_it_can() {
    let mut studio = Studio::new();
    studio.keys("fox<esc>m");
    assert!(matches!(studio.state.dialog, Some(Dialog::Models(_))));
    studio.keys("26t2i<enter>");
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.6-t2i"));
    assert_eq!(studio.state.compose.prompt.text(), "fox");
    assert!(studio.state.dialog.is_none());
    studio.keys("m<esc>");
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.6-t2i"), "escape changes nothing");
}

#[test]
fn what_was_never_chosen_is_the_next_models_own() {
    let mut studio = Studio::new();
    studio.keys("fox<esc>m26t2i<enter>");
    assert!(studio.state.compose.request.is_on("prompt_extend"), "its default");
    studio.keys("mzimageturbo<enter>");
    let request = &studio.state.compose.request;
    assert_eq!((request.model.as_str(), request.size.to_string().as_str()), ("z-image-turbo", "1024*1536"));
    assert_eq!(submitted(&studio.keys("<ctrl+g>")).unwrap().1, "$0.015", "not doubled by what nobody asked for");
    go_to(&mut studio, "prompt_extend");
    studio.keys("l");
    go_to(&mut studio, "size");
    studio.keys("<enter><ctrl+u>1280*1280<enter>mqwenimage2.0pro<enter>mzimageturbo<enter>");
    assert_eq!(studio.state.compose.request.size.to_string(), "1280*1280", "what was chosen comes along");
}

#[test]
fn a_value_of_the_wrong_kind_stays_open_and_an_illegal_one_is_not_sent() {
    let mut studio = Studio::new();
    studio.keys("fox");
    go_to(&mut studio, "size");
    studio.keys("<enter><ctrl+u>big<enter>");
    assert_eq!(studio.state.compose.typed.as_ref().map(Line::text), Some("big"));
    assert!(studio.toasts().contains("is not a size"), "{}", studio.toasts());
    studio.keys("<ctrl+u>9000x9000<enter>");
    assert_eq!(studio.state.compose.request.size, Size::Pixels { width: 9000, height: 9000 });
    assert!(submitted(&studio.keys("<ctrl+g>")).is_none());
    assert!(studio.toasts().contains("size"), "{}", studio.toasts());
    studio.keys("=");
    assert!(submitted(&studio.keys("<ctrl+g>")).is_some(), "= snaps to the nearest legal size: {}", studio.toasts());
}

#[test]
fn ctrl_c_clears_the_draft_then_asks_then_leaves() {
    let mut studio = Studio::new();
    studio.keys("a long prompt");
    assert!(studio.keys("<ctrl+c>").is_empty());
    assert_eq!(studio.state.compose.prompt.text(), "");
    studio.keys("<esc>u");
    assert_eq!(studio.state.compose.prompt.text(), "a long prompt", "undo brings it back");
    studio.keys("<ctrl+c><ctrl+c>");
    assert!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))));
    assert_eq!(studio.keys("<ctrl+c>"), [Effect::Quit]);
}

#[test]
fn q_leaves_at_once_only_when_nothing_is_under_way() {
    let mut studio = Studio::new();
    assert!(studio.keys("q").is_empty(), "while typing it is a letter");
    assert_eq!(studio.keys("<esc>q"), [Effect::Quit]);
    studio.jobs(vec![job(1, Phase::Running)]);
    assert!(studio.keys("q").is_empty());
    assert_eq!(studio.keys("y"), [Effect::Quit]);
}

#[test]
fn work_that_goes_on_without_the_studio_is_no_reason_to_stay() {
    let mut studio = Studio::new();
    studio.state.header.background = true;
    studio.jobs(vec![job(1, Phase::Running)]);
    assert_eq!(studio.keys("<ctrl+c>"), []);
    let Some(Dialog::Confirm(question)) = &studio.state.dialog else { panic!("no question") };
    assert_eq!(question.lines, ["1 job is not finished. It goes on in the background."]);
    assert_eq!(studio.keys("<esc><esc>q"), [Effect::Quit]);
}

#[test]
fn a_finished_picture_is_shown_and_asked_for_again_when_its_pane_changes() {
    let mut studio = Studio::new();
    studio.jobs(vec![job(1, Phase::Running)]);
    let effects = studio.jobs(vec![job(1, Phase::Done)]);
    let Some(Effect::Paint { image: asked, path, pane }) = effects.first().cloned() else { panic!("{effects:?}") };
    assert_eq!((asked, &path), (image(1, 0).id, &image(1, 0).path));
    assert!(studio.toasts().contains("#1 done: 1 picture, $0.030"), "{}", studio.toasts());
    assert!(studio.send(Msg::Wake).is_empty(), "asked once");
    let cells = Ok(std::sync::Arc::new(ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 2, 2))));
    studio.send(Msg::Resize(80, 24));
    studio.send(Msg::Painted(Painted { image: asked, pane, cells: cells.clone() }));
    assert!(studio.state.preview.shown.is_none(), "a picture for the old pane is not shown in the new one");
    let now_asked = studio.state.preview.asked.unwrap();
    assert_ne!(now_asked.1, pane);
    studio.send(Msg::Painted(Painted { image: asked, pane: now_asked.1, cells }));
    assert!(studio.state.preview.shown.is_some());
}

#[test]
fn what_may_be_wanted_next_is_asked_for_once_the_user_is_still() {
    let mut studio = Studio::new();
    studio.jobs((1..=3).map(|id| job(id, Phase::Done)).collect());
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    let mut effects = studio.keys("j");
    let foreseen = |effects: &[Effect]| {
        let ahead = effects
            .iter()
            .find_map(|effect| if let Effect::Foresee(ahead) = effect { Some(ahead.clone()) } else { None });
        let job = |ahead: &Ahead| if let Ahead::Whole { image, .. } = ahead { image.job.0 } else { 0 };
        ahead.map(|ahead| ahead.iter().map(job).collect::<Vec<_>>())
    };
    // Not before what is in sight is painted.
    studio.now = studio.now.after(Duration::from_secs(5));
    effects.extend(studio.send(Msg::Wake));
    assert_eq!(foreseen(&effects), None);
    let (asked, pane) = studio.state.preview.asked.expect("asked for");
    let cells = Ok(std::sync::Arc::new(ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 2, 2))));
    studio.send(Msg::Painted(Painted { image: asked, pane, cells }));
    studio.now = studio.now.after(Duration::from_millis(600));
    studio.keys("<f12>");
    studio.now = studio.now.after(Duration::from_millis(600));
    assert_eq!(foreseen(&studio.send(Msg::Wake)), None, "a key came");
    studio.now = studio.now.after(wake_at(&studio.state, studio.now).expect("something is due"));
    assert_eq!(foreseen(&studio.send(Msg::Wake)), Some(vec![1, 3]));
    assert_eq!(studio.state.preview.ahead.due, None, "nobody is kept awake");
    assert_eq!(foreseen(&studio.send(Msg::Wake)), None, "once");
    assert_eq!(foreseen(&studio.keys("j")), Some(vec![]), "and it is taken back when the user goes on");
}

#[test]
fn jobs_lie_newest_first_and_are_walked() {
    let mut studio = Studio::new();
    studio.jobs((1..=5).map(|id| job(id, Phase::Done)).collect());
    let order: Vec<_> = studio.state.queue.jobs.iter().map(|job| job.id.0).collect();
    assert_eq!(order, [5, 4, 3, 2, 1]);
    assert_eq!(studio.state.queue.selected, Some(JobId(5)));
    studio.state.pane = Pane::Queue;
    studio.state.typing = false;
    let effects = studio.keys("jj");
    assert_eq!(studio.state.queue.selected, Some(JobId(3)));
    assert!(matches!(effects.last(), Some(Effect::Paint { image, .. }) if image.job == JobId(3)));
    studio.keys("Gj");
    assert_eq!(studio.state.queue.selected, Some(JobId(1)));
    studio.keys("gk");
    assert_eq!(studio.state.queue.selected, Some(JobId(5)));
    assert!(matches!(studio.keys("y").first(), Some(Effect::Copy(path)) if path.ends_with("-7-0.png")));
}

#[test]
fn cancelling_asks_where_it_does_not_stop_the_bill() {
    for phase in Phase::ALL {
        let mut studio = Studio::new();
        studio.jobs(vec![job(1, phase)]);
        studio.state.pane = Pane::Queue;
        studio.state.typing = false;
        let effects = studio.keys("x");
        let at_once = effects.contains(&Effect::Cancel(JobId(1)));
        let asks = matches!(studio.state.dialog, Some(Dialog::Confirm(_)));
        let expected = match phase {
            Phase::Held | Phase::Queued | Phase::Preparing | Phase::Waiting => (true, false),
            Phase::Running | Phase::Fetching | Phase::Adopted | Phase::Unsure => (false, true),
            _ => (false, false),
        };
        assert_eq!((at_once, asks), expected, "{phase}");
        if asks {
            assert_eq!(studio.keys("y"), [Effect::Cancel(JobId(1))]);
        }
    }
}

#[test]
fn sending_again_always_asks_and_warns_of_a_second_bill() {
    for (phase, billed) in
        [(Phase::Failed, Billed::No), (Phase::Failed, Billed::Unknown), (Phase::Unsure, Billed::Unknown)]
    {
        let mut studio = Studio::new();
        let mut broken = job(1, phase);
        broken.fault = Some(Fault::new(FaultKind::Other, "x", "It broke.").billed(billed));
        studio.jobs(vec![broken]);
        studio.state.pane = Pane::Queue;
        studio.state.typing = false;
        assert!(studio.keys("r").is_empty());
        let Some(Dialog::Confirm(confirm)) = &studio.state.dialog else { panic!("{phase} does not ask") };
        assert_eq!(confirm.lines.join(" ").contains("second time"), billed == Billed::Unknown, "{:?}", confirm.lines);
        assert!(studio.keys("<enter>").is_empty());
        assert_eq!(studio.keys("y"), [Effect::Retry(JobId(1))]);
    }
    let mut studio = Studio::new();
    studio.jobs(vec![job(1, Phase::Done)]);
    studio.state.pane = Pane::Queue;
    studio.state.typing = false;
    studio.keys("r");
    assert!(studio.state.dialog.is_none(), "a finished job is not sent again");
}

#[test]
fn a_job_is_loaded_into_the_form_and_undo_brings_the_draft_back() {
    let mut studio = Studio::new();
    studio.keys("my draft");
    studio.jobs(vec![job(1, Phase::Done)]);
    studio.state.pane = Pane::Queue;
    studio.state.typing = false;
    studio.keys("a");
    let compose = &studio.state.compose;
    assert_eq!((compose.prompt.text().as_str(), compose.request.seed), ("a red fox in snow", Some(7)));
    assert_eq!(compose.request.model.as_str(), "wan2.6-t2i");
    let effects = studio.keys("<ctrl+g>");
    assert_eq!(submitted(&effects).unwrap().0.seed, Some(7), "the seed is fixed");
    assert_eq!(studio.state.compose.parent, Some(JobId(1).into()), "what is sent next is made from it");
    studio.keys("<esc>u");
    assert_eq!(studio.state.compose.prompt.text(), "my draft");
}

#[test]
fn a_paste_types_and_never_acts() {
    let mut studio = Studio::new();
    let effects = studio.send(Msg::Paste("two\nlines\x07\x1b[2J".into()));
    assert!(effects.is_empty());
    assert_eq!(studio.state.compose.prompt.text(), "two\nlines␇␛[2J");
    studio.keys("<tab><tab>");
    studio.send(Msg::Paste("q".into()));
    assert_eq!(studio.state.pane, Pane::Prompt, "outside a text it goes to the prompt");
}

#[test]
fn chinese_emoji_and_combining_marks_are_edited_by_letter() {
    let mut studio = Studio::new();
    studio.send(Msg::Paste("雪中红狐 e\u{301}".into()));
    studio.keys("<left><left><backspace>");
    assert!(studio.state.compose.prompt.text().starts_with("雪中红"), "{}", studio.state.compose.prompt.text());
}

#[test]
fn idle_sleeps_for_ever_and_a_live_job_wakes_at_its_next_second() {
    let mut studio = Studio::new();
    assert_eq!(wake_at(&studio.state, studio.now), None);
    studio.jobs(vec![job(1, Phase::Done)]);
    assert_eq!(wake_at(&studio.state, studio.now), None, "old news is not told at the start");
    studio.jobs(vec![job(2, Phase::Running)]);
    studio.now.0 += 300;
    assert_eq!(wake_at(&studio.state, studio.now).unwrap().as_millis(), 700);
    studio.jobs(vec![job(2, Phase::Done)]);
    assert!(wake_at(&studio.state, studio.now).is_some(), "the news goes away by itself");
    studio.now.0 += 60_000;
    studio.send(Msg::Wake);
    assert_eq!((studio.toasts().as_str(), wake_at(&studio.state, studio.now)), ("", None));
}

#[test]
fn what_could_not_be_stored_is_said_and_the_draft_stays() {
    let mut studio = Studio::new();
    studio.keys("fox");
    let full = Fault::new(FaultKind::Other, "disk_full", "The disk is full.").hint("Free some space.");
    studio.send(Msg::Submitted(Err(full)));
    assert!(studio.toasts().contains("The disk is full"));
    assert_eq!(studio.state.compose.prompt.text(), "fox");
}

#[test]
fn every_binding_names_an_action_of_its_scope_and_every_action_has_a_key() {
    let keymap = Keymap::builtin();
    for binding in keymap.bindings() {
        let action = Action::parse(&binding.action).unwrap_or_else(|| panic!("{} is no action", binding.action));
        let scopes: Vec<_> = action.scopes().iter().map(|scope| scope.name()).collect();
        assert!(scopes.contains(&binding.scope.as_str()), "{} is bound in {}", binding.action, binding.scope);
    }
    for action in Action::ALL {
        for scope in action.scopes() {
            assert!(
                !keymap.keys(scope.name(), action.name()).is_empty(),
                "{} has no key in {}",
                action.name(),
                scope.name()
            );
        }
    }
}

#[test]
fn nothing_bound_everywhere_shadows_typing() {
    for binding in
        Keymap::builtin().bindings().iter().filter(|b| ["global", "screen", "compose"].contains(&b.scope.as_str()))
    {
        let first = binding.keys.first();
        let types = matches!(first.code, pinxit::keymap::Code::Char(_)) && !first.ctrl && !first.alt;
        assert!(!types, "{} would type", binding.keys);
    }
}

/// Sequences of every kind: in a text, over a dialog, over a key of the preset, and three keys long.
const SEQUENCES: &str = r#"
[insert]
"ctrl+x u" = "text.undo"
"ctrl+x ctrl+x j" = "text.redo"
[jobs]
"g g" = "queue.first"
"x j" = "job.cancel"
[global]
"ctrl+x ctrl+l" = "app.redraw"
[picker]
"ctrl+x ctrl+p" = "dialog.close"
"#;

fn any_key() -> impl Strategy<Value = String> {
    let named = prop::sample::select(vec![
        "<ctrl+g>",
        "<tab>",
        "<shift+tab>",
        "<esc>",
        "<enter>",
        "<up>",
        "<down>",
        "<left>",
        "<right>",
        "<backspace>",
        "<ctrl+c>",
        "<f1>",
        "<ctrl+u>",
        "<ctrl+k>",
        "<ctrl+y>",
        "<ctrl+w>",
        "<alt+w>",
        "<alt+u>",
        "<alt+U>",
        "<alt+b>",
        "<shift+left>",
        "<shift+down>",
        "<ctrl+space>",
        "<ctrl+r>",
        "<ctrl+x>",
        "<ctrl+e>",
        "<pagedown>",
        "<home>",
        "<delete>",
        "<ctrl+l>",
        "<ctrl+p>",
        "<ctrl+x>",
        "<pageup>",
    ]);
    prop_oneof![
        named.prop_map(str::to_owned),
        prop::char::range('!', '~').prop_filter("written as a name", |c| *c != '<').prop_map(|c| c.to_string()),
        prop::sample::select(vec!["狐", "é", "👩\u{200d}🎨"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_keys_and_sizes_never_make_an_illegal_state(
        presses in prop::collection::vec(any_key(), 0..120),
        sizes in prop::collection::vec((1u16..200, 1u16..60), 1..4),
    ) {
        let mut studio = Studio::new().with_keys(SEQUENCES);
        studio.jobs(vec![job(1, Phase::Done), job(2, Phase::Failed), job(3, Phase::Running), job(4, Phase::Unsure)]);
        for (at, press) in presses.iter().enumerate() {
            if press.starts_with('<') || press.is_ascii() {
                studio.keys(press);
            } else {
                studio.send(Msg::Paste(press.clone()));
            }
            if at % 40 == 0 {
                let (columns, rows) = sizes[at / 40 % sizes.len()];
                studio.send(Msg::Resize(columns, rows));
            }
            let state = &studio.state;
            prop_assert!(!state.typing || state.pane.is_text(), "typing outside a text");
            prop_assert!(!state.typing || state.screen == Screen::Compose, "typing out of sight");
            prop_assert!(state.jobs.before.is_none() || state.screen == Screen::Queue, "a filter typed out of sight");
            prop_assert!(state.panes().contains(&state.pane), "the keys are in a pane that is there");
            prop_assert!(state.prefix.as_ref().is_none_or(|prefix| prefix.keys.len() < 3), "no sequence is longer");
            prop_assert!(state.compose.row < state.setting_rows().len());
            prop_assert!(state.queue.job().is_some(), "the selection is a job");
            prop_assert!(!state.scopes().is_empty());
            prop_assert!(state.scopes().contains(&Scope::Global), "ctrl+c works everywhere");
        }
    }
}
