//! References that are not painted on: small prints mounted in a row, each with its number.
//!
//! It knows their frames and marks. Which reference becomes a print is for others to say.

use image::{RgbImage, imageops};

use super::brush::{Ink, Point, Sheet};
use super::palette::{Rgb, hex};
use super::seal::{self, VERMILION};
use super::stage::Stage;

/// A place for a print: the picture without its mount, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// Left edge.
    pub left: u32,
    /// Upper edge.
    pub top: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

impl Print {
    /// How many pixels of left, top, right, bottom it would cover.
    pub fn hides(&self, [left, top, right, low]: [f32; 4]) -> f32 {
        let (x, y) = (self.left as f32, self.top as f32);
        let wide = right.min(x + self.width as f32) - left.max(x);
        let high = low.min(y + self.height as f32) - top.max(y);
        wide.max(0.0) * high.max(0.0)
    }
}

/// Distance to the picture's edge and between prints, in units.
const MARGIN: f32 = 0.045;
const GAP: f32 = 0.042;
/// The mat of a print.
const PAPER: Rgb = hex(0xf6efdf);
/// The largest print, in units.
const LARGEST: f32 = 0.22;

/// Places for prints of these sizes, in their order: in a row along the upper edge, or down the
/// side of a tall picture; `side` is the picture's own they keep to (-1 left, 1 right).
pub fn places(stage: &Stage, side: f32, sizes: &[(u32, u32)]) -> Vec<Print> {
    let tall = stage.h > 1.3;
    let room = if tall { stage.h } else { stage.w };
    let count = sizes.len().max(1) as f32;
    let cell = ((room - 2.0 * MARGIN + GAP) / count - GAP).clamp(0.02, LARGEST);
    let row = count * (cell + GAP) - GAP;
    let far = |long: f32| if side > 0.0 { stage.w - MARGIN - long } else { MARGIN };
    let pixels = |units: f32| (units * stage.scale + 0.5) as u32;
    let mut prints = Vec::with_capacity(sizes.len());
    for (index, &(width, height)) in sizes.iter().enumerate() {
        let ratio = width.max(1) as f32 / height.max(1) as f32;
        let (w, h) = if ratio > 1.0 { (cell, cell / ratio) } else { (cell * ratio, cell) };
        let along = index as f32 * (cell + GAP);
        let (x, y) = if tall { (far(cell), MARGIN + along) } else { (far(row) + along, MARGIN) };
        prints.push(Print {
            left: pixels(x + (cell - w) * 0.5),
            top: pixels(y + if tall { (cell - h) * 0.5 } else { 0.0 }),
            width: pixels(w).max(1),
            height: pixels(h).max(1),
        });
    }
    prints
}

/// Mounts a reference at its place: shadow, mat, frame, the picture, its boxes, its number.
pub fn mount(image: &mut RgbImage, scale: f32, print: Print, reference: &RgbImage, boxes: &[[u32; 4]], number: u32) {
    let unit = |pixels: u32| pixels as f32 / scale;
    let (left, top) = (unit(print.left), unit(print.top));
    let (right, low) = (left + unit(print.width), top + unit(print.height));
    let size = unit(print.width.max(print.height));
    let mat = size * 0.055 + 0.002;
    let mut sheet = Sheet::on(image, scale);
    let around = |grow: f32, drop: f32| rectangle([left - grow, top - grow + drop, right + grow, low + grow + drop]);
    for step in 0..4 {
        let grow = mat + 0.0015 * step as f32;
        sheet.fill(&[around(grow, 0.004)], Ink::of(hex(0x1a1410)).thin(0.11));
    }
    sheet.fill(&[around(mat, 0.0)], Ink::of(PAPER));
    let line = (0.9 / scale).max(0.0016);
    sheet.fill(&[around(line * 2.2, 0.0)], Ink::of(hex(0x4a3a2c)).thin(0.75));
    let small = imageops::thumbnail(reference, print.width, print.height);
    for (x, y, pixel) in small.enumerate_pixels() {
        if let Some(under) = image.get_pixel_mut_checked(print.left + x, print.top + y) {
            *under = *pixel;
        }
    }
    let mut sheet = Sheet::on(image, scale);
    let (w, h) = (reference.width().max(1) as f32, reference.height().max(1) as f32);
    for &[x1, y1, x2, y2] in boxes {
        let x = |value: u32| left + (right - left) * (value as f32 / w).min(1.0);
        let y = |value: u32| top + (low - top) * (value as f32 / h).min(1.0);
        corners(&mut sheet, [x(x1), y(y1), x(x2), y(y2)], (2.0 / scale).max(0.0024));
    }
    let stamp = (size * 0.30).clamp(0.026, 0.050);
    seal::number(&mut sheet, number, (right + mat - stamp * 0.72, low + mat + stamp * 0.28), stamp);
}

/// Marks a region by its four corners, in units.
pub fn corners(sheet: &mut Sheet, [left, top, right, low]: [f32; 4], weight: f32) {
    if right <= left || low <= top {
        return;
    }
    // A hair of paper beside the red keeps it in sight on dark and on red ground.
    let hair = weight * 0.6;
    bars(sheet, [left - hair, top - hair, right + hair, low + hair], weight + 2.0 * hair, Ink::of(PAPER).thin(0.45));
    bars(sheet, [left, top, right, low], weight, Ink::of(VERMILION).thin(0.95));
}

fn bars(sheet: &mut Sheet, [left, top, right, low]: [f32; 4], weight: f32, ink: Ink) {
    let long = ((right - left).min(low - top) * 0.26).min(0.07);
    let mut bars = Vec::new();
    for (x, dx) in [(left, 1.0), (right, -1.0)] {
        for (y, dy) in [(top, 1.0), (low, -1.0)] {
            let (a, b) = (x + dx * long, y + dy * long);
            let (u, v) = (x + dx * weight, y + dy * weight);
            bars.push(rectangle([x.min(a), y.min(v), x.max(a), y.max(v)]));
            bars.push(rectangle([x.min(u), y.min(b), x.max(u), y.max(b)]));
        }
    }
    sheet.fill(&bars, ink);
}

fn rectangle([left, top, right, low]: [f32; 4]) -> Vec<Point> {
    vec![(left, top), (right, top), (right, low), (left, low)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_stay_apart_and_on_the_picture() {
        for (width, height) in [(512, 512), (768, 432), (300, 900), (2048, 512)] {
            let stage = Stage::of(width, height);
            for count in 1..=8 {
                let sizes: Vec<_> = (0..count).map(|i| (200 + 90 * i, 400)).collect();
                for light in [-1.0, 1.0] {
                    let prints = places(&stage, light, &sizes);
                    for (index, print) in prints.iter().enumerate() {
                        assert!(print.left + print.width < width && print.top + print.height < height);
                        let apart = |other: &Print| {
                            other.left >= print.left + print.width || other.top >= print.top + print.height
                        };
                        assert!(prints[index + 1..].iter().all(apart), "{width}x{height} {count} {light}");
                    }
                }
            }
        }
    }
}
