//! The terminal around tmux, asked of tmux on a thread of its own: at the start, and now and then while pictures are in
//! sight. Another one may be attached since, which has none of them; or nobody looks, and nothing is let through.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::graphics::{self, Outer};

/// How often tmux is asked while pictures are in sight.
const EACH: Duration = Duration::from_secs(2);

/// Asks tmux; ends with this.
#[derive(Debug)]
pub(super) struct Watch {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    watching: bool,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is time to ask; false at the end.
    fn rest(&self, each: Duration) -> bool {
        let idle = self.changed.wait_while(self.lock(), |state| !state.watching && !state.closed);
        let idle = idle.unwrap_or_else(PoisonError::into_inner);
        drop(idle);
        self.wait(each)
    }

    /// Waits so long; false at the end.
    fn wait(&self, span: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), span, |state| !state.closed);
        !waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

impl Watch {
    /// Starts the thread. What tmux says first comes in any case, later only what is new.
    pub fn start(send: UnboundedSender<Option<Outer>>) -> io::Result<Watch> {
        Watch::with(send, EACH, graphics::ask_tmux)
    }

    fn with(
        send: UnboundedSender<Option<Outer>>,
        each: Duration,
        ask: impl Fn() -> Option<Outer> + Send + 'static,
    ) -> io::Result<Watch> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("tmux".into()).spawn(move || {
            let mut known = ask();
            if send.send(known.clone()).is_err() {
                return;
            }
            // A tmux just started has asked its terminal too, and may not have its answer yet: one more look in any case.
            let mut again = theirs.wait(each / 2);
            while again || theirs.rest(each) {
                again = false;
                let now = ask();
                // One that does not answer says nothing new.
                if now.is_some() && now != known {
                    known = now;
                    if send.send(known.clone()).is_err() {
                        return;
                    }
                }
            }
        })?;
        Ok(Watch { shared })
    }

    /// Whether pictures are in sight.
    pub fn watch(&self, watching: bool) {
        let mut state = self.shared.lock();
        if state.watching != watching {
            state.watching = watching;
            drop(state);
            self.shared.changed.notify_all();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn what_is_new_is_told_while_somebody_watches() {
        let (send, mut told) = unbounded_channel();
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let watch = Watch::with(send, Duration::from_millis(1), move || {
            let mut count = count.lock().expect("one thread");
            *count += 1;
            Some(Outer { client: (*count / 2).to_string(), ..Outer::default() })
        })
        .expect("a thread");
        let client = |outer: Option<Option<Outer>>| outer.flatten().map(|outer| outer.client);
        assert_eq!(client(told.blocking_recv()).as_deref(), Some("0"));
        watch.watch(true);
        assert_eq!(client(told.blocking_recv()).as_deref(), Some("1"));
        drop(watch);
        assert!(told.blocking_recv().is_none());
    }
}
