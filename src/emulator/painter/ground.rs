//! A reference as the ground of a picture: its colours as washes of ink on the paper.
//!
//! It softens and prints. What is painted over it is for others to say.

use image::{RgbImage, imageops};

use super::backdrop::{Paper, off_centre};
use super::noise::{coarse, fractal2, noise1, noise2, smooth};
use super::palette::{Rgb, hex, luma, mix};
use super::scene::Scene;
use super::soften;
use super::stage::Stage;
use super::words::{Hour, Season, Wish};

/// The long side of the washes: finer detail of a photograph is not for a brush.
const FINEST: f32 = 800.0;

/// How a reference lies under the picture: scaled to cover it, centred, the rest cut off.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    scale: f32,
    left: f32,
    top: f32,
}

impl Fit {
    /// A reference of `from` pixels under a picture of `to` pixels.
    pub fn cover(from: (u32, u32), to: (u32, u32)) -> Self {
        let (fw, fh) = (from.0.max(1) as f32, from.1.max(1) as f32);
        let (tw, th) = (to.0 as f32, to.1 as f32);
        let scale = (tw / fw).max(th / fh);
        Self { scale, left: (tw - fw * scale) * 0.5, top: (th - fh * scale) * 0.5 }
    }

    /// A box of the reference as left, top, right, bottom in pixels of the picture.
    pub fn place(&self, area: [u32; 4]) -> [f32; 4] {
        let [x1, y1, x2, y2] = area.map(|value| value as f32 * self.scale);
        [x1 + self.left, y1 + self.top, x2 + self.left, y2 + self.top]
    }

    /// The part of the reference that shows, as left, top, width, height in its own pixels.
    fn shown(&self, from: (u32, u32), to: (u32, u32)) -> (u32, u32, u32, u32) {
        let cut = |offset: f32, whole: u32, long: u32| {
            let start = ((-offset / self.scale + 0.5) as u32).min(whole - 1);
            (start, ((long as f32 / self.scale + 0.5) as u32).clamp(1, whole - start))
        };
        let (left, wide) = cut(self.left, from.0, to.0);
        let (top, high) = cut(self.top, from.1, to.1);
        (left, top, wide, high)
    }
}

/// Paints a reference over the whole image. In `scene`'s light where the prompt changes it.
pub fn lay(reference: &RgbImage, scene: &Scene, lit: bool, image: &mut RgbImage) {
    let (stage, size) = (&scene.stage, image.dimensions());
    let fit = Fit::cover(reference.dimensions(), size);
    let (left, top, wide, high) = fit.shown(reference.dimensions(), size);
    let limit = (FINEST / wide.max(high) as f32).min(stage.scale / wide.min(high) as f32).min(1.0);
    let fine = |long: u32| ((long as f32 * limit) as u32).max(1);
    let part = imageops::crop_imm(reference, left, top, wide, high);
    let small = imageops::thumbnail(&*part, fine(wide), fine(high));
    let mut washes = soften::washes(&small);
    let light = if lit { strength(&scene.wish) } else { 0.0 };
    for colour in &mut washes {
        *colour = on_paper(*colour);
        *colour = mix(*colour, in_light(scene, *colour), light);
    }
    print(&washes, small.dimensions(), scene, stage, image);
}

/// How much of the light the prompt asks for falls on what was there.
fn strength(wish: &Wish) -> f32 {
    match (wish.hour, wish.season) {
        (Some(Hour::Night), _) => 0.68,
        (Some(Hour::Dawn | Hour::Dusk), _) => 0.45,
        _ if !wish.hues.is_empty() || wish.light.is_some() => 0.45,
        (_, Some(Season::Winter | Season::Autumn)) => 0.38,
        (_, Some(_)) => 0.25,
        _ if wish.rain || wish.mist => 0.35,
        _ => 0.08,
    }
}

/// Pigment is thinner than light: white is the paper's, black is never quite black.
fn on_paper(colour: Rgb) -> Rgb {
    const PAPER: Rgb = hex(0xfaf5ea);
    [0, 1, 2].map(|i| PAPER[i] * (0.07 + 0.93 * colour[i]))
}

