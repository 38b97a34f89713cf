//! A picture in few colours, as palette PNGs and sixels have it: chosen in Oklab, which follows the eye. No dither: it costs
//! a third more bytes, and looks worse at this many colours.

use image::RgbImage;
use quantette::color_space::{oklab_to_srgb8, srgb8_to_oklab};
use quantette::deps::palette::cast::from_component_slice;
use quantette::deps::palette::{Oklab, Srgb};
use quantette::wu::{BinnerF32x3, WuF32x3};
use quantette::{ImageRef, PaletteSize};

use super::budget;

/// Colours, the most first.
const COLOURS: [u16; 3] = [256, 64, 16];

/// Narrower than any two colours of a screen are apart: a range of one colour is made as wide.
const NARROW: f32 = 0.001;

/// The least and the greatest of lightness and both axes of colour.
type Ranges = [(f32, f32); 3];

/// When colours are told apart finely: where that takes no more than a part of what a picture may cost. Smooth pictures
/// do, which come in visible steps otherwise, and photographs, which do not, stay cheap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fine {
    /// Where the picture told apart coarsely takes more than this part, it is not tried.
    pub tried: usize,
    /// Where it takes more than this part, it is not taken.
    pub taken: usize,
}

/// A picture in few colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Few {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The colours, three bytes each.
    pub palette: Vec<u8>,
    /// For every pixel, row by row, which colour it has.
    pub indices: Vec<u8>,
}

impl Few {
    /// A picture in up to 256 colours, coarsely told apart.
    pub fn of(picture: &RgbImage) -> Few {
        Seen::of(picture).coarse(COLOURS[0])
    }

    /// With more pixels, each a copy of another.
    pub fn enlarged(&self, width: u32, height: u32) -> Few {
        let near = |at: u32, of: u32, from: u32| (u64::from(at) * u64::from(from) / u64::from(of)) as usize;
        let row = |y: u32| near(y, height, self.height) * self.width as usize;
        let pixel = |y: u32, x: u32| self.indices[row(y) + near(x, width, self.width)];
        let indices = (0..height).flat_map(|y| (0..width).map(move |x| (y, x))).map(|(y, x)| pixel(y, x)).collect();
        Few { width, height, palette: self.palette.clone(), indices }
    }
}

/// The best that `write` makes of a picture in few colours and that takes no more than `cap`, where it takes `length`: many
/// colours first, then fewer, then ever fewer pixels. `None`: not even one pixel fits.
pub(super) fn within<T>(
    cap: usize,
    picture: &RgbImage,
    fine: Fine,
    write: impl Fn(&Few) -> T,
    length: impl Fn(&T) -> usize,
) -> Option<T> {
    let seen = Seen::of(picture);
    let coarse = write(&seen.coarse(COLOURS[0]));
    let long = length(&coarse);
    if long.saturating_mul(fine.tried) <= cap {
        let best = write(&seen.fine());
        return Some(if length(&best).saturating_mul(fine.taken) <= cap { best } else { coarse });
    }
    if long <= cap {
        return Some(coarse);
    }
    let fewer = |picture: &RgbImage, colours| write(&Seen::of(picture).coarse(colours));
    budget::within_of(cap, picture.clone(), &COLOURS[1..], fewer, length)
}

/// A picture as the eye sees it.
struct Seen {
    pixels: Vec<Oklab>,
    size: (u32, u32),
}

impl Seen {
    fn of(picture: &RgbImage) -> Seen {
        let pixels: &[Srgb<u8>] = from_component_slice(picture.as_raw());
        Seen { pixels: srgb8_to_oklab(pixels), size: picture.dimensions() }
    }

    /// At most so many colours, told apart as coarsely as all that a screen shows.
    fn coarse(&self, colours: u16) -> Few {
        let size = PaletteSize::try_from(colours).expect("1 to 256 colours");
        self.few(BinnerF32x3::oklab_from_srgb8(), size)
    }

    /// At most 256 colours, told apart within what this picture has of them.
    fn fine(&self) -> Few {
        self.few(BinnerF32x3::<64, 32, 32>::new(self.ranges()), PaletteSize::MAX)
    }

