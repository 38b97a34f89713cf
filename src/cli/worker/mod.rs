//! The background worker: `pinxit worker` is the engine in a process of its own, which outlives the terminal and the program
//! that started it.
//!
//! ```text
//!  duty    the worker itself: at work until told to leave, or until there is nothing to do
//!  launch  how another pinxit starts it, and replaces one that was started differently
//!  leave   asking a worker to go, and waiting until it has: `pinxit worker stop`, upgrades
//!  status  `pinxit worker status`
//!  log     what it writes down: the file, and `pinxit worker log`
//! ```

mod duty;
mod launch;
mod leave;
mod log;
mod status;

use clap::{Args, Subcommand};

use crate::config::Flags;

use super::generate::Way;

pub use launch::Launch;
pub use leave::make_way;

const EXAMPLES: &str = "\
Commands and the studio start it by themselves, in the background, and it leaves
when there is nothing to do for a while (the setting worker_idle). It outlives a
dropped line. Started by hand it works here, until Ctrl+C.

Examples:
  pinxit worker status
  pinxit worker stop           # a paid call under way is waited for
  pinxit worker log -n 50
  pinxit worker --idle 3600    # in this terminal
";

const STATUS: &str = "\
Example:
  pinxit worker status --json | jq .running
";

const STOP: &str = "\
Jobs are kept: the next command that needs a worker starts it again. A paid call
under way is waited for, which may take minutes. With --now it is given 10
seconds; without an answer its job is UNSURE then, and is not sent again by
itself.

Examples:
  pinxit worker stop
  pinxit worker stop --now
";

const LOG: &str = "\
Example:
  pinxit worker log -n 50
";

/// `worker`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WorkerArgs {
    /// Leave after so long without work
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=86_400))]
    pub idle: Option<u32>,
    /// Way tried first: durable (a task) or fast (in one request)
    #[arg(long, value_name = "durable|fast", hide_possible_values = true)]
    pub prefer: Option<Way>,
    /// What about it.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What about the worker.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Say whether one runs, and what it is doing
    #[command(after_help = STATUS)]
    Status {
        /// One JSON object on stdout
        #[arg(long)]
        json: bool,
    },
    /// Ask it to leave, and wait until it has
    #[command(after_help = STOP)]
    Stop {
        /// Wait no longer than 10 seconds
        #[arg(long)]
        now: bool,
        /// One JSON object on stdout
        #[arg(long)]
        json: bool,
    },
    /// Print the last lines of its log
    #[command(after_help = LOG)]
    Log {
        /// How many lines
        #[arg(short, value_name = "COUNT", default_value_t = 20)]
        n: usize,
        /// One JSON object on stdout
        #[arg(long)]
        json: bool,
    },
}

impl WorkerArgs {
    /// Whether stdout is to be JSON.
    pub fn wants_json(&self) -> bool {
        match self.what {
            Some(What::Status { json } | What::Stop { json, .. } | What::Log { json, .. }) => json,
            None => false,
        }
    }
}

/// Works, or says something about whoever does; the exit code.
pub fn run(flags: &Flags, args: &WorkerArgs) -> anyhow::Result<u8> {
    match args.what {
        None => {
            let prefer = args.prefer.map(|way| way.word().to_owned());
            let worker_idle = args.idle.map(|seconds| seconds.to_string());
            duty::work(&Flags { prefer, worker_idle, ..flags.clone() })
        }
        Some(What::Status { json }) => status::tell(flags, json),
        Some(What::Stop { now, json }) => leave::stop(flags, now, json),
        Some(What::Log { n, json }) => log::tell(flags, n, json),
    }
}
