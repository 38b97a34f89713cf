//! What picture files and stories are called. Pure: moments, models and prompts in, names out; nothing here looks at the
//! disk.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::Zoned;

use crate::domain::{Format, Job, Mode, text};

/// Longest piece of a name made from a model's id, and from a prompt, in bytes. With time, seed and number a name stays
/// below 120 bytes, which every file system takes.
const PART_MAX: usize = 40;

/// Where a job's pictures go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Named by us, in this directory.
    Directory(PathBuf),
    /// Named by the user: the path without its ending.
    Stem(PathBuf),
    /// A story's own directory: its pictures are `1.png`, `2.png`, and its document `story.md`.
    Story(PathBuf),
}

/// Reads what the user gave as `out`; the usual place without it. A name that ends in `/`, a directory that exists and a
/// name without a picture's ending are directories; the rest names the first picture. A story has a directory of its own
/// inside, unless the user named the files; for a story the name may also end in `.md`.
pub(super) fn place(job: &Job, is_directory: impl Fn(&Path) -> bool, pictures: &Path, moment: &Zoned) -> Place {
    let is_story = job.request.mode == Mode::Interleave;
    let directory = |path: PathBuf| match is_story {
        true => Place::Story(path.join(folder(job, moment))),
        false => Place::Directory(path),
    };
    let Some(out) = job.out.as_deref() else {
        return directory(pictures.join(moment.strftime("%Y-%m-%d").to_string()));
    };
    let ends_open = out.as_os_str().as_encoded_bytes().ends_with(b"/");
    let names_files = has_ending(out, &["png", "jpg", "jpeg", "webp"]) || (is_story && has_ending(out, &["md"]));
    if ends_open || !names_files || is_directory(out) {
        directory(out.to_owned())
    } else {
        Place::Stem(out.with_extension(""))
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| endings.contains(&ending.to_ascii_lowercase().as_str()))
}

impl Place {
    /// The directory the files lie in.
    pub(super) fn directory(&self) -> &Path {
        match self {
            Place::Directory(path) | Place::Story(path) => path,
            Place::Stem(path) => path.parent().unwrap_or(Path::new("/")),
        }
    }

    /// The directory the user knows of, on the same file system; a story's own is made when its first file is there.
    pub(super) fn home(&self) -> &Path {
        match self {
            Place::Story(path) => path.parent().unwrap_or(Path::new("/")),
            other => other.directory(),
        }
    }

    /// Names to try in order, for picture `index` (from 0): the wanted one, then the same with `-2`, `-3`, ...
    pub(super) fn names(
        &self,
        job: &Job,
        index: u32,
        time: &Zoned,
        format: Format,
    ) -> impl Iterator<Item = PathBuf> + use<> {
        let (stem, first) = match self {
            Place::Directory(path) => (path.join(stem(job, index, time)), 1),
            Place::Stem(path) => (path.clone(), index + 1),
            Place::Story(path) => (path.join((index + 1).to_string()), 1),
        };
        numbered(stem, first, format.extension())
    }

    /// Names to try in order for the story's document: it lies beside its pictures.
    pub(super) fn documents(&self) -> impl Iterator<Item = PathBuf> + use<> {
        let stem = match self {
            Place::Directory(path) | Place::Story(path) => path.join("story"),
            Place::Stem(path) => path.clone(),
        };
        numbered(stem, 1, "md")
    }
}

/// `stem.ending`, `stem-2.ending`, `stem-3.ending`, ..., from a number on.
fn numbered(stem: PathBuf, first: u32, ending: &'static str) -> impl Iterator<Item = PathBuf> {
    (first..).map(move |number| {
        let mut name = OsString::from(&stem);
        if number > 1 {
            name.push(format!("-{number}"));
        }
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    })
}

