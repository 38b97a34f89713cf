//! The gallery divided: the pictures in a grid, or their names below each other, and what is known of the selected one.

use ratatui::layout::Rect;

use super::{take_bottom, take_right, take_top};
use crate::tui::state::{Part, State};

/// Columns of a small picture, about.
const ACROSS: u16 = 18;

/// Columns from which on what is known of the selected picture stands beside the others.
const BESIDE: u16 = 72;

/// Rectangles of the gallery; one of zero size is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wall {
    /// The line at the top.
    pub header: Rect,
    /// What is looked for, and how many there are.
    pub search: Rect,
    /// The pictures, or their names.
    pub grid: Rect,
    /// How many stand beside each other.
    pub columns: u16,
    /// How many stand below each other.
    pub rows: u16,
    /// What is known of the selected one.
    pub info: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides the rows between header and footer.
pub(super) fn wall(state: &State, mut screen: Rect) -> Wall {
    let search = take_top(&mut screen, 1);
    let info = if screen.width >= BESIDE {
        let columns = (screen.width * 3 / 10).clamp(24, 48);
        take_right(&mut screen, columns)
    } else {
        let rows = if screen.height >= 12 { 3 } else { 1 };
        take_bottom(&mut screen, rows)
    };
    let mut wall = Wall { search, grid: screen, info, columns: 1, rows: screen.height, ..Wall::default() };
    if !state.gallery.is_list() {
        wall.columns = (screen.width / ACROSS).max(1);
        // Twice as high as a row is wide, and pictures are seldom upright.
        let wanted = (screen.width / wall.columns * 2 / 5).max(4);
        wall.rows = (screen.height / wanted).max(1);
    }
    wall
}

impl Wall {
    /// Pictures there is room for.
    pub fn room(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// The place of the `nth` of them, from 0: its name in the first row, the picture below.
    pub fn cell(&self, nth: usize) -> Rect {
        let columns = usize::from(self.columns.max(1));
        let (column, row) = ((nth % columns) as u16, (nth / columns) as u16);
        if row >= self.rows {
            return Rect::default();
        }
        let (width, height) = (self.grid.width / self.columns, self.grid.height / self.rows.max(1));
        Rect::new(self.grid.x + column * width, self.grid.y + row * height, width, height)
    }

    /// Columns and rows of a small picture.
    pub fn pane(&self) -> (u16, u16) {
        let cell = self.cell(0);
        (cell.width.saturating_sub(1), cell.height.saturating_sub(1))
    }

    /// The pictures in sight: from which of those that are here, and up to which. They are turned over page by page, so
    /// that most steps move nothing.
    pub fn sight(&self, state: &State) -> std::ops::Range<usize> {
        let (gallery, room) = (&state.gallery, self.room().max(1) as u64);
        let top = gallery.place() / room * room;
        let first = usize::try_from(top.saturating_sub(gallery.skipped)).unwrap_or(0);
        let end = usize::try_from((top + room).saturating_sub(gallery.skipped)).unwrap_or(0);
        first.min(gallery.cards.len())..end.min(gallery.cards.len())
    }

    /// Where the first of those in sight stands: not at the beginning where those before it are not here yet.
    pub fn offset(&self, state: &State) -> usize {
        let room = self.room().max(1) as u64;
        let top = state.gallery.place() / room * room;
        usize::try_from(state.gallery.skipped.saturating_sub(top)).unwrap_or(0)
    }

    /// The small pictures in sight, as the painter is asked for them.
    pub fn parts(&self, state: &State) -> Vec<Part> {
        let pane = self.pane();
        if state.gallery.is_list() || pane.0 == 0 || pane.1 == 0 {
            return Vec::new();
        }
        let cards = &state.gallery.cards[self.sight(state)];
        cards.iter().map(|card| part(card, pane)).collect()
    }
}

/// A whole picture for a pane.
pub fn part(card: &crate::domain::Card, pane: (u16, u16)) -> Part {
    let image = &card.image;
    Part { path: image.path.clone(), region: [0, 0, image.width, image.height], pane }
}
