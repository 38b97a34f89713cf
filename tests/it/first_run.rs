//! The first start without a key: the ways on, a key given at the keys, and where it goes and does not go.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use pinxit::domain::{Fault, FaultKind, Phase, Region, Secret};
use pinxit::tui::effect::{Effect, Service};
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Access, Dialog, Welcome};

use crate::cli::{Home, emulator};
use crate::demo::{choose_small, stop_typing};
use crate::pty::{Pty, Start};
use crate::studio::Studio;

const KEY: &str = "sk-0123456789abcdef0123456789abcdef";

/// A studio that was opened without a key.
fn keyless() -> Studio {
    let mut studio = Studio::new();
    let file = "/home/ana/.config/pinxit/api_key".to_owned();
    studio.state.access = Access { missing: true, asks_region: true, file, ..Access::default() };
    studio.state.dialog = Some(Dialog::Welcome(Welcome::Ways { selected: 0 }));
    studio
}

#[test]
fn a_pasted_key_is_taken_with_its_region_and_opens_the_service() {
    let mut studio = keyless();
    assert_eq!(studio.keys("<down><enter>"), []);
    studio.send(Msg::Paste(format!("  {KEY}\n")));
    assert_eq!(studio.keys("<enter><down>"), []);
    let key = Secret::new(KEY.to_owned());
    assert_eq!(studio.keys("<enter>"), [Effect::KeepKey { key, region: Some(Region::Beijing) }]);
    assert!(studio.toasts().contains("api_key"));
    assert_eq!(studio.send(Msg::KeyKept(Ok(()))), [Effect::Open(Service::Real)]);
}

#[test]
fn a_settled_region_is_not_asked_for() {
    let mut studio = keyless();
    studio.state.access.asks_region = false;
    studio.keys(&format!("<down><enter>{KEY}"));
    let key = Secret::new(KEY.to_owned());
    assert_eq!(studio.keys("<enter>"), [Effect::KeepKey { key, region: None }]);
}

