//! A query read: each field with what it takes. What is not known is refused by name, never silently dropped.

use std::str::FromStr;

use jiff::civil::Date;

use super::words::{Word, split};
use super::{Bin, Compare, Query, Sort, Term, Want, When};
use crate::domain::{BatchId, Format, ImageId, JobId, Size};

/// Why a query cannot be read: which word, and what would be legal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadQuery(pub String);

/// Every field, with what it takes.
pub const FIELDS: [(&str, &str); 18] = [
    ("model", "a name; * stands for anything: wan2.7*"),
    ("star", "yes or no"),
    ("rejected", "yes or no"),
    ("tag", "a word, or several with commas; * for any"),
    ("project", "a name; * stands for anything"),
    ("since", "7d, 24h, 2w, today, or a date like 2026-11-01"),
    ("until", "7d, 24h, 2w, today, or a date like 2026-11-01"),
    ("size", "pixels, such as 2048x1152"),
    ("ratio", "two numbers, such as 16:9"),
    ("seed", "a number"),
    ("id", "a job or a picture, such as 12 or 12b, or several: 12-18"),
    ("job", "a job or a picture, such as 12 or 12b, or several: 12-18"),
    ("batch", "a number, or a name; * stands for anything"),
    ("name", "what a job is called; * stands for anything"),
    ("file", "a file's name; * stands for anything: *neon*.png"),
    ("format", "png, jpg or webp"),
    ("cost", "a price of one picture: cost>0.05, cost<=0.03"),
    ("bin", "no, yes, or all"),
];

/// What an order may be.
const ORDERS: &str = "new, old, cost or size";

impl FromStr for Query {
    type Err = BadQuery;

    fn from_str(text: &str) -> Result<Query, BadQuery> {
        let mut query = Query::default();
        for word in split(text) {
            match word.field.map(|(name, _)| name.to_ascii_lowercase()).as_deref() {
                None => query.terms.push(Term { not: word.not, any: vec![words(word.values.concat())] }),
                Some("sort") => query.sort = alone(&word, ORDERS, sort)?,
                Some("bin") => query.bin = alone(&word, takes("bin"), bin)?,
                Some(name) => query.terms.push(term(&word, name)?),
            }
        }
        Ok(query)
    }
}

/// A plain word; `#12b` is a picture, as everywhere.
fn words(text: String) -> Want {
    text.starts_with('#').then(|| picture(&text)).flatten().unwrap_or(Want::Words(text))
}

fn takes(name: &str) -> &'static str {
    FIELDS.iter().find(|(known, _)| *known == name).map_or(ORDERS, |(_, takes)| takes)
}

/// A field with one value that cannot be turned around.
fn alone<T>(word: &Word<'_>, takes: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, BadQuery> {
    let value = match word.values.as_slice() {
        [one] if !word.not => read(&one.to_lowercase()),
        _ => None,
    };
    value.ok_or_else(|| wrong(word, takes))
}

fn wrong(word: &Word<'_>, takes: &str) -> BadQuery {
    let (name, _) = word.field.unwrap_or_default();
    BadQuery(format!("{} cannot be looked for: {} takes {takes}", word.raw, name.to_ascii_lowercase()))
}

fn unknown(word: &Word<'_>, name: &str) -> BadQuery {
    let names = || FIELDS.iter().map(|(name, _)| *name).chain(["sort"]);
    let near = names().map(|known| (strsim::jaro_winkler(name, known), known));
    let near = near.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => BadQuery(format!("There is no field {name}: did you mean {near}:?")),
        None => BadQuery(format!(
            "There is no field {name}; write \"{}\" to look for the words. Fields: {}",
            word.raw.replace('"', ""),
            names().collect::<Vec<_>>().join(", ")
        )),
    }
}

fn term(word: &Word<'_>, name: &str) -> Result<Term, BadQuery> {
    let Some((name, takes)) = FIELDS.into_iter().find(|(known, _)| *known == name) else {
        return Err(unknown(word, name));
    };
    let sign = word.field.map_or(":", |(_, sign)| sign);
    let mut term = Term { not: word.not, any: Vec::new() };
    for value in &word.values {
        let want = (!value.is_empty()).then(|| want(name, sign, value)).flatten();
        let (want, holds) = want.ok_or_else(|| wrong(word, takes))?;
        if !holds && word.values.len() > 1 {
            return Err(wrong(word, takes));
        }
        term.not ^= !holds;
        term.any.push(want);
    }
    Ok(term)
}

