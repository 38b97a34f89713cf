//! Contents that lie in a service's temporary storage: uploaded once, used until the service drops them. The uploading itself
//! is [`api`](crate::api)'s.

use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::domain::{ModelId, Now, Stamp};

/// An upload this near its end is not used any more: the request that names it may wait for its turn.
const MARGIN: Duration = Duration::from_secs(10 * 60);

impl Store {
    /// Where a content was uploaded for a model at this store's service, while it will be there for ten minutes more.
    pub fn uploaded(&self, sha256: &str, model: &ModelId, now: Now) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT url FROM upload WHERE sha256 = ?1 AND model = ?2 AND service = ?3 AND until > ?4",
            )?;
            let wanted = params![sha256, model.as_str(), self.places().service, now.after(MARGIN).0];
            Ok(found.query_row(wanted, |row| row.get(0)).optional()?)
        })
    }

    /// Remembers an upload until `until`.
    pub fn remember_upload(&self, sha256: &str, model: &ModelId, url: &str, until: Stamp) -> Result<(), StoreError> {
        self.write(|tx, _| {
            tx.execute(
                "INSERT OR REPLACE INTO upload (sha256, model, service, url, until) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![sha256, model.as_str(), self.places().service, url, until.0],
            )?;
            Ok(())
        })
    }
}
