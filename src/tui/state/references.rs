//! The pictures a request is made from: what is known of each local file, and how each stands with the model. Looking at
//! files is the runtime's; what a model takes is the catalogue's to say.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalog::{InputRule, Violation, boxes_inside};
use crate::domain::{Fault, InputFacts, Mode, ModelId, Reference};

use super::{Mention, Pane, Screen, Sight, State, Thumb};

/// The list of pictures; they themselves are the request's.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// The selected one, from 0.
    pub selected: usize,
    /// What is known of the local files among them.
    pub looks: BTreeMap<PathBuf, Look>,
    /// The folder that was looked through last.
    pub folder: Option<PathBuf>,
    /// The selected one, shown in the picture pane while the list has the keys.
    pub beside: Thumb,
    /// Pictures offered to be named in the prompt.
    pub mention: Option<Mention>,
}

/// What is known of a local file.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// Asked for.
    Asked,
    /// What it is.
    Seen(InputFacts),
    /// Why it cannot be used.
    Failed(Fault),
}

/// How a picture stands with the model and mode of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// An address: the service fetches it, nothing is known of it here.
    Address,
    /// Being looked at.
    Looking,
    /// It can be sent, once a copy is changed as the notices say; mostly there are none.
    Fits(InputFacts, Vec<String>),
    /// It cannot be sent: why, and what it is where that is known.
    Wrong(Option<InputFacts>, String),
    /// More than this mode takes.
    Surplus,
}

/// A model and mode that would take what the form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Which model.
    pub model: ModelId,
    /// In which mode.
    pub mode: Mode,
}

impl State {
    /// What pictures the form's model takes in its mode.
    pub fn input_rule(&self) -> Option<&InputRule> {
        let request = &self.compose.request;
        Some(&self.catalog.get(request.model.as_str())?.mode(request.mode)?.images)
    }

    /// Whether there is a place for pictures: the mode takes some, or some are left from another one.
    pub fn shows_references(&self) -> bool {
        !self.compose.request.images.is_empty() || self.input_rule().is_some_and(|rule| rule.max > 0)
    }

    /// How picture `at` (from 0) stands.
    pub fn standing(&self, at: usize) -> Standing {
        let rule = self.input_rule();
        if rule.is_none_or(|rule| at >= rule.max) {
            return Standing::Surplus;
        }
        let Some(Reference::File(path)) = self.compose.request.images.get(at) else { return Standing::Address };
        match (self.references.looks.get(path), rule) {
            (Some(Look::Seen(facts)), Some(rule)) => match rule.plan(facts) {
                Ok(mending) => Standing::Fits(*facts, mending.notices),
                Err(broken) => Standing::Wrong(Some(*facts), words(&broken)),
            },
            (Some(Look::Failed(fault)), _) => Standing::Wrong(None, fault.message.clone()),
            _ => Standing::Looking,
        }
    }

    /// What is wrong with the prompt as a template.
    pub fn template_trouble(&self, trouble: &str) -> Violation {
        Violation {
            field: "prompt".into(),
            rule: "template",
            message: trouble.trim_end_matches('.').to_owned(),
            legal: "a template that reads, or the prompt sent as it is written".into(),
            source: String::new(),
        }
    }

    /// Everything that keeps the form from being sent, in the order to tell it.
    pub fn violations(&self) -> Vec<Violation> {
        let request = self.compose.snapshot();
        // The built-in emulator is in no region.
        let mut out = match self.header.demo {
            true => self.catalog.check(&request),
            false => self.catalog.check_in(&request, self.header.region),
        };
        out.extend(self.compose.expansion.made.trouble.as_deref().map(|trouble| self.template_trouble(trouble)));
        let ill = |rule, message| Violation {
            field: "images".into(),
            rule,
            message,
            legal: String::new(),
            source: String::new(),
        };
        out.extend((0..self.compose.request.images.len()).filter_map(|at| match self.standing(at) {
            Standing::Wrong(_, why) => Some(ill("image_unfit", named(at, &why))),
            Standing::Looking => Some(ill(LOOKING, format!("image {} is still being looked at", at + 1))),
            Standing::Address | Standing::Fits(..) | Standing::Surplus => None,
        }));
        let boxes = self.compose.request.options.get("bbox_list");
        out.extend(boxes.and_then(|boxes| boxes_inside(boxes, &self.picture_sizes())));
        out
    }

