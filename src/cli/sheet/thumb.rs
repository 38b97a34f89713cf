//! A small copy of a picture, as a data URI.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage, RgbaImage};

use crate::picture;

/// Sides tried, the largest first, in pixels.
const SIDES: [u32; 4] = [640, 480, 320, 160];
/// Qualities tried for each.
const QUALITIES: [u8; 3] = [84, 72, 56];
/// Longest file.
pub const BYTES_MAX: usize = 60_000;

/// A JPEG of at most [`BYTES_MAX`] bytes as a data URI; `None` for a file that is gone or no picture.
pub fn thumb(path: &Path) -> Option<String> {
    let largest = picture::open_fit(path, SIDES[0], SIDES[0]).ok()?;
    let bytes = small(&largest)?;
    Some(format!("data:image/jpeg;base64,{}", STANDARD.encode(bytes)))
}

fn small(picture: &RgbaImage) -> Option<Vec<u8>> {
    let opaque = on_white(picture);
    SIDES.iter().find_map(|&side| {
        let fits = opaque.width().max(opaque.height()) <= side;
        let sized =
            if fits { opaque.clone() } else { DynamicImage::from(opaque.clone()).thumbnail(side, side).into_rgb8() };
        QUALITIES.iter().find_map(|&quality| {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&sized).ok()?;
            (bytes.len() <= BYTES_MAX).then_some(bytes)
        })
    })
}

/// JPEG has no transparency.
fn on_white(picture: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        Rgb([red, green, blue].map(|part| ((part * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn even_noise_becomes_a_small_file() {
        // What compresses worst.
        let mut state = 7u32;
        let noise = RgbaImage::from_fn(640, 640, |_, _| {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            };
            image::Rgba([next(), next(), next(), 255])
        });
        let bytes = small(&noise).unwrap();
        assert!(bytes.len() <= BYTES_MAX && image::load_from_memory(&bytes).is_ok());
    }

    #[test]
    fn what_can_be_seen_through_is_laid_on_white_and_no_picture_is_none() {
        let clear = RgbaImage::from_pixel(1, 1, image::Rgba([0, 0, 0, 0]));
        assert_eq!(on_white(&clear).get_pixel(0, 0).0, [255, 255, 255]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.png");
        assert_eq!(thumb(&path), None);
        clear.save(&path).unwrap();
        assert!(thumb(&path).unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    }
}
