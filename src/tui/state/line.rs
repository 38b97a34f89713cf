//! A line being typed: a filter, a path, a value, a colour, a search.
//!
//! A text area of one line holds it, with its undo and what was cut from it. The area knows characters; the steps here go
//! by what the user sees as one letter, as in the prompt. It does not draw itself: what it shows depends on what it was
//! drawn into before, and only one line of the screen may have the terminal's cursor.

use tui_textarea::{CursorMove, TextArea};

use super::Step;

/// A line being typed. No line feed ever gets into it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    // A text area has room for much a line has no use for.
    area: Box<TextArea<'static>>,
    untouched: bool,
}

impl Line {
    /// A line that says `text`, the cursor at its end.
    pub fn new(text: &str) -> Line {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let mut area = Box::new(TextArea::from([text]));
        area.move_cursor(CursorMove::End);
        Line { area, untouched: false }
    }

    /// A line that offers a value: what is typed first takes its place, any other key goes on from it.
    pub fn offer(text: &str) -> Line {
        Line { untouched: !text.is_empty(), ..Line::new(text) }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Nothing at all.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Nothing was typed yet: the next letter begins afresh.
    pub fn is_untouched(&self) -> bool {
        self.untouched
    }

    /// Where the cursor stands, in bytes.
    pub fn cursor(&self) -> usize {
        let text = self.text();
        text.char_indices().nth(self.area.cursor().1).map_or(text.len(), |(at, _)| at)
    }

    /// Says something else, the cursor at its end.
    pub fn set(&mut self, text: &str) {
        *self = Line::new(text);
    }

    /// Types text; control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.untouched) {
            self.area.select_all();
        }
        self.area.insert_str(text);
    }

    /// Moves the cursor.
    pub fn go(&mut self, step: Step) {
        self.untouched = false;
        let to = step.reach(self.text(), self.cursor());
        // The area is told a column of two bytes; beyond those there is only the end.
        let column = u16::try_from(self.text()[..to].chars().count());
        self.area.move_cursor(column.map_or(CursorMove::End, |column| CursorMove::Jump(0, column)));
    }

    /// Takes away what lies between the cursor and where the step leads; what is cut can be put back by
    /// [`Line::paste`]. False where there is nothing.
    pub fn delete(&mut self, step: Step, cut: bool) -> bool {
        let kept = self.area.yank_text();
        self.area.start_selection();
        self.go(step);
        let gone = self.area.cut();
        if !cut {
            self.area.set_yank_text(kept);
        }
        gone
    }

    /// Puts back what was cut last. False where nothing was.
    pub fn paste(&mut self) -> bool {
        self.untouched = false;
        self.area.paste()
    }

    /// Takes the last change back. False when there is none.
    pub fn undo(&mut self) -> bool {
        self.untouched = false;
        self.area.undo()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_cuts_go_by_what_the_user_sees_as_a_letter() {
        let mut line = Line::new("雪👩\u{200d}🎨e\u{301}#\u{fe0f}\u{20e3}");
        let mut places = Vec::new();
        while line.cursor() > 0 {
            line.go(Step::Left);
            places.push(line.cursor());
        }
        assert_eq!(places, [17, 14, 3, 0]);
        line.go(Step::Right);
        assert!(line.delete(Step::Right, false));
        assert_eq!(line.text(), "雪e\u{301}#\u{fe0f}\u{20e3}", "a painter goes at once");
        line.go(Step::Bottom);
        assert!(line.delete(Step::WordLeft, true) && line.delete(Step::Left, false));
        assert_eq!((line.text(), line.cursor()), ("雪", 3));
        assert!(line.paste());
        assert_eq!(line.text(), "雪#\u{fe0f}\u{20e3}", "what was cut, not what a backspace took");
        assert!(line.undo());
        assert_eq!(line.text(), "雪");
    }

    #[test]
    fn the_first_letter_takes_the_place_of_what_is_offered_and_a_step_keeps_it() {
        let mut line = Line::offer("1,2,3,4");
        line.insert("9");
        assert_eq!(line.text(), "9");
        let mut line = Line::offer("1,2,3,4");
        line.go(Step::LineStart);
        line.insert("9");
        assert_eq!((line.text(), line.cursor()), ("91,2,3,4", 1));
        assert!(!Line::offer("").is_untouched());
    }

    #[test]
    fn no_line_feed_gets_in() {
        let mut line = Line::new("a\nb");
        line.insert("\r\nc\n");
        line.insert("\n");
        assert_eq!((line.text(), line.cursor()), ("abc", 3));
        assert!(!line.delete(Step::Right, true) && !line.delete(Step::LineEnd, true));
        line.go(Step::Top);
        assert!(!line.delete(Step::Left, false) && !line.delete(Step::WordLeft, true));
        assert_eq!(line.text(), "abc");
    }
}
