//! Where jobs come from: families read a page at a time, a job's nearest kin, and the user's words on branches.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, Rows, Transaction, params};

use super::jobs::jobs_where;
use super::{Store, StoreError};
use crate::domain::lineage::{Lineage, Near, arrange};
use crate::domain::{JobId, text};

/// Jobs of the families of one page, at most: a screen's worth many times over.
const JOBS_MAX: usize = 5_000;

/// Children told of a job.
const CHILDREN_MAX: usize = 100;

/// Letters of a branch's name.
const NAME_MAX: usize = 60;

impl Store {
    /// The families something was made in last, no more than `most`, whole; with words asked for, those that have a job with
    /// all of them.
    pub fn lineage(&self, question: &str, most: usize) -> Result<Lineage, StoreError> {
        self.read(|tx| {
            let asked = !question.trim().is_empty();
            let mut roots = if asked { having(tx, question, most + 1)? } else { newest(tx, most + 1)? };
            let more = roots.len() > most;
            roots.truncate(most);
            let families = if asked { None } else { Some(families(tx)?) };
            Ok(Lineage { families, more, ..whole(tx, &roots)? })
        })
    }

    /// The family that a job is in, whole; `None` where there is no such job.
    pub fn family(&self, id: JobId) -> Result<Option<Lineage>, StoreError> {
        self.read(|tx| {
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let known = tx.query_row("SELECT id, parent FROM job WHERE id = ?1", [id.0], read).optional()?;
            let Some(known) = known else { return Ok(None) };
            let root = first_of(tx, known, &mut HashMap::new())?;
            whole(tx, &[root]).map(Some)
        })
    }

    /// What a job was made from, and what was made from it.
    pub fn near(&self, id: JobId) -> Result<Near, StoreError> {
        self.read(|tx| {
            let job = jobs_where(tx, "id = ?1", params![id.0])?.pop();
            let parent = jobs_where(tx, "id = (SELECT parent FROM job WHERE id = ?1)", params![id.0])?.pop();
            let mut found =
                tx.prepare_cached(&format!("SELECT id FROM job WHERE parent = ?1 ORDER BY id LIMIT {CHILDREN_MAX}"))?;
            let children = found.query_map([id.0], |row| row.get(0).map(JobId))?.collect::<Result<_, _>>()?;
            Ok(Near { of: id, job: job.map(Box::new), parent: parent.map(Box::new), children })
        })
    }

    /// Names a job and what is made from it; a blank name is none.
    pub fn name_job(&self, id: JobId, name: &str) -> Result<(), StoreError> {
        let name: String = text::clean(name.trim()).chars().take(NAME_MAX).collect();
        let name = (!name.is_empty()).then_some(name);
        self.write(|tx, revision| {
            let changed = tx
                .prepare_cached("UPDATE job SET name = ?2, revision = ?3 WHERE id = ?1")?
                .execute(params![id.0, name, revision])?;
            if changed == 0 { Err(StoreError::Absent(format!("job {id}"))) } else { Ok(()) }
        })
    }

    /// Folds a job away in the tree with what was made from it, or shows it again.
    pub fn hide(&self, id: JobId, hidden: bool) -> Result<(), StoreError> {
        self.write(|tx, revision| {
            let changed = tx
                .prepare_cached("UPDATE job SET hidden = ?2, revision = ?3 WHERE id = ?1")?
                .execute(params![id.0, hidden, revision])?;
            if changed == 0 { Err(StoreError::Absent(format!("job {id}"))) } else { Ok(()) }
        })
    }
}

/// The first jobs of the families something was made in last, the last one first.
fn newest(tx: &Transaction<'_>, most: usize) -> Result<Vec<i64>, StoreError> {
    let mut found = tx.prepare_cached("SELECT id, parent FROM job ORDER BY id DESC")?;
    firsts(tx, found.query([])?, most)
}

fn families(tx: &Transaction<'_>) -> Result<u32, StoreError> {
    let mut found =
        tx.prepare_cached("SELECT (SELECT count(*) FROM job) - (SELECT count(*) FROM job WHERE parent IS NOT NULL)")?;
    Ok(found.query_row([], |row| row.get(0))?)
}

/// The first jobs of the families that have a job with all the words, the one with the newest such job first.
fn having(tx: &Transaction<'_>, question: &str, most: usize) -> Result<Vec<i64>, StoreError> {
    let like = |word: &str| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    for word in question.split_whitespace() {
        let nth = values.len() + 1;
        let has = |column: &str| format!("{column} LIKE ?{nth} ESCAPE '\\'");
        let mut one = vec![has("json_extract(request, '$.prompt')"), has("model"), has("coalesce(name, '')")];
        one.extend(word.trim_start_matches('#').parse::<i64>().ok().map(|id| format!("id = {id}")));
        conditions.push(format!("({})", one.join(" OR ")));
        values.push(like(word));
    }
    let words = conditions.join(" AND ");
    let mut found = tx.prepare(&format!("SELECT id, parent FROM job WHERE {words} ORDER BY id DESC"))?;
    firsts(tx, found.query(rusqlite::params_from_iter(values))?, most)
}

/// The first jobs of the families these jobs are in, each once, until there are enough.
fn firsts(tx: &Transaction<'_>, mut jobs: Rows<'_>, most: usize) -> Result<Vec<i64>, StoreError> {
    let (mut roots, mut seen, mut known) = (Vec::new(), HashSet::new(), HashMap::new());
    while roots.len() < most
        && let Some(row) = jobs.next()?
    {
        let root = first_of(tx, (row.get(0)?, row.get(1)?), &mut known)?;
        if seen.insert(root) {
            roots.push(root);
        }
    }
    Ok(roots)
}

/// The first job of the family a job is in; what was found on the way is kept.
fn first_of(
    tx: &Transaction<'_>,
    (mut at, mut parent): (i64, Option<i64>),
    known: &mut HashMap<i64, i64>,
) -> Result<i64, StoreError> {
    let mut up = tx.prepare_cached("SELECT parent FROM job WHERE id = ?1")?;
    let mut way = Vec::new();
    let first = loop {
        if let Some(first) = known.get(&at) {
            break *first;
        }
        way.push(at);
        match parent.filter(|parent| *parent < at) {
            Some(above) => at = above,
            None => break at,
        }
        if !known.contains_key(&at) {
            parent = up.query_row([at], |row| row.get(0)).optional()?.flatten();
        }
    };
    known.extend(way.into_iter().map(|step| (step, first)));
    Ok(first)
}

/// The families of these first jobs, level by level until there are too many.
fn whole(tx: &Transaction<'_>, roots: &[i64]) -> Result<Lineage, StoreError> {
    let numbers = |ids: &[i64]| format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
    let mut found = tx.prepare_cached(&format!(
        "WITH RECURSIVE family (id) AS (
             SELECT value FROM json_each(?1)
             UNION SELECT job.id FROM family JOIN job ON job.parent = family.id
             LIMIT {}
         ) SELECT id FROM family",
        JOBS_MAX + 1
    ))?;
    let rows = found.query_map([numbers(roots)], |row| row.get(0))?;
    let mut ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let cut = ids.len() > JOBS_MAX;
    ids.truncate(JOBS_MAX);
    let jobs = jobs_where(tx, "id IN (SELECT value FROM json_each(?1))", params![numbers(&ids)])?;
    Ok(Lineage { rows: arrange(jobs), cut, ..Lineage::default() })
}
