//! What helps to decide, at the keys: which model, what became of a prompt, which seed next, which way it goes, and what it
//! costs.

use std::sync::Arc;

use pinxit::catalog::Prefer;
use pinxit::domain::{Caps, Job, Mode, Money, Phase, SEED_MAX, Unfold};
use pinxit::tui::effect::Effect;
use pinxit::tui::state::{Dialog, Pane, Screen, SettingRow};
use serde_json::json;

use crate::sample::job;
use crate::studio::Studio;

fn in_settings(studio: &mut Studio, name: &str) {
    (studio.state.pane, studio.state.typing) = (Pane::Settings, false);
    let wanted = SettingRow::Parameter(name.into());
    studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == wanted).unwrap();
}

fn seed_sent(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| match effect {
        Effect::Submit { orders, .. } => orders.first()?.0.seed,
        _ => None,
    })
}

#[test]
fn the_model_for_a_poster_is_one_key_and_enter_away_and_keeps_what_carries_over() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut studio = Studio::new().sized(columns, rows);
        studio.keys("a poster for a jazz night<esc>");
        studio.state.compose.request.n = 3;
        studio.keys("M");
        let screen = studio.screen();
        for part in ["Which model?", "Posters, text in the picture", "qwen-image-2.0-pro", "$0.075"] {
            assert!(screen.contains(part), "{part}: {screen}");
        }
        assert!(screen.contains("Suggested because the prompt asks for words in the picture."), "{screen}");
        studio.keys("<enter>");
        let request = &studio.state.compose.request;
        assert_eq!((request.model.as_str(), request.mode, request.n), ("qwen-image-2.0-pro", Mode::TextToImage, 3));
        assert_eq!(studio.state.compose.prompt.text(), "a poster for a jazz night");
        assert!(studio.toasts().contains("qwen-image-2.0-pro is taken"), "{}", studio.toasts());
    }
}

#[test]
fn another_use_and_another_of_its_models_can_be_chosen() {
    let mut studio = Studio::new();
    studio.keys("a poster<esc>M<tab>");
    assert!(studio.screen().contains("wan2.6-t2i, text-to-image"), "{}", studio.screen());
    studio.keys("<enter>");
    assert_eq!(studio.state.compose.request.model.as_str(), "wan2.6-t2i");
    studio.keys("M");
    while !studio.screen().contains("qwen-image-plus, text-to-image") {
        let before = studio.screen();
        studio.keys("j");
        assert_ne!(before, studio.screen(), "never there");
    }
    studio.keys("<enter>M<esc>");
    assert_eq!(studio.state.compose.request.model.as_str(), "qwen-image-plus", "escape leaves it");
}

/// A finished job whose prompt the service rewrote.
fn rewritten(after: &str) -> Job {
    let mut job = job(4, Phase::Done);
    let mut request = (*job.request).clone();
    request.options.insert("prompt_extend".into(), json!(true));
    job.request = Arc::new(request);
    job.actual_prompt = Some(after.to_owned());
    job
}

const AFTER: &str = "a silver fox in deep snow, ink wash on rice paper";

#[test]
fn a_rewritten_prompt_is_compared_and_frozen() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut studio = Studio::new().sized(columns, rows);
        studio.state.compose.request = studio.state.catalog.get("wan2.6-t2i").unwrap().blank(Mode::TextToImage);
        studio.keys("my own words<esc>");
        studio.jobs(vec![rewritten(AFTER)]);
        assert!(studio.screen().contains("prompt rewritten: W compares"), "{}", studio.screen());
        studio.keys("W");
        let screen = studio.screen();
        assert!(screen.contains("a [-red-]{+silver+} fox in {+deep +}snow{+, ink wash on rice paper+}"), "{screen}");
        studio.keys("f");
        assert_eq!(studio.state.compose.prompt.text(), AFTER);
        assert_eq!(studio.state.compose.request.options["prompt_extend"], json!(false));
        assert!(studio.toasts().contains("rewriting (Extend) is off"), "{}", studio.toasts());
        studio.keys("u");
        assert_eq!(studio.state.compose.prompt.text(), "my own words", "undo brings it back");
        assert_ne!(studio.state.compose.request.options.get("prompt_extend"), Some(&json!(false)), "all of it");
    }
}

#[test]
fn a_frozen_prompt_is_sent_as_the_service_wrote_it() {
    let mut studio = Studio::new();
    studio.keys("my own words<esc>");
    studio.state.compose.expansion.style = Some("ink".into());
    studio.jobs(vec![rewritten("a {silver|golden} fox, __ink__")]);
    studio.keys("Wf");
    let form = studio.state.compose.form();
    assert_eq!((form.style, form.unfold), (None, Unfold::Off), "no style is put around it again, no brace unfolds");
    assert_eq!(studio.state.compose.snapshot().prompt, "a {silver|golden} fox, __ink__");
    studio.keys("u");
    let form = studio.state.compose.form();
    assert_eq!((form.style.as_deref(), form.unfold), (Some("ink"), Unfold::All));
}

