//! Red seals: the painter's own and those that carry a number.
//!
//! Where a seal sits is for others to say.

use super::brush::{Ink, Point, Sheet};
use super::lettering;
use super::noise::Rng;
use super::palette::{Palette, Rgb, hex, mix};
use super::stand::Stand;

/// The red of seals and marks.
pub const VERMILION: Rgb = hex(0xb3231c);

/// The painter's seal: a worn red square with a carved mark. `at` is its lower left corner.
pub fn seal(sheet: &mut Sheet, palette: &Palette, at: Point, size: f32, rng: &mut Rng) {
    let red = mix(VERMILION, hex(0x2a0a10), if palette.night { 0.25 } else { 0.0 });
    let stand = Stand { at, size, facing: 1.0 };
    stand.shape(sheet, &stone(rng), Ink::of(red).thin(0.94).dry(0.35));
    let paper = Ink::of(mix(palette.mist, hex(0xfff6e6), 0.5)).thin(0.92);
    let carved: [&[(f32, f32, f32)]; 7] = [
        &[(0.50, 0.88, 0.075), (0.50, 0.56, 0.075)],
        &[(0.22, 0.76, 0.075), (0.22, 0.55, 0.075)],
        &[(0.78, 0.76, 0.075), (0.78, 0.55, 0.075)],
        &[(0.19, 0.56, 0.075), (0.81, 0.56, 0.075)],
        &[(0.50, 0.45, 0.070), (0.50, 0.12, 0.070)],
        &[(0.42, 0.40, 0.070), (0.30, 0.24, 0.070), (0.17, 0.16, 0.060)],
        &[(0.58, 0.40, 0.070), (0.70, 0.24, 0.070), (0.83, 0.16, 0.060)],
    ];
    for line in carved {
        stand.line(sheet, line, paper);
    }
}

/// A seal with a number carved in it. `at` is its lower left corner.
pub fn number(sheet: &mut Sheet, number: u32, at: Point, size: f32) {
    let stand = Stand { at, size, facing: 1.0 };
    let mut rng = Rng::of(u64::from(number), 17);
    stand.shape(sheet, &stone(&mut rng), Ink::of(VERMILION).thin(0.96).dry(0.12));
    let text = number.to_string();
    let full = lettering::length(&text, 1.0);
    let height = size * (0.72 / full).min(0.62);
    let from = (at.0 + (size - full * height) * 0.5, at.1 - (size - height) * 0.5);
    lettering::write(sheet, &text, from, height, size * 0.085, Ink::of(hex(0xfff6e6)));
}

/// The outline of a worn square, in its own units.
fn stone(rng: &mut Rng) -> [Point; 12] {
    let mut j = || rng.between(-0.025, 0.025);
    [
        (0.02 + j(), 0.06 + j()),
        (0.02, 0.5 + j()),
        (0.03 + j(), 0.95),
        (0.06, 0.98 + j()),
        (0.5 + j(), 0.985),
        (0.95, 0.97 + j()),
        (0.98 + j(), 0.93),
        (0.985, 0.5 + j()),
        (0.97 + j(), 0.05),
        (0.93, 0.02 + j()),
        (0.5 + j(), 0.01),
        (0.07, 0.02 + j()),
    ]
}
