//! The loop: waits for a signal, a key, news or the time the core asked for, lets it happen, draws when the line is free.
//!
//! Nothing ticks. While nothing happens nothing runs; while a frame is on its way keys are handled and none is drawn.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use ratatui::Frame;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::error::TryRecvError;

use super::decode::Input;
use super::guard::Guard;
use super::pictures::{Ask, Pictures};
use super::screen::Screen;
use super::signals::Signal;
use super::ways::Means;
use super::wire::Wire;
use super::{clipboard, clock};
use crate::domain::{Fault, FaultKind, Now};
use crate::graphics::{Id, Outer, Terminal};
use crate::tui::effect::{Effect, Service};
use crate::tui::msg::Msg;
use crate::tui::state::State;
use crate::tui::update::{self, Effects};
use crate::tui::view;

/// Frames nobody typed for come no closer than this: a storm of resizes is one frame each 16 ms.
const FRAME_GAP: Duration = Duration::from_millis(16);

/// The core may not ask to be woken sooner: a mistake there must not eat a processor.
const WAKE_MIN: Duration = Duration::from_millis(10);

/// How long what the terminal still has to answer is waited for before it is given away.
const ANSWERS: Duration = Duration::from_millis(300);

/// Things taken in before a frame is drawn, at most.
const BATCH: usize = 1024;

/// What the loop turns: the pure core, or a stand-in for it.
pub(super) trait Program {
    /// Lets a message happen.
    fn update(&mut self, now: Now, msg: Msg) -> Effects;
    /// Draws the whole screen.
    fn view(&self, now: Now, frame: &mut Frame);
    /// How long the screen stays right without a message.
    fn wake_at(&self, now: Now) -> Option<Duration>;
    /// What is still to be done when nothing more will happen.
    fn last(&mut self) -> Effects;
}

impl Program for State {
    fn update(&mut self, now: Now, msg: Msg) -> Effects {
        update::update(self, now, msg)
    }

    fn view(&self, now: Now, frame: &mut Frame) {
        view::view(self, now, frame);
    }

    fn wake_at(&self, now: Now) -> Option<Duration> {
        update::wake_at(self, now)
    }

    fn last(&mut self) -> Effects {
        update::last(self)
    }
}

/// The world beyond the screen.
pub(super) trait Outside {
    /// Carries out what has nothing to do with the screen; never waits.
    fn perform(&mut self, effect: Effect);
    /// Columns and rows of the terminal.
    fn size(&self) -> (u16, u16);
    /// Whether there is a shell that could continue us.
    fn has_shell(&self) -> bool;
    /// Stops this process until it is continued, which a signal tells. False: refused.
    fn stop(&mut self) -> bool;
    /// Starts listening to the keys.
    fn listen(&mut self) -> io::Result<UnboundedReceiver<Input>>;
    /// Stops listening: whoever has the terminal now has the keys.
    fn deafen(&mut self);
    /// The user's own editor.
    fn editor(&self) -> Result<String, Fault>;
    /// Starts it with a text, on a terminal that is not ours; [`Msg::Edited`] tells its end.
    fn edit(&mut self, command: String, text: String);
    /// Pixels of a cell, where the system knows.
    fn cell(&self) -> Option<(u16, u16)>;
    /// From now on pictures are painted by these means.
    fn paint_by(&mut self, means: Means);
    /// The terminal has these pictures whole.
    fn arrived(&mut self, ids: Vec<Id>);
    /// Asks tmux what is around it; answers come to [`Inboxes::outer`].
    fn ask_tmux(&mut self);
    /// Whether pictures are in sight, so that tmux is asked now and then.
    fn watch_tmux(&mut self, watching: bool);
}

/// Where things come from.
pub(super) struct Inboxes {
    /// From the system.
    pub signals: UnboundedReceiver<Signal>,
    /// From the user; closes when the terminal is gone.
    pub input: UnboundedReceiver<Input>,
    /// Answers and changes.
    pub news: UnboundedReceiver<Msg>,
    /// From tmux.
    pub outer: UnboundedReceiver<Option<Outer>>,
}

/// Something that happened.
enum Event {
    Signal(Signal),
    Input(Input),
    News(Msg),
    Outer(Option<Outer>),
    Wake,
    /// A frame may be drawn now, or could not be written.
    Line,
    /// The terminal is gone.
    Gone,
}

