//! S10, a terminal that is respected: any size, no colours where none are wanted, keys of one's own, words of a server that
//! are only words, and a key that is never shown.

use std::time::Duration;

use pinxit::emulator::{Fault, FaultRule, Scope};

use super::{BARE, KEY, QUIET, RICH, STAGES, Sitting};
use crate::cli::Home;
use crate::demo::choose_small;

/// The screen as it stands, and as it is when it is drawn afresh.
fn assert_nothing_is_stale(it: &mut Sitting) {
    it.pty.settle(QUIET);
    let stands = it.pty.screen();
    it.answer("\x0c");
    assert_eq!(stands, it.pty.screen(), "cells were left behind");
}

#[test]
fn story_s10_the_terminal_changes_its_size_during_a_run_and_nothing_is_left_behind() {
    for terminal in [RICH, BARE] {
        let mut it = Sitting::new(((120, 40), terminal));
        choose_small(&mut it.pty);
        it.pty.send("a red fox\x07");
        it.pty.wait_for("#1 ");
        for (columns, rows) in [(80, 24), (40, 12), (39, 9), (58, 15), (40, 12), (80, 24)] {
            it.pty.resize(columns, rows);
            let words = match (columns, rows) {
                (39, 9) => "40",
                // One pane, and always the price.
                _ => "$0.02",
            };
            it.pty.wait_for(words);
        }
        it.pty.resize(120, 40);
        it.pty.wait_for("DONE");
        it.stop_typing();
        it.pty.wait("a whole screen", |screen| screen.lines().count() >= 39 && screen.contains("Picture"));
        it.pty.wait("no news any more", |screen| !screen.contains("done: 1 picture"));
        assert_nothing_is_stale(&mut it);
        for (columns, rows) in [(40, 12), (80, 24), (120, 40)] {
            it.pty.resize(columns, rows);
            it.pty.settle(QUIET);
            assert_nothing_is_stale(&mut it);
        }
        it.leave();
    }
}

fn coloured(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut codes = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    codes.any(|codes| {
        codes.split(';').any(|code| matches!(code.parse::<u8>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107)))
    })
}

#[test]
fn story_s10_without_colours_every_state_is_a_word() {
    for (size, terminal) in STAGES {
        let faults = vec![FaultRule::new(Scope::Submit, Fault::inspection()).times(1)];
        let mut it = Sitting::with((size, terminal), faults, &[("NO_COLOR", "1")], |_, _| ());
        choose_small(&mut it.pty);
        it.pty.send("a red fox\x07");
        it.pty.wait_for("FAILED");
        it.stop_typing();
        it.then("P", "Paused");
        it.pty.send("i\x07");
        it.pty.wait_for("QUEUED");
        it.stop_typing();
        it.then("2", "[2 Queue]");
        it.then("H", "HELD");
        it.then("P", "FAILED");
        it.pty.send("H");
        it.pty.wait("all three words", |screen| screen.contains("DONE") && screen.contains("FAILED"));
        assert!(!coloured(&it.pty.bytes), "a colour was sent");
        it.leave();
    }
}

/// Every action that the program knows, by name and sentence.
fn actions(home: &Home) -> Vec<(String, String)> {
    let (code, told) = crate::cli::json(&mut home.pinxit(&["keys", "--json"]));
    assert_eq!(code, 0);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = told["keys"].as_array().unwrap_or_else(|| panic!("{told:#}"));
    all.iter().map(|key| (text(&key["action"]), text(&key["sentence"]))).collect()
}

