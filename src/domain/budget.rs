//! What may be spent, and the sum that decides it. Pure: what was spent is the store's to say.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Money;

/// The most that may be spent in a day and in a month; `None` for no limit. A limit counts amounts of its own currency,
/// and nothing that has no known price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// From local midnight.
    pub day: Option<Money>,
    /// From the first of the month.
    pub month: Option<Money>,
}

/// What a limit holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// From local midnight.
    Day,
    /// From the first of the month.
    Month,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Period::Day => "day",
            Period::Month => "month",
        })
    }
}

/// Money of one currency that is gone, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Billed in the period, as the service said.
    pub billed: Money,
    /// Set aside for jobs that have not ended, and for calls whose answer was lost in the period.
    pub set_aside: Money,
}

impl Spent {
    /// Both.
    pub fn total(self) -> Money {
        self.billed + self.set_aside
    }
}

/// A submit that does not fit under a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun {
    /// Which limit.
    pub period: Period,
    /// The limit itself.
    pub cap: Money,
    /// What counted against it before.
    pub spent: Spent,
    /// What the submit would have added.
    pub next: Money,
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Overrun { period, cap, spent, next } = self;
        let aside =
            if spent.set_aside.micros > 0 { format!(" and {} set aside", spent.set_aside) } else { String::new() };
        write!(f, "the budget of the {period} is {cap}: {} spent{aside}, this would add {next}", spent.billed)
    }
}

impl Caps {
    /// No limits.
    pub const NONE: Caps = Caps { day: None, month: None };

    /// The first limit that `next` would break, added to what was spent.
    pub fn broken_by<E>(
        &self,
        next: Money,
        mut spent: impl FnMut(Period, Money) -> Result<Spent, E>,
    ) -> Result<Option<Overrun>, E> {
        for (period, cap) in [(Period::Day, self.day), (Period::Month, self.month)] {
            let Some(cap) = cap.filter(|cap| cap.currency == next.currency && next.micros > 0) else { continue };
            let spent = spent(period, cap)?;
            if (spent.total() + next).micros > cap.micros {
                return Ok(Some(Overrun { period, cap, spent, next }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cent_fits_and_the_next_does_not() {
        let month = Caps { day: None, month: Some(Money::usd(1_000_000)) };
        let broken = |caps: Caps, next, billed, aside| {
            let spent = Spent { billed: Money::usd(billed), set_aside: Money::usd(aside) };
            let Ok(over) = caps.broken_by(Money::usd(next), |_, _| Ok::<_, std::convert::Infallible>(spent));
            over.map(|over| over.to_string())
        };
        assert_eq!(broken(month, 75_000, 900_000, 25_000), None);
        assert_eq!(
            broken(month, 75_000, 900_000, 25_001).expect("a millionth too much"),
            "the budget of the month is $1.000: $0.900 spent and $0.025001 set aside, this would add $0.075"
        );
        assert_eq!(broken(month, 0, 2_000_000, 0), None, "what costs nothing always fits");
        assert_eq!(broken(Caps::NONE, 1, 0, 0), None);
    }
}
