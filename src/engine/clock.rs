//! Time for the engine: the real one, or one that tests move. Every wait of the engine goes through here.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::Stamp;

/// Where the engine gets time from.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Real,
    Skipping(Arc<Mutex<Skipping>>),
}

/// The longest real sleep in one piece: a machine that was suspended looks at the wall clock soon after.
const PIECE: Duration = Duration::from_secs(10);

impl Clock {
    /// The machine's.
    pub fn real() -> Clock {
        Clock(Kind::Real)
    }

    /// One that stands at `start` and jumps to the nearest moment anyone waits for as soon as nobody has anything better
    /// to do. Waits end in the order of their moments and take no real time.
    pub fn skipping(start: Stamp) -> Clock {
        let clock = Skipping { now: start, set: 0, tickets: 0, waiting: BTreeMap::new() };
        Clock(Kind::Skipping(Arc::new(Mutex::new(clock))))
    }

    /// The moment now.
    pub fn now(&self) -> Stamp {
        match &self.0 {
            Kind::Real => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Kind::Skipping(clock) => lock(clock).wall(),
        }
    }

    /// Sets a clock of tests forward or back by so many milliseconds, as a time server sets a machine's, or as it looks after
    /// a machine slept. Waits keep their span when it is set back, and are over when it is set past their moments.
    #[cfg(test)]
    pub(super) fn set_by(&self, millis: i64) {
        let Kind::Skipping(clock) = &self.0 else { return };
        let mut clock = lock(clock);
        clock.set += millis;
        clock.waiting.values_mut().filter_map(Option::take).for_each(Waker::wake);
    }

    /// Waits until `moment`; not at all when it is past. A wall clock that is set back does not make the wait longer.
    pub async fn sleep_until(&self, moment: Stamp) {
        match &self.0 {
            Kind::Real => {
                let deadline = Instant::now() + moment.since(self.now());
                loop {
                    let left = moment.since(self.now()).min(deadline.saturating_duration_since(Instant::now()));
                    if left.is_zero() {
                        return;
                    }
                    tokio::time::sleep(left.min(PIECE)).await;
                }
            }
            Kind::Skipping(clock) => Skip::new(clock.clone(), moment).await,
        }
    }

    /// A span a quarter shorter or longer, so that those who failed together do not try again together. A clock of tests
    /// leaves it as it is.
    pub fn spread(&self, span: Duration) -> Duration {
        match &self.0 {
            Kind::Real => {
                use std::hash::{BuildHasher, Hasher};
                // The standard library keys its hash maps from the system's random numbers.
                let dice = std::hash::RandomState::new().build_hasher().finish() % 500;
                span * 3 / 4 + span * u32::try_from(dice).unwrap_or(0) / 1000
            }
            Kind::Skipping(_) => span,
        }
    }

    /// Waits for a span.
    pub async fn sleep(&self, span: Duration) {
        self.sleep_until(self.now().after(span)).await;
    }
}

#[derive(Debug)]
struct Skipping {
    /// Time that passed, from the start on; it is never set back.
    now: Stamp,
    /// What the clock shows beyond it: it was set.
    set: i64,
    tickets: u64,
    /// Who waits, by moment and then by who came first.
    waiting: BTreeMap<(Stamp, u64), Option<Waker>>,
}

impl Skipping {
    fn wall(&self) -> Stamp {
        Stamp(self.now.0 + self.set)
    }
}

fn lock(clock: &Mutex<Skipping>) -> MutexGuard<'_, Skipping> {
    clock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Turns others get before time is moved.
const TURNS: u8 = 8;

/// A wait on a skipping clock.
struct Skip {
    clock: Arc<Mutex<Skipping>>,
    /// What the clock will show then.
    moment: Stamp,
    ticket: (Stamp, u64),
    turns: u8,
}

impl Skip {
    fn new(clock: Arc<Mutex<Skipping>>, moment: Stamp) -> Skip {
        let ticket = {
            let mut inner = lock(&clock);
            inner.tickets += 1;
            let ticket = (Stamp(moment.0.saturating_sub(inner.set)), inner.tickets);
            inner.waiting.insert(ticket, None);
            ticket
        };
        Skip { clock, moment, ticket, turns: 0 }
    }
}

impl Future for Skip {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut inner = lock(&this.clock);
        if this.ticket.0 <= inner.now || this.moment <= inner.wall() {
            return Poll::Ready(());
        }
        let is_next = inner.waiting.keys().next() == Some(&this.ticket);
        if !is_next {
            this.turns = 0;
            inner.waiting.insert(this.ticket, Some(cx.waker().clone()));
            return Poll::Pending;
        }
        if this.turns < TURNS {
            this.turns += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        inner.now = this.ticket.0;
        Poll::Ready(())
    }
}

impl Drop for Skip {
    /// Whoever is next now may move time.
    fn drop(&mut self) {
        let mut inner = lock(&self.clock);
        inner.waiting.remove(&self.ticket);
        if let Some(mut next) = inner.waiting.first_entry()
            && let Some(waker) = next.get_mut().take()
        {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_end_in_the_order_of_their_moments_and_at_them() {
        let clock = Clock::skipping(Stamp(0));
        let order = Mutex::new(Vec::new());
        let wait = async |until: i64| {
            clock.sleep_until(Stamp(until)).await;
            order.lock().expect("no panic").push((until, clock.now().0));
            clock.sleep(Duration::from_millis(5)).await;
            order.lock().expect("no panic").push((until, clock.now().0));
        };
        tokio::join!(wait(30), wait(10), wait(20));
        let order = order.into_inner().expect("no panic");
        assert_eq!(order, [(10, 10), (10, 15), (20, 20), (20, 25), (30, 30), (30, 35)]);
    }

    #[test]
    fn real_waits_are_spread_and_those_of_tests_are_not() {
        let span = Duration::from_secs(8);
        assert_eq!(Clock::skipping(Stamp(0)).spread(span), span);
        let spread: Vec<_> = (0..40).map(|_| Clock::real().spread(span)).collect();
        assert!(spread.iter().all(|wait| (6..=10).contains(&wait.as_secs())), "{spread:?}");
        assert!(spread.iter().any(|wait| *wait != spread[0]), "forty times the same");
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_makes_no_wait_longer_and_one_set_forward_ends_it() {
        let clock = Clock::skipping(Stamp(10_000_000));
        let wait = async {
            clock.sleep(Duration::from_millis(500)).await;
            clock.now()
        };
        let set = async { clock.set_by(-3_600_000) };
        assert_eq!(tokio::join!(wait, set).0, Stamp(10_000_500 - 3_600_000));
        let wait = async {
            clock.sleep(Duration::from_secs(60)).await;
            clock.now()
        };
        let set = async { clock.set_by(3_600_000) };
        assert_eq!(tokio::join!(wait, set).0, Stamp(10_000_500), "not a moment after it was set");
    }

    #[tokio::test]
    async fn a_wait_that_is_given_up_does_not_move_time() {
        let clock = Clock::skipping(Stamp(0));
        tokio::select! {
            () = clock.sleep_until(Stamp(1_000)) => panic!("the later wait ended first"),
            () = clock.sleep_until(Stamp(10)) => {}
        }
        clock.sleep_until(Stamp(20)).await;
        assert_eq!(clock.now(), Stamp(20));
    }
}
