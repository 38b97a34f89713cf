//! What an input picture is, from its header: what the catalogue's rules are asked about. No pixel is decoded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{ImageDecoder, ImageReader};

use super::{SIDE_MAX, Unusable, decode, look};
use crate::domain::{Format, InputFacts};

/// The JPEG decoder takes everything it is given; its header ends before this many bytes, but for rare heaps of metadata.
const JPEG_HEAD: u64 = 256 << 10;

/// What a picture file is, from its header alone. Width and height are those of the picture upright, as every viewer shows it
/// and as it is sent: a photo may lie on its side in the file, with a word in its metadata that says so.
///
/// # Errors
/// As [`sniff`](super::sniff), and [`Unusable::Io`].
pub fn facts(path: &Path) -> Result<InputFacts, Unusable> {
    let length = decode::regular(path)?;
    let mut file = BufReader::new(File::open(path)?);
    let format = format(file.fill_buf()?)?;
    if format == Format::Jpeg {
        let mut head = Vec::new();
        file.by_ref().take(JPEG_HEAD).read_to_end(&mut head)?;
        if let Ok((facts, _)) = look_into(Cursor::new(&head), format, length) {
            return Ok(facts);
        }
        file.rewind()?;
    }
    look_into(file, format, length).map(|(facts, _)| facts)
}

/// The same of bytes in memory, and what brings its pixels upright.
pub(super) fn facts_of(bytes: &[u8]) -> Result<(InputFacts, Orientation), Unusable> {
    look_into(Cursor::new(bytes), format(bytes)?, bytes.len() as u64)
}

fn format(head: &[u8]) -> Result<Format, Unusable> {
    look::format(head).ok_or_else(|| Unusable::NotAPicture(look::describe(head)))
}

fn look_into(
    mut source: impl BufRead + Seek,
    format: Format,
    bytes: u64,
) -> Result<(InputFacts, Orientation), Unusable> {
    // GIF has no colour type with alpha: a frame that leaves holes is what matters.
    let holes = format == Format::Gif && gif_has_holes(&mut source).unwrap_or(false);
    source.rewind()?;
    let tagged = if format == Format::Tiff { tiff_orientation(&mut source)? } else { None };
    let (width, height, alpha, orientation) = decode::guarded(|| {
        let mut reader = ImageReader::with_format(source, decode::codec(format));
        // Sides are looked at below, where they can be told.
        let mut limits = decode::limits();
        (limits.max_image_width, limits.max_image_height) = (None, None);
        reader.limits(limits);
        let mut decoder = reader.into_decoder()?;
        let (width, height) = decoder.dimensions();
        let orientation = tagged.or_else(|| decoder.orientation().ok()).unwrap_or(Orientation::NoTransforms);
        Ok((width, height, decoder.color_type().has_alpha(), orientation))
    })?;
    if width > SIDE_MAX || height > SIDE_MAX {
        return Err(Unusable::TooLarge { width, height });
    }
    let on_its_side = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (width, height) = if on_its_side { (height, width) } else { (width, height) };
    let alpha = if format == Format::Gif { holes } else { alpha };
    let turned = orientation != Orientation::NoTransforms;
    Ok((InputFacts { format, width, height, bytes, alpha, turned }, orientation))
}

/// The decoder does not tell it. EXIF is laid out as TIFF is, so the file itself can be read as EXIF; its tags may lie at
/// its end.
fn tiff_orientation(source: &mut (impl Read + Seek)) -> io::Result<Option<Orientation>> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    source.rewind()?;
    Ok(Orientation::from_exif_chunk(&bytes))
}

/// Whether the first frame of a GIF has a transparent colour or leaves a part of the picture empty.
fn gif_has_holes(source: &mut impl Read) -> io::Result<bool> {
    let head: [u8; 13] = take(source)?;
    if head[10] & 0x80 != 0 {
        skip(source, 3 << ((head[10] & 7) + 1))?;
    }
    let mut is_transparent = false;
    loop {
        match take(source)? {
            // An extension: its label, then blocks led by their length, up to an empty one.
            [0x21] => {
                let [label] = take(source)?;
                let mut is_first = true;
                loop {
                    let [length] = take(source)?;
                    if length == 0 {
                        break;
                    }
                    let [flags] = take(source)?;
                    if label == 0xf9 && is_first {
                        is_transparent = flags & 1 != 0;
                    }
                    is_first = false;
                    skip(source, u64::from(length) - 1)?;
                }
            }
            [0x2c] => {
                let place: [u8; 8] = take(source)?;
                let fills_it = place[..4] == [0; 4] && place[4..] == head[6..10];
                return Ok(is_transparent || !fills_it);
            }
            _ => return Ok(false),
        }
    }
}