    fn ranges(&self) -> Ranges {
        let mut ranges = [(f32::MAX, f32::MIN); 3];
        for pixel in &self.pixels {
            for (range, value) in ranges.iter_mut().zip([pixel.l, pixel.a, pixel.b]) {
                *range = (range.0.min(value), range.1.max(value));
            }
        }
        ranges.map(|(least, greatest)| (least, greatest.max(least + NARROW)))
    }

    fn few<const L: usize, const A: usize, const B: usize>(
        &self,
        binner: BinnerF32x3<L, A, B>,
        size: PaletteSize,
    ) -> Few {
        let (width, height) = self.size;
        let picture = ImageRef::new(width, height, &self.pixels).expect("as many pixels as it is large");
        let Some(wu) = WuF32x3::run_image(picture, binner) else {
            return Few { width, height, palette: Vec::new(), indices: Vec::new() };
        };
        let indexed = picture.map_to_indexed(wu.color_map(size));
        let (colours, indices) = indexed.into_parts();
        let palette = oklab_to_srgb8(&colours).iter().flat_map(|c| [c.red, c.green, c.blue]).collect();
        Few { width, height, palette, indices }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// How far a pixel is from its colour at most, of 255.
    fn worst(picture: &RgbImage, few: &Few) -> u8 {
        let colour = |index: &u8| &few.palette[usize::from(*index) * 3..][..3];
        let apart = |(index, pixel): (&u8, &Rgb<u8>)| {
            colour(index).iter().zip(pixel.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
        };
        few.indices.iter().zip(picture.pixels()).map(apart).max().unwrap_or(0)
    }

    #[test]
    fn a_smooth_sky_has_no_steps_where_colours_are_told_apart_finely() {
        let sky = RgbImage::from_fn(400, 300, |x, y| {
            let light = 120 + (x / 8) as u8 + (y / 6) as u8;
            Rgb([light, light.saturating_sub(4), light.saturating_sub(12)])
        });
        let seen = Seen::of(&sky);
        let (coarse, fine) = (seen.coarse(256), seen.fine());
        assert!(worst(&sky, &fine) <= 2, "{}", worst(&sky, &fine));
        assert!(worst(&sky, &coarse) >= 4, "{}", worst(&sky, &coarse));
        assert!(fine.palette.len() <= 256 * 3 && fine.indices.len() == 400 * 300);
    }

    #[test]
    fn a_picture_of_one_colour_has_one() {
        let flat = RgbImage::from_pixel(5, 4, Rgb([12, 200, 90]));
        let seen = Seen::of(&flat);
        for few in [seen.coarse(16), seen.fine()] {
            assert_eq!((few.palette, few.indices), (vec![12, 200, 90], vec![0; 20]));
        }
    }

    #[test]
    fn an_enlarged_picture_has_copies_of_its_pixels() {
        let few = Few { width: 2, height: 1, palette: vec![0; 6], indices: vec![0, 1] };
        let large = few.enlarged(5, 2);
        assert_eq!((large.width, large.height, large.indices), (5, 2, vec![0, 0, 0, 1, 1, 0, 0, 0, 1, 1]));
    }

    #[test]
    fn what_is_smooth_is_told_apart_finely_where_bytes_allow_it() {
        let grey = RgbImage::from_fn(64, 64, |x, y| Rgb([100 + (x + y) as u8 / 2; 3]));
        let colours = |cap: usize, fine: Fine| {
            within(cap, &grey, fine, |few| few.palette.len() / 3, |colours| *colours).expect("it fits")
        };
        let (few, many) = (Few::of(&grey).palette.len() / 3, Seen::of(&grey).fine().palette.len() / 3);
        assert!(few < 16 && many > 32, "{few} {many}");
        assert_eq!(colours(many * 4, Fine { tried: 6, taken: 4 }), many);
        assert_eq!(colours(many * 4 - 1, Fine { tried: 6, taken: 4 }), few, "tried, and too much");
        assert_eq!(colours(few * 6 - 1, Fine { tried: 6, taken: 0 }), few, "not tried");
    }
}
