//! Pine and bamboo.
//!
//! Each is rooted where the scene says and grows from its own stream of chance.

use super::brush::{Ink, Point, Sheet, along, closed, heading, ribbon};
use super::noise::Rng;
use super::palette::{Palette, mix};

type Spine = Vec<(f32, f32, f32)>;

/// A pine with level pads of needles, growing from `root` to about `size` units high.
pub fn pine(sheet: &mut Sheet, palette: &Palette, root: Point, size: f32, lean: f32, rng: &mut Rng) {
    let mut trunk: Spine = Vec::new();
    let mut x = root.0;
    for step in 0..=6 {
        let t = step as f32 / 6.0;
        trunk.push((x, root.1 + 0.02 - size * t, size * (0.058 * (1.0 - t) + 0.010)));
        x += lean * size * rng.between(-0.05, 0.13);
    }
    let trunk = along(&trunk);
    sheet.stroke(&trunk, Ink::of(palette.ink).dry(0.2));
    let mut side = lean;
    for step in 0..7 {
        let t = 0.36 + 0.64 * step as f32 / 6.0;
        let from = trunk[((trunk.len() - 1) as f32 * t) as usize];
        let reach = size * (0.34 - 0.24 * t) * rng.between(0.75, 1.25);
        let tip = (from.0 + side * reach, from.1 - size * rng.between(-0.01, 0.06));
        if step < 6 {
            limb(sheet, palette, from, tip, size * 0.016);
        }
        let width = size * (0.22 - 0.11 * t) * rng.between(0.85, 1.15);
        let out = if step < 6 { 0.75 } else { 0.0 };
        pad(sheet, palette, (from.0 + side * reach * out, tip.1), width, rng);
        if rng.chance(0.75) {
            pad(sheet, palette, (from.0 + side * reach * out * 0.3, tip.1 - size * 0.03), width * 0.75, rng);
        }
        side = -side;
    }
}

/// A pine bough reaching in from beyond the edge at `root` towards `tip`.
pub fn bough(sheet: &mut Sheet, palette: &Palette, root: Point, tip: Point, rng: &mut Rng) {
    let (dx, dy) = (tip.0 - root.0, tip.1 - root.1);
    let size = (dx * dx + dy * dy).sqrt();
    let at = |t: f32, w: f32, off: f32| (root.0 + dx * t, root.1 + dy * t * (0.4 + 0.6 * t) + off * size, w * size);
    let spine = along(&[
        at(0.0, 0.075, 0.0),
        at(0.25, 0.058, -0.05),
        at(0.5, 0.042, 0.03),
        at(0.75, 0.026, -0.02),
        at(1.0, 0.010, 0.02),
    ]);
    sheet.stroke(&spine, Ink::of(palette.ink).dry(0.22));
    for step in 0..8 {
        let t = 0.2 + 0.8 * step as f32 / 7.0;
        let from = spine[((spine.len() - 1) as f32 * t) as usize];
        let drop = size * rng.between(-0.10, 0.13);
        let to = (from.0 + dx * rng.between(-0.05, 0.16), from.1 + drop);
        limb(sheet, palette, from, to, size * 0.014);
        pad(sheet, palette, to, size * rng.between(0.12, 0.19), rng);
    }
}

fn limb(sheet: &mut Sheet, palette: &Palette, from: (f32, f32, f32), tip: Point, width: f32) {
    let middle = ((from.0 + tip.0) * 0.5, (from.1 + tip.1) * 0.5 + width * 0.8, width * 0.7);
    let spine = along(&[(from.0, from.1, width), middle, (tip.0, tip.1, width * 0.3)]);
    sheet.stroke(&spine, Ink::of(palette.ink));
}

