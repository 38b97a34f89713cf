//! Marking boxes on the request's pictures by keyboard: what is marked, and which part of a picture is seen how large.
//! All of it is counted in pixels of the picture upright, so that the same keys mark the same box whatever the terminal
//! can show.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::Line;
use crate::catalog::Corners;
use crate::domain::Fault;

/// Marking boxes.
#[derive(Debug, Clone)]
pub struct BoxEditor {
    /// The request's pictures, in their order.
    pub canvases: Vec<Canvas>,
    /// The one being marked, from 0.
    pub picture: usize,
    /// The selected box of it, from 0.
    pub selected: usize,
    /// The corner that moves.
    pub corner: Corner,
    /// How often the view was halved; 0 shows the whole picture.
    pub zoom: u32,
    /// The pixel the view is around.
    pub centre: (u32, u32),
    /// Numbers being typed.
    pub typed: Option<BoxNumbers>,
    /// The picture is left out: boxes alone.
    pub bare: bool,
    /// Boxes a picture may have.
    pub most: usize,
    /// What was last asked of the painter.
    pub asked: Option<Part>,
    /// What is painted; stays until its successor is ready.
    pub shown: Option<(Part, Result<Arc<Buffer>, Fault>)>,
}

/// A picture to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Its file; `None` for an address, which cannot be seen here.
    pub path: Option<PathBuf>,
    /// Width and height, where they are known.
    pub size: Option<(u32, u32)>,
    /// The boxes on it: left, top, right, bottom, each side at least the one before.
    pub boxes: Vec<Corners>,
}

/// A corner of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Corner {
    /// On its right side.
    pub right: bool,
    /// On its lower side.
    pub bottom: bool,
}

/// The four numbers of a box being typed.
#[derive(Debug, Clone, Default)]
pub struct BoxNumbers {
    /// What is typed.
    pub line: Line,
    /// In percent of the picture instead of pixels.
    pub percent: bool,
}

/// A part of a picture for a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The picture's file.
    pub path: PathBuf,
    /// Left, top, width and height in its pixels.
    pub region: [u32; 4],
    /// Columns and rows.
    pub pane: (u16, u16),
}

impl BoxEditor {
    /// The picture being marked.
    pub fn canvas(&self) -> Option<&Canvas> {
        self.canvases.get(self.picture)
    }

    /// Its width and height; one pixel where they are not known.
    pub fn size(&self) -> (u32, u32) {
        self.canvas().and_then(|canvas| canvas.size).map_or((1, 1), |(width, height)| (width.max(1), height.max(1)))
    }

    /// The selected box.
    pub fn corners(&self) -> Option<Corners> {
        self.canvas()?.boxes.get(self.selected).copied()
    }

    /// The pixel of the corner that moves.
    pub fn handle(&self) -> Option<(u32, u32)> {
        let [left, top, right, bottom] = self.corners()?;
        Some((if self.corner.right { right } else { left }, if self.corner.bottom { bottom } else { top }))
    }

    /// Pixels a column stands for in a pane of so many columns and rows; a row stands for twice as many.
    pub fn scale(&self, pane: (u16, u16)) -> u32 {
        (self.whole(pane) >> self.zoom.min(31)).max(1)
    }

    fn whole(&self, (columns, rows): (u16, u16)) -> u32 {
        let (width, height) = self.size();
        let (columns, rows) = (u32::from(columns.max(1)), u32::from(rows.max(1)));
        width.div_ceil(columns).max(height.div_ceil(rows * 2)).max(1)
    }

    /// Pixels one step moves a corner: a cell, and a single pixel where a column is one.
    pub fn step(&self, pane: (u16, u16)) -> (u32, u32) {
        match self.scale(pane) {
            1 => (1, 1),
            scale => (scale, scale * 2),
        }
    }

    /// What is seen in a pane: left, top, width and height in pixels. It begins at a whole cell.
    pub fn region(&self, pane: (u16, u16)) -> [u32; 4] {
        let (scale, size) = (self.scale(pane), self.size());
        let side = |size: u32, centre: u32, cells: u16, cell: u32| {
            let seen = size.min(u32::from(cells.max(1)) * cell);
            let from = centre.saturating_sub(seen / 2).min(size - seen).next_multiple_of(cell);
            (from, seen.min(size - from.min(size)))
        };
        let (left, width) = side(size.0, self.centre.0, pane.0, scale);
        let (top, height) = side(size.1, self.centre.1, pane.1, scale * 2);
        [left, top, width, height]
    }

    /// Columns and rows the part that is seen takes.
    pub fn cells(&self, pane: (u16, u16)) -> (u16, u16) {
        let (scale, [_, _, width, height]) = (self.scale(pane), self.region(pane));
        let cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell)).unwrap_or(u16::MAX);
        (cells(width, scale).min(pane.0), cells(height, scale * 2).min(pane.1))
    }

    /// First and last column and row of a box in a pane, counted from the pane's corner; they may lie outside of it.
    pub fn place(&self, corners: Corners, pane: (u16, u16)) -> [i64; 4] {
        let (scale, [left, top, ..]) = (i64::from(self.scale(pane)), self.region(pane));
        let cell = |pixel: u32, from: u32, cell: i64| (i64::from(pixel) - i64::from(from)).div_euclid(cell);
        let [x1, y1, x2, y2] = corners;
        // The right and lower sides are the first pixels that do not belong to the box any more.
        let last = |end: u32, begin: u32| end.saturating_sub(1).max(begin);
        let (rows, columns) = (scale * 2, scale);
        [cell(x1, left, columns), cell(y1, top, rows), cell(last(x2, x1), left, columns), cell(last(y2, y1), top, rows)]
    }
}
