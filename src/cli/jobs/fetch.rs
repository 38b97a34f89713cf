//! `pinxit fetch`: brings home what is paid for. A job's missing pictures, or a task that no job here knows.

use std::path::PathBuf;

use clap::Args;

use crate::config::Flags;
use crate::domain::{Fault, FaultKind, Job, JobId, Phase, TaskId};
use crate::store::{Intent, Store};

use super::super::desk::{self, Works};
use super::{Manner, Waiting, attend, inline, is_ours, known, rests, stray, tell_of};

const EXAMPLES: &str = "\
A job that goes on is waited for; one that ended short is asked for its missing
pictures again, from the addresses that are kept (24 hours). Costs nothing.

Examples:
  pinxit fetch 12
  pinxit fetch 9e2b6ef6-285d-4efa-8651-4dbda7d571fa -o out
";

/// The flags of `fetch`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FetchArgs {
    /// A job's number, or the service's id of a task
    #[arg(value_name = "ID|TASK")]
    pub what: String,
    /// Directory for the pictures of a task that no job here knows
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How it is told, and for how long.
    #[command(flatten)]
    pub waiting: Waiting,
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
}

/// Fetches; the exit code.
pub fn fetch(flags: &Flags, args: &FetchArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(&inline(flags, args.inline))?;
    let store = desk::store(&config)?;
    let Some(job) = find(&store, &args.what)? else {
        return stray::fetch(&config, &TaskId(args.what.trim().to_owned()), args);
    };
    if args.out.is_some() {
        let message = format!("Job {} knows where its pictures go: -o does not go with it.", job.id);
        return Err(Fault::new(FaultKind::Invalid, "usage", message).into());
    }
    let manner = Manner::about("fetch", args.waiting, &config.catalog);
    if !rests(&store, &job)? {
        is_ours(&store, &job)?;
        return attend(&manner, Works::real(&config)?, vec![], |_| Ok(vec![(job.id, None)]));
    }
    let ended_short = matches!(job.phase, Phase::Partial | Phase::Failed | Phase::Expired | Phase::Cancelled);
    if !ended_short || store.missing(job.id)?.is_empty() {
        return tell_of(&manner, &store, std::slice::from_ref(&job));
    }
    is_ours(&store, &job)?;
    attend(&manner, Works::real(&config)?, vec![], |store| {
        store.ask(Intent::Refetch(job.id), desk::now())?;
        Ok(vec![(job.id, Some(job.since))])
    })
}

/// The job that a number or a task's id means.
fn find(store: &Store, what: &str) -> anyhow::Result<Option<Job>> {
    if let Ok(id) = what.parse::<JobId>() {
        return Ok(known(store, &[id])?.pop());
    }
    Ok(store.job_of(&TaskId(what.trim().to_owned()))?)
}
