//! Routes that turned out not to be for a model, remembered across processes and for a while: a refusal costs nothing,
//! but time.

use std::collections::HashSet;

use rusqlite::{Transaction, params};

use super::{Store, StoreError};
use crate::domain::{JobId, ModelId, Now, Stamp};

impl Store {
    /// The routes that this store's service is known to refuse for a model, as [`Learned::route`](super::Learned) names
    /// them.
    pub fn wrong_routes(&self, model: &ModelId, now: Now) -> Result<HashSet<String>, StoreError> {
        self.read(|tx| {
            let mut found =
                tx.prepare_cached("SELECT route FROM wrong_route WHERE model = ?1 AND service = ?2 AND until > ?3")?;
            let rows = found.query_map(params![model.as_str(), self.places().service, now.0], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets them all: none was right, so what was known of them says nothing.
    pub fn forget_wrong_routes(&self, model: &ModelId) -> Result<(), StoreError> {
        self.write(|tx, _| {
            let theirs = params![model.as_str(), self.places().service];
            tx.execute("DELETE FROM wrong_route WHERE model = ?1 AND service = ?2", theirs)?;
            Ok(())
        })
    }
}

/// Writes down that a job's last attempt went by a route that is not for its model.
pub(super) fn went_astray(tx: &Transaction<'_>, id: JobId, until: Stamp) -> Result<(), StoreError> {
    let last = "(SELECT max(id) FROM attempt WHERE job = ?1)";
    tx.prepare_cached(&format!("UPDATE attempt SET astray = 1 WHERE id = {last}"))?.execute([id.0])?;
    tx.prepare_cached(&format!(
        "INSERT OR REPLACE INTO wrong_route (model, service, route, until)
         SELECT job.model, job.service, attempt.route, ?2 FROM attempt JOIN job ON job.id = attempt.job
         WHERE attempt.id = {last}"
    ))?
    .execute(params![id.0, until.0])?;
    Ok(())
}
