//! Picture files: where they are brought, how they get their last name, and the rows that say so.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{OptionalExtension, params};
use tempfile::NamedTempFile;

use super::inputs::UNFINISHED;
use super::journal::{touch, write_log};
use super::names::{self, Place};
use super::{Store, StoreError, ledger, schema};
use crate::domain::{Format, Image, ImageId, Job, Mode, Now, text};

/// Facts of a checked picture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFacts {
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

/// Half-fetched files of the usual place lie here, on the same file system, out of sight.
const INCOMING: &str = ".incoming";

/// A half-fetched file this old belongs to no download that could still be running.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Directory where temporary files for a job's pictures go (the same file system as their last place). Made, together
    /// with the last place, and proved writable: a job whose pictures cannot be kept must fail before it is paid.
    pub fn incoming(&self, job: &Job) -> Result<PathBuf, StoreError> {
        let incoming = if job.out.is_some() {
            let home = self.place(job, job.created).home().to_owned();
            std::fs::create_dir_all(&home).map_err(StoreError::io(&home))?;
            home
        } else {
            let hidden = self.inner.places.pictures.join(INCOMING);
            schema::make_private(&hidden)?;
            hidden
        };
        tempfile::tempfile_in(&incoming).map_err(StoreError::io(&incoming))?;
        Ok(incoming)
    }

    /// Gives a checked temporary file its last name, never overwriting, and records the picture. A picture that is
    /// recorded already is not recorded again: the first one is returned.
    pub fn keep(
        &self,
        job: &Job,
        index: u32,
        file: NamedTempFile,
        facts: PictureFacts,
        now: Now,
    ) -> Result<Image, StoreError> {
        let id = ImageId { job: job.id, index };
        if let Some(kept) = self.kept(id)? {
            return Ok(kept);
        }
        // All pictures of one call carry the moment it left, so that they lie together.
        let moment = job.sent.unwrap_or(now);
        let place = self.place(job, moment);
        let directory = place.directory();
        std::fs::create_dir_all(directory).map_err(StoreError::io(directory))?;
        let names = place.names(job, index, &ledger::local(moment), facts.format);
        let path = self.settle_name(file, names, &facts)?;
        // The name itself is durable only when the directory is.
        File::open(directory).and_then(|dir| dir.sync_all()).map_err(StoreError::io(directory))?;
        let image = Image {
            id,
            path,
            sha256: facts.sha256,
            width: facts.width,
            height: facts.height,
            bytes: facts.bytes,
            format: facts.format,
            seed: job.request.seed,
            saved: now,
        };
        self.write(|tx, revision| {
            tx.prepare_cached(
                "INSERT INTO image (job, idx, path, sha256, width, height, bytes, format, seed, saved)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                job.id.0,
                index,
                image.path.as_os_str().as_bytes(),
                image.sha256,
                image.width,
                image.height,
                image.bytes as i64,
                image.format.extension(),
                image.seed,
                now.0
            ])?;
            write_log(tx, job.id, &format!("saved {}", image.path.display()), now)?;
            touch(tx, job.id, revision)
        })?;
        Ok(image)
    }

    fn kept(&self, id: ImageId) -> Result<Option<Image>, StoreError> {
        Ok(self.job(id.job)?.and_then(|job| job.images.into_iter().find(|image| image.id == id)))
    }

    /// Where a job's files go. A story is one place, whichever call its parts came with.
    pub(super) fn place(&self, job: &Job, moment: Now) -> Place {
        let moment = if job.request.mode == Mode::Interleave { job.created } else { moment };
        names::place(job, Path::is_dir, &self.inner.places.pictures, &ledger::local(moment))
    }

    /// Takes the first free name. A file of the same content that no row knows is this very picture, saved by a process
    /// that died before it could write the row: it is taken as it is.
    fn settle_name(
        &self,
        mut file: NamedTempFile,
        names: impl Iterator<Item = PathBuf>,
        facts: &PictureFacts,
    ) -> Result<PathBuf, StoreError> {
        for name in names {
            // The name of a picture whose file was deleted is not given to another one.
            if self.is_recorded(&name)? {
                continue;
            }
            match file.persist_noclobber(&name) {
                Ok(_) => return Ok(name),
                Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => {
                    if is_same(&name, facts) {
                        return Ok(name);
                    }
                    file = refused.file;
                }
                Err(refused) => return Err(StoreError::Io { path: name, source: refused.error }),
            }
        }
        unreachable!("there is always a next number")
    }

    fn is_recorded(&self, path: &Path) -> Result<bool, StoreError> {
        self.read(|tx| {
            let found = tx
                .query_row("SELECT 1 FROM image WHERE path = ?1", [path.as_os_str().as_bytes()], |_| Ok(()))
                .optional()?;
            Ok(found.is_some())
        })
    }

    /// Removes what a download or a copy that was killed left behind. A file that cannot be removed does no harm.
    pub(super) fn sweep_incoming(&self, now: Now) {
        sweep(&self.inner.places.pictures.join(INCOMING), "", now);
        sweep(&self.inputs(), UNFINISHED, now);
    }
}

/// Removes old files whose name begins with `prefix`.
pub(super) fn sweep(dir: &Path, prefix: &str, now: Now) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes())) {
        let made = entry.metadata().ok().and_then(|facts| facts.modified().ok());
        let age = made.and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        let stale = age.is_some_and(|made| now.since(crate::domain::Stamp(0)).saturating_sub(made) > STALE);
        if stale {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn is_same(path: &Path, facts: &PictureFacts) -> bool {
    use sha2::{Digest, Sha256};
    let same_length = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == facts.bytes);
    same_length && std::fs::read(path).is_ok_and(|bytes| text::hex(&Sha256::digest(&bytes)) == facts.sha256)
}
