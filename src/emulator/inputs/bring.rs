//! From what stands in a request to bytes: data URIs, uploads, addresses. Not here: whether the
//! bytes are an image the model takes (`rule`).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use url::{Host as UrlHost, Url};

use super::super::files;
use super::super::host::Host;
use super::super::refusal::Refusal;
use super::{InputRule, Seen};

/// Longest data URI, as text (contract 7.1).
const DATA_URI_BYTES: usize = 10_485_760;
/// A little more than any model takes: the rest is not worth fetching.
const FETCH_BYTES: usize = 24 * 1024 * 1024;
const FETCH_TIME: Duration = Duration::from_secs(10);

/// Looks at every input image of a request. `model` as the request names it; `resolves`: the
/// request asks for `oss://` to be resolved.
///
/// # Errors
/// The first thing the service would complain about.
pub async fn look(
    host: &Host,
    model: &str,
    rule: InputRule,
    sources: &[String],
    resolves: bool,
) -> Result<Vec<Seen>, Refusal> {
    if !resolves && sources.iter().any(|source| source.starts_with("oss://")) {
        return Err(unresolved(host.variants.oss_header_inspection));
    }
    let mut all = Vec::with_capacity(sources.len());
    for source in sources {
        let bytes = match bring(host, model, rule, source).await? {
            Brought::Bytes(bytes) => bytes,
            Brought::MadeUp => {
                all.push(Seen::made_up(source));
                continue;
            }
        };
        // Decoding a large image must not stop other answers.
        let judged = tokio::task::spawn_blocking(move || rule.judge(&bytes)).await;
        all.push(judged.map_err(|_| Refusal::new(500, "InternalError.Algo", "The input image cannot be read."))??);
    }
    Ok(all)
}

enum Brought {
    Bytes(Vec<u8>),
    MadeUp,
}

async fn bring(host: &Host, model: &str, rule: InputRule, source: &str) -> Result<Brought, Refusal> {
    if let Some(rest) = source.strip_prefix("data:") {
        // Beyond this limit the file's own still holds.
        let unlimited = host.variants.large_data_uris && rule.takes_large_files();
        return decode(source, rest, unlimited).map(Brought::Bytes);
    }
    if let Some(key) = source.strip_prefix("oss://") {
        let bytes = host.uploads().read(key, model, host.clock.now_ms());
        return bytes.map(|bytes| Brought::Bytes(bytes.to_vec())).ok_or_else(|| inspection(GONE));
    }
    let url = Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return Err(Refusal::new(
            400,
            "InvalidURL",
            "The request URL is invalid, please make sure the url is correct.",
        ));
    };
    if !is_loopback(&url) {
        return Ok(Brought::MadeUp);
    }
    if source.starts_with(&format!("{}/", host.origin)) {
        // Our own pictures never travel: a fetch would count as a delivery.
        let png = files::own(host, &url).await;
        return png.map(|png| Brought::Bytes(png.to_vec())).ok_or_else(|| failed(source));
    }
    fetch(url).await.map(Brought::Bytes)
}

fn decode(whole: &str, rest: &str, unlimited: bool) -> Result<Vec<u8>, Refusal> {
    if whole.len() > DATA_URI_BYTES && !unlimited {
        let message = format!("Exceeded limit on max bytes per data-uri item : {DATA_URI_BYTES}");
        return Err(Refusal::parameter(message));
    }
    let (kind, data) = rest.split_once(";base64,").ok_or_else(|| inspection(FORMAT))?;
    if !kind.starts_with("image/") {
        return Err(inspection(FORMAT));
    }
    STANDARD.decode(data).map_err(|_| inspection(FORMAT))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(UrlHost::Ipv4(address)) => address.is_loopback(),
        Some(UrlHost::Ipv6(address)) => address.is_loopback(),
        Some(UrlHost::Domain(name)) => name == "localhost",
        None => false,
    }
}

async fn fetch(url: Url) -> Result<Vec<u8>, Refusal> {
    // Another provider may be in place already; any is good enough for loopback.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let no_redirect = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(no_redirect).timeout(FETCH_TIME).build();
    let told = |error: reqwest::Error| {
        let (code, why) = if error.is_timeout() {
            ("InvalidURL.Timeout", format!("Download {url} timeout."))
        } else if error.is_connect() {
            ("InvalidURL.ConnectionRefused", format!("Connection to {url} refused."))
        } else {
            return failed(url.as_str());
        };
        Refusal::new(400, code, why)
    };
    let answer = client.map_err(told)?.get(url.clone()).send().await.map_err(told)?;
    if !answer.status().is_success() {
        return Err(failed(url.as_str()));
    }
    let mut bytes = Vec::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk.map_err(told)?);
        if bytes.len() > FETCH_BYTES {
            break;
        }
    }
    Ok(bytes)
}

fn failed(url: &str) -> Refusal {
    Refusal::new(400, "BadRequest.InputDownloadFailed", format!("Failed to download the input file: {url}."))
}

const GONE: &str = "Unable to download the media resource during the data inspection process.";
const FORMAT: &str = "The media format is not supported or incorrect for the data inspection.";

fn inspection(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameter.DataInspection", message)
}

/// An `oss://` address without the header that resolves it (contract 6.2: two codes are on record).
fn unresolved(as_inspection: bool) -> Refusal {
    if as_inspection {
        return inspection(GONE);
    }
    let message = "InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid. Ensure it is correctly formatted.";
    Refusal::new(400, "invalid_parameter_error", message)
}
