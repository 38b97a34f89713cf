//! A word to everyone who has the store open, in this process or another, after each commit.
//!
//! The word is a write to the small file `changed`; what changed is asked of the database. The database's own files are
//! no use for this: they are written before a commit can be seen.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::{EventKind, RecursiveMode, Watcher};

use super::{Store, StoreError};

const FLAG: &str = "changed";

/// How often the revision is looked at where the system cannot watch files (its watches are used up, say).
const LOOK: Duration = Duration::from_secs(1);

/// Keeps the watch alive; dropping it ends it.
#[derive(Debug)]
pub struct Watch {
    _source: Source,
}

#[derive(Debug)]
enum Source {
    Files { _watcher: notify::RecommendedWatcher },
    Looks { _alive: SyncSender<()> },
}

/// Opens the file that says that something changed.
pub(super) fn open_flag(data: &Path) -> Result<File, StoreError> {
    let path = data.join(FLAG);
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(StoreError::io(&path))
}

/// Says that something changed. A word that cannot be said is no fault: the commit stands, and readers look again.
pub(super) fn raise_flag(flag: &File, revision: i64) {
    let _ = flag.write_all_at(format!("{revision:020}\n").as_bytes(), 0);
}

impl Store {
    /// Whether the store is still where it was opened: not when its directory was removed, moved away, or made anew.
    pub fn is_in_place(&self) -> bool {
        let now = std::fs::metadata(self.inner.places.data.join(FLAG));
        let then = self.inner.changed.metadata();
        let id = |facts: std::io::Result<std::fs::Metadata>| facts.ok().map(|facts| (facts.dev(), facts.ino()));
        id(now).is_some_and(|now| id(then) == Some(now))
    }

    /// Calls `wake` after each commit of this process or another on this store (crate `notify` on the `changed` file), and
    /// when that file is removed. Commits that come while `wake` runs are one call.
    pub fn watch(&self, wake: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        let (changed, changes) = sync_channel::<()>(1);
        let source = match self.watch_files(changed.clone()) {
            Ok(watcher) => Source::Files { _watcher: watcher },
            Err(error) => {
                tracing::warn!("{error}: looking once a second instead");
                return self.watch_by_looking(wake);
            }
        };
        // The watcher holds the only sender: when it goes, the thread ends.
        drop(changed);
        spawn(move || {
            while changes.recv().is_ok() {
                wake();
            }
        });
        Ok(Watch { _source: source })
    }

    fn watch_files(&self, changed: SyncSender<()>) -> Result<notify::RecommendedWatcher, StoreError> {
        let data = &self.inner.places.data;
        let cannot = |error: notify::Error| StoreError::Watch { path: data.clone(), reason: error.to_string() };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.as_ref().is_ok_and(is_ours) {
                // A full channel holds a word already.
                let _ = changed.try_send(());
            }
        })
        .map_err(cannot)?;
        watcher.watch(data, RecursiveMode::NonRecursive).map_err(cannot)?;
        Ok(watcher)
    }

    fn watch_by_looking(&self, wake: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        let (alive, end) = sync_channel::<()>(1);
        let store = self.clone();
        let mut seen = store.revision()?;
        spawn(move || {
            while end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                match store.revision() {
                    Ok(now) if now != seen => {
                        seen = now;
                        wake();
                    }
                    _ => {}
                }
            }
        });
        Ok(Watch { _source: Source::Looks { _alive: alive } })
    }
}

fn is_ours(event: &notify::Event) -> bool {
    matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_) | EventKind::Remove(_))
        && event.paths.iter().any(|path| path.file_name().is_some_and(|name| name == FLAG))
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    let named = std::thread::Builder::new().name("store watch".into());
    if let Err(error) = named.spawn(work) {
        tracing::error!("no thread to watch the store: {error}");
    }
}
