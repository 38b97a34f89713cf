//! The sky: a graded wash, streaks of cloud, the sun or moon with its halo, stars.
//!
//! One row at a time, so that water can ask for the same sky upside down.

use super::noise::{Rng, coarse, fractal2, noise2, smooth};
use super::palette::{Palette, Rgb, mix};
use super::stage::Stage;

/// The sun or the moon.
#[derive(Clone, Copy, Debug)]
pub struct Orb {
    /// Centre, in units.
    pub x: f32,
    /// Centre, in units.
    pub y: f32,
    /// Radius, in units.
    pub radius: f32,
    /// How much of the disc shows, `0.0..=1.0`.
    pub strength: f32,
}

struct Star {
    x: f32,
    y: f32,
    radius: f32,
    shine: f32,
}

/// A sky ready to be laid row by row.
pub struct Sky {
    /// Where the glow is strongest, in units from the top.
    pub horizon: f32,
    /// The sun or moon, if it shows.
    pub orb: Option<Orb>,
    /// How much cloud, `0.0..=1.0`.
    pub cloud: f32,
    stars: Vec<Star>,
    seed: u32,
}

impl Sky {
    /// A clear sky down to `horizon`.
    pub fn new(horizon: f32, orb: Option<Orb>, cloud: f32, seed: u32) -> Self {
        Self { horizon, orb, cloud, stars: Vec::new(), seed }
    }

    /// Adds stars, more of them and brighter towards the top.
    pub fn with_stars(mut self, stage: &Stage, per_unit: f32, rng: &mut Rng) -> Self {
        let count = (per_unit * stage.w * stage.h.min(2.5)) as usize;
        self.stars = (0..count)
            .map(|_| {
                let height = rng.unit();
                let size = rng.unit();
                Star {
                    x: rng.between(0.0, stage.w),
                    y: height * self.horizon,
                    radius: 0.0012 + 0.0034 * size * size * size,
                    shine: (1.0 - height * 0.8) * rng.between(0.45, 1.0),
                }
            })
            .collect();
        self
    }

    /// The same sky later in a sequence: the sun or moon has moved on, the clouds are others.
    pub fn passing(mut self, progress: f32, light: f32) -> Self {
        if let Some(orb) = &mut self.orb {
            orb.x -= light * 0.14 * progress;
            orb.y -= 0.16 * progress * (1.0 - progress);
        }
        self.seed = self.seed.wrapping_add((progress * 64.0) as u32);
        self
    }

    /// Lays the row at height `y` (units).
    pub fn row(&self, stage: &Stage, palette: &Palette, y: f32, out: &mut [Rgb]) {
        let wash = self.wash(palette, y);
        let mut light = vec![0.0; out.len()];
        let mut shade = vec![0.0; out.len()];
        let step = stage.step(0.012);
        let seed = self.seed;
        coarse(&mut light, step, |i| {
            let x = stage.x(i);
            let n = fractal2(x * 1.5 + y * 0.6, y * 6.5, 3, seed);
            smooth(0.48, 0.8, n) * self.cloud
        });
        coarse(&mut shade, step, |i| {
            let x = stage.x(i);
            smooth(0.45, 0.9, noise2(x * 1.3 - y, y * 3.1, seed ^ 91)) * 0.16
        });
        for ((pixel, light), shade) in out.iter_mut().zip(&light).zip(&shade) {
            *pixel = mix(mix(wash, palette.far, *shade), palette.mist, *light);
        }
        if let Some(orb) = self.orb {
            self.shine(stage, palette, orb, y, &light, out);
        }
        self.sprinkle(stage, palette, y, out);
    }

    fn wash(&self, palette: &Palette, y: f32) -> Rgb {
        let t = (y / self.horizon).clamp(0.0, 1.0);
        mix(mix(palette.zenith, palette.sky, t), mix(palette.sky, palette.glow, t), t)
    }

    fn shine(&self, stage: &Stage, palette: &Palette, orb: Orb, y: f32, veil: &[f32], out: &mut [Rgb]) {
        let dy = y - orb.y;
        let halo = mix(palette.orb, palette.glow, if palette.night { 0.35 } else { 0.55 });
        let soft = 1.2 / stage.scale + orb.radius * 0.015;
        let sink = 1.0 - 0.55 * smooth(-0.2, 1.1, dy / orb.radius);
        for (i, pixel) in out.iter_mut().enumerate() {
            let dx = stage.x(i) - orb.x;
            let square = dx * dx + dy * dy;
            let near = 1.0 / (1.0 + square / (orb.radius * orb.radius * 3.2));
            *pixel = mix(*pixel, halo, near * (0.35 + 0.4 * near) * orb.strength);
            if square < orb.radius * orb.radius * 1.3 {
                let cover = 1.0 - smooth(orb.radius - soft, orb.radius + soft, square.sqrt());
                let stain = if palette.night {
                    1.0 - 0.13 * smooth(0.35, 0.8, noise2(dx / orb.radius * 2.2, dy / orb.radius * 2.2, 5))
                } else {
                    sink
                };
                let cloud = 1.0 - veil[i] * 0.9;
                *pixel = mix(*pixel, palette.orb, cover * orb.strength * stain * cloud);
            }
        }
    }

    fn sprinkle(&self, stage: &Stage, palette: &Palette, y: f32, out: &mut [Rgb]) {
        for star in &self.stars {
            let reach = star.radius.max(0.6 / stage.scale);
            let dy = (y - star.y).abs();
            if dy > reach * 1.5 {
                continue;
            }
            let first = ((star.x - reach * 1.5) * stage.scale).max(0.0) as usize;
            let last = ((star.x + reach * 1.5) * stage.scale) as usize + 1;
            for i in first..last.min(out.len()) {
                let dx = stage.x(i) - star.x;
                let d = (dx * dx + dy * dy).sqrt() / reach;
                let glow = (1.0 - smooth(0.2, 1.5, d)) * star.shine;
                out[i] = mix(out[i], palette.orb, glow);
            }
        }
    }
}
