//! A recipe by whatever name it was given.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;

use crate::catalog::Model;
use crate::config::Config;
use crate::domain::{Fault, FaultKind, ModelId, text};
use crate::picture::{self, meta};
use crate::recipe::{Picture, Recipe, adapt, foreign};
use crate::store::Store;

use super::super::desk;
use super::super::show::named;

/// Longest picture or text read.
const BYTES_MAX: u64 = 256 << 20;

/// Finds it. `model`: what another tool's words are meant for, where they are that; else the usual one.
pub fn find(what: &OsStr, config: &Config, model: Option<&str>) -> anyhow::Result<Recipe> {
    let path = Path::new(what);
    let id = what.to_str().and_then(named).filter(|_| !path.exists());
    if let Some((id, name)) = id {
        let store = desk::store(config)?;
        return of_job(&store, id, name);
    }
    let target = Target { config, model };
    match what.to_str() {
        Some("-") => of_bytes(&gulp(io::stdin().lock(), "stdin")?, "stdin", &target),
        _ => open(path, &text::clean(&path.display().to_string()), &target),
    }
}

/// The recipe in a file, whose name alone is told; `model` as in [`find`].
pub fn of_file(path: &Path, config: &Config, model: &str) -> anyhow::Result<Recipe> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    open(path, &text::clean(&name), &Target { config, model: Some(model) })
}

fn open(path: &Path, shown: &str, target: &Target) -> anyhow::Result<Recipe> {
    let is_file = std::fs::metadata(path).is_ok_and(|facts| facts.is_file() || !facts.is_dir());
    let file = std::fs::File::open(path).map_err(|error| unreadable(shown, &error))?;
    if !is_file {
        return Err(wrong(format!("{shown} is a directory.")).into());
    }
    of_bytes(&gulp(file, shown)?, shown, target)
}

fn of_bytes(bytes: &[u8], name: &str, target: &Target) -> anyhow::Result<Recipe> {
    match picture::sniff(bytes) {
        Err(picture::Unusable::NotAPicture(_)) => of_text(bytes, name, target),
        _ => of_picture(bytes, name, target),
    }
}

fn wrong(message: String) -> Fault {
    Fault::new(FaultKind::Invalid, "recipe", message)
}

fn unreadable(name: &str, error: &io::Error) -> Fault {
    wrong(format!("{name} cannot be read: {error}."))
}

fn gulp(source: impl Read, name: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    source.take(BYTES_MAX).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    Ok(bytes)
}

/// The model another tool's words are for.
struct Target<'a> {
    config: &'a Config,
    model: Option<&'a str>,
}

impl Target<'_> {
    fn model(&self) -> Result<(ModelId, &Model), Fault> {
        let id = self.model.unwrap_or(self.config.settings.model.as_str());
        let model = self.config.catalog.get(id).ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "model_unknown", format!("There is no model {}.", text::clean(id)))
                .hint("`pinxit models` lists them.")
        })?;
        Ok((id.into(), model))
    }

    fn adapted(&self, found: foreign::Foreign) -> Result<Recipe, Fault> {
        let (id, model) = self.model()?;
        Ok(adapt(found, &id, model))
    }
}

fn of_text(bytes: &[u8], name: &str, target: &Target) -> anyhow::Result<Recipe> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(wrong(format!("{name} is neither a picture nor text.")).into());
    };
    if text.trim().is_empty() {
        return Err(wrong(format!("{name} is empty: no recipe came.")).into());
    }
    match Recipe::parse(text) {
        Ok(recipe) => Ok(recipe),
        Err(why) => match foreign::read(&[("parameters", text), ("prompt", text)]) {
            Some(found) => Ok(target.adapted(found)?),
            None => Err(wrong(format!("{name} cannot be used: {why}.")).into()),
        },
    }
}

/// The recipe a picture file's bytes carry, where there is one that can be read; another tool's is meant for the usual model.
pub fn carried(bytes: &[u8], config: &Config) -> Option<Recipe> {
    of_picture(bytes, "it", &Target { config, model: None }).ok()
}

fn of_picture(bytes: &[u8], name: &str, target: &Target) -> anyhow::Result<Recipe> {
    let records = meta::records(bytes);
    let ours = records.iter().filter(|record| record.key == meta::RECIPE).map(|record| Recipe::parse(&record.text));
    let ours: Vec<_> = ours.collect();
    let mut why = None;
    for read in ours {
        match read {
            Ok(mut recipe) => {
                // A stranger's picture must not have a file of ours sent that it can only guess the name of.
                for input in recipe.inputs.iter_mut().filter(|input| input.sha256.is_none()) {
                    input.path = None;
                }
                return Ok(recipe);
            }
            Err(error) => why = Some(error),
        }
    }
    let texts: Vec<_> = records.iter().map(|record| (record.key.as_str(), record.text.as_str())).collect();
    if let Some(found) = foreign::read(&texts) {
        return Ok(target.adapted(found)?);
    }
    let fault = match why {
        Some(why) => wrong(format!("The recipe in {name} cannot be used: {why}.")),
        None => wrong(format!("There is no recipe in {name}.")),
    };
    Err(fault.hint("`pinxit meta read` shows the words a file has.").into())
}

fn of_job(store: &Store, id: crate::domain::JobId, name: &str) -> anyhow::Result<Recipe> {
    let unknown = |message: String| Fault::new(FaultKind::Invalid, "picture_unknown", message);
    let job = store.job(id)?.ok_or_else(|| {
        unknown(format!("There is neither a file nor a job {id}.")).hint("`pinxit queue` lists the jobs there are.")
    })?;
    let hashes = store.input_hashes(id, job.request.images.len())?;
    let picture = match name {
        "" => None,
        name => {
            let image = job.images.iter().find(|image| image.id.to_string() == format!("{id}{name}"));
            let image = image.ok_or_else(|| unknown(format!("Job {id} has no picture {id}{name} here.")))?;
            Some(Picture { number: image.id.index + 1, seed: image.seed })
        }
    };
    Ok(Recipe::of(&job, picture, &hashes))
}
