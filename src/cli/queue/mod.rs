//! `pinxit queue`: what waits, runs or needs a decision, and everything a user can do about it.
//!
//! ```text
//!  list  filter  table   what is shown
//!  order                 pauses, turns, what is kept back or out of sight
//!  again                 retry, duplicate, look, lost
//!  edit  sheet  editor   a waiting job changed: as a text in the user's editor, or by name
//!  work                  who carries it out
//!  verdict               what was done for each job, and the exit code
//! ```
//!
//! What waits and in which order is the store's; here are only words and flags.

mod again;
mod edit;
mod editor;
mod filter;
mod list;
mod order;
mod sheet;
mod table;
mod verdict;
mod work;

use clap::{Args, Subcommand};

use crate::config::Flags;

use super::jobs::{CancelArgs, cancel};
use super::numbers::Numbers;
use again::{DuplicateArgs, RetryArgs};
use edit::{EditArgs, SetArgs};
use list::ListArgs;
use order::{ClearArgs, MoveArgs};

pub use edit::{Change, RowOf, edit_row, pair};

const EXAMPLES: &str = "\
Without a command it lists. Jobs are named by number: 12, 12-18, 12,14. Filter
words must all hold: state:failed, model:wan2.7*, batch:3, project:shop, or part
of a prompt; ! before a word inverts it.

Examples:
  pinxit queue                              # what waits, runs, needs you
  pinxit queue --all state:failed,unsure '!model:qwen*'
  pinxit queue --json | jq -r '.jobs[] | select(.state==\"HELD\").id'
  pinxit queue pause wan2.7-image           # only this model; no name: all
  pinxit queue resume
  pinxit queue front 18                     # its turn is next
  pinxit queue move 18 3                    # or: up, down
  pinxit queue edit 12                      # the request, in your editor
  pinxit queue set 12 n=4 prompt=\"a red fox\"
  pinxit queue retry 12-14 --yes
  pinxit queue duplicate 12 --seed keep
  pinxit queue look 15                      # is a lost call there after all?
  pinxit queue lost 15                      # give it up
  pinxit queue clear --finished

Exit codes: 0 done, 2 nothing changed, 7 consent or budget, 9 some of the jobs.
";

/// The flags of `queue`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct QueueArgs {
    /// What to do; without it, list.
    #[command(subcommand)]
    what: Option<What>,
    /// How to list.
    #[command(flatten)]
    list: ListArgs,
}

/// What to do with the queue.
#[derive(Debug, Subcommand)]
enum What {
    /// List what waits, runs or needs a decision, in turn order
    List(ListArgs),
    /// Send nothing more until it is resumed: everything, or one model's jobs
    #[command(after_help = "Jobs at work go on.\n\nExample:\n  pinxit queue pause wan2.7-image")]
    Pause(ModelArg),
    /// Let go what was paused: everything, or one model's jobs
    #[command(after_help = "Example:\n  pinxit queue resume")]
    Resume(ModelArg),
    /// Keep waiting jobs back
    #[command(after_help = "Example:\n  pinxit queue hold 12-18")]
    Hold(Ids),
    /// Let jobs go that were kept back
    #[command(after_help = "Example:\n  pinxit queue release 12")]
    Release(Ids),
    /// Put waiting jobs before all others
    #[command(after_help = "Example:\n  pinxit queue front 18")]
    Front(Ids),
    /// Give a waiting job another turn
    Move(MoveArgs),
    /// Change what a waiting job asks for, in your editor
    Edit(EditArgs),
    /// Change what a waiting job asks for, by name
    Set(SetArgs),
    /// Send jobs again that failed, fell short or got no answer
    Retry(RetryArgs),
    /// Stop jobs, as far as that can be
    Cancel(CancelArgs),
    /// Make new jobs that ask for the same; their numbers on stdout
    Duplicate(DuplicateArgs),
    /// Search the service again for calls whose answer was lost; costs nothing
    #[command(after_help = "Example:\n  pinxit queue look 15")]
    Look(Ids),
    /// Give up jobs whose answer was lost; they may have been billed
    #[command(after_help = "Example:\n  pinxit queue lost 15")]
    Lost(Ids),
    /// Put ended jobs out of sight; they stay in the history
    Clear(ClearArgs),
    /// Bring cleared jobs back into sight
    #[command(after_help = "Example:\n  pinxit queue unclear 12")]
    Unclear(Ids),
}

/// A model, or all.
#[derive(Debug, Args)]
struct ModelArg {
    /// One model; without it, everything
    model: Option<String>,
}

/// Some jobs.
#[derive(Debug, Args)]
struct Ids {
    /// Jobs: 12, 12-18, 12,14
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Numbers>,
}

impl QueueArgs {
    /// Whether stdout is to be JSON.
    pub fn wants_json(&self) -> bool {
        match &self.what {
            None => self.list.json,
            Some(What::List(args)) => args.json,
            Some(What::Cancel(args)) => args.json,
            Some(_) => false,
        }
    }
}

/// Does it; the exit code.
pub fn run(flags: &Flags, args: &QueueArgs) -> anyhow::Result<u8> {
    match &args.what {
        None => list::list(flags, &args.list),
        Some(What::List(args)) => list::list(flags, args),
        Some(What::Pause(args)) => order::pause(flags, args.model.as_deref()),
        Some(What::Resume(args)) => order::resume(flags, args.model.as_deref()),
        Some(What::Hold(args)) => order::hold(flags, &args.ids),
        Some(What::Release(args)) => order::release(flags, &args.ids),
        Some(What::Front(args)) => order::front(flags, &args.ids),
        Some(What::Move(args)) => order::shift(flags, args),
        Some(What::Edit(args)) => edit::edit(flags, args),
        Some(What::Set(args)) => edit::set(flags, args),
        Some(What::Retry(args)) => again::retry(flags, args),
        Some(What::Cancel(args)) => cancel(flags, args),
        Some(What::Duplicate(args)) => again::duplicate(flags, args),
        Some(What::Look(args)) => again::look(flags, &args.ids),
        Some(What::Lost(args)) => again::lost(flags, &args.ids),
        Some(What::Clear(args)) => order::clear(flags, args),
        Some(What::Unclear(args)) => order::unclear(flags, &args.ids),
    }
}
