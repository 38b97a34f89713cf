//! Local input pictures made ready to be sent: read, checked, mended in a copy. Nothing here talks to the service or writes a
//! file, so a dry run shares it; how the bytes travel is in [`carry`](super::carry).

use std::io::ErrorKind;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::catalog::{InputRule, scale_boxes};
use crate::domain::{Fault, FaultKind, Format, Reference, Request, text};
use crate::picture::{self, Unusable};

/// The largest file that is read, in bytes, even to be made smaller: what it decodes to is bounded by
/// [`picture`](crate::picture), and this bounds what lies beside it in memory.
const FILE_MAX: u64 = 256 << 20;

/// Said of a picture that tells more than it shows.
const NOT_SENT: &str = "its metadata (camera, time, place) is not sent";

/// A local picture as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Bytes of the picture, mended, upright and without metadata.
    pub bytes: Vec<u8>,
    /// Their format.
    pub format: Format,
    /// SHA-256 of them, lower-case hex.
    pub sha256: String,
    /// Width and height of the file in pixels, as every viewer shows it.
    pub was: (u32, u32),
    /// Width and height as it will be sent.
    pub size: (u32, u32),
    /// What was done to it, one sentence each.
    pub notices: Vec<String>,
}

/// Puts picture `index` (from 0), sent scaled `was` one width and height `size` another, into the request under an address
/// the service can read. Boxes marked in the file go on to mark the same things.
pub fn place(request: &mut Request, index: usize, was: (u32, u32), size: (u32, u32), address: String) {
    if let Some(image) = request.images.get_mut(index) {
        *image = Reference::Url(address);
    }
    if was != size
        && let Some(boxes) = request.options.get_mut("bbox_list")
    {
        *boxes = scale_boxes(boxes, index, was, size);
    }
}

/// Reads a picture file, checks it against the model's limits and mends a copy where that is safe; the file itself is not
/// touched. EXIF, XMP and other metadata are left out of the copy. `nth` counts from 1, as the prompt does. Takes as long as
/// decoding the picture does.
///
/// # Errors
/// A fault of kind `Invalid`: not a picture, outside the limits, cannot be read. Nothing was sent, nothing billed.
pub fn prepare(nth: usize, path: &Path, rule: &InputRule) -> Result<Prepared, Fault> {
    prepare_as(nth, path, path, rule)
}

/// The same for a file that the user knows as `name`.
pub(super) fn prepare_as(nth: usize, name: &Path, path: &Path, rule: &InputRule) -> Result<Prepared, Fault> {
    let subject = subject(nth, name);
    let facts = picture::facts(path).map_err(|why| unusable(&subject, &why))?;
    if facts.bytes > FILE_MAX {
        let message =
            format!("{subject} has {} MB, and pinxit reads at most {} MB.", facts.bytes >> 20, FILE_MAX >> 20);
        return Err(invalid("file_large", message, "Make it smaller and ask again; nothing was sent."));
    }
    let mut mending = rule.plan(&facts).map_err(|broken| {
        let message = format!("{subject} cannot be used with this model: {}.", broken.message.trim_end_matches('.'));
        let hint = format!("Legal: {}; nothing was sent.", broken.legal.trim_end_matches('.'));
        invalid(broken.rule, message, &hint)
    })?;
    let bytes = std::fs::read(path).map_err(|why| unusable(&subject, &Unusable::Io(why)))?;
    if picture::is_personal(&bytes) {
        mending.notices.push(NOT_SENT.into());
    }
    // Also where nothing is to be mended: this finds a file that is cut short before the service does.
    let bytes = picture::mend(&bytes, &mending).map_err(|why| unusable(&subject, &why))?;
    let header = picture::sniff(&bytes).map_err(|why| unusable(&subject, &why))?;
    let sha256 = text::hex(&Sha256::digest(&bytes));
    let (was, size) = ((facts.width, facts.height), (header.width, header.height));
    Ok(Prepared { bytes, format: header.format, sha256, was, size, notices: mending.notices })
}

/// `Picture 2 (cat.png)`
pub(super) fn subject(nth: usize, name: &Path) -> String {
    let short = name.file_name().unwrap_or(name.as_os_str()).to_string_lossy().into_owned();
    format!("Picture {nth} ({})", text::clean(&short))
}

fn unusable(subject: &str, why: &Unusable) -> Fault {
    let (code, said, hint) = match why {
        Unusable::NotAPicture(what) => ("not_a_picture", format!("is not a picture but {what}"), "Give a picture file"),
        Unusable::TooLarge { width, height } if *width > 0 => {
            ("image_large", format!("is too large, {width} x {height} pixels"), "Make it smaller")
        }
        Unusable::TooLarge { .. } => ("image_large", "cannot be made small enough".into(), "Make it smaller"),
        Unusable::Damaged(how) => ("image_damaged", format!("is damaged: {how}"), "Save it anew or give another"),
        Unusable::Io(error) => {
            let what = match error.kind() {
                ErrorKind::NotFound => "there is no such file".into(),
                ErrorKind::PermissionDenied => "this user may not read it".into(),
                _ => error.to_string(),
            };
            ("image_unreadable", format!("cannot be read: {what}"), "Check the path and its permissions")
        }
    };
    invalid(
        code,
        format!("{subject} {}.", text::clean(said.trim_end_matches('.'))),
        &format!("{hint}; nothing was sent."),
    )
}

