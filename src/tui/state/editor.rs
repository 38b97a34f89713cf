//! A text being edited: where the cursor and the selection are, and the steps between its letters.
//!
//! Our own, where a widget was before: drafts and their undo outlive the program, a letter is what the user sees as one
//! (`👩‍🎨` is one step and one Backspace), and rows are divided by [`layout`](super::super::layout), which draws nothing.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::domain::Writing;

/// A text being edited.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    writing: Writing,
    /// The end of the selection that stays where it is.
    anchor: Option<usize>,
    /// The mark is set: every step of the cursor selects.
    marking: bool,
    /// The first row shown.
    pub top: usize,
    /// The column the cursor would stand in, where the rows it goes through are long enough.
    pub column: Option<usize>,
}

/// A step of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A letter back.
    Left,
    /// A letter on.
    Right,
    /// To the beginning of this word, or of the one before.
    WordLeft,
    /// To the end of this word, or of the next one.
    WordRight,
    /// To the beginning of the line.
    LineStart,
    /// To the end of the line.
    LineEnd,
    /// To the beginning of the text.
    Top,
    /// To its end.
    Bottom,
}

impl Step {
    /// Where it leads from a place in a text, both in bytes.
    pub fn reach(self, text: &str, at: usize) -> usize {
        match self {
            Step::Left => GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0),
            Step::Right => {
                GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
            }
            Step::WordLeft => word_before(text, at),
            Step::WordRight => word_after(text, at),
            Step::LineStart => text[..at].rfind('\n').map_or(0, |feed| feed + 1),
            Step::LineEnd => text[at..].find('\n').map_or(text.len(), |feed| at + feed),
            Step::Top => 0,
            Step::Bottom => text.len(),
        }
    }
}

impl Editor {
    /// An editor holding `text`, the cursor at its end and nothing to undo.
    pub fn new(text: &str) -> Editor {
        Editor::of(Writing::new(text))
    }

    /// An editor that goes on where a text was left.
    pub fn of(writing: Writing) -> Editor {
        Editor { writing, ..Editor::default() }
    }

    /// The text with its past.
    pub fn writing(&self) -> &Writing {
        &self.writing
    }

    /// The text, lines joined by line feeds.
    pub fn text(&self) -> String {
        self.as_str().to_owned()
    }

    /// The same, borrowed.
    pub fn as_str(&self) -> &str {
        self.writing.text()
    }

    /// Characters in the text, line feeds included: the service counts one for each (contract 3).
    pub fn chars(&self) -> usize {
        self.as_str().chars().count()
    }

    /// Nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.as_str().trim().is_empty()
    }

    /// Where the cursor stands, in bytes.
    pub fn cursor(&self) -> usize {
        self.writing.cursor()
    }

    /// The selection, in bytes; `None` where nothing is selected.
    pub fn selection(&self) -> Option<Range<usize>> {
        let (anchor, cursor) = (self.anchor?, self.cursor());
        (anchor != cursor).then(|| anchor.min(cursor)..anchor.max(cursor))
    }

    /// The words selected.
    pub fn selected(&self) -> Option<&str> {
        self.as_str().get(self.selection()?)
    }

    /// Whether the mark is set.
    pub fn is_marking(&self) -> bool {
        self.marking
    }

    /// Sets the mark where the cursor is, or takes it off.
    pub fn mark(&mut self) {
        self.marking = !self.marking;
        self.anchor = self.marking.then(|| self.cursor());
    }

    /// Takes the mark and the selection off.
    pub fn unmark(&mut self) {
        (self.anchor, self.marking) = (None, false);
    }

    /// Puts the cursor somewhere, selecting what lies between where `select` says so or the mark is set.
    pub fn go(&mut self, to: usize, select: bool) {
        match (select || self.marking, self.anchor) {
            (true, None) => self.anchor = Some(self.cursor()),
            (false, _) => self.anchor = None,
            (true, Some(_)) => {}
        }
        self.writing.go(to);
        self.column = None;
    }

    /// Where a step would lead.
    pub fn reach(&self, step: Step) -> usize {
        step.reach(self.as_str(), self.cursor())
    }

    /// Types text in the place of the selection.
    pub fn insert(&mut self, text: &str) {
        let range = self.selection().unwrap_or(self.cursor()..self.cursor());
        self.splice(range, text);
    }

    /// Pastes text in the place of the selection: a step of undo of its own.
    pub fn paste(&mut self, text: &str) {
        self.writing.close();
        self.insert(text);
        self.writing.close();
    }

    /// Takes the selection away, or what lies between the cursor and where the step leads.
    pub fn delete(&mut self, step: Step) {
        let range = self.selection().unwrap_or_else(|| self.span(step));
        self.splice(range, "");
    }

    /// Takes the selection away, or what lies between the cursor and where the step leads, and gives it. At the end of a
    /// line that is the line feed.
    pub fn kill(&mut self, step: Step) -> String {
        let mut range = self.selection().unwrap_or_else(|| self.span(step));
        if range.is_empty() && step == Step::LineEnd {
            range = self.span(Step::Right);
        }
        let killed = self.as_str()[range.clone()].to_owned();
        self.writing.close();
        self.splice(range, "");
        self.writing.close();
        killed
    }

    /// Puts another text in the place of this one, as an edit.
    pub fn replace(&mut self, text: &str) {
        self.writing.close();
        self.splice(0..self.as_str().len(), text);
        self.writing.close();
    }

    /// Takes the last edit back; false when there is none.
    pub fn undo(&mut self) -> bool {
        self.unmark();
        self.column = None;
        self.writing.undo()
    }

    /// Makes the edit again that was taken back last; false when there is none.
    pub fn redo(&mut self) -> bool {
        self.unmark();
        self.column = None;
        self.writing.redo()
    }

    fn span(&self, step: Step) -> Range<usize> {
        let (to, at) = (self.reach(step), self.cursor());
        to.min(at)..to.max(at)
    }

    fn splice(&mut self, range: Range<usize>, text: &str) {
        self.unmark();
        self.column = None;
        self.writing.splice(range, text);
    }
}

