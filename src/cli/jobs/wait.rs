//! `pinxit wait`: until jobs have ended.

use clap::Args;

use crate::config::Flags;
use crate::domain::JobId;

use super::super::desk::{self, Works};
use super::{Manner, attend, inline, is_ours, known, rests, tell_of};

const EXAMPLES: &str = "\
Prints what gen would have printed: the pictures' paths, or a line of JSON for
each job. The exit code is the highest of the jobs' own (see `pinxit help gen`).

Examples:
  pinxit wait 12
  pinxit wait 12 13 14 --json | jq -r '.images[].path'
  pinxit wait 12 --timeout 60 || echo \"not yet\"
";

/// The flags of `wait`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WaitArgs {
    /// Jobs, by their numbers
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<JobId>,
    /// A line of JSON on stdout for each job, instead of paths
    #[arg(long)]
    pub json: bool,
    /// No progress on stderr
    #[arg(short, long)]
    pub quiet: bool,
    /// Stop waiting after this long; the jobs are kept
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
}

/// Waits; the exit code.
pub fn wait(flags: &Flags, args: &WaitArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(&inline(flags, args.inline))?;
    let WaitArgs { ids, json, quiet, timeout, .. } = args;
    let manner = Manner::about("wait", *json, *quiet, *timeout, &config.catalog);
    let store = desk::store(&config)?;
    let jobs = known(&store, ids)?;
    if jobs.iter().all(|job| rests(job.phase)) {
        return tell_of(&manner, &store, &jobs);
    }
    jobs.iter().filter(|job| !rests(job.phase)).try_for_each(|job| is_ours(&store, job))?;
    attend(&manner, Works::real(&config)?, vec![], |_| Ok(ids.iter().map(|id| (*id, None)).collect()))
}
