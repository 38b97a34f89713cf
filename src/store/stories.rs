//! A story as Markdown beside its pictures: words and pictures in turn, links relative, so that the directory can be moved
//! or sent as it is. What the story says is the service's; where its pictures lie is [`names`](super::names).

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::params;
use tempfile::NamedTempFile;

use super::journal::{touch, write_log};
use super::{Store, StoreError};
use crate::domain::{JobId, Now, Passage, text};

impl Store {
    /// Writes the job's story beside its pictures, links relative, and remembers it as the job's document. Pictures not on
    /// disk are named as missing; pictures the story does not name come last. Written whole again on each call, to the same
    /// path; a file that is not ours is never overwritten.
    pub fn write_story(&self, job: JobId, now: Now) -> Result<PathBuf, StoreError> {
        let no_such_job = StoreError::Unreadable { job: job.0, reason: "there is no such job".into() };
        let job = self.job(job)?.ok_or(no_such_job)?;
        let place = self.place(&job, now);
        let directory = job.document.as_deref().and_then(Path::parent).unwrap_or(place.directory());
        let io = || StoreError::io(directory);
        std::fs::create_dir_all(directory).map_err(io())?;
        let pictures: Vec<_> = job.images.iter().map(|image| (image.id.index, image.path.as_path())).collect();
        let content = markdown(&job.request.prompt, &job.story, &pictures, directory);
        let mut file = NamedTempFile::new_in(directory).map_err(io())?;
        file.write_all(content.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(io())?;
        let path = match &job.document {
            Some(ours) => replace(file, ours)?,
            None => first_free(file, place.documents(), &content)?,
        };
        File::open(directory).and_then(|dir| dir.sync_all()).map_err(io())?;
        self.write(|tx, revision| {
            tx.prepare_cached("UPDATE job SET document = ?2 WHERE id = ?1")?
                .execute(params![job.id.0, path.as_os_str().as_bytes()])?;
            if job.document.is_none() {
                write_log(tx, job.id, &format!("wrote {}", path.display()), now)?;
            }
            touch(tx, job.id, revision)
        })?;
        Ok(path)
    }
}

fn replace(file: NamedTempFile, path: &Path) -> Result<PathBuf, StoreError> {
    file.persist(path).map_err(|refused| StoreError::Io { path: path.to_owned(), source: refused.error })?;
    Ok(path.to_owned())
}

/// Takes the first free name. A file with these very words was written by a process that died before it could say so.
fn first_free(
    mut file: NamedTempFile,
    names: impl Iterator<Item = PathBuf>,
    content: &str,
) -> Result<PathBuf, StoreError> {
    for name in names {
        match file.persist_noclobber(&name) {
            Ok(_) => return Ok(name),
            Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => {
                if std::fs::read(&name).is_ok_and(|found| found == content.as_bytes()) {
                    return Ok(name);
                }
                file = refused.file;
            }
            Err(refused) => return Err(StoreError::Io { path: name, source: refused.error }),
        }
    }
    unreachable!("there is always a next number")
}

/// A story as Markdown, for a document that lies in `directory`. The title is plain words; the words of the story are
/// Markdown already. Pictures (their index in the story, where they are) that are not on disk are named as missing; those
/// the story does not name come last.
pub fn markdown(title: &str, story: &[Passage], pictures: &[(u32, &Path)], directory: &Path) -> String {
    let mut blocks = vec![format!("# {}", heading(title))];
    let mut words = String::new();
    let picture = |index: u32| {
        let number = index + 1;
        match pictures.iter().find(|(nth, _)| *nth == index) {
            Some((_, path)) if path.is_file() => format!("![Picture {number}]({})", link(directory, path)),
            Some(_) => format!("*(picture {number} is missing: its file is gone)*"),
            None => format!("*(picture {number} is missing: it was not saved)*"),
        }
    };
    for passage in story {
        match passage {
            Passage::Text(more) => words.push_str(&text::clean_lines(more)),
            Passage::Picture(index) => {
                blocks.push(std::mem::take(&mut words));
                blocks.push(picture(*index));
            }
        }
    }
    blocks.push(words);
    let named = |index| story.contains(&Passage::Picture(index));
    blocks.extend(pictures.iter().map(|(index, _)| *index).filter(|&index| !named(index)).map(picture));
    let blocks: Vec<_> =
        blocks.iter().map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty()).collect();
    blocks.join("\n\n") + "\n"
}

/// A prompt as one line of plain words: nothing in it is meant as Markdown.
fn heading(prompt: &str) -> String {
    let mut out = String::new();
    for c in text::clean(prompt).split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\\`*_[]<>&#~|$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The way from a directory to a file as the target of a Markdown link.
fn link(directory: &Path, file: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (directory.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| OsStr::new(".."));
    let down = to[shared..].iter().map(|part| part.as_os_str());
    up.chain(down).map(encode).collect::<Vec<_>>().join("/")
}

/// Percent-encodes what would end or change a link. Letters of every script stay readable.
fn encode(name: &OsStr) -> String {
    let mut out = String::new();
    for piece in name.as_bytes().utf8_chunks() {
        for c in piece.valid().chars() {
            let is_plain = c.is_ascii_alphanumeric() || "-._~!$'+,;=@".contains(c);
            let mut buffer = [0; 4];
            let letter = c.encode_utf8(&mut buffer);
            if is_plain || (!c.is_ascii() && !c.is_whitespace() && text::clean(letter) == *letter) {
                out.push(c);
            } else {
                percent(&mut out, letter.as_bytes());
            }
        }
        percent(&mut out, piece.invalid());
    }
    out
}

fn percent(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        out.push_str(&format!("%{byte:02X}"));
    }
}
