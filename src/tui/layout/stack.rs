//! The batch screen divided: the batches, how far one is, its rows, and the selected row. And the page a plan stands on.

use ratatui::layout::Rect;

use super::board::window;
use super::{Layout, Window, layout, take_bottom, take_right, take_top};
use crate::tui::state::{Dialog, State};

/// Columns from which the batches stand beside the rows.
const SIDE_BY_SIDE: u16 = 100;

/// Batches in sight above the rows, at most.
const FEW: u16 = 3;

/// Rectangles of the batch screen, borders included; one of zero size is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stack {
    /// The line at the top.
    pub header: Rect,
    /// The batches.
    pub batches: Rect,
    /// How far the selected one is.
    pub progress: Rect,
    /// Its rows.
    pub rows: Rect,
    /// The selected row.
    pub row: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides the rows between header and footer.
pub(super) fn stack(state: &State, mut screen: Rect) -> Stack {
    let mut stack = Stack::default();
    let count = u16::try_from(state.batches.list.len()).unwrap_or(u16::MAX - 2);
    if count == 0 {
        return Stack { rows: screen, ..stack };
    }
    let (tall, some) = (screen.height >= 20, screen.height >= 14);
    if screen.width >= SIDE_BY_SIDE && some {
        let rest = screen.width - (screen.width * 3 / 10).min(44);
        let right = take_right(&mut screen, rest);
        stack.batches = std::mem::replace(&mut screen, right);
    } else if tall {
        stack.batches = take_top(&mut screen, count.min(FEW) + 2);
    }
    if screen.height >= 10 {
        let rows = if tall { 6 } else { 4 + u16::from(some) };
        stack.progress = take_top(&mut screen, rows);
    }
    if some {
        let rows = if screen.height >= 24 { 8 } else { 4 };
        stack.row = take_bottom(&mut screen, rows);
    }
    Stack { rows: screen, ..stack }
}

/// The rows of the batch screen that are in sight.
pub fn rows_window(state: &State, stack: &Stack) -> Window {
    let at = state.shown_at().unwrap_or(0);
    window(stack.rows, at)
}

/// Where a plan stands: its frame, over the whole screen but for the first and the last line.
pub fn plan_area((width, height): (u16, u16)) -> Rect {
    let width = width.saturating_sub(4).min(110);
    let height = height.saturating_sub(4);
    Rect { x: 2, y: 2, width, height }
}

/// Lines of the plan that is open, and how many there is room for.
pub fn plan_rows(state: &State) -> Option<(usize, usize)> {
    let Some(Dialog::Plan(page)) = &state.dialog else { return None };
    if matches!(layout(state), Layout::TooSmall) {
        return None;
    }
    let area = plan_area(state.size);
    // The frame, a blank line and the keys.
    let room = usize::from(area.height.saturating_sub(4));
    let measure = usize::from(area.width.saturating_sub(4));
    let lines = match page.outcome.as_ref()? {
        Err(wrong) => plan_words(wrong, measure).len(),
        Ok(sheet) => {
            let rows = if sheet.rows.is_empty() { 0 } else { sheet.rows.len() + 1 };
            plan_words(&sheet.words, measure).len() + rows + usize::from(sheet.more > 0)
        }
    };
    Some((lines, room))
}

/// Words broken to a width; what follows the first line of each is indented.
pub fn plan_words(words: &[String], measure: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for text in words {
        let lead = text.len() - text.trim_start().len();
        let indent = " ".repeat(lead);
        for (at, line) in super::wrap::wrap(text.trim_start(), measure.saturating_sub(lead + 4)).into_iter().enumerate()
        {
            lines.push(format!("{indent}{}{line}", if at == 0 { "" } else { "    " }));
        }
    }
    lines
}
