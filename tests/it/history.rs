//! The history at the keys: searching, peeking, taking a prompt into the form as the parent of the next one.

use std::sync::Arc;
use std::time::Duration;

use pinxit::domain::{Fault, FaultKind, Found, ImageId, JobId, Origin, Phase, Stamp};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Dialog, History, Pane, Screen};

use crate::demo::{choose_small, stop_typing};
use crate::pty::{Pty, Start};
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
    assert_eq!((compose.prompt.text().as_str(), compose.parent), ("a fox", Some(JobId(4).into())));
    assert_eq!((compose.request.model.as_str(), compose.request.seed), ("wan2.6-t2i", Some(7)));
    let effects = studio.keys(", red<ctrl+g>");
    let Some(Effect::Submit { orders, parent }) = effects.last() else { panic!("{effects:?}") };
    let request = &orders[0].0;
    assert_eq!((request.prompt.as_str(), *parent), ("a fox, red", Some(JobId(4).into())));
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
    assert!(
        matches!(effects[..], [Effect::Submit { parent: Some(Origin { job: JobId(4), picture: None }), .. }]),
        "{effects:?}"
    );
}

#[test]
fn a_picture_edited_is_the_parent_and_a_key_drops_it() {
    let mut studio = Studio::new();
    studio.state.compose.request.model = "wan2.7-image".into();
    studio.jobs(vec![job(4, Phase::Done)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio.keys("e");
    assert_eq!(studio.state.compose.parent, Some(ImageId { job: JobId(4), index: 0 }.into()));
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

/// A studio in a real terminal, on a home that outlives it.
fn demo(home: &std::path::Path, size: (u16, u16), more: &[(&str, &str)]) -> Pty {
    let place = home.to_str().unwrap();
    let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")];
    env.extend_from_slice(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
    env.extend_from_slice(more);
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size }.start();
    pty.wait("a whole first frame", |screen| screen.contains(" typing ") && screen.contains("f1 keys"));
    pty
}

/// The screen's lines above the queue, which moves by itself.
fn form(screen: &str) -> Vec<String> {
    // The prompt's own columns: beside them a picture may still be on its way.
    screen.lines().skip(1).take(5).map(|line| line.chars().take(50).collect()).collect()
}

#[test]
fn story_s5_two_words_are_changed_and_a_prompt_of_an_earlier_run_is_found_peeked_at_taken_and_undone() {
    for size in [(80, 24), (120, 40)] {
        let home = tempfile::tempdir().unwrap();
        let mut pty = demo(home.path(), size, &[]);
        choose_small(&mut pty);
        pty.send("a cozy flower shop, roses, mist\x07");
        pty.wait_for("DONE");
        // Two words, cut one after the other from the end.
        pty.send("\x17\x17\x17peonies, snow\x07");
        pty.wait("both jobs", |screen| screen.contains("2 done"));
        stop_typing(&mut pty);
        pty.send("q");
        assert_eq!(pty.end(), 0);

        let mut pty = demo(home.path(), size, &[]);
        pty.wait("the draft as it was", |screen| screen.contains("a cozy flower shop, peonies, snow"));
        pty.send("\x15a stone bridge");
        pty.wait_for("a stone bridge");
        pty.settle(Duration::from_millis(300));
        let before = form(&pty.screen());
        pty.send("\x12roses");
        pty.wait("the one that has it", |screen| screen.contains("1 prompt ") && screen.contains("roses, mist"));
        pty.send("\t");
        pty.wait("the whole of it", |screen| screen.contains("wan2.2-t2i-flash, text-to-image, 1024*1024, seed "));
        pty.send("\t\x1b");
        pty.wait("the screen below", |screen| !screen.contains("Prompts sent before"));
        pty.wait("peeking leaves the form as it is", |screen| form(screen) == before);
        pty.send("\x12rsoes");
        pty.wait("it in spite of a slip", |screen| screen.contains("1 prompt ") && screen.contains("roses, mist"));
        pty.send("\r");
        pty.wait("it in the form", |screen| {
            screen.contains("Prompt from #1") && screen.contains("a cozy flower shop, roses, mist")
        });
        pty.send("\x1bu");
        pty.wait("the draft from before", |screen| {
            screen.contains("a stone bridge") && !screen.contains("Prompt from #1")
        });
        pty.send("\x1bU\x07");
        pty.wait("the child", |screen| screen.contains("3 done"));
        let parent: Option<i64> = rusqlite::Connection::open(home.path().join("demo/data/pinxit.db"))
            .unwrap()
            .query_row("SELECT parent FROM job WHERE id = 3", [], |row| row.get(0))
            .unwrap();
        assert_eq!(parent, Some(1));
    }
}

#[test]
fn a_bare_terminal_searches_in_ascii() {
    let home = tempfile::tempdir().unwrap();
    let mut pty = demo(home.path(), (80, 24), &[("TERM", "vt100"), ("LANG", "C")]);
    pty.send("a red fox");
    pty.wait_for("a red fox");
    pty.send("\x12");
    pty.wait_for("Nothing was sent yet");
    pty.settle(Duration::from_millis(200));
    assert!(pty.bytes.is_ascii(), "only ASCII is written");
}

#[test]
fn a_killed_studio_comes_back_with_its_draft_and_its_undo() {
    for way in ["-KILL", "-HUP", "-TERM"] {
        let home = tempfile::tempdir().unwrap();
        let mut pty = demo(home.path(), (80, 24), &[]);
        pty.send("a red fox");
        pty.wait_for("a red fox");
        pty.send(" 雪");
        pty.wait_for("fox 雪");
        if way == "-KILL" {
            // Nobody can tell from outside when it was written but by looking: it takes a second.
            let written = || {
                let db = rusqlite::Connection::open(home.path().join("demo/data/pinxit.db")).unwrap();
                let draft = db.query_row("SELECT draft FROM draft", [], |row| row.get::<_, String>(0));
                draft.is_ok_and(|draft| draft.contains("a red fox 雪"))
            };
            let begun = std::time::Instant::now();
            while !written() {
                assert!(begun.elapsed() < Duration::from_secs(20), "the draft is not written");
                pty.settle(Duration::from_millis(50));
            }
        }
        pty.signal(way);
        pty.end();
        let mut again = demo(home.path(), (80, 24), &[]);
        again.wait("the draft", |screen| screen.contains("a red fox 雪"));
        again.send("\x1bu\x1bu");
        again.wait("the undo of the one before", |screen| screen.contains("a red ") && !screen.contains("fox"));
    }
}

#[test]
fn the_users_own_editor_takes_the_terminal_and_gives_it_back() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let editor = home.path().join("my editor");
    let script = "#!/bin/sh\nenv > \"$TMPDIR/told\"\nprintf 'in the editor: %s\\n' \"$*\"\nread answer\nsed -i \"s/fox/$answer/\" \"$2\"\n";
    std::fs::write(&editor, script).unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let command = format!("'{}' --wait", editor.display());
    let secrets = [("DASHSCOPE_API_KEY", "sk-of-the-shell-1"), ("QWEN_API_KEY", "sk-of-the-shell-2")];
    let env = [("EDITOR", command.as_str()), ("TMPDIR", home.path().to_str().unwrap()), secrets[0], secrets[1]];
    let mut pty = demo(home.path(), (80, 24), &env);
    pty.send("a red fox 狐");
    pty.wait_for("a red fox 狐");
    pty.send("\x18\x05");
    pty.wait("the editor", |screen| screen.contains("in the editor: --wait") && screen.contains("/prompt.md"));
    assert!(!pty.terminal.screen().alternate_screen(), "the terminal is the editor's");
    pty.send("hen\r");
    pty.wait("its words", |screen| screen.contains("a red hen 狐"));
    assert!(pty.terminal.screen().alternate_screen() && pty.terminal.screen().bracketed_paste());
    pty.send("!\x1bu\x1bu");
    pty.wait("the words before", |screen| screen.contains("a red fox 狐") && !screen.contains('!'));
    let left = std::fs::read_dir(home.path())
        .unwrap()
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("pinxit-")));
    assert_eq!(left.count(), 0, "nothing of it is left on the disk");
    let told = std::fs::read_to_string(home.path().join("told")).unwrap();
    assert!(told.contains("EDITOR=") && !told.contains("sk-of-the-shell"), "the editor is told no key: {told}");
    stop_typing(&mut pty);
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
}
