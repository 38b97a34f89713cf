//! Animals and people as small silhouettes, standing on the point the scene gives them.
//!
//! The fox has a file of its own; birds live with what flies.

use super::brush::{Ink, Point, Sheet};
use super::palette::{Palette, Rgb, hex, mix};
use super::stand::Stand;
use super::words::Hue;

/// A cat sitting with its back to us, tail curled out.
pub fn cat(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let coat = palette.coat(hue, mix(palette.ink, hex(0x16161a), 0.5));
    stand.shadow(sheet, -0.3, 0.45, Ink::of(palette.ink).thin(0.3));
    stand.line(
        sheet,
        &[
            (0.10, 0.04, 0.07),
            (0.26, 0.025, 0.075),
            (0.40, 0.07, 0.07),
            (0.44, 0.17, 0.06),
            (0.40, 0.24, 0.045),
            (0.36, 0.22, 0.01),
        ],
        Ink::of(coat),
    );
    stand.shape(sheet, CAT, Ink::of(coat));
    let light = mix(coat, palette.glow, 0.35);
    stand.line(sheet, &[(-0.135, 0.40, 0.0), (-0.20, 0.22, 0.022), (-0.19, 0.06, 0.0)], Ink::of(light).thin(0.5));
}

const CAT: &[Point] = &[
    (-0.055, 0.700),
    (-0.125, 0.800),
    (-0.125, 0.800),
    (-0.150, 0.690),
    (-0.155, 0.610),
    (-0.115, 0.545),
    (-0.110, 0.490),
    (-0.165, 0.380),
    (-0.215, 0.240),
    (-0.225, 0.100),
    (-0.190, 0.005),
    (-0.05, -0.01),
    (0.10, -0.01),
    (0.205, 0.01),
    (0.225, 0.110),
    (0.205, 0.250),
    (0.155, 0.380),
    (0.105, 0.490),
    (0.110, 0.545),
    (0.150, 0.610),
    (0.145, 0.690),
    (0.120, 0.800),
    (0.120, 0.800),
    (0.055, 0.705),
    (0.0, 0.712),
];

/// A dog sitting in profile, looking up.
pub fn dog(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let coat = palette.coat(hue, mix(palette.ink, hex(0x4a3020), 0.4));
    stand.shadow(sheet, -0.3, 0.4, Ink::of(palette.ink).thin(0.3));
    stand.line(sheet, &[(0.18, 0.05, 0.06), (0.32, 0.06, 0.055), (0.42, 0.15, 0.0)], Ink::of(coat));
    stand.shape(sheet, DOG, Ink::of(coat));
    let dark = mix(coat, hex(0x080606), 0.55);
    stand.shape(sheet, DOG_EAR, Ink::of(dark));
}

const DOG: &[Point] = &[
    (-0.335, 0.660),
    (-0.335, 0.690),
    (-0.255, 0.725),
    (-0.215, 0.765),
    (-0.150, 0.790),
    (-0.080, 0.765),
    (-0.035, 0.690),
    (-0.010, 0.580),
    (0.070, 0.440),
    (0.160, 0.300),
    (0.225, 0.160),
    (0.225, 0.050),
    (0.180, 0.0),
    (0.180, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.02, 0.035),
    (0.065, 0.060),
    (-0.02, 0.130),
    (-0.075, 0.200),
    (-0.088, 0.100),
    (-0.090, 0.0),
    (-0.090, 0.0),
    (-0.165, 0.0),
    (-0.165, 0.0),
    (-0.150, 0.035),
    (-0.145, 0.200),
    (-0.170, 0.330),
    (-0.175, 0.450),
    (-0.155, 0.560),
    (-0.185, 0.625),
    (-0.260, 0.632),
];
const DOG_EAR: &[Point] =
    &[(-0.115, 0.770), (-0.055, 0.740), (-0.025, 0.650), (-0.050, 0.570), (-0.085, 0.600), (-0.105, 0.680)];

/// A deer standing alert.
pub fn deer(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let coat = palette.coat(hue, mix(palette.ink, hex(0x8a4a26), 0.75));
    let dark = mix(coat, hex(0x120c0a), 0.5);
    stand.shadow(sheet, -0.25, 0.45, Ink::of(palette.ink).thin(0.25));
    for leg in DEER_FAR_LEGS {
        stand.line(sheet, leg, Ink::of(mix(coat, dark, 0.7)));
    }
    stand.shape(sheet, DEER, Ink::of(coat));
    for leg in DEER_NEAR_LEGS {
        stand.line(sheet, leg, Ink::of(coat));
    }
    antler(sheet, stand, 0.0, Ink::of(mix(dark, coat, 0.3)));
    antler(sheet, stand, 0.055, Ink::of(dark));
}

