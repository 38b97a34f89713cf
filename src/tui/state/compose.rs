//! The form: prompt, negative prompt, model and its parameters.

use crate::catalog::{Model, Parameter};
use crate::domain::{Form, JobId, Mode, Origin, Request, SEED_MAX, pile};

use super::{Cuts, Editor, Expansion, Line, Pane, State};

/// The form. The two texts live in their editors; everything else in `request`, whose own texts stay empty.
#[derive(Debug, Clone)]
pub struct Compose {
    /// The prompt.
    pub prompt: Editor,
    /// The negative prompt.
    pub negative: Editor,
    /// Model, mode and parameters as set.
    pub request: Request,
    /// The selected row of the settings: 0 the model, 1 the mode (when the model has several), then the parameters in the
    /// catalogue's order without the negative prompt.
    pub row: usize,
    /// A value being typed into the selected row.
    pub typed: Option<Line>,
    /// The seed is drawn anew for every submit.
    pub random_seed: bool,
    /// A fixed seed is one higher after each submit.
    pub seed_rises: bool,
    /// What the prompt stands for.
    pub expansion: Expansion,
    /// What this was made from, where it was.
    pub parent: Option<Origin>,
    /// What was in the form before something else was loaded, the newest last; undo brings it back.
    pub earlier: Vec<Form>,
    /// What undo took out of the form, the next one to come back last.
    pub later: Vec<Form>,
    /// What was cut, from either text.
    pub cuts: Cuts,
    /// The text that is in the user's own editor now.
    pub outside: Option<Pane>,
    /// A waiting job or a failed row that is being changed, instead of a new job being made.
    pub edit: Option<Edit>,
}

/// A waiting job in the form, or a row that failed.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Which.
    pub job: JobId,
    /// It was held back for this, and is let go afterwards: it must not be sent while somebody changes it.
    pub held: bool,
    /// It failed: a new job will stand for its row.
    pub anew: bool,
    /// What was in the form before; comes back afterwards.
    pub draft: Form,
}

/// A row of the settings pane.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingRow {
    /// The model.
    Model,
    /// The mode, when the model has several.
    Mode,
    /// The style, when there are some.
    Style,
    /// A parameter, by its API name.
    Parameter(String),
}

impl Compose {
    /// An empty form for a model in a mode.
    pub fn new(request: Request, expansion: Expansion) -> Compose {
        Compose {
            prompt: Editor::new(""),
            negative: Editor::new(""),
            request,
            row: 0,
            typed: None,
            random_seed: true,
            seed_rises: false,
            expansion,
            parent: None,
            earlier: Vec::new(),
            later: Vec::new(),
            cuts: Cuts::default(),
            outside: None,
            edit: None,
        }
    }

    /// The request as it would be sent: the form and its texts together. Of several prompts, with the first one.
    pub fn snapshot(&self) -> Request {
        let mut request = self.request.clone();
        (request.prompt, request.negative_prompt) = match &self.expansion.made.first {
            Some(first) => first.clone(),
            None => (self.prompt.text(), self.negative.text()),
        };
        request.written = self.expansion.made.written();
        if request.negative_prompt.trim().is_empty() {
            request.negative_prompt.clear();
        }
        request
    }

    /// The form with the past of its texts.
    pub fn form(&self) -> Form {
        Form {
            prompt: self.prompt.writing().clone(),
            negative: self.negative.writing().clone(),
            request: self.request.clone(),
            random_seed: self.random_seed,
            seed_rises: self.seed_rises,
            parent: self.parent,
            unfold: self.expansion.unfold,
            style: self.expansion.style.clone(),
        }
    }

    /// Whether this is what the form holds; copies nothing. A field that is new to a form does not compile until it is
    /// compared.
    pub fn holds(&self, form: &Form) -> bool {
        let Form { prompt, negative, request, random_seed, seed_rises, parent, unfold, style } = form;
        prompt == self.prompt.writing()
            && negative == self.negative.writing()
            && *request == self.request
            && *random_seed == self.random_seed
            && *seed_rises == self.seed_rises
            && *parent == self.parent
            && *unfold == self.expansion.unfold
            && *style == self.expansion.style
    }

    /// Fills the form with another one and gives what was in it.
    pub fn exchange(&mut self, form: Form) -> Form {
        let before = self.form();
        let Form { prompt, negative, request, random_seed, seed_rises, parent, unfold, style } = form;
        (self.expansion.unfold, self.expansion.style) = (unfold, style);
        (self.prompt, self.negative) = (Editor::of(prompt), Editor::of(negative));
        (self.request, self.random_seed, self.seed_rises) = (request, random_seed, seed_rises);
        self.parent = parent;
        (self.row, self.typed) = (0, None);
        before
    }

    /// Fills the form with another one; undo brings back what was in it.
    pub fn turn_to(&mut self, form: Form) {
        let before = self.exchange(form);
        pile(&mut self.earlier, before);
        self.later.clear();
    }
}

impl State {
    /// Rows of the settings pane, top to bottom.
    pub fn setting_rows(&self) -> Vec<SettingRow> {
        let request = &self.compose.request;
        let mut rows = vec![SettingRow::Model];
        let Some(model) = self.catalog.get(request.model.as_str()) else { return rows };
        if self.offered_modes().len() > 1 {
            rows.push(SettingRow::Mode);
        }
        let spec = model.mode(request.mode);
        let names = spec.iter().flat_map(|spec| spec.parameters.iter()).map(|p| p.name.clone());
        rows.extend(names.filter(|name| name != "negative_prompt").map(SettingRow::Parameter));
        // A waiting job has one prompt, and its style is in it already.
        if !self.compose.expansion.styles.all().is_empty() && self.compose.edit.is_none() {
            rows.push(SettingRow::Style);
        }
        rows
    }

    /// A parameter of the form's model in its mode, by its API name; `None` where it has none of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        let request = &self.compose.request;
        self.catalog.get(request.model.as_str())?.mode(request.mode)?.parameter(name)
    }

    /// Models that can be driven from here, in the catalogue's order.
    pub fn offered_models(&self) -> impl Iterator<Item = &Model> {
        self.catalog.models().iter()
    }

    /// Modes of the form's model that can be driven from here.
    pub fn offered_modes(&self) -> Vec<Mode> {
        let model = self.catalog.get(self.compose.request.model.as_str());
        model.into_iter().flat_map(|model| model.modes.iter().map(|spec| spec.mode)).collect()
    }

    /// Draws a seed.
    pub fn roll(&mut self) -> u32 {
        // SplitMix64: one addition and three mixes, the same on every machine.
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % (u64::from(SEED_MAX) + 1)).unwrap_or(0)
    }
}
