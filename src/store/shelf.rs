//! Pictures found again: a [`Query`] as SQL, and its pictures a page at a time. Pages begin at a bookmark, never at a
//! number, so that a far page costs what the first one does and pictures that come meanwhile move nothing.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use jiff::ToSpan;
use rusqlite::types::Value;
use rusqlite::{Row, Transaction, params_from_iter};

use super::jobs::{PICTURE, image, json, origin};
use super::{Store, StoreError, ledger};
use crate::domain::query::{Bin, Bookmark, Compare, Query, Sort, Stretch, Term, Want, When};
use crate::domain::{BatchId, Card, Cost, ImageId, JobId, Now, Stamp};

/// Trigrams find nothing shorter.
const TRIGRAM: usize = 3;

/// Prompts that have some letters are looked up one by one as long as they are no more than this; of more the next ones
/// are met soon by going through the pictures in their order.
const FEW: i64 = 1_000;

/// What is known of a picture beside [`PICTURE`].
const MORE: &str = "job.request, job.created, job.sent, job.ended, job.estimate, job.project, job.name, job.batch, \
    job.parent, job.parent_idx, (SELECT count(*) FROM job AS child WHERE child.parent = image.job AND \
    coalesce(child.parent_idx, image.idx) = image.idx), image.star, image.rejected, image.binned, image.purged";

/// The price of one picture, as the index has it.
const PRICE: &str = "coalesce(json_extract(job.estimate, '$.known.unit.micros'), -1)";

/// The words asked with, as the index has them.
const WORDS: &str = "json_extract(job.request, '$.prompt')";

impl Store {
    /// A stretch of the pictures a query is about, in its order: `most` of them, or fewer where there are no more.
    pub fn shelf(&self, query: &Query, stretch: Stretch, most: usize, now: Now) -> Result<Vec<Card>, StoreError> {
        self.read(|tx| {
            let mut sql = Sql::new(tx, query, now)?;
            let back = matches!(stretch, Stretch::Before(_) | Stretch::Last);
            match stretch {
                Stretch::First | Stretch::Last => {}
                Stretch::After(mark) => sql.beyond(query.sort, mark, false, false),
                Stretch::At(mark) => sql.beyond(query.sort, mark, false, true),
                Stretch::Before(mark) => sql.beyond(query.sort, mark, true, false),
            }
            let columns = columns(query.sort);
            let order: Vec<_> = columns
                .iter()
                .map(|(name, down)| format!("{name} {}", if *down != back { "DESC" } else { "ASC" }))
                .collect();
            let (from, wanted, order) = (tables(query.sort), sql.wanted(), order.join(", "));
            let text = format!("SELECT {PICTURE}, {MORE} FROM {from} WHERE {wanted} ORDER BY {order} LIMIT {most}");
            let mut cards = cards(tx, &text, sql.values)?;
            if back {
                cards.reverse();
            }
            Ok(cards)
        })
    }

    /// The names of all pictures a query is about. Sixteen bytes each: a hundred thousand of them are nothing.
    pub fn ids(&self, query: &Query, now: Now) -> Result<Vec<ImageId>, StoreError> {
        self.read(|tx| {
            let sql = Sql::new(tx, query, now)?;
            let wanted = sql.wanted();
            let from = if wanted.contains("job.") { tables(query.sort) } else { "image" };
            let text = format!("SELECT image.job, image.idx FROM {from} WHERE {wanted}");
            let mut found = tx.prepare_cached(&text)?;
            let named = |row: &Row<'_>| Ok(ImageId { job: JobId(row.get(0)?), index: row.get(1)? });
            Ok(found.query_map(params_from_iter(sql.values), named)?.collect::<Result<_, _>>()?)
        })
    }