/// The loop and all it holds.
pub(super) struct Cycle<P, O> {
    program: P,
    outside: O,
    inboxes: Inboxes,
    guard: Guard,
    wire: Wire,
    screen: Screen,
    pictures: Pictures,
    /// What the painter was told last.
    means: Option<Means>,
    /// What the core was told last about the pictures.
    told: (&'static str, u64),
    /// Nothing more of the pictures is tried before this.
    rests: Option<Instant>,
    size: (u16, u16),
    tmux: bool,
    /// Something happened that the screen may not show yet.
    stale: bool,
    /// The user waits for it.
    urgent: bool,
    drawn: Option<Instant>,
    /// The user's own editor has the terminal.
    lent: bool,
    /// It is to be the last thing.
    leaving_then: bool,
    leaving: bool,
    /// The service the studio is to be opened on afterwards.
    next: Option<Service>,
}

impl<P: Program, O: Outside> Cycle<P, O> {
    /// A loop over a terminal that `guard` has taken.
    pub fn new(
        program: P,
        outside: O,
        inboxes: Inboxes,
        (guard, wire): (Guard, Wire),
        terminal: &Terminal,
        pictures: Pictures,
    ) -> Self {
        let (size, tmux) = (outside.size(), terminal.tmux);
        let screen = Screen::new(size.0, size.1, terminal.unicode);
        let (stale, urgent, drawn) = (true, true, None);
        let (lent, leaving_then, leaving, next) = (false, false, false, None);
        Cycle {
            program,
            outside,
            inboxes,
            guard,
            wire,
            screen,
            pictures,
            means: None,
            told: ("", 0),
            rests: None,
            size,
            tmux,
            stale,
            urgent,
            drawn,
            lent,
            leaving_then,
            leaving,
            next,
        }
    }

    /// Tells the core how large the screen is and sends the first frame.
    pub fn begin(&mut self) {
        self.tell(Msg::Resize(self.size.0, self.size.1));
        // The terminal may still be busy with being taken; the first frame follows at once all the same.
        let frame = self.draw();
        // What it can show is asked only now: one that does not answer costs nothing.
        let cell = self.outside.cell();
        match self.pictures.begin(cell, frame, Instant::now()) {
            Ask::Nobody => {}
            Ask::Terminal(question) => self.wire.send(question.into()),
            Ask::Tmux => self.outside.ask_tmux(),
        }
        self.settle_pictures();
    }

    /// Turns until the user leaves, a signal says so, or the terminal is gone.
    pub async fn run(&mut self) {
        while !self.leaving {
            let event = self.next().await;
            self.happen(event);
            for _ in 0..BATCH {
                let Some(event) = self.pending().filter(|_| !self.leaving) else { break };
                self.happen(event);
            }
            if !self.wire.is_idle() {
                continue;
            }
            match self.wait_to_draw() {
                Some(Duration::ZERO) => {
                    self.draw();
                }
                // A frame is about to go: nothing goes before it.
                Some(_) => {}
                None => self.send_picture(),
            }
        }
    }

    /// Starts listening to the keys.
    pub fn listen(&mut self) -> io::Result<()> {
        self.inboxes.input = self.outside.listen()?;
        self.pictures.listen(Instant::now());
        Ok(())
    }

    /// Gives the terminal back and does what is still to be done, also after a panic. What is left may be used once more.
    pub fn end(mut self) -> (O, UnboundedReceiver<Msg>) {
        self.take_leave();
        self.guard.give();
        let last = catch_unwind(AssertUnwindSafe(|| self.program.last())).unwrap_or_default();
        last.into_iter().for_each(|effect| self.outside.perform(effect));
        (self.outside, self.inboxes.news)
    }

    /// What the loop turned, and the service the user wants to go on with.
    pub fn left(&self) -> (&P, Option<Service>) {
        (&self.program, self.next)
    }

    /// The world beyond the screen.
    pub fn outside(&mut self) -> &mut O {
        &mut self.outside
    }

    async fn next(&mut self) -> Event {
        let wake = self.program.wake_at(clock::now()).map(|span| span.max(WAKE_MIN));
        let draw = if self.wire.is_idle() { self.wait_to_draw() } else { None };
        let pictures = self.wait_for_pictures();
        let Inboxes { signals, input, news, outer } = &mut self.inboxes;
        tokio::select! {
            biased;
            Some(signal) = signals.recv() => Event::Signal(signal),
            input = input.recv(), if !self.lent => input.map_or(Event::Gone, Event::Input),
            () = self.wire.settled() => Event::Line,
            Some(msg) = news.recv() => Event::News(msg),
            Some(said) = outer.recv() => Event::Outer(said),
            () = sleep(pictures), if pictures.is_some() => Event::Line,
            () = sleep(draw), if draw.is_some() => Event::Line,
            () = sleep(wake), if wake.is_some() => Event::Wake,
        }
    }

