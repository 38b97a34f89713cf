//! What the user wants done with a job, on its way from a front end to the engine.

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};
use crate::domain::{JobId, Now};

/// What the user wants done with a job; written by front ends, carried out by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Stop it.
    Cancel(JobId),
    /// Send it again (the user has confirmed what that may cost).
    Retry(JobId),
}

impl Store {
    /// Writes a wish for the engine.
    pub fn ask(&self, intent: Intent, now: Now) -> Result<(), StoreError> {
        let text = serde_json::to_string(&intent).expect("an intent is plain data");
        self.write(|tx, _| {
            tx.execute("INSERT INTO intent (at, intent) VALUES (?1, ?2)", params![now.0, text])?;
            Ok(())
        })
    }

    /// Takes all wishes, oldest first, removing them. One that a newer pinxit wrote and we cannot read is dropped.
    pub fn take_intents(&self) -> Result<Vec<Intent>, StoreError> {
        // Looking costs nothing; only a wish that is there is worth a commit.
        if !self.read(|tx| Ok(tx.query_row("SELECT EXISTS (SELECT 1 FROM intent)", [], |row| row.get(0))?))? {
            return Ok(Vec::new());
        }
        self.write(|tx, _| {
            let mut found = tx.prepare("SELECT intent FROM intent ORDER BY id")?;
            let texts = found.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            tx.execute("DELETE FROM intent", [])?;
            Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
        })
    }
}
