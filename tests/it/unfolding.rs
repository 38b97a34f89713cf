//! Wildcards and styles at the keys: what is shown, what it costs, and what is sent.

use std::collections::BTreeMap;

use pinxit::domain::{Cost, Request};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Dialog, SettingRow};

use crate::studio::Studio;

fn sent(effects: Vec<Effect>) -> Vec<(Request, Cost)> {
    effects
        .into_iter()
        .find_map(|effect| if let Effect::Submit { orders, .. } = effect { Some(orders) } else { None })
        .unwrap_or_default()
}

fn prompts(effects: Vec<Effect>) -> Vec<String> {
    sent(effects).into_iter().map(|(request, _)| request.prompt).collect()
}

fn says(studio: &Studio, text: &str) -> bool {
    studio.screen().contains(text)
}

#[test]
fn alternatives_are_counted_priced_shown_and_sent_as_a_job_each() {
    let mut studio = Studio::new().sized(80, 24);
    studio.keys("a {red|grey} fox in {snow|rain|fog}");
    assert!(says(&studio, "expands to 6 prompts (ctrl+t shows them)"), "{}", studio.screen());
    assert!(says(&studio, "6 prompts x 1 x $0.075 = $0.450"), "{}", studio.screen());
    studio.keys("<ctrl+t>");
    assert!(says(&studio, "a grey fox in fog") && says(&studio, "6 prompts"), "{}", studio.screen());
    let orders = sent(studio.keys("<ctrl+g>"));
    assert!(studio.state.dialog.is_none(), "below the limit it is sent, from the list too");
    let prompts: Vec<&str> = orders.iter().map(|(request, _)| request.prompt.as_str()).collect();
    assert_eq!(prompts[..2], ["a red fox in snow", "a red fox in rain"]);
    assert_eq!(prompts.len(), 6);
    let written = orders[0].0.written.clone().expect("the template is kept");
    assert_eq!((written.template.as_str(), written.style), ("a {red|grey} fox in {snow|rain|fog}", None));
    let seeds: std::collections::BTreeSet<_> = orders.iter().map(|(request, _)| request.seed).collect();
    assert_eq!(seeds.len(), 6, "each has a seed of its own");
}

#[test]
fn the_whole_expansion_is_held_against_the_ask_limit() {
    let mut studio = Studio::new();
    studio.keys("a {red|grey} fox in {snow|rain|fog|sun}");
    assert!(says(&studio, "= $0.600  asks first"), "{}", studio.screen());
    assert!(sent(studio.keys("<ctrl+g>")).is_empty());
    assert!(says(&studio, "8 prompts, a job each: $0.600 in all"), "{}", studio.screen());
    assert!(sent(studio.keys("<enter>")).is_empty(), "Enter is no yes");
    assert_eq!(sent(studio.keys("y")).len(), 8);
}

#[test]
fn many_jobs_ask_whatever_they_cost() {
    let mut studio = Studio::new();
    studio.state.ask_above = None;
    studio.keys("{1|2|3|4|5} {1|2|3|4|5}");
    assert!(sent(studio.keys("<ctrl+g>")).is_empty());
    assert!(says(&studio, "Send 25 jobs?"));
    assert_eq!(sent(studio.keys("y")).len(), 25);
    studio.keys(" {1|2|3|4|5|6|7|8|9|10} {1|2|3|4|5|6}");
    assert!(sent(studio.keys("<ctrl+g>")).is_empty() && studio.toasts().contains("at most 1000 at once"));
}

#[test]
fn one_way_by_chance_or_as_it_is_written() {
    let mut studio = Studio::new();
    studio.keys("a {red|grey|blue|green} fox<ctrl+t>r<esc>");
    assert!(says(&studio, "one of 4 prompts by chance") && says(&studio, " 1 x $0.075 = $0.075"));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let prompts = prompts(studio.keys("<ctrl+g>"));
        assert_eq!(prompts.len(), 1);
        seen.extend(prompts);
    }
    assert!(seen.len() > 1 && seen.iter().all(|prompt| prompt.ends_with(" fox") && !prompt.contains('{')), "{seen:?}");
    studio.keys("<ctrl+t>o<esc>");
    assert_eq!(prompts(studio.keys("<ctrl+g>")), ["a {red|grey|blue|green} fox"]);
    assert!(!says(&studio, "prompts"));
}

#[test]
fn what_people_write_in_braces_is_no_template() {
    for text in ["a {fox} | b", "vec![1] __init", "x } y {", "C:\\dir"] {
        let mut studio = Studio::new();
        studio.keys(text);
        assert_eq!(prompts(studio.keys("<ctrl+g>")), [text]);
    }
}

