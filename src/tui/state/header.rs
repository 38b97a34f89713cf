//! The line at the top: where we are and what it has cost.

use crate::domain::{Caps, Money, Region};

/// The line at the top.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// On the built-in emulator: nothing costs real money.
    pub demo: bool,
    /// The work goes on when the studio is left.
    pub background: bool,
    /// Whose prices and hosts.
    pub region: Region,
    /// Confirmed spending since local midnight, by currency.
    pub spent_today: Vec<Money>,
    /// Confirmed spending since the first of the month, by currency.
    pub spent_month: Vec<Money>,
    /// Set aside for jobs that have not ended, and for calls whose answer was lost.
    pub set_aside: Vec<Money>,
    /// What may be spent.
    pub caps: Caps,
}
