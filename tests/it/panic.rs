//! A panic while the screen is ours: the terminal comes back whole before anything is said.

use std::sync::Arc;

use pinxit::config::{Graphics, Paths};
use pinxit::domain::Phase;
use pinxit::graphics::Terminal;
use pinxit::store::{Places, Store};
use pinxit::tui::layout::picture_pane;
use pinxit::tui::runtime;
use pinxit::tui::state::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::pty::Start;
use crate::sample::job;
use crate::studio::Studio;

/// Not a test of its own: what the test below runs on a terminal. A picture beyond the last column makes the view panic.
#[test]
#[ignore = "run by `a_panic_gives_the_terminal_back`, on a terminal"]
fn panics_on_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let places =
        Places { data: home.path().join("data"), pictures: home.path().join("pictures"), service: "here".into() };
    let store = Store::open(&places).unwrap();
    let mut state = Studio::new().sized(80, 24).state;
    state.queue.jobs = vec![job(1, Phase::Done)];
    state.queue.selected = Some(state.queue.jobs[0].id);
    let image = state.queue.jobs[0].images[0].id;
    let pane = picture_pane(&state).unwrap();
    let beyond = Rect { x: u16::MAX, y: 0, width: 9, height: 9 };
    let broken = Buffer { area: beyond, content: Vec::new() };
    state.preview.wanted = Some(image);
    state.preview.shown = Some(Shown { image, pane, cells: Ok(Arc::new(broken)) });
    let paths = Paths::find(home.path().to_str(), None, &|_| None).unwrap();
    let (terminal, ensure) = (Terminal::detect(|_| None), runtime::Ensure::new(|| Ok(())));
    let planner = runtime::Planner::new(|_| Err(vec![]), |id, _, _, _| Ok(id), |_| Ok("b1.html".into()));
    let drawing = runtime::Drawing { graphics: Graphics::Half, cap: None, line_speed: None };
    let (recipes, opener) = (runtime::Recipes::default(), String::new());
    let studio =
        runtime::Studio { state, store, terminal, drawing, ensure, planner, recipes, paths, mouse: true, opener };
    let fault = runtime::run(studio).unwrap_err();
    println!("\nFAULT {} {fault}\n{}", fault.code, runtime::take_panic_report().unwrap_or_default());
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let program = std::env::current_exe().unwrap();
    let args = ["--exact", "panic::panics_on_a_terminal", "--ignored", "--nocapture", "--test-threads=1"];
    let env = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
    let mut pty = Start { program: &program, args: &args, env: &env, size: (80, 24) }.start();
    pty.end();
    let text = String::from_utf8_lossy(&pty.bytes).into_owned();
    let taken = text.find("\x1b[?1049h").expect("the screen was taken");
    let given = text.rfind("\x1b[?1049l").expect("the screen was given back");
    let said = text.find("FAULT panic").unwrap_or_else(|| panic!("no word of it: {text}"));
    assert!(taken < given && given < said, "{text:?}");
    pty.assert_given_back();
}
