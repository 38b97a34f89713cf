//! A text with its cursor and its past: every change is kept, so that it can be undone and redone, also at the next start.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Changes kept of a text.
const CHANGES_MAX: usize = 100;

/// Bytes of changes kept of a text, in memory beside the newest change, whatever its size.
const BYTES_MAX: usize = 256 * 1024;

/// One step of undo: at `at` (bytes), `removed` became `inserted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Change {
    at: usize,
    removed: String,
    inserted: String,
}

impl Change {
    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// A text being written. Places in it are bytes, always between two characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    text: String,
    cursor: usize,
    /// What undo takes back, the newest last.
    #[serde(default)]
    past: Vec<Change>,
    /// What redo brings back, the next one last.
    #[serde(default)]
    future: Vec<Change>,
    /// The newest change may still grow: letters typed one after the other are one step of undo.
    #[serde(skip)]
    open: bool,
}

impl Writing {
    /// A text without a past, the cursor at its end.
    pub fn new(text: &str) -> Writing {
        Writing { text: text.to_owned(), cursor: text.len(), ..Writing::default() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor stands.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor somewhere; what is typed next is a step of undo of its own.
    pub fn go(&mut self, to: usize) {
        let to = self.boundary(to);
        self.open &= to == self.cursor;
        self.cursor = to;
    }

    /// Ends the current step of undo.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Puts `text` in the place of `range`, the cursor after it. Letters typed or taken away one after the other join to one
    /// step of undo, up to the end of a word.
    pub fn splice(&mut self, range: Range<usize>, text: &str) {
        let start = self.boundary(range.start);
        let end = self.boundary(range.end.max(start));
        let removed = self.text[start..end].to_owned();
        if removed == text {
            self.go(end);
            return;
        }
        self.text.replace_range(start..end, text);
        self.cursor = start + text.len();
        self.future.clear();
        if !self.grow(start, &removed, text) {
            self.past.push(Change { at: start, removed, inserted: text.to_owned() });
        }
        self.open = true;
        let mut bytes: usize = self.past.iter().map(Change::bytes).sum();
        while self.past.len() > 1 && (self.past.len() > CHANGES_MAX || bytes > BYTES_MAX) {
            bytes -= self.past.remove(0).bytes();
        }
    }

    /// Whether the newest change took this one in.
    fn grow(&mut self, at: usize, removed: &str, inserted: &str) -> bool {
        let Some(last) = self.past.last_mut().filter(|_| self.open) else { return false };
        let blank = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
        let (ends, begins) = (last.inserted.chars().next_back(), inserted.chars().next());
        let goes_on = removed.is_empty() && !last.inserted.is_empty() && at == last.at + last.inserted.len();
        let new_word = ends == Some('\n') || begins == Some('\n') || (blank(ends) && !blank(begins));
        if goes_on && !new_word {
            last.inserted.push_str(inserted);
            return true;
        }
        let takes_away = inserted.is_empty() && last.inserted.is_empty();
        if takes_away && at + removed.len() == last.at {
            last.removed.insert_str(0, removed);
            last.at = at;
            return true;
        }
        if takes_away && at == last.at {
            last.removed.push_str(removed);
            return true;
        }
        false
    }

    /// Takes the newest change back; false when there is none.
    pub fn undo(&mut self) -> bool {
        let Some(change) = self.past.pop() else { return false };
        let done = self.turn(change.at, &change.inserted, &change.removed);
        if done {
            self.future.push(change)
        } else {
            self.past.clear()
        }
        done
    }

    /// Makes the change again that was taken back last; false when there is none.
    pub fn redo(&mut self) -> bool {
        let Some(change) = self.future.pop() else { return false };
        let done = self.turn(change.at, &change.removed, &change.inserted);
        if done {
            self.past.push(change)
        } else {
            self.future.clear()
        }
        done
    }

    /// Whether there is something to take back.
    pub fn has_past(&self) -> bool {
        !self.past.is_empty()
    }

    /// `from` at a place becomes `to`. False, changing nothing, where it is not there: a past that was read from a file
    /// may be another text's.
    fn turn(&mut self, at: usize, from: &str, to: &str) -> bool {
        self.open = false;
        let end = at.saturating_add(from.len());
        if self.text.get(at..end) != Some(from) {
            return false;
        }
        self.text.replace_range(at..end, to);
        self.cursor = at + to.len();
        true
    }

    /// Bytes of the text and all its changes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.past.iter().chain(&self.future).map(Change::bytes).sum::<usize>()
    }

    /// As it is written down: no more than 256 KiB of changes, the newest of them.
    pub fn bounded(&self) -> Writing {
        let mut kept = self.clone();
        let mut bytes = kept.bytes() - kept.text.len();
        while bytes > BYTES_MAX {
            let side = if kept.past.is_empty() { &mut kept.future } else { &mut kept.past };
            bytes -= side.remove(0).bytes();
        }
        kept
    }

    /// As it was read from a file: whatever stands there, the cursor is inside the text.
    pub fn mended(mut self) -> Writing {
        self.cursor = self.boundary(self.cursor);
        self
    }

    /// The place at or before this one that is between two characters.
    fn boundary(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(text: &str) -> Writing {
        let mut writing = Writing::new("");
        text.chars().for_each(|c| writing.splice(writing.cursor()..writing.cursor(), c.encode_utf8(&mut [0; 4])));
        writing
    }

    #[test]
    fn words_typed_are_undone_word_by_word() {
        let mut writing = typed("a red  fox\nin snow");
        let mut seen = Vec::new();
        while writing.undo() {
            seen.push(writing.text().to_owned());
        }
        assert_eq!(seen, ["a red  fox\nin ", "a red  fox\n", "a red  fox", "a red  ", "a ", ""]);
        while writing.redo() {}
        assert_eq!((writing.text(), writing.cursor()), ("a red  fox\nin snow", 18));
    }

    #[test]
    fn letters_taken_away_in_a_row_come_back_together() {
        let mut writing = typed("狐狸é");
        for end in [8, 6, 3] {
            writing.splice(writing.text().floor_char_boundary(end - 1)..end, "");
        }
        assert_eq!(writing.text(), "");
        assert!(writing.undo());
        assert_eq!(writing.text(), "狐狸é");
    }

    #[test]
    fn moving_the_cursor_begins_a_new_step() {
        let mut writing = typed("ab");
        writing.go(0);
        writing.splice(0..0, "c");
        writing.undo();
        assert_eq!(writing.text(), "ab");
    }

    #[test]
    fn the_past_is_bounded_and_a_huge_change_can_still_be_undone_here() {
        let mut writing = Writing::new("");
        for nth in 0..300 {
            writing.close();
            writing.splice(0..0, &nth.to_string());
        }
        assert_eq!((0..).take_while(|_| writing.undo()).count(), CHANGES_MAX);
        let mut writing = Writing::new("small");
        writing.splice(0..5, &"x".repeat(BYTES_MAX + 1));
        assert!(!writing.bounded().has_past(), "not worth the disk");
        assert!(writing.undo() && writing.text() == "small");
    }

    #[test]
    fn a_past_that_does_not_fit_the_text_changes_nothing() {
        let text = r#"{"text":"狐","cursor":1,"past":[{"at":1,"removed":"x","inserted":"yy"}]}"#;
        let mut writing: Writing = serde_json::from_str::<Writing>(text).unwrap().mended();
        assert_eq!(writing.cursor(), 0);
        assert!(!writing.undo() && !writing.redo() && !writing.has_past());
        assert_eq!(writing.text(), "狐");
    }

    proptest! {
        /// Against a model that keeps every text whole.
        #[test]
        fn whatever_was_written_is_undone_and_redone_exactly(
            edits in prop::collection::vec((0usize..40, 0usize..6, "[a-c 狐\n]{0,3}|e\u{301}|👩\u{200d}🎨", any::<bool>()), 0..60),
        ) {
            let mut writing = Writing::new("");
            let mut texts = vec![String::new()];
            for (start, length, text, closed) in edits {
                if closed {
                    writing.close();
                }
                let naive: Vec<char> = writing.text().chars().collect();
                let (start, end) = (start.min(naive.len()), (start + length).min(naive.len()));
                let wanted: String = naive[..start].iter().copied().chain(text.chars()).chain(naive[end..].iter().copied()).collect();
                let byte = |chars: usize| naive[..chars].iter().map(|c| c.len_utf8()).sum::<usize>();
                writing.splice(byte(start)..byte(end), &text);
                prop_assert_eq!(writing.text(), &wanted);
                texts.push(wanted);
            }
            let last = writing.text().to_owned();
            let read: Writing = serde_json::from_str(&serde_json::to_string(&writing).unwrap()).unwrap();
            let mut writing = read.mended();
            let mut back = 0;
            while writing.undo() {
                prop_assert!(texts.contains(&writing.text().to_owned()), "{:?} never was", writing.text());
                back += 1;
            }
            prop_assert!(back == CHANGES_MAX || writing.text().is_empty());
            while writing.redo() {}
            prop_assert_eq!(writing.text(), last);
        }
    }
}
