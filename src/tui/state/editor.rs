//! A text being edited: `tui-textarea` with word wrap, and the questions the rest of the state asks of it.

use tui_textarea::{CursorMove, TextArea, WrapMode};

/// A text being edited.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The widget. Its scroll position is kept inside it and follows the cursor.
    pub area: TextArea<'static>,
}

impl Editor {
    /// An editor holding `text`, the cursor at its end.
    pub fn new(text: &str) -> Editor {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_cursor_line_style(ratatui::style::Style::default());
        // The terminal's own cursor is shown instead, where input methods look for it.
        area.set_cursor_style(ratatui::style::Style::default());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Editor { area }
    }

    /// The text, lines joined by line feeds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Characters in the text, line feeds included: the service counts one for each (contract 3).
    pub fn chars(&self) -> usize {
        self.area.lines().iter().map(|line| line.chars().count() + 1).sum::<usize>() - 1
    }

    /// The text before the cursor, in its line.
    pub fn before_cursor(&self) -> String {
        let cursor = self.area.cursor();
        self.area.lines().get(cursor.0).map(|line| line.chars().take(cursor.1).collect()).unwrap_or_default()
    }

    /// Takes so many letters before the cursor away and writes `text` in their place.
    pub fn exchange(&mut self, letters: usize, text: &str) {
        for _ in 0..letters {
            self.area.delete_char();
        }
        self.area.insert_str(text);
    }

    /// Nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }
}
