//! Chance and smooth noise: a splitmix generator and value noise over integer hashes.
//!
//! Only plain arithmetic and comparisons, so every platform gets the same bytes.
//! What the noise is used for lives with the hills, the sky and the brush.

/// A small deterministic generator (splitmix64).
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// An independent stream per `topic`, so that one element never shifts another.
    pub fn of(seed: u64, topic: u64) -> Self {
        Self(seed ^ topic.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// A number in `low..high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `0..count`.
    pub fn pick(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count.saturating_sub(1))
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// `-1.0` or `1.0`.
    pub fn side(&mut self) -> f32 {
        if self.chance(0.5) { -1.0 } else { 1.0 }
    }
}

/// Hashes text (FNV-1a, 64 bit): the prompt's share of the composition.
pub fn hash_text(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

const ACROSS: u32 = 0x9E37_79B1;
const DOWN: u32 = 0x85EB_CA77;

/// A hash of a lattice point, as a number in `0.0..1.0`.
pub const fn speck(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(ACROSS) ^ (y as u32).wrapping_mul(DOWN) ^ seed.wrapping_mul(0xC2B2_AE3D);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    ((h ^ (h >> 15)) >> 8) as f32 / 16_777_216.0
}

/// Value noise along a line, in `0.0..1.0`.
pub fn noise1(x: f32, seed: u32) -> f32 {
    let (cell, t) = split(x);
    let s = t * t * (3.0 - 2.0 * t);
    let (a, b) = (speck(cell, 0, seed), speck(cell + 1, 0, seed));
    a + (b - a) * s
}

/// The plane's lattice draws from a table that stays in the first cache: a pixel asks for eight.
static LATTICE: [f32; 1 << 12] = {
    let mut table = [0.0; 1 << 12];
    let mut i = 0;
    while i < table.len() {
        table[i] = speck(i as i32, 0, 1);
        i += 1;
    }
    table
};

/// Value noise over the plane, in `0.0..1.0`.
pub fn noise2(x: f32, y: f32, seed: u32) -> f32 {
    let ((cx, tx), (cy, ty)) = (split(x), split(y));
    let sx = tx * tx * (3.0 - 2.0 * tx);
    let sy = ty * ty * (3.0 - 2.0 * ty);
    let corner = (cx as u32)
        .wrapping_mul(ACROSS)
        .wrapping_add((cy as u32).wrapping_mul(DOWN))
        .wrapping_add(seed.wrapping_mul(0xC2B2_AE3D));
    let at = |offset: u32| {
        let h = corner.wrapping_add(offset);
        LATTICE[((h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D) >> 20) as usize]
    };
    let (a, b) = (at(0), at(ACROSS));
    let (c, d) = (at(DOWN), at(ACROSS.wrapping_add(DOWN)));
    let (top, low) = (a + (b - a) * sx, c + (d - c) * sx);
    top + (low - top) * sy
}

/// Several octaves of [`noise1`], centred on zero (about `-0.5..0.5`).
pub fn fractal1(x: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut gain, mut pitch) = (0.0, 0.5, x);
    for octave in 0..octaves {
        sum += gain * (noise1(pitch, seed.wrapping_add(octave * 101)) - 0.5);
        gain *= 0.5;
        pitch = pitch * 2.03 + 17.0;
    }
    sum
}

/// Several octaves of [`noise2`], in `0.0..1.0`.
pub fn fractal2(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut gain, mut weight) = (0.0, 0.5, 0.0);
    let (mut px, mut py) = (x, y);
    for octave in 0..octaves {
        sum += gain * noise2(px, py, seed.wrapping_add(octave * 101));
        weight += gain;
        gain *= 0.5;
        (px, py) = (px * 2.03 + 17.0, py * 2.03 + 31.0);
    }
    sum / weight
}

/// The smooth step from 0 at `low` to 1 at `high`.
pub fn smooth(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A soft bump: 1 at zero, 1/2 at one, a long gentle tail.
pub fn bell(x: f32) -> f32 {
    1.0 / (1.0 + x * x)
}

/// Fills `out` by sampling `f` every `step` columns and drawing straight lines between.
pub fn coarse(out: &mut [f32], step: usize, f: impl Fn(usize) -> f32) {
    let step = step.max(1);
    let mut left = f(0);
    for start in (0..out.len()).step_by(step) {
        let right = f(start + step);
        let slope = (right - left) / step as f32;
        let end = (start + step).min(out.len());
        for (i, value) in out[start..end].iter_mut().enumerate() {
            *value = left + slope * i as f32;
        }
        left = right;
    }
}

/// The cell a coordinate lies in and its place inside, without a call to `floor`.
fn split(x: f32) -> (i32, f32) {
    let whole = x as i32;
    let cell = whole - i32::from(x < whole as f32);
    (cell, x - cell as f32)
}
