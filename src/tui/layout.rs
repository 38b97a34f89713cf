//! State to rectangles; the only place that divides the screen. Callable from `update` and from `view`.
//!
//! The compose screen has three shapes: *wide* (form left, picture and queue right), *compact* (prompt across the top, settings and queue left,
//! picture right) and *single* (the focused pane alone, the rest as lines). The cost line is in all of them.

use ratatui::layout::Rect;

use super::state::{Dialog, Pane, Screen, Standing, State};

mod board;
mod boxes;
mod browser;
mod change;
mod compare;
mod gallery;
mod help;
mod jump;
mod lineage;
mod rewrite;
pub mod rows;
mod stack;
mod story;
mod texts;
mod viewer;
pub mod wrap;

pub use board::{Board, Window, jobs_in_sight, log_end, log_lines, window};
pub use boxes::{BoxesPlace, boxes};
pub use browser::{BrowserPlace, browser};
pub use change::{Toned, change_brief, change_lines, change_words};
pub use compare::{ComparePlace, compare, compare_lines, compare_pane};
pub use gallery::{Wall, part};
pub use help::{HelpLine, HelpSheet, KEYS as HELP_KEYS, help};
pub use jump::{Spot, spots};
pub use lineage::{Grove, Stem, count, grove_lines, grove_window, stems};
pub use rewrite::{Tone, rewrite_lines, rewrite_page, rewrite_room};
pub use stack::{Stack, plan_area, plan_rows, plan_words, rows_window};
pub use story::{StoryLine, story_lines, story_top};
pub use texts::{TextView, text_view};
pub use viewer::{DRAWER_LABELS, Told, ViewerPlace, drawer_lines, drawer_rows, viewer};

/// The least the studio needs.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Where everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Too small for anything but a sentence.
    TooSmall,
    /// The compose screen; a pane of zero size is not shown.
    Panes(Panes),
    /// The queue screen.
    Queue(Board),
    /// The gallery.
    Gallery(Wall),
    /// The batch screen.
    Batch(Stack),
    /// The history screen.
    History(Grove),
}

/// Rectangles of the compose screen, borders included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panes {
    /// The line at the top.
    pub header: Rect,
    /// The prompt.
    pub prompt: Rect,
    /// The negative prompt; a single line when it is folded away.
    pub negative: Rect,
    /// The pictures the request is made from; a single line when folded away, nothing where the mode takes none.
    pub references: Rect,
    /// The settings; a single line when the pictures need their rows.
    pub settings: Rect,
    /// The cost line; never scrolls away.
    pub cost: Rect,
    /// The jobs; a single line when there is only room to sum them up.
    pub queue: Rect,
    /// The picture, its frame and its caption.
    pub preview: Rect,
    /// The picture alone, inside the preview.
    pub picture: Rect,
    /// The words of a story, inside the preview; nothing where the job tells none.
    pub story: Rect,
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
    match state.screen {
        Screen::Queue => return Layout::Queue(Board { header, footer, ..board::board(state, screen) }),
        Screen::Gallery => return Layout::Gallery(Wall { header, footer, ..gallery::wall(state, screen) }),
        Screen::Batch => return Layout::Batch(Stack { header, footer, ..stack::stack(state, screen) }),
        Screen::History => return Layout::History(Grove { header, footer, ..lineage::grove(state, screen) }),
        Screen::Compose => {}
    }
    let panes = match (width, height) {
        (100.., 24..) => wide(state, screen),
        (80.., 24..) => compact(state, screen),
        _ => single(state, screen),
    };
    let (picture, story) = inside(state, panes.preview);
    Layout::Panes(Panes { header, footer, picture, story, ..panes })
}

/// Columns and rows a picture may take now: the preview pane's, or the whole screen when enlarged. `None` when no picture
/// is shown.
pub fn picture_pane(state: &State) -> Option<(u16, u16)> {
    let area = match (layout(state), &state.dialog) {
        (Layout::TooSmall, _) => return None,
        // A part of it is the viewer's to ask for.
        (_, Some(Dialog::Zoom)) if state.viewer.lens.zoom > 0 => return None,
        (_, Some(Dialog::Zoom)) => viewer(state).picture,
        // It lies over the whole screen.
        (_, Some(Dialog::Boxes(_) | Dialog::Compare(_))) => return None,
        (Layout::Queue(_) | Layout::Batch(_) | Layout::Gallery(_) | Layout::History(_), _) => return None,
        (Layout::Panes(panes), _) => panes.picture,
    };
    (!area.is_empty()).then_some((area.width, area.height))
}

