//! `pinxit rescue`: tasks of the service that no job here knows, and jobs that know of no task. Lists them, and has those the
//! user names adopted: followed, brought home, booked. Nothing is ever sent.

use std::collections::HashSet;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::api::{Answer, Client, Item, Listed, TaskList, TaskState, TaskStatus};
use crate::catalog::Catalog;
use crate::config::{Config, Flags};
use crate::domain::{Cost, Fault, FaultKind, Job, JobId, Mode, Phase, Request, Stamp, TaskId, text};
use crate::store::{NewJob, Store};

use super::super::desk::{self, Works};
use super::super::{calendar, print};
use super::{Manner, Waiting, attend, known};

const EXAMPLES: &str = "\
After a crash or a dropped line: shows what the service has of the last 24 hours
that no job here was made for. Adopting makes a job of a task, brings its
pictures home and books what was billed; nothing is sent again.

Examples:
  pinxit rescue
  pinxit rescue --since 2h --json
  pinxit rescue --adopt 9e2b6ef6-285d-4efa-8651-4dbda7d571fa
  pinxit rescue --adopt 9e2b6ef6-285d-4efa-8651-4dbda7d571fa --for 12
  pinxit rescue --adopt all
";

/// Between two pages of the list: a tenth of a second keeps us at half of what the account may ask (contract 3.5).
const BETWEEN: Duration = Duration::from_millis(100);

/// Tasks whose words are asked for, at most; each costs a question.
const ASKED_MAX: usize = 20;

/// The flags of `rescue`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RescueArgs {
    /// How far back to look: 30m, 2h, 24h
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = span)]
    pub since: Duration,
    /// Adopt these tasks, or all that this key made
    #[arg(long, value_name = "TASK|all", num_args = 1..)]
    pub adopt: Vec<String>,
    /// The task is that of this job, whose answer was lost
    #[arg(long = "for", value_name = "ID", requires = "adopt")]
    pub job: Option<JobId>,
    /// How it is told, and for how long.
    #[command(flatten)]
    pub waiting: Waiting,
}

fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "a span is written like 30m, 2h or 24h, at most 24h".to_owned();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let minutes: u64 = number.parse().map_err(|_| wrong())?;
    let minutes = match unit {
        "m" => minutes,
        "h" => minutes.saturating_mul(60),
        _ => return Err(wrong()),
    };
    if minutes == 0 || minutes > 24 * 60 { Err(wrong()) } else { Ok(Duration::from_secs(minutes * 60)) }
}

/// A task that no job here was made for.
struct Stray {
    listed: Listed,
    /// Made by another key of the account, as far as can be told.
    foreign: bool,
    /// What it made, where it has ended and was asked.
    answer: Option<Answer>,
}

