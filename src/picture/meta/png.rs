//! Words in a PNG: `tEXt`, `zTXt`, `iTXt` and `eXIf` (PNG third edition, 11.3).

use std::io::Read;

use flate2::Crc;
use flate2::read::ZlibDecoder;

use super::{Gather, PARAMETERS, RECIPE, Strip, decode, exif, is_signed};

const SIGNATURE: usize = 8;
/// Length, name and checksum.
const FRAME: usize = 12;
/// The longest name of a text, in bytes.
const KEYWORD_MAX: usize = 79;

/// A chunk that is all there.
#[derive(Clone, Copy)]
struct Chunk<'a> {
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn kind(&self) -> &'a [u8] {
        &self.whole[4..8]
    }

    fn data(&self) -> &'a [u8] {
        &self.whole[8..self.whole.len() - 4]
    }

    fn is_sound(&self) -> bool {
        let mut crc = Crc::new();
        crc.update(&self.whole[4..self.whole.len() - 4]);
        crc.sum().to_be_bytes() == self.whole[self.whole.len() - 4..]
    }

    /// The name of a text chunk.
    fn keyword(&self) -> Option<(String, &'a [u8])> {
        let end = self.data().iter().take(KEYWORD_MAX + 1).position(|byte| *byte == 0)?;
        let keyword = &self.data()[..end];
        (!keyword.is_empty()).then(|| (decode(keyword), &self.data()[end + 1..]))
    }

    /// Name and text, no longer than `room`; `Err` for a text that is too long or broken.
    fn text(&self, room: usize) -> Option<Result<(String, String), ()>> {
        let place = self.place()?;
        let (keyword, rest) = self.keyword()?;
        let text = match place {
            "zTXt" => match rest.split_first() {
                Some((0, packed)) => inflated(packed, room),
                _ => None,
            },
            "iTXt" => international(rest, room),
            _ => (rest.len() <= room).then(|| decode(rest)),
        };
        Some(text.map(|text| (keyword, text)).ok_or(()))
    }

    fn place(&self) -> Option<&'static str> {
        match self.kind() {
            b"tEXt" => Some("tEXt"),
            b"zTXt" => Some("zTXt"),
            b"iTXt" => Some("iTXt"),
            _ => None,
        }
    }

    fn is_ours(&self) -> bool {
        if self.kind() != b"iTXt" {
            return false;
        }
        match self.keyword() {
            Some((keyword, _)) if keyword == RECIPE => true,
            Some((keyword, rest)) if keyword == PARAMETERS => {
                international(rest, super::TEXT_MAX).is_some_and(|text| is_signed(&text))
            }
            _ => false,
        }
    }
}

/// Chunks up to the end chunk, and what follows it; `None` for the latter where the file breaks off before.
fn walk(bytes: &[u8]) -> (Vec<Chunk<'_>>, Option<&[u8]>) {
    let (mut chunks, mut rest) = (vec![], bytes.get(SIGNATURE..).unwrap_or_default());
    while let Some(length) = rest.first_chunk::<4>().map(|four| u32::from_be_bytes(*four) as usize) {
        let Some((whole, after)) = length.checked_add(FRAME).and_then(|length| rest.split_at_checked(length)) else {
            break;
        };
        let chunk = Chunk { whole };
        chunks.push(chunk);
        if chunk.kind() == b"IEND" {
            return (chunks, Some(after));
        }
        rest = after;
    }
    (chunks, None)
}

/// A whole file's chunks, which begin as they must.
fn parts(bytes: &[u8]) -> Option<(Vec<Chunk<'_>>, &[u8])> {
    let (chunks, tail) = walk(bytes);
    let begins = chunks.first().is_some_and(|chunk| chunk.kind() == b"IHDR");
    tail.filter(|_| begins).map(|tail| (chunks, tail))
}

pub(super) fn records(bytes: &[u8], gather: &mut Gather) {
    for chunk in walk(bytes).0.into_iter().filter(Chunk::is_sound) {
        if chunk.kind() == b"eXIf" {
            exif::records(chunk.data(), gather);
        }
        let (room, Some(place)) = (gather.room(), chunk.place()) else { continue };
        if room == 0 {
            return;
        }
        match chunk.text(room) {
            Some(Ok((keyword, text))) => gather.take(place, keyword, text),
            // As much work as the text would have been.
            Some(Err(())) => gather.waste(room),
            None => {}
        }
    }
}

pub(super) fn write(bytes: &[u8], recipe: &str, parameters: &str) -> Option<Vec<u8>> {
    let (chunks, tail) = parts(bytes)?;
    let is_taken = |chunk: &Chunk<'_>| {
        chunk.place().is_some() && chunk.keyword().is_some_and(|(keyword, _)| keyword == PARAMETERS)
    };
    let mut ours = text_chunk(RECIPE, recipe)?;
    if !chunks.iter().any(is_taken) {
        ours.extend(text_chunk(PARAMETERS, parameters)?);
    }
    // Behind the header: whoever reads a file from its beginning finds the words before the pixels.
    let (head, others) = chunks.split_first()?;
    let mut out = bytes[..SIGNATURE].to_vec();
    out.extend_from_slice(head.whole);
    out.extend(ours);
    others.iter().for_each(|chunk| out.extend_from_slice(chunk.whole));
    out.extend_from_slice(tail);
    Some(out)
}

pub(super) fn strip(bytes: &[u8], what: Strip) -> Option<Vec<u8>> {
    let (chunks, tail) = parts(bytes)?;
    let mut out = bytes[..SIGNATURE].to_vec();
    for chunk in chunks {
        match what {
            Strip::Ours if chunk.is_ours() => {}
            Strip::All if chunk.place().is_some() => {}
            Strip::All if chunk.kind() == b"eXIf" => {
                if let Some(turned) = exif::only_turned(chunk.data()) {
                    out.extend(framed(b"eXIf", &turned)?);
                }
            }
            _ => out.extend_from_slice(chunk.whole),
        }
    }
    out.extend_from_slice(tail);
    Some(out)
}

/// An `iTXt` chunk, not packed.
fn text_chunk(keyword: &str, text: &str) -> Option<Vec<u8>> {
    let data = [keyword.as_bytes(), &[0, 0, 0, 0, 0], text.as_bytes()].concat();
    framed(b"iTXt", &data)
}

fn framed(kind: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(data.len()).ok().filter(|length| *length <= i32::MAX as u32)?;
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    Some([&length.to_be_bytes(), &kind[..], data, &crc.sum().to_be_bytes()].concat())
}

/// The text of an `iTXt` chunk behind its name: whether it is packed, how, its language, its name in that language.
fn international(rest: &[u8], room: usize) -> Option<String> {
    let (&[is_packed, method], rest) = rest.split_first_chunk::<2>()?;
    let rest = &rest[rest.iter().position(|byte| *byte == 0)? + 1..];
    let text = &rest[rest.iter().position(|byte| *byte == 0)? + 1..];
    match (is_packed, method) {
        (0, _) => (text.len() <= room).then(|| decode(text)),
        (1, 0) => inflated(text, room),
        _ => None,
    }
}

/// Unpacked, if it is no longer than `room`: a few packed bytes may stand for gigabytes.
fn inflated(packed: &[u8], room: usize) -> Option<String> {
    let mut text = Vec::new();
    ZlibDecoder::new(packed).take(room as u64 + 1).read_to_end(&mut text).ok()?;
    (text.len() <= room).then(|| decode(&text))
}
