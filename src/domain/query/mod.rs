//! What is looked for on the shelf: words of the prompt, fields, and an order. Pure: text in, wishes out; the store finds
//! the pictures.
//!
//! `red "autumn leaves" !car model:wan2.7* star:yes since:7d sort:cost`: everything must hold; a comma within a field is an
//! or; `!` or `-` turns a wish around.

mod read;
mod words;

use jiff::civil::Date;

use super::{BatchId, Card, Format, ImageId, JobId};

pub use read::{BadQuery, FIELDS};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these must hold.
    pub terms: Vec<Term>,
    /// Which shelf: the bin is another one.
    pub bin: Bin,
    /// What comes first.
    pub sort: Sort,
}

impl Query {
    /// Whether every picture on the shelf is wanted.
    pub fn is_open(&self) -> bool {
        self.terms.is_empty() && self.bin == Bin::Out
    }
}

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// It must not hold.
    pub not: bool,
    /// One of these is enough.
    pub any: Vec<Want>,
}

/// Something that can be true of a picture. In patterns `*` stands for anything and `?` for one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Its prompt has these letters, whatever their case.
    Words(String),
    /// Its model is like this.
    Model(String),
    /// One of its tags is like this.
    Tag(String),
    /// It is booked under a project like this.
    Project(String),
    /// Its job has a name like this.
    Name(String),
    /// Its file's name is like this.
    File(String),
    /// It has a star.
    Star,
    /// It was turned down.
    Rejected,
    /// It was saved then or later.
    Since(When),
    /// It was saved then or before.
    Until(When),
    /// Pixels across and down.
    Size(u32, u32),
    /// Its sides are to each other as these numbers, to a hundredth.
    Ratio(u32, u32),
    /// It was asked for with this seed.
    Seed(u32),
    /// It is this picture.
    Picture(ImageId),
    /// It is of one of these jobs, both ends included.
    Jobs(JobId, JobId),
    /// It is of this batch.
    Batch(BatchId),
    /// It is of a batch with a name like this.
    BatchName(String),
    /// Its file has this format.
    Format(Format),
    /// Its price, in millionths of the currency's unit.
    Cost(Compare, i64),
}

/// How two numbers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// More.
    Over,
    /// As much or more.
    AtLeast,
    /// Less.
    Under,
    /// As much or less.
    AtMost,
    /// As much.
    Just,
}

/// A moment as it is written down; which one it is depends on the clock and the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many hours ago.
    Back(u32),
    /// The day that is now.
    Today,
    /// A day.
    Day(Date),
}

/// Which pictures: those on the shelf, those in the bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bin {
    /// On the shelf.
    #[default]
    Out,
    /// In the bin.
    In,
    /// Both.
    Either,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The newest job; its pictures in their own order.
    #[default]
    New,
    /// The oldest job.
    Old,
    /// The dearest.
    Cost,
    /// The one with the most pixels.
    Size,
}

impl Sort {
    /// All of them, in the order they are gone through.
    pub const ALL: [Sort; 4] = [Sort::New, Sort::Old, Sort::Cost, Sort::Size];

    /// The word in a query.
    pub fn word(self) -> &'static str {
        match self {
            Sort::New => "new",
            Sort::Old => "old",
            Sort::Cost => "cost",
            Sort::Size => "size",
        }
    }

    /// The next one.
    pub fn next(self) -> Sort {
        let at = Sort::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        Sort::ALL[(at + 1) % Sort::ALL.len()]
    }

    /// A query that is in this order and else the same.
    pub fn put(self, query: &str) -> String {
        let mut words: Vec<&str> =
            words::split(query).filter(|word| !word.is_of("sort")).map(|word| word.raw).collect();
        let own = format!("sort:{}", self.word());
        if self != Sort::default() {
            words.push(&own);
        }
        words.join(" ")
    }

    /// Where a picture stands in this order: what decides first, then its name.
    pub fn mark(self, card: &Card) -> Bookmark {
        let key = match self {
            Sort::New | Sort::Old => card.image.id.job.0,
            Sort::Cost => card.price.map_or(-1, |price| price.micros),
            Sort::Size => i64::from(card.image.width) * i64::from(card.image.height),
        };
        Bookmark { key, image: card.image.id }
    }
}

/// A place in an order, from which on pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookmark {
    /// What the order goes by first.
    pub key: i64,
    /// The picture there.
    pub image: ImageId,
}

/// Which stretch of an order is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The first ones.
    First,
    /// Those after a place.
    After(Bookmark),
    /// The one at a place, or the next one where it is gone, and those after it.
    At(Bookmark),
    /// Those before a place, the nearest ones, in their order.
    Before(Bookmark),
    /// The last ones, in their order.
    Last,
}
