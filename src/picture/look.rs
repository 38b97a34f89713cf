//! What bytes look like: the picture formats we take, and plain names for everything else, so that an error can say what
//! came instead of a picture. Decoding is in [`decode`](super::decode).

use crate::domain::{Format, text};

/// The longest `<Code>` of a storage error worth repeating.
const CODE_MAX: usize = 60;
/// How far into a text to look for its kind.
const GLANCE: usize = 4096;

/// The picture format by magic bytes, or `None` for anything we do not take.
pub(super) fn format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Format::Bmp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Format::Tiff),
        _ => None,
    }
}

/// What bytes that are no picture of ours look like, in words safe to show: `XML text (AccessDenied)`, `HTML`, `empty file`.
pub fn describe(bytes: &[u8]) -> String {
    match bytes {
        [] => "empty file".into(),
        [b'G', b'I', b'F', b'8', ..] => "GIF picture".into(),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "AVIF, HEIC or video file".into(),
        [b'%', b'P', b'D', b'F', ..] => "PDF document".into(),
        [b'P', b'K', 3, 4, ..] => "ZIP archive".into(),
        [0x1f, 0x8b, ..] => "gzip archive".into(),
        _ => text_name(bytes).unwrap_or_else(|| binary_name(bytes)),
    }
}

fn text_name(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(GLANCE)];
    let head = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter cut in two by the glance is not a reason to call it binary.
        Err(error) if head.len() - error.valid_up_to() < 4 => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if head.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let start = head.trim_start_matches('\u{feff}').trim_start();
    let opens = |with: &str| start.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
    Some(if opens("<!doctype html") || opens("<html") {
        "HTML".into()
    } else if opens("<svg") || (opens("<?xml") && start.contains("<svg")) {
        "SVG drawing".into()
    } else if opens("<?xml") || opens("<error") {
        match xml_code(start) {
            Some(code) => format!("XML text ({code})"),
            None => "XML text".into(),
        }
    } else if start.starts_with(['{', '[']) {
        "JSON text".into()
    } else if start.is_empty() {
        "empty text".into()
    } else {
        "plain text".into()
    })
}

/// The `<Code>` of a storage error (`AccessDenied`), made safe to show.
fn xml_code(xml: &str) -> Option<String> {
    let (_, rest) = xml.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let code: String = text::clean(code.trim()).chars().take(CODE_MAX).collect();
    (!code.is_empty()).then_some(code)
}

fn binary_name(bytes: &[u8]) -> String {
    let first: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("binary data that begins {}", first.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_formats() {
        assert_eq!(format(b"\x89PNG\r\n\x1a\nrest"), Some(Format::Png));
        assert_eq!(format(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(format(b"RIFF\x00\x00\x00\x00WEBPVP8 "), Some(Format::Webp));
        assert_eq!(format(b"RIFF\x00\x00\x00\x00WAVEfmt "), None);
        assert_eq!(format(b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36"), Some(Format::Bmp));
        assert_eq!(format(b"BMW, the car"), None);
        assert_eq!(format(b"GIF89a"), Some(Format::Gif));
        assert_eq!(format(b"GIF8 is not one"), None);
        assert_eq!((format(b"II*\0"), format(b"MM\0*")), (Some(Format::Tiff), Some(Format::Tiff)));
    }

    #[test]
    fn says_what_came_instead() {
        let oss = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>AccessDenied</Code></Error>";
        for (bytes, words) in [
            (&b""[..], "empty file"),
            (oss.as_bytes(), "XML text (AccessDenied)"),
            (b"<Error><Code>\x20</Code></Error>", "XML text"),
            (b"\n<!DOCTYPE HTML><html>", "HTML"),
            (b"{\"code\":\"InvalidParameter\"}", "JSON text"),
            (b"GIF8....", "GIF picture"),
            (b"upstream connect error", "plain text"),
            (b"\x00\x01\x02\xff\xff", "binary data that begins 00 01 02 ff"),
        ] {
            assert_eq!(describe(bytes), words);
        }
    }

    #[test]
    fn a_hostile_code_is_made_safe() {
        let long = format!("<Error><Code>\u{202e}{}</Code>", "x".repeat(5000));
        assert_eq!(describe(long.as_bytes()), "XML text");
        let short = format!("<Error><Code>\u{202e}{}</Code>", "x".repeat(500));
        assert_eq!(describe(short.as_bytes()), format!("XML text ({})", "x".repeat(CODE_MAX)));
    }

    #[test]
    fn a_letter_cut_by_the_glance_is_still_text() {
        let text = format!("a{}", "雪".repeat(GLANCE));
        assert_eq!(describe(text.as_bytes()), "plain text");
    }
}
