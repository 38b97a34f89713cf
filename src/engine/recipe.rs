//! The recipe of a picture that came, put into its file before the file gets its last name.
//!
//! The picture is paid for: where its recipe cannot be written it is kept as it came, and the job's log says so.

use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::remote::Remote;
use super::worker::Worker;
use crate::api::Download;
use crate::domain::{Job, Keeping, Metadata, text};
use crate::picture::meta;
use crate::recipe::{Picture, Recipe};
use crate::store::{PictureFacts, write_beside};

/// Smaller files are done before another thread has been asked.
const SMALL: u64 = 1 << 20;

impl<R: Remote> Worker<R> {
    /// The recipe of a job's picture, as far as the level lets through.
    pub(super) async fn recipe(&self, job: &Job, index: u32, level: Metadata) -> Option<Recipe> {
        let hashes = self.insist(job.id, |worker| worker.store.input_hashes(job.id, job.request.images.len())).await;
        let picture = Picture { number: index.saturating_add(1), seed: self.seed_of(job, index) };
        Recipe::of(job, Some(picture), &hashes).at(level)
    }

    /// What is to be kept with a job's pictures.
    pub(super) async fn keeping(&self, job: &Job) -> Keeping {
        self.insist(job.id, |worker| worker.store.keeping(job.id)).await.unwrap_or(self.keeping)
    }

    /// A picture's file with its recipe in it, and what is then true of it; as it came where that cannot be.
    pub(super) async fn inscribed(
        &self,
        job: &Job,
        index: u32,
        found: Download,
        level: Metadata,
    ) -> (NamedTempFile, PictureFacts) {
        let Download { file, format, width, height, bytes, sha256 } = found;
        let facts = PictureFacts { format, width, height, bytes, sha256 };
        let Some(recipe) = self.recipe(job, index, level).await else { return (file, facts) };
        let (recipe, words) = (recipe.to_text(), recipe.words((width, height)));
        let path = file.path().to_owned();
        let work = move || inscribe(&path, &recipe, &words);
        let written = if bytes < SMALL {
            work()
        } else {
            // One at a time: a large picture is in memory several times meanwhile.
            let _alone = self.mending.acquire().await;
            tokio::task::spawn_blocking(work).await.unwrap_or_else(|broken| Err(broken.to_string()))
        };
        match written {
            Ok((file, bytes, sha256)) => (file, PictureFacts { bytes, sha256, ..facts }),
            Err(why) => {
                let nth = index + 1;
                self.log(job.id, format!("picture {nth} is saved without its recipe: {}", text::clean(&why))).await;
                (file, facts)
            }
        }
    }

    /// The recipe as a file beside a picture. `level` is the picture's own; where that keeps nothing, the file is the only
    /// place, and has all.
    pub(super) async fn set_beside(&self, job: &Job, index: u32, picture: &Path, level: Metadata) {
        let level = if level == Metadata::None { Metadata::Full } else { level };
        let Some(recipe) = self.recipe(job, index, level).await else { return };
        if let Err(error) = write_beside(picture, &recipe.to_text()) {
            self.log(job.id, format!("the recipe of picture {} is not written beside it: {error}", index + 1)).await;
        }
    }
}

/// A new temporary file beside the first, with the recipe in it, fsynced; its length and SHA-256.
fn inscribe(path: &Path, recipe: &str, words: &str) -> Result<(NamedTempFile, u64, String), String> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let write = || {
        let bytes = meta::write(&std::fs::read(path)?, recipe, words)?;
        let mut file = tempfile::Builder::new().prefix(".pinxit-").tempfile_in(directory)?;
        file.write_all(&bytes)?;
        file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
        file.as_file().sync_all()?;
        Ok((file, bytes.len() as u64, text::hex(&Sha256::digest(&bytes))))
    };
    write().map_err(|error: meta::Unwritable| error.to_string())
}

#[cfg(test)]
mod tests;
