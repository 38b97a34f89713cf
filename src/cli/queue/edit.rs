//! `pinxit queue edit` and `set`: what a waiting job asks for, changed before it is sent. The catalogue, the limits and
//! the consent are those of a new job; nothing of the job changes unless all of them agree. A row of a batch that failed is
//! changed the same way, and a new job stands for it then.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::{Config, Flags};
use crate::domain::{BatchId, Fault, FaultKind, Job, JobId, Phase, Request, text};
use crate::store::Store;

use super::super::batch::{may_replace, replace};
use super::super::failure::{self, Refused};
use super::super::generate::{Agreement, Appraisal, agree, appraise, put};
use super::super::numbers::{is_ours, known};
use super::super::{desk, print};
use super::again::price;
use super::verdict::misplaced;
use super::{editor, order, sheet, work};

const NEEDS: &str = "only a job that waits and has not begun can be edited";

const EDIT: &str = "\
Opens $VISUAL or $EDITOR on the request as TOML; the job is held meanwhile. What
is wrong is told with its line; the job then stays as it was, and your text is
kept in a file that is named.

Examples:
  pinxit queue edit 12
  pinxit queue edit 12 --from mended.toml
";

const SET: &str = "\
NAME is prompt, model, mode, or a parameter by its API name; NAME=null leaves it
to the service. Another model takes over what it can of the rest, and says so.

Examples:
  pinxit queue set 12 n=4 size=2K
  pinxit queue set 12 prompt=\"a red fox\" seed=null
";

/// The flags of `queue edit`.
#[derive(Debug, Args)]
#[command(after_help = EDIT)]
pub struct EditArgs {
    /// A job
    id: JobId,
    /// Read the text from a file instead; - reads it from stdin
    #[arg(long, value_name = "FILE|-")]
    from: Option<PathBuf>,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    yes: bool,
}

/// The flags of `queue set`.
#[derive(Debug, Args)]
#[command(after_help = SET)]
pub struct SetArgs {
    /// A job
    id: JobId,
    /// What to change
    #[arg(required = true, value_name = "NAME=VALUE", value_parser = pair)]
    pairs: Vec<(String, String)>,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    yes: bool,
}

/// Reads `NAME=VALUE`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// A job to be changed, and what it asks for with pictures that are still here.
struct Draft {
    config: Config,
    store: Store,
    job: Job,
    request: Request,
    yes: bool,
    /// The row the change is for, where it was named by its batch.
    row: Option<RowOf>,
}

/// A row as the user named it.
#[derive(Debug, Clone)]
pub struct RowOf {
    /// Its batch: `b3`.
    pub batch: String,
    /// Its name.
    pub name: String,
    /// It may be paid for again although the first try may have been billed.
    pub resend: bool,
}

/// How a change is given.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The text, from a file or stdin.
    pub from: Option<&'a Path>,
    /// Single values.
    pub pairs: &'a [(String, String)],
    /// Agreed to the cost.
    pub yes: bool,
}

impl Draft {
    fn open(flags: &Flags, id: JobId, yes: bool) -> anyhow::Result<Draft> {
        let config = desk::configure_aloud(flags)?;
        let store = desk::store(&config)?;
        let job = known(&store, &[id])?.remove(0);
        is_ours(&store, &job)?;
        if !matches!(job.phase, Phase::Held | Phase::Queued) || job.answered > 0 {
            return Err(misplaced(&job, NEEDS).into());
        }
        let request = store.twin(id)?.request;
        Ok(Draft { config, store, job, request, yes, row: None })
    }

    /// The words the user knows it by.
    fn name(&self) -> String {
        self.row.as_ref().map_or_else(|| format!("#{}", self.job.id), |row| text::clean(&row.name).into_owned())
    }

    /// It has ended or is in doubt: what is changed is a new job.
    fn is_over(&self) -> bool {
        self.job.phase.is_ended() || self.job.phase == Phase::Unsure
    }

