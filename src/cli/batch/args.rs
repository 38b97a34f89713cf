//! The flags of `batch` and `grid`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::amount;
use crate::domain::BatchId;

use super::super::generate::{Order, PictureFlags, RequestFlags, Wish};
use super::super::print::Json;
use super::edit::EditArgs;
use super::help::{BATCH, GRID, PLAN, RUN};

/// What is done about `{a|b}` and `__list__`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unfold {
    /// Every way.
    All,
    /// Some, by chance.
    Random,
}

/// The flags of `batch`.
#[derive(Debug, Args)]
#[command(after_help = BATCH)]
pub struct BatchArgs {
    /// What to do; without a word, the batches are listed.
    #[command(subcommand)]
    pub command: Option<BatchCommand>,
}

impl BatchArgs {
    /// How stdout is to be JSON, if it is.
    pub fn form(&self) -> Option<Json> {
        match &self.command {
            None => None,
            Some(BatchCommand::Run(args)) => args.told.form(args.doing.ndjson),
            Some(BatchCommand::Plan(args)) => args.told.form(false),
            Some(BatchCommand::List(told)) => told.form(false),
            Some(BatchCommand::Status(args) | BatchCommand::Pause(args) | BatchCommand::Stop(args)) => {
                args.told.form(false)
            }
            Some(BatchCommand::Resume(args)) => args.told.form(args.doing.ndjson),
            Some(BatchCommand::Retry(args)) => args.told.form(args.doing.ndjson),
            Some(BatchCommand::Edit(_) | BatchCommand::Export(_)) => None,
        }
    }
}

/// What to do with a batch.
#[derive(Debug, Subcommand)]
pub enum BatchCommand {
    /// Check a file and say what it comes to; send nothing
    #[command(after_help = PLAN)]
    Plan(Box<PlanArgs>),
    /// Make what a file asks for and is not made yet
    #[command(after_help = RUN)]
    Run(Box<RunArgs>),
    /// List the batches there are
    List(Told),
    /// Show how far a batch has come, and what is wrong with its rows
    Status(OneArgs),
    /// Send no more of a batch for now; what is at work goes on
    Pause(OneArgs),
    /// Let a paused batch go on
    Resume(GoArgs),
    /// Stop once what is at work has ended: rows that wait are cancelled
    Stop(OneArgs),
    /// Send failed rows again
    Retry(RetryArgs),
    /// Change what a row asks for, before it is sent or after it failed
    Edit(EditArgs),
    /// Write down what came of each row, as JSON Lines or CSV
    Export(ExportArgs),
}

/// How rows are read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Rows")]
pub struct RowFlags {
    /// Unfold {a|b} and __list__ in prompts: every way, or some by chance
    #[arg(long, value_name = "all|random", hide_possible_values = true)]
    pub wildcards: Option<Unfold>,
    /// Prompts made of one row at most; with random, how many (else one)
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// With random: another number throws other ways, the same one the same
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub throw: u64,
    /// Read `base | one | two` as the base with every selection of the options
    #[arg(long)]
    pub matrix: bool,
    /// Where the lists are that __name__ means; else lists/ beside the file, or
    /// beside config.toml
    #[arg(long, value_name = "DIR")]
    pub list_dir: Option<PathBuf>,
    /// Directory or name for pictures of rows that say none: hero/{id}.{ext}
    #[arg(short, long, value_name = "TEMPLATE")]
    pub out: Option<String>,
    /// What rows are booked under that name no project
    #[arg(long, value_name = "NAME")]
    pub project: Option<String>,
}

/// What is said over every row of a file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Rows")]
pub struct FileFlags {
    /// JSON Lines, CSV or prompts with flags; - reads stdin
    #[arg(value_name = "FILE|-", help_heading = "Arguments")]
    pub file: String,
    /// Model of rows that name none
    #[arg(short, long)]
    pub model: Option<String>,
    /// A style around the words of every row; `pinxit styles` lists them
    #[arg(long, value_name = "NAME")]
    pub style: Option<String>,
    /// Any parameter by its API name, whatever rows say (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Accept that prompts that are too long are cut
    #[arg(long)]
    pub truncate: bool,
    /// Take no other model than the one asked for: refuse instead
    #[arg(long)]
    pub strict: bool,
}

/// How it is done.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Work")]
pub struct DoingFlags {
    /// Agree to the cost without being asked
    #[arg(short, long)]
    pub yes: bool,
    /// Send nothing that may cost more in all, in the region's currency
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    pub max_cost: Option<String>,
    /// Send rows again that may have been paid for: they may be billed twice
    #[arg(long)]
    pub resend_unsure: bool,
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
    /// Stop watching after this long; the batch is kept
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// A line of JSON on stdout for each event, the result last
    #[arg(long, conflicts_with = "json")]
    pub ndjson: bool,
}

/// How it is told.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Told {
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
    /// No progress on stderr
    #[arg(short, long)]
    pub quiet: bool,
}

impl Told {
    /// How stdout is to be JSON, if it is.
    pub fn form(self, lines: bool) -> Option<Json> {
        Json::of(self.json, lines)
    }
}

