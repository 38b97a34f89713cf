//! One engine a data directory: a file lock, which the kernel takes back from a process that dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Zoned;

const NAME: &str = "engine.lock";

/// The worker lock, held while this lives. What is written in the file is for messages only.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a data directory; `None` when another process has it.
    pub(super) fn take(data: &Path) -> std::io::Result<Option<Lock>> {
        let path = data.join(NAME);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        file.set_len(0)?;
        writeln!(file, "process {}, since {}", std::process::id(), Zoned::now().strftime("%Y-%m-%d %H:%M:%S"))?;
        Ok(Some(Lock { _file: file }))
    }
}

/// What the holder wrote, if there is one.
pub(super) fn holder(data: &Path) -> Option<String> {
    let mut file = File::open(data.join(NAME)).ok()?;
    if file.try_lock_shared().is_ok() {
        return None;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    Some(crate::domain::text::clean(text.trim()).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_holder_at_a_time_and_the_file_says_who() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap().unwrap();
        assert!(Lock::take(dir.path()).unwrap().is_none());
        assert!(holder(dir.path()).unwrap().starts_with(&format!("process {}, since ", std::process::id())));
        drop(lock);
        assert_eq!(holder(dir.path()), None);
        assert!(Lock::take(dir.path()).unwrap().is_some());
    }
}
