//! The form: prompt, negative prompt, model and its parameters.

use crate::catalog::Model;
use crate::domain::{JobId, Mode, Request, SEED_MAX};

use super::{Editor, State};

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
    /// A value being typed into the selected row, with its cursor at the end.
    pub typed: Option<String>,
    /// The seed is drawn anew for every submit.
    pub random_seed: bool,
    /// A fixed seed is one higher after each submit.
    pub seed_rises: bool,
    /// A waiting job that is being changed, instead of a new one being made.
    pub edit: Option<Edit>,
}

/// A waiting job in the form.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Which.
    pub job: JobId,
    /// It was held back for this, and is let go afterwards: it must not be sent while somebody changes it.
    pub held: bool,
    /// What was in the form before; comes back afterwards.
    pub draft: Draft,
}

/// What the form held.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The prompt.
    pub prompt: Editor,
    /// The negative prompt.
    pub negative: Editor,
    /// See [`Compose::request`].
    pub request: Request,
    /// See [`Compose::random_seed`].
    pub random_seed: bool,
}

/// A row of the settings pane.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingRow {
    /// The model.
    Model,
    /// The mode, when the model has several.
    Mode,
    /// A parameter, by its API name.
    Parameter(String),
}

impl Compose {
    /// The request as it would be sent: the form and its texts together.
    pub fn snapshot(&self) -> Request {
        let mut request = self.request.clone();
        request.prompt = self.prompt.text();
        request.negative_prompt = if self.negative.is_blank() { String::new() } else { self.negative.text() };
        request
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
        rows
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
