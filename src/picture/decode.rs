//! Bytes to pixels, within limits and never by the file's name. Scaling is in [`scale`](super::scale).

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbaImage};

use super::{Header, Unusable, look, whole};
use crate::domain::Format;

/// The longest side we decode, in pixels: twice the service's largest picture (quality 3.5).
pub const SIDE_MAX: u32 = 8192;
/// What a decoder may allocate, in bytes (quality 3.5). 4096 x 4096 with 16-bit alpha takes 128 MiB.
const ALLOC_MAX: u64 = 192 << 20;
/// The largest file read into memory, in bytes: the largest the service is known to make is 33 MB (quality 4.5).
const FILE_MAX: u64 = 256 << 20;

/// Reads the header only.
///
/// # Errors
/// [`Unusable::NotAPicture`], [`Unusable::TooLarge`] for a side over [`SIDE_MAX`], [`Unusable::Damaged`].
pub fn sniff(bytes: &[u8]) -> Result<Header, Unusable> {
    sniff_in(Cursor::new(bytes))
}

/// The same of a file, of which only as much is read as stands before its pixels: words there can be long.
///
/// # Errors
/// As [`sniff`], and [`Unusable::Io`].
pub fn header(path: &Path) -> Result<Header, Unusable> {
    regular(path)?;
    sniff_in(BufReader::new(File::open(path)?))
}

fn sniff_in(mut source: impl BufRead + Seek) -> Result<Header, Unusable> {
    let head = source.fill_buf()?;
    let format = look::format(head).ok_or_else(|| Unusable::NotAPicture(look::describe(head)))?;
    let (width, height) = guarded(|| ImageReader::with_format(source, codec(format)).into_dimensions())?;
    if width > SIDE_MAX || height > SIDE_MAX {
        return Err(Unusable::TooLarge { width, height });
    }
    Ok(Header { format, width, height })
}

/// Decodes a file whole, within limits; panics of the decoder become `Damaged`.
///
/// # Errors
/// As [`sniff`], and [`Unusable::Io`].
pub fn open(path: &Path) -> Result<RgbaImage, Unusable> {
    decode(&read(path)?).map(DynamicImage::into_rgba8)
}

/// Proves that a file is a complete picture: by its own structure and by decoding every pixel.
///
/// # Errors
/// As [`open`]; a file without its end is [`Unusable::Damaged`] even where a decoder would forgive it.
pub fn verify(path: &Path) -> Result<Header, Unusable> {
    let bytes = read(path)?;
    let header = sniff(&bytes)?;
    if !whole::is_whole(header.format, &bytes) {
        return Err(Unusable::Damaged("the end of the file is missing".into()));
    }
    decode(&bytes)?;
    Ok(header)
}

/// Decodes to whatever pixels the file holds.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, Unusable> {
    let header = sniff(bytes)?;
    guarded(|| {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), codec(header.format));
        reader.limits(limits());
        reader.decode()
    })
    .map_err(|fault| match fault {
        Unusable::TooLarge { .. } => Unusable::TooLarge { width: header.width, height: header.height },
        other => other,
    })
}

/// What a decoder may do.
pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_MAX);
    limits
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Unusable> {
    regular(path)?;
    Ok(std::fs::read(path)?)
}

/// The length of a regular file that is not too large to be a picture. Others are not even opened: a pipe would never end.
pub(super) fn regular(path: &Path) -> Result<u64, Unusable> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(Unusable::NotAPicture("not a regular file".into()));
    }
    if about.len() > FILE_MAX {
        return Err(Unusable::Damaged(format!("the file has {} bytes, more than any picture of ours", about.len())));
    }
    Ok(about.len())
}

pub(super) fn codec(format: Format) -> ImageFormat {
    match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Webp => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Gif => ImageFormat::Gif,
        Format::Tiff => ImageFormat::Tiff,
    }
}

