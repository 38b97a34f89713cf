//! Looks at the user's own files, on a thread of its own: what a picture is, and what lies in a folder.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::UnboundedSender;

use super::panic;
use super::recipes::Recipes;
use crate::config::ListFolders;
use crate::domain::{Fault, FaultKind, InputFacts, ModelId, text};
use crate::picture::{self, Unusable};
use crate::tui::msg::Msg;
use crate::tui::state::{OnShelf, Wanted};

/// Names shown of a folder at most: nobody reads more, and a folder of a million files must not eat the memory.
const NAMES_MAX: usize = 2000;

/// Endings of pictures worth offering; what a file is, is told by its content.
const ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"];

/// Endings of files of rows.
const ROWS: [&str; 6] = ["jsonl", "ndjson", "json", "csv", "tsv", "txt"];

/// Endings of files that can hold a recipe: of ours or another tool's.
const RECIPES: [&str; 6] = ["png", "jpg", "jpeg", "webp", "json", "txt"];

/// Something to look at.
#[derive(Debug)]
pub(super) enum Glance {
    /// What a picture file is.
    Look(PathBuf),
    /// What lies in a folder that can be what is wanted.
    List(PathBuf, Wanted),
    /// What lies in a folder, with more about it.
    Browse(PathBuf),
    /// The user's lists in these folders.
    Lists(Vec<PathBuf>),
    /// What a file was made from.
    Recipe(PathBuf, ModelId),
    /// The colours a picture file is made of: so many.
    Colours(PathBuf, usize),
    /// How much two picture files differ.
    Differ(Box<[PathBuf; 2]>),
}

/// Hands glances to the thread, which ends with this.
#[derive(Debug)]
pub(super) struct Eyes {
    send: Sender<Glance>,
}

impl Eyes {
    /// Starts the thread. Answers go to `answers`.
    pub fn start(recipes: Recipes, answers: UnboundedSender<Msg>) -> io::Result<Eyes> {
        let (send, receive) = channel();
        std::thread::Builder::new().name("eyes".into()).spawn(move || {
            while let Ok(glance) = receive.recv() {
                if answers.send(answer(&recipes, glance)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Eyes { send })
    }

    /// Looks, in the order asked; never waits.
    pub fn look(&self, glance: Glance) {
        // The thread lives as long as this does.
        let _ = self.send.send(glance);
    }
}

fn answer(recipes: &Recipes, glance: Glance) -> Msg {
    match glance {
        Glance::Look(path) => {
            let found = catch_unwind(AssertUnwindSafe(|| facts(&path)))
                .unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "looking at a picture")));
            Msg::Looked { path, found }
        }
        Glance::Lists(folders) => Msg::Lists(ListFolders(folders).read_all()),
        Glance::Colours(path, count) => {
            let found =
                catch_unwind(AssertUnwindSafe(|| picture::colours(&path, count).map_err(|error| unusable(&error))));
            let colours = found.unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "looking at a picture")));
            Msg::Extracted { path, count, colours }
        }
        Glance::Differ(pair) => {
            let work = || {
                picture::difference([&pair[0], &pair[1]]).map_err(|(which, error)| {
                    let fault = unusable(&error);
                    Fault { message: format!("{}: {}", ['A', 'B'][which], fault.message), ..fault }
                })
            };
            let difference = catch_unwind(AssertUnwindSafe(work))
                .unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "comparing two pictures")));
            Msg::Measured { pair, difference }
        }
        Glance::Browse(folder) => {
            let found = browse(&folder);
            Msg::Browsed { folder, found }
        }
        Glance::List(folder, wanted) => {
            let names = match wanted {
                Wanted::Picture => names(&folder, &ENDINGS),
                Wanted::Rows => names(&folder, &ROWS),
                Wanted::Recipe => names(&folder, &RECIPES),
            };
            Msg::Listed { folder, names }
        }
        Glance::Recipe(path, model) => {
            let name =
                path.file_name().map(|name| text::clean(&name.to_string_lossy()).into_owned()).unwrap_or_default();
            let read = catch_unwind(AssertUnwindSafe(|| recipes.read(&path, &model)));
            let result = read.unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "reading a recipe")));
            Msg::Loaded { name, result: result.map(Box::new) }
        }
    }
}

fn facts(path: &Path) -> Result<InputFacts, Fault> {
    if path.is_dir() {
        return Err(Fault::new(FaultKind::Invalid, "folder", "it is a folder, not a picture"));
    }
    picture::facts(path).map_err(|error| unusable(&error))
}

fn unusable(error: &Unusable) -> Fault {
    let words = match error {
        Unusable::Io(error) if error.kind() == io::ErrorKind::NotFound => "there is no such file".to_owned(),
        Unusable::Io(error) => format!("the file cannot be read: {error}"),
        other => other.to_string(),
    };
    Fault::new(FaultKind::Invalid, "picture_unusable", text::clean(&words))
}