    /// How many pictures a query is about.
    pub fn count(&self, query: &Query, now: Now) -> Result<u64, StoreError> {
        self.read(|tx| {
            let sql = Sql::new(tx, query, now)?;
            let wanted = sql.wanted();
            let from = if wanted.contains("job.") { tables(query.sort) } else { "image" };
            let text = format!("SELECT count(*) FROM {from} WHERE {wanted}");
            let count: i64 = tx.prepare_cached(&text)?.query_row(params_from_iter(sql.values), |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// All pictures of a job in their order, those in the bin and those whose files are gone too.
    pub fn cards_of(&self, job: JobId) -> Result<Vec<Card>, StoreError> {
        let from = tables(Sort::New);
        let text = format!("SELECT {PICTURE}, {MORE} FROM {from} WHERE image.job = ?1 ORDER BY image.idx");
        self.read(|tx| cards(tx, &text, vec![job.0.into()]))
    }

    /// The picture whose file lies here, as its path was written down.
    pub fn card_at(&self, path: &Path) -> Result<Option<Card>, StoreError> {
        let from = tables(Sort::New);
        let text = format!("SELECT {PICTURE}, {MORE} FROM {from} WHERE image.path = ?1");
        Ok(self.read(|tx| cards(tx, &text, vec![path.as_os_str().as_bytes().to_vec().into()]))?.pop())
    }

    /// One picture, wherever it is.
    pub fn card(&self, id: ImageId) -> Result<Option<Card>, StoreError> {
        Ok(self.cards_of(id.job)?.into_iter().find(|card| card.image.id == id))
    }
}

/// What an order goes by, and whether the largest comes first.
fn columns(sort: Sort) -> Vec<(&'static str, bool)> {
    match sort {
        Sort::New => vec![("image.job", true), ("image.idx", false)],
        Sort::Old => vec![("image.job", false), ("image.idx", false)],
        Sort::Cost => vec![(PRICE, true), ("job.id", true), ("image.idx", false)],
        Sort::Size => vec![("image.width * image.height", true), ("image.job", true), ("image.idx", false)],
    }
}

/// The tables, that one first whose order it is.
fn tables(sort: Sort) -> &'static str {
    match sort {
        Sort::Cost => "job CROSS JOIN image ON image.job = job.id",
        Sort::New | Sort::Old | Sort::Size => "image CROSS JOIN job ON job.id = image.job",
    }
}

/// A query as conditions, and the values they speak of.
struct Sql {
    conditions: Vec<String>,
    values: Vec<Value>,
    /// A job's number in the table that comes first.
    job: &'static str,
}

impl Sql {
    fn new(tx: &Transaction<'_>, query: &Query, now: Now) -> Result<Sql, StoreError> {
        let job = if query.sort == Sort::Cost { "job.id" } else { "image.job" };
        let mut sql = Sql { conditions: Vec::new(), values: Vec::new(), job };
        let bin = match query.bin {
            Bin::Out => "image.binned IS NULL AND image.purged IS NULL",
            Bin::In => "image.binned IS NOT NULL AND image.purged IS NULL",
            Bin::Either => "image.purged IS NULL",
        };
        sql.conditions.push(bin.to_owned());
        for term in &query.terms {
            let condition = sql.term(tx, term, now)?;
            sql.conditions.push(condition);
        }
        Ok(sql)
    }

    fn wanted(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// A value's place in the text.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// Only what comes after a place in an order, or before it where one goes `back`.
    fn beyond(&mut self, sort: Sort, mark: Bookmark, back: bool, with_it: bool) {
        let (job, idx) = (mark.image.job.0, i64::from(mark.image.index));
        let keys = if matches!(sort, Sort::New | Sort::Old) { vec![job, idx] } else { vec![mark.key, job, idx] };
        let columns = columns(sort);
        let sign = |down: bool| if down != back { "<" } else { ">" };
        let bounds: Vec<_> =
            columns.iter().zip(keys).map(|(&(name, down), key)| (name, sign(down), self.bind(key))).collect();
        let mut condition = String::new();
        for (name, sign, key) in bounds.iter().rev() {
            condition = match condition.is_empty() {
                true => format!("{name} {sign}{} {key}", if with_it { "=" } else { "" }),
                false => format!("({name} {sign} {key} OR ({name} = {key} AND {condition}))"),
            };
        }
        // Said once more for the index of the order.
        if let Some((name, sign, key)) = bounds.first() {
            self.conditions.push(format!("{name} {sign}= {key}"));
        }
        self.conditions.push(condition);
    }

    fn term(&mut self, tx: &Transaction<'_>, term: &Term, now: Now) -> Result<String, StoreError> {
        let mut any = Vec::new();
        for want in &term.any {
            any.push(self.want(tx, want, now)?);
        }
        let any = if any.len() == 1 { any.concat() } else { format!("({})", any.join(" OR ")) };
        // What is not known is not so.
        Ok(if term.not { format!("NOT coalesce({any}, 0)") } else { any })
    }

    fn want(&mut self, tx: &Transaction<'_>, want: &Want, now: Now) -> Result<String, StoreError> {
        Ok(match want {
            Want::Words(text) => self.words(tx, text)?,
            Want::Model(pattern) => self.like("job.model", pattern),
            Want::Project(pattern) => self.like("job.project", pattern),
            Want::Name(pattern) => self.like("job.name", pattern),
            Want::File(pattern) => self.file(pattern),
            Want::Tag(pattern) => self.tag(tx, pattern)?,
            Want::Star => "image.star".to_owned(),
            Want::Rejected => "image.rejected".to_owned(),
            Want::Since(when) => format!("image.saved >= {}", self.bind(begin(*when, now).0)),
            Want::Until(when) => format!("image.saved < {}", self.bind(end(*when, now).0)),
            Want::Size(width, height) => {
                format!("(image.width = {} AND image.height = {})", self.bind(*width), self.bind(*height))
            }
            Want::Ratio(across, down) => {
                let (left, right) = (format!("image.width * {down}"), format!("image.height * {across}"));
                format!("abs({left} - {right}) * 100 <= max({left}, {right})")
            }
            Want::Seed(seed) => format!("image.seed = {}", self.bind(*seed)),
            Want::Picture(id) => {
                let job = self.job;
                format!("({job} = {} AND image.idx = {})", self.bind(id.job.0), self.bind(id.index))
            }
            Want::Jobs(first, last) => {
                let job = self.job;
                format!("{job} BETWEEN {} AND {}", self.bind(first.0), self.bind(last.0))
            }
            Want::Batch(id) => format!("job.batch = {}", self.bind(id.0)),
            Want::BatchName(pattern) => {
                let like = self.like("batch.name", pattern);
                format!("job.batch IN (SELECT batch.id FROM batch WHERE {like})")
            }
            Want::Format(format) => format!("image.format = {}", self.bind(format.extension().to_owned())),
            Want::Cost(compare, micros) => {
                let sign = match compare {
                    Compare::Over => ">",
                    Compare::AtLeast => ">=",
                    Compare::Under => "<",
                    Compare::AtMost => "<=",
                    Compare::Just => "=",
                };
                format!("({PRICE} >= 0 AND {PRICE} {sign} {})", self.bind(*micros))
            }
        })
    }

    /// Jobs that asked with these letters.
    fn words(&mut self, tx: &Transaction<'_>, text: &str) -> Result<String, StoreError> {
        if text.chars().count() >= TRIGRAM {
            let phrase = format!("\"{}\"", text.replace('"', "\"\""));
            let mut found = tx.prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM prompt_text WHERE prompt_text MATCH ?1 LIMIT ?2)",
            )?;
            let hits: i64 = found.query_row((&phrase, FEW + 1), |row| row.get(0))?;
            if hits <= FEW {
                let (job, phrase) = (self.job, self.bind(phrase));
                return Ok(format!(
                    "{job} IN (SELECT job.id FROM job WHERE {WORDS} IN (SELECT prompt.words FROM prompt_text
                     CROSS JOIN prompt ON prompt.job = prompt_text.rowid WHERE prompt_text MATCH {phrase}))"
                ));
            }
        }
        let like = self.bind(format!("%{}%", literal(text)));
        Ok(format!("{WORDS} LIKE {like} ESCAPE '\\'"))
    }

