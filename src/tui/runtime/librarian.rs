//! Reads the shelf for the gallery, on a thread and connections of its own. Of questions that wait only the newest is
//! answered; what is counted comes after the pictures, and only where nobody asks for others meanwhile.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::UnboundedSender;

use super::{clock, panic};
use crate::domain::Fault;
use crate::domain::query::{Query, Stretch};
use crate::store::Store;
use crate::tui::msg::Msg;

/// Which pictures are wanted.
#[derive(Debug)]
pub(super) struct Request {
    pub ticket: u64,
    pub query: Query,
    pub stretch: Stretch,
    pub most: usize,
    pub count: bool,
}

/// Hands questions to the thread, which ends with this.
#[derive(Debug)]
pub(super) struct Librarian {
    send: Sender<Request>,
}

impl Librarian {
    /// Starts the thread. Answers go to `answers`.
    pub fn start(store: Store, answers: UnboundedSender<Msg>) -> io::Result<Librarian> {
        let (send, receive) = channel::<Request>();
        std::thread::Builder::new().name("librarian".into()).spawn(move || {
            let (mut own, mut waiting) = (None::<Store>, None);
            while let Some(mut request) = waiting.take().or_else(|| receive.recv().ok()) {
                while let Ok(newer) = receive.try_recv() {
                    request = newer;
                }
                let ticket = request.ticket;
                let result = safely(|| {
                    let store = match own.take() {
                        Some(store) => store,
                        None => store.apart()?,
                    };
                    Ok(own.insert(store).shelf(&request.query, request.stretch, request.most, clock::now())?)
                });
                let is_read = result.is_ok();
                if answers.send(Msg::Shelf { ticket, result }).is_err() {
                    return;
                }
                waiting = receive.try_recv().ok();
                let Some(store) = own.as_ref().filter(|_| request.count && is_read && waiting.is_none()) else {
                    continue;
                };
                let count = safely(|| Ok(store.count(&request.query, clock::now())?));
                if let Ok(count) = count
                    && answers.send(Msg::Counted { ticket, count }).is_err()
                {
                    return;
                }
            }
        })?;
        Ok(Librarian { send })
    }

    /// Asks; never waits.
    pub fn ask(&self, request: Request) {
        // The thread lives as long as this does.
        let _ = self.send.send(request);
    }
}

fn safely<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "reading the pictures")))
}
