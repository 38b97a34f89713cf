//! `pinxit tree`: what was made from what, as text, JSON or a graph for dot; `name` and `hide` for its branches.

use clap::Args;
use serde_json::{Value, json};

use crate::config::{Config, Flags};
use crate::domain::change::changes;
use crate::domain::lineage::{Kin, Lineage, sum};
use crate::domain::{Fault, FaultKind, Job, JobId, Money, Origin, text};
use crate::store::Store;
use crate::tui::layout::{Stem, change_words, stems};

use super::{desk, envelope, print};

const EXAMPLES: &str = "\
Each job stands below the one it was made from, the family something was made in
last first. With a job or a picture the whole family it is in. Behind a job:
what was changed to make it, its pictures, what it cost, how it stands.

Examples:
  pinxit tree
  pinxit tree 12b
  pinxit tree --find \"fox snow\" -n 5
  pinxit tree --json | jq -r '.jobs[] | select(.parent == null).job'
  pinxit tree 12 --dot | dot -Tsvg > family.svg
";

const NAME: &str = "\
The name stands for the job and everything made from it.

Examples:
  pinxit name 12 autumn
  pinxit name 12              # no name any more
";

const HIDE: &str = "\
A dead end keeps its line in the tree; what was made from it is folded away.
Nothing is deleted.

Examples:
  pinxit hide 40
  pinxit hide 40 --show       # unfold it again
";

/// The flags of `tree`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TreeArgs {
    /// A job (12) or a picture (12b): the family it is in
    #[arg(value_name = "ID")]
    pub id: Option<Origin>,
    /// Families at most: those something was made in last
    #[arg(short, long, value_name = "COUNT", default_value_t = 20, conflicts_with = "id")]
    pub number: usize,
    /// Only families that have a job with these words
    #[arg(long, value_name = "WORDS", conflicts_with = "id")]
    pub find: Option<String>,
    /// What is folded away too
    #[arg(long)]
    pub all: bool,
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
    /// A graph in the language of dot
    #[arg(long, conflicts_with = "json")]
    pub dot: bool,
}

/// The flags of `name`.
#[derive(Debug, Args)]
#[command(after_help = NAME)]
pub struct NameArgs {
    /// The job
    #[arg(value_name = "JOB")]
    pub job: JobId,
    /// Its name; none takes it away
    pub name: Option<String>,
}

/// The flags of `hide`.
#[derive(Debug, Args)]
#[command(after_help = HIDE)]
pub struct HideArgs {
    /// The job
    #[arg(value_name = "JOB")]
    pub job: JobId,
    /// Unfold it again
    #[arg(long)]
    pub show: bool,
}

/// Prints the trees.
pub fn run(flags: &Flags, args: &TreeArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let found = find(&store, args)?;
    let shown = shown(&found.rows, args.all);
    if args.json {
        print::json(&object(&found, &shown))?;
    } else if args.dot {
        print::line(graph(&shown))?;
    } else {
        let columns = print::columns();
        lines(&found.rows, &shown).iter().try_for_each(|line| print::line(print::cut(line, columns)))?;
        tell(&found, args, &config);
    }
    Ok(0)
}

/// Names a job.
pub fn name(flags: &Flags, args: &NameArgs) -> anyhow::Result<u8> {
    let store = desk::store(&desk::configure_aloud(flags)?)?;
    known(&store, args.job)?;
    let name = args.name.as_deref().unwrap_or_default();
    store.name_job(args.job, name)?;
    let told = store.job(args.job)?.and_then(|job| job.name);
    print::say(match told {
        Some(name) => format!("#{} is '{name}'", args.job),
        None => format!("#{} has no name now", args.job),
    });
    Ok(0)
}

/// Folds a job away, or shows it again.
pub fn hide(flags: &Flags, args: &HideArgs) -> anyhow::Result<u8> {
    let store = desk::store(&desk::configure_aloud(flags)?)?;
    known(&store, args.job)?;
    store.hide(args.job, !args.show)?;
    let what = if args.show { "is shown again" } else { "is folded away; nothing is deleted" };
    print::say(format!("#{} {what}", args.job));
    Ok(0)
}

fn known(store: &Store, id: JobId) -> anyhow::Result<Job> {
    let unknown = || {
        let fault = Fault::new(FaultKind::Invalid, "job_unknown", format!("There is no job {id}."));
        fault.hint("`pinxit tree` shows the jobs there are.")
    };
    Ok(store.job(id)?.ok_or_else(unknown)?)
}

fn find(store: &Store, args: &TreeArgs) -> anyhow::Result<Lineage> {
    match args.id {
        Some(origin) => {
            known(store, origin.job)?;
            Ok(store.family(origin.job)?.unwrap_or_default())
        }
        None => Ok(store.lineage(args.find.as_deref().unwrap_or_default(), args.number.max(1))?),
    }
}

