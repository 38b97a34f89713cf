//! Colours a terminal has, and the nearest of them to one it has not. Nearness is that of Oklab, which follows the eye.

use std::sync::LazyLock;

use ratatui::style::Color;

use super::scale::Rgb;
use crate::domain::Depth;

/// The 16 colours as xterm ships them; a terminal's own are near enough for pictures.
const ANSI: [(Color, Rgb); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// Levels of the 256 colours' cube, from index 16; the grey ramp follows from index 232.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// How much a mixture of two colours is held against their distance: pixels are large here, and grain shows.
const GRAIN: f32 = 0.03;

/// How far apart (of 255) the lightest and darkest nudge are where 256 colours are mixed; the cube's steps are 40.
const BAND: i16 = 20;

type Lab = [f32; 3];

/// A colour made of one or two others: of every four pixels `quarters` have the second.
struct Mixture {
    lab: Lab,
    grain: f32,
    colours: (Color, Color),
    quarters: u8,
}

static INDEXED: LazyLock<Vec<(Lab, Color)>> = LazyLock::new(|| {
    let cube = (0..216_usize).map(|i| [CUBE[i / 36], CUBE[i / 6 % 6], CUBE[i % 6]]);
    let greys = (0..24_u8).map(|i| [8 + i * 10; 3]);
    cube.chain(greys).zip(16..=255).map(|(rgb, index)| (oklab(rgb.map(light)), Color::Indexed(index))).collect()
});

static MIXTURES: LazyLock<Vec<Mixture>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (i, (first, a)) in ANSI.iter().enumerate() {
        let (a, lab) = (a.map(light), oklab(a.map(light)));
        all.push(Mixture { lab, grain: 0.0, colours: (*first, *first), quarters: 0 });
        for (second, b) in &ANSI[i + 1..] {
            let b = b.map(light);
            let grain = GRAIN * distance(lab, oklab(b));
            for quarters in 1..=3_u8 {
                let share = f32::from(quarters) / 4.0;
                let mixed = std::array::from_fn(|c| a[c] * (1.0 - share) + b[c] * share);
                all.push(Mixture { lab: oklab(mixed), grain, colours: (*first, *second), quarters });
            }
        }
    }
    all
});

/// The colour to show for `rgb` at pixel `(x, y)`: the place matters where colours have to be mixed from neighbours.
/// `None` without colours.
pub(super) fn nearest(rgb: Rgb, x: u16, y: u16, depth: Depth) -> Option<Color> {
    match depth {
        Depth::Mono => None,
        Depth::Ansi => Some(mixed(rgb, x, y)),
        Depth::Indexed => Some(indexed(nudged(rgb, x, y))),
        Depth::True => Some(Color::Rgb(rgb[0], rgb[1], rgb[2])),
    }
}

/// The nearest of the 16 alone, for places with no neighbours to mix with.
pub(super) fn ansi(rgb: Rgb) -> Color {
    closest(MIXTURES.iter().filter(|mixture| mixture.quarters == 0), rgb).colours.0
}

/// The nearest of the 256, or of the 16 where there are no more, whatever lies beside it.
pub(super) fn plain(rgb: Rgb, depth: Depth) -> Color {
    if depth >= Depth::Indexed { indexed(rgb) } else { ansi(rgb) }
}

/// What a colour of those looks like.
pub(super) fn seen(colour: Color) -> Rgb {
    match colour {
        Color::Indexed(grey @ 232..) => [8 + (grey - 232) * 10; 3],
        Color::Indexed(index @ 16..) => {
            let index = usize::from(index) - 16;
            [CUBE[index / 36], CUBE[index / 6 % 6], CUBE[index % 6]]
        }
        other => ANSI.iter().find(|(colour, _)| *colour == other).map_or([0; 3], |(_, rgb)| *rgb),
    }
}

fn mixed(rgb: Rgb, x: u16, y: u16) -> Color {
    let best = closest(MIXTURES.iter(), rgb);
    if turn(x, y) < best.quarters { best.colours.1 } else { best.colours.0 }
}

/// The smallest ordered pattern, two by two.
fn turn(x: u16, y: u16) -> u8 {
    [[0, 2], [3, 1]][usize::from(y % 2)][usize::from(x % 2)]
}

/// A little lighter or darker by place, so that soft shades do not break into bands.
fn nudged(rgb: Rgb, x: u16, y: u16) -> Rgb {
    let nudge = (i16::from(turn(x, y)) * 2 - 3) * BAND / 6;
    rgb.map(|value| (i16::from(value) + nudge).clamp(0, 255) as u8)
}

fn closest<'a>(mixtures: impl Iterator<Item = &'a Mixture>, rgb: Rgb) -> &'a Mixture {
    let lab = oklab(rgb.map(light));
    let far = |mixture: &Mixture| distance(lab, mixture.lab) + mixture.grain;
    mixtures.min_by(|a, b| far(a).total_cmp(&far(b))).expect("the palette has colours")
}

fn indexed(rgb: Rgb) -> Color {
    let lab = oklab(rgb.map(light));
    let nearest = INDEXED.iter().min_by(|a, b| distance(lab, a.0).total_cmp(&distance(lab, b.0)));
    nearest.expect("the palette has colours").1
}

fn light(value: u8) -> f32 {
    let v = f32::from(value) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Oklab of linear light (Björn Ottosson, 2020).
fn oklab([r, g, b]: [f32; 3]) -> Lab {
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Squared distance.
fn distance(a: Lab, b: Lab) -> f32 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_256_colours_use_cube_and_grey_ramp() {
        let table = [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([95, 135, 175], 67),
            ([8, 8, 8], 232),
            ([118, 118, 118], 243),
            ([119, 117, 118], 243),
            ([238, 238, 238], 255),
        ];
        for (rgb, index) in table {
            assert_eq!(indexed(rgb), Color::Indexed(index), "{rgb:?}");
        }
        for place in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let black = nearest([0, 0, 0], place.0, place.1, Depth::Indexed);
            assert!(matches!(black, Some(Color::Indexed(16 | 232))), "{black:?}");
        }
    }

    #[test]
    fn the_16_colours_are_found_exactly_and_mixed_between() {
        for (colour, rgb) in ANSI {
            for place in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                assert_eq!(nearest(rgb, place.0, place.1, Depth::Ansi), Some(colour), "{rgb:?}");
            }
            assert_eq!(ansi(rgb), colour);
        }
        let around = |rgb| [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| nearest(rgb, x, y, Depth::Ansi));
        let between = around([180, 180, 180]);
        assert!(between.iter().all(|c| matches!(c, Some(Color::Gray | Color::DarkGray | Color::White))), "{between:?}");
        assert!(between.iter().any(|c| *c != between[0]), "a grey between two is mixed: {between:?}");
    }

    #[test]
    fn what_a_colour_looks_like_is_nearest_to_itself() {
        for depth in [Depth::Ansi, Depth::Indexed] {
            for rgb in [[0, 0, 0], [250, 250, 250], [10, 200, 90], [118, 118, 118], [255, 0, 0]] {
                let colour = plain(rgb, depth);
                assert_eq!(plain(seen(colour), depth), colour, "{rgb:?}");
            }
        }
    }

    #[test]
    fn without_colours_there_is_none() {
        assert_eq!(nearest([200, 10, 10], 0, 0, Depth::Mono), None);
        assert_eq!(nearest([200, 10, 10], 0, 0, Depth::True), Some(Color::Rgb(200, 10, 10)));
    }
}
