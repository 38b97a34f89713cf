//! Every screen worth looking at.

use super::stage::{done, failed, job, repaint, studio, with};
use pinxit::catalog::Catalog;
use pinxit::domain::{Phase, Size};
use pinxit::tui::state::{Confirm, Dialog, Editor, Header, HelpPage, ModelPicker, Pane, Pending, State, Toast, Tone};

/// A prompt with wide letters, an emoji and a combining mark.
pub const FOX: &str =
    "雪中红狐，宣纸水墨 🦊 a red fox in falling snow, ink wash on rice paper, cafe\u{301} light, one vermilion seal";

/// All of them, by name.
pub fn screens(columns: u16, rows: u16) -> Vec<(&'static str, State)> {
    let empty = || studio(columns, rows);
    let mut first = empty();
    first.header = Header { demo: true, ..Header::default() };
    first.ask_above = None;
    let old = || with(with(empty(), failed(1)), done(2, 1));
    let mut running = job(3, Phase::Running, FOX);
    running.note = "poll 3, next in 4 s".to_owned();
    let matches = Catalog::builtin().models().iter().map(|model| model.id.clone()).collect();
    let question = Confirm {
        title: "This costs more than $0.50".into(),
        lines: vec!["12 pictures x $0.075 = $0.900".into(), "wan2.7-image-pro, sequential, 2048*1152".into()],
        pending: Pending::Quit,
    };
    let over = |dialog| over(wrote(empty(), FOX), dialog);
    vec![
        ("first", first),
        ("typing", wrote(empty(), FOX)),
        ("running", with(old(), running)),
        ("done", in_queue(with(with(old(), job(3, Phase::Queued, "tulips in zinc buckets")), done(4, 1)))),
        ("failed", in_queue(with(with(empty(), done(2, 1)), failed(3)))),
        ("violation", violation(empty())),
        ("value", value(empty())),
        ("toasts", toasts(empty())),
        ("models", over(Dialog::Models(ModelPicker { filter: "im".into(), matches, selected: 1 }))),
        ("confirm", over(Dialog::Confirm(question))),
        ("help", over(Dialog::Help(HelpPage::default()))),
        ("zoom", over(Dialog::Zoom)),
    ]
}

pub fn wrote(mut state: State, text: &str) -> State {
    state.compose.prompt = Editor::new(text);
    state
}

pub fn in_queue(mut state: State) -> State {
    (state.typing, state.pane) = (false, Pane::Queue);
    repaint(&mut state);
    state
}

fn over(state: State, dialog: Dialog) -> State {
    let mut state = with(state, done(3, 1));
    (state.typing, state.dialog) = (false, Some(dialog));
    repaint(&mut state);
    state
}

fn violation(state: State) -> State {
    let mut state = wrote(state, "a long scroll of hills");
    (state.typing, state.pane) = (false, Pane::Settings);
    state.compose.row = size_row(&state);
    state.compose.request.size = Size::Pixels { width: 8192, height: 8192 };
    state
}

fn value(state: State) -> State {
    let mut state = wrote(state, "a long scroll of hills");
    (state.typing, state.pane, state.compose.typed) = (false, Pane::Settings, Some("1280x7".into()));
    state.compose.row = size_row(&state);
    state
}

fn size_row(state: &State) -> usize {
    let size = pinxit::tui::state::SettingRow::Parameter("size".into());
    state.setting_rows().iter().position(|row| *row == size).unwrap()
}

fn toasts(state: State) -> State {
    let mut state = with(wrote(state, FOX), done(3, 2));
    let until = super::stage::NOW;
    state.toasts = vec![
        Toast { text: "Saved #3a and #3b".into(), tone: Tone::Good, until },
        Toast { text: "The disk is nearly full: 180 MB are left for pictures.".into(), tone: Tone::Bad, until },
    ];
    state.compose.request.n = 4;
    state
}
