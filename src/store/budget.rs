//! Money set aside, and the limits a submit has to fit under. What was billed is the [`ledger`](super::ledger)'s.
//!
//! A job's whole estimate is set aside in the commit that makes it (or wants it sent again), less what is billed
//! meanwhile, until it ends. A call whose answer was lost stays at risk for its period, whatever becomes of its job. The
//! limits are checked in that same commit, so two processes cannot both take the last cent.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::ledger::{self, word};
use super::{Store, StoreError};
use crate::domain::{Caps, Cost, Currency, JobId, Money, Now, Overrun, Period, Spent, Stamp};

/// Calls whose fate nobody knows: of jobs that wait for a decision the reserve counts already.
const AT_RISK: &str = "outcome IN ('lose', 'expire') AND id NOT IN (SELECT attempt FROM ledger)
    AND NOT (id = (SELECT max(a.id) FROM attempt AS a WHERE a.job = attempt.job)
        AND EXISTS (SELECT 1 FROM job WHERE job.id = attempt.job AND job.phase = 'UNSURE'))";

/// Money of one currency that is not billed and may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBack {
    /// For jobs that have not ended.
    pub set_aside: Money,
    /// For calls whose answer was lost: of jobs that wait for a decision, and of this month.
    pub at_risk: Money,
}

impl Store {
    /// The same store for a user who may spend no more than this: [`Store::enqueue`], [`Store::ask`] for a job to be sent
    /// again, and [`Store::revise`] refuse what does not fit.
    pub fn within(mut self, caps: Caps) -> Store {
        self.caps = caps;
        self
    }

    /// What this store's user may spend.
    pub fn caps(&self) -> Caps {
        self.caps
    }

    /// Sets nothing aside any more for an ended job: the wish to send it again came to nothing.
    pub fn unreserve(&self, id: JobId) -> Result<(), StoreError> {
        self.write(|tx, _| {
            let ended = super::jobs::phase_of(tx, id)?.is_some_and(crate::domain::Phase::is_ended);
            if ended { release(tx, id) } else { Ok(()) }
        })
    }

    /// The limit that these costs together would break now, if any. Only the commit that takes them decides.
    pub fn overrun(&self, costs: &[&Cost], now: Now) -> Result<Option<Overrun>, StoreError> {
        match self.read(|tx| check(tx, self.caps(), costs, now)) {
            Err(StoreError::Budget(over)) => Ok(Some(over)),
            other => other.map(|()| None),
        }
    }

    /// Money that is not billed and may be, for each currency that has some.
    pub fn held_back(&self, now: Now) -> Result<Vec<HeldBack>, StoreError> {
        let (_, month) = ledger::periods(now);
        self.read(|tx| {
            let mut found = Vec::new();
            for currency in [Currency::Usd, Currency::Cny] {
                let doubtful = unsure(tx, currency)?;
                let money = |micros| Money { micros, currency };
                let set_aside = money(open(tx, currency)?.saturating_sub(doubtful));
                let at_risk = money(risk(tx, currency, month)?.saturating_add(doubtful));
                let some = set_aside.micros > 0 || at_risk.micros > 0;
                found.extend(some.then_some(HeldBack { set_aside, at_risk }));
            }
            Ok(found)
        })
    }

    /// What counts against a limit now, in the limit's currency.
    pub fn spent(&self, period: Period, currency: Currency, now: Now) -> Result<Spent, StoreError> {
        self.read(|tx| spent(tx, period, currency, now))
    }
}

/// Sets money aside for a new job, or for one that is to be sent again.
pub(super) fn set_aside(tx: &Transaction<'_>, id: JobId, cost: &Cost) -> Result<(), StoreError> {
    let total = cost.total();
    tx.prepare_cached("UPDATE job SET reserve = ?2, currency = ?3 WHERE id = ?1")?.execute(params![
        id.0,
        total.map_or(0, |money| money.micros),
        total.map(|money| word(money.currency))
    ])?;
    Ok(())
}

