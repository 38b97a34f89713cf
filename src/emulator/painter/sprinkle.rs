//! Small things in the air: snow, rain, petals.
//!
//! When they fall is the foreground's affair.

use super::brush::{Ink, Sheet, closed, heading, ribbon};
use super::noise::Rng;
use super::palette::{Palette, hex, mix};
use super::stage::Stage;

/// Snow in the air: many small flakes, few large and soft.
pub fn snowfall(sheet: &mut Sheet, palette: &Palette, stage: &Stage, rng: &mut Rng) {
    let white = mix(hex(0xffffff), palette.mist, if palette.night { 0.35 } else { 0.05 });
    for _ in 0..(170.0 * stage.w * stage.h) as usize {
        let size = rng.unit();
        let radius = 0.0016 + 0.0058 * size * size * size * size;
        let at = (rng.between(0.0, stage.w), rng.between(0.0, stage.h));
        sheet.dot(at, radius, 0.9, Ink::of(white).thin(0.85 - 0.35 * size));
    }
}

/// Fine slanting rain.
pub fn rainfall(sheet: &mut Sheet, palette: &Palette, stage: &Stage, rng: &mut Rng) {
    let slant = rng.side() * rng.between(0.08, 0.22);
    let pale = mix(palette.mist, hex(0xffffff), 0.3);
    let mut streaks = [Vec::new(), Vec::new()];
    for drop in 0..(330.0 * stage.w * stage.h) as usize {
        let long = rng.between(0.03, 0.10);
        let (x, y) = (rng.between(-0.1, stage.w + 0.1), rng.between(-0.1, stage.h));
        streaks[drop % 2].push(ribbon(&[
            (x, y, 0.0),
            (x + slant * long * 0.6, y + long * 0.6, 0.0017),
            (x + slant * long, y + long, 0.0006),
        ]));
    }
    sheet.fill(&streaks[0], Ink::of(pale).thin(0.42));
    sheet.fill(&streaks[1], Ink::of(palette.near).thin(0.24));
}

/// Petals or leaves on the wind.
pub fn petals(sheet: &mut Sheet, palette: &Palette, stage: &Stage, rng: &mut Rng) {
    for _ in 0..(26.0 * stage.w * stage.h) as usize {
        let size = rng.between(0.004, 0.011);
        let at = (rng.between(0.0, stage.w), rng.between(0.1, stage.h));
        let (dx, dy) = heading(rng.unit());
        let tone = mix(palette.petal, hex(0xfff0ea), rng.between(0.0, 0.5));
        let leaf = [
            (at.0 - dx * size, at.1 - dy * size),
            (at.0 + dy * size * 0.45, at.1 - dx * size * 0.45),
            (at.0 + dx * size, at.1 + dy * size),
            (at.0 - dy * size * 0.45, at.1 + dx * size * 0.45),
        ];
        sheet.fill(&[closed(&leaf)], Ink::of(tone).thin(0.88));
    }
}
