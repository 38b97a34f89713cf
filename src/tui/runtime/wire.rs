//! The way out to the terminal: a thread that writes, so that the loop never waits for a slow line.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::Notify;

/// Hands bytes to the writing thread, in order. Clones share it; it ends with the last of them, once all is written.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    handle: Arc<Handle>,
}

#[derive(Debug)]
struct Handle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Rung when all that was handed over is written, or cannot be.
    settled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Vec<u8>>,
    writing: bool,
    broken: bool,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wire {
    /// Starts the thread that writes to `out`.
    pub fn new(out: impl Write + Send + 'static) -> io::Result<Wire> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("screen".into()).spawn(move || write_all(&theirs, out))?;
        Ok(Wire { handle: Arc::new(Handle(shared)) })
    }

    /// Hands bytes over; never waits.
    pub fn send(&self, bytes: Vec<u8>) {
        self.handle.0.lock().waiting.push_back(bytes);
        self.handle.0.changed.notify_all();
    }

    /// Whether all that was handed over is written.
    pub fn is_idle(&self) -> bool {
        self.handle.0.lock().is_idle()
    }

    /// Whether the terminal takes no more bytes, ever.
    pub fn is_broken(&self) -> bool {
        self.handle.0.lock().broken
    }

    /// Waits for the next time all is written. May return early: ask [`Wire::is_idle`].
    pub async fn settled(&self) {
        self.handle.0.settled.notified().await;
    }

    /// Waits until all is written, but no longer than `most`. Says whether it is.
    pub fn drain(&self, most: Duration) -> bool {
        let shared = &self.handle.0;
        let waited = shared.changed.wait_timeout_while(shared.lock(), most, |queue| !queue.is_idle());
        waited.is_ok_and(|(queue, _)| queue.is_idle())
    }
}

impl Queue {
    fn is_idle(&self) -> bool {
        self.broken || (self.waiting.is_empty() && !self.writing)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

fn write_all(shared: &Shared, mut out: impl Write) {
    loop {
        let mut queue = shared.lock();
        let bytes = loop {
            match queue.waiting.pop_front() {
                Some(bytes) => break bytes,
                None if queue.closed => return,
                None => queue = shared.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        };
        queue.writing = true;
        drop(queue);
        let written = out.write_all(&bytes).and_then(|()| out.flush());
        let mut queue = shared.lock();
        queue.writing = false;
        queue.broken |= written.is_err();
        if queue.is_idle() {
            shared.changed.notify_all();
            shared.settled.notify_one();
        }
    }
}

/// The terminal as a place to write: a descriptor of our own, without the standard library's line buffer.
#[derive(Debug)]
pub(super) struct Tty(OwnedFd);

impl Tty {
    /// Standard output's terminal.
    pub fn stdout() -> io::Result<Tty> {
        Ok(Tty(io::stdout().as_fd().try_clone_to_owned()?))
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.0, bytes) {
                // Somebody who shares the terminal made it non-blocking.
                Err(Errno::AGAIN) => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A terminal on a slow line: it keeps what was written, and writes only when let.
    #[derive(Debug, Clone, Default)]
    pub struct Line(Arc<(Mutex<Writes>, Condvar)>);

    #[derive(Debug, Default)]
    struct Writes {
        done: Vec<Vec<u8>>,
        left: usize,
    }

    impl Line {
        /// A line that takes `writes` writes before it stands still.
        pub fn letting(writes: usize) -> Line {
            let line = Line::default();
            line.let_through(writes);
            line
        }

        /// Lets so many more writes through.
        pub fn let_through(&self, writes: usize) {
            let mut state = self.0.0.lock().expect("line");
            state.left = state.left.saturating_add(writes);
            self.0.1.notify_all();
        }

        /// What was written, in order.
        pub fn written(&self) -> Vec<Vec<u8>> {
            self.0.0.lock().expect("line").done.clone()
        }
    }

    impl Write for Line {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.0.1.wait_while(self.0.0.lock().expect("line"), |state| state.left == 0).expect("line");
            state.left -= 1;
            state.done.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A terminal that shows what it is sent.
    pub fn terminal(rows: u16, columns: u16) -> vt100::Parser {
        let size = |length| std::num::NonZero::new(length).expect("not empty");
        vt100::Parser::new(size(rows), size(columns), 0)
    }

    #[test]
    fn handing_over_never_waits_and_order_is_kept() {
        let line = Line::letting(0);
        let wire = Wire::new(line.clone()).expect("a thread");
        wire.send(b"one".to_vec());
        wire.send(b"two".to_vec());
        assert!(!wire.is_idle());
        assert!(!wire.drain(Duration::ZERO));
        line.let_through(2);
        assert!(wire.drain(Duration::from_secs(10)));
        assert_eq!(line.written(), [b"one", b"two"]);
    }

    #[test]
    fn a_dead_terminal_is_noticed_and_waited_for_no_longer() {
        struct Dead;
        impl Write for Dead {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let wire = Wire::new(Dead).expect("a thread");
        wire.send(b"x".to_vec());
        assert!(wire.drain(Duration::from_secs(10)));
        assert!(wire.is_broken());
        wire.send(b"y".to_vec());
        assert!(wire.is_idle());
    }
}
