//! Sequences of keys, the command palette, letters to jump by, and the page of keys: keys in, state and effects out.

use pinxit::domain::{JobId, ModelId, Phase};
use pinxit::keymap::Keymap;
use pinxit::tui::action::Action;
use pinxit::tui::effect::Effect;
use pinxit::tui::layout::{HelpLine, Spot, help, spots};
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Commands, Dialog, HelpPage, Line, Pane, Prefix, Screen};
use pinxit::tui::update::wake_at;

use crate::sample::job;
use crate::studio::Studio;

const MINE: &str = r#"
[insert]
"ctrl+x u" = "text.undo"
[global]
"ctrl+x ctrl+l" = "app.redraw"
[jobs]
"g g" = "queue.first"
"#;

fn prompt(studio: &Studio) -> String {
    studio.state.compose.prompt.text()
}

fn queue() -> Studio {
    let mut studio = Studio::new();
    let phases = [Phase::Done, Phase::Running, Phase::Queued, Phase::Queued];
    studio.jobs((1..).zip(phases).map(|(id, phase)| job(id, phase)).collect());
    studio.keys("<esc>2");
    studio
}

fn palette(studio: &Studio) -> &Commands {
    match &studio.state.dialog {
        Some(Dialog::Commands(palette)) => palette,
        other => panic!("no palette: {other:?}"),
    }
}

fn orders(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Log(_) | Effect::Paint { .. })).collect()
}

#[test]
fn a_sequence_acts_when_it_is_whole_and_its_beginning_waits_in_silence() {
    let mut studio = Studio::new().with_keys(MINE);
    studio.keys("fox<ctrl+x>");
    assert!(studio.state.prefix.is_some());
    assert_eq!(wake_at(&studio.state, studio.now), Some(Prefix::QUIET), "to show what may follow");
    studio.now.0 += 300;
    let draft = wake_at(&studio.state, studio.now).unwrap();
    assert!(draft > Prefix::QUIET, "it is shown: nothing more to wake for but the draft");
    studio.keys("u");
    assert_eq!((prompt(&studio).as_str(), &studio.state.prefix), ("", &None), "the last word is undone");
    assert_eq!(studio.keys("<ctrl+x><ctrl+l>"), [Effect::Redraw], "a farther scope goes on from the same beginning");
    let mut studio = queue().with_keys(MINE);
    studio.keys("jj");
    studio.keys("g");
    assert_eq!(studio.state.prefix.as_ref().unwrap().keys.len(), 1);
    studio.keys("g");
    assert_eq!(studio.state.queue.selected, Some(JobId(2)), "at the top");
}

#[test]
fn a_sequence_that_leads_nowhere_is_dropped_with_a_word_and_eats_no_text() {
    let mut studio = Studio::new().with_keys(MINE);
    studio.keys("a fo<ctrl+x>x");
    assert_eq!(prompt(&studio), "a fox", "the letter is typed");
    assert!(studio.toasts().contains("ctrl+x x is bound to nothing here"), "{}", studio.toasts());
    assert!(studio.keys("<ctrl+x><ctrl+g>").is_empty(), "nothing is sent by half a sequence");
    assert!(studio.state.prefix.is_none());
    studio.state.toasts.clear();
    studio.keys("<ctrl+x><esc>");
    assert_eq!((studio.state.typing, studio.toasts().as_str()), (true, ""), "esc only drops it");
    studio.keys("<ctrl+x>");
    studio.send(Msg::Paste("!".into()));
    assert_eq!((prompt(&studio).as_str(), &studio.state.prefix), ("a fox!", &None));
    let mut studio = queue().with_keys(MINE);
    assert_eq!(orders(studio.keys("gx")), [], "outside a text the second key does not act");
}

#[test]
fn the_palette_finds_pause_by_a_part_of_its_words_and_does_it() {
    for start in ["", "<esc>", "<esc>2", "<esc>2/run"] {
        let mut studio = queue();
        studio.keys("1");
        studio.state.pane = Pane::Prompt;
        studio.keys("i");
        studio.keys(start);
        let typing = studio.state.typing;
        studio.keys("<ctrl+p>paus");
        assert!(palette(&studio).matches[0].here);
        let effects = orders(studio.keys("<enter>"));
        assert_eq!(effects, [Effect::Pause { model: None, paused: true }], "{start}");
        assert!(studio.state.dialog.is_none());
        assert_eq!(studio.state.typing, typing, "who was typing goes on typing");
        assert_eq!(studio.state.recent, ["queue.pause"]);
        studio.keys("<ctrl+p>");
        assert_eq!(palette(&studio).matches[0].action, "queue.pause", "what was chosen last comes first");
    }
}

#[test]
fn the_palette_lists_what_is_meant_and_not_every_sentence_with_its_letters() {
    let mut studio = queue();
    for (typed, best, most) in
        [("theme", "theme.pick", 3), ("hold", "job.hold", 6), ("pause model", "queue.pause_model", 3)]
    {
        studio.keys(&format!(":{typed}"));
        let names: Vec<_> = palette(&studio).matches.iter().map(|choice| choice.action).collect();
        assert!(names[0] == best && names.len() <= most, "{typed}: {names:?}");
        studio.keys("<esc>");
    }
}

