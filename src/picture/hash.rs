//! What a file holds, in a word.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::text;

/// The SHA-256 of a file's bytes, lower-case hex: what it holds, whatever its name.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut piece) = (File::open(path)?, Sha256::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(text::hex(&hash.finalize())),
            count => hash.update(&piece[..count]),
        }
    }
}
