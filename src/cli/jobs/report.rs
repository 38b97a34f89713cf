//! What is heard of a job on its way. A person: a line for each change, and a story's words as they come. A script that asks
//! for them: events.

use serde_json::Value;

use crate::domain::{Job, Phase, Stamp, text};

use super::super::print::Json;
use super::super::{desk, print};
use super::events::Events;
use super::follow::{Form, Manner, is_at_rest};
use super::reading::{Bit, Reading};

/// What has been said so far.
#[derive(Debug)]
pub struct Report<'a> {
    /// What a script hears, and what it is told at the start.
    events: Option<(Events, &'a [String])>,
    quiet: bool,
    /// Whether a story is read out: not beside JSON, which has it whole.
    reads: bool,
    said: Option<(Phase, String)>,
    reading: Reading,
    /// The cursor stands behind words, not at the beginning of a line.
    is_open: bool,
}

impl<'a> Report<'a> {
    /// Nothing yet.
    pub fn new(manner: &Manner, warnings: &'a [String]) -> Report<'a> {
        let reads = !manner.quiet && manner.form == Form::Paths;
        let events = (manner.form == Form::Json(Json::Lines)).then(|| (Events::default(), warnings));
        Report { events, quiet: manner.quiet, reads, said: None, reading: Reading::default(), is_open: false }
    }

    /// Says what is new about the job.
    pub fn on(&mut self, job: &Job) {
        if let Some((events, warnings)) = &mut self.events {
            // Nobody listening is no reason to leave a paid job: the result will meet the same closed pipe.
            let write = |event: &Value| Json::Lines.write(event).is_ok();
            let _ = events.on(job, warnings, desk::now()).iter().all(write);
        }
        if self.quiet {
            return;
        }
        if self.reads {
            self.read(job);
        }
        // Each poll is no news, nor is how long a story is that is being read out; why a job waits its turn is.
        let is_read = self.reads && job.phase == Phase::Submitting && !job.story.is_empty();
        let is_polled = matches!(job.phase, Phase::Waiting | Phase::Running | Phase::Adopted);
        let note = if is_polled || is_read { String::new() } else { job.note.clone() };
        // The end is told by whoever asked us to watch.
        if is_at_rest(job.phase) && job.until.is_none() {
            self.close();
        } else if !self.knows(job.phase, &note, is_read) {
            self.close();
            let now = desk::now();
            let words = if note.is_empty() { note.clone() } else { job.says(now) };
            print::say(progress(job, &words, now));
            self.said = Some((job.phase, note));
        }
    }

    fn knows(&self, phase: Phase, note: &str, is_read: bool) -> bool {
        self.said.as_ref().is_some_and(|(said, words)| *said == phase && (is_read || words == note))
    }

    fn read(&mut self, job: &Job) {
        for bit in self.reading.go_on(&job.story) {
            match bit {
                Bit::Words(words) => {
                    // A passage begins with the line feeds that set it off from the one before.
                    let words = if self.is_open { words } else { words.trim_start_matches('\n') };
                    print::murmur(words);
                    self.is_open = if words.is_empty() { self.is_open } else { !words.ends_with('\n') };
                }
                Bit::Picture(index) => {
                    self.close();
                    print::say(format!("[picture {}]", index + 1));
                }
            }
        }
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.is_open) {
            print::say("");
        }
    }
}

impl Drop for Report<'_> {
    /// Whoever speaks next begins a line.
    fn drop(&mut self) {
        self.close();
    }
}

/// One line: `#12 QUEUED 3s  throttled, next try in 4 s`.
fn progress(job: &Job, note: &str, now: Stamp) -> String {
    let age = job.elapsed(now).as_secs();
    let line = format!("#{} {} {age}s  {}", job.id, job.phase, text::clean(note));
    line.trim_end().to_owned()
}
