//! Small things in the air and on the paper: birds, snow, rain, petals, the seal.

use super::brush::{Ink, Point, Sheet, along, closed, heading};
use super::noise::Rng;
use super::palette::{Palette, hex, mix};
use super::stage::Stage;
use super::stand::Stand;
use super::words::Hue;

/// A distant flock in a loose line, flying towards `side`.
pub fn flock(sheet: &mut Sheet, palette: &Palette, at: Point, side: f32, rng: &mut Rng) {
    let tone = mix(
        palette.ink,
        palette.sky,
        if palette.night { 0.45 } else { 0.25 },
    );
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
    stand.line(
        sheet,
        &[
            (0.18, 0.0, 0.03),
            (0.46, -0.01, 0.016),
            (0.66, -0.02, 0.006),
        ],
        dark,
    );
    let wing = |lean: f32| {
        [
            (-0.14, 0.03),
            (-0.10 + lean, 0.22),
            (0.02 + lean, 0.42),
            (0.16 + lean, 0.58),
            (0.16 + lean, 0.58),
            (0.17 + lean, 0.40),
            (0.18 + lean * 0.5, 0.22),
            (0.18, 0.06),
        ]
    };
    let tips = |lean: f32| {
        [
            (0.05 + lean, 0.44),
            (0.16 + lean, 0.58),
            (0.16 + lean, 0.58),
            (0.185 + lean, 0.38),
            (0.20 + lean * 0.6, 0.20),
            (0.195, 0.09),
            (0.13 + lean * 0.7, 0.24),
        ]
    };
    for lean in [-0.20, 0.10] {
        let shade = if lean < 0.0 {
            mix(white, palette.far, 0.35)
        } else {
            white
        };
        stand.shape(sheet, &wing(lean), Ink::of(shade));
        stand.shape(sheet, &tips(lean), dark);
    }
    let body = [
        (-0.20, 0.04),
        (-0.08, 0.075),
        (0.10, 0.06),
        (0.26, 0.01),
        (0.10, -0.055),
        (-0.10, -0.045),
    ];
    stand.shape(sheet, &body, Ink::of(white));
    stand.line(
        sheet,
        &[
            (-0.14, 0.02, 0.07),
            (-0.30, 0.05, 0.035),
            (-0.44, 0.08, 0.030),
        ],
        Ink::of(white),
    );
    stand.line(
        sheet,
        &[
            (-0.30, 0.045, 0.03),
            (-0.40, 0.07, 0.032),
            (-0.46, 0.085, 0.028),
        ],
        dark,
    );
    stand.line(sheet, &[(-0.45, 0.085, 0.026), (-0.58, 0.085, 0.0)], dark);
    sheet.dot(
        stand.place((-0.465, 0.10)),
        stand.size * 0.022,
        0.4,
        Ink::of(hex(0xc8321f)),
    );
}

/// A bird at rest on a twig that passes under `stand`.
pub fn perched(sheet: &mut Sheet, palette: &Palette, stand: Stand, hue: Option<Hue>) {
    let coat = palette.coat(hue, mix(palette.ink, palette.near, 0.15));
    let breast = mix(coat, palette.glow, 0.55);
    stand.line(
        sheet,
        &[(0.22, 0.20, 0.10), (0.42, 0.02, 0.085), (0.56, -0.10, 0.05)],
        Ink::of(coat),
    );
    let body = [
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
    stand.shape(sheet, &body, Ink::of(coat));
    let front = [
        (-0.265, 0.36),
        (-0.20, 0.38),
        (-0.14, 0.28),
        (-0.06, 0.12),
        (0.03, 0.03),
        (-0.10, 0.035),
        (-0.21, 0.125),
        (-0.262, 0.25),
    ];
    stand.shape(sheet, &front, Ink::of(breast));
    let dark = Ink::of(mix(coat, hex(0x08080a), 0.5));
    stand.line(
        sheet,
        &[(-0.02, 0.38, 0.0), (0.12, 0.24, 0.10), (0.33, 0.05, 0.0)],
        dark,
    );
    sheet.dot(
        stand.place((-0.225, 0.478)),
        stand.size * 0.022,
        0.4,
        Ink::of(hex(0xf4ead2)),
    );
    sheet.dot(
        stand.place((-0.228, 0.478)),
        stand.size * 0.013,
        0.4,
        Ink::of(hex(0x0a0a0c)),
    );
    for x in [-0.05, 0.03] {
        stand.line(sheet, &[(x, 0.04, 0.02), (x - 0.01, -0.06, 0.018)], dark);
    }
}

/// Snow in the air: many small flakes, few large and soft.
pub fn snowfall(sheet: &mut Sheet, palette: &Palette, stage: &Stage, rng: &mut Rng) {
    let white = mix(
        hex(0xffffff),
        palette.mist,
        if palette.night { 0.35 } else { 0.05 },
    );
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
        streaks[drop % 2].push(super::brush::ribbon(&[
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

/// The painter's seal: a worn red square with a carved mark.
pub fn seal(sheet: &mut Sheet, palette: &Palette, at: Point, size: f32, rng: &mut Rng) {
    let red = mix(
        hex(0xb3231c),
        hex(0x2a0a10),
        if palette.night { 0.25 } else { 0.0 },
    );
    let stand = Stand {
        at,
        size,
        facing: 1.0,
    };
    let mut j = || rng.between(-0.025, 0.025);
    let square = [
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
    ];
    stand.shape(sheet, &square, Ink::of(red).thin(0.94).dry(0.35));
    let paper = Ink::of(mix(palette.mist, hex(0xfff6e6), 0.5)).thin(0.92);
    let carved: [&[(f32, f32, f32)]; 7] = [
        &[(0.50, 0.88, 0.075), (0.50, 0.56, 0.075)],
        &[(0.22, 0.76, 0.075), (0.22, 0.55, 0.075)],
        &[(0.78, 0.76, 0.075), (0.78, 0.55, 0.075)],
        &[(0.19, 0.56, 0.075), (0.81, 0.56, 0.075)],
        &[(0.50, 0.45, 0.070), (0.50, 0.12, 0.070)],
        &[
            (0.42, 0.40, 0.070),
            (0.30, 0.24, 0.070),
            (0.17, 0.16, 0.060),
        ],
        &[
            (0.58, 0.40, 0.070),
            (0.70, 0.24, 0.070),
            (0.83, 0.16, 0.060),
        ],
    ];
    for line in carved {
        stand.line(sheet, line, paper);
    }
}
