//! `pinxit show --json`: what is known about pictures, as scripts read it. The file is read itself: its size, its format, its
//! hash and its recipe are what lies there now; what the shelf knows has the names that `pinxit list --json` has. The recipe
//! alone for people, too (`--recipe`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::print::Json;
use super::super::{desk, envelope, failure, print, recipe, shelf};
use super::{Item, find};
use crate::config::Config;
use crate::domain::{Card, Currency, Fault, FaultKind, Format, Image, ImageId, JobId, text};
use crate::picture;
use crate::recipe::Recipe;
use crate::store::Store;

/// Longest file read.
const BYTES_MAX: u64 = 256 << 20;

/// A picture file as it lies there.
struct File {
    path: PathBuf,
    sha256: String,
    width: u32,
    height: u32,
    bytes: u64,
    format: Format,
    recipe: Option<Recipe>,
}

/// Tells of all of them; what is no picture is said on stderr, listed in the object, and the others are told all the same.
pub fn run(config: &Config, form: Json, what: &[OsString]) -> anyhow::Result<u8> {
    let (mut code, mut store, mut images, mut errors) = (0, None, vec![], vec![]);
    for what in what {
        let mut refuse = |error: anyhow::Error| -> anyhow::Result<()> {
            let fault = error.downcast::<Fault>()?;
            failure::tell(&fault);
            code = fault.kind.exit();
            let mut error = envelope::error(&fault);
            error["what"] = text::clean(&what.to_string_lossy()).into();
            errors.push(error);
            Ok(())
        };
        let items = match find(what, config, &mut store) {
            Ok(items) => items,
            Err(error) => {
                refuse(error)?;
                continue;
            }
        };
        for item in items {
            match (tell(item, config, &mut store), form) {
                (Err(error), _) => refuse(error)?,
                (Ok(value), Json::Object) => images.push(value),
                (Ok(mut value), Json::Lines) => {
                    value["schema"] = "pinxit.picture/1".into();
                    form.write_safe(&value)?;
                }
            }
        }
    }
    if form == Json::Object {
        form.write_safe(&json!({
            "schema": "pinxit.show/1", "ok": errors.is_empty(), "count": images.len(), "images": images,
            "errors": errors,
        }))?;
    }
    Ok(code)
}

/// Prints what a picture was made from, in a few lines.
pub fn recipe(item: &Item, config: &Config) -> anyhow::Result<()> {
    let file = read(&item.path, config)?;
    let words = match &file.recipe {
        Some(recipe) => recipe.words((file.width, file.height)),
        None => "It does not say what it was made from.".to_owned(),
    };
    Ok(words.lines().try_for_each(|line| print::line(format!("  {line}")))?)
}

fn tell(item: Item, config: &Config, store: &mut Option<Store>) -> anyhow::Result<Value> {
    let file = read(&item.path, config)?;
    let card = match item.card {
        Some(card) => Some(card),
        None => on_shelf(&file, config, store)?,
    };
    let mut value = match card {
        Some(card) => shelf::value(&as_it_lies(card, &file)),
        None => stray(&file),
    };
    value["recipe"] = serde_json::to_value(&file.recipe)?;
    Ok(value)
}

fn read(path: &Path, config: &Config) -> anyhow::Result<File> {
    use std::io::Read;
    let unusable = |e: picture::Unusable| super::unusable(path, &e);
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|e| unusable(e.into()))?;
    if bytes.len() as u64 > BYTES_MAX {
        let words = format!("{} is too large to be read whole.", text::clean(&path.display().to_string()));
        return Err(Fault::new(FaultKind::Invalid, "picture_too_large", words).into());
    }
    let header = picture::sniff(&bytes).map_err(unusable)?;
    Ok(File {
        path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        sha256: text::hex(&Sha256::digest(&bytes)),
        width: header.width,
        height: header.height,
        bytes: bytes.len() as u64,
        format: header.format,
        recipe: recipe::carried(&bytes, config),
    })
}

/// What the shelf knows of a file: by where it lies; of a copy elsewhere by the name in its recipe, where it is that picture to
/// the last byte.
fn on_shelf(file: &File, config: &Config, store: &mut Option<Store>) -> anyhow::Result<Option<Card>> {
    if store.is_none() && !desk::places(config).is_ok_and(|places| Store::exists(&places)) {
        return Ok(None);
    }
    let store = match store {
        Some(store) => store,
        None => store.insert(desk::store(config)?),
    };
    let real = file.path.canonicalize().unwrap_or_else(|_| file.path.clone());
    for path in [&file.path, &real] {
        if let Some(card) = store.card_at(path)?.filter(|card| card.purged.is_none()) {
            return Ok(Some(card));
        }
    }
    let named = file.recipe.as_ref().and_then(|recipe| {
        let (job, picture) = (recipe.job.as_ref()?.id, recipe.picture.as_ref()?.number);
        Some(ImageId { job: JobId(job), index: picture.checked_sub(1)? })
    });
    let card = named.map(|id| store.card(id)).transpose()?.flatten();
    Ok(card.filter(|card| card.image.sha256 == file.sha256))
}

/// The picture on the shelf, with what is true of the file.
fn as_it_lies(card: Card, file: &File) -> Card {
    let image = Image {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        width: file.width,
        height: file.height,
        bytes: file.bytes,
        format: file.format,
        ..card.image
    };
    Card { image, ..card }
}

/// A file the shelf does not know: the same names, and what its recipe says.
fn stray(file: &File) -> Value {
    let recipe = file.recipe.as_ref();
    let request = recipe.map(|recipe| &recipe.request);
    let picture = recipe.and_then(|recipe| recipe.picture.as_ref());
    let cost = recipe.and_then(|recipe| recipe.cost.as_ref());
    json!({
        "id": null,
        "path": file.path.to_string_lossy(),
        "sha256": file.sha256,
        "seed": picture.and_then(|picture| picture.seed).or_else(|| request?.seed),
        "width": file.width,
        "height": file.height,
        "bytes": file.bytes,
        "format": file.format,
        "cost_usd": cost.filter(|cost| cost.currency == Currency::Usd).map(|cost| cost.each),
        "parent": null,
        "job": null,
        "cost": cost.map(|cost| json!({"amount": cost.each, "currency": cost.currency})),
        "model": request.map(|request| &request.model),
        "mode": request.map(|request| request.mode.id()),
        "prompt": request.map(|request| &request.prompt),
        "asked": null,
        "saved": null,
        "took_s": null,
        "project": null,
        "name": null,
        "batch": null,
        "star": false,
        "rejected": false,
        "tags": [],
        "binned": null,
    })
}
