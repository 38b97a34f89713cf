//! The gallery: what is looked for, the stretch of pictures that was read, which are marked, and what can be undone.
//!
//! Only a stretch of the shelf is here, however many pictures there are: it grows as the user goes on and is cut at its
//! far end.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::{Line, Part};
use crate::domain::query::{BadQuery, Query};
use crate::domain::{Card, Fault, ImageId, Mark, Stamp};

/// The gallery.
#[derive(Debug, Clone, Default)]
pub struct Gallery {
    /// What is looked for; empty for everything.
    pub search: Line,
    /// What was looked for before the search was typed into; `Some` while it is.
    pub before: Option<String>,
    /// Tags being typed for the marked pictures, or the selected one.
    pub tags: Option<Line>,
    /// Why the search cannot be read. What was found last stays.
    pub wrong: Option<BadQuery>,
    /// What `cards` is the answer to; `None` before the first answer.
    pub read: Option<Query>,
    /// The question that is under way.
    pub pending: Option<Pending>,
    /// Questions asked so far.
    pub tickets: u64,
    /// Something changed in the store since `cards` was read.
    pub stale: bool,
    /// Why the shelf could not be read.
    pub fault: Option<Fault>,
    /// A stretch of what was found.
    pub cards: Vec<Card>,
    /// How many there are before it.
    pub skipped: u64,
    /// Whether there are more after it.
    pub more: bool,
    /// How many were found in all, once that is known.
    pub count: Option<u64>,
    /// The selected one of `cards`.
    pub selected: usize,
    /// Marked pictures, those beyond `cards` too.
    pub marks: BTreeSet<ImageId>,
    /// The question for all pictures of the search, to mark them; `None` where nothing is asked.
    pub gathering: Option<u64>,
    /// Such questions asked so far.
    pub asked_ids: u64,
    /// What can be undone, newest last.
    pub undo: Vec<PictureUndo>,
    /// Names and facts in place of small pictures.
    pub list: bool,
    /// No small pictures can be shown here.
    pub blind: bool,
    /// One of its pictures was enlarged: the compose screen has another one to show.
    pub enlarged: bool,
    /// The small pictures.
    pub thumbs: Thumbs,
}

/// A question to the shelf.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its number; an answer to another one is out of date.
    pub ticket: u64,
    /// What is asked for.
    pub query: Query,
    /// What becomes of the answer.
    pub way: Way,
}

/// What becomes of what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is all there is here, from the first picture on.
    Afresh,
    /// It is all there is here, up to the last picture.
    FromEnd,
    /// It takes the place of what is here; the selection stays on its picture.
    Again {
        /// So many were asked for.
        most: usize,
    },
    /// It comes after what is here.
    On,
    /// It comes before it.
    Back,
}

/// Marks that can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureUndo {
    /// Which pictures were changed, and how.
    pub done: Vec<(Vec<ImageId>, Mark)>,
    /// What it was, in a word or two.
    pub what: String,
}

/// Small pictures, painted as they come into sight.
#[derive(Debug, Clone, Default)]
pub struct Thumbs {
    /// Those in sight.
    pub wanted: Vec<Part>,
    /// When they have been in sight long enough; `None` once they have.
    pub due: Option<Stamp>,
    /// What is painted, the newest last.
    pub shown: VecDeque<(Part, Result<Arc<Buffer>, Fault>)>,
}

impl Thumbs {
    /// Painted pictures kept: some screens of them. One takes 10 kB or so.
    pub const KEPT: usize = 120;

    /// A picture as it is painted.
    pub fn get(&self, part: &Part) -> Option<&Result<Arc<Buffer>, Fault>> {
        self.shown.iter().rev().find(|(known, _)| known == part).map(|(_, cells)| cells)
    }
}

impl Gallery {
    /// Pictures asked for at once.
    pub const PAGE: usize = 120;

    /// Pictures kept at most.
    pub const MOST: usize = 600;

    /// Steps that can be undone.
    pub const UNDO: usize = 50;

    /// Whether something is being typed.
    pub fn is_typing(&self) -> bool {
        self.before.is_some() || self.tags.is_some()
    }

    /// Whether names stand in place of pictures.
    pub fn is_list(&self) -> bool {
        self.list || self.blind
    }

    /// The selected picture.
    pub fn card(&self) -> Option<&Card> {
        self.cards.get(self.selected)
    }

    /// A picture by its name.
    pub fn get(&self, id: ImageId) -> Option<&Card> {
        self.cards.iter().find(|card| card.image.id == id)
    }

    /// The selected picture's place among all that were found, from 0.
    pub fn place(&self) -> u64 {
        self.skipped + self.selected as u64
    }

    /// How many marked pictures are not among `cards`.
    pub fn beyond(&self) -> usize {
        let here = self.cards.iter().filter(|card| self.marks.contains(&card.image.id)).count();
        self.marks.len() - here
    }

    /// How many pictures an action is about.
    pub fn targeted(&self) -> usize {
        if self.marks.is_empty() { usize::from(self.card().is_some()) } else { self.marks.len() }
    }

    /// The pictures an action is about, as far as they are here: the marked ones, else the selected one.
    pub fn targets(&self) -> Vec<&Card> {
        if self.marks.is_empty() {
            return self.card().into_iter().collect();
        }
        self.cards.iter().filter(|card| self.marks.contains(&card.image.id)).collect()
    }
}
