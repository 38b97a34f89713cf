//! Kitty's Unicode placeholders: text that says "here lies cell (column, row) of picture number N". tmux moves, clips and
//! redraws it like any other text, and the terminal around it paints the picture there. Pure.
//!
//! Every cell says its row and its column, so that a part of a row that is drawn again alone is right.

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

/// A picture's number, in the two parts that are written in different places: `low` is a colour of the 256, which every
/// tmux hands on as it is, `high` a mark on each cell. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    /// 1 to 255.
    pub low: u8,
    /// Any.
    pub high: u8,
}

impl Id {
    /// The number of the `n`th picture of a program, which differs from other programs' where `salt` does: pictures
    /// stay in the terminal when a program ends, and one with the same number would take their place.
    pub fn of(salt: u32, n: u32) -> Id {
        let mixed = salt.wrapping_mul(0x9e37_79b1).rotate_left(13).wrapping_add(n);
        // The lowest colours may be made bright where text is bold.
        Id { low: 16 + (mixed % 240) as u8, high: (mixed / 240 % 256) as u8 }
    }

    /// As the protocol's commands write it.
    pub fn number(self) -> u32 {
        u32::from(self.high) << 24 | u32::from(self.low)
    }
}

/// The rows of text for a picture, each with a line feed behind it.
pub(super) fn rows(place: Place, id: Id) -> String {
    let marks: Vec<char> = MARKS.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32).collect();
    let (columns, rows) = (place.columns.min(MOST), place.rows.min(MOST));
    let mut out = String::new();
    for row in 0..rows {
        out.push_str(&format!("\x1b[38;5;{}m", id.low));
        for column in 0..columns {
            let number = [row, column, u16::from(id.high)].map(|number| marks[usize::from(number)]);
            out.push(CELL);
            out.extend(number);
        }
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
        let marks: Vec<u32> = MARKS.iter().flat_map(|(first, last)| *first..=*last).collect();
        assert_eq!(marks.len(), usize::from(MOST));
        assert_eq!((marks[0], marks[1], marks[296]), (0x305, 0x30D, 0x1D244));
        assert!(marks.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(marks.iter().all(|mark| char::from_u32(*mark).and_then(|mark| mark.width()) == Some(0)));
    }

    #[test]
    fn every_cell_says_its_row_its_column_and_its_picture() {
        let place = Place { columns: 3, rows: 2, width: 30, height: 40 };
        let text = rows(place, Id { low: 42, high: 1 });
        let expected = "\x1b[38;5;42m\
            \u{10EEEE}\u{30D}\u{305}\u{30D}\u{10EEEE}\u{30D}\u{30D}\u{30D}\u{10EEEE}\u{30D}\u{30E}\u{30D}\x1b[39m";
        assert_eq!(text.lines().nth(1), Some(expected));
        assert_eq!(text.lines().count(), 2);
        assert_eq!(Id { low: 42, high: 1 }.number(), 0x0100_002a);
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
}
