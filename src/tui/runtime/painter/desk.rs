//! What the painter's thread is to do: wishes, the newest first, and by what means.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::super::ways::Means;
use super::Wish;
use crate::graphics::Id;

/// Wishes that wait, of each kind: two pictures side by side, and a page of small ones.
const WAITING: (usize, usize) = (2, 64);

/// The turn of what nobody waits for: before all that is wished for, which overtakes it.
pub(super) const AHEAD: u64 = 0;

/// The desk, and a bell.
#[derive(Debug, Default)]
pub(super) struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

/// What lies on it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// With their turn, the newest last.
    pub(super) wishes: VecDeque<(u64, Wish)>,
    /// Wishes so far.
    turn: u64,
    /// What to paint with; nothing is painted before that is known.
    pub(super) means: Option<Means>,
    /// They are other ones now.
    pub(super) turned: bool,
    /// Pictures the terminal has whole.
    pub(super) arrived: Vec<Id>,
    /// Pictures the line does not bear.
    pub(super) heavy: Vec<Id>,
    /// What may be wished for next, the likeliest first.
    pub(super) ahead: VecDeque<Wish>,
    /// Nothing of a picture is still to be sent.
    pub(super) rests: bool,
    pub(super) closed: bool,
}

/// What the thread is to do.
pub(super) enum Work {
    Turn(Means),
    Arrived(Vec<Id>),
    Lighten(Vec<Id>),
    Paint(u64, Wish),
    /// Nobody waits for it.
    Foresee(Wish),
}

impl Desk {
    pub(super) fn wish(&mut self, wish: Wish) {
        self.turn += 1;
        self.wishes.retain(|(_, waiting)| *waiting != wish);
        self.put(self.turn, wish);
    }

    /// Puts a wish where its turn is; of too many the oldest is dropped.
    fn put(&mut self, turn: u64, wish: Wish) {
        let is_whole = |wish: &Wish| matches!(wish, Wish::Whole { .. });
        let (kind, most) = (is_whole(&wish), if is_whole(&wish) { WAITING.0 } else { WAITING.1 });
        let at = self.wishes.partition_point(|(other, _)| *other < turn);
        self.wishes.insert(at, (turn, wish));
        while self.wishes.iter().filter(|(_, wish)| is_whole(wish) == kind).count() > most {
            let oldest = self.wishes.iter().position(|(_, wish)| is_whole(wish) == kind);
            oldest.and_then(|oldest| self.wishes.remove(oldest));
        }
    }

    fn take(&mut self) -> Option<Work> {
        let means = self.means.as_ref()?;
        if std::mem::take(&mut self.turned) {
            return Some(Work::Turn(means.clone()));
        }
        if !self.arrived.is_empty() {
            return Some(Work::Arrived(std::mem::take(&mut self.arrived)));
        }
        if !self.heavy.is_empty() {
            return Some(Work::Lighten(std::mem::take(&mut self.heavy)));
        }
        let wished = self.wishes.pop_back().map(|(turn, wish)| Work::Paint(turn, wish));
        let mut ahead = || if self.rests { self.ahead.pop_front() } else { None };
        wished.or_else(|| ahead().map(Work::Foresee))
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something newer is wanted first. What is being painted is then put back, where there is room.
    pub(super) fn is_overtaken(&self, turn: u64, wish: &Wish) -> bool {
        let mut desk = self.lock();
        let overtaken = desk.turned || desk.wishes.back().is_some_and(|(newest, _)| *newest > turn);
        if overtaken && turn == AHEAD {
            desk.ahead.push_front(wish.clone());
        } else if overtaken && !desk.wishes.iter().any(|(_, waiting)| waiting == wish) {
            desk.put(turn, wish.clone());
        }
        overtaken || desk.closed
    }

    /// Waits for the next thing to do; `None` at the end.
    pub(super) fn next(&self) -> Option<Work> {
        let mut desk = self.lock();
        loop {
            if desk.closed {
                return None;
            }
            if let Some(work) = desk.take() {
                return Some(work);
            }
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn tell(&self, what: impl FnOnce(&mut Desk)) {
        what(&mut self.lock());
        self.changed.notify_all();
    }
}
