//! The one JSON object a script gets: `pinxit.result/1`.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use crate::catalog::Violation;
use crate::domain::{Billed, Cost, Currency, Fault, Image, Job, Money, Origin, Passage, Phase, TaskId};

/// What came of a command.
#[derive(Debug, Serialize)]
pub struct Envelope {
    schema: &'static str,
    ok: bool,
    command: &'static str,
    job: Option<String>,
    state: Option<&'static str>,
    model: Option<String>,
    project: Option<String>,
    requests: usize,
    images: Vec<Value>,
    story: Vec<Value>,
    document: Option<PathBuf>,
    cost: Option<Value>,
    request_id: Option<String>,
    task_id: Option<String>,
    warnings: Vec<String>,
    error: Option<Value>,
}

impl Envelope {
    /// Nothing came of it, and no job was made.
    pub fn failed(command: &'static str, fault: &Fault) -> Envelope {
        Envelope { request_id: fault.request_id.clone(), error: Some(error(fault)), ..Envelope::empty(command) }
    }

    fn empty(command: &'static str) -> Envelope {
        Envelope {
            schema: "pinxit.result/1",
            ok: false,
            command,
            job: None,
            state: None,
            model: None,
            project: None,
            requests: 0,
            images: vec![],
            story: vec![],
            document: None,
            cost: None,
            request_id: None,
            task_id: None,
            warnings: vec![],
            error: None,
        }
    }

    /// Where a job is; `fault` when that is not where it should be.
    pub fn of_job(command: &'static str, job: &Job, fault: Option<&Fault>, warnings: Vec<String>) -> Envelope {
        Envelope {
            schema: "pinxit.result/1",
            ok: fault.is_none(),
            command,
            job: Some(job.id.to_string()),
            state: Some(job.phase.word()),
            model: Some(job.request.model.to_string()),
            project: job.project.clone(),
            requests: 1,
            images: job.images.iter().map(|image| picture(image, job)).collect(),
            story: job.story.iter().map(|passage| piece(passage, job)).collect(),
            document: job.document.clone(),
            cost: Some(with_budget(cost(job), None)),
            request_id: job.request_id.clone(),
            task_id: job.task.as_ref().map(ToString::to_string),
            warnings,
            error: fault.map(|fault| error(&of_a_job(fault, job))),
        }
    }

    /// What a task of the service brought that no job here knows.
    pub fn of_task(
        command: &'static str,
        task: &TaskId,
        request_id: &Option<String>,
        images: Vec<Value>,
        fault: Option<&Fault>,
    ) -> Envelope {
        Envelope {
            ok: fault.is_none(),
            images,
            request_id: request_id.clone(),
            task_id: Some(task.to_string()),
            error: fault.map(error),
            ..Envelope::empty(command)
        }
    }

    /// Says what is left of the month's budget, if there is one.
    pub fn budget(mut self, left: Option<Money>) -> Envelope {
        self.cost = self.cost.map(|cost| with_budget(cost, left));
        self
    }

    /// Says over how many requests the pictures are split.
    pub fn requests(mut self, count: usize) -> Envelope {
        self.requests = count;
        self
    }

    /// Names the story's file.
    pub fn document(mut self, path: Option<PathBuf>) -> Envelope {
        self.document = path;
        self
    }

    /// Adds what is wrong with the rows of a batch to the error.
    pub fn problems(mut self, problems: Vec<Value>) -> Envelope {
        if let Some(Value::Object(error)) = self.error.as_mut() {
            error.insert("problems".into(), problems.into());
        }
        self
    }

    /// Adds the rules that were broken to the error.
    pub fn violations(mut self, violations: &[Violation]) -> Envelope {
        let row = |violation: &Violation| {
            let Violation { field, rule, message, legal, source } = violation;
            json!({"field": field, "rule": rule, "message": message, "legal": legal, "source": source})
        };
        if let Some(Value::Object(error)) = self.error.as_mut().filter(|_| !violations.is_empty()) {
            error.insert("violations".into(), violations.iter().map(row).collect());
        }
        self
    }
}

