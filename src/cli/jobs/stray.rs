//! A task that no job here knows: made elsewhere, or before this machine. It is asked after once, and what it made is
//! brought home; no job is made of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::api::{Answer, Client, Download, Item, TaskState};
use crate::config::Config;
use crate::domain::{Billed, Fault, FaultKind, Passage, TaskId, text};
use crate::store;

use super::super::envelope::Envelope;
use super::super::{desk, failure, place, print};
use super::fetch::FetchArgs;

/// What was brought home.
#[derive(Debug, Default)]
struct Haul {
    /// Pictures as the envelope lists them.
    images: Vec<Value>,
    /// Their files, each behind its index in the answer.
    paths: Vec<(u32, PathBuf)>,
    /// Words and pictures in turn.
    story: Vec<Passage>,
    /// The first thing that could not be had.
    fault: Option<Fault>,
}

/// Asks after a task and brings its pictures home; the exit code.
pub fn fetch(config: &Config, task: &TaskId, args: &FetchArgs) -> anyhow::Result<u8> {
    let client = Client::new(desk::endpoint(config)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let state = runtime.block_on(client.task(task))?;
    if !args.waiting.quiet {
        print::say(format!("task {task}: {}, known to no job here", word(&state)));
    }
    let answer = match state {
        TaskState::Succeeded(answer) => answer,
        TaskState::Failed(fault) => return Err(fault.into()),
        other => return Err(nothing(task, &other).into()),
    };
    let directory = place::directory(args.out.as_deref().unwrap_or(&config.paths.pictures))?;
    let haul = runtime.block_on(bring(&client, task, &answer, &directory));
    let document = write_story(&haul, task, &directory)?;
    if args.waiting.json {
        let envelope = Envelope::of_task("fetch", task, &answer.request_id, haul.images, haul.fault.as_ref());
        print::json(&envelope.document(document))?;
    } else {
        haul.paths
            .iter()
            .map(|(_, path)| path)
            .chain(&document)
            .map(|path| path.display())
            .try_for_each(print::line)?;
    }
    haul.fault.iter().for_each(failure::tell);
    Ok(haul.fault.map_or(0, |fault| fault.kind.exit()))
}

fn word(state: &TaskState) -> &'static str {
    match state {
        TaskState::Pending => "PENDING",
        TaskState::Running => "RUNNING",
        TaskState::Succeeded(_) => "SUCCEEDED",
        TaskState::Failed(_) => "FAILED",
        TaskState::Cancelled => "CANCELED",
        TaskState::Unknown => "UNKNOWN",
    }
}

/// Why there is nothing to bring home.
fn nothing(task: &TaskId, state: &TaskState) -> Fault {
    match state {
        TaskState::Pending | TaskState::Running => {
            let message = format!("The task is {}: its pictures are not there yet.", word(state));
            let fault = Fault::new(FaultKind::Unfinished, "not_yet", message).billed(Billed::Unknown).retryable();
            fault.hint(format!("Later: pinxit fetch {task}"))
        }
        TaskState::Cancelled => Fault::new(FaultKind::Interrupted, "cancelled", "The task was cancelled."),
        _ => Fault::new(FaultKind::Other, "task_unknown", "The service knows no such task.")
            .hint("It forgets tasks after 24 hours, and knows those of the key's own account and region only."),
    }
}

async fn bring(client: &Client, task: &TaskId, answer: &Answer, directory: &Path) -> Haul {
    let mut haul = Haul::default();
    let mut indices = 0_u32..;
    for item in &answer.items {
        match item {
            Item::Text(words) => haul.story.push(Passage::Text(words.clone())),
            Item::Failed(fault) => haul.fault = haul.fault.take().or_else(|| Some(partial(fault))),
            Item::Picture(url) => {
                let Some(index) = indices.next() else { break };
                haul.story.push(Passage::Picture(index));
                match bring_one(client, url, directory, &format!("{task}-{}", index + 1)).await {
                    Ok((path, found)) => {
                        haul.images.push(found);
                        haul.paths.push((index, path));
                    }
                    Err(fault) => haul.fault = haul.fault.take().or_else(|| Some(partial(&fault))),
                }
            }
        }
    }
    if haul.paths.is_empty() && haul.fault.is_none() {
        haul.fault = Some(Fault::new(FaultKind::Other, "no_pictures", "The task has no picture."));
    }
    haul
}

fn partial(fault: &Fault) -> Fault {
    Fault { kind: FaultKind::Partial, ..fault.clone() }
}

async fn bring_one(client: &Client, url: &str, directory: &Path, name: &str) -> Result<(PathBuf, Value), Fault> {
    let Download { file, format, width, height, bytes, sha256 } = client.download(url, directory).await?;
    let path = keep(file, directory, name, format.extension())?;
    let found = json!({
        "path": path, "sha256": sha256, "width": width, "height": height, "bytes": bytes, "format": format,
    });
    Ok((path, found))
}

/// The story beside its pictures, where there are words.
fn write_story(haul: &Haul, task: &TaskId, directory: &Path) -> Result<Option<PathBuf>, Fault> {
    if !haul.story.iter().any(|passage| matches!(passage, Passage::Text(_))) {
        return Ok(None);
    }
    let pictures: Vec<_> = haul.paths.iter().map(|(index, path)| (*index, path.as_path())).collect();
    let story = store::markdown(&format!("Task {task}"), &haul.story, &pictures, directory);
    let written = NamedTempFile::new_in(directory).and_then(|mut file| {
        file.write_all(story.as_bytes())?;
        Ok(file)
    });
    let file = written.map_err(|error| unkept(directory, &error))?;
    keep(file, directory, &task.0, "md").map(Some)
}

/// Gives a file its name for good, durably; one that is taken is left alone, and the next number used.
fn keep(mut file: NamedTempFile, directory: &Path, name: &str, ending: &str) -> Result<PathBuf, Fault> {
    file.as_file().sync_all().map_err(|error| unkept(directory, &error))?;
    for count in 1_u32.. {
        let number = if count == 1 { String::new() } else { format!("_{count}") };
        let path = directory.join(format!("{name}{number}.{ending}"));
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == std::io::ErrorKind::AlreadyExists => file = taken.file,
            Err(refused) => return Err(unkept(directory, &refused.error)),
        }
    }
    unreachable!("a directory has fewer files than there are numbers")
}

fn unkept(directory: &Path, error: &std::io::Error) -> Fault {
    let place = directory.display().to_string();
    let message = format!("Nothing can be kept in {}: {error}.", text::clean(&place));
    Fault::new(FaultKind::Other, "file", message).billed(Billed::Yes).retryable()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("t-1.png"), "mine").unwrap();
        let file = NamedTempFile::new_in(home.path()).unwrap();
        assert_eq!(keep(file, home.path(), "t-1", "png").unwrap(), home.path().join("t-1_2.png"));
        assert_eq!(std::fs::read_to_string(home.path().join("t-1.png")).unwrap(), "mine");
    }

    #[test]
    fn a_task_without_pictures_says_what_that_means() {
        let task = TaskId("t".into());
        let exit = |state| nothing(&task, &state).kind.exit();
        assert_eq!((exit(TaskState::Pending), exit(TaskState::Cancelled), exit(TaskState::Unknown)), (8, 130, 1));
    }
}