    /// Pictures with a tag like this: looked up where they are few, else met in their order.
    fn tag(&mut self, tx: &Transaction<'_>, pattern: &str) -> Result<String, StoreError> {
        let like = self.like("tag.word", pattern);
        let mut found =
            tx.prepare_cached("SELECT count(*) FROM (SELECT 1 FROM tag WHERE tag.word LIKE ?1 ESCAPE '\\' LIMIT ?2)")?;
        let hits: i64 = found.query_row((stars(pattern), FEW + 1), |row| row.get(0))?;
        Ok(match hits <= FEW {
            true => format!("(image.job, image.idx) IN (SELECT tag.job, tag.idx FROM tag WHERE {like})"),
            false => format!("EXISTS (SELECT 1 FROM tag WHERE tag.job = image.job AND tag.idx = image.idx AND {like})"),
        })
    }

    fn like(&mut self, column: &str, pattern: &str) -> String {
        let pattern = self.bind(stars(pattern));
        format!("{column} LIKE {pattern} ESCAPE '\\'")
    }

    /// A path's last part: what is left of it behind its last slash.
    fn file(&mut self, pattern: &str) -> String {
        let path = "CAST(image.path AS TEXT)";
        let name = format!("substr({path}, length(rtrim({path}, replace({path}, '/', ''))) + 1)");
        // The whole path is compared first: cutting off its last part costs more.
        let whole = self.like(path, &format!("*{pattern}"));
        format!("({whole} AND {})", self.like(&name, pattern))
    }
}

