//! Letters on the panes while a place to jump to is being chosen. Rows show theirs instead of their marker.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::Brush;
use crate::tui::layout::{Panes, Spot};
use crate::tui::state::Pane;

/// Draws the letters of the panes into their frames' corners, or before the line of a folded one.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, panes: &Panes) {
    for pane in Pane::ALL {
        let area = match pane {
            Pane::Prompt => panes.prompt,
            Pane::Negative => panes.negative,
            Pane::References => panes.references,
            Pane::Settings => panes.settings,
            Pane::Queue => panes.queue,
        };
        let Some(letter) = brush.letter(Spot::Pane(pane)).filter(|_| !area.is_empty()) else { continue };
        let place = Rect { x: area.x + u16::from(area.height > 1), width: 1, height: 1, ..area };
        buffer.set_string(place.x, place.y, letter, brush.style("toast.plain"));
    }
}
