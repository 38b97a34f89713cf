//! Things people made: boats, a hut, a pagoda, a cup of tea.
//!
//! Each is drawn where the scene stands it, in its own units; the city has a file of its own.

use super::brush::{Ink, Point, Sheet, along};
use super::palette::{Palette, Rgb, hex, mix};
use super::stand::Stand;
use super::words::Hue;

/// A fishing boat with its boatman, and what the water gives back of it.
pub fn boat(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    reflection(sheet, palette, stand);
    let hull = palette.coat(hue, mix(palette.ink, palette.near, 0.2));
    stand.shape(sheet, HULL, Ink::of(hull));
    stand.shape(sheet, AWNING, Ink::of(mix(hull, hex(0x8a6a44), 0.35)));
    if palette.night {
        let lamp = stand.place((-0.33, 0.26));
        sheet.dot(lamp, stand.size * 0.13, 1.6, Ink::of(hex(0xffb45c)).thin(0.35));
        sheet.dot(lamp, stand.size * 0.035, 0.6, Ink::of(hex(0xffe0a0)));
    }
    stand.line(sheet, &[(0.27, 0.06, 0.075), (0.27, 0.20, 0.085), (0.265, 0.30, 0.05)], Ink::of(palette.ink));
    sheet.dot(stand.place((0.262, 0.345)), stand.size * 0.035, 0.2, Ink::of(palette.ink));
    stand.shape(sheet, BOAT_HAT, Ink::of(palette.ink));
    stand.line(sheet, &[(0.17, 0.46, 0.012), (0.34, 0.12, 0.014), (0.46, -0.12, 0.010)], Ink::of(palette.ink));
}

/// Broken strips of dark under the hull.
fn reflection(sheet: &mut Sheet, palette: &Palette, stand: Stand) {
    for step in 0..6 {
        let y = -0.04 - step as f32 * 0.035;
        let wide = 0.45 - step as f32 * 0.05;
        let strip = [(-wide, y, 0.0), (0.02, y - 0.004, 0.022), (wide * 0.9, y, 0.0)];
        let ink = Ink::of(palette.near).thin(0.42 - step as f32 * 0.06);
        stand.line(sheet, &strip, ink);
    }
}

const HULL: &[Point] = &[
    (-0.56, 0.150),
    (-0.56, 0.150),
    (-0.40, 0.060),
    (-0.10, 0.035),
    (0.20, 0.040),
    (0.40, 0.075),
    (0.52, 0.140),
    (0.52, 0.140),
    (0.44, 0.030),
    (0.30, -0.035),
    (0.0, -0.050),
    (-0.32, -0.035),
    (-0.47, 0.040),
];
const AWNING: &[Point] = &[
    (-0.22, 0.04),
    (-0.22, 0.04),
    (-0.20, 0.15),
    (-0.12, 0.20),
    (0.02, 0.20),
    (0.10, 0.15),
    (0.12, 0.04),
    (0.12, 0.04),
];
const BOAT_HAT: &[Point] =
    &[(0.165, 0.350), (0.165, 0.350), (0.262, 0.440), (0.262, 0.440), (0.360, 0.350), (0.360, 0.350), (0.262, 0.370)];

/// A small hut with curved eaves and one lit window.
pub fn hut(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let roof = palette.coat(hue, mix(palette.ink, palette.near, 0.15));
    let wall = mix(palette.mist, palette.near, if palette.night { 0.75 } else { 0.22 });
    stand.shape(sheet, &boxed(-0.30, 0.30, 0.0, 0.36), Ink::of(wall));
    for x in [-0.29, 0.0, 0.29] {
        stand.line(sheet, &[(x, -0.02, 0.025), (x, 0.38, 0.025)], Ink::of(palette.ink));
    }
    stand.shape(sheet, &boxed(0.07, 0.22, 0.10, 0.28), Ink::of(hex(0xf2b45a)));
    if palette.night {
        sheet.dot(stand.place((0.145, 0.19)), stand.size * 0.20, 1.7, Ink::of(hex(0xffb050)).thin(0.3));
    }
    stand.shape(sheet, &boxed(-0.20, -0.10, 0.0, 0.27), Ink::of(mix(wall, palette.ink, 0.7)));
    eaves(sheet, stand, 0.34, 0.46, 0.26, 0.16, roof);
    if let Some(snow) = palette.snow {
        eaves(sheet, stand, 0.41, 0.38, 0.22, 0.15, snow);
    }
}

