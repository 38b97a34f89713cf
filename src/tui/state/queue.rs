//! The jobs, newest first, and which one is selected.

use crate::domain::{ImageId, Job, JobId};

/// The jobs on screen.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// The selected job; goes to whatever the user submits.
    pub selected: Option<JobId>,
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

    /// A saved picture by its id.
    pub fn image(&self, id: ImageId) -> Option<&crate::domain::Image> {
        self.get(id.job)?.images.iter().find(|image| image.id == id)
    }
}
