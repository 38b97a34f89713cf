//! One engine for each service of a data directory: a file lock, which the kernel takes back from a process that dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Zoned;

/// `engine-dashscope.aliyuncs.com.lock`
fn name(service: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("engine-{}.lock", service.chars().map(plain).collect::<String>())
}

/// The worker lock, held while this lives. What is written in the file is for messages only.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a data directory for a service; `None` when another process has it.
    pub(super) fn take(data: &Path, service: &str) -> std::io::Result<Option<Lock>> {
        let path = data.join(name(service));
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
pub(super) fn holder(data: &Path, service: &str) -> Option<String> {
    written(&data.join(name(service)))
}

/// What every holder of a data directory wrote.
pub(super) fn holders(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten();
    let is_lock = |name: &str| name.starts_with("engine-") && name.ends_with(".lock");
    let locks = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_lock));
    locks.filter_map(|entry| written(&entry.path())).collect()
}

fn written(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
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
        let lock = Lock::take(dir.path(), "here:1").unwrap().unwrap();
        assert!(Lock::take(dir.path(), "here:1").unwrap().is_none());
        assert!(holder(dir.path(), "here:1").unwrap().starts_with(&format!("process {}, since ", std::process::id())));
        assert!(Lock::take(dir.path(), "elsewhere").unwrap().is_some(), "another service is another engine's work");
        assert_eq!(holders(dir.path()).len(), 1);
        drop(lock);
        assert!(holders(dir.path()).is_empty());
        assert_eq!(holder(dir.path(), "here:1"), None);
        assert!(Lock::take(dir.path(), "here:1").unwrap().is_some());
    }
}
