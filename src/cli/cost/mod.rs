//! `pinxit cost`: what was billed, by the user's own calendar; what is set aside or at risk; what is left of the budgets.
//! A price that is not known is counted in pictures, never guessed.
//!
//! `sums` adds up, `shown` writes it as words, JSON or CSV.

mod shown;
mod sums;

use clap::{Args, ValueEnum};

use crate::config::Flags;
use crate::domain::{Money, Period, Spent, Stamp};
use crate::store::{HeldBack, Store};

use super::{calendar, desk, print};
use sums::Sums;

const EXAMPLES: &str = "\
Pictures count when the service says that it billed them, at the price that was
shown before; the file and date that price is from stand beside it.

Examples:
  pinxit cost
  pinxit cost --by model --since 7d
  pinxit cost --by project --since 2026-04-01 --csv > april.csv
  pinxit cost --json | jq '.budgets[] | select(.period==\"month\").left'
";

/// What bills are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Days of the user's calendar.
    Day,
    /// Models.
    Model,
    /// Projects.
    Project,
    /// Batches.
    Batch,
}

impl By {
    /// The word that was typed.
    pub fn word(self) -> &'static str {
        match self {
            By::Day => "day",
            By::Model => "model",
            By::Project => "project",
            By::Batch => "batch",
        }
    }
}

/// The flags of `cost`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CostArgs {
    /// Add up by day, model, project or batch
    #[arg(long, default_value = "day", value_name = "day|model|project|batch", hide_possible_values = true)]
    by: By,
    /// Only from then on: 7d, 24h, 2w, today, or a date
    #[arg(long, value_name = "7d|DATE", value_parser = since)]
    since: Option<Stamp>,
    /// One JSON object on stdout (`pinxit.cost/1`)
    #[arg(long)]
    pub json: bool,
    /// Comma-separated rows on stdout, heads first
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

fn since(text: &str) -> Result<Stamp, String> {
    calendar::since(text, desk::now())
}

/// A budget, and what counts against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Day or month.
    pub period: Period,
    /// The most that may be spent in it.
    pub cap: Money,
    /// What was.
    pub spent: Spent,
}

impl Budget {
    /// What may still be spent.
    pub fn left(&self) -> Money {
        Money { micros: (self.cap.micros - self.spent.total().micros).max(0), ..self.cap }
    }
}

/// Everything that is shown.
#[derive(Debug)]
pub struct Account {
    /// How it is added up.
    pub by: By,
    /// From when on.
    pub since: Option<Stamp>,
    /// What was billed.
    pub sums: Sums,
    /// What may be billed yet.
    pub held: Vec<HeldBack>,
    /// The user's limits.
    pub budgets: Vec<Budget>,
}

/// Shows it.
pub fn run(flags: &Flags, args: &CostArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let account = Account {
        by: args.by,
        since: args.since,
        sums: Sums::of(&store.bills(args.since.unwrap_or(Stamp(0)))?, args.by),
        held: store.held_back(desk::now())?,
        budgets: budgets(&store)?,
    };
    if args.json {
        print::json(&shown::document(&account))?;
    } else if args.csv {
        shown::csv(&account).iter().try_for_each(print::line)?;
    } else {
        shown::lines(&account).iter().try_for_each(print::line)?;
    }
    Ok(0)
}

fn budgets(store: &Store) -> anyhow::Result<Vec<Budget>> {
    let caps = store.caps();
    let set = [(Period::Day, caps.day), (Period::Month, caps.month)];
    let budget = |(period, cap): (Period, Option<Money>)| {
        let cap = cap?;
        let spent = store.spent(period, cap.currency, desk::now());
        Some(spent.map(|spent| Budget { period, cap, spent }))
    };
    Ok(set.into_iter().filter_map(budget).collect::<Result<_, _>>()?)
}
