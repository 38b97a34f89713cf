//! Catalogue text to models: the file that ships with the program, and the user's changes to it. Where the text comes
//! from is not known here, and what an entry must hold is said in `assemble.rs`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::domain::text::clean;

use super::assemble::assemble;
use super::entry::{ModelEntry, ParameterEntry};
use super::{Model, Route};

/// All models, builtin and the user's.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    models: Vec<Model>,
    /// The entries the models were made from, in the same order: what a user's changes are merged into.
    entries: Vec<Table>,
    pub(super) routes: BTreeMap<String, Route>,
    pub(super) parameters: BTreeMap<String, ParameterEntry>,
}

/// An entry of a user's catalogue file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; 0 when unknown.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// What a copy of a model does not take over: they are that model's own, and a price is never guessed.
const NOT_COPIED: [&str; 3] = ["price", "names", "snapshots"];

/// Length of a dated edition's ending, `-2026-03-03`.
const DATE: usize = 11;

impl Catalog {
    /// The catalogue that ships with the program.
    pub fn builtin() -> Catalog {
        static BUILTIN: LazyLock<Catalog> =
            LazyLock::new(|| Catalog::default().with_user(include_str!("models.toml")).0);
        BUILTIN.clone()
    }

    /// Adds or overrides models from a user's file. Entries that do not read are left out and reported. Routes and
    /// parameters the file defines hold for the models it names.
    pub fn with_user(mut self, text: &str) -> (Catalog, Vec<Problem>) {
        let mut reader = Reader { text, problems: vec![] };
        let mut document = match DeTable::parse(text) {
            Ok(document) => document.into_inner(),
            Err(error) => {
                reader.refuse(&error, 0);
                return (self, reader.problems);
            }
        };
        let (models, routes) = (document.remove("model"), document.remove("route"));
        self.routes.extend(reader.named(routes, "route"));
        let changes: Vec<(String, ParameterEntry)> = reader.named(document.remove("parameter"), "parameter");
        for (name, change) in changes {
            let known = self.parameters.remove(&name).unwrap_or_default();
            self.parameters.insert(name, known.with(change));
        }
        for (key, _) in document {
            let message = format!("unknown key `{}`, expected one of `model`, `parameter`, `route`", key.get_ref());
            reader.report(key.span().start, &message);
        }
        for (start, entry) in reader.entries(models) {
            if let Err(message) = self.put(entry) {
                reader.report(start, &message);
            }
        }
        (self, reader.problems)
    }

    /// Every model, in the order of the file: the recommended first.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Finds a model by its id, an alias, or a dated snapshot of it (`qwen-image-2.0-pro-2026-03-03`).
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.named(id).or_else(|| self.named(undated(id)?))
    }

    fn named(&self, id: &str) -> Option<&Model> {
        let by_id = self.models.iter().find(|model| model.id.as_str() == id);
        by_id.or_else(|| self.models.iter().find(|model| model.names.values().any(|name| name.as_str() == id)))
    }

    /// Takes one entry in: over the model of that id, as a copy of the one it is `like`, or as it stands.
    fn put(&mut self, Entry { id, like, table }: Entry) -> Result<(), String> {
        let place = self.place(&id);
        let mut whole = match (like, place) {
            (Some(like), _) => self.copy(&like).ok_or(format!("model {id}: there is no model {like} to be like"))?,
            (None, Some(place)) => self.entries[place].clone(),
            (None, None) => Table::new(),
        };
        merge(&mut whole, table);
        whole.remove("like");
        let read = Value::Table(whole.clone()).try_into::<ModelEntry>();
        let model = assemble(self, read.map_err(|error| format!("model {id}: {}", error.message()))?)?;
        match place {
            Some(place) => (self.models[place], self.entries[place]) = (model, whole),
            None => {
                self.models.push(model);
                self.entries.push(whole);
            }
        }
        Ok(())
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.models.iter().position(|model| model.id.as_str() == id)
    }

    fn copy(&self, id: &str) -> Option<Table> {
        let mut copy = self.entries[self.place(id)?].clone();
        NOT_COPIED.iter().for_each(|key| drop(copy.remove(*key)));
        Some(copy)
    }
}