/// A piece of a story, as the service's own items are written.
fn piece(passage: &Passage, job: &Job) -> Value {
    match passage {
        Passage::Text(text) => json!({"type": "text", "text": text}),
        Passage::Picture(index) => {
            let path = job.images.iter().find(|image| image.id.index == *index).map(|image| &image.path);
            json!({"type": "image", "image": path})
        }
    }
}

/// A picture on disk, as every list of them has it.
pub fn picture(image: &Image, job: &Job) -> Value {
    let price = match &job.estimate {
        Cost::Known { unit, .. } => Some(*unit),
        Cost::Unknown { .. } => None,
    };
    facts(image, price, job.parent)
}

/// The same of a picture whose job is not at hand: what one costs, and what it was made from.
pub fn facts(image: &Image, price: Option<Money>, parent: Option<Origin>) -> Value {
    json!({
        "id": image.id.to_string(),
        // A name that is no UTF-8 has no place in JSON: it is told as near as can be.
        "path": image.path.to_string_lossy(),
        "sha256": image.sha256,
        "seed": image.seed,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "format": image.format,
        "cost_usd": price.and_then(dollars),
        "parent": parent.map(|parent| parent.to_string()),
    })
}

/// A fault as it is true of the whole job: it speaks of what is missing, and pictures that came were billed all the same.
fn of_a_job(fault: &Fault, job: &Job) -> Fault {
    let billed = match (fault.billed, job.billed_images) {
        (Billed::No, Some(1..)) => Billed::Yes,
        (missing, _) => missing,
    };
    Fault { billed, ..fault.clone() }
}

/// What is billed as far as is known: nothing before the paid call left, the price shown until the service says.
pub fn cost(job: &Job) -> Value {
    let left = job.sent.is_some() && !matches!(job.phase, Phase::Failed | Phase::Cancelled);
    let may_be_paid = job.fault.as_ref().is_some_and(|fault| fault.billed != Billed::No);
    let unpaid = job.billed_images.is_none() && !left && !may_be_paid;
    let cost = if unpaid { job.estimate.for_images(0) } else { job.cost() };
    let total = cost.total();
    let basis = match &cost {
        Cost::Known { basis, .. } => basis.clone(),
        Cost::Unknown { .. } => "price unknown".to_owned(),
    };
    json!({
        "usd": total.and_then(dollars),
        "amount": total.map(Money::units),
        "currency": total.map(|money| money.currency),
        "images": cost.images(),
        "basis": basis,
    })
}

fn with_budget(mut cost: Value, left: Option<Money>) -> Value {
    cost["budget_month_left_usd"] = left.and_then(dollars).into();
    cost
}

fn dollars(money: Money) -> Option<f64> {
    (money.currency == Currency::Usd).then(|| money.units())
}

/// A fault as scripts read it.
pub fn error(fault: &Fault) -> Value {
    json!({
        "code": fault.code,
        "message": fault.message,
        "hint": fault.hint,
        "retryable": fault.retryable,
        "billed": fault.billed,
        "exit": fault.kind.exit(),
    })
}

/// A finished job, for tests.
#[cfg(test)]
pub mod sample {
    use std::sync::Arc;

    use crate::domain::*;

