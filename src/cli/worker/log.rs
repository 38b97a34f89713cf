//! What the worker writes down: one file for this user alone, kept small, with no escape sequence and no key in it.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Zoned;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::api::redact;
use crate::config::{Config, Flags};
use crate::domain::text::{clean, clean_lines};

use super::super::{desk, print};

/// From this size on a new file is begun, and the one before it is kept.
const BYTES_MAX: u64 = 1 << 20;

/// The most that is quoted of what a start wrote.
const QUOTED: u64 = 2048;

/// The worker's log.
pub fn path(config: &Config) -> PathBuf {
    config.paths.state.join("worker.log")
}

/// The log before that one.
fn older(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}

/// Opens it to be added to; one that has grown large is put aside first.
pub fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let add = || OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    let file = add()?;
    if file.metadata()?.len() < BYTES_MAX {
        return Ok(file);
    }
    std::fs::rename(path, older(path))?;
    add()
}

/// From here on what pinxit notes goes to the log, a line each, panics included.
pub fn keep(path: &Path) -> io::Result<()> {
    let log = Log { path: path.to_owned(), file: Mutex::new(open(path)?) };
    let subscriber = tracing_subscriber::registry().with(log);
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(())
}

/// Writes what pinxit notes.
struct Log {
    path: PathBuf,
    file: Mutex<File>,
}

impl Log {
    fn add(&self, line: &str) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let facts = file.metadata()?;
        let there = std::fs::metadata(&self.path).ok();
        // Another worker may have begun a new file; then that one is ours too.
        if facts.len() >= BYTES_MAX
            || there.is_none_or(|there| (there.dev(), there.ino()) != (facts.dev(), facts.ino()))
        {
            *file = open(&self.path)?;
        }
        file.write_all(line.as_bytes())
    }
}

impl<S: Subscriber> Layer<S> for Log {
    // What the libraries below note may hold headers: only our own words are written.
    fn enabled(&self, about: &Metadata<'_>, _: Context<'_, S>) -> bool {
        *about.level() <= tracing::Level::INFO && about.target().split("::").next() == Some("pinxit")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let at = Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
        // A log that cannot be written is no reason to stop working.
        let _ = self.add(&line(&at, event.metadata().level().as_str(), &words.0));
    }
}

fn line(at: &str, level: &str, words: &str) -> String {
    format!("{at} {level:<5} {}\n", redact(&clean(words)))
}

/// An event's fields in words.
#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let gap = if self.0.is_empty() { "" } else { " " };
        let _ = match field.name() {
            "message" => write!(self.0, "{gap}{value:?}"),
            name => write!(self.0, "{gap}{name}={value:?}"),
        };
    }
}

/// What was written since the log had a length, in one line.
pub fn since(path: &Path, before: u64) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let mut text = Vec::new();
        // A log that was begun anew is shorter than that: then all of it is new.
        let from = if file.metadata()?.len() < before { 0 } else { before };
        file.seek(SeekFrom::Start(from))?;
        file.take(QUOTED).read_to_end(&mut text)?;
        io::Result::Ok(String::from_utf8_lossy(&text).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    redact(&clean(&lines.join(" "))).trim_start_matches("error: ").to_owned()
}

/// The last lines, oldest first.
fn last(path: &Path, count: usize) -> Vec<String> {
    let read = |path: &Path| std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = read(&older(path)).unwrap_or_default() + &read(path).unwrap_or_default();
    let text = clean_lines(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|line| redact(line).into_owned()).collect()
}

/// `pinxit worker log`; the exit code.
pub fn tell(flags: &Flags, count: usize, json: bool) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let path = path(&config);
    let lines = last(&path, count);
    if json {
        print::json(&json!({"schema": "pinxit.worker/1", "log": path, "lines": lines}))?;
        return Ok(0);
    }
    if lines.is_empty() {
        print::say(format!("nothing was written to {}", path.display()));
    }
    lines.iter().try_for_each(print::line)?;
    Ok(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_line_has_no_key_and_no_escape_sequence() {
        let line = line("09:31", "WARN", "refused: Bearer sk-0123456789abcdef \u{1b}[2J\nnext");
        assert_eq!(line, "09:31 WARN  refused: Bearer [hidden] ␛[2J next\n");
    }

    #[test]
    fn the_log_is_for_this_user_alone_and_one_older_file_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/worker.log");
        open(&path).unwrap().write_all(b"first\n").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let log = Log { path: path.clone(), file: Mutex::new(open(&path).unwrap()) };
        let long = format!("{}\n", "x".repeat(BYTES_MAX as usize / 2));
        for _ in 0..5 {
            log.add(&long).unwrap();
        }
        log.add("last\n").unwrap();
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert!(size(&path) < 2 * BYTES_MAX && size(&older(&path)) < 2 * BYTES_MAX);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
        assert_eq!(last(&path, 1), ["last"]);
        assert_eq!(last(&path, 3).len(), 3, "the older file is read too");
        assert_eq!(last(&home.path().join("none"), 3), [""; 0]);
    }
}
