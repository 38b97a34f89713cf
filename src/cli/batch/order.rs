//! From rows to requests, by the same code as a single one; or everything that is wrong with all of them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::catalog::{Kind, Rate, Violation};
use crate::config::Config;
use crate::domain::{Cost, Fault, Request, Written, text};
use crate::prompt::batch::{Problem, Row, tell_apart};

use super::super::failure::Refused;
use super::super::generate::{Leeway, Made, Wish, made};
use super::faulty::Faulty;
use super::out::{self, Words};
use super::source::Source;

/// What is said over all rows.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// The settings.
    pub config: &'a Config,
    /// Model of rows that name none.
    pub model: Option<&'a str>,
    /// The style around the words of every row.
    pub style: Option<&'a str>,
    /// Parameters, whatever rows say.
    pub set: &'a [(String, String)],
    /// What may be done with rows that cannot be met as they are.
    pub leeway: Leeway,
    /// Template of rows that have none.
    pub out: Option<&'a str>,
    /// What rows are booked under that name no project.
    pub project: Option<&'a str>,
}

/// A row that may be sent.
#[derive(Debug, Clone)]
pub struct Order {
    /// The row's own name, or its number.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// What it asks for, as a word: the same for the same, whenever the file is read.
    pub key: String,
    /// The request.
    pub request: Request,
    /// What it costs at most.
    pub cost: Cost,
    /// Requests it is sent as.
    pub parts: u32,
    /// Pixels of one of its pictures, where that is known before.
    pub pixels: Option<u64>,
    /// How fast its model may be used.
    pub rate: Rate,
    /// Where its pictures go, when not the usual place.
    pub out: Option<PathBuf>,
    /// What it is booked under.
    pub project: Option<String>,
}

/// All rows of a source.
#[derive(Debug)]
pub struct Orders {
    /// In the order of the source.
    pub list: Vec<Order>,
    /// What is worth knowing about them, each thing once.
    pub notes: Vec<String>,
}

impl Orders {
    /// Makes them, or says everything that is wrong. Nothing is written and nothing is sent.
    pub fn of(source: &Source, making: &Making<'_>) -> Result<Orders, Faulty> {
        let here = std::env::current_dir().map_err(|error| Faulty::whole(&source.name, error.to_string()))?;
        let mut maker = Maker { source, making, here, prints: HashMap::new(), said: BTreeMap::new(), problems: vec![] };
        let made: Vec<_> = (1..).zip(&source.rows).filter_map(|(number, row)| maker.order(number, row)).collect();
        if !maker.problems.is_empty() {
            return Err(Faulty::new(&source.name, maker.problems));
        }
        let (mut list, mut asked): (Vec<Order>, Vec<Row>) = made.into_iter().unzip();
        tell_apart(&mut asked);
        list.iter_mut().zip(&asked).for_each(|(order, row)| order.key = row.key());
        let notes = source.notes.iter().cloned().chain(maker.said.iter().map(|(words, lines)| note(words, lines)));
        Ok(Orders { notes: notes.collect(), list })
    }
}

/// `lines 3 and 17, and 46 more: ...`
fn note(words: &str, lines: &[usize]) -> String {
    match lines {
        [one] => format!("line {one}: {words}"),
        [one, two] => format!("lines {one} and {two}: {words}"),
        [one, two, more @ ..] => format!("lines {one} and {two}, and {} more: {words}", more.len()),
        [] => words.to_owned(),
    }
}

struct Maker<'a> {
    source: &'a Source,
    making: &'a Making<'a>,
    here: PathBuf,
    /// What local pictures hold, by their paths.
    prints: HashMap<PathBuf, Option<String>>,
    /// Notes, and the lines they are about.
    said: BTreeMap<String, Vec<usize>>,
    problems: Vec<Problem>,
}

