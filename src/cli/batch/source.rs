//! Where rows come from: a file, stdin, or the axes of a grid; and the lists their wildcards name.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::config::{ListFolders, Paths};
use crate::domain::text;
use crate::prompt::batch::{self, Batch, Form, Row, Rules};
use crate::prompt::expand::{Unfolding, Wildcards, is_template};

use super::super::generate::Wish;
use super::args::{RowFlags, Unfold};
use super::faulty::Faulty;

/// Longest file that is read.
const FILE_MAX: u64 = 256 << 20;

/// Rows as they were read, and where they stood.
#[derive(Debug)]
pub struct Source {
    /// As the user knows it, safe to show.
    pub name: String,
    /// The file, absolute.
    pub path: Option<PathBuf>,
    /// What relative pictures of its rows are relative to.
    pub directory: PathBuf,
    /// The rows.
    pub rows: Vec<Row>,
    /// What is worth knowing about them.
    pub notes: Vec<String>,
}

impl Source {
    /// Reads a file, or stdin for `-`.
    pub fn file(given: &str, flags: &RowFlags, catalog: &Catalog, paths: &Paths) -> Result<Source, Faulty> {
        let unreadable = |error: std::io::Error| Faulty::whole(given, format!("It cannot be read: {error}."));
        let is_stdin = given == "-";
        let name = if is_stdin { "stdin".to_owned() } else { text::clean(given).into_owned() };
        let bytes = match is_stdin {
            true => gulp(std::io::stdin().lock(), FILE_MAX),
            false => std::fs::File::open(given).and_then(|file| gulp(file, FILE_MAX)),
        };
        let bytes = bytes.map_err(unreadable)?;
        let path = (!is_stdin).then(|| std::path::absolute(given)).transpose().map_err(unreadable)?;
        let here = path.as_deref().and_then(Path::parent).map_or_else(std::env::current_dir, |dir| Ok(dir.to_owned()));
        let directory = here.map_err(unreadable)?;
        let words = batch::decode(&bytes).map_err(|problem| Faulty::new(&name, vec![problem]))?;
        let folders = lists(flags.list_dir.clone(), &directory, paths);
        let form = Form::of(given, &words);
        let read = with_rules(flags, &folders, catalog, |rules| batch::read(&words, form, rules));
        Source::new(read, name, path, directory, flags)
    }

    /// Crosses axes over what every cell asks for.
    pub fn grid(
        axes: &[String],
        cell: &Wish,
        flags: &RowFlags,
        catalog: &Catalog,
        paths: &Paths,
    ) -> Result<Source, Faulty> {
        let name = "grid".to_owned();
        let directory = std::env::current_dir()
            .map_err(|error| Faulty::whole(&name, format!("There is no place to be: {error}.")))?;
        let folders = lists(flags.list_dir.clone(), &directory, paths);
        let axes: Vec<&str> = axes.iter().map(String::as_str).collect();
        let read = with_rules(flags, &folders, catalog, |rules| batch::grid(&fields(cell), &axes, rules));
        Source::new(read, name, None, directory, flags)
    }

    fn new(
        read: Result<Batch, Vec<batch::Problem>>,
        name: String,
        path: Option<PathBuf>,
        directory: PathBuf,
        flags: &RowFlags,
    ) -> Result<Source, Faulty> {
        let Batch { rows, notes } = read.map_err(|problems| Faulty::new(&name, problems))?;
        let mut notes: Vec<_> = notes.iter().map(ToString::to_string).collect();
        notes.extend(plain_wildcards(&rows, flags));
        Ok(Source { name, path, directory, rows, notes })
    }
}

fn gulp(source: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(std::io::Error::other(format!("it is longer than {} MB", most >> 20))),
        false => Ok(bytes),
    }
}

