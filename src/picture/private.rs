//! What a picture file tells beside its pixels (where it was taken, when, with what, from which words it was made), left out
//! of a copy without touching a pixel. What is kept is on a list, so what nobody thought of stays at home too.
//!
//! JPEG, PNG and WebP only. The pixels of TIFF lie among its tags, so [`mend`](super::mend) writes it anew; BMP has no room
//! for words; the rare comments of a GIF are left.

use std::borrow::Cow;

use super::look;
use crate::domain::Format;

/// Chunks of a PNG that say how its pixels are to be shown, beside the critical ones: colour, transparency, the size of a
/// pixel, animation (PNG third edition, 5.6).
const PNG_KEPT: [&[u8; 4]; 17] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"bKGD",
    b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];
/// Chunks of a WebP that hold pixels, animation or the colour profile (RFC 9649, 2.7).
const WEBP_KEPT: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// Bits of the first byte of `VP8X` that promise EXIF and XMP.
const WEBP_PROMISES: u8 = 0x0c;

/// Whether a picture tells about its taker or its making: EXIF, XMP or IPTC. A JPEG, PNG or WebP that is not laid out as its
/// format says, and every TIFF, is taken to.
pub fn is_personal(bytes: &[u8]) -> bool {
    look::format(bytes).is_some_and(|format| parts(format, bytes).is_none_or(|parts| parts.tells))
}

/// The file without what it tells; the same byte for byte where it tells nothing. `None` where that cannot be done without
/// decoding it.
pub(super) fn without(format: Format, bytes: &[u8]) -> Option<Vec<u8>> {
    parts(format, bytes).map(|parts| parts.kept.concat())
}

/// A file taken apart.
#[derive(Debug, Default)]
struct Parts<'a> {
    /// What is to be sent, in order.
    kept: Vec<Cow<'a, [u8]>>,
    /// EXIF, XMP or IPTC was found. Comments and dates of writing are left out too, but nobody need hear of them.
    tells: bool,
}

impl<'a> Parts<'a> {
    fn keep(&mut self, part: impl Into<Cow<'a, [u8]>>) {
        self.kept.push(part.into());
    }
}

fn parts(format: Format, bytes: &[u8]) -> Option<Parts<'_>> {
    match format {
        Format::Jpeg => jpeg(bytes),
        Format::Png => png(bytes),
        Format::Webp => webp(bytes),
        Format::Bmp | Format::Gif => Some(Parts { kept: vec![bytes.into()], tells: false }),
        Format::Tiff => None,
    }
}

/// What follows the end marker is left out: phones append further pictures, with an EXIF of their own, and films.
fn jpeg(bytes: &[u8]) -> Option<Parts<'_>> {
    let mut parts = Parts::default();
    let (start, mut rest) = bytes.split_at_checked(2)?;
    parts.keep(start);
    loop {
        // A marker may be led by any number of 0xff.
        let lead = rest.iter().take_while(|byte| **byte == 0xff).count();
        let marker = *rest.get(lead).filter(|_| lead > 0)?;
        let body = lead + 1;
        let length = match marker {
            0x00 | 0xd8 => return None,
            0x01 | 0xd0..=0xd7 | 0xd9 => 0,
            // It counts itself.
            _ => usize::from(u16::from_be_bytes(*rest.get(body..)?.first_chunk()?)).max(2),
        };
        let (mut segment, mut after) = rest.split_at_checked(body + length)?;
        let contents = segment.get(body + 2..).unwrap_or_default();
        if marker == 0xda {
            (segment, after) = rest.split_at_checked(segment.len() + scan(after)?)?;
        }
        match marker {
            0xe0 => parts.kept.extend(jfif(segment, contents)),
            0xe2 if !contents.starts_with(b"ICC_PROFILE\0") => {}
            0xee if !contents.starts_with(b"Adobe") => {}
            0xe1 | 0xed => parts.tells = true,
            0xe3..=0xec | 0xef | 0xfe => {}
            _ => parts.keep(segment),
        }
        if marker == 0xd9 {
            return Some(parts);
        }
        rest = after;
    }
}

/// Bytes up to the marker that ends a scan.
fn scan(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// The JFIF header without its thumbnail, which may show what was cut away since; other uses of its marker are thumbnails.
fn jfif<'a>(segment: &'a [u8], contents: &[u8]) -> Option<Cow<'a, [u8]>> {
    let header = contents.first_chunk::<14>().filter(|header| header.starts_with(b"JFIF\0"))?;
    if contents.len() == header.len() {
        return Some(segment.into());
    }
    let mut plain = vec![0xff, 0xe0, 0, 16];
    plain.extend_from_slice(&header[..12]);
    plain.extend_from_slice(&[0, 0]);
    Some(plain.into())
}

