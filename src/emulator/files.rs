//! Result pictures: painted once asked for (or ahead, while a task waits), signed like the
//! service's object store and served in chunks. Not here: how a picture is painted (`painter`).

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::{Extension, http::StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::answer::{self, RequestId};
use super::clock::DAY_MS;
use super::faults::{Fault, Moment};
use super::host::Host;
use super::ids::mix;
use super::painter::{Commission, paint};
use super::refusal::usual_message;
use super::size::Pixels;

const ACCESS_KEY: &str = "LTAI5tEmulator";
const CHUNK: usize = 64 * 1024;

/// One result picture.
#[derive(Debug)]
pub struct Plate {
    prompt: String,
    seed: u32,
    size: Pixels,
    /// Kept from the first asking until the first whole delivery; painted again after that.
    png: tokio::sync::Mutex<Option<Bytes>>,
}

/// All result pictures by file name.
#[derive(Debug)]
pub struct Files {
    secret: u64,
    plates: Mutex<HashMap<String, Arc<Plate>>>,
    /// Leaves a core to whoever looks at the pictures.
    easels: Semaphore,
}

impl Files {
    pub fn new(secret: u64) -> Files {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Files { secret, plates: Mutex::default(), easels: Semaphore::new(cores.saturating_sub(1).max(1)) }
    }

    /// Takes a picture in and gives the path and query it is found at for 24 h.
    pub fn add(&self, name: &str, prompt: &str, seed: u32, size: Pixels, now_ms: i64) -> String {
        let expires_s = (now_ms + DAY_MS) / 1000;
        let plate = Plate { prompt: prompt.into(), seed, size, png: tokio::sync::Mutex::default() };
        self.plates().insert(name.into(), Arc::new(plate));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("Expires", &expires_s.to_string())
            .append_pair("OSSAccessKeyId", ACCESS_KEY)
            .append_pair("Signature", &self.sign(name, &expires_s.to_string()))
            .finish();
        format!("/files/{name}?{query}")
    }

    /// The PNG, painted off the runtime's threads if it is not at hand.
    pub async fn png(&self, plate: &Arc<Plate>) -> io::Result<Bytes> {
        let mut kept = plate.png.lock().await;
        if let Some(png) = kept.as_ref() {
            return Ok(png.clone());
        }
        let png = self.encode(plate, png_bytes).await?;
        *kept = Some(png.clone());
        Ok(png)
    }

    pub fn find(&self, name: &str) -> Option<Arc<Plate>> {
        self.plates().get(name).cloned()
    }

    async fn encode(&self, plate: &Arc<Plate>, encoder: fn(&RgbImage) -> io::Result<Vec<u8>>) -> io::Result<Bytes> {
        let _easel = self.easels.acquire().await.map_err(io::Error::other)?;
        let plate = Arc::clone(plate);
        let painted = tokio::task::spawn_blocking(move || {
            let (width, height) = plate.size;
            let prompt = plate.prompt.clone();
            encoder(&paint(&Commission { prompt, seed: plate.seed, width, height, ..Commission::default() }))
        });
        Ok(painted.await.map_err(io::Error::other)??.into())
    }

    fn sign(&self, name: &str, expires: &str) -> String {
        let text = format!("{}\n{expires}\n{name}", self.secret);
        STANDARD.encode(&Sha256::digest(text.as_bytes())[..20])
    }

    fn plates(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Plate>>> {
        self.plates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /files/{name}`: no bearer, but a signature that must be right and young enough.
pub async fn serve(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = check_url(&host, &name, &query, &headers, &id) {
        return refused;
    }
    let Some(plate) = host.files.find(&name) else {
        return answer::xml(404, "NoSuchKey", "The specified key does not exist.", &id);
    };
    match host.strike(Moment::File) {
        Some(fault) => spoiled(&host, &plate, fault, &id).await,
        None => match host.files.png(&plate).await {
            Ok(png) => whole(host, plate, name, png),
            Err(error) => answer::xml(500, "InternalError", &error.to_string(), &id),
        },
    }
}

// The Err is an answer, not an error to be carried far.
#[allow(clippy::result_large_err)]
fn check_url(
    host: &Host,
    name: &str,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    id: &RequestId,
) -> Result<(), Response> {
    if headers.contains_key(AUTHORIZATION) {
        let message = "Only one auth mechanism allowed; found Authorization header and signed URL.";
        return Err(answer::xml(400, "InvalidArgument", message, id));
    }
    let given = |key: &str| query.get(key).map(String::as_str).unwrap_or_default();
    let expires = given("Expires");
    if given("OSSAccessKeyId") != ACCESS_KEY || given("Signature") != host.files.sign(name, expires) {
        let message = "The request signature we calculated does not match the signature you provided.";
        return Err(answer::xml(403, "SignatureDoesNotMatch", message, id));
    }
    let late = expires.parse::<i64>().is_ok_and(|expires| host.clock.now_ms() >= expires * 1000);
    if late { Err(expired(id)) } else { Ok(()) }
}

fn expired(id: &RequestId) -> Response {
    answer::xml(403, "AccessDenied", "Request has expired.", id)
}

/// The picture in chunks; counted as delivered with the last one.
fn whole(host: Arc<Host>, plate: Arc<Plate>, name: String, png: Bytes) -> Response {
    let length = png.len();
    let chunks = stream::iter(chunks(png)).map(move |(chunk, last)| {
        if last {
            host.ledger().deliver(&name);
            if let Ok(mut kept) = plate.png.try_lock() {
                *kept = None;
            }
        }
        Ok::<_, io::Error>(chunk)
    });
    picture(Body::from_stream(chunks), length)
}

fn chunks(bytes: Bytes) -> impl Iterator<Item = (Bytes, bool)> {
    let length = bytes.len();
    (0..length).step_by(CHUNK).map(move |start| {
        let end = (start + CHUNK).min(length);
        (bytes.slice(start..end), end == length)
    })
}

async fn spoiled(host: &Host, plate: &Arc<Plate>, fault: Fault, id: &RequestId) -> Response {
    let bytes = match &fault {
        Fault::Jpeg => host.files.encode(plate, jpeg_bytes).await,
        _ => host.files.png(plate).await,
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => return answer::xml(500, "InternalError", &error.to_string(), id),
    };
    match fault {
        Fault::Refuse { status, code, message, .. } => {
            let message = message.unwrap_or_else(|| usual_message(&code).into());
            answer::xml(status, &code, &message, id)
        }
        Fault::Html { status } => answer::html(status),
        Fault::LostReply => cut(bytes),
        Fault::TruncatedPng => {
            let half = bytes.slice(..bytes.len() / 2);
            let length = half.len();
            picture(half.into(), length)
        }
        Fault::XmlForPng => {
            let text = answer::xml_text("InternalError", usual_message("InternalError"), id);
            let length = text.len();
            picture(text.into(), length)
        }
        Fault::WrongBytes => {
            let noise: Vec<u8> = (0..bytes.len() as u64).map(|at| mix(at) as u8).collect();
            picture(noise.into(), bytes.len())
        }
        Fault::Jpeg => {
            let length = bytes.len();
            picture(bytes.into(), length)
        }
        Fault::ExpiredUrl | Fault::TaskFailed { .. } | Fault::TaskUnknown | Fault::PartialFailure { .. } => expired(id),
    }
}

/// Half of the promised bytes, then the end of the connection.
fn cut(bytes: Bytes) -> Response {
    let length = bytes.len();
    let half = bytes.slice(..length / 2);
    let end = async {
        // Lets the server write what it has before it learns of the end.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    };
    let halves = stream::iter([Ok::<_, io::Error>(half)]).chain(stream::once(end));
    picture(Body::from_stream(halves), length)
}

fn picture(body: Body, length: usize) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn png_bytes(image: &RgbImage) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = image.dimensions();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub)
        .write_image(image, width, height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    Ok(bytes)
}

fn jpeg_bytes(image: &RgbImage) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = image.dimensions();
    JpegEncoder::new_with_quality(&mut bytes, 85)
        .write_image(image, width, height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    Ok(bytes)
}
