//! A user's own keymap.toml: on the command line, and in the studio on a real terminal.

use std::path::Path;

use serde_json::Value;

use crate::cli::Home;
use crate::demo::stop_typing;
use crate::pty::Start;

const MINE: &str = r#"# mine
[normal]
"Q" = "queue.pause"
"ctrl+s" = "queue.pause"

[jobs]
"g g" = "queue.first"
"g" = "queue.last"
"x" = "none"
"z" = "job.cancle"
"#;

fn keymap(home: &Path, text: &str) {
    std::fs::create_dir_all(home.join("config")).unwrap();
    std::fs::write(home.join("config/keymap.toml"), text).unwrap();
}

#[test]
fn every_wrong_line_is_named_and_the_others_hold() {
    let home = Home::new();
    keymap(home.path(), MINE);
    let checked = home.pinxit(&["keys", "--check"]).assert().code(2);
    let said = String::from_utf8_lossy(&checked.get_output().stderr).into_owned();
    for part in [
        "keymap.toml:4: ctrl+s is never bound",
        "keymap.toml:8: g and g g of line 7",
        "keymap.toml:10: there is no action job.cancle: did you mean job.cancel?",
        "3 lines are not used",
    ] {
        assert!(said.contains(part), "{part} in:\n{said}");
    }
    let listed = home.pinxit(&["keys", "--json"]).assert().success();
    let document: Value = serde_json::from_slice(&listed.get_output().stdout).unwrap();
    assert_eq!(document["schema"], "pinxit.keys/1");
    assert_eq!(document["notices"].as_array().unwrap().len(), 3);
    let row = |scope: &str, action: &str| {
        let keys = document["keys"].as_array().unwrap();
        keys.iter().find(|row| row["scope"] == scope && row["action"] == action).unwrap().clone()
    };
    assert_eq!(row("normal", "queue.pause")["keys"], serde_json::json!(["Q", "P"]));
    assert_eq!(row("normal", "queue.pause")["custom"], true);
    assert_eq!(row("jobs", "queue.first")["keys"], serde_json::json!(["g g", "home"]), "its old key was in the way");
    assert_eq!(row("jobs", "job.cancel")["keys"], serde_json::json!([]));
    assert_eq!(row("queue", "job.cancel")["keys"], serde_json::json!(["x"]), "taken away in one scope only");
}

#[test]
fn keys_are_listed_by_scope_with_the_users_own_marked() {
    let home = Home::new();
    let text = |args: &[&str]| {
        let done = home.pinxit(args).assert().success();
        String::from_utf8_lossy(&done.get_output().stdout).into_owned()
    };
    let all = text(&["keys"]);
    assert!(all.contains("[global] everywhere") && all.contains("[jobs] on the queue screen"), "{all}");
    assert!(!all.lines().any(|line| line.starts_with('*')), "{all}");
    assert!(text(&["keys", "--check"]).contains("not there"));
    keymap(home.path(), "[jobs]\n\"z\" = \"job.hold\"\n");
    let jobs = text(&["keys", "--scope", "jobs"]);
    assert!(!jobs.contains("[global]"), "{jobs}");
    let marked: Vec<_> = jobs.lines().filter(|line| line.starts_with('*')).collect();
    assert!(marked[0].contains("z, H") && marked[0].contains("job.hold"), "{jobs}");
    assert!(marked[1].ends_with("config/keymap.toml"), "{jobs}");
    assert!(text(&["keys", "--check"]).contains("good; keys of your own: 1"));
    home.pinxit(&["keys", "--scope", "kitchen"]).assert().code(2);
}

#[test]
fn a_broken_file_prevents_nothing() {
    let home = Home::new();
    for text in ["[jobs\n\"x\" = 3\n", "\"x\" = \"job.cancel\"\n", "[jobs]\n\"x\" = {}\n", "\u{1b}[2J"] {
        keymap(home.path(), text);
        home.pinxit(&["keys", "--check"]).assert().code(2);
        let listed = home.pinxit(&["keys"]).assert().success();
        assert!(String::from_utf8_lossy(&listed.get_output().stdout).contains("ctrl+g"), "{text:?}");
        assert!(!listed.get_output().stderr.contains(&0x1b), "{text:?}");
    }
    std::fs::write(home.path().join("config/keymap.toml"), [0xff, 0xfe]).unwrap();
    let checked = home.pinxit(&["keys", "--check"]).assert().code(2);
    assert!(String::from_utf8_lossy(&checked.get_output().stderr).contains("not UTF-8"));
}

#[test]
fn a_key_of_ones_own_is_in_help_and_palette_and_a_conflict_is_told_by_line() {
    let home = tempfile::tempdir().unwrap();
    keymap(
        home.path(),
        "[normal]\n\"Q\" = \"queue.pause\"\n\n[jobs]\n\"z\" = \"job.hold\"\n\"Z\" = \"job.hold\"\n\"shift+z\" = \"job.front\"\n",
    );
    let place = home.path().to_str().unwrap();
    let env = [
        ("PINXIT_HOME", place),
        ("HOME", place),
        ("PATH", "/usr/bin:/bin"),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
    ];
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size: (80, 24) }.start();
    pty.wait("the conflict and its line", |screen| {
        screen.contains("keymap.toml:7: Z is bound") && screen.contains("f1 keys")
    });
    stop_typing(&mut pty);
    pty.send("?pause:");
    pty.wait("the user's own key, marked", |screen| screen.contains("Q* P") && screen.contains("* set in"));
    pty.send("\x1b");
    pty.wait("the help to close", |screen| !screen.contains("* set in"));
    pty.send(":paus");
    pty.wait("the command with its key", |screen| {
        screen.lines().any(|line| line.contains("Pause: send nothing more") && line.contains(" Q "))
    });
    pty.send("\r");
    pty.wait_for("Paused: nothing more is sent");
    pty.send("2");
    pty.wait_for("PAUSED: Q lets the queue go on");
    pty.send("Q");
    pty.wait("the queue to go on", |screen| !screen.contains("PAUSED"));
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
}
