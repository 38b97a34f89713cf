//! Everything behind the brush strokes: sky, ranges, water and paper, laid row by row.
//!
//! It knows how the parts cover and mirror each other, not where they stand.

use image::RgbImage;

use super::hills::Range;
use super::noise::{coarse, fractal2, noise2, smooth, speck};
use super::palette::{Palette, Rgb, hex, mix};
use super::sky::Sky;
use super::stage::Stage;

/// Still or moving water below a line.
#[derive(Clone, Copy, Debug)]
pub struct Water {
    /// Its far edge, in units from the top.
    pub line: f32,
    /// How rough it is, `0.0..=1.0`.
    pub chop: f32,
}

/// The parts of a backdrop, far to near.
pub struct Backdrop {
    /// The sky.
    pub sky: Sky,
    /// Ranges beyond the water, far to near.
    pub ranges: Vec<Range>,
    /// The water, if there is some.
    pub water: Option<Water>,
    /// The near bank, if there is one.
    pub bank: Option<Range>,
    /// Seeds mist, ripples and paper.
    pub seed: u32,
}

impl Backdrop {
    /// Lays the whole backdrop on the image.
    pub fn lay(&self, stage: &Stage, palette: &Palette, image: &mut RgbImage) {
        let paper = Paper::new(stage, palette, self.seed);
        let mut line = vec![[0.0; 3]; stage.cols];
        let mut veil = vec![0.0; stage.cols];
        for (row, pixels) in image.rows_mut().enumerate() {
            let y = stage.y(row);
            if !self.bank.as_ref().is_some_and(|bank| bank.hides(y)) {
                self.row(stage, palette, y, &mut line, &mut veil);
            }
            if let Some(bank) = &self.bank {
                for (column, colour) in line.iter_mut().enumerate() {
                    let cover = bank.cover(column, y);
                    if cover > 0.0 {
                        *colour = mix(*colour, bank.colour(stage, column, y, 0.5), cover);
                    }
                }
            }
            let down = off_centre(row, stage.rows);
            for (column, (pixel, colour)) in pixels.zip(&line).enumerate() {
                pixel.0 = paper.print(down, column, row, *colour);
            }
        }
    }

