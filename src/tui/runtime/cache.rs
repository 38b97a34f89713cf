//! Pictures made ready, kept from one start to the next: in a folder only the user can look into, and no more of them than
//! fit. Whatever goes wrong here costs time and nothing else.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::graphics::Ready;

/// Bytes of all of them, at most.
const MOST: u64 = 64 << 20;

/// How often there is a look at how many there are.
const EACH: u32 = 32;

/// The folder.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    written: u32,
}

impl Cache {
    /// The one in this folder, which need not be there yet.
    pub fn open(folder: &Path) -> Cache {
        Cache { folder: folder.to_owned(), written: 0 }
    }

    fn file(&self, key: &str) -> PathBuf {
        let hash = Sha256::digest(key.as_bytes());
        let name: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(name)
    }

    /// What was made ready before; only where it is exactly what was written.
    pub fn get(&self, key: &str) -> Option<Ready> {
        let file = self.file(key);
        let bytes = fs::read(&file).ok()?;
        let (sum, rest) = bytes.split_at_checked(32)?;
        let body = rest.strip_prefix(key.as_bytes())?;
        if Sha256::digest(rest)[..] != *sum {
            return None;
        }
        // What is used is young.
        let _ = fs::File::open(&file).and_then(|file| file.set_modified(SystemTime::now()));
        Ready::read(body)
    }

    /// Keeps what was made ready.
    pub fn put(&mut self, key: &str, ready: &Ready) {
        if self.write(key, ready).is_ok() {
            if self.written.is_multiple_of(EACH) {
                let _ = self.sweep(MOST);
            }
            self.written += 1;
        }
    }

    fn write(&self, key: &str, ready: &Ready) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let rest = [key.as_bytes(), &ready.written()].concat();
        let file = self.file(key);
        let unfinished = file.with_extension(std::process::id().to_string());
        let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        out.write_all(&Sha256::digest(&rest))?;
        out.write_all(&rest)?;
        drop(out);
        fs::rename(unfinished, file)
    }

    /// Takes the oldest away until the rest fits.
    fn sweep(&self, most: u64) -> io::Result<()> {
        let mut all: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(&self.folder)?
            .flatten()
            .filter_map(|entry| {
                let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((about.modified().ok()?, about.len(), entry.path()))
            })
            .collect();
        all.sort_unstable();
        let mut sum: u64 = all.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in all {
            if sum <= most {
                break;
            }
            fs::remove_file(path)?;
            sum -= length;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::graphics::Protocol;

    fn ready(byte: u8) -> Ready {
        let pieces = vec![vec![byte; 1000], Vec::new(), vec![byte; 7]];
        Ready { protocol: Protocol::Sixel, columns: 40, rows: 15, decoded: 12, pieces, first: Some(vec![1, 2]) }
    }

    #[test]
    fn what_was_put_in_comes_out_and_what_was_touched_does_not() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("cache/previews");
        let mut cache = Cache::open(&folder);
        assert_eq!(cache.get("a"), None);
        cache.put("a", &ready(7));
        assert_eq!(cache.get("a"), Some(ready(7)));
        assert_eq!(cache.get("b"), None);
        assert_eq!(fs::metadata(&folder).expect("made").permissions().mode() & 0o777, 0o700);
        let file = cache.file("a");
        assert_eq!(fs::metadata(&file).expect("made").permissions().mode() & 0o777, 0o600);
        let mut bytes = fs::read(&file).expect("written");
        *bytes.last_mut().expect("not empty") ^= 1;
        fs::write(&file, bytes).expect("spoilt");
        assert_eq!(cache.get("a"), None);
        fs::write(&file, b"short").expect("spoilt");
        assert_eq!(cache.get("a"), None);
    }

    #[test]
    fn the_oldest_go_first() {
        let home = tempfile::tempdir().expect("a folder");
        let mut cache = Cache::open(home.path());
        for (age, key) in [(30, "c"), (50, "a"), (40, "b")] {
            cache.put(key, &ready(1));
            let file = fs::File::open(cache.file(key)).expect("kept");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("aged");
        }
        // Using it makes it young.
        assert!(cache.get("a").is_some());
        cache.sweep(2_400).expect("swept");
        assert_eq!(["a", "b", "c"].map(|key| cache.get(key).is_some()), [true, false, true]);
    }

    #[test]
    fn a_place_that_cannot_be_written_costs_nothing() {
        let mut cache = Cache::open(Path::new("/dev/null/nowhere"));
        cache.put("a", &ready(1));
        assert_eq!(cache.get("a"), None);
    }
}
