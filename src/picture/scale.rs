//! Pictures at another size.

use std::path::Path;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbaImage};

use super::{Unusable, decode, facts};

/// Decodes a file and scales it to fit `max_width` x `max_height` pixels, keeping its shape and never enlarging it.
///
/// # Errors
/// As [`open`](super::open).
pub fn open_fit(path: &Path, max_width: u32, max_height: u32) -> Result<RgbaImage, Unusable> {
    let picture = decode::decode(&decode::read(path)?)?;
    let (width, height) = fit((picture.width(), picture.height()), (max_width, max_height));
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture.into_rgba8());
    }
    // Scaling before the change to RGBA touches a quarter fewer bytes for the usual picture without alpha.
    Ok(resize(&picture, (width, height))?.into_rgba8())
}

/// A part of a picture (left, top, width, height in pixels of the picture upright) scaled to fit `max_width` x
/// `max_height` pixels. What lies beyond its edges is left out.
///
/// # Errors
/// As [`open`](super::open).
pub fn open_part(path: &Path, part: [u32; 4], max_width: u32, max_height: u32) -> Result<RgbaImage, Unusable> {
    let bytes = decode::read(path)?;
    let (_, orientation) = facts::facts_of(&bytes)?;
    let mut picture = decode::decode(&bytes)?;
    picture.apply_orientation(orientation);
    let [x, y, width, height] = part;
    let (x, y) = (x.min(picture.width() - 1), y.min(picture.height() - 1));
    let part = picture.crop_imm(x, y, width.max(1), height.max(1));
    let (width, height) = fit((part.width(), part.height()), (max_width, max_height));
    if (width, height) == (part.width(), part.height()) {
        return Ok(part.into_rgba8());
    }
    Ok(resize(&part, (width, height))?.into_rgba8())
}

/// The picture at another size, whatever its shape.
pub(super) fn resize(picture: &DynamicImage, (width, height): (u32, u32)) -> Result<DynamicImage, Unusable> {
    let mut resized = DynamicImage::new(width, height, picture.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new()
        .resize(picture, &mut resized, &options)
        .map_err(|error| Unusable::Damaged(format!("it cannot be scaled: {error}")))?;
    Ok(resized)
}

/// The largest size of the shape `(w, h)` that fits `space`, at most `(w, h)` itself and at least one pixel a side.
fn fit((w, h): (u32, u32), space: (u32, u32)) -> (u32, u32) {
    let (max_w, max_h) = (space.0.clamp(1, w.max(1)), space.1.clamp(1, h.max(1)));
    let scaled = |side: u32, by: u32, of: u32| {
        let rounded = (u64::from(side) * u64::from(by) + u64::from(of) / 2) / u64::from(of.max(1));
        u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
    };
    if u64::from(max_w) * u64::from(h) <= u64::from(max_h) * u64::from(w) {
        (max_w, scaled(h, max_w, w).min(max_h))
    } else {
        (scaled(w, max_h, h).min(max_w), max_h)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    #[test]
    fn keeps_the_shape_and_never_enlarges() {
        assert_eq!(fit((1664, 928), (80, 80)), (80, 45));
        assert_eq!(fit((928, 1664), (80, 80)), (45, 80));
        assert_eq!(fit((40, 30), (800, 800)), (40, 30));
        assert_eq!(fit((8000, 10), (100, 100)), (100, 1));
        assert_eq!(fit((100, 100), (0, 0)), (1, 1));
        assert_eq!(fit((2000, 1000), (4000, 500)), (1000, 500));
    }

    #[test]
    fn scales_colour_and_transparency() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("picture.bin");
        let halves =
            RgbaImage::from_fn(
                200,
                100,
                |x, _| {
                    if x < 100 { Rgba([220, 30, 30, 255]) } else { Rgba([30, 30, 220, 0]) }
                },
            );
        halves.save_with_format(&path, image::ImageFormat::Png).unwrap();
        let small = open_fit(&path, 20, 20).unwrap();
        assert_eq!(small.dimensions(), (20, 10));
        assert_eq!(small.get_pixel(2, 5), &Rgba([220, 30, 30, 255]));
        assert_eq!(small.get_pixel(17, 5).0[3], 0);
    }

    #[test]
    fn a_part_is_cut_out_at_its_own_pixels() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("picture.png");
        RgbaImage::from_fn(100, 80, |x, y| Rgba([x as u8, y as u8, 7, 255])).save(&path).unwrap();
        let part = open_part(&path, [90, 70, 5, 4], 50, 50).unwrap();
        assert_eq!((part.dimensions(), part.get_pixel(0, 0), part.get_pixel(4, 3)), {
            ((5, 4), &Rgba([90, 70, 7, 255]), &Rgba([94, 73, 7, 255]))
        });
        assert_eq!(open_part(&path, [90, 70, 50, 50], 50, 50).unwrap().dimensions(), (10, 10), "up to the edge");
        assert_eq!(open_part(&path, [0, 0, 100, 80], 50, 50).unwrap().dimensions(), (50, 40));
    }

    #[test]
    fn opens_pictures_of_every_pixel_kind() {
        let dir = tempfile::tempdir().unwrap();
        for (name, picture) in [
            ("grey", DynamicImage::new_luma8(64, 32)),
            ("grey alpha", DynamicImage::new_luma_a8(64, 32)),
            ("deep", DynamicImage::new_rgb16(64, 32)),
            ("deep alpha", DynamicImage::new_rgba16(64, 32)),
        ] {
            let path = dir.path().join(name);
            picture.save_with_format(&path, image::ImageFormat::Png).unwrap();
            assert_eq!(open_fit(&path, 16, 16).unwrap().dimensions(), (16, 8), "{name}");
        }
    }
}
