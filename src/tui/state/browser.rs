//! Looking through folders for pictures, and through those made here. Reading a folder is the runtime's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Line, Look, Queue, Sight, Thumb};
use crate::domain::{Fault, Image, Job};

/// Looking for pictures.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// Where.
    pub shelf: Shelf,
    /// What is there.
    pub listing: Listing,
    /// The selected one of [`Browser::entries`].
    pub selected: usize,
    /// Words that names must hold.
    pub filter: Line,
    /// Whether the filter is being typed.
    pub typing: bool,
    /// Marked pictures, in the order they were marked: they are taken in it.
    pub marks: Vec<PathBuf>,
    /// What is known of files seen so far.
    pub looks: BTreeMap<PathBuf, Look>,
    /// The folder whose files were asked for.
    pub asked: Option<PathBuf>,
    /// Where the folders stand, while the pictures made here are looked through.
    pub folder: PathBuf,
    /// The folder that was left upwards, to stand on it again.
    pub came_from: Option<PathBuf>,
    /// The selected picture, small.
    pub thumb: Thumb,
}

/// Where pictures are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    /// In a folder.
    #[default]
    Folders,
    /// Among those made here.
    Made,
}

/// What is on a shelf.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Listing {
    /// Asked for.
    #[default]
    Reading,
    /// Folders first, then pictures.
    Read(Vec<OnShelf>),
    /// Why it cannot be read.
    Unreadable(Fault),
}

/// A folder or a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnShelf {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// A folder.
    pub is_folder: bool,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Width and height, where they are known without opening it.
    pub size: Option<(u32, u32)>,
    /// More about it; what it was made from.
    pub about: String,
}

impl Browser {
    /// What passes the filter, in order.
    pub fn entries(&self) -> Vec<&OnShelf> {
        let Listing::Read(all) = &self.listing else { return Vec::new() };
        let wanted = self.filter.text().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let passes = |found: &&OnShelf| {
            let text = format!("{} {}", found.name, found.about).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        all.iter().filter(passes).collect()
    }

    /// The selected one.
    pub fn chosen(&self) -> Option<&OnShelf> {
        self.entries().get(self.selected).copied()
    }

    /// Width and height of a picture, where they are known.
    pub fn size_of(&self, found: &OnShelf) -> Option<(u32, u32)> {
        match self.looks.get(&found.path) {
            Some(Look::Seen(facts)) => Some((facts.width, facts.height)),
            _ => found.size,
        }
    }

    /// The selected picture, where it can be shown.
    pub fn sight(&self) -> Option<Sight> {
        let found = self.chosen().filter(|found| !found.is_folder)?;
        Some(Sight { path: found.path.clone(), size: self.size_of(found)? })
    }

    /// Place of a picture among the marked ones, from 0.
    pub fn mark_of(&self, path: &Path) -> Option<usize> {
        self.marks.iter().position(|marked| marked == path)
    }
}

impl Queue {
    /// Every picture made here, the newest first; not those that are in the bin.
    pub fn made(&self) -> Vec<OnShelf> {
        let found = |(job, image): (&Job, &Image)| OnShelf {
            name: format!("#{}", image.id),
            path: image.path.clone(),
            is_folder: false,
            bytes: image.bytes,
            size: Some((image.width, image.height)),
            about: job.request.prompt.replace('\n', " "),
        };
        let on_shelf = |(job, image): &(&Job, &Image)| job.away(image.id).is_none();
        let all = self.jobs.iter().flat_map(|job| job.images.iter().map(move |image| (job, image)));
        all.filter(on_shelf).map(found).collect()
    }
}
