//! A copy of an input picture, changed so that a model takes it. What has to change is the catalogue's to say, in a
//! [`Mending`]; the file itself is never touched.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, RgbImage, Rgba, RgbaImage};

use super::facts::facts_of;
use super::{SIDE_MAX, Unusable, decode, private, scale, whole};
use crate::domain::{Format, InputFacts, Mending};

/// JPEG qualities to try in order: the first is hard to tell from the original, below the last one sees it.
const QUALITIES: [u8; 4] = [92, 85, 78, 70];
/// When quality is not enough, each try has this share of the last one's sides.
const STEP: f64 = 0.85;
/// A picture with a side shorter than this is no input to any model (contract 3.3.12: 240 pixels).
const SIDE_MIN: u32 = 32;

/// The picture as `mending` says, without the metadata that [`is_personal`](super::is_personal) looks for, and upright.
///
/// A JPEG, PNG or WebP of which nothing else has to change keeps every pixel as it is written, and a file without metadata
/// every byte; so do BMP and GIF. What has to change, a picture that its metadata turns or mirrors, a TIFF, and a file that is
/// not laid out as its format says are written anew: as JPEG where the picture was one or `mending` asks for it, else as PNG.
/// PNG that was not asked for becomes JPEG when it would be over `bytes_max`. The first frame of a GIF is the picture. A
/// colour profile is kept.
///
/// # Errors
/// As [`open`](super::open); [`Unusable::Damaged`] where the end of the file is missing; [`Unusable::TooLarge`] when it
/// cannot be brought under `bytes_max`.
pub fn mend(bytes: &[u8], mending: &Mending) -> Result<Vec<u8>, Unusable> {
    let (facts, orientation) = facts_of(bytes)?;
    if !whole::is_whole(facts.format, bytes) {
        return Err(Unusable::Damaged("the end of the file is missing".into()));
    }
    if is_right(&facts, mending)
        && let Some(plain) = private::without(facts.format, bytes)
    {
        return Ok(plain);
    }
    let wanted = mending.format.unwrap_or(facts.format);
    let keeps_alpha = facts.alpha && !mending.flatten && wanted != Format::Jpeg;
    let mut sheet = Sheet::decode(bytes, &facts, orientation, keeps_alpha)?;
    if let Some((width, height)) = mending.scale {
        sheet = sheet.resized((width.clamp(1, SIDE_MAX), height.clamp(1, SIDE_MAX)))?;
    }
    let fits = |written: &Vec<u8>| mending.bytes_max == 0 || written.len() as u64 <= mending.bytes_max;
    if wanted != Format::Jpeg {
        let png = sheet.png()?;
        if fits(&png) {
            return Ok(png);
        }
        if mending.format.is_some() || keeps_alpha {
            return sheet.shrunk(Sheet::png, fits);
        }
    }
    for quality in QUALITIES {
        let jpeg = sheet.jpeg(quality)?;
        if fits(&jpeg) {
            return Ok(jpeg);
        }
    }
    sheet.shrunk(|sheet| sheet.jpeg(QUALITIES[QUALITIES.len() - 1]), fits)
}

/// Whether the picture is already what `mending` asks for.
fn is_right(facts: &InputFacts, mending: &Mending) -> bool {
    !(facts.turned || mending.flatten && facts.alpha)
        && mending.scale.is_none_or(|size| size == (facts.width, facts.height))
        && mending.format.is_none_or(|format| format == facts.format)
        && (mending.bytes_max == 0 || facts.bytes <= mending.bytes_max)
}

/// A picture to be written: 8 bits a channel, upright, with alpha only where it is to stay.
struct Sheet {
    pixels: DynamicImage,
    /// Colour profile of RGB pixels.
    profile: Option<Vec<u8>>,
}