    /// What has happened already, without waiting.
    fn pending(&mut self) -> Option<Event> {
        let lent = self.lent;
        let Inboxes { signals, input, news, outer: _ } = &mut self.inboxes;
        let signal = signals.try_recv().ok().map(Event::Signal);
        let input = || if lent { None } else { input.try_recv().ok().map(Event::Input) };
        let news = || news.try_recv().ok().map(Event::News);
        signal.or_else(input).or_else(news)
    }

    fn happen(&mut self, event: Event) {
        match event {
            // What the editor holds must not be lost: it hears of a line that is gone as we do.
            Event::Signal(Signal::Leave) if self.lent => self.leaving_then = true,
            Event::Signal(Signal::Interrupt | Signal::Continue) if self.lent => {}
            // The editor stops by itself; the shell waits for us.
            Event::Signal(Signal::Suspend) if self.lent => drop(self.outside.has_shell() && self.outside.stop()),
            Event::Signal(Signal::Leave | Signal::Interrupt) | Event::Gone => self.leaving = true,
            Event::Signal(Signal::Suspend) => self.suspend(),
            Event::Signal(Signal::Continue) => self.resume(),
            Event::Signal(Signal::Resize) => self.measure(),
            Event::Input(Input::Answer(bytes)) => self.hear(&bytes),
            Event::Input(input) => {
                self.urgent = true;
                self.tell(match input {
                    Input::Key(key) => Msg::Key(key),
                    Input::Paste(text) => Msg::Paste(text),
                    Input::Mouse(mouse) => Msg::Mouse(mouse),
                    Input::Answer(_) => return,
                });
            }
            Event::News(msg @ Msg::Edited(_)) if self.lent => self.regain(msg),
            Event::News(msg) => self.tell(msg),
            Event::Outer(outer) => {
                if self.pictures.hear_of(outer, Instant::now()) {
                    self.refresh();
                }
                self.settle_pictures();
            }
            Event::Wake => self.tell(Msg::Wake),
            Event::Line => {
                self.leaving |= self.wire.is_broken();
                self.pictures.give_up(Instant::now());
                self.settle_pictures();
            }
        }
    }

    /// The terminal answered.
    fn hear(&mut self, bytes: &[u8]) {
        let reply = self.pictures.hear(bytes, Instant::now());
        if !reply.is_empty() && self.guard.has_it() {
            self.wire.send(reply);
        }
        self.rests = None;
        self.settle_pictures();
    }