#[test]
fn every_action_is_in_the_palette_and_in_the_page_of_keys() {
    let mut studio = queue();
    studio.keys(":");
    let names: Vec<_> = palette(&studio).matches.iter().map(|choice| choice.action).collect();
    for action in Action::ALL {
        assert!(names.contains(&action.name()), "{} is not in the palette", action.name());
    }
    let here = palette(&studio).matches.iter().take_while(|choice| choice.here).count();
    assert!(palette(&studio).matches[here..].iter().all(|choice| !choice.here), "those that work here come first");
    studio.keys("<esc>");
    for (columns, rows) in [(80, 24), (120, 40)] {
        studio.send(Msg::Resize(columns, rows));
        let sheet = help(&studio.state, &HelpPage::default());
        let words = |line: &HelpLine| match line {
            HelpLine::Keys(_, _, words) => words.clone(),
            _ => String::new(),
        };
        let text = sheet.columns.iter().flatten().map(words).collect::<Vec<_>>().join(" ");
        for action in Action::ALL {
            assert!(text.contains(action.sentence()), "{} is not in the help", action.name());
        }
    }
}

#[test]
fn an_action_without_a_key_is_still_in_help_and_palette() {
    let mut studio = queue().with_keys("[jobs]\n\"H\" = \"none\"\n");
    studio.state.queue.selected = Some(JobId(3));
    let sheet = help(&studio.state, &HelpPage { filter: Line::new("job.hold"), top: 0 });
    let found = sheet.columns.iter().flatten().any(|line| matches!(line, HelpLine::Keys(keys, ..) if keys == "no key"));
    assert!(found, "{sheet:?}");
    assert_eq!(orders(studio.keys("H")), []);
    let effects = orders(studio.keys(":job.hold<enter>"));
    assert_eq!(effects, [Effect::Hold { jobs: vec![JobId(3)], held: true }]);
}

#[test]
fn enter_in_the_palette_never_pays() {
    let mut studio = Studio::new();
    studio.keys("fox");
    assert!(studio.keys("<ctrl+p>compose.generate<enter>").is_empty());
    let Some(Dialog::Confirm(question)) = &studio.state.dialog else { panic!("it does not ask") };
    assert!(question.lines.iter().any(|line| line.contains("Enter alone never pays")), "{:?}", question.lines);
    assert!(studio.keys("<enter>").is_empty());
    assert!(matches!(studio.keys("y").as_slice(), [Effect::Submit { .. }]));
    assert_eq!(studio.state.ask_above, Studio::new().state.ask_above, "the limit is as it was");
    let mut studio = queue();
    studio.state.ask_above = None;
    assert_eq!(orders(studio.keys(":job.duplicate<enter>")), [], "on the emulator too");
    assert!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))));
}

#[test]
fn what_works_elsewhere_is_gone_to_and_not_done() {
    let mut studio = queue();
    studio.keys("1");
    assert_eq!(orders(studio.keys(":job.cancel<enter>")), [], "in the queue pane it would be the selected job's");
    let mut studio = queue();
    studio.keys("1");
    studio.state.pane = Pane::Prompt;
    assert_eq!(orders(studio.keys(":job.hold<enter>")), []);
    assert_eq!((studio.state.screen, &studio.state.dialog.is_none()), (Screen::Queue, &true));
    assert!(studio.toasts().contains("on the queue screen. Here H:"), "{}", studio.toasts());
    studio.keys(":seed.random<enter>");
    assert_eq!((studio.state.screen, studio.state.pane), (Screen::Compose, Pane::Settings));
    assert!(studio.state.recent.is_empty(), "nothing was done");
    studio.keys(":dialog.yes<enter>");
    assert!(studio.toasts().contains("works only in a question"), "{}", studio.toasts());
    assert!(matches!(studio.state.dialog, Some(Dialog::Commands(_))), "it stays open");
}

#[test]
fn a_value_being_typed_is_set_before_something_else_is_done() {
    let mut studio = Studio::new();
    studio.keys("fox");
    studio.state.pane = Pane::Settings;
    studio.state.typing = false;
    let size = studio.state.setting_rows().iter().position(|row| format!("{row:?}").contains("size")).unwrap();
    studio.state.compose.row = size;
    studio.keys("<enter><ctrl+u>1024*1024<ctrl+p>screen.queue<enter>");
    assert_eq!(studio.state.screen, Screen::Queue);
    assert_eq!(studio.state.compose.request.size.to_string(), "1024*1024");
    studio.keys("1<enter><ctrl+u>big<ctrl+p>screen.queue<enter>");
    assert_eq!(studio.state.screen, Screen::Compose, "a value that is none keeps the user with it");
    assert_eq!(studio.state.compose.typed.as_ref().map(Line::text), Some("big"));
}

