//! `pinxit batch export`: what came of each row, as JSON Lines or as a table.

use std::io::Write;
use std::path::Path;

use crate::config::Config;
use crate::domain::{Cost, Fault, FaultKind, Job, Money, text};

use super::super::{desk, print};
use super::args::ExportArgs;
use super::manage::find;
use super::plan::count;
use super::result::row;

/// The table's columns.
const HEAD: [&str; 15] = [
    "row",
    "job",
    "state",
    "model",
    "mode",
    "size",
    "n",
    "seed",
    "prompt",
    "paths",
    "sha256",
    "cost",
    "currency",
    "error",
    "error_code",
];

/// Writes it.
pub fn export(config: &Config, args: &ExportArgs) -> anyhow::Result<u8> {
    let store = desk::store(config)?;
    let jobs = store.batch_jobs(find(&store, &args.which)?.id)?;
    let Some(path) = args.out.as_deref().filter(|path| *path != Path::new("-")) else {
        print::bytes(&lines(&jobs)?)?;
        return Ok(0);
    };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let content = match ending.as_str() {
        "jsonl" | "ndjson" => lines(&jobs)?,
        "csv" => table(&jobs)?,
        _ => {
            let message = format!("{} is neither .jsonl nor .csv.", text::clean(&path.to_string_lossy()));
            return Err(Fault::new(FaultKind::Invalid, "out", message).into());
        }
    };
    write_new(path, &content)?;
    print::say(format!("{} written to {}", count(jobs.len(), "row"), text::clean(&path.to_string_lossy())));
    Ok(0)
}

/// Writes a file that is not there yet, whole or not at all.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), Fault> {
    let shown = path.to_string_lossy();
    let cannot = |why: &dyn std::fmt::Display| {
        Fault::new(FaultKind::Invalid, "out", format!("{} cannot be written: {why}.", text::clean(&shown)))
    };
    let directory = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(|error| cannot(&error))?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(|error| cannot(&error))?;
    make_readable(file.as_file()).map_err(|error| cannot(&error))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(cannot(&"it is there already").hint("Nothing is overwritten: take another name, or move it away."))
        }
        Err(refused) => Err(cannot(&refused.error)),
    }
}

/// A temporary file is its owner's alone; what is handed on is for others too, as any file the user makes.
fn make_readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

fn lines(jobs: &[Job]) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    for job in jobs {
        serde_json::to_writer(&mut out, &row(job))?;
        out.push(b'\n');
    }
    Ok(out)
}

fn table(jobs: &[Job]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEAD)?;
    for job in jobs {
        out.write_record(cells(job))?;
    }
    Ok(out.into_inner()?)
}

fn cells(job: &Job) -> [String; 15] {
    let request = &job.request;
    let joined = |parts: Vec<String>| parts.join("\n");
    let fault = job.fault.as_ref().filter(|_| job.phase != crate::domain::Phase::Done);
    // What is not known to be billed is left empty, not called nothing.
    let cost = job.billed_images.and_then(|_| match job.cost() {
        cost @ Cost::Known { .. } => cost.total(),
        Cost::Unknown { .. } => None,
    });
    [
        job.row.as_ref().map(|row| row.name.clone()).unwrap_or_default(),
        job.id.to_string(),
        job.phase.word().to_owned(),
        request.model.to_string(),
        request.mode.id().to_owned(),
        request.size.to_string(),
        request.n.to_string(),
        request.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        request.prompt.clone(),
        joined(job.images.iter().map(|image| image.path.display().to_string()).collect()),
        joined(job.images.iter().map(|image| image.sha256.clone()).collect()),
        cost.map(Money::units).map(|units| units.to_string()).unwrap_or_default(),
        cost.map(|money| format!("{:?}", money.currency).to_lowercase()).unwrap_or_default(),
        fault.map(|fault| fault.message.clone()).unwrap_or_default(),
        fault.map(|fault| fault.code.clone()).unwrap_or_default(),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;

    #[test]
    fn a_table_reads_back_as_it_was_written() {
        let mut request = (*sample::job().request).clone();
        request.prompt = "a \"red\" fox,\nin snow".into();
        let job = Job { request: request.into(), ..sample::job() };
        let bytes = table(&[job]).unwrap();
        let mut read = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(read.headers().unwrap(), HEAD.as_slice());
        let record = read.records().next().unwrap().unwrap();
        assert_eq!((&record[1], &record[2], &record[7]), ("1043", "DONE", "7"));
        assert_eq!((&record[8], &record[9], &record[11]), ("a \"red\" fox,\nin snow", "/p/fox.png", "0.03"));
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        write_new(&path, b"one").unwrap();
        assert!(write_new(&path, b"two").unwrap_err().message.contains("there already"));
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
    }
}
