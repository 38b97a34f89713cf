//! `pinxit watch`: what happens to jobs, as it happens. It only reads, so it needs no key; it is woken by the store, and
//! by the reader of its pipe going away.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use clap::Args;

use crate::config::{Config, Flags};
use crate::domain::{BatchId, Fault, FaultKind, Job, JobId, Phase, text};
use crate::engine::{self, Engine};
use crate::store::{Store, Watch};

use super::jobs::{Events, Manner, Waiting, end_of, envelope, is_at_rest, summary};
use super::numbers::{Numbers, known, named};
use super::print::{self, Json};
use super::{calendar, desk, signals};

const EXAMPLES: &str = "\
Without numbers it tells of every job, until Ctrl+C. With numbers or --batch it
ends when those jobs have ended, with the highest of their exit codes.

Examples:
  pinxit watch
  pinxit watch 12-18
  pinxit watch --until-idle && echo \"all done\"
  pinxit watch --ndjson | jq -r 'select(.type==\"saved\").path'
";

/// A change can be missed (a network file system tells nothing): then this is how late it is seen while something goes on.
const SAFETY_NET: Duration = Duration::from_secs(5);

/// The flags of `watch`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// Only these jobs: 12, 12-18, 12,14
    #[arg(value_name = "ID")]
    pub ids: Vec<Numbers>,
    /// Only the rows of a batch
    #[arg(long, value_name = "NUMBER", conflicts_with = "ids")]
    pub batch: Option<i64>,
    /// A line of JSON for each event (`pinxit.event/1`), a result for each end
    #[arg(long)]
    pub ndjson: bool,
    /// End when nothing is at work and nothing may go
    #[arg(long)]
    pub until_idle: bool,
}

/// What woke us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woke {
    Changed,
    Stop,
    /// Nobody reads what we write.
    Alone,
}

/// Watches; the exit code.
pub fn watch(flags: &Flags, args: &WatchArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let named = chosen(&store, args)?;
    let (woken, _watch) = listen(&store)?;
    let mut teller = Teller { config: &config, store: &store, ndjson: args.ndjson, told: BTreeMap::new(), worst: 0 };
    if engine::has_due(&store)? && Engine::holder(store.places()).is_none() {
        print::say("note: nobody is at work here just now");
    }
    let mut revision = 0;
    loop {
        // Asked before the changes are read: what made it so is among them, and is told before the end.
        let was_due = engine::has_due(&store)?;
        let changes = store.changes(revision, desk::now())?;
        let is_first = revision == 0;
        revision = changes.revision;
        let jobs = match (&named, is_first) {
            (Some(ids), true) => known(&store, ids)?,
            (Some(ids), false) => changes.jobs.into_iter().filter(|job| ids.contains(&job.id)).collect(),
            // What had ended before is no news.
            (None, true) => changes.jobs.into_iter().filter(|job| !job.phase.is_ended()).collect(),
            (None, false) => changes.jobs,
        };
        for job in &jobs {
            teller.on(job)?;
        }
        if let Some(ids) = &named
            && ids.iter().all(|id| teller.told.get(id).and_then(|told| told.phase).is_some_and(is_at_rest))
        {
            return Ok(teller.worst);
        }
        if args.until_idle && !was_due {
            return Ok(if named.is_some() { teller.worst } else { 0 });
        }
        match wait(&woken, engine::has_due(&store)?) {
            Woke::Changed => {}
            Woke::Stop => return Ok(FaultKind::Interrupted.exit()),
            Woke::Alone => return Ok(print::PIPE_CLOSED),
        }
    }
}

/// The jobs that were named; `None` for all.
fn chosen(store: &Store, args: &WatchArgs) -> anyhow::Result<Option<Vec<JobId>>> {
    if let Some(batch) = args.batch {
        let absent = || Fault::new(FaultKind::Invalid, "batch_unknown", format!("There is no batch {batch}."));
        store.batch(BatchId(batch))?.ok_or_else(absent)?;
        return Ok(Some(store.batch_jobs(BatchId(batch))?.into_iter().map(|job| job.id).collect()));
    }
    let ids = named(&args.ids);
    known(store, &ids)?;
    Ok((!ids.is_empty()).then_some(ids))
}

fn listen(store: &Store) -> anyhow::Result<(Receiver<Woke>, Watch)> {
    let (bell, woken) = channel();
    let changed = bell.clone();
    let watch = store.watch(move || {
        let _ = changed.send(Woke::Changed);
    })?;
    let stop = bell.clone();
    signals::watch(signals::HangUp::Stops, move || stop.send(Woke::Stop).is_ok())?;
    std::thread::Builder::new().name("reader".into()).spawn(move || until_alone(&bell))?;
    Ok((woken, watch))
}

