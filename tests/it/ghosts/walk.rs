//! A walk by chance: which steps, and how fast one follows the other. The same seed walks the same way.

use std::fmt;

/// Sizes a window is given.
const SIZES: [(u16, u16); 10] =
    [(80, 24), (120, 40), (100, 30), (60, 20), (80, 24), (120, 40), (133, 47), (97, 25), (45, 13), (38, 9)];

/// Keys that open, close, move and turn. None of them sends, spends, keeps or throws anything away.
#[rustfmt::skip]
const KEYS: [(&str, &str); 41] = [
    ("esc", "\x1b[27u"), ("esc", "\x1b[27u"), ("esc", "\x1b[27u"), ("esc", "\x1b[27u"), ("esc", "\x1b[27u"),
    // Screens.
    ("1", "1"), ("2", "2"), ("3", "3"), ("3", "3"), ("4", "4"), ("5", "5"), ("-", "-"),
    // Over them.
    ("help", "?"), ("f1", "\x1bOP"), ("commands", ":"), ("ctrl+p", "\x10"), ("prefix", "\x18"), ("recall", "\x12"),
    ("models", "m"), ("cost", "$"), ("jump", ";"), ("viewer", "p"), ("facts", "i"), ("expansion", "\x14"),
    // A toast too.
    ("graphics", "#"),
    // Moves.
    ("down", "\x1b[B"), ("down", "\x1b[B"), ("up", "\x1b[A"), ("right", "\x1b[C"), ("right", "\x1b[C"), ("left", "\x1b[D"),
    ("j", "j"), ("l", "l"), ("G", "G"), ("page down", "\x1b[6~"), ("page up", "\x1b[5~"), ("tab", "\t"), ("space", " "),
    // Closer and back.
    ("+", "+"), ("0", "0"), ("find", "/"),
];

/// Keys of one thing, one right behind the other.
const RUNS: [(&str, &str); 4] = [
    ("to the gallery and its viewer", "\x1b[27u\x1b[27u3\r"),
    ("to the gallery, two compared", "\x1b[27u\x1b[27u3 l c"),
    ("to the form and its picture", "\x1b[27u\x1b[27u1p"),
    ("through all screens", "\x1b[27u\x1b[27u12345"),
];

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keys with their name.
    Press(&'static str, &'static str),
    /// The window gets so many columns and rows.
    Resize(u16, u16),
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Press(name, _) => out.write_str(name),
            Step::Resize(columns, rows) => write!(out, "{columns}x{rows}"),
        }
    }
}

/// How long after a step the next one is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    Hasty,
    /// Once something is seen of it.
    Brisk,
    /// Once nothing more comes for the moment.
    Calm,
}

/// A walk.
pub struct Walk {
    seed: u64,
    dice: u64,
    size: (u16, u16),
    taken: Vec<String>,
    /// The question whether to leave is open, which the same key would answer.
    asked: bool,
}

impl Walk {
    pub fn new(seed: u64) -> Walk {
        let mut walk =
            Walk { seed, dice: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), size: (0, 0), taken: vec![], asked: false };
        walk.size = SIZES[walk.roll(2)];
        walk
    }

    /// What the window begins with.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as usize % sides
    }

    pub fn next(&mut self) -> Step {
        let step = match self.roll(20) {
            // Typing ends, or a dialog does.
            _ if self.asked || self.taken.is_empty() => Step::Press(KEYS[0].0, KEYS[0].1),
            0..3 => {
                let (columns, rows) = SIZES[self.roll(SIZES.len())];
                Step::Resize(columns, rows)
            }
            3..6 => {
                let (name, keys) = RUNS[self.roll(RUNS.len())];
                Step::Press(name, keys)
            }
            6 => Step::Press("leave?", "\x03"),
            _ => {
                let (name, keys) = KEYS[self.roll(KEYS.len())];
                Step::Press(name, keys)
            }
        };
        self.asked = matches!(step, Step::Press("leave?", _));
        self.taken.push(step.to_string());
        step
    }

    pub fn pace(&mut self) -> Pace {
        let pace = [Pace::Hasty, Pace::Brisk, Pace::Calm][self.roll(3)];
        if let Some(last) = self.taken.last_mut() {
            *last += match pace {
                Pace::Hasty => "",
                Pace::Brisk => ".",
                Pace::Calm => "..",
            };
        }
        pace
    }

    /// Whether somebody looks now.
    pub fn looks(&mut self) -> bool {
        let looks = self.roll(12) == 0;
        if looks {
            self.taken.push("(look)".into());
        }
        looks
    }

    /// What went wrong, and on which way.
    pub fn tell(&self, wrong: &str) -> String {
        format!("seed {} from {:?}: {}\n{wrong}", self.seed, self.size, self.taken.join(", "))
    }
}
