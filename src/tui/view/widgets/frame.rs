//! The frame around a pane: border, title, state word, and a text on the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, Widget};

use super::{Brush, Pen, cut};

/// What stands in a frame's top border.
#[derive(Default)]
pub struct Heading<'a> {
    /// The pane's name.
    pub title: &'a str,
    /// Its state, in a word or two.
    pub word: &'a str,
    /// The state word's role.
    pub word_role: &'a str,
    /// On the right, with its style.
    pub right: Option<(&'a str, Style)>,
    /// In the bottom border, with its style.
    pub foot: Option<(&'a str, Style)>,
    /// The pane has the keys.
    pub focused: bool,
}

/// Draws a frame and gives what is inside it, one blank column within each side.
pub fn frame(brush: &Brush, buffer: &mut Buffer, area: Rect, heading: &Heading) -> Rect {
    if area.width < 4 || area.height < 2 {
        return Rect::default();
    }
    let (set, line, title) = if heading.focused {
        (brush.glyphs.focused, "pane.focused", "pane.title.focused")
    } else {
        (brush.glyphs.border, "pane", "pane.title")
    };
    Block::bordered().border_set(set).border_style(brush.style(line)).render(area, buffer);
    let top = Rect { x: area.x + 2, width: area.width - 4, height: 1, ..area };
    // What is written into the border must not keep the border's colour and weight.
    let afresh = Style::reset().patch(brush.style("ground"));
    let mut pen = Pen::new(buffer, top, 0, brush.glyphs.more);
    if let Some((text, style)) = heading.right {
        pen.right(&format!(" {text} "), afresh.patch(style));
    }
    if !heading.title.is_empty() && pen.room() > 4 {
        pen.write(" ", afresh).write(heading.title, afresh.patch(brush.style(title)));
        if !heading.word.is_empty() && pen.room() > 4 {
            pen.write(" ", afresh).write(heading.word, afresh.patch(brush.style(heading.word_role)));
        }
        pen.write(" ", afresh);
    }
    if let Some((text, style)) = heading.foot.filter(|_| area.height > 2) {
        let bottom = Rect { y: area.bottom() - 1, ..top };
        // A blank on each side of it, and one cell of the border before them.
        let text = cut(text, usize::from(bottom.width.saturating_sub(3)), brush.glyphs.more);
        Pen::new(buffer, bottom, 0, "").right(&format!(" {text} "), afresh.patch(style));
    }
    Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 }
}
