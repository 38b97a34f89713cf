//! `pinxit demo` on a real terminal: start, generate, leave, and how many bytes all that takes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::pty::{Pty, Start};

/// The studio on the emulator, with a home of its own.
struct Demo {
    pty: Pty,
    home: tempfile::TempDir,
}

const UTF8: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")];

impl Demo {
    fn start(size: (u16, u16), terminal: &[(&str, &str)]) -> Demo {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().to_str().unwrap().to_owned();
        let mut env = vec![("PINXIT_HOME", place.as_str()), ("HOME", place.as_str()), ("PATH", "/usr/bin:/bin")];
        env.extend_from_slice(terminal);
        let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
        let pty = Start { program, args: &["demo"], env: &env, size }.start();
        let mut demo = Demo { pty, home };
        demo.pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
        demo
    }

    fn pictures(&self) -> Vec<PathBuf> {
        fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(dir).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, into);
                } else if path.extension().is_some_and(|ending| ending == "png") {
                    into.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(self.home.path(), &mut found);
        found
    }

    fn quit(&mut self) {
        stop_typing(&mut self.pty);
        self.pty.send("q");
    }

    /// Leaves from a pane where nothing is typed.
    fn quit_from_pane(&mut self) {
        self.pty.send("q");
        assert_eq!(self.pty.end(), 0);
        self.pty.assert_given_back();
    }

    fn choose_small(&mut self) {
        choose_small(&mut self.pty);
    }
}

/// Escape by itself: with a letter right behind it, it would be Alt and that letter.
pub fn stop_typing(pty: &mut Pty) {
    pty.send("\x1b");
    pty.wait("letters to act again", |screen| !screen.contains("Prompt typing"));
}

/// Chooses the fastest small model, so that the picture is painted soon.
pub fn choose_small(pty: &mut Pty) {
    stop_typing(pty);
    pty.send("m");
    pty.wait_for("wan2.6-t2i");
    pty.send("wan22flash\r");
    pty.wait_for("1024*1024");
    pty.send("i");
}

/// Cells a picture is made of.
fn has_picture(screen: &str) -> bool {
    screen.contains('▀') || screen.contains('▄')
}

#[test]
fn a_newcomer_types_a_prompt_and_sees_the_picture_its_path_and_its_price() {
    for size in [(80, 24), (120, 40)] {
        let mut demo = Demo::start(size, UTF8);
        assert!(demo.pty.screen().contains("DEMO"), "{}", demo.pty.screen());
        demo.choose_small();
        demo.pty.send("a red fox in snow");
        demo.pty.wait_for("a red fox in snow");
        demo.pty.send("\x07");
        demo.pty.wait_for("DONE");
        demo.pty.wait("the picture", has_picture);
        let pictures = demo.pictures();
        assert_eq!(pictures.len(), 1, "{pictures:?}");
        assert!(pictures[0].starts_with(demo.home.path().join("demo")), "the demo keeps apart: {pictures:?}");
        assert_eq!(image::image_dimensions(&pictures[0]).unwrap(), (1024, 1024));
        let name = pictures[0].file_name().unwrap().to_string_lossy().into_owned();
        let tail = &name[name.len() - 14..];
        demo.pty.wait("the path", |screen| screen.contains(tail));
        demo.pty.wait("the price", |screen| screen.contains("$0.025"));
        demo.quit();
        assert_eq!(demo.pty.end(), 0);
        demo.pty.assert_given_back();
    }
}

#[test]
fn the_picture_just_made_is_the_next_ones_reference_and_a_missing_file_is_pointed_at() {
    let mut demo = Demo::start((80, 24), UTF8);
    demo.choose_small();
    demo.pty.send("a red fox\x07");
    demo.pty.wait_for("DONE");
    demo.pty.wait("the picture", has_picture);
    stop_typing(&mut demo.pty);
    demo.pty.send("e");
    demo.pty.wait_for("edits pictures");
    demo.pty.send("y");
    demo.pty.wait("the picture in the list", |screen| screen.contains("References") && screen.contains("1 #1a"));
    demo.pty.send("\t\ta");
    demo.pty.wait_for("Picture 2");
    demo.pty.send("/nowhere/cat.png\r");
    demo.pty.wait_for("there is no such file");
    demo.pty.wait("what the first one is", |screen| screen.contains("1024x1024 png"));
    demo.pty.send("\x07");
    demo.pty.wait_for("Not sent. image 2");
    demo.quit_from_pane();
}

#[test]
fn the_row_walks_through_the_phases() {
    let mut demo = Demo::start((120, 40), UTF8);
    demo.choose_small();
    demo.pty.send("a red fox in snow\x07");
    for phase in ["WAITING", "RUNNING", "DONE"] {
        demo.pty.wait_for(phase);
    }
}

