//! A job: one request on its way from the form to pictures on disk. Its life is in [`Phase`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::text;
use super::{BatchId, Cost, Fault, Image, ImageId, JobId, Origin, Passage, Phase, Request, Stamp, TaskId};

/// A job as the store has it at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Where it is in its life.
    pub phase: Phase,
    /// What was asked. Never changes after submit; the form is never read again.
    pub request: Arc<Request>,
    /// When the user submitted it.
    pub created: Stamp,
    /// When the phase last changed.
    pub since: Stamp,
    /// When the paid call left; `None` before.
    pub sent: Option<Stamp>,
    /// When it ended; `None` before.
    pub ended: Option<Stamp>,
    /// What it would cost, as shown before submit.
    pub estimate: Cost,
    /// Pictures the service says it billed; `None` until it says.
    pub billed_images: Option<u32>,
    /// The server's task, on an asynchronous route.
    pub task: Option<TaskId>,
    /// The service's id of the last request.
    pub request_id: Option<String>,
    /// The prompt as the service rewrote it, where it says.
    pub actual_prompt: Option<String>,
    /// Pictures expected and saved so far are `images.len()` of `expected`; 0 until the answer is there.
    pub expected: u32,
    /// Of the requests its pictures are split over, how many are answered; the next one to send has this number.
    pub answered: u32,
    /// Words and pictures in turn, as far as they are here; empty unless it is interleaved.
    pub story: Vec<Passage>,
    /// The story's Markdown file, once it is written.
    pub document: Option<std::path::PathBuf>,
    /// What went wrong, if something did.
    pub fault: Option<Fault>,
    /// What it is doing just now, in a few plain words; empty for nothing to say. See [`Job::says`].
    pub note: String,
    /// The moment the note counts down to, where it says that something is tried again.
    pub until: Option<Stamp>,
    /// Its place among the jobs that wait: the lowest goes first. Rows of a batch stand behind everything else.
    pub place: i64,
    /// What it is booked under; `None` for nothing.
    pub project: Option<String>,
    /// The row of a batch it was made for.
    pub row: Option<Row>,
    /// What it was made from: a job's words and settings were loaded into the form and changed, or its picture was.
    pub parent: Option<Origin>,
    /// The user's name for it and what is made from it.
    pub name: Option<String>,
    /// A dead end: folded away in the tree, with what was made from it.
    pub hidden: bool,
    /// The user has put it out of sight; it stays in the history.
    pub cleared: bool,
    /// Where its pictures go, when not the usual place (`-o`).
    pub out: Option<std::path::PathBuf>,
    /// Pictures on disk.
    pub images: Vec<Image>,
    /// Those of them that are off the shelf, by their place in the answer.
    #[serde(default)]
    pub away: BTreeMap<u32, Away>,
}

/// Where a picture is that is off the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Away {
    /// In the bin: its file is where it was, and it can be brought back.
    Binned,
    /// Its file was deleted for good.
    Purged,
}

impl Away {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Away::Binned => "in the bin",
            Away::Purged => "deleted for good",
        }
    }
}

impl Job {
    /// One that has just been made and waits for its turn, behind those with a smaller number.
    pub fn queued(id: JobId, request: Arc<Request>, estimate: Cost, created: Stamp) -> Job {
        Job {
            id,
            phase: Phase::Queued,
            request,
            created,
            since: created,
            sent: None,
            ended: None,
            estimate,
            billed_images: None,
            task: None,
            request_id: None,
            actual_prompt: None,
            expected: 0,
            answered: 0,
            story: Vec::new(),
            document: None,
            fault: None,
            note: String::new(),
            until: None,
            place: id.0,
            project: None,
            row: None,
            parent: None,
            name: None,
            hidden: false,
            cleared: false,
            out: None,
            images: Vec::new(),
            away: BTreeMap::new(),
        }
    }

    /// Whether one of its pictures is off the shelf, and where it is then.
    pub fn away(&self, id: ImageId) -> Option<Away> {
        self.away.get(&id.index).copied().filter(|_| id.job == self.id)
    }

    /// What it cost as far as is known: what the service said it billed, at the estimate's price.
    pub fn cost(&self) -> Cost {
        match self.billed_images {
            Some(count) => self.estimate.for_images(count),
            None => self.estimate.clone(),
        }
    }

    /// The prompt and what the service made of it, where it made anything of it and says so.
    pub fn rewritten(&self) -> Option<(&str, &str)> {
        let (before, after) = (self.request.prompt.as_str(), self.actual_prompt.as_deref()?);
        (!after.trim().is_empty() && before.trim() != after.trim()).then_some((before, after))
    }

    /// What it is doing now, with the time left until something is tried again: `throttled, next try in 8 s`. Whole seconds,
    /// so that it changes once a second.
    pub fn says(&self, now: Stamp) -> String {
        match self.until {
            Some(until) if until > now => {
                let left = std::time::Duration::from_secs(until.since(now).as_millis().div_ceil(1000) as u64);
                format!("{} in {}", self.note, text::span(left))
            }
            Some(_) => format!("{} now", self.note),
            None => self.note.clone(),
        }
    }

    /// When it left and when it arrived, for ages and medians.
    pub fn elapsed(&self, now: Stamp) -> std::time::Duration {
        self.ended.unwrap_or(now).since(self.sent.unwrap_or(self.created))
    }
}

/// A job's place in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which batch.
    pub batch: BatchId,
    /// The row's own name, or its number.
    pub name: String,
}

/// One line of a job's own log, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub at: Stamp,
    /// What happened.
    pub text: String,
}
