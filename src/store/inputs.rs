//! Stand-in: local input pictures, copied when a job is made, so that what is sent is what was chosen.

use std::path::PathBuf;

use super::{Store, StoreError};
use crate::domain::{JobId, ModelId, Now, Stamp};

impl Store {
    /// The copy of a job's local input picture number `index` (from 0, counted among all its pictures), made by
    /// [`Store::enqueue`]; `None` for one that is not a file.
    pub fn input(&self, job: JobId, index: usize) -> Result<Option<PathBuf>, StoreError> {
        let _ = (job, index);
        todo!()
    }

    /// Where a content was uploaded for a model at this store's service, while it is still there.
    pub fn uploaded(&self, sha256: &str, model: &ModelId, now: Now) -> Result<Option<String>, StoreError> {
        let _ = (sha256, model, now);
        todo!()
    }

    /// Remembers an upload until `until`.
    pub fn remember_upload(&self, sha256: &str, model: &ModelId, url: &str, until: Stamp) -> Result<(), StoreError> {
        let _ = (sha256, model, url, until);
        todo!()
    }

    /// Writes the job's story as `story.md` beside its pictures, links relative, and remembers it as the job's document.
    /// Pictures not on disk are named as missing. Written whole again on each call.
    pub fn write_story(&self, job: JobId, now: Now) -> Result<PathBuf, StoreError> {
        let _ = (job, now);
        todo!()
    }
}
