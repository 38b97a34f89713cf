//! What changed in the store, read on a thread of its own and told in bunches.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::domain::{Fault, JobId, ModelId};
use crate::store::Changes;
use crate::tui::msg::{Changed, Msg};

/// Changes come no closer than this: ten times a second looks live.
const GAP: Duration = Duration::from_millis(100);

/// When a crowd of jobs moves, four times a second does.
const CROWD_GAP: Duration = Duration::from_millis(250);

/// Jobs in one bunch that are a crowd.
const CROWD: usize = 16;

/// While jobs are at work the store is looked at this often even if no change was noticed (network file systems).
const CHECK: Duration = Duration::from_secs(5);

/// How long a request of a model takes.
pub(super) type Medians = BTreeMap<ModelId, Duration>;

/// Wakes the reader. Clones wake the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Bell(Arc<(Mutex<Rung>, Condvar)>);

#[derive(Debug, Default)]
struct Rung {
    changed: bool,
    closed: bool,
}

impl Bell {
    /// Something changed.
    pub fn ring(&self) {
        self.lock().changed = true;
        self.0.1.notify_all();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a ring, no longer than `most`. False: closed.
    fn wait(&self, most: Option<Duration>) -> bool {
        let quiet = |rung: &mut Rung| !rung.changed && !rung.closed;
        let mut rung = match most {
            Some(most) => {
                self.0.1.wait_timeout_while(self.lock(), most, quiet).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.0.1.wait_while(self.lock(), quiet).unwrap_or_else(PoisonError::into_inner),
        };
        rung.changed = false;
        !rung.closed
    }

    /// Lets time pass whatever rings. False: closed.
    fn rest(&self, span: Duration) -> bool {
        let open = |rung: &mut Rung| !rung.closed;
        let waited = self.0.1.wait_timeout_while(self.lock(), span, open);
        !waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

/// Reads while it lives.
#[derive(Debug)]
pub(super) struct Reader {
    bell: Bell,
}

impl Reader {
    /// Starts reading with `read(0)`, everything; later `read(revision)` each time `bell` rings.
    pub fn start(
        bell: Bell,
        read: impl FnMut(u64) -> Result<(Changes, Medians), Fault> + Send + 'static,
        send: UnboundedSender<Msg>,
    ) -> io::Result<Reader> {
        let theirs = bell.clone();
        std::thread::Builder::new().name("changes".into()).spawn(move || follow(&theirs, read, &send))?;
        Ok(Reader { bell })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.bell.close();
    }
}

fn follow(bell: &Bell, mut read: impl FnMut(u64) -> Result<(Changes, Medians), Fault>, send: &UnboundedSender<Msg>) {
    let mut revision = 0;
    let mut live: BTreeSet<JobId> = BTreeSet::new();
    let mut told: Option<String> = None;
    let mut first = true;
    loop {
        let (begun, mut gap) = (Instant::now(), GAP);
        match read(revision) {
            Ok((changes, medians)) => {
                told = None;
                // The first answer is told even when it is empty: an empty queue is news too.
                let news = std::mem::take(&mut first) || changes.revision != revision || !changes.jobs.is_empty();
                revision = changes.revision;
                for job in &changes.jobs {
                    if job.phase.is_live() {
                        live.insert(job.id)
                    } else {
                        live.remove(&job.id)
                    };
                }
                gap = if changes.jobs.len() >= CROWD { CROWD_GAP } else { GAP };
                if news && send.send(Msg::Changed(told_of(changes, medians))).is_err() {
                    return;
                }
            }
            // Told once, not at every look.
            Err(fault) if told.as_ref() == Some(&fault.message) => {}
            Err(fault) => {
                told = Some(fault.message.clone());
                if send.send(Msg::Trouble(fault)).is_err() {
                    return;
                }
            }
        }
        let check = (!live.is_empty() || told.is_some()).then_some(CHECK);
        if !bell.rest(gap.saturating_sub(begun.elapsed())) || !bell.wait(check) {
            return;
        }
    }
}

fn told_of(changes: Changes, medians: Medians) -> Changed {
    let Changes { jobs, spent_today, spent_month, set_aside, paused, .. } = changes;
    Changed { jobs, spent_today, spent_month, set_aside, paused: paused.all, paused_models: paused.models, medians }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::FaultKind;

    /// A store whose revision is how often it was rung, and which says what it was asked.
    #[test]
    fn bursts_become_one_look_and_each_look_asks_from_the_last() {
        let (asked, asks) = mpsc::channel();
        let (send, mut told) = unbounded_channel();
        let bell = Bell::default();
        let count = Arc::new(Mutex::new(1_u64));
        let revision = Arc::clone(&count);
        let read = move |since| {
            asked.send(since).expect("the test listens");
            Ok((Changes { revision: *revision.lock().expect("count"), ..Changes::default() }, Medians::new()))
        };
        let _reader = Reader::start(bell.clone(), read, send).expect("a thread");
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        for _ in 0..50 {
            *count.lock().expect("count") += 1;
            bell.ring();
        }
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        drop(_reader);
        assert!(told.blocking_recv().is_none(), "fifty changes in one bunch");
        let asks: Vec<u64> = asks.iter().collect();
        assert_eq!(asks, [0, 1]);
    }

    #[test]
    fn looks_that_find_nothing_are_not_told_and_trouble_is_told_once() {
        let answers = vec![
            Ok(Changes { revision: 3, ..Changes::default() }),
            Ok(Changes { revision: 3, ..Changes::default() }),
            Err(Fault::new(FaultKind::Other, "store", "the disk is full")),
            Err(Fault::new(FaultKind::Other, "store", "the disk is full")),
            Ok(Changes { revision: 4, ..Changes::default() }),
        ];
        let mut answers = answers.into_iter();
        let (send, mut told) = unbounded_channel();
        let bell = Bell::default();
        let again = bell.clone();
        let mut left = 5;
        let read = move |_| {
            left -= 1;
            if left > 0 {
                again.ring();
            }
            answers.next().expect("asked five times").map(|changes| (changes, Medians::new()))
        };
        let reader = Reader::start(bell, read, send).expect("a thread");
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        assert!(matches!(told.blocking_recv(), Some(Msg::Trouble(_))));
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        drop(reader);
        assert!(told.blocking_recv().is_none());
    }
}
