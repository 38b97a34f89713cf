//! Handing result pictures over: signatures, ranges, chunks, and everything that can go wrong on
//! the way. Not here: the pictures themselves (`files`).

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::{Extension, http::StatusCode};
use futures_util::{StreamExt, stream};

use super::answer::{self, RequestId};
use super::faults::{Fault, Moment};
use super::files::{Plate, Signed};
use super::host::Host;
use super::ids::mix;
use super::refusal::usual_message;
use super::wreck;

const CHUNK: usize = 64 * 1024;

/// `GET /files/{name}`: no bearer, but a signature that must be right and young enough.
pub async fn serve(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(AUTHORIZATION) {
        let message = "Only one auth mechanism allowed; found Authorization header and signed URL.";
        return answer::xml(400, "InvalidArgument", message, &id);
    }
    match host.files.judge(&name, &query, host.clock.now_ms()) {
        Signed::Valid => {}
        Signed::Expired => return expired(&id),
        Signed::Forged => {
            let message = "The request signature we calculated does not match the signature you provided.";
            return answer::xml(403, "SignatureDoesNotMatch", message, &id);
        }
    }
    let Some(plate) = host.files.find(&name) else {
        return answer::xml(404, "NoSuchKey", "The specified key does not exist.", &id);
    };
    let fault = host.strike(Moment::File).await;
    let painted = match &fault {
        Some(Fault::Jpeg) => host.files.jpeg(&plate).await,
        _ => host.files.png(&plate).await,
    };
    let bytes = match painted {
        Ok(bytes) => bytes,
        Err(error) => return answer::xml(500, "InternalError", &error.to_string(), &id),
    };
    let tag = format!("\"{name}\"");
    let mut handing = Handing { host, plate, name, tag, pause: None, is_cut: false };
    match fault {
        None => {}
        Some(Fault::Trickle { bytes_per_second }) => {
            handing.pause = Some(Duration::from_secs_f64(CHUNK as f64 / f64::from(bytes_per_second.max(1))));
        }
        Some(Fault::LostReply | Fault::CutReply) => handing.is_cut = true,
        Some(fault) => return handing.spoil(bytes, fault, &id),
    }
    handing.answer(bytes, &headers, &id)
}

fn expired(id: &RequestId) -> Response {
    answer::xml(403, "AccessDenied", "Request has expired.", id)
}

/// One picture on its way out.
struct Handing {
    host: Arc<Host>,
    plate: Arc<Plate>,
    name: String,
    tag: String,
    /// Before each chunk.
    pause: Option<Duration>,
    /// The connection ends after half of what was asked for.
    is_cut: bool,
}

impl Handing {
    fn answer(self, bytes: Bytes, headers: &HeaderMap, id: &RequestId) -> Response {
        let whole = bytes.len();
        let stale = headers.get(IF_RANGE).is_some_and(|asked| asked.as_bytes() != self.tag.as_bytes());
        let asked = headers.get(RANGE).filter(|_| !stale).and_then(|range| range.to_str().ok());
        let part = match asked.and_then(|text| range(text, whole)) {
            None => None,
            Some(Some(part)) => Some(part),
            Some(None) => {
                let mut refused = answer::xml(416, "InvalidRange", "The requested range cannot be satisfied.", id);
                set(&mut refused, CONTENT_RANGE, &format!("bytes */{whole}"));
                return refused;
            }
        };
        let shown = part.clone().unwrap_or(0..whole);
        let length = shown.len();
        let tag = self.tag.clone();
        let body = if self.is_cut {
            let half = bytes.slice(shown.start..shown.start + length / 2);
            self.host.ledger().hand_over(half.len());
            wreck::cut(half)
        } else {
            self.chunks(bytes.slice(shown.clone()), shown.end == whole)
        };
        let mut response = picture(body, length);
        set(&mut response, ETAG, &tag);
        if part.is_some() {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut response, CONTENT_RANGE, &format!("bytes {}-{}/{whole}", shown.start, shown.end - 1));
        }
        response
    }

    /// The bytes in chunks; the picture counts as delivered with its last one.
    fn chunks(self, bytes: Bytes, to_the_end: bool) -> Body {
        let length = bytes.len();
        let starts = (0..length).step_by(CHUNK);
        let this = Arc::new(self);
        Body::from_stream(stream::iter(starts).then(move |start| {
            let this = Arc::clone(&this);
            let end = (start + CHUNK).min(length);
            let chunk = bytes.slice(start..end);
            async move {
                if let Some(pause) = this.pause {
                    tokio::time::sleep(pause).await;
                }
                this.host.ledger().hand_over(chunk.len());
                if to_the_end && end == length {
                    this.host.ledger().deliver(&this.name, this.plate.route.path());
                    this.plate.wipe();
                }
                Ok::<_, io::Error>(chunk)
            }
        }))
    }

    /// Something else than the picture, whole as far as HTTP can tell. What stands between may keep the head, tag included.
    fn spoil(self, bytes: Bytes, fault: Fault, id: &RequestId) -> Response {
        if let Some(instead) = wreck::instead_of_xml(Some(&fault), id) {
            return instead;
        }
        let length = bytes.len();
        let shown: Bytes = match fault {
            Fault::TruncatedPng => bytes.slice(..length / 2),
            Fault::XmlForPng => answer::xml_text("InternalError", usual_message("InternalError"), id).into(),
            Fault::WrongBytes => (0..length as u64).map(|at| mix(at) as u8).collect(),
            Fault::ExpiredUrl => return expired(id),
            // A JPEG is given as it is; no other fault fits the moment.
            _ => bytes,
        };
        self.host.ledger().hand_over(shown.len());
        let length = shown.len();
        let mut response = picture(shown.into(), length);
        set(&mut response, ETAG, &self.tag);
        response
    }
}

/// `bytes=A-B`, `bytes=A-` or `bytes=-N` of `whole` bytes. `None`: not a range we read, so the
/// whole is given; `Some(None)`: nothing there.
fn range(text: &str, whole: usize) -> Option<Option<Range<usize>>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return Some((count > 0).then(|| whole.saturating_sub(count)..whole));
    }
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() { whole } else { last.parse::<usize>().ok()?.saturating_add(1).min(whole) };
    Some((first < last).then_some(first..last))
}

fn picture(body: Body, length: usize) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

fn set(response: &mut Response, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        assert_eq!(range("bytes=0-9", 100), Some(Some(0..10)));
        assert_eq!(range("bytes=90-", 100), Some(Some(90..100)));
        assert_eq!(range("bytes=90-500", 100), Some(Some(90..100)));
        assert_eq!(range("bytes=-10", 100), Some(Some(90..100)));
        assert_eq!(range("bytes=-500", 100), Some(Some(0..100)));
        assert_eq!(range("bytes=100-", 100), Some(None));
        assert_eq!(range("bytes=9-3", 100), Some(None));
        assert_eq!(range("bytes=-0", 100), Some(None));
        assert_eq!(range("lines=1-2", 100), None);
        assert_eq!(range("bytes=a-b", 100), None);
    }
}
