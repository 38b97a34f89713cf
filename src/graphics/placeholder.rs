//! Kitty's Unicode placeholders: text that says "here lies cell (column, row) of picture number N". tmux moves, clips and
//! redraws it like any other text, and the terminal around it paints the picture there. Pure.
//!
//! Every cell says its row and its column, so that a part of a row that is drawn again alone is right.

use std::sync::LazyLock;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::place::Place;

/// The character that stands for a cell of a picture.
const CELL: char = '\u{10EEEE}';

/// Cells that can be numbered, across and down.
pub const MOST: u16 = 297;

/// Combining characters that number rows and columns from 0 on, as first and last of each run (kitty's protocol:
/// Unicode 6.0's marks above a letter that never melt into one).
#[rustfmt::skip]
const MARKS: [(u32, u32); 86] = [
    (0x0305, 0x0305), (0x030D, 0x030E), (0x0310, 0x0310), (0x0312, 0x0312), (0x033D, 0x033F), (0x0346, 0x0346),
    (0x034A, 0x034C), (0x0350, 0x0352), (0x0357, 0x0357), (0x035B, 0x035B), (0x0363, 0x036F), (0x0483, 0x0487),
    (0x0592, 0x0595), (0x0597, 0x0599), (0x059C, 0x05A1), (0x05A8, 0x05A9), (0x05AB, 0x05AC), (0x05AF, 0x05AF),
    (0x05C4, 0x05C4), (0x0610, 0x0617), (0x0657, 0x065B), (0x065D, 0x065E), (0x06D6, 0x06DC), (0x06DF, 0x06E2),
    (0x06E4, 0x06E4), (0x06E7, 0x06E8), (0x06EB, 0x06EC), (0x0730, 0x0730), (0x0732, 0x0733), (0x0735, 0x0736),
    (0x073A, 0x073A), (0x073D, 0x073D), (0x073F, 0x0741), (0x0743, 0x0743), (0x0745, 0x0745), (0x0747, 0x0747),
    (0x0749, 0x074A), (0x07EB, 0x07F1), (0x07F3, 0x07F3), (0x0816, 0x0819), (0x081B, 0x0823), (0x0825, 0x0827),
    (0x0829, 0x082D), (0x0951, 0x0951), (0x0953, 0x0954), (0x0F82, 0x0F83), (0x0F86, 0x0F87), (0x135D, 0x135F),
    (0x17DD, 0x17DD), (0x193A, 0x193A), (0x1A17, 0x1A17), (0x1A75, 0x1A7C), (0x1B6B, 0x1B6B), (0x1B6D, 0x1B73),
    (0x1CD0, 0x1CD2), (0x1CDA, 0x1CDB), (0x1CE0, 0x1CE0), (0x1DC0, 0x1DC1), (0x1DC3, 0x1DC9), (0x1DCB, 0x1DCC),
    (0x1DD1, 0x1DE6), (0x1DFE, 0x1DFE), (0x20D0, 0x20D1), (0x20D4, 0x20D7), (0x20DB, 0x20DC), (0x20E1, 0x20E1),
    (0x20E7, 0x20E7), (0x20E9, 0x20E9), (0x20F0, 0x20F0), (0x2CEF, 0x2CF1), (0x2DE0, 0x2DFF), (0xA66F, 0xA66F),
    (0xA67C, 0xA67D), (0xA6F0, 0xA6F1), (0xA8E0, 0xA8F1), (0xAAB0, 0xAAB0), (0xAAB2, 0xAAB3), (0xAAB7, 0xAAB8),
    (0xAABE, 0xAABF), (0xAAC1, 0xAAC1), (0xFE20, 0xFE26), (0x10A0F, 0x10A0F), (0x10A38, 0x10A38), (0x1D185, 0x1D189),
    (0x1D1AA, 0x1D1AD), (0x1D242, 0x1D244),
];

/// The marks in their order.
static IN_ORDER: LazyLock<Vec<char>> =
    LazyLock::new(|| MARKS.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32).collect());

/// A picture's number in the terminal. Never 0. A cell writes it as its colour: as 24 bits of one, or, where something in
/// between may change those, as one of the 256 with the rest in a third mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u32);

impl Id {
    /// The number of the `n`th picture of a program, which differs from other programs' where `salt` does: pictures
    /// stay in the terminal when a program ends, and one with the same number would take their place. Goes through every
    /// tmux: it is one of the 256 colours and a mark.
    pub fn of(salt: u32, n: u32) -> Id {
        let mixed = mixed(salt, n);
        // The lowest colours may be made bright where text is bold.
        Id::new(16 + (mixed % 240) as u8, 1 + (mixed / 240 % 255) as u8)
    }

    /// The same in 24 bits: shorter, and of many more numbers, for a terminal that is in front of us.
    pub fn coloured(salt: u32, n: u32) -> Id {
        Id(1 + mixed(salt, n) % 0x00ff_fffe)
    }

    fn new(low: u8, high: u8) -> Id {
        Id(u32::from(high) << 24 | u32::from(low))
    }

    /// As the protocol's commands write it.
    pub fn number(self) -> u32 {
        self.0
    }

    fn bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    fn colour(self) -> Color {
        match self.bytes() {
            [0, r, g, b] => Color::Rgb(r, g, b),
            [_, _, _, low] => Color::Indexed(low),
        }
    }
}

fn mixed(salt: u32, n: u32) -> u32 {
    salt.wrapping_mul(0x9e37_79b1).rotate_left(13).wrapping_add(n)
}

