//! The history screen: families of jobs, the newest first, and which job is selected. What a family is, is
//! [`domain::lineage`](crate::domain::lineage)'s to say.

use super::{Dialog, Line, Screen, Sight, State, Thumb};
use crate::domain::lineage::{Kin, Sum, branch, has_words, sum};
use crate::domain::{Away, Image, Job, JobId};

/// The history screen.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    /// The jobs of the families that were read, each below the one it was made from.
    pub rows: Vec<Kin>,
    /// How many families there are in all; `None` while words are asked for, or before the first answer.
    pub families: Option<u32>,
    /// There are older ones.
    pub more: bool,
    /// Some of them have more jobs than there was room for.
    pub cut: bool,
    /// The selected job.
    pub selected: Option<JobId>,
    /// The job selected elsewhere when the screen was come to last.
    pub followed: Option<JobId>,
    /// Words the families shown have; empty for all.
    pub words: String,
    /// Families asked for at most.
    pub most: usize,
    /// What was asked for last: words, and how many families.
    pub asked: Option<(String, usize)>,
    /// What `rows` is the answer to.
    pub answered: Option<(String, usize)>,
    /// The small picture of the selected job, and that of what it was made from.
    pub thumbs: [Thumb; 2],
}

/// A word being typed into a dialog of its own.
#[derive(Debug, Clone)]
pub struct WordEntry {
    /// What it is for.
    pub purpose: Purpose,
    /// What is typed.
    pub line: Line,
}

/// What a word is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The name of a job and what is made from it.
    Name(JobId),
    /// Words of jobs to find.
    Find,
}

impl Lineage {
    /// Families read at a time.
    pub const PAGE: usize = 100;

    /// The rows that are shown: below a dead end nothing is.
    pub fn shown(&self) -> Vec<&Kin> {
        let mut folded: Option<usize> = None;
        let mut is_shown = |kin: &&Kin| {
            if folded.is_some_and(|depth| kin.depth > depth) {
                return false;
            }
            folded = kin.job.hidden.then_some(kin.depth);
            true
        };
        self.rows.iter().filter(|kin| is_shown(kin)).collect()
    }

    /// Place of the selected job among those shown.
    pub fn at(&self) -> Option<usize> {
        self.shown().iter().position(|kin| Some(kin.job.id) == self.selected)
    }

    /// The selected job, if it is shown.
    pub fn chosen(&self) -> Option<&Kin> {
        self.shown().into_iter().find(|kin| Some(kin.job.id) == self.selected)
    }

    /// What the selected job and everything made from it come to.
    pub fn branch(&self) -> Option<Sum> {
        let at = self.rows.iter().position(|kin| Some(kin.job.id) == self.selected)?;
        Some(sum(branch(&self.rows, at)))
    }

    /// Whether a job is one of those that were looked for.
    pub fn is_found(&self, job: &Job) -> bool {
        has_words(job, &self.words)
    }

    /// Whether what is shown is what was asked for last.
    pub fn is_here(&self) -> bool {
        self.answered.is_some() && self.answered == self.asked
    }
}

impl State {
    /// The job selected on the history screen.
    pub fn in_history(&self) -> Option<&Job> {
        self.lineage.chosen().map(|kin| &kin.job)
    }

    /// What small pictures are of: the first picture of the selected job, and the one that job was made from. Where it is
    /// not known which, the first one of its parent.
    pub fn in_grove(&self) -> [Option<&Image>; 2] {
        let Some(job) = self.in_history() else { return [None, None] };
        let parent = job.parent.and_then(|origin| {
            let images = &self.job(origin.job)?.images;
            origin.picture.map_or_else(|| images.first(), |index| images.iter().find(|image| image.id.index == index))
        });
        [job.images.first(), parent]
    }

    /// The same as pictures to paint, while the history screen is not covered whole.
    pub fn sights_in_grove(&self) -> Option<[Option<Sight>; 2]> {
        let covered = matches!(self.dialog, Some(Dialog::Zoom | Dialog::Compare(_)));
        let sight = |image: &Image| Sight { path: image.path.clone(), size: (image.width, image.height) };
        let here = self.screen == Screen::History && !covered;
        let is_there = |image: &&Image| self.away(image.id) != Some(Away::Purged);
        here.then(|| self.in_grove().map(|image| image.filter(is_there).map(sight)))
    }
}
