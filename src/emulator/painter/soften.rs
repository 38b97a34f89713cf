//! From photograph to wash: areas run together, edges stay and gather ink.
//!
//! A soft Kuwahara filter: each pixel leans to the calmest of the four squares around it.
//! How the washes lie on the paper lives with the ground.

use image::RgbImage;

use super::noise::smooth;
use super::palette::{Rgb, mix};

/// Softens a picture; one colour per pixel, row by row.
pub fn washes(picture: &RgbImage) -> Vec<Rgb> {
    let (wide, high) = (picture.width() as usize, picture.height() as usize);
    let reach = (wide.max(high) / 150).clamp(1, 6);
    let sums = Sums::of(picture);
    let mut soft = Vec::with_capacity(wide * high);
    for y in 0..high {
        for x in 0..wide {
            soft.push(calm(&sums, x, y, reach));
        }
    }
    ink(&soft, wide, high)
}

/// The mean of the four squares that meet at a pixel, the calm ones counting most.
fn calm(sums: &Sums, x: usize, y: usize, reach: usize) -> Rgb {
    let (left, top) = (x.saturating_sub(reach), y.saturating_sub(reach));
    let (right, low) = ((x + reach + 1).min(sums.wide), (y + reach + 1).min(sums.high));
    let mut colour = [0.0; 3];
    let mut whole = 0.0;
    for (x0, x1) in [(left, x + 1), (x, right)] {
        for (y0, y1) in [(top, y + 1), (y, low)] {
            let (mean, unrest) = sums.over(x0, y0, x1, y1);
            let weight = 1.0 / (0.0004 + unrest * unrest * 40.0);
            for (total, value) in colour.iter_mut().zip(mean) {
                *total += value * weight;
            }
            whole += weight;
        }
    }
    colour.map(|total| total / whole)
}

/// Lets ink gather where colours meet.
fn ink(soft: &[Rgb], wide: usize, high: usize) -> Vec<Rgb> {
    let at = |x: usize, y: usize| soft[y * wide + x];
    let step = |a: Rgb, b: Rgb| (0..3).map(|i| (a[i] - b[i]) * (a[i] - b[i])).sum::<f32>();
    let mut inked = Vec::with_capacity(soft.len());
    for y in 0..high {
        let (above, below) = (y.saturating_sub(1), (y + 1).min(high - 1));
        for x in 0..wide {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(wide - 1));
            let edge = smooth(0.004, 0.12, step(at(left, y), at(right, y)) + step(at(x, above), at(x, below)));
            let colour = soft[y * wide + x];
            inked.push(mix(colour, colour.map(|value| value * 0.3), edge * 0.6));
        }
    }
    inked
}

/// Sums over everything above and left of a pixel: red, green, blue, and all their squares.
struct Sums {
    wide: usize,
    high: usize,
    table: Vec<[u32; 4]>,
}

impl Sums {
    fn of(picture: &RgbImage) -> Self {
        let (wide, high) = (picture.width() as usize, picture.height() as usize);
        let mut table = vec![[0_u32; 4]; (wide + 1) * (high + 1)];
        for (y, row) in picture.rows().enumerate() {
            let mut line = [0_u32; 4];
            for (x, pixel) in row.enumerate() {
                let [r, g, b] = pixel.0.map(u32::from);
                // The squares outgrow 32 bits; differences over a small square do not.
                for (total, value) in line.iter_mut().zip([r, g, b, r * r + g * g + b * b]) {
                    *total = total.wrapping_add(value);
                }
                let above = table[y * (wide + 1) + x + 1];
                table[(y + 1) * (wide + 1) + x + 1] = [0, 1, 2, 3].map(|i| above[i].wrapping_add(line[i]));
            }
        }
        Self { wide, high, table }
    }

    /// Mean colour and its variance over columns `x0..x1` and rows `y0..y1`.
    fn over(&self, x0: usize, y0: usize, x1: usize, y1: usize) -> (Rgb, f32) {
        let at = |x: usize, y: usize| self.table[y * (self.wide + 1) + x];
        let (a, b, c, d) = (at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1));
        let sums = [0, 1, 2, 3].map(|i| d[i].wrapping_sub(b[i]).wrapping_sub(c[i]).wrapping_add(a[i]));
        let count = ((x1 - x0) * (y1 - y0)) as f32;
        let mean = [0, 1, 2].map(|i| sums[i] as f32 / (count * 255.0));
        let squares = mean.iter().map(|value| value * value).sum::<f32>();
        (mean, (sums[3] as f32 / (count * 65_025.0) - squares).max(0.0))
    }
}
