//! A picture on the shelf, and what is written down about it.

use std::sync::Arc;
use std::time::Duration;

use super::{BatchId, Image, Money, Origin, Request, Stamp, text};

/// A picture with everything the shelf knows about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The picture.
    pub image: Image,
    /// What was asked for.
    pub request: Arc<Request>,
    /// When it was asked for.
    pub asked: Stamp,
    /// How long it took from the paid call to the last picture, where it has ended.
    pub took: Option<Duration>,
    /// The price of one picture, where it is known.
    pub price: Option<Money>,
    /// What its job is booked under.
    pub project: Option<String>,
    /// What the user calls its job.
    pub name: Option<String>,
    /// The batch it was made in.
    pub batch: Option<BatchId>,
    /// The job it was made from, or the one picture of it.
    pub parent: Option<Origin>,
    /// Jobs that were made from it, or from its job.
    pub children: u32,
    /// One of the good ones.
    pub star: bool,
    /// Looked at and turned down.
    pub rejected: bool,
    /// The user's own words on it, sorted.
    pub tags: Vec<String>,
    /// When it was put into the bin.
    pub binned: Option<Stamp>,
    /// When its file was deleted for good.
    pub purged: Option<Stamp>,
}

/// Something to say of a picture, or to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// It is one of the good ones.
    Star(bool),
    /// It is turned down.
    Reject(bool),
    /// A word on it; as [`tag`] makes them.
    Tag(String, bool),
    /// It is in the bin.
    Bin(bool),
}

impl Mark {
    /// The contrary.
    pub fn undone(&self) -> Mark {
        match self {
            Mark::Star(on) => Mark::Star(!on),
            Mark::Reject(on) => Mark::Reject(!on),
            Mark::Tag(word, on) => Mark::Tag(word.clone(), !on),
            Mark::Bin(on) => Mark::Bin(!on),
        }
    }
}

impl Card {
    /// Whether a mark is true of it.
    pub fn has(&self, mark: &Mark) -> bool {
        match mark {
            Mark::Star(on) => self.star == *on,
            Mark::Reject(on) => self.rejected == *on,
            Mark::Tag(word, on) => self.tags.contains(word) == *on,
            Mark::Bin(on) => self.binned.is_some() == *on,
        }
    }

    /// Marks it.
    pub fn put(&mut self, mark: &Mark, now: Stamp) {
        match mark {
            Mark::Star(on) => self.star = *on,
            Mark::Reject(on) => self.rejected = *on,
            Mark::Tag(word, false) => self.tags.retain(|known| known != word),
            Mark::Tag(word, true) if self.tags.contains(word) => {}
            Mark::Tag(word, true) => {
                self.tags.push(word.clone());
                self.tags.sort_unstable();
            }
            Mark::Bin(on) => self.binned = on.then_some(now),
        }
    }
}

/// Longest tag, in letters.
const TAG_MAX: usize = 60;

/// A tag as it is kept: on one line, without commas, which part tags; `None` for nothing.
pub fn tag(text: &str) -> Option<String> {
    let plain = text::clean(text).replace([',', '"'], " ");
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(TAG_MAX).collect();
    Some(short.trim().to_owned()).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_line_without_commas() {
        assert_eq!(tag("  late \n night, "), Some("late night".into()));
        assert_eq!(tag("霓虹\u{1b}[2J"), Some("霓虹␛[2J".into()));
        assert_eq!((tag(" , "), tag(&"x".repeat(99)).map(|tag| tag.len())), (None, Some(60)));
    }
}
