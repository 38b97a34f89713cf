//! What came of a batch: a summary and how to go on for people, one object for scripts, an exit code for both.

use serde_json::{Value, json};

use crate::domain::{BatchId, Fault, FaultKind, Job, Phase, text};
use crate::store::Store;

use super::super::desk;
use super::super::jobs::Ended;
use super::super::{envelope, failure, print};
use super::plan::count;
use super::tally::{Tally, verdict};
use super::watch::{Manner, is_no_access};

/// What is told of a batch once it is no longer watched.
#[derive(Debug)]
pub struct Told<'a> {
    /// The word that was typed.
    pub command: &'static str,
    /// Where its jobs are.
    pub store: &'a Store,
    /// Which.
    pub batch: BatchId,
    /// Why the watch ended.
    pub ended: Ended,
    /// The work goes on without us.
    pub goes_on: bool,
    /// How it was watched.
    pub manner: &'a Manner,
    /// On the emulator of its own.
    pub demo: bool,
}

impl Told<'_> {
    /// Tells it; the exit code. Stopping may have brought the jobs further than they were when last seen.
    pub fn tell(&self, seen: Vec<Job>) -> anyhow::Result<u8> {
        let jobs = self.store.batch_jobs(self.batch).unwrap_or(seen);
        let tally = Tally::of(jobs.iter(), self.manner.zero, desk::now());
        let fault = self.fault(&jobs, &tally);
        if let Some(json) = self.manner.form {
            json.write(&self.result(&jobs, &tally, fault.as_ref()))?;
        }
        if !self.manner.quiet {
            print::say(format!("b{}: {}", self.batch, summary(&tally)));
        }
        fault.iter().for_each(failure::tell);
        Ok(fault.map_or(0, |fault| fault.kind.exit()))
    }

    fn fault(&self, jobs: &[Job], tally: &Tally) -> Option<Fault> {
        let batch = format!("b{}", self.batch);
        let kind = verdict(jobs.iter())?;
        let open = tally.live + tally.waiting;
        let fault = |kind, code: &str, message: String| Some(Fault::new(kind, code, message));
        let fault = match (self.ended, kind) {
            (Ended::Stopped, FaultKind::Unfinished) => {
                let message = format!("Stopped watching {batch}: {} still to end.", rows_are(open));
                fault(FaultKind::Interrupted, "interrupted", message)
            }
            (Ended::Late, FaultKind::Unfinished) => {
                fault(kind, "timeout", format!("{batch}: {} still to end.", rows_are(open)))
            }
            (_, FaultKind::Unfinished) if jobs.iter().any(is_no_access) => {
                let why = jobs.iter().rfind(|job| is_no_access(job)).and_then(|job| job.fault.clone());
                let why = why.map(|fault| format!(" {}", fault.message)).unwrap_or_default();
                let message = format!("{batch} is paused, {} kept back: all would be refused.{why}", rows_are(open));
                fault(FaultKind::Access, "refused", message)
            }
            (_, FaultKind::Unfinished) => fault(kind, "held", format!("{batch}: {} kept back.", rows_are(open))),
            (_, FaultKind::Unsure) => {
                let message = format!("{batch}: {} sent, and nobody knows what became of it.", rows_were(tally.unsure));
                fault(kind, "unsure", message)
            }
            (_, kind) => {
                let missing = tally.rows - tally.done;
                fault(kind, "rows_missing", format!("{batch}: {} not all there.", rows_are(missing)))
            }
        }?;
        Some(self.advised(fault, tally))
    }

    /// With what to do, and whether something may be billed.
    fn advised(&self, fault: Fault, tally: &Tally) -> Fault {
        let batch = format!("b{}", self.batch);
        let hint = match fault.code.as_str() {
            _ if self.demo => {
                "The demo's emulator forgets its tasks when it ends; the same command goes on with the rest.".into()
            }
            "refused" => "The same command goes on with it once that is mended.".into(),
            "held" => format!("`pinxit batch resume {batch}` lets a batch go on."),
            "interrupted" | "timeout" if self.goes_on => {
                format!("The work goes on: `pinxit batch status {batch}`, and `pinxit batch stop {batch}` stops it.")
            }
            "interrupted" | "timeout" => "Nothing more is sent. The same command goes on with it.".into(),
            "unsure" => format!("It is not sent again by itself. `pinxit batch status {batch}` names the rows."),
            _ => format!(
                "`pinxit batch retry {batch}` sends failed rows again; `pinxit batch status {batch}` says why they failed."
            ),
        };
        let doubt = if tally.unsure > 0 { crate::domain::Billed::Unknown } else { fault.billed };
        fault.hint(hint).billed(doubt)
    }

    fn result(&self, jobs: &[Job], tally: &Tally, fault: Option<&Fault>) -> Value {
        json!({
            "schema": "pinxit.batch/1",
            "ok": fault.is_none(),
            "command": self.command,
            "batch": self.batch.to_string(),
            "counts": tally.json(),
            "rows": jobs.iter().map(row).collect::<Vec<_>>(),
            "error": fault.map(envelope::error),
        })
    }
}

fn rows_are(number: usize) -> String {
    format!("{} {}", count(number, "row"), if number == 1 { "is" } else { "are" })
}

fn rows_were(number: usize) -> String {
    format!("{} {}", count(number, "row"), if number == 1 { "was" } else { "were" })
}

/// `48 rows: 46 done, 1 failed, 1 unsure; 46 pictures, $1.380 billed`.
pub fn summary(tally: &Tally) -> String {
    let words = [
        (tally.done, "done"),
        (tally.failed, "failed"),
        (tally.unsure, "unsure"),
        (tally.cancelled, "cancelled"),
        (tally.live, "at work"),
        (tally.waiting, "waiting"),
    ];
    let words: Vec<_> =
        words.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let (rows, pictures) = (count(tally.rows, "row"), count(tally.images, "picture"));
    format!("{rows}: {}; {pictures}, {} billed", words.join(", "), tally.spent.words())
}

/// A row as scripts read it, whole.
pub fn row(job: &Job) -> Value {
    let images: Vec<_> = job.images.iter().map(|image| envelope::picture(image, job)).collect();
    json!({
        "schema": "pinxit.row/1",
        "row": job.row.as_ref().map(|row| &row.name),
        "job": job.id.to_string(),
        "state": job.phase.word(),
        "ok": job.phase == Phase::Done,
        "model": job.request.model,
        "prompt": job.request.prompt,
        "seed": job.request.seed,
        "paths": job.images.iter().map(|image| &image.path).collect::<Vec<_>>(),
        "sha256": job.images.iter().map(|image| &image.sha256).collect::<Vec<_>>(),
        "images": images,
        "document": job.document,
        "cost": envelope::cost(job),
        "project": job.project,
        "task_id": job.task.as_ref().map(ToString::to_string),
        "request_id": job.request_id,
        "error": job.fault.as_ref().filter(|_| job.phase != Phase::Done).map(envelope::error),
        "note": text::clean(&job.note),
        "request": &*job.request,
    })
}
