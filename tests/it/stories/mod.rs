//! The stories of those who decide for this program, told in a real terminal: each at 80x24 and at 120x40, in a terminal
//! that can do much and in one that can do nothing but ASCII. What is billed is what the emulator says.

mod picture;
mod price;
mod respect;

use std::path::Path;
use std::time::Duration;

use pinxit::emulator::{Delays, Emulator, FaultRule, Options};

use crate::cli::Home;
use crate::pty::{Pty, Start};

/// A terminal by what it says of itself.
pub type Terminal = [(&'static str, &'static str); 2];

pub const RICH: Terminal = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
pub const BARE: Terminal = [("TERM", "vt100"), ("LANG", "C")];

/// Where every story is told.
pub const STAGES: [((u16, u16), Terminal); 4] =
    [((80, 24), RICH), ((120, 40), RICH), ((80, 24), BARE), ((120, 40), BARE)];

/// Looks like a key and is found wherever it leaks.
pub const KEY: &str = "sk-5ecre7-0123456789abcdef01234567";

/// Long enough that everything a key causes has come.
const QUIET: Duration = Duration::from_millis(250);

/// Somebody at the studio, on a service of their own; the studio does the work itself.
pub struct Sitting {
    pub pty: Pty,
    pub home: Home,
    pub emulator: Emulator,
    terminal: Terminal,
}

impl Sitting {
    pub fn new(stage: ((u16, u16), Terminal)) -> Sitting {
        Sitting::with(stage, vec![], &[], |_, _| ())
    }

    /// After the home was made ready, with more in the environment.
    pub fn with(
        (size, terminal): ((u16, u16), Terminal),
        faults: Vec<FaultRule>,
        more: &[(&str, &str)],
        ready: impl FnOnce(&Home, &Emulator),
    ) -> Sitting {
        let options = Options { delays: Delays::ByPoll, plain: true, faults, ..Options::default() };
        let (home, emulator) = (Home::new(), Emulator::spawn(options).unwrap());
        ready(&home, &emulator);
        let (place, url) = (home.path().to_str().unwrap(), emulator.base_url());
        let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin")];
        env.extend([("PINXIT_WORKER", "inline"), ("DASHSCOPE_API_KEY", KEY), ("DASHSCOPE_HTTP_BASE_URL", &url)]);
        env.extend_from_slice(&terminal);
        env.extend_from_slice(more);
        let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
        let mut pty = Start { program, args: &[], env: &env, size }.start();
        pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
        Sitting { pty, home, emulator, terminal }
    }

    /// Presses keys and waits for words.
    pub fn then(&mut self, keys: &str, words: &str) {
        self.pty.send(keys);
        self.pty.wait_for(words);
    }

    /// Letters act: Escape by itself, for with a letter right behind it it would be Alt and that letter.
    pub fn stop_typing(&mut self) {
        crate::demo::stop_typing(&mut self.pty);
    }

    /// In the settings, to the row with this label.
    pub fn go_to(&mut self, label: &str) {
        let on = |screen: &str, wanted: &str| {
            screen.lines().any(|line| line.contains(&format!("▸ {wanted} ")) || line.contains(&format!("> {wanted} ")))
        };
        self.pty.settle(Duration::from_millis(60));
        for key in ["j", "k"].into_iter().flat_map(|key| [key; 16]) {
            if on(&self.pty.screen(), label) {
                return;
            }
            self.pty.send(key);
            self.pty.settle(Duration::from_millis(60));
        }
        panic!("no row {label}:\n{}", self.pty.screen());
    }

    /// What came since `before`, once it is quiet.
    pub fn answer(&mut self, keys: &str) -> Vec<u8> {
        self.pty.settle(QUIET);
        let before = self.pty.bytes.len();
        self.pty.send(keys);
        self.pty.settle(QUIET);
        self.pty.bytes[before..].to_vec()
    }

    /// Leaves from where nothing is typed. Whatever was told went over the line as this terminal can take it, and the key
    /// did not.
    pub fn leave(&mut self) {
        self.pty.send("q");
        assert_eq!(self.pty.end(), 0, "{}", self.pty.screen());
        self.pty.assert_given_back();
        assert_fits(&self.pty.bytes, self.terminal);
    }
}

/// No picture protocol anywhere, nothing but ASCII where that is all there is, and never the key.
pub fn assert_fits(bytes: &[u8], terminal: Terminal) {
    assert!(terminal != BARE || bytes.is_ascii(), "something beyond ASCII was sent");
    let text = String::from_utf8_lossy(bytes);
    for protocol in ["\x1b_G", "\x1bP", "\x1b]1337"] {
        assert!(!text.contains(protocol), "{protocol:?} was sent");
    }
    assert!(!text.contains("5ecre7"), "the key was sent to the screen");
}

/// How many frames there are in what came.
pub fn frames(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).matches("\x1b[?2026l").count()
}
