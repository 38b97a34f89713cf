//! A cell of several pixels in two colours, by the glyphs of a [`Grid`], chosen so that few bytes reach the terminal: a
//! colour change takes nine bytes of the 256 and seventeen of all, and most cells need none where a picture is flat.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::grid::Grid;
use super::scale::{Pixels, Rgb};
use super::{blocks, palette};
use crate::domain::Depth;

/// The difference of a channel's value (of 255) that is put up with, on the mean, to save a colour change.
const SAVED: u32 = 9;

/// The same where all colours can be had: it shows more there.
const SAVED_OF_ALL: u32 = 3;

/// A colour the terminal has, and what it looks like.
type Ink = (Color, Rgb);

/// Paints pixels, a grid of them in each cell. Quadrants are of the 256 colours: the way of the fewest bytes.
pub(super) fn paint(pixels: &Pixels, grid: Grid, depth: Depth) -> Buffer {
    let (across, down) = grid.sides();
    let depth = if grid == Grid::Quadrants { depth.min(Depth::Indexed) } else { depth };
    let mut cells = Buffer::empty(Rect::new(0, 0, pixels.width / across, pixels.height / down));
    for y in 0..cells.area.height {
        // Each row begins anew: a part of it that is drawn again alone must be right.
        let mut used: Option<(Ink, Ink)> = None;
        for x in 0..cells.area.width {
            let places = (0..down).flat_map(|dy| (0..across).map(move |dx| (x * across + dx, y * down + dy)));
            let cell = &mut cells[(x, y)];
            if depth == Depth::Mono {
                let lit = places.enumerate().filter(|(_, (x, y))| blocks::lit(pixels, *x, *y));
                cell.set_char(grid.glyph(lit.map(|(at, _)| 1 << at).sum()));
            } else {
                let few: Vec<Rgb> = places.map(|(x, y)| pixels.at(x, y)).collect();
                used = Some(draw(&few, grid, used, depth, cell));
            }
        }
    }
    cells
}

/// Draws a cell and gives the colours that are in use behind it: ink and ground. Of the colours that suit it and those in
/// use already it takes the two that are worth their bytes.
fn draw(few: &[Rgb], grid: Grid, used: Option<(Ink, Ink)>, depth: Depth, cell: &mut Cell) -> (Ink, Ink) {
    let [one, other] = parted(few).map(|mean| match depth {
        Depth::True => (Color::Rgb(mean[0], mean[1], mean[2]), mean),
        _ => {
            let colour = palette::plain(mean, depth);
            (colour, palette::seen(colour))
        }
    });
    let fresh = [(one, other), (other, one)];
    let kept = used.map(|(ink, ground)| {
        [(ink, ground), (ink, one), (ink, other), (one, ground), (other, ground)].into_iter().chain(fresh)
    });
    let ways = kept.into_iter().flatten().chain(used.is_none().then_some(fresh).into_iter().flatten());
    let saved = if depth == Depth::True { SAVED_OF_ALL } else { SAVED };
    let change = saved.pow(2) * 3 * few.len() as u32;
    let worth = |(ink, ground): &(Ink, Ink)| {
        let lost: u32 = few.iter().map(|rgb| far(*rgb, ink.1).min(far(*rgb, ground.1))).sum();
        let changes = used.map_or(0, |(i, g)| u32::from(i.0 != ink.0) + u32::from(g.0 != ground.0));
        lost + changes * change
    };
    let (ink, ground) = ways.min_by_key(worth).unwrap_or((one, other));
    let shape = (0..few.len()).filter(|at| far(few[*at], ink.1) < far(few[*at], ground.1)).map(|at| 1 << at).sum();
    cell.set_char(grid.glyph(shape)).set_fg(ink.0).set_bg(ground.0);
    (ink, ground)
}

/// The means of the two parts that lose least of the pixels when each becomes one colour. Every way to part them is tried.
fn parted(few: &[Rgb]) -> [Rgb; 2] {
    // The last is never in the first part: the other ways are these the other way round.
    let mut sums = [[0_u32; 3]; 128];
    let all = few.iter().fold([0; 3], plus);
    let (mut best, mut most) = (0, f64::MIN);
    for part in 0..1_usize << few.len().saturating_sub(1) {
        if part > 0 {
            sums[part] = plus(sums[part & (part - 1)], &few[part.trailing_zeros() as usize]);
        }
        let inside = part.count_ones() as usize;
        // What is lost is least where the squares of the sums, each by its number, are most.
        let kept = |sum: [u32; 3], count: usize| {
            sum.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / count.max(1) as f64
        };
        let held = kept(sums[part], inside) + kept(minus(all, sums[part]), few.len() - inside);
        if held > most {
            (best, most) = (part, held);
        }
    }
    let inside = best.count_ones();
    let mean = |sum: [u32; 3], count: u32| sum.map(|value| ((value + count / 2) / count.max(1)) as u8);
    let others = mean(minus(all, sums[best]), few.len() as u32 - inside);
    // All of one colour: there is nothing in the first part.
    [if inside == 0 { others } else { mean(sums[best], inside) }, others]
}

fn plus(sum: [u32; 3], rgb: &Rgb) -> [u32; 3] {
    std::array::from_fn(|channel| sum[channel] + u32::from(rgb[channel]))
}

