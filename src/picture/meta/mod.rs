//! What a picture file says in words beside its pixels: read from the records of every tool, and our own two written and
//! taken out again.
//!
//! ```text
//!          recipe: one JSON text, lossless     parameters: a few lines that other tools read
//!  png     iTXt `pinxit`                       iTXt `parameters`, as A1111 names it
//!  jpeg    XMP, in a segment of its own        UserComment of EXIF, in UTF-16 as A1111 writes it
//!  webp    XMP chunk                           the same
//! ```
//!
//! All of them hold every script: `tEXt` would not, and neither would a JPEG comment by its letter. XMP is where a text of
//! one's own belongs in JPEG and WebP, since it is named by an address nobody else uses and tools that do not know it keep
//! it; UserComment is where readers look for parameters. Parts of others stay as they are, byte for byte and in their
//! order. What only one tool can own (`parameters`, EXIF) is written only where it is free. [`write`] proves its work:
//! stripping what it made must give the bytes it was given, or nothing is written.
//!
//! The crates there are for this take a file apart into what they know, and some of what a service or a phone puts into a
//! file (labels, signed histories, pictures behind the end) is lost or reordered on the way back; walking the parts is short.
//!
//! What is *not* here: what the words mean ([`recipe`](crate::recipe)), and what is left out of pictures that are sent
//! ([`private`](super::private)).

mod exif;
mod file;
#[cfg(test)]
mod fuzz;
mod jpeg;
mod png;
mod webp;
mod xmp;

pub use file::{open, rewrite};

use super::{Unusable, look};
use crate::domain::Format;

/// The longest text taken from a file, in bytes: node graphs of others have a few hundred thousand.
const TEXT_MAX: usize = 4 << 20;
/// All texts of a file together.
const TEXTS_MAX: usize = 16 << 20;
/// Texts of a file.
const RECORDS_MAX: usize = 256;

/// The name our recipe goes by, in every format.
pub const RECIPE: &str = "pinxit";
/// The name parameters go by in a PNG.
pub const PARAMETERS: &str = "parameters";
/// In the last line of parameters we wrote: others write records of that name, too.
pub const SIGNATURE: &str = "Version: pinxit ";

/// A text in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands: `iTXt`, `EXIF`, `XMP`, `comment`.
    pub place: &'static str,
    /// Its name there: `parameters`, `UserComment`.
    pub key: String,
    /// The text as it is: not made safe to show.
    pub text: String,
}

/// What is taken out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strip {
    /// What pinxit wrote.
    Ours,
    /// The words of every tool, EXIF, XMP and IPTC. How a picture is turned is kept: it would be shown otherwise.
    All,
}

/// Why a file cannot be given words, or rid of them.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// No picture, or not laid out as its format says.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// A format without a place for words.
    #[error("a {} file has no place for a recipe", .0.id())]
    NoPlace(Format),
    /// Longer than the format takes.
    #[error("the recipe is too long for a {} file", .0.id())]
    TooLong(Format),
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Every text in a file, in order; of a damaged one what comes before the damage. Never fails: a file without words and one
/// that is no picture have none.
pub fn records(bytes: &[u8]) -> Vec<Record> {
    let mut gather = Gather::default();
    match look::format(bytes) {
        Some(Format::Png) => png::records(bytes, &mut gather),
        Some(Format::Jpeg) => jpeg::records(bytes, &mut gather),
        Some(Format::Webp) => webp::records(bytes, &mut gather),
        _ => {}
    }
    gather.records
}

/// Whether files of a format can carry a recipe.
pub fn takes(format: Format) -> bool {
    matches!(format, Format::Png | Format::Jpeg | Format::Webp)
}

/// The file with our two records, in the place of earlier ones. `parameters` ends in a line with [`SIGNATURE`].
///
/// # Errors
/// As [`Unwritable`] says; the file is then better kept as it is.
pub fn write(bytes: &[u8], recipe: &str, parameters: &str) -> Result<Vec<u8>, Unwritable> {
    let plain = strip(bytes, Strip::Ours)?;
    let format = known(&plain)?;
    let made = match format {
        Format::Png => png::write(&plain, recipe, parameters).ok_or_else(misshapen)?,
        Format::Jpeg => jpeg::write(&plain, recipe, parameters)?,
        Format::Webp => webp::write(&plain, recipe, parameters).ok_or_else(misshapen)?,
        other => return Err(Unwritable::NoPlace(other)),
    };
    let is_undone = strip(&made, Strip::Ours).is_ok_and(|undone| undone == plain);
    let is_there = records(&made).iter().any(|record| record.key == RECIPE && record.text == recipe);
    if is_undone && is_there { Ok(made) } else { Err(misshapen()) }
}

/// The file without some of its words; the same bytes where it has none.
///
/// # Errors
/// As [`Unwritable`] says; [`Unwritable::NoPlace`] only with [`Strip::All`].
pub fn strip(bytes: &[u8], what: Strip) -> Result<Vec<u8>, Unwritable> {
    let done = match known(bytes)? {
        Format::Png => png::strip(bytes, what),
        Format::Jpeg => jpeg::strip(bytes, what),
        Format::Webp => webp::strip(bytes, what),
        _ if what == Strip::Ours => Some(bytes.to_vec()),
        other => return Err(Unwritable::NoPlace(other)),
    };
    done.ok_or_else(misshapen)
}

fn known(bytes: &[u8]) -> Result<Format, Unusable> {
    look::format(bytes).ok_or_else(|| Unusable::NotAPicture(look::describe(bytes)))
}

fn misshapen() -> Unwritable {
    Unusable::Damaged("it is not laid out as its format says".into()).into()
}

/// Whether parameters are ours.
fn is_signed(parameters: &str) -> bool {
    parameters.trim_end().lines().next_back().is_some_and(|line| line.contains(SIGNATURE))
}

/// Collects records within limits.
#[derive(Debug, Default)]
struct Gather {
    records: Vec<Record>,
    /// Bytes looked at so far.
    used: usize,
}

impl Gather {
    /// How long the next text may be; 0 when nothing more is taken.
    fn room(&self) -> usize {
        if self.records.len() >= RECORDS_MAX { 0 } else { TEXT_MAX.min(TEXTS_MAX.saturating_sub(self.used)) }
    }

    /// Counts work that brought nothing.
    fn waste(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes);
    }

    fn take(&mut self, place: &'static str, key: impl Into<String>, text: String) {
        let room = self.room();
        self.waste(text.len());
        if text.len() <= room && room > 0 {
            self.records.push(Record { place, key: key.into(), text });
        }
    }
}

/// Text of unknown encoding: UTF-8 where it is that, else Latin-1.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests;
