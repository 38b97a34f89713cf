//! `pinxit batch edit`: what a row asks for, changed. How it is changed is the queue's; here the row is found.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::domain::{Batch, Fault, FaultKind, Job, text};

use super::super::desk;
use super::super::queue::{Change, RowOf, edit_row, pair};
use super::manage::{find, name};

const EDIT: &str = "\
A row that waits is changed as by `pinxit queue edit`. For one that failed a new
job is made, which stands for the row from then on: the file that is run again
sends neither of them twice. NAME is prompt, model, mode, or a parameter by its
API name; NAME=null leaves it to the service.

Examples:
  pinxit batch edit b3 hero-red
  pinxit batch edit b3 hero-red size=1024*1024 prompt=\"a red fox\"
  pinxit batch edit spring.jsonl hero-red --from mended.toml --yes
";

/// The flags of `batch edit`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EDIT)]
pub struct EditArgs {
    /// A batch by its number, or the file it was made from
    #[arg(value_name = "BATCH|FILE")]
    pub which: String,
    /// A row by its name, or #12 by its job
    #[arg(value_name = "ROW")]
    pub row: String,
    /// What to change; without it, $VISUAL or $EDITOR opens on all of it
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub pairs: Vec<(String, String)>,
    /// Read the text from a file instead; - reads it from stdin
    #[arg(long, value_name = "FILE|-", conflicts_with = "pairs")]
    pub from: Option<PathBuf>,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    pub yes: bool,
    /// Change a row that may have been paid for: it may be billed twice
    #[arg(long)]
    pub resend_unsure: bool,
}

/// Changes a row.
pub fn edit(config: Config, args: &EditArgs) -> anyhow::Result<u8> {
    let store = desk::store(&config)?;
    let batch = find(&store, &args.which)?;
    let job = row(&batch, store.batch_jobs(batch.id)?, &args.row)?;
    let row = RowOf { batch: format!("b{}", batch.id), name: name(&job).to_owned(), resend: args.resend_unsure };
    edit_row(config, store, job, row, &Change { from: args.from.as_deref(), pairs: &args.pairs, yes: args.yes })
}

/// The job of a row, by the row's name or by `#12`.
fn row(batch: &Batch, jobs: Vec<Job>, wanted: &str) -> Result<Job, Fault> {
    let is = |job: &Job| name(job) == wanted || format!("#{}", job.id) == wanted;
    let mut found: Vec<Job> = jobs.into_iter().filter(is).collect();
    let shown = text::clean(wanted);
    match found.len() {
        0 => Err(Fault::new(FaultKind::Invalid, "row_unknown", format!("b{} has no row {shown}.", batch.id))
            .hint(format!("`pinxit batch export b{}` names them all.", batch.id))),
        1 => Ok(found.remove(0)),
        many => {
            let ids: Vec<String> = found.iter().take(4).map(|job| format!("#{}", job.id)).collect();
            let message = format!("b{} has {many} rows {shown}.", batch.id);
            Err(Fault::new(FaultKind::Invalid, "row_unclear", message)
                .hint(format!("Name one by its job: {}.", ids.join(", "))))
        }
    }
}