fn minus(all: [u32; 3], part: [u32; 3]) -> [u32; 3] {
    std::array::from_fn(|channel| all[channel] - part[channel])
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

    /// The colour a cell shows at each place of its grid.
    fn shown(cell: &Cell, grid: Grid) -> Vec<Color> {
        let glyph = cell.symbol().chars().next().expect("a glyph");
        let shape = (0..=grid.full()).find(|shape| grid.glyph(*shape) == glyph).expect("one of the grid's");
        (0..grid.places()).map(|at| if shape >> at & 1 == 1 { cell.fg } else { cell.bg }).collect()
    }

    /// So many cells of a picture.
    fn painted(picture: &RgbaImage, (columns, rows): (u32, u32), grid: Grid, depth: Depth) -> (Pixels, Buffer) {
        let (across, down) = grid.sides();
        let pixels = scale(picture, columns * u32::from(across), rows * u32::from(down));
        let cells = paint(&pixels, grid, depth);
        (pixels, cells)
    }

    #[test]
    fn each_place_shows_its_pixel() {
        let (ink, ground) = ([255, 0, 0], [255, 255, 255]);
        for grid in Grid::ALL {
            let (across, down) = grid.sides();
            // Every shape of two colours, in a row.
            let count = grid.full() as u32 + 1;
            let picture = RgbaImage::from_fn(count * u32::from(across), down.into(), |x, y| {
                let (shape, at) = (x / u32::from(across), x % u32::from(across) + y * u32::from(across));
                let [r, g, b] = if shape >> at & 1 == 1 { ink } else { ground };
                Rgba([r, g, b, 255])
            });
            for depth in [Depth::Ansi, Depth::Indexed] {
                let (_, cells) = painted(&picture, (count, 1), grid, depth);
                for shape in 0..=grid.full() {
                    for (at, colour) in shown(&cells[(shape as u16, 0)], grid).into_iter().enumerate() {
                        let wanted = if shape >> at & 1 == 1 { ink } else { ground };
                        assert_eq!(palette::seen(colour), wanted, "{grid:?} {depth}: shape {shape}, place {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn finer_grids_come_nearer_to_the_picture() {
        // Slanting edges between two of the 256 colours: nothing is lost but by the grid.
        let picture = RgbaImage::from_fn(640, 640, |x, y| {
            let value = if (x * 3 + y * 2) / 90 % 2 == 0 { 255 } else { 0 };
            Rgba([value, value, value, 255])
        });
        let fine = scale(&picture, 160, 160);
        // How far what is shown is from the picture, whatever the grid's own pixels.
        let off = |grid: Grid| {
            let (_, cells) = painted(&picture, (80, 40), grid, Depth::Indexed);
            let down = grid.sides().1;
            let mut sum = 0;
            for (x, y) in (0..160).flat_map(|x| (0..160).map(move |y| (x, y))) {
                let places = shown(&cells[(x / 2, y / 4)], grid);
                let place = usize::from((y % 4) * down / 4 * 2 + x % 2);
                sum += far(palette::seen(places[place]), fine.at(x, y));
            }
            sum
        };
        let [quadrants, sextants, octants] = Grid::ALL.map(off);
        assert!(octants < sextants && sextants < quadrants, "{quadrants} {sextants} {octants}");
    }

    #[test]
    fn of_the_256_colours_few_change_from_cell_to_cell() {
        for grid in Grid::ALL {
            let (_, cells) = painted(&sample::garden(640, 640), (80, 40), grid, Depth::Indexed);
            assert_eq!((cells.area.width, cells.area.height), (80, 40));
            let is_indexed = |cell: &Cell| matches!((cell.fg, cell.bg), (Color::Indexed(_), Color::Indexed(_)));
            assert!(cells.content().iter().all(is_indexed));
            let other = |two: &&[Cell]| (two[0].fg, two[0].bg) != (two[1].fg, two[1].bg);
            let changes = cells.content().windows(2).filter(other).count();
            assert!(changes * 3 < cells.content().len(), "{grid:?}: {changes}");
            let (_, flat) = painted(&sample::flat(40, 40), (10, 10), grid, Depth::Indexed);
            assert_eq!(flat[(9, 9)].symbol(), " ");
        }
    }

    #[test]
    fn all_colours_are_used_where_there_are_all_but_for_quadrants() {
        let picture = sample::garden(320, 320);
        for grid in Grid::ALL {
            let (pixels, cells) = painted(&picture, (80, 40), grid, Depth::True);
            let all = cells.content().iter().all(|cell| matches!((cell.fg, cell.bg), (Color::Rgb(..), Color::Rgb(..))));
            assert_eq!(all, grid != Grid::Quadrants);
            if !all {
                continue;
            }
            let (across, down) = grid.sides();
            let off = |(at, colour): (usize, Color), (x, y): (u16, u16)| {
                let Color::Rgb(r, g, b) = colour else { return 0 };
                let at = at as u16;
                far([r, g, b], pixels.at(x * across + at % across, y * down + at / across))
            };
            let places = (0..40).flat_map(|y| (0..80).map(move |x| (x, y)));
            let sum: u32 = places
                .map(|at| shown(&cells[at], grid).into_iter().enumerate().map(|place| off(place, at)).sum::<u32>())
                .sum();
            let mean = f64::from(sum) / f64::from(pixels.width) / f64::from(pixels.height) / 3.0;
            assert!(mean < 5.0 * 5.0, "{grid:?}: {mean}");
        }
    }

    #[test]
    fn without_colours_there_is_ink_alone() {
        let picture = RgbaImage::from_fn(64, 16, |x, _| {
            let value = if x < 4 { 0 } else { (x * 4 + 7).min(255) as u8 };
            Rgba([value, value, value, 255])
        });
        for grid in Grid::ALL {
            let (_, cells) = painted(&picture, (32, 4), grid, Depth::Mono);
            assert!(cells.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
            assert_eq!((cells[(0, 3)].symbol(), cells[(31, 3)].symbol()), (" ", "█"), "{grid:?}");
        }
    }
}
