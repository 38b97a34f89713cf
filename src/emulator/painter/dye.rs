//! A picture in given colours: every pixel takes one of a few dyes, each dye its share.
//!
//! Pixels choose the dye nearest in kind; prices, raised where too many ask for a dye and lowered
//! where too few do, make the shares come out. What the picture shows is not its affair.

use image::RgbImage;

use super::noise::{coarse, fractal2, smooth};
use super::palette::{Rgb, luma};
use super::stage::Stage;

/// Places across and down that the prices are settled on.
const PROBES: usize = 72;
/// Rounds of bargaining; the shares stop moving well before.
const ROUNDS: usize = 16;

/// How far two dyes run into each other, on the way from one colour to the next.
const SOFT: f32 = 0.014;

/// Dyes the whole image in colours with shares that sum to 1.
pub fn dye(stage: &Stage, palette: &[([u8; 3], f32)], seed: u32, image: &mut RgbImage) {
    let vat = Vat::settle(stage, palette, seed, image);
    let mut drift = vec![0.0; stage.cols];
    for (row, pixels) in image.rows_mut().enumerate() {
        let y = stage.y(row);
        coarse(&mut drift, stage.step(0.008), |i| lean(stage, stage.x(i), y, seed));
        for (pixel, drift) in pixels.zip(&drift) {
            pixel.0 = vat.dip(pixel.0, *drift);
        }
    }
}

/// Light gathers above and in broad clouds, so that an even sky still divides gently.
fn lean(stage: &Stage, x: f32, y: f32, seed: u32) -> f32 {
    0.10 * (0.5 - y / stage.h) + 0.20 * (fractal2(x * 2.2, y * 4.0, 3, seed ^ 401) - 0.5)
}

struct Vat {
    dyes: Vec<Rgb>,
    prices: Vec<f32>,
    /// The mean light of what takes each dye.
    light: Vec<f32>,
    /// How far a dye may follow the light before it looks like its neighbour.
    play: f32,
}

impl Vat {
    fn settle(stage: &Stage, palette: &[([u8; 3], f32)], seed: u32, image: &RgbImage) -> Self {
        let dyes: Vec<Rgb> = palette.iter().map(|(colour, _)| colour.map(|v| f32::from(v) / 255.0)).collect();
        let mut closest = 1.0_f32;
        for (index, a) in dyes.iter().enumerate() {
            for b in &dyes[index + 1..] {
                closest = closest.min(apart(*a, *b));
            }
        }
        let mut vat =
            Self { prices: vec![0.0; dyes.len()], light: vec![0.5; dyes.len()], dyes, play: (closest * 0.3).min(0.10) };
        let probes = probes(stage, seed, image);
        for _ in 0..ROUNDS {
            for (dye, (_, share)) in palette.iter().enumerate() {
                vat.price(dye, *share, &probes);
            }
        }
        vat.weigh(&probes);
        vat
    }

    fn wish(&self, dye: usize, colour: Rgb) -> f32 {
        let c = self.dyes[dye];
        colour[0] * c[0] + colour[1] * c[1] + colour[2] * c[2] + self.prices[dye]
    }

    /// The dyes a colour wants first and second, and by how much it prefers the first.
    fn choose(&self, colour: Rgb) -> (usize, usize, f32) {
        let (mut first, mut second) = ((0, f32::MIN), (0, f32::MIN));
        for (dye, (c, price)) in self.dyes.iter().zip(&self.prices).enumerate() {
            let wish = colour[0] * c[0] + colour[1] * c[1] + colour[2] * c[2] + price;
            if wish > first.1 {
                second = first;
                first = (dye, wish);
            } else if wish > second.1 {
                second = (dye, wish);
            }
        }
        (first.0, second.0, first.1 - second.1)
    }

    /// Sets the price of one dye so that its share of the probes takes it.
    fn price(&mut self, dye: usize, share: f32, probes: &[(Rgb, f32)]) {
        let mut needs: Vec<f32> = probes
            .iter()
            .map(|&(colour, _)| {
                let others = (0..self.dyes.len()).filter(|&other| other != dye);
                let rival = others.map(|other| self.wish(other, colour)).reduce(f32::max).unwrap_or(0.0);
                rival - (self.wish(dye, colour) - self.prices[dye])
            })
            .collect();
        let wanted = ((share.clamp(0.0, 1.0) * needs.len() as f32) as usize).min(needs.len().saturating_sub(1));
        if !needs.is_empty() {
            let (_, need, _) = needs.select_nth_unstable_by(wanted, f32::total_cmp);
            self.prices[dye] = *need;
        }
    }

    fn weigh(&mut self, probes: &[(Rgb, f32)]) {
        let mut sums = vec![(0.0, 0.0); self.dyes.len()];
        for &(colour, light) in probes {
            let (dye, _, _) = self.choose(colour);
            sums[dye] = (sums[dye].0 + light, sums[dye].1 + 1.0);
        }
        for (light, (sum, count)) in self.light.iter_mut().zip(sums) {
            *light = sum / f32::max(count, 1.0);
        }
    }

    fn dip(&self, pixel: [u8; 3], drift: f32) -> [u8; 3] {
        let plain = pixel.map(|value| f32::from(value) / 255.0);
        let (first, second, margin) = self.choose(vivid(plain, drift));
        let (a, b) = (self.dyes[first], self.dyes[second]);
        let keep =
            if margin < SOFT * 1.8 { 0.5 + 0.5 * smooth(0.0, (SOFT * apart(a, b)).max(1e-6), margin) } else { 1.0 };
        let play = ((luma(plain) - self.light[first]) * 0.6).clamp(-self.play, self.play);
        [0, 1, 2].map(|i| {
            let dyed = b[i] + (a[i] - b[i]) * keep;
            ((dyed + play) * 255.0 + 0.5).clamp(0.0, 255.0) as u8
        })
    }
}

/// A colour with its hue brought out, so that hue counts beside light.
fn vivid(colour: Rgb, drift: f32) -> Rgb {
    let grey = luma(colour);
    colour.map(|value| grey + (value - grey) * 1.9 + drift)
}

fn probes(stage: &Stage, seed: u32, image: &RgbImage) -> Vec<(Rgb, f32)> {
    let mut probes = Vec::with_capacity(PROBES * PROBES);
    for down in 0..PROBES.min(stage.rows) {
        let row = down * stage.rows / PROBES.min(stage.rows);
        for across in 0..PROBES.min(stage.cols) {
            let column = across * stage.cols / PROBES.min(stage.cols);
            let plain = image.get_pixel(column as u32, row as u32).0.map(|value| f32::from(value) / 255.0);
            let drift = lean(stage, stage.x(column), stage.y(row), seed);
            probes.push((vivid(plain, drift), luma(plain)));
        }
    }
    probes
}

fn apart(a: Rgb, b: Rgb) -> f32 {
    let square = |i: usize| (a[i] - b[i]) * (a[i] - b[i]);
    (square(0) + square(1) + square(2)).sqrt()
}