fn png(bytes: &[u8]) -> Option<Parts<'_>> {
    let mut parts = Parts::default();
    let (signature, mut rest) = bytes.split_at_checked(8)?;
    parts.keep(signature);
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind: &[u8; 4] = chunk[4..].first_chunk()?;
        if kind[0].is_ascii_uppercase() || PNG_KEPT.contains(&kind) {
            parts.keep(chunk);
        }
        // XMP travels as text of this name; EXIF and IPTC did before there was a chunk for them.
        let is_named = |name: &[u8]| chunk[8..].starts_with(name);
        parts.tells |= match kind {
            b"eXIf" => true,
            b"iTXt" | b"tEXt" | b"zTXt" => is_named(b"XML:com.adobe.xmp") || is_named(b"Raw profile type "),
            _ => false,
        };
        if kind == b"IEND" {
            return Some(parts);
        }
        rest = after;
    }
}

fn webp(bytes: &[u8]) -> Option<Parts<'_>> {
    let mut parts = Parts::default();
    let (head, rest) = bytes.split_first_chunk::<12>()?;
    let length = u32::from_le_bytes(*head[4..].first_chunk()?) as usize;
    let mut rest = rest.get(..length.checked_sub(4)?)?;
    while !rest.is_empty() {
        let kind: &[u8; 4] = rest.first_chunk()?;
        let length = u32::from_le_bytes(*rest[4..].first_chunk()?) as usize;
        let end = length.checked_add(8).filter(|end| *end <= rest.len())?;
        // Chunks are padded to even lengths; some writers forget it at the end.
        let (chunk, after) = rest.split_at((end + end % 2).min(rest.len()));
        match kind {
            b"VP8X" if chunk.get(8).is_some_and(|flags| flags & WEBP_PROMISES != 0) => {
                let mut plain = chunk.to_vec();
                plain[8] &= !WEBP_PROMISES;
                parts.keep(plain);
            }
            _ if WEBP_KEPT.contains(&kind) => parts.keep(chunk),
            _ => parts.tells |= [b"EXIF", b"XMP "].contains(&kind),
        }
        rest = after;
    }
    let length = 4 + parts.kept.iter().map(|chunk| chunk.len()).sum::<usize>();
    let head = [*b"RIFF", u32::try_from(length).ok()?.to_le_bytes(), *b"WEBP"].concat();
    parts.kept.insert(0, head.into());
    Some(parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgba, RgbaImage};
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::super::{Unusable, decode, mend};
    use super::*;
    use crate::domain::Mending;

    /// In every part of the test files that must not be sent.
    const SECRET: &[u8] = b"GPS 48.8584 N";

    fn plain(format: ImageFormat) -> Vec<u8> {
        let picture = RgbaImage::from_fn(48, 32, |x, y| Rgba([x as u8 * 5, y as u8 * 7, (x * y) as u8, 255 - y as u8]));
        let mut out = Cursor::new(Vec::new());
        let picture = image::DynamicImage::from(picture);
        let picture = if format == ImageFormat::Jpeg { picture.into_rgb8().into() } else { picture };
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn secret(name: &[u8]) -> Vec<u8> {
        [name, SECRET].concat()
    }

    fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
        let length = (contents.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], length.as_slice(), contents].concat()
    }

    /// The JPEG, and it again with all that may be said in one; `kept` is the part of that which is to stay.
    fn telling_jpeg(kept: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let jpeg = plain(ImageFormat::Jpeg);
        // After its JFIF header.
        let (head, rest) = jpeg.split_at(20);
        let said = [
            segment(0xe0, &secret(b"JFXX\0\x10")),
            segment(0xe1, &secret(b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")),
            segment(0xe1, &secret(b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>")),
            segment(0xe2, &secret(b"MPF\0")),
            segment(0xeb, &secret(b"JP")),
            segment(0xed, &secret(b"Photoshop 3.0\08BIM")),
            segment(0xfe, &secret(b"made with love ")),
        ];
        let film = secret(b"ftypmp42");
        let telling = [head, kept, &said.concat(), rest, &jpeg[..2], &said[1], &jpeg[2..], &film].concat();
        ([head, kept, rest].concat(), telling)
    }

    fn chunk(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let mut check = flate2::Crc::new();
        check.update(kind);
        check.update(contents);
        [&(contents.len() as u32).to_be_bytes(), kind.as_slice(), contents, &check.sum().to_be_bytes()].concat()
    }

    fn telling_png(kept: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let png = plain(ImageFormat::Png);
        // After its header, and before its end.
        let ((head, rest), end) = (png.split_at(33), png.len() - 12);
        let said = [
            chunk(b"eXIf", &secret(b"II*\0\x08\0\0\0\0\0\0\0\0\0")),
            chunk(b"tEXt", &secret(b"parameters\0a cat, ")),
            chunk(b"iTXt", &secret(b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>")),
            chunk(b"zTXt", &secret(b"Raw profile type exif\0\0")),
            chunk(b"tIME", &[7, 0xe9, 1, 1, 1, 1, 1]),
            chunk(b"caBX", SECRET),
        ];
        let late = chunk(b"tEXt", &secret(b"Author\0"));
        let telling = [head, kept, &said.concat(), &rest[..end - 33], &late, &png[end..], SECRET].concat();
        ([head, kept, rest].concat(), telling)
    }

    fn riff(chunks: &[u8]) -> Vec<u8> {
        [b"RIFF".as_slice(), &(chunks.len() as u32 + 4).to_le_bytes(), b"WEBP", chunks].concat()
    }

    fn part(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let padding = &[0][..contents.len() % 2];
        [kind.as_slice(), &(contents.len() as u32).to_le_bytes(), contents, padding].concat()
    }

    fn telling_webp(_: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let webp = plain(ImageFormat::WebP);
        let pixels = &webp[12..];
        // Alpha, and what is promised; 48 x 32.
        let extended = |promised: u8| part(b"VP8X", &[0x10 | promised, 0, 0, 0, 47, 0, 0, 31, 0, 0]);
        let exif = part(b"EXIF", &secret(b"II*\0\x08\0\0\0\0\0\0\0\0\0"));
        let said = [exif, part(b"XMP ", &secret(b"<x:xmpmeta/>")), part(b"JUNK", SECRET)].concat();
        let telling = [riff(&[&extended(0x0c), pixels, &said].concat()), SECRET.to_vec()].concat();
        (riff(&[&extended(0), pixels].concat()), telling)
    }

    fn files() -> [(Format, Vec<u8>, Vec<u8>); 3] {
        let profile = segment(0xe2, b"ICC_PROFILE\0\x01\x01colours");
        let jpeg = telling_jpeg(&[profile, segment(0xee, b"Adobe\0\x64\0\0\0\0\x01")].concat());
        let png = telling_png(&[chunk(b"gAMA", &45_455_u32.to_be_bytes()), chunk(b"pHYs", &[0; 9])].concat());
        let webp = telling_webp(&[]);
        [(Format::Jpeg, jpeg.0, jpeg.1), (Format::Png, png.0, png.1), (Format::Webp, webp.0, webp.1)]
    }

    fn pixels(bytes: &[u8]) -> Result<image::DynamicImage, Unusable> {
        decode::decode(bytes)
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|window| window == what)
    }

    #[test]
    fn all_that_tells_is_left_out_and_all_that_is_seen_is_kept() {
        for (format, plain, telling) in files() {
            assert!(is_personal(&telling) && holds(&telling, SECRET), "{format:?}");
            let sent = without(format, &telling).unwrap();
            assert!(!holds(&sent, SECRET), "{format:?}");
            assert!(sent == plain, "{format:?}: nothing else is gone");
            assert_eq!(pixels(&sent).unwrap(), pixels(&telling).unwrap(), "{format:?}");
            assert_eq!(mend(&telling, &Mending::default()).unwrap(), sent);
        }
    }

    #[test]
    fn what_tells_nothing_is_the_same_byte_for_byte() {
        for (format, plain, _) in files() {
            assert!(!is_personal(&plain), "{format:?}");
            assert_eq!(without(format, &plain).unwrap(), plain);
        }
    }

    #[test]
    fn a_thumbnail_in_the_jfif_header_is_left_out() {
        let jpeg = plain(ImageFormat::Jpeg);
        let thumbnail = [&jpeg[6..18], &[2, 1], b"GPS 48"].concat();
        let telling = [&jpeg[..2], &segment(0xe0, &thumbnail), &jpeg[20..]].concat();
        assert_eq!(without(Format::Jpeg, &telling).unwrap(), jpeg);
    }

    #[test]
    fn a_file_that_is_laid_out_oddly_is_written_anew() {
        let (_, mut telling) = telling_jpeg(&[]);
        // Decoders skip a stray byte between segments.
        telling.insert(20, 7);
        assert!(without(Format::Jpeg, &telling).is_none() && is_personal(&telling));
        let sent = mend(&telling, &Mending::default()).unwrap();
        assert!(!holds(&sent, SECRET) && pixels(&sent).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn damage_never_gives_a_file_worse_than_it_was(
            (format, _, telling) in select(files().to_vec()),
            cut in any::<Index>(), is_cut: bool,
            flips in prop::collection::vec((any::<Index>(), 1u8..), 0..3),
        ) {
            let mut bytes = telling;
            for (at, flip) in &flips {
                *at.get_mut(&mut bytes[..]) ^= *flip;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let before = pixels(&bytes);
            if let (Ok(before), Some(sent)) = (&before, without(format, &bytes)) {
                let after = pixels(&sent);
                prop_assert!(after.is_ok_and(|after| after == *before), "other pixels");
            }
            if let Ok(sent) = mend(&bytes, &Mending::default()) {
                prop_assert!(before.is_err() || pixels(&sent).is_ok());
            }
        }
    }
}
