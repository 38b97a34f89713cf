//! Pictures inside JSON, as data URIs: those an answer holds (contract 10), and small ones in a request (contract 7.1).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::domain::Format;

/// Whether an address carries its picture itself.
pub(super) fn is_data(address: &str) -> bool {
    address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The bytes of a base64 data URI; its media type is not believed. `None` for anything else.
pub(super) fn decode(uri: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let (head, payload) = uri.split_once(',')?;
    if !is_data(head) || !head.to_ascii_lowercase().ends_with(";base64") {
        return None;
    }
    GeneralPurpose::new(&STANDARD, lenient).decode(payload.trim()).ok()
}

/// A picture as a base64 data URI.
pub(super) fn encode(format: Format, bytes: &[u8]) -> String {
    format!("data:image/{};base64,{}", format.id(), base64::engine::general_purpose::STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(encode(Format::Jpeg, b"fox"), "data:image/jpeg;base64,Zm94");
        for bytes in [&b""[..], b"\xff\x00", &[0x3f; 1000]] {
            assert_eq!(decode(&encode(Format::Png, bytes)).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn reads_base64_with_and_without_padding() {
        for uri in ["data:image/png;base64,Zm94", "DATA:;BASE64,Zm94", "data:;base64,Zm94\n"] {
            assert_eq!(decode(uri).as_deref(), Some(&b"fox"[..]), "{uri}");
        }
        assert_eq!(decode("data:;base64,Zm8").as_deref(), Some(&b"fo"[..]));
        for uri in ["data:text/plain,fox", "data:;base64", "data:;base64,***", "https://h/;base64,Zm94"] {
            assert_eq!(decode(uri), None, "{uri}");
        }
    }
}