#[test]
fn story_s10_every_action_is_found_by_its_name_in_palette_and_help() {
    for stage in STAGES {
        let mut it = Sitting::new(stage);
        it.stop_typing();
        let known = actions(&it.home);
        assert!(known.len() > 100);
        // Some of them over a real line; the core is asked for all of them in `keys.rs`.
        for (name, sentence) in known.iter().step_by(16) {
            let words: String = sentence.chars().take(24).collect();
            it.pty.send("\x10");
            it.pty.wait_for("Do: ");
            it.pty.send(name);
            it.pty.wait(sentence, |screen| screen.contains(&words));
            it.pty.send("\x1b");
            it.pty.wait("the palette closed", |screen| !screen.contains("Do: "));
            it.pty.send("?");
            it.pty.wait_for("Find: ");
            it.pty.send(name);
            it.pty.wait(sentence, |screen| screen.contains(&words));
            it.pty.send("\x1b");
            it.pty.wait("the help closed", |screen| !screen.contains("Find: "));
        }
        it.leave();
    }
}

const MINE: &str = "[form]\n\"Z\" = \"model.pick\"\n\"m\" = \"none\"\n[settings]\n\"Z\" = \"field.snap\"\n";

#[test]
fn story_s10_a_key_of_ones_own_is_in_help_palette_and_footer_and_does_it() {
    for stage in STAGES {
        let mut it = Sitting::with(stage, vec![], &[], |home: &Home, _| {
            std::fs::create_dir_all(home.path().join("config")).unwrap();
            std::fs::write(home.path().join("config/keymap.toml"), MINE).unwrap();
        });
        it.stop_typing();
        it.pty.send("?");
        it.pty.send("model.pick");
        it.pty.wait("it in the help", |screen| screen.contains("Choose a model") && screen.contains("Z*"));
        it.pty.send("\x1b");
        it.pty.wait("the help closed", |screen| !screen.contains("Z*"));
        it.pty.send("\x10model.pick");
        it.pty.wait("it in the palette", |screen| {
            screen.lines().any(|line| line.contains("Choose a model") && line.contains(" Z"))
        });
        it.pty.send("\x1b");
        it.pty.wait("the palette closed", |screen| !screen.contains("model.pick"));
        it.pty.send("m");
        it.answer("Z");
        assert!(it.pty.screen().contains("wan2.6-t2i"), "the list of models is open: {}", it.pty.screen());
        it.pty.send("\x1b");
        it.pty.wait("the list closed", |screen| !screen.contains("wan2.6-t2i"));
        it.leave();
    }
}

#[test]
fn story_s10_the_servers_words_are_words_and_the_key_is_nowhere() {
    let hostile = format!("no\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}evil for {KEY}");
    let fault = || Fault::Refuse {
        status: Some(400),
        code: "InvalidParameter\u{1b}[2J".into(),
        message: Some(hostile.clone()),
        billed: false,
        shape: pinxit::emulator::ErrorShape::Native,
        retry_after: None,
    };
    for stage in STAGES {
        let mut it = Sitting::with(stage, vec![FaultRule::new(Scope::Submit, fault())], &[], |_, _| ());
        choose_small(&mut it.pty);
        it.pty.send("a red fox\x07");
        it.pty.wait_for("FAILED");
        it.pty.wait("what the server said", |screen| screen.contains("evil"));
        it.stop_typing();
        it.then("2", "[2 Queue]");
        it.pty.wait("its log", |screen| screen.contains("evil"));
        it.pty.settle(Duration::from_millis(300));
        let text = String::from_utf8_lossy(&it.pty.bytes).into_owned();
        let begun = text.find("a red fox").unwrap();
        for evil in ["\x1b[2J", "\x1b]0;", "\u{9b}", "\u{202e}"] {
            assert!(!text[begun..].contains(evil), "{evil:?} was sent");
        }
        assert_nothing_is_stale(&mut it);
        it.leave();
        let curl =
            it.home.on(&it.emulator, &["gen", "a fox", "--curl"]).env("DASHSCOPE_API_KEY", KEY).output().unwrap();
        assert!(!String::from_utf8_lossy(&curl.stdout).contains("5ecre7"));
        for file in files(it.home.path()) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"5ecre7"), "{} has the key", file.display());
        }
    }
}

fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