impl Maker<'_> {
    /// The row's order, and the row as what it asks for is known by.
    fn order(&mut self, number: usize, row: &Row) -> Option<(Order, Row)> {
        let row = &self.switched(row);
        let wish = self.wish(row)?;
        let config = self.making.config;
        let made = match made(config, &wish, || Ok(row.prompt.clone()), self.making.leeway) {
            Ok(made) => made,
            Err(error) => {
                self.problems.extend(problems(row.line, error));
                return None;
            }
        };
        let Made { model, mut request, cost, notes, warnings, .. } = made;
        if let Some(template) = &row.template {
            // For the recipe: what was written, beside what was made of it.
            let style = request.written.take().and_then(|written| written.style);
            request.written = Some(Written { template: template.clone(), style });
        }
        for words in warnings.into_iter().chain(notes) {
            let lines = self.said.entry(words).or_default();
            if lines.last() != Some(&row.line) {
                lines.push(row.line);
            }
        }
        let name = row.id.clone().unwrap_or_else(|| number.to_string());
        let words = Words {
            id: &name,
            row: number,
            line: row.line,
            model: request.model.as_str(),
            seed: request.seed,
            prompt: &request.prompt,
            ext: model.output.extension(),
        };
        let template = row.out.as_deref().or(self.making.out);
        let out = match template.map(|template| out::place(template, &words, &self.here)).transpose() {
            Ok(out) => out,
            Err(message) => {
                self.problem(row.line, "out", message);
                return None;
            }
        };
        let order = Order {
            line: row.line,
            key: String::new(),
            cost,
            parts: u32::try_from(model.parts(&request).len()).unwrap_or(u32::MAX),
            pixels: model.dimensions(&request).map(|(width, height)| u64::from(width) * u64::from(height)),
            rate: model.rate(config.settings.region),
            out,
            project: row.project.clone().or_else(|| self.making.project.map(str::to_owned)),
            request,
            name,
        };
        let asked = self.asked(row, &wish, &order);
        Some((order, asked))
    }

    /// The row with `on` and `off` as what they mean, where a parameter is a switch.
    fn switched(&self, row: &Row) -> Row {
        let specs = self.making.config.catalog.models().iter().flat_map(|model| &model.modes);
        let parameters = || specs.clone().flat_map(|spec| &spec.parameters);
        let is_switch =
            |name: &str| parameters().any(|parameter| parameter.name == name && parameter.kind == Kind::Bool);
        let mut row = row.clone();
        for (name, value) in &mut row.options {
            let meant = match value.as_str() {
                Some("on" | "yes") => true,
                Some("off" | "no") => false,
                _ => continue,
            };
            if is_switch(name) {
                *value = Value::Bool(meant);
            }
        }
        row
    }

    fn problem(&mut self, line: usize, field: &str, message: impl Into<String>) {
        self.problems.push(Problem { line, field: Some(field.to_owned()), message: message.into() });
    }

    fn wish(&mut self, row: &Row) -> Option<Wish> {
        let ar = match row.ar.as_deref().map(str::parse).transpose() {
            Ok(ar) => ar,
            Err(message) => {
                self.problem(row.line, "ar", message);
                return None;
            }
        };
        let (mut options, mut boxes, mut palette) = (vec![], vec![], None);
        for (name, value) in &row.options {
            match (name.as_str(), value) {
                // Both have a short form.
                ("bbox_list", Value::String(short)) => {
                    boxes.extend(short.split(';').map(|part| part.trim().to_owned()))
                }
                ("color_palette", Value::String(short)) => palette = Some(self.palette(short)),
                _ => options.push((name.clone(), value.clone())),
            }
        }
        Some(Wish {
            model: row.model.as_ref().map(|model| model.0.clone()).or_else(|| self.making.model.map(str::to_owned)),
            pictures: row.refs.iter().map(|text| self.reference(text)).collect(),
            mode: row.mode,
            size: row.size,
            ar,
            n: row.n,
            seed: row.seed,
            style: self.making.style.map(str::to_owned),
            negative: row.negative.clone(),
            options,
            boxes,
            palette,
            set: self.making.set.to_vec(),
            ..Wish::default()
        })
    }

    /// `@FILE` lies beside the file of rows too.
    fn palette(&self, short: &str) -> String {
        match short.strip_prefix('@') {
            Some(path) => format!("@{}", self.source.directory.join(path).display()),
            None => short.to_owned(),
        }
    }

    /// A picture as a request takes it: a file is found beside the file of rows.
    fn reference(&self, text: &str) -> String {
        match local(text) {
            Some(path) => self.source.directory.join(path).display().to_string(),
            None => text.to_owned(),
        }
    }

    /// What the row is known by. What it leaves out is filled in, and a picture counts by what it holds.
    fn asked(&mut self, row: &Row, wish: &Wish, order: &Order) -> Row {
        let mut asked = Row {
            prompt: order.request.prompt.clone(),
            model: Some(order.request.model.clone()),
            mode: Some(order.request.mode),
            refs: wish.pictures.iter().map(|text| self.print(text)).collect(),
            negative: match order.request.written.as_ref().and_then(|written| written.style.as_ref()) {
                Some(_) => Some(order.request.negative_prompt.clone()),
                None => row.negative.clone(),
            },
            ..row.clone()
        };
        let set = self.making.set.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        asked.options.extend(set);
        asked
    }

    fn print(&mut self, text: &str) -> String {
        let Some(path) = local(text) else { return text.to_owned() };
        let read = |path: &Path| std::fs::read(path).ok().map(|bytes| text::hex(&Sha256::digest(bytes)));
        let print = self.prints.entry(path.to_owned()).or_insert_with(|| read(path));
        print.as_ref().map_or_else(|| text.to_owned(), |print| format!("sha256:{print}"))
    }
}

/// The path of a picture that is a file here.
fn local(text: &str) -> Option<&Path> {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if ["https://", "http://", "data:", "oss://"].into_iter().any(begins) {
        return None;
    }
    Some(Path::new(if begins("file://") { &text["file://".len()..] } else { text }))
}

