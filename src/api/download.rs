//! Pictures brought home: streamed to a temporary file, counted, decoded whole, fsynced. Never with the key. What a try that
//! was cut short leaves for the next is in [`partial`](super::partial).

use std::path::Path;

use reqwest::{Response, StatusCode};
use tempfile::NamedTempFile;

use super::client::Client;
use super::data_uri;
use super::network::Trouble;
use super::partial::{Kept, Partial, Proof, Spool};
use super::storage;
use crate::domain::{Billed, Fault, Format};
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
        self.resume(url, dir, &mut Partial::default()).await
    }

    /// The same in several tries: one that is cut short leaves in `partial` what came, and the next asks for the rest only.
    /// Where the rest cannot be proved to belong to it the picture is fetched from its beginning. What was whole and is no
    /// picture is thrown away.
    ///
    /// # Errors
    /// As [`Client::download`].
    pub async fn resume(&self, url: &str, dir: &Path, partial: &mut Partial) -> Result<Download, Fault> {
        let kept = partial.begin(url, dir);
        let spool = if data_uri::is_data(url) {
            let mut spool = Spool::new(dir, self.limits().picture)?;
            let bytes = data_uri::decode(url)
                .ok_or_else(|| storage::fault("bad_data_uri", "The picture inside the answer cannot be read."))?;
            spool.take(&bytes).await?;
            spool
        } else {
            self.fetch(url, dir, kept, partial).await?
        };
        let (file, bytes, sha256) = spool.close().await?;
        let _turn = self.decoders().acquire().await;
        let checked = tokio::task::spawn_blocking(move || check(file)).await;
        let (file, header) = checked
            .unwrap_or_else(|_| Err(storage::fault("damaged", "The picture could not be checked.").retryable()))?;
        Ok(Download { file, format: header.format, width: header.width, height: header.height, bytes, sha256 })
    }

    /// Asks for the rest of what is kept, or for the whole. What of the picture came so far is in `partial` again when this
    /// fails, unless the fault lies in those bytes or on our disk.
    async fn fetch(
        &self,
        address: &str,
        dir: &Path,
        mut kept: Option<Kept>,
        partial: &mut Partial,
    ) -> Result<Spool, Fault> {
        let url = storage::trusted(address, self.is_loopback())?;
        let host = url.host_str().unwrap_or_default();
        let lost = |error: reqwest::Error| Trouble::new(&error, host).fault().billed(Billed::Yes);
        loop {
            let mut request = self.storage().get(url.clone());
            if let Some(kept) = &kept {
                request = kept.ask(request);
            }
            let mut response = match request.send().await {
                Ok(response) => response,
                Err(error) => {
                    partial.keep(kept).await;
                    return Err(lost(error));
                }
            };
            let (mut spool, whole, proof) = match (response.status(), kept.take()) {
                (StatusCode::OK, _) => {
                    let spool = Spool::new(dir, self.limits().picture)?;
                    (spool, response.content_length(), Proof::of(response.headers()))
                }
                (StatusCode::PARTIAL_CONTENT, Some(kept)) if kept.fits(response.headers()) => {
                    partial.goes_on(&kept);
                    kept.open()
                }
                // Another picture, another part of it, or no such part: what is kept is worth nothing.
                (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => continue,
                (status, kept) => {
                    partial.keep(kept).await;
                    return Err(storage::refusal(status, &head(&mut response).await));
                }
            };
            if whole.is_some_and(|length| length > spool.max) {
                return Err(spool.too_large());
            }
            let broken = loop {
                match response.chunk().await {
                    Ok(Some(chunk)) => spool.take(&chunk).await?,
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            let fault = match broken {
                None if whole.is_none_or(|length| length == spool.bytes) => return Ok(spool),
                Some(error) if error.is_timeout() => lost(error),
                _ => truncated(spool.bytes, whole),
            };
            partial.keep(Kept::new(address, spool, whole, proof)).await;
            return Err(fault);
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use base64::Engine;
    use image::{ImageFormat, Rgb, RgbImage};
    use sha2::{Digest, Sha256};
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

    /// A head with these lines, and a body that may be shorter than it promises.
    fn answer(status: u16, lines: &str, body: &[u8]) -> Act {
        Act::Send([format!("HTTP/1.1 {status} Canned\r\n{lines}\r\n").as_bytes(), body].concat())
    }

    /// The first `count` bytes of a picture, with the length of all of it.
    fn cut(count: usize, proof: &str) -> Act {
        answer(200, &format!("Content-Length: {}\r\n{proof}", png().len()), &png()[..count])
    }

    /// The bytes of a picture from `first` on, as a part of `whole`.
    fn rest(first: usize, whole: usize, proof: &str) -> Act {
        let (last, length) = (png().len() - 1, png().len() - first);
        let lines = format!("Content-Length: {length}\r\nContent-Range: bytes {first}-{last}/{whole}\r\n{proof}");
        answer(206, &lines, &png()[first..])
    }

    const TAG: &str = "ETag: \"a1\"\r\n";
    const DATE: &str = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

    /// What several tries of one picture brought, and what each request asked for of it (`bytes=9- "tag"`).
    struct Tries {
        results: Vec<Result<Download, Fault>>,
        went_on: Vec<Option<(u64, u64)>>,
        asked: Vec<String>,
        _dir: TempDir,
    }

    async fn tries(count: usize, acts: Vec<Act>) -> Tries {
        let server = Canned::script(|_| acts).await;
        let dir = tempfile::tempdir().unwrap();
        let client = Client::new(endpoint(&server.base)).unwrap();
        let (mut partial, mut results, mut went_on) = (Partial::default(), vec![], vec![]);
        for _ in 0..count {
            results.push(client.resume(&format!("{}/a.png", server.base), dir.path(), &mut partial).await);
            went_on.push(partial.went_on());
        }
        let asked = |request: String| {
            let value = |name: &str| {
                let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
                line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
            };
            [value("range:"), value("if-range:")].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let asked = server.requests().into_iter().map(asked).collect();
        // What is left are the pictures that came, and what the next try would go on with.
        let left = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, results.iter().filter(|result| result.is_ok()).count() + usize::from(partial.bytes() > 0));
        Tries { results, went_on, asked, _dir: dir }
    }

    #[tokio::test]
    async fn a_cut_picture_is_gone_on_with() {
        let whole = png().len();
        for (proof, told, repeated) in [
            (TAG, "\"a1\"", TAG),
            (DATE, "Sun, 06 Nov 1994 08:49:37 GMT", DATE),
            (DATE, "Sun, 06 Nov 1994 08:49:37 GMT", ""),
        ] {
            let tries = tries(2, vec![cut(100, proof), rest(100, whole, repeated)]).await;
            assert_eq!(tries.results[0].as_ref().unwrap_err().code, "truncated");
            let download = tries.results[1].as_ref().unwrap();
            assert_eq!(std::fs::read(download.file.path()).unwrap(), png());
            let expected: String = Sha256::digest(png()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((download.bytes, &download.sha256), (whole as u64, &expected), "all of it is counted");
            assert_eq!(tries.asked, [String::new(), format!("bytes=100- {told}")]);
            assert_eq!(tries.went_on, [None, Some((100, whole as u64))]);
        }
    }

    #[tokio::test]
    async fn a_part_may_be_cut_short_and_a_refusal_costs_nothing_of_it() {
        let whole = png().len();
        let Act::Send(mut part) = rest(100, whole, TAG) else { unreachable!() };
        part.truncate(part.len() - (whole - 150));
        let acts =
            vec![cut(100, TAG), Act::ReadThenDrop, answer(503, "", b"busy"), Act::Send(part), rest(150, whole, TAG)];
        let tries = tries(5, acts).await;
        let codes: Vec<_> = tries.results[..4].iter().map(|result| result.as_ref().unwrap_err().code.clone()).collect();
        assert_eq!(codes, ["truncated", "connection_lost", "storage_busy", "truncated"]);
        let message = &tries.results[3].as_ref().unwrap_err().message;
        assert_eq!(message, &format!("The picture was cut short after 150 of {whole} bytes."));
        assert!(tries.results[4].is_ok(), "{:?}", tries.results[4]);
        let went_on = [None, None, None, Some((100, whole as u64)), Some((150, whole as u64))];
        assert_eq!(tries.went_on, went_on);
        assert_eq!(tries.asked[4], "bytes=150- \"a1\"");
    }

    #[tokio::test]
    async fn what_cannot_be_gone_on_with_starts_again() {
        let whole = png().len();
        let entire = || Act::Send(response(200, png()));
        // Within the same try: one request for the rest, one for the whole.
        for (name, odd) in [
            ("another tag", rest(100, whole, "ETag: \"b2\"\r\n")),
            ("no tag", rest(100, whole, "")),
            ("another length", rest(100, whole + 1, TAG)),
            ("another place", rest(90, whole, TAG)),
            ("no place", answer(206, "Content-Length: 2\r\n", b"xx")),
            ("no such part", answer(416, &format!("Content-Range: bytes */{whole}\r\n"), b"")),
        ] {
            let tries = tries(2, vec![cut(100, TAG), odd, entire()]).await;
            assert!(tries.results[1].is_ok(), "{name}: {:?}", tries.results[1]);
            assert_eq!(tries.asked, ["", "bytes=100- \"a1\"", ""], "{name}");
            assert_eq!(tries.went_on, [None, None], "{name}");
        }
        // The whole came at once: it has changed, or the server knows no parts.
        let once = tries(2, vec![cut(100, TAG), entire()]).await;
        assert!(once.results[1].is_ok() && once.asked.len() == 2, "{:?}", once.results);
        // Nothing was proved, or nothing came.
        for first in [cut(100, ""), cut(100, "ETag: W/\"a1\"\r\n"), cut(0, TAG), answer(200, TAG, &png()[..100])] {
            let again = tries(2, vec![first, entire()]).await;
            assert!(again.results[0].is_err() && again.results[1].is_ok(), "{:?}", again.results);
            assert_eq!(again.asked, ["", ""]);
        }
    }

    #[tokio::test]
    async fn what_was_whole_and_no_picture_is_thrown_away() {
        let whole = png().len();
        let lines = |bytes: &[u8]| format!("Content-Length: {}\r\n{TAG}", bytes.len());
        let half = &png()[..whole / 2];
        let noise = vec![7; whole - 100];
        let part = format!("Content-Range: bytes 100-{}/{whole}\r\n{}", whole - 1, lines(&noise));
        let entire = Act::Send(response(200, png()));
        let at_once = tries(2, vec![answer(200, &lines(half), half), entire.clone()]).await;
        assert_eq!(at_once.results[0].as_ref().unwrap_err().code, "damaged");
        assert!(at_once.results[1].is_ok() && at_once.asked == ["", ""], "{:?}", at_once.asked);
        let in_parts = tries(3, vec![cut(100, TAG), answer(206, &part, &noise), entire]).await;
        assert_eq!(in_parts.results[1].as_ref().unwrap_err().code, "damaged");
        assert!(in_parts.results[2].is_ok() && in_parts.asked[2].is_empty(), "{:?}", in_parts.asked);
    }

    #[tokio::test]
    async fn what_was_kept_serves_its_own_picture_and_folder_only() {
        let server = Canned::script(|_| vec![cut(100, TAG), cut(100, TAG), Act::Send(response(200, png()))]).await;
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let client = Client::new(endpoint(&server.base)).unwrap();
        let mut partial = Partial::default();
        for (name, dir) in [("a.png?Signature=topsecret", &here), ("b.png", &here), ("b.png", &there)] {
            let _ = client.resume(&format!("{}/{name}", server.base), dir.path(), &mut partial).await;
            assert!(!format!("{partial:?}").contains("topsecret"));
        }
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|request| !request.to_ascii_lowercase().contains("range:")), "{requests:?}");
        assert_eq!(std::fs::read_dir(here.path()).unwrap().count(), 0);
    }
}
