//! The composition: which light, which hills, where the water and the near bank lie.
//!
//! It decides and places; what stands in the foreground is set by the foreground's own file.

use super::backdrop::{Backdrop, Water};
use super::hills::{Plan, Range, Relief, Tone};
use super::noise::{Rng, hash_text};
use super::palette::{Palette, hex, mix};
use super::sky::{Orb, Sky};
use super::stage::Stage;
use super::turn::{progress, turn};
use super::words::{Hour, Land, Plant, Season, Subject, Wish};

/// A picture thought out but not yet painted.
pub struct Scene {
    /// Its measures.
    pub stage: Stage,
    /// What was asked for; in a sequence, as it is at this picture's place.
    pub wish: Wish,
    /// It is set before a picture that is there already.
    pub overlaid: bool,
    /// Picture `k` of `n` in a sequence.
    pub place: Option<(u32, u32)>,
    /// Its colours.
    pub palette: Palette,
    /// What lies behind the brush strokes.
    pub backdrop: Backdrop,
    /// The side the light comes from: -1 left, 1 right.
    pub light: f32,
    /// Where the highest ground stands, in units.
    pub focus: f32,
    /// Everything else that is left to chance starts here.
    pub seed: u64,
}

impl Scene {
    /// Thinks out the picture of a prompt, a seed and a place in a sequence: one lie of the land
    /// for the whole sequence, another light for each place.
    pub fn compose(prompt: &str, seed: u32, stage: Stage, place: Option<(u32, u32)>) -> Self {
        let asked = Wish::read(prompt);
        let wish = place.map_or_else(|| asked.clone(), |place| turn(&asked, place));
        let seed = hash_text(prompt) ^ u64::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rng = Rng::of(seed, 1);
        let hour = hour(&wish, &mut rng);
        let palette = Palette::mixed(&wish, hour, &mut rng);
        let light = rng.side();
        let focus = stage.w * (0.5 - light * rng.between(0.10, 0.30));
        let water = water(&asked, &stage, &mut rng);
        let relief = relief(&asked, &mut rng);
        let mut scene = Self {
            backdrop: Backdrop {
                sky: sky(&wish, &stage, hour, light, seed).passing(place.map_or(0.0, progress), light),
                ranges: Vec::new(),
                water,
                bank: None,
                seed: rng.bits(),
            },
            stage,
            wish,
            overlaid: false,
            place,
            palette,
            light,
            focus,
            seed,
        };
        scene.raise_ranges(relief, asked.season == Some(Season::Winter));
        scene.backdrop.bank = scene.bank();
        scene
    }

    fn raise_ranges(&mut self, relief: Relief, wintry: bool) {
        let mut rng = Rng::of(self.seed, 2);
        let stage = self.stage;
        let city = self.wish.subject == Some(Subject::City);
        let sea = self.wish.land == Some(Land::Sea);
        let count = match (sea, city) {
            (true, _) => 2,
            (_, true) => 3,
            _ => 4 + rng.pick(2),
        } + ((stage.h - 1.5).max(0.0) * 1.3) as usize;
        let scroll = ((stage.h - 1.5) * 0.1).clamp(0.0, 0.22);
        for index in 0..count {
            let near = index as f32 / (count - 1).max(1) as f32;
            let base = match self.backdrop.water {
                Some(water) => water.line * (0.90 - scroll + (0.11 + scroll) * near),
                None => stage.h * (0.58 - scroll + (0.40 + scroll) * near),
            };
            let middle = 1.0 - (near - 0.42).abs() * 1.3;
            let low = if sea || city { 0.45 } else { 1.0 };
            let plan = Plan {
                relief: if near > 0.85 && relief != Relief::Dunes { Relief::Rolling } else { relief },
                base,
                height: stage.view() * low * (0.13 + 0.25 * middle) * rng.between(0.85, 1.2),
                focus: self.high_ground(index, &mut rng),
                spread: rng.between(0.22, 0.5) * (0.6 + 0.4 * stage.w),
                trees: self.trees(near, wintry, &mut rng),
            };
            let tone = self.tone(near);
            let range = Range::raise(&stage, plan, tone, self.light, &mut rng);
            self.backdrop.ranges.push(range);
        }
    }

