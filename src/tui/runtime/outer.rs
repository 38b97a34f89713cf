//! The terminal around tmux, asked of tmux on a thread of its own: at the start, when something happened that may have to
//! do with it, and now and then while pictures are in sight. Another one may be attached since, which has none of them; or
//! nobody looks, and nothing is let through.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::graphics::{self, Outer};

/// How often tmux is asked while pictures are in sight.
const EACH: Duration = Duration::from_secs(2);

/// tmux itself, or a stand-in for it.
pub(super) trait Tmux: Send + 'static {
    /// What it says.
    fn ask(&self) -> Option<Outer>;
    /// From now on it lets through what nobody sees, or no longer.
    fn pass_unseen(&self, yes: bool);
}

/// The one around us.
struct Real;

impl Tmux for Real {
    fn ask(&self) -> Option<Outer> {
        graphics::ask_tmux()
    }

    fn pass_unseen(&self, yes: bool) {
        graphics::pass_unseen(yes);
    }
}

/// Asks tmux; ends with this.
#[derive(Debug)]
pub(super) struct Watch {
    shared: Arc<Shared>,
    each: Duration,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    watching: bool,
    /// It is to be asked at once.
    look: bool,
    /// When it was asked last.
    asked: Option<Instant>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is time to ask: at once, when somebody says so, or after a while, where somebody watches or `soon`.
    /// False at the end.
    fn rest(&self, span: Duration, soon: bool) -> bool {
        let (end, mut state) = (Instant::now() + span, self.lock());
        loop {
            if state.closed {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            if std::mem::take(&mut state.look) || (left.is_zero() && (state.watching || soon)) {
                state.asked = Some(Instant::now());
                return true;
            }
            state = if state.watching || soon {
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            } else {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }
}

/// Asks until the end, and tells what is new.
fn follow(tmux: &impl Tmux, shared: &Shared, each: Duration, send: &UnboundedSender<Option<Outer>>) {
    let mut known = tmux.ask();
    let widen = known.as_ref().is_some_and(|outer| outer.passes && !outer.passes_unseen);
    if widen {
        tmux.pass_unseen(true);
        known = tmux.ask();
    }
    let widened = widen && known.as_ref().is_some_and(|outer| outer.passes_unseen);
    // What is new may be so in a moment once more: a terminal just attached has been asked its name and may not have
    // answered yet.
    let mut soon = send.send(known.clone()).is_ok();
    while shared.rest(if soon { each / 2 } else { each }, soon) {
        let mut now = tmux.ask();
        if now != known && now.as_ref().is_some_and(|outer| outer.unnamed) {
            if !shared.rest(each / 4, true) {
                break;
            }
            now = tmux.ask();
        }
        // One that does not answer says nothing new.
        soon = now.is_some() && now != known;
        if soon {
            known = now;
            if send.send(known.clone()).is_err() {
                break;
            }
        }
    }
    if widened {
        tmux.pass_unseen(false);
    }
}

impl Watch {
    /// Starts the thread. What tmux says first comes in any case, later only what is new.
    pub fn start(send: UnboundedSender<Option<Outer>>) -> io::Result<Watch> {
        Watch::with(send, EACH, Real)
    }

    fn with(send: UnboundedSender<Option<Outer>>, each: Duration, tmux: impl Tmux) -> io::Result<Watch> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let follow = move || follow(&tmux, &theirs, each, &send);
        let thread = Some(std::thread::Builder::new().name("tmux".into()).spawn(follow)?);
        Ok(Watch { shared, each, thread })
    }

    /// Whether pictures are in sight.
    pub fn watch(&self, watching: bool) {
        self.tell(|state| std::mem::replace(&mut state.watching, watching) != watching);
    }

    /// Asks at once.
    pub fn look(&self) {
        self.tell(|state| !std::mem::replace(&mut state.look, true));
    }

    /// Asks at once, unless it was asked a moment ago.
    pub fn glance(&self) {
        let long_ago = |state: &State| state.asked.is_none_or(|asked| asked.elapsed() >= self.each);
        self.tell(|state| long_ago(state) && !std::mem::replace(&mut state.look, true));
    }

    fn tell(&self, what: impl FnOnce(&mut State) -> bool) {
        if what(&mut self.shared.lock()) {
            self.shared.changed.notify_all();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.tell(|state| !std::mem::replace(&mut state.closed, true));
        // What it changed in tmux is put back before we are gone.
        self.thread.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    /// A tmux that says one thing after the other, and the last one for ever.
    struct Fake {
        says: Vec<Outer>,
        asked: Arc<Mutex<usize>>,
        /// What it lets through is as set; `None`: it cannot.
        passes: Option<Arc<Mutex<Vec<bool>>>>,
    }

    impl Tmux for Fake {
        fn ask(&self) -> Option<Outer> {
            let mut asked = self.asked.lock().expect("no panic");
            *asked += 1;
            let said = self.says.get(*asked - 1).or(self.says.last())?;
            let set = self.passes.as_ref().and_then(|passes| passes.lock().expect("no panic").last().copied());
            Some(Outer { passes_unseen: set.unwrap_or(said.passes_unseen), ..said.clone() })
        }

        fn pass_unseen(&self, yes: bool) {
            self.passes.iter().for_each(|passes| passes.lock().expect("no panic").push(yes));
        }
    }

    fn seen_by(client: &str) -> Outer {
        Outer { clients: vec![client.to_owned()], ..Outer::default() }
    }

    fn watch(says: Vec<Outer>, each: Duration) -> (Watch, UnboundedReceiver<Option<Outer>>, Arc<Mutex<usize>>) {
        let (send, told) = unbounded_channel();
        let asked = Arc::default();
        let fake = Fake { says, asked: Arc::clone(&asked), passes: None };
        (Watch::with(send, each, fake).expect("a thread"), told, asked)
    }

    fn clients(told: &mut UnboundedReceiver<Option<Outer>>) -> Option<String> {
        told.blocking_recv().flatten().map(|outer| outer.clients.concat())
    }

    #[test]
    fn what_is_new_is_told_while_somebody_watches() {
        let says = ["a", "a", "b", "b", "c"].map(seen_by).to_vec();
        let (watch, mut told, _) = watch(says, Duration::from_millis(1));
        assert_eq!(clients(&mut told).as_deref(), Some("a"));
        watch.watch(true);
        assert_eq!(clients(&mut told).as_deref(), Some("b"));
        assert_eq!(clients(&mut told).as_deref(), Some("c"));
        drop(watch);
        assert!(told.blocking_recv().is_none());
    }

    #[test]
    fn it_is_asked_at_once_when_something_happened_and_not_at_all_when_nothing_is_in_sight() {
        let says = ["a", "b"].map(seen_by).to_vec();
        // An hour: nothing is asked by itself while the test runs.
        let (watch, mut told, asked) = watch(says, Duration::from_secs(3600));
        assert_eq!(clients(&mut told).as_deref(), Some("a"));
        watch.look();
        assert_eq!(clients(&mut told).as_deref(), Some("b"));
        watch.glance();
        assert_eq!(*asked.lock().expect("no panic"), 2);
    }

    #[test]
    fn a_terminal_that_has_not_said_its_name_yet_is_given_a_moment() {
        let unnamed = Outer { unnamed: true, name: "xterm-256color".into(), ..seen_by("b") };
        let named = Outer { name: "kitty(0.48.2)".into(), ..seen_by("b") };
        let (watch, mut told, _) = watch(vec![seen_by("a"), unnamed, named], Duration::from_millis(4));
        assert_eq!(clients(&mut told).as_deref(), Some("a"));
        watch.look();
        assert_eq!(told.blocking_recv().flatten().map(|outer| outer.name).as_deref(), Some("kitty(0.48.2)"));
    }

    #[test]
    fn tmux_lets_pictures_through_to_who_does_not_look_as_long_as_we_run() {
        let (send, mut told) = unbounded_channel();
        let passes: Arc<Mutex<Vec<bool>>> = Arc::default();
        let says = vec![Outer { passes: true, ..seen_by("a") }];
        let fake = Fake { says, asked: Arc::default(), passes: Some(Arc::clone(&passes)) };
        let watch = Watch::with(send, Duration::from_secs(3600), fake).expect("a thread");
        assert!(told.blocking_recv().flatten().expect("told").passes_unseen);
        drop(watch);
        assert_eq!(*passes.lock().expect("no panic"), [true, false], "as it was");
    }
}
