//! The jobs, newest first, and which one is selected.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::{Event, ImageId, Job, JobId, ModelId};

use super::State;

/// The jobs on screen.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// The selected job; goes to whatever the user submits.
    pub selected: Option<JobId>,
    /// What is kept back.
    pub paused: Paused,
    /// How long a request of a model takes, by its last ones.
    pub medians: BTreeMap<ModelId, Duration>,
}

/// What is kept back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paused {
    /// Everything.
    pub all: bool,
    /// Jobs of these models.
    pub models: BTreeSet<ModelId>,
}

impl Paused {
    /// Whether a model's jobs are kept back.
    pub fn holds(&self, model: &ModelId) -> bool {
        self.all || self.models.contains(model)
    }

    /// Whether anything is.
    pub fn any(&self) -> bool {
        self.all || !self.models.is_empty()
    }
}

/// Whether pictures of a job are missing that the service may still keep.
pub fn can_refetch(job: &Job) -> bool {
    let missing = usize::try_from(job.expected).is_ok_and(|expected| expected > job.images.len());
    missing && job.phase.on(Event::Refetch).is_some()
}

impl State {
    /// Whether sending a job again would send anything: one with a picture on disk goes on where it stopped, and there
    /// must be a request left to send.
    pub fn can_resend(&self, job: &Job) -> bool {
        let parts = || self.catalog.get(job.request.model.as_str()).map_or(1, |model| model.parts(&job.request).len());
        let left = || usize::try_from(job.answered).is_ok_and(|answered| answered < parts());
        job.phase.on(Event::Retry).is_some() && (job.images.is_empty() || left())
    }
}

impl Queue {
    /// The selected job.
    pub fn job(&self) -> Option<&Job> {
        self.selected.and_then(|id| self.get(id))
    }

    /// A job by its id.
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// Place of the selected job from the top.
    pub fn index(&self) -> Option<usize> {
        self.jobs.iter().position(|job| Some(job.id) == self.selected)
    }

    /// The selected job, when it tells a story.
    pub fn story(&self) -> Option<&Job> {
        self.job().filter(|job| !job.story.is_empty())
    }

    /// The name of a saved picture by its file.
    pub fn image_at(&self, path: &std::path::Path) -> Option<ImageId> {
        self.jobs.iter().flat_map(|job| &job.images).find(|image| image.path == path).map(|image| image.id)
    }

    /// A saved picture by its id.
    pub fn image(&self, id: ImageId) -> Option<&crate::domain::Image> {
        self.get(id.job)?.images.iter().find(|image| image.id == id)
    }
}