/// The rows to show: below a dead end none, unless all are wanted.
fn shown(rows: &[Kin], all: bool) -> Vec<&Kin> {
    let mut folded: Option<usize> = None;
    let mut is_shown = |kin: &&Kin| {
        if folded.is_some_and(|depth| kin.depth > depth) {
            return false;
        }
        folded = (kin.job.hidden && !all).then_some(kin.depth);
        true
    };
    rows.iter().filter(|kin| is_shown(kin)).collect()
}

/// The job a row's job was made from, where it is among the rows.
fn parent<'a>(rows: &'a [Kin], job: &Job) -> Option<&'a Job> {
    let id = job.parent?.job;
    rows.iter().map(|kin| &kin.job).find(|other| other.id == id)
}

fn lines(rows: &[Kin], shown: &[&Kin]) -> Vec<String> {
    let step = |stem: &Stem| match stem {
        Stem::Blank => "   ",
        Stem::On => "|  ",
        Stem::Fork => "+- ",
        Stem::Last => "`- ",
        Stem::Deep => ".. ",
    };
    let told = |(stem, kin): (Vec<Stem>, &&Kin)| {
        let job = &kin.job;
        let mut line: String = stem.iter().map(step).collect();
        line += &job.id.to_string();
        if let Some(name) = &job.name {
            line += &format!("  '{}'", text::clean(name));
        }
        let changed = parent(rows, job).map(|parent| change_words(&parent.request, &job.request));
        let prompt = text::clean(&job.request.prompt).into_owned();
        let what = changed.map_or(prompt, |changed| match job.parent {
            Some(origin) if origin.picture.is_some() => format!("from {origin}: {changed}"),
            _ => changed,
        });
        let folded = if job.hidden { format!("  hidden, {} below", kin.below) } else { String::new() };
        let cost = job.cost().total().map_or_else(|| "?".to_owned(), |total| total.to_string());
        format!("{line}  {} img  {cost}  {}{folded}  {what}", job.images.len(), job.phase)
    };
    stems(shown).into_iter().zip(shown).map(told).collect()
}

/// What the lines do not say.
fn tell(found: &Lineage, args: &TreeArgs, config: &Config) {
    let sum = sum(&found.rows);
    if sum.jobs == 0 {
        return print::say(format!("There are no jobs here.{}", desk::apart(config, "tree")));
    }
    let billed: Vec<String> = sum.billed.iter().map(|money| money.rounded()).collect();
    let billed = if billed.is_empty() { "nothing billed".to_owned() } else { format!("{} billed", billed.join(" + ")) };
    let more = if found.more { format!("; older families with -n {}", args.number * 5) } else { String::new() };
    let cut = if found.cut { "; cut short, there are more jobs" } else { "" };
    print::say(format!("{} jobs, {} pictures, {billed}{cut}{more}", sum.jobs, sum.pictures));
}

fn object(found: &Lineage, shown: &[&Kin]) -> Value {
    let told = |kin: &&Kin| {
        let job = &kin.job;
        let changed = parent(&found.rows, job).map(|parent| {
            changes(&parent.request, &job.request).into_iter().map(|change| change.name).collect::<Vec<_>>()
        });
        json!({
            "job": job.id.to_string(),
            "parent": job.parent.map(|origin| origin.to_string()),
            "depth": kin.depth,
            "below": kin.below,
            "name": job.name,
            "hidden": job.hidden,
            "state": job.phase.word(),
            "model": job.request.model,
            "prompt": job.request.prompt,
            "seed": job.request.seed,
            "changed": changed,
            "images": job.images.iter().map(|image| envelope::picture(image, job)).collect::<Vec<_>>(),
            "cost": envelope::cost(job),
        })
    };
    let sum = sum(&found.rows);
    let billed: Vec<Value> =
        sum.billed.iter().map(|money: &Money| json!({"amount": money.units(), "currency": money.currency})).collect();
    json!({
        "schema": "pinxit.tree/1",
        "jobs": shown.iter().map(told).collect::<Vec<_>>(),
        "billed": billed,
        "families": found.families,
        "more": found.more,
        "cut": found.cut,
    })
}

/// A graph: a box for each job, an arrow to what was made from it, with what was changed on it.
fn graph(shown: &[&Kin]) -> String {
    let mut out = vec!["digraph pinxit {".to_owned(), "  rankdir=LR; node [shape=box];".to_owned()];
    for Kin { job, .. } in shown {
        let prompt = print::cut(&text::clean(&job.request.prompt), Some(48));
        let name = job.name.as_deref().map(|name| format!(" '{}'", text::clean(name))).unwrap_or_default();
        // The line feed between is the graph's own.
        let label = format!("{}{}\\n{}", job.id, escaped(&name), escaped(&prompt));
        out.push(format!("  {} [label=\"{label}\"];", job.id));
    }
    for Kin { job, .. } in shown {
        let parent = job.parent.and_then(|origin| shown.iter().find(|kin| kin.job.id == origin.job));
        if let Some(Kin { job: parent, .. }) = parent {
            let changed = escaped(&change_words(&parent.request, &job.request));
            out.push(format!("  {} -> {} [label=\"{changed}\"];", parent.id, job.id));
        }
    }
    out.push("}".to_owned());
    out.join("\n")
}

/// A text inside quotes of a graph.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
