//! Where keys go. Scopes are derived from the state, never stored.

use super::{BoxEditor, Dialog, PaletteEditor, Screen, State, Welcome};

/// A pane that can have the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// The prompt's text.
    Prompt,
    /// The negative prompt's text.
    Negative,
    /// The pictures the request is made from.
    References,
    /// The model's parameters.
    Settings,
    /// The jobs.
    Queue,
}

impl Pane {
    /// In the order Tab visits them; not each of them is always there, see [`State::panes`].
    pub const ALL: [Pane; 5] = [Pane::Prompt, Pane::Negative, Pane::References, Pane::Settings, Pane::Queue];

    /// Whether it is a text.
    pub fn is_text(self) -> bool {
        matches!(self, Pane::Prompt | Pane::Negative)
    }
}

/// A place keys can be bound for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, dialogs included; chords only, since it holds while typing too.
    Global,
    /// Everywhere without a dialog, also while typing: chords only.
    Screen,
    /// Everywhere but while typing and in dialogs: single letters.
    Normal,
    /// The compose screen, also while typing: chords only.
    Compose,
    /// The compose screen while not typing: single letters.
    Form,
    /// While a waiting job is being changed in the form.
    Edit,
    /// A text pane while not typing.
    Text,
    /// A text pane while typing.
    Insert,
    /// While typing, pictures to name are offered and none is chosen.
    Offer,
    /// While typing, one of the pictures offered is chosen.
    Chosen,
    /// The pictures the request is made from.
    References,
    /// The settings.
    Settings,
    /// A value being typed into a setting.
    Value,
    /// The newest jobs, on the compose screen.
    Queue,
    /// The queue screen.
    Jobs,
    /// The queue screen's filter being typed.
    Filter,
    /// A list to choose from, with a filter being typed.
    Picker,
    /// A picture being named.
    Entry,
    /// Looking through folders for pictures.
    Browser,
    /// Being told which model to take.
    Advice,
    /// Something to read.
    Page,
    /// Marking boxes on a picture.
    Boxes,
    /// Putting a palette together.
    Palette,
    /// A question.
    Confirm,
    /// The help overlay.
    Help,
    /// The picture on the whole screen.
    Zoom,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 26] = [
        Scope::Global,
        Scope::Screen,
        Scope::Normal,
        Scope::Compose,
        Scope::Form,
        Scope::Edit,
        Scope::Text,
        Scope::Insert,
        Scope::Offer,
        Scope::Chosen,
        Scope::References,
        Scope::Settings,
        Scope::Value,
        Scope::Queue,
        Scope::Jobs,
        Scope::Filter,
        Scope::Picker,
        Scope::Entry,
        Scope::Browser,
        Scope::Advice,
        Scope::Page,
        Scope::Boxes,
        Scope::Palette,
        Scope::Confirm,
        Scope::Help,
        Scope::Zoom,
    ];

    /// The name in keymap files.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Global => "global",
            Scope::Screen => "screen",
            Scope::Normal => "normal",
            Scope::Compose => "compose",
            Scope::Form => "form",
            Scope::Edit => "edit",
            Scope::Text => "text",
            Scope::Insert => "insert",
            Scope::Offer => "offer",
            Scope::Chosen => "chosen",
            Scope::References => "references",
            Scope::Settings => "settings",
            Scope::Value => "value",
            Scope::Queue => "queue",
            Scope::Jobs => "jobs",
            Scope::Filter => "filter",
            Scope::Picker => "picker",
            Scope::Entry => "entry",
            Scope::Browser => "browser",
            Scope::Advice => "advice",
            Scope::Page => "page",
            Scope::Boxes => "boxes",
            Scope::Palette => "palette",
            Scope::Confirm => "confirm",
            Scope::Help => "help",
            Scope::Zoom => "zoom",
        }
    }
}

impl Welcome {
    /// Where the keys of this step are bound.
    fn scope(&self) -> Scope {
        match self {
            Welcome::Ways { .. } | Welcome::Region { .. } => Scope::Picker,
            Welcome::Key(_) => Scope::Entry,
            Welcome::Guide { .. } => Scope::Help,
        }
    }
}

impl State {
    /// The panes that are there now, in the order Tab visits them.
    pub fn panes(&self) -> Vec<Pane> {
        let hidden = |pane: &Pane| *pane == Pane::References && !self.shows_references();
        Pane::ALL.into_iter().filter(|pane| !hidden(pane)).collect()
    }

    /// Scopes that hold now, nearest first.
    pub fn scopes(&self) -> Vec<Scope> {
        match &self.dialog {
            Some(Dialog::Models(_) | Dialog::Themes(_)) => vec![Scope::Picker, Scope::Global],
            Some(Dialog::Welcome(welcome)) => vec![welcome.scope(), Scope::Global],
            Some(Dialog::Picture(_)) => vec![Scope::Entry, Scope::Global],
            Some(
                Dialog::Boxes(BoxEditor { typed: Some(_), .. }) | Dialog::Palette(PaletteEditor { typed: Some(_), .. }),
            ) => {
                vec![Scope::Value, Scope::Global]
            }
            Some(Dialog::Browser(browser)) if browser.typing => vec![Scope::Filter, Scope::Global],
            Some(Dialog::Browser(_)) => vec![Scope::Browser, Scope::Global],
            Some(Dialog::Advice(_)) => vec![Scope::Advice, Scope::Global],
            Some(Dialog::Rewrite(_) | Dialog::Cost) => vec![Scope::Page, Scope::Global],
            Some(Dialog::Boxes(_)) => vec![Scope::Boxes, Scope::Global],
            Some(Dialog::Palette(_)) => vec![Scope::Palette, Scope::Global],
            Some(Dialog::Confirm(_)) => vec![Scope::Confirm, Scope::Global],
            Some(Dialog::Help(_)) => vec![Scope::Help, Scope::Global],
            Some(Dialog::Zoom) => vec![Scope::Zoom, Scope::Global],
            None => match self.screen {
                Screen::Compose => self.compose_scopes(),
                Screen::Queue if self.jobs.before.is_some() => vec![Scope::Filter, Scope::Screen, Scope::Global],
                Screen::Queue => vec![Scope::Jobs, Scope::Normal, Scope::Screen, Scope::Global],
            },
        }
    }

    fn compose_scopes(&self) -> Vec<Scope> {
        let own = match self.pane {
            _ if self.typing => Scope::Insert,
            _ if self.compose.typed.is_some() => Scope::Value,
            Pane::Prompt | Pane::Negative => Scope::Text,
            Pane::References => Scope::References,
            Pane::Settings => Scope::Settings,
            Pane::Queue => Scope::Queue,
        };
        let letters: &[Scope] =
            if matches!(own, Scope::Insert | Scope::Value) { &[] } else { &[Scope::Form, Scope::Normal] };
        let offer = self.references.mention.as_ref().filter(|_| own == Scope::Insert);
        let offer = offer.map(|mention| if mention.chosen.is_some() { Scope::Chosen } else { Scope::Offer });
        let edit = self.compose.edit.as_ref().map(|_| Scope::Edit);
        let chords = [Scope::Compose, Scope::Screen, Scope::Global];
        offer.into_iter().chain([own]).chain(edit).chain(letters.iter().copied()).chain(chords).collect()
    }
}