/// Lists, or adopts; the exit code.
pub fn rescue(flags: &Flags, args: &RescueArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let client = Client::new(desk::endpoint(&config)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut strays = runtime.block_on(strays(&client, &store, args.since))?;
    if args.adopt.is_empty() {
        runtime.block_on(ask(&client, &mut strays));
        return list(&store, &strays, args);
    }
    let wanted = wanted(&strays, &args.adopt)?;
    if let Some(id) = args.job {
        return adopt_for(&config, &store, id, &wanted, args);
    }
    runtime.block_on(ask_these(&client, &mut strays, &wanted));
    adopt(&config, &strays, &wanted, args)
}

/// Every task of the span that no job here knows, oldest first.
async fn strays(client: &Client, store: &Store, since: Duration) -> anyhow::Result<Vec<Stray>> {
    // The first answer tells the service's clock.
    client.ping().await?;
    let there = Stamp(desk::now().0 + client.clock_offset().unwrap_or(0));
    let from = Stamp(there.0 - i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    let mut list = TaskList::new(from, there.after(Duration::from_secs(60)));
    let mut listed = Vec::new();
    while list.has_more() {
        listed.extend(client.tasks(&mut list).await?);
        tokio::time::sleep(BETWEEN).await;
    }
    if !list.is_whole() {
        print::say("note: the service's list could not be read to its end; there may be more");
    }
    let ids: Vec<_> = listed.iter().map(|task| task.task.clone()).collect();
    let known = store.known_tasks(&ids)?;
    let ours: HashSet<_> =
        listed.iter().filter(|task| known.contains(&task.task)).filter_map(|task| task.api_key.clone()).collect();
    let is_foreign = |task: &Listed| !ours.is_empty() && task.api_key.as_ref().is_some_and(|key| !ours.contains(key));
    let mut strays: Vec<_> = listed
        .into_iter()
        .filter(|task| !known.contains(&task.task))
        .map(|listed| Stray { foreign: is_foreign(&listed), listed, answer: None })
        .collect();
    strays.sort_by_key(|stray| stray.listed.created);
    Ok(strays)
}

/// Asks what the newest finished ones made.
async fn ask(client: &Client, strays: &mut [Stray]) {
    let finished = |stray: &&mut Stray| stray.listed.status == TaskStatus::Succeeded && !stray.foreign;
    for stray in strays.iter_mut().rev().filter(finished).take(ASKED_MAX) {
        ask_one(client, stray).await;
    }
}

async fn ask_these(client: &Client, strays: &mut [Stray], wanted: &[TaskId]) {
    for stray in strays.iter_mut().filter(|stray| wanted.contains(&stray.listed.task)) {
        ask_one(client, stray).await;
    }
}

async fn ask_one(client: &Client, stray: &mut Stray) {
    // A question that fails costs the words, not the rescue.
    if let Ok(TaskState::Succeeded(answer)) = client.task(&stray.listed.task).await {
        stray.answer = Some(answer);
    }
    tokio::time::sleep(BETWEEN).await;
}

fn list(store: &Store, strays: &[Stray], args: &RescueArgs) -> anyhow::Result<u8> {
    let doubtful = store.jobs_in(&[Phase::Unsure])?;
    if args.waiting.json {
        print::json(&json!({
            "schema": "pinxit.rescue/1",
            "tasks": strays.iter().map(object).collect::<Vec<_>>(),
            "unsure": doubtful.iter().map(|job| json!({
                "job": job.id.to_string(), "model": job.request.model, "sent": job.sent, "note": job.note,
            })).collect::<Vec<_>>(),
        }))?;
        return Ok(0);
    }
    let columns = print::columns();
    for stray in strays {
        print::line(print::cut(&row(stray), columns))?;
    }
    if args.waiting.quiet {
        return Ok(0);
    }
    match strays.len() {
        0 => print::say("Every task of that time belongs to a job here."),
        1 => print::say("1 task that no job here knows: `pinxit rescue --adopt TASK` brings its pictures home."),
        many => print::say(format!(
            "{many} tasks that no job here knows: `pinxit rescue --adopt TASK...` brings them home."
        )),
    }
    for Job { id, request, .. } in &doubtful {
        let prompt = print::cut(&text::clean(&request.prompt), Some(40));
        print::say(format!(
            "#{id} is UNSURE ({}, {prompt}): a task above may be its: --adopt TASK --for {id}",
            request.model
        ));
    }
    Ok(0)
}

/// `9e2b…  SUCCEEDED  09:31:02  wan2.7-image  2 pictures  a red fox`
fn row(stray: &Stray) -> String {
    let Listed { task, model, created, status, .. } = &stray.listed;
    let at = created.map_or_else(|| "?".to_owned(), calendar::clock);
    let made = stray.answer.as_ref().map(|answer| match answer.pictures().count() {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    });
    let words = stray.answer.as_ref().and_then(|answer| answer.orig_prompt.as_deref());
    let words = words.map(|words| text::clean(words).into_owned());
    let foreign = stray.foreign.then(|| "another key's".to_owned());
    let more: Vec<_> = [made, foreign, words].into_iter().flatten().collect();
    format!("{task}  {:<9}  {at}  {model}  {}", word(*status), more.join("  ")).trim_end().to_owned()
}

fn object(stray: &Stray) -> Value {
    let Listed { task, model, created, status, request_id, .. } = &stray.listed;
    json!({
        "task_id": task,
        "model": model,
        "status": word(*status),
        "created": created,
        "request_id": request_id,
        "other_key": stray.foreign,
        "pictures": stray.answer.as_ref().map(|answer| answer.pictures().count()),
        "prompt": stray.answer.as_ref().and_then(|answer| answer.orig_prompt.clone()),
    })
}

fn word(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Pending => "PENDING",
        TaskStatus::Running => "RUNNING",
        TaskStatus::Succeeded => "SUCCEEDED",
        TaskStatus::Failed => "FAILED",
        TaskStatus::Cancelled => "CANCELED",
        TaskStatus::Other => "?",
    }
}

/// The tasks the user named. `all` are those that may bring a picture and are not another key's.
fn wanted(strays: &[Stray], named: &[String]) -> Result<Vec<TaskId>, Fault> {
    if named.iter().any(|name| name == "all") {
        let may_bring = |stray: &&Stray| {
            let status = stray.listed.status;
            !stray.foreign && !matches!(status, TaskStatus::Failed | TaskStatus::Cancelled)
        };
        return Ok(strays.iter().filter(may_bring).map(|stray| stray.listed.task.clone()).collect());
    }
    let find = |name: &String| {
        let found = strays.iter().find(|stray| stray.listed.task.0 == *name);
        found.map(|stray| stray.listed.task.clone()).ok_or_else(|| {
            let message = format!("No task {} that no job here knows is in the service's list.", text::clean(name));
            Fault::new(FaultKind::Invalid, "task_unknown", message)
                .hint("`pinxit rescue` lists them; a task of a job here is followed by `pinxit wait`.")
        })
    };
    named.iter().map(find).collect()
}

fn adopt_for(config: &Config, store: &Store, id: JobId, wanted: &[TaskId], args: &RescueArgs) -> anyhow::Result<u8> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "usage", message);
    let [task] = wanted else { return Err(wrong("--for takes one task for one job.".into()).into()) };
    let job = known(store, &[id])?.pop().ok_or_else(|| anyhow::anyhow!("job {id} is gone"))?;
    if job.phase != Phase::Unsure {
        return Err(wrong(format!("#{id} is {}: only a job whose answer was lost can adopt a task.", job.phase)).into());
    }
    follow(config, args, |store| {
        store.adopt(id, task, desk::now())?;
        Ok(vec![id])
    })
}