/// The letter of a place.
fn letter(studio: &Studio, spot: Spot) -> String {
    let found = spots(&studio.state).into_iter().find(|(_, known)| *known == spot);
    found.unwrap_or_else(|| panic!("{spot:?} has no letter")).0.to_string()
}

#[test]
fn a_letter_goes_to_its_pane_row_or_job() {
    let mut studio = queue();
    studio.keys("1");
    studio.state.pane = Pane::Prompt;
    studio.keys(";");
    assert!(matches!(studio.state.dialog, Some(Dialog::Jump)));
    let keys = letter(&studio, Spot::Setting(2));
    studio.keys(&keys);
    assert_eq!((studio.state.pane, studio.state.compose.row, studio.state.typing), (Pane::Settings, 2, false));
    let keys = letter(&studio, Spot::Job(JobId(1)));
    studio.keys(&format!(";{keys}"));
    assert_eq!((studio.state.pane, studio.state.queue.selected), (Pane::Queue, Some(JobId(1))));
    let keys = letter(&studio, Spot::Pane(Pane::Negative));
    studio.keys(&format!(";{keys}"));
    assert_eq!((studio.state.pane, studio.state.typing), (Pane::Negative, true));
    studio.keys("x;<esc>2");
    assert_eq!(studio.state.compose.negative.text(), "x;", "while typing it is a letter");
    let keys = letter(&studio, Spot::Job(JobId(3)));
    studio.keys(&format!(";{keys}"));
    assert_eq!((studio.state.screen, studio.state.queue.selected), (Screen::Queue, Some(JobId(3))));
    studio.keys(";<esc>");
    assert!(studio.state.dialog.is_none());
    assert_eq!(orders(studio.keys(";9x")), [Effect::Cancel(JobId(3))], "9 is no letter there; x is a key again");
    assert!(studio.toasts().contains("No place has the letter 9"), "{}", studio.toasts());
}

#[test]
fn letters_are_each_for_one_place_and_never_more_than_there_are() {
    let mut studio = Studio::new();
    studio.jobs((1..200).map(|id| job(id, Phase::Done)).collect());
    for (columns, rows) in [(200, 70), (80, 24), (44, 14), (30, 8)] {
        studio.send(Msg::Resize(columns, rows));
        for screen in ["<esc>1", "2"] {
            studio.keys(screen);
            let found = spots(&studio.state);
            let mut letters: Vec<_> = found.iter().map(|(letter, _)| *letter).collect();
            letters.sort_unstable();
            letters.dedup();
            assert_eq!(letters.len(), found.len(), "{columns}x{rows}");
            assert!(columns < 40 || !found.is_empty(), "{columns}x{rows}");
        }
    }
}

#[test]
fn the_page_of_keys_is_searched_by_typing_and_scrolls_no_farther_than_its_end() {
    let mut studio = Studio::new().sized(80, 24);
    studio.keys("<f1>");
    let page = |studio: &Studio| match &studio.state.dialog {
        Some(Dialog::Help(page)) => page.clone(),
        other => panic!("no help: {other:?}"),
    };
    let last = help(&studio.state, &page(&studio)).last_top;
    (0..60).for_each(|_| drop(studio.keys("<pagedown>")));
    assert_eq!(page(&studio).top, last);
    studio.keys("<up>");
    assert_eq!(page(&studio).top, last - 1, "back at the first key press");
    studio.keys("redo");
    assert_eq!((page(&studio).filter.text(), page(&studio).top), ("redo", 0));
    let sheet = help(&studio.state, &page(&studio));
    let keys = sheet.columns[0].iter().filter(|line| matches!(line, HelpLine::Keys(..))).count();
    assert_eq!(keys, 2, "in a text and while typing: {sheet:?}");
    studio.keys("<f1>");
    assert!(studio.state.dialog.is_none());
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.7-image-pro"), "nothing typed there acted");
}

#[test]
fn news_name_the_key_that_is_bound_or_none() {
    for (mine, says) in [
        ("", "u brings it back"),
        ("\"Z\" = \"queue.unclear\"\n\"u\" = \"none\"\n", "Z brings it back"),
        ("\"u\" = \"none\"\n", "its pictures stay"),
    ] {
        let mut studio = queue().with_keys(&format!("[jobs]\n{mine}"));
        studio.state.queue.selected = Some(JobId(1));
        studio.keys("c");
        assert!(studio.toasts().ends_with(says), "{mine}: {}", studio.toasts());
    }
}

#[test]
fn the_preset_has_one_meaning_for_each_key_of_a_scope() {
    let keymap = Keymap::builtin();
    for (at, one) in keymap.bindings().iter().enumerate() {
        for other in keymap.bindings()[at + 1..].iter().filter(|other| other.scope == one.scope) {
            let (a, b) = (one.keys.as_slice(), other.keys.as_slice());
            assert!(!a.starts_with(b) && !b.starts_with(a), "{} and {} in [{}]", one.keys, other.keys, one.scope);
        }
    }
}