/// The id without the date of a dated edition.
fn undated(id: &str) -> Option<&str> {
    let (name, date) = id.split_at_checked(id.len().checked_sub(DATE)?)?;
    let is_date = date.bytes().enumerate().all(|(i, byte)| match i {
        0 | 5 | 8 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then_some(name)
}

/// Writes `change` over `base`, table by table; anything but a table is replaced whole.
fn merge(base: &mut Table, change: Table) {
    for (key, value) in change {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => drop(base.insert(key, value)),
        }
    }
}

/// A `[[model]]` as it stands in a file.
struct Entry {
    id: String,
    like: Option<String>,
    table: Table,
}

/// Reads the parts of a file, keeping a list of what does not read.
struct Reader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    fn report(&mut self, at: usize, message: &str) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        self.problems.push(Problem { line, message: clean(message.trim_end()).into_owned() });
    }

    /// Reports what the TOML reader says, at its place or else at `start`.
    fn refuse(&mut self, error: &toml::de::Error, start: usize) {
        self.report(error.span().map_or(start, |span| span.start), error.message());
    }

    /// The items of `[name.x]`, `[name.y]`.
    fn named<T: DeserializeOwned>(&mut self, table: Option<Spanned<DeValue<'t>>>, name: &str) -> Vec<(String, T)> {
        let Some(table) = table else { return vec![] };
        let start = table.span().start;
        let DeValue::Table(table) = table.into_inner() else {
            self.report(start, &format!("`{name}` is not a table: write [{name}.some-name]"));
            return vec![];
        };
        let mut out = Vec::new();
        for (key, value) in table {
            let start = value.span().start;
            match T::deserialize(value.into_deserializer()) {
                Ok(item) => out.push((key.into_inner().into_owned(), item)),
                Err(error) => self.refuse(&error, start),
            }
        }
        out
    }

    /// The `[[model]]` entries that hold nothing unknown or of the wrong type, with where they begin.
    fn entries(&mut self, models: Option<Spanned<DeValue<'t>>>) -> Vec<(usize, Entry)> {
        let Some(models) = models else { return vec![] };
        let start = models.span().start;
        let DeValue::Array(models) = models.into_inner() else {
            self.report(start, "`model` is not a list: write [[model]]");
            return vec![];
        };
        let mut out = Vec::new();
        for entry in models {
            let start = entry.span().start;
            let read = ModelEntry::deserialize(entry.clone().into_deserializer());
            match read.and_then(|read| Ok((read, Table::deserialize(entry.into_deserializer())?))) {
                Ok((ModelEntry { id, like, .. }, table)) => out.push((start, Entry { id, like, table })),
                Err(error) => self.refuse(&error, start),
            }
        }
        out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::{Mode, Region};

    fn with(text: &str) -> (Catalog, Vec<Problem>) {
        Catalog::builtin().with_user(text)
    }

    #[test]
    fn the_builtin_file_reads_whole() {
        let (catalog, problems) = Catalog::default().with_user(include_str!("models.toml"));
        assert_eq!(problems, []);
        let ids: Vec<_> = catalog.models().iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), 20, "{ids:?}");
        assert_eq!(ids[0], "wan2.7-image-pro", "the recommended one is first");
        for id in ids {
            assert_eq!(ids_of(&catalog, id), 1, "{id} is there once");
        }
    }

    fn ids_of(catalog: &Catalog, id: &str) -> usize {
        catalog.models().iter().filter(|model| model.id.as_str() == id).count()
    }

    #[test]
    fn models_are_found_by_alias_and_date() {
        let catalog = Catalog::builtin();
        for (asked, found) in [
            ("qwen-image-2.0-pro-2026-03-03", Some("qwen-image-2.0-pro")),
            ("qwen-image-2.0-2026-03-03", Some("qwen-image-2.0")),
            ("qwen-image-plus-2031-01-01", Some("qwen-image-plus")),
            ("wan2.1-t2i-plus", Some("wanx2.1-t2i-plus")),
            ("qwen-image-plus-20260109", None),
            ("-2026-03-03", None),
            ("wan", None),
            ("", None),
            ("雪-2026-03-0", None),
        ] {
            assert_eq!(catalog.get(asked).map(|model| model.id.as_str()), found, "{asked}");
        }
    }

    #[test]
    fn a_user_changes_one_field_and_keeps_the_rest() {
        let text = "[[model]]\nid = \"wan2.7-image\"\nprice.ap-southeast-1.amount = 0.028\nprompt.max = 4000\n";
        let (catalog, problems) = with(text);
        assert_eq!(problems, []);
        let model = catalog.get("wan2.7-image").unwrap();
        let cost = model.cost(&model.blank(Mode::TextToImage), Region::Singapore);
        assert_eq!(cost.total().unwrap().to_string(), "$0.028");
        assert_eq!(model.prompt_limit(), (4000, "characters"));
        assert_eq!(model.modes.len(), 3);
        assert_eq!(catalog.models().len(), 20);
        let other = catalog.get("wan2.7-image-pro").unwrap();
        assert_eq!(other.prompt_limit(), (5000, "characters"), "the model it was a copy of stays as it was");
    }

    #[test]
    fn a_user_adds_a_model_of_their_own_and_a_copy_without_its_price() {
        let text = r#"
            [route.new-road]
            call = "sync"
            shape = "messages"
            path = "/services/aigc/new/generation"

            [parameter.strength]
            kind = "int"
            min = 0
            max = 100
            default = 50

            [[model]]
            id = "mine"
            output = "jpeg"
            prompt = { max = 77, unit = "tokens" }
            mode.text-to-image = { routes = ["new-road"], parameters = ["size", "strength"], size = { default = "512*512", sides = [256, 1024] } }

            [[model]]
            id = "wan9-image"
            like = "wan2.7-image"
            with-nothing = 1

            [[model]]
            id = "wan8-image"
            like = "wan2.7-image"
        "#;
        let (catalog, problems) = with(text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].line, 22);
        let mine = catalog.get("mine").unwrap();
        let blank = mine.blank(Mode::TextToImage);
        assert_eq!((blank.size.to_string(), blank.options["strength"].as_i64()), ("512*512".into(), Some(50)));
        assert_eq!(mine.modes[0].routes[0].path, "/services/aigc/new/generation");
        assert!(catalog.get("wan9-image").is_none(), "a broken entry is left out");
        let copy = catalog.get("wan8-image").unwrap();
        assert_eq!(copy.modes.len(), 3);
        let cost = copy.cost(&copy.blank(Mode::TextToImage), Region::Singapore);
        assert_eq!(cost.total(), None, "a price is never guessed");
    }

    #[test]
    fn what_does_not_read_is_reported_at_its_line_and_the_rest_is_kept() {
        const HEAD: &str = "# mine\n[[model]]\nid = \"qwen-image-max\"\n";
        for (text, line, says) in [
            ("[[model]]\nid = 3\n", 2, "expected a string"),
            ("\n\n[[model]\n", 3, ""),
            ("[[model]]\nabout = \"no id\"\n", 1, "missing field `id`"),
            ("[colour]\nred = 1\n", 1, "unknown key `colour`"),
            ("model = 3\n", 1, "[[model]]"),
            ("route = 3\n", 1, "[route."),
            ("[route.x]\ncall = \"later\"\n", 2, "unknown variant `later`"),
            ("[[model]]\nid = \"x\"\n", 1, "`prompt` is missing"),
            ("[[model]]\nid = \"x\"\nlike = \"y\"\n", 1, "there is no model y"),
            ("[[model]]\nid = \"x\"\nprompt = { max = 9, unit = \"tokens\" }\n", 1, "it has no mode"),
        ] {
            let (catalog, problems) = with(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].message.contains(says), "{text}: {problems:?}");
            assert_eq!(problems[0].line, line, "{text}: {problems:?}");
            assert_eq!(catalog.models().len(), 20);
        }
        for (change, line, says) in [
            ("colour = 1", 4, "unknown field `colour`"),
            ("prompt.length = 1", 4, "unknown field `length`"),
            ("about = \"x\"\nprompt.max = -1", 5, "invalid value"),
            ("prompt.max = 0", 2, "`prompt.max` is missing"),
            ("mode.painting.images = [0, 1]", 4, "unknown variant `painting`"),
            ("price.mars.amount = 1", 4, "unknown variant `mars`"),
            ("price.cn-beijing.amount = -1", 2, "a price of -1 is not between 0 and 10000"),
            ("price.cn-beijing.amount = nan", 2, "a price of NaN"),
            ("price.us-east-1.amount = 1", 2, "`price.currency` is missing"),
            ("rate.cn-beijing.seconds = 0", 2, "`rate.seconds` is missing"),
            ("mode.text-to-image.routes = [\"moon\"]", 2, "there is no route moon"),
            ("mode.text-to-image.routes = [\"multimodal-stream\"]", 2, "only interleave streams"),
            ("mode.text-to-image.routes = []", 2, "`routes` is missing"),
            ("mode.text-to-image.parameters = [\"size\", \"n\", \"mood\"]", 2, "mood: `kind` is missing"),
            ("mode.text-to-image.with.mood.max = 3", 2, "`parameters` does not list"),
            ("mode.text-to-image.with.n.min = 3", 2, "`min` is above `max`"),
            ("mode.text-to-image.with.n.default = 3", 2, "default is 3, legal is only 1"),
            ("mode.text-to-image.images = [3, 1]", 2, "at least 3 and at most 1"),
            ("mode.text-to-image.billed_by = \"mood\"", 2, "`billed_by` names mood"),
            ("mode.text-to-image.size.default = \"big\"", 4, "\"big\" is not a size"),
            ("mode.text-to-image.size.default = \"5*5\"", 2, "offers 5*5, which is not legal"),
            ("mode.text-to-image.size.pixels = [9, 1]", 2, "range that is empty"),
            ("mode.text-to-image.size.ratio = 0", 2, "a 0 where"),
            ("mode.edit = { routes = [\"image2image\"], size = { default = \"1K\" } }", 2, "`size` is given, but"),
        ] {
            let (catalog, problems) = with(&format!("{HEAD}{change}\n"));
            assert_eq!(problems.len(), 1, "{change}: {problems:?}");
            assert!(problems[0].message.contains(says), "{change}: {problems:?}");
            assert_eq!(problems[0].line, line, "{change}: {problems:?}");
            let kept = catalog.get("qwen-image-max").unwrap();
            assert_eq!(kept.mode(Mode::TextToImage).unwrap().routes.len(), 2, "the model stays as it was");
        }
    }

    #[test]
    fn every_broken_entry_is_reported_and_good_ones_among_them_count() {
        let text = "[[model]]\nid = 1\n[[model]]\nid = \"qwen-image\"\nabout = \"changed\"\n[[model]]\nod = 1\n";
        let (catalog, problems) = with(text);
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 7]);
        assert_eq!(catalog.get("qwen-image").unwrap().about, "changed");
    }
}
