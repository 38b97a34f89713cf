//! Good copies of the database, beside it: one a day at most, one before each migration, and few of them.
//!
//! A copy is one file, whole, and checked before it counts. What is *not* here: putting one in the database's place
//! ([`restore`](super::restore)).

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::OpenFlags;
use tempfile::NamedTempFile;

use super::{Store, StoreError, pictures, schema};
use crate::domain::{Now, Stamp};

/// Copies that are kept.
const KEPT: usize = 3;

/// The shortest span between two of them.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Names of copies that are being made begin with it.
const UNFINISHED: &str = ".making-";

/// When a copy was made, as its name says it, in UTC.
const NAME: &str = "pinxit-%Y%m%dT%H%M%SZ.db";

/// A good copy of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodCopy {
    /// Its file.
    pub path: PathBuf,
    /// When it was made.
    pub made: Stamp,
}

impl GoodCopy {
    /// How old it is, in words: `12 min`, `3 h`, `2 days`.
    pub fn age(&self, now: Now) -> String {
        match now.since(self.made).as_secs() / 60 {
            minutes @ 0..120 => format!("{minutes} min"),
            minutes @ 120..2880 => format!("{} h", minutes / 60),
            minutes => format!("{} days", minutes / 1440),
        }
    }
}

impl Store {
    /// Keeps a good copy of the database where the newest is a day old; whether one was made. Nobody waits for it: readers
    /// and writers go on meanwhile.
    pub fn keep_copy(&self, now: Now) -> Result<bool, StoreError> {
        let data = &self.places().data;
        // One from the future was made before the clock was set back.
        let is_young = |copy: &GoodCopy| copy.made <= now && now.since(copy.made) < EVERY;
        if good_copies(data).last().is_some_and(is_young) {
            return Ok(false);
        }
        keep(data, now)?;
        Ok(true)
    }
}

/// The copies of a data directory's database, oldest first.
pub fn good_copies(data: &Path) -> Vec<GoodCopy> {
    let entries = std::fs::read_dir(directory(data)).into_iter().flatten().flatten();
    let mut copies: Vec<_> = entries
        .filter_map(|entry| {
            let made = DateTime::strptime(NAME, entry.file_name().to_str()?).ok()?;
            let made = made.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
            Some(GoodCopy { path: entry.path(), made: Stamp(made) })
        })
        .collect();
    copies.sort_by_key(|copy| copy.made);
    copies
}

/// Makes a copy now.
pub(super) fn keep(data: &Path, now: Now) -> Result<(), StoreError> {
    let (from, dir) = (schema::file(data), directory(data));
    schema::make_private(&dir)?;
    pictures::sweep(&dir, UNFINISHED, now);
    let room = rustix::fs::statvfs(&dir).map(|facts| facts.f_bavail.saturating_mul(facts.f_frsize)).unwrap_or(u64::MAX);
    if std::fs::metadata(&from).map_err(StoreError::io(&from))?.size().saturating_mul(2) > room {
        return Err(StoreError::Io { path: dir, source: std::io::ErrorKind::StorageFull.into() });
    }
    let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&dir).map_err(StoreError::io(&dir))?;
    copy(&from, &file).map_err(|error| error.about(&from))?;
    let at = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let path = dir.join(at.strftime(NAME).to_string());
    file.persist(&path).map_err(|refused| StoreError::Io { path: path.clone(), source: refused.error })?;
    File::open(&dir).and_then(|dir| dir.sync_all()).map_err(StoreError::io(&dir))?;
    prune(data, &path);
    Ok(())
}

/// Copies the database into an empty file, durably, and looks whether it is whole there.
fn copy(from: &Path, into: &NamedTempFile) -> Result<(), StoreError> {
    let name = into.path().to_str().ok_or_else(|| StoreError::Io {
        path: into.path().to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidFilename, "SQLite takes names in UTF-8 only"),
    })?;
    schema::connect(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?.execute("VACUUM INTO ?1", [name])?;
    check(into.path())?;
    File::open(into.path()).and_then(|file| file.sync_all()).map_err(StoreError::io(into.path()))
}

/// Removes all but the newest copies; the one just made stays whatever the clock said before.
fn prune(data: &Path, made: &Path) {
    let others: Vec<_> = good_copies(data).into_iter().filter(|copy| copy.path != made).collect();
    for copy in others.iter().rev().skip(KEPT - 1) {
        // One that stays does no harm.
        let _ = std::fs::remove_file(&copy.path);
    }
}

fn directory(data: &Path) -> PathBuf {
    data.join("copies")
}

/// Looks through a database file from end to end: `Damaged` when it is not whole, `Newer` when it is not ours to read.
pub(super) fn check(file: &Path) -> Result<(), StoreError> {
    let look = || -> Result<Vec<String>, StoreError> {
        let db = schema::connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::known(schema::version(&db)?)?;
        let mut found = db.prepare("PRAGMA quick_check(3)")?;
        let lines = found.query_map([], |row| row.get::<_, String>(0))?;
        Ok(lines.collect::<Result<_, _>>()?)
    };
    let said = look().map_err(|error| error.about(file))?;
    match &said[..] {
        [fine] if fine == "ok" => Ok(()),
        found => Err(StoreError::damaged(file, found.join("; "))),
    }
}

/// Looks through a data directory's database; `Ok(false)` when there is none yet.
pub fn check_store(data: &Path) -> Result<bool, StoreError> {
    let file = schema::file(data);
    schema::refuse_emptied(data)?;
    match std::fs::symlink_metadata(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::Io { path: file, source: error }),
        Ok(_) => check(&file).map(|()| true),
    }
}

/// The machine's time, for copies that are made or judged while a store is opened.
pub(super) fn machine_time() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