/// What a letter is to those who go by words.
fn kind(letter: &str) -> u8 {
    match letter.chars().next() {
        Some(c) if c.is_whitespace() => 0,
        Some(c) if c.is_alphanumeric() || c == '_' => 1,
        _ => 2,
    }
}

fn word_before(text: &str, at: usize) -> usize {
    let mut letters = text[..at].grapheme_indices(true).rev().skip_while(|(_, letter)| kind(letter) == 0);
    let Some((mut place, last)) = letters.next() else { return 0 };
    for (before, letter) in letters.take_while(|(_, letter)| kind(letter) == kind(last)) {
        (place, _) = (before, letter);
    }
    place
}

fn word_after(text: &str, at: usize) -> usize {
    let mut letters = text[at..].grapheme_indices(true).skip_while(|(_, letter)| kind(letter) == 0);
    let Some((place, first)) = letters.next() else { return text.len() };
    let last = letters.take_while(|(_, letter)| kind(letter) == kind(first)).last().unwrap_or((place, first));
    at + last.0 + last.1.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_by_what_the_user_sees_as_a_letter() {
        let mut editor = Editor::new("雪👩\u{200d}🎨e\u{301}");
        let mut places = Vec::new();
        while editor.cursor() > 0 {
            editor.go(editor.reach(Step::Left), false);
            places.push(editor.cursor());
        }
        assert_eq!(places, [14, 3, 0]);
        editor.go(14, false);
        editor.delete(Step::Left);
        assert_eq!(editor.as_str(), "雪e\u{301}", "a painter goes at once");
        editor.delete(Step::Right);
        assert_eq!(editor.as_str(), "雪");
    }

    #[test]
    fn words_end_at_blanks_and_marks_in_every_script() {
        let text = "a red-fox, 雪中红狐，宣纸";
        let mut editor = Editor::new(text);
        let words = |editor: &mut Editor, step, from: usize| {
            editor.go(from, false);
            let mut stops = Vec::new();
            while !stops.contains(&editor.reach(step)) {
                editor.go(editor.reach(step), false);
                stops.push(editor.cursor());
            }
            stops
        };
        assert_eq!(words(&mut editor, Step::WordRight, 0), [1, 5, 6, 9, 10, 23, 26, 32]);
        assert_eq!(words(&mut editor, Step::WordLeft, text.len()), [26, 23, 11, 9, 6, 5, 2, 0][..].to_vec());
    }

    #[test]
    fn what_is_selected_is_replaced_by_what_is_typed_and_comes_back() {
        let mut editor = Editor::new("a red fox");
        editor.go(2, false);
        editor.go(5, true);
        assert_eq!(editor.selected(), Some("red"));
        editor.insert("b");
        assert_eq!((editor.as_str(), editor.selection()), ("a b fox", None));
        editor.undo();
        editor.mark();
        editor.go(editor.reach(Step::LineEnd), false);
        assert_eq!(editor.selected(), Some(" fox"), "the mark selects without shift");
        assert_eq!(editor.kill(Step::LineStart), " fox");
        assert_eq!((editor.as_str(), editor.is_marking()), ("a red", false));
    }

    #[test]
    fn a_line_is_killed_to_its_end_then_its_line_feed() {
        let mut editor = Editor::new("one\ntwo");
        editor.go(1, false);
        assert_eq!([editor.kill(Step::LineEnd), editor.kill(Step::LineEnd)], ["ne", "\n"]);
        assert_eq!(editor.as_str(), "otwo");
        assert_eq!(editor.kill(Step::LineStart), "o");
        assert_eq!((editor.kill(Step::LineStart), editor.as_str()), (String::new(), "two"));
    }
}
