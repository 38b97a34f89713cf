//! Which pictures a command is about: `12b`, all of job `12`, `12-18`, or all that a query finds.

use std::collections::HashSet;
use std::str::FromStr;

use clap::Args;

use crate::domain::query::{Query, Stretch};
use crate::domain::{Card, Fault, FaultKind, ImageId, JobId};
use crate::store::Store;

use super::super::desk;
use super::super::numbers::{Numbers, named};

/// Pictures read at once.
const PAGE: usize = 500;

/// One argument: a picture, a job, a range of jobs, or several with commas between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Vec<Name>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Picture(ImageId),
    Jobs(Numbers),
}

impl FromStr for Names {
    type Err = String;

    fn from_str(text: &str) -> Result<Names, String> {
        let one = |text: &str| match text.trim().parse::<ImageId>() {
            Ok(id) => Ok(Name::Picture(id)),
            Err(_) => text.parse().map(Name::Jobs),
        };
        let all: Result<Vec<Name>, String> = text.split(',').map(one).collect();
        all.map(Names).map_err(|_| "a picture is like 12b, a job like 12; or several: 12-18, 12b,14".to_owned())
    }
}

/// Pictures, named or found.
#[derive(Debug, Args)]
pub struct Which {
    /// Pictures (12b) and jobs (12, 12-18)
    #[arg(value_name = "ID", required_unless_present = "matching")]
    ids: Vec<Names>,
    /// Instead: every picture a query is about; see pinxit search --help
    #[arg(long, value_name = "QUERY", conflicts_with = "ids")]
    matching: Option<String>,
}

impl Which {
    /// They, each once, in the order given. Those that are not there are an error that names them; so are those whose
    /// files are gone for good.
    pub fn find(&self, store: &Store) -> anyhow::Result<Vec<Card>> {
        if let Some(query) = &self.matching {
            return all(store, &read(query)?);
        }
        let (mut seen, mut cards) = (HashSet::new(), Vec::new());
        for name in self.ids.iter().flat_map(|Names(names)| names) {
            let found = match name {
                Name::Picture(id) => vec![picture(store, *id)?],
                Name::Jobs(numbers) => pictures(store, &named(std::slice::from_ref(numbers)))?,
            };
            cards.extend(found.into_iter().filter(|card| seen.insert(card.image.id)));
        }
        Ok(cards)
    }
}

/// A query, or why it cannot be read.
pub fn read(text: &str) -> Result<Query, Fault> {
    text.parse().map_err(|bad: crate::domain::query::BadQuery| {
        Fault::new(FaultKind::Invalid, "query", bad.to_string()).hint("`pinxit search --help` has them all.")
    })
}

/// Every picture a query is about.
fn all(store: &Store, query: &Query) -> anyhow::Result<Vec<Card>> {
    let (mut cards, now) = (Vec::<Card>::new(), desk::now());
    let mut stretch = Stretch::First;
    loop {
        let page = store.shelf(query, stretch, PAGE, now)?;
        let Some(last) = page.last().map(|card| query.sort.mark(card)) else { return Ok(cards) };
        cards.extend(page);
        stretch = Stretch::After(last);
    }
}

fn picture(store: &Store, id: ImageId) -> anyhow::Result<Card> {
    let card = store.card(id)?.ok_or_else(|| unknown(format!("There is no picture {id}.")))?;
    match card.purged {
        None => Ok(card),
        Some(_) => Err(unknown(format!("The file of picture {id} was deleted for good.")).into()),
    }
}

fn pictures(store: &Store, jobs: &[JobId]) -> anyhow::Result<Vec<Card>> {
    let mut cards = Vec::new();
    for &job in jobs {
        let found = store.cards_of(job)?;
        // Of a range only some jobs need have pictures.
        if found.is_empty() && jobs.len() == 1 {
            return Err(unknown(format!("There is no job {job} with pictures here.")).into());
        }
        cards.extend(found.into_iter().filter(|card| card.purged.is_none()));
    }
    Ok(cards)
}

fn unknown(what: String) -> Fault {
    Fault::new(FaultKind::Invalid, "picture_unknown", what).hint("`pinxit list` lists the pictures there are.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pictures_jobs_and_ranges_are_named() {
        let read = |text: &str| text.parse::<Names>().map(|Names(names)| names.len());
        assert_eq!((read("12b"), read("#12b,12"), read("12-18,3a")), (Ok(1), Ok(2), Ok(2)));
        for wrong in ["", "fox", "b12", "12B", "12b-14", "18-12"] {
            assert!(read(wrong).unwrap_err().contains("a picture is like 12b"), "{wrong}");
        }
    }
}
