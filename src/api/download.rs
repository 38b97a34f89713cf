//! Pictures brought home: streamed to a temporary file, counted, decoded whole, fsynced. Never with the key.

use std::path::Path;

use reqwest::{Response, StatusCode};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::client::Client;
use super::data_uri;
use super::network::Trouble;
use super::storage;
use crate::domain::{Billed, Fault, Format, text};
use crate::picture;

/// How much of a refusal's body is read to name it.
const HEAD: usize = 4096;

/// A picture brought home to a temporary file in the directory asked for: whole, of a known format, fsynced.
#[derive(Debug)]
pub struct Download {
    /// The temporary file, deleted when dropped unless persisted.
    pub file: NamedTempFile,
    /// Format by content.
    pub format: Format,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

impl Client {
    /// Brings a picture home into a temporary file in `dir`, checked by full decode. Never sends the key.
    ///
    /// # Errors
    /// A fault that says what came instead; `retryable` when the picture may still be had. `billed` is `Yes`: a picture
    /// that has an address was paid for.
    pub async fn download(&self, url: &str, dir: &Path) -> Result<Download, Fault> {
        let file = tempfile::Builder::new().prefix(".pinxit-").suffix(".part").tempfile_in(dir);
        let file = file.map_err(|error| storage::disk(&error))?;
        let handle = file.reopen().map_err(|error| storage::disk(&error))?;
        let mut spool = Spool::new(handle, self.limits().picture);
        if data_uri::is_data(url) {
            let bytes = data_uri::decode(url)
                .ok_or_else(|| storage::fault("bad_data_uri", "The picture inside the answer cannot be read."))?;
            spool.take(&bytes).await?;
        } else {
            self.fetch(url, &mut spool).await?;
        }
        let (bytes, sha256) = spool.close().await?;
        let _turn = self.decoders().acquire().await;
        let checked = tokio::task::spawn_blocking(move || check(file)).await;
        let (file, header) = checked
            .unwrap_or_else(|_| Err(storage::fault("damaged", "The picture could not be checked.").retryable()))?;
        Ok(Download { file, format: header.format, width: header.width, height: header.height, bytes, sha256 })
    }

    async fn fetch(&self, url: &str, spool: &mut Spool) -> Result<(), Fault> {
        let url = storage::trusted(url, self.is_loopback())?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let lost = |error: reqwest::Error| Trouble::new(&error, &host).fault().billed(Billed::Yes);
        let mut response = self.storage().get(url).send().await.map_err(lost)?;
        if response.status() != StatusCode::OK {
            return Err(storage::refusal(response.status(), &head(&mut response).await));
        }
        let promised = response.content_length();
        if promised.is_some_and(|length| length > spool.max) {
            return Err(spool.too_large());
        }
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => spool.take(&chunk).await?,
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(lost(error)),
                Err(_) => return Err(truncated(spool.bytes, promised)),
            }
        }
        match promised {
            Some(length) if length != spool.bytes => Err(truncated(spool.bytes, promised)),
            _ => Ok(()),
        }
    }
}

fn truncated(bytes: u64, promised: Option<u64>) -> Fault {
    let of = promised.map_or(String::new(), |length| format!(" of {length}"));
    storage::fault("truncated", format!("The picture was cut short after {bytes}{of} bytes.")).retryable()
}

/// The beginning of a refusal's body.
pub(super) async fn head(response: &mut Response) -> Vec<u8> {
    let mut head = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        head.extend_from_slice(&chunk);
        if head.len() >= HEAD {
            break;
        }
    }
    head
}

/// Decodes every pixel, then makes the file last. Blocking.
fn check(file: NamedTempFile) -> Result<(NamedTempFile, picture::Header), Fault> {
    let header = picture::verify(file.path()).map_err(storage::unusable)?;
    file.as_file().sync_all().map_err(|error| storage::disk(&error))?;
    Ok((file, header))
}

/// A file being filled: counted and hashed as it grows.
struct Spool {
    file: tokio::fs::File,
    hash: Sha256,
    bytes: u64,
    max: u64,
}

