//! The cells of a terminal's screen: letters, erasing, scrolling, and what of pictures lies on them.

use pinxit::graphics::Spot;
use ratatui::style::Color;
use unicode_width::UnicodeWidthChar;

use super::Sight;
use super::look::{Colour, Look};
use super::memory::Memory;

/// The letter that stands for a cell of a picture in kitty.
const PLACE: char = '\u{10EEEE}';

/// A cell's part of a picture: which (its bytes, in a number), and which column and row of it.
pub type Patch = (u64, u16, u16);

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    symbol: String,
    look: Look,
    /// Drawn over it.
    over: Option<Patch>,
    /// What it shows of a picture that was here when it was written, and which sending of that.
    shows: Option<(Patch, usize)>,
}

impl Cell {
    fn blank(look: Look) -> Cell {
        Cell { symbol: " ".into(), look: look.ground(), over: None, shows: None }
    }

    /// Its letter, which nobody sees where there is a picture.
    pub fn symbol(&self) -> &str {
        if self.symbol.starts_with(PLACE) { " " } else { &self.symbol }
    }

    /// How it is written, as far as that can be seen.
    pub fn look(&self) -> Look {
        if self.symbol.starts_with(PLACE) {
            // Its colour is the picture's number.
            Look { fg: Colour::Plain, ..self.look }.on_blank()
        } else if self.symbol == " " {
            self.look.on_blank()
        } else {
            self.look
        }
    }

    /// The part of a picture that is seen there.
    pub fn patch(&self) -> Option<Patch> {
        self.over.or(self.shows.map(|(patch, _)| patch))
    }

    /// The picture it stands for, by number.
    fn spot(&self) -> Option<Spot> {
        if !self.symbol.starts_with(PLACE) {
            return None;
        }
        let mut cell = ratatui::buffer::Cell::default();
        cell.set_symbol(&self.symbol).set_fg(match self.look.fg {
            Colour::Plain => Color::Reset,
            Colour::Indexed(number) => Color::Indexed(number),
            Colour::Rgb(r, g, b) => Color::Rgb(r, g, b),
        });
        Spot::of(&cell)
    }
}

#[derive(Debug)]
pub(super) struct Grid {
    columns: u16,
    rows: u16,
    cells: Vec<Cell>,
    at: (u16, u16),
    /// The next letter goes to the next line.
    wraps: bool,
    saved: ((u16, u16), Look),
    pub look: Look,
    pub shows_cursor: bool,
    /// Rows that scroll, the last one excluded.
    region: (u16, u16),
    /// Where the letter written last is.
    last: Option<usize>,
}

impl Grid {
    pub fn new(columns: u16, rows: u16) -> Grid {
        let cells = vec![Cell::blank(Look::default()); usize::from(columns) * usize::from(rows)];
        let (at, look) = ((0, 0), Look::default());
        let (saved, region) = ((at, look), (0, rows));
        Grid { columns, rows, cells, at, wraps: false, saved, look, shows_cursor: true, region, last: None }
    }

    pub fn size(&self) -> (u16, u16) {
        (self.columns, self.rows)
    }

    pub fn sight(&self) -> Sight {
        let cursor = self.shows_cursor.then_some(self.at);
        Sight { columns: self.columns, cells: self.cells.clone(), cursor }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let mut new = Grid::new(columns, rows);
        for y in 0..rows.min(self.rows) {
            for x in 0..columns.min(self.columns) {
                let at = new.index(x, y);
                new.cells[at] = self.cells[self.index(x, y)].clone();
            }
        }
        (new.look, new.saved, new.shows_cursor) = (self.look, self.saved, self.shows_cursor);
        let last = self.last.map(|at| (at as u16 % self.columns, at as u16 / self.columns));
        new.last = last.filter(|(x, y)| *x < columns && *y < rows).map(|(x, y)| new.index(x, y));
        new.at = (self.at.0.min(columns - 1), self.at.1.min(rows - 1));
        *self = new;
    }

