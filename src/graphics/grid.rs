//! The grids a cell is parted into by the block glyphs of Unicode, and the glyph for each way to fill one.
//!
//! Places in a grid are counted row by row from the upper left, and are the bits of a shape: 1 is ink.

/// Two columns, and as many rows as there are glyphs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grid {
    /// Two rows, `▚`: in nearly every font.
    Quadrants,
    /// Three rows, `🬗`: Unicode 13 (2020).
    Sextants,
    /// Four rows: Unicode 16 (2024).
    Octants,
}

/// The quadrants by shape.
const QUADRANTS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// Shapes of octants that have glyphs elsewhere: blanks and halves, quarters of the cell, quadrants. All others follow
/// each other from U+1CD00 on.
const ELSEWHERE: [(usize, char); 26] = [
    (0, ' '),
    (1, '\u{1cea8}'),
    (2, '\u{1ceab}'),
    (3, '\u{1fb82}'),
    (5, '▘'),
    (10, '▝'),
    (15, '▀'),
    (20, '\u{1fbe6}'),
    (40, '\u{1fbe7}'),
    (63, '\u{1fb85}'),
    (64, '\u{1cea3}'),
    (80, '▖'),
    (85, '▌'),
    (90, '▞'),
    (95, '▛'),
    (128, '\u{1cea0}'),
    (160, '▗'),
    (165, '▚'),
    (170, '▐'),
    (175, '▜'),
    (192, '▂'),
    (240, '▄'),
    (245, '▙'),
    (250, '▟'),
    (252, '▆'),
    (255, '█'),
];

impl Grid {
    /// All, the coarsest first.
    pub const ALL: [Grid; 3] = [Grid::Quadrants, Grid::Sextants, Grid::Octants];

    /// Places across and down.
    pub(super) fn sides(self) -> (u16, u16) {
        match self {
            Grid::Quadrants => (2, 2),
            Grid::Sextants => (2, 3),
            Grid::Octants => (2, 4),
        }
    }

    /// The glyph that shows a shape.
    pub(super) fn glyph(self, shape: usize) -> char {
        let nth = |first: u32, others: usize| char::from_u32(first + (shape - others) as u32).unwrap_or(' ');
        match self {
            Grid::Quadrants => QUADRANTS[shape & 15],
            Grid::Sextants => match shape {
                0 => ' ',
                0b01_0101 => '▌',
                0b10_1010 => '▐',
                0b11_1111 => '█',
                _ => nth(0x1fb00, 1 + usize::from(shape > 0b01_0101) + usize::from(shape > 0b10_1010)),
            },
            Grid::Octants => match ELSEWHERE.binary_search_by_key(&shape, |(known, _)| *known) {
                Ok(at) => ELSEWHERE[at].1,
                Err(before) => nth(0x1cd00, before),
            },
        }
    }
}

#[cfg(test)]
impl Grid {
    /// How many places there are.
    pub(super) fn places(self) -> usize {
        let (across, down) = self.sides();
        usize::from(across * down)
    }

    /// The shape that is all ink.
    pub(super) fn full(self) -> usize {
        (1 << self.places()) - 1
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A shape by the numbers Unicode gives its places, which begin at one: `145`.
    fn shape(places: &str) -> usize {
        places.chars().filter_map(|place| place.to_digit(10)).map(|place| 1 << (place - 1)).sum()
    }

    #[test]
    fn glyphs_are_the_ones_unicode_names() {
        let table = [
            (Grid::Quadrants, "14", '▚'),
            (Grid::Sextants, "1", '\u{1fb00}'),
            (Grid::Sextants, "12345", '\u{1fb1d}'),
            (Grid::Sextants, "135", '▌'),
            (Grid::Sextants, "235", '\u{1fb14}'),
            (Grid::Sextants, "246", '▐'),
            (Grid::Sextants, "1246", '\u{1fb28}'),
            (Grid::Sextants, "23456", '\u{1fb3b}'),
            (Grid::Octants, "3", '\u{1cd00}'),
            (Grid::Octants, "23", '\u{1cd01}'),
            (Grid::Octants, "4", '\u{1cd03}'),
            (Grid::Octants, "5", '\u{1cd09}'),
            (Grid::Octants, "135", '\u{1cd0d}'),
            (Grid::Octants, "1357", '▌'),
            (Grid::Octants, "1234", '▀'),
            (Grid::Octants, "345678", '▆'),
            (Grid::Octants, "2345678", '\u{1cde5}'),
        ];
        for (grid, places, glyph) in table {
            assert_eq!(grid.glyph(shape(places)), glyph, "{grid:?} {places}");
        }
    }

    #[test]
    fn every_shape_has_a_glyph_of_its_own_one_cell_wide() {
        for grid in Grid::ALL {
            let glyphs: HashSet<char> = (0..=grid.full()).map(|shape| grid.glyph(shape)).collect();
            assert_eq!(glyphs.len(), grid.full() + 1, "{grid:?}");
            for glyph in glyphs {
                let cell = ratatui::text::Span::raw(glyph.to_string());
                assert_eq!(cell.width(), 1, "{glyph:?}");
            }
        }
    }
}
