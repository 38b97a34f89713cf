//! Result pictures: painted once asked for (or ahead, while a task waits) and signed like the
//! service's object store. Not here: how a picture is painted (`painter`) and handed over
//! (`delivery`).

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use super::clock::DAY_MS;
use super::easel::Piece;
use super::host::Host;
use super::models::Route;

/// What signs a result's address; the name of the key, which is no secret.
const ACCESS_KEY: &str = "LTAI5tEmulator";

/// One result picture.
#[derive(Debug)]
pub struct Plate {
    piece: Piece,
    /// The path its order came by.
    pub route: Route,
    /// Kept from the first asking until the first whole delivery; painted again after that.
    png: tokio::sync::Mutex<Option<Bytes>>,
}

impl Plate {
    /// Gives the memory back: it was delivered, and can be painted again.
    pub fn wipe(&self) {
        if let Ok(mut kept) = self.png.try_lock() {
            *kept = None;
        }
    }
}

/// What a result's address says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// Right, and young enough.
    Valid,
    /// Right once.
    Expired,
    /// Never given out.
    Forged,
}

/// All result pictures by file name.
#[derive(Debug)]
pub struct Files {
    secret: u64,
    plain: bool,
    plates: Mutex<HashMap<String, Arc<Plate>>>,
    /// Leaves a core to whoever looks at the pictures.
    easels: Semaphore,
}

impl Files {
    /// `plain`: pictures are of one colour.
    pub fn new(secret: u64, plain: bool) -> Files {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Files { secret, plain, plates: Mutex::default(), easels: Semaphore::new(cores.saturating_sub(1).max(1)) }
    }

    /// Takes a picture in and gives the path and query it is found at for 24 h.
    pub fn add(&self, name: &str, piece: Piece, route: Route, now_ms: i64) -> String {
        let expires_s = (now_ms + DAY_MS) / 1000;
        let plate = Plate { piece, route, png: tokio::sync::Mutex::default() };
        self.plates().insert(name.into(), Arc::new(plate));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("Expires", &expires_s.to_string())
            .append_pair("OSSAccessKeyId", ACCESS_KEY)
            .append_pair("Signature", &self.sign(name, &expires_s.to_string()))
            .finish();
        format!("/files/{name}?{query}")
    }

    /// Judges the query of a result's address.
    pub fn judge(&self, name: &str, query: &HashMap<String, String>, now_ms: i64) -> Signed {
        let given = |key: &str| query.get(key).map(String::as_str).unwrap_or_default();
        let expires = given("Expires");
        if given("OSSAccessKeyId") != ACCESS_KEY || given("Signature") != self.sign(name, expires) {
            return Signed::Forged;
        }
        let late = expires.parse::<i64>().is_ok_and(|expires| now_ms >= expires * 1000);
        if late { Signed::Expired } else { Signed::Valid }
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

    /// The same picture as JPEG.
    pub async fn jpeg(&self, plate: &Arc<Plate>) -> io::Result<Bytes> {
        self.encode(plate, jpeg_bytes).await
    }

    pub fn find(&self, name: &str) -> Option<Arc<Plate>> {
        self.plates().get(name).cloned()
    }

    async fn encode(&self, plate: &Arc<Plate>, encoder: fn(&RgbImage) -> io::Result<Vec<u8>>) -> io::Result<Bytes> {
        let _easel = self.easels.acquire().await.map_err(io::Error::other)?;
        let plate = Arc::clone(plate);
        let picture = if self.plain { Piece::fill } else { Piece::paint };
        let painted = tokio::task::spawn_blocking(move || encoder(&picture(&plate.piece)));
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

/// One of our own results, read by its address without a delivery; `None` if the address is not,
/// or no longer, good.
pub async fn own(host: &Host, url: &Url) -> Option<Bytes> {
    let name = url.path().strip_prefix("/files/")?;
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    if host.files.judge(name, &query, host.clock.now_ms()) != Signed::Valid {
        return None;
    }
    let plate = host.files.find(name)?;
    host.files.png(&plate).await.ok()
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
