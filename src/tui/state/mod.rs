//! What the screen depends on: plain data with small methods. Only `update` changes it, only `view` draws it.

mod advice;
mod batches;
mod boxes;
mod browser;
mod commands;
mod compare;
mod compose;
mod cuts;
mod dialog;
mod drafts;
mod editor;
mod expansion;
mod filter;
mod focus;
mod foresight;
mod gallery;
mod header;
mod history;
mod jobs;
mod lens;
mod line;
mod lineage;
mod looks;
mod mention;
mod picture_entry;
mod plan;
mod prefix;
mod preview;
mod queue;
mod references;
mod screen;
mod swatches;
mod thumb;
mod toast;
mod viewer;
mod welcome;

use std::path::PathBuf;
use std::sync::Arc;

use crate::catalog::{Catalog, Prefer};
use crate::domain::{Caps, Draft, Mode, ModelId, Money, Region, Request};
use crate::keymap::Keymap;
use crate::prompt::style::Styles;
use crate::theme::Theme;

pub use crate::domain::Unfold;
pub use advice::AdvicePicker;
pub use batches::{Batches, Purse, RowFilter};
pub use boxes::{BoxEditor, BoxNumbers, Canvas, Corner, Part};
pub use browser::{Browser, Listing, OnShelf, Shelf};
pub use commands::{Choice, Commands};
pub use compare::{Compare, HeatPart, Manner, Painting, Picked, Sheet};
pub use compose::{Compose, Edit, SettingRow};
pub use cuts::Cuts;
pub use dialog::{AgainPage, Confirm, Dialog, ExpansionPage, HelpPage, ModelPicker, Pending, RewritePage};
pub use drafts::Drafts;
pub use editor::{Editor, Step};
pub use expansion::{Expansion, MANY_JOBS, Made, PROMPTS_AT_ONCE, Source};
pub use filter::Filter;
pub use focus::{Pane, Scope};
pub use foresight::{Ahead, Foresight, STILL};
pub use gallery::{Gallery, Pending as ShelfQuestion, PictureUndo, Thumbs, Way as ShelfWay};
pub use header::Header;
pub use history::History;
pub use jobs::{Jobs, Log, kept_for};
pub use lens::Lens;
pub use line::Line;
pub use lineage::{Lineage, Purpose, WordEntry};
pub use looks::{Looks, ThemePicker};
pub use mention::{Mention, Trigger};
pub use picture_entry::{PictureEntry, Place, Wanted, is_address};
pub use plan::{PlanPage, PlanRow, PlanSheet, PlanSource};
pub use prefix::Prefix;
pub use preview::{Drawn, Preview, Shown};
pub use queue::{Paused, Queue, can_refetch};
pub use references::{LOOKING, Look, References, Standing, Way};
pub use screen::Screen;
pub use swatches::{PaletteEditor, Swatch};
pub use thumb::{REST, Sight, Thumb};
pub use toast::{Toast, Tone};
pub use viewer::{NearBook, Viewer};
pub use welcome::{Access, KeyEntry, WayOn, Welcome};

