//! What is kept with a job's picture files, where it was asked for other than usual; and what is written beside them.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction, params};

use super::journal::touch;
use super::{Store, StoreError};
use crate::domain::{ImageId, JobId, Keeping, Metadata};

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

/// The longest file beside a picture that is looked into.
const BESIDE_MAX: u64 = 16 << 20;

/// Where a picture's recipe lies, if it lies beside it.
fn beside(picture: &Path) -> PathBuf {
    let mut name = OsString::from(picture);
    name.push(".json");
    PathBuf::from(name)
}

/// The file beside a picture that pinxit wrote, of this very picture; `None` where there is none, and where it is anybody else's,
/// or was changed by hand: one line as [`write_beside`] writes it, a recipe that names the picture.
pub fn written_beside(id: ImageId, picture: &Path) -> Option<PathBuf> {
    let path = beside(picture);
    let facts = std::fs::symlink_metadata(&path).ok()?;
    if !facts.is_file() || facts.len() > BESIDE_MAX {
        return None;
    }
    let text = std::fs::read_to_string(&path).ok()?;
    let is_a_line = text.strip_suffix('\n').is_some_and(|line| !line.contains('\n'));
    let recipe: serde_json::Value = serde_json::from_str(&text).ok().filter(|_| is_a_line)?;
    let says = |at: &str, word: &str| recipe.pointer(at)?.as_str().map(|text| text.starts_with(word));
    let is_ours = says("/schema", "pinxit.recipe/") == Some(true) && says("/program", "pinxit ") == Some(true);
    let number = recipe.pointer("/picture/number").and_then(serde_json::Value::as_u64);
    // A recipe without ids names no job.
    let job = recipe.pointer("/job/id").map(|job| job.as_i64());
    let is_its = number == Some(u64::from(id.index) + 1) && job.is_none_or(|job| job == Some(id.job.0));
    (is_ours && is_its).then_some(path)
}

/// Writes a recipe beside a picture, as `fox.png.json`; its path. A file that lies there stays; where it says the same, that
/// is as good.
pub fn write_beside(picture: &Path, recipe: &str) -> Result<PathBuf, StoreError> {
    let path = beside(picture);
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
