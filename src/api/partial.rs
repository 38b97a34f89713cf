//! A picture that is not all here: what came of it, counted and hashed as it grew, and what proves that the rest belongs to
//! it (RFC 9110, 13.1.5 and 14). Not here: how it is asked for ([`download`](super::download)).

use std::fmt;
use std::path::{Path, PathBuf};

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::storage;
use crate::domain::{Fault, text};

/// What tries to bring one picture home have so far, from one to the next. It starts empty, and its temporary file goes when
/// it is dropped.
#[derive(Default)]
pub struct Partial {
    kept: Option<Kept>,
    went_on: Option<(u64, u64)>,
}

impl Partial {
    /// Bytes that the next try need not fetch.
    pub fn bytes(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.spool.bytes)
    }

    /// Where the last try went on, and the length of the whole; `None` when it started at the beginning.
    pub fn went_on(&self) -> Option<(u64, u64)> {
        self.went_on
    }

    /// Begins a try: hands out what there is of this picture, for this folder.
    pub(super) fn begin(&mut self, address: &str, dir: &Path) -> Option<Kept> {
        self.went_on = None;
        self.kept.take().filter(|kept| kept.address == address && kept.spool.dir == dir)
    }

    /// The try goes on with what there was.
    pub(super) fn goes_on(&mut self, kept: &Kept) {
        self.went_on = Some((kept.spool.bytes, kept.whole));
    }

    /// Keeps what a try that was cut short leaves, if anything proves that it can be gone on with.
    pub(super) async fn keep(&mut self, kept: Option<Kept>) {
        if let Some(mut kept) = kept.filter(|kept| (1..kept.whole).contains(&kept.spool.bytes)) {
            // Where the disk does not take it, nothing is kept.
            self.kept = kept.spool.file.flush().await.is_ok().then_some(kept);
        }
    }
}

impl fmt::Debug for Partial {
    /// Without the address, whose signature opens the picture.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partial").field("bytes", &self.bytes()).field("went_on", &self.went_on).finish()
    }
}

/// The beginning of a picture.
pub(super) struct Kept {
    address: String,
    /// What came.
    pub(super) spool: Spool,
    /// The length of the whole.
    whole: u64,
    proof: Proof,
}

impl Kept {
    /// What may be kept of an answer if it is cut short, by its head.
    pub(super) fn new(address: &str, spool: Spool, whole: Option<u64>, proof: Option<Proof>) -> Option<Kept> {
        Some(Kept { address: address.to_owned(), spool, whole: whole?, proof: proof? })
    }

    /// Asks for the rest, or for the whole if it is another picture now.
    pub(super) fn ask(&self, request: RequestBuilder) -> RequestBuilder {
        let (Proof::Tag(proof) | Proof::Date(proof)) = &self.proof;
        request.header(RANGE, format!("bytes={}-", self.spool.bytes)).header(IF_RANGE, proof)
    }

    /// Whether a part is the one that was asked for, of the same picture.
    pub(super) fn fits(&self, head: &HeaderMap) -> bool {
        let is_next = range(head).is_some_and(|(first, last, whole)| {
            first == self.spool.bytes && whole == self.whole && (first..whole).contains(&last)
        });
        is_next && self.proof.holds(head)
    }

    /// Taken apart to go on: what came, the length of the whole, the proof.
    pub(super) fn open(self) -> (Spool, Option<u64>, Option<Proof>) {
        (self.spool, Some(self.whole), Some(self.proof))
    }
}

/// What tells one content of an address from another.
pub(super) enum Proof {
    /// A strong `ETag`.
    Tag(HeaderValue),
    /// `Last-Modified`.
    Date(HeaderValue),
}

impl Proof {
    /// The best that the head of an answer offers. A weak tag promises likeness, not the same bytes.
    pub(super) fn of(head: &HeaderMap) -> Option<Proof> {
        let tag = head.get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\"")).cloned().map(Proof::Tag);
        tag.or_else(|| head.get(LAST_MODIFIED).cloned().map(Proof::Date))
    }

    /// A server that does not know `If-Range` sends the part all the same: its head says of what. It must repeat a tag and
    /// need not repeat a date.
    fn holds(&self, head: &HeaderMap) -> bool {
        match self {
            Proof::Tag(tag) => head.get(ETAG) == Some(tag),
            Proof::Date(date) => head.get(LAST_MODIFIED).is_none_or(|now| now == date),
        }
    }
}

/// `bytes 5-9/100`: first, last and whole. A length that is not told (`*`) proves nothing.
fn range(head: &HeaderMap) -> Option<(u64, u64, u64)> {
    let (part, whole) = head.get(CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes")?.split_once('/')?;
    let (first, last) = part.trim().split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, whole.parse().ok()?))
}

/// A temporary file being filled: counted and hashed as it grows.
pub(super) struct Spool {
    /// Where it was asked for, as it was asked for.
    dir: PathBuf,
    temp: NamedTempFile,
    file: tokio::fs::File,
    hash: Sha256,
    /// Its length.
    pub(super) bytes: u64,
    /// The most it may become.
    pub(super) max: u64,
}

impl Spool {
    /// An empty one in `dir`.
    pub(super) fn new(dir: &Path, max: u64) -> Result<Spool, Fault> {
        let temp = tempfile::Builder::new().prefix(".pinxit-").suffix(".part").tempfile_in(dir);
        let temp = temp.map_err(|error| storage::disk(&error))?;
        let file = temp.reopen().map_err(|error| storage::disk(&error))?;
        Ok(Spool {
            dir: dir.to_owned(),
            temp,
            file: tokio::fs::File::from_std(file),
            hash: Sha256::new(),
            bytes: 0,
            max,
        })
    }

    pub(super) async fn take(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.max {
            return Err(self.too_large());
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(|error| storage::disk(&error))
    }

    pub(super) fn too_large(&self) -> Fault {
        storage::fault("too_large", format!("The picture has more than {} MB.", self.max >> 20))
    }

    /// The file, its length, and its SHA-256 in lower-case hex.
    pub(super) async fn close(mut self) -> Result<(NamedTempFile, u64, String), Fault> {
        self.file.flush().await.map_err(|error| storage::disk(&error))?;
        Ok((self.temp, self.bytes, text::hex(&self.hash.finalize())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn head(pairs: &[(reqwest::header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_range_is_read_when_it_says_everything() {
        let read = |text: &str| range(&head(&[(CONTENT_RANGE, text)]));
        assert_eq!(read("bytes 5-9/100"), Some((5, 9, 100)));
        for text in ["bytes 5-9/*", "bytes */100", "lines 5-9/100", "bytes 5-/100", "5-9/100", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_strong_tag_is_the_best_proof_and_a_weak_one_is_none() {
        let (tag, date) = ((ETAG, "\"a\""), (LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT"));
        assert!(matches!(Proof::of(&head(&[tag.clone(), date.clone()])), Some(Proof::Tag(_))));
        assert!(matches!(Proof::of(&head(&[(ETAG, "W/\"a\""), date])), Some(Proof::Date(_))));
        assert!(Proof::of(&head(&[(ETAG, "W/\"a\"")])).is_none());
    }
}
