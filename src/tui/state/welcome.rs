//! The key for the service: whether there is one, and being given one.

use crate::domain::{Region, Secret};

use super::State;

/// What is known about the key.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// There is none, or none that can make pictures: nothing can be sent.
    pub missing: bool,
    /// Why the one there is cannot be used.
    pub refused: Option<String>,
    /// Where a key is that goes before one given here (`$DASHSCOPE_API_KEY`).
    pub held: Option<String>,
    /// The region is not settled otherwise, so whoever gives a key says which one it is of.
    pub asks_region: bool,
    /// The file a key given here is kept in.
    pub file: String,
}

/// A way on without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn {
    /// The studio on the built-in emulator.
    Demo,
    /// A key is typed or pasted.
    Give,
    /// How to get one.
    Guide,
}

/// The ways on, and what each leads to.
#[derive(Debug, Clone)]
pub enum Welcome {
    /// Choosing among [`State::ways_on`].
    Ways {
        /// The selected one.
        selected: usize,
    },
    /// A key is being typed.
    Key(KeyEntry),
    /// Choosing the region it is of, among [`Welcome::REGIONS`].
    Region {
        /// The key.
        key: Secret,
        /// The selected one.
        selected: usize,
    },
    /// How to get one.
    Guide {
        /// First line shown.
        top: usize,
    },
}

impl Welcome {
    /// Regions that can be chosen: those with an address of their own.
    pub const REGIONS: [Region; 3] = [Region::Singapore, Region::Beijing, Region::Virginia];
}

/// A key being typed: never shown, only counted.
#[derive(Debug, Clone, Default)]
pub struct KeyEntry {
    /// What is typed.
    pub typed: Secret,
    /// Why it was not taken.
    pub wrong: Option<String>,
    /// It does not begin as keys do; it is taken when it is given again.
    pub doubted: bool,
}

impl State {
    /// The ways on from here.
    pub fn ways_on(&self) -> &'static [WayOn] {
        match self.header.demo {
            true => &[WayOn::Give, WayOn::Guide],
            false => &[WayOn::Demo, WayOn::Give, WayOn::Guide],
        }
    }
}