#[test]
fn a_rewritten_prompt_is_found_on_the_queue_screen_too() {
    let mut studio = Studio::new();
    studio.jobs(vec![rewritten("红狐 in snow")]);
    studio.keys("<esc>2");
    assert!(studio.screen().contains("(W compares)"), "{}", studio.screen());
    studio.keys("W");
    assert!(matches!(studio.state.dialog, Some(Dialog::Rewrite(_))));
    // The form's model has no rewriting to turn off, and nothing is said of it.
    studio.keys("f");
    assert_eq!((studio.state.screen, studio.state.pane), (Screen::Compose, Pane::Prompt));
    assert!(!studio.toasts().contains("Extend") && studio.toasts().contains("in the form"), "{}", studio.toasts());
}

#[test]
fn a_prompt_that_was_not_rewritten_says_why() {
    let mut studio = Studio::new();
    studio.keys("<esc>W");
    assert!(studio.toasts().contains("No job is selected"), "{}", studio.toasts());
    for (actual, extend, phase, says) in [
        (None, false, Phase::Done, "was sent as it is"),
        (None, true, Phase::Done, "does not tell"),
        (None, true, Phase::Running, "at the end"),
        (Some("a red fox in snow"), true, Phase::Done, "left the prompt as it is"),
    ] {
        let mut job = rewritten("x");
        (job.phase, job.actual_prompt) = (phase, actual.map(str::to_owned));
        if !extend {
            job.request = crate::sample::job(4, Phase::Done).request;
        }
        let mut studio = Studio::new();
        studio.jobs(vec![job]);
        studio.keys("<esc>W");
        assert!(studio.state.dialog.is_none() && studio.toasts().contains(says), "{says}: {}", studio.toasts());
        assert!(!studio.screen().contains("prompt rewritten"));
    }
}

#[test]
fn a_long_comparison_scrolls_to_its_end_and_no_further() {
    let mut studio = Studio::new().sized(80, 24);
    let after = (1..200).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    studio.jobs(vec![rewritten(&after)]);
    studio.keys("<esc>W");
    assert!(!studio.screen().contains("word199"));
    for _ in 0..60 {
        studio.keys("j");
    }
    assert!(studio.screen().contains("word199"), "{}", studio.screen());
    studio.keys("k");
    assert!(!studio.screen().contains("word199+}"), "one key goes back: {}", studio.screen());
}

#[test]
fn a_seed_counts_up_with_each_submit_until_told_otherwise() {
    let mut studio = Studio::new();
    studio.keys("a red fox");
    in_settings(&mut studio, "seed");
    studio.keys("i");
    let first = studio.state.compose.request.seed.expect("fixed");
    assert!(studio.screen().contains("one higher after each"), "{}", studio.screen());
    assert_eq!(seed_sent(&studio.keys("<ctrl+g>")), Some(first));
    assert_eq!(seed_sent(&studio.keys("<ctrl+g>")), Some(first + 1), "before the store has answered, too");
    studio.keys("i");
    assert_eq!(seed_sent(&studio.keys("<ctrl+g><ctrl+g>")), Some(first + 2));
    assert_eq!(studio.state.compose.request.seed, Some(first + 2), "it stays");
    studio.keys("ir");
    let (one, other) = (seed_sent(&studio.keys("<ctrl+g>")), seed_sent(&studio.keys("<ctrl+g>")));
    assert!(one.is_some() && one != other, "random again");
    // After the largest comes the smallest; what asks first counts when it is sent.
    studio.state.compose.request.seed = Some(SEED_MAX);
    (studio.state.compose.random_seed, studio.state.compose.seed_rises) = (false, true);
    studio.state.compose.request.n = 24;
    assert_eq!(seed_sent(&studio.keys("<ctrl+g>")), None);
    assert_eq!(studio.state.compose.request.seed, Some(SEED_MAX), "nothing was sent yet");
    assert_eq!(seed_sent(&studio.keys("y")), Some(SEED_MAX));
    assert_eq!(studio.state.compose.request.seed, Some(0));
}

#[test]
fn the_way_it_will_go_is_shown() {
    let mut studio = Studio::new().sized(80, 24);
    assert!(studio.screen().contains("route: async image-generation"), "{}", studio.screen());
    studio.state.prefer = Prefer::Fast;
    assert!(studio.screen().contains("route: sync multimodal-generation"), "{}", studio.screen());
}

#[test]
fn the_cost_page_says_what_why_and_what_is_left() {
    for (columns, rows) in [(120, 40), (80, 24), (44, 14)] {
        let mut studio = Studio::new().sized(columns, rows);
        studio.state.compose.request.n = 10;
        studio.state.header.caps = Caps { day: Some(Money::usd(5_000_000)), month: None };
        studio.state.header.spent_today = vec![Money::usd(420_000)];
        studio.state.header.spent_month = vec![Money::usd(18_400_000)];
        studio.state.header.set_aside = vec![Money::usd(80_000)];
        studio.keys("<esc>$");
        let text = studio.screen().replace(['│', '┃', '\n'], " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["10 pictures x $0.075 = $0.750", "3 requests", "price file, 2026-04", "costs more than $0.500"] {
            assert!(text.contains(part) || columns < 80, "{part} at {columns}x{rows}: {text}");
        }
        if rows > 14 {
            for part in ["$0.42 of $5.00, $4.50 left", "$18.40, no limit", "$0.08 for jobs"] {
                assert!(text.contains(part), "{part} at {columns}x{rows}: {text}");
            }
        }
        assert_eq!(studio.keys("<enter>"), [], "it is only to be read");
        studio.keys("<esc>");
        assert!(studio.state.dialog.is_none());
    }
}