/// `{time}-{slug}-{job}`.
fn folder(job: &Job, time: &Zoned) -> String {
    let parts = [time.strftime("%H%M%S").to_string(), text::slug(&job.request.prompt, PART_MAX), job.id.to_string()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// `{time}-{model}-{slug}-{seed}-{i}`; pictures are counted from 1, `x` stands for a seed the service chose.
fn stem(job: &Job, index: u32, time: &Zoned) -> String {
    let request = &job.request;
    let seed = request.seed.map_or("x".to_owned(), |seed| seed.to_string());
    let parts = [
        time.strftime("%H%M%S").to_string(),
        plain(request.model.as_str()),
        text::slug(&request.prompt, PART_MAX),
        seed,
        (index + 1).to_string(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// A model's id as part of a file name: its own letters, digits, dots and dashes; never a path, never hidden.
fn plain(model: &str) -> String {
    let safe: String = model
        .chars()
        .take(PART_MAX)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    safe.trim_matches(['.', '-']).replace("..", ".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::domain::{Cost, JobId, Mode, Phase, Request, Stamp};

    fn job(model: &str, prompt: &str, seed: Option<u32>) -> Job {
        let request = Request { prompt: prompt.into(), seed, ..Request::new(model.into(), Mode::TextToImage) };
        Job {
            phase: Phase::Fetching,
            expected: 1,
            ..Job::queued(JobId(1), request.into(), Cost::Unknown { images: 1 }, Stamp(0))
        }
    }

    fn moment() -> Zoned {
        jiff::civil::date(2026, 11, 22).at(9, 31, 12, 0).in_tz("UTC").unwrap()
    }

    fn name(out: Option<&str>, job: &Job, index: u32, nth: usize) -> String {
        let job = &Job { out: out.map(PathBuf::from), ..job.clone() };
        let place = place(job, |path| path == Path::new("/there.png"), Path::new("/p"), &moment());
        place.names(job, index, &moment(), Format::Png).nth(nth).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_name_says_when_which_what_and_how() {
        let fox = job("wan2.7-image-pro", "A red fox, in snow!", Some(42));
        assert_eq!(name(None, &fox, 0, 0), "/p/2026-11-22/093112-wan2.7-image-pro-a-red-fox-in-snow-42-1.png");
        assert_eq!(name(None, &fox, 3, 1), "/p/2026-11-22/093112-wan2.7-image-pro-a-red-fox-in-snow-42-4-2.png");
        let chinese = job("qwen-image", "雪中红狐，宣纸", None);
        assert_eq!(name(None, &chinese, 0, 0), "/p/2026-11-22/093112-qwen-image-雪中红狐-宣纸-x-1.png");
        assert_eq!(name(None, &job("m", "🦊", None), 0, 0), "/p/2026-11-22/093112-m-x-1.png");
    }

    #[test]
    fn no_model_or_prompt_leads_out_of_the_directory_or_makes_a_name_too_long() {
        for model in ["../../etc/passwd", "..", "/", "a\0b\x1b[2J", "-rf", &"long".repeat(99), "模型"] {
            for prompt in ["../../x", "\0", &"雪".repeat(500), "CON", "a\nb"] {
                let path = name(None, &job(model, prompt, Some(u32::MAX)), u32::MAX - 1, 1);
                let file = path.strip_prefix("/p/2026-11-22/").unwrap();
                assert!(file.len() <= 120 && !file.contains(['/', '\0', '\x1b', '\n']), "{file:?}");
                assert!(!file.contains("..") && file.starts_with("093112-"), "{file:?}");
            }
        }
    }

    #[test]
    fn out_is_a_directory_or_names_the_first_picture() {
        let fox = job("m", "fox", Some(1));
        let named = "093112-m-fox-1-1.png";
        for (out, first) in [
            ("/out", format!("/out/{named}")),
            ("/my.pictures", format!("/my.pictures/{named}")),
            ("/there.png", format!("/there.png/{named}")),
            ("/new.png/", format!("/new.png/{named}")),
            ("/a/fox.png", "/a/fox.png".to_owned()),
            ("/a/fox.v2.JPG", "/a/fox.v2.png".to_owned()),
        ] {
            assert_eq!(name(Some(out), &fox, 0, 0), first);
        }
        assert_eq!(name(Some("/a/fox.png"), &fox, 1, 0), "/a/fox-2.png");
        assert_eq!(name(Some("/a/fox.png"), &fox, 0, 1), "/a/fox-2.png");
    }

    #[test]
    fn a_story_has_a_directory_of_its_own_unless_its_files_are_named() {
        let mut tale = job("wan2.6-image", "How to cook, in 3 steps", None);
        tale.request = Request { mode: Mode::Interleave, ..(*tale.request).clone() }.into();
        for (out, first, document) in [
            (None, "/p/2026-11-22/093112-how-to-cook-in-3-steps-1/1.png", "story.md"),
            (Some("/out"), "/out/093112-how-to-cook-in-3-steps-1/1.png", "story.md"),
            (Some("/a/tale.png"), "/a/tale.png", "tale.md"),
            (Some("/a/tale.md"), "/a/tale.png", "tale.md"),
        ] {
            assert_eq!(name(out, &tale, 0, 0), first);
            let tale = Job { out: out.map(PathBuf::from), ..tale.clone() };
            let documents: Vec<_> = place(&tale, |_| false, Path::new("/p"), &moment()).documents().take(2).collect();
            assert_eq!(documents[0], Path::new(first).with_file_name(document));
            assert_eq!(documents[1], Path::new(first).with_file_name(document.replace(".md", "-2.md")));
        }
        assert!(name(None, &tale, 1, 1).ends_with("/2-2.png"));
        assert!(name(Some("/a/tale.md"), &job("m", "x", None), 0, 0).starts_with("/a/tale.md/"));
    }
}
