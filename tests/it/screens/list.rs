//! Every screen worth looking at.

use super::stage::{done, editing, failed, job, repaint, story, studio, with};
use pinxit::catalog::Catalog;
use pinxit::domain::{Mode, Phase, Size};
use pinxit::tui::state::{
    Confirm, Dialog, Editor, Header, HelpPage, ModelPicker, Pane, Pending, PictureEntry, State, Toast, Tone,
};

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
        ("references", in_references(wrote(editing(columns, rows), FOX))),
        ("folded", with(wrote(editing(columns, rows), FOX), done(4, 1))),
        ("no-pictures", in_references(needy(empty()))),
        ("naming", naming(editing(columns, rows))),
        ("palette", palette(editing(columns, rows))),
        ("story", with(needy(empty()), story(5, Phase::Running))),
        ("story-done", with(needy(empty()), story(5, Phase::Done))),
        ("split", split(empty())),
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

fn in_references(mut state: State) -> State {
    (state.typing, state.pane, state.references.selected) = (false, Pane::References, 2);
    repaint(&mut state);
    state
}

/// The model that only edits, before any picture.
fn needy(mut state: State) -> State {
    state.compose.request = state.catalog.get("wan2.6-image").unwrap().blank(Mode::Edit);
    wrote(state, "make it evening")
}

fn naming(mut state: State) -> State {
    let listed = ["Old/", "Trips/", "cat.png", "catalogue.jpg", "dog.png"].map(str::to_owned).to_vec();
    let entry = PictureEntry { text: "~/Pictures/ca".into(), listed, selected: Some(1), ..PictureEntry::default() };
    (state.typing, state.pane, state.dialog) = (false, Pane::References, Some(Dialog::Picture(entry)));
    state
}

fn palette(state: State) -> State {
    let mut state = wrote(state, "a quiet harbour");
    (state.typing, state.pane) = (false, Pane::Settings);
    let colours = [("#C2D1E6", "23.51%"), ("#E65C45", "40.00%"), ("#5F9F7B", "36.49%")];
    let palette = colours.map(|(hex, ratio)| serde_json::json!({"hex": hex, "ratio": ratio}));
    state.compose.request.options.insert("color_palette".into(), palette.to_vec().into());
    let boxes = serde_json::json!([[[10, 20, 310, 220]], [], []]);
    state.compose.request.options.insert("bbox_list".into(), boxes);
    state.compose.row = row_of(&state, "color_palette");
    state
}

/// More pictures than one request makes, and a job at its second request.
fn split(state: State) -> State {
    let mut state = wrote(state, "tulips in zinc buckets");
    state.compose.request = state.catalog.get("qwen-image-plus").unwrap().blank(Mode::TextToImage);
    state.compose.request.n = 3;
    let mut job = job(6, Phase::Partial, "tulips in zinc buckets");
    job.request = std::sync::Arc::new(state.compose.snapshot());
    (job.answered, job.expected) = (2, 2);
    job.estimate = job.estimate.for_images(3);
    job.images = done(6, 1).images;
    in_queue(with(state, job))
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
    state.compose.row = row_of(&state, "size");
    state.compose.request.size = Size::Pixels { width: 8192, height: 8192 };
    state
}

fn value(state: State) -> State {
    let mut state = wrote(state, "a long scroll of hills");
    (state.typing, state.pane, state.compose.typed) = (false, Pane::Settings, Some("1280x7".into()));
    state.compose.row = row_of(&state, "size");
    state
}

fn row_of(state: &State, name: &str) -> usize {
    let wanted = pinxit::tui::state::SettingRow::Parameter(name.into());
    state.setting_rows().iter().position(|row| *row == wanted).unwrap()
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
