//! A model of a terminal with pictures: cells, pictures drawn over them, and pictures it was given by number. It knows what
//! the pen and the lane write and nothing else, so that anything else is a mistake.

use std::collections::{BTreeMap, BTreeSet};

/// What a cell shows: a letter, how, and the part of a picture that lies over it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    pub symbol: String,
    pub style: String,
    pub over: Option<(u64, u16, u16)>,
}

/// The terminal.
#[derive(Debug, Default)]
pub struct Model {
    size: (u16, u16),
    cell: (u32, u32),
    cells: BTreeMap<(u16, u16), Seen>,
    at: (u16, u16),
    saved: ((u16, u16), String),
    style: String,
    /// Pictures it has whole, by number.
    pub held: BTreeSet<u32>,
    /// A picture of which only a part is here.
    partial: Option<u32>,
    /// The most it had at once.
    pub most: usize,
    /// Asked "are you there" so often.
    pub asked: usize,
    rest: Vec<u8>,
}

impl Model {
    pub fn new(columns: u16, rows: u16) -> Model {
        Model { size: (columns, rows), cell: (10, 20), ..Model::default() }
    }

    /// The cells, for comparing.
    pub fn cells(&self) -> Vec<((u16, u16), &Seen)> {
        let blank = |seen: &Seen| seen.symbol == " " && seen.over.is_none();
        self.cells.iter().filter(|(_, seen)| !blank(seen)).map(|(at, seen)| (*at, seen)).collect()
    }