#[test]
fn the_next_start_shows_the_same_rows() {
    let mut demo = Demo::start((120, 40), UTF8);
    demo.choose_small();
    demo.pty.send("a red fox in snow\x07");
    demo.pty.wait_for("DONE");
    demo.quit();
    assert_eq!(demo.pty.end(), 0);
    let place = demo.home.path().to_str().unwrap().to_owned();
    let mut env = vec![("PINXIT_HOME", place.as_str()), ("HOME", place.as_str())];
    env.extend_from_slice(UTF8);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut again = Start { program, args: &["demo"], env: &env, size: (120, 40) }.start();
    again.wait_for("DONE");
    again.wait("the picture", has_picture);
}

#[test]
fn a_second_studio_takes_over_when_the_first_leaves() {
    let mut first = Demo::start((80, 24), UTF8);
    let place = first.home.path().to_str().unwrap().to_owned();
    let mut env = vec![("PINXIT_HOME", place.as_str()), ("HOME", place.as_str())];
    env.extend_from_slice(UTF8);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut second = Start { program, args: &["demo"], env: &env, size: (120, 40) }.start();
    second.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    first.choose_small();
    first.pty.send("a red fox\x07");
    second.wait_for("DONE");
    first.pty.wait_for("DONE");
    first.quit();
    assert_eq!(first.pty.end(), 0);
    choose_small(&mut second);
    second.send("a blue boat\x07");
    second.wait("both jobs done", |screen| screen.contains("2 done"));
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    for way in ["q", "ctrl+c", "-TERM", "-HUP", "-INT"] {
        let mut demo = Demo::start((80, 24), UTF8);
        match way {
            "q" => demo.quit(),
            "ctrl+c" => {
                demo.pty.send("\x03");
                demo.pty.wait_for("Leave pinxit?");
                demo.pty.send("\x03");
            }
            signal => demo.pty.signal(signal),
        }
        demo.pty.end();
        demo.pty.assert_given_back();
    }
}

#[test]
fn bytes_over_the_line_are_few() {
    let mut demo = Demo::start((120, 40), UTF8);
    demo.pty.settle(Duration::from_millis(400));
    let first = demo.pty.bytes.len();
    assert!(first <= 8 * 1024, "the first frame took {first} bytes");
    demo.pty.send("a red fox");
    demo.pty.wait_for("a red fox");
    demo.pty.settle(Duration::from_millis(300));
    let letters = |demo: &mut Demo, letters: &str| {
        for (at, letter) in letters.chars().enumerate() {
            let before = demo.pty.bytes.len();
            demo.pty.send(&letter.to_string());
            let spent = demo.pty.settle(Duration::from_millis(300));
            assert!(spent > 0 && spent <= 64, "letter {at} took {spent} bytes: {:?}", {
                String::from_utf8_lossy(&demo.pty.bytes[before..]).into_owned()
            });
        }
    };
    letters(&mut demo, " in snow");
    // And into a line.
    for keys in ["\x1b", "2", "/", "a filter of the queue: "] {
        demo.pty.send(keys);
        demo.pty.settle(Duration::from_millis(300));
    }
    letters(&mut demo, "fox !hen");
    // What an idle minute costs is what an idle moment costs: nothing wakes the loop.
    assert_eq!(demo.pty.settle(Duration::from_secs(2)), 0, "idle, and yet bytes come");
}

#[test]
fn a_bare_terminal_is_sent_nothing_but_ascii() {
    let mut demo = Demo::start((80, 24), &[("TERM", "vt100"), ("LANG", "C")]);
    demo.choose_small();
    demo.pty.send("a red fox\x07");
    demo.pty.wait_for("DONE");
    demo.pty.settle(Duration::from_millis(600));
    let high = demo.pty.bytes.iter().filter(|byte| **byte >= 0x80).count();
    assert_eq!(high, 0, "{high} bytes are not ASCII");
    let text = String::from_utf8_lossy(&demo.pty.bytes);
    for picture_protocol in ["\x1b_G", "\x1bP", "\x1b]1337"] {
        assert!(!text.contains(picture_protocol), "{picture_protocol:?} was sent");
    }
}

#[test]
fn without_colours_states_are_still_words() {
    let mut demo = Demo::start((80, 24), &[("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")]);
    demo.choose_small();
    demo.pty.send("a red fox\x07");
    demo.pty.wait_for("DONE");
    demo.pty.settle(Duration::from_millis(600));
    let text = String::from_utf8_lossy(&demo.pty.bytes);
    let coloured = text.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m')).any(|(codes, _)| {
        codes.split(';').any(|code| matches!(code.parse::<u8>(), Ok(30..=37 | 38 | 40..=47 | 48 | 90..=107)))
            && codes.chars().all(|c| c.is_ascii_digit() || c == ';')
    });
    assert!(!coloured, "a colour was sent");
}

#[test]
fn resizing_during_a_run_ends_in_a_whole_screen() {
    let mut demo = Demo::start((120, 40), UTF8);
    demo.choose_small();
    demo.pty.send("a red fox\x07");
    for (columns, rows) in [(80, 24), (38, 9), (60, 16), (44, 14), (120, 40)] {
        demo.pty.resize(columns, rows);
        demo.pty.settle(Duration::from_millis(150));
    }
    demo.pty.wait_for("DONE");
    demo.pty.wait("the picture", has_picture);
    demo.pty.resize(38, 9);
    demo.pty.wait("a sentence with the size needed", |screen| screen.contains("40") && screen.contains("10"));
}

