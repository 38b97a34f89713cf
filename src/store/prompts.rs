//! Every prompt ever sent, found again by its words: newest first, each once.
//!
//! The database keeps the list itself (triggers of schema 4), so that no way a job comes into being can forget it.

use std::sync::Arc;

use rusqlite::{Row, ToSql, Transaction};

use super::jobs::json;
use super::near::{SHORTEST, Text, joined};
use super::{Store, StoreError};
use crate::domain::{Found, JobId, Stamp};

/// Trigrams find nothing shorter.
const TRIGRAM: usize = 3;

/// Prompts looked through for words that are nearly those asked for, the newest ones.
const NEAR_MAX: usize = 5_000;

impl Store {
    /// Prompts that have all the words of `query`, newest first and no more than `most`; after those, where there is room,
    /// the ones that nearly have them. Nothing asked for finds the newest.
    pub fn prompts(&self, query: &str, most: usize) -> Result<Vec<Found>, StoreError> {
        let mut words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        words.sort_unstable();
        words.dedup();
        self.read(|tx| {
            let mut found = exact(tx, &words, most)?;
            if found.len() < most && words.iter().any(|word| word.chars().count() >= SHORTEST) {
                let known: Vec<i64> = found.iter().map(|one| one.job.0).collect();
                found.extend(near(tx, &words, most - found.len(), &known)?);
            }
            Ok(found)
        })
    }
}

/// Those that have the words as they are.
fn exact(tx: &Transaction<'_>, words: &[String], most: usize) -> Result<Vec<Found>, StoreError> {
    let (long, short): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.chars().count() >= TRIGRAM);
    let phrases: Vec<String> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
    let like = |word: &&String| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let mut values: Vec<String> = short.iter().map(like).collect();
    let mut conditions: Vec<String> =
        (1..=values.len()).map(|nth| format!("prompt.words LIKE ?{nth} ESCAPE '\\'")).collect();
    let mut from = "prompt";
    let mut order = "prompt.job";
    if !phrases.is_empty() {
        values.push(phrases.join(" AND "));
        conditions.push(format!("prompt_text MATCH ?{}", values.len()));
        (from, order) = ("prompt_text JOIN prompt ON prompt.job = prompt_text.rowid", "prompt_text.rowid");
    }
    let wanted = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    let mut found = tx.prepare_cached(&format!(
        "SELECT prompt.job, prompt.times, prompt.words FROM {from} WHERE {wanted} ORDER BY {order} DESC LIMIT {most}"
    ))?;
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    let rows: Vec<Line> = found.query_map(&values[..], Line::read)?.collect::<Result<_, _>>()?;
    let marked = |line: &Line| {
        let text = Text::new(&line.words);
        words.iter().flat_map(|word| text.exact(word)).collect()
    };
    rows.iter().map(|line| whole(tx, line, joined(marked(line)))).collect()
}

/// Those of the newest that have every word, or one nearly like it, and are not `known`.
fn near(tx: &Transaction<'_>, words: &[String], most: usize, known: &[i64]) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    let mut newest =
        tx.prepare_cached(&format!("SELECT job, times, words FROM prompt ORDER BY job DESC LIMIT {NEAR_MAX}"))?;
    let mut rows = newest.query([])?;
    while let Some(row) = rows.next()? {
        let line = Line::read(row)?;
        if known.contains(&line.job) {
            continue;
        }
        let text = Text::new(&line.words);
        let mut marks = Vec::new();
        let has = |word: &String| {
            let exact = text.exact(word);
            let places = if exact.is_empty() { text.near(word) } else { exact };
            let has = !places.is_empty();
            marks.extend(places);
            has
        };
        if words.iter().all(has) {
            found.push(whole(tx, &line, joined(marks))?);
            if found.len() == most {
                break;
            }
        }
    }
    Ok(found)
}

/// A row of the list.
struct Line {
    job: i64,
    times: u32,
    words: String,
}

impl Line {
    fn read(row: &Row<'_>) -> rusqlite::Result<Line> {
        Ok(Line { job: row.get(0)?, times: row.get(1)?, words: row.get(2)? })
    }
}

/// The prompt with what its newest job says of it.
fn whole(tx: &Transaction<'_>, line: &Line, marks: Vec<std::ops::Range<usize>>) -> Result<Found, StoreError> {
    let mut about = tx.prepare_cached(
        "SELECT request, created, (SELECT count(*) FROM image WHERE image.job = job.id) FROM job WHERE id = ?1",
    )?;
    let (request, at, pictures): (String, i64, u32) =
        about.query_row([line.job], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Found {
        job: JobId(line.job),
        request: Arc::new(json(line.job, &request)?),
        at: Stamp(at),
        times: line.times,
        pictures,
        marks,
    })
}
