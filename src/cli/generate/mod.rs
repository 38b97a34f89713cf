//! `pinxit gen`: from a prompt to pictures on disk. Checks, asks, writes a job into the store and watches it end.

mod args;
mod consent;
mod follow;
mod outcome;
mod ratio;
mod request;

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::config::{Config, Flags, amount};
use crate::domain::{Cost, Fault, FaultKind, JobId, Money, Request};
use crate::store::NewJob;

use super::desk::{self, Works};
use super::failure::Refused;
use super::{print, signals};
use consent::{Consent, Terms};
use follow::{Follow, Woke};

pub use args::GenArgs;

/// Longest prompt read from a pipe; the longest any model takes is far below (contract 3.1).
const PROMPT_BYTES: u64 = 1 << 20;

/// Makes pictures; the exit code.
pub fn run(flags: &Flags, args: &GenArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let prompt = prompt(args)?;
    let request = request::build(args, prompt, &config.catalog, &config.settings.model, desk::dice())?;
    let broken = config.catalog.check(&request);
    if !broken.is_empty() {
        return Err(Refused(broken).into());
    }
    let cost = price(&config, &request);
    if !args.demo {
        // A key that is missing is worth more words than a price that is high.
        config.settings.base_url()?;
        desk::key(&config)?;
    }
    agree(args, &config, &cost)?;
    let out = args.out.as_deref().map(place).transpose()?;
    let works = if args.demo { Works::demo(&config)? } else { Works::real(&config)? };
    let mut warnings: Vec<String> = config.notices.iter().map(ToString::to_string).collect();
    warnings.extend(notes(&config, &request));
    let job = NewJob { request, estimate: cost, out };
    carry_out(args, works, job, warnings)
}

fn carry_out(args: &GenArgs, mut works: Works, job: NewJob, warnings: Vec<String>) -> anyhow::Result<u8> {
    let (bell, woken) = mpsc::channel();
    let changed = bell.clone();
    let _watch = works.store.watch(move || {
        let _ = changed.send(Woke::Changed);
    })?;
    signals::watch(move || bell.send(Woke::Stop).is_ok())?;
    let ids = works.store.enqueue(&[job], desk::now())?;
    let id: JobId = *ids.first().ok_or_else(|| anyhow::anyhow!("the data store gave the job no number"))?;
    works.ensure_worker()?;
    if !works.is_worker() && !args.quiet {
        print::say(format!("#{id} is carried out by the pinxit that is running already"));
    }
    let deadline = args.timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let ended = Follow { id, woken: &woken, deadline, quiet: args.quiet }.until_ended(&mut works)?;
    // From here on a signal finds nobody to tell, and ends the wait for a paid call.
    drop(woken);
    let store = works.store.clone();
    works.stop();
    // Stopping may have brought the job further.
    let job = store.job(id)?.ok_or_else(|| anyhow::anyhow!("job {id} is gone from the data store"))?;
    outcome::tell(args, &job, &ended, warnings)
}

/// The prompt: the argument, or stdin for `-` or in a pipe.
fn prompt(args: &GenArgs) -> Result<String, Fault> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "prompt", message);
    match args.prompt.as_deref() {
        Some(text) if text != "-" => return Ok(text.to_owned()),
        None if io::stdin().is_terminal() => {
            let hint = "Write it behind gen, in quotes; or pipe it in.";
            return Err(wrong("There is no prompt.".into()).hint(hint));
        }
        _ => {}
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(PROMPT_BYTES);
    input.read_to_end(&mut bytes).map_err(|e| wrong(format!("The prompt cannot be read: {e}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("The prompt is not UTF-8 text.".into()))?;
    Ok(text.trim_start_matches('\u{feff}').trim_end().replace("\r\n", "\n"))
}

fn price(config: &Config, request: &Request) -> Cost {
    match config.catalog.get(request.model.as_str()) {
        Some(model) => model.cost(request, config.settings.region),
        None => Cost::Unknown { images: request.n },
    }
}

/// Remarks of the catalogue that stop nothing.
fn notes(config: &Config, request: &Request) -> Vec<String> {
    let model = config.catalog.get(request.model.as_str());
    let notes = model.map(|model| model.notes(request)).unwrap_or_default();
    notes.into_iter().map(|note| format!("{}: {}", note.field, note.message)).collect()
}

/// Goes on only when the cost is agreed to.
fn agree(args: &GenArgs, config: &Config, cost: &Cost) -> Result<(), Fault> {
    let currency = config.settings.region.currency();
    let in_currency = |micros| Money { micros, currency };
    let terms = Terms {
        ask_above: (!args.demo).then_some(config.settings.ask_above),
        most: args.max_cost.as_deref().and_then(amount::micros).map(in_currency),
        yes: args.yes,
        can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
    };
    match consent::consent(cost, &terms) {
        Consent::Given => Ok(()),
        Consent::Ask(question) if asked(&question) => Ok(()),
        Consent::Ask(_) => Err(Fault::new(FaultKind::Budget, "declined", "Not sent: you said no.")),
        Consent::Missing(fault) => Err(fault),
    }
}

fn asked(question: &str) -> bool {
    use std::io::Write;
    eprint!("{question} Send it? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Where the pictures go, made now: better to fail before anything is paid. A name with a picture's ending is the first
/// picture's; anything else is a directory.
fn place(path: &Path) -> Result<PathBuf, Fault> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let is_name = ["png", "jpg", "jpeg", "webp"].contains(&ending.as_str()) && !path.is_dir();
    let name = path.file_name().filter(|_| is_name);
    let directory = match (name, path.parent()) {
        (Some(_), Some(parent)) if parent.as_os_str().is_empty() => Path::new("."),
        (Some(_), Some(parent)) => parent,
        _ => path,
    };
    let cannot = |error: io::Error| {
        let message = format!("Pictures cannot be written to {}: {error}.", directory.display());
        Fault::new(FaultKind::Invalid, "out", message)
    };
    std::fs::create_dir_all(directory).map_err(cannot)?;
    tempfile::tempfile_in(directory).map_err(cannot)?;
    let directory = directory.canonicalize().map_err(cannot)?;
    Ok(name.map_or(directory.clone(), |name| directory.join(name)))
}
