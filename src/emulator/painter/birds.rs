//! Birds: a distant flock, cranes in flight, one at rest on a twig.
//!
//! Where they fly or sit is the foreground's affair.

use super::brush::{Ink, Point, Sheet, along};
use super::noise::Rng;
use super::palette::{Palette, hex, mix};
use super::stand::Stand;
use super::words::Hue;

/// A distant flock in a loose line, flying towards `side`.
pub fn flock(sheet: &mut Sheet, palette: &Palette, at: Point, side: f32, rng: &mut Rng) {
    let tone = mix(palette.ink, palette.sky, if palette.night { 0.45 } else { 0.25 });
    let count = 5 + rng.pick(5);
    for bird in 0..count {
        let rank = bird as f32;
        let x = at.0 - side * rank * rng.between(0.026, 0.040);
        let y = at.1 + rank * rng.between(0.006, 0.016) * rng.side();
        let span = rng.between(0.018, 0.029) * (1.0 - 0.04 * rank);
        let lift = span * rng.between(0.15, 0.6);
        wings(sheet, (x, y), span, lift, Ink::of(tone).thin(0.9));
    }
}

fn wings(sheet: &mut Sheet, (x, y): Point, span: f32, lift: f32, ink: Ink) {
    let w = span * 0.16;
    let spine = [
        (x - span, y - lift * 0.5, 0.0),
        (x - span * 0.5, y - lift, w),
        (x, y, w * 1.5),
        (x + span * 0.5, y - lift, w),
        (x + span, y - lift * 0.5, 0.0),
    ];
    sheet.stroke(&along(&spine), ink);
}

/// A crane in flight: long neck, long legs, dark wing tips, a red crown.
pub fn crane(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let white = palette.coat(hue.or(Some(Hue::White)), hex(0xf6f3ea));
    let dark = Ink::of(mix(palette.ink, hex(0x101014), 0.5));
    stand.line(sheet, CRANE_LEGS, dark);
    wing(sheet, stand, -0.20, Ink::of(mix(white, palette.far, 0.35)), dark);
    wing(sheet, stand, 0.10, Ink::of(white), dark);
    stand.shape(sheet, CRANE_BODY, Ink::of(white));
    stand.line(sheet, &[(-0.14, 0.02, 0.07), (-0.30, 0.05, 0.035), (-0.44, 0.08, 0.030)], Ink::of(white));
    stand.line(sheet, &[(-0.30, 0.045, 0.03), (-0.40, 0.07, 0.032), (-0.46, 0.085, 0.028)], dark);
    stand.line(sheet, &[(-0.45, 0.085, 0.026), (-0.58, 0.085, 0.0)], dark);
    let crown = stand.place((-0.465, 0.10));
    sheet.dot(crown, stand.size * 0.022, 0.4, Ink::of(hex(0xc8321f)));
}

/// A raised wing with its dark flight feathers.
fn wing(sheet: &mut Sheet, stand: Stand, lean: f32, pale: Ink, dark: Ink) {
    let whole = [
        (-0.14, 0.03),
        (-0.10 + lean, 0.22),
        (0.02 + lean, 0.42),
        (0.16 + lean, 0.58),
        (0.16 + lean, 0.58),
        (0.17 + lean, 0.40),
        (0.18 + lean * 0.5, 0.22),
        (0.18, 0.06),
    ];
    let tip = [
        (0.05 + lean, 0.44),
        (0.16 + lean, 0.58),
        (0.16 + lean, 0.58),
        (0.185 + lean, 0.38),
        (0.20 + lean * 0.6, 0.20),
        (0.195, 0.09),
        (0.13 + lean * 0.7, 0.24),
    ];
    stand.shape(sheet, &whole, pale);
    stand.shape(sheet, &tip, dark);
}

const CRANE_LEGS: &[(f32, f32, f32)] = &[(0.18, 0.0, 0.03), (0.46, -0.01, 0.016), (0.66, -0.02, 0.006)];
const CRANE_BODY: &[Point] =
    &[(-0.20, 0.04), (-0.08, 0.075), (0.10, 0.06), (0.26, 0.01), (0.10, -0.055), (-0.10, -0.045)];

/// A bird at rest on a twig that passes under `stand`.
pub fn perched(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let coat = palette.coat(hue, mix(palette.ink, palette.near, 0.15));
    let breast = mix(coat, palette.glow, 0.55);
    stand.line(sheet, &[(0.22, 0.20, 0.10), (0.42, 0.02, 0.085), (0.56, -0.10, 0.05)], Ink::of(coat));
    stand.shape(sheet, PERCHED, Ink::of(coat));
    stand.shape(sheet, BREAST, Ink::of(breast));
    let dark = Ink::of(mix(coat, hex(0x08080a), 0.5));
    stand.line(sheet, &[(-0.02, 0.38, 0.0), (0.12, 0.24, 0.10), (0.33, 0.05, 0.0)], dark);
    sheet.dot(stand.place((-0.225, 0.478)), stand.size * 0.022, 0.4, Ink::of(hex(0xf4ead2)));
    sheet.dot(stand.place((-0.228, 0.478)), stand.size * 0.013, 0.4, Ink::of(hex(0x0a0a0c)));
    for x in [-0.05, 0.03] {
        stand.line(sheet, &[(x, 0.04, 0.02), (x - 0.01, -0.06, 0.018)], dark);
    }
}

const PERCHED: &[Point] = &[
    (-0.42, 0.44),
    (-0.42, 0.44),
    (-0.30, 0.475),
    (-0.235, 0.545),
    (-0.13, 0.575),
    (-0.03, 0.530),
    (0.06, 0.43),
    (0.20, 0.30),
    (0.28, 0.16),
    (0.20, 0.08),
    (0.05, 0.02),
    (-0.10, 0.03),
    (-0.215, 0.12),
    (-0.265, 0.25),
    (-0.27, 0.36),
    (-0.32, 0.41),
];
const BREAST: &[Point] = &[
    (-0.265, 0.36),
    (-0.20, 0.38),
    (-0.14, 0.28),
    (-0.06, 0.12),
    (0.03, 0.03),
    (-0.10, 0.035),
    (-0.21, 0.125),
    (-0.262, 0.25),
];