    /// High ground answers across the picture, range by range.
    fn high_ground(&self, index: usize, rng: &mut Rng) -> f32 {
        let drift = rng.between(-0.12, 0.12) * self.stage.w;
        if index % 3 == 2 { self.stage.w - self.focus + drift } else { self.focus + drift }
    }

    fn trees(&self, near: f32, wintry: bool, rng: &mut Rng) -> f32 {
        let forest = self.wish.land == Some(Land::Forest);
        if self.wish.land == Some(Land::Desert) || self.wish.subject == Some(Subject::City) {
            return 0.0;
        }
        let wooded = rng.chance(if near > 0.6 || wintry { 0.6 } else { 0.15 });
        if forest && near > 0.2 {
            0.03 + 0.10 * near * near
        } else if wooded && near > 0.3 {
            0.016 + 0.026 * near
        } else {
            0.0
        }
    }

    fn tone(&self, near: f32) -> Tone {
        let palette = &self.palette;
        let wet = if self.wish.mist { 0.75 } else { 1.0 };
        let depth = near * (0.35 + 0.65 * near) * wet;
        let ink = mix(palette.far, palette.near, depth);
        let haze = mix(palette.mist, palette.glow, 0.25 * (1.0 - near));
        Tone {
            ink: mix(mix(ink, haze, 0.30 * (1.0 - near)), ink, near),
            mist: haze,
            snow: palette.snow.map(|snow| mix(mix(snow, palette.far, 0.18), snow, near)),
            fade: self.stage.view() * (0.15 + 0.12 * near) * wet,
            soft: 0.0035 * (1.0 - near) + 0.0014,
            relief: 0.35 + 0.6 * near,
        }
    }

    /// The near ground, where something needs to stand on it.
    fn bank(&self) -> Option<Range> {
        let mut rng = Rng::of(self.seed, 3);
        let stands = self.wish.subject.is_some_and(stands);
        if !(self.needs_ground() || rng.chance(0.5)) || self.wish.land == Some(Land::Sea) && !stands {
            return None;
        }
        let palette = &self.palette;
        let stage = &self.stage;
        let plan = Plan {
            relief: Relief::Bank,
            base: stage.h - 0.055,
            height: rng.between(0.09, 0.13),
            focus: self.subject_x(),
            spread: 0.5,
            trees: 0.0,
        };
        let earth = mix(palette.near, palette.ink, 0.5);
        let desert = self.wish.land == Some(Land::Desert);
        let tone = Tone {
            ink: match palette.snow {
                Some(_) => mix(palette.far, palette.near, 0.45),
                None if desert => palette.near,
                None => earth,
            },
            mist: match palette.snow {
                Some(snow) => mix(snow, palette.far, 0.35),
                None => mix(earth, palette.far, 0.28),
            },
            snow: palette.snow.map(|snow| mix(snow, hex(0xffffff), 0.4)),
            fade: 0.30,
            soft: 0.0016,
            relief: if palette.snow.is_some() { 0.2 } else { 0.25 },
        };
        Some(Range::raise(stage, plan, tone, self.light, &mut rng))
    }

    /// The same scene to be set before a picture that is there already: no hills, no water, and
    /// a near bank only where something stands on it.
    pub fn before_another(mut self) -> Self {
        self.overlaid = true;
        self.backdrop.ranges.clear();
        self.backdrop.water = None;
        if !self.needs_ground() {
            self.backdrop.bank = None;
        }
        self
    }

    fn needs_ground(&self) -> bool {
        let stands = self.wish.subject.is_some_and(stands);
        stands || matches!(self.wish.plant, Some(Plant::Pine | Plant::Reeds | Plant::Bamboo))
    }

