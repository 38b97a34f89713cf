//! The studio with pictures on its shelf, on a terminal, and what is to be seen there when everything is at rest.

use std::path::Path;
use std::time::{Duration, Instant};

use pinxit::emulator::{Delays, Emulator, Options};

use super::walk::{Pace, Step};
use crate::cli::Home;
use crate::pty::{Line, Start};
use crate::terminal::{Cell, Kind, Sight, Terminal};

/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any wait of the studio's own but that of its news: for a pause in the keys, for a picture to be looked up.
pub const STILL: Duration = Duration::from_millis(350);

/// A moment.
const MOMENT: Duration = Duration::from_millis(25);

/// A home with pictures of several shapes.
pub struct Shelf {
    home: Home,
    emulator: Emulator,
}

impl Shelf {
    pub fn new() -> Shelf {
        let options = Options { delays: Delays::ByPoll, ..Options::default() };
        let shelf = Shelf { home: Home::new(), emulator: Emulator::spawn(options).unwrap() };
        // Else a busy machine is a slow line, for which a picture may be made lighter between two looks at it.
        let config = shelf.home.path().join("config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("config.toml"), "preview_cap = 976\n").unwrap();
        for (prompt, size, count) in [
            ("a red fox in snow", "512*512", "3"),
            ("远山淡影，孤舟", "1024*576", "2"),
            ("a lighthouse", "512*1024", "1"),
        ] {
            let made = ["gen", prompt, "-m", "wan2.2-t2i-flash", "-s", size, "-n", count, "--seed", "7", "--yes"];
            shelf.home.on(&shelf.emulator, &made).assert().success();
        }
        shelf
    }

    /// What a studio on it finds in its environment, beside what the terminal says of itself.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let place = self.home.path().to_str().unwrap().to_owned();
        vec![
            ("PINXIT_HOME", place.clone()),
            ("HOME", place),
            ("PINXIT_WORKER", "inline".into()),
            ("DASHSCOPE_API_KEY", "sk-test".into()),
            ("DASHSCOPE_HTTP_BASE_URL", self.emulator.base_url()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
        ]
    }
}

/// The studio on its terminal.
pub struct Stage {
    line: Line,
    terminal: Terminal,
}

impl Stage {
    pub fn start(shelf: &Shelf, kind: Kind, size: (u16, u16)) -> Stage {
        let environment = shelf.environment();
        let mut env: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        env.extend([("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color")]);
        let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
        let line = Start { program, args: &[], env: &env, size }.line(None);
        let mut stage = Stage { line, terminal: Terminal::new(kind, size.0, size.1) };
        stage.wait("a first frame", |stage| stage.terminal.text().contains("Prompt typing"));
        stage
    }

    /// Takes in what the studio writes; false when nothing came for `patience`.
    fn take(&mut self, patience: Duration) -> bool {
        let Some(bytes) = self.line.take(patience) else { return false };
        self.terminal.write(&bytes);
        let answers = self.terminal.take_answers();
        if !answers.is_empty() {
            self.line.send(&answers);
        }
        true
    }

    fn wait(&mut self, what: &str, mut wished: impl FnMut(&mut Stage) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wished(self) {
            let more = self.take(MOMENT);
            assert!(
                more || Instant::now() < end,
                "waited in vain for {what}; the screen is:\n{}",
                self.terminal.text()
            );
        }
    }

    pub fn take_step(&mut self, step: &Step, pace: Pace) {
        match step {
            Step::Press(_, keys) => self.line.send(keys.as_bytes()),
            Step::Resize(columns, rows) => {
                self.line.resize(*columns, *rows);
                self.terminal.resize(*columns, *rows);
            }
        }
        match pace {
            Pace::Hasty => while self.take(Duration::ZERO) {},
            Pace::Brisk => drop(self.take(MOMENT)),
            Pace::Calm => while self.take(MOMENT) {},
        }
    }

    /// Waits until nothing moves: nothing is written, and the program sleeps and has done nothing for a while.
    fn rest(&mut self) {
        let end = Instant::now() + PATIENCE;
        let mut before = life(self.line.pid());
        loop {
            assert!(Instant::now() < end, "it never rests; the screen is:\n{}", self.terminal.text());
            let more = self.take(STILL);
            let now = life(self.line.pid());
            if !more && now.as_ref().is_none_or(|life| life.asleep && before.as_ref() == Some(life)) {
                return;
            }
            before = now;
        }
    }

