//! What was billed, one row an attempt, and sums of it by the user's own calendar.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use super::jobs::json;
use crate::domain::{Cost, Currency, JobId, Money, Now, Stamp};

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
