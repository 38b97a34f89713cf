//! A damaged database, and a good copy put in its place.
//!
//! The damaged files are kept. The copy does not know what was sent since it was made, so nothing of it is sent by itself:
//! everything is paused, and each job that waits says why.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::params;

use super::copies::{self, GoodCopy};
use super::{StoreError, network, schema};
use crate::domain::Now;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The copy that is the database now.
    pub copy: GoodCopy,
    /// Where the damaged files are.
    pub aside: PathBuf,
    /// Jobs that wait, and may have been sent since the copy was made.
    pub waiting: usize,
}

/// Jobs of a copy that would be sent by themselves.
const WAITING: &str = "phase IN ('QUEUED', 'PREPARING')";

/// Said of each of them.
const DOUBT: &str = "put back from a copy: it may have been sent and billed since";

/// Puts the newest good copy in the place of a data directory's damaged database, which is kept. Nobody may have the store
/// open; there is no moment without a database file.
pub fn restore(data: &Path, now: Now) -> Result<Restored, StoreError> {
    let whole = |copy: &GoodCopy| copies::check(&copy.path).is_ok();
    let copy = copies::good_copies(data).into_iter().rev().find(whole).ok_or(StoreError::NoCopy)?;
    let fresh = tempfile::Builder::new().prefix(".restoring-").tempfile_in(data).map_err(StoreError::io(data))?;
    std::fs::copy(&copy.path, fresh.path()).map_err(StoreError::io(&copy.path))?;
    let waiting = distrust(fresh.path(), now)?;
    File::open(fresh.path()).and_then(|file| file.sync_all()).map_err(StoreError::io(fresh.path()))?;
    let aside = set_aside(data, now)?;
    let name = schema::file(data);
    fresh.persist(&name).map_err(|refused| StoreError::Io { path: name, source: refused.error })?;
    File::open(data).and_then(|dir| dir.sync_all()).map_err(StoreError::io(data))?;
    Ok(Restored { copy, aside, waiting })
}

/// Pauses everything in a copy that is not in use yet, and marks what waits; how many jobs that are.
fn distrust(file: &Path, now: Now) -> Result<usize, StoreError> {
    let db = schema::open_single(file)?;
    db.execute("INSERT OR IGNORE INTO pause (service, model) SELECT DISTINCT service, '' FROM job", [])?;
    db.execute(
        &format!("INSERT INTO log (job, at, text) SELECT id, ?1, ?2 FROM job WHERE {WAITING}"),
        params![now.0, DOUBT],
    )?;
    Ok(db.execute(&format!("UPDATE job SET note = ?1, until = NULL WHERE {WAITING}"), [DOUBT])?)
}

/// Keeps the damaged database and what SQLite has beside it, in a directory of their own. The database itself stays in its
/// place too, until the copy takes it.
fn set_aside(data: &Path, now: Now) -> Result<PathBuf, StoreError> {
    let at = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y%m%dT%H%M%SZ");
    let names =
        (1_u32..).map(|nth| data.join(if nth == 1 { format!("damaged-{at}") } else { format!("damaged-{at}-{nth}") }));
    let aside = names.into_iter().find(|dir| !dir.exists()).unwrap_or_else(|| data.join("damaged"));
    schema::make_private(&aside)?;
    let name = schema::file(data);
    let kept = aside.join("pinxit.db");
    if name.exists() && std::fs::hard_link(&name, &kept).is_err() {
        std::fs::copy(&name, &kept).map_err(StoreError::io(&kept))?;
    }
    for ending in ["-wal", "-shm", "-journal"] {
        let (from, to) = (data.join(format!("pinxit.db{ending}")), aside.join(format!("pinxit.db{ending}")));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Io { path: from, source: error });
            }
            _ => {}
        }
    }
    Ok(aside)
}

/// On which network file system a directory is, or the nearest one that is there; `None` for a disk of this machine.
pub fn network_of(dir: &Path) -> Option<&'static str> {
    network::of(dir.ancestors().find(|dir| dir.exists())?)
}
