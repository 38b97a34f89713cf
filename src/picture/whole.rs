//! Whether a picture file is all there. Decoders forgive a missing tail (a cut JPEG decodes to grey), and a picture that
//! was paid for must not be called saved when its end is missing.

use crate::domain::Format;

/// Whether the file's own structure says it is complete: the end chunk of a PNG, the end marker of a JPEG after its last
/// scan, the length in a WebP's frame.
pub(super) fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::Webp => webp(bytes),
        Format::Bmp => bmp(bytes),
        // Blocks end in a trailer of one byte.
        Format::Gif => bytes.last() == Some(&0x3b),
        // Strips may lie anywhere in the file: the decoder misses the ones that are cut off.
        Format::Tiff => true,
    }
}

/// The header gives the file's length; some writers leave it at zero.
fn bmp(bytes: &[u8]) -> bool {
    let length = bytes.get(2..6).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    length.is_some_and(|length| bytes.len() as u64 >= u64::from(length))
}

fn png(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(8..).unwrap_or_default();
    // Each chunk: length, name, data, checksum.
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(next) = length.checked_add(4).and_then(|end| after.get(end..)) else { return false };
        if &head[4..] == b"IEND" {
            return true;
        }
        rest = next;
    }
    false
}

fn jpeg(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    // An embedded thumbnail has an end of its own, but it lies before the main scan begins.
    matches!((last(0xda), last(0xd9)), (Some(scan), Some(end)) if end > scan)
}

fn webp(bytes: &[u8]) -> bool {
    let length = bytes.get(4..8).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    length.is_some_and(|length| bytes.len() as u64 >= u64::from(length) + 8)
}
