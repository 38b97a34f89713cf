//! Letters by brightness, for terminals with nothing better: every symbol is ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::palette;
use super::scale::{Pixels, Rgb, brightness};
use crate::domain::Depth;

/// From no ink to the most, in steps that look even on a dark ground.
const RAMP: [&str; 10] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"];

/// Paints pixels, one a cell, with colours where there are some.
pub(super) fn paint(pixels: &Pixels, depth: Depth) -> Buffer {
    let mut cells = Buffer::empty(Rect::new(0, 0, pixels.width, pixels.height));
    let (dark, light) = range(pixels);
    for y in 0..pixels.height {
        for x in 0..pixels.width {
            let pixel = pixels.at(x, y);
            let step = u32::from(brightness(pixel).saturating_sub(dark)) * 10 / (u32::from(light - dark) + 1);
            let cell = &mut cells[(x, y)];
            cell.set_symbol(RAMP[(step as usize).min(9)]);
            // The letter says how bright, the colour says which hue: both at once would darken twice.
            let colour = match depth {
                Depth::Ansi => Some(palette::ansi(vivid(pixel))),
                other => palette::nearest(vivid(pixel), x, y, other),
            };
            if let Some(colour) = colour.filter(|_| step > 0) {
                cell.set_fg(colour);
            }
        }
    }
    cells
}

/// Brightness of the darkest and the lightest, but for the outermost fiftieth of each: ten letters have to last.
fn range(pixels: &Pixels) -> (u8, u8) {
    let mut all: Vec<u8> = pixels.iter().map(brightness).collect();
    all.sort_unstable();
    let edge = all.len() / 50;
    let (dark, light) = (all[edge], all[all.len() - 1 - edge]);
    // A picture that is nearly one grey stays that grey.
    if light - dark < 32 { (0, 255) } else { (dark, light) }
}

/// The hue at full brightness, in few enough steps that neighbours share it.
fn vivid(pixel: Rgb) -> Rgb {
    let most = u32::from(pixel.into_iter().max().unwrap_or(0)).max(1);
    pixel.map(|value| (u32::from(value) * 255 / most) as u8).map(|value| (value & 0xe0) | 0x1f)
}
