//! `pinxit wait`: until jobs have ended.

use clap::Args;

use crate::config::Flags;
use crate::domain::{JobId, Phase};
use crate::store::Store;

use super::super::desk::{self, Works};
use super::super::numbers::{Numbers, named};
use super::super::print;
use super::{Manner, Waiting, attend, inline, is_at_rest, is_ours, known, rests, tell_of};

const EXAMPLES: &str = "\
Prints what gen would have printed: the pictures' paths, or a line of JSON for
each job. The exit code is the highest of the jobs' own (see `pinxit help gen`).

Examples:
  pinxit wait 12
  pinxit wait 12 13 14 --json | jq -r '.images[].path'
  pinxit wait 12-18
  pinxit wait --all
  pinxit wait 12 --timeout 60 || echo \"not yet\"
";

/// The flags of `wait`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WaitArgs {
    /// Jobs, by their numbers
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<Numbers>,
    /// Every job that goes on by itself
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// How it is told, and for how long.
    #[command(flatten)]
    pub waiting: Waiting,
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
}

/// Waits; the exit code.
pub fn wait(flags: &Flags, args: &WaitArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(&inline(flags, args.inline))?;
    let WaitArgs { ids, all, waiting, .. } = args;
    let manner = Manner::about("wait", *waiting, &config.catalog);
    let store = desk::store(&config)?;
    let ids = if *all { going_on(&store)? } else { named(ids) };
    if ids.is_empty() {
        print::say("there is nothing to wait for");
        return Ok(0);
    }
    let jobs = known(&store, &ids)?;
    let mut goes_on = Vec::new();
    for job in &jobs {
        if !rests(&store, job)? {
            goes_on.push(job);
        }
    }
    if goes_on.is_empty() {
        return tell_of(&manner, &store, &jobs);
    }
    goes_on.into_iter().try_for_each(|job| is_ours(&store, job))?;
    attend(&manner, Works::real(&config)?, vec![], |_| Ok(ids.iter().map(|id| (*id, None)).collect()))
}

/// This service's jobs that end without the user.
fn going_on(store: &Store) -> anyhow::Result<Vec<JobId>> {
    let phases: Vec<_> = Phase::ALL.into_iter().filter(|phase| !is_at_rest(*phase)).collect();
    Ok(store.jobs_in(&phases)?.into_iter().map(|job| job.id).collect())
}