/// Runs a decoder. Decoders are fed by strangers, and their authors do not rule out panics on hostile input.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, ImageError>) -> Result<T, Unusable> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(ImageError::Limits(limit))) => match limit.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => {
                Err(Unusable::TooLarge { width: 0, height: 0 })
            }
            _ => Err(Unusable::Damaged("it asks for something the decoder does not do".into())),
        },
        Ok(Err(ImageError::IoError(error))) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Unusable::Damaged("it is cut short".into()))
        }
        Ok(Err(error)) => Err(Unusable::Damaged(crate::domain::text::clean(&error.to_string()).into_owned())),
        Err(_) => Err(Unusable::Damaged("its decoder gave up".into())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use image::{GrayImage, Luma, Rgb, RgbImage};

    use super::*;

    fn gradient() -> DynamicImage {
        RgbImage::from_fn(40, 30, |x, y| Rgb([x as u8 * 6, y as u8 * 8, 90])).into()
    }

    fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn reads_each_format_whatever_its_name() {
        for (kind, format) in
            [(ImageFormat::Png, Format::Png), (ImageFormat::Jpeg, Format::Jpeg), (ImageFormat::WebP, Format::Webp)]
        {
            let file = file(&bytes(&gradient(), kind));
            assert_eq!(verify(file.path()).unwrap(), Header { format, width: 40, height: 30 });
            assert_eq!(open(file.path()).unwrap().dimensions(), (40, 30));
        }
    }

    #[test]
    fn every_cut_is_found() {
        for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = bytes(&gradient(), kind);
            for cut in [whole.len() - 2, whole.len() - 12, whole.len() / 2, whole.len() / 3] {
                let result = verify(file(&whole[..cut]).path());
                assert!(matches!(result, Err(Unusable::Damaged(_))), "{kind:?} cut at {cut}: {result:?}");
            }
        }
    }

    #[test]
    fn wrong_bytes_of_the_right_length_are_found() {
        let mut png = bytes(&gradient(), ImageFormat::Png);
        let middle = png.len() / 2;
        png[middle] ^= 0x40;
        assert!(matches!(verify(file(&png).path()), Err(Unusable::Damaged(_))));
    }

    #[test]
    fn a_picture_behind_megabytes_of_words_is_a_picture() {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, 40, 30);
        encoder.set_color(png::ColorType::Rgb);
        encoder.add_itxt_chunk("prompt".into(), "{\"3\": 雪}".repeat(300_000)).unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(gradient().as_bytes()).unwrap();
        writer.finish().unwrap();
        let file = file(&png);
        let told = Header { format: Format::Png, width: 40, height: 30 };
        assert_eq!((header(file.path()).unwrap(), verify(file.path()).unwrap()), (told, told));
        assert_eq!(open(file.path()).unwrap(), gradient().into_rgba8());
    }

    #[test]
    fn text_named_png_is_named_for_what_it_is() {
        let file = file(b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
        assert_eq!(verify(file.path()).unwrap_err().to_string(), "not a picture: XML text (AccessDenied)");
        assert_eq!(sniff(b"").unwrap_err().to_string(), "not a picture: empty file");
    }

    #[test]
    fn a_side_too_long_is_refused_before_decoding() {
        let wide: DynamicImage = GrayImage::from_pixel(SIDE_MAX + 1, 1, Luma([7])).into();
        assert!(matches!(
            sniff(&bytes(&wide, ImageFormat::Png)),
            Err(Unusable::TooLarge { width, height: 1 }) if width == SIDE_MAX + 1
        ));
    }

    #[test]
    fn the_services_largest_picture_is_admitted() {
        let large: DynamicImage = RgbImage::from_pixel(4096, 4096, Rgb([200, 40, 10])).into();
        let large = file(&bytes(&large, ImageFormat::Png));
        assert_eq!(verify(large.path()).unwrap().width, 4096);
    }

    #[test]
    fn a_panicking_decoder_is_a_damaged_picture() {
        let result: Result<(), _> = guarded(|| panic!("on purpose"));
        assert_eq!(result.unwrap_err().to_string(), "damaged: its decoder gave up");
    }

    #[test]
    fn only_regular_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(open(dir.path()), Err(Unusable::NotAPicture(_))));
        assert!(matches!(open(&dir.path().join("none")), Err(Unusable::Io(_))));
    }
}
