//! Quadrant blocks: four pixels a cell in two colours of the 256, chosen so that few bytes reach the terminal. The cheap
//! way: a colour change takes nine bytes and most cells make none, since a picture of so few colours is flat in places.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::palette;
use super::scale::{Pixels, Rgb, brightness};
use crate::domain::Depth;

/// By which of the four are ink: upper left 1, upper right 2, lower left 4, lower right 8.
const GLYPHS: [&str; 16] = [" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█"];

/// The error (squared, over the twelve values of a cell) that is put up with to save a colour change.
const SAVED: u32 = 12 * 9 * 9;

type Four = [Rgb; 4];

/// A colour the terminal has, and what it looks like.
type Ink = (Color, Rgb);

/// Paints pixels, two by two of them in each cell.
pub(super) fn paint(pixels: &Pixels, depth: Depth) -> Buffer {
    let mut cells = Buffer::empty(Rect::new(0, 0, pixels.width / 2, pixels.height / 2));
    for y in 0..cells.area.height {
        // Each row begins anew: a part of it that is drawn again alone must be right.
        let mut used: Option<(Ink, Ink)> = None;
        for x in 0..cells.area.width {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| pixels.at(x * 2 + dx, y * 2 + dy));
            let cell = &mut cells[(x, y)];
            if depth == Depth::Mono {
                let lit = |at: usize| brightness(four[at]) > 64 + (at as u8 * 37 + (x % 2) as u8 * 21) % 128;
                cell.set_symbol(GLYPHS[(0..4).filter(|at| lit(*at)).map(|at| 1 << at).sum::<usize>()]);
            } else {
                used = Some(draw(&four, used, depth, cell));
            }
        }
    }
    cells
}

/// Draws a cell and gives the colours that are in use behind it: ink and ground.
fn draw(four: &Four, used: Option<(Ink, Ink)>, depth: Depth, cell: &mut Cell) -> (Ink, Ink) {
    let (mut shape, means) = parted(four);
    let [mut ink, mut ground] = means.map(|mean| {
        let colour = palette::plain(mean, depth);
        (colour, palette::seen(colour))
    });
    // The other way round where that keeps a colour.
    if used.is_some_and(|(i, g)| changes((i, g), (ground, ink)) < changes((i, g), (ink, ground))) {
        (ink, ground, shape) = (ground, ink, 15 - shape);
    }
    if ink.0 == ground.0 {
        (shape, ink) = (0, used.map_or(ink, |(used, _)| used));
    }
    if let Some((i, g)) = used {
        let kept = best_shape(four, i.1, g.1);
        let saved = changes((i, g), (ink, ground)) * SAVED;
        if error(four, kept, i.1, g.1) <= error(four, shape, ink.1, ground.1) + saved {
            (shape, ink, ground) = (kept, i, g);
        }
    }
    cell.set_symbol(GLYPHS[shape]).set_fg(ink.0).set_bg(ground.0);
    (ink, ground)
}

fn changes(used: (Ink, Ink), wanted: (Ink, Ink)) -> u32 {
    u32::from(used.0.0 != wanted.0.0) + u32::from(used.1.0 != wanted.1.0)
}

/// The way to part the four in two that loses least: which of them are ink, and the mean of both halves.
fn parted(four: &Four) -> (usize, [Rgb; 2]) {
    // The other eight are these the other way round.
    let ways = (0..8).map(|shape| {
        let means = [mean(four, shape), mean(four, 15 - shape)];
        (error(four, shape, means[0], means[1]), shape, means)
    });
    let (_, shape, means) = ways.min_by_key(|way| way.0).expect("eight ways");
    (shape, means)
}

fn mean(four: &Four, shape: usize) -> Rgb {
    let within: Vec<&Rgb> = (0..4).filter(|at| shape >> at & 1 == 1).map(|at| &four[at]).collect();
    let count = within.len().max(1) as u32;
    std::array::from_fn(|channel| (within.iter().map(|rgb| u32::from(rgb[channel])).sum::<u32>() / count) as u8)
}

/// Which of the four are nearer to the ink than to the ground.
fn best_shape(four: &Four, ink: Rgb, ground: Rgb) -> usize {
    (0..4).filter(|at| far(four[*at], ink) < far(four[*at], ground)).map(|at| 1 << at).sum()
}

fn error(four: &Four, shape: usize, ink: Rgb, ground: Rgb) -> u32 {
    (0..4).map(|at| far(four[at], if shape >> at & 1 == 1 { ink } else { ground })).sum()
}

fn far(a: Rgb, b: Rgb) -> u32 {
    (0..3).map(|channel| u32::from(a[channel].abs_diff(b[channel])).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::super::sample;
    use super::super::scale::scale;
    use super::*;

    #[test]
    fn each_quarter_shows_its_pixel() {
        let colours = [[255, 0, 0], [0, 0, 0], [0, 0, 255], [255, 255, 255]];
        // Every shape of two colours, in a row.
        let picture = RgbaImage::from_fn(32, 2, |x, y| {
            let ink = (x / 2) >> (x % 2 + y * 2) & 1 == 1;
            let [r, g, b] = colours[if ink { 0 } else { 3 }];
            Rgba([r, g, b, 255])
        });
        let cells = paint(&scale(&picture, 32, 2), Depth::Indexed);
        for shape in 0..16_usize {
            let cell = &cells[(shape as u16, 0)];
            let shown = GLYPHS.iter().position(|glyph| *glyph == cell.symbol()).expect("a quadrant");
            for at in 0..4 {
                let wanted = colours[if shape >> at & 1 == 1 { 0 } else { 3 }];
                let colour = if shown >> at & 1 == 1 { cell.fg } else { cell.bg };
                assert_eq!(palette::seen(colour), wanted, "shape {shape}, quarter {at}");
            }
        }
    }

    #[test]
    fn only_the_256_colours_are_used_and_few_of_them_change() {
        let picture = sample::garden(320, 320);
        let cells = paint(&scale(&picture, 160, 80), Depth::True);
        assert_eq!((cells.area.width, cells.area.height), (80, 40));
        assert!(
            cells.content().iter().all(|cell| matches!((cell.fg, cell.bg), (Color::Indexed(_), Color::Indexed(_))))
        );
        let changes = cells.content().windows(2).filter(|two| (two[0].fg, two[0].bg) != (two[1].fg, two[1].bg)).count();
        assert!(changes * 3 < cells.content().len(), "{changes}");
        assert_eq!(paint(&scale(&sample::flat(20, 20), 20, 20), Depth::Indexed)[(9, 9)].symbol(), " ");
    }

    #[test]
    fn without_colours_there_is_ink_alone() {
        let picture = RgbaImage::from_fn(64, 16, |x, _| Rgba([(x * 4) as u8, (x * 4) as u8, (x * 4) as u8, 255]));
        let cells = paint(&scale(&picture, 64, 16), Depth::Mono);
        assert!(cells.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
        assert_eq!((cells[(0, 3)].symbol(), cells[(31, 3)].symbol()), (" ", "█"));
    }
}
