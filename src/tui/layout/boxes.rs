//! The place of the picture that is being marked, and of what is marked on it.

use ratatui::layout::Rect;

use super::{take_bottom, take_right, take_top};

/// Rectangles of the box editor, borders included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxesPlace {
    /// The line at the top.
    pub title: Rect,
    /// The picture's frame.
    pub frame: Rect,
    /// The picture, inside its frame.
    pub pane: Rect,
    /// The list of boxes.
    pub list: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides a screen of so many columns and rows: the list beside the picture, or under it where the screen is narrow.
pub fn boxes((width, height): (u16, u16)) -> BoxesPlace {
    let mut screen = Rect::new(0, 0, width, height);
    let title = take_top(&mut screen, 1);
    let footer = take_bottom(&mut screen, 1);
    let list = if width >= 66 { take_right(&mut screen, 25) } else { take_bottom(&mut screen, 5) };
    let frame = screen;
    let pane = Rect {
        x: frame.x + 1,
        y: frame.y + 1,
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(2),
    };
    BoxesPlace { title, frame, pane, list, footer }
}