/// Letters that mean themselves in a pattern of SQL.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A pattern with `*` and `?` as one of SQL.
fn stars(pattern: &str) -> String {
    literal(pattern).replace('*', "%").replace('?', "_")
}

/// When a moment begins.
fn begin(when: When, now: Now) -> Stamp {
    match when {
        When::Back(hours) => Stamp(now.0.saturating_sub(i64::from(hours) * 3_600_000)),
        When::Today => ledger::periods(now).0,
        When::Day(day) => midnight(day, now),
    }
}

/// When it is over: a day counts whole.
fn end(when: When, now: Now) -> Stamp {
    match when {
        When::Back(_) => begin(when, now),
        When::Today => Stamp(i64::MAX),
        When::Day(day) => day.checked_add(1.day()).map_or(Stamp(i64::MAX), |next| midnight(next, now)),
    }
}

fn midnight(day: jiff::civil::Date, now: Now) -> Stamp {
    let here = ledger::local(now).time_zone().clone();
    day.to_zoned(here).map_or(Stamp(0), |start| Stamp(start.timestamp().as_millisecond()))
}

fn cards(tx: &Transaction<'_>, text: &str, values: Vec<Value>) -> Result<Vec<Card>, StoreError> {
    let mut cards = Vec::new();
    let mut found = tx.prepare_cached(text)?;
    let mut rows = found.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        cards.push(card(row)?);
    }
    let mut tags = tx.prepare_cached("SELECT word FROM tag WHERE job = ?1 AND idx = ?2 ORDER BY word")?;
    for card in &mut cards {
        let id = card.image.id;
        card.tags = tags.query_map((id.job.0, id.index), |row| row.get(0))?.collect::<Result<_, _>>()?;
    }
    Ok(cards)
}

fn card(row: &Row<'_>) -> Result<Card, StoreError> {
    let id: i64 = row.get(0)?;
    let stamp = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Stamp));
    let (sent, ended) = (stamp(12)?, stamp(13)?);
    let price = match json(id, &row.get::<_, String>(14)?)? {
        Cost::Known { unit, .. } => Some(unit),
        Cost::Unknown { .. } => None,
    };
    Ok(Card {
        image: image(row)?,
        request: Arc::new(json(id, &row.get::<_, String>(10)?)?),
        asked: Stamp(row.get(11)?),
        took: ended.zip(sent).map(|(ended, sent)| ended.since(sent)),
        price,
        project: row.get(15)?,
        name: row.get(16)?,
        batch: row.get::<_, Option<i64>>(17)?.map(BatchId),
        parent: origin(row, 18)?,
        children: row.get(20)?,
        star: row.get(21)?,
        rejected: row.get(22)?,
        tags: Vec::new(),
        binned: stamp(23)?,
        purged: stamp(24)?,
    })
}
