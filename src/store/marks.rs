//! What the user thinks of pictures: stars, rejects, tags, projects, and the bin.
//!
//! The bin is a mark. A picture in it is out of sight and its file stays where it is, so that it comes back to the very
//! place it had, whatever happens meanwhile. Only a purge deletes files, of what is in the bin and has no star, and the recipe
//! that was written beside such a file; the row stays, and with it the history and what was paid.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::{OptionalExtension, Transaction, params};

use super::journal::{touch, write_log};
use super::keeping::written_beside;
use super::{Store, StoreError, jobs};
use crate::domain::{ImageId, JobId, Mark, Now, text};

/// Pictures purged in one commit: nobody else waits for long.
const AT_ONCE: usize = 100;

/// Jobs that are told of at most when pictures are marked, the newest: studios list no more ended ones from the start, and
/// what they show of older ones they read anew.
const TOLD: usize = 500;

/// Marks, and the pictures each of them changed.
pub type Marked = Vec<(Vec<ImageId>, Mark)>;

/// What came of a purge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// Pictures whose files are gone.
    pub gone: Vec<ImageId>,
    /// Recipes beside them that are gone too.
    pub recipes: Vec<PathBuf>,
    /// Bytes that were freed.
    pub bytes: u64,
    /// Files that could not be deleted, and why. They stay in the bin.
    pub kept: Vec<(ImageId, PathBuf, String)>,
}

