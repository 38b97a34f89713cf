//! What came of jobs: paths or JSON on stdout, a sentence on stderr, an exit code.

use crate::domain::{Billed, Cost, Fault, FaultKind, Job, JobId, Phase};
use crate::store::Store;

use super::super::envelope::Envelope;
use super::super::{desk, failure, print, show};
use super::follow::{Ended, Form, Manner};

/// Tells it of every job, as it is now; the highest of their exit codes. A job's line of JSON is an envelope.
pub fn tell(manner: &Manner, store: &Store, jobs: &[(JobId, Ended)], warnings: Vec<String>) -> anyhow::Result<u8> {
    let mut worst = 0;
    for (id, ended) in jobs {
        let job = store.job(*id)?.ok_or_else(|| anyhow::anyhow!("job {id} is gone from the data store"))?;
        worst = worst.max(tell_one(manner, store, &job, *ended, warnings.clone())?);
    }
    Ok(worst)
}

/// The line of JSON that a job's story ends with.
pub fn envelope(
    manner: &Manner,
    store: &Store,
    job: &Job,
    fault: Option<&Fault>,
    warnings: Vec<String>,
) -> anyhow::Result<Envelope> {
    let model = manner.catalog.get(job.request.model.as_str());
    let requests = model.map_or(1, |model| model.parts(&job.request).len());
    let left = desk::month_left(store)?;
    Ok(Envelope::of_job(manner.command, job, fault, warnings).requests(requests).budget(left))
}

/// What is wrong with a job that goes no further by itself.
pub fn of_job(manner: &Manner, job: &Job) -> Option<Fault> {
    fault(manner, job, Ended::Job)
}

fn tell_one(manner: &Manner, store: &Store, job: &Job, ended: Ended, mut warnings: Vec<String>) -> anyhow::Result<u8> {
    let fault = fault(manner, job, ended);
    if let Some(mismatch) = mismatch(job) {
        print::say(format!("note: {mismatch}"));
        warnings.push(mismatch);
    }
    let images = job.images.iter().map(|image| &image.path);
    match manner.form {
        Form::Json(json) => json.write(&envelope(manner, store, job, fault.as_ref(), warnings)?)?,
        Form::Paths => images.clone().chain(&job.document).map(|path| path.display()).try_for_each(print::line)?,
        Form::Bytes => images.clone().try_for_each(|path| print::bytes(&std::fs::read(path)?))?,
    }
    if let Some(screen) = manner.preview {
        images.into_iter().try_for_each(|path| show::preview(path, screen))?;
    }
    match &fault {
        None if !manner.quiet => print::say(summary(job)),
        None => {}
        Some(fault) => failure::tell(fault),
    }
    Ok(fault.map_or(0, |fault| fault.kind.exit()))
}

/// What is wrong with where the job is; `None` when every picture is on disk.
fn fault(manner: &Manner, job: &Job, ended: Ended) -> Option<Fault> {
    let id = job.id;
    let own = |kind, code: &str, message: String| match &job.fault {
        Some(fault) => Fault { kind, ..fault.clone() },
        None => Fault::new(kind, code, message),
    };
    let kept = match manner.demo {
        true => "It is kept, but the demo's emulator forgets its tasks when it ends.".to_owned(),
        false if manner.background && ended != Ended::Job => {
            format!("It goes on in the background: `pinxit wait {id}` waits for it, `pinxit cancel {id}` stops it.")
        }
        false => format!("It is kept: `pinxit wait {id}` takes it up again where it is."),
    };
    let fault = match (job.phase, ended) {
        (Phase::Done, _) => return None,
        (Phase::Partial, _) => {
            let message = format!("#{id}: {} of {} pictures could be had.", job.images.len(), job.expected);
            own(FaultKind::Partial, "partial", message)
        }
        (Phase::Unsure, _) => {
            let message = format!("#{id} was sent, and no answer came.");
            let fault = own(FaultKind::Unsure, "unsure", message).billed(Billed::Unknown);
            if fault.hint.is_empty() {
                fault.hint("It is not sent again by itself: decide in `pinxit`.")
            } else {
                fault
            }
        }
        (Phase::Failed | Phase::Expired, _) => {
            let words = if job.phase == Phase::Failed { "failed" } else { "is older than the service remembers" };
            let kind = job.fault.as_ref().map_or(FaultKind::Other, |fault| fault.kind);
            own(kind, "failed", format!("#{id} {words}."))
        }
        (Phase::Cancelled, _) => own(FaultKind::Interrupted, "cancelled", format!("#{id} was cancelled.")),
        (Phase::Held, _) => Fault::new(FaultKind::Unfinished, "held", format!("#{id} is held back.")).hint(kept),
        (phase, Ended::Stopped) => {
            let what = if manner.background { "No longer watched" } else { "Stopped" };
            let message = format!("{what} while #{id} was {phase}.");
            Fault::new(FaultKind::Interrupted, "interrupted", message).hint(kept).billed(billed(job))
        }
        (phase, _) => {
            let message = format!("#{id} is still {phase} after {} s.", manner.timeout.unwrap_or(0));
            Fault::new(FaultKind::Unfinished, "timeout", message).hint(kept).billed(billed(job)).retryable()
        }
    };
    let request_id = fault.request_id.clone().or_else(|| job.request_id.clone());
    Some(fault.request_id(request_id))
}

