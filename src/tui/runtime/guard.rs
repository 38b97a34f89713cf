//! Takes the terminal and gives it back whole: when the user leaves, on signals, for a while to the shell, and on panics.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::wire::Wire;

/// Alternate screen, keyboard that tells ctrl+enter from enter where the terminal can (kitty's protocol; the place is
/// cleared afterwards for terminals that print what they do not know), paste in brackets, no cursor.
const TAKE: &[u8] = b"\x1b[?1049h\x1b[>1u\x1b[?2004h\x1b[m\x1b[H\x1b[2J\x1b[?25l";

/// Clicks and the wheel, each told by column and row; only where the user wants that, since the terminal's own selection of
/// text does not work meanwhile.
const TAKE_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";

/// The mouse is the terminal's again.
const GIVE_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// All of it undone. A frame cut short by a broken line may have left synchronised output and a style on.
const GIVE: &[u8] = b"\x1b[?2026l\x1b[m\x1b[?2004l\x1b[<1u\x1b[?1049l\x1b[?25h";

/// How long a slow line may take to write what is under way before we leave all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// Has the terminal, or has given it back.
#[derive(Debug)]
pub(super) struct Guard {
    wire: Wire,
    /// The terminal keys come from; tests have none.
    tty: Option<OwnedFd>,
    /// Its modes before we took it.
    before: Option<Termios>,
    taken: bool,
    mouse: bool,
    /// The terminal may still answer what we asked it.
    answers: bool,
}

impl Guard {
    /// A guard that has taken nothing yet.
    pub fn new(wire: Wire, tty: Option<OwnedFd>) -> Guard {
        Guard { wire, tty, before: None, taken: false, mouse: false, answers: false }
    }

    /// One that takes the mouse too.
    pub fn with_mouse(mut self, mouse: bool) -> Guard {
        self.mouse = mouse;
        self
    }

    /// Takes the terminal: raw keys, our screen, cleared. Taking it again puts back what somebody else undid meanwhile.
    pub fn take(&mut self) -> io::Result<()> {
        if let Some(tty) = &self.tty {
            let mut modes = tcgetattr(tty)?;
            // What counts as "before" is how it was when it was not ours.
            self.before.get_or_insert_with(|| modes.clone());
            modes.make_raw();
            tcsetattr(tty, OptionalActions::Now, &modes)?;
        }
        self.taken = true;
        self.wire.send([TAKE, if self.mouse { TAKE_MOUSE } else { b"" }].concat());
        Ok(())
    }

    /// Gives the terminal back, once.
    pub fn give(&mut self) {
        self.lend();
        // Also where it was lent and never taken again.
        self.restore_modes();
        self.before = None;
    }

    /// Gives the terminal to a program that is ours. However that leaves it, what counts as "before" stays.
    pub fn lend(&mut self) {
        if !std::mem::take(&mut self.taken) {
            return;
        }
        self.wire.drain(PATIENCE);
        self.wire.send([if self.mouse { GIVE_MOUSE } else { b"" }, GIVE].concat());
        self.wire.drain(PATIENCE);
        self.restore_modes();
    }

    /// Whether something the terminal may answer yet is to be thrown away, lest the shell takes it for typed.
    pub fn drop_answers(&mut self, answers: bool) {
        self.answers = answers;
    }

    fn restore_modes(&self) {
        if let (Some(tty), Some(modes)) = (&self.tty, &self.before) {
            let how = if self.answers { OptionalActions::Flush } else { OptionalActions::Now };
            // Nothing can be done about a terminal that is gone.
            let _ = tcsetattr(tty, how, modes);
        }
    }

    /// Whether the terminal is ours now.
    pub fn has_it(&self) -> bool {
        self.taken
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.give();
    }
}

#[cfg(test)]
mod tests {
    use rustix::termios::LocalModes;

    use super::super::wire::tests::Line;
    use super::*;

    fn guard(line: &Line) -> Guard {
        Guard::new(Wire::new(line.clone()).expect("a thread"), None)
    }

    #[test]
    fn the_terminal_is_given_back_once() {
        let line = Line::letting(usize::MAX);
        let mut guard = guard(&line);
        guard.take().expect("no terminal to refuse");
        assert!(guard.has_it());
        guard.give();
        guard.give();
        drop(guard);
        assert_eq!(line.written(), [TAKE, GIVE]);
    }

    #[test]
    fn everything_taken_is_given_back() {
        let mut terminal = super::super::wire::tests::terminal(4, 20);
        terminal.process(b"$ pinxit\r\n");
        let before = terminal.screen().state_formatted();
        terminal.process(TAKE);
        assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
        assert!(terminal.screen().hide_cursor());
        terminal.process(b"\x1b[31;1mhello");
        terminal.process(GIVE);
        assert_eq!(terminal.screen().state_formatted(), before);
    }

    #[test]
    fn the_mouse_is_taken_only_where_it_is_wanted_and_given_back() {
        let line = Line::letting(usize::MAX);
        let mut guard = guard(&line).with_mouse(true);
        guard.take().expect("no terminal to refuse");
        let mut terminal = super::super::wire::tests::terminal(4, 20);
        guard.give();
        let written = line.written();
        terminal.process(&written[0]);
        assert_eq!(terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::PressRelease);
        terminal.process(&written[1]);
        assert_eq!(terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }

    #[test]
    fn a_panic_gives_it_back() {
        let line = Line::letting(usize::MAX);
        let mut guard = guard(&line);
        guard.take().expect("no terminal to refuse");
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _held = guard;
            std::panic::resume_unwind(Box::new("a mistake of ours"));
        }));
        assert_eq!(line.written().last().map(Vec::as_slice), Some(GIVE));
    }

    #[test]
    fn keys_are_raw_while_it_is_taken_and_as_before_afterwards() {
        let pty = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).expect("a pty");
        let name = pty.master.tty_name().expect("its name");
        let open = || std::fs::OpenOptions::new().read(true).write(true).open(&name).expect("the pty's terminal");
        let modes = || format!("{:?}", tcgetattr(open()).expect("a terminal"));
        let before = modes();
        let wire = Wire::new(Line::letting(usize::MAX)).expect("a thread");
        let mut guard = Guard::new(wire, Some(open().into()));
        for _ in 0..2 {
            guard.take().expect("taken");
            guard.take().expect("taken again");
            let local = tcgetattr(open()).expect("a terminal").local_modes;
            assert!(!local.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
            guard.give();
            assert_eq!(modes(), before);
        }
    }

    #[test]
    fn what_was_never_taken_is_not_given() {
        let line = Line::letting(usize::MAX);
        drop(guard(&line));
        assert!(line.written().is_empty());
    }
}
