//! Half blocks: two pixels a cell, one above the other, chosen so that few bytes reach the terminal.
//!
//! A cell costs about 37 bytes when both its colours change and 1 to 3 when neither does. So a colour that is nearly
//! the one in use stays the one in use, and of the ways to draw the same two pixels the one that keeps more is taken.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::palette;
use super::scale::{Pixels, brightness};
use crate::domain::Depth;

/// How far a channel may stray (of 255) when that saves a colour change. Less than 6 bits a channel would lose.
const NEAR: u8 = 3;

/// Paints pixels, two rows of them in each row of cells.
pub(super) fn paint(pixels: &Pixels, depth: Depth) -> Buffer {
    let mut cells = Buffer::empty(Rect::new(0, 0, pixels.width, pixels.height / 2));
    for y in 0..pixels.height / 2 {
        let mut pen = Pen { fg: Color::Reset, bg: Color::Reset };
        for x in 0..pixels.width {
            let cell = &mut cells[(x, y)];
            let (upper, lower) = (y * 2, y * 2 + 1);
            let colour = |y| palette::nearest(pixels.at(x, y), x, y, depth);
            match (colour(upper), colour(lower)) {
                (Some(top), Some(bottom)) => pen.draw(round(top), round(bottom), cell),
                _ => two_tone(lit(pixels, x, upper), lit(pixels, x, lower), cell),
            }
        }
    }
    cells
}

/// The colours in use at the cell before.
struct Pen {
    fg: Color,
    bg: Color,
}

impl Pen {
    /// Draws one colour above the other.
    fn draw(&mut self, top: Color, bottom: Color, cell: &mut Cell) {
        let keep = |used: Color, wanted: Color| if near(used, wanted) { used } else { wanted };
        let ways = [
            ("▀", keep(self.fg, top), keep(self.bg, bottom)),
            ("▄", keep(self.fg, bottom), keep(self.bg, top)),
            (" ", self.fg, keep(self.bg, top)),
            ("█", keep(self.fg, top), self.bg),
        ];
        let flat = near(top, bottom);
        let cost = |(symbol, fg, bg): &(&str, Color, Color)| {
            let changes = usize::from(*fg != self.fg) + usize::from(*bg != self.bg);
            changes * 17 + symbol.len()
        };
        let able = if flat { &ways[..] } else { &ways[..2] };
        let best = able.iter().min_by_key(|way| cost(way)).expect("two ways at least");
        (self.fg, self.bg) = (best.1, best.2);
        cell.set_symbol(best.0).set_fg(best.1).set_bg(best.2);
    }
}

/// Six bits a channel: neighbours that differ by less become the same.
fn round(colour: Color) -> Color {
    match colour {
        Color::Rgb(r, g, b) => {
            let six = |value: u8| (value & 0xfc) | (value >> 6);
            Color::Rgb(six(r), six(g), six(b))
        }
        other => other,
    }
}

fn near(a: Color, b: Color) -> bool {
    match (a, b) {
        (Color::Rgb(r, g, b), Color::Rgb(r2, g2, b2)) => {
            r.abs_diff(r2) <= NEAR && g.abs_diff(g2) <= NEAR && b.abs_diff(b2) <= NEAR
        }
        (a, b) => a == b,
    }
}

/// Whether a pixel is lit when there is only ink and paper: an ordered pattern of four by four.
pub(super) fn lit(pixels: &Pixels, x: u16, y: u16) -> bool {
    const TURN: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let turn = TURN[usize::from(y % 4)][usize::from(x % 4)];
    brightness(pixels.at(x, y)) > turn * 16 + 8
}

fn two_tone(top: bool, bottom: bool, cell: &mut Cell) {
    cell.set_symbol(match (top, bottom) {
        (true, true) => "█",
        (true, false) => "▀",
        (false, true) => "▄",
        (false, false) => " ",
    });
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::super::scale::scale;
    use super::*;

    fn colours(cell: &Cell) -> (Color, Color) {
        match cell.symbol() {
            "▀" => (cell.fg, cell.bg),
            "▄" => (cell.bg, cell.fg),
            "█" => (cell.fg, cell.fg),
            " " => (cell.bg, cell.bg),
            other => panic!("{other:?} is no half block"),
        }
    }

    fn rgb(colour: Color) -> [u8; 3] {
        match colour {
            Color::Rgb(r, g, b) => [r, g, b],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_half_shows_its_pixel() {
        let picture = RgbaImage::from_fn(32, 32, |x, y| Rgba([(x * 8) as u8, (y * 8) as u8, ((x ^ y) * 8) as u8, 255]));
        let pixels = scale(&picture, 32, 32);
        let cells = paint(&pixels, Depth::True);
        for y in 0..16 {
            for x in 0..32 {
                let (top, bottom) = colours(&cells[(x, y)]);
                for (shown, wanted) in [(top, pixels.at(x, y * 2)), (bottom, pixels.at(x, y * 2 + 1))] {
                    let off = rgb(shown).iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max();
                    assert!(off <= Some(NEAR * 2 + 1), "{x},{y}: {shown:?} for {wanted:?}");
                }
            }
        }
    }

    #[test]
    fn a_flat_picture_changes_colour_once_a_row() {
        let pixels = scale(&RgbaImage::from_pixel(20, 20, Rgba([10, 200, 90, 255])), 20, 20);
        let cells = paint(&pixels, Depth::True);
        assert!(cells.content().iter().all(|cell| *cell == cells[(0, 0)]));
    }

    #[test]
    fn without_colours_ink_grows_with_light() {
        let picture = RgbaImage::from_fn(64, 16, |x, _| Rgba([(x * 4) as u8, (x * 4) as u8, (x * 4) as u8, 255]));
        let cells = paint(&scale(&picture, 64, 16), Depth::Mono);
        let ink = |from: u16| {
            (from..from + 16).flat_map(|x| (0..8).map(move |y| (x, y))).filter(|p| cells[*p].symbol() != " ").count()
        };
        assert!(ink(0) < ink(16) && ink(16) <= ink(32) && ink(32) <= ink(48));
        assert!(cells.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    }
}
