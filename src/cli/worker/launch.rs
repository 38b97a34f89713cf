//! How another pinxit starts the worker in the background: the same program, apart from the terminal, for the same service.
//!
//! The key is never among the arguments: the worker finds it where we did, in the environment or in its file.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::catalog::Prefer;
use crate::config::Config;
use crate::domain::{Fault, FaultKind, Phase, text};
use crate::engine::Engine;
use crate::store::{Places, Store};

use super::super::{desk, print};
use super::{leave, log};

/// How long a start may take; far more than it does.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long an idle worker that is to be replaced may take to leave.
const REPLACED: Duration = Duration::from_secs(10);

/// Variables that may name a place from where we stand; the worker stands elsewhere.
const PLACES: [&str; 2] = ["PINXIT_HOME", "DASHSCOPE_API_KEY_FILE_PATH"];

/// How to start a worker for a configuration.
#[derive(Debug, Clone)]
pub struct Launch {
    args: Vec<String>,
    log: PathBuf,
    /// Key, address, preference, models and what is kept with pictures as one word that tells nothing of them: a worker with another word works with
    /// others.
    pub(super) terms: String,
}

impl Launch {
    /// For the service, key and models of a configuration.
    pub fn of(config: &Config) -> Result<Launch, Fault> {
        let settings = &config.settings;
        let prefer = match settings.prefer {
            Prefer::Durable => "durable",
            Prefer::Fast => "fast",
        };
        let region = settings.region.id();
        let mut args = vec!["worker".to_owned()];
        let mut flag = |name: &str, value: &str| args.extend([name.to_owned(), value.to_owned()]);
        if let Some(set) = settings.values().iter().find(|shown| shown.name == "base_url") {
            flag("--base-url", &set.value);
        }
        flag("--region", region);
        flag("--prefer", prefer);
        flag("--idle", &settings.worker_idle.as_secs().to_string());
        let mut digest = Sha256::new();
        let models = std::fs::read(config.paths.catalog_file()).unwrap_or_default();
        let key = desk::key(config)?.secret.expose_secret();
        let keeping = format!("{:?}", settings.keeping);
        let base_url = settings.base_url()?;
        let words = [base_url.as_str(), region, prefer, &keeping].map(str::as_bytes);
        for part in [key.as_bytes(), &models].into_iter().chain(words) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let mut terms = String::new();
        for byte in &digest.finalize()[..4] {
            let _ = write!(terms, "{byte:02x}");
        }
        Ok(Launch { args, log: log::path(config), terms })
    }

    /// Makes sure somebody works, be it a worker or another pinxit; returns once somebody does.
    pub fn ensure(&self, places: &Places) -> Result<(), Fault> {
        match Engine::holder(places) {
            Some(_) => Ok(()),
            None => self.start(),
        }
    }

    /// Has an idle worker leave that is of another version, or was started with another key or other settings, so that the
    /// next is ours. One that is at work is left to it, and the user told. A studio or command at work by itself is no worker.
    pub fn renew(&self, store: &Store) -> Result<(), Fault> {
        let Some(holder) = Engine::holder(store.places()) else { return Ok(()) };
        let Some(terms) = &holder.terms else { return Ok(()) };
        if holder.is_same_version() && *terms == self.terms {
            return Ok(());
        }
        let at_work: Vec<_> = Phase::ALL.into_iter().filter(|phase| phase.is_live()).collect();
        if store.jobs_in(&at_work)?.is_empty() && holder.is_here() {
            leave::ask(&holder)?;
            Engine::wait_free(&Engine::lock_file(store.places()), Some(REPLACED));
            return Ok(());
        }
        let other = if holder.is_same_version() { "another key or other settings" } else { "another version" };
        print::say(format!("note: the worker ({holder}) has {other}; it is replaced when it is idle"));
        Ok(())
    }

    fn start(&self) -> Result<(), Fault> {
        let file = log::open(&self.log).map_err(|error| self.not_started(&error.to_string()))?;
        let before = file.metadata().map_or(0, |facts| facts.len());
        let child = self.command().and_then(|mut command| command.stderr(file).spawn());
        let child = child.map_err(|error| self.not_started(&error.to_string()))?;
        let (told, word) = channel();
        let wait = move || see_off(child, &told);
        let thread = std::thread::Builder::new().name("worker start".into()).spawn(wait);
        thread.map_err(|error| self.not_started(&error.to_string()))?;
        match word.recv_timeout(PATIENCE) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.not_started(&log::since(&self.log, before))),
            Err(_) => {
                let waited = format!("no word of it after {} s; {}", PATIENCE.as_secs(), log::since(&self.log, before));
                Err(self.not_started(&waited))
            }
        }
    }

    fn command(&self) -> io::Result<Command> {
        let mut command = Command::new(program()?);
        command.args(&self.args).stdin(Stdio::null()).stdout(Stdio::piped());
        for name in PLACES {
            if let Some(place) = std::env::var_os(name).filter(|place| !place.is_empty()) {
                command.env(name, std::path::absolute(place)?);
            }
        }
        // It may run for days: it must not keep a directory of the user's busy.
        command.current_dir("/");
        Ok(command)
    }

    fn not_started(&self, why: &str) -> Fault {
        let why = text::clean(why.trim()).trim_end_matches(['.', ';', ' ']).to_owned();
        let message = match why.as_str() {
            "" => "The background worker did not start.".to_owned(),
            why => format!("The background worker did not start: {why}."),
        };
        let hint = "`pinxit worker log` may tell more; --inline does the work in this program.";
        Fault::new(FaultKind::Other, "worker_not_started", message).hint(hint)
    }
}

/// This program. One that was replaced by an upgrade is started as it is now.
fn program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let name = program.to_string_lossy();
    match name.strip_suffix(" (deleted)") {
        Some(there) if !program.exists() => Ok(PathBuf::from(there)),
        _ => Ok(program),
    }
}

/// Waits for the worker's first word, or its end; then for its end, so that nothing of it is left while we run.
fn see_off(mut child: Child, told: &Sender<bool>) {
    let mut word = String::new();
    let out = child.stdout.take();
    let heard = out.is_some_and(|out| BufReader::new(out).read_line(&mut word).is_ok_and(|count| count > 0));
    if heard {
        let _ = told.send(true);
    }
    let _ = child.wait();
    if !heard {
        let _ = told.send(false);
    }
}
