//! A model of a terminal that shows pictures: it answers what it is asked as kitty, xterm or a plain one does, and keeps
//! what somebody in front of it would see. It knows the sequences pinxit and tmux write; any other is a mistake.
//!
//! `grid` has the cells, `look` how they are written, `memory` the pictures kitty was given. Written from what terminals
//! do and not from our own code, whose mistakes it must not share.

mod grid;
mod look;
mod memory;

pub use grid::Cell;

use grid::Grid;
use memory::Memory;

/// Pixels of a cell.
const CELL: (u32, u32) = (10, 20);

/// What the terminal says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// kitty: pictures by number, which lie where text says.
    Kitty,
    /// xterm: sixels, which are drawn over the text by the cursor.
    Xterm,
    /// One that shows no pictures.
    Plain,
}

/// What somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub columns: u16,
    pub cells: Vec<Cell>,
    /// Where the cursor is, where it is shown.
    pub cursor: Option<(u16, u16)>,
}

impl Sight {
    /// The rows as text, pictures as `#`.
    pub fn text(&self) -> String {
        let letter = |cell: &Cell| if cell.patch().is_some() { "#".to_owned() } else { cell.symbol().to_owned() };
        let row = |cells: &[Cell]| cells.iter().map(letter).collect::<String>().trim_end().to_owned();
        self.cells.chunks(usize::from(self.columns)).map(row).collect::<Vec<_>>().join("\n")
    }
}

/// The terminal.
#[derive(Debug)]
pub struct Terminal {
    kind: Kind,
    grid: Grid,
    memory: Memory,
    /// Bytes of a sequence that is not here whole.
    rest: Vec<u8>,
    /// What it answers, not taken yet.
    answers: Vec<u8>,
    /// Bytes written to it so far.
    pub written: usize,
    /// Somebody waits for the screen to be drawn afresh: where the cursor was then.
    watched: Option<Option<(u16, u16)>>,
    before: Option<Sight>,
    after: Option<Sight>,
}

impl Terminal {
    pub fn new(kind: Kind, columns: u16, rows: u16) -> Terminal {
        let (grid, memory) = (Grid::new(columns, rows), Memory::default());
        let (rest, answers) = (Vec::new(), Vec::new());
        Terminal { kind, grid, memory, rest, answers, written: 0, watched: None, before: None, after: None }
    }

    /// What somebody sees now.
    pub fn sight(&self) -> Sight {
        self.grid.sight()
    }

    /// The rows as text, pictures as `#`.
    pub fn text(&self) -> String {
        self.sight().text()
    }

    /// Cells in which a picture is seen.
    pub fn covered(&self) -> usize {
        self.sight().cells.iter().filter(|cell| cell.patch().is_some()).count()
    }

