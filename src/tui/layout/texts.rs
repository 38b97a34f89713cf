//! The two texts in their panes: rows, and which of them are in sight.

use std::ops::Range;

use ratatui::layout::Rect;

use super::rows::{row_at, rows, top_row};
use super::{Layout, layout};
use crate::tui::state::{Editor, Pane, State};

/// A text as its pane shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// Every row of the text, bytes of each.
    pub rows: Vec<Range<usize>>,
    /// The first one shown.
    pub top: usize,
    /// The row of the cursor.
    pub row: usize,
}

impl TextView {
    /// A text in a place of this size; the rows it showed before stay as long as they can.
    pub fn new(editor: &Editor, columns: u16, height: u16) -> TextView {
        let rows = rows(editor.as_str(), usize::from(columns));
        let row = row_at(&rows, editor.cursor());
        let top = top_row(editor.top, row, rows.len(), usize::from(height));
        TextView { rows, top, row }
    }
}

/// A text pane's text as it is shown now; as one wide row a line where the pane is not in sight.
pub fn text_view(state: &State, pane: Pane) -> TextView {
    let area = match layout(state) {
        Layout::Panes(panes) if pane == Pane::Negative => panes.negative,
        Layout::Panes(panes) => panes.prompt,
        Layout::TooSmall | Layout::Queue(_) | Layout::Batch(_) | Layout::Gallery(_) | Layout::History(_) => {
            Rect::default()
        }
    };
    let editor = if pane == Pane::Negative { &state.compose.negative } else { &state.compose.prompt };
    // Borders, and a blank column within each: as `frame` draws it.
    match (area.width.saturating_sub(4), area.height.saturating_sub(2)) {
        (0, _) | (_, 0) => TextView::new(editor, u16::MAX, 1),
        (columns, height) => TextView::new(editor, columns, height),
    }
}