fn antler(sheet: &mut Sheet, stand: Stand, side: f32, ink: Ink) {
    let beam = [
        (-0.165 + side, 0.90, 0.022),
        (-0.145 + side * 2.2, 1.02, 0.018),
        (-0.17 + side * 3.4, 1.13, 0.013),
        (-0.235 + side * 3.6, 1.22, 0.004),
    ];
    let low = [(-0.150 + side * 2.0, 0.99, 0.014), (-0.205 + side * 2.0, 1.08, 0.004)];
    let high = [(-0.160 + side * 3.0, 1.10, 0.012), (-0.10 + side * 3.2, 1.19, 0.003)];
    stand.line(sheet, &beam, ink);
    stand.line(sheet, &low, ink);
    stand.line(sheet, &high, ink);
}

const DEER_FAR_LEGS: [&[(f32, f32, f32)]; 2] = [
    &[(-0.10, 0.40, 0.08), (-0.125, 0.22, 0.034), (-0.125, 0.01, 0.024)],
    &[(0.24, 0.42, 0.11), (0.235, 0.30, 0.06), (0.275, 0.20, 0.034), (0.245, 0.01, 0.024)],
];
const DEER_NEAR_LEGS: [&[(f32, f32, f32)]; 2] = [
    &[(-0.05, 0.40, 0.09), (-0.055, 0.22, 0.036), (-0.055, 0.0, 0.026)],
    &[(0.30, 0.46, 0.15), (0.305, 0.31, 0.07), (0.345, 0.20, 0.036), (0.315, 0.0, 0.026)],
];
const DEER: &[Point] = &[
    (-0.300, 0.800),
    (-0.300, 0.825),
    (-0.235, 0.870),
    (-0.185, 0.912),
    (-0.150, 0.915),
    (-0.075, 0.945),
    (-0.075, 0.945),
    (-0.110, 0.880),
    (-0.095, 0.780),
    (-0.040, 0.680),
    (0.060, 0.630),
    (0.200, 0.625),
    (0.320, 0.635),
    (0.375, 0.600),
    (0.400, 0.545),
    (0.400, 0.545),
    (0.385, 0.460),
    (0.330, 0.380),
    (0.200, 0.375),
    (0.050, 0.355),
    (-0.080, 0.370),
    (-0.150, 0.450),
    (-0.180, 0.560),
    (-0.185, 0.680),
    (-0.190, 0.785),
    (-0.230, 0.805),
];

/// A robed traveller with a staff and a broad hat.
pub fn traveller(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let robe = palette.coat(hue, mix(palette.ink, palette.near, 0.3));
    let skin: Rgb = mix(hex(0xd8b08c), palette.ink, if palette.night { 0.6 } else { 0.15 });
    stand.shadow(sheet, -0.3, 0.4, Ink::of(palette.ink).thin(0.25));
    stand.line(sheet, &[(-0.25, 0.0, 0.022), (-0.20, 0.5, 0.020), (-0.17, 1.02, 0.018)], Ink::of(palette.ink));
    stand.shape(sheet, ROBE, Ink::of(robe));
    stand.line(
        sheet,
        &[(0.0, 0.64, 0.10), (-0.09, 0.58, 0.085), (-0.19, 0.62, 0.03)],
        Ink::of(mix(robe, palette.ink, 0.3)),
    );
    sheet.dot(stand.place((-0.015, 0.80)), stand.size * 0.062, 0.2, Ink::of(skin));
    stand.shape(sheet, HAT, Ink::of(mix(palette.ink, hex(0x9a7a4a), 0.45)));
}

const ROBE: &[Point] = &[
    (-0.05, 0.75),
    (0.06, 0.745),
    (0.115, 0.660),
    (0.130, 0.45),
    (0.165, 0.20),
    (0.205, 0.02),
    (0.205, 0.0),
    (0.205, 0.0),
    (-0.135, 0.0),
    (-0.135, 0.0),
    (-0.105, 0.25),
    (-0.085, 0.50),
    (-0.085, 0.68),
];
const HAT: &[Point] = &[
    (-0.175, 0.805),
    (-0.175, 0.805),
    (-0.06, 0.885),
    (-0.01, 0.940),
    (-0.01, 0.940),
    (0.04, 0.885),
    (0.155, 0.815),
    (0.155, 0.815),
    (0.0, 0.835),
];
