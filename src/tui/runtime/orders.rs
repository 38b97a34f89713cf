//! The user's orders to the store, written on a thread of its own, in the order they were given.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::mpsc::UnboundedSender;

use super::ensure::Ensure;
use super::hand::Hand;
use super::{clock, panic};
use crate::domain::query::Query;
use crate::domain::{
    BatchId, Cost, Draft, Event, Fault, FaultKind, ImageId, JobId, Mark, ModelId, Now, Origin, Request, text,
};
use crate::store::{Intent, Learned, NewJob, Store, StoreError};
use crate::tui::msg::Msg;

/// Something to write down.
#[derive(Debug)]
pub(super) enum Order {
    /// New jobs, at the prices shown, and what they are made from.
    Submit(Vec<(Request, Cost)>, Option<Origin>),
    /// One more like a job, at the price shown.
    Alike(JobId, Box<Request>, Cost),
    /// What is in the form, kept for the next start.
    Draft(Box<Draft>),
    /// A wish about a job there is.
    Ask(Intent),
    /// Jobs held back, or let go.
    Hold(Vec<JobId>, bool),
    /// Jobs moved before all others.
    ToFront(Vec<JobId>),
    /// Jobs moved so many turns, one after the other.
    Shift(Vec<JobId>, isize),
    /// Everything or a model's jobs kept back, or let go.
    Pause(Option<ModelId>, bool),
    /// What a waiting job asks for, changed.
    Revise(JobId, Box<Request>, Cost),
    /// Jobs that ask for the same as these.
    Duplicate(Vec<JobId>),
    /// Ended jobs put out of sight, or back.
    Clear(Vec<JobId>, bool),
    /// A name for a job and what is made from it.
    Name(JobId, String),
    /// A job folded away in the tree, or shown again.
    Hide(JobId, bool),
    /// A batch's rows kept back, or let go.
    PauseBatch(BatchId, bool),
    /// How many rows of a batch may be at work at once.
    AtOnce(BatchId, u32),
    /// A batch's rows that wait, cancelled.
    StopBatch(BatchId),
    /// What is in the bin, deleted for good.
    EmptyBin,
    /// Pictures marked.
    Mark(Vec<ImageId>, Mark),
    /// Pictures marked, all at once, and those that changed told; with `true` what is on all of them taken off.
    MarkAll(Vec<ImageId>, Vec<Mark>, bool),
    /// Nothing to write: all pictures of a query to be named, after what was ordered before.
    Ids(u64, Box<Query>),
    /// Nothing to write: what a purge would delete.
    SizeBin,
    /// Nothing to write: a batch's rows to be read.
    Rows(BatchId),
    /// Nothing to write: a job's log to be read, after what was ordered before.
    Log(JobId),
}

impl Order {
    /// The answer to this order when it could not be carried out.
    fn refused(&self) -> fn(Fault) -> Msg {
        match self {
            Order::Submit(..) | Order::Alike(..) | Order::Duplicate(_) => |fault| Msg::Submitted(Err(fault)),
            Order::Draft(_) => |fault| Msg::DraftKept(Err(fault)),
            Order::MarkAll(..) => |fault| Msg::Marked(Err(fault)),
            Order::Log(_) | Order::SizeBin | Order::Ids(..) => Msg::Trouble,
            _ => |fault| Msg::Asked(Err(fault)),
        }
    }
}

/// Lines of a log worth sending to the screen: the newest.
const LOG_LINES: usize = 500;

/// Hands orders to the thread. [`Hand::finish`] waits until all are written: an order given is never lost.
pub(super) type Orders = Hand<Order>;

impl Orders {
    /// Starts the thread. Answers go to `answers`; somebody works on each order that is written.
    pub fn writing(store: Store, ensure: Ensure, answers: UnboundedSender<Msg>) -> std::io::Result<Orders> {
        Orders::with(answers, ensure, move |order| carry_out(&store, order))
    }

    fn with(
        answers: UnboundedSender<Msg>,
        ensure: Ensure,
        write: impl Fn(Order) -> Msg + Send + 'static,
    ) -> std::io::Result<Orders> {
        let act = move |order: Order| {
            let refused = order.refused();
            catch_unwind(AssertUnwindSafe(|| write(order)))
                .unwrap_or_else(|payload| refused(panic::fault(payload.as_ref(), "writing to the data store")))
        };
        let is_work = |answer: &Msg| matches!(answer, Msg::Submitted(Ok(_)) | Msg::Asked(Ok(())));
        Hand::start("orders", ensure, answers, act, is_work)
    }
}