/// What is wrong with a row, as the catalogue or the wish says it.
fn problems(line: usize, error: anyhow::Error) -> Vec<Problem> {
    let error = match error.downcast::<Refused>() {
        Ok(Refused(violations)) => return violations.into_iter().map(|violation| broken(line, violation)).collect(),
        Err(error) => error,
    };
    let (field, message) = match error.downcast::<Fault>() {
        Ok(Fault { code, message, hint, .. }) => (Some(code), [message, hint].join(" ").trim().to_owned()),
        Err(error) => (None, format!("{error:#}")),
    };
    vec![Problem { line, field, message: text::clean(&message).into_owned() }]
}

fn broken(line: usize, violation: Violation) -> Problem {
    let Violation { field, message, legal, .. } = violation;
    let message = format!("{}; legal: {}", text::clean(&message), text::clean(&legal));
    Problem { line, field: Some(text::clean(&field).into_owned()), message }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::Flags;

    fn orders(dir: &Path, words: &str, set: &[(String, String)]) -> Result<Orders, Faulty> {
        std::fs::write(dir.join("a.jsonl"), words).unwrap();
        let home = dir.join("home").to_str().unwrap().to_owned();
        let config =
            Config::load(&|name| (name == "PINXIT_HOME").then(|| home.clone()), None, &Flags::default()).unwrap();
        let file = dir.join("a.jsonl");
        let source = Source::file(file.to_str().unwrap(), &Default::default(), &config.catalog, &config.paths)?;
        let making = Making {
            config: &config,
            model: None,
            style: None,
            set,
            leeway: Leeway::default(),
            out: None,
            project: None,
        };
        Orders::of(&source, &making)
    }

    fn keys(dir: &Path, words: &str, set: &[(String, String)]) -> Vec<String> {
        orders(dir, words, set).unwrap().list.into_iter().map(|order| order.key).collect()
    }

    fn picture(path: &Path, width: u32) {
        image::RgbImage::new(width, 400).save(path).unwrap();
    }

    #[test]
    fn everything_wrong_is_told_with_its_line_and_what_would_be_legal() {
        let dir = tempfile::tempdir().unwrap();
        let words = r#"{"prompt": "a", "model": "wan2.6-t2i", "size": "100*100", "n": 99}
{"prompt": "b", "refs": ["nowhere.png"]}
{"prompt": "c", "out": "../{id}.png"}
{"prompt": "d", "model": "wan9"}
{"prompt": "e", "model": "qwen-image", "max_images": 3}
{"prompt": "f", "color_palette": "red"}"#;
        let lines = orders(dir.path(), words, &[]).unwrap_err().lines();
        let expect = [
            ":1: size: ",
            ":1: n: ",
            ":2: images: ",
            ":3: out: ",
            ":4: model: ",
            ":5: max_images: ",
            ":6: color_palette: ",
        ];
        for what in expect {
            assert!(lines.iter().any(|line| line.contains(what)), "{what} is not in {lines:#?}");
        }
        assert!(lines.iter().find(|line| line.contains(":1: size")).unwrap().contains("; legal: "), "{lines:#?}");
    }

    #[test]
    fn a_row_is_known_by_what_it_asks_for_and_by_what_its_pictures_hold() {
        let dir = tempfile::tempdir().unwrap();
        picture(&dir.path().join("a.png"), 400);
        let row = r#"{"prompt": "p", "refs": ["a.png"], "id": "one", "out": "x/{id}.png"}"#;
        let before = keys(dir.path(), row, &[]);
        assert_eq!(before, keys(dir.path(), r#"{"refs": ["./a.png"], "prompt": "p"}"#, &[]), "its name does not count");
        assert_ne!(before, keys(dir.path(), row, &[("seed".into(), "7".into())]));
        picture(&dir.path().join("a.png"), 500);
        assert_ne!(before, keys(dir.path(), row, &[]), "the picture is another one");
    }

    #[test]
    fn switches_are_on_and_off() {
        let dir = tempfile::tempdir().unwrap();
        let row = |value| format!("{{\"prompt\": \"p\", \"model\": \"wan2.7-image\", \"thinking_mode\": {value}}}");
        let order = orders(dir.path(), &row("\"off\""), &[]).unwrap().list.remove(0);
        assert_eq!(order.request.options["thinking_mode"], false);
        assert_eq!(keys(dir.path(), &row("\"off\""), &[]), keys(dir.path(), &row("false"), &[]));
    }

    #[test]
    fn rows_that_ask_for_the_same_are_different_rows() {
        let dir = tempfile::tempdir().unwrap();
        let usual = Config::load(&|name| (name == "PINXIT_HOME").then(|| "/nowhere".into()), None, &Flags::default());
        let usual = usual.unwrap().settings.model;
        let words = format!("{{\"prompt\": \"p\"}}\n{{\"prompt\": \"p\", \"model\": \"{usual}\"}}");
        let keys = keys(dir.path(), &words, &[]);
        assert_eq!(keys[1], format!("{}#2", keys[0]), "a model that is left out is the usual one");
    }

    #[test]
    fn what_is_said_of_many_rows_is_said_once() {
        assert_eq!(note("w", &[3]), "line 3: w");
        assert_eq!(note("w", &[3, 4, 5, 6]), "lines 3 and 4, and 2 more: w");
    }
}
