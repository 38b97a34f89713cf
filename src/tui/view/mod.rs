//! Every glyph. Pure: draws, decides nothing.

use ratatui::Frame;

use super::state::State;
use crate::domain::Now;

/// Draws the whole screen. `now` is only for ages and countdowns.
pub fn view(_state: &State, _now: Now, _frame: &mut Frame) {
    todo!()
}