/// What a field's value wants, and whether that must hold or must not.
fn want(name: &str, sign: &str, value: &str) -> Option<(Want, bool)> {
    let text = || value.to_owned();
    Some((
        match name {
            "star" => return yes(value).map(|yes| (Want::Star, yes)),
            "rejected" => return yes(value).map(|yes| (Want::Rejected, yes)),
            "model" => Want::Model(text()),
            "tag" => Want::Tag(text()),
            "project" => Want::Project(text()),
            "name" => Want::Name(text()),
            "file" => Want::File(text()),
            "since" => Want::Since(when(value)?),
            "until" => Want::Until(when(value)?),
            "size" => value.parse::<Size>().ok()?.pixels().map(|(width, height)| Want::Size(width, height))?,
            "ratio" => ratio(value)?,
            "seed" => Want::Seed(value.parse().ok()?),
            "id" | "job" => picture(value)?,
            "batch" => match value.parse() {
                Ok(number) => Want::Batch(BatchId(number)),
                Err(_) => Want::BatchName(text()),
            },
            "format" => Want::Format(format(value)?),
            "cost" => Want::Cost(compare(sign), micros(value)?),
            _ => return None,
        },
        true,
    ))
}

fn yes(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn bin(value: &str) -> Option<Bin> {
    match value {
        "all" => Some(Bin::Either),
        value => yes(value).map(|yes| if yes { Bin::In } else { Bin::Out }),
    }
}

fn sort(value: &str) -> Option<Sort> {
    Sort::ALL.into_iter().find(|sort| sort.word() == value)
}

fn when(value: &str) -> Option<When> {
    let value = value.to_lowercase();
    if value == "today" {
        return Some(When::Today);
    }
    // `2026-11-01` and nothing longer: a date and a time would be read as the date.
    if let Some(day) = (value.len() == 10).then(|| value.parse::<Date>().ok()).flatten() {
        return Some(When::Day(day));
    }
    let hours = [('h', 1), ('d', 24), ('w', 24 * 7)];
    let (number, hours) = hours.iter().find_map(|(unit, hours)| Some((value.strip_suffix(*unit)?, *hours)))?;
    Some(When::Back(number.parse::<u32>().ok()?.checked_mul(hours)?))
}

fn ratio(value: &str) -> Option<Want> {
    let (left, right) = value.split_once([':', 'x', '/'])?;
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| (1..=10_000).contains(side));
    Some(Want::Ratio(side(left)?, side(right)?))
}

/// `12`, `12b`, `12-18`, each with or without a `#`.
fn picture(value: &str) -> Option<Want> {
    let number = |text: &str| text.parse::<JobId>().ok().filter(|id| id.0 > 0);
    if let Some((first, last)) = value.split_once('-') {
        return Some(Want::Jobs(number(first)?, number(last)?));
    }
    match number(value) {
        Some(job) => Some(Want::Jobs(job, job)),
        None => value.parse::<ImageId>().ok().map(Want::Picture),
    }
}

fn format(value: &str) -> Option<Format> {
    let value = value.to_lowercase();
    Format::ALL.into_iter().find(|format| format.extension() == value || format.id() == value)
}

fn compare(sign: &str) -> Compare {
    match sign {
        ">" => Compare::Over,
        ">=" => Compare::AtLeast,
        "<" => Compare::Under,
        "<=" => Compare::AtMost,
        _ => Compare::Just,
    }
}

