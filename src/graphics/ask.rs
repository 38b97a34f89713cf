//! Asking the terminal: a question on stdout, the answer from stdin, and not a moment longer than [`PATIENCE`].

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{self, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};

use super::answer::{self, Answer};

/// A terminal that says nothing costs this much. Over a line with a longer way there and back pictures are chosen by
/// the environment alone.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// Ctrl+C, where it raises no signal.
const CTRL_C: u8 = 3;

/// Pixels of a cell, as the terminal on stdout was told by whoever set its size.
pub fn cell() -> Option<(u16, u16)> {
    let size = termios::tcgetwinsize(stdout()).ok()?;
    let side = |pixels: u16, cells: u16| pixels.checked_div(cells).filter(|side| (4..=128).contains(side));
    Some((side(size.ws_xpixel, size.ws_col)?, side(size.ws_ypixel, size.ws_row)?))
}

/// Asks the terminal in front of us.
///
/// # Errors
/// Why there is no answer, in a few words.
pub fn ask() -> Result<Answer, &'static str> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err("not asked: stdin and stdout are no terminal");
    }
    // A program in the background that changes the terminal is stopped.
    let ours = termios::tcgetpgrp(stdin()).is_ok_and(|group| group == rustix::process::getpgrp());
    if !ours {
        return Err("not asked: it belongs to another program now");
    }
    let quiet = Quiet::begin().map_err(|_| "not asked: it cannot be switched to silent reading")?;
    let mut bytes = Vec::new();
    let answer = converse(&mut bytes);
    if !answer.as_ref().is_ok_and(|answer| answer.complete) {
        // What comes too late would stand on the shell's next line.
        let _ = termios::tcflush(stdin(), QueueSelector::IFlush);
    }
    drop(quiet);
    if bytes.contains(&CTRL_C) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT);
    }
    match answer {
        Ok(answer) if answer.complete => Ok(answer),
        Ok(_) => Err("it was asked and did not answer"),
        Err(_) => Err("it was asked and cannot be read"),
    }
}

/// Puts the question and gathers what comes into `bytes`.
fn converse(bytes: &mut Vec<u8>) -> io::Result<Answer> {
    let mut out = io::stdout().lock();
    out.write_all(answer::QUESTION.as_bytes())?;
    out.flush()?;
    let end = Instant::now() + PATIENCE;
    let mut buffer = [0_u8; 1024];
    loop {
        let answer = answer::read(bytes);
        let left = end.saturating_duration_since(Instant::now());
        // Nobody answers at such length.
        if answer.complete || left.is_zero() || bytes.len() > 16_384 {
            return Ok(answer);
        }
        let left = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
        let mut waiting = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
        match poll(&mut waiting, Some(&left)) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        match rustix::io::read(stdin(), &mut buffer) {
            Ok(0) => return Ok(answer),
            Ok(count) => bytes.extend(&buffer[..count]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The terminal without echo and without lines, until this goes.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> Result<Quiet, Errno> {
        let before = termios::tcgetattr(stdin())?;
        let mut silent = before.clone();
        // Without signals too: Ctrl+C would end us before the echo is back on. It waits a quarter of a second at most.
        silent.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        silent.special_codes[SpecialCodeIndex::VMIN] = 0;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        termios::tcsetattr(stdin(), OptionalActions::Now, &silent)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}
