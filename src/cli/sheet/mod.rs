//! `pinxit sheet`: pictures on one HTML page that needs nothing beside it: no files, no network, no scripts.

mod page;
mod thumb;

use std::path::PathBuf;

use clap::Args;

use crate::config::Flags;
use crate::domain::{Fault, FaultKind, Job, JobId, text};
use crate::store::Store;

use super::batch::{batch_id, write_new};
use super::{desk, print};
use page::Page;

const EXAMPLES: &str = "\
A job is its number, a batch its number behind a b. Rows without pictures stand
on the page too, with what became of them.

Examples:
  pinxit sheet b3 -o spring.html
  pinxit sheet 12 13 14 -o foxes.html --title \"Three foxes\"
";

/// The flags of `sheet`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SheetArgs {
    /// Batches (b3) and jobs (12)
    #[arg(required = true, value_name = "BATCH|JOB")]
    pub what: Vec<String>,
    /// A new file
    #[arg(short, long, value_name = "FILE.html")]
    pub out: PathBuf,
    /// The page's title
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

/// Writes the page.
pub fn run(flags: &Flags, args: &SheetArgs) -> anyhow::Result<u8> {
    let store = desk::store(&desk::configure_aloud(flags)?)?;
    let mut page = Page { title: args.title.clone().unwrap_or_default(), jobs: vec![] };
    for what in &args.what {
        let (name, jobs) = find(&store, what)?;
        if page.title.is_empty() {
            page.title = name;
        }
        page.jobs.extend(jobs);
    }
    let pictures: usize = page.jobs.iter().map(|job| job.images.len()).sum();
    write_new(&args.out, page.html().as_bytes())?;
    print::say(format!("{pictures} pictures on {}", text::clean(&args.out.to_string_lossy())));
    Ok(0)
}

/// The page of some jobs, whole.
pub fn page(title: String, jobs: Vec<Job>) -> String {
    Page { title, jobs }.html()
}

/// What a word means: a name for a title, and jobs.
fn find(store: &Store, what: &str) -> anyhow::Result<(String, Vec<Job>)> {
    let unknown = |what: &str| {
        let message = format!("There is neither a job nor a batch {}.", text::clean(what));
        Fault::new(FaultKind::Invalid, "job_unknown", message)
            .hint("A batch is b3, a job 12; `pinxit batch` lists batches.")
    };
    if what.starts_with('b') {
        let id = batch_id(what).ok_or_else(|| unknown(what))?;
        let batch = store.batch(id)?.ok_or_else(|| unknown(what))?;
        return Ok((batch.name, store.batch_jobs(id)?));
    }
    let id: JobId = what.parse().map_err(|_| unknown(what))?;
    let job = store.job(id)?.ok_or_else(|| unknown(what))?;
    Ok((format!("Job {id}"), vec![job]))
}
