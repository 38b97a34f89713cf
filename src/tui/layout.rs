//! State to rectangles; the only place that divides the screen. Callable from `update` and from `view`.

use ratatui::layout::Rect;

use super::state::State;

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
    /// The negative prompt.
    pub negative: Rect,
    /// The settings.
    pub settings: Rect,
    /// The cost line; never scrolls away.
    pub cost: Rect,
    /// The jobs.
    pub queue: Rect,
    /// The picture, its frame and its caption.
    pub preview: Rect,
    /// The picture alone, inside the preview.
    pub picture: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides the screen.
pub fn layout(_state: &State) -> Layout {
    todo!()
}

/// Columns and rows a picture may take now: the preview pane's, or the whole screen when enlarged. `None` when no picture is shown.
pub fn picture_pane(_state: &State) -> Option<(u16, u16)> {
    todo!()
}