/// `0.05`, `$0.05` or `¥0.2` in millionths.
fn micros(value: &str) -> Option<i64> {
    let number = value.trim_start_matches(['$', '¥']).parse::<f64>().ok()?;
    (0.0..1e6).contains(&number).then(|| (number * 1e6).round() as i64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<Term> {
        text.parse::<Query>().unwrap().terms
    }

    #[test]
    fn every_field_is_read() {
        let is = |not, want| vec![Term { not, any: vec![want] }];
        let id = |job, index| ImageId { job: JobId(job), index };
        for (text, read) in [
            ("neon", is(false, Want::Words("neon".into()))),
            ("-\"neon sign\"", is(true, Want::Words("neon sign".into()))),
            ("model:wan2.7*", is(false, Want::Model("wan2.7*".into()))),
            ("star:yes", is(false, Want::Star)),
            ("STAR:No", is(true, Want::Star)),
            ("!star:no", is(false, Want::Star)),
            ("rejected:no", is(true, Want::Rejected)),
            ("tag:\"late night\"", is(false, Want::Tag("late night".into()))),
            ("project:shop", is(false, Want::Project("shop".into()))),
            ("since:7d", is(false, Want::Since(When::Back(168)))),
            ("since:2026-11-01", is(false, Want::Since(When::Day(jiff::civil::date(2026, 11, 1))))),
            ("until:today", is(false, Want::Until(When::Today))),
            ("size:2048x1152", is(false, Want::Size(2048, 1152))),
            ("ratio:16:9", is(false, Want::Ratio(16, 9))),
            ("seed:42", is(false, Want::Seed(42))),
            ("#12b", is(false, Want::Picture(id(12, 1)))),
            ("#fox", is(false, Want::Words("#fox".into()))),
            ("id:#12b", is(false, Want::Picture(id(12, 1)))),
            ("job:12", is(false, Want::Jobs(JobId(12), JobId(12)))),
            ("job:12-18", is(false, Want::Jobs(JobId(12), JobId(18)))),
            ("batch:3", is(false, Want::Batch(BatchId(3)))),
            ("batch:spring*", is(false, Want::BatchName("spring*".into()))),
            ("name:dawn", is(false, Want::Name("dawn".into()))),
            ("file:*neon*", is(false, Want::File("*neon*".into()))),
            ("format:JPEG", is(false, Want::Format(Format::Jpeg))),
            ("cost>0.05", is(false, Want::Cost(Compare::Over, 50_000))),
            ("cost<=$0.075", is(false, Want::Cost(Compare::AtMost, 75_000))),
        ] {
            assert_eq!(terms(text), read, "{text}");
        }
        let or = terms("tag:red,blue");
        assert_eq!(or, [Term { not: false, any: vec![Want::Tag("red".into()), Want::Tag("blue".into())] }]);
        let other: Query = "bin:yes fox sort:cost".parse().unwrap();
        assert_eq!((other.bin, other.sort, other.terms.len()), (Bin::In, Sort::Cost, 1));
        assert!("".parse::<Query>().unwrap().is_open() && !other.is_open());
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_is_legal() {
        for (text, words) in [
            ("star:maybe", "star:maybe cannot be looked for: star takes yes or no"),
            ("modle:wan", "There is no field modle: did you mean model:?"),
            ("https://x.y", "write \"https://x.y\" to look for the words"),
            ("zzz:1", "Fields: model, star, rejected,"),
            ("since:yesterday", "since takes 7d, 24h"),
            ("since:2026-13-01", "since takes"),
            ("size:big", "such as 2048x1152"),
            ("ratio:wide", "such as 16:9"),
            ("model:", "model takes a name"),
            ("tag:a,,b", "tag takes a word"),
            ("seed:-1", "seed takes a number"),
            ("id:fox", "such as 12 or 12b"),
            ("cost>much", "cost>0.05"),
            ("cost>-1", "cost>0.05"),
            ("sort:fun", "sort takes new, old, cost or size"),
            ("!sort:new", "sort takes"),
            ("bin:maybe", "bin takes no, yes, or all"),
            ("format:xcf", "png, jpg or webp"),
            ("star:yes,no", "star takes yes or no"),
        ] {
            let why = text.parse::<Query>().unwrap_err().to_string();
            assert!(why.contains(words), "{text}: {why}");
        }
    }

    #[test]
    fn an_order_is_put_into_a_query_in_the_place_of_the_one_before() {
        assert_eq!(Sort::Cost.put("fox sort:old \"red sky\""), "fox \"red sky\" sort:cost");
        assert_eq!(Sort::New.put("sort:cost"), "");
        let rounds: Vec<_> = Sort::ALL.into_iter().map(Sort::next).collect();
        assert_eq!(rounds, [Sort::Old, Sort::Cost, Sort::Size, Sort::New]);
    }
}
