//! How fast paid calls of one model may leave, and how many may be at work at once. Pure: the moment is handed in.

use std::collections::VecDeque;
use std::time::Duration;

use crate::catalog::Rate;
use crate::domain::Stamp;

/// So many calls in any span of time: exact for limits such as 2 a minute, where a bucket that fills up bit by bit would
/// let a third call through.
#[derive(Debug, Clone)]
pub(super) struct Window {
    count: usize,
    per: Duration,
    booked: VecDeque<Stamp>,
}

/// A booking further ahead than this was made before the wall clock was set back.
const AHEAD: Duration = Duration::from_secs(120);

impl Window {
    /// `count` calls in any span of `per`.
    pub(super) fn new(count: u32, per: Duration) -> Window {
        Window { count: count.max(1) as usize, per, booked: VecDeque::new() }
    }

    /// The first moment, from `now` on, when a call may leave.
    pub(super) fn opens(&mut self, now: Stamp) -> Stamp {
        self.booked.retain(|&at| at <= now.after(AHEAD));
        while self.booked.len() > self.count {
            self.booked.pop_front();
        }
        match self.booked.len().checked_sub(self.count) {
            Some(oldest) => now.max(self.booked[oldest].after(self.per)),
            None => now,
        }
    }

    /// Takes the first free moment.
    pub(super) fn book(&mut self, now: Stamp) -> Stamp {
        let at = self.opens(now);
        self.booked.push_back(at);
        at
    }

    /// Gives a moment back.
    fn forget(&mut self, at: Stamp) {
        if let Some(nth) = self.booked.iter().position(|&booked| booked == at) {
            self.booked.remove(nth);
        }
    }
}

/// Most that refusals stretch the span between calls.
const SLOWEST: u32 = 16;

/// Calls that have to be taken before a slowed lane goes twice as fast: what was too fast a moment ago soon is again.
const TRUST: u32 = 8;

/// One model's way to the service.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    window: Window,
    /// The span of the window at full speed.
    per: Duration,
    slots: u32,
    busy: u32,
    /// The span is this many times the normal one: doubled by each "too fast", halved once so many calls were taken.
    slow: u32,
    /// Calls taken since the speed last changed.
    good: u32,
    /// Refusals in a row.
    refused: u32,
    /// Since when it is closed, and until when.
    closed: (Stamp, Stamp),
}

impl Lane {
    /// A lane at the documented rate less a tenth, since calls do not take equally long to arrive. `sent`: calls that
    /// left of late, from other processes too.
    pub(super) fn new(rate: Rate, sent: Vec<Stamp>) -> Lane {
        let per = rate.per * 11 / 10;
        let mut window = Window::new(rate.count, per);
        window.booked.extend(sent);
        Lane {
            window,
            per,
            slots: rate.concurrent.max(1),
            busy: 0,
            slow: 1,
            good: 0,
            refused: 0,
            closed: (Stamp(0), Stamp(0)),
        }
    }

    /// When the next call may leave. `None`: all places are taken, one that becomes free is the sign.
    pub(super) fn opens(&mut self, now: Stamp) -> Option<Stamp> {
        let (since, until) = self.closed;
        // Before it was closed: the wall clock was set back since.
        let closed = if now < since { Stamp(0) } else { until };
        (self.busy < self.slots).then(|| self.window.opens(now).max(closed))
    }

    /// A job takes a place at the service.
    pub(super) fn enter(&mut self) {
        self.busy += 1;
    }

    /// It needs it no longer.
    pub(super) fn leave(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }

    /// Books the next call.
    pub(super) fn book(&mut self, now: Stamp) -> Stamp {
        self.window.book(now)
    }

    /// Books the next call for one that was booked for `then` and did not leave.
    pub(super) fn rebook(&mut self, then: Stamp, now: Stamp) -> Stamp {
        self.window.forget(then);
        self.book(now)
    }

    /// Gives back the turn of a call that the service did not count.
    pub(super) fn give_back(&mut self, turn: Stamp) {
        self.window.forget(turn);
    }

    /// A call was taken.
    pub(super) fn taken(&mut self) {
        self.refused = 0;
        self.good += 1;
        if self.good >= TRUST {
            self.set_slow(self.slow / 2);
        }
    }