    /// A job of two pictures that brought one.
    pub fn job() -> Job {
        let request = Request {
            written: None,
            model: "wan2.7-image".into(),
            mode: Mode::TextToImage,
            prompt: "a red fox".into(),
            negative_prompt: String::new(),
            images: vec![],
            size: Size::Pixels { width: 2048, height: 1152 },
            n: 2,
            seed: Some(7),
            options: Default::default(),
        };
        let image = Image {
            id: ImageId { job: JobId(1043), index: 0 },
            path: "/p/fox.png".into(),
            sha256: "ab".repeat(32),
            width: 2048,
            height: 1152,
            bytes: 99,
            format: Format::Png,
            seed: Some(7),
            saved: Stamp(5),
        };
        let estimate = Cost::Known { unit: Money::usd(30_000), images: 2, basis: "price file, 2026-04".into() };
        Job {
            phase: Phase::Done,
            since: Stamp(5),
            sent: Some(Stamp(2)),
            ended: Some(Stamp(5)),
            billed_images: Some(1),
            task: Some(TaskId("t-1".into())),
            request_id: Some("r-1".into()),
            expected: 1,
            parent: Some("1039a".parse().unwrap()),
            images: vec![image],
            ..Job::queued(JobId(1043), Arc::new(request), estimate, Stamp(1))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::sample::job;
    use super::*;
    use crate::domain::{FaultKind, Stamp};

    #[test]
    fn a_finished_job_lists_every_picture_and_what_it_cost() {
        let value = serde_json::to_value(Envelope::of_job("gen", &job(), None, vec!["w".into()])).unwrap();
        let expected = json!({
            "schema": "pinxit.result/1", "ok": true, "command": "gen", "job": "1043", "state": "DONE",
            "model": "wan2.7-image", "project": null,
            "requests": 1, "story": [], "document": null,
            "images": [{
                "id": "1043a", "path": "/p/fox.png", "sha256": "ab".repeat(32), "seed": 7, "width": 2048,
                "height": 1152, "bytes": 99, "format": "png", "cost_usd": 0.03,
                "parent": "1039a"
            }],
            "cost": {"usd": 0.03, "amount": 0.03, "currency": "usd", "images": 1, "basis": "price file, 2026-04",
                     "budget_month_left_usd": null},
            "request_id": "r-1", "task_id": "t-1", "warnings": ["w"], "error": null
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_failure_has_the_same_keys_and_says_what_to_do() {
        let fault = Fault::new(FaultKind::Access, "region_mismatch", "no").hint("set it").request_id(Some("r".into()));
        let value = serde_json::to_value(Envelope::failed("gen", &fault)).unwrap();
        let finished = serde_json::to_value(Envelope::of_job("gen", &job(), None, vec![])).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&value), keys(&finished));
        assert_eq!(
            value["error"],
            json!({"code": "region_mismatch", "message": "no", "hint": "set it", "retryable": false, "billed": "no",
                   "exit": 3})
        );
    }

    #[test]
    fn a_job_that_brought_pictures_was_billed_for_them() {
        let refused = Fault::new(FaultKind::Partial, "DataInspectionFailed", "no");
        let of = |job: &Job, fault: &Fault| {
            let value = serde_json::to_value(Envelope::of_job("gen", job, Some(fault), vec![])).unwrap();
            (value["error"]["billed"].clone(), value["cost"]["images"].clone())
        };
        let mut job = Job { phase: Phase::Partial, fault: Some(refused.clone()), ..job() };
        assert_eq!(of(&job, &refused), (json!("yes"), json!(1)));
        // Cancelled while the next request waited for its turn.
        (job.phase, job.sent) = (Phase::Cancelled, None);
        assert_eq!(of(&job, &refused), (json!("yes"), json!(1)));
        job.billed_images = None;
        assert_eq!(of(&job, &refused), (json!("no"), json!(0)));
        let lost = refused.billed(Billed::Unknown);
        job.fault = Some(lost.clone());
        assert_eq!(of(&job, &lost), (json!("unknown"), json!(2)), "it may have cost what was shown");
    }

    #[test]
    fn a_job_that_never_left_cost_nothing_and_yuan_are_not_dollars() {
        let mut job = job();
        (job.phase, job.sent, job.billed_images) = (Phase::Failed, None, None);
        assert_eq!(cost(&job)["usd"], 0.0);
        job = Job { billed_images: Some(2), sent: Some(Stamp(2)), ..job };
        job.estimate =
            Cost::Known { unit: Money { micros: 200_000, currency: Currency::Cny }, images: 2, basis: "b".into() };
        assert_eq!((&cost(&job)["usd"], &cost(&job)["amount"]), (&Value::Null, &json!(0.4)));
        job.estimate = Cost::Unknown { images: 2 };
        assert_eq!(cost(&job)["basis"], "price unknown");
    }
}
