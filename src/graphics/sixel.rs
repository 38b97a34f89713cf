//! Sixel (xterm, foot, mlterm, Windows Terminal and others): at most 256 colours, written in rows of six pixels. The
//! terminal does not scale: where bytes are short the picture comes out smaller on the screen.

use icy_sixel::{EncodeOptions, sixel_encode};
use image::{DynamicImage, RgbImage, RgbaImage};

use super::budget;

/// Colours, the most first.
pub(super) const COLOURS: [u16; 3] = [256, 64, 16];

/// The picture at the cursor, which is left in the picture's last row.
pub(super) fn draw(picture: &RgbaImage, cap: usize) -> Option<Vec<u8>> {
    budget::within(cap, picture, &COLOURS, sixels)
}

pub(super) fn sixels(picture: &RgbImage, max_colors: u16) -> Vec<u8> {
    let rgba = DynamicImage::ImageRgb8(picture.clone()).into_rgba8();
    // No dither: it breaks up the runs of one colour that sixel packs.
    let options = EncodeOptions { max_colors, diffusion: 0.0, ..EncodeOptions::default() };
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    sixel_encode(&rgba, width, height, &options).expect("the picture is neither empty nor huge").into_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use icy_sixel::SixelImage;

    use super::super::sample;
    use super::*;

    fn read(bytes: &[u8]) -> RgbaImage {
        let image = SixelImage::decode(bytes).unwrap();
        RgbaImage::from_raw(image.width as u32, image.height as u32, image.pixels).unwrap()
    }

    #[test]
    fn what_is_sent_reads_back_as_the_same_pixels() {
        let picture = sample::garden(400, 300);
        let bytes = draw(&picture, usize::MAX).unwrap();
        assert!(bytes.starts_with(b"\x1bP") && bytes.ends_with(b"\x1b\\"));
        let shown = read(&bytes);
        assert_eq!(shown.dimensions(), (400, 300));
        assert!(sample::difference(&picture, &shown) < 6.0, "{}", sample::difference(&picture, &shown));
    }

    #[test]
    fn there_are_at_most_256_colours() {
        let text = String::from_utf8(draw(&sample::noise(200, 200), usize::MAX).unwrap()).unwrap();
        let defined = text.split('#').skip(1).filter(|rest| rest.split_once(';').is_some_and(|(n, _)| n.len() <= 3));
        let numbers = defined.map(|rest| rest.split_once(';').unwrap().0.parse::<u16>().unwrap());
        assert!(numbers.max().unwrap() < 256);
    }

    #[test]
    fn no_picture_passes_the_cap() {
        for picture in sample::all(500, 400) {
            for cap in [400_000, 64_000, 8_000, 600] {
                let bytes = draw(&picture, cap).unwrap();
                assert!(bytes.len() <= cap, "{} of {cap}", bytes.len());
                read(&bytes);
            }
            assert_eq!(draw(&picture, 5), None);
        }
    }
}
