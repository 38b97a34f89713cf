//! Where two pictures differ, as a picture: dark where they are the same, then yellow, red where they differ most; and how
//! much they differ.

use std::path::Path;

use image::{DynamicImage, Rgba, RgbaImage};

use super::{SIDE_MAX, Unusable, scale};
use crate::domain::Difference;

/// A difference of a colour that the eye does not see.
const UNSEEN: u8 = 4;

/// How much two picture files differ, by all of their pixels: the second is brought to the size of the first.
///
/// # Errors
/// Which of them it is, 0 or 1, and why: as [`open_part`](super::open_part).
pub fn difference(files: [&Path; 2]) -> Result<Difference, (usize, Unusable)> {
    let whole = |which: usize| {
        let opened = scale::open_part(files[which], [0, 0, SIDE_MAX, SIDE_MAX], SIDE_MAX, SIDE_MAX);
        opened.map_err(|error| (which, error))
    };
    let (first, second) = (whole(0)?, whole(1)?);
    let sizes = [first.dimensions(), second.dimensions()];
    let second = brought_to(second, first.dimensions()).map_err(|error| (1, error))?;
    let mut sum = Difference { sizes, ..Difference::default() };
    for (one, other) in first.pixels().zip(second.pixels()) {
        let apart = apart(one, other);
        sum.pixels += 1;
        sum.other += u64::from(apart > 0);
        sum.seen += u64::from(apart > UNSEEN);
        sum.apart += u64::from(apart);
    }
    Ok(sum)
}

/// A picture of exactly this size, whatever its shape was.
fn brought_to(picture: RgbaImage, size: (u32, u32)) -> Result<RgbaImage, Unusable> {
    if picture.dimensions() == size {
        return Ok(picture);
    }
    Ok(scale::resize(&DynamicImage::ImageRgba8(picture), size)?.into_rgba8())
}

/// Where `second` differs from `first`, as large as `first`. One of another size is scaled to it.
///
/// # Errors
/// One of them cannot be scaled.
pub fn heat(first: &RgbaImage, second: RgbaImage) -> Result<RgbaImage, Unusable> {
    let second = brought_to(second, first.dimensions())?;
    let mut out = RgbaImage::new(first.width(), first.height());
    for ((to, one), other) in out.pixels_mut().zip(first.pixels()).zip(second.pixels()) {
        *to = glow(one, other);
    }
    Ok(out)
}

/// The colour of a difference; where there is none, the first picture faintly, so that one knows where one is.
fn glow(one: &Rgba<u8>, other: &Rgba<u8>) -> Rgba<u8> {
    let most = apart(one, other);
    if most <= UNSEEN {
        let [red, green, blue, _] = seen(one);
        let grey = (u32::from(red) * 3 + u32::from(green) * 6 + u32::from(blue)) / 10;
        let faint = u8::try_from(grey / 5).unwrap_or(u8::MAX);
        return Rgba([faint, faint, faint, 255]);
    }
    // From dark yellow over yellow to red.
    let most = u32::from(most);
    let (red, green) = match most {
        0..128 => (96 + most * 159 / 127, 80 + most * 130 / 127),
        _ => (255, 210 - (most - 128) * 210 / 127),
    };
    Rgba([u8::try_from(red).unwrap_or(255), u8::try_from(green).unwrap_or(255), 0, 255])
}

/// How far two pixels are apart in the colour that differs most.
fn apart(one: &Rgba<u8>, other: &Rgba<u8>) -> u8 {
    let (one, other) = (seen(one), seen(other));
    (0..4).map(|at| one[at].abs_diff(other[at])).max().unwrap_or(0)
}

/// What is seen of a colour: nothing of one that is not there.
fn seen(pixel: &Rgba<u8>) -> [u8; 4] {
    let [red, green, blue, alpha] = pixel.0;
    let dim = |colour: u8| u8::try_from(u16::from(colour) * u16::from(alpha) / 255).unwrap_or(colour);
    [dim(red), dim(green), dim(blue), alpha]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_dark_and_what_differs_most_is_red() {
        let mut one = RgbaImage::from_pixel(4, 1, Rgba([100, 100, 100, 255]));
        let mut other = one.clone();
        one.put_pixel(1, 0, Rgba([0, 0, 0, 255]));
        other.put_pixel(1, 0, Rgba([255, 255, 255, 255]));
        other.put_pixel(2, 0, Rgba([102, 100, 98, 255]));
        other.put_pixel(3, 0, Rgba([140, 100, 100, 255]));
        let heat = heat(&one, other).unwrap();
        assert_eq!(heat.get_pixel(0, 0), &Rgba([20, 20, 20, 255]));
        assert_eq!(heat.get_pixel(1, 0), &Rgba([255, 0, 0, 255]));
        assert_eq!(heat.get_pixel(2, 0), heat.get_pixel(0, 0), "nobody sees that");
        assert_eq!(heat.get_pixel(3, 0), &Rgba([146, 120, 0, 255]));
    }

    #[test]
    fn colours_nobody_sees_do_not_differ_and_alpha_does() {
        let clear = |colour| RgbaImage::from_pixel(1, 1, Rgba([colour, 0, 0, 0]));
        let same = heat(&clear(10), clear(250)).unwrap();
        assert_eq!(same.get_pixel(0, 0), &Rgba([0, 0, 0, 255]));
        let solid = RgbaImage::from_pixel(1, 1, Rgba([0, 0, 0, 255]));
        assert_eq!(heat(&clear(0), solid).unwrap().get_pixel(0, 0), &Rgba([255, 0, 0, 255]));
    }

    #[test]
    fn one_of_another_size_is_scaled_to_the_first() {
        let grey = |width, height| RgbaImage::from_pixel(width, height, Rgba([90, 90, 90, 255]));
        let heat = heat(&grey(8, 6), grey(31, 17)).unwrap();
        assert_eq!(heat.dimensions(), (8, 6));
        assert!(heat.pixels().all(|pixel| pixel == &Rgba([18, 18, 18, 255])));
    }

    #[test]
    fn how_much_they_differ_is_counted_at_every_pixel_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let saved = |name: &str, picture: &RgbaImage| {
            let path = dir.path().join(name);
            picture.save(&path).unwrap();
            path
        };
        let one = RgbaImage::from_pixel(1000, 2, Rgba([100, 100, 100, 255]));
        let mut other = one.clone();
        let first = saved("one.png", &one);
        let same = difference([&first, &saved("same.png", &one)]).unwrap();
        assert_eq!((same.pixels, same.other, same.apart, same.fitted()), (2000, 0, 0, None));
        assert_eq!(same.words(), "0 % - the same pixels");
        other.put_pixel(7, 0, Rgba([100, 102, 100, 255]));
        other.put_pixel(8, 1, Rgba([100, 100, 200, 255]));
        let found = difference([&first, &saved("other.png", &other)]).unwrap();
        assert_eq!((found.pixels, found.other, found.seen, found.apart), (2000, 2, 1, 102));
        let large = saved("large.png", &RgbaImage::from_pixel(2000, 4, Rgba([100, 100, 100, 255])));
        let found = difference([&first, &large]).unwrap();
        assert_eq!((found.pixels, found.other), (2000, 0));
        assert_eq!(found.fitted().as_deref(), Some("B 2000x4 scaled to A's 1000x2"));
        let gone = dir.path().join("gone.png");
        assert_eq!(difference([&first, &gone]).unwrap_err().0, 1);
        assert_eq!(difference([&gone, &first]).unwrap_err().0, 0);
    }
}