    /// Width and height of each picture, where they are known.
    pub fn picture_sizes(&self) -> Vec<Option<(u32, u32)>> {
        let known = |at| match self.standing(at) {
            Standing::Fits(facts, _) | Standing::Wrong(Some(facts), _) => Some((facts.width, facts.height)),
            _ => None,
        };
        (0..self.compose.request.images.len()).map(known).collect()
    }

    /// The picture to show in the picture pane while the list has the keys: the selected one, where it can be seen.
    pub fn beside(&self) -> Option<Sight> {
        let here = self.screen == Screen::Compose && self.pane == Pane::References && self.dialog.is_none();
        let at = self.references.selected;
        let Some(Reference::File(path)) = self.compose.request.images.get(at).filter(|_| here) else { return None };
        let size = self.picture_sizes().get(at).copied().flatten()?;
        Some(Sight { path: path.clone(), size })
    }

    /// The first picture that is to be seen to, from 0: one that cannot be sent, else the first surplus one.
    pub fn ill_reference(&self) -> Option<usize> {
        let all = 0..self.compose.request.images.len();
        let find = |which: fn(&Standing) -> bool| all.clone().find(|at| which(&self.standing(*at)));
        find(|standing| matches!(standing, Standing::Wrong(..))).or_else(|| find(|s| *s == Standing::Surplus))
    }

    /// Who paints from words alone, where the form's model wants pictures it does not have.
    pub fn words_alone(&self) -> Option<Way> {
        let request = &self.compose.request;
        let needs = request.images.is_empty() && self.input_rule().is_none_or(|rule| rule.min > 0);
        if needs { self.way(Mode::TextToImage) } else { None }
    }

    /// Who takes pictures, where the form's mode takes none: this model's editing, or that of one no dearer.
    pub fn with_pictures(&self) -> Option<Way> {
        if self.input_rule().is_some_and(|rule| rule.max > 0) {
            return None;
        }
        let price = |model: &crate::catalog::Model, mode| {
            let cost = model.cost(&model.blank(mode), self.header.region).for_images(1);
            cost.total().map_or(i64::MAX, |total| total.micros)
        };
        let now = self.catalog.get(self.compose.request.model.as_str())?;
        let most = price(now, self.compose.request.mode);
        let edits = |model: &&crate::catalog::Model| model.mode(Mode::Edit).is_some();
        let cheap = || self.catalog.models().iter().filter(edits).find(|model| price(model, Mode::Edit) <= most);
        let any = || self.catalog.models().iter().find(edits);
        self.way(Mode::Edit)
            .or_else(|| cheap().or_else(any).map(|model| Way { model: model.id.clone(), mode: Mode::Edit }))
    }

    /// This model in another mode, or the model the catalogue names instead.
    fn way(&self, mode: Mode) -> Option<Way> {
        let model = self.catalog.get(self.compose.request.model.as_str())?;
        let id = if model.mode(mode).is_some() { Some(&model.id) } else { model.instead.get(&mode) };
        id.map(|id| Way { model: id.clone(), mode })
    }
}

/// The rule broken while a picture is not known yet: it mends itself.
pub const LOOKING: &str = "looking";

/// `image 2: ...`, unless the words say so themselves.
fn named(at: usize, why: &str) -> String {
    let name = format!("image {}", at + 1);
    if why.contains(&name) { why.to_owned() } else { format!("{name}: {why}") }
}

fn words(broken: &Violation) -> String {
    match broken.legal.as_str() {
        "" => broken.message.clone(),
        legal => format!("{}; legal: {legal}", broken.message.trim_end_matches('.')),
    }
}