    /// Where the subject stands: the third away from the light.
    pub fn subject_x(&self) -> f32 {
        self.stage.w * (0.5 - self.light * 0.16)
    }

    /// The near ground at `x`, or the picture's foot.
    pub fn ground(&self, x: f32) -> f32 {
        self.backdrop.bank.as_ref().map_or(self.stage.h * 0.99, |bank| bank.ridge_at(&self.stage, x))
    }
}

/// Whether a subject stands on the near ground.
fn stands(subject: Subject) -> bool {
    !matches!(subject, Subject::Boat | Subject::Crane | Subject::City | Subject::Pagoda)
}

fn hour(wish: &Wish, rng: &mut Rng) -> Hour {
    let chance = rng.unit();
    if let Some(hour) = wish.hour {
        hour
    } else if wish.moon || wish.stars || wish.neon {
        Hour::Night
    } else if wish.season == Some(Season::Winter) || wish.rain || !wish.hues.is_empty() || chance < 0.68 {
        Hour::Day
    } else if chance < 0.86 {
        Hour::Dawn
    } else {
        Hour::Dusk
    }
}

fn relief(wish: &Wish, rng: &mut Rng) -> Relief {
    let choice = rng.pick(5);
    match wish.land {
        Some(Land::Desert) => Relief::Dunes,
        Some(Land::Mountain) => [Relief::Alpine, Relief::Karst, Relief::Alpine][choice % 3],
        Some(Land::Sea | Land::Forest) => Relief::Rolling,
        _ if wish.season == Some(Season::Winter) => [Relief::Rolling, Relief::Alpine][choice % 2],
        _ => [Relief::Rolling, Relief::Alpine, Relief::Karst, Relief::Alpine, Relief::Rolling][choice],
    }
}

fn water(wish: &Wish, stage: &Stage, rng: &mut Rng) -> Option<Water> {
    let line = stage.h * rng.between(0.60, 0.72);
    let wanted = match (wish.land, wish.subject) {
        (Some(Land::Desert), _) => 0.0,
        (Some(Land::Sea | Land::Lake), _) | (_, Some(Subject::Boat)) => 1.0,
        (_, Some(Subject::City)) => 0.7,
        (Some(Land::Mountain | Land::Forest), _) => 0.25,
        (None, Some(Subject::Fox | Subject::Cat | Subject::Dog | Subject::Deer)) => 0.0,
        _ => 0.5,
    };
    let chop = if wish.land == Some(Land::Sea) { 0.7 } else { 0.12 };
    rng.chance(wanted).then_some(Water { line, chop })
}

fn sky(wish: &Wish, stage: &Stage, hour: Hour, light: f32, seed: u64) -> Sky {
    let mut rng = Rng::of(seed, 4);
    let low = matches!(hour, Hour::Dawn | Hour::Dusk);
    let from_top = if low { rng.between(0.30, 0.40) } else { rng.between(0.15, 0.27) };
    let orb = Orb {
        x: stage.w * (0.5 + light * rng.between(0.16, 0.30)),
        y: if stage.h > 1.5 { from_top * 1.8 + 0.1 } else { stage.h * from_top },
        radius: rng.between(0.062, 0.105),
        strength: match (wish.rain, wish.mist) {
            (true, _) => 0.12,
            (_, true) => 0.6,
            _ => 0.95,
        },
    };
    let hidden = hour == Hour::Night && wish.stars && !wish.moon;
    let cloud = if wish.mist || wish.rain { 0.85 } else { rng.between(0.25, 0.6) };
    let sky = Sky::new(stage.h * 0.66, (!hidden).then_some(orb), cloud, rng.bits());
    if hour == Hour::Night && !wish.rain {
        sky.with_stars(stage, if wish.stars { 330.0 } else { 110.0 }, &mut rng)
    } else {
        sky
    }
}
