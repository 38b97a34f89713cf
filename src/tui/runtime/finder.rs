//! Searches the history, on a thread and connections of its own. Of questions that wait only the newest is answered.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::UnboundedSender;

use super::panic;
use crate::domain::{Fault, Found};
use crate::store::Store;
use crate::tui::msg::Msg;

/// What is looked for, and how many prompts at most.
#[derive(Debug)]
struct Question {
    query: String,
    most: usize,
}

/// Hands questions to the thread, which ends with this.
#[derive(Debug)]
pub(super) struct Finder {
    send: Sender<Question>,
}

impl Finder {
    /// Starts the thread. Answers go to `answers`.
    pub fn start(store: Store, answers: UnboundedSender<Msg>) -> io::Result<Finder> {
        let mut own: Option<Store> = None;
        Finder::with(answers, move |query, most| {
            let store = match own.take() {
                Some(store) => store,
                None => store.apart()?,
            };
            Ok(own.insert(store).prompts(query, most)?)
        })
    }

    fn with(
        answers: UnboundedSender<Msg>,
        mut find: impl FnMut(&str, usize) -> Result<Vec<Found>, Fault> + Send + 'static,
    ) -> io::Result<Finder> {
        let (send, receive) = channel::<Question>();
        std::thread::Builder::new().name("finder".into()).spawn(move || {
            while let Ok(mut question) = receive.recv() {
                while let Ok(newer) = receive.try_recv() {
                    question = newer;
                }
                let Question { query, most } = question;
                let result = catch_unwind(AssertUnwindSafe(|| find(&query, most)))
                    .unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "searching the history")));
                if answers.send(Msg::Found { query, result }).is_err() {
                    return;
                }
            }
        })?;
        Ok(Finder { send })
    }

    /// Asks; never waits.
    pub fn ask(&self, query: String, most: usize) {
        // The thread lives as long as this does.
        let _ = self.send.send(Question { query, most });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn of_questions_that_wait_only_the_newest_is_answered() {
        let (send, mut answers) = unbounded_channel();
        let (gate, open) = channel::<()>();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        let finder = Finder::with(send, move |query, _| {
            book.lock().expect("book").push(query.to_owned());
            open.recv().expect("the gate opens");
            assert_ne!(query, "c", "a mistake of ours");
            Ok(Vec::new())
        })
        .expect("a thread");
        let mut next = || match answers.blocking_recv() {
            Some(Msg::Found { query, result }) => (query, result.is_ok()),
            other => panic!("{other:?}"),
        };
        finder.ask("a".into(), 9);
        while asked.lock().expect("book").is_empty() {
            std::thread::yield_now();
        }
        finder.ask("b".into(), 9);
        finder.ask("c".into(), 9);
        gate.send(()).expect("it listens");
        assert_eq!(next(), ("a".into(), true));
        gate.send(()).expect("it listens");
        assert_eq!(next(), ("c".into(), false), "a panic is an answer too");
        finder.ask("d".into(), 9);
        gate.send(()).expect("it listens");
        assert_eq!(next(), ("d".into(), true));
        assert_eq!(*asked.lock().expect("book"), ["a", "c", "d"]);
    }
}
