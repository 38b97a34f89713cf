//! Words in a WebP: chunks `EXIF` and `XMP ` behind the pixels, promised by a chunk `VP8X` before them (RFC 9649).

use super::jpeg::packet_records;
use super::{Gather, Strip, exif, xmp};

/// `RIFF`, length, `WEBP`.
const HEAD: usize = 12;
/// Bits of the first byte of `VP8X`.
const HAS_ALPHA: u8 = 0x10;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

/// A chunk, with the byte that makes its length even.
#[derive(Clone, Copy)]
struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
    whole: &'a [u8],
}

impl Chunk<'_> {
    fn is_ours(&self) -> bool {
        match self.kind {
            b"EXIF" => exif::is_ours(self.data),
            b"XMP " => xmp::is_ours(self.data),
            _ => false,
        }
    }

    fn is_words(&self) -> bool {
        matches!(self.kind, b"EXIF" | b"XMP ")
    }
}

/// Chunks, and what follows the end that the header gives; `None` for the latter where the file is cut short.
fn walk(bytes: &[u8]) -> (Vec<Chunk<'_>>, Option<&[u8]>) {
    let length =
        bytes.get(4..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four) as usize);
    let end = length.saturating_add(8);
    let (inside, tail) = match bytes.split_at_checked(end) {
        Some((inside, tail)) => (inside, Some(tail)),
        None => (bytes, None),
    };
    let (mut chunks, mut rest) = (vec![], inside.get(HEAD..).unwrap_or_default());
    while let Some((head, _)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let padded = length.checked_next_multiple_of(2).and_then(|length| length.checked_add(8));
        let Some((whole, after)) = padded.and_then(|padded| rest.split_at_checked(padded)) else {
            return (chunks, None);
        };
        chunks.push(Chunk { kind: &whole[..4], data: &whole[8..8 + length], whole });
        rest = after;
    }
    (chunks, tail.filter(|_| rest.is_empty()))
}

pub(super) fn records(bytes: &[u8], gather: &mut Gather) {
    for chunk in walk(bytes).0 {
        match chunk.kind {
            _ if gather.room() == 0 => return,
            b"EXIF" => exif::records(chunk.data, gather),
            b"XMP " => packet_records(chunk.data, gather),
            _ => {}
        }
    }
}

pub(super) fn write(bytes: &[u8], recipe: &str, parameters: &str) -> Option<Vec<u8>> {
    let (chunks, Some(tail)) = walk(bytes) else { return None };
    let has_exif = chunks.iter().any(|chunk| chunk.kind == b"EXIF");
    let (first, others) = chunks.split_first()?;
    let extended = match first.kind {
        b"VP8X" => first.data.first_chunk::<10>().copied().map(|mut extended| {
            extended[0] |= HAS_EXIF | HAS_XMP;
            framed(b"VP8X", &[&extended, &first.data[10..]].concat())
        })??,
        _ => {
            let mut extended = extended_by(first)?;
            extended[0] |= HAS_EXIF | HAS_XMP;
            [&framed(b"VP8X", &extended)?[..], first.whole].concat()
        }
    };
    let mut body = extended;
    others.iter().for_each(|chunk| body.extend_from_slice(chunk.whole));
    // Whoever looks for EXIF looks at the first.
    if !has_exif {
        body.extend(framed(b"EXIF", &exif::with_comment(parameters))?);
    }
    body.extend(framed(b"XMP ", xmp::packet(recipe).as_bytes())?);
    assembled(&body, tail)
}

pub(super) fn strip(bytes: &[u8], what: Strip) -> Option<Vec<u8>> {
    let (chunks, Some(tail)) = walk(bytes) else { return None };
    let mut kept: Vec<Vec<u8>> = vec![];
    let (mut kinds, mut is_changed) = (vec![], false);
    for chunk in &chunks {
        let left = match what {
            _ if chunk.is_ours() => None,
            Strip::Ours if chunk.kind == b"XMP " => match xmp::without_recipe(chunk.data) {
                Some(packet) => Some(framed(b"XMP ", &packet)?),
                None => Some(chunk.whole.to_vec()),
            },
            Strip::All if chunk.kind == b"EXIF" => match exif::only_turned(chunk.data) {
                Some(turned) => Some(framed(b"EXIF", &turned)?),
                None => None,
            },
            Strip::All if chunk.is_words() => None,
            _ => Some(chunk.whole.to_vec()),
        };
        is_changed |= left.as_deref() != Some(chunk.whole);
        if let Some(left) = left {
            kept.push(left);
            kinds.push(chunk.kind);
        }
    }
    if !is_changed {
        return Some(bytes.to_vec());
    }
    if kinds.first() == Some(&&b"VP8X"[..]) && kept[0].len() >= 18 {
        let promise = |bit, kind: &[u8; 4]| if kinds.contains(&&kind[..]) { 0 } else { bit };
        kept[0][8] &= !(promise(HAS_EXIF, b"EXIF") | promise(HAS_XMP, b"XMP "));
        // Where nothing is left to promise the file is a plain one again, as it was before our words.
        let plain = chunks.get(1).filter(|_| kept.len() == 2).and_then(extended_by);
        if plain.is_some_and(|plain| kept[0][8..] == plain) {
            kept.remove(0);
        }
    }
    assembled(&kept.concat(), tail)
}

/// `VP8X` for a file of a single picture: whether it has transparency, and how large it is.
fn extended_by(picture: &Chunk<'_>) -> Option<[u8; 10]> {
    let (alpha, width, height) = match (picture.kind, picture.data) {
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => {
            let side = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]) & 0x3fff);
            (0, side(w0, w1).checked_sub(1)?, side(h0, h1).checked_sub(1)?)
        }
        (b"VP8L", [0x2f, b0, b1, b2, b3, ..]) => {
            let bits = u32::from_le_bytes([*b0, *b1, *b2, *b3]);
            let alpha = if bits >> 28 & 1 == 1 { HAS_ALPHA } else { 0 };
            (alpha, bits & 0x3fff, bits >> 14 & 0x3fff)
        }
        _ => return None,
    };
    let ([w0, w1, w2, _], [h0, h1, h2, _]) = (width.to_le_bytes(), height.to_le_bytes());
    Some([alpha, 0, 0, 0, w0, w1, w2, h0, h1, h2])
}

fn framed(kind: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(data.len()).ok()?;
    let mut out = [&kind[..], &length.to_le_bytes(), data].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    Some(out)
}

fn assembled(body: &[u8], tail: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len() + 4).ok()?;
    Some([b"RIFF", &length.to_le_bytes()[..], b"WEBP", body, tail].concat())
}
