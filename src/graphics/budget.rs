//! A picture kept under a number of bytes: quality goes first, then size. Pure.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};

/// What `write` makes of the picture, never more than `cap` bytes: each quality in turn, best first, then ever fewer
/// pixels in the last. `None` when not even one pixel fits. Transparent parts are black.
pub(super) fn within<Q: Copy>(
    cap: usize,
    picture: &RgbaImage,
    qualities: &[Q],
    write: impl Fn(&RgbImage, Q) -> Vec<u8>,
) -> Option<Vec<u8>> {
    within_of(cap, flat(picture), qualities, write, Vec::len)
}

/// The same for what is not bytes yet: `length` says how many it will be.
pub(super) fn within_of<Q: Copy, T>(
    cap: usize,
    mut picture: RgbImage,
    qualities: &[Q],
    write: impl Fn(&RgbImage, Q) -> T,
    length: impl Fn(&T) -> usize,
) -> Option<T> {
    let mut long = 0;
    for quality in qualities {
        let made = write(&picture, *quality);
        long = length(&made);
        if long <= cap {
            return Some(made);
        }
    }
    let worst = *qualities.last()?;
    while picture.dimensions() != (1, 1) {
        // Bytes grow as the area does, nearly: a little less than that makes sure.
        let factor = (cap as f64 / long as f64).sqrt().min(1.0) * 0.92;
        let side = |length: u32| ((f64::from(length) * factor) as u32).max(1);
        let (width, height) = (side(picture.width()), side(picture.height()));
        picture = exactly(picture, width, height);
        let made = write(&picture, worst);
        long = length(&made);
        if long <= cap {
            return Some(made);
        }
    }
    None
}

/// Without transparency.
pub(super) fn flat(picture: &RgbaImage) -> RgbImage {
    let over_black = |value: u8, alpha: u8| (u16::from(value) * u16::from(alpha) / 255) as u8;
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (flat, Rgba([r, g, b, alpha])) in flat.pixels_mut().zip(picture.pixels()) {
        *flat = Rgb([r, g, b].map(|value| over_black(*value, *alpha)));
    }
    flat
}

/// The picture at another size, whatever its shape.
pub(super) fn exactly(picture: RgbImage, width: u32, height: u32) -> RgbImage {
    if picture.dimensions() == (width, height) {
        return picture;
    }
    let source = DynamicImage::ImageRgb8(picture);
    let mut target = DynamicImage::new_rgb8(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&source, &mut target, &options).expect("neither picture is empty");
    target.into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many bytes as pixels, or a quarter in the lower quality.
    fn write(picture: &RgbImage, quality: u32) -> Vec<u8> {
        vec![0; (picture.width() * picture.height() / quality).max(1) as usize]
    }

    #[test]
    fn quality_goes_before_size_and_the_cap_holds() {
        let picture = RgbaImage::from_pixel(100, 100, Rgba([1, 2, 3, 255]));
        let length = |cap| within(cap, &picture, &[1, 4], write).map(|bytes| bytes.len());
        assert_eq!(length(10_000), Some(10_000));
        assert_eq!(length(9_999), Some(2_500));
        for cap in [2_499, 700, 33, 1] {
            assert!(length(cap).is_some_and(|length| length <= cap && length * 2 >= cap), "{cap}: {:?}", length(cap));
        }
        assert_eq!(length(0), None);
    }

    #[test]
    fn transparent_parts_are_black() {
        let glass = RgbaImage::from_fn(2, 1, |x, _| Rgba([200, 100, 50, x as u8 * 255]));
        let seen = within(100, &glass, &[()], |picture, ()| picture.as_raw().clone());
        assert_eq!(seen, Some(vec![0, 0, 0, 200, 100, 50]));
    }
}
