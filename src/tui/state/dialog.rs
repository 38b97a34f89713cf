//! What lies over the screen: never more than one, opened only by the user's own key.

use crate::domain::{BatchId, Cost, ImageId, JobId, ModelId, Origin, Reference, Request};

use super::{
    AdvicePicker, BoxEditor, Browser, Commands, Compare, History, Line, PaletteEditor, PictureEntry, PlanPage,
    ThemePicker, Way, Welcome, WordEntry,
};

/// A dialog.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// Choosing a model.
    Models(ModelPicker),
    /// Choosing a theme.
    Themes(ThemePicker),
    /// Being given a key, or going on without one.
    Welcome(Welcome),
    /// Naming a picture, or a file of rows.
    Picture(PictureEntry),
    /// Looking through folders for pictures.
    Browser(Box<Browser>),
    /// Being told which model to take.
    Advice(AdvicePicker),
    /// A prompt beside what the service made of it.
    Rewrite(RewritePage),
    /// What a submit costs, and what is spent and left.
    Cost,
    /// What a batch comes to, before it is begun.
    Plan(Box<PlanPage>),
    /// The history, searched.
    History(History),
    /// Marking boxes on pictures.
    Boxes(BoxEditor),
    /// Putting a palette together.
    Palette(PaletteEditor),
    /// Every prompt the written one stands for.
    Expansion(ExpansionPage),
    /// A question to be answered by `y`; Enter alone never does it.
    Confirm(Confirm),
    /// The keys of the pane below.
    Help(HelpPage),
    /// Finding an action by its words.
    Commands(Commands),
    /// A letter on every place, one of which is being chosen.
    Jump,
    /// The picture on the whole screen.
    Zoom,
    /// One more of a job, before it is paid for.
    Again(Box<AgainPage>),
    /// Two pictures compared.
    Compare(Box<Compare>),
    /// A word being typed: a name, or what to find.
    Word(WordEntry),
}

/// One more of a job, before it is paid for.
#[derive(Debug, Clone, PartialEq)]
pub struct AgainPage {
    /// Of which.
    pub of: JobId,
    /// What it asks for: the same, with a seed of its own where it is to vary.
    pub request: Request,
    /// What that costs.
    pub cost: Cost,
    /// What it is made from: the same as that job.
    pub parent: Option<Origin>,
    /// It repeats the job exactly, seed and all.
    pub exact: bool,
}

/// Every prompt the written one stands for.
#[derive(Debug, Clone, Default)]
pub struct ExpansionPage {
    /// They, the first thousand at most.
    pub prompts: Vec<String>,
    /// The selected one, from 0.
    pub selected: usize,
}

/// Choosing a model.
#[derive(Debug, Clone, Default)]
pub struct ModelPicker {
    /// What is typed.
    pub filter: Line,
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
    Submit(Vec<(Request, Cost)>),
    /// The same for one more of a job there is.
    SubmitAlike(JobId, Box<Request>, Cost),
    /// Send jobs again that may have been billed already.
    Retry(Vec<JobId>),
    /// Change a waiting job, although it costs more now.
    Revise(JobId, Box<Request>, Cost),
    /// Make a new job for the row of one that failed.
    /// The last word: the first try may have been billed, and the user knows it.
    Replace(JobId, Box<Request>, Cost, bool),
    /// Begin a batch, although it costs more than the ask limit or has no known price.
    Begin(Box<PlanPage>),
    /// Cancel the rows of a batch that wait.
    StopBatch(BatchId),
    /// Make jobs that ask for the same as these once more.
    Duplicate(Vec<JobId>),
    /// Take another model or mode, and perhaps a picture with it.
    Take(Way, Option<Reference>),
    /// Stop jobs, some of which may be billed all the same.
    Cancel(Vec<JobId>),
    /// Put so many pictures that they are not all in sight into the bin, or bring them back.
    Bin(Vec<ImageId>, bool),
    /// Delete for good what is in the bin.
    EmptyBin,
    /// Leave.
    Quit,
}

/// The help overlay.
#[derive(Debug, Clone, Default)]
pub struct HelpPage {
    /// Only lines with these words.
    pub filter: Line,
    /// First line shown.
    pub top: usize,
}