    /// A call was refused and may go again: nobody should go before `wait`, doubled for each refusal in a row, has passed.
    pub(super) fn refused(&mut self, too_fast: bool, wait: Duration, longest: Duration) -> Duration {
        self.good = 0;
        if too_fast {
            self.set_slow(self.slow * 2);
        }
        let wait = backoff(self.refused, wait, longest);
        self.refused += 1;
        wait
    }

    /// Nobody goes before `until`.
    pub(super) fn close(&mut self, now: Stamp, until: Stamp) {
        let (since, earlier) = self.closed;
        self.closed = if now < since { (now, until) } else { (now, until.max(earlier)) };
    }

    fn set_slow(&mut self, slow: u32) {
        self.good = 0;
        self.slow = slow.clamp(1, SLOWEST);
        self.window.per = self.per * self.slow;
    }
}

/// `first`, doubled for each of `times` failures before, up to `longest`.
pub(super) fn backoff(times: u32, first: Duration, longest: Duration) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const START: Stamp = Stamp(1_000_000);

    fn at(stamp: Stamp) -> u64 {
        stamp.since(START).as_secs()
    }

    fn lane(count: u32, per: u64, concurrent: u32) -> Lane {
        Lane::new(Rate { count, per: SECOND * per as u32, concurrent }, Vec::new())
    }

    #[test]
    fn two_a_minute_leave_as_pairs_and_never_three_in_any_minute() {
        let mut lane = lane(2, 60, 9);
        let mut now = START;
        let gone: Vec<_> = (0..6)
            .map(|_| {
                now = lane.book(now);
                at(now)
            })
            .collect();
        assert_eq!(gone, [0, 0, 66, 66, 132, 132]);
    }

    #[test]
    fn calls_of_a_process_before_count() {
        let mut lane =
            Lane::new(Rate { count: 2, per: SECOND * 60, concurrent: 9 }, vec![START, START.after(SECOND * 10)]);
        assert_eq!(lane.opens(START.after(SECOND * 20)).map(at), Some(66));
    }

    #[test]
    fn places_are_limited_and_come_free() {
        let mut lane = lane(5, 1, 2);
        lane.enter();
        assert!(lane.opens(START).is_some());
        lane.enter();
        assert_eq!(lane.opens(START), None);
        lane.leave();
        assert!(lane.opens(START).is_some());
    }

    #[test]
    fn too_fast_closes_the_lane_and_halves_its_pace_until_calls_are_taken_again() {
        let mut lane = lane(1, 10, 9);
        let longest = SECOND * 60;
        let waits: Vec<_> = (0..7).map(|_| lane.refused(true, SECOND * 2, longest).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        lane.close(START, START.after(longest));
        assert_eq!(lane.opens(START).map(at), Some(60));
        lane.book(START);
        assert_eq!(lane.opens(START).map(at), Some(11 * 16), "sixteen times slower at most");
        let mut after = |calls: u32| {
            (0..calls).for_each(|_| lane.taken());
            lane.opens(START).map(at)
        };
        assert_eq!(after(TRUST - 1), Some(11 * 16), "not yet trusted");
        assert_eq!(after(1), Some(11 * 8));
        assert_eq!(after(3 * TRUST), Some(60), "full speed again, but closed for a minute all the same");
    }

    #[test]
    fn a_call_that_was_held_up_gives_its_turn_back_and_takes_one_of_now() {
        let mut lane = lane(2, 60, 9);
        lane.book(START);
        lane.book(START);
        assert_eq!(at(lane.rebook(START, START.after(SECOND * 50))), 50, "its own turn is free again");
        assert_eq!(at(lane.book(START.after(SECOND * 50))), 66);
        assert_eq!(at(lane.book(START.after(SECOND * 66))), 116);
    }

    #[test]
    fn a_turn_given_back_is_there_for_the_next() {
        let mut lane = lane(2, 60, 9);
        let first = lane.book(START);
        lane.book(START);
        lane.give_back(first);
        assert_eq!([lane.book(START), lane.book(START)].map(at), [0, 66]);
    }

    #[test]
    fn a_clock_set_back_does_not_close_a_lane() {
        let mut lane = lane(1, 10, 9);
        let later = START.after(SECOND * 3600);
        lane.book(later);
        lane.close(later, later.after(SECOND * 60));
        assert_eq!(lane.opens(later), Some(later.after(SECOND * 60)));
        assert_eq!(lane.opens(START), Some(START));
    }
}