/// The flags of `batch plan`.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// The file.
    #[command(flatten)]
    pub file: FileFlags,
    /// Its rows.
    #[command(flatten)]
    pub rows: RowFlags,
    /// Rows at work at once, at most; 0 lifts the limit there was
    #[arg(long, value_name = "COUNT", value_parser = parallel(), help_heading = "Work")]
    pub parallel: Option<u32>,
    /// Plan for the demo's service and its batches
    #[arg(long, conflicts_with = "base_url", help_heading = "Work")]
    pub demo: bool,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// The flags of `batch run`.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// The file.
    #[command(flatten)]
    pub file: FileFlags,
    /// Its rows.
    #[command(flatten)]
    pub rows: RowFlags,
    /// How it is done.
    #[command(flatten)]
    pub doing: DoingFlags,
    /// Rows at work at once, at most; 0 lifts the limit there was
    #[arg(long, value_name = "COUNT", value_parser = parallel(), help_heading = "Work")]
    pub parallel: Option<u32>,
    /// Use the built-in emulator: no key, no network, nothing paid
    #[arg(long, conflicts_with = "base_url", help_heading = "Work")]
    pub demo: bool,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// The flags of `grid`.
#[derive(Debug, Clone, Args)]
#[command(after_help = GRID)]
pub struct GridArgs {
    /// What to paint in every cell; or an axis of prompts
    pub prompt: Option<String>,
    /// A field and its values (repeatable; the last one goes fastest)
    #[arg(long = "axis", value_name = "FIELD=V,V", required = true)]
    pub axes: Vec<String>,
    /// Say what it comes to; send nothing
    #[arg(long)]
    pub plan: bool,
    /// A picture to work from (repeatable, counted in this order)
    #[arg(long = "ref", value_name = "FILE|URL", help_heading = "Pictures in")]
    pub refs: Vec<String>,
    /// Where pictures are marked.
    #[command(flatten)]
    pub pictures: PictureFlags,
    /// What every cell says unless an axis does.
    #[command(flatten)]
    pub asked: RequestFlags,
    /// How rows are read.
    #[command(flatten)]
    pub rows: RowFlags,
    /// How it is done.
    #[command(flatten)]
    pub doing: DoingFlags,
    /// Rows at work at once, at most; 0 lifts the limit there was
    #[arg(long, value_name = "COUNT", value_parser = parallel(), help_heading = "Work")]
    pub parallel: Option<u32>,
    /// Use the built-in emulator: no key, no network, nothing paid
    #[arg(long, conflicts_with = "base_url", help_heading = "Work")]
    pub demo: bool,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

impl GridArgs {
    /// How stdout is to be JSON, if it is.
    pub fn form(&self) -> Option<Json> {
        self.told.form(self.doing.ndjson)
    }

    /// What every cell asks for.
    pub fn wish(&self) -> Wish {
        let order = Order { asked: self.asked.clone(), pictures: self.pictures.clone(), ..Order::default() };
        Wish { prompt: self.prompt.clone(), pictures: self.refs.clone(), ..Wish::of_order(&order) }
    }
}

/// The flags of `batch status`, `batch pause` and `batch stop`.
#[derive(Debug, Clone, Args)]
pub struct OneArgs {
    /// A batch by its number, or the file it was made from
    #[arg(value_name = "BATCH|FILE")]
    pub which: String,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// The flags of `batch resume`.
#[derive(Debug, Clone, Args)]
pub struct GoArgs {
    /// A batch by its number, or the file it was made from
    #[arg(value_name = "BATCH|FILE")]
    pub which: String,
    /// Rows at work at once, at most; 0 lifts the limit there was
    #[arg(long, value_name = "COUNT", value_parser = parallel())]
    pub parallel: Option<u32>,
    /// How it is done.
    #[command(flatten)]
    pub doing: WatchFlags,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// How a batch is watched that is there already.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WatchFlags {
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
    /// Stop watching after this long; the batch is kept
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// A line of JSON on stdout for each event, the result last
    #[arg(long, conflicts_with = "json")]
    pub ndjson: bool,
}

/// The flags of `batch retry`.
#[derive(Debug, Clone, Args)]
pub struct RetryArgs {
    /// A batch by its number, or the file it was made from
    #[arg(value_name = "BATCH|FILE")]
    pub which: String,
    /// Only this row (repeatable)
    #[arg(long = "row", value_name = "NAME")]
    pub rows: Vec<String>,
    /// How it is done.
    #[command(flatten)]
    pub doing: DoingFlags,
    /// How it is told.
    #[command(flatten)]
    pub told: Told,
}

/// The flags of `batch export`.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// A batch by its number, or the file it was made from
    #[arg(value_name = "BATCH|FILE")]
    pub which: String,
    /// A new file, .jsonl or .csv; without it, JSON Lines on stdout
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Reads `3` and `b3`.
pub fn batch_id(text: &str) -> Option<BatchId> {
    text.trim().trim_start_matches('b').parse().ok().filter(|number| *number > 0).map(BatchId)
}

fn parallel() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(0..=1000)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn money(text: &str) -> Result<String, String> {
    amount::micros(text).map(|_| text.to_owned()).ok_or_else(|| "write an amount like 0.50".to_owned())
}
