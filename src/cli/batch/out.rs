//! Where a row's pictures go: a template filled in, and made safe. Values never lead out of the directory a template
//! names, and a relative template never out of the one the user is in.

use std::path::{Component, Path, PathBuf};

use crate::domain::text;

/// Longest value put into a name, in bytes.
const WORD_MAX: usize = 80;

/// What a template can name.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The row's name.
    pub id: &'a str,
    /// Its number in the file, from 1.
    pub row: usize,
    /// Its line.
    pub line: usize,
    /// The model asked.
    pub model: &'a str,
    /// The seed asked with; `x` where the service draws it.
    pub seed: Option<u32>,
    /// The prompt.
    pub prompt: &'a str,
    /// The ending of the pictures, most likely: it follows the bytes.
    pub ext: &'a str,
}

/// The place a template names, absolute; else what is wrong with it.
pub fn place(template: &str, words: &Words<'_>, here: &Path) -> Result<PathBuf, String> {
    let filled = fill(template, words)?;
    let path = Path::new(&filled);
    let mut out = if path.is_absolute() { PathBuf::from("/") } else { here.to_owned() };
    let mut depth = 0usize;
    for part in path.components() {
        match part {
            Component::Normal(name) => {
                out.push(name);
                depth += 1;
            }
            Component::ParentDir if depth == 0 => return Err(leads_out(&filled, here)),
            Component::ParentDir => {
                out.pop();
                depth -= 1;
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    if !path.is_absolute() && !stays(&out, here) {
        return Err(leads_out(&filled, here));
    }
    // A final slash says that a directory is meant.
    Ok(if filled.ends_with('/') { out.join("") } else { out })
}

fn leads_out(filled: &str, here: &Path) -> String {
    let (filled, here) = (text::clean(filled), here.to_string_lossy());
    format!("{filled} leads out of {}; write the whole path if that is meant.", text::clean(&here))
}

/// Whether what there is of a path already lies where it says it does, and not behind a link.
fn stays(path: &Path, here: &Path) -> bool {
    let Some(there) = path.ancestors().find_map(|dir| dir.canonicalize().ok()) else { return false };
    here.canonicalize().is_ok_and(|here| there.starts_with(&here))
}

fn fill(template: &str, words: &Words<'_>) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { return Err("A { is never closed.".into()) };
        match name {
            "id" => out.push_str(&word(words.id)),
            "row" => out.push_str(&format!("{:03}", words.row)),
            "line" => out.push_str(&words.line.to_string()),
            "model" => out.push_str(&word(words.model)),
            "seed" => out.push_str(&words.seed.map_or("x".to_owned(), |seed| seed.to_string())),
            "slug" => out.push_str(&text::slug(words.prompt, WORD_MAX / 2)),
            "ext" => out.push_str(words.ext),
            other => {
                let other = text::clean(other);
                return Err(format!(
                    "There is no {{{other}}}; legal: {{id}}, {{row}}, {{line}}, {{model}}, {{seed}}, {{slug}}, {{ext}}."
                ));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    match out.trim_matches('/').is_empty() {
        true => Err("It names nothing.".into()),
        false => Ok(out),
    }
}

/// A value as part of one name: no path, not hidden, no letters that play tricks.
fn word(value: &str) -> String {
    let mut out = String::new();
    for c in text::clean(value).chars() {
        let c = if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '#' | ',') { c } else { '-' };
        if out.len() + c.len_utf8() > WORD_MAX {
            break;
        }
        out.push(c);
    }
    match out.trim_start_matches('.').trim() {
        "" => "-".to_owned(),
        safe => safe.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn named(template: &str, id: &str) -> Result<String, String> {
        let dir = tempfile::tempdir().unwrap();
        let here = dir.path().canonicalize().unwrap();
        let words =
            Words { id, row: 7, line: 12, model: "wan2.7-image", seed: Some(3), prompt: "A red fox!", ext: "png" };
        let path = place(template, &words, &here)?;
        Ok(path.to_str().unwrap().replace(here.to_str().unwrap(), "HERE"))
    }

    #[test]
    fn templates_are_filled_in() {
        assert_eq!(named("hero/{id}.{ext}", "hero-red").unwrap(), "HERE/hero/hero-red.png");
        assert_eq!(named("{row}-{line}-{model}-{seed}-{slug}/", "x").unwrap(), "HERE/007-12-wan2.7-image-3-a-red-fox/");
        assert_eq!(named("/srv/{id}.png", "a").unwrap(), "/srv/a.png");
        assert_eq!(named("a/../b/./{id}.png", "a").unwrap(), "HERE/b/a.png");
        assert!(named("{name}.png", "a").unwrap_err().contains("{slug}"));
        assert!(named("{id", "a").is_err() && named("/", "a").is_err() && named("", "a").is_err());
    }

    #[test]
    fn nothing_leads_out_unless_the_whole_path_is_written() {
        for template in ["../{id}.png", "a/../../{id}.png", ".."] {
            assert!(named(template, "x").unwrap_err().contains("leads out"), "{template}");
        }
        for (id, name) in
            [("../../etc/passwd", "-..-etc-passwd"), ("..", "-"), ("/root", "-root"), (".ssh", "ssh"), ("a\0b", "a␀b")]
        {
            let placed = named("out/{id}.{ext}", id).unwrap();
            assert!(placed == format!("HERE/out/{name}.png") || !placed.contains("/../"), "{id:?}: {placed}");
        }
        let long = named("{id}.png", &"雪".repeat(99)).unwrap();
        assert!(long.len() < 100, "{long}");
    }

    #[test]
    fn a_link_that_leads_out_is_not_followed() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).unwrap();
        let words = Words { id: "a", row: 1, line: 1, model: "m", seed: None, prompt: "p", ext: "png" };
        assert!(place("link/{id}.png", &words, inside.path()).is_err());
        assert!(place("own/{id}.png", &words, inside.path()).is_ok());
    }
}