fn carry_out(store: &Store, order: Order) -> Msg {
    let now = clock::now();
    let refused = order.refused();
    let done = match order {
        Order::Submit(orders, parent) => {
            let job = |(request, cost)| NewJob { parent, ..NewJob::new(request, cost) };
            let jobs: Vec<NewJob> = orders.into_iter().map(job).collect();
            return submitted(store.enqueue(&jobs, now));
        }
        Order::Draft(draft) => store.keep_draft(&draft, now).map(|()| Msg::DraftKept(Ok(()))),
        Order::Alike(of, request, estimate) => {
            let made = store.like(of, *request, estimate).and_then(|job| store.enqueue(&[job], now));
            return submitted(made);
        }
        Order::Duplicate(ids) => return submitted(twins(store, &ids, now)),
        Order::Revise(job, request, estimate) => {
            let result = store.revise(job, &request, &estimate, now).map_err(Fault::from);
            return Msg::Revised { job, result };
        }
        Order::Log(job) => log(store, job, now),
        Order::Ask(intent) => store.ask(intent, now).map(|()| Msg::Asked(Ok(()))),
        Order::Hold(ids, held) => hold(store, &ids, held, now),
        Order::ToFront(ids) => store.to_front(&ids, now).map(|_| Msg::Asked(Ok(()))),
        Order::Shift(ids, by) => {
            ids.into_iter().try_for_each(|id| store.shift(id, by).map(drop)).map(|()| Msg::Asked(Ok(())))
        }
        Order::Pause(model, paused) => store.pause(model.as_ref(), paused).map(|()| Msg::Asked(Ok(()))),
        Order::Rows(batch) => store.batch_jobs(batch).map(|jobs| Msg::Rows { batch, jobs }),
        Order::PauseBatch(batch, paused) => store.pause_batch(batch, paused).map(|()| Msg::Asked(Ok(()))),
        Order::AtOnce(batch, most) => store.set_parallel(batch, most).map(|()| Msg::Asked(Ok(()))),
        Order::Name(job, name) => store.name_job(job, &name).map(|()| Msg::Asked(Ok(()))),
        Order::Hide(job, hidden) => store.hide(job, hidden).map(|()| Msg::Asked(Ok(()))),
        Order::StopBatch(batch) => stop(store, batch, now),
        Order::EmptyBin => empty_bin(store, now),
        Order::Mark(ids, mark) => store.mark(&ids, &mark, now).map(|_| Msg::Asked(Ok(()))),
        Order::MarkAll(ids, marks, turn) => store.mark_all(&ids, &marks, turn, now).map(|done| Msg::Marked(Ok(done))),
        Order::Ids(ticket, query) => {
            return Msg::ShelfIds { ticket, result: store.ids(&query, now).map_err(Fault::from) };
        }
        Order::SizeBin => store.bin_size().map(|(pictures, bytes)| Msg::BinSize(pictures, bytes)),
        Order::Clear(ids, cleared) => store.clear(&ids, cleared).map(|_| Msg::Asked(Ok(()))),
    };
    done.unwrap_or_else(|error| refused(Fault::from(error)))
}

fn submitted(ids: Result<Vec<JobId>, StoreError>) -> Msg {
    Msg::Submitted(ids.map_err(Fault::from))
}

/// Files that could not be deleted are said.
fn empty_bin(store: &Store, now: Now) -> Result<Msg, StoreError> {
    let purged = store.purge(&store.in_bin()?, now)?;
    let kept = purged.kept.first().map(|(id, path, why)| {
        let more = if purged.kept.len() > 1 { format!(" and {} more", purged.kept.len() - 1) } else { String::new() };
        let words = format!("#{id}{more} could not be deleted: {}: {why}.", path.display());
        Fault::new(FaultKind::Other, "purge", text::clean(&words)).hint("They are still in the bin.")
    });
    Ok(Msg::Asked(kept.map_or(Ok(()), Err)))
}

/// One commit for all of them: the budget has room for all, or none is made.
fn twins(store: &Store, ids: &[JobId], now: Now) -> Result<Vec<JobId>, StoreError> {
    let jobs = ids.iter().map(|id| store.twin(*id)).collect::<Result<Vec<_>, _>>()?;
    store.enqueue(&jobs, now)
}

fn hold(store: &Store, ids: &[JobId], held: bool, now: Now) -> Result<Msg, StoreError> {
    let (event, word) = if held { (Event::Hold, "held back") } else { (Event::Release, "let go") };
    let learned = Learned { log: Some(word.to_owned()), ..Learned::default() };
    store.record_all(ids, event, &learned, now)?;
    Ok(Msg::Asked(Ok(())))
}

/// What waits is cancelled; rows some of whose pictures are here are left to whoever works on them.
fn stop(store: &Store, batch: BatchId, now: Now) -> Result<Msg, StoreError> {
    let (_, begun) = store.stop_batch(batch, now)?;
    begun.into_iter().try_for_each(|id| store.ask(Intent::Cancel(id), now))?;
    Ok(Msg::Asked(Ok(())))
}

fn log(store: &Store, job: JobId, now: Now) -> Result<Msg, StoreError> {
    let lines = store.log(job)?;
    let newest = lines.into_iter().rev().take(LOG_LINES).map(|line| (clock::local(line.at, now), line.text));
    let mut lines: Vec<_> = newest.collect();
    lines.reverse();
    Ok(Msg::Log { job, lines })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

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
