//! `pinxit batch` and `pinxit grid`: many requests from rows. A row becomes a job by the same code as a single request, and
//! is known by what it asks for, so that a file that is run again never pays for a finished row.
//!
//! ```text
//!  args     what was typed                     fate      what is done about a row that was asked for before
//!  source   rows from a file or axes           estimate  time and room
//!  faulty   everything wrong with them         plan      the whole before anything is sent
//!  order    rows to requests                   run       written into the store, once
//!  out      where pictures go                  watch     rows on their way (tally)
//!  manage   batches that are there             result    the end; export
//!  edit     a row changed                      replace   a new job in a failed one's place
//!  screen   the same for the studio
//! ```

mod args;
mod edit;
mod estimate;
mod export;
mod fate;
mod faulty;
mod help;
mod manage;
mod order;
mod out;
mod plan;
mod replace;
mod result;
mod run;
mod screen;
mod source;
mod tally;
mod watch;

use crate::config::{Config, Flags};
use crate::domain::text;
use crate::store::{NewBatch, Store};

use super::desk::{self, Works};
use super::generate::{Leeway, find_style, ticket};
use super::{jobs, print};
use args::{BatchCommand, DoingFlags, FileFlags, PlanArgs, RowFlags, RunArgs, Told};
use order::{Making, Orders};
use plan::Plan;
use run::Doing;
use source::Source;

pub use args::{BatchArgs, GridArgs, Unfold, batch_id};
pub use export::write_new;
pub use faulty::Faulty;
pub use replace::{may_replace, replace};
pub use screen::planner;
pub use source::lists;

/// `batch`; the exit code.
pub fn run(flags: &Flags, args: &BatchArgs) -> anyhow::Result<u8> {
    let quiet = || desk::configure_aloud(flags);
    match &args.command {
        None => manage::list(&quiet()?, Told::default()),
        Some(BatchCommand::List(told)) => manage::list(&quiet()?, *told),
        Some(BatchCommand::Plan(args)) => plan(flags, args),
        Some(BatchCommand::Run(args)) => execute(flags, args),
        Some(BatchCommand::Status(args)) => manage::status(&quiet()?, args),
        Some(BatchCommand::Pause(args)) => manage::pause(&quiet()?, args),
        Some(BatchCommand::Stop(args)) => manage::stop(&quiet()?, args),
        Some(BatchCommand::Resume(args)) => {
            let args::WatchFlags { inline, timeout, ndjson } = args.doing;
            let doing = DoingFlags { inline, timeout, ndjson, ..DoingFlags::default() };
            let which = (args.which.as_str(), args.parallel);
            manage::resume(&configured(flags, None, inline)?, which, &doing, args.told)
        }
        Some(BatchCommand::Retry(args)) => manage::retry(&configured(flags, None, args.doing.inline)?, args),
        Some(BatchCommand::Edit(args)) => edit::edit(quiet()?, args),
        Some(BatchCommand::Export(args)) => export::export(&quiet()?, args),
    }
}

/// `grid`; the exit code.
pub fn grid(flags: &Flags, args: &GridArgs) -> anyhow::Result<u8> {
    let config = configured(flags, args.rows.project.as_deref(), args.doing.inline)?;
    let asked = &args.asked;
    let (cell, remarks) = match &asked.request {
        None => (args.wish(), vec![]),
        Some(source) => {
            let (below, remarks) = ticket::read(source)?;
            (args.wish().over(below), remarks)
        }
    };
    let source = Source::grid(&args.axes, &cell, &args.rows, &config.catalog, &config.paths)?;
    let leeway = Leeway { strict: asked.strict, truncate: asked.truncate };
    let mut orders = orders(
        &config,
        &source,
        &args.rows,
        Over { model: None, style: asked.style.as_deref(), set: &asked.set, leeway },
    )?;
    orders.notes.extend(remarks);
    if args.plan {
        return tell_plan(&config, &source, orders, args.parallel, (args.demo, args.told));
    }
    let doing =
        Doing { command: "grid", parallel: args.parallel, demo: args.demo, flags: &args.doing, told: args.told };
    run::run(&config, &new_batch(&source, args.parallel), orders, &doing)
}

fn plan(flags: &Flags, args: &PlanArgs) -> anyhow::Result<u8> {
    let config = configured(flags, args.rows.project.as_deref(), false)?;
    let source = Source::file(&args.file.file, &args.rows, &config.catalog, &config.paths)?;
    let orders = of_file(&config, &source, &args.rows, &args.file)?;
    tell_plan(&config, &source, orders, args.parallel, (args.demo, args.told))
}

fn execute(flags: &Flags, args: &RunArgs) -> anyhow::Result<u8> {
    let config = configured(flags, args.rows.project.as_deref(), args.doing.inline)?;
    let source = Source::file(&args.file.file, &args.rows, &config.catalog, &config.paths)?;
    let orders = of_file(&config, &source, &args.rows, &args.file)?;
    let doing =
        Doing { command: "batch", parallel: args.parallel, demo: args.demo, flags: &args.doing, told: args.told };
    run::run(&config, &new_batch(&source, args.parallel), orders, &doing)
}

/// The settings, with what the command line says over them.
fn configured(flags: &Flags, project: Option<&str>, inline: bool) -> anyhow::Result<Config> {
    let project = project.map(str::to_owned).or_else(|| flags.project.clone());
    Ok(desk::configure_aloud(&Flags { project, ..jobs::inline(flags, inline) })?)
}

fn of_file(config: &Config, source: &Source, rows: &RowFlags, file: &FileFlags) -> anyhow::Result<Orders> {
    let leeway = Leeway { strict: file.strict, truncate: file.truncate };
    let (model, style) = (file.model.as_deref(), file.style.as_deref());
    orders(config, source, rows, Over { model, style, set: &file.set, leeway })
}

/// What the command line says over every row.
struct Over<'a> {
    model: Option<&'a str>,
    style: Option<&'a str>,
    set: &'a [(String, String)],
    leeway: Leeway,
}

fn orders(
    config: &Config,
    source: &Source,
    rows: &RowFlags,
    Over { model, style, set, leeway }: Over<'_>,
) -> anyhow::Result<Orders> {
    // Once for all rows, not once for each.
    style.map(|name| find_style(config, name)).transpose()?;
    let project = Some(config.settings.project.as_str()).filter(|name| !name.is_empty());
    Ok(Orders::of(source, &Making { config, model, style, set, leeway, out: rows.out.as_deref(), project })?)
}

fn new_batch(source: &Source, parallel: Option<u32>) -> NewBatch {
    let file = source.path.as_deref().and_then(std::path::Path::file_name).map(|name| name.to_string_lossy());
    let name = file.map_or_else(|| source.name.clone(), |name| text::clean(&name).into_owned());
    NewBatch { name, source: source.path.clone(), parallel }
}

/// A limit of rows at work at once; 0 is none.
fn at_once(parallel: Option<u32>) -> Option<u32> {
    parallel.filter(|most| *most > 0)
}

fn tell_plan(
    config: &Config,
    source: &Source,
    orders: Orders,
    parallel: Option<u32>,
    (demo, told): (bool, Told),
) -> anyhow::Result<u8> {
    let store: Store = if demo { Works::demo(config)?.store.clone() } else { desk::store(config)? };
    let plan = Plan::of(&source.name, orders, (&store, config), (at_once(parallel), false), desk::now())?;
    match told.json {
        true => print::json(&plan.json())?,
        false => plan.words().iter().try_for_each(print::line)?,
    }
    Ok(0)
}