impl Spool {
    fn new(file: std::fs::File, max: u64) -> Spool {
        Spool { file: tokio::fs::File::from_std(file), hash: Sha256::new(), bytes: 0, max }
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.max {
            return Err(self.too_large());
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(|error| storage::disk(&error))
    }

    fn too_large(&self) -> Fault {
        storage::fault("too_large", format!("The picture has more than {} MB.", self.max >> 20))
    }

    /// Length, and SHA-256 in lower-case hex.
    async fn close(mut self) -> Result<(u64, String), Fault> {
        self.file.flush().await.map_err(|error| storage::disk(&error))?;
        Ok((self.bytes, text::hex(&self.hash.finalize())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use base64::Engine;
    use image::{ImageFormat, Rgb, RgbImage};
    use tempfile::TempDir;

    use super::super::canned::{Act, Canned, response};
    use super::super::client::Limits;
    use super::super::endpoint::Endpoint;
    use super::*;
    use crate::domain::FaultKind;

    const KEY: &str = "sk-secret0123456789";

    fn png() -> Vec<u8> {
        let picture = RgbImage::from_fn(64, 48, |x, y| Rgb([x as u8 * 4, y as u8 * 5, (x * y) as u8]));
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    fn endpoint(base: &str) -> Endpoint {
        Endpoint { base_url: base.into(), key: KEY.into() }
    }

    /// Fetches a picture from a server that does `act`; requires one request, without the key, and no file left behind by
    /// a failure.
    async fn fetch(act: Act) -> Result<(Download, TempDir), Fault> {
        let server = Canned::start(act).await;
        let dir = tempfile::tempdir().unwrap();
        let url = format!("{}/1d/a.png?Expires=1&Signature=topsecret", server.base);
        let result = Client::new(endpoint(&server.base)).unwrap().download(&url, dir.path()).await;
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(!requests[0].contains(KEY) && !requests[0].to_ascii_lowercase().contains("authorization"));
        match result {
            Ok(download) => Ok((download, dir)),
            Err(fault) => {
                assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
                assert!(!fault.to_string().contains("topsecret"), "{fault}");
                assert_eq!(fault.billed, Billed::Yes);
                Err(fault)
            }
        }
    }

    async fn fault(act: Act) -> (String, bool) {
        let fault = fetch(act).await.unwrap_err();
        (fault.code, fault.retryable)
    }

    #[tokio::test]
    async fn a_picture_comes_home_whole() {
        let bytes = png();
        let (download, dir) = fetch(Act::Send(response(200, &bytes))).await.unwrap();
        assert_eq!((download.format, download.width, download.height), (Format::Png, 64, 48));
        assert_eq!(download.bytes, bytes.len() as u64);
        assert_eq!(std::fs::read(download.file.path()).unwrap(), bytes);
        let expected: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(download.sha256, expected);
        let name = download.file.path().strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with(".pinxit-"), "{name}");
        drop(download);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "dropped means gone");
    }

    #[tokio::test]
    async fn a_cut_picture_may_be_had_again() {
        let bytes = png();
        let half = &bytes[..bytes.len() / 2];
        let mut promised = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).into_bytes();
        promised.extend_from_slice(half);
        assert_eq!(fault(Act::Send(promised)).await, ("truncated".into(), true));
        assert_eq!(fault(Act::Send(response(200, half))).await, ("damaged".into(), true));
        assert_eq!(fault(Act::Send(response(200, ""))).await, ("truncated".into(), true));
        assert_eq!(fault(Act::ReadThenDrop).await, ("connection_lost".into(), true));
    }

    #[tokio::test]
    async fn what_is_no_picture_is_named() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>";
        let fault = fetch(Act::Send(response(200, xml))).await.unwrap_err();
        assert_eq!(fault.message, "What came is not a picture but XML text (NoSuchKey).");
        assert_eq!((fault.code.as_str(), fault.kind, fault.retryable), ("not_a_picture", FaultKind::Other, false));
        let fault = fetch(Act::Send(response(200, "<html>no</html>"))).await.unwrap_err();
        assert_eq!(fault.message, "What came is not a picture but HTML.");
        let fault = fetch(Act::Send(response(200, "{}"))).await.unwrap_err();
        assert_eq!(fault.message, "What came is not a picture but JSON text.");
    }

    #[tokio::test]
    async fn the_storage_refuses() {
        let xml = "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>";
        assert_eq!(fault(Act::Send(response(403, xml))).await, ("expired".into(), false));
        assert_eq!(fault(Act::Send(response(404, "<Error/>"))).await, ("gone".into(), false));
        assert_eq!(fault(Act::Send(response(503, "busy"))).await, ("storage_busy".into(), true));
        let redirect = b"HTTP/1.1 302 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_vec();
        assert_eq!(fault(Act::Send(redirect)).await, ("redirect".into(), false));
    }

    #[tokio::test]
    async fn size_and_patience_have_limits() {
        let soon = Limits { picture: 1000, progress: Duration::from_millis(60), ..Limits::USUAL };
        let dir = tempfile::tempdir().unwrap();
        let endless = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[7; 4096]].concat();
        let started = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n\x89PNG".to_vec();
        for (act, code) in [
            (Act::Send(response(200, [7; 1001])), "too_large"),
            (Act::SendThenStall(endless), "too_large"),
            (Act::SendThenStall(started), "timeout"),
        ] {
            let server = Canned::start(act).await;
            let client = Client::with_limits(endpoint(&server.base), soon).unwrap();
            let fault = client.download(&format!("{}/a.png", server.base), dir.path()).await.unwrap_err();
            assert_eq!(fault.code, code);
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }

    #[tokio::test]
    async fn a_picture_inside_the_answer_needs_no_network() {
        let client = Client::new(endpoint("http://127.0.0.1:1")).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let uri = format!("data:image/jpeg;base64,{}", base64::engine::general_purpose::STANDARD.encode(png()));
        let download = client.download(&uri, dir.path()).await.unwrap();
        assert_eq!((download.format, download.bytes), (Format::Png, png().len() as u64));
        let fault = client.download("data:image/png,plain", dir.path()).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.retryable), ("bad_data_uri", false));
    }

    #[tokio::test]
    async fn strangers_are_not_asked() {
        let server = Canned::answer(200, png()).await;
        let dir = tempfile::tempdir().unwrap();
        let client = Client::new(endpoint("https://dashscope-intl.aliyuncs.com")).unwrap();
        let fault = client.download(&format!("{}/a.png", server.base), dir.path()).await.unwrap_err();
        assert_eq!(fault.code, "untrusted_address");
        assert!(server.requests().is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_named() {
        let client = Client::new(endpoint("http://127.0.0.1:1")).unwrap();
        let fault = client.download("data:;base64,Zm94", Path::new("/nowhere/at/all")).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.billed), ("disk", Billed::Yes));
    }
}