impl Sheet {
    fn decode(
        bytes: &[u8],
        facts: &InputFacts,
        orientation: Orientation,
        keeps_alpha: bool,
    ) -> Result<Sheet, Unusable> {
        let (mut pixels, profile) = decode::guarded(|| {
            let mut limits = decode::limits();
            let mut reader = ImageReader::with_format(Cursor::new(bytes), decode::codec(facts.format));
            reader.limits(limits.clone());
            let mut decoder = reader.into_decoder()?;
            limits.reserve(decoder.total_bytes())?;
            let profile = decoder.icc_profile().unwrap_or(None);
            Ok((DynamicImage::from_decoder(decoder)?, profile))
        })
        .map_err(|fault| match fault {
            Unusable::TooLarge { .. } => Unusable::TooLarge { width: facts.width, height: facts.height },
            other => other,
        })?;
        pixels.apply_orientation(orientation);
        let pixels = match keeps_alpha {
            true => pixels.into_rgba8().into(),
            false if pixels.color().has_alpha() => on_white(&pixels.into_rgba8()).into(),
            false => pixels.into_rgb8().into(),
        };
        // Bytes 16 to 19 say what a profile is for. One for ink or for grey does not fit what is written.
        let profile = profile.filter(|profile| profile.get(16..20) == Some(b"RGB ".as_slice()));
        Ok(Sheet { pixels, profile })
    }

    fn resized(&self, size: (u32, u32)) -> Result<Sheet, Unusable> {
        let pixels = scale::resize(&self.pixels, size)?;
        Ok(Sheet { pixels, profile: self.profile.clone() })
    }

    /// Smaller and smaller, until it fits.
    fn shrunk(
        &self,
        write: impl Fn(&Sheet) -> Result<Vec<u8>, Unusable>,
        fits: impl Fn(&Vec<u8>) -> bool,
    ) -> Result<Vec<u8>, Unusable> {
        let (width, height) = (self.pixels.width(), self.pixels.height());
        let mut share = STEP;
        loop {
            let side = |side: u32| (f64::from(side) * share).round() as u32;
            let size = (side(width), side(height));
            if size.0.min(size.1) < SIDE_MIN {
                return Err(Unusable::TooLarge { width, height });
            }
            // Always from the whole picture: scaled twice is blurred twice.
            let written = write(&self.resized(size)?)?;
            if fits(&written) {
                return Ok(written);
            }
            share *= STEP;
        }
    }

    fn jpeg(&self, quality: u8) -> Result<Vec<u8>, Unusable> {
        let mut out = Vec::new();
        self.write(JpegEncoder::new_with_quality(&mut out, quality))?;
        Ok(out)
    }

    fn png(&self) -> Result<Vec<u8>, Unusable> {
        let mut out = Vec::new();
        self.write(PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive))?;
        Ok(out)
    }

    fn write(&self, mut encoder: impl ImageEncoder) -> Result<(), Unusable> {
        let failed = |error: image::ImageError| Unusable::Damaged(format!("it cannot be written anew: {error}"));
        if let Some(profile) = &self.profile {
            encoder.set_icc_profile(profile.clone()).map_err(|error| failed(image::ImageError::Unsupported(error)))?;
        }
        let (pixels, colour) = (self.pixels.as_bytes(), self.pixels.color().into());
        encoder.write_image(pixels, self.pixels.width(), self.pixels.height(), colour).map_err(failed)
    }
}

