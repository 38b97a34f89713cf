//! The user's own themes, read from `themes/*.toml` beside `config.toml`.

use std::path::{Path, PathBuf};

use crate::theme::Themes;

use super::notice::Notice;
use super::{Paths, file};

/// Reads them in the order of their names. What cannot be used is a notice with file and line, and the rest holds.
pub fn themes(paths: &Paths, notices: &mut Vec<Notice>) -> Themes {
    let mut files: Vec<PathBuf> = std::fs::read_dir(paths.themes())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let mut themes = Themes::builtin();
    let mut read = Vec::new();
    for path in files {
        let Some(name) = name(&path) else {
            let why = "a theme's name is made of small letters, digits and dashes; not used";
            notices.push(Notice::new(path.display().to_string(), why));
            continue;
        };
        let Some(text) = file::read(&path, notices) else { continue };
        themes = themes.with(&name, &text);
        read.push((name, path));
    }
    // Only now: one may start from another that comes after it.
    for (name, path) in read {
        let origin = path.display().to_string();
        let said = themes.problems(&name).into_iter();
        notices.extend(said.map(|problem| Notice::new(origin.clone(), problem.message).at(problem.line)));
    }
    themes
}

/// A theme's name by its file's.
fn name(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (!name.is_empty() && name.len() <= 40 && name.chars().all(plain)).then(|| name.to_owned())
}