    /// The same, with its cells at another place and nothing on them.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = (columns, rows);
        self.cells.retain(|(x, y), _| *x < columns && *y < rows);
    }

    /// Whether a picture's cells stand on the screen and the picture is not here.
    pub fn holes(&self, numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
        numbers.into_iter().filter(|number| !self.held.contains(number)).collect()
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.rest);
        let mut rest = &all[..];
        while !rest.is_empty() {
            let used = self.step(rest);
            rest = &rest[used..];
        }
    }

    fn step(&mut self, bytes: &[u8]) -> usize {
        let find = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle);
        match bytes {
            [0x1b, b'7', ..] => {
                self.saved = (self.at, self.style.clone());
                2
            }
            [0x1b, b'8', ..] => {
                (self.at, self.style) = self.saved.clone();
                2
            }
            [0x1b, b'_', ..] => {
                let end = find(b"\x1b\\").expect("commands are whole");
                self.command(std::str::from_utf8(&bytes[3..end]).expect("text"));
                end + 2
            }
            [0x1b, b']', ..] => {
                let end = find(b"\x07").expect("pictures are whole");
                let text = std::str::from_utf8(&bytes[..end]).expect("text");
                let number = |name: &str| {
                    let rest = text.split(name).nth(1).expect("its size in cells");
                    rest.split(';').next().and_then(|n| n.split(':').next()).expect("a number").parse::<u16>()
                };
                let (wide, high) = (number(";width=").expect("cells"), number(";height=").expect("cells"));
                self.draw(&bytes[..end], wide, high);
                end + 1
            }
            [0x1b, b'P', ..] => {
                let end = find(b"\x1b\\").expect("pictures are whole");
                let text = std::str::from_utf8(&bytes[..end]).expect("text");
                let size: Vec<u32> = text
                    .split('"')
                    .nth(1)
                    .expect("its size")
                    .split(['#', ';'])
                    .take(4)
                    .map(|n| n.parse().expect("pixels"))
                    .collect();
                let (wide, high) = (size[2].div_ceil(self.cell.0), size[3].div_ceil(self.cell.1));
                self.draw(&bytes[..end], wide as u16, high as u16);
                end + 2
            }
            [0x1b, b'[', ..] => {
                let end = bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte)).expect("whole") + 2;
                let parameters = std::str::from_utf8(&bytes[2..end]).expect("text").to_owned();
                self.control(&parameters, bytes[end]);
                end + 1
            }
            [0x08, ..] => {
                self.at.0 -= 1;
                1
            }
            _ => self.letter(bytes),
        }
    }

    /// The first letter with its marks.
    fn letter(&mut self, bytes: &[u8]) -> usize {
        let text = std::str::from_utf8(bytes)
            .unwrap_or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("valid up to there"));
        let mut letters = text.char_indices();
        let (_, first) = letters.next().expect("a letter");
        assert!(!first.is_control(), "{first:?}");
        // Marks belong to the letter before them.
        let length = letters
            .find(|(_, c)| unicode_width::UnicodeWidthChar::width(*c) != Some(0))
            .map_or(text.len(), |(at, _)| at);
        if let Some(rest) = text[..length].strip_prefix('\u{10EEEE}') {
            assert!(!rest.is_empty());
            self.place();
        }
        let seen = Seen { symbol: text[..length].to_owned(), style: self.style.clone(), over: None };
        assert!(self.at.0 < self.size.0 && self.at.1 < self.size.1, "{:?} is beyond {:?}", self.at, self.size);
        self.cells.insert(self.at, seen);
        self.at.0 += 1;
        length
    }

    /// A picture's place is written: kitty looks for the picture then, and not again when it comes later.
    fn place(&self) {
        let number = |parameters: &str| {
            let rgb: Vec<u32> =
                parameters.rsplit("38;2;").next()?.split([';', ' ']).take(3).map_while(|n| n.parse().ok()).collect();
            Some(rgb.iter().fold(0, |all, one| all << 8 | one))
        };
        let id = number(&self.style).expect("a colour");
        assert!(self.held.contains(&id), "the place of {id} is written before the picture is here: {:?}", self.style);
    }

    fn control(&mut self, parameters: &str, last: u8) {
        let numbers: Vec<u16> = parameters.split(';').map(|n| n.parse().unwrap_or(1)).collect();
        match last {
            b'H' => self.at = (numbers.get(1).copied().unwrap_or(1) - 1, numbers[0] - 1),
            b'C' => self.at.0 += numbers[0],
            b'B' => self.at.1 += numbers[0],
            b'X' => {
                for x in self.at.0..self.at.0 + numbers[0] {
                    self.cells.remove(&(x, self.at.1));
                }
            }
            b'J' => self.cells.clear(),
            // Only whether two cells have the same style matters: the pen's own sequences are tested elsewhere.
            b'm' if matches!(parameters, "" | "0") => self.style.clear(),
            b'm' => {
                let start = parameters.strip_prefix("0;");
                self.style = start.map_or_else(|| format!("{} {parameters}", self.style), str::to_owned);
            }
            b'n' => self.asked += 1,
            b'h' | b'l' => {}
            other => panic!("CSI {parameters} {}", char::from(other)),
        }
    }

    fn command(&mut self, text: &str) {
        let (keys, data) = text.split_once(';').unwrap_or((text, ""));
        let key = |name: &str| keys.split(',').find_map(|key| key.strip_prefix(name)?.strip_prefix('='));
        assert!(data.len() <= 4096);
        assert_eq!(key("q"), Some("2"), "answers to pictures would be keys");
        if key("a") == Some("d") {
            let id = key("i").expect("whose").parse().expect("a number");
            self.held.remove(&id);
            self.partial.take_if(|partial| *partial == id);
            return;
        }
        let id = match (key("i"), self.partial) {
            (Some(id), None) => id.parse().expect("a number"),
            (None, Some(id)) => id,
            other => panic!("{other:?}: two pictures at once"),
        };
        self.partial = (key("m") == Some("1")).then_some(id);
        if self.partial.is_none() {
            self.held.insert(id);
            self.most = self.most.max(self.held.len());
        }
    }

    fn draw(&mut self, bytes: &[u8], wide: u16, high: u16) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let picture = hasher.finish();
        assert!(self.at.1 + high < self.size.1, "a picture that reaches the last row scrolls the screen");
        for y in 0..high {
            for x in 0..wide {
                let seen = self
                    .cells
                    .entry((self.at.0 + x, self.at.1 + y))
                    .or_insert_with(|| Seen { symbol: " ".into(), ..Seen::default() });
                // A letter that stands there is hidden, until something is written.
                *seen = Seen { over: Some((picture, x, y)), symbol: " ".into(), style: String::new() };
            }
        }
    }
}
