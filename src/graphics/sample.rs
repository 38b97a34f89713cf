//! Pictures for tests: soft, flat, noisy, and what lies between.

use image::{Rgba, RgbaImage};

/// Soft colours with edges, as pictures made by models have.
pub fn garden(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let wave = |f: f32| ((f.sin() + 1.0) * 110.0) as u8;
        let leaf = if (u - 0.5).hypot(v - 0.4) < 0.2 { 60 } else { 0 };
        Rgba([wave(u * 6.0 + v), wave(v * 5.0) / 2 + leaf, wave(u * v * 9.0), 255])
    })
}

/// One colour.
pub fn flat(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_pixel(width, height, Rgba([30, 120, 200, 255]))
}

/// The worst case: nothing to compress.
pub fn noise(width: u32, height: u32) -> RgbaImage {
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 24) as u8
    };
    RgbaImage::from_fn(width, height, |_, _| Rgba([next(), next(), next(), 255]))
}

/// A page of text, nearly: thin black lines on white, half of it transparent.
pub fn page(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let ink = y % 12 < 2 && (x / 7 + y / 12) % 5 != 0;
        Rgba(if ink { [0, 0, 0, 255] } else { [255, 255, 255, if x * 2 < width { 255 } else { 0 }] })
    })
}

/// All of them.
pub fn all(width: u32, height: u32) -> [RgbaImage; 4] {
    [garden(width, height), flat(width, height), noise(width, height), page(width, height)]
}

/// Mean difference of a channel's values.
pub fn difference(a: &RgbaImage, b: &RgbaImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let far = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>();
    far / a.as_raw().len() as f64
}