fn on_white(picture: &RgbaImage) -> RgbImage {
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (Rgba([channels @ .., alpha]), to) in picture.pixels().zip(out.pixels_mut()) {
        let alpha = u16::from(*alpha);
        to.0 = channels.map(|channel| ((u16::from(channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{Frame, ImageFormat, Rgb};

    use super::*;

    /// What the picture is now.
    fn facts_of(bytes: &[u8]) -> Result<InputFacts, Unusable> {
        super::facts_of(bytes).map(|(facts, _)| facts)
    }

    fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn gradient(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 90])).into()
    }

    /// A picture that no encoder makes small.
    fn noise(side: u32) -> DynamicImage {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        RgbImage::from_fn(side, side, |_, _| Rgb([next(), next(), next()])).into()
    }

    fn pixel(bytes: &[u8], x: u32, y: u32) -> [u8; 3] {
        decode::decode(bytes).unwrap().into_rgb8().get_pixel(x, y).0
    }

    fn is_near(seen: [u8; 3], wanted: [u8; 3]) -> bool {
        seen.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 24)
    }

    #[test]
    fn what_needs_no_mending_and_tells_nothing_is_the_same_byte_for_byte() {
        for (kind, format) in [
            (ImageFormat::Png, Format::Png),
            (ImageFormat::Jpeg, Format::Jpeg),
            (ImageFormat::WebP, Format::Webp),
            (ImageFormat::Bmp, Format::Bmp),
            (ImageFormat::Gif, Format::Gif),
        ] {
            let source = bytes(&gradient(40, 30), kind);
            let asked = Mending {
                flatten: true,
                scale: Some((40, 30)),
                format: Some(format),
                bytes_max: source.len() as u64,
                notices: Vec::new(),
            };
            assert_eq!(mend(&source, &asked).unwrap(), source, "{kind:?}");
            assert_eq!(mend(&source, &Mending::default()).unwrap(), source, "{kind:?}");
        }
    }

    #[test]
    fn transparency_is_laid_on_white() {
        let source = RgbaImage::from_fn(9, 9, |x, _| Rgba([255, 0, 0, [0, 128, 255][x as usize / 3]]));
        for kind in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
            let source = bytes(&source.clone().into(), kind);
            let flat = mend(&source, &Mending { flatten: true, ..Mending::default() }).unwrap();
            let facts = facts_of(&flat).unwrap();
            assert_eq!((facts.format, facts.alpha, facts.width), (Format::Png, false, 9));
            let row = [pixel(&flat, 1, 4), pixel(&flat, 4, 4), pixel(&flat, 7, 4)];
            assert_eq!(row, [[255, 255, 255], [255, 127, 127], [255, 0, 0]], "{kind:?}");
        }
        let jpeg = mend(&bytes(&source.into(), ImageFormat::Png), &to(Format::Jpeg)).unwrap();
        assert!(is_near(pixel(&jpeg, 0, 4), [255, 255, 255]), "JPEG has no transparency");
    }

    fn to(format: Format) -> Mending {
        Mending { format: Some(format), ..Mending::default() }
    }

    #[test]
    fn pictures_of_every_pixel_kind_and_format_can_be_mended_in_every_way() {
        let ways = [
            Mending { scale: Some((20, 12)), ..Mending::default() },
            Mending { scale: Some((20, 12)), flatten: true, ..to(Format::Jpeg) },
            Mending { scale: Some((20, 12)), flatten: true, ..to(Format::Png) },
            Mending { scale: Some((20, 12)), bytes_max: 60_000, ..to(Format::Png) },
        ];
        let colour = gradient(64, 40);
        for (name, picture) in [
            ("grey", DynamicImage::from(colour.to_luma8())),
            ("grey alpha", colour.to_luma_alpha8().into()),
            ("colour", colour.clone()),
            ("colour alpha", colour.to_rgba8().into()),
            ("deep grey", colour.to_luma16().into()),
            ("deep grey alpha", colour.to_luma_alpha16().into()),
            ("deep", colour.to_rgb16().into()),
            ("deep alpha", colour.to_rgba16().into()),
            ("float", colour.to_rgb32f().into()),
        ] {
            for kind in [ImageFormat::Png, ImageFormat::Tiff] {
                let mut source = Cursor::new(Vec::new());
                if picture.write_to(&mut source, kind).is_err() {
                    continue;
                }
                for way in &ways {
                    let mended = mend(source.get_ref(), way).unwrap();
                    let facts = facts_of(&mended).unwrap();
                    assert_eq!((facts.width, facts.height), (20, 12), "{name} {kind:?} {way:?}");
                    assert!(!(facts.alpha && way.flatten), "{name} {kind:?} {way:?}");
                    let (first, last) = (pixel(&mended, 0, 0), pixel(&mended, 19, 11));
                    assert!(first.iter().zip(last).all(|(a, b)| *a <= b + 3), "{name} {kind:?}: {first:?} {last:?}");
                    assert!(first[0] < 60 && last[0] > 140, "{name} {kind:?}: {first:?} {last:?}");
                }
            }
        }
    }

    #[test]
    fn an_animation_becomes_its_first_frame() {
        let mut source = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut source);
        for colour in [[200, 30, 30, 255], [30, 30, 200, 255]] {
            encoder.encode_frame(Frame::new(RgbaImage::from_pixel(16, 16, Rgba(colour)))).unwrap();
        }
        drop(encoder);
        let mended = mend(&source, &to(Format::Png)).unwrap();
        let facts = facts_of(&mended).unwrap();
        assert_eq!((facts.format, facts.alpha), (Format::Png, false), "an opaque GIF gains no alpha channel");
        assert!(is_near(pixel(&mended, 8, 8), [200, 30, 30]));
    }

    /// 40 x 20, left half red, right half blue, and a word that it lies on its side (orientation 6: turn it clockwise).
    fn lying_photo() -> Vec<u8> {
        let picture = RgbImage::from_fn(40, 20, |x, _| if x < 20 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) });
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut out, 95);
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        encoder.encode_image(&picture).unwrap();
        out
    }

    #[test]
    fn a_photo_on_its_side_is_sent_upright() {
        let photo = lying_photo();
        let facts = facts_of(&photo).unwrap();
        assert_eq!((facts.width, facts.height, facts.turned), (20, 40, true), "as it is shown");
        let small = Mending { scale: Some((10, 20)), ..Mending::default() };
        for (asked, format, size) in [
            (to(Format::Png), Format::Png, (20, 40)),
            (Mending::default(), Format::Jpeg, (20, 40)),
            (small, Format::Jpeg, (10, 20)),
        ] {
            let upright = mend(&photo, &asked).unwrap();
            let facts = facts_of(&upright).unwrap();
            assert_eq!((facts.format, facts.width, facts.height, facts.turned), (format, size.0, size.1, false));
            let (top, bottom) = (pixel(&upright, 5, size.1 / 8), pixel(&upright, 5, size.1 * 7 / 8));
            assert!(is_near(top, [220, 20, 20]) && is_near(bottom, [20, 20, 220]), "{top:?} {bottom:?}");
        }
    }

    /// Left half red, right half blue, and its orientation among its tags, which the encoder has no way to write.
    fn lying_tiff(orientation: u8) -> Vec<u8> {
        let picture = RgbImage::from_fn(40, 20, |x, _| if x < 20 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) });
        let mut tiff = bytes(&picture.into(), ImageFormat::Tiff);
        let tags = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
        let count = u16::from_le_bytes(tiff[tags..tags + 2].try_into().unwrap());
        // The tags again at the end of the file, with one more; they are in ascending order.
        let end = tiff.len();
        let mut entries: Vec<[u8; 12]> =
            tiff[tags + 2..][..usize::from(count) * 12].chunks(12).map(|entry| entry.try_into().unwrap()).collect();
        entries.push([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
        entries.sort_by_key(|entry| u16::from_le_bytes([entry[0], entry[1]]));
        tiff.extend_from_slice(&(count + 1).to_le_bytes());
        tiff.extend(entries.concat());
        tiff.extend_from_slice(&[0; 4]);
        tiff[4..8].copy_from_slice(&(end as u32).to_le_bytes());
        tiff
    }

    #[test]
    fn a_tiff_is_written_anew_without_its_tags_and_upright() {
        for (orientation, size, first) in
            [(1, (40, 20), [220, 20, 20]), (3, (40, 20), [20, 20, 220]), (8, (20, 40), [20, 20, 220])]
        {
            let tiff = lying_tiff(orientation);
            assert_eq!(facts_of(&tiff).unwrap().turned, orientation != 1);
            let png = mend(&tiff, &Mending::default()).unwrap();
            let facts = facts_of(&png).unwrap();
            assert_eq!((facts.format, facts.width, facts.height), (Format::Png, size.0, size.1), "{orientation}");
            assert_eq!(pixel(&png, 3, 3), first, "{orientation}");
        }
    }

    #[test]
    fn a_colour_profile_of_rgb_is_kept_and_one_of_ink_is_not() {
        for (space, kept) in [(b"RGB ", true), (b"CMYK", false)] {
            let mut profile = vec![0; 128];
            profile[16..20].copy_from_slice(space);
            let mut source = Vec::new();
            let mut encoder = PngEncoder::new(&mut source);
            encoder.set_icc_profile(profile.clone()).unwrap();
            encoder.write_image(&[9; 64 * 64 * 3], 64, 64, image::ExtendedColorType::Rgb8).unwrap();
            let mended = mend(&source, &to(Format::Jpeg)).unwrap();
            let reader = ImageReader::with_format(Cursor::new(&mended), ImageFormat::Jpeg);
            let found = reader.into_decoder().unwrap().icc_profile().unwrap();
            assert_eq!(found, kept.then_some(profile));
        }
    }

    #[test]
    fn a_file_too_heavy_loses_quality_first_and_size_after() {
        let source = bytes(&noise(200), ImageFormat::Png);
        let within = |bytes_max| mend(&source, &Mending { bytes_max, ..Mending::default() });
        let lighter = within(60_000).unwrap();
        let facts = facts_of(&lighter).unwrap();
        assert!(lighter.len() <= 60_000);
        assert_eq!((facts.format, facts.width), (Format::Jpeg, 200), "quality was enough");
        let smaller = within(15_000).unwrap();
        let facts = facts_of(&smaller).unwrap();
        assert!(smaller.len() <= 15_000 && facts.width < 200 && facts.width == facts.height, "{facts:?}");
        assert!(facts.width > 60, "no smaller than it must be: {facts:?}");
        assert!(matches!(within(50), Err(Unusable::TooLarge { width: 200, height: 200 })));
        let still_png = mend(&source, &Mending { bytes_max: 60_000, ..to(Format::Png) }).unwrap();
        assert_eq!(facts_of(&still_png).unwrap().format, Format::Png);
        assert!(still_png.len() <= 60_000);
    }

    /// A small PNG that claims to have these sides, in 16-bit colour with alpha.
    fn claim(width: u32, height: u32) -> Vec<u8> {
        let mut claim = bytes(&DynamicImage::new_rgba16(8, 8), ImageFormat::Png);
        claim[16..20].copy_from_slice(&width.to_be_bytes());
        claim[20..24].copy_from_slice(&height.to_be_bytes());
        let mut check = flate2::Crc::new();
        check.update(&claim[12..29]);
        claim[29..33].copy_from_slice(&check.sum().to_be_bytes());
        claim
    }

    #[test]
    fn bombs_and_cut_files_are_refused() {
        // The second one's sides are within the limit, its pixels are not.
        for sides in [(60_000, 60_000), (8000, 4000)] {
            let refused = mend(&claim(sides.0, sides.1), &to(Format::Jpeg));
            assert!(
                matches!(refused, Err(Unusable::TooLarge { width, height }) if (width, height) == sides),
                "{refused:?}"
            );
        }
        let photo = bytes(&noise(200), ImageFormat::Jpeg);
        for asked in [Mending::default(), to(Format::Png)] {
            let half = mend(&photo[..photo.len() / 2], &asked);
            assert!(matches!(half, Err(Unusable::Damaged(_))), "{half:?}");
        }
    }
}