/// The same tone in the scene's pigments, dark to light, with half of its own hue.
fn in_light(scene: &Scene, colour: Rgb) -> Rgb {
    let palette = &scene.palette;
    let steps = [palette.ink, palette.near, palette.far, palette.sky, palette.glow];
    let light = luma(colour);
    let at = light.clamp(0.0, 1.0) * (steps.len() - 1) as f32;
    let step = (at as usize).min(steps.len() - 2);
    let tone = mix(steps[step], steps[step + 1], at - step as f32);
    let own = 0.55 * luma(tone) / light.max(0.05);
    [0, 1, 2].map(|i| tone[i] + (colour[i] - light) * own)
}

/// Prints the washes on paper, with a bare ragged edge.
fn print(washes: &[Rgb], size: (u32, u32), scene: &Scene, stage: &Stage, image: &mut RgbImage) {
    let seed = scene.backdrop.seed;
    let paper = Paper::new(stage, &scene.palette, seed);
    let bare = hex(0xf3ebd9);
    let (across, down) = (size.0 as f32 / stage.cols as f32, size.1 as f32 / stage.rows as f32);
    let mut bleed = vec![0.0; stage.cols];
    let mut pool = vec![0.0; stage.cols];
    for (row, pixels) in image.rows_mut().enumerate() {
        let y = stage.y(row);
        let centre = off_centre(row, stage.rows);
        coarse(&mut bleed, stage.step(0.004), |i| noise2(stage.x(i) * 70.0, y * 70.0, seed) - 0.5);
        // Slanted, or the eye would find the noise's squares.
        coarse(&mut pool, stage.step(0.006), |i| {
            let x = stage.x(i);
            fractal2(x * 13.0 + y * 6.0, y * 17.0 - x * 5.0, 3, seed ^ 9) - 0.5
        });
        let fray = noise1(y * 40.0, seed ^ 5);
        let upright = y.min(stage.h - y);
        for (column, pixel) in pixels.enumerate() {
            let x = stage.x(column);
            let shift = bleed[column] * 0.004 * stage.scale;
            let at = ((column as f32 + 0.5 + shift) * across, (row as f32 + 0.5 + shift * 0.7) * down);
            let wash = sample(washes, size, at);
            let depth = 1.0 - luma(wash);
            let colour = wash.map(|value| value * (1.0 + pool[column] * 0.16 * depth));
            let inside = x.min(stage.w - x).min(upright);
            let edge = smooth(0.010, 0.017, inside + (bleed[column] + fray - 0.5) * 0.006);
            pixel.0 = paper.print(centre, column, row, mix(bare, colour, edge));
        }
    }
}

/// The washes at a place between their pixels.
fn sample(washes: &[Rgb], (wide, high): (u32, u32), (x, y): (f32, f32)) -> Rgb {
    let split = |value: f32, long: u32| {
        let value = (value - 0.5).clamp(0.0, (long - 1) as f32);
        let cell = (value as usize).min(long.saturating_sub(2) as usize);
        (cell, (cell + 1).min(long as usize - 1), value - cell as f32)
    };
    let ((x0, x1, tx), (y0, y1, ty)) = (split(x, wide), split(y, high));
    let at = |x: usize, y: usize| washes[y * wide as usize + x];
    mix(mix(at(x0, y0), at(x1, y0), tx), mix(at(x0, y1), at(x1, y1), tx), ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_moves_with_the_part_that_shows() {
        let same = Fit::cover((200, 100), (400, 200));
        assert_eq!(same.place([10, 20, 60, 70]), [20.0, 40.0, 120.0, 140.0]);
        let square = Fit::cover((200, 100), (100, 100));
        assert_eq!(square.place([50, 0, 150, 100]), [0.0, 0.0, 100.0, 100.0]);
        assert_eq!(square.shown((200, 100), (100, 100)), (50, 0, 100, 100));
    }
}