    /// The window has another size. What becomes of the text is the terminal's affair: here it stays where it is.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.grid.resize(columns, rows);
    }

    /// From now on it is watched for the screen being cleared and drawn.
    pub fn watch(&mut self) {
        (self.watched, self.before, self.after) = (Some(self.sight().cursor), None, None);
    }

    /// What was seen before the screen was cleared, and once the first frame after that was drawn.
    pub fn drawn_afresh(&mut self) -> Option<(Sight, Sight)> {
        let after = self.after.take()?;
        self.watched = None;
        Some((self.before.take()?, after))
    }

    /// Its answers since this was asked last.
    pub fn take_answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Places of pictures on the screen at which none shows.
    pub fn holes(&self) -> Vec<String> {
        let hole = |(place, number)| format!("a hole at {place:?}: picture {number} is not there");
        self.grid.holes(&self.memory).into_iter().map(hole).collect()
    }

    /// Whatever was wrong with what it was sent.
    pub fn troubles(&self) -> &[String] {
        &self.memory.troubles
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.written += bytes.len();
        self.rest.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.rest);
        let mut rest = &all[..];
        while let Some(used) = self.step(rest) {
            rest = &rest[used..];
        }
        self.rest = rest.to_vec();
    }

    /// Takes in the first thing in `bytes` and says how long it was; `None` when more is needed.
    fn step(&mut self, bytes: &[u8]) -> Option<usize> {
        match bytes {
            [] | [0x1b] => None,
            [0x1b, b'[', rest @ ..] => {
                let end = rest.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
                self.control(std::str::from_utf8(&rest[..end]).unwrap(), rest[end]);
                Some(end + 3)
            }
            [0x1b, b']', rest @ ..] => {
                let bell = rest.iter().position(|byte| *byte == 7).map(|end| (end, 1));
                let string = find(rest, b"\x1b\\").map(|end| (end, 2));
                let (end, mark) = bell.into_iter().chain(string).min()?;
                Some(2 + end + mark)
            }
            [0x1b, kind @ (b'P' | b'_'), rest @ ..] => {
                let end = find(rest, b"\x1b\\")?;
                match (kind, self.kind) {
                    (b'_', Kind::Kitty) => self.graphics(&rest[..end]),
                    (b'P', Kind::Xterm) => self.sixel(&rest[..end]),
                    // Passed over by whoever does not know it.
                    (b'_', Kind::Plain) => {}
                    _ => panic!("not for {:?}: {:?}", self.kind, String::from_utf8_lossy(&rest[..end.min(80)])),
                }
                Some(end + 4)
            }
            [0x1b, b'(' | b')'] | [0x1b, b'#'] => None,
            [0x1b, b'(' | b')', _, ..] => Some(3),
            [0x1b, other, ..] => {
                match other {
                    b'7' => self.grid.save(),
                    b'8' => self.grid.restore(),
                    b'M' => self.grid.reverse_feed(),
                    b'=' | b'>' => {}
                    other => panic!("ESC {}", char::from(*other)),
                }
                Some(2)
            }
            [byte @ ..0x20, ..] => {
                self.grid.control(*byte);
                Some(1)
            }
            [first, ..] => {
                let length = match first {
                    ..0x80 => 1,
                    ..0xe0 => 2,
                    ..0xf0 => 3,
                    _ => 4,
                };
                let letter = std::str::from_utf8(bytes.get(..length)?).expect("UTF-8").chars().next()?;
                self.grid.letter(letter, &self.memory);
                Some(length)
            }
        }
    }

    fn control(&mut self, parameters: &str, last: u8) {
        let (mark, numbers) = match parameters.as_bytes() {
            [mark @ (b'?' | b'>' | b'<' | b'='), ..] => (*mark, &parameters[1..]),
            _ => (b' ', parameters),
        };
        if last == b'm' && mark == b' ' {
            return self.grid.look.change(numbers);
        }
        let numbers: Vec<u16> = numbers.split(';').map(|number| number.trim().parse().unwrap_or(0)).collect();
        match (mark, last) {
            (b'?', b'h' | b'l') => self.mode(&numbers, last == b'h'),
            (b' ', b'J') if numbers[0] == 2 => {
                if let (Some(cursor), None) = (self.watched, &self.before) {
                    // It is hidden while a frame is drawn.
                    self.before = Some(Sight { cursor, ..self.sight() });
                }
                self.grid.erase_screen(2);
            }
            (b' ', b'c') => self.say(match self.kind {
                Kind::Kitty => "\x1b[?62;c",
                Kind::Xterm => "\x1b[?63;1;2;4;6;22c",
                Kind::Plain => "\x1b[?6c",
            }),
            (b' ', b'n') if numbers[0] == 5 => self.say("\x1b[0n"),
            (b' ', b't') if numbers[0] == 16 => self.say("\x1b[6;20;10t"),
            (b' ', b't') if numbers[0] == 14 => {
                let (columns, rows) = self.grid.size();
                self.say(&format!("\x1b[4;{};{}t", u32::from(rows) * CELL.1, u32::from(columns) * CELL.0));
            }
            (b'>', b'q') => self.say(match self.kind {
                Kind::Kitty => "\x1bP>|kitty(0.48.2)\x1b\\",
                Kind::Xterm => "\x1bP>|XTerm(412)\x1b\\",
                Kind::Plain => "",
            }),
            (b'>', b'c') => self.say("\x1b[>1;4000;48c"),
            // Modes of the keyboard, the shape of the cursor, the title.
            (_, b'u') if mark != b' ' => {}
            (b'>', b'm') | (_, b'q' | b't') | (b'?', b'n' | b'p') => {}
            (b' ', other) => self.grid.csi(&numbers, other),
            (mark, other) => panic!("CSI {} {parameters} {}", char::from(mark), char::from(other)),
        }
    }

    fn mode(&mut self, numbers: &[u16], on: bool) {
        for number in numbers {
            match number {
                1049 => self.grid.erase_screen(2),
                25 => self.grid.shows_cursor = on,
                2026 if !on && self.before.is_some() && self.after.is_none() => self.after = Some(self.sight()),
                _ => {}
            }
        }
    }

    fn say(&mut self, words: &str) {
        self.answers.extend_from_slice(words.as_bytes());
    }

    fn graphics(&mut self, command: &[u8]) {
        let command = std::str::from_utf8(command).unwrap().strip_prefix('G').expect("graphics");
        if let Some(answer) = self.memory.command(command) {
            self.say(&answer);
        }
    }

    fn sixel(&mut self, command: &[u8]) {
        let text = std::str::from_utf8(command).unwrap();
        let size = text.split('"').nth(1).expect("its size").split(['#', ';']).skip(2).take(2);
        let [wide, high] = size.map(|side| side.parse::<u32>().unwrap()).collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        self.grid.draw(memory::hash(command), (wide.div_ceil(CELL.0) as u16, high.div_ceil(CELL.1) as u16));
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
