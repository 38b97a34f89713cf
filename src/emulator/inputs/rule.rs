//! What a model takes as an input image, judged by the bytes (contract 3.3.12). Pure. Not here:
//! where the bytes come from (`bring`).

use std::io::Cursor;
use std::sync::Arc;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, imageops};

use super::super::refusal::Refusal;
use super::super::size::Pixels;
use super::{Seen, Sight};

/// A reference is shown inside a picture: more pixels than this would never be seen.
const KEPT_SIDE: u32 = 1024;
/// Room to decode 8000*8000 in 16 bits with alpha.
const DECODE_BYTES: u64 = 640 * 1024 * 1024;

/// One family's rule.
#[derive(Debug, Clone, Copy)]
pub struct InputRule {
    /// GIF and TIFF are read too.
    many_formats: bool,
    /// Shortest and longest side.
    side: Option<(u32, u32)>,
    /// Longest side over shortest, at most.
    ratio: Option<u32>,
    /// Largest file.
    megabytes: usize,
    /// A PNG may have an alpha channel.
    alpha: bool,
}

impl InputRule {
    pub const WAN27: InputRule =
        InputRule { many_formats: false, side: Some((240, 8000)), ratio: Some(8), megabytes: 20, alpha: false };
    pub const WAN26: InputRule = InputRule { ratio: None, megabytes: 10, ..InputRule::WAN27 };
    pub const WAN25: InputRule = InputRule { side: Some((384, 5000)), alpha: true, ..InputRule::WAN26 };
    /// Sides of 384 to 3072 are advice, so others are taken too.
    pub const QWEN: InputRule = InputRule { many_formats: true, side: None, ratio: None, megabytes: 10, alpha: true };

    /// Whether a file may be larger than a data URI may (contract 3.3.12, 7.1).
    pub fn takes_large_files(&self) -> bool {
        self.megabytes > 10
    }

    /// Judges a file and keeps what a painter needs of it.
    ///
    /// # Errors
    /// The first thing the service would complain about.
    pub fn judge(&self, bytes: &[u8]) -> Result<Seen, Refusal> {
        if bytes.len() > self.megabytes * 1024 * 1024 {
            let message = format!("The size of the input image exceeds {}MB.", self.megabytes);
            return Err(Refusal::new(400, "InvalidImage.ImageSize", message));
        }
        let format = self.format(bytes)?;
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::default();
        limits.max_alloc = Some(DECODE_BYTES);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(|_| corrupted())?;
        self.judge_size(decoder.dimensions())?;
        if format == ImageFormat::Png && !self.alpha && decoder.color_type().has_alpha() {
            let message = "The input image must not have an alpha channel.";
            return Err(Refusal::new(400, "InvalidImageFormat", message));
        }
        let image = DynamicImage::from_decoder(decoder).map_err(|_| corrupted())?;
        let size = (image.width(), image.height());
        Ok(Seen { size, sight: Sight::Known(Arc::new(kept(image))) })
    }

    fn format(&self, bytes: &[u8]) -> Result<ImageFormat, Refusal> {
        let format = image::guess_format(bytes).map_err(|_| corrupted())?;
        let taken = match format {
            ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Bmp | ImageFormat::WebP => true,
            ImageFormat::Gif | ImageFormat::Tiff => self.many_formats,
            _ => false,
        };
        if taken {
            return Ok(format);
        }
        let message = "The format of the input image is not supported.";
        Err(Refusal::new(400, "BadRequest.UnsupportedFileFormat", message))
    }

    fn judge_size(&self, (width, height): Pixels) -> Result<(), Refusal> {
        let (long, short) = (width.max(height), width.min(height));
        if self.side.is_some_and(|(least, most)| short < least || long > most) {
            return Err(Refusal::parameter("The size of input image is too small or too large"));
        }
        if self.ratio.is_some_and(|ratio| u64::from(long) > u64::from(short) * u64::from(ratio)) {
            let message = "The aspect ratio of the input image is out of range.";
            return Err(Refusal::new(400, "InvalidImageResolution", message));
        }
        Ok(())
    }
}

