//! Local input pictures, copied when a job is made, so that what is sent is what was chosen, whatever becomes of the file
//! meanwhile. A copy is named by its content, so a picture used in many jobs is kept once. Looking into pictures is
//! [`picture`](crate::picture)'s; contents that were uploaded are in [`uploads`](super::uploads).

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::{NewJob, Store, StoreError, schema};
use crate::domain::{InputFacts, JobId, Reference, Request, text};
use crate::picture::{self, Unusable};

/// Copies lie here, below the data directory.
const INPUTS: &str = "inputs";

/// What a copy is called until it is whole.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// A copy's name in the directory, and its content.
#[derive(Debug, Clone)]
struct Copied {
    name: String,
    sha256: String,
}

/// The copies of the local pictures of some jobs, by the path the user gave.
#[derive(Debug, Default)]
pub(super) struct Copies(HashMap<PathBuf, Copied>);

impl Store {
    /// The copy of a job's local input picture number `index` (from 0, counted among all its pictures), made by
    /// [`Store::enqueue`]; `None` for one that is not a file.
    pub fn input(&self, job: JobId, index: usize) -> Result<Option<PathBuf>, StoreError> {
        let name = self.read(|tx| {
            let found = tx
                .prepare_cached("SELECT path FROM input WHERE job = ?1 AND idx = ?2")?
                .query_row(params![job.0, index as i64], |row| row.get::<_, String>(0))
                .optional()?;
            Ok(found)
        })?;
        Ok(name.map(|name| self.inputs().join(name)))
    }

    /// The SHA-256 of a job's local input pictures, by their places among all `count` of them.
    pub fn input_hashes(&self, job: JobId, count: usize) -> Result<Vec<Option<String>>, StoreError> {
        self.read(|tx| {
            let mut hashes = vec![None; count];
            let mut found = tx.prepare_cached("SELECT idx, sha256 FROM input WHERE job = ?1")?;
            let mut rows = found.query([job.0])?;
            while let Some(row) = rows.next()? {
                if let Some(place) = hashes.get_mut(row.get::<_, u32>(0)? as usize) {
                    *place = row.get(1)?;
                }
            }
            Ok(hashes)
        })
    }

    /// The copy of an input picture by its content, whichever job it was made for; `None` where there is none.
    pub fn input_of(&self, sha256: &str) -> Result<Option<PathBuf>, StoreError> {
        let name = self.read(|tx| {
            let mut found = tx.prepare_cached("SELECT path FROM input WHERE sha256 = ?1 LIMIT 1")?;
            Ok(found.query_row([sha256], |row| row.get::<_, String>(0)).optional()?)
        })?;
        Ok(name.map(|name| self.inputs().join(name)).filter(|path| path.is_file()))
    }

    pub(super) fn inputs(&self) -> PathBuf {
        self.inner.places.data.join(INPUTS)
    }

    /// Copies every local picture of some jobs. All of them are looked at before the first is copied.
    pub(super) fn copy_inputs(&self, jobs: &[NewJob]) -> Result<Copies, StoreError> {
        let files = jobs.iter().flat_map(|job| files(&job.request)).map(|(_, path)| path);
        let mut facts = HashMap::new();
        for path in files {
            if !facts.contains_key(path) {
                facts.insert(path, picture::facts(path).map_err(|why| unusable(path, &why))?);
            }
        }
        if facts.is_empty() {
            return Ok(Copies::default());
        }
        let home = self.inputs();
        schema::make_private(&home)?;
        let mut copies = Copies::default();
        for (path, facts) in facts {
            copies.0.insert(path.to_owned(), copy(path, &facts, &home)?);
        }
        // The names are durable only when the directory is.
        File::open(&home).and_then(|dir| dir.sync_all()).map_err(StoreError::io(&home))?;
        Ok(copies)
    }
}

impl Copies {
    /// Writes down which copies a new job uses.
    pub(super) fn record(&self, tx: &Transaction<'_>, id: JobId, request: &Request) -> Result<(), StoreError> {
        let mut insert = tx.prepare_cached("INSERT INTO input (job, idx, path, sha256) VALUES (?1, ?2, ?3, ?4)")?;
        for (index, path) in files(request) {
            if let Some(copied) = self.0.get(path) {
                insert.execute(params![id.0, index as i64, copied.name, copied.sha256])?;
            }
        }
        Ok(())
    }
}

/// The local pictures of a request, with their places among all of them.
fn files(request: &Request) -> impl Iterator<Item = (usize, &Path)> {
    request.images.iter().enumerate().filter_map(|(index, image)| match image {
        Reference::File(path) => Some((index, path.as_path())),
        Reference::Url(_) => None,
    })
}

fn copy(path: &Path, facts: &InputFacts, home: &Path) -> Result<Copied, StoreError> {
    let io = || StoreError::io(home);
    let source = File::open(path).map_err(|why| unusable(path, &why.into()))?;
    let mut copy = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(home).map_err(io())?;
    let mut hash = Sha256::new();
    let mut source = source.take(facts.bytes.saturating_add(1));
    let mut length = 0;
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = source.read(&mut piece).map_err(|why| unusable(path, &why.into()))?;
        if read == 0 {
            break;
        }
        length += read as u64;
        hash.update(&piece[..read]);
        copy.write_all(&piece[..read]).map_err(io())?;
    }
    if length != facts.bytes {
        return Err(StoreError::Input { path: path.to_owned(), reason: "it changed while it was read".into() });
    }
    let sha256 = text::hex(&hash.finalize());
    let name = format!("{sha256}.{}", facts.format.extension());
    let kept = home.join(&name);
    if std::fs::symlink_metadata(&kept).is_ok_and(|found| found.is_file() && found.len() == length) {
        return Ok(Copied { name, sha256 });
    }
    copy.as_file().sync_all().map_err(io())?;
    copy.persist(&kept).map_err(|refused| StoreError::Io { path: kept.clone(), source: refused.error })?;
    Ok(Copied { name, sha256 })
}

fn unusable(path: &Path, why: &Unusable) -> StoreError {
    let reason = match why {
        Unusable::Io(error) if error.kind() == std::io::ErrorKind::NotFound => "there is no such file".into(),
        Unusable::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => "it may not be read".into(),
        other => other.to_string(),
    };
    StoreError::Input { path: path.to_owned(), reason }
}
