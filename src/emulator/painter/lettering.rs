//! Letters and figures as single strokes, for seals and the mark of a generated picture.
//!
//! It knows the few signs the painter writes. Where they stand is for others to say.

use super::brush::{Ink, Point, Sheet, along, ribbon};

/// Strokes of a sign that is 1 high, y up from the line it stands on.
type Sign = &'static [&'static [Point]];

/// The room between two signs, as a share of their height.
const GAP: f32 = 0.22;

/// Writes `text` from the left end of its line; `height` and `weight` are in units.
pub fn write(sheet: &mut Sheet, text: &str, from: Point, height: f32, weight: f32, ink: Ink) {
    let mut x = from.0;
    let mut strokes = Vec::new();
    for sign in text.chars() {
        let (wide, lines) = shape(sign);
        for line in lines {
            let placed: Vec<_> = line.iter().map(|&(u, v)| (x + u * height, from.1 - v * height, weight)).collect();
            strokes.push(ribbon(&along(&placed)));
        }
        x += (wide + GAP) * height;
    }
    sheet.fill(&strokes, ink);
}

/// How long a line of `text` is, in units.
pub fn length(text: &str, height: f32) -> f32 {
    (text.chars().map(|sign| shape(sign).0 + GAP).sum::<f32>() - GAP).max(0.0) * height
}

/// The width and the strokes of a sign; a sign it cannot write is a space.
fn shape(sign: char) -> (f32, Sign) {
    match sign {
        '0' => (0.6, ZERO),
        '1' => (0.4, &[&[(0.08, 0.78), (0.32, 1.0)], &[(0.32, 1.0), (0.32, 0.0)]]),
        '2' => (0.6, TWO),
        '3' => (0.6, THREE),
        '4' => (0.6, &[&[(0.44, 1.0), (0.02, 0.30)], &[(0.02, 0.30), (0.60, 0.30)], &[(0.44, 1.0), (0.44, 0.0)]]),
        '5' => (0.6, FIVE),
        '6' => (0.6, SIX),
        '7' => (0.6, &[&[(0.04, 1.0), (0.57, 1.0)], &[(0.57, 1.0), (0.36, 0.5), (0.24, 0.0)]]),
        '8' => (0.6, EIGHT),
        '9' => (0.6, NINE),
        'A' => (0.66, &[&[(0.0, 0.0), (0.33, 1.0)], &[(0.33, 1.0), (0.66, 0.0)], &[(0.12, 0.34), (0.54, 0.34)]]),
        'I' => (0.2, &[&[(0.1, 0.0), (0.1, 1.0)]]),
        'G' => (0.7, CAPITAL_G),
        'a' => (0.48, &[BOWL, &[(0.45, 0.66), (0.45, 0.0)]]),
        'd' => (0.48, &[BOWL, &[(0.45, 1.0), (0.45, 0.0)]]),
        'e' => (0.52, SMALL_E),
        'n' => (0.48, SMALL_N),
        'r' => (0.32, &[&[(0.06, 0.66), (0.06, 0.0)], &[(0.06, 0.38), (0.16, 0.60), (0.34, 0.65)]]),
        't' => (0.38, &[&[(0.17, 0.90), (0.17, 0.16), (0.23, 0.02), (0.38, 0.03)], &[(0.0, 0.66), (0.36, 0.66)]]),
        _ => (0.35, &[]),
    }
}

const ZERO: Sign =
    &[&[(0.30, 1.0), (0.55, 0.75), (0.55, 0.25), (0.30, 0.0), (0.05, 0.25), (0.05, 0.75), (0.30, 1.0), (0.33, 0.99)]];
const TWO: Sign = &[
    &[(0.05, 0.74), (0.13, 0.94), (0.31, 1.0), (0.51, 0.90), (0.52, 0.66), (0.34, 0.38), (0.04, 0.0)],
    &[(0.02, 0.02), (0.58, 0.02)],
];
const THREE: Sign = &[
    &[(0.06, 0.88), (0.27, 1.0), (0.50, 0.90), (0.49, 0.65), (0.22, 0.54)],
    &[(0.22, 0.54), (0.51, 0.45), (0.55, 0.18), (0.30, 0.0), (0.04, 0.12)],
];
const FIVE: Sign = &[
    &[(0.53, 1.0), (0.11, 1.0)],
    &[(0.12, 1.0), (0.08, 0.54)],
    &[(0.08, 0.54), (0.30, 0.62), (0.54, 0.46), (0.53, 0.16), (0.30, 0.0), (0.04, 0.10)],
];
const SIX: Sign = &[&[
    (0.47, 0.98),
    (0.20, 0.75),
    (0.06, 0.36),
    (0.13, 0.07),
    (0.33, 0.0),
    (0.54, 0.13),
    (0.54, 0.42),
    (0.34, 0.55),
    (0.08, 0.36),
]];
const NINE: Sign = &[&[
    (0.13, 0.02),
    (0.40, 0.25),
    (0.54, 0.64),
    (0.47, 0.93),
    (0.27, 1.0),
    (0.06, 0.87),
    (0.06, 0.58),
    (0.26, 0.45),
    (0.52, 0.64),
]];
const EIGHT: Sign = &[&[
    (0.30, 1.0),
    (0.52, 0.86),
    (0.45, 0.63),
    (0.28, 0.53),
    (0.08, 0.34),
    (0.10, 0.09),
    (0.30, 0.0),
    (0.50, 0.09),
    (0.52, 0.34),
    (0.32, 0.53),
    (0.15, 0.63),
    (0.08, 0.86),
    (0.30, 1.0),
    (0.33, 1.0),
]];
const CAPITAL_G: Sign = &[
    &[
        (0.65, 0.82),
        (0.40, 1.0),
        (0.12, 0.86),
        (0.02, 0.50),
        (0.12, 0.14),
        (0.40, 0.0),
        (0.66, 0.13),
        (0.68, 0.20),
        (0.68, 0.45),
    ],
    &[(0.70, 0.45), (0.42, 0.45)],
];
const BOWL: &[Point] =
    &[(0.45, 0.48), (0.30, 0.65), (0.13, 0.57), (0.04, 0.33), (0.12, 0.07), (0.27, 0.0), (0.45, 0.18)];
const SMALL_E: Sign = &[
    &[(0.04, 0.36), (0.51, 0.36)],
    &[(0.50, 0.36), (0.45, 0.58), (0.27, 0.66), (0.09, 0.56), (0.03, 0.33), (0.10, 0.08), (0.28, 0.0), (0.49, 0.10)],
];
const SMALL_N: Sign = &[
    &[(0.06, 0.66), (0.06, 0.0)],
    &[(0.06, 0.44), (0.17, 0.61), (0.31, 0.66), (0.43, 0.56), (0.45, 0.38), (0.45, 0.0)],
];
