//! Bills added up. Pure but for the calendar.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Currency, Money};
use crate::store::Bill;

use super::super::calendar;
use super::By;

/// What several bills come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// Pictures billed.
    pub pictures: u64,
    /// Those of them whose price nobody knows.
    pub unpriced: u64,
    /// Known amounts.
    pub amounts: BTreeMap<Currency, Money>,
    /// Where and when the prices were read.
    pub bases: BTreeSet<String>,
}

impl Sum {
    fn add(&mut self, bill: &Bill) {
        self.pictures += u64::from(bill.images);
        match bill.unit {
            Some(unit) => {
                *self.amounts.entry(unit.currency).or_insert(Money::zero(unit.currency)) += unit.times(bill.images);
                self.bases.extend(bill.basis.clone());
            }
            None => self.unpriced += u64::from(bill.images),
        }
    }
}

/// Sums by day, model, project or batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Each with its name, in order: days and batches as they came, names by the alphabet.
    pub rows: Vec<(String, Sum)>,
    /// Everything.
    pub total: Sum,
}

impl Sums {
    /// Adds up.
    pub fn of(bills: &[Bill], by: By) -> Sums {
        let mut rows: BTreeMap<(i64, String), Sum> = BTreeMap::new();
        let mut total = Sum::default();
        for bill in bills {
            rows.entry(key(bill, by)).or_default().add(bill);
            total.add(bill);
        }
        Sums { rows: rows.into_iter().map(|((_, name), sum)| (name, sum)).collect(), total }
    }
}

/// What a bill is added under; empty for no project or batch.
fn key(bill: &Bill, by: By) -> (i64, String) {
    match by {
        By::Day => (0, calendar::day(bill.at)),
        By::Model => (0, bill.model.to_string()),
        By::Project => (0, bill.project.clone().unwrap_or_default()),
        By::Batch => bill.batch.as_ref().map_or((0, String::new()), |(id, name)| (id.0, format!("{id} {name}"))),
    }
}

#[cfg(test)]
pub mod sample {
    use super::*;
    use crate::domain::{BatchId, JobId, Stamp};

    /// A bill of so many pictures.
    pub fn bill(model: &str, images: u32, unit: Option<Money>) -> Bill {
        Bill {
            at: Stamp(1_795_000_000_000),
            job: JobId(1),
            model: model.into(),
            project: Some("shop".into()),
            batch: Some((BatchId(3), "spring, \"hero\"".into())),
            images,
            unit,
            basis: unit.map(|_| "price file, 2026-04".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::bill;
    use super::*;
    use crate::domain::Stamp;

    #[test]
    fn known_prices_add_up_by_currency_and_unknown_ones_are_counted_in_pictures() {
        let yuan = Money { micros: 200_000, currency: Currency::Cny };
        let bills = [
            bill("b", 2, Some(Money::usd(30_000))),
            bill("a", 3, None),
            bill("b", 1, Some(Money::usd(75_000))),
            bill("b", 1, Some(yuan)),
        ];
        let sums = Sums::of(&bills, By::Model);
        assert_eq!(sums.rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((sums.rows[0].1.pictures, sums.rows[0].1.unpriced), (3, 3));
        let b = &sums.rows[1].1;
        assert_eq!((b.pictures, b.unpriced, b.bases.len()), (4, 0, 1));
        assert_eq!(b.amounts.values().map(Money::to_string).collect::<Vec<_>>(), ["$0.135", "¥0.200"]);
        assert_eq!((sums.total.pictures, sums.total.unpriced), (7, 3));
    }

    #[test]
    fn days_are_the_users_own_and_what_is_booked_under_nothing_has_no_name() {
        let first = bill("m", 1, None);
        let later = Bill { at: Stamp(first.at.0 + 86_400_000), project: None, batch: None, ..first.clone() };
        let names = |by| Sums::of(&[later.clone(), first.clone()], by).rows.into_iter().map(|(name, _)| name);
        assert_eq!(names(By::Day).collect::<Vec<_>>(), [calendar::day(first.at), calendar::day(later.at)]);
        assert_eq!(names(By::Project).collect::<Vec<_>>(), ["", "shop"]);
        assert_eq!(names(By::Batch).collect::<Vec<_>>(), ["", "3 spring, \"hero\""]);
    }
}
