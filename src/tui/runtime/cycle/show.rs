//! Pictures in the loop: what the terminal says is heard, what is in sight is sent, painter and core are told, and the
//! terminal is left without them.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::error::TryRecvError;

use super::super::decode::Input;
use super::super::ways::Means;
use super::{Cycle, FRAME_GAP, Outside, Program};
use crate::tui::msg::Msg;

/// How long what the terminal still has to answer is waited for before it is given away.
const ANSWERS: Duration = Duration::from_millis(300);

/// How long after a picture something is written once more.
const NUDGE: Duration = Duration::from_millis(120);

impl<P: Program, O: Outside> Cycle<P, O> {
    /// The terminal answered.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        let reply = self.pictures.hear(bytes, Instant::now());
        if !reply.is_empty() && self.guard.has_it() {
            self.wire.send(reply);
        }
        self.rests = None;
        self.settle_pictures();
    }

    /// kitty (0.48) may show a picture only once something is written later: a cell of it is, when nothing else was.
    pub(super) fn nudge(&mut self) {
        let due = self.nudge.filter(|(_, due)| *due <= Instant::now() && self.guard.has_it());
        if let Some((id, _)) = due.filter(|_| self.wire.is_idle()) {
            self.nudge = None;
            let cell = self.screen.reveal(id, 1);
            if !cell.is_empty() {
                self.wire.send(cell);
            }
        }
    }

    /// Tells painter and core what has become of the pictures.
    pub(super) fn settle_pictures(&mut self) {
        let arrived = self.pictures.arrived();
        if !arrived.is_empty() {
            self.nudge = arrived.last().map(|id| (*id, Instant::now() + NUDGE));
            self.screen.know(self.pictures.lane.held());
            let shows: Vec<u8> = arrived.iter().flat_map(|id| self.screen.reveal(*id, usize::MAX)).collect();
            if !shows.is_empty() && self.guard.has_it() {
                self.wire.send(shows);
            }
            if self.pictures.may_lose() {
                self.outside.look_at_tmux(false);
            }
            self.outside.arrived(arrived);
        }
        if let Some(id) = self.pictures.too_heavy() {
            self.outside.lighten(id);
        }
        if let Some(means) = self.pictures.means().filter(|means| self.means.as_ref() != Some(means)) {
            self.use_means(means);
        }
        let rests = self.pictures.lane.is_at_rest();
        if std::mem::replace(&mut self.resting, rests) != rests {
            self.outside.rest(rests);
        }
        let kib = if rests { self.pictures.kib() } else { self.told.1 };
        let now = (self.means.as_ref().map_or("", |means| means.way.word()), kib);
        if now != self.told {
            self.told = now;
            self.tell(Msg::Drawn { how: now.0, kib: now.1 });
        }
    }

    /// Draws pictures by other means.
    fn use_means(&mut self, means: Means) {
        let before = self.means.replace(means.clone());
        let canvas = |means: &Means| (means.way, means.canvas.tmux);
        if before.as_ref().is_some_and(|before| canvas(before) != canvas(&means)) {
            let bytes = self.pictures.lane.farewell();
            self.wire.send(bytes);
        }
        self.pictures.lane.through_tmux(means.canvas.tmux);
        if before.map_or(means.draws_beneath(), |before| before.draws_beneath() != means.draws_beneath()) {
            self.screen.draw_beneath(means.draws_beneath());
            self.restart();
        }
        self.outside.paint_by(means);
    }

    /// Writes the next piece of a picture.
    pub(super) fn send_picture(&mut self) {
        if !self.guard.has_it() || self.leaving {
            return;
        }
        let screen = &self.screen;
        let above = |place, sight| screen.above(place, sight);
        let now = Instant::now();
        match self.pictures.next(now, screen.area(), &above) {
            Some(bytes) => {
                self.rests = None;
                self.wire.send(bytes);
                self.settle_pictures();
            }
            // Whatever it waits for, it is not asked again at once.
            None => self.rests = Some(now + FRAME_GAP),
        }
    }

    /// How long until something may have to be done about pictures.
    pub(super) fn wait_for_pictures(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let patience = self.pictures.patience(now);
        let ready = self.guard.has_it() && !self.leaving && !self.stale && self.wire.is_idle();
        let rests = self.rests.map_or(Duration::ZERO, |rests| rests.saturating_duration_since(now));
        let lane = if ready { self.pictures.lane.wait(now).map(|wait| wait.max(rests)) } else { None };
        let nudge = self.nudge.filter(|_| ready).map(|(_, due)| due.saturating_duration_since(now));
        patience.into_iter().chain(lane).chain(nudge).min()
    }

    /// Makes the terminal forget our pictures, and takes in what it still has to answer: whoever has it next must not read
    /// that. Gives what the user did meanwhile.
    pub(super) fn take_leave(&mut self) -> Vec<Input> {
        if !self.guard.has_it() {
            return Vec::new();
        }
        let bytes = self.pictures.lane.farewell();
        if !bytes.is_empty() {
            self.wire.send(bytes);
        }
        let (end, mut others) = (Instant::now() + ANSWERS, Vec::new());
        while self.pictures.awaits() && Instant::now() < end && !self.wire.is_broken() {
            match self.inboxes.input.try_recv() {
                Ok(Input::Answer(bytes)) => drop(self.pictures.hear(&bytes, Instant::now())),
                Ok(input) => others.push(input),
                Err(TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(2)),
                Err(TryRecvError::Disconnected) => break,
            }
        }
        self.nudge = None;
        self.guard.drop_answers(self.pictures.awaits());
        self.pictures.lane.pace.nothing_awaited();
        others
    }

    /// Draws pictures the next way this terminal can.
    pub(super) fn turn(&mut self) {
        let before = self.pictures.way();
        self.pictures.turn();
        if before.may_miss() {
            self.restart();
        }
        self.settle_pictures();
        self.tell(Msg::Turned(self.pictures.way().describe()));
    }
}
