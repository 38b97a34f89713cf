//! What is kept with a job's picture files, where it was asked for other than usual; and what is written beside them.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction, params};

use super::journal::touch;
use super::{Store, StoreError};
use crate::domain::{JobId, Keeping, Metadata};

impl Store {
    /// What is to be kept with a job's pictures; `None` for what is usual.
    pub fn keeping(&self, id: JobId) -> Result<Option<Keeping>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached("SELECT metadata, sidecar FROM keeping WHERE job = ?1")?;
            let row = found.query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).optional()?;
            Ok(row.map(|(word, sidecar)| Keeping { metadata: Metadata::parse(&word).unwrap_or_default(), sidecar }))
        })
    }

    /// Writes down that a picture's file was given other words, or rid of them: what is recorded is true of the file as it lies
    /// there. Says whether it is one of ours.
    pub fn reworded(&self, path: &Path, bytes: u64, sha256: &str) -> Result<bool, StoreError> {
        self.write(|tx, revision| {
            let found: Option<i64> = tx
                .prepare_cached("UPDATE image SET bytes = ?2, sha256 = ?3 WHERE path = ?1 RETURNING job")?
                .query_row(params![path.as_os_str().as_bytes(), bytes as i64, sha256], |row| row.get(0))
                .optional()?;
            if let Some(job) = found {
                touch(tx, JobId(job), revision)?;
            }
            Ok(found.is_some())
        })
    }
}

/// Writes down what a new job asks for.
pub(super) fn record(tx: &Transaction<'_>, id: JobId, keeping: Option<Keeping>) -> Result<(), StoreError> {
    if let Some(Keeping { metadata, sidecar }) = keeping {
        tx.prepare_cached("INSERT INTO keeping (job, metadata, sidecar) VALUES (?1, ?2, ?3)")?.execute(params![
            id.0,
            metadata.word(),
            sidecar
        ])?;
    }
    Ok(())
}

/// Writes a recipe beside a picture, as `fox.png.json`; its path. A file that lies there stays; where it says the same, that
/// is as good.
pub fn write_beside(picture: &Path, recipe: &str) -> Result<PathBuf, StoreError> {
    let mut name = OsString::from(picture);
    name.push(".json");
    let path = PathBuf::from(name);
    let directory = path.parent().unwrap_or(Path::new("/"));
    let content = format!("{recipe}\n");
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".pinxit-").tempfile_in(directory)?;
        file.write_all(content.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&path).map_err(|refused| refused.error)
    };
    match write() {
        Ok(_) => Ok(path),
        Err(_) if std::fs::read(&path).is_ok_and(|found| found == content.as_bytes()) => Ok(path),
        Err(source) => Err(StoreError::Io { path, source }),
    }
}
