//! Colours: how they are written, and the nearest one a poorer terminal has. Not: roles and files.

use ratatui::style::Color;

use crate::domain::Depth;

/// The levels of each channel in the 256 colour cube, as xterm has them.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Reads `#rrggbb`, `default`, or the name of one of the terminal's 16 colours.
pub(super) fn read(word: &str) -> Option<Color> {
    if let Some(hex) = word.strip_prefix('#') {
        let number = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6 && !hex.starts_with('+'))?;
        let [_, r, g, b] = number.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    Some(match word {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "gray" => Color::Gray,
        "darkgray" => Color::DarkGray,
        "lightred" => Color::LightRed,
        "lightgreen" => Color::LightGreen,
        "lightyellow" => Color::LightYellow,
        "lightblue" => Color::LightBlue,
        "lightmagenta" => Color::LightMagenta,
        "lightcyan" => Color::LightCyan,
        "white" => Color::White,
        _ => return None,
    })
}

/// The colour as a terminal of this depth shows it; `None` when it shows none.
pub(super) fn at_depth(colour: Color, depth: Depth) -> Option<Color> {
    match (depth, colour) {
        (Depth::Mono, _) => None,
        (Depth::Ansi, Color::Rgb(r, g, b)) => Some(nearest_ansi(r, g, b)),
        (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_indexed(r, g, b))),
        _ => Some(colour),
    }
}

/// The nearest of the cube and the grey ramp. The first 16 are left out: every terminal has its own.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    let wanted = oklab((r, g, b));
    let far = |i: u8| oklab(indexed(i)).iter().zip(wanted).map(|(x, y)| (x - y).powi(2)).sum::<f64>();
    (16..=255).min_by(|a, b| far(*a).total_cmp(&far(*b))).unwrap_or(16)
}

/// What a colour from 16 up looks like.
fn indexed(index: u8) -> (u8, u8, u8) {
    match index.checked_sub(232) {
        Some(step) => (8 + step * 10, 8 + step * 10, 8 + step * 10),
        None => {
            let i = usize::from(index.saturating_sub(16));
            (LEVELS[i / 36], LEVELS[i / 6 % 6], LEVELS[i % 6])
        }
    }
}

/// Light, as a share of full, for a channel's value (sRGB).
fn linear(value: u8) -> f64 {
    match f64::from(value) / 255.0 {
        v if v <= 0.04045 => v / 12.92,
        v => ((v + 0.055) / 1.055).powf(2.4),
    }
}

/// Lightness and two hues (Oklab), where equal steps look equal: distances between channels turn vermilion to orange.
fn oklab((r, g, b): (u8, u8, u8)) -> [f64; 3] {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// By hue, since the terminal's own 16 are its owner's and no distance to them is known. Greys go by lightness.
fn nearest_ansi(r: u8, g: u8, b: u8) -> Color {
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    if high - low < 48 {
        return match high {
            0..=63 => Color::Black,
            64..=135 => Color::DarkGray,
            136..=215 => Color::Gray,
            _ => Color::White,
        };
    }
    let middle = high / 2 + low / 2;
    let light = high > 223;
    match (r > middle, g > middle, b > middle) {
        (true, false, false) if light => Color::LightRed,
        (true, false, false) => Color::Red,
        (false, true, false) if light => Color::LightGreen,
        (false, true, false) => Color::Green,
        (true, true, false) if light => Color::LightYellow,
        (true, true, false) => Color::Yellow,
        (false, false, true) if light => Color::LightBlue,
        (false, false, true) => Color::Blue,
        (true, false, true) if light => Color::LightMagenta,
        (true, false, true) => Color::Magenta,
        (_, _, _) if light => Color::LightCyan,
        (_, _, _) => Color::Cyan,
    }
}

/// Contrast of two colours (WCAG 2: 1 to 21), where both are known. The terminal's own 16 are taken as xterm has them.
pub(super) fn contrast(a: Color, b: Color) -> Option<f64> {
    let light = |colour: Color| {
        let (r, g, b) = match colour {
            Color::Rgb(r, g, b) => (r, g, b),
            Color::Indexed(i) if i >= 16 => indexed(i),
            other => xterm(other)?,
        };
        Some(0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
    };
    let (a, b) = (light(a)?, light(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

/// One of the terminal's 16 as xterm shows it; every terminal has its own.
fn xterm(colour: Color) -> Option<(u8, u8, u8)> {
    Some(match colour {
        Color::Black => (0, 0, 0),
        Color::Red => (205, 0, 0),
        Color::Green => (0, 205, 0),
        Color::Yellow => (205, 205, 0),
        Color::Blue => (0, 0, 238),
        Color::Magenta => (205, 0, 205),
        Color::Cyan => (0, 205, 205),
        Color::Gray => (229, 229, 229),
        Color::DarkGray => (127, 127, 127),
        Color::LightRed => (255, 0, 0),
        Color::LightGreen => (0, 255, 0),
        Color::LightYellow => (255, 255, 0),
        Color::LightBlue => (92, 92, 255),
        Color::LightMagenta => (255, 0, 255),
        Color::LightCyan => (0, 255, 255),
        Color::White => (255, 255, 255),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_people_write_them() {
        assert_eq!(read("#e65c45"), Some(Color::Rgb(0xe6, 0x5c, 0x45)));
        assert_eq!(read("lightred"), Some(Color::LightRed));
        for wrong in ["#fff", "#gggggg", "#+fffff", "e65c45", "vermilion", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_nearest_of_256_is_the_same_colour_where_it_exists() {
        assert_eq!(nearest_indexed(255, 0, 0), 196);
        assert_eq!(nearest_indexed(8, 8, 8), 232);
        assert_eq!(nearest_indexed(0x5f, 0x87, 0xaf), 67);
        for i in 16..=255u8 {
            let (r, g, b) = indexed(i);
            assert_eq!(indexed(nearest_indexed(r, g, b)), (r, g, b));
        }
    }

    #[test]
    fn the_nearest_of_16_keeps_the_hue() {
        assert_eq!(nearest_ansi(0xe6, 0x5c, 0x45), Color::LightRed);
        assert_eq!(nearest_ansi(0x5f, 0x9f, 0x7b), Color::Green);
        assert_eq!(nearest_ansi(0xb9, 0x8c, 0x3a), Color::Yellow);
        assert_eq!(nearest_ansi(0x45, 0x55, 0x99), Color::Blue);
        assert_eq!(nearest_ansi(0x98, 0x90, 0x82), Color::Gray);
    }

    #[test]
    fn no_colour_is_left_without_colours() {
        assert_eq!(at_depth(Color::Rgb(1, 2, 3), Depth::Mono), None);
        assert_eq!(at_depth(Color::Reset, Depth::Ansi), Some(Color::Reset));
    }
}
