//! Where a wish wants its picture, and what it is kept under.

use super::super::ways::Means;
use super::Wish;
use super::content::Contents;
use crate::graphics::{self, Pane};

/// Counted up when the same picture is made ready in another way: what is kept from before is not that.
const MADE: u32 = 2;

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

/// What a painted picture follows from: what its files hold now, the pane, the means, and the bytes it may cost. `None`
/// where a file cannot be read.
pub(super) fn key(wish: &Wish, means: &Means, cap: usize, contents: &mut Contents) -> Option<String> {
    let content = match wish {
        Wish::Whole { path, .. } => contents.of(path)?,
        Wish::Part(part) => format!("{} {:?}", contents.of(&part.path)?, part.region),
        Wish::Heat(heat) => {
            let mut side = |part: &crate::tui::state::Part| Some((contents.of(&part.path)?, part.region));
            format!("heat {:?} {:?}", side(&heat.first)?, side(&heat.second)?)
        }
    };
    let (cell, tmux) = (means.canvas.cell, means.canvas.tmux);
    Some(format!("{MADE} {content} {:?} {:?} {cell:?} {tmux} {cap}", pane(wish), means.way))
}