fn corrupted() -> Refusal {
    Refusal::parameter("Invalid image format or corrupted file")
}

fn kept(image: DynamicImage) -> RgbImage {
    let image = image.into_rgb8();
    let (width, height) = image.dimensions();
    let long = width.max(height);
    if long <= KEPT_SIDE {
        return image;
    }
    let shrunk = |side: u32| (u64::from(side) * u64::from(KEPT_SIDE) / u64::from(long)).max(1) as u32;
    imageops::thumbnail(&image, shrunk(width), shrunk(height))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bytes(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn rgb(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, image::Rgb([9, 9, 9])))
    }

    fn code(rule: InputRule, bytes: &[u8]) -> Option<String> {
        rule.judge(bytes).err().map(|refusal| refusal.code)
    }

    #[test]
    fn formats_are_told_by_content() {
        let image = rgb(400, 400);
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Bmp] {
            assert_eq!(code(InputRule::WAN27, &bytes(&image, format)), None, "{format:?}");
        }
        for format in [ImageFormat::Gif, ImageFormat::Tiff] {
            let file = bytes(&image, format);
            assert_eq!(code(InputRule::QWEN, &file), None, "{format:?}");
            let refused = Some("BadRequest.UnsupportedFileFormat".into());
            assert_eq!(code(InputRule::WAN27, &file), refused, "{format:?}");
            assert_eq!(code(InputRule::WAN25, &file), refused, "{format:?}");
        }
        assert_eq!(code(InputRule::QWEN, b"no image at all"), Some("InvalidParameter".into()));
        let mut half = bytes(&image, ImageFormat::Png);
        half.truncate(half.len() / 2);
        assert_eq!(InputRule::WAN27.judge(&half).unwrap_err(), corrupted());
    }

    #[test]
    fn sides_and_ratios_have_edges() {
        let fits = |rule: InputRule, width, height| rule.judge(&bytes(&rgb(width, height), ImageFormat::Png)).is_ok();
        assert!(fits(InputRule::WAN27, 240, 240) && !fits(InputRule::WAN27, 239, 240));
        assert!(fits(InputRule::WAN27, 240, 1920) && !fits(InputRule::WAN27, 240, 1921));
        assert!(fits(InputRule::WAN26, 240, 1921));
        assert!(fits(InputRule::WAN25, 384, 384) && !fits(InputRule::WAN25, 384, 383));
        assert!(!fits(InputRule::WAN25, 384, 5001));
        assert!(fits(InputRule::QWEN, 100, 100));
    }

    #[test]
    fn alpha_is_refused_in_a_png_where_the_contract_says_so() {
        let clear = bytes(&DynamicImage::new_rgba8(400, 400), ImageFormat::Png);
        assert_eq!(code(InputRule::WAN27, &clear), Some("InvalidImageFormat".into()));
        assert_eq!(code(InputRule::WAN26, &clear), Some("InvalidImageFormat".into()));
        assert_eq!(code(InputRule::WAN25, &clear), None);
        assert_eq!(code(InputRule::QWEN, &clear), None);
    }

    #[test]
    fn a_large_file_is_refused_by_its_bytes_and_a_large_image_is_kept_small() {
        let mut file = bytes(&rgb(400, 400), ImageFormat::Png);
        file.resize(10 * 1024 * 1024 + 1, 0);
        assert_eq!(code(InputRule::WAN26, &file), Some("InvalidImage.ImageSize".into()));
        assert_eq!(code(InputRule::WAN27, &file), None);
        let seen = InputRule::WAN27.judge(&bytes(&rgb(2048, 512), ImageFormat::Png)).unwrap();
        assert_eq!(seen.size, (2048, 512));
        assert_eq!(seen.image().dimensions(), (1024, 256));
    }
}