    /// Whether what is on the screen is what a fresh drawing shows; or what is not.
    pub fn is_as_if_drawn_afresh(&mut self) -> Result<(), String> {
        // News may go while the pictures are drawn afresh, and uncover some: then once more.
        for _ in 0..4 {
            self.rest();
            let old = self.terminal.holes();
            self.terminal.watch();
            self.line.send(b"\x0c");
            let mut seen = None;
            self.wait("a fresh drawing", |stage| {
                seen = stage.terminal.drawn_afresh();
                seen.is_some()
            });
            let Some((before, drawn)) = seen else { return Err("no fresh drawing".into()) };
            self.rest();
            let after = self.terminal.sight();
            let mut wrong =
                [old, differences(&before, &drawn, &after), self.terminal.holes(), self.terminal.troubles().to_vec()]
                    .concat();
            let changed = texts_differ(&drawn, &after);
            wrong.extend((wrong.is_empty() && !changed).then(|| lacking(&before, &after)).flatten());
            if !wrong.is_empty() {
                wrong.truncate(6);
                return Err(format!("{}\n{}", wrong.join("\n"), side_by_side(&before, &after)));
            }
            if !changed {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What differs: text at the moment of the drawing, pictures once they are there again.
fn differences(before: &Sight, drawn: &Sight, after: &Sight) -> Vec<String> {
    let mut wrong = Vec::new();
    if before.cells.len() != drawn.cells.len() || drawn.cells.len() != after.cells.len() {
        return vec!["another size".into()];
    }
    if before.cursor != drawn.cursor {
        wrong.push(format!("the cursor is at {:?} and should be at {:?}", before.cursor, drawn.cursor));
    }
    for (at, ((was, is), then)) in before.cells.iter().zip(&drawn.cells).zip(&after.cells).enumerate() {
        let place = place(at, before);
        match was.patch() {
            None if (was.symbol(), was.look()) != (is.symbol(), is.look()) => {
                wrong.push(format!("{place:?} is {} and should be {}", tell(was), tell(is)));
            }
            // News that goes does not change a picture.
            Some(_) if then.patch() != was.patch() => {
                wrong.push(format!("{place:?} is {} and should be {}", tell(was), tell(then)));
            }
            _ => {}
        }
    }
    wrong
}

/// A place where a picture should have been seen and was not.
fn lacking(before: &Sight, after: &Sight) -> Option<String> {
    let mut both = before.cells.iter().zip(&after.cells).enumerate();
    let (at, (_, is)) = both.find(|(_, (was, is))| was.patch().is_none() && is.patch().is_some())?;
    Some(format!("{:?} shows nothing and should be {}", place(at, before), tell(is)))
}

/// Whether text came or went. How much was sent does while pictures go.
fn texts_differ(drawn: &Sight, after: &Sight) -> bool {
    let columns = usize::from(drawn.columns);
    let rows = drawn.cells.chunks(columns).zip(after.cells.chunks(columns));
    let told = |row: &[Cell]| row.iter().map(Cell::symbol).collect::<String>().contains(" KiB");
    rows.filter(|(was, is)| !told(was) && !told(is)).any(|(was, is)| {
        was.iter().zip(is).any(|(was, is)| was.patch().is_none() && is.patch().is_none() && was.symbol() != is.symbol())
            || was.iter().zip(is).any(|(was, is)| is.patch().is_some() && was.symbol() != " ")
    })
}

/// The rows that differ, as they were and as they should be.
fn side_by_side(before: &Sight, after: &Sight) -> String {
    let (before, after) = (before.text(), after.text());
    let rows = before.lines().zip(after.lines()).enumerate().filter(|(_, (was, is))| was != is).take(12);
    rows.map(|(row, (was, is))| format!("{row:>3} was {was}\n    and {is}\n")).collect()
}

fn place(at: usize, sight: &Sight) -> (u16, u16) {
    (at as u16 % sight.columns, at as u16 / sight.columns)
}

fn tell(cell: &Cell) -> String {
    match cell.patch() {
        Some((picture, column, row)) => format!("({column}, {row}) of {picture:x}"),
        None => format!("{:?} in {:?}", cell.symbol(), cell.look()),
    }
}

/// What a process has done so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// None of its threads runs or waits to.
    pub asleep: bool,
    /// Nanoseconds they had a processor.
    spent: u64,
}

/// The life of a process; `None` where the system does not say.
pub fn life(pid: u32) -> Option<Life> {
    let mut life = Life { asleep: true, spent: 0 };
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let folder = thread.ok()?.path();
        let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
        life.asleep &= stat.rsplit_once(") ")?.1.starts_with('S');
        let spent = std::fs::read_to_string(folder.join("schedstat")).ok()?;
        life.spent += spent.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(life)
}
