//! The user's lists, `__name__` in a prompt: text files in folders.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::prompt::batch;
use crate::prompt::expand::Lists;

/// Longest list, in bytes.
const LIST_MAX: u64 = 16 << 20;
/// All lists kept in memory at once, in bytes.
const KEPT_MAX: usize = 32 << 20;
/// How deep lists lie in directories.
const DEEP: usize = 4;

/// Folders with lists as text files; the first one that has a list counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFolders(pub Vec<PathBuf>);

impl ListFolders {
    /// Every list there is, read now. Of more than memory should hold, those that come first by name.
    pub fn read_all(&self) -> BTreeMap<String, String> {
        let mut names = self.names();
        names.sort();
        names.dedup();
        let mut read = BTreeMap::new();
        let mut kept = 0;
        for name in names {
            let Some(text) = self.text(&name).map(Cow::into_owned).filter(|text| kept + text.len() <= KEPT_MAX) else {
                continue;
            };
            kept += text.len();
            read.insert(name, text);
        }
        read
    }
}

impl Lists for ListFolders {
    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        let read = |dir: &PathBuf| {
            let mut bytes = Vec::new();
            let file = File::open(dir.join(format!("{name}.txt"))).ok()?;
            file.take(LIST_MAX + 1).read_to_end(&mut bytes).ok()?;
            (bytes.len() as u64 <= LIST_MAX).then_some(bytes)
        };
        let bytes = self.0.iter().find_map(read)?;
        batch::decode(&bytes).ok().map(|words| Cow::Owned(words.into_owned()))
    }

    fn names(&self) -> Vec<String> {
        let mut names = vec![];
        self.0.iter().for_each(|dir| gather(dir, "", DEEP, &mut names));
        names
    }
}

fn gather(dir: &Path, before: &str, deep: usize, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = entry.path();
        if deep > 0 && path.is_dir() {
            gather(&path, &format!("{before}{name}/"), deep - 1, names);
        } else if let Some(name) = name.strip_suffix(".txt") {
            names.push(format!("{before}{name}"));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_a_list_counts() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir_all(there.path().join("deep")).unwrap();
        for (dir, name, text) in [(&here, "hue", "red"), (&there, "hue", "blue"), (&there, "deep/pet", "fox")] {
            std::fs::write(dir.path().join(format!("{name}.txt")), text).unwrap();
        }
        let folders = ListFolders(vec![here.path().to_owned(), "/nowhere".into(), there.path().to_owned()]);
        let lists = [("deep/pet", "fox"), ("hue", "red")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(folders.read_all(), BTreeMap::from(lists));
    }
}