fn invalid(code: &str, message: String, hint: &str) -> Fault {
    Fault::new(FaultKind::Invalid, code, message).hint(hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut out = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(300, 400).write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_that_needs_nothing_goes_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("named-wrongly.jpg");
        std::fs::write(&path, png()).unwrap();
        let ready = prepare(1, &path, &InputRule { max: 1, ..InputRule::default() }).unwrap();
        assert_eq!((ready.bytes, ready.format, ready.notices), (png(), Format::Png, vec![]));
        let hash: String = Sha256::digest(png()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(ready.sha256, hash);
    }

    /// A photo of 300 x 400 with the upper half red, from a phone that was held upright: it lies in the file as 400 x 300
    /// (orientation 6), and its EXIF says where it was taken.
    fn phone_photo() -> Vec<u8> {
        let lying =
            image::RgbImage::from_fn(400, 300, |x, _| image::Rgb(if x < 200 { [220, 20, 20] } else { [20, 20, 220] }));
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"48.8584 N");
        let mut out = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90);
        image::ImageEncoder::set_exif_metadata(&mut encoder, exif).unwrap();
        encoder.encode_image(&lying).unwrap();
        out
    }

    #[test]
    fn what_is_marked_in_a_phones_photo_is_what_is_sent_and_where_it_was_taken_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("photo.jpg");
        std::fs::write(&path, phone_photo()).unwrap();
        // As is, and twice as large.
        for (side, by) in [(240, 1), (600, 2)] {
            let ready = prepare(1, &path, &InputRule { sides: Some((side, 8000)), ..InputRule::default() }).unwrap();
            assert_eq!((ready.was, ready.size, ready.format), ((300, 400), (300 * by, 400 * by), Format::Jpeg));
            for told in [b"48.8584".as_slice(), b"Exif"] {
                assert!(!ready.bytes.windows(told.len()).any(|bytes| bytes == told));
            }
            let said: Vec<_> =
                ready.notices.iter().map(String::as_str).filter(|said| !said.starts_with("scaled")).collect();
            assert_eq!(said, ["turned upright", "its metadata (camera, time, place) is not sent"]);

            let mut request =
                crate::catalog::Catalog::builtin().get("wan2.7-image").unwrap().blank(crate::domain::Mode::Edit);
            request.images = vec![Reference::File(path.clone())];
            request.set("bbox_list", serde_json::json!([[[10, 20, 290, 190]]]));
            place(&mut request, 0, ready.was, ready.size, "https://h/a.jpg".into());
            let marked: Vec<Vec<[u32; 4]>> = serde_json::from_value(request.get("bbox_list").unwrap()).unwrap();
            assert_eq!(marked, [[[10 * by, 20 * by, 290 * by, 190 * by]]]);
            let sent = image::load_from_memory(&ready.bytes).unwrap().into_rgb8();
            let [left, top, right, bottom] = marked[0][0];
            for (x, y) in [(left, top), (right, top), (left, bottom), (right, bottom)] {
                assert!(sent.get_pixel(x, y).0[0] > 180, "red is what was marked: {x},{y}");
            }
        }
    }

    #[test]
    fn boxes_follow_a_picture_that_is_scaled() {
        let mut request =
            crate::catalog::Catalog::builtin().get("wan2.7-image").unwrap().blank(crate::domain::Mode::Edit);
        request.images = vec![Reference::Url("https://h/a.png".into()), Reference::File("b.png".into())];
        request.set("bbox_list", serde_json::json!([[[1, 2, 3, 4]], [[0, 0, 300, 400], [30, 40, 60, 80]]]));
        place(&mut request, 1, (300, 400), (600, 800), "data:image/png;base64,AA==".into());
        assert_eq!(request.images[1], Reference::Url("data:image/png;base64,AA==".into()));
        let scaled = serde_json::json!([[[1, 2, 3, 4]], [[0, 0, 600, 800], [60, 80, 120, 160]]]);
        assert_eq!(request.get("bbox_list"), Some(scaled.clone()));
        place(&mut request, 0, (5, 5), (5, 5), "https://h/b.png".into());
        assert_eq!(request.get("bbox_list"), Some(scaled), "a picture sent as it is keeps its boxes");
    }

    #[test]
    fn what_cannot_be_sent_is_said_in_words_and_cost_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let cut = &png()[..png().len() - 20];
        for (path, code, said) in [
            (
                dir.path().join("none.png"),
                "image_unreadable",
                "Picture 2 (none.png) cannot be read: there is no such file.",
            ),
            (dir.path().to_owned(), "not_a_picture", ""),
            (file("a.png", b"<html>hello"), "not_a_picture", "Picture 2 (a.png) is not a picture but"),
            (file("b\u{1b}[2J.png", b""), "not_a_picture", "Picture 2 (b␛[2J.png) is not a picture but"),
            (file("c.png", cut), "image_damaged", "Picture 2 (c.png) is damaged:"),
        ] {
            let fault = prepare(2, &path, &InputRule::default()).unwrap_err();
            assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Invalid, code), "{fault}");
            assert!(fault.message.starts_with(said), "{fault}");
            assert!(fault.to_string().contains("nothing was sent") && fault.to_string().contains("nothing was billed"));
        }
    }
}