/// What is set aside for a job; `None` where its price is not known.
pub(super) fn reserved(tx: &Transaction<'_>, id: JobId) -> Result<Option<Money>, StoreError> {
    let mut found = tx.prepare_cached("SELECT reserve, currency FROM job WHERE id = ?1")?;
    let (micros, currency): (i64, Option<String>) = found.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(currency.and_then(|word| ledger::parse(&word)).map(|currency| Money { micros, currency }))
}

/// Sets more aside for a job that will be sent again.
pub(super) fn add(tx: &Transaction<'_>, id: JobId, cost: &Cost) -> Result<(), StoreError> {
    let more = cost.total().map_or(0, |money| money.micros);
    tx.prepare_cached("UPDATE job SET reserve = reserve + ?2 WHERE id = ?1")?.execute(params![id.0, more])?;
    Ok(())
}

/// The job has ended: nothing is set aside for it any more.
pub(super) fn release(tx: &Transaction<'_>, id: JobId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE job SET reserve = 0 WHERE id = ?1 AND reserve > 0")?.execute([id.0])?;
    Ok(())
}

/// Refuses what would break a limit; `costs` are those of the submit, which is written already or not at all.
pub(super) fn check(tx: &Transaction<'_>, caps: Caps, costs: &[&Cost], now: Now) -> Result<(), StoreError> {
    if caps == Caps::NONE {
        return Ok(());
    }
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for total in costs.iter().filter_map(|cost| cost.total()) {
        *sums.entry(total.currency).or_insert(Money::zero(total.currency)) += total;
    }
    for next in sums.into_values() {
        if let Some(over) = caps.broken_by(next, |period, cap| spent(tx, period, cap.currency, now))? {
            return Err(StoreError::Budget(over));
        }
    }
    Ok(())
}

fn spent(tx: &Transaction<'_>, period: Period, currency: Currency, now: Now) -> Result<Spent, StoreError> {
    let (day, month) = ledger::periods(now);
    let since = if period == Period::Day { day } else { month };
    let billed = ledger::spent_since(tx, since)?.into_iter().find(|money| money.currency == currency);
    Ok(Spent {
        billed: billed.unwrap_or(Money::zero(currency)),
        set_aside: Money { micros: open(tx, currency)?.saturating_add(risk(tx, currency, since)?), currency },
    })
}

fn open(tx: &Transaction<'_>, currency: Currency) -> Result<i64, StoreError> {
    let mut found =
        tx.prepare_cached("SELECT coalesce(sum(reserve), 0) FROM job WHERE reserve > 0 AND currency = ?1")?;
    Ok(found.query_row([word(currency)], |row| row.get(0))?)
}

/// What is set aside for jobs that wait for a decision.
fn unsure(tx: &Transaction<'_>, currency: Currency) -> Result<i64, StoreError> {
    let mut found = tx.prepare_cached(
        "SELECT coalesce(sum(reserve), 0) FROM job WHERE reserve > 0 AND currency = ?1 AND phase = 'UNSURE'",
    )?;
    Ok(found.query_row([word(currency)], |row| row.get(0))?)
}

fn risk(tx: &Transaction<'_>, currency: Currency, since: Stamp) -> Result<i64, StoreError> {
    let mut found = tx.prepare_cached(&format!(
        "SELECT coalesce(sum(stake), 0) FROM attempt WHERE {AT_RISK} AND currency = ?1 AND sent >= ?2"
    ))?;
    Ok(found.query_row(params![word(currency), since.0], |row| row.get(0))?)
}

/// Everything set aside or at risk this month, one sum a currency, for the screen.
pub(super) fn aside(tx: &Transaction<'_>, now: Now) -> Result<Vec<Money>, StoreError> {
    let (_, month) = ledger::periods(now);
    let mut sums = Vec::new();
    for currency in [Currency::Usd, Currency::Cny] {
        let micros = open(tx, currency)?.saturating_add(risk(tx, currency, month)?);
        sums.extend((micros > 0).then_some(Money { micros, currency }));
    }
    Ok(sums)
}