/// Everything the screen depends on.
#[derive(Debug, Clone)]
pub struct State {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What the service can do.
    pub catalog: Arc<Catalog>,
    /// Which of a model's routes is tried first.
    pub prefer: Prefer,
    /// Keys.
    pub keymap: Arc<Keymap>,
    /// Colours.
    pub theme: Arc<Theme>,
    /// What there is to choose from, and what moves.
    pub looks: Looks,
    /// What is known about the key.
    pub access: Access,
    /// Whether anything beyond ASCII may be drawn.
    pub unicode: bool,
    /// Submits that cost more than this ask first; `None` never asks (the emulator's money is not real).
    pub ask_above: Option<Money>,
    /// The line at the top.
    pub header: Header,
    /// Which screen is shown.
    pub screen: Screen,
    /// The one before it.
    pub previous: Screen,
    /// Which pane of the compose screen has the keys.
    pub pane: Pane,
    /// Whether keys type text into the focused pane. Only ever true for text panes.
    pub typing: bool,
    /// The form.
    pub compose: Compose,
    /// What is kept of the form, and when it is next.
    pub drafts: Drafts,
    /// The list of pictures the request is made from.
    pub references: References,
    /// Where paths begin; filled in by the runtime.
    pub place: Place,
    /// The jobs.
    pub queue: Queue,
    /// What the queue screen keeps for itself.
    pub jobs: Jobs,
    /// The batches.
    pub batches: Batches,
    /// The gallery.
    pub gallery: Gallery,
    /// Plans asked for so far.
    pub plans: u64,
    /// The picture shown.
    pub preview: Preview,
    /// How pictures are drawn.
    pub drawn: Drawn,
    /// The picture on the whole screen.
    pub viewer: Viewer,
    /// The first of two pictures to compare, once it is chosen.
    pub first_of_two: Option<Picked>,
    /// The history screen.
    pub lineage: Lineage,
    /// The dialog on top, if one is open. Opens only by the user's own key.
    pub dialog: Option<Dialog>,
    /// Names of the actions chosen from the palette, the last one first.
    pub recent: Vec<&'static str>,
    /// Keys pressed that need more to mean something.
    pub prefix: Option<Prefix>,
    /// Short news at the bottom, newest last.
    pub toasts: Vec<Toast>,
    /// Where random seeds come from; moves on with each one taken.
    pub dice: u64,
}

/// What a studio opens with.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What the service can do.
    pub catalog: Arc<Catalog>,
    /// Keys.
    pub keymap: Arc<Keymap>,
    /// Colours.
    pub theme: Arc<Theme>,
    /// Whether anything beyond ASCII may be drawn.
    pub unicode: bool,
    /// The model in the form; the catalogue's first when it has no such model.
    pub model: ModelId,
    /// See [`State::ask_above`].
    pub ask_above: Option<Money>,
    /// What may be spent; shown beside what has been.
    pub caps: Caps,
    /// Whose prices and hosts.
    pub region: Region,
    /// On the built-in emulator.
    pub demo: bool,
    /// The styles there are.
    pub styles: Arc<Styles>,
    /// Folders with lists for `__name__`.
    pub lists: Vec<PathBuf>,
    /// Any number that differs from start to start: random seeds follow from it.
    pub dice: u64,
    /// What was in the form when a studio was left last.
    pub draft: Option<Draft>,
}

impl State {
    /// A studio just opened: an empty prompt with the cursor in it. The size is set by the first
    /// [`Msg::Resize`](super::msg::Msg::Resize).
    pub fn new(opening: Opening) -> State {
        let Opening {
            catalog,
            keymap,
            theme,
            unicode,
            model,
            ask_above,
            caps,
            region,
            demo,
            dice,
            styles,
            lists,
            draft,
        } = opening;
        let chosen = catalog.get(model.as_str()).or_else(|| catalog.models().first());
        let request = chosen.map_or_else(
            || Request::new(model, Mode::TextToImage),
            |model| model.blank(model.modes.first().map_or(Mode::TextToImage, |spec| spec.mode)),
        );
        let compose = Compose::new(request, Expansion { styles, folders: lists, ..Expansion::default() });
        let mut state = State {
            size: (80, 24),
            catalog,
            prefer: Prefer::default(),
            keymap,
            theme,
            looks: Looks::default(),
            access: Access::default(),
            unicode,
            ask_above,
            header: Header { demo, region, caps, ..Header::default() },
            screen: Screen::Compose,
            previous: Screen::Compose,
            pane: Pane::Prompt,
            typing: true,
            compose,
            drafts: Drafts::default(),
            references: References::default(),
            place: Place::default(),
            queue: Queue::default(),
            jobs: Jobs::default(),
            batches: Batches::default(),
            gallery: Gallery::default(),
            plans: 0,
            preview: Preview::default(),
            drawn: Drawn::default(),
            viewer: Viewer::default(),
            first_of_two: None,
            lineage: Lineage::default(),
            dialog: None,
            recent: Vec::new(),
            prefix: None,
            toasts: Vec::new(),
            dice,
        };
        state.open_with(draft);
        state
    }
}
