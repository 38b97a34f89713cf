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
    /// While a waiting job or a failed row is being changed in the form.
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
    /// The batch screen.
    Batch,
    /// The gallery screen.
    Gallery,
    /// A list to choose from, with a filter being typed.
    Picker,
    /// A picture or a file of rows being named.
    Entry,
    /// Looking through folders for pictures.
    Browser,
    /// Being told which model to take.
    Advice,
    /// Something to read.
    Page,
    /// What a batch comes to, before it is begun.
    Plan,
    /// The history being searched.
    History,
    /// Marking boxes on a picture.
    Boxes,
    /// Putting a palette together.
    Palette,
    /// The prompts the written one stands for.
    Expansion,
    /// A question.
    Confirm,
    /// The help overlay.
    Help,
    /// The picture on the whole screen.
    Zoom,
    /// Letters on every place, one of which is being chosen.
    Jump,
    /// One more of a job, before it is paid for.
    Again,
    /// The history screen.
    Lineage,
    /// Two pictures compared.
    Compare,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 35] = [
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
        Scope::Batch,
        Scope::Gallery,
        Scope::Picker,
        Scope::Entry,
        Scope::Browser,
        Scope::Advice,
        Scope::Page,
        Scope::Plan,
        Scope::History,
        Scope::Boxes,
        Scope::Palette,
        Scope::Expansion,
        Scope::Confirm,
        Scope::Help,
        Scope::Zoom,
        Scope::Jump,
        Scope::Again,
        Scope::Lineage,
        Scope::Compare,
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
            Scope::Batch => "batch",
            Scope::Gallery => "gallery",
            Scope::Picker => "picker",
            Scope::Entry => "entry",
            Scope::Browser => "browser",
            Scope::Advice => "advice",
            Scope::Page => "page",
            Scope::Plan => "plan",
            Scope::History => "history",
            Scope::Boxes => "boxes",
            Scope::Palette => "palette",
            Scope::Expansion => "expansion",
            Scope::Confirm => "confirm",
            Scope::Help => "help",
            Scope::Zoom => "zoom",
            Scope::Jump => "jump",
            Scope::Again => "again",
            Scope::Lineage => "lineage",
            Scope::Compare => "compare",
        }
    }

    /// The scope of this name.
    pub fn parse(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// Where it holds, as part of a sentence.
    pub fn place(self) -> &'static str {
        match self {
            Scope::Global => "everywhere",
            Scope::Screen => "everywhere outside dialogs",
            Scope::Normal => "while not typing",
            Scope::Text => "in a text, while not typing",
            Scope::Insert => "while typing",
            Scope::Offer => "while pictures to name are offered",
            Scope::Chosen => "with one of them chosen",
            Scope::References => "in the references",
            Scope::Settings => "in the settings",
            Scope::Value => "while typing a value",
            Scope::Queue => "in the queue pane",
            Scope::Jobs => "on the queue screen",
            Scope::Filter => "while typing a filter",
            Scope::Compose => "on the compose screen",
            Scope::Form => "on the compose screen, while not typing",
            Scope::Edit => "while changing a waiting job or a failed row",
            Scope::Entry => "while naming a file",
            Scope::Picker => "in a list",
            Scope::Browser => "while looking for pictures",
            Scope::Advice => "while choosing by use",
            Scope::Page => "in a page to read",
            Scope::Confirm => "in a question",
            Scope::Help => "in the help",
            Scope::Zoom => "in the enlarged picture",
            Scope::Jump => "while jumping",
            Scope::Again => "before one more is sent",
            Scope::Lineage => "on the history screen",
            Scope::Compare => "while comparing",
            Scope::Boxes => "while marking boxes",
            Scope::Palette => "in the palette",
            Scope::Expansion => "with the prompts shown",
            Scope::Batch => "on the batch screen",
            Scope::Gallery => "in the gallery",
            Scope::Plan => "with a plan open",
            Scope::History => "in the history search",
        }
    }

    /// The same in a word or two.
    pub fn title(self) -> &'static str {
        match self {
            Scope::Global | Scope::Screen | Scope::Normal => "everywhere",
            Scope::Compose | Scope::Form => "compose screen",
            Scope::Edit => "changing a job",
            Scope::Text => "texts",
            Scope::Insert => "typing",
            Scope::Offer | Scope::Chosen => "pictures offered",
            Scope::References => "references",
            Scope::Settings => "settings",
            Scope::Value => "typing a value",
            Scope::Queue => "queue pane",
            Scope::Jobs => "queue screen",
            Scope::Filter => "typing a filter",
            Scope::Picker => "lists",
            Scope::Browser => "picture browser",
            Scope::Advice => "which model",
            Scope::Page => "pages",
            Scope::Entry => "naming a file",
            Scope::Confirm => "questions",
            Scope::Help => "help",
            Scope::Zoom => "enlarged picture",
            Scope::Jump => "jumping",
            Scope::Again => "one more",
            Scope::Lineage => "history screen",
            Scope::Compare => "comparing",
            Scope::Boxes => "boxes",
            Scope::Palette => "palette",
            Scope::Expansion => "prompts shown",
            Scope::Batch => "batch screen",
            Scope::Gallery => "gallery",
            Scope::Plan => "plan",
            Scope::History => "history search",
        }
    }

    /// Whether a letter types there, or says something of its own: only chords can be bound.
    pub fn takes_letters(self) -> bool {
        match self {
            Scope::Global | Scope::Screen | Scope::Compose | Scope::Edit | Scope::Help | Scope::Jump => true,
            Scope::Normal | Scope::Form | Scope::Text | Scope::References | Scope::Settings => false,
            Scope::Queue | Scope::Jobs | Scope::Boxes | Scope::Palette | Scope::Confirm | Scope::Zoom => false,
            Scope::Again | Scope::Lineage | Scope::Compare => false,
            Scope::Expansion | Scope::Batch | Scope::Plan | Scope::Browser | Scope::Advice | Scope::Page => false,
            Scope::Gallery => false,
            // The text below goes on being typed.
            Scope::Offer | Scope::Chosen => true,
            _ => self.is_text(),
        }
    }

    /// Whether a text is being typed there.
    pub fn is_text(self) -> bool {
        matches!(self, Scope::Insert | Scope::Value | Scope::Filter | Scope::Picker | Scope::Entry | Scope::History)
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
        let own = match &self.dialog {
            Some(Dialog::Models(_) | Dialog::Themes(_) | Dialog::Commands(_)) => Scope::Picker,
            Some(Dialog::Welcome(welcome)) => welcome.scope(),
            Some(Dialog::Picture(_)) => Scope::Entry,
            Some(Dialog::Plan(_)) => Scope::Plan,
            Some(Dialog::History(_)) => Scope::History,
            Some(
                Dialog::Boxes(BoxEditor { typed: Some(_), .. }) | Dialog::Palette(PaletteEditor { typed: Some(_), .. }),
            ) => Scope::Value,
            Some(Dialog::Browser(browser)) if browser.typing => Scope::Filter,
            Some(Dialog::Browser(_)) => Scope::Browser,
            Some(Dialog::Advice(_)) => Scope::Advice,
            Some(Dialog::Rewrite(_) | Dialog::Cost) => Scope::Page,
            Some(Dialog::Boxes(_)) => Scope::Boxes,
            Some(Dialog::Palette(_)) => Scope::Palette,
            Some(Dialog::Expansion(_)) => Scope::Expansion,
            Some(Dialog::Confirm(_)) => Scope::Confirm,
            Some(Dialog::Help(_)) => Scope::Help,
            Some(Dialog::Zoom) => Scope::Zoom,
            Some(Dialog::Jump) => Scope::Jump,
            Some(Dialog::Again(_)) => Scope::Again,
            Some(Dialog::Compare(_)) => Scope::Compare,
            Some(Dialog::Word(_)) => Scope::Entry,
            None => return self.scopes_below(),
        };
        vec![own, Scope::Global]
    }

    /// Scopes that hold once no dialog is open.
    pub fn scopes_below(&self) -> Vec<Scope> {
        self.screen_scopes(true)
    }

    /// Scopes whose actions can be asked for by name: those that hold below a dialog, and those that would hold if nothing
    /// were being typed.
    pub fn scopes_in_reach(&self) -> Vec<Scope> {
        let mut scopes = self.scopes_below();
        let more = self.screen_scopes(false).into_iter().filter(|scope| !scopes.contains(scope));
        let more: Vec<Scope> = more.collect();
        scopes.extend(more);
        scopes
    }

    fn screen_scopes(&self, typing: bool) -> Vec<Scope> {
        match self.screen {
            Screen::Compose => self.compose_scopes(typing),
            Screen::Queue if typing && self.jobs.before.is_some() => vec![Scope::Filter, Scope::Screen, Scope::Global],
            Screen::Queue => vec![Scope::Jobs, Scope::Normal, Scope::Screen, Scope::Global],
            Screen::Gallery if typing && self.gallery.is_typing() => vec![Scope::Filter, Scope::Screen, Scope::Global],
            Screen::Gallery => vec![Scope::Gallery, Scope::Normal, Scope::Screen, Scope::Global],
            Screen::History => vec![Scope::Lineage, Scope::Normal, Scope::Screen, Scope::Global],
            Screen::Batch => vec![Scope::Batch, Scope::Normal, Scope::Screen, Scope::Global],
        }
    }

    fn compose_scopes(&self, typing: bool) -> Vec<Scope> {
        let own = match self.pane {
            _ if typing && self.typing => Scope::Insert,
            _ if typing && self.compose.typed.is_some() => Scope::Value,
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
