//! One engine for each service of a data directory: a file lock, which the kernel takes back from a process that dies.
//!
//! What is written in the file is for messages, and for asking its holder to leave; who holds the lock, the lock says.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use jiff::Zoned;

use crate::domain::text::clean;
use crate::store::SCHEMA;

/// This program's version, as the lock file names it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Looks of others at the lock that may be in the way when it is taken; each takes microseconds.
const LOOKS: u32 = 200;

/// More text than a lock file has.
const TEXT_MAX: u64 = 1024;

/// `engine-dashscope.aliyuncs.com.lock`
fn name(service: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("engine-{}.lock", service.chars().map(plain).collect::<String>())
}

/// Who runs an engine: what its process wrote into the lock file. An older pinxit wrote less.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub pid: Option<i32>,
    /// Its pinxit.
    pub version: Option<String>,
    /// The version of the data store it knows.
    pub schema: Option<i64>,
    /// The machine it runs on.
    pub host: Option<String>,
    /// What it was started with, as one word: a holder with another word has another key, address or preference.
    pub terms: Option<String>,
    /// When it took the lock, local time.
    pub since: Option<String>,
}

impl Holder {
    fn me(terms: &str) -> Holder {
        Holder {
            pid: i32::try_from(std::process::id()).ok(),
            version: Some(VERSION.into()),
            schema: Some(SCHEMA),
            host: Some(host()),
            terms: Some(terms.to_owned()).filter(|terms| !terms.is_empty()),
            since: Some(Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string()),
        }
    }

    /// Reads what a holder wrote: a list of words and values. What is not understood is left out.
    fn parse(text: &str) -> Holder {
        let text = clean(text.trim());
        let mut holder = Holder::default();
        for part in text.split(',') {
            let Some((word, value)) = part.trim().split_once(' ') else { continue };
            let value = Some(value.trim().to_owned());
            match word {
                "process" => holder.pid = value.and_then(|pid| pid.parse().ok()).filter(|pid| *pid > 1),
                "pinxit" => holder.version = value,
                "schema" => holder.schema = value.and_then(|number| number.parse().ok()),
                "host" => holder.host = value,
                "terms" => holder.terms = value,
                "since" => holder.since = value,
                _ => {}
            }
        }
        holder
    }

    fn text(&self) -> String {
        let part = |word: &str, value: &Option<String>| value.as_ref().map(|value| format!(", {word} {value}"));
        let parts = [
            part("pinxit", &self.version),
            part("schema", &self.schema.map(|schema| schema.to_string())),
            part("host", &self.host),
            part("terms", &self.terms),
            part("since", &self.since),
        ];
        let pid = self.pid.map_or("unknown".to_owned(), |pid| pid.to_string());
        format!("process {pid}{}\n", parts.into_iter().flatten().collect::<String>())
    }

    /// Whether it is this version of the program.
    pub fn is_same_version(&self) -> bool {
        self.version.as_deref() == Some(VERSION)
    }

    /// Whether it runs on this machine, where signals can reach it.
    pub fn is_here(&self) -> bool {
        self.host.as_ref().is_none_or(|there| *there == host())
    }
}

/// `process 4711, pinxit 0.1.0, since 2026-05-01 09:31:02`
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("another process")?,
        }
        if let Some(version) = &self.version {
            write!(f, ", pinxit {version}")?;
        }
        if let Some(host) = self.host.as_ref().filter(|_| !self.is_here()) {
            write!(f, " on {host}")?;
        }
        self.since.as_ref().map_or(Ok(()), |since| write!(f, ", since {since}"))
    }
}

/// This machine's name, as one word.
fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    clean(&name).replace([',', ' '], "-")
}

