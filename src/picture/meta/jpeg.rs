//! Words in a JPEG: comments, EXIF, XMP; each in a segment before the pixels, none longer than 64 KB.

use std::borrow::Cow;

use super::{Gather, RECIPE, Strip, Unwritable, decode, exif, misshapen, xmp};
use crate::domain::Format;

const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP13: u8 = 0xed;
const COMMENT: u8 = 0xfe;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// XMP that did not fit into one segment goes on here.
const XMP_MORE: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";

/// The longest contents of a segment.
const SEGMENT_MAX: usize = 0xffff - 2;

/// A segment that is all there, with its marker.
#[derive(Clone, Copy)]
struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Segment<'a> {
    fn after(&self, mark: &[u8]) -> Option<&'a [u8]> {
        self.data.strip_prefix(mark).filter(|_| self.marker == APP1)
    }

    fn is_ours(&self) -> bool {
        self.after(XMP).is_some_and(xmp::is_ours) || self.after(EXIF).is_some_and(exif::is_ours)
    }
}

/// Segments before the first scan, and everything from there on; `None` for the latter where the file breaks off before.
fn walk(bytes: &[u8]) -> (Vec<Segment<'_>>, Option<&[u8]>) {
    let (mut segments, mut rest) = (vec![], bytes.get(2..).unwrap_or_default());
    loop {
        // A marker may be led by any number of 0xff.
        let lead = rest.iter().take_while(|byte| **byte == 0xff).count();
        let Some(&marker) = rest.get(lead).filter(|_| lead > 0) else { return (segments, None) };
        match marker {
            0xda | 0xd9 => return (segments, Some(rest)),
            0x00 | 0x01 | 0xd0..=0xd8 => return (segments, None),
            _ => {}
        }
        let body = lead + 1;
        let length = rest.get(body..).and_then(|rest| rest.first_chunk()).map(|two| u16::from_be_bytes(*two));
        let end = length.filter(|length| *length >= 2).map(|length| body + usize::from(length));
        let Some((whole, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return (segments, None) };
        segments.push(Segment { marker, data: &whole[body + 2..], whole });
        rest = after;
    }
}

pub(super) fn records(bytes: &[u8], gather: &mut Gather) {
    for segment in walk(bytes).0 {
        if gather.room() == 0 {
            return;
        }
        if let Some(packet) = segment.after(XMP) {
            packet_records(packet, gather);
        } else if let Some(tiff) = segment.after(EXIF) {
            exif::records(tiff, gather);
        } else if segment.marker == COMMENT {
            gather.take("comment", "comment", decode(segment.data).trim_end_matches('\0').to_owned());
        }
    }
}

/// The recipe in an XMP packet, and the packet where it is another tool's.
pub(super) fn packet_records(packet: &[u8], gather: &mut Gather) {
    let text = decode(packet);
    if let Some(recipe) = xmp::recipe(&text) {
        gather.take("XMP", RECIPE, recipe);
    }
    if !xmp::is_ours(packet) {
        gather.take("XMP", "XML:com.adobe.xmp", text);
    }
}

pub(super) fn write(bytes: &[u8], recipe: &str, parameters: &str) -> Result<Vec<u8>, Unwritable> {
    let (segments, Some(scans)) = walk(bytes) else { return Err(misshapen()) };
    let mut ours = vec![];
    // Whoever looks for EXIF looks at the first.
    if !segments.iter().any(|segment| segment.after(EXIF).is_some()) {
        // Parameters are for other tools, and those of a very long prompt for none.
        ours.extend(framed(EXIF, &exif::with_comment(parameters)).unwrap_or_default());
    }
    ours.extend(framed(XMP, xmp::packet(recipe).as_bytes()).ok_or(Unwritable::TooLong(Format::Jpeg))?);
    // Behind the header, and behind EXIF and XMP of others: those stay the first.
    let place = segments.iter().take_while(|segment| matches!(segment.marker, APP0 | APP1)).count();
    let mut out = bytes[..2].to_vec();
    segments[..place].iter().for_each(|segment| out.extend_from_slice(segment.whole));
    out.extend(ours);
    segments[place..].iter().for_each(|segment| out.extend_from_slice(segment.whole));
    out.extend_from_slice(scans);
    Ok(out)
}

pub(super) fn strip(bytes: &[u8], what: Strip) -> Option<Vec<u8>> {
    let (segments, scans) = walk(bytes);
    let mut out = bytes.get(..2)?.to_vec();
    for segment in segments {
        if let Some(kept) = kept(&segment, what)? {
            out.extend_from_slice(&kept);
        }
    }
    out.extend_from_slice(scans?);
    Some(out)
}

/// What stays of a segment; `None` inside for nothing.
fn kept<'a>(segment: &Segment<'a>, what: Strip) -> Option<Option<Cow<'a, [u8]>>> {
    let is_xmp = segment.after(XMP).is_some() || segment.after(XMP_MORE).is_some();
    Some(match what {
        _ if segment.is_ours() => None,
        Strip::Ours => match segment.after(XMP).and_then(xmp::without_recipe) {
            Some(packet) => Some(framed(XMP, &packet)?.into()),
            None => Some(segment.whole.into()),
        },
        Strip::All if is_xmp || matches!(segment.marker, COMMENT | APP13) => None,
        Strip::All => match segment.after(EXIF) {
            Some(tiff) => match exif::only_turned(tiff) {
                Some(turned) => Some(framed(EXIF, &turned)?.into()),
                None => None,
            },
            None => Some(segment.whole.into()),
        },
    })
}

/// An APP1 segment; `None` where it does not fit into one.
fn framed(mark: &[u8], contents: &[u8]) -> Option<Vec<u8>> {
    let length = mark.len() + contents.len();
    let counted = u16::try_from(length + 2).ok().filter(|_| length <= SEGMENT_MAX)?;
    Some([&[0xff, APP1], &counted.to_be_bytes()[..], mark, contents].concat())
}
