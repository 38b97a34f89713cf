//! The loop: waits for a signal, a key, news or the time the core asked for, lets it happen, draws when the line is free.
//!
//! Nothing ticks. While nothing happens nothing runs; while a frame is on its way keys are handled and none is drawn.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::decode::Input;
use super::guard::Guard;
use super::pictures::{Ask, Pictures};
use super::screen::Screen;
use super::signals::Signal;
use super::ways::Means;
use super::wire::Wire;
use super::{clipboard, clock};
use crate::domain::{Fault, FaultKind};
use crate::graphics::{Id, Outer, Terminal};
use crate::tui::effect::{Effect, Service};
use crate::tui::msg::Msg;

mod show;
mod world;

pub(super) use world::{Inboxes, Outside, Program};

/// Frames nobody typed for come no closer than this: a storm of resizes is one frame each 16 ms.
const FRAME_GAP: Duration = Duration::from_millis(16);

/// The core may not ask to be woken sooner: a mistake there must not eat a processor.
const WAKE_MIN: Duration = Duration::from_millis(10);

/// Things taken in before a frame is drawn, at most.
const BATCH: usize = 1024;

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
    /// Whether the painter was told that nothing of a picture is still to be sent.
    resting: bool,
    /// Nothing more of the pictures is tried before this.
    rests: Option<Instant>,
    /// A picture that came, and when a cell of it is written once more.
    nudge: Option<(Id, Instant)>,
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
            resting: false,
            rests: None,
            nudge: None,
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
                // Whoever types sees us, and may do so in another terminal than before.
                self.outside.look_at_tmux(!self.pictures.lane.is_hidden());
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
                self.nudge();
                self.pictures.give_up(Instant::now());
                self.settle_pictures();
            }
        }
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
        self.pictures.measured(self.outside.cell(), Instant::now());
        // Whoever attaches to tmux, or divides its window, mostly changes the size.
        self.outside.look_at_tmux(false);
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