    /// Takes what was given, or what comes of the editor.
    fn apply(&self, given: &Change<'_>) -> anyhow::Result<u8> {
        if !given.pairs.is_empty() {
            return self.set(given.pairs);
        }
        if let Some(path) = given.from {
            return self.take(&read(path)?);
        }
        let was_queued = self.job.phase == Phase::Queued;
        // The queue goes on meanwhile; this job must not.
        if was_queued && !order::keep_back(&self.store, &self.job, "held while it is edited")? {
            let now = known(&self.store, &[self.job.id])?.remove(0);
            return Err(misplaced(&now, NEEDS).into());
        }
        let done = in_editor(self);
        if was_queued {
            order::let_go(&self.store, &self.job)?;
            work::wake(&self.config, &self.store)?;
        }
        done
    }

    fn set(&self, pairs: &[(String, String)]) -> anyhow::Result<u8> {
        let mut next = self.request.clone();
        for (name, value) in pairs {
            apply(&self.config, &mut next, name, value)?;
        }
        if next == self.request {
            return self.unchanged();
        }
        let found = appraise(&self.config, &next)?;
        self.change(&next, &found)
    }

    /// Takes an edited text.
    fn take(&self, text: &str) -> anyhow::Result<u8> {
        let lines = |code: &str, lines: Vec<String>| Fault::new(FaultKind::Invalid, code, lines.join("\n"));
        let sheet = sheet::read(text, &self.request)
            .map_err(|troubles| lines("not_readable", troubles.iter().map(ToString::to_string).collect()))?;
        if sheet.request == self.request {
            return self.unchanged();
        }
        let found = appraise(&self.config, &sheet.request).map_err(|Refused(broken)| {
            let told = broken.iter().map(|violation| {
                let (line, message) = (sheet.line(&violation.field), failure::sentence(violation));
                sheet::Trouble { line, message }.to_string()
            });
            lines(broken.first().map_or("invalid_request", |violation| violation.rule), told.collect())
        })?;
        self.change(&sheet.request, &found)
    }

    fn unchanged(&self) -> anyhow::Result<u8> {
        print::say(format!("{} is as it was", self.name()));
        Ok(0)
    }

    /// Writes the change once it is agreed to.
    fn change(&self, next: &Request, found: &Appraisal) -> anyhow::Result<u8> {
        let Draft { config, store, job, yes, row, .. } = self;
        found.notices.iter().for_each(|notice| print::say(format!("warning: {notice}")));
        found.notes.iter().for_each(|note| print::say(format!("note: {note}")));
        sheet::differences(&self.request, next).iter().for_each(|line| print::say(format!("  {line}")));
        print::say(format!("before: {}, now: {}", price(&job.estimate), price(&found.cost)));
        let dearer = match (job.estimate.total(), found.cost.total()) {
            (Some(was), Some(is)) => was.currency != is.currency || is.micros > was.micros,
            _ => true,
        };
        if let Some(row) = row.as_ref().filter(|_| self.is_over()) {
            // It is paid for as any new job.
            agree(config, &found.cost, &Agreement { yes: *yes, ..Agreement::default() })?;
            let new = replace(store, &config.catalog, job.id, (next, &found.cost), row.resend)?;
            print::say(format!("{} is changed: #{new} stands for it now", self.name()));
            if store.batch(batch_of(job))?.is_some_and(|batch| batch.paused) {
                print::say(format!("{} is paused: `pinxit batch resume {0}` lets it go on", row.batch));
            }
            work::wake(config, store)?;
            return Ok(0);
        }
        // What costs no more was agreed to when the job was made.
        agree(config, &found.cost, &Agreement { yes: *yes || !dearer, ..Agreement::default() })?;
        store.revise(job.id, next, &found.cost, desk::now())?;
        print::say(format!("{} is changed", self.name()));
        Ok(0)
    }
}

fn batch_of(job: &Job) -> BatchId {
    job.row.as_ref().map_or(BatchId(0), |row| row.batch)
}