    /// Tells painter and core what has become of the pictures.
    fn settle_pictures(&mut self) {
        let arrived = self.pictures.arrived();
        if !arrived.is_empty() {
            self.screen.know(self.pictures.lane.held());
            let shows: Vec<u8> = arrived.iter().flat_map(|id| self.screen.reveal(*id)).collect();
            if !shows.is_empty() && self.guard.has_it() {
                self.wire.send(shows);
            }
            self.outside.arrived(arrived);
        }
        if let Some(means) = self.pictures.means().filter(|means| self.means.as_ref() != Some(means)) {
            self.use_means(means);
        }
        let kib = if self.pictures.lane.is_at_rest() { self.pictures.kib() } else { self.told.1 };
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
    fn send_picture(&mut self) {
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
    fn wait_for_pictures(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let patience = self.pictures.patience(now);
        let ready = self.guard.has_it() && !self.leaving && !self.stale && self.wire.is_idle();
        let rests = self.rests.map_or(Duration::ZERO, |rests| rests.saturating_duration_since(now));
        let lane = if ready { self.pictures.lane.wait(now).map(|wait| wait.max(rests)) } else { None };
        patience.into_iter().chain(lane).min()
    }

    /// Makes the terminal forget our pictures, and takes in what it still has to answer: whoever has it next must not read
    /// that. Gives what the user did meanwhile.
    fn take_leave(&mut self) -> Vec<Input> {
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
        self.guard.drop_answers(self.pictures.awaits());
        self.pictures.lane.pace.nothing_awaited();
        others
    }

    /// Lets a message happen and carries out what follows from it.
    fn tell(&mut self, msg: Msg) {
        self.stale = true;
        for effect in self.program.update(clock::now(), msg) {
            match effect {
                Effect::Quit => self.leaving = true,
                Effect::Open(service) => (self.leaving, self.next) = (true, Some(service)),
                Effect::Redraw => self.refresh(),
                Effect::Suspend => self.suspend(),
                Effect::Copy(text) => self.copy(&text),
                Effect::EditText(text) => self.lend(text),
                Effect::OtherGraphics => self.turn(),
                other => self.outside.perform(other),
            }
        }
    }

    /// Draws pictures the next way this terminal can.
    fn turn(&mut self) {
        self.pictures.turn();
        self.settle_pictures();
        self.tell(Msg::Turned(self.pictures.way().describe()));
    }

    fn copy(&mut self, text: &str) {
        match clipboard::copy(text, self.tmux) {
            Some(bytes) => self.wire.send(bytes),
            None => {
                let words = "That is more than terminals take for the clipboard.";
                self.tell(Msg::Trouble(Fault::new(FaultKind::Invalid, "clipboard_too_long", words)));
            }
        }
    }

    /// Gives the terminal and the keys to the user's own editor.
    fn lend(&mut self, text: String) {
        match self.outside.editor() {
            Ok(command) => {
                let typed = self.take_leave();
                self.guard.lend();
                self.outside.deafen();
                typed.into_iter().for_each(|input| self.happen(Event::Input(input)));
                self.lent = true;
                self.outside.edit(command, text);
            }
            Err(fault) => self.tell(Msg::Edited(Err(fault))),
        }
    }

    /// The editor has ended: takes the terminal and the keys again, and goes on with what was typed before.
    fn regain(&mut self, msg: Msg) {
        self.lent = false;
        let mut typed = Vec::new();
        while let Ok(input) = self.inboxes.input.try_recv() {
            typed.push(input);
        }
        self.leaving |= self.leaving_then || self.guard.take().is_err() || self.listen().is_err();
        self.measure();
        self.refresh();
        self.tell(msg);
        typed.into_iter().for_each(|input| self.happen(Event::Input(input)));
    }

    /// Draws the next frame whole, and sends its pictures again.
    fn refresh(&mut self) {
        self.pictures.lane.resend();
        self.restart();
    }

    /// Draws the next frame whole.
    fn restart(&mut self) {
        self.screen.restart(self.size.0, self.size.1);
        (self.stale, self.urgent) = (true, true);
    }

    fn measure(&mut self) {
        let size = self.outside.size();
        if size != self.size {
            self.size = size;
            self.screen.restart(size.0, size.1);
            self.tell(Msg::Resize(size.0, size.1));
        }
        self.pictures.measured(self.outside.cell());
        self.settle_pictures();
    }

    /// Gives the terminal to the shell and stops. Being continued is a signal of its own, see [`Cycle::resume`].
    fn suspend(&mut self) {
        if !self.outside.has_shell() {
            let fault =
                Fault::new(FaultKind::Other, "no_shell", "There is no shell here that could come back to pinxit.");
            self.tell(Msg::Trouble(fault.hint("Open a second terminal instead.")));
        } else if self.guard.has_it() {
            let typed = self.take_leave();
            self.guard.give();
            if !self.outside.stop() {
                self.resume();
            }
            typed.into_iter().for_each(|input| self.happen(Event::Input(input)));
        }
    }

    /// Takes the terminal again, whoever stopped us.
    fn resume(&mut self) {
        if self.guard.take().is_err() {
            self.leaving = true;
            return;
        }
        self.measure();
        self.refresh();
        self.tell(Msg::Resumed);
    }

    /// How long to wait before a frame may be drawn; `None`: there is none to draw.
    fn wait_to_draw(&self) -> Option<Duration> {
        if !self.stale || !self.guard.has_it() {
            return None;
        }
        let since = self.drawn.filter(|_| !self.urgent).map(|drawn| drawn.elapsed());
        Some(since.map_or(Duration::ZERO, |since| FRAME_GAP.saturating_sub(since)))
    }

    /// Draws a frame, where there is something new; how many bytes that took.
    fn draw(&mut self) -> usize {
        (self.stale, self.urgent) = (false, false);
        let now = clock::now();
        let (program, screen) = (&self.program, &mut self.screen);
        screen.know(self.pictures.lane.held());
        let bytes = screen.frame(|frame| program.view(now, frame));
        let blanked = screen.take_blanked();
        self.pictures.see(screen.sights(), blanked);
        self.outside.watch_tmux(self.pictures.lane.sees());
        let Some(mut bytes) = bytes else { return 0 };
        let (now, length) = (Instant::now(), bytes.len());
        bytes.extend_from_slice(self.pictures.lane.pace.frame(length, now));
        self.wire.send(bytes);
        self.drawn = Some(now);
        length
    }
}

async fn sleep(span: Option<Duration>) {
    tokio::time::sleep(span.unwrap_or(Duration::MAX)).await;
}

#[cfg(test)]
#[path = "cycle_tests.rs"]
mod tests;
