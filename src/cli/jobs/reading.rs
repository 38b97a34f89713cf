//! How far a story has been read out: its words are said as they come. Pure.

use crate::domain::Passage;

/// How far a story has been said.
#[derive(Debug, Default)]
pub struct Reading {
    /// Passages said whole.
    passages: usize,
    /// Bytes said of the passage that may still grow.
    bytes: usize,
}

/// A bit of a story that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bit<'a> {
    /// Words that go on where the last ones ended.
    Words(&'a str),
    /// A picture, by its index.
    Picture(u32),
}

impl Reading {
    /// What has come since the last time. Only the last passage can still grow.
    pub fn go_on<'a>(&mut self, story: &'a [Passage]) -> Vec<Bit<'a>> {
        let mut out = vec![];
        while let Some(passage) = story.get(self.passages) {
            match passage {
                Passage::Picture(index) => out.push(Bit::Picture(*index)),
                Passage::Text(words) => {
                    let more = words.get(self.bytes..).unwrap_or_default();
                    out.extend((!more.is_empty()).then_some(Bit::Words(more)));
                    self.bytes = words.len();
                    if self.passages + 1 == story.len() {
                        break;
                    }
                }
            }
            (self.passages, self.bytes) = (self.passages + 1, 0);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_and_picture_is_said_once_as_the_story_grows() {
        let text = |words: &str| Passage::Text(words.into());
        let mut reading = Reading::default();
        assert_eq!(reading.go_on(&[]), []);
        assert_eq!(reading.go_on(&[text("Warm")]), [Bit::Words("Warm")]);
        assert_eq!(reading.go_on(&[text("Warm")]), []);
        assert_eq!(reading.go_on(&[text("Warm 茶")]), [Bit::Words(" 茶")]);
        let grown = [text("Warm 茶."), Passage::Picture(0), text("Then")];
        assert_eq!(reading.go_on(&grown), [Bit::Words("."), Bit::Picture(0), Bit::Words("Then")]);
        let whole = [&grown[..2], &[text("Then pour."), Passage::Picture(1)]].concat();
        assert_eq!(reading.go_on(&whole), [Bit::Words(" pour."), Bit::Picture(1)]);
        assert_eq!(reading.go_on(&whole), []);
    }
}
