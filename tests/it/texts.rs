//! The two texts at the keys: letters and words of every script, selection, undo, the draft that is kept, the user's own editor.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use pinxit::domain::{Draft, Fault, FaultKind, JobId, Phase, Stamp};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Dialog, Opening, Pane, Screen, State};
use pinxit::tui::update::{last, wake_at};

use crate::sample::job;
use crate::studio::Studio;

fn prompt(studio: &Studio) -> String {
    studio.state.compose.prompt.text()
}

fn kept(effects: &[Effect]) -> Vec<Draft> {
    let draft = |effect: &Effect| match effect {
        Effect::KeepDraft(draft) => Some((**draft).clone()),
        _ => None,
    };
    effects.iter().filter_map(draft).collect()
}

/// Another studio, opened with what was kept, as it is read from the disk.
fn reopened(studio: &Studio, draft: &Draft) -> Studio {
    let read: Draft = serde_json::from_str(&serde_json::to_string(&draft.bounded()).unwrap()).unwrap();
    let state = &studio.state;
    let state = State::new(Opening {
        catalog: state.catalog.clone(),
        keymap: state.keymap.clone(),
        theme: state.theme.clone(),
        unicode: true,
        model: "wan2.7-image-pro".into(),
        ask_above: None,
        caps: pinxit::domain::Caps::NONE,
        region: pinxit::domain::Region::Singapore,
        demo: false,
        styles: Default::default(),
        lists: Vec::new(),
        dice: 2,
        draft: Some(read.mended()),
    });
    Studio { state, now: studio.now }.sized(120, 40)
}

#[test]
fn the_keys_of_a_shells_line_work() {
    for (keys, text) in [
        ("one two<ctrl+a>>", ">one two"),
        ("one two<ctrl+a><ctrl+e>!", "one two!"),
        ("one two<alt+b><ctrl+k>", "one "),
        ("one two<alt+b><ctrl+u>", "two"),
        ("one two<ctrl+w>", "one "),
        ("one two<alt+backspace><alt+backspace>", ""),
        ("one two<ctrl+w><ctrl+y><ctrl+y>", "one twotwo"),
        ("one two three<ctrl+w><ctrl+w><ctrl+y>", "one two three"),
        ("one two<ctrl+w><left><right><ctrl+w><ctrl+y>", "one "),
        ("red <ctrl+u>fox<ctrl+w><ctrl+y><alt+y>", "red "),
        ("red <ctrl+u>fox<ctrl+w><ctrl+y><alt+y><alt+y>!<alt+y>", "fox!"),
        ("one two<home><alt+f>,<alt+d>", "one,"),
        ("one two<home><ctrl+d><delete>", "e two"),
        ("one\ntwo<up>!<down>?", "one!\ntwo?"),
        ("one\ntwo<ctrl+home>!", "!one\ntwo"),
        ("雪中，红狐<ctrl+w>", "雪中，"),
        ("a👩\u{200d}🎨b<left><backspace>", "ab"),
        ("cafe\u{301}<backspace>", "caf"),
        ("🇩🇪🇫🇷<backspace>", "🇩🇪"),
    ] {
        let mut studio = Studio::new();
        studio.keys(keys);
        assert_eq!(prompt(&studio), text, "{keys}");
    }
}

#[test]
fn what_is_killed_in_one_text_is_pasted_in_the_other() {
    let mut studio = Studio::new();
    studio.keys("blurry hands<ctrl+w><tab><ctrl+y>");
    assert_eq!((prompt(&studio).as_str(), studio.state.compose.negative.text().as_str()), ("blurry ", "hands"));
}

#[test]
fn words_are_selected_by_shift_or_from_the_mark_and_copied_to_the_clipboard() {
    let mut studio = Studio::new();
    studio.keys("a red fox<shift+left><shift+left><shift+left>");
    assert_eq!(studio.keys("<alt+w>"), [Effect::Copy("fox".into())]);
    assert_eq!(prompt(&studio), "a red fox", "copied, not cut");
    studio.keys("<home><ctrl+space><right><right><ctrl+w>");
    assert_eq!(prompt(&studio), "red fox");
    studio.keys("<end><ctrl+y>");
    assert_eq!(prompt(&studio), "red foxa ");
    studio.keys("<ctrl+space><home>x");
    assert_eq!(prompt(&studio), "x", "typed in its place");
    studio.keys("<alt+u>");
    assert_eq!(prompt(&studio), "red foxa ");
    assert_eq!(studio.keys("<alt+w>"), [], "nothing is selected");
    studio.keys("<ctrl+space><left><esc>i<left>!");
    assert_eq!(prompt(&studio), "red fox!a ", "escape takes the mark off");
}