/// Changes a job in the user's editor.
pub fn edit(flags: &Flags, args: &EditArgs) -> anyhow::Result<u8> {
    let given = Change { from: args.from.as_deref(), pairs: &[], yes: args.yes };
    Draft::open(flags, args.id, args.yes)?.apply(&given)
}

/// Changes the row of a batch: the job that waits, or a new one in the place of one that failed.
pub fn edit_row(config: Config, store: Store, job: Job, row: RowOf, given: &Change<'_>) -> anyhow::Result<u8> {
    is_ours(&store, &job)?;
    if job.phase.is_ended() || job.phase == Phase::Unsure {
        may_replace(&store, &config.catalog, &job, row.resend)?;
    } else if !matches!(job.phase, Phase::Held | Phase::Queued) || job.answered > 0 {
        return Err(misplaced(&job, "only a row that waits and has not begun, or has failed, can be edited").into());
    }
    let request = store.twin(job.id)?.request;
    Draft { config, store, job, request, yes: given.yes, row: Some(row) }.apply(given)
}

/// Lets the user edit, and takes what comes of it. A text that cannot be taken is kept.
fn in_editor(draft: &Draft) -> anyhow::Result<u8> {
    let written = sheet::write(&draft.job, &draft.request, &draft.config.catalog);
    let file = editor::draft(&draft.store.places().data, &format!("job-{}-", draft.job.id), &written)?;
    let ran = editor::run(&file);
    let edited = read(&file)?;
    if edited == written || sheet::is_blank(&edited) {
        ran?;
        return draft.unchanged();
    }
    ran.and_then(|()| draft.take(&edited)).map_err(|error| {
        let fault = failure::fault(&error);
        match file.keep() {
            Ok(path) => {
                let again = match &draft.row {
                    Some(row) => format!("batch edit {} {}", row.batch, text::clean(&row.name)),
                    None => format!("queue edit {}", draft.job.id),
                };
                let hint = format!(
                    "The job is as it was. Your text is kept in {}; mend it, then: pinxit {again} --from {0}",
                    path.display()
                );
                let hint = if fault.hint.is_empty() { hint } else { format!("{}\n  {hint}", fault.hint) };
                fault.hint(hint).into()
            }
            Err(_) => fault.into(),
        }
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = match path == Path::new("-") {
        true => {
            let mut text = String::new();
            std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
        }
        false => std::fs::read_to_string(path),
    };
    Ok(text.map_err(|error| {
        let name = text::clean(&path.to_string_lossy()).into_owned();
        Fault::new(FaultKind::Invalid, "text", format!("{name} cannot be read: {error}."))
    })?)
}

/// Changes a job by name.
pub fn set(flags: &Flags, args: &SetArgs) -> anyhow::Result<u8> {
    Draft::open(flags, args.id, args.yes)?.set(&args.pairs)
}

fn apply(config: &Config, next: &mut Request, name: &str, value: &str) -> anyhow::Result<()> {
    let catalog = &config.catalog;
    match name {
        "prompt" => value.clone_into(&mut next.prompt),
        "model" => {
            let asked = Request { model: value.into(), ..next.clone() };
            let Some(model) = catalog.get(value) else { return Err(Refused(catalog.check(&asked)).into()) };
            *next = Request { model: value.into(), ..model.carry(next, next.mode) };
        }
        "mode" => {
            let mode = serde_json::from_value(value.into()).map_err(|_| {
                let modes = crate::domain::Mode::ALL.map(crate::domain::Mode::id).join(", ");
                Fault::new(FaultKind::Invalid, "mode_unknown", format!("A mode is one of {modes}."))
            })?;
            if let Some(model) = catalog.get(next.model.as_str()) {
                *next = Request { model: next.model.clone(), ..model.carry(next, mode) };
            }
        }
        _ => {
            if let Some(model) = catalog.get(next.model.as_str()) {
                put(next, model, name, value)?;
            }
        }
    }
    Ok(())
}
