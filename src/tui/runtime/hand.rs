//! A thread that is handed things to do, one after the other. All that was handed to it is done before the program ends.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use super::ensure::Ensure;
use crate::tui::msg::Msg;

/// Hands things over to the thread; [`Hand::finish`] waits until all are done.
#[derive(Debug)]
pub(super) struct Hand<T> {
    send: Sender<T>,
    thread: JoinHandle<()>,
}

impl<T: Send + 'static> Hand<T> {
    /// Starts the thread. `act` does a thing and says how it went; where `is_work` finds that this made work for the
    /// engine, somebody works on it.
    pub fn start(
        name: &str,
        ensure: Ensure,
        answers: UnboundedSender<Msg>,
        mut act: impl FnMut(T) -> Msg + Send + 'static,
        is_work: fn(&Msg) -> bool,
    ) -> io::Result<Hand<T>> {
        let (send, receive) = channel::<T>();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            while let Ok(thing) = receive.recv() {
                let answer = act(thing);
                let is_work = is_work(&answer);
                // Nobody listens any more once the loop has ended; what was done stands all the same.
                let _ = answers.send(answer);
                if is_work && let Err(fault) = ensure.somebody_works() {
                    let _ = answers.send(Msg::Trouble(fault));
                }
            }
        })?;
        Ok(Hand { send, thread })
    }

    /// Hands something over; never waits.
    pub fn give(&self, thing: T) {
        // The thread lives as long as this does.
        let _ = self.send.send(thing);
    }

    /// Waits until everything is done.
    pub fn finish(self) {
        drop(self.send);
        let _ = self.thread.join();
    }
}