#[test]
fn the_cursor_goes_by_rows_as_they_are_on_the_screen_and_keeps_its_column() {
    let mut studio = Studio::new().sized(44, 14);
    // The pane is 40 columns wide within its border.
    studio.send(Msg::Paste(format!("{}\n{}\nzz", "雪中红狐宣纸水墨".repeat(3), "ab cd ".repeat(9))));
    studio.keys("<ctrl+home><right><right><right><down>!");
    let text = prompt(&studio);
    assert_eq!(text.find('!').map(|at| text[..at].chars().count()), Some(23), "{text}");
    studio.keys("<backspace><down><down><down>");
    assert_eq!(studio.state.compose.prompt.cursor(), text.len() - 1, "at the end of a row that is shorter");
    studio.keys("<up>!");
    let text = prompt(&studio);
    assert!(text.ends_with("ab cd ab !cd ab cd \nzz"), "in the column it came from: {text}");
}

#[test]
fn a_loaded_job_is_undone_as_one_and_undo_goes_on_into_the_draft_before() {
    let mut studio = Studio::new();
    studio.keys("my own draft");
    studio.state.compose.request.n = 3;
    studio.jobs(vec![job(1, Phase::Done)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio.keys("a, at dusk<ctrl+c>");
    assert_eq!((prompt(&studio).as_str(), studio.state.compose.parent), ("", None), "cleared, and made from nothing");
    let mut seen = Vec::new();
    for _ in 0..4 {
        studio.keys("<alt+u>");
        seen.push((prompt(&studio), studio.state.compose.request.n, studio.state.compose.parent));
    }
    let one = Some(JobId(1).into());
    assert_eq!(
        seen,
        [
            ("a red fox in snow, at dusk".into(), 1, one),
            ("a red fox in snow, at ".into(), 1, one),
            ("a red fox in snow, ".into(), 1, one),
            ("a red fox in snow".into(), 1, one),
        ]
    );
    studio.keys("<alt+u>");
    assert_eq!((prompt(&studio).as_str(), studio.state.compose.request.n), ("my own draft", 3));
    assert_eq!(studio.state.compose.parent, None);
    studio.keys("<alt+u>");
    assert_eq!(prompt(&studio), "my own ");
    studio.keys(&"<alt+U>".repeat(6));
    assert_eq!((prompt(&studio).as_str(), studio.state.compose.parent), ("", None), "and all of it again");
    studio.keys("<alt+u>");
    assert_eq!((prompt(&studio).as_str(), studio.state.compose.parent), ("a red fox in snow, at dusk", one));
}

#[test]
fn the_draft_is_kept_once_a_second_at_most_and_once_more_at_the_end() {
    let mut studio = Studio::new();
    assert_eq!((last(&mut studio.state), wake_at(&studio.state, studio.now)), (vec![], None), "nothing to keep");
    let mut writes = 0;
    for tenth in 0..100 {
        studio.now = Stamp(studio.now.0 + 100);
        let effects = studio.keys("x");
        writes += kept(&effects).len();
        assert!(wake_at(&studio.state, studio.now).is_none_or(|left| left.as_millis() <= 1000), "{tenth}");
    }
    assert!((9..=10).contains(&writes), "{writes} in ten seconds");
    studio.now = Stamp(studio.now.0 + 1000);
    let effects = studio.send(Msg::Wake);
    assert_eq!(kept(&effects).last().unwrap().form.prompt.text().len(), 100);
    assert_eq!(wake_at(&studio.state, studio.now), None, "then it sleeps");
    studio.keys("y");
    studio.now = Stamp(studio.now.0 - 3_600_000);
    studio.send(Msg::Wake);
    assert!(wake_at(&studio.state, studio.now).is_some_and(|left| left.as_millis() <= 1000), "a clock put back");
    assert!(kept(&last(&mut studio.state))[0].form.prompt.text().ends_with("xy"));
    assert!(last(&mut studio.state).is_empty());
}

#[test]
fn a_draft_that_cannot_be_kept_is_said_once() {
    let mut studio = Studio::new();
    let full = Fault::new(FaultKind::Other, "disk_full", "The disk is full.");
    for _ in 0..3 {
        studio.send(Msg::DraftKept(Err(full.clone())));
    }
    assert_eq!(studio.toasts().matches("The disk is full").count(), 1, "{}", studio.toasts());
}

#[test]
fn the_next_start_has_texts_settings_cursor_undo_and_what_was_before() {
    let mut studio = Studio::new();
    studio.keys("the first draft<tab>blurry<esc>mwan26t2i<enter>");
    studio.jobs(vec![job(1, Phase::Done)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio.keys("a, 雪<left>");
    studio.state.compose.seed_rises = true;
    let draft = kept(&last(&mut studio.state)).remove(0);
    let mut again = reopened(&studio, &draft);
    let compose = &again.state.compose;
    assert_eq!((compose.prompt.text().as_str(), compose.parent), ("a red fox in snow, 雪", Some(JobId(1).into())));
    assert_eq!((compose.request.seed, compose.random_seed), (Some(7), false));
    assert!(compose.seed_rises, "the seed goes on counting");
    assert!(last(&mut again.state).is_empty(), "nothing has changed");
    again.keys("!<alt+u><alt+u><alt+u>");
    assert_eq!(prompt(&again), "a red fox in snow");
    again.keys("<alt+u>");
    assert_eq!((prompt(&again).as_str(), again.state.compose.negative.text().as_str()), ("the first draft", "blurry"));
    assert_eq!(again.state.compose.request.model.as_str(), "wan2.6-t2i");
    again.keys("<alt+u>");
    assert_eq!(prompt(&again), "the first ");
}

#[test]
fn a_draft_of_a_model_that_is_gone_comes_back_in_words() {
    let mut studio = Studio::new();
    studio.keys("a fox");
    let mut draft = kept(&last(&mut studio.state)).remove(0);
    draft.form.request.model = "a-model-of-mine".into();
    let again = reopened(&studio, &draft);
    assert_eq!((prompt(&again).as_str(), again.state.compose.request.model.as_str()), ("a fox", "wan2.7-image-pro"));
}

#[test]
fn while_a_waiting_job_is_in_the_form_the_draft_kept_is_the_users_own() {
    let mut studio = Studio::new();
    studio.keys("my draft");
    studio.jobs(vec![job(3, Phase::Queued)]);
    studio.keys("<esc>2e, changed");
    let draft = kept(&last(&mut studio.state)).remove(0);
    assert_eq!(draft.form.prompt.text(), "my draft");
    studio.keys("!");
    assert!(last(&mut studio.state).is_empty());
}

#[test]
fn the_users_own_editor_gets_the_text_that_has_the_keys_and_its_answer_is_an_edit() {
    let mut studio = Studio::new();
    studio.keys("a fox<tab>blurry");
    assert_eq!(studio.keys("<ctrl+x><ctrl+e>"), [Effect::EditText("blurry".into())]);
    studio.send(Msg::Edited(Ok("blurry, \x1b[31mhands\x07\tand feet\u{202e}\r\n".into())));
    let negative = |studio: &Studio| studio.state.compose.negative.text();
    assert_eq!(negative(&studio), "blurry, [31mhands and feet", "control characters stay out");
    studio.keys("<alt+u>");
    assert_eq!(negative(&studio), "blurry");
    for left in [Ok("\n \n".to_owned()), Err(Fault::new(FaultKind::Other, "editor_failed", "It failed."))] {
        studio.keys("<ctrl+x><ctrl+e>");
        studio.send(Msg::Edited(left));
        assert_eq!(negative(&studio), "blurry");
    }
    assert!(studio.toasts().contains("It failed."), "{}", studio.toasts());
    (studio.state.pane, studio.state.typing) = (Pane::Settings, false);
    assert_eq!(studio.keys("<ctrl+x><ctrl+e>"), [Effect::EditText("a fox".into())], "elsewhere it is the prompt");
    assert_eq!(studio.keys("<ctrl+g>").len(), 1, "and nothing was sent by it");
}

/// What a user does to a text, by the letters they see.
#[derive(Debug, Clone)]
enum Deed {
    Type(String),
    Left,
    Right,
    Start,
    End,
    Backspace,
    Delete,
    KillLine,
    Walk(bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    let text = prop::sample::select(vec![
        "a",
        "b ",
        " ",
        "\n",
        "狐",
        "雪中",
        "👩\u{200d}🎨",
        "🇩🇪",
        "e\u{301}",
        "👍🏽",
        "❤\u{fe0f}",
        "，",
        "x",
    ]);
    prop_oneof![
        4 => text.prop_map(|text| Deed::Type(text.to_owned())),
        1 => Just(Deed::Left),
        1 => Just(Deed::Right),
        1 => Just(Deed::Start),
        1 => Just(Deed::End),
        1 => Just(Deed::Backspace),
        1 => Just(Deed::Delete),
        1 => Just(Deed::KillLine),
        1 => any::<bool>().prop_map(Deed::Walk),
    ]
}

/// The naive model: the text, and the cursor in bytes; letters are counted anew each time.
fn do_naively(text: &mut String, cursor: &mut usize, deed: &Deed) {
    let before = text[..*cursor].chars().count();
    let next = text.grapheme_indices(true).map(|(at, letter)| at + letter.len()).find(|end| end > cursor);
    let last = text.grapheme_indices(true).map(|(at, _)| at).take_while(|at| at < cursor).last();
    match deed {
        Deed::Type(typed) => {
            *text = text.chars().take(before).chain(typed.chars()).chain(text.chars().skip(before)).collect();
            *cursor += typed.len();
        }
        Deed::Left => *cursor = last.unwrap_or(0),
        Deed::Right => *cursor = next.unwrap_or(text.len()),
        Deed::Start => *cursor = text[..*cursor].rfind('\n').map_or(0, |at| at + 1),
        Deed::End => *cursor = text[*cursor..].find('\n').map_or(text.len(), |at| *cursor + at),
        Deed::Backspace => {
            let from = last.unwrap_or(0);
            text.replace_range(from..*cursor, "");
            *cursor = from;
        }
        Deed::Delete => text.replace_range(*cursor..next.unwrap_or(text.len()), ""),
        Deed::KillLine => {
            let end = text[*cursor..].find('\n').map_or(text.len(), |at| *cursor + at);
            let end = if end == *cursor { next.unwrap_or(end) } else { end };
            text.replace_range(*cursor..end, "");
        }
        Deed::Walk(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_done_to_a_text_it_is_what_a_naive_model_says_and_undo_finds_the_beginning(
        deeds in prop::collection::vec(deed(), 0..80),
        sizes in prop::collection::vec((40u16..140, 10u16..50), 1..4),
        negative: bool,
    ) {
        let mut studio = Studio::new();
        let pane = if negative { Pane::Negative } else { Pane::Prompt };
        studio.state.pane = pane;
        let (mut text, mut cursor) = (String::new(), 0);
        for (nth, deed) in deeds.iter().enumerate() {
            if nth % 20 == 0 {
                let (columns, rows) = sizes[nth / 20 % sizes.len()];
                studio.send(Msg::Resize(columns, rows));
            }
            do_naively(&mut text, &mut cursor, deed);
            match deed {
                Deed::Type(typed) => drop(studio.send(Msg::Paste(typed.clone()))),
                Deed::Left => drop(studio.keys("<left>")),
                Deed::Right => drop(studio.keys("<right>")),
                Deed::Start => drop(studio.keys("<home>")),
                Deed::End => drop(studio.keys("<end>")),
                Deed::Backspace => drop(studio.keys("<backspace>")),
                Deed::Delete => drop(studio.keys("<delete>")),
                Deed::KillLine => drop(studio.keys("<ctrl+k>")),
                Deed::Walk(up) => {
                    drop(studio.keys(if *up { "<up>" } else { "<down>" }));
                    cursor = studio.state.editor(pane).cursor();
                    let edges: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
                    prop_assert!(edges.contains(&cursor), "{cursor} is inside a letter of {text:?}");
                }
            }
            prop_assert_eq!(studio.state.editor(pane).as_str(), &text);
            prop_assert_eq!(studio.state.editor(pane).cursor(), cursor);
        }
        let draft = kept(&last(&mut studio.state)).pop();
        let mut studio = draft.map_or(studio.sized(80, 24), |draft| reopened(&Studio::new(), &draft));
        (studio.state.pane, studio.state.typing) = (pane, true);
        studio.keys(&"<alt+u>".repeat(deeds.len() + 1));
        prop_assert_eq!(studio.state.editor(pane).as_str(), "");
        studio.keys(&"<alt+U>".repeat(deeds.len() + 1));
        prop_assert_eq!(studio.state.editor(pane).as_str(), &text);
    }
}

#[test]
fn escape_and_a_letter_that_come_together_are_two_keys() {
    let mut studio = Studio::new();
    studio.keys("a red fox<alt+2>");
    assert_eq!((studio.state.screen, studio.state.typing), (Screen::Queue, false));
    assert_eq!(studio.state.compose.prompt.text(), "a red fox");
    studio.keys("1i");
    // What Alt does mean goes first.
    studio.keys("<alt+b>brown <alt+q>");
    assert_eq!(studio.state.compose.prompt.text(), "a red brown fox");
    // Where nothing is typed, too: out of a dialog and on, or nothing to leave.
    studio.keys("<esc>$");
    assert!(studio.state.dialog.is_some());
    studio.keys("<alt+3>");
    assert_eq!((studio.state.screen, studio.state.dialog.is_none()), (Screen::Gallery, true));
    studio.keys("<alt+4>");
    assert_eq!(studio.state.screen, Screen::History);
    // An entry has keys of its own with Alt.
    studio.keys("1?jump<alt+b>x");
    assert!(matches!(&studio.state.dialog, Some(Dialog::Help(page)) if page.filter.text() == "xjump"));
}
