//! What changed in the store, read on a thread of its own and told in bunches.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::ensure::Ensure;
use crate::domain::{Fault, JobId, ModelId, Phase};
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

/// How waiting for a ring ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Rung,
    InVain,
    Closed,
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

    /// Waits for a ring, no longer than `most`.
    fn wait(&self, most: Option<Duration>) -> Waited {
        let quiet = |rung: &mut Rung| !rung.changed && !rung.closed;
        let mut rung = match most {
            Some(most) => {
                self.0.1.wait_timeout_while(self.lock(), most, quiet).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.0.1.wait_while(self.lock(), quiet).unwrap_or_else(PoisonError::into_inner),
        };
        match (rung.closed, std::mem::take(&mut rung.changed)) {
            (true, _) => Waited::Closed,
            (false, true) => Waited::Rung,
            (false, false) => Waited::InVain,
        }
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
    /// Starts reading with `read(0)`, everything; later `read(revision)` each time `bell` rings. Somebody is seen to work at the
    /// start, and where jobs stand still.
    pub fn start(
        bell: Bell,
        read: impl FnMut(u64) -> Result<(Changes, Medians), Fault> + Send + 'static,
        ensure: Ensure,
        send: UnboundedSender<Msg>,
    ) -> io::Result<Reader> {
        let theirs = bell.clone();
        std::thread::Builder::new().name("changes".into()).spawn(move || follow(&theirs, read, &ensure, &send))?;
        Ok(Reader { bell })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.bell.close();
    }
}

fn follow(
    bell: &Bell,
    mut read: impl FnMut(u64) -> Result<(Changes, Medians), Fault>,
    ensure: &Ensure,
    send: &UnboundedSender<Msg>,
) {
    let mut revision = 0;
    let mut unfinished = Unfinished::default();
    let mut told = Told::default();
    let mut idle_hands = Told::default();
    let mut first = true;
    let mut stand_still = true;
    loop {
        let (begun, mut gap) = (Instant::now(), GAP);
        let heard = match read(revision) {
            Ok((changes, medians)) => {
                told = Told::default();
                // The first answer is told even when it is empty: an empty queue is news too.
                let news = std::mem::take(&mut first) || changes.revision != revision || !changes.jobs.is_empty();
                revision = changes.revision;
                unfinished.learn(&changes);
                gap = if changes.jobs.len() >= CROWD { CROWD_GAP } else { GAP };
                !news || send.send(Msg::Changed(told_of(changes, medians))).is_ok()
            }
            Err(fault) => told.once(fault, send),
        };
        // First what there is to see: starting a worker takes its time.
        let works = if std::mem::take(&mut stand_still) { ensure.somebody_works() } else { Ok(()) };
        let works = match works {
            Ok(()) => true,
            Err(fault) => idle_hands.once(fault, send),
        };
        let check = (unfinished.any() || told.0.is_some()).then_some(CHECK);
        if !heard || !works || !bell.rest(gap.saturating_sub(begun.elapsed())) {
            return;
        }
        match bell.wait(check) {
            Waited::Closed => return,
            Waited::Rung => {}
            Waited::InVain => stand_still = unfinished.any(),
        }
    }
}

/// Jobs that should be moving.
#[derive(Debug, Default)]
struct Unfinished {
    live: BTreeSet<JobId>,
    queued: BTreeSet<JobId>,
    paused: bool,
}

impl Unfinished {
    fn learn(&mut self, changes: &Changes) {
        let keep = |set: &mut BTreeSet<JobId>, id, is_in| if is_in { set.insert(id) } else { set.remove(&id) };
        for job in &changes.jobs {
            keep(&mut self.live, job.id, job.phase.is_live());
            keep(&mut self.queued, job.id, job.phase == Phase::Queued);
        }
        self.paused = changes.paused.all;
    }

    fn any(&self) -> bool {
        !self.live.is_empty() || (!self.queued.is_empty() && !self.paused)
    }
}

/// Trouble that was told: once, not at every look.
#[derive(Debug, Default)]
struct Told(Option<String>);

impl Told {
    /// Tells what was not told last. False: nobody listens any more.
    fn once(&mut self, fault: Fault, send: &UnboundedSender<Msg>) -> bool {
        if self.0.as_ref() == Some(&fault.message) {
            return true;
        }
        self.0 = Some(fault.message.clone());
        send.send(Msg::Trouble(fault)).is_ok()
    }
}

fn told_of(changes: Changes, medians: Medians) -> Changed {
    let Changes { jobs, spent_today, spent_month, set_aside, paused, batches, .. } = changes;
    let (paused, paused_models) = (paused.all, paused.models);
    Changed { jobs, spent_today, spent_month, set_aside, paused, paused_models, batches, medians }
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
        let ensure = Ensure::new(|| Ok(()));
        let _reader = Reader::start(bell.clone(), read, ensure, send).expect("a thread");
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
        let reader = Reader::start(bell, read, Ensure::new(|| Ok(())), send).expect("a thread");
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        assert!(matches!(told.blocking_recv(), Some(Msg::Trouble(_))));
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        drop(reader);
        assert!(told.blocking_recv().is_none());
    }

    #[test]
    fn that_nobody_can_work_is_told_beside_what_there_is_to_see() {
        let (send, mut told) = unbounded_channel();
        let ensure = Ensure::new(|| Err(Fault::new(FaultKind::Other, "worker_not_started", "no room")));
        let read = |_| Ok((Changes { revision: 3, ..Changes::default() }, Medians::new()));
        let reader = Reader::start(Bell::default(), read, ensure, send).expect("a thread");
        assert!(matches!(told.blocking_recv(), Some(Msg::Changed(_))));
        assert!(matches!(told.blocking_recv(), Some(Msg::Trouble(fault)) if fault.message == "no room"));
        drop(reader);
        assert!(told.blocking_recv().is_none());
    }
}
