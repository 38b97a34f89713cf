//! What the user does: a thread that waits for the terminal's bytes and sends on keys and pastes.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::UnboundedSender;

use super::decode::{Decoder, Input};

/// How long the rest of a sequence may take before an ESC is the Esc key. Terminals send sequences whole; this is for
/// lines that cut them.
const TORN: Duration = Duration::from_millis(30);

/// Keeps the thread listening; dropping it ends that, and keys pressed later are left for others.
#[derive(Debug)]
pub(super) struct Listening {
    stop: OwnedFd,
    thread: JoinHandle<()>,
}

impl Listening {
    /// Ends the listening and waits until it has: what is typed now is somebody else's.
    pub fn end(self) {
        drop(self.stop);
        // Whatever became of the thread, it reads no more.
        let _ = self.thread.join();
    }
}

/// Starts the thread. The channel closes when the terminal is gone.
pub(super) fn listen(tty: impl AsFd + Send + 'static, send: UnboundedSender<Input>) -> io::Result<Listening> {
    let (stopped, stop) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    let thread = std::thread::Builder::new().name("keys".into()).spawn(move || read(&tty, &stopped, &send))?;
    Ok(Listening { stop, thread })
}

fn read(tty: &impl AsFd, stopped: &OwnedFd, send: &UnboundedSender<Input>) {
    let mut decoder = Decoder::default();
    let torn = Timespec::try_from(TORN).expect("30 ms is a span of time");
    let mut bytes = [0; 4096];
    loop {
        let mut watched = [PollFd::new(tty, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
        match poll(&mut watched, decoder.is_torn().then_some(&torn)) {
            Ok(0) => {
                if decoder.settle().is_some_and(|input| send.send(input).is_err()) {
                    return;
                }
                continue;
            }
            Ok(_) if !watched[1].revents().is_empty() => return,
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return,
        }
        if watched[0].revents().is_empty() {
            continue;
        }
        match rustix::io::read(tty, &mut bytes) {
            Ok(0) => return,
            Ok(count) => {
                for input in decoder.feed(&bytes[..count]) {
                    if send.send(input).is_err() {
                        return;
                    }
                }
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn keys_arrive_a_lone_escape_too_and_the_end_closes() {
        let (tty, keys) = rustix::pipe::pipe().expect("a pipe");
        let (send, mut receive) = unbounded_channel();
        let _listening = listen(tty, send).expect("a thread");
        let mut next = || match receive.blocking_recv() {
            Some(Input::Key(key)) => key.to_string(),
            other => format!("{other:?}"),
        };
        rustix::io::write(&keys, b"a\x1b[A\x1b").expect("a pipe takes bytes");
        assert_eq!([next(), next(), next()], ["a", "up", "esc"]);
        drop(keys);
        assert_eq!(next(), "None");
    }

    #[test]
    fn a_terminal_that_is_gone_closes_too() {
        let pty = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).expect("a pty");
        let name = pty.master.tty_name().expect("its name");
        let tty = std::fs::OpenOptions::new().read(true).write(true).open(name).expect("the pty's terminal");
        let (send, mut receive) = unbounded_channel();
        let _listening = listen(tty, send).expect("a thread");
        drop(pty);
        assert_eq!(receive.blocking_recv(), None);
    }

    #[test]
    fn it_stops_when_told() {
        let (tty, _keys) = rustix::pipe::pipe().expect("a pipe");
        let (send, mut receive) = unbounded_channel();
        drop(listen(tty, send).expect("a thread"));
        assert_eq!(receive.blocking_recv(), None);
    }
}