/// One level pad: a faint wash under a fan of needles.
fn pad(sheet: &mut Sheet, palette: &Palette, at: Point, half: f32, rng: &mut Rng) {
    let mut needles = Vec::new();
    for _ in 0..110 {
        let u = rng.between(-1.0, 1.0);
        let dome = 0.42 * (1.0 - u * u);
        let root = (at.0 + u * half, at.1 + half * (0.05 - dome * rng.unit()));
        let tall = half * rng.between(0.12, 0.22);
        let tip = (root.0 + (u * 0.9 + rng.between(-0.4, 0.4)) * tall, root.1 - tall);
        let width = half * 0.045;
        needles.push(ribbon(&[
            (root.0, root.1, width),
            ((root.0 + tip.0) * 0.5, (root.1 + tip.1) * 0.5, width * 0.8),
            (tip.0, tip.1, 0.0),
        ]));
    }
    let bed = [
        (-1.0, 0.0),
        (-0.72, 0.20),
        (-0.25, 0.38),
        (0.25, 0.38),
        (0.72, 0.20),
        (1.0, 0.0),
        (0.45, -0.06),
        (-0.45, -0.06),
    ]
    .map(|(u, v)| (at.0 + u * half, at.1 - v * half));
    let wash = mix(palette.leaf, palette.far, 0.22);
    sheet.fill(&[closed(&bed)], Ink::of(wash).thin(0.8));
    sheet.fill(&needles, Ink::of(palette.leaf).thin(0.92));
    if let Some(snow) = palette.snow {
        let cap: Spine = [(-0.8, 0.0), (-0.3, 0.13), (0.3, 0.13), (0.8, 0.0)]
            .map(|(u, w)| (at.0 + u * half, at.1 - half * (0.24 + w), half * w))
            .into();
        sheet.stroke(&along(&cap), Ink::of(snow).thin(0.9));
    }
}

/// Bamboo culms rising from `root`, with sprays of leaves.
pub fn bamboo(sheet: &mut Sheet, palette: &Palette, root: Point, size: f32, lean: f32, rng: &mut Rng) {
    for stem in 0..4 {
        let behind = stem < 2;
        let tone = if behind { mix(palette.leaf, palette.mist, 0.5) } else { palette.leaf };
        let width = rng.between(0.016, 0.027) * if behind { 0.7 } else { 1.0 };
        let foot = root.0 + lean * (stem as f32 * 0.055 + rng.between(-0.02, 0.02));
        let tilt = lean * rng.between(0.02, 0.10);
        let joints = 8;
        for joint in 0..joints {
            let (t0, t1) = (joint as f32 / 8.0, (joint as f32 + 0.95) / 8.0);
            let place = |t: f32| (foot + tilt * t * t * size, root.1 - size * t);
            let ((x0, y0), (x1, y1)) = (place(t0), place(t1));
            let thin = width * (1.0 - 0.35 * t0);
            let middle = ((x0 + x1) * 0.5, (y0 + y1) * 0.5, thin * 0.86);
            let culm = [(x0, y0, thin), middle, (x1, y1, thin)];
            sheet.stroke(&along(&culm), Ink::of(tone).thin(0.9).dry(0.2));
            let dark = mix(tone, palette.ink, 0.6);
            sheet.stroke(&[(x1 - thin * 0.6, y1 - 0.002, 0.003), (x1 + thin * 0.6, y1 - 0.002, 0.003)], Ink::of(dark));
            if joint > 1 && rng.chance(0.75) {
                spray(sheet, tone, (x1, y1), size * rng.between(0.10, 0.16), rng);
            }
        }
    }
}

/// A twig with a fan of blades, as in the character for "a piece".
fn spray(sheet: &mut Sheet, tone: [f32; 3], at: Point, size: f32, rng: &mut Rng) {
    let side = rng.side();
    let tip = (at.0 + side * size * 0.8, at.1 - size * rng.between(0.0, 0.4));
    sheet.stroke(&[(at.0, at.1, 0.004), (tip.0, tip.1, 0.002)], Ink::of(tone));
    let blades: Vec<_> = (0..5)
        .map(|blade| {
            let turn = 0.25 - side * (0.17 - 0.075 * blade as f32) + rng.between(-0.02, 0.02);
            let (dx, dy) = heading(turn);
            let long = size * rng.between(0.7, 1.1);
            let spot = |t: f32, w: f32| (tip.0 + dx * long * t, tip.1 + dy * long * (t + 0.12 * t * t), w * long);
            ribbon(&along(&[spot(0.0, 0.0), spot(0.3, 0.15), spot(0.65, 0.10), spot(1.0, 0.0)]))
        })
        .collect();
    sheet.fill(&blades, Ink::of(tone).thin(0.93));
}
