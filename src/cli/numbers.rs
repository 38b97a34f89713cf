//! Jobs as they are named on a command line: `12`, `#12`, `12-18`, and lists of these.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::domain::{Fault, FaultKind, Job, JobId};
use crate::store::Store;

/// Most jobs one range names: more is a slip of the pen.
const RANGE_MAX: i64 = 100_000;

/// One argument: a job, a range of jobs, or several with commas between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers(Vec<RangeInclusive<i64>>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Numbers, String> {
        text.split(',').map(range).collect::<Result<_, _>>().map(Numbers)
    }
}

fn range(text: &str) -> Result<RangeInclusive<i64>, String> {
    let number = |text: &str| {
        let found = text.trim().parse::<JobId>().ok().filter(|id| id.0 > 0);
        found.map(|id| id.0).ok_or_else(|| "a job is a number like 12, or several: 12-18, 12,14".to_owned())
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    match last - first {
        ..0 => Err(format!("{first}-{last} runs backwards")),
        RANGE_MAX.. => Err(format!("{first}-{last} names more than {RANGE_MAX} jobs")),
        _ => Ok(first..=last),
    }
}

/// All jobs that are named, each once, in the order given.
pub fn named(numbers: &[Numbers]) -> Vec<JobId> {
    let mut seen = std::collections::HashSet::new();
    let all = numbers.iter().flat_map(|Numbers(ranges)| ranges.iter().cloned().flatten());
    all.map(JobId).filter(|id| seen.insert(*id)).collect()
}

/// The jobs of these numbers, as they are now. Numbers nobody has are an error that names them.
pub fn known(store: &Store, ids: &[JobId]) -> anyhow::Result<Vec<Job>> {
    let (mut jobs, mut unknown) = (vec![], vec![]);
    for id in ids {
        match store.job(*id)? {
            Some(job) => jobs.push(job),
            None => unknown.push(id.0),
        }
    }
    let message = match unknown.as_slice() {
        [] => return Ok(jobs),
        [one] => format!("There is no job {one}."),
        _ => format!("There are no jobs {}.", short(&unknown)),
    };
    Err(Fault::new(FaultKind::Invalid, "job_unknown", message).hint("`pinxit queue --all` lists them.").into())
}

/// Numbers with runs drawn together: `7, 12-18`.
fn short(numbers: &[i64]) -> String {
    let mut runs: Vec<(i64, i64)> = vec![];
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let mut out = String::new();
    for (first, last) in runs {
        let comma = if out.is_empty() { "" } else { ", " };
        let _ = if first == last { write!(out, "{comma}{first}") } else { write!(out, "{comma}{first}-{last}") };
    }
    out
}

/// A job of another service is not ours to work on: its key, its tasks and its bills are elsewhere.
pub fn is_ours(store: &Store, job: &Job) -> anyhow::Result<()> {
    let Some(other) = store.elsewhere(job.id)? else { return Ok(()) };
    let message = format!("Job {} was made for another service than {}: {other}.", job.id, store.places().service);
    let hint = "Use --base-url or --region as when it was made.";
    Err(Fault::new(FaultKind::Invalid, "other_service", message).hint(hint).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ranges_and_lists_name_each_job_once() {
        let read = |texts: &[&str]| -> Result<Vec<i64>, String> {
            let numbers = texts.iter().map(|text| text.parse()).collect::<Result<Vec<Numbers>, _>>()?;
            Ok(named(&numbers).into_iter().map(|id| id.0).collect())
        };
        assert_eq!(read(&["12", "#14", "12-15,3"]).unwrap(), [12, 14, 13, 15, 3]);
        assert!(read(&["15-12"]).unwrap_err().contains("backwards"));
        for wrong in ["", "fox", "0", "1-", "-3", "1,,2", "1-999999999"] {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
        assert_eq!(short(&[7, 12, 13, 14, 20]), "7, 12-14, 20");
    }
}