/// A pagoda of five roofs, its foot in mist.
pub fn pagoda(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let body = palette.coat(hue, mix(palette.near, palette.ink, 0.4));
    let wall = mix(body, palette.mist, 0.28);
    let mut y = 0.0;
    for storey in 0..5 {
        let half = 0.20 - 0.025 * storey as f32;
        let tall = 0.16 - 0.012 * storey as f32;
        stand.shape(sheet, &boxed(-half, half, y, y + tall + 0.04), Ink::of(wall));
        for window in [-0.5, 0.0, 0.5] {
            let x = window * half;
            let lit = if palette.night { hex(0xffc66e) } else { mix(body, palette.ink, 0.5) };
            stand.shape(sheet, &boxed(x - 0.022, x + 0.022, y + 0.035, y + tall * 0.78), Ink::of(lit));
        }
        y += tall;
        eaves(sheet, stand, y - 0.03, half + 0.12, half * 0.8, 0.085, body);
        if let Some(snow) = palette.snow {
            eaves(sheet, stand, y + 0.01, half + 0.05, half * 0.7, 0.05, snow);
        }
        y += 0.03;
    }
    stand.line(sheet, &[(0.0, y, 0.035), (0.0, y + 0.10, 0.016), (0.0, y + 0.20, 0.004)], Ink::of(body));
}

/// A roof whose corners turn up.
fn eaves(sheet: &mut Sheet, stand: Stand, y: f32, half: f32, ridge: f32, rise: f32, tone: Rgb) {
    let roof = [
        (-half, y + rise * 0.18),
        (-half, y + rise * 0.18),
        (-half * 0.72, y + rise * 0.36),
        (-ridge, y + rise),
        (-ridge, y + rise),
        (ridge, y + rise),
        (ridge, y + rise),
        (half * 0.72, y + rise * 0.36),
        (half, y + rise * 0.18),
        (half, y + rise * 0.18),
        (half * 0.7, y),
        (0.0, y - rise * 0.04),
        (-half * 0.7, y),
    ];
    stand.shape(sheet, &roof, Ink::of(tone));
}

fn boxed(left: f32, right: f32, low: f32, top: f32) -> [Point; 8] {
    [(left, low), (left, low), (left, top), (left, top), (right, top), (right, top), (right, low), (right, low)]
}

/// A bowl on a ledge with steam curling up.
pub fn cup(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let glaze = palette.coat(hue, mix(palette.near, hex(0x2f5a62), 0.5));
    stand.shadow(sheet, -0.5, 0.7, Ink::of(palette.ink).thin(0.4));
    stand.shape(sheet, BOWL, Ink::of(glaze));
    stand.shape(sheet, BOWL_SHADE, Ink::of(mix(glaze, palette.ink, 0.6)).thin(0.6));
    stand.line(
        sheet,
        &[(-0.34, 0.46, 0.0), (-0.30, 0.30, 0.03), (-0.22, 0.16, 0.0)],
        Ink::of(mix(glaze, hex(0xffffff), 0.6)).thin(0.7),
    );
    let rim: [Point; 8] = [
        (-0.42, 0.50),
        (-0.30, 0.545),
        (0.0, 0.565),
        (0.30, 0.545),
        (0.42, 0.50),
        (0.30, 0.462),
        (0.0, 0.445),
        (-0.30, 0.462),
    ];
    stand.shape(sheet, &rim, Ink::of(mix(glaze, hex(0xffffff), 0.45)));
    let tea = rim.map(|(x, y)| (x * 0.88, 0.495 + (y - 0.50) * 0.78));
    stand.shape(sheet, &tea, Ink::of(mix(hex(0x7a4a1c), palette.ink, 0.25)));
    let steam = mix(palette.mist, hex(0xffffff), 0.5);
    for (x, tall, lean) in [(-0.16, 0.8, 1.0), (0.05, 1.1, -1.0), (0.2, 0.7, 1.0)] {
        for (wide, alpha) in [(0.16, 0.18), (0.09, 0.28), (0.035, 0.5)] {
            let curl = [
                (x, 0.54, 0.0),
                (x + 0.07 * lean, 0.54 + tall * 0.25, wide * 0.7),
                (x - 0.05 * lean, 0.54 + tall * 0.5, wide),
                (x + 0.08 * lean, 0.54 + tall * 0.75, wide * 0.8),
                (x + 0.02 * lean, 0.54 + tall, 0.0),
            ];
            stand.line(sheet, &along(&curl), Ink::of(steam).thin(alpha));
        }
    }
}

const BOWL: &[Point] = &[
    (-0.42, 0.50),
    (-0.42, 0.50),
    (-0.40, 0.36),
    (-0.32, 0.20),
    (-0.18, 0.08),
    (-0.17, 0.0),
    (-0.17, 0.0),
    (0.17, 0.0),
    (0.17, 0.0),
    (0.18, 0.08),
    (0.32, 0.20),
    (0.40, 0.36),
    (0.42, 0.50),
    (0.42, 0.50),
];
const BOWL_SHADE: &[Point] = &[
    (0.20, 0.48),
    (0.42, 0.50),
    (0.42, 0.50),
    (0.40, 0.36),
    (0.32, 0.20),
    (0.18, 0.08),
    (0.17, 0.0),
    (0.17, 0.0),
    (-0.05, 0.0),
    (-0.05, 0.0),
    (0.10, 0.10),
    (0.19, 0.26),
];
