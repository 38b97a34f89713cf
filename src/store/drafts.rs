//! What is in the studio's form, kept while it is typed.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, lock};
use crate::domain::{Draft, Now};

impl Store {
    /// Keeps the draft, in the place of the one before: whoever writes last is kept, whole. Nobody is told: a draft is no
    /// change of the queue.
    pub fn keep_draft(&self, draft: &Draft, now: Now) -> Result<(), StoreError> {
        let text = serde_json::to_string(&draft.bounded()).expect("a draft is plain data");
        let db = lock(&self.inner.writer);
        db.prepare_cached(
            "INSERT INTO draft (one, saved, draft) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET saved = excluded.saved, draft = excluded.draft",
        )?
        .execute(params![now.0, text])?;
        Ok(())
    }

    /// The draft kept last. One that cannot be read, of another version perhaps, is none: it must not keep the studio shut.
    pub fn draft(&self) -> Result<Option<Draft>, StoreError> {
        let text: Option<String> =
            self.read(|tx| Ok(tx.query_row("SELECT draft FROM draft", [], |row| row.get(0)).optional()?))?;
        Ok(text.and_then(|text| serde_json::from_str::<Draft>(&text).ok()).map(Draft::mended))
    }
}