#[test]
fn what_cannot_be_a_key_says_why_and_an_odd_one_is_taken_the_second_time() {
    let mut studio = keyless();
    studio.state.access.asks_region = false;
    studio.keys("<down><enter>");
    let wrong = |studio: &Studio| match &studio.state.dialog {
        Some(Dialog::Welcome(Welcome::Key(entry))) => entry.wrong.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    studio.keys("<enter>");
    assert!(wrong(&studio).contains("Nothing is typed"));
    studio.send(Msg::Paste("sk-sp-0123456789".into()));
    studio.keys("<enter>");
    assert!(wrong(&studio).contains("Coding Plan"));
    studio.keys("<ctrl+u>hello-world-hello");
    assert_eq!(wrong(&studio), "", "what is typed anew is not judged yet");
    assert_eq!(studio.keys("<enter>"), []);
    assert!(wrong(&studio).contains("begin with sk-"));
    assert!(matches!(studio.keys("<enter>")[..], [Effect::KeepKey { .. }]));
}

#[test]
fn the_key_is_in_no_debug_text_and_not_on_the_screen() {
    for (columns, rows) in [(80, 24), (120, 40), (44, 14)] {
        let mut studio = keyless().sized(columns, rows);
        studio.keys(&format!("<down><enter>{KEY}"));
        let mut seen = vec![format!("{:?}", studio.state), crate::screens::text_of(&studio.state, studio.now)];
        studio.keys("<enter>");
        seen.push(format!("{:?}", studio.state));
        seen.push(format!("{:?}", studio.keys("<enter>")));
        for text in seen {
            assert!(!text.contains("0123456"), "{columns}x{rows}: {text}");
        }
    }
}

#[test]
fn each_step_goes_back_one_and_the_studio_can_be_looked_at_without_a_key() {
    let mut studio = keyless();
    studio.keys(&format!("<down><enter>{KEY}<enter>"));
    assert!(matches!(studio.state.dialog, Some(Dialog::Welcome(Welcome::Region { .. }))));
    studio.keys("<esc>");
    assert!(matches!(&studio.state.dialog, Some(Dialog::Welcome(Welcome::Key(entry))) if entry.typed.chars() == 0));
    studio.keys("<esc><down><enter>");
    assert!(matches!(studio.state.dialog, Some(Dialog::Welcome(Welcome::Guide { .. }))));
    studio.keys("<esc><esc>");
    assert!(studio.state.dialog.is_none());
    studio.keys("a red fox");
    assert_eq!(studio.keys("<ctrl+g>"), [], "nothing is sent");
    assert!(matches!(studio.state.dialog, Some(Dialog::Welcome(Welcome::Ways { .. }))));
    assert_eq!(studio.state.compose.prompt.text(), "a red fox");
    assert_eq!(studio.keys("<enter>"), [Effect::Open(Service::Demo)]);
}

#[test]
fn a_key_that_goes_first_is_said_and_none_is_asked_for() {
    let mut studio = Studio::new();
    studio.state.access.held = Some("$DASHSCOPE_API_KEY".into());
    studio.keys("<esc>@<down><enter>");
    assert!(studio.toasts().contains("$DASHSCOPE_API_KEY goes first"), "{}", studio.toasts());
    assert!(matches!(studio.state.dialog, Some(Dialog::Welcome(Welcome::Ways { .. }))));
}

#[test]
fn a_key_that_could_not_be_kept_opens_nothing() {
    let mut studio = keyless();
    let fault = Fault::new(FaultKind::Other, "key_not_kept", "The key is not kept: the disk is full.");
    assert_eq!(studio.send(Msg::KeyKept(Err(fault))), []);
    assert!(studio.toasts().contains("the disk is full"));
}

const UTF8: [(&str, &str); 2] = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
const BARE: [(&str, &str); 2] = [("TERM", "vt100"), ("LANG", "C")];

fn start(home: &Path, more: &[(&str, &str)], size: (u16, u16)) -> Pty {
    let place = home.to_str().unwrap();
    let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin"), ("PINXIT_WORKER", "inline")];
    env.extend_from_slice(more);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    Start { program, args: &[], env: &env, size }.start()
}

/// Every file below a folder whose bytes hold `text`.
fn holding(dir: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes())) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_newcomer_gives_a_key_and_makes_a_picture_without_starting_again() {
    for (terminal, size) in [(UTF8, (80, 24)), (BARE, (120, 40))] {
        let (home, emulator) = (Home::new(), emulator(vec![]));
        let url = emulator.base_url();
        let address = ("DASHSCOPE_HTTP_BASE_URL", url.as_str());
        let mut pty = start(home.path(), &[terminal[0], terminal[1], address], size);
        pty.wait_for("Welcome to pinxit");
        pty.wait("the word for it", |screen| screen.contains("NO KEY"));
        pty.send("\x1b[B\r");
        pty.wait_for("Only its length is shown");
        pty.send(&format!("\x1b[200~{KEY}\n\x1b[201~"));
        pty.wait_for("35 letters");
        pty.send("\r");
        pty.wait("the studio on the service", |screen| screen.contains("Prompt typing") && !screen.contains("NO KEY"));
        choose_small(&mut pty);
        pty.send("a red fox\x07");
        pty.wait_for("DONE");
        assert_eq!((home.pictures(), emulator.ledger().billed_submits), (1, 1), "{}", pty.screen());
        stop_typing(&mut pty);
        pty.send("q");
        assert_eq!(pty.end(), 0);
        pty.assert_given_back();
        let file = home.path().join("config/api_key");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{KEY}\n"));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(holding(home.path(), "0123456789abcdef0123"), [file.display().to_string()], "in no other file");
        let text = String::from_utf8_lossy(&pty.bytes);
        assert!(!text.contains("0123456"), "the key was sent to the screen");
        if terminal == BARE {
            assert!(pty.bytes.is_ascii(), "something beyond ASCII was sent");
        }
        // The next start needs nothing of this, and the doctor knows where the key is.
        let doctor = home.pinxit(&["doctor"]).env("DASHSCOPE_HTTP_BASE_URL", &url).assert().success();
        let told = String::from_utf8_lossy(&doctor.get_output().stdout).into_owned();
        assert!(
            told.contains("sk-0...cdef") && told.contains("config/api_key") && told.contains("takes the key"),
            "{told}"
        );
        assert!(told.contains("as the service's"), "{told}");
    }
}

