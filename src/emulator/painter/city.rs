//! A city in haze: rows of towers, lit windows, neon signs.
//!
//! Single buildings live with what people made.

use super::brush::{Ink, Sheet};
use super::noise::Rng;
use super::palette::{Palette, Rgb, hex, mix};
use super::stage::Stage;

/// Rows of towers, the far ones pale, all standing in haze at `ground`.
pub fn city(sheet: &mut Sheet, palette: &Palette, stage: &Stage, ground: f32, focus: f32, neon: bool, rng: &mut Rng) {
    let lamps = if neon {
        [hex(0xff4fa0), hex(0x3fe0ee), hex(0xffc14d), hex(0xb06bff)]
    } else {
        [hex(0xffd98a), hex(0xffc870), hex(0xffe6b0), hex(0xffb860)]
    };
    let view = stage.view();
    for row in 0..4 {
        let near = row as f32 / 3.0;
        let tone = mix(mix(palette.far, palette.mist, 0.25), palette.near, near * near * 0.9);
        let mut x = rng.between(-0.1, 0.0);
        while x < stage.w + 0.05 {
            let wide = rng.between(0.035, 0.085) * (0.7 + 0.5 * near);
            let pull = (x + wide * 0.5 - focus) / (0.35 * stage.w);
            let high = 0.30 + 0.70 / (1.0 + pull * pull * 2.0);
            let tall = view * rng.between(0.16, 0.46) * high * (1.12 - 0.42 * near);
            let foot = ground + near * 0.05 * view;
            tower(sheet, palette, (x, foot, wide, tall), tone, rng);
            if palette.night || neon {
                let lamp = lamps[rng.pick(4)];
                windows(sheet, (x, foot, wide, tall), lamp, 0.35 + 0.6 * near, rng);
                if neon && near > 0.3 && rng.chance(0.3) {
                    sign(sheet, (x, foot, wide, tall), lamps[rng.pick(4)], rng);
                }
            }
            x += wide * rng.between(0.85, 1.7) + 0.02 * (1.0 - near);
        }
    }
}

type Block = (f32, f32, f32, f32);

fn tower(sheet: &mut Sheet, palette: &Palette, (x, foot, wide, tall): Block, tone: Rgb, rng: &mut Rng) {
    let top = foot - tall;
    let ink = Ink::of(tone).fading(foot - tall * 0.45, foot + 0.02);
    let mut parts = vec![vec![(x, foot), (x, top), (x + wide, top), (x + wide, foot)]];
    match rng.pick(5) {
        0 => parts.push(vec![(x, top), (x, top - wide * 0.6), (x + wide, top)]),
        1 => parts.push(vec![
            (x + wide * 0.2, top),
            (x + wide * 0.2, top - wide * 0.5),
            (x + wide * 0.8, top - wide * 0.5),
            (x + wide * 0.8, top),
        ]),
        2 => parts.push(vec![(x + wide * 0.46, top), (x + wide * 0.5, top - wide * 1.6), (x + wide * 0.54, top)]),
        _ => {}
    }
    sheet.fill(&parts, ink);
    let lit = vec![(x, foot), (x, top), (x + wide * 0.18, top), (x + wide * 0.18, foot)];
    let edge = mix(tone, palette.glow, 0.35);
    sheet.fill(&[lit], Ink { colour: edge, alpha: 0.5, ..ink });
}

fn windows(sheet: &mut Sheet, (x, foot, wide, tall): Block, lamp: Rgb, shine: f32, rng: &mut Rng) {
    let pitch = 0.0125;
    let (across, down) = ((wide / pitch) as usize, (tall * 0.75 / 0.017) as usize);
    let mut panes = Vec::new();
    for row in 0..down {
        for column in 0..across {
            if rng.chance(0.34) {
                let left = x + (column as f32 + 0.3) * wide / across as f32;
                let top = foot - tall + 0.010 + row as f32 * 0.017;
                let (right, low) = (left + 0.0055, top + 0.008);
                panes.push(vec![(left, top), (right, top), (right, low), (left, low)]);
            }
        }
    }
    sheet.fill(&panes, Ink::of(lamp).thin(shine).fading(foot - tall * 0.5, foot));
}

fn sign(sheet: &mut Sheet, (x, foot, wide, tall): Block, lamp: Rgb, rng: &mut Rng) {
    let at = x + wide * rng.between(0.1, 0.7);
    let top = foot - tall * rng.between(0.6, 0.9);
    let long = rng.between(0.05, 0.11);
    let bar = vec![(at, top), (at + 0.012, top), (at + 0.012, top + long), (at, top + long)];
    for step in 0..4 {
        let y = top + long * (step as f32 + 0.5) / 4.0;
        sheet.dot((at + 0.006, y), 0.035, 1.9, Ink::of(lamp).thin(0.22));
    }
    sheet.fill(&[bar], Ink::of(mix(lamp, hex(0xffffff), 0.35)));
}
