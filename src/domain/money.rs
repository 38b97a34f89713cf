//! Money, in millionths, so that sums of prices are exact.

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// The currencies the service's price pages use (contract 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Currency {
    /// US dollars: Singapore and other international regions.
    #[default]
    Usd,
    /// Chinese yuan: Beijing.
    Cny,
}

impl Currency {
    /// The sign written before an amount.
    pub fn sign(self) -> &'static str {
        match self {
            Currency::Usd => "$",
            Currency::Cny => "¥",
        }
    }
}

/// An amount in millionths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Money {
    /// Millionths: `75_000` is 0.075.
    pub micros: i64,
    /// In which currency.
    pub currency: Currency,
}

impl Money {
    /// Nothing.
    pub fn zero(currency: Currency) -> Money {
        Money { micros: 0, currency }
    }

    /// An amount of US dollars in millionths.
    pub fn usd(micros: i64) -> Money {
        Money { micros, currency: Currency::Usd }
    }

    /// `count` times this amount, saturating.
    pub fn times(self, count: u32) -> Money {
        Money { micros: self.micros.saturating_mul(i64::from(count)), ..self }
    }

    /// Whether it is no more than a limit; an amount in another currency than its limit counts as more.
    pub fn is_within(self, limit: Money) -> bool {
        self.currency == limit.currency && self.micros <= limit.micros
    }

    /// The amount as a number of whole units, for JSON.
    pub fn units(self) -> f64 {
        self.micros as f64 / 1e6
    }

    /// Two decimals, for running totals: `$18.40`.
    pub fn rounded(self) -> String {
        // In whole hundredths, half away from zero: the float nearest to 0.075 lies below it.
        let hundredths = (self.micros.abs() + 5_000) / 10_000;
        let minus = if self.micros < 0 { "-" } else { "" };
        format!("{minus}{}{}.{:02}", self.currency.sign(), hundredths / 100, hundredths % 100)
    }
}

impl fmt::Display for Money {
    /// Three decimals at least, since single pictures cost fractions of a cent: `$0.075`, `$0.900`, `¥0.562065`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = format!("{:.6}", self.units());
        let keep = exact.trim_end_matches('0').len().max(exact.len() - 3);
        write!(f, "{}{}", self.currency.sign(), &exact[..keep])
    }
}

impl Add for Money {
    type Output = Money;

    /// Sums of one currency; the left side's currency is kept.
    fn add(self, other: Money) -> Money {
        Money { micros: self.micros.saturating_add(other.micros), ..self }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

/// What a submit costs, and where the figure comes from. A model without a price is said to be so, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Unit price times images.
    Known {
        /// Price of one picture.
        unit: Money,
        /// Pictures billed at most.
        images: u32,
        /// Where and when the unit price was read, for example `price file, 2026-04`.
        basis: String,
    },
    /// No price for this model in this region.
    Unknown {
        /// Pictures billed at most.
        images: u32,
    },
}

impl Cost {
    /// The whole amount, if the price is known.
    pub fn total(&self) -> Option<Money> {
        match self {
            Cost::Known { unit, images, .. } => Some(unit.times(*images)),
            Cost::Unknown { .. } => None,
        }
    }

    /// Pictures billed at most.
    pub fn images(&self) -> u32 {
        match self {
            Cost::Known { images, .. } | Cost::Unknown { images } => *images,
        }
    }

    /// The same price for another number of pictures.
    pub fn for_images(&self, count: u32) -> Cost {
        match self.clone() {
            Cost::Known { unit, basis, .. } => Cost::Known { unit, images: count, basis },
            Cost::Unknown { .. } => Cost::Unknown { images: count },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_three_decimals_and_lose_only_zeros() {
        assert_eq!(Money::usd(75_000).to_string(), "$0.075");
        assert_eq!(Money::usd(75_000).times(4).to_string(), "$0.300");
        assert_eq!(Money { micros: 562_065, currency: Currency::Cny }.to_string(), "¥0.562065");
        assert_eq!(Money::usd(18_400_000).rounded(), "$18.40");
        assert_eq!(Money::usd(75_000).rounded(), "$0.08");
    }
}