fn with_rules<T>(flags: &RowFlags, lists: &ListFolders, catalog: &Catalog, read: impl FnOnce(&Rules<'_>) -> T) -> T {
    let specs = catalog.models().iter().flat_map(|model| &model.modes);
    let mut parameters: Vec<&str> =
        specs.flat_map(|spec| &spec.parameters).map(|parameter| parameter.name.as_str()).collect();
    parameters.sort_unstable();
    parameters.dedup();
    let limit = flags.limit.map(|limit| limit as usize);
    let wildcards = match flags.wildcards {
        None => Wildcards::Off,
        Some(Unfold::All) => Wildcards::All,
        // The same throw every time: a file that is run again must ask for the same.
        Some(Unfold::Random) => Wildcards::Random { seed: flags.throw, picks: limit.unwrap_or(1) },
    };
    let most = limit.unwrap_or(usize::MAX);
    read(&Rules {
        parameters: &parameters,
        unfolding: Unfolding { wildcards, matrix: flags.matrix, limit: most },
        lists,
    })
}

/// A word where wildcards are written and would be sent as they are.
fn plain_wildcards(rows: &[Row], flags: &RowFlags) -> Option<String> {
    let row = rows.iter().filter(|_| flags.wildcards.is_none()).find(|row| is_template(&row.prompt))?;
    Some(format!("line {}: wildcards are sent as they are written; --wildcards all unfolds them", row.line))
}

/// What every cell of a grid asks for, as fields of a row.
fn fields(wish: &Wish) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| fields.extend(value.map(|value| (name.to_owned(), value)));
    put("prompt", wish.prompt.clone().map(Value::from));
    put("model", wish.model.clone().map(Value::from));
    put("mode", wish.mode.map(|mode| mode.id().into()));
    put("size", wish.size.map(|size| size.to_string().into()));
    put("ar", wish.ar.map(|ar| ar.to_string().into()));
    put("n", wish.n.map(Value::from));
    put("seed", wish.seed.map(Value::from));
    put("negative", wish.negative.clone().map(Value::from));
    put("refs", (!wish.pictures.is_empty()).then(|| wish.pictures.clone().into()));
    put("bbox_list", (!wish.boxes.is_empty()).then(|| wish.boxes.join(";").into()));
    put("color_palette", wish.palette.clone().map(Value::from));
    for (name, value) in &wish.options {
        put(name, Some(value.clone()));
    }
    fields
}

/// Where the lists are that wildcards name: one directory, or those beside a source and beside the settings.
pub fn lists(given: Option<PathBuf>, directory: &Path, paths: &Paths) -> ListFolders {
    let own = || vec![directory.join("lists"), paths.lists()];
    ListFolders(given.map_or_else(own, |dir| vec![dir]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(dir: &Path, file: &str, words: &str, flags: &RowFlags) -> Result<Source, Faulty> {
        std::fs::write(dir.join(file), words).unwrap();
        let paths = Paths::find(dir.join("home").to_str(), None, &|_| None).unwrap();
        Source::file(dir.join(file).to_str().unwrap(), flags, &Catalog::builtin(), &paths)
    }

    #[test]
    fn lists_are_looked_for_beside_the_file_and_then_beside_the_settings() {
        let dir = tempfile::tempdir().unwrap();
        let all = RowFlags { wildcards: Some(Unfold::All), ..RowFlags::default() };
        std::fs::create_dir_all(dir.path().join("lists/deep")).unwrap();
        std::fs::create_dir_all(dir.path().join("home/config/lists")).unwrap();
        std::fs::write(dir.path().join("lists/deep/hue.txt"), "red\nblue\n").unwrap();
        std::fs::write(dir.path().join("home/config/lists/pet.txt"), "fox\n").unwrap();
        let source = read(dir.path(), "a.txt", "a __deep/hue__ __pet__\n", &all).unwrap();
        let prompts: Vec<_> = source.rows.iter().map(|row| row.prompt.as_str()).collect();
        assert_eq!(prompts, ["a red fox", "a blue fox"]);
        let faulty = read(dir.path(), "b.txt", "a __deep/hues__\n", &all).unwrap_err();
        assert!(faulty.lines()[0].contains("b.txt:1: prompt: There is no list deep/hues. Did you mean deep/hue?"));
        let elsewhere = RowFlags { list_dir: Some(dir.path().join("lists/deep")), ..all };
        assert_eq!(read(dir.path(), "c.txt", "a __hue__\n", &elsewhere).unwrap().rows.len(), 2);
    }

    #[test]
    fn chance_is_the_same_every_time() {
        let dir = tempfile::tempdir().unwrap();
        let words = "{a|b|c|d} {e|f|g|h} {i|j|k|l}\n";
        let rows = |throw| {
            let flags = RowFlags { wildcards: Some(Unfold::Random), limit: Some(3), throw, ..RowFlags::default() };
            read(dir.path(), "a.txt", words, &flags).unwrap().rows
        };
        assert_eq!((rows(0).len(), rows(0) == rows(0), rows(0) == rows(1)), (3, true, false));
    }

    #[test]
    fn wildcards_that_are_not_unfolded_are_pointed_at() {
        let dir = tempfile::tempdir().unwrap();
        let notes = |words| read(dir.path(), "a.txt", words, &RowFlags::default()).unwrap().notes;
        assert_eq!(notes("plain\na {red|blue} fox\n").len(), 1);
        assert_eq!(notes("a { b } | c __init\n"), [""; 0]);
    }
}
