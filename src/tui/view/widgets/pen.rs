//! Writes along one line and never beyond its end.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{cut, width};

/// A place on a line, moving right as it writes.
pub struct Pen<'b> {
    buffer: &'b mut Buffer,
    x: u16,
    end: u16,
    y: u16,
    more: &'static str,
}

impl<'b> Pen<'b> {
    /// A pen at the beginning of row `row` of `area` (from 0). A row outside of it writes nothing.
    pub fn new(buffer: &'b mut Buffer, area: Rect, row: u16, more: &'static str) -> Pen<'b> {
        let end = if row < area.height { area.right() } else { area.x };
        Pen { buffer, x: area.x, end, y: area.y + row, more }
    }

    /// Cells left.
    pub fn room(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Column of the next cell.
    pub fn x(&self) -> u16 {
        self.x
    }

    /// Writes as much as fits.
    pub fn write(&mut self, text: &str, style: Style) -> &mut Self {
        let shown = cut(text, usize::from(self.room()), self.more);
        if self.room() > 0 {
            self.x = self.buffer.set_stringn(self.x, self.y, shown, usize::from(self.room()), style).0;
        }
        self
    }

    /// Moves on by some blank cells.
    pub fn skip(&mut self, cells: u16) -> &mut Self {
        self.x = self.x.saturating_add(cells).min(self.end);
        self
    }

    /// Moves on to the column `cells` from the line's beginning at `from`, or stays if it is past it.
    pub fn at(&mut self, column: u16) -> &mut Self {
        self.x = self.x.max(column.min(self.end));
        self
    }

    /// Writes at the end of the line, if it fits with a blank before it; the room before it gets smaller.
    pub fn right(&mut self, text: &str, style: Style) -> &mut Self {
        let cells = u16::try_from(width(text)).unwrap_or(u16::MAX);
        if cells > 0 && cells < self.room() {
            self.end -= cells;
            self.buffer.set_stringn(self.end, self.y, text, usize::from(cells), style);
            self.end -= 1;
        }
        self
    }
}