    /// Places that say a picture lies there, and show none of it.
    pub fn holes(&self, memory: &Memory) -> Vec<((u16, u16), u32)> {
        let hole = |(at, cell): (usize, &Cell)| {
            let number = cell.symbol.starts_with(PLACE).then(|| cell.spot().map_or(0, |spot| spot.id.number()))?;
            let there = memory.get(number).is_some_and(|held| cell.shows.is_some_and(|(_, n)| n == held.sending));
            let place = (at as u16 % self.columns, at as u16 / self.columns);
            (!there).then_some((place, number))
        };
        self.cells.iter().enumerate().filter_map(hole).collect()
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.columns) + usize::from(x)
    }

    pub fn save(&mut self) {
        self.saved = (self.at, self.look);
    }

    pub fn restore(&mut self) {
        let (at, look) = self.saved;
        self.go(at.0, at.1);
        self.look = look;
    }

    fn go(&mut self, x: u16, y: u16) {
        self.at = (x.min(self.columns - 1), y.min(self.rows - 1));
        self.wraps = false;
    }

    /// A control letter.
    pub fn control(&mut self, byte: u8) {
        match byte {
            8 => self.go(self.at.0.saturating_sub(1), self.at.1),
            9 => self.go((self.at.0 / 8 + 1) * 8, self.at.1),
            10..=12 => self.feed(),
            13 => self.go(0, self.at.1),
            7 | 14 | 15 => {}
            other => panic!("control letter {other}"),
        }
    }

    fn feed(&mut self) {
        self.wraps = false;
        if self.at.1 + 1 == self.region.1 {
            self.scroll(self.region, 1);
        } else {
            self.at.1 = (self.at.1 + 1).min(self.rows - 1);
        }
    }

    pub fn reverse_feed(&mut self) {
        if self.at.1 == self.region.0 {
            self.scroll_back(self.region, 1);
        } else {
            self.go(self.at.0, self.at.1.saturating_sub(1));
        }
    }

    /// Moves these rows up.
    fn scroll(&mut self, (top, end): (u16, u16), count: u16) {
        let (from, to, by) = (self.index(0, top), self.index(0, end), self.index(0, count.min(end - top)));
        self.cells[from..to].rotate_left(by);
        self.cells[to - by..to].fill(Cell::blank(self.look));
    }

    /// Moves these rows down.
    fn scroll_back(&mut self, (top, end): (u16, u16), count: u16) {
        let (from, to, by) = (self.index(0, top), self.index(0, end), self.index(0, count.min(end - top)));
        self.cells[from..to].rotate_right(by);
        self.cells[from..from + by].fill(Cell::blank(self.look));
    }

    pub fn letter(&mut self, letter: char, memory: &Memory) {
        match letter.width() {
            None => panic!("{letter:?}"),
            Some(0) => self.mark(letter, memory),
            Some(width) => self.put(letter, width as u16, memory),
        }
    }

    /// A mark of the letter before it.
    fn mark(&mut self, mark: char, memory: &Memory) {
        // Its letter is gone: the window got smaller in between.
        let Some(at) = self.last else { return };
        self.cells[at].symbol.push(mark);
        self.show(at, memory);
    }

    /// What a cell that stands for a picture's shows of it: kitty looks for the picture then, and not again later.
    fn show(&mut self, at: usize, memory: &Memory) {
        let seen = self.cells[at].spot().and_then(|spot| Some((spot, memory.get(spot.id.number())?)));
        let inside = seen.filter(|(spot, held)| spot.column < held.columns && spot.row < held.rows);
        self.cells[at].shows = inside.map(|(spot, held)| ((held.hash, spot.column, spot.row), held.sending));
    }

    fn put(&mut self, letter: char, width: u16, memory: &Memory) {
        if self.wraps || self.at.0 + width > self.columns {
            self.control(13);
            self.feed();
        }
        for x in self.at.0..self.at.0 + width {
            self.clear(x, self.at.1);
        }
        let at = self.index(self.at.0, self.at.1);
        self.cells[at] = Cell { symbol: letter.into(), look: self.look, over: None, shows: None };
        if width == 2 {
            self.cells[at + 1] = Cell { symbol: String::new(), ..self.cells[at].clone() };
        }
        self.last = Some(at);
        self.show(at, memory);
        self.wraps = self.at.0 + width == self.columns;
        self.at.0 = (self.at.0 + width).min(self.columns - 1);
    }

    /// Makes a cell blank, and with it the other half of a wide letter.
    fn clear(&mut self, x: u16, y: u16) {
        let at = self.index(x, y);
        if self.cells[at].symbol.is_empty() && x > 0 {
            self.cells[at - 1] = Cell { symbol: " ".into(), ..self.cells[at - 1].clone() };
        }
        if x + 1 < self.columns && self.cells[at + 1].symbol.is_empty() {
            self.cells[at + 1] = Cell { symbol: " ".into(), ..self.cells[at + 1].clone() };
        }
        self.cells[at] = Cell::blank(self.look);
    }

    fn erase(&mut self, from: u16, to: u16, y: u16) {
        (from..to.min(self.columns)).for_each(|x| self.clear(x, y));
    }

    pub fn erase_screen(&mut self, how: u16) {
        let (x, y) = self.at;
        match how {
            0 => {
                self.erase(x, self.columns, y);
                (y + 1..self.rows).for_each(|y| self.erase(0, self.columns, y));
            }
            1 => {
                (0..y).for_each(|y| self.erase(0, self.columns, y));
                self.erase(0, x + 1, y);
            }
            2 => self.cells.fill(Cell::blank(self.look)),
            other => panic!("CSI {other} J"),
        }
    }

    /// A sequence about the screen.
    pub fn csi(&mut self, numbers: &[u16], last: u8) {
        let first = numbers.first().copied().unwrap_or(0);
        let (count, (x, y)) = (first.max(1), self.at);
        let (right, down) = (self.columns - x, (y, self.region.1.max(y + 1)));
        match last {
            b'A' => self.go(x, y.saturating_sub(count)),
            b'B' => self.go(x, y.saturating_add(count)),
            b'C' => self.go(x.saturating_add(count), y),
            b'D' => self.go(x.saturating_sub(count), y),
            b'G' => self.go(count - 1, y),
            b'd' => self.go(x, count - 1),
            b'H' | b'f' => self.go(numbers.get(1).copied().unwrap_or(1).max(1) - 1, count - 1),
            b'J' => self.erase_screen(first),
            b'K' => match first {
                0 => self.erase(x, self.columns, y),
                1 => self.erase(0, x + 1, y),
                _ => self.erase(0, self.columns, y),
            },
            b'X' => self.erase(x, x + count.min(right), y),
            b'@' | b'P' => {
                let (from, to, by) = (self.index(x, y), self.index(0, y + 1), usize::from(count.min(right)));
                let blank = Cell::blank(self.look);
                if last == b'P' {
                    self.cells[from..to].rotate_left(by);
                    self.cells[to - by..to].fill(blank);
                } else {
                    self.cells[from..to].rotate_right(by);
                    self.cells[from..from + by].fill(blank);
                }
            }
            b'L' => self.scroll_back(down, count),
            b'M' => self.scroll(down, count),
            b'S' => self.scroll(self.region, count),
            b'T' => self.scroll_back(self.region, count),
            b'r' => {
                let end = numbers.get(1).copied().filter(|end| *end > 0).unwrap_or(self.rows);
                self.region = (count - 1, end.min(self.rows));
                self.go(0, 0);
            }
            b'h' | b'l' => {}
            other => panic!("CSI {numbers:?} {}", char::from(other)),
        }
    }

    /// A picture drawn over the cells from the cursor on. One that reaches the last row scrolls the screen.
    pub fn draw(&mut self, picture: u64, (wide, high): (u16, u16)) {
        let (x, mut y) = self.at;
        while y + high >= self.rows && y > 0 {
            self.scroll((0, self.rows), 1);
            y -= 1;
        }
        for row in 0..high.min(self.rows - y) {
            for column in 0..wide.min(self.columns - x) {
                let at = self.index(x + column, y + row);
                // What stood there is hidden.
                self.cells[at] = Cell { over: Some((picture, column, row)), ..Cell::blank(Look::default()) };
            }
        }
    }
}
