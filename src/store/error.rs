//! Why the store could not do it, and the same in words for the user.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::copies;
use crate::domain::{Fault, FaultKind, JobId, Overrun, Phase, text};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error("the data store failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database was written by a newer pinxit.
    #[error("the data store has version {found}, this pinxit knows {known}: install the newer pinxit")]
    Newer {
        /// Version in the file.
        found: i64,
        /// Version we know.
        known: i64,
    },
    /// The file is there and is not a database of ours, or is damaged. It is left as it is.
    #[error("{path} is damaged or not a pinxit data store: {reason}")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
        /// A good copy of it, and how old that is.
        copy: Option<(PathBuf, String)>,
    },
    /// There is nothing to put in a damaged database's place.
    #[error("there is no good copy of the data store")]
    NoCopy,
    /// A row holds something this version cannot read.
    #[error("job {job} cannot be read from the data store: {reason}")]
    Unreadable {
        /// Whose row.
        job: i64,
        /// Why.
        reason: String,
    },
    /// A request cannot be written down as it is.
    #[error("the request cannot be kept: {reason}")]
    Unwritable {
        /// Why.
        reason: String,
    },
    /// An input picture cannot be used.
    #[error("{} cannot be used: {reason}", text::clean(&path.to_string_lossy()))]
    Input {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It would cost more than the user allows.
    #[error("{0}")]
    Budget(Overrun),
    /// The job is not where it would have to be.
    #[error("job {job} is {phase}: {needs}")]
    Moved {
        /// Which.
        job: JobId,
        /// Where it is.
        phase: Phase,
        /// What only jobs elsewhere can have done.
        needs: &'static str,
    },
    /// There is no such job or batch.
    #[error("there is no {0}")]
    Absent(String),
    /// Something could not be watched for changes.
    #[error("cannot watch {path} for changes: {reason}")]
    Watch {
        /// What.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl StoreError {
    /// For `map_err` on file calls.
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + '_ {
        move |source| StoreError::Io { path: path.to_owned(), source }
    }

    /// A damaged database, with the newest good copy there is of it.
    pub(super) fn damaged(path: &Path, reason: String) -> StoreError {
        let copies = path.parent().map(copies::good_copies).unwrap_or_default();
        let aged = |copy: copies::GoodCopy| (copy.path.clone(), copy.age(copies::machine_time()));
        let copy = copies.into_iter().next_back().map(aged);
        StoreError::Damaged { path: path.to_owned(), reason, copy }
    }

    /// Names the file when SQLite says that it is no database.
    pub(super) fn about(self, path: &Path) -> StoreError {
        match self {
            StoreError::Database(error) if is_damage(error.sqlite_error_code()) => {
                StoreError::damaged(path, error.to_string())
            }
            other => other,
        }
    }
}

fn is_damage(code: Option<ErrorCode>) -> bool {
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::from(&error)
    }
}

impl From<&StoreError> for Fault {
    fn from(error: &StoreError) -> Fault {
        let fault = |code: &str, hint: &str| Fault::new(FaultKind::Other, code, error.to_string()).hint(hint);
        match error {
            StoreError::Database(cause) => match cause.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => {
                    fault("disk_full", "Free some space; nothing that was saved is lost.").retryable()
                }
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                    fault("store_read_only", "Make the data directory writable for this user.")
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    fault("store_busy", "Another program holds the data store; try again.").retryable()
                }
                // SQLite says this too where the disk is full in an unusual moment.
                Some(ErrorCode::SystemIoFailure) => fault(
                    "disk_failed",
                    "The disk may be full or failing: `df -h` shows which. Free some space; nothing that was saved is lost.",
                )
                .retryable(),
                Some(ErrorCode::CannotOpen) => fault("store_not_opened", "Check that the data directory is there."),
                code if is_damage(code) => fault("store_damaged", DAMAGED),
                _ => fault("store_failed", ""),
            },
            StoreError::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    fault("disk_full", "Free some space, or choose another directory.").retryable()
                }
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    fault("not_writable", "Make it writable for this user, or choose another directory.")
                }
                _ => fault("file_failed", ""),
            },
            StoreError::Newer { .. } => fault("store_newer", ""),
            StoreError::Damaged { copy: None, .. } => fault("store_damaged", DAMAGED),
            StoreError::Damaged { copy: Some((path, age)), .. } => {
                let hint = format!(
                    "It was left as it is. A good copy, {age} old, is {}:\n\
                     `pinxit doctor --restore` puts it in its place and keeps the damaged file.",
                    path.display()
                );
                fault("store_damaged", &hint)
            }
            StoreError::NoCopy => fault("store_without_copy", DAMAGED),
            StoreError::Unreadable { .. } => fault("store_unreadable", "A newer pinxit may have written it."),
            StoreError::Unwritable { .. } => Fault { kind: FaultKind::Invalid, ..fault("request_unwritable", "") },
            StoreError::Input { .. } => Fault { kind: FaultKind::Invalid, ..fault("image_unusable", UNUSABLE) },
            StoreError::Budget(over) => {
                Fault::new(FaultKind::Budget, format!("budget_{}", over.period), format!("Not sent: {over}.")).hint(
                    format!("`pinxit cost` shows what was spent; the setting budget_{} is the limit.", over.period),
                )
            }
            StoreError::Moved { .. } => Fault { kind: FaultKind::Invalid, ..fault("job_moved", "") },
            StoreError::Absent(_) => Fault { kind: FaultKind::Invalid, ..fault("job_unknown", "") },
            StoreError::Watch { .. } => fault("store_not_watched", ""),
        }
    }
}

const UNUSABLE: &str = "Give a PNG, JPEG, WebP, BMP, GIF or TIFF picture; nothing was sent.";

const DAMAGED: &str =
    "It was left as it is. Move it away (pictures are not in it) or bring back a copy, then start again.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_damaged_store_say_what_to_do() {
        let sqlite = |code| StoreError::Database(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        let full = Fault::from(sqlite(rusqlite::ffi::SQLITE_FULL));
        assert_eq!((full.code.as_str(), full.retryable), ("disk_full", true));
        let damaged = Fault::from(sqlite(rusqlite::ffi::SQLITE_NOTADB));
        assert_eq!(damaged.code, "store_damaged");
        assert!(damaged.hint.contains("left as it is"));
        let denied = Fault::from(StoreError::Io {
            path: "/x".into(),
            source: std::io::Error::from(std::io::ErrorKind::PermissionDenied),
        });
        assert_eq!(denied.code, "not_writable");
        assert!(denied.message.starts_with("/x: "), "{}", denied.message);
    }
}