#[test]
fn a_newcomer_tries_the_demo_and_what_was_written_comes_along() {
    let home = Home::new();
    let mut pty = start(home.path(), &UTF8, (80, 24));
    pty.wait_for("Welcome to pinxit");
    pty.send("\x1b");
    pty.wait("a look around", |screen| !screen.contains("Welcome to pinxit"));
    pty.send("ia red fox");
    pty.wait_for("a red fox");
    pty.send("\x07");
    pty.wait_for("Welcome to pinxit");
    pty.send("\r");
    pty.wait("the demo, with the prompt", |screen| screen.contains("DEMO") && screen.contains("a red fox"));
    choose_small(&mut pty);
    pty.send("\x07");
    pty.wait_for("DONE");
    stop_typing(&mut pty);
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
    assert_eq!(home.pictures(), 1);
    assert!(!home.path().join("config/api_key").exists());
}

#[test]
fn the_demo_leads_to_the_service_by_a_key_pasted_at_the_ways_on() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let place = home.path().to_str().unwrap();
    let url = emulator.base_url();
    let env = [
        ("PINXIT_HOME", place),
        ("HOME", place),
        ("PINXIT_WORKER", "inline"),
        UTF8[0],
        UTF8[1],
        ("DASHSCOPE_BASE_URL", &url),
    ];
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size: (80, 24) }.start();
    pty.wait("the demo", |screen| screen.contains("DEMO") && screen.contains("Prompt typing"));
    pty.send("a blue boat");
    stop_typing(&mut pty);
    pty.send("@");
    pty.wait_for("This is the demo");
    pty.send(&format!("\x1b[200~{KEY}\x1b[201~"));
    pty.wait_for("35 letters");
    pty.send("\r");
    pty.wait("the service", |screen| !screen.contains("DEMO") && screen.contains("a blue boat"));
    pty.wait_for("The key is kept in");
    choose_small(&mut pty);
    pty.send("\x07");
    pty.wait_for("DONE");
    assert_eq!(emulator.ledger().billed_submits, 1);
    assert!(!String::from_utf8_lossy(&pty.bytes).contains("0123456"));
}

#[test]
fn a_job_being_changed_goes_on_when_the_studio_is_left_for_another() {
    let mut studio = Studio::new();
    studio.jobs(vec![crate::sample::job(1, Phase::Queued)]);
    studio.keys("<esc>2e");
    assert!(studio.state.compose.edit.is_some());
    let opened = studio.send(Msg::KeyKept(Ok(())));
    let id = studio.state.queue.jobs[0].id;
    assert_eq!(opened, [Effect::Hold { jobs: vec![id], held: false }, Effect::Open(Service::Real)]);
}

#[test]
fn how_to_get_a_key_is_there_to_read_in_a_bare_terminal() {
    let home = Home::new();
    let mut pty = start(home.path(), &BARE, (80, 24));
    pty.wait_for("Welcome to pinxit");
    pty.send("\x1b[B");
    pty.send("\x1b[B\r");
    pty.wait("the guide", |screen| screen.contains("modelstudio.console") && screen.contains("Coding Plan"));
    pty.settle(Duration::from_millis(200));
    assert!(pty.bytes.is_ascii());
}

#[test]
fn a_key_of_the_environment_that_cannot_work_is_said_before_anything_opens() {
    let home = Home::new();
    let mut pty = start(home.path(), &[UTF8[0], UTF8[1], ("DASHSCOPE_API_KEY", "sk-sp-0123456789abcdef")], (80, 24));
    assert_eq!(pty.end(), 3);
    assert!(pty.screen().contains("Coding Plan") && pty.screen().contains("$DASHSCOPE_API_KEY"), "{}", pty.screen());
}

#[test]
fn the_doctor_without_a_key_tells_the_ways_on_and_that_the_service_is_there() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let doctor = home.pinxit(&["doctor"]).env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url()).assert().code(3);
    let told = String::from_utf8_lossy(&doctor.get_output().stdout).into_owned();
    for words in ["BAD key", "pinxit demo", "ok  network", "the key was not tried", "ok  clock", "as the service's"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let gone = home.pinxit(&["doctor"]).env("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1").assert().code(3);
    let told = String::from_utf8_lossy(&gone.get_output().stdout).into_owned();
    assert!(told.contains("BAD network") && told.contains("BAD key"), "{told}");
}
