//! Watching a batch: what is new about its rows, a line of progress, and when there is nothing more to wait for.

use std::collections::{BTreeMap, HashMap};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::domain::{BatchId, FaultKind, Job, JobId, Money, Pace, Phase, Stamp};
use crate::store::Store;

use super::super::desk::{self, Works};
use super::super::jobs::{Ended, Events, Heard, News, is_at_rest, rests};
use super::super::print::{self, Json};
use super::tally::{Tally, trouble};

/// Changes come in crowds: they are looked at together.
const BREATH: Duration = Duration::from_millis(100);
/// Nothing heard for so long: it is looked all the same, and whether somebody works.
const SAFETY_NET: Duration = Duration::from_secs(5);
/// Between two lines of progress where lines cannot be written over.
const SELDOM: Duration = Duration::from_secs(10);

/// How a batch is watched.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// How stdout is to be JSON; paths otherwise.
    pub form: Option<Json>,
    /// Say nothing on the way.
    pub quiet: bool,
    /// Seconds to wait.
    pub timeout: Option<u64>,
    /// What sums begin with.
    pub zero: Money,
}

/// Jobs that have ended and were asked to go on: their last step, and what was said of it. They are waited for until they
/// have taken another.
pub type Asked = HashMap<JobId, (Stamp, String)>;

/// Watches until every row rests, the time is up or the user stops it; the jobs as they are then, in the order of rows.
pub fn watch(
    works: &Works,
    news: &News,
    batch: BatchId,
    asked: &Asked,
    manner: &Manner,
) -> anyhow::Result<(Vec<Job>, Ended)> {
    let deadline = manner.timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut since = works.store.revision()?;
    let jobs = works.store.batch_jobs(batch)?.into_iter().map(|job| (job.id, job));
    let mut teller = Teller::new(batch, manner, jobs.collect(), asked);
    loop {
        let changes = works.store.changes(since, desk::now())?;
        since = changes.revision;
        let paused = changes.paused.all || changes.batches.iter().any(|known| known.id == batch && known.paused);
        teller.on(
            changes.jobs.into_iter().filter(|job| job.row.as_ref().is_some_and(|row| row.batch == batch)),
            paused,
        )?;
        if teller.jobs.values().all(|job| is_over(job, asked)) && !is_sought(&works.store, teller.jobs.values())? {
            return Ok(teller.close(Ended::Job));
        }
        if paused && teller.is_refused() {
            return Ok(teller.close(Ended::Job));
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Ok(teller.close(Ended::Late));
        }
        match news.wait(left.map_or(SAFETY_NET, |left| left.min(SAFETY_NET))) {
            Heard::Stop => return Ok(teller.close(Ended::Stopped)),
            Heard::Change => std::thread::sleep(BREATH),
            // The process that did the work may have left.
            Heard::Nothing => works.ensure_worker()?,
        }
    }
}

/// Whether the task of a row whose answer was lost is still looked for.
fn is_sought<'a>(store: &Store, jobs: impl Iterator<Item = &'a Job>) -> anyhow::Result<bool> {
    for job in jobs.filter(|job| job.phase == Phase::Unsure) {
        if !rests(store, job)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it failed because of the key or the account, which is wrong with every row.
pub fn is_no_access(job: &Job) -> bool {
    job.phase == Phase::Failed && job.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Access)
}

fn is_over(job: &Job, asked: &Asked) -> bool {
    is_at_rest(job.phase) && asked.get(&job.id).is_none_or(|(since, note)| *since != job.since || *note != job.note)
}

/// What has been told.
struct Teller<'a> {
    batch: BatchId,
    manner: &'a Manner,
    jobs: BTreeMap<JobId, Job>,
    asked: &'a Asked,
    /// Events of each row, for scripts.
    events: HashMap<JobId, Events>,
    /// Rows that were at rest when we came: nothing of them is news.
    known: BTreeMap<JobId, Phase>,
    /// The line of progress can be written over.
    can_rewrite: bool,
    /// It stands there.
    is_open: bool,
    told: Option<(Instant, String)>,
}