    /// Lays the near bank alone as a thinning wash over what is on the image already.
    pub fn lay_bank(&self, stage: &Stage, image: &mut RgbImage) {
        let Some(bank) = &self.bank else { return };
        for (row, pixels) in image.rows_mut().enumerate() {
            let y = stage.y(row);
            for (column, pixel) in pixels.enumerate() {
                let ridge = bank.ridge_at(stage, stage.x(column));
                let inside = stage.x(column).min(stage.w - stage.x(column)).min(stage.h - y);
                let wash = (1.0 - 0.55 * smooth(0.0, 0.16, y - ridge)) * smooth(0.006, 0.02, inside);
                let cover = bank.cover(column, y) * wash * 0.92;
                if cover > 0.0 {
                    let under = pixel.0.map(|value| f32::from(value) / 255.0);
                    let colour = mix(under, bank.colour(stage, column, y, 0.5), cover);
                    pixel.0 = colour.map(|value| (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8);
                }
            }
        }
    }

    fn row(&self, stage: &Stage, palette: &Palette, y: f32, out: &mut [Rgb], veil: &mut [f32]) {
        let Some(water) = self.water.filter(|water| y > water.line) else {
            return self.land(stage, palette, y, out, veil);
        };
        let below = y - water.line;
        let near = (below / (stage.h - water.line)).clamp(0.0, 1.0);
        let swell = 1.0 / (below * 5.0 + 0.05);
        let sway = (noise2(below * 90.0 * swell.min(4.0), 3.0, self.seed) - 0.5) * below;
        let squeeze = 1.0 + 0.25 * near;
        let mirrored = (water.line - below * squeeze - sway.abs() * 0.1).max(0.002);
        self.land(stage, palette, mirrored, out, veil);
        let deep = mix(palette.sky, palette.near, 0.28);
        let body = mix(mix(palette.mist, palette.far, 0.3), deep, near);
        let shift = sway * (0.10 + 0.25 * water.chop);
        let source = out.to_vec();
        let keep = 0.62 - 0.35 * near - 0.3 * water.chop;
        let flat = 1.3 / (below * 2.2 + 0.045);
        for (i, pixel) in out.iter_mut().enumerate() {
            let x = stage.x(i);
            let glint = noise2(x * (2.0 + 1.2 * flat), y * 26.0 * (1.0 + flat * 0.35), self.seed ^ 33);
            let bend = (shift + (glint - 0.5) * 0.05 * (0.3 + near)) * stage.scale;
            let from = (i as f32 + bend).clamp(0.0, (source.len() - 1) as f32) as usize;
            let mirror = mix(body, source[from], keep);
            let light = smooth(0.66, 0.9, glint) * (0.16 + 0.24 * water.chop);
            let dark = smooth(0.36, 0.08, glint) * (0.08 + 0.2 * water.chop);
            *pixel = mix(mix(mirror, palette.glow, light), palette.near, dark);
        }
        let shore = 1.0 - smooth(0.0, 0.02, below);
        for pixel in out.iter_mut() {
            *pixel = mix(*pixel, palette.glow, shore * 0.35);
        }
    }

    /// Sky and ranges at a height; each pixel starts from the first range that covers it whole.
    fn land(&self, stage: &Stage, palette: &Palette, y: f32, out: &mut [Rgb], veil: &mut [f32]) {
        let back = self.ranges.iter().rposition(|range| range.hides(y));
        if back.is_none() {
            self.sky.row(stage, palette, y, out);
        }
        let ranges = &self.ranges[back.unwrap_or(0)..];
        coarse(veil, stage.step(0.014), |i| fractal2(stage.x(i) * 2.1, y * 4.4, 2, self.seed ^ 71));
        for (column, colour) in out.iter_mut().enumerate() {
            let first = ranges.iter().rposition(|range| range.cover(column, y) >= 1.0).unwrap_or(0);
            for range in &ranges[first..] {
                let cover = range.cover(column, y);
                if cover > 0.0 {
                    *colour = mix(*colour, range.colour(stage, column, y, veil[column]), cover);
                }
            }
        }
    }
}

/// Grain, mottling and the darker edges of old paper.
pub struct Paper {
    grain: Vec<f32>,
    across: Vec<f32>,
    edge: Rgb,
}

/// The square of a place's distance from the middle, the whole being 1.
pub fn off_centre(place: usize, whole: usize) -> f32 {
    let off = (place as f32 + 0.5) / whole as f32 - 0.5;
    off * off
}

const TILE: usize = 256;

impl Paper {
    /// A sheet of paper of the stage's size.
    pub fn new(stage: &Stage, palette: &Palette, seed: u32) -> Self {
        let grain = (0..TILE * TILE)
            .map(|i| {
                let (x, y) = ((i % TILE) as i32, (i / TILE) as i32);
                let fine = speck(x, y, seed) - 0.5;
                let fibre = speck(x / 3, y, seed ^ 2) - 0.5;
                let clump = speck(x / 2, y / 2, seed ^ 4) - 0.5;
                fine * 0.010 + fibre * 0.006 + clump * 0.008
            })
            .collect();
        let warm = if palette.night { hex(0x05080f) } else { hex(0x6b4a2c) };
        Self {
            grain,
            across: (0..stage.cols).map(|i| off_centre(i, stage.cols)).collect(),
            edge: warm.map(|v| (v - 1.0) * 0.42),
        }
    }

    /// A colour as it looks on the paper; `down` is the row's own distance from the middle.
    pub fn print(&self, down: f32, column: usize, row: usize, colour: Rgb) -> [u8; 3] {
        let edge = smooth(0.12, 0.62, self.across[column] + down);
        // Each row of tiles starts elsewhere, or the eye would find the repeat.
        let slide = row / TILE * 97;
        let grain = self.grain[(row % TILE) * TILE + (column + slide) % TILE];
        let tone = |i: usize| {
            let toned = colour[i] * (1.0 + edge * self.edge[i]);
            ((toned + grain) * 255.0 + 0.5).clamp(0.0, 255.0) as u8
        };
        [tone(0), tone(1), tone(2)]
    }
}
