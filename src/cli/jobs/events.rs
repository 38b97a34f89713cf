//! `--ndjson`: what happens to a job, a line of JSON each (`pinxit.event/1`). Pure: which events a look at the job brings.
//!
//! Events are read off the job as the store has it, so what passed between two looks (a short upload) may be without one;
//! `queued`, `submitted`, `image` and `saved` never are.

use serde_json::{Map, Value, json};

use crate::domain::{Job, Passage, Phase, Reference, Stamp, text};

use super::super::envelope;

/// What has been told of a job.
#[derive(Debug, Default)]
pub struct Events {
    is_queued: bool,
    sent: Option<Stamp>,
    phase: Option<Phase>,
    note: String,
    /// Pictures the service has made, as far as told.
    made: u32,
    /// Pictures on disk, by index, as far as told.
    saved: Vec<u32>,
}

impl Events {
    /// What is new about the job. `warnings` are told with the first look.
    pub fn on(&mut self, job: &Job, warnings: &[String], now: Stamp) -> Vec<Value> {
        let event = |kind: &str, at: Stamp, more: Value| {
            let mut out = Map::new();
            out.insert("schema".into(), "pinxit.event/1".into());
            out.insert("type".into(), kind.into());
            out.insert("job".into(), job.id.to_string().into());
            out.insert("ts".into(), at.0.into());
            out.extend(more.as_object().cloned().unwrap_or_default());
            Value::Object(out)
        };
        let mut out = vec![];
        if !std::mem::replace(&mut self.is_queued, true) {
            out.push(event("queued", job.created, json!({"model": job.request.model})));
            out.extend(warnings.iter().map(|words| event("warning", now, json!({"message": words}))));
        }
        let is_moved = self.phase.replace(job.phase) != Some(job.phase);
        let has_files = job.request.images.iter().any(|image| matches!(image, Reference::File(_)));
        if is_moved && job.phase == Phase::Preparing && has_files {
            out.push(event("uploading", job.since, json!({"images": job.request.images.len()})));
        }
        if job.sent.is_some() && self.sent != job.sent {
            self.sent = job.sent;
            out.push(event("submitted", job.sent.unwrap_or(now), json!({"task_id": job.task})));
        }
        if is_moved && matches!(job.phase, Phase::Waiting | Phase::Running) {
            out.push(event("polling", job.since, json!({"state": job.phase.word(), "task_id": job.task})));
        }
        if std::mem::replace(&mut self.note, job.note.clone()) != job.note {
            let words = text::clean(&job.says(now)).into_owned();
            let told = json!({"message": words, "until": job.until});
            out.extend(trouble(&job.note).map(|kind| event(kind, now, told)));
        }
        let made = made(job);
        for index in self.made..made {
            out.push(event("image", now, json!({"image": index + 1, "of": made.max(job.expected)})));
        }
        self.made = self.made.max(made);
        for image in job.images.iter().filter(|image| !self.saved.contains(&image.id.index)) {
            let mut found = envelope::picture(image, job);
            found["image"] = (image.id.index + 1).into();
            out.push(event("saved", image.saved, found));
        }
        self.saved = job.images.iter().map(|image| image.id.index).collect();
        out
    }
}

/// How many pictures the service has made, as far as is known.
fn made(job: &Job) -> u32 {
    let told = job.story.iter().filter_map(|passage| match passage {
        Passage::Picture(index) => Some(index + 1),
        Passage::Text(_) => None,
    });
    told.chain(job.images.iter().map(|image| image.id.index + 1)).max().unwrap_or(0).max(job.expected)
}

/// The event for a note of something that goes wrong and is tried again.
fn trouble(note: &str) -> Option<&'static str> {
    if note.starts_with("throttled") {
        return Some("throttled");
    }
    let is_tried_again = ["next try", "retrying", "trying again"].iter().any(|words| note.contains(words));
    is_tried_again.then_some("warning")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;

    fn kinds(events: &[Value]) -> Vec<&str> {
        events.iter().map(|event| event["type"].as_str().unwrap()).collect()
    }

    #[test]
    fn each_thing_is_told_once_and_nothing_paid_is_left_out() {
        let mut events = Events::default();
        let done = sample::job();
        let mut job = Job { phase: Phase::Queued, sent: None, images: vec![], expected: 0, ..done.clone() };
        (job.note, job.until) = ("throttled, next try".into(), Some(Stamp(4_009)));
        let first = events.on(&job, &["w".into()], Stamp(9));
        assert_eq!(kinds(&first), ["queued", "warning", "throttled"]);
        assert_eq!((&first[2]["message"], &first[2]["until"]), (&json!("throttled, next try in 4 s"), &json!(4_009)));
        assert_eq!((&first[0]["job"], &first[0]["ts"], &first[1]["message"]), (&json!("1043"), &json!(1), &json!("w")));
        assert_eq!(kinds(&events.on(&job, &["w".into()], Stamp(9))), [""; 0]);
        // All between was not looked at.
        let last = events.on(&done, &[], Stamp(9));
        assert_eq!(kinds(&last), ["submitted", "image", "saved"]);
        assert_eq!((&last[2]["path"], &last[2]["image"], &last[2]["ts"]), (&json!("/p/fox.png"), &json!(1), &json!(5)));
        assert_eq!(kinds(&events.on(&done, &[], Stamp(9))), [""; 0]);
    }
}
