//! State to rectangles; the only place that divides the screen. Callable from `update` and from `view`.
//!
//! Three shapes: *wide* (form left, picture and queue right), *compact* (prompt across the top, settings and queue left,
//! picture right) and *single* (the focused pane alone, the rest as lines). The cost line is in all of them.

use ratatui::layout::Rect;

use super::state::{Dialog, Pane, State};

/// The least the studio needs.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Where everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Too small for anything but a sentence.
    TooSmall,
    /// The usual screen; a pane of zero size is not shown.
    Panes(Panes),
}

/// Rectangles of the usual screen, borders included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panes {
    /// The line at the top.
    pub header: Rect,
    /// The prompt.
    pub prompt: Rect,
    /// The negative prompt; a single line when it is folded away.
    pub negative: Rect,
    /// The settings.
    pub settings: Rect,
    /// The cost line; never scrolls away.
    pub cost: Rect,
    /// The jobs; a single line when there is only room to sum them up.
    pub queue: Rect,
    /// The picture, its frame and its caption.
    pub preview: Rect,
    /// The picture alone, inside the preview.
    pub picture: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides the screen.
pub fn layout(state: &State) -> Layout {
    let (width, height) = state.size;
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return Layout::TooSmall;
    }
    let mut screen = Rect::new(0, 0, width, height);
    let header = take_top(&mut screen, 1);
    let footer = take_bottom(&mut screen, 1);
    let panes = match (width, height) {
        (100.., 24..) => wide(state, screen),
        (80.., 24..) => compact(state, screen),
        _ => single(state, screen),
    };
    let picture = inside(panes.preview);
    Layout::Panes(Panes { header, footer, picture, ..panes })
}

/// Columns and rows a picture may take now: the preview pane's, or the whole screen when enlarged. `None` when no picture
/// is shown.
pub fn picture_pane(state: &State) -> Option<(u16, u16)> {
    let area = match (layout(state), &state.dialog) {
        (Layout::TooSmall, _) => return None,
        (_, Some(Dialog::Zoom)) => zoom(state.size).0,
        (Layout::Panes(panes), _) => panes.picture,
    };
    (!area.is_empty()).then_some((area.width, area.height))
}

/// The whole screen for one picture, and the line under it.
pub fn zoom((width, height): (u16, u16)) -> (Rect, Rect) {
    let mut screen = Rect::new(0, 0, width, height);
    let caption = take_bottom(&mut screen, 1);
    (screen, caption)
}

/// Form left, picture over queue right.
fn wide(state: &State, mut screen: Rect) -> Panes {
    let right = if screen.width < 120 { screen.width * 2 / 5 } else { screen.width * 8 / 15 };
    let mut right = take_right(&mut screen, right);
    let jobs = (right.height / 4).clamp(6, 14);
    let queue = take_bottom(&mut right, jobs);
    let mut form = screen;
    let cost = take_bottom(&mut form, 1);
    // Two lines more than rows, for what the selected setting does.
    let help = if form.height >= 30 { 3 } else { 0 };
    let least = 5 + negative_height(state, form.height);
    let wanted = setting_count(state) + 2 + help;
    let settings_height = wanted.min(form.height.saturating_sub(least));
    let settings = take_bottom(&mut form, settings_height);
    let negative_height = negative_height(state, form.height);
    let negative = take_bottom(&mut form, negative_height);
    Panes { prompt: form, negative, settings, cost, queue, preview: right, ..Panes::default() }
}

/// Prompt across the top; below it settings over queue, and the picture.
fn compact(state: &State, mut screen: Rect) -> Panes {
    let spare = screen.height - 22;
    // The two texts share their rows, so that the picture below keeps its size wherever the keys go.
    let folded = if state.pane == Pane::Negative { 3 } else { 1 };
    let prompt = take_top(&mut screen, 6 + spare / 3 - folded);
    let negative = take_top(&mut screen, folded);
    let right = (screen.width * 9 / 20).max(36);
    let preview = take_right(&mut screen, right);
    let wanted = setting_count(state) + 2;
    let most = (screen.height - 1).div_ceil(2);
    let settings = take_top(&mut screen, wanted.clamp(5, most));
    let cost = take_top(&mut screen, 1);
    Panes { prompt, negative, settings, cost, queue: screen, preview, ..Panes::default() }
}

/// The focused pane alone; the queue summed up in a line; the picture beside or below where there is room.
fn single(state: &State, mut screen: Rect) -> Panes {
    let mut panes = Panes { cost: take_bottom(&mut screen, 1), ..Panes::default() };
    if state.pane != Pane::Queue {
        panes.queue = take_bottom(&mut screen, 1);
    }
    if screen.width >= 80 && screen.height >= 8 {
        let right = screen.width * 9 / 20;
        panes.preview = take_right(&mut screen, right);
    } else if screen.width >= 60 && screen.height >= 16 {
        let below = screen.height * 3 / 5;
        panes.preview = take_bottom(&mut screen, below);
    }
    match state.pane {
        Pane::Prompt => {
            panes.negative = take_bottom(&mut screen, 1);
            panes.prompt = screen;
        }
        Pane::Negative => panes.negative = screen,
        Pane::Settings => panes.settings = screen,
        Pane::Queue => panes.queue = screen,
    }
    panes
}

/// One line while it has nothing to say and the rows are needed; `spare` is what the form has.
fn negative_height(state: &State, spare: u16) -> u16 {
    let folded = state.compose.negative.is_blank() && state.pane != Pane::Negative;
    match (folded, spare) {
        (true, ..=19) => 1,
        (true, _) if !takes_negative(state) => 1,
        (_, 24..) => 4,
        _ => 3,
    }
}

fn takes_negative(state: &State) -> bool {
    let request = &state.compose.request;
    let spec = state.catalog.get(request.model.as_str()).and_then(|model| model.mode(request.mode));
    spec.is_some_and(|spec| spec.parameters.iter().any(|parameter| parameter.name == "negative_prompt"))
}

fn setting_count(state: &State) -> u16 {
    u16::try_from(state.setting_rows().len()).unwrap_or(u16::MAX - 8)
}

/// The picture's place in its pane: inside the frame, above two lines of caption.
fn inside(preview: Rect) -> Rect {
    if preview.width < 3 || preview.height < 5 {
        return Rect::default();
    }
    Rect::new(preview.x + 1, preview.y + 1, preview.width - 2, preview.height - 4)
}

fn take_top(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    let taken = Rect { height: rows, ..*rest };
    *rest = Rect { y: rest.y + rows, height: rest.height - rows, ..*rest };
    taken
}

fn take_bottom(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    rest.height -= rows;
    Rect { y: rest.y + rest.height, height: rows, ..*rest }
}

fn take_right(rest: &mut Rect, columns: u16) -> Rect {
    let columns = columns.min(rest.width);
    rest.width -= columns;
    Rect { x: rest.x + rest.width, width: columns, ..*rest }
}
