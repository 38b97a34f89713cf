//! Everything about pictures on this terminal that the loop has to know: what the terminal was asked and said, the way they
//! are drawn, and the lane on which they go. The loop tells it what happened and writes what it gives.

use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::Drawing;
use super::lane::{Above, Lane};
use super::pace::{HERE, Pace, Speed};
use super::sight::Sight;
use super::stock::Stock;
use super::ways::{Means, Way, Ways};
use crate::graphics::{Answer, Begun, Canvas, Id, Outer, Protocol, SHORT_QUESTION, Terminal, read_answer};

/// How long pictures wait for the terminal's answer before they are drawn without it. Nothing else waits.
const PATIENCE: Duration = Duration::from_millis(500);

/// Looks a variable of the environment up.
pub(super) type Var = fn(&str) -> Option<String>;

/// What has been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nobody, or everybody has answered.
    Nobody,
    /// The terminal, then.
    Terminal(Instant),
    /// tmux.
    Tmux,
}

/// Who is to be asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Nobody.
    Nobody,
    /// The terminal: these bytes.
    Terminal(&'static str),
    /// tmux.
    Tmux,
}

/// Pictures on this terminal.
#[derive(Debug)]
pub(super) struct Pictures {
    ways: Ways,
    /// The lane.
    pub lane: Lane,
    speed: Speed,
    var: Var,
    asked: Asked,
    /// Bytes that went before the question.
    before: usize,
    /// Since when answers are listened to.
    listening: Option<Instant>,
    heard: Vec<u8>,
    answer: Result<Answer, &'static str>,
    outer: Option<Outer>,
    /// Clients of tmux that have every picture sent so far.
    served: Vec<String>,
    cell: Option<(u16, u16)>,
    /// What is known is enough to paint.
    settled: bool,
    /// A line to somewhere else.
    far: bool,
    /// The user says what a picture may cost.
    capped: bool,
    /// The last picture that was too heavy.
    heavy: Option<Id>,
}

impl Pictures {
    /// On a terminal of which only the environment is known.
    pub fn new(drawing: &Drawing, terminal: &Terminal, stock: Stock, var: Var) -> Pictures {
        let pace = Pace::new(drawing.line_speed);
        let speed = pace.speed();
        Pictures {
            ways: Ways::new(drawing.graphics, terminal.clone()),
            lane: Lane::new(stock, pace),
            speed,
            var,
            asked: Asked::Nobody,
            before: 0,
            listening: None,
            heard: Vec::new(),
            answer: Err("not asked"),
            outer: None,
            served: Vec::new(),
            cell: None,
            settled: false,
            far: terminal.ssh,
            capped: drawing.cap.is_some(),
            heavy: None,
        }
    }

    /// How fast the line is, shared.
    pub fn speed(&self) -> Speed {
        self.speed.clone()
    }

    /// The first frame, of so many bytes, is on its way: who is to be asked now.
    pub fn begin(&mut self, cell: Option<(u16, u16)>, frame: usize, now: Instant) -> Ask {
        self.cell = cell;
        let ask = match Canvas::begin(&self.var, cell) {
            Begun::Done(_) => Ask::Nobody,
            Begun::AskTmux => Ask::Tmux,
            Begun::Ask(hint) => {
                // Where the environment says enough, nothing waits for the answer, which may still know better.
                self.settled = hint.names_a_way();
                Ask::Terminal(SHORT_QUESTION)
            }
        };
        self.before = frame;
        self.asked = match ask {
            Ask::Nobody => Asked::Nobody,
            Ask::Terminal(_) => Asked::Terminal(now),
            Ask::Tmux => Asked::Tmux,
        };
        self.settled |= ask == Ask::Nobody;
        if !matches!(ask, Ask::Terminal(_)) {
            self.lane.pace.nobody_answers();
        }
        self.learn();
        ask
    }

    fn learn(&mut self) {
        self.ways.learn(&self.var, self.cell, self.answer.clone(), self.outer.clone());
    }

    /// From now on answers are heard.
    pub fn listen(&mut self, now: Instant) {
        self.listening.get_or_insert(now);
    }

    /// The terminal answered something; what is to be sent back.
    pub fn hear(&mut self, bytes: &[u8], now: Instant) -> Vec<u8> {
        if bytes == HERE {
            self.lane.pace.answered(now);
            return Vec::new();
        }
        let Asked::Terminal(since) = self.asked else { return Vec::new() };
        self.heard.extend_from_slice(bytes);
        let answer = read_answer(&self.heard);
        if !answer.complete {
            return Vec::new();
        }
        self.answer = Ok(answer);
        self.asked = Asked::Nobody;
        self.settled = true;
        self.learn();
        // Of a line that leads nowhere else the terminal's own time is all that could be measured.
        let took = now.saturating_duration_since(self.listening.map_or(since, |listening| listening.max(since)));
        self.lane.pace.first_answer(self.before, if self.far { took } else { Duration::ZERO }, now)
    }

