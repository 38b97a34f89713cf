//! The database file: how it is made, opened and brought up to date. What is in it is the other files' business.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::network::Filing;
use super::{StoreError, copies};

/// One step a version: `MIGRATIONS[0]` makes version 1. Never edited once released; a change is a new step.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
];

/// The version of the data store that this program writes.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// How long a writer waits for another process before it gives up.
const BUSY: Duration = Duration::from_secs(5);

/// Where the database lies in the data directory.
pub(super) fn file(data: &Path) -> PathBuf {
    data.join("pinxit.db")
}

/// Makes the data directory, for this user alone.
pub(super) fn make_private(dir: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(StoreError::io(dir))?;
    let mode = std::fs::metadata(dir).map_err(StoreError::io(dir))?.permissions().mode();
    if mode & 0o077 != 0 {
        std::fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(StoreError::io(dir))?;
    }
    Ok(())
}

/// A connection to a database file that is there.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    Ok(db)
}

/// A file of no bytes is a new database for SQLite. Where copies of an older one lie beside it, it is one that was lost.
pub(super) fn refuse_emptied(data: &Path) -> Result<(), StoreError> {
    let path = file(data);
    let is_empty = std::fs::metadata(&path).is_ok_and(|facts| facts.is_file() && facts.len() == 0);
    if is_empty && !copies::good_copies(data).is_empty() {
        return Err(StoreError::damaged(&path, "it is empty".into()));
    }
    Ok(())
}

/// Opens the database for writing, brings it up to date, and refuses one that is newer than this program. Beside it, whether
/// it is new, or changes got into it another way until now.
pub(super) fn open_writer(data: &Path, filing: Filing) -> Result<(Connection, bool), StoreError> {
    let path = file(data);
    refuse_emptied(data)?;
    // SQLite gives the files beside it (-wal, -shm) the mode of the database, so the database is made first.
    OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(StoreError::io(&path))?;
    let mut db = connect(&path, OpenFlags::default())?;
    let found = known(version(&db)?)?;
    let is_new_way = set_filing(&db, filing)?;
    // EXTRA: without a write-ahead log a commit is durable only when the directory is.
    db.execute_batch("PRAGMA synchronous=EXTRA; PRAGMA foreign_keys=ON;")?;
    if (1..MIGRATIONS.len()).contains(&found) {
        copies::keep(data, copies::machine_time())?;
    }
    migrate(&mut db)?;
    Ok((db, is_new_way || found == 0))
}

/// Opens a file that nobody else has open, and that stays one file.
pub(super) fn open_single(path: &Path) -> Result<Connection, StoreError> {
    let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_filing(&db, Filing::Rollback)?;
    migrate(&mut db)?;
    Ok(db)
}

/// The version of a database that is there and older than this program; `None` where there is nothing to bring up to date.
/// One that cannot be read is none of this question's business: whoever opens it is told why.
pub(super) fn pending(data: &Path) -> Result<Option<i64>, StoreError> {
    let look = || -> Result<i64, StoreError> {
        let db = Connection::open_with_flags(file(data), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(BUSY)?;
        version(&db)
    };
    let Ok(found) = look() else { return Ok(None) };
    known(found)?;
    // A database that was never written to is new, not old.
    Ok((1..SCHEMA).contains(&found).then_some(found))
}

/// Refuses a database that another process has brought to a version newer than this program.
pub(super) fn still_known(db: &Connection) -> Result<(), StoreError> {
    known(version(db)?).map(|_| ())
}

/// Opens a second connection that only reads, so that readers never wait for a commit.
pub(super) fn open_reader(data: &Path) -> Result<Connection, StoreError> {
    let db = connect(&file(data), OpenFlags::default())?;
    db.execute_batch("PRAGMA query_only=ON;")?;
    Ok(db)
}

/// Sets how changes get into the file; whether that is another way than before. SQLite does not wait for other processes
/// while it changes it, so we do.
fn set_filing(db: &Connection, filing: Filing) -> Result<bool, StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        let set = || -> rusqlite::Result<String> {
            let found: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            if found == filing.word() {
                return Ok(found);
            }
            db.pragma_update_and_check(None, "journal_mode", filing.word(), |row| row.get::<_, String>(0))?;
            Ok(found)
        };
        match set() {
            Ok(found) => return Ok(found != filing.word()),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < BUSY => {
                let pause = Duration::from_millis(20);
                std::thread::sleep(pause);
                waited += pause;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) fn version(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

pub(super) fn known(found: i64) -> Result<usize, StoreError> {
    match usize::try_from(found) {
        Ok(done) if done <= MIGRATIONS.len() => Ok(done),
        _ => Err(StoreError::Newer { found, known: SCHEMA }),
    }
}

fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    if version(db)? == SCHEMA {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again inside the transaction: another process may have been first.
    for step in &MIGRATIONS[known(version(&tx)?)?..] {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", SCHEMA)?;
    Ok(tx.commit()?)
}
