//! The whole screen for two pictures, and what differs in what they were asked by below them.

use ratatui::layout::Rect;

use super::change::{Toned, change_lines};
use super::{take_bottom, take_right, take_top};
use crate::tui::state::{Compare, Manner};

/// Columns in which both sentences of how much they differ stand beside each other.
const BOTH: u16 = 96;

/// Rectangles of the comparison; one of zero size is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComparePlace {
    /// The line at the top.
    pub title: Rect,
    /// How much they differ, where that is to be seen.
    pub told: Rect,
    /// The picture seen, or the first one, without its frame.
    pub first: Rect,
    /// The second one beside it.
    pub second: Rect,
    /// What differs, with its frame.
    pub recipe: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides a screen of so many columns and rows.
pub fn compare((width, height): (u16, u16), page: &Compare) -> ComparePlace {
    let way = page.way;
    let mut screen = Rect::new(0, 0, width, height);
    let title = take_top(&mut screen, 1);
    let footer = take_bottom(&mut screen, 1);
    if way == Manner::Recipe {
        return ComparePlace { title, footer, recipe: screen, ..ComparePlace::default() };
    }
    let recipe = take_bottom(&mut screen, (height / 4).clamp(4, 9));
    // Another size is told too: where that is too long for a line, on one of its own.
    let lines = match way {
        Manner::Heat if page.size(0) != page.size(1) && width < BOTH => 2,
        Manner::Heat => 1,
        _ => 0,
    };
    let told = take_top(&mut screen, lines);
    let second = if way == Manner::Side { take_right(&mut screen, width / 2) } else { Rect::default() };
    ComparePlace { title, told, first: screen, second, recipe, footer }
}

/// Columns and rows each of the pictures may take: the same for both, so that the same part of both is seen.
pub fn compare_pane(size: (u16, u16), page: &Compare) -> (u16, u16) {
    let ComparePlace { first, second, .. } = compare(size, page);
    let width = if second.is_empty() { first.width } else { first.width.min(second.width).saturating_sub(1) };
    (width, first.height)
}

/// What differs in what two pictures were asked by.
pub fn compare_lines(compare: &Compare, room: u16) -> Vec<Toned> {
    let [first, second] = &compare.pair;
    change_lines(&first.request, &second.request, room)
}
