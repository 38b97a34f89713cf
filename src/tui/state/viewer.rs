//! The picture on the whole screen: what is seen of it, and whether its drawer is open. Which picture it is, is
//! [`Preview`](super::Preview)'s to say.

use std::path::Path;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::{Dialog, Lens, Part, State};
use crate::domain::lineage::Near;
use crate::domain::{Away, Card, Fault, Image, ImageId, Job, JobId};

/// The picture on the whole screen.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// What is seen of it.
    pub lens: Lens,
    /// What is known about it stands beside it.
    pub drawer: bool,
    /// The first line shown of that.
    pub top: usize,
    /// The part of it that was last asked of the painter.
    pub asked: Option<Part>,
    /// The part that is painted; stays until its successor is ready.
    pub shown: Option<(Part, Result<Arc<Buffer>, Fault>)>,
    /// Whose picture it is, where that is no job of the queue.
    pub guest: Option<Box<Job>>,
    /// What is near its job: the one that was asked about, and the answer.
    pub near: NearBook,
}

/// What is near a job, and the job last asked about.
#[derive(Debug, Clone, Default)]
pub struct NearBook {
    /// Asked about; its answer may be on its way.
    pub asked: Option<JobId>,
    /// The answer.
    pub here: Option<Near>,
}

impl State {
    /// A job that is known here, wherever it is listed.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        let is = |job: &&Job| job.id == id;
        let guest = || self.viewer.guest.as_deref().filter(is);
        let told = || self.lineage.rows.iter().map(|kin| &kin.job).find(is);
        let near = || {
            let near = self.viewer.near.here.as_ref()?;
            [&near.job, &near.parent].into_iter().flatten().map(Box::as_ref).find(is)
        };
        self.queue.get(id).or_else(guest).or_else(told).or_else(near)
    }

    /// A saved picture by its id, wherever its job is listed.
    pub fn image(&self, id: ImageId) -> Option<&Image> {
        let shelved = || self.gallery.get(id).map(|card| &card.image);
        self.job(id.job).and_then(|job| job.images.iter().find(|image| image.id == id)).or_else(shelved)
    }

    /// Whether a picture is off the shelf, and where it is then.
    pub fn away(&self, id: ImageId) -> Option<Away> {
        let shelved = || self.gallery.get(id).and_then(|card| card.binned).map(|_| Away::Binned);
        self.job(id.job).map_or_else(shelved, |job| job.away(id))
    }

    /// What the user said of a picture, where that is known here.
    pub fn card(&self, id: ImageId) -> Option<&Card> {
        let near = || self.viewer.near.here.as_ref()?.cards.iter().find(|card| card.image.id == id);
        self.gallery.get(id).or_else(near)
    }

    /// The name of a saved picture by its file, wherever its job is listed.
    pub fn image_at(&self, path: &Path) -> Option<ImageId> {
        let told = self.lineage.rows.iter().map(|kin| &kin.job);
        let mut others = told.chain(self.viewer.guest.as_deref()).flat_map(|job| &job.images);
        let picked = || self.first_of_two.as_ref().map(|picked| &picked.image);
        let mut other = || others.find(|image| image.path == path).or_else(picked).filter(|image| image.path == path);
        self.queue.image_at(path).or_else(|| other().map(|image| image.id))
    }

    /// The job a job was made from, as far as it is known here.
    pub fn parent_of(&self, job: &Job) -> Option<&Job> {
        job.parent.and_then(|origin| self.job(origin.job))
    }

    /// The job of the picture on the whole screen; below it, the selected one.
    pub fn viewed(&self) -> Option<&Job> {
        if matches!(self.dialog, Some(Dialog::Zoom)) {
            let wanted = self.preview.wanted.and_then(|id| self.job(id.job));
            return wanted.or(self.viewer.guest.as_deref());
        }
        self.queue.job()
    }
}
