//! Ranges of hills: a ridge per column, shaded and dissolving downwards into mist.
//!
//! Ridges are computed once per picture; a pixel then costs one or two noise look-ups.

use super::noise::{Rng, bell, fractal1, noise1, noise2, smooth};
use super::palette::{Rgb, mix};
use super::stage::Stage;

/// The lie of the land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relief {
    /// Broad old hills.
    Rolling,
    /// Sharp peaks with long flanks.
    Alpine,
    /// Steep limestone pillars.
    Karst,
    /// Sand: smooth backs, sharp crests.
    Dunes,
    /// Nearly level ground.
    Bank,
}

/// Where a range stands and how it is shaped.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The lie of the land.
    pub relief: Relief,
    /// The height of its foot, in units from the top.
    pub base: f32,
    /// The rise of its highest peak, in units.
    pub height: f32,
    /// Where the highest peak stands, in units.
    pub focus: f32,
    /// How far the high ground reaches from the focus, in units.
    pub spread: f32,
    /// The height of trees on the ridge, in units; none at zero.
    pub trees: f32,
}

/// The colours and wetness of a range.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    /// The ink of its ridge.
    pub ink: Rgb,
    /// What its foot dissolves into.
    pub mist: Rgb,
    /// Snow on its lit slopes.
    pub snow: Option<Rgb>,
    /// The depth at which ink becomes mist, in units.
    pub fade: f32,
    /// The blur of its ridge, in units.
    pub soft: f32,
    /// How strongly slopes and brush marks show, `0.0..=1.0`.
    pub relief: f32,
}

struct Peak {
    centre: f32,
    width: f32,
    height: f32,
}

/// A range ready to be laid.
pub struct Range {
    ridge: Vec<f32>,
    ground: Vec<f32>,
    shade: Vec<f32>,
    /// Below this height every pixel is covered.
    full: f32,
    /// How fast the ridge goes from clear to covered, per unit.
    crisp: f32,
    tone: Tone,
    seed: u32,
}

impl Range {
    /// Raises a range across the stage; `light` is the side the light comes from (-1 or 1).
    pub fn raise(stage: &Stage, plan: Plan, tone: Tone, light: f32, rng: &mut Rng) -> Self {
        let seed = rng.bits();
        let peaks = peaks(stage, plan, rng);
        let ground: Vec<f32> =
            (0..stage.cols).map(|column| plan.base - rise(stage.x(column), plan, &peaks, seed)).collect();
        let shade = shades(stage, &ground, light);
        let mut ridge = ground.clone();
        if plan.trees > 0.0 {
            plant(stage, &mut ridge, &ground, plan.trees, rng);
        }
        let crisp = 1.0 / tone.soft.max(0.7 / stage.scale);
        let low = ridge.iter().copied().fold(0.0, f32::max);
        Self { full: low + 1.0 / crisp, crisp, ridge, ground, shade, tone, seed }
    }

    /// The ground at a place, in units from the top.
    pub fn ridge_at(&self, stage: &Stage, x: f32) -> f32 {
        let column = (x * stage.scale).clamp(0.0, stage.cols.saturating_sub(1) as f32);
        self.ground.get(column as usize).copied().unwrap_or(0.0)
    }

    /// Whether the range hides all that is behind it at a height.
    pub fn hides(&self, y: f32) -> bool {
        y > self.full
    }

    /// How much of a pixel lies under the ridge.
    pub fn cover(&self, column: usize, y: f32) -> f32 {
        ((y - self.ridge[column]) * self.crisp + 0.5).clamp(0.0, 1.0)
    }

    /// The colour under the ridge; `veil` (0..1) lets the mist drift.
    pub fn colour(&self, stage: &Stage, column: usize, y: f32, veil: f32) -> Rgb {
        let tone = &self.tone;
        let depth = (y - self.ground[column]).max(0.0);
        let woods = smooth(-0.001, -0.006, y - self.ground[column]);
        let fade = tone.fade * (0.55 + 0.9 * veil);
        if depth >= fade && tone.snow.is_none() {
            return tone.mist;
        }
        let x = stage.x(column);
        let mark = noise2(x * 46.0, depth * 13.0 + x * 5.0, self.seed);
        let fine = noise2(x * 130.0 + depth * 40.0, depth * 46.0, self.seed ^ 77);
        let wander = (mark - 0.5) * 0.05 * stage.scale;
        let last = self.shade.len() - 1;
        let shade = self.shade[((column as f32 + wander).max(0.0) as usize).min(last)];
        let body = 1.0 - smooth(0.0, fade, depth);
        let rim = 0.16 / (1.0 + depth * depth * 12_000.0);
        let brush = (mark * 0.65 + fine * 0.35 - 0.5) * 0.9;
        if let Some(snow) = tone.snow {
            let rock = smooth(0.42, 0.95, shade + brush * 0.75) * tone.relief;
            let base = mix(tone.mist, snow, body);
            let ink = (rock * (0.12 + 0.72 * body) + rim * tone.relief).min(1.0);
            return mix(base, tone.ink, ink + (1.0 - ink) * woods * 0.9);
        }
        let slope = 1.0 - tone.relief * (0.42 * (1.0 - shade) - 0.35 * brush);
        mix(tone.mist, tone.ink, (body * slope + rim * body).clamp(woods * 0.95, 1.0))
    }
}

