//! The catalogue file's own form: what may be written in it, everything optional so that an entry can change one field.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{Currency, Format, Mode, Region, Size};

use super::{Alpha, Named, Order, Unit, When};

/// `[[model]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelEntry {
    pub id: String,
    #[serde(default)]
    pub like: Option<String>,
    pub about: Option<String>,
    pub source: Option<String>,
    #[serde(default)]
    pub names: BTreeMap<Region, String>,
    #[serde(default)]
    pub snapshots: Vec<String>,
    #[serde(default)]
    pub regions: Vec<Region>,
    pub output: Option<Format>,
    pub prompt: Option<PromptEntry>,
    #[serde(default)]
    pub pictures: PicturesEntry,
    #[serde(default)]
    pub price: BTreeMap<Region, PriceEntry>,
    #[serde(default)]
    pub rate: BTreeMap<Region, RateEntry>,
    #[serde(default)]
    pub instead: BTreeMap<Mode, String>,
    #[serde(default)]
    pub mode: BTreeMap<Mode, ModeEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptEntry {
    pub max: Option<usize>,
    pub unit: Option<Unit>,
    pub source: Option<String>,
}

/// Limits of input pictures, the same in every mode; how many is the mode's to say.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PicturesEntry {
    pub formats: Vec<String>,
    pub sides: Option<(u32, u32)>,
    pub sides_advised: bool,
    pub ratio: Option<u32>,
    pub megabytes: Option<u32>,
    pub alpha: Alpha,
    pub source: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceEntry {
    pub amount: Option<f64>,
    #[serde(default)]
    pub when_on: BTreeMap<String, f64>,
    pub currency: Option<Currency>,
    pub date: Option<String>,
    pub basis: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateEntry {
    pub count: Option<u32>,
    pub seconds: Option<u64>,
    pub concurrent: Option<u32>,
}

/// `[model.mode.edit]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModeEntry {
    #[serde(default)]
    pub routes: Vec<String>,
    #[serde(default)]
    pub sends: BTreeMap<String, Value>,
    /// Fewest and most input pictures.
    #[serde(default)]
    pub images: (usize, usize),
    /// Words or pictures first in a message.
    #[serde(default)]
    pub order: Order,
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Changes to the named parameters in this mode.
    #[serde(default)]
    pub with: BTreeMap<String, ParameterEntry>,
    pub billed_by: Option<String>,
    pub size: Option<SizeEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SizeEntry {
    pub default: Option<Size>,
    #[serde(default)]
    pub auto: bool,
    #[serde(default)]
    pub presets: Vec<Named>,
    #[serde(default)]
    pub recommended: Vec<Size>,
    #[serde(default)]
    pub offers: Vec<Size>,
    pub pixels: Option<(u64, u64)>,
    pub sides: Option<(u32, u32)>,
    pub ratio: Option<u32>,
    pub multiple: Option<u32>,
    pub source: Option<String>,
}

/// `[parameter.seed]`, or a change to it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterEntry {
    pub label: Option<String>,
    pub help: Option<String>,
    pub kind: Option<KindName>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub default: Option<Value>,
    pub sent: Option<bool>,
    pub when: Option<Vec<When>>,
    pub note: Option<String>,
    pub source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KindName {
    Size,
    Int,
    Bool,
    Text,
    Boxes,
    Palette,
}

impl ParameterEntry {
    /// This entry with `change` written over it.
    pub(super) fn with(self, change: ParameterEntry) -> ParameterEntry {
        ParameterEntry {
            label: change.label.or(self.label),
            help: change.help.or(self.help),
            kind: change.kind.or(self.kind),
            min: change.min.or(self.min),
            max: change.max.or(self.max),
            default: change.default.or(self.default),
            sent: change.sent.or(self.sent),
            when: change.when.or(self.when),
            note: change.note.or(self.note),
            source: change.source.or(self.source),
        }
    }
}