/// Where a picture of the request is shown while the list of them has the keys: the picture pane above its caption.
pub fn beside(state: &State) -> Rect {
    match layout(state) {
        Layout::Panes(Panes { preview, .. }) if preview.width >= 5 && preview.height >= 5 => {
            Rect::new(preview.x + 1, preview.y + 1, preview.width - 2, preview.height - 4)
        }
        _ => Rect::default(),
    }
}

/// Form left, picture over queue right.
fn wide(state: &State, mut screen: Rect) -> Panes {
    let right = if screen.width < 120 { screen.width * 2 / 5 } else { screen.width * 8 / 15 };
    let mut right = take_right(&mut screen, right);
    let jobs = (right.height / 4).clamp(6, 14);
    let queue = take_bottom(&mut right, jobs);
    let mut form = screen;
    let cost = take_bottom(&mut form, 1);
    let rows = form.height;
    // Lines for what the selected setting does, and a blank one.
    let help = if rows >= 30 { 4 } else { 0 };
    let negative_height = negative_height(state, rows);
    let references_height = match state.shows_references() {
        false => 0,
        true if rows >= 30 || state.pane == Pane::References => references_wanted(state).min(rows / 3),
        true => 1,
    };
    let least = 5 + negative_height + references_height;
    let wanted = setting_count(state) + 2 + help;
    let settings = take_bottom(&mut form, wanted.min(rows.saturating_sub(least)));
    let references = take_bottom(&mut form, references_height);
    let negative = take_bottom(&mut form, negative_height);
    Panes { prompt: form, negative, references, settings, cost, queue, preview: right, ..Panes::default() }
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
    let (mut references, mut settings) = (0, wanted.clamp(5, most));
    if state.shows_references() {
        // They share their rows too: the one that has no keys folds where there is no room for both.
        let both = settings + 1;
        references = if screen.height >= 26 { references_wanted(state).min(screen.height / 3) } else { 1 };
        if state.pane == Pane::References && references == 1 {
            (references, settings) = (both - 1, 1);
        }
    }
    let references = take_top(&mut screen, references);
    let settings = take_top(&mut screen, settings);
    let cost = take_top(&mut screen, 1);
    Panes { prompt, negative, references, settings, cost, queue: screen, preview, ..Panes::default() }
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
            if state.shows_references() && screen.height >= 4 {
                panes.references = take_bottom(&mut screen, 1);
            }
            panes.prompt = screen;
        }
        Pane::Negative => panes.negative = screen,
        Pane::References => panes.references = screen,
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
        (true, _) if !state.takes_negative() => 1,
        (_, 24..) => 4,
        _ => 3,
    }
}

fn setting_count(state: &State) -> u16 {
    u16::try_from(state.setting_rows().len()).unwrap_or(u16::MAX - 8)
}

/// Rows the list of pictures would like: a line for each, one more for what there is to say about it, and the path of
/// the selected one while the list has the keys; or an explanation.
fn references_wanted(state: &State) -> u16 {
    let says = |at: usize| match state.standing(at) {
        // Two lines where the words are long for a narrow pane.
        Standing::Wrong(_, why) => 1 + usize::from(why.len() > 44),
        Standing::Fits(_, notices) if !notices.is_empty() => 1,
        _ => 0,
    };
    let count = state.compose.request.images.len();
    let lines: usize = (0..count).map(|at| 1 + says(at)).sum();
    let inside = if count == 0 { 5 } else { lines + usize::from(state.pane == Pane::References) };
    u16::try_from(inside).unwrap_or(u16::MAX - 8) + 2
}

/// Places in the preview's frame: the picture above two lines of caption; where a story is told, the picture above one
/// line of caption, and its words below. A story whose pictures are not here yet has the words alone.
fn inside(state: &State, preview: Rect) -> (Rect, Rect) {
    if preview.width < 5 || preview.height < 5 {
        return (Rect::default(), Rect::default());
    }
    let frame = Rect::new(preview.x + 1, preview.y + 1, preview.width - 2, preview.height - 2);
    let whole = Rect { height: frame.height - 2, ..frame };
    let Some(job) = state.queue.story() else { return (whole, Rect::default()) };
    let mut words = Rect { x: frame.x + 1, width: frame.width - 2, ..frame };
    // The last line is the document's.
    words.height -= 1;
    if job.images.is_empty() || words.height < 10 {
        return (Rect::default(), words);
    }
    let rows = words.height * 2 / 5;
    let picture = Rect { height: rows, ..frame };
    take_top(&mut words, rows + 2);
    (picture, words)
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
