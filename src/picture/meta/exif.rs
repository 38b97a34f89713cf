//! Texts in EXIF, which is laid out as TIFF: a directory of tags, and one inside it. Read within limits: offsets are never
//! followed in circles, since only those two directories are looked into.

use super::{Gather, decode, is_signed};

/// Tags of a directory looked at.
const TAGS_MAX: usize = 512;
/// Bytes of a text looked at.
const TEXT_MAX: usize = super::TEXT_MAX;

const EXIF_DIRECTORY: u16 = 0x8769;
const USER_COMMENT: u16 = 0x9286;
const ORIENTATION: u16 = 0x0112;
/// What a comment in UTF-16 begins with.
const UNICODE: &[u8; 8] = b"UNICODE\0";

/// Some writers put this before the TIFF also where it does not belong.
const PREFIX: &[u8] = b"Exif\0\0";

/// Tags with text in them, and how it is written.
const TEXTS: [(u16, &str); 11] = [
    (0x010e, "ImageDescription"),
    (0x010f, "Make"),
    (0x0110, "Model"),
    (0x0131, "Software"),
    (0x013b, "Artist"),
    (0x8298, "Copyright"),
    (0x9c9b, "XPTitle"),
    (0x9c9c, "XPComment"),
    (0x9c9d, "XPAuthor"),
    (0x9c9e, "XPKeywords"),
    (0x9c9f, "XPSubject"),
];

/// A TIFF, in its byte order.
#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    is_big: bool,
}

/// A tag: its number and its bytes.
type Tag<'a> = (u16, &'a [u8]);

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Tiff<'a>> {
        let bytes = bytes.strip_prefix(PREFIX).unwrap_or(bytes);
        let is_big = match bytes.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        Some(Tiff { bytes, is_big })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let two = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let four = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } as usize)
    }

    /// The tags of a directory whose bytes are there.
    fn directory(&self, at: usize) -> Vec<Tag<'a>> {
        let count = usize::from(self.short(at).unwrap_or(0)).min(TAGS_MAX);
        (0..count).filter_map(|nth| self.tag(at.checked_add(2 + nth * 12)?)).collect()
    }

    fn tag(&self, at: usize) -> Option<Tag<'a>> {
        let (tag, kind, count) = (self.short(at)?, self.short(at + 2)?, self.long(at + 4)?);
        let each = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = count.checked_mul(each)?;
        let start = if length <= 4 { at + 8 } else { self.long(at + 8)? };
        Some((tag, self.bytes.get(start..start.checked_add(length)?)?))
    }

    fn first(&self) -> Vec<Tag<'a>> {
        self.long(4).map(|at| self.directory(at)).unwrap_or_default()
    }

    fn inner(&self, first: &[Tag<'_>]) -> Vec<Tag<'a>> {
        let found = first.iter().find(|(tag, bytes)| *tag == EXIF_DIRECTORY && bytes.len() == 4);
        let inner = Tiff { bytes: found.map_or(&[][..], |(_, bytes)| bytes), is_big: self.is_big };
        inner.long(0).map(|at| self.directory(at)).unwrap_or_default()
    }
}

/// The texts of EXIF.
pub(super) fn records(bytes: &[u8], gather: &mut Gather) {
    let Some(tiff) = Tiff::new(bytes) else { return };
    let first = tiff.first();
    for (tag, bytes) in first.iter().copied().chain(tiff.inner(&first)) {
        if gather.room() == 0 {
            return;
        }
        let name = TEXTS.iter().find(|(known, _)| *known == tag).map(|(_, name)| *name);
        let (name, text) = match name {
            _ if bytes.len() > TEXT_MAX => continue,
            Some(name) if name.starts_with("XP") => (name, utf16(bytes, false)),
            Some(name) => (name, decode(bytes)),
            None if tag == USER_COMMENT => ("UserComment", comment(bytes, tiff.is_big)),
            None => continue,
        };
        let text = text.trim_end_matches('\0');
        if !text.is_empty() {
            gather.take("EXIF", name, text.to_owned());
        }
    }
}

/// A comment says in its first eight bytes how it is written, though not in which byte order.
fn comment(bytes: &[u8], is_big: bool) -> String {
    match bytes.split_first_chunk::<8>() {
        Some((UNICODE, text)) => {
            // Most letters of most texts have an empty upper byte; where none does, the file's own order holds.
            let zeros = |from: usize| text.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
            let (even, odd) = (zeros(0), zeros(1));
            utf16(text, if even == odd { is_big } else { even > odd })
        }
        Some((b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0], text)) => decode(text),
        _ => decode(bytes),
    }
}

fn utf16(bytes: &[u8], is_big: bool) -> String {
    let unit = |two: &[u8]| {
        let two = [two[0], two[1]];
        if is_big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) }
    };
    char::decode_utf16(bytes.chunks_exact(2).map(unit)).map(|letter| letter.unwrap_or('\u{fffd}')).collect()
}

/// EXIF with a comment and nothing else, in UTF-16 and big-endian throughout, as A1111 writes it.
pub(super) fn with_comment(text: &str) -> Vec<u8> {
    let comment: Vec<u8> =
        UNICODE.iter().copied().chain(text.encode_utf16().flat_map(|unit| unit.to_be_bytes())).collect();
    let length = u32::try_from(comment.len()).unwrap_or(u32::MAX);
    let mut out = b"MM\0*\0\0\0\x08".to_vec();
    out.extend(directory(EXIF_DIRECTORY, 4, 1, &26_u32.to_be_bytes()));
    out.extend(directory(USER_COMMENT, 7, length, &44_u32.to_be_bytes()));
    out.extend(comment);
    out
}

/// A directory of one tag, the last one.
fn directory(tag: u16, kind: u16, count: u32, value: &[u8; 4]) -> Vec<u8> {
    let (tag, kind, count) = (tag.to_be_bytes(), kind.to_be_bytes(), count.to_be_bytes());
    [&[0, 1], &tag[..], &kind[..], &count[..], &value[..], &[0; 4]].concat()
}

/// Whether EXIF is what we wrote and nothing else.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let mut gather = Gather::default();
    records(bytes, &mut gather);
    let texts: Vec<_> = gather.records.iter().map(|record| record.text.as_str()).collect();
    matches!(texts[..], [text] if is_signed(text) && with_comment(text) == bytes)
}

/// EXIF that says how a picture is turned and nothing else; `None` where it stands upright.
pub(super) fn only_turned(bytes: &[u8]) -> Option<Vec<u8>> {
    let tiff = Tiff::new(bytes)?;
    let (_, value) = tiff.first().into_iter().find(|(tag, value)| *tag == ORIENTATION && value.len() == 2)?;
    let turned = Tiff { bytes: value, ..tiff }.short(0).filter(|turned| (2..=8).contains(turned))?;
    let [high, low] = turned.to_be_bytes();
    Some([b"MM\0*\0\0\0\x08", &directory(ORIENTATION, 3, 1, &[high, low, 0, 0])[..]].concat())
}