#[test]
fn a_template_that_does_not_read_is_pointed_at_and_nothing_is_sent() {
    for text in ["a {red|{grey} fox", "a {red|grey fox"] {
        let mut studio = Studio::new();
        studio.keys(text);
        assert!(says(&studio, "never closed"), "{}", studio.screen());
        assert!(sent(studio.keys("<ctrl+g>")).is_empty() && studio.toasts().contains("never closed"));
        studio.keys("<esc><ctrl+t>o<esc>");
        assert_eq!(prompts(studio.keys("<ctrl+g>")), [text]);
    }
}

#[test]
fn lists_are_asked_for_once_and_read_again_when_the_prompts_are_shown() {
    let mut studio = Studio::new();
    let asked = |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::Lists(_))).count();
    let effects = studio.keys("__weather__ over __sea__");
    assert_eq!(asked(&effects), 1);
    assert!(!says(&studio, "There is no list"), "nothing is missing before they were read");
    let lists = |text: &str| Msg::Lists(BTreeMap::from([("weather".to_owned(), text.to_owned())]));
    studio.send(lists("mist\nrain\n"));
    assert!(says(&studio, "There is no list sea"), "{}", studio.screen());
    for _ in 0..7 {
        studio.keys("<backspace>");
    }
    studio.keys("the sea");
    assert!(says(&studio, "expands to 2 prompts"), "{}", studio.screen());
    assert_eq!(asked(&studio.keys("<ctrl+t>")), 1);
    studio.send(lists("mist\nrain\nsnow\n"));
    assert!(says(&studio, "snow over the sea") && says(&studio, "3 prompts"), "{}", studio.screen());
}

#[test]
fn a_style_goes_around_every_prompt_and_into_the_recipe() {
    let mut studio = Studio::new();
    studio.state.compose.request =
        studio.state.catalog.get("wan2.6-t2i").unwrap().blank(pinxit::domain::Mode::TextToImage);
    studio.keys("a {red|grey} fox<esc>");
    studio.state.pane = pinxit::tui::state::Pane::Settings;
    studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == SettingRow::Style).unwrap();
    studio.keys("l");
    assert!(says(&studio, "ink-wash"), "{}", studio.screen());
    let orders = sent(studio.keys("<ctrl+g>"));
    let prompt = &orders[1].0.prompt;
    assert!(prompt.ends_with("generous empty space") && prompt.starts_with("a grey fox, "), "{prompt}");
    assert_eq!(orders[0].0.negative_prompt, "photograph, saturated colours");
    let written = orders[0].0.written.clone().unwrap();
    assert_eq!((written.template.contains("{red|grey}"), written.style.as_deref()), (true, Some("ink-wash")));
    studio.keys("<esc>d");
    let orders = sent(studio.keys("<ctrl+g>"));
    assert_eq!((orders[0].0.negative_prompt.as_str(), orders.len()), ("", 2));
    // What a model has no place for is left out.
    studio.keys("l");
    studio.state.compose.request =
        studio.state.catalog.get("z-image-turbo").unwrap().blank(pinxit::domain::Mode::TextToImage);
    studio.send(Msg::Wake);
    assert_eq!(sent(studio.keys("<ctrl+g>"))[0].0.negative_prompt, "");
}

#[test]
fn a_style_alone_is_a_change_that_is_kept() {
    let mut studio = Studio::new();
    studio.keys("<esc>");
    studio.send(Msg::Wake);
    studio.state.pane = pinxit::tui::state::Pane::Settings;
    studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == SettingRow::Style).unwrap();
    studio.keys("l");
    studio.now.0 += 1_100;
    let effects = studio.send(Msg::Wake);
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::KeepDraft(draft) => draft.form.style.clone(),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("ink-wash"), "{effects:?}");
}

#[test]
fn a_prompt_that_becomes_too_long_is_named_and_nothing_is_sent() {
    let mut studio = Studio::new();
    studio.state.compose.request =
        studio.state.catalog.get("qwen-image").unwrap().blank(pinxit::domain::Mode::TextToImage);
    let long = "x".repeat(790);
    studio.send(Msg::Paste(format!("{{a|{long}}} fox in snow and rain")));
    assert!(sent(studio.keys("<ctrl+g>")).is_empty());
    assert!(studio.toasts().contains("Prompt 2 of 2"), "{}", studio.toasts());
    assert!(!matches!(studio.state.dialog, Some(Dialog::Confirm(_))));
}
