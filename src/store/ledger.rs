//! What was billed, one row an attempt, and sums of it by the user's own calendar.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, Transaction, params};

use super::jobs::json;
use super::{Store, StoreError};
use crate::domain::{BatchId, Cost, Currency, JobId, ModelId, Money, Now, Stamp};

/// What one call was billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// When the service said so.
    pub at: Stamp,
    /// Its job.
    pub job: JobId,
    /// Its model.
    pub model: ModelId,
    /// What the job is booked under.
    pub project: Option<String>,
    /// The job's batch, and what that is called.
    pub batch: Option<(BatchId, String)>,
    /// Pictures billed.
    pub images: u32,
    /// The price of one; `None` where nobody knows.
    pub unit: Option<Money>,
    /// Where and when that price was read.
    pub basis: Option<String>,
}

impl Store {
    /// Everything billed at or after a moment, oldest first.
    pub fn bills(&self, since: Stamp) -> Result<Vec<Bill>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT ledger.at, ledger.job, ledger.model, job.project, batch.id, batch.name,
                     min(ledger.images, 4294967295), ledger.unit, ledger.currency, ledger.basis
                 FROM ledger JOIN job ON job.id = ledger.job LEFT JOIN batch ON batch.id = job.batch
                 WHERE ledger.at >= ?1 ORDER BY ledger.at, ledger.attempt",
            )?;
            let rows = found.query_map([since.0], |row| {
                let (batch, name): (Option<i64>, Option<String>) = (row.get(4)?, row.get(5)?);
                let (unit, currency): (Option<i64>, Option<String>) = (row.get(7)?, row.get(8)?);
                let currency = currency.as_deref().and_then(parse);
                Ok(Bill {
                    at: Stamp(row.get(0)?),
                    job: JobId(row.get(1)?),
                    model: ModelId(row.get(2)?),
                    project: row.get(3)?,
                    batch: batch.map(|id| (BatchId(id), name.unwrap_or_default())),
                    images: row.get(6)?,
                    unit: unit.zip(currency).map(|(micros, currency)| Money { micros, currency }),
                    basis: row.get(9)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Writes down what the job's last attempt was billed, at the price the user was shown. A second word about the same
/// attempt changes nothing. The job's own count is the sum over its attempts.
pub(super) fn bill(tx: &Transaction<'_>, id: JobId, images: u32, now: Now) -> Result<(), StoreError> {
    let attempt = tx
        .prepare_cached(
            "SELECT attempt.id, job.model, job.estimate FROM attempt JOIN job ON job.id = attempt.job
             WHERE job = ?1 ORDER BY attempt.id DESC LIMIT 1",
        )?
        .query_row([id.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        .optional()?;
    let Some((attempt, model, estimate)) = attempt else { return Ok(()) };
    let (unit, basis) = match json(id.0, &estimate)? {
        Cost::Known { unit, basis, .. } => (Some(unit), Some(basis)),
        Cost::Unknown { .. } => (None, None),
    };
    let new =
        tx.prepare_cached("INSERT OR IGNORE INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            attempt,
            id.0,
            model,
            images,
            unit.map(|money| money.micros),
            unit.map(|money| word(money.currency)),
            basis,
            now.0
        ])?;
    if new > 0 {
        // What is billed is no longer set aside.
        let billed = unit.map_or(0, |money| money.times(images).micros);
        tx.prepare_cached("UPDATE job SET reserve = max(0, reserve - ?2) WHERE id = ?1")?
            .execute(params![id.0, billed])?;
    }
    tx.prepare_cached("UPDATE job SET billed_images = (SELECT sum(images) FROM ledger WHERE job = ?1) WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

/// Known amounts billed at or after a moment, one sum a currency. Pictures without a price are not in it.
pub(super) fn spent_since(tx: &Transaction<'_>, since: Stamp) -> Result<Vec<Money>, StoreError> {
    let mut found = tx.prepare_cached(
        "SELECT currency, sum(unit * images) FROM ledger WHERE at >= ?1 AND unit IS NOT NULL GROUP BY currency ORDER BY currency DESC",
    )?;
    let rows = found.query_map([since.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let mut sums = Vec::new();
    for row in rows {
        let (currency, micros) = row?;
        sums.extend(parse(&currency).map(|currency| Money { micros, currency }));
    }
    Ok(sums)
}

/// The last midnight, and the first of the month, where the user is.
pub(super) fn periods(now: Now) -> (Stamp, Stamp) {
    let here = local(now);
    let start = |day: &Zoned| day.start_of_day().map_or(now, |midnight| Stamp(midnight.timestamp().as_millisecond()));
    (start(&here), here.first_of_month().map_or(now, |first| start(&first)))
}

/// A moment on the user's clock and calendar.
pub(super) fn local(at: Stamp) -> Zoned {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system())
}

pub(super) fn word(currency: Currency) -> &'static str {
    match currency {
        Currency::Usd => "usd",
        Currency::Cny => "cny",
    }
}

pub(super) fn parse(word: &str) -> Option<Currency> {
    [Currency::Usd, Currency::Cny].into_iter().find(|&currency| self::word(currency) == word)
}
