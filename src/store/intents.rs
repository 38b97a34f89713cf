//! What the user wants done with a job, on its way from a front end to the engine.

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::jobs::{jobs_where, phase_of};
use super::journal::cost_again;
use super::{Store, StoreError, budget};
use crate::domain::{Event, Job, JobId, Now};

/// What the user wants done with a job; written by front ends, carried out by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Stop it.
    Cancel(JobId),
    /// Send it again (the user has confirmed what that may cost).
    Retry(JobId),
    /// Fetch its missing pictures again from the addresses that are kept; costs nothing.
    Refetch(JobId),
    /// Look once more for the task of a call whose answer was lost; costs nothing.
    Look(JobId),
    /// Follow its task, which somebody else found.
    Follow(JobId),
}

impl Intent {
    /// The job it is about.
    pub fn job(self) -> JobId {
        match self {
            Intent::Cancel(id) | Intent::Retry(id) | Intent::Refetch(id) | Intent::Look(id) | Intent::Follow(id) => id,
        }
    }
}

impl Store {
    /// Writes a wish for the engine inside a transaction.
    pub(super) fn wish(tx: &Transaction<'_>, intent: Intent, now: Now) -> Result<(), StoreError> {
        let text = serde_json::to_string(&intent).expect("an intent is plain data");
        tx.execute("INSERT INTO intent (at, intent) VALUES (?1, ?2)", params![now.0, text])?;
        Ok(())
    }

    /// Writes a wish for the engine. A job that is to be sent again has to fit under the limits of this store's user; what
    /// it will cost is set aside in the same commit.
    pub fn ask(&self, intent: Intent, now: Now) -> Result<(), StoreError> {
        self.write(|tx, _| {
            if let Intent::Retry(id) = intent
                && phase_of(tx, id)?.is_some_and(|phase| phase.on(Event::Retry).is_some())
            {
                let cost = cost_again(tx, id)?;
                budget::check(tx, self.caps(), &[&cost], now)?;
                // Beside what is set aside for a call in doubt, which stays at risk.
                budget::add(tx, id, &cost)?;
            }
            Store::wish(tx, intent, now)
        })
    }

    /// Takes all wishes about this service's jobs, oldest first, removing them. One that a newer pinxit wrote and we cannot
    /// read is dropped. A wish to stop a job that has not ended stays with the job until the user wants it sent again:
    /// whoever took it may die before it is carried out.
    pub fn take_intents(&self) -> Result<Vec<Intent>, StoreError> {
        // Looking costs nothing; only a wish that is there is worth a commit.
        if !self.read(|tx| Ok(tx.query_row("SELECT EXISTS (SELECT 1 FROM intent)", [], |row| row.get(0))?))? {
            return Ok(Vec::new());
        }
        self.write(|tx, _| {
            let mut found = tx.prepare("SELECT id, intent FROM intent ORDER BY id")?;
            let rows = found.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
            let mut own = tx.prepare("SELECT EXISTS (SELECT 1 FROM job WHERE id = ?1 AND service = ?2)")?;
            let mut taken = Vec::new();
            for row in rows.collect::<Result<Vec<_>, _>>()? {
                let intent: Option<Intent> = serde_json::from_str(&row.1).ok();
                if let Some(intent) = intent {
                    let about = params![intent.job().0, self.places().service];
                    if !own.query_row(about, |row| row.get::<_, bool>(0))? {
                        continue;
                    }
                    if let Intent::Cancel(id) = intent
                        && phase_of(tx, id)?.is_some_and(|phase| !phase.is_ended())
                    {
                        tx.execute("UPDATE job SET unwanted = 1 WHERE id = ?1", [id.0])?;
                    }
                    taken.push(intent);
                }
                tx.execute("DELETE FROM intent WHERE id = ?1", [row.0])?;
            }
            Ok(taken)
        })
    }

    /// Whether the user wants nothing more of a job sent.
    pub fn is_unwanted(&self, id: JobId) -> Result<bool, StoreError> {
        let unwanted = "SELECT EXISTS (SELECT 1 FROM job WHERE id = ?1 AND unwanted)";
        self.read(|tx| Ok(tx.prepare_cached(unwanted)?.query_row([id.0], |row| row.get(0))?))
    }

    /// This service's jobs that would be sent though the user does not want them any more, oldest first.
    pub fn unwanted(&self) -> Result<Vec<Job>, StoreError> {
        let unsent = "unwanted AND phase IN ('HELD', 'QUEUED') AND service = ?1";
        self.read(|tx| jobs_where(tx, unsent, params![self.places().service]))
    }
}