/// Waits until nobody can read stdout any more. Of a file or a terminal that lives, it never hears.
fn until_alone(bell: &Sender<Woke>) {
    use rustix::event::{PollFd, PollFlags, poll};
    let out = std::io::stdout();
    loop {
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        match poll(&mut watched, None) {
            Ok(_) if watched[0].revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) => {
                let _ = bell.send(Woke::Alone);
                return;
            }
            Err(rustix::io::Errno::INTR) => {}
            _ => return,
        }
    }
}

/// Sleeps until there is news. While nothing is due, nothing but a word of the store can bring any.
fn wait(woken: &Receiver<Woke>, is_due: bool) -> Woke {
    let first = match is_due {
        true => woken.recv_timeout(SAFETY_NET),
        false => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    // Many changes at once are looked at once.
    let all = first.into_iter().chain(woken.try_iter());
    all.max_by_key(|woke| (*woke != Woke::Changed, *woke == Woke::Alone)).unwrap_or(Woke::Changed)
}

/// What has been told of a job.
#[derive(Debug, Default)]
struct Told {
    events: Events,
    phase: Option<Phase>,
    note: String,
    saved: usize,
}

/// Tells what is new.
struct Teller<'a> {
    config: &'a Config,
    store: &'a Store,
    ndjson: bool,
    told: BTreeMap<JobId, Told>,
    /// The highest exit code of a job that ended.
    worst: u8,
}

impl Teller<'_> {
    fn on(&mut self, job: &Job) -> anyhow::Result<()> {
        let manner = Manner::about("watch", Waiting { json: true, quiet: true, timeout: None }, &self.config.catalog);
        let told = self.told.entry(job.id).or_default();
        let is_moved = told.phase.replace(job.phase) != Some(job.phase);
        let fault = (is_moved && is_at_rest(job.phase)).then(|| end_of(&manner, job)).flatten();
        self.worst = self.worst.max(fault.as_ref().map_or(0, |fault| fault.kind.exit()));
        if self.ndjson {
            told.events.on(job, &[], desk::now()).iter().try_for_each(|event| Json::Lines.write(event))?;
            if is_moved && is_at_rest(job.phase) {
                Json::Lines.write(&envelope(&manner, self.store, job, fault.as_ref(), vec![])?)?;
            }
            return Ok(());
        }
        for image in job.images.iter().skip(told.saved) {
            say(format!("#{} saved {}", job.id, image.path.display()))?;
        }
        told.saved = told.saved.max(job.images.len());
        // Each poll is no news; why a job waits its turn is.
        let is_polled = matches!(job.phase, Phase::Waiting | Phase::Running | Phase::Adopted | Phase::Submitting);
        let note = if is_polled || job.phase.is_ended() { String::new() } else { job.note.clone() };
        if is_moved || note != told.note {
            say(line(job, &note, fault.as_ref()))?;
        }
        told.note = note;
        Ok(())
    }
}

/// A line with the time before it, at once.
fn say(line: String) -> anyhow::Result<()> {
    Ok(print::line(format!("{} {line}", calendar::clock(desk::now())))?)
}

/// `#12 QUEUED throttled, next try in 4 s: a red fox`
fn line(job: &Job, note: &str, fault: Option<&Fault>) -> String {
    let what = match fault {
        Some(fault) => text::clean(&fault.message).into_owned(),
        None if job.phase.is_ended() => return summary(job),
        None => {
            let prompt = print::cut(&text::clean(&job.request.prompt), Some(60));
            if note.is_empty() { prompt } else { format!("{}: {prompt}", text::clean(note)) }
        }
    };
    format!("#{} {} {what}", job.id, job.phase).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;

    #[test]
    fn a_line_says_where_the_job_is_and_why() {
        let job = |phase| Job { phase, ..sample::job() };
        assert_eq!(line(&job(Phase::Running), "", None), "#1043 RUNNING a red fox");
        assert_eq!(line(&job(Phase::Queued), "throttled", None), "#1043 QUEUED throttled: a red fox");
        assert!(line(&job(Phase::Done), "", None).starts_with("#1043 DONE"));
        let fault = Fault::new(FaultKind::Content, "DataInspectionFailed", "refused\u{1b}[2J");
        assert_eq!(line(&job(Phase::Failed), "", Some(&fault)), "#1043 FAILED refused␛[2J");
    }

    #[test]
    fn the_wish_to_stop_is_heard_among_many_changes() {
        let (bell, woken) = channel();
        for woke in [Woke::Changed, Woke::Stop, Woke::Changed] {
            let _ = bell.send(woke);
        }
        assert_eq!(wait(&woken, true), Woke::Stop);
    }
}
