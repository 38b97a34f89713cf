//! `pinxit cancel`: stops jobs, and says honestly what that saves. Only what has not begun is really taken back.

use clap::Args;

use crate::api::Client;
use crate::config::{Config, Flags};
use crate::domain::{Event, Fault, FaultKind, Job, Phase};
use crate::engine::Engine;
use crate::store::{Intent, Learned, Store};

use super::super::desk::{self, Works};
use super::super::envelope::Envelope;
use super::super::numbers::{Numbers, named};
use super::super::{failure, print};
use super::follow::{Manner, News, Waiting};
use super::{is_ours, known};

const EXAMPLES: &str = "\
What waits here is dropped and costs nothing. A task the service has not begun
is taken back, and costs nothing. One it is at work on cannot be stopped: it is
waited for no longer, and is billed all the same. What is made already is kept.

Examples:
  pinxit cancel 12
  pinxit cancel 12 13 --json | jq -r .error.code
";

/// The flags of `cancel`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CancelArgs {
    /// Jobs, by their numbers
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<Numbers>,
    /// A line of JSON on stdout for each job
    #[arg(long)]
    pub json: bool,
    /// No words on stderr for what went well
    #[arg(short, long)]
    pub quiet: bool,
}

/// Cancels; the highest of the jobs' exit codes.
pub fn cancel(flags: &Flags, args: &CancelArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let ids = named(&args.ids);
    let jobs = known(&store, &ids)?;
    take_back(&config, &store, &jobs)?;
    let mut worst = 0;
    for (before, after) in jobs.iter().zip(known(&store, &ids)?) {
        worst = worst.max(tell(args, &store, before, &after)?);
    }
    Ok(worst)
}

/// Cancels those of some jobs that have not ended, as far as that can be; what came of it is with the jobs.
pub fn take_back(config: &Config, store: &Store, jobs: &[Job]) -> anyhow::Result<()> {
    let unended: Vec<&Job> = jobs.iter().filter(|job| !job.phase.is_ended()).collect();
    unended.iter().try_for_each(|job| is_ours(store, job))?;
    match Engine::holder(store.places()) {
        Some(_) if !unended.is_empty() => by_worker(config, store, &unended),
        _ => unended.iter().try_for_each(|job| by_hand(config, store, job)),
    }
}

/// By the process that is at work: the wish is written, and what came of it waited for.
fn by_worker(config: &Config, store: &Store, jobs: &[&Job]) -> anyhow::Result<()> {
    let manner = Manner::about("cancel", Waiting { quiet: true, ..Waiting::default() }, &config.catalog);
    let works = Works::real(config)?;
    let news = News::of(store)?;
    jobs.iter().try_for_each(|job| store.ask(Intent::Cancel(job.id), desk::now()))?;
    // Whoever was at work may have left since, having nothing to do.
    works.ensure_worker()?;
    // These rest already: it is their next step that counts.
    let rests = |phase| matches!(phase, Phase::Unsure | Phase::Held);
    let ids: Vec<_> = jobs.iter().map(|job| (job.id, rests(job.phase).then_some(job.since))).collect();
    news.see_through(&works, &ids, &manner, &[])?;
    works.stop();
    Ok(())
}

/// Without a worker. Each step is one commit, so that a worker that starts meanwhile and this cannot both have the job.
fn by_hand(config: &Config, store: &Store, job: &Job) -> anyhow::Result<()> {
    let log = match (job.phase, &job.task) {
        (Phase::Held | Phase::Queued | Phase::Preparing | Phase::Unsure, _) => "cancelled",
        (Phase::Waiting | Phase::Running | Phase::Adopted, Some(task)) => {
            let client = Client::new(desk::endpoint(config)?)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            match runtime.block_on(client.cancel(task))? {
                true => "the service took the task back: nothing billed",
                false => return Ok(()),
            }
        }
        // What is made is brought home; the wish is for requests of the job that are still to be sent.
        (Phase::Fetching, _) => return Ok(store.ask(Intent::Cancel(job.id), desk::now())?),
        _ => return Ok(()),
    };
    let note = Some("cancelled".to_owned());
    let learned = Learned { note, log: Some(log.to_owned()), ..Learned::default() };
    store.record(job.id, Event::Cancel, learned, desk::now())?;
    Ok(())
}

fn tell(args: &CancelArgs, store: &Store, before: &Job, after: &Job) -> anyhow::Result<u8> {
    let (id, fault) = (after.id, fault(before, after));
    if args.json {
        let left = desk::month_left(store)?;
        print::json(&Envelope::of_job("cancel", after, fault.as_ref(), vec![]).budget(left))?;
    }
    match &fault {
        Some(fault) => failure::tell(fault),
        None if args.quiet => {}
        None if before.phase == Phase::Unsure => print::say(format!("#{id} is put aside; it may have been billed")),
        None => print::say(format!("#{id} is cancelled, nothing more is billed")),
    }
    Ok(fault.map_or(0, |fault| fault.kind.exit()))
}

/// Why a job is not simply cancelled.
fn fault(before: &Job, after: &Job) -> Option<Fault> {
    let id = after.id;
    let too_late = |message: String| Fault::new(FaultKind::Other, "too_late", message);
    match after.phase {
        // What the engine learned on the way: a task at work is billed whether or not somebody waits for it.
        Phase::Cancelled => after.fault.clone().filter(|fault| fault.code == "stopped_waiting"),
        _ if before.phase.is_ended() => Some(too_late(format!("#{id} had ended: {}.", after.phase))),
        Phase::Done | Phase::Partial | Phase::Fetching => {
            Some(too_late(format!("#{id} was made already, and is paid for: its pictures are kept.")))
        }
        Phase::Submitting => Some(
            too_late(format!("#{id} was under way to the service when pinxit stopped."))
                .hint(format!("`pinxit wait {id}` finds out what became of it.")),
        ),
        Phase::Failed | Phase::Expired => after.fault.clone(),
        phase => Some(
            too_late(format!("#{id} is {phase}: the service is at work, cannot be stopped, and bills what it makes."))
                .hint(format!("`pinxit wait {id}` brings the pictures home.")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;

    #[test]
    fn only_what_is_really_taken_back_is_a_success() {
        let said = |before, after| {
            let of = |phase| Job { phase, ..sample::job() };
            fault(&of(before), &of(after)).map(|fault| fault.message)
        };
        assert_eq!(said(Phase::Queued, Phase::Cancelled), None);
        assert_eq!(said(Phase::Cancelled, Phase::Cancelled), None, "what was asked for is so");
        assert!(said(Phase::Running, Phase::Running).is_some_and(|said| said.contains("bills what it makes")));
        assert!(said(Phase::Waiting, Phase::Done).is_some_and(|said| said.contains("made already")));
        assert!(said(Phase::Done, Phase::Done).is_some_and(|said| said.contains("had ended")));
        let stopped = Fault::new(FaultKind::Interrupted, "stopped_waiting", "no longer waited for");
        let job = Job { phase: Phase::Cancelled, fault: Some(stopped), ..sample::job() };
        assert_eq!(fault(&sample::job(), &job).map(|fault| fault.kind.exit()), Some(130));
    }
}
