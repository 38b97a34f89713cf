//! Reads families of jobs, and what is near one of them, on a thread and connections of its own. Of questions of a kind
//! that wait only the newest is answered.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::UnboundedSender;

use super::panic;
use crate::domain::JobId;
use crate::store::Store;
use crate::tui::msg::Msg;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trail {
    /// The newest families that have a job with some words, so many at most.
    Families(String, usize),
    /// What is near a job.
    Near(JobId),
}

/// Hands questions to the thread, which ends with this.
#[derive(Debug)]
pub(super) struct Tracer {
    send: Sender<Trail>,
}

impl Tracer {
    /// Starts the thread. Answers go to `answers`.
    pub fn start(store: Store, answers: UnboundedSender<Msg>) -> io::Result<Tracer> {
        let mut own: Option<Store> = None;
        Tracer::with(answers, move |trail| {
            let store = match own.take() {
                Some(store) => Ok(store),
                None => store.apart(),
            };
            let store = store.map(|store| own.insert(store));
            match trail {
                Trail::Families(words, most) => {
                    let result = store.and_then(|store| store.lineage(&words, most)).map_err(Into::into);
                    Msg::Lineage { words, most, result }
                }
                Trail::Near(job) => Msg::Near(store.and_then(|store| store.near(job)).map_err(Into::into)),
            }
        })
    }

    fn with(answers: UnboundedSender<Msg>, mut trace: impl FnMut(Trail) -> Msg + Send + 'static) -> io::Result<Tracer> {
        let (send, receive) = channel::<Trail>();
        std::thread::Builder::new().name("tracer".into()).spawn(move || {
            while let Ok(first) = receive.recv() {
                let mut waiting = vec![first];
                while let Ok(newer) = receive.try_recv() {
                    waiting.retain(|trail| std::mem::discriminant(trail) != std::mem::discriminant(&newer));
                    waiting.push(newer);
                }
                for trail in waiting {
                    let lost = trail.clone();
                    let answer = catch_unwind(AssertUnwindSafe(|| trace(trail)));
                    let answer = answer.unwrap_or_else(|payload| {
                        let fault = panic::fault(payload.as_ref(), "reading the history");
                        match lost {
                            Trail::Families(words, most) => Msg::Lineage { words, most, result: Err(fault) },
                            Trail::Near(_) => Msg::Near(Err(fault)),
                        }
                    });
                    if answers.send(answer).is_err() {
                        return;
                    }
                }
            }
        })?;
        Ok(Tracer { send })
    }

    /// Asks; never waits.
    pub fn ask(&self, trail: Trail) {
        // The thread lives as long as this does.
        let _ = self.send.send(trail);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::lineage::{Lineage, Near};

    #[test]
    fn of_each_kind_only_the_newest_question_is_answered_and_a_panic_is_an_answer() {
        let (send, mut answers) = unbounded_channel();
        let (gate, open) = channel::<()>();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        let tracer = Tracer::with(send, move |trail| {
            book.lock().expect("book").push(trail.clone());
            open.recv().expect("the gate opens");
            match trail {
                Trail::Families(words, _) if words == "c" => panic!("a mistake of ours"),
                Trail::Families(words, most) => Msg::Lineage { words, most, result: Ok(Lineage::default()) },
                Trail::Near(of) => Msg::Near(Ok(Near { of, job: None, parent: None, children: vec![], cards: vec![] })),
            }
        })
        .expect("a thread");
        let families = |words: &str| Trail::Families(words.to_owned(), 9);
        tracer.ask(families("a"));
        while asked.lock().expect("book").is_empty() {
            std::thread::yield_now();
        }
        for trail in [families("b"), Trail::Near(JobId(1)), families("c"), Trail::Near(JobId(2))] {
            tracer.ask(trail);
        }
        (0..3).for_each(|_| gate.send(()).expect("it listens"));
        let told: Vec<String> = (0..3)
            .map(|_| match answers.blocking_recv() {
                Some(Msg::Lineage { words, result, .. }) => format!("{words} {}", result.is_ok()),
                Some(Msg::Near(near)) => near.map_or_else(|fault| fault.code, |near| near.of.to_string()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, ["a true", "c false", "2"]);
    }
}
