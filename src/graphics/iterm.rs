//! iTerm2's inline images (iTerm2, WezTerm, Konsole, Warp, VS Code, mintty and others): a JPEG, which costs the least of
//! all. The terminal scales it into its cells.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{RgbImage, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::budget;
use super::place::Place;

/// JPEG quality, the best first: at 83 photographs of 800 pixels a side pass 160 KB on average, in bands.
pub(super) const QUALITIES: [u8; 4] = [82, 75, 60, 40];

/// The picture at the cursor, which is left behind its last cell.
pub(super) fn draw(picture: &RgbaImage, place: Place, cap: usize) -> Option<Vec<u8>> {
    budget::within(cap, picture, &QUALITIES, |picture, quality| {
        let jpeg = jpeg(picture, quality);
        let Place { columns, rows, .. } = place;
        let (size, text) = (jpeg.len(), STANDARD.encode(jpeg));
        format!("\x1b]1337;File=inline=1;size={size};width={columns};height={rows};preserveAspectRatio=1:{text}\x07")
            .into_bytes()
    })
}

/// A part of a picture that fills its cells, whatever its shape, and leaves the cursor where it was.
pub(super) fn band(picture: &RgbImage, columns: u16, rows: u16, quality: u8) -> Vec<u8> {
    let jpeg = jpeg(picture, quality);
    let (size, text) = (jpeg.len(), STANDARD.encode(jpeg));
    let keys = format!("inline=1;size={size};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1");
    format!("\x1b]1337;File={keys}:{text}\x07").into_bytes()
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, quality);
    // Colour at half the pixels, as in most JPEGs: the eye does not miss it.
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // No Huffman tables of the picture's own: they come with a scan for each colour, which not every decoder gets right
    // at half the pixels.
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).expect("memory takes everything");
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample;
    use super::*;

    /// What stands before the colon, and the bytes behind it.
    fn read(bytes: &[u8]) -> (String, Vec<u8>) {
        let text = std::str::from_utf8(bytes).unwrap();
        let inner = text.strip_prefix("\x1b]1337;File=").unwrap().strip_suffix('\x07').unwrap();
        let (keys, data) = inner.split_once(':').unwrap();
        (keys.to_owned(), STANDARD.decode(data).unwrap())
    }

    const PLACE: Place = Place { columns: 40, rows: 15, width: 400, height: 300 };

    #[test]
    fn what_is_sent_is_a_jpeg_of_the_same_pixels() {
        let picture = sample::garden(400, 300);
        let (keys, jpeg) = read(&draw(&picture, PLACE, usize::MAX).unwrap());
        assert_eq!(keys, format!("inline=1;size={};width=40;height=15;preserveAspectRatio=1", jpeg.len()));
        assert_eq!(image::guess_format(&jpeg).unwrap(), image::ImageFormat::Jpeg);
        let shown = image::load_from_memory(&jpeg).unwrap().into_rgba8();
        assert_eq!(shown.dimensions(), (400, 300));
        assert!(sample::difference(&picture, &shown) < 6.0, "{}", sample::difference(&picture, &shown));
    }

    #[test]
    fn no_picture_passes_the_cap() {
        for picture in sample::all(500, 400) {
            for cap in [400_000, 64_000, 8_000, 1_200] {
                let bytes = draw(&picture, PLACE, cap).unwrap();
                assert!(bytes.len() <= cap, "{} of {cap}", bytes.len());
                image::load_from_memory(&read(&bytes).1).unwrap();
            }
            assert_eq!(draw(&picture, PLACE, 20), None);
        }
    }
}