/// Names of files with these endings, and of folders with a slash at their end, sorted. Nothing where it cannot be read.
fn names(folder: &Path, endings: &[&str]) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        // Links are followed: what counts is what they lead to.
        let is_folder = entry.path().is_dir();
        let ending = Path::new(&name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_wanted = ending.is_some_and(|ending| endings.contains(&ending.as_str()));
        (is_folder || is_wanted).then(|| if is_folder { name + "/" } else { name })
    });
    let mut names: Vec<String> = named.take(NAMES_MAX).collect();
    names.sort();
    names
}

fn is_picture(name: &str) -> bool {
    let ending = Path::new(name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Folders and pictures in a folder, by name whatever their case; hidden ones are left out.
fn browse(folder: &Path) -> Result<Vec<OnShelf>, Fault> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
            _ => error.to_string(),
        };
        Fault::new(FaultKind::Invalid, "folder_unreadable", text::clean(&format!("The folder cannot be read: {why}.")))
    })?;
    let found = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
        let path = entry.path();
        // Links are followed: what counts is what they lead to.
        let about = std::fs::metadata(&path).ok()?;
        let is_folder = about.is_dir();
        let wanted = is_folder || (about.is_file() && is_picture(&name));
        wanted.then(|| OnShelf { name, path, is_folder, bytes: about.len(), size: None, about: String::new() })
    });
    let mut found: Vec<OnShelf> = found.take(NAMES_MAX).collect();
    found.sort_by_cached_key(|found| (!found.is_folder, found.name.to_lowercase()));
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::Format;

    #[test]
    fn a_folder_is_read_folders_first_and_one_that_cannot_be_read_says_why() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        for name in ["B.png", "a.JPG", "猫.webp", ".hidden.png", "notes.txt"] {
            std::fs::write(path(name), "12345").unwrap();
        }
        for name in ["trips", "Old.png", ".cache"] {
            std::fs::create_dir(path(name)).unwrap();
        }
        std::os::unix::fs::symlink(path("B.png"), path("link.png")).unwrap();
        std::os::unix::fs::symlink(path("nowhere.png"), path("broken.png")).unwrap();
        let found = browse(home.path()).unwrap();
        let names: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.is_folder)).collect();
        let expected = [
            ("Old.png", true),
            ("trips", true),
            ("a.JPG", false),
            ("B.png", false),
            ("link.png", false),
            ("猫.webp", false),
        ];
        assert_eq!(names, expected);
        assert_eq!((found[2].bytes, &found[2].path), (5, &path("a.JPG")));
        assert!(browse(&path("gone")).unwrap_err().message.contains("there is no such folder"));
        assert!(browse(&path("B.png")).unwrap_err().message.contains("cannot be read"));
    }

    #[test]
    fn a_folder_is_listed_and_its_pictures_are_looked_at() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        image::RgbaImage::new(12, 8).save(path("cat.png")).unwrap();
        std::fs::write(path("notes.txt"), "no picture").unwrap();
        std::fs::write(path("fake.jpg"), "<html>").unwrap();
        std::fs::create_dir(path("more")).unwrap();
        let (send, mut answers) = unbounded_channel();
        let eyes = Eyes::start(Recipes::default(), send).unwrap();
        eyes.look(Glance::List(home.path().to_owned(), Wanted::Picture));
        for name in ["cat.png", "fake.jpg", "gone.png", "more"] {
            eyes.look(Glance::Look(path(name)));
        }
        let Some(Msg::Listed { names, .. }) = answers.blocking_recv() else { panic!("the folder first") };
        assert_eq!(names, ["cat.png", "fake.jpg", "more/"]);
        let mut next = || match answers.blocking_recv() {
            Some(Msg::Looked { found, .. }) => found,
            other => panic!("{other:?}"),
        };
        let cat = next().unwrap();
        assert_eq!((cat.format, cat.width, cat.height, cat.alpha), (Format::Png, 12, 8, true));
        assert!(next().unwrap_err().message.starts_with("not a picture"));
        assert_eq!(next().unwrap_err().message, "there is no such file");
        assert!(next().unwrap_err().message.contains("folder"));
    }

    #[test]
    fn of_two_pictures_the_one_that_cannot_be_read_is_named() {
        let home = tempfile::tempdir().unwrap();
        let (cat, gone) = (home.path().join("cat.png"), home.path().join("gone.png"));
        image::RgbaImage::from_pixel(12, 8, image::Rgba([1, 2, 3, 255])).save(&cat).unwrap();
        for (pair, words) in [([&cat, &gone], "B: there is no such file"), ([&gone, &cat], "A: there is no such file")]
        {
            let pair = Box::new(pair.map(PathBuf::clone));
            let Msg::Measured { difference, .. } = answer(&Recipes::default(), Glance::Differ(pair)) else { panic!() };
            assert_eq!(difference.unwrap_err().message, words);
        }
    }
}
