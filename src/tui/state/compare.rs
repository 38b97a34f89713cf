//! Two pictures compared: which, how, and what is painted of them.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::{Lens, Part};
use crate::domain::{Difference, Fault, Image, Request};

/// A picture to compare, with what it was asked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// The picture.
    pub image: Image,
    /// What its job asked for.
    pub request: Arc<Request>,
}

/// How two pictures are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// One in the place of the other.
    #[default]
    Flip,
    /// Side by side.
    Side,
    /// Where they differ, and how much.
    Heat,
    /// What they were asked by alone.
    Recipe,
}

/// The same part of two pictures, to be shown as where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatPart {
    /// Of the first; as large as it comes out.
    pub first: Part,
    /// Of the second.
    pub second: Part,
}

/// Something to be painted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// A part of one of the pictures.
    Part(Part),
    /// Where they differ.
    Heat(Box<HeatPart>),
}

/// What came of painting it.
pub type Painting = Result<Arc<Buffer>, Fault>;

/// Two pictures compared.
#[derive(Debug, Clone)]
pub struct Compare {
    /// They.
    pub pair: [Picked; 2],
    /// Which of them is meant: 0 or 1. In flipping it is the one that is seen.
    pub meant: usize,
    /// How.
    pub way: Manner,
    /// What is seen of both.
    pub lens: Lens,
    /// What was last asked of the painter, until it answers.
    pub asked: Option<Sheet>,
    /// What is painted: of the first, of the second, and where they differ.
    pub painted: [Option<(Sheet, Painting)>; 3],
    /// How much they differ was asked.
    pub measured: bool,
    /// How much they differ, once that is known.
    pub difference: Option<Result<Difference, Fault>>,
}

impl Manner {
    /// The next way.
    pub fn next(self) -> Manner {
        match self {
            Manner::Flip => Manner::Side,
            Manner::Side => Manner::Heat,
            Manner::Heat => Manner::Recipe,
            Manner::Recipe => Manner::Flip,
        }
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Manner::Flip => "flip",
            Manner::Side => "side by side",
            Manner::Heat => "difference",
            Manner::Recipe => "recipe",
        }
    }
}

impl Compare {
    /// Two pictures, the first one seen.
    pub fn new(first: Picked, second: Picked) -> Compare {
        let (lens, painted) = (Lens::default(), [None, None, None]);
        let (way, asked, difference) = (Manner::default(), None, None);
        Compare { pair: [first, second], meant: 0, way, lens, asked, painted, measured: false, difference }
    }

    /// Their files.
    pub fn files(&self) -> [PathBuf; 2] {
        [0, 1].map(|which| self.pair[which].image.path.clone())
    }

    /// How much they differ, in sentences; nothing before that is known.
    pub fn told(&self) -> Vec<String> {
        match &self.difference {
            Some(Ok(difference)) => [Some(difference.words()), difference.fitted()].into_iter().flatten().collect(),
            Some(Err(fault)) => vec![format!("How much they differ is not known: {}", fault.message)],
            None => vec!["Counting the pixels that differ".to_owned()],
        }
    }

    /// The size of one of them.
    pub fn size(&self, which: usize) -> (u32, u32) {
        let image = &self.pair[which.min(1)].image;
        (image.width.max(1), image.height.max(1))
    }

    /// The part of one of them that is seen in a pane: of the second the same as of the first, whatever their sizes.
    pub fn part(&self, which: usize, pane: (u16, u16)) -> Part {
        let (first, size) = (self.size(0), self.size(which));
        let path = self.pair[which.min(1)].image.path.clone();
        let [left, top, width, height] = self.lens.region(first, pane);
        let along = |at: u32, to: u32, from: u32| {
            let moved = (u64::from(at) * u64::from(to) + u64::from(from) / 2) / u64::from(from);
            u32::try_from(moved).unwrap_or(to).min(to)
        };
        let (x, y) = (along(left, size.0, first.0).min(size.0 - 1), along(top, size.1, first.1).min(size.1 - 1));
        let width = along(width, size.0, first.0).clamp(1, size.0 - x);
        let height = along(height, size.1, first.1).clamp(1, size.1 - y);
        let shape = if self.lens.zoom == 0 { size } else { first };
        Part { path, region: [x, y, width, height], pane: self.lens.cells(shape, pane) }
    }

    /// What has to be painted in panes of this size, the most wanted first, each with its place in `painted`.
    pub fn wanted(&self, pane: (u16, u16)) -> Vec<(usize, Sheet)> {
        let part = |which| (which, Sheet::Part(self.part(which, pane)));
        match self.way {
            Manner::Flip => vec![part(self.meant), part(1 - self.meant.min(1))],
            Manner::Side => vec![part(0), part(1)],
            Manner::Heat => {
                let heat = HeatPart { first: self.part(0, pane), second: self.part(1, pane) };
                vec![(2, Sheet::Heat(Box::new(heat)))]
            }
            Manner::Recipe => Vec::new(),
        }
    }
}
