//! Stories and their pictures as files a reader opens.

use std::path::PathBuf;

use super::*;
use crate::domain::Passage;

const STORY: &str = "## Step 1\nHeat *slowly*.\n";

impl Home {
    /// A story of two pictures, answered.
    fn story(&self, out: Option<&str>) -> JobId {
        let mut job = NewJob { out: out.map(|out| self.dir.path().join(out)), ..new_job("Cook <rice>, *well*") };
        job.request.mode = Mode::Interleave;
        let id = self.store.enqueue(&[job], NOW).unwrap()[0];
        self.happen(id, &[Event::Start, Event::Send]);
        let story = vec![
            Passage::Text(STORY.into()),
            Passage::Picture(0),
            Passage::Text("Then".into()),
            Passage::Text(" wait.\x1b[2J".into()),
            Passage::Picture(1),
        ];
        let urls = vec!["https://host/a".to_owned(), "https://host/b".to_owned()];
        let learned = Learned { story: Some(story), urls: Some(urls), ..Learned::default() };
        // A minute after it was made: where its files lie must not depend on it.
        self.store.record(id, Event::Answer, learned, NOW.after(Duration::from_secs(60))).unwrap();
        id
    }

    fn written(&self, id: JobId) -> (PathBuf, String) {
        let path = self.store.write_story(id, NOW).unwrap();
        assert_eq!(self.job(id).document.as_ref(), Some(&path));
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    }
}

/// The files the links of a document lead to, as a reader finds them.
fn linked(document: &Path, text: &str) -> Vec<PathBuf> {
    let targets = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let decode = |target: &str| {
        let mut bytes = Vec::new();
        let mut rest = target.as_bytes();
        while let [first, after @ ..] = rest {
            let hex = (*first == b'%').then(|| std::str::from_utf8(&after[..2]).unwrap());
            bytes.push(hex.map_or(*first, |hex| u8::from_str_radix(hex, 16).unwrap()));
            rest = &after[if hex.is_some() { 2 } else { 0 }..];
        }
        document.parent().unwrap().join(String::from_utf8(bytes).unwrap())
    };
    targets.map(decode).collect()
}

#[test]
fn a_story_lies_beside_its_pictures_and_its_links_work() {
    let home = home();
    let id = home.story(None);
    let first = home.keep(&home.job(id), 0, b"one").unwrap().path;
    let second = home.keep(&home.job(id), 1, b"two").unwrap().path;
    let (path, text) = home.written(id);
    let expected = "# Cook \\<rice\\>, \\*well\\*\n\n## Step 1\nHeat *slowly*.\n\n![Picture 1](1.png)\n\nThen wait.␛[2J\n\n\
                    ![Picture 2](2.png)\n";
    assert_eq!(text, expected);
    assert_eq!(linked(&path, &text), [first.clone(), second]);
    assert_eq!((path.parent(), path.file_name().unwrap().to_str()), (first.parent(), Some("story.md")));
    let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
    assert!(folder.ends_with(&format!("-cook-rice-well-{id}")), "{folder}");
    assert_eq!(path.ancestors().nth(3).unwrap(), home.store.places().pictures);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_story_is_written_whole_again_to_the_same_file() {
    let home = home();
    let id = home.story(None);
    home.keep(&home.job(id), 0, b"one").unwrap();
    let (path, text) = home.written(id);
    assert!(text.ends_with("*(picture 2 is missing: it was not saved)*\n"), "{text}");
    std::fs::remove_file(home.keep(&home.job(id), 1, b"two").unwrap().path).unwrap();
    let (again, text) = home.written(id);
    assert_eq!(again, path);
    assert!(text.ends_with("*(picture 2 is missing: its file is gone)*\n"), "{text}");
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 2, "story.md and 1.png");
}

#[test]
fn named_files_are_named_so_and_awkward_names_are_linked() {
    let home = home();
    let id = home.story(Some("my tales (new)/rice 50% 饭 :#1.md"));
    let first = home.keep(&home.job(id), 0, b"one").unwrap().path;
    let second = home.keep(&home.job(id), 1, b"two").unwrap().path;
    let (path, text) = home.written(id);
    assert_eq!(path, home.dir.path().join("my tales (new)/rice 50% 饭 :#1.md"));
    assert_eq!(second.file_name().unwrap(), "rice 50% 饭 :#1-2.png");
    assert!(text.contains("![Picture 1](rice%2050%25%20饭%20%3A%231.png)"), "{text}");
    assert_eq!(linked(&path, &text), [first, second]);
}

#[test]
fn nothing_that_is_not_ours_is_overwritten() {
    let home = home();
    let id = home.story(Some("out.md"));
    let taken = home.dir.path().join("out.md");
    std::fs::write(&taken, "a recipe of my own").unwrap();
    home.keep(&home.job(id), 0, b"one").unwrap();
    let (path, text) = home.written(id);
    assert_eq!(path, home.dir.path().join("out-2.md"));
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "a recipe of my own");
    let forget = "UPDATE job SET document = NULL";
    home.store.write(|tx, _| Ok(tx.execute(forget, [])?)).unwrap();
    assert_eq!(home.written(id), (path, text), "what a process that died has written is taken up, not doubled");
}

#[test]
fn a_directory_for_stories_stays_empty_until_there_is_one() {
    let home = home();
    let id = home.story(Some("tales/"));
    assert_eq!(home.store.incoming(&home.job(id)).unwrap(), home.dir.path().join("tales"));
    assert_eq!(std::fs::read_dir(home.dir.path().join("tales")).unwrap().count(), 0);
    let first = home.keep(&home.job(id), 0, b"one").unwrap().path;
    assert_eq!(first.file_name().unwrap(), "1.png");
    assert_eq!(first.ancestors().nth(2).unwrap(), home.dir.path().join("tales"));
}

#[test]
fn pictures_the_story_does_not_name_come_last() {
    let home = home();
    let id = home.story(None);
    for (index, content) in [(0, b"one"), (1, b"two"), (2, b"six")] {
        home.keep(&home.job(id), index, content).unwrap();
    }
    let (_, text) = home.written(id);
    assert!(text.ends_with("![Picture 2](2.png)\n\n![Picture 3](3.png)\n"), "{text}");
}

#[test]
fn a_story_of_no_job_is_an_error() {
    assert!(home().store.write_story(JobId(9), NOW).is_err());
}
