//! What picture files hold, told by the hash of their bytes: the same picture under two names is one.
//!
//! A file is read for it once, and again when the system says that it may be another: besides its time of change, which a
//! program may set as it likes, its number and the time the system keeps for itself.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::picture;

/// Files remembered, at most.
const MOST: usize = 4096;

/// A file changed so short a time ago may change again without its times telling.
const FRESH: Duration = Duration::from_millis(50);

/// What tells whether a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trace {
    file: (u64, u64),
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Trace {
    fn of(about: &Metadata) -> Trace {
        Trace {
            file: (about.dev(), about.ino()),
            length: about.size(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }
    }

    /// Whether its times tell of every change to come.
    fn is_settled(&self) -> bool {
        let since = Duration::new(self.changed.0.max(0) as u64, self.changed.1.max(0) as u32);
        let changed = SystemTime::UNIX_EPOCH + since;
        SystemTime::now().duration_since(changed).is_ok_and(|age| age > FRESH)
    }
}

/// Remembers what files hold.
#[derive(Debug, Default)]
pub(super) struct Contents {
    known: HashMap<PathBuf, (Trace, String)>,
}

impl Contents {
    /// The hash of a file's bytes; `None` where it cannot be read, or changes while it is.
    pub fn of(&mut self, path: &Path) -> Option<String> {
        let about = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
        let trace = Trace::of(&about);
        if let Some((_, hash)) = self.known.get(path).filter(|(known, _)| *known == trace) {
            return Some(hash.clone());
        }
        let hash = picture::sha256(path).ok()?;
        if Trace::of(&std::fs::metadata(path).ok()?) != trace {
            return None;
        }
        if trace.is_settled() {
            if self.known.len() >= MOST {
                self.known.clear();
            }
            self.known.insert(path.to_owned(), (trace, hash.clone()));
        }
        Some(hash)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;

    use super::*;

    #[test]
    fn copies_are_one_and_a_file_written_over_is_another() {
        let home = tempfile::tempdir().expect("a folder");
        let path = |name: &str| home.path().join(name);
        std::fs::write(path("a"), b"fox in snow").expect("written");
        std::fs::copy(path("a"), path("b")).expect("copied");
        let mut contents = Contents::default();
        let first = contents.of(&path("a")).expect("read");
        assert_eq!(contents.of(&path("b")), Some(first.clone()));
        // Known by now, once the files are old enough to be remembered.
        while !Trace::of(&std::fs::metadata(path("a")).expect("there")).is_settled() {
            std::thread::yield_now();
        }
        assert_eq!(contents.of(&path("a")), Some(first.clone()));
        assert!(contents.known.contains_key(&path("a")));
        let before = std::fs::metadata(path("a")).expect("there").modified().expect("a time");
        let mut file = File::options().write(true).open(path("a")).expect("opened");
        io::Write::write_all(&mut file, b"cat").expect("written over");
        file.set_modified(before).expect("as if nothing had been");
        drop(file);
        let about = std::fs::metadata(path("a")).expect("there");
        assert_eq!((about.len(), about.modified().expect("a time")), (11, before));
        assert_ne!(contents.of(&path("a")), Some(first));
        assert_eq!(contents.of(&path("gone")), None);
        assert_eq!(contents.of(home.path()), None, "a folder holds no picture");
    }
}