fn adopt(config: &Config, strays: &[Stray], wanted: &[TaskId], args: &RescueArgs) -> anyhow::Result<u8> {
    if wanted.is_empty() {
        print::say("Nothing to adopt.");
        return Ok(0);
    }
    follow(config, args, |store| {
        let mut ids = Vec::new();
        for stray in strays.iter().filter(|stray| wanted.contains(&stray.listed.task)) {
            let created = stray.listed.created.unwrap_or_else(desk::now);
            let job = job(stray, &config.catalog, config);
            ids.extend(store.adopt_stranger(&job, &stray.listed.task, created, desk::now())?);
        }
        Ok(ids)
    })
}

fn follow(
    config: &Config,
    args: &RescueArgs,
    begin: impl FnOnce(&Store) -> anyhow::Result<Vec<JobId>>,
) -> anyhow::Result<u8> {
    let manner = Manner::about("rescue", args.waiting, &config.catalog);
    attend(&manner, Works::real(config)?, vec![], |store| Ok(begin(store)?.into_iter().map(|id| (id, None)).collect()))
}

/// What is known of a task as a job: its model, its words where the service repeats them, and the price of its pictures.
fn job(stray: &Stray, catalog: &Catalog, config: &Config) -> NewJob {
    let model = catalog.get(stray.listed.model.as_str());
    let id = model.map_or_else(|| stray.listed.model.clone(), |model| model.id.clone());
    let made = stray.answer.as_ref().map_or(1, |answer| answer.pictures().count().max(1));
    let n = u32::try_from(made).unwrap_or(1);
    let told =
        stray.answer.as_ref().is_some_and(|answer| answer.items.iter().any(|item| matches!(item, Item::Text(_))));
    let mode = if told { Mode::Interleave } else { Mode::TextToImage };
    let prompt = stray.answer.as_ref().and_then(|answer| answer.orig_prompt.clone()).unwrap_or_default();
    let request = Request { prompt, n, ..Request::new(id, mode) };
    let cost = model.map_or(Cost::Unknown { images: n }, |model| {
        model.cost(&Request { n: 1, ..request.clone() }, config.settings.region).for_images(n)
    });
    NewJob::new(request, cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_a_day_is_the_most() {
        assert_eq!(span("30m"), Ok(Duration::from_secs(1800)));
        assert_eq!(span("24h"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "h", "0h", "25h", "2d", "2", "-1h", "1.5h"] {
            assert!(span(wrong).is_err(), "{wrong:?}");
        }
    }
}