/// A cell that stands for a cell of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Which picture.
    pub id: Id,
    /// Row of the picture, from 0.
    pub row: u16,
    /// Column of the picture, from 0.
    pub column: u16,
}

impl Spot {
    /// What a cell stands for, if it stands for one of a picture's.
    pub fn of(cell: &Cell) -> Option<Spot> {
        let mut letters = cell.symbol().strip_prefix(CELL)?.chars();
        let mut number = || letters.next().and_then(|mark| IN_ORDER.binary_search(&mark).ok());
        let (row, column, high) = (number()?, number()?, number().unwrap_or(0));
        let id = match cell.fg {
            Color::Rgb(r, g, b) => u32::from_be_bytes([0, r, g, b]),
            Color::Indexed(low) => (high as u32) << 24 | u32::from(low),
            _ => return None,
        };
        Some(Spot { id: Id(id), row: row as u16, column: column as u16 })
    }
}

/// Whether this stands for a cell of a picture.
pub fn is_spot(symbol: &str) -> bool {
    symbol.starts_with(CELL)
}

/// Cells that stand for a picture's, to be shown like any others.
pub fn cells(columns: u16, rows: u16, id: Id) -> Buffer {
    let mut cells = Buffer::empty(Rect::new(0, 0, columns.min(MOST), rows.min(MOST)));
    for row in 0..cells.area.height {
        for column in 0..cells.area.width {
            cells[(column, row)].set_symbol(&symbol(row, column, id)).set_fg(id.colour());
        }
    }
    cells
}

/// What so many cells of a picture cost on the line at most, drawn once.
pub fn cost(columns: u16, rows: u16) -> usize {
    // Four bytes of the cell, marks of up to four each, and for each row a colour and the way there.
    let marks = |last: u16| IN_ORDER.get(usize::from(last.saturating_sub(1))).map_or(4, |mark| mark.len_utf8());
    let each = 4 + marks(rows) + marks(columns) + 2;
    usize::from(columns) * usize::from(rows) * each + usize::from(rows) * 32
}

fn symbol(row: u16, column: u16, id: Id) -> String {
    let high = id.bytes()[0];
    let mut symbol = String::from(CELL);
    symbol.extend([row, column].map(|number| IN_ORDER[usize::from(number)]));
    symbol.extend((high > 0).then(|| IN_ORDER[usize::from(high)]));
    symbol
}

/// The rows of text for a picture, each with a line feed behind it.
pub(super) fn rows(place: Place, id: Id) -> String {
    let (columns, rows) = (place.columns.min(MOST), place.rows.min(MOST));
    let mut out = String::new();
    for row in 0..rows {
        match id.colour() {
            Color::Rgb(r, g, b) => out.push_str(&format!("\x1b[38;2;{r};{g};{b}m")),
            _ => out.push_str(&format!("\x1b[38;5;{}m", id.bytes()[3])),
        }
        (0..columns).for_each(|column| out.push_str(&symbol(row, column, id)));
        out.push_str("\x1b[39m\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::*;

    #[test]
    fn there_is_a_mark_without_width_for_every_number() {
        let marks: Vec<u32> = IN_ORDER.iter().map(|mark| u32::from(*mark)).collect();
        assert_eq!(marks.len(), usize::from(MOST));
        assert_eq!((marks[0], marks[1], marks[296]), (0x305, 0x30D, 0x1D244));
        assert!(marks.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(marks.iter().all(|mark| char::from_u32(*mark).and_then(|mark| mark.width()) == Some(0)));
    }

    #[test]
    fn every_cell_says_its_row_its_column_and_its_picture() {
        let place = Place { columns: 3, rows: 2, width: 30, height: 40 };
        let text = rows(place, Id::new(42, 1));
        let expected = "\x1b[38;5;42m\
            \u{10EEEE}\u{30D}\u{305}\u{30D}\u{10EEEE}\u{30D}\u{30D}\u{30D}\u{10EEEE}\u{30D}\u{30E}\u{30D}\x1b[39m";
        assert_eq!(text.lines().nth(1), Some(expected));
        assert_eq!(text.lines().count(), 2);
        assert_eq!(Id::new(42, 1).number(), 0x0100_002a);
    }

    #[test]
    fn pictures_have_numbers_of_their_own() {
        let mut numbers: Vec<u32> = (0..1000).map(|n| Id::of(4711, n).number()).collect();
        numbers.extend((0..1000).map(|n| Id::of(4712, n).number()));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 2000);
        assert!(numbers.iter().all(|number| number % 256 >= 16));
    }

    #[test]
    fn cells_say_what_they_stand_for() {
        let all: Vec<u32> = (0..5000).map(|n| Id::coloured(4711, n).number()).collect();
        assert!(all.iter().all(|number| (1..1 << 24).contains(number)));
        for id in [Id::of(4711, 3), Id::coloured(4711, 3), Id::coloured(0, 0)] {
            let cells = cells(90, 40, id);
            for (at, row, column) in [((0, 0), 0, 0), ((89, 39), 39, 89), ((7, 30), 30, 7)] {
                assert_eq!(Spot::of(&cells[at]), Some(Spot { id, row, column }));
                assert_eq!(ratatui::buffer::CellWidth::cell_width(cells[at].symbol()), 1);
            }
            let bytes: usize = cells.content().iter().map(|cell| cell.symbol().len()).sum();
            assert!(bytes + 40 * 28 <= cost(90, 40), "{bytes}");
        }
        assert_eq!(Spot::of(&Cell::new("x")), None);
    }
}