impl Store {
    /// Marks pictures in one commit; those of them for which that changed anything. A picture that was purged is none of
    /// the bin's any more.
    pub fn mark(&self, ids: &[ImageId], mark: &Mark, now: Now) -> Result<Vec<ImageId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let marked = self.mark_all(ids, std::slice::from_ref(mark), false, now)?;
        Ok(marked.into_iter().flat_map(|(changed, _)| changed).collect())
    }

    /// Puts several marks on pictures in one commit, however many; those each of them changed, marks that changed nothing left
    /// out. With `turn` a mark that is on all of them already is taken off.
    pub fn mark_all(&self, ids: &[ImageId], marks: &[Mark], turn: bool, now: Now) -> Result<Marked, StoreError> {
        self.write(|tx, revision| {
            let mut done = Vec::new();
            for mark in marks {
                let mut mark = mark.clone();
                let mut changed = each(tx, ids, &mark, now)?;
                if changed.is_empty() && turn {
                    mark = mark.undone();
                    changed = each(tx, ids, &mark, now)?;
                }
                if !changed.is_empty() {
                    done.push((changed, mark));
                }
            }
            let jobs: BTreeSet<JobId> = done.iter().flat_map(|(ids, _)| ids).map(|id| id.job).collect();
            jobs.into_iter().rev().take(TOLD).try_for_each(|job| touch(tx, job, revision))?;
            Ok(done)
        })
    }

    /// How many pictures a purge of the bin would delete, and their bytes.
    pub fn bin_size(&self) -> Result<(u64, u64), StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM image
                 WHERE binned IS NOT NULL AND purged IS NULL AND NOT star",
            )?;
            let sizes = |row: &rusqlite::Row<'_>| {
                Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
            };
            Ok(found.query_row([], sizes)?)
        })
    }

    /// Books jobs under a project, or under none; how many changed.
    pub fn book(&self, ids: &[JobId], project: Option<&str>) -> Result<usize, StoreError> {
        self.write(|tx, revision| {
            let mut changed = 0;
            for &id in ids {
                let mut set = tx.prepare_cached("UPDATE job SET project = ?2 WHERE id = ?1 AND project IS NOT ?2")?;
                if set.execute(params![id.0, project])? > 0 {
                    touch(tx, id, revision)?;
                    changed += 1;
                }
            }
            Ok(changed)
        })
    }

    /// Pictures that were put into the bin last, all at once, and are still there.
    pub fn last_binned(&self) -> Result<Vec<ImageId>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT job, idx FROM image WHERE purged IS NULL AND binned = (SELECT max(binned) FROM image
                 WHERE binned IS NOT NULL AND purged IS NULL) ORDER BY job, idx",
            )?;
            let rows = found.query_map([], |row| Ok(ImageId { job: JobId(row.get(0)?), index: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Everything in the bin that has no star: what a purge may delete.
    pub fn in_bin(&self) -> Result<Vec<ImageId>, StoreError> {
        self.read(|tx| {
            let mut found = tx.prepare_cached(
                "SELECT job, idx FROM image WHERE binned IS NOT NULL AND purged IS NULL AND NOT star ORDER BY job, idx",
            )?;
            let rows = found.query_map([], |row| Ok(ImageId { job: JobId(row.get(0)?), index: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Deletes the files of these pictures for good, as far as they are in the bin and have no star, and the recipes pinxit wrote
    /// beside them. One that is gone already is as good as deleted; one that is no plain file any more is kept.
    pub fn purge(&self, ids: &[ImageId], now: Now) -> Result<Purged, StoreError> {
        let mut purged = Purged::default();
        for some in ids.chunks(AT_ONCE) {
            self.write(|tx, revision| {
                for &id in some {
                    let Some((path, bytes)) = doomed(tx, id)? else { continue };
                    // The files first: should the commit fail, the next purge finds them gone. The recipe before the picture:
                    // what stays in the bin is found again.
                    let recipe = written_beside(id, &path);
                    let gone = recipe.as_deref().map_or(Ok(()), delete).map_err(|error| (recipe.clone(), error));
                    match gone.and_then(|()| delete(&path).map_err(|error| (None, error))) {
                        Ok(()) => {
                            tx.prepare_cached("UPDATE image SET purged = ?3 WHERE job = ?1 AND idx = ?2")?
                                .execute(params![id.job.0, id.index, now.0])?;
                            write_log(tx, id.job, &format!("purged {}", text::clean(&path.to_string_lossy())), now)?;
                            touch(tx, id.job, revision)?;
                            purged.gone.push(id);
                            purged.recipes.extend(recipe);
                            purged.bytes += bytes;
                        }
                        Err((recipe, error)) => purged.kept.push((id, recipe.unwrap_or(path), error.to_string())),
                    }
                }
                Ok(())
            })?;
        }
        Ok(purged)
    }
}

/// The pictures that a mark changed.
fn each(tx: &Transaction<'_>, ids: &[ImageId], mark: &Mark, now: Now) -> Result<Vec<ImageId>, StoreError> {
    let mut changed = Vec::new();
    for &id in ids {
        if put(tx, id, mark, now)? {
            changed.push(id);
        }
    }
    Ok(changed)
}

/// Whether it changed anything.
fn put(tx: &Transaction<'_>, id: ImageId, mark: &Mark, now: Now) -> Result<bool, StoreError> {
    let (job, idx) = (id.job.0, id.index);
    let changed = match mark {
        Mark::Star(on) => tx
            .prepare_cached("UPDATE image SET star = ?3 WHERE job = ?1 AND idx = ?2 AND star <> ?3")?
            .execute(params![job, idx, on])?,
        Mark::Reject(on) => tx
            .prepare_cached("UPDATE image SET rejected = ?3 WHERE job = ?1 AND idx = ?2 AND rejected <> ?3")?
            .execute(params![job, idx, on])?,
        Mark::Tag(word, true) => tx
            .prepare_cached(
                "INSERT OR IGNORE INTO tag (job, idx, word) SELECT job, idx, ?3 FROM image WHERE job = ?1 AND idx = ?2",
            )?
            .execute(params![job, idx, word])?,
        Mark::Tag(word, false) => tx
            .prepare_cached("DELETE FROM tag WHERE job = ?1 AND idx = ?2 AND word = ?3")?
            .execute(params![job, idx, word])?,
        Mark::Bin(true) => tx
            .prepare_cached(
                "UPDATE image SET binned = ?3 WHERE job = ?1 AND idx = ?2 AND binned IS NULL AND purged IS NULL",
            )?
            .execute(params![job, idx, now.0])?,
        Mark::Bin(false) => tx
            .prepare_cached(
                "UPDATE image SET binned = NULL WHERE job = ?1 AND idx = ?2 AND binned IS NOT NULL AND purged IS NULL",
            )?
            .execute(params![job, idx])?,
    };
    Ok(changed > 0)
}

/// The file of a picture that may be purged, and its length.
fn doomed(tx: &Transaction<'_>, id: ImageId) -> Result<Option<(PathBuf, u64)>, StoreError> {
    let mut found = tx.prepare_cached(
        "SELECT path, bytes FROM image
         WHERE job = ?1 AND idx = ?2 AND binned IS NOT NULL AND purged IS NULL AND NOT star",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((jobs::path(row.get_ref(0)?), row.get::<_, i64>(1)?.unsigned_abs()));
    let found = found.query_row(params![id.job.0, id.index], row).optional()?;
    Ok(found.and_then(|(path, bytes)| Some((path?, bytes))))
}

fn delete(path: &std::path::Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(facts) if facts.is_file() => std::fs::remove_file(path),
        Ok(_) => Err(std::io::Error::other("it is no plain file any more")),
    }
}
