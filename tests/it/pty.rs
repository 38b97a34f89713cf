//! The program in a real pseudo-terminal: what goes over the line, and what a terminal makes of it.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program, and the line to its terminal.
pub struct Line {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    reader: Receiver<Vec<u8>>,
}

impl Line {
    pub fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn resize(&self, cols: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// What the program writes; `None` when nothing came for `patience` or it has ended.
    pub fn take(&mut self, patience: Duration) -> Option<Vec<u8>> {
        self.reader.recv_timeout(patience).ok()
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program on a terminal.
pub struct Pty {
    /// The terminal's screen.
    pub terminal: vt100::Parser,
    /// Every byte the program wrote.
    pub bytes: Vec<u8>,
    line: Line,
    /// What the terminal says it is, where it answers.
    answer: Option<&'static str>,
    /// How far its questions are answered.
    answered: usize,
}

/// How to start it.
pub struct Start<'a> {
    pub program: &'a Path,
    pub args: &'a [&'a str],
    pub env: &'a [(&'a str, &'a str)],
    pub size: (u16, u16),
}

impl Start<'_> {
    /// Starts with an environment of its own: nothing of ours leaks in.
    pub fn start(self) -> Pty {
        self.start_on(None, None)
    }

    /// Starts on a terminal that answers what it is asked, behind a line that carries so many bytes a second.
    pub fn start_on(self, answer: Option<&'static str>, rate: Option<u64>) -> Pty {
        let (cols, rows) = self.size;
        let terminal = vt100::Parser::new(nonzero(rows), nonzero(cols), 0);
        Pty { terminal, bytes: Vec::new(), line: self.line(rate), answer, answered: 0 }
    }

    /// Starts on a line that carries so many bytes a second; the terminal is the caller's.
    pub fn line(self, rate: Option<u64>) -> Line {
        let (cols, rows) = self.size;
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(self.program);
        command.args(self.args);
        command.env_clear();
        for (name, value) in self.env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut source = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (sender, reader) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            // A slow line is read a little at a time.
            let most = if rate.is_some() { 1024 } else { 65536 };
            while let Ok(count) = source.read(&mut buffer[..most]) {
                if let Some(rate) = rate {
                    std::thread::sleep(Duration::from_secs_f64(count as f64 / rate as f64));
                }
                if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Line { child, master: pair.master, writer, reader }
    }
}

fn nonzero(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a terminal has cells")
}

impl Pty {
    pub fn send(&mut self, bytes: &str) {
        self.line.send(bytes.as_bytes());
    }

    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.line.resize(cols, rows);
        self.terminal.screen_mut().set_size(nonzero(rows), nonzero(cols));
    }

    pub fn screen(&self) -> String {
        self.terminal.screen().contents()
    }

    /// Takes in what the program writes; false when nothing came for `patience` or it has ended.
    fn take(&mut self, patience: Duration) -> bool {
        let Some(bytes) = self.line.take(patience) else { return false };
        self.terminal.process(&bytes);
        self.bytes.extend(bytes);
        self.answer();
        true
    }

    /// Answers as the terminal would.
    fn answer(&mut self) {
        let Some(name) = self.answer else { return };
        let new = String::from_utf8_lossy(&self.bytes[self.answered..]).into_owned();
        let reply = ["\x1b[16t\x1b[c", "\x1b[5n"].map(|question| new.matches(question).count());
        if reply != [0, 0] {
            self.answered = self.bytes.len();
            self.send(&(name.repeat(reply[0]) + &"\x1b[0n".repeat(reply[1])));
        }
    }

    /// Bytes taken in until the screen is as wished.
    pub fn bytes_until(&mut self, what: &str, wished: impl Fn(&str) -> bool) -> usize {
        let before = self.bytes.len();
        self.wait(what, wished);
        self.bytes.len() - before
    }

    /// Waits until the screen is as wished.
    pub fn wait(&mut self, what: &str, wished: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wished(&self.screen()) {
            let more = self.take(Duration::from_millis(200));
            assert!(more || Instant::now() < end, "waited in vain for {what}; the screen is:\n{}", self.screen());
        }
    }

    pub fn wait_for(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    /// Waits until the program has written these bytes.
    pub fn wait_for_bytes(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.bytes.windows(wanted.len()).any(|bytes| bytes == wanted.as_bytes()) {
            let more = self.take(Duration::from_millis(200));
            assert!(more || Instant::now() < end, "waited in vain for {wanted:?}; the screen is:\n{}", self.screen());
        }
    }

    /// Takes everything until the program has been silent for `span`; returns how many bytes came.
    pub fn settle(&mut self, span: Duration) -> usize {
        let before = self.bytes.len();
        while self.take(span) {}
        self.bytes.len() - before
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.line.pid()
    }

    /// Sends a Unix signal by its number.
    pub fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Waits for the end; the exit code.
    pub fn end(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        loop {
            self.take(Duration::from_millis(50));
            if let Some(status) = self.line.child.try_wait().unwrap() {
                while self.take(Duration::from_millis(100)) {}
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it does not end; the screen is:\n{}", self.screen());
        }
    }

    /// Asserts that the terminal was given back whole.
    pub fn assert_given_back(&self) {
        let screen = self.terminal.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let text = String::from_utf8_lossy(&self.bytes);
        if text.contains("\x1b[>1u") {
            assert!(text.contains("\x1b[<1u") || text.contains("\x1b[<u"), "keyboard flags were pushed and not popped");
        }
    }
}
