//! The colours of one picture: a base by light and season, tinted by the hues the prompt names.
//!
//! Values are hand-picked pigments on paper. Where each colour goes lives with the element that uses it.

use super::noise::Rng;
use super::words::{Hour, Hue, Land, Season, Wish};

/// A colour, channels in `0.0..=1.0`, sRGB.
pub type Rgb = [f32; 3];

/// Reads `0xRRGGBB`.
pub const fn hex(value: u32) -> Rgb {
    [((value >> 16) & 255) as f32 / 255.0, ((value >> 8) & 255) as f32 / 255.0, (value & 255) as f32 / 255.0]
}

/// `a` at 0, `b` at 1.
pub fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/// How light a colour looks, `0.0..=1.0`.
pub fn luma(c: Rgb) -> f32 {
    0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]
}

/// Every colour a picture needs.
#[derive(Clone, Debug)]
pub struct Palette {
    /// The sky at the top edge.
    pub zenith: Rgb,
    /// The sky half way down.
    pub sky: Rgb,
    /// The sky at the horizon.
    pub glow: Rgb,
    /// What hills dissolve into.
    pub mist: Rgb,
    /// The farthest hills.
    pub far: Rgb,
    /// The nearest hills.
    pub near: Rgb,
    /// Brush strokes.
    pub ink: Rgb,
    /// The sun or the moon.
    pub orb: Rgb,
    /// Leaves and needles.
    pub leaf: Rgb,
    /// Blossoms and petals.
    pub petal: Rgb,
    /// Snow on the ground, when there is some.
    pub snow: Option<Rgb>,
    /// It is dark.
    pub night: bool,
}

/// zenith, sky, glow, mist, far, near, ink, orb
type Base = [u32; 8];

const INDIGO: Base = [0xb9c6c8, 0xd9dbd0, 0xf5ead2, 0xf3ebda, 0x9fb0b8, 0x1b2c3d, 0x14202c, 0xcf4427];
const SEPIA: Base = [0xdccaa8, 0xebdcbd, 0xf8edd4, 0xf5ebd5, 0xb5a994, 0x2d2823, 0x1d1917, 0xb93a26];
const MINERAL: Base = [0xdcc489, 0xe9d6a2, 0xf6e8c2, 0xf1e6c8, 0x86b0a6, 0x12453f, 0x12302c, 0xcc4a2a];
const CELADON: Base = [0xa9c5c4, 0xcfdcd3, 0xf6efdb, 0xf0f0e3, 0x94b5b2, 0x1b3a40, 0x14282d, 0xe26a34];
const DAWN: Base = [0x93b0c6, 0xe3c8c0, 0xfbdcb4, 0xf8e6d2, 0xb3a3b4, 0x322f4d, 0x221f36, 0xee5f3c];
const DUSK: Base = [0x574d7d, 0xc8715f, 0xfbc673, 0xf3b888, 0xa3606c, 0x26182f, 0x180f20, 0xfff0cc];
const NIGHT: Base = [0x0a1426, 0x1b2f4d, 0x4b6784, 0x6b88a2, 0x3d5c7c, 0x060c17, 0x03060c, 0xf8efd0];
const WINTER: Base = [0x8fa3b3, 0xb7c4cc, 0xecdfd0, 0xe3e7e7, 0x94a6b5, 0x3a4c5e, 0x1f2933, 0xfbdcb6];
const DESERT: Base = [0x8fb4bd, 0xd9d0b4, 0xfbe3b0, 0xf3d9a8, 0xd9a76c, 0x8a4526, 0x3a1c14, 0xf6f0da];

impl Palette {
    /// Mixes the palette for a wish; `rng` chooses where the wish leaves a choice.
    pub fn mixed(wish: &Wish, hour: Hour, rng: &mut Rng) -> Self {
        let winter = wish.season == Some(Season::Winter);
        let day = match wish.season {
            Some(Season::Winter) => WINTER,
            Some(Season::Spring) => CELADON,
            Some(Season::Summer) => MINERAL,
            Some(Season::Autumn) => SEPIA,
            None if wish.land == Some(Land::Desert) => DESERT,
            None => [INDIGO, SEPIA, MINERAL, CELADON, INDIGO][rng.pick(5)],
        };
        let base = match hour {
            Hour::Day => day,
            Hour::Dawn => DAWN,
            Hour::Dusk => DUSK,
            Hour::Night => NIGHT,
        };
        let mut palette = Self::pigments(base, hour == Hour::Night);
        palette.dress(wish, winter);
        if let Some(&hue) = wish.hues.first() {
            palette.tint_land(hue);
        }
        if let Some(hue) = wish.light.or(wish.hues.get(1).copied()) {
            palette.tint_light(hue);
        }
        if palette.snow.is_some() {
            palette.mist = mix(palette.mist, hex(0xf0f2f1), 0.3);
        }
        if wish.rain || wish.mist {
            palette.soften(if wish.rain { 0.55 } else { 0.25 });
        }
        palette
    }

    fn pigments(base: Base, night: bool) -> Self {
        let c = base.map(hex);
        Self {
            zenith: c[0],
            sky: c[1],
            glow: c[2],
            mist: c[3],
            far: c[4],
            near: c[5],
            ink: c[6],
            orb: c[7],
            leaf: mix(c[6], hex(0x2f4a3a), if night { 0.1 } else { 0.55 }),
            petal: if night { hex(0xd98f9c) } else { hex(0xd9536a) },
            snow: None,
            night,
        }
    }