#[test]
fn chinese_and_combining_marks_stay_inside_their_pane() {
    let mut demo = Demo::start((80, 24), UTF8);
    let prompt = "雪中红狐，宣纸水墨，远山淡影，孤舟蓑笠翁独钓寒江雪，一行白鹭上青天窗含西岭千秋雪 e\u{301}e\u{301} 👩\u{200d}🎨";
    demo.pty.send(&format!("\x1b[200~{prompt}\x1b[201~"));
    demo.pty.wait_for("雪中红狐");
    demo.pty.settle(Duration::from_millis(200));
    let screen = demo.pty.terminal.screen();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let edge = |row: u16| screen.cell(row, columns - 1).map(|cell| cell.contents().to_owned()).unwrap_or_default();
    let frame: Vec<String> = (0..rows).map(edge).collect();
    assert!(
        frame.iter().filter(|cell| "│┃┐┓┘┛┤┫".contains(cell.as_str()) && !cell.is_empty()).count() >= 3,
        "{frame:?}"
    );
}

/// The rows of the queue screen's table, by job: its state and the rest of its line.
fn rows(screen: &str) -> Vec<(i64, String)> {
    let row = |line: &str| {
        let line = line.trim_start_matches(['┃', '▸', '*', ' ']);
        let (id, rest) = line.strip_prefix('#')?.split_once(' ')?;
        Some((id.parse().ok()?, rest.split_whitespace().next()?.to_owned()))
    };
    screen.lines().filter_map(row).collect()
}

fn has(screen: &str, id: i64, state: &str) -> bool {
    rows(screen).contains(&(id, state.to_owned()))
}

#[test]
fn the_queue_is_paused_reordered_held_and_let_go() {
    for size in [(80, 24), (120, 40)] {
        let mut demo = Demo::start(size, UTF8);
        demo.choose_small();
        demo.pty.send("a red fox in snow");
        demo.pty.wait_for("a red fox in snow");
        demo.pty.send("\x07\x07\x07");
        demo.pty.wait("three jobs in the queue", |screen| screen.contains("#3 "));
        stop_typing(&mut demo.pty);
        demo.pty.send("2");
        demo.pty.wait("the queue screen", |screen| screen.contains("[2 Queue]") && rows(screen).len() == 3);
        demo.pty.send("P");
        demo.pty.wait("the pause", |screen| screen.lines().next().is_some_and(|top| top.contains("PAUSED")));
        // One more, and another: with everything paused they stay where they are.
        demo.pty.send("1i\x07\x07");
        demo.pty.wait("five jobs", |screen| screen.contains("#5 QUEUED"));
        stop_typing(&mut demo.pty);
        demo.pty.send("2");
        demo.pty.wait("all five", |screen| rows(screen).len() == 5 && has(screen, 5, "QUEUED"));
        // The newest is selected. It goes to the front, and is held.
        demo.pty.send("F");
        let at = |screen: &str, id| rows(screen).iter().position(|(row, _)| *row == id);
        demo.pty.wait("it before the other", |screen| at(screen, 5) < at(screen, 4));
        // What was sent before the pause goes on; after that only waiting jobs stand above.
        demo.pty.wait("nothing at work", |screen| screen.lines().next().is_some_and(|top| top.contains(" 0>")));
        demo.pty.send("J");
        demo.pty.wait("it second", |screen| at(screen, 5) == Some(1));
        demo.pty.send("K");
        demo.pty.wait("it first again", |screen| at(screen, 5) == Some(0));
        demo.pty.wait("its own log", |screen| screen.contains("moved to the front"));
        // It is changed in the form before it is sent, and held back meanwhile.
        demo.pty.send("e");
        demo.pty.wait("it in the form", |screen| screen.contains("editing #5") && screen.contains("Prompt of #5"));
        demo.pty.send(" at dusk\x07");
        demo.pty.wait("the change", |screen| screen.contains("[2 Queue]") && screen.contains("in snow at dusk"));
        demo.pty.wait("it waiting again", |screen| has(screen, 5, "QUEUED") && screen.contains("let go"));
        demo.pty.send("H");
        demo.pty.wait("it held", |screen| has(screen, 5, "HELD"));
        demo.pty.wait("its own log", |screen| screen.contains("edited") && screen.contains("held back"));
        demo.pty.send("P");
        demo.pty.wait("all but the held one done", |screen| {
            (1..=4).all(|id| has(screen, id, "DONE")) && has(screen, 5, "HELD")
        });
        demo.pty.send("H");
        demo.pty.wait("all done", |screen| (1..=5).all(|id| has(screen, id, "DONE")));
        assert_eq!(demo.pictures().len(), 5, "every picture is on disk");
        demo.pty.send("C");
        demo.pty.wait("none of them in sight", |screen| rows(screen).is_empty());
        demo.pty.send("u");
        demo.pty.wait("them back", |screen| rows(screen).len() == 5);
        demo.quit_from_pane();
    }
}