fn take<const N: usize>(source: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn skip(source: &mut impl Read, count: u64) -> io::Result<()> {
    io::copy(&mut source.take(count), &mut io::sink()).map(|_| ())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Both ways to look, which must agree.
    fn seen(bytes: &[u8]) -> Result<InputFacts, Unusable> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let facts = facts(file.path())?;
        assert_eq!(facts, facts_of(bytes).unwrap().0);
        Ok(facts)
    }

    #[test]
    fn tells_format_size_length_and_alpha_of_all_six_formats() {
        for (kind, format, opaque, clear) in [
            (ImageFormat::Png, Format::Png, DynamicImage::new_rgb8(31, 17), Some(DynamicImage::new_rgba8(31, 17))),
            (ImageFormat::Png, Format::Png, DynamicImage::new_luma16(31, 17), Some(DynamicImage::new_luma_a16(31, 17))),
            (ImageFormat::Jpeg, Format::Jpeg, DynamicImage::new_rgb8(31, 17), None),
            (ImageFormat::WebP, Format::Webp, DynamicImage::new_rgb8(31, 17), Some(DynamicImage::new_rgba8(31, 17))),
            (ImageFormat::Bmp, Format::Bmp, DynamicImage::new_rgb8(31, 17), Some(DynamicImage::new_rgba8(31, 17))),
            (ImageFormat::Tiff, Format::Tiff, DynamicImage::new_rgb8(31, 17), Some(DynamicImage::new_rgba8(31, 17))),
        ] {
            for (picture, alpha) in std::iter::once((opaque, false)).chain(clear.map(|clear| (clear, true))) {
                let bytes = bytes(&picture, kind);
                let expected =
                    InputFacts { format, width: 31, height: 17, bytes: bytes.len() as u64, alpha, turned: false };
                assert_eq!(seen(&bytes).unwrap(), expected, "{kind:?}");
            }
        }
    }

    fn gif(frame: RgbaImage, left: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut out);
        encoder.encode_frame(Frame::from_parts(frame, left, 0, image::Delay::from_numer_denom_ms(1, 1))).unwrap();
        drop(encoder);
        out
    }

    #[test]
    fn a_gif_has_alpha_only_where_its_first_frame_leaves_holes() {
        let solid = RgbaImage::from_pixel(8, 8, Rgba([9, 99, 199, 255]));
        let mut holed = solid.clone();
        holed.put_pixel(3, 3, Rgba([0; 4]));
        assert!(!seen(&gif(solid.clone(), 0)).unwrap().alpha);
        assert!(seen(&gif(holed, 0)).unwrap().alpha);
        let mut beside = gif(solid, 0);
        // The frame's own width, one column less than the picture's.
        let frame = beside.windows(5).position(|five| five == [0x2c, 0, 0, 0, 0]).unwrap();
        beside[frame + 5] = 7;
        assert!(seen(&beside).unwrap().alpha);
    }

    /// The checksum of a PNG chunk.
    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    #[test]
    fn a_picture_too_large_is_refused_by_its_claim_and_the_rest_is_never_read() {
        let mut claim = bytes(&DynamicImage::new_rgb8(8, 8), ImageFormat::Png);
        claim[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        claim[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let check = crc(&claim[12..29]).to_be_bytes();
        claim[29..33].copy_from_slice(&check);
        assert!(matches!(seen(&claim), Err(Unusable::TooLarge { width: 60_000, height: 60_000 })));
        let jpeg = bytes(&DynamicImage::new_rgb8(640, 480), ImageFormat::Jpeg);
        assert_eq!(seen(&jpeg[..jpeg.len() / 2]).unwrap().width, 640, "the header is there");
    }

    #[test]
    fn a_jpeg_whose_metadata_is_longer_than_the_first_look_is_still_seen() {
        let jpeg = bytes(&DynamicImage::new_rgb8(64, 48), ImageFormat::Jpeg);
        let mut heavy = jpeg[..2].to_vec();
        for _ in 0..6 {
            heavy.extend([0xff, 0xe4, 0xff, 0xff]);
            heavy.extend(vec![0; 0xffff - 2]);
        }
        heavy.extend(&jpeg[2..]);
        assert!(heavy.len() as u64 > JPEG_HEAD + 1000);
        assert_eq!(seen(&heavy).unwrap().width, 64);
    }

    #[test]
    fn says_what_came_instead_of_a_picture() {
        assert_eq!(seen(b"<html>").unwrap_err().to_string(), "not a picture: HTML");
        assert_eq!(seen(b"").unwrap_err().to_string(), "not a picture: empty file");
        assert!(matches!(facts(Path::new("/dev/zero")), Err(Unusable::NotAPicture(_))));
        assert!(matches!(facts(Path::new("/none.png")), Err(Unusable::Io(_))));
    }
}
