//! The user's orders to the store, written on a thread of its own, in the order they were given.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use super::ensure::Ensure;
use super::{clock, panic};
use crate::domain::{Cost, Fault, Request};
use crate::store::{Intent, NewJob, Store};
use crate::tui::msg::Msg;

/// Something to write down.
#[derive(Debug)]
pub(super) enum Order {
    /// A new job, at the price shown.
    Submit(Box<Request>, Cost),
    /// A wish about a job there is.
    Ask(Intent),
}

/// Hands orders to the thread. [`Orders::finish`] waits until all are written: an order given is never lost.
#[derive(Debug)]
pub(super) struct Orders {
    send: Sender<Order>,
    thread: JoinHandle<()>,
}

impl Orders {
    /// Starts the thread. Answers go to `answers`; somebody works on each order that is written.
    pub fn start(store: Store, ensure: Ensure, answers: UnboundedSender<Msg>) -> std::io::Result<Orders> {
        Orders::with(answers, ensure, move |order| carry_out(&store, order))
    }

    fn with(
        answers: UnboundedSender<Msg>,
        ensure: Ensure,
        write: impl Fn(Order) -> Msg + Send + 'static,
    ) -> std::io::Result<Orders> {
        let (send, receive) = channel();
        let thread = std::thread::Builder::new().name("orders".into()).spawn(move || {
            while let Ok(order) = receive.recv() {
                let submit = matches!(order, Order::Submit(..));
                let answer = catch_unwind(AssertUnwindSafe(|| write(order))).unwrap_or_else(|payload| {
                    let fault = panic::fault(payload.as_ref(), "writing to the data store");
                    if submit { Msg::Submitted(Err(fault)) } else { Msg::Asked(Err(fault)) }
                });
                let is_written = matches!(answer, Msg::Submitted(Ok(_)) | Msg::Asked(Ok(())));
                // Nobody listens any more once the loop has ended; the order stands all the same.
                let _ = answers.send(answer);
                if is_written && let Err(fault) = ensure.somebody_works() {
                    let _ = answers.send(Msg::Trouble(fault));
                }
            }
        })?;
        Ok(Orders { send, thread })
    }

    /// Gives an order; never waits.
    pub fn give(&self, order: Order) {
        // The thread lives as long as this does.
        let _ = self.send.send(order);
    }

    /// Waits until every order is written.
    pub fn finish(self) {
        drop(self.send);
        let _ = self.thread.join();
    }
}

fn carry_out(store: &Store, order: Order) -> Msg {
    match order {
        Order::Submit(request, estimate) => {
            let job = NewJob::new(*request, estimate);
            let ids = store.enqueue(&[job], clock::now());
            Msg::Submitted(ids.map_err(Fault::from))
        }
        Order::Ask(intent) => Msg::Asked(store.ask(intent, clock::now()).map_err(Fault::from)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::JobId;

    #[test]
    fn orders_are_written_in_order_and_all_before_the_end() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&written);
        let (send, mut answers) = unbounded_channel();
        let write = move |order| {
            let Order::Ask(Intent::Retry(id)) = order else { panic!("only retries are ordered here") };
            assert_ne!(id, JobId(2), "the store fails at the second");
            book.lock().expect("book").push(id);
            Msg::Asked(Ok(()))
        };
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        let ensure = Ensure::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let orders = Orders::with(send, ensure, write).expect("a thread");
        for id in 1..=3 {
            orders.give(Order::Ask(Intent::Retry(JobId(id))));
        }
        orders.finish();
        assert_eq!(*written.lock().expect("book"), [JobId(1), JobId(3)]);
        let answers: Vec<bool> =
            std::iter::from_fn(|| answers.try_recv().ok()).map(|msg| matches!(msg, Msg::Asked(Ok(())))).collect();
        assert_eq!(answers, [true, false, true]);
        assert_eq!(calls.load(Ordering::Relaxed), 2, "somebody works on what is written, and on nothing else");
    }
}
