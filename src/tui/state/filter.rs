//! What the queue screen is narrowed down to: words that match, `!word` that must not, `state:failed`, `model:wan2.7*`.

use crate::domain::Job;

/// A filter as it was typed, read anew at each use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter<'a>(&'a str);

/// Names before a colon.
const FIELDS: [&str; 5] = ["state", "model", "id", "project", "row"];

impl<'a> Filter<'a> {
    /// The filter that this text is.
    pub fn new(text: &'a str) -> Filter<'a> {
        Filter(text)
    }

    /// Whether a job passes: every word must hold.
    pub fn passes(&self, job: &Job) -> bool {
        self.0.split_whitespace().all(|word| match word.strip_prefix('!') {
            Some("") => true,
            Some(word) => !holds(job, word),
            None => holds(job, word),
        })
    }
}

fn holds(job: &Job, word: &str) -> bool {
    let word = word.to_lowercase();
    match word.split_once(':').filter(|(field, _)| FIELDS.contains(field)) {
        // Nothing is asked of the field yet.
        Some((_, "")) => true,
        Some((field, wanted)) => fits(&text_of(job, field), wanted.trim_start_matches('#'), field),
        None => {
            let fields = FIELDS.iter().map(|field| text_of(job, field));
            let number = word.strip_prefix('#').is_some_and(|id| id == job.id.to_string());
            number || fields.chain([job.request.prompt.to_lowercase()]).any(|text| text.contains(&word))
        }
    }
}

fn text_of(job: &Job, field: &str) -> String {
    let text = match field {
        "state" => job.phase.word().to_owned(),
        "model" => job.request.model.to_string(),
        "id" => job.id.to_string(),
        "project" => job.project.clone().unwrap_or_default(),
        _ => job.row.as_ref().map(|row| row.name.clone()).unwrap_or_default(),
    };
    text.to_lowercase()
}

/// With a `*` the whole text has to fit; an id is whole anyway, and a state is told by its beginning.
fn fits(text: &str, wanted: &str, field: &str) -> bool {
    match field {
        _ if wanted.contains('*') => glob(text, wanted),
        "id" => text == wanted,
        "state" => text.starts_with(wanted),
        _ => text.contains(wanted),
    }
}

/// Whether `text` is `pattern`, whose stars stand for anything.
fn glob(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{BatchId, Cost, JobId, Mode, Phase, Request, Row, Stamp};

    fn job() -> Job {
        let mut request = Request::new("wan2.7-image-pro".into(), Mode::TextToImage);
        request.prompt = "雪中红狐, a Red fox".into();
        let cost = Cost::Unknown { images: 1 };
        let mut job = Job::queued(JobId(12), Arc::new(request), cost, Stamp(0));
        (job.phase, job.project) = (Phase::Failed, Some("flower-shop".into()));
        job.row = Some(Row { batch: BatchId(1), name: "hero-red".into() });
        job
    }

    #[test]
    fn every_word_must_hold_and_a_mark_turns_it_round() {
        let passes = |text| Filter::new(text).passes(&job());
        for text in [
            "",
            "fox",
            "RED fox",
            "红狐",
            "failed",
            "state:fail",
            "state:FAILED",
            "model:wan2.7*",
            "model:*pro",
            "#12",
            "id:12",
            "hero",
            "row:hero",
            "project:flower",
            "!blue",
            "!state:done",
            "state:",
            "!",
            "fox:",
        ] {
            assert_eq!(passes(text), text != "fox:", "{text}");
        }
        for text in ["blue", "fox blue", "!fox", "state:done", "model:wan2.7", "model:wan2.6*", "id:1", "#1", "!#12"] {
            assert_eq!(passes(text), text == "model:wan2.7", "{text}");
        }
    }
}