/// The worker lock, held while this lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a data directory for a service; `None` when another process has it.
    pub(super) fn take(data: &Path, service: &str, terms: &str) -> io::Result<Option<Lock>> {
        let path = data.join(name(service));
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => {
                    let text = Holder::me(terms).text();
                    file.write_all_at(text.as_bytes(), 0)?;
                    file.set_len(text.len() as u64)?;
                    return Ok(Some(Lock { _file: file }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            // Somebody who only looks must not be taken for somebody who works.
            if is_held(&file)? {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(None)
    }
}

/// Whether some process works under the lock of an open file.
fn is_held(file: &File) -> io::Result<bool> {
    match file.try_lock_shared() {
        Ok(()) => file.unlock().map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The holder of a lock file, if there is one.
fn holder_of(path: &Path) -> Option<Holder> {
    let mut file = File::open(path).ok()?;
    if !is_held(&file).ok()? {
        return None;
    }
    let mut text = Vec::new();
    file.by_ref().take(TEXT_MAX).read_to_end(&mut text).ok()?;
    Some(Holder::parse(&String::from_utf8_lossy(&text)))
}

/// What the holder wrote, if there is one.
pub(super) fn holder(data: &Path, service: &str) -> Option<Holder> {
    holder_of(&data.join(name(service)))
}

/// The holders of every service's lock in a data directory, each with its lock file.
pub(super) fn holders(data: &Path) -> Vec<(PathBuf, Holder)> {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_lock = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy());
        name.is_some_and(|name| name.starts_with("engine-") && name.ends_with(".lock"))
    };
    entries.filter(is_lock).filter_map(|path| holder_of(&path).map(|holder| (path, holder))).collect()
}

/// The lock file of a data directory and service.
pub(super) fn file(data: &Path, service: &str) -> PathBuf {
    data.join(name(service))
}

/// Waits until nobody holds a lock file's lock, no longer than `most`; whether that is so. The kernel tells: nothing is asked
/// in between.
pub(super) fn wait_free(path: &Path, most: Option<Duration>) -> bool {
    let Ok(file) = File::open(path) else { return true };
    let (free, freed) = channel();
    let wait = move || {
        let _ = free.send(file.lock_shared().and_then(|()| file.unlock()).is_ok());
    };
    // When the time is up the thread is left behind; it ends with the lock's holder, or with us.
    if std::thread::Builder::new().name("lock watch".into()).spawn(wait).is_err() {
        return false;
    }
    match most {
        Some(most) => freed.recv_timeout(most).unwrap_or(false),
        None => freed.recv().unwrap_or(false),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_holder_at_a_time_and_the_file_says_who() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path(), "here:1", "ab12").unwrap().unwrap();
        assert!(Lock::take(dir.path(), "here:1", "").unwrap().is_none());
        let me = holder(dir.path(), "here:1").unwrap();
        assert_eq!(me.pid, i32::try_from(std::process::id()).ok());
        assert_eq!((me.schema, me.terms.as_deref()), (Some(SCHEMA), Some("ab12")));
        assert!(me.is_same_version() && me.is_here() && me.since.is_some());
        assert!(me.to_string().starts_with(&format!("process {}, pinxit ", std::process::id())), "{me}");
        assert!(Lock::take(dir.path(), "elsewhere", "").unwrap().is_some(), "another service is another engine's work");
        assert_eq!(holders(dir.path()).into_iter().map(|(_, holder)| holder).collect::<Vec<_>>(), [me]);
        assert!(!wait_free(&file(dir.path(), "here:1"), Some(Duration::from_millis(20))));
        drop(lock);
        assert!(wait_free(&file(dir.path(), "here:1"), None));
        assert_eq!(holder(dir.path(), "here:1"), None);
        assert!(Lock::take(dir.path(), "here:1", "").unwrap().is_some());
    }

    #[test]
    fn looking_at_the_lock_never_keeps_it_from_being_taken() {
        let dir = tempfile::tempdir().unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        drop(Lock::take(dir.path(), "here", "").unwrap());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    holder(dir.path(), "here");
                }
            });
            for _ in 0..300 {
                let lock = Lock::take(dir.path(), "here", "").unwrap();
                assert!(lock.is_some(), "nobody works, somebody looks");
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }

    #[test]
    fn what_older_and_stranger_holders_wrote_is_understood_as_far_as_it_goes() {
        let old = Holder::parse("process 4711, since 2026-05-01 09:31:02\n");
        assert_eq!((old.pid, old.since.as_deref()), (Some(4711), Some("2026-05-01 09:31:02")));
        assert!(!old.is_same_version() && old.is_here());
        assert_eq!(old.to_string(), "process 4711, since 2026-05-01 09:31:02");
        for odd in ["", "process", "process one, since", "process -1", "process 0, \u{1b}[2J", "pid=3"] {
            assert_eq!(Holder::parse(odd).pid, None, "{odd:?}");
        }
        let me = Holder::me("ab12");
        assert_eq!(Holder::parse(&me.text()), me);
        let far = Holder { host: Some("elsewhere".into()), ..me };
        assert!(!far.is_here() && far.to_string().contains(" on elsewhere"));
    }
}
