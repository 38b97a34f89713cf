//! What lies over the screen: never more than one, opened only by the user's own key.

use crate::domain::{Cost, JobId, ModelId, Reference, Request};

use super::{AdvicePicker, BoxEditor, Browser, PaletteEditor, PictureEntry, ThemePicker, Way, Welcome};

/// A dialog.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// Choosing a model.
    Models(ModelPicker),
    /// Choosing a theme.
    Themes(ThemePicker),
    /// Being given a key, or going on without one.
    Welcome(Welcome),
    /// Naming a picture.
    Picture(PictureEntry),
    /// Looking through folders for pictures.
    Browser(Box<Browser>),
    /// Being told which model to take.
    Advice(AdvicePicker),
    /// A prompt beside what the service made of it.
    Rewrite(RewritePage),
    /// What a submit costs, and what is spent and left.
    Cost,
    /// Marking boxes on pictures.
    Boxes(BoxEditor),
    /// Putting a palette together.
    Palette(PaletteEditor),
    /// A question to be answered by `y`; Enter alone never does it.
    Confirm(Confirm),
    /// The keys of the pane below.
    Help(HelpPage),
    /// The picture on the whole screen.
    Zoom,
}

/// Choosing a model.
#[derive(Debug, Clone, Default)]
pub struct ModelPicker {
    /// What is typed.
    pub filter: String,
    /// Models that match, best first.
    pub matches: Vec<ModelId>,
    /// The selected one of `matches`.
    pub selected: usize,
}

/// A prompt beside what the service made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RewritePage {
    /// Whose.
    pub job: JobId,
    /// First line shown.
    pub top: usize,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The title.
    pub title: String,
    /// What it says, a line each.
    pub lines: Vec<String>,
    /// What `y` does.
    pub pending: Pending,
}

/// What waits for a yes.
#[derive(Debug, Clone, PartialEq)]
pub enum Pending {
    /// Send this, although it costs more than the ask limit or has no known price.
    Submit(Box<Request>, Cost),
    /// Send jobs again that may have been billed already.
    Retry(Vec<JobId>),
    /// Change a waiting job, although it costs more now.
    Revise(JobId, Box<Request>, Cost),
    /// Make jobs that ask for the same as these once more.
    Duplicate(Vec<JobId>),
    /// Take another model or mode, and perhaps a picture with it.
    Take(Way, Option<Reference>),
    /// Stop jobs, some of which may be billed all the same.
    Cancel(Vec<JobId>),
    /// Leave.
    Quit,
}

/// The help overlay.
#[derive(Debug, Clone, Default)]
pub struct HelpPage {
    /// First line shown.
    pub top: usize,
}