/// Whether a job that goes on has been paid for: until the answer is here, nobody knows.
fn billed(job: &Job) -> Billed {
    match (job.sent, job.billed_images) {
        (None, _) => Billed::No,
        (Some(_), Some(1..)) => Billed::Yes,
        _ => Billed::Unknown,
    }
}

/// A word when the service bills other than it delivers.
fn mismatch(job: &Job) -> Option<String> {
    let (billed, here) = (job.billed_images?, job.images.len());
    (job.phase.is_ended() && billed as usize != here)
        .then(|| format!("the service billed {billed} pictures, {here} are on disk"))
}

/// `#12 DONE 4s, 1 picture, $0.075 (price file, 2026-04)`
pub fn summary(job: &Job) -> String {
    let pictures = match job.images.len() {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    let seconds = job.elapsed(job.since).as_secs();
    let cost = match job.cost() {
        Cost::Known { ref basis, .. } => job.cost().total().map_or(String::new(), |total| format!("{total} ({basis})")),
        Cost::Unknown { .. } => "price unknown".to_owned(),
    };
    format!("#{} {} {seconds}s, {pictures}, {cost}", job.id, job.phase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::Stamp;

    fn told(job: &Job, ended: Ended) -> Option<Fault> {
        let catalog = &crate::catalog::Catalog::builtin();
        let manner = Manner {
            command: "gen",
            form: Form::Paths,
            preview: None,
            quiet: false,
            demo: false,
            background: false,
            timeout: None,
            catalog,
        };
        fault(&manner, job, ended)
    }

    fn exit(phase: Phase, ended: Ended, kind: Option<FaultKind>) -> u8 {
        let mut job = sample::job();
        job.phase = phase;
        job.fault = kind.map(|kind| Fault::new(kind, "code", "why"));
        told(&job, ended).map_or(0, |fault| fault.kind.exit())
    }

    #[test]
    fn each_end_has_its_exit_code() {
        use FaultKind as K;
        for (phase, ended, kind, code) in [
            (Phase::Done, Ended::Job, None, 0),
            // A job that ends while we give up is done all the same.
            (Phase::Done, Ended::Late, None, 0),
            (Phase::Partial, Ended::Job, Some(K::Other), 9),
            (Phase::Failed, Ended::Job, None, 1),
            (Phase::Failed, Ended::Job, Some(K::Access), 3),
            (Phase::Failed, Ended::Job, Some(K::Network), 4),
            (Phase::Failed, Ended::Job, Some(K::Throttled), 5),
            (Phase::Failed, Ended::Job, Some(K::Content), 6),
            (Phase::Unsure, Ended::Job, Some(K::Network), 10),
            (Phase::Held, Ended::Job, None, 8),
            (Phase::Running, Ended::Late, None, 8),
            (Phase::Running, Ended::Stopped, None, 130),
            (Phase::Cancelled, Ended::Job, None, 130),
        ] {
            assert_eq!(exit(phase, ended, kind), code, "{phase} {ended:?} {kind:?}");
        }
    }

    #[test]
    fn a_job_that_goes_on_says_how_and_whether_it_may_be_billed() {
        let mut job = sample::job();
        (job.phase, job.billed_images) = (Phase::Running, None);
        let stopped = told(&job, Ended::Stopped);
        assert!(stopped.is_some_and(|f| f.hint.contains("`pinxit wait 1043`") && f.billed == Billed::Unknown));
        (job.phase, job.sent) = (Phase::Queued, None);
        assert!(told(&job, Ended::Late).is_some_and(|f| f.billed == Billed::No));
    }

    #[test]
    fn a_bill_that_does_not_match_is_said() {
        let mut job = sample::job();
        assert_eq!(mismatch(&job), None);
        job.billed_images = Some(2);
        assert!(mismatch(&job).is_some_and(|said| said.contains("billed 2") && said.contains("1 are on disk")));
    }

    #[test]
    fn the_last_line_tells_time_pictures_and_cost() {
        let job = Job { since: Stamp(4_002), ended: Some(Stamp(4_002)), ..sample::job() };
        assert_eq!(summary(&job), "#1043 DONE 4s, 1 picture, $0.030 (price file, 2026-04)");
    }
}
