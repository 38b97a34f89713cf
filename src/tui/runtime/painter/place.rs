//! Where a wish wants its picture, and what it is kept under.

use super::super::ways::Means;
use super::Wish;
use crate::graphics::{self, Pane};

/// Where a wish wants its picture. A part that has the pane's own shape is to fill it: boxes are drawn over it.
pub(super) fn pane(wish: &Wish) -> Pane {
    let (columns, rows) = wish.pane();
    let part = match wish {
        Wish::Whole { .. } => None,
        Wish::Part(part) => Some(part),
        Wish::Heat(heat) => Some(&heat.first),
    };
    let fills = |[_, _, width, height]: [u32; 4]| graphics::fit(width, height, columns, rows) == (columns, rows);
    let filled = part.is_some_and(|part| fills(part.region));
    Pane { columns, rows, filled }
}

/// What a picture made ready follows from: the file as it is now, the pane, and the means.
pub(super) fn key(wish: &Wish, means: &Means, pane: Pane, cap: usize) -> Option<String> {
    let path = std::fs::canonicalize(wish.path()).ok()?;
    let about = std::fs::metadata(&path).ok()?;
    let changed = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    let region = match wish {
        Wish::Whole { .. } => None,
        Wish::Part(part) => Some(part.region),
        // Of two files: made anew each time it is wanted.
        Wish::Heat(_) => return None,
    };
    let (cell, tmux) = (means.canvas.cell, means.canvas.tmux);
    let length = about.len();
    Some(format!("{path:?} {changed} {length} {region:?} {pane:?} {:?} {cell:?} {tmux} {cap}", means.way))
}