    /// Season and weather over the base.
    fn dress(&mut self, wish: &Wish, winter: bool) {
        match wish.season {
            Some(Season::Autumn) => {
                self.leaf = mix(hex(0xb5481f), self.ink, if self.night { 0.6 } else { 0.1 });
                self.petal = hex(0xc8501f);
                self.far = mix(self.far, hex(0xc58e5a), 0.4);
                self.near = mix(self.near, hex(0x5c2413), 0.35);
            }
            Some(Season::Spring) => self.far = mix(self.far, hex(0xc9a9b4), 0.35),
            _ => {}
        }
        if winter {
            self.snow = Some(if self.night { hex(0x9db1c6) } else { mix(hex(0xfbfaf6), self.glow, 0.12) });
            self.far = mix(self.far, self.mist, 0.1);
            self.leaf = mix(self.ink, self.near, 0.3);
        }
    }

    /// A hue over everything, strongest on the land.
    fn tint_land(&mut self, hue: Hue) {
        let [pale, body, deep] = self.dimmed(hue);
        self.zenith = mix(self.zenith, mix(pale, body, 0.45), 0.62);
        self.sky = mix(self.sky, mix(pale, body, 0.15), 0.6);
        self.glow = mix(self.glow, pale, 0.5);
        self.mist = mix(self.mist, pale, 0.5);
        self.far = mix(self.far, mix(body, pale, 0.35), 0.8);
        self.near = mix(self.near, deep, 0.85);
        self.ink = mix(self.ink, deep, 0.3);
        self.leaf = mix(self.leaf, deep, 0.5);
    }

    /// A hue for the sky alone; only warm ones reach the sun.
    fn tint_light(&mut self, hue: Hue) {
        let [pale, body, _] = self.dimmed(hue);
        self.zenith = mix(self.zenith, mix(body, pale, 0.2), 0.75);
        self.sky = mix(self.sky, mix(pale, body, 0.45), 0.75);
        self.glow = mix(self.glow, pale, 0.7);
        self.mist = mix(self.mist, pale, 0.25);
        if matches!(hue, Hue::Red | Hue::Orange | Hue::Gold | Hue::Pink | Hue::White) {
            self.orb = mix(self.orb, pigment(hue)[1], 0.5);
        }
    }

    fn dimmed(&self, hue: Hue) -> [Rgb; 3] {
        let [pale, body, deep] = pigment(hue);
        let dark = if self.night { 0.55 } else { 0.0 };
        [
            mix(pale, mix(body, hex(0x101828), 0.45), dark * 1.5),
            mix(body, hex(0x0a0f1a), dark),
            mix(deep, hex(0x04060c), dark),
        ]
    }

    /// Wet air: less contrast in the distance, less colour in the light.
    fn soften(&mut self, amount: f32) {
        let haze = mix(self.mist, self.zenith, 0.35);
        let grey = |c: Rgb| mix(c, [luma(c); 3], 0.4);
        let veil = mix(grey(haze), haze, 0.5);
        self.zenith = mix(self.zenith, mix(veil, self.near, 0.3), amount);
        self.sky = mix(self.sky, veil, amount);
        self.glow = mix(self.glow, mix(veil, self.glow, 0.4), amount);
        self.far = mix(self.far, veil, amount * 0.5);
        self.orb = mix(self.orb, self.glow, amount * 0.5);
    }

    /// The colour a subject wears: its own hue if named, else `habit`, dimmed at night.
    pub fn coat(&self, hue: Option<Hue>, habit: Rgb) -> Rgb {
        let colour = match hue {
            Some(Hue::Black) => hex(0x16161a),
            Some(Hue::White) => hex(0xf6f3ea),
            Some(Hue::Red) => hex(0xb8401f),
            Some(hue) => pigment(hue)[1],
            None => habit,
        };
        mix(colour, hex(0x0a1220), if self.night { 0.3 } else { 0.0 })
    }
}

/// Pale wash, body colour and deep tone of a hue.
fn pigment(hue: Hue) -> [Rgb; 3] {
    match hue {
        Hue::Red => [0xf6d9c6, 0xc2402c, 0x5a1414],
        Hue::Orange => [0xfbe3c0, 0xdd7a2c, 0x6a2b10],
        Hue::Gold => [0xf9e9b8, 0xd3a037, 0x573a10],
        Hue::Green => [0xe6edcf, 0x6f9a5a, 0x163a22],
        Hue::Jade => [0xdcefe4, 0x4f9f8c, 0x0c3d3a],
        Hue::Blue => [0xd8e6ee, 0x4a83b4, 0x102f55],
        Hue::Indigo => [0xd6dbe9, 0x4d5f9b, 0x161c48],
        Hue::Violet => [0xe8daec, 0x8a62a6, 0x32164e],
        Hue::Pink => [0xfae0e0, 0xdb8093, 0x62243c],
        Hue::Brown => [0xeedfc8, 0x9a6b44, 0x3a2112],
        Hue::Black => [0xe9e7e1, 0x85857f, 0x121214],
        Hue::White => [0xf7f6f1, 0xcfd2d0, 0x6a7278],
    }
    .map(hex)
}