fn peaks(stage: &Stage, plan: Plan, rng: &mut Rng) -> Vec<Peak> {
    let (gap, width) = match plan.relief {
        Relief::Rolling => (0.34, 0.24),
        Relief::Alpine => (0.22, 0.30),
        Relief::Karst => (0.13, 0.06),
        Relief::Dunes => (0.55, 0.55),
        Relief::Bank => (0.7, 0.5),
    };
    let mut peaks = Vec::new();
    let mut centre = -0.4 + rng.between(0.0, gap);
    while centre < stage.w + 0.4 {
        let high = bell((centre - plan.focus) / plan.spread);
        peaks.push(Peak {
            centre,
            width: width * rng.between(0.7, 1.35),
            height: rng.between(0.35, 0.9) * (0.3 + 0.7 * high),
        });
        centre += gap * rng.between(0.6, 1.5);
    }
    peaks.push(Peak { centre: plan.focus, width: width * 1.1, height: 1.0 });
    peaks
}

/// The land above the foot of the range at `x`, in units.
fn rise(x: f32, plan: Plan, peaks: &[Peak], seed: u32) -> f32 {
    let warped = x + 0.09 * fractal1(x * 5.0, 3, seed ^ 5) * f32::from(plan.relief != Relief::Dunes);
    let mut top = 0.0_f32;
    for peak in peaks {
        let t = (warped - peak.centre) / peak.width;
        let shape = match plan.relief {
            Relief::Rolling | Relief::Bank => bell(t) * bell(t * 0.6),
            Relief::Alpine => flank(t),
            Relief::Karst => pillar(t),
            Relief::Dunes => dune(t),
        };
        top = merge(top, shape * peak.height, plan.relief);
    }
    let rough = match plan.relief {
        Relief::Rolling => 0.16 * fractal1(x * 11.0, 5, seed),
        Relief::Alpine => 0.30 * fractal1(x * 13.0, 6, seed) * (0.3 + top),
        Relief::Karst => 0.22 * fractal1(x * 24.0, 5, seed) * (0.25 + top),
        Relief::Dunes => 0.0,
        Relief::Bank => 0.25 * fractal1(x * 7.0, 4, seed),
    };
    plan.height * (top + rough)
}

/// Pointed, with flanks that ease out.
fn flank(t: f32) -> f32 {
    let s = 1.0 / (1.0 + 2.2 * (t * t + 0.004).sqrt());
    s * s * 1.12 + 0.12 * bell(t)
}

/// Flat-headed and steep.
fn pillar(t: f32) -> f32 {
    let q = t * t;
    0.82 / (1.0 + q * q * q) + 0.18 * bell(t * 0.5)
}

/// A long back and a short lee.
fn dune(t: f32) -> f32 {
    let s = if t < 0.0 { -t } else { t * 2.6 };
    let s = (1.0 - s * 0.8).max(0.0);
    s * s * (1.6 - 0.6 * s)
}

/// The higher of two, melted together where they meet.
fn merge(a: f32, b: f32, relief: Relief) -> f32 {
    let melt = match relief {
        Relief::Dunes => 0.02,
        Relief::Karst => 0.06,
        _ => 0.12,
    };
    let d = (melt - (a - b).abs()).max(0.0) / melt;
    a.max(b) + d * d * melt * 0.25
}

/// How far each column is turned from the light, smoothed along the ridge.
fn shades(stage: &Stage, ridge: &[f32], light: f32) -> Vec<f32> {
    let reach = stage.step(0.014);
    let last = ridge.len().saturating_sub(1);
    (0..ridge.len())
        .map(|i| {
            let (a, b) = (i.saturating_sub(reach), (i + reach).min(last));
            let run = (b - a).max(1) as f32 / stage.scale;
            let slope = (ridge[b] - ridge[a]) / run * -light;
            0.5 + 0.5 * slope / (0.6 + slope.abs())
        })
        .collect()
}

/// Sets conifers along a ridge: thick in clumps, thin between.
fn plant(stage: &Stage, ridge: &mut [f32], ground: &[f32], tall: f32, rng: &mut Rng) {
    let seed = rng.bits();
    let mut x = -0.02;
    while x < stage.w + 0.02 {
        let clump = smooth(0.3, 0.75, noise1(x * 4.2, seed));
        let height = tall * rng.between(0.45, 1.0) * (0.35 + 0.65 * clump);
        if rng.chance(0.25 + 0.75 * clump) {
            conifer(stage, ridge, ground, x, height);
        }
        x += tall * rng.between(0.12, 0.42);
    }
}

fn conifer(stage: &Stage, ridge: &mut [f32], ground: &[f32], x: f32, height: f32) {
    let half = height * 0.24;
    let first = ((x - half) * stage.scale).max(0.0) as usize;
    let last = (((x + half) * stage.scale).max(0.0) as usize + 1).min(ridge.len());
    let middle = ((x * stage.scale).max(0.0) as usize).min(ground.len().saturating_sub(1));
    for (i, line) in ridge.iter_mut().enumerate().take(last).skip(first) {
        let t = ((stage.x(i) - x) / half).abs().min(1.0);
        let tier = t * 5.0;
        let notch = (tier - (tier as i32) as f32) * 0.09;
        let up = (1.0 - t) * (1.0 - 0.35 * t) + notch * (1.0 - t);
        *line = line.min(ground[middle] - height * up + 0.004);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_is_the_highest_ground() {
        let stage = Stage::of(300, 300);
        let tone = Tone { ink: [0.0; 3], mist: [1.0; 3], snow: None, fade: 0.3, soft: 0.0, relief: 0.5 };
        for relief in [Relief::Rolling, Relief::Alpine, Relief::Karst] {
            let plan = Plan { relief, base: 0.8, height: 0.4, focus: 0.3, spread: 0.2, trees: 0.0 };
            let range = Range::raise(&stage, plan, tone, 1.0, &mut Rng::of(4, 1));
            assert!(range.ridge_at(&stage, 0.3) < range.ridge_at(&stage, 0.95) - 0.1, "{relief:?}");
            assert_eq!(range.cover(90, 0.0), 0.0);
            assert_eq!(range.cover(90, 0.9), 1.0);
        }
    }
}
