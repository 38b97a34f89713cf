//! What a picture file is called. Pure: moments, models and prompts in, names out; nothing here looks at the disk.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::Zoned;

use crate::domain::{Format, Job, text};

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
}

/// Reads what the user gave as `out`; the usual place without it. A name that ends in `/`, a directory that exists and a
/// name without a picture's ending are directories; the rest names the first picture.
pub(super) fn place(out: Option<&Path>, is_directory: impl Fn(&Path) -> bool, pictures: &Path, day: &Zoned) -> Place {
    let Some(out) = out else {
        return Place::Directory(pictures.join(day.strftime("%Y-%m-%d").to_string()));
    };
    let ends_open = out.as_os_str().as_encoded_bytes().ends_with(b"/");
    if ends_open || !has_picture_ending(out) || is_directory(out) {
        Place::Directory(out.to_owned())
    } else {
        Place::Stem(out.with_extension(""))
    }
}

fn has_picture_ending(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| ["png", "jpg", "jpeg", "webp"].contains(&ending.to_ascii_lowercase().as_str()))
}

impl Place {
    /// The directory the files lie in.
    pub(super) fn directory(&self) -> &Path {
        match self {
            Place::Directory(path) => path,
            Place::Stem(path) => path.parent().unwrap_or(Path::new("/")),
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
        };
        (first..).map(move |number| {
            let mut name = OsString::from(&stem);
            if number > 1 {
                name.push(format!("-{number}"));
            }
            name.push(".");
            name.push(format.extension());
            PathBuf::from(name)
        })
    }
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
    use crate::domain::{Cost, JobId, Mode, Phase, Request, Size, Stamp};

    fn job(model: &str, prompt: &str, seed: Option<u32>) -> Job {
        let request = Request {
            model: model.into(),
            mode: Mode::TextToImage,
            prompt: prompt.into(),
            negative_prompt: String::new(),
            images: Vec::new(),
            size: Size::Auto,
            n: 1,
            seed,
            options: Default::default(),
        };
        Job {
            id: JobId(1),
            phase: Phase::Fetching,
            request: request.into(),
            created: Stamp(0),
            since: Stamp(0),
            sent: None,
            ended: None,
            estimate: Cost::Unknown { images: 1 },
            billed_images: None,
            task: None,
            request_id: None,
            actual_prompt: None,
            answered: 0,
            story: Vec::new(),
            document: None,
            expected: 1,
            fault: None,
            note: String::new(),
            out: None,
            images: Vec::new(),
        }
    }

    fn moment() -> Zoned {
        jiff::civil::date(2026, 11, 22).at(9, 31, 12, 0).in_tz("UTC").unwrap()
    }

    fn name(out: Option<&str>, job: &Job, index: u32, nth: usize) -> String {
        let place = place(out.map(Path::new), |path| path == Path::new("/there.png"), Path::new("/p"), &moment());
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
}