    /// tmux answered, or says something new. True: somebody looks who does not have what was sent.
    pub fn hear_of(&mut self, outer: Option<Outer>, now: Instant) -> bool {
        let first = self.outer.is_none();
        (self.asked, self.settled) = (Asked::Nobody, true);
        let (hidden, reaches) =
            outer.as_ref().map_or((false, false), |outer| (outer.hidden, outer.passes_unseen && outer.attached));
        self.lane.hide(hidden, reaches, now);
        // As long as nobody looks, things stay as they were for whoever looked last.
        if hidden && !first {
            return false;
        }
        let clients = outer.as_ref().map(|outer| outer.clients.clone()).unwrap_or_default();
        let other = !first && clients.iter().any(|client| !self.served.contains(client));
        self.served.extend(clients);
        self.outer = outer;
        self.learn();
        other
    }

    /// Whether tmux may drop what is sent without a word, when the user turns elsewhere.
    pub fn may_lose(&self) -> bool {
        self.outer.as_ref().is_some_and(|outer| outer.passes && !outer.passes_unseen)
    }

    /// Nobody answered in time, where that is so: pictures are drawn without, until somebody does.
    pub fn give_up(&mut self, now: Instant) {
        if self.patience(now).is_some_and(|left| left.is_zero()) {
            self.settled = true;
            self.answer = Err("it was asked and did not answer");
            self.learn();
        }
    }

    /// How long an answer is still waited for.
    pub fn patience(&self, now: Instant) -> Option<Duration> {
        match self.asked {
            Asked::Terminal(since) if !self.settled => {
                Some(PATIENCE.saturating_sub(now.saturating_duration_since(since)))
            }
            _ => None,
        }
    }

    /// Whether answers may still come that nobody else should read.
    pub fn awaits(&self) -> bool {
        matches!(self.asked, Asked::Terminal(_)) || self.lane.pace.awaits() > 0
    }

    /// The terminal has another size; a cell may have other pixels.
    pub fn measured(&mut self, cell: Option<(u16, u16)>, now: Instant) {
        // tmux draws everything anew, and lets nothing through meanwhile.
        if self.may_lose() {
            self.lane.doubt(now);
        }
        if self.ways.learn_cell(cell) {
            self.cell = cell;
            self.lane.resend();
        }
    }

    /// The user wants another way.
    pub fn turn(&mut self) {
        self.ways.turn(self.speed.is_slow());
        self.settled = true;
    }

    /// The way in use.
    pub fn way(&self) -> Way {
        self.ways.now(self.speed.is_slow())
    }

    /// What the painter is to use; `None` before that is known.
    pub fn means(&self) -> Option<Means> {
        self.settled.then(|| self.ways.means(self.speed.is_slow()))
    }

    /// A frame was drawn.
    pub fn see(&mut self, sights: &[Sight], blanked: Vec<(Sight, u16)>) {
        self.lane.see(sights, blanked);
    }

    /// What is to be written next, where no frame waits.
    pub fn next(&mut self, now: Instant, screen: Rect, above: &Above<'_>) -> Option<Vec<u8>> {
        self.lane.next(now, screen, above)
    }

    /// A picture of which more is still to come than a picture may cost, now that the line is known better; told once.
    pub fn too_heavy(&mut self) -> Option<Id> {
        let (id, left) = self.lane.burden().filter(|_| !self.capped)?;
        if left <= self.speed.cap() || self.heavy == Some(id) {
            return None;
        }
        self.heavy = Some(id);
        self.heavy
    }

    /// Pictures that arrived whole since this was asked last.
    pub fn arrived(&mut self) -> Vec<Id> {
        let arrived = self.lane.arrived();
        if let Some(outer) = self.outer.as_ref().filter(|_| !arrived.is_empty()) {
            self.served = outer.clients.clone();
        }
        arrived
    }

    /// KiB of pictures sent so far.
    pub fn kib(&self) -> u64 {
        self.lane.spent().div_ceil(1024)
    }
}

impl Means {
    /// Pictures are drawn over the text by the cursor.
    pub fn draws_beneath(&self) -> bool {
        matches!(self.way, Way::Pixels(Protocol::Iterm | Protocol::Sixel))
    }
}
