//! Pieces more than one pane is drawn with. Each knows where and how, none knows what it says.

mod brush;
mod find;
mod frame;
mod glyphs;
mod pen;
mod span;
mod typed;

pub use crate::tui::layout::wrap::{cut, cut_left, width, wrap};
pub use brush::Brush;
pub use find::find;
pub use frame::{Heading, frame};
pub use glyphs::Glyphs;
pub use pen::Pen;
pub use span::{about, coarse, hours, live, taken};
pub use typed::typed;