impl<'a> Teller<'a> {
    fn new(batch: BatchId, manner: &'a Manner, jobs: BTreeMap<JobId, Job>, asked: &'a Asked) -> Teller<'a> {
        let known = jobs.values().filter(|job| is_over(job, asked)).map(|job| (job.id, job.phase)).collect();
        let is_dumb = desk::var("TERM").is_none_or(|term| term == "dumb");
        let can_rewrite = std::io::stderr().is_terminal() && !is_dumb;
        let mut teller = Teller {
            batch,
            manner,
            jobs: BTreeMap::new(),
            asked,
            events: HashMap::new(),
            known,
            can_rewrite,
            is_open: false,
            told: None,
        };
        let first: Vec<Job> = jobs.into_values().collect();
        // Nothing is lost if nobody listens: the end will meet the same closed pipe.
        let _ = teller.on(first.into_iter(), false);
        teller
    }

    /// Whether a row has shown that none of the others would be taken, and no row is at work: the engine has paused the
    /// batch, and nobody else will let it go.
    fn is_refused(&self) -> bool {
        let mut fresh = self.jobs.values().filter(|job| !self.known.contains_key(&job.id));
        let rests = |job: &Job| job.phase == Phase::Queued || is_over(job, self.asked);
        self.jobs.values().all(rests) && fresh.any(is_no_access)
    }

    /// Takes what is new.
    fn on(&mut self, jobs: impl Iterator<Item = Job>, paused: bool) -> anyhow::Result<()> {
        for job in jobs {
            let was_over = self.jobs.get(&job.id).is_some_and(|known| is_over(known, self.asked));
            if self.known.get(&job.id) != Some(&job.phase) {
                self.known.remove(&job.id);
                self.events(&job)?;
                if is_over(&job, self.asked) && !was_over {
                    self.end(&job)?;
                }
            }
            self.jobs.insert(job.id, job);
        }
        self.progress(paused)
    }

    fn events(&mut self, job: &Job) -> anyhow::Result<()> {
        if self.manner.form != Some(Json::Lines) {
            return Ok(());
        }
        let events = self.events.entry(job.id).or_default().on(job, &[], desk::now());
        let row = job.row.as_ref().map(|row| row.name.clone());
        events.into_iter().try_for_each(|mut event| {
            event["row"] = row.clone().into();
            Json::Lines.write(&event)
        })
    }

    /// A row has ended: its paths for scripts, its trouble for people.
    fn end(&mut self, job: &Job) -> anyhow::Result<()> {
        if self.manner.form.is_none() && !job.images.is_empty() {
            self.wipe();
            let paths = job.images.iter().map(|image| &image.path).chain(&job.document);
            paths.map(|path| path.display()).try_for_each(print::line)?;
        }
        let name = job.row.as_ref().map(|row| row.name.as_str()).unwrap_or_default();
        if let Some(line) = trouble(name, job).filter(|_| !self.manner.quiet) {
            self.wipe();
            print::say(line);
        }
        Ok(())
    }

    fn progress(&mut self, paused: bool) -> anyhow::Result<()> {
        let now = desk::now();
        let tally = Tally::of(self.jobs.values(), self.manner.zero, now);
        let fresh = self.jobs.values().filter(|job| !self.known.contains_key(&job.id));
        let spans: Vec<_> =
            fresh.filter(|job| !matches!(job.phase, Phase::Queued | Phase::Held)).filter_map(span).collect();
        let pace = Pace::of(&spans, tally.waiting, now);
        let words = tally.words(pace, paused, now);
        let is_new = self.told.as_ref().is_none_or(|(_, told)| *told != words);
        if self.manner.form == Some(Json::Lines) && is_new && !self.jobs.is_empty() {
            Json::Lines.write(&progress(self.batch, &tally, pace, paused, now))?;
        }
        if is_new && !self.manner.quiet && !self.jobs.is_empty() {
            if self.can_rewrite {
                let columns = crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
                self.is_open = true;
                print::murmur(&format!("\r\x1b[K{}", print::cut(&words, columns)));
            } else if self.told.as_ref().is_some_and(|(at, _)| at.elapsed() < SELDOM) {
                return Ok(());
            } else {
                print::say(&words);
            }
        }
        if is_new {
            self.told = Some((Instant::now(), words));
        }
        Ok(())
    }

    /// Whoever speaks next begins a line.
    fn wipe(&mut self) {
        if std::mem::take(&mut self.is_open) {
            print::murmur("\r\x1b[K");
            self.told = None;
        }
    }

    fn close(mut self, ended: Ended) -> (Vec<Job>, Ended) {
        if std::mem::take(&mut self.is_open) {
            let _ = writeln!(std::io::stderr().lock());
        }
        (std::mem::take(&mut self.jobs).into_values().collect(), ended)
    }
}

/// When a row was sent, and when it ended.
fn span(job: &Job) -> Option<(Stamp, Option<Stamp>)> {
    Some((job.sent?, is_at_rest(job.phase).then_some(job.ended.unwrap_or(job.since))))
}

fn progress(batch: BatchId, tally: &Tally, pace: Option<Pace>, paused: bool, now: Stamp) -> Value {
    let mut out = json!({
        "schema": "pinxit.event/1",
        "type": "progress",
        "job": null,
        "ts": now.0,
        "batch": batch.to_string(),
        "paused": paused,
        "held_up": tally.held_up.as_ref().map(|(until, note)| json!({"note": note, "until": until.0})),
        "rows_a_minute": pace.map(|pace| (pace.a_minute * 10.0).round() / 10.0),
        "seconds_left": pace.map(|pace| pace.left.as_secs()),
    });
    if let (Value::Object(out), Value::Object(counts)) = (&mut out, tally.json()) {
        out.extend(counts);
    }
    out
}
