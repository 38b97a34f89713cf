//! A picture brought to the few pixels a pane has, in linear light: averaged as the eye would, not as the numbers are.

use std::sync::LazyLock;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U16x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbaImage;

/// A pixel as shown: sRGB, 8 bits a channel.
pub(super) type Rgb = [u8; 3];

/// Pixels row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    rgb: Vec<Rgb>,
}

impl Pixels {
    /// The pixel at column `x` of row `y`.
    pub fn at(&self, x: u16, y: u16) -> Rgb {
        self.rgb[usize::from(y) * usize::from(self.width) + usize::from(x)]
    }

    /// Each in turn, row by row.
    pub fn iter(&self) -> impl Iterator<Item = Rgb> + '_ {
        self.rgb.iter().copied()
    }
}

/// Light of each sRGB value, 0 to 65535 (IEC 61966-2-1).
static LIGHT: LazyLock<[u16; 256]> = LazyLock::new(|| {
    std::array::from_fn(|value| {
        let v = value as f64 / 255.0;
        let light = if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
        (light * 65535.0).round() as u16
    })
});

/// The sRGB value of each light, in steps of 16: a step is less than a value even in the dark.
static VALUE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let value = |step: u32| {
        let light = f64::from(step * 16 + 8) / 65535.0;
        let v = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (v * 255.0).round() as u8
    };
    (0..4096).map(value).collect()
});

/// Scales to exactly `width` x `height` pixels; transparent parts let black through.
pub(super) fn scale(picture: &RgbaImage, width: u32, height: u32) -> Pixels {
    let light = |value: u8, alpha: u8| {
        let light = u32::from(LIGHT[usize::from(value)]);
        if alpha == 255 { light as u16 } else { (light * u32::from(alpha) / 255) as u16 }
    };
    let source: Vec<U16x3> =
        picture.pixels().map(|p| U16x3::new([light(p[0], p[3]), light(p[1], p[3]), light(p[2], p[3])])).collect();
    let shrunk = if picture.dimensions() == (width, height) {
        source
    } else {
        let mut target = TypedImage::<U16x3>::new(width, height);
        let from = TypedImageRef::new(picture.width(), picture.height(), &source).expect("one pixel for each place");
        // Catmull-Rom: as sharp as a small picture needs, with less of Lanczos' dark rims, which linear light widens.
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Resizer::new().resize_typed(&from, &mut target, &options).expect("neither picture is empty");
        target.pixels().to_vec()
    };
    let rgb = shrunk.iter().map(|p| p.0.map(|light| VALUE[usize::from(light / 16)])).collect();
    Pixels { width: width as u16, height: height as u16, rgb }
}

/// Brightness as the eye has it, 0 to 255 (Rec. 709 weights on sRGB values: close enough for choosing letters).
pub(super) fn brightness([r, g, b]: Rgb) -> u8 {
    ((u32::from(r) * 54 + u32::from(g) * 183 + u32::from(b) * 19) / 256) as u8
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn black_and_white_average_to_the_grey_the_eye_sees() {
        let board = RgbaImage::from_fn(64, 64, |x, y| {
            let white = (x + y) % 2 == 0;
            Rgba(if white { [255, 255, 255, 255] } else { [0, 0, 0, 255] })
        });
        let small = scale(&board, 8, 8);
        assert!((185..=191).contains(&small.at(4, 4)[0]), "{:?}", small.at(4, 4));
    }

    #[test]
    fn values_survive_light_and_back() {
        let ramp = RgbaImage::from_fn(256, 1, |x, _| Rgba([x as u8, 0, 255 - x as u8, 255]));
        let same = scale(&ramp, 256, 1);
        for x in 0..256_u16 {
            let [r, _, b] = same.at(x, 0);
            assert!(r.abs_diff(x as u8) <= 1 && b.abs_diff(255 - x as u8) <= 1, "{x}: {r} {b}");
        }
    }

    #[test]
    fn transparent_parts_are_black() {
        let glass = RgbaImage::from_pixel(4, 4, Rgba([255, 255, 255, 0]));
        assert_eq!(scale(&glass, 2, 2).at(0, 0), [0, 0, 0]);
    }
}
