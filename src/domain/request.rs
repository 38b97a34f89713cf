//! What the user asks of a model: the immutable snapshot a job owns.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Mode, ModelId, Size};

/// The largest seed the service takes; the smallest is 0 (spec; contract 3.2).
pub const SEED_MAX: u32 = 2_147_483_647;

/// An input picture, in the order the prompt counts them ("image 1", "image 2").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// A web address or data URI, handed to the service as it is.
    Url(String),
    /// A file on this machine.
    File(std::path::PathBuf),
}

impl fmt::Display for Reference {
    /// As it is typed: an address, or a path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Url(address) => f.write_str(address),
            Reference::File(path) => path.display().fmt(f),
        }
    }
}

/// What was written, where the prompt was made from it: kept for the recipe, never sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The prompt with its wildcards, before any style.
    pub template: String,
    /// The style put around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
}

/// A whole request. Parameters every model shares are fields; the rest are `options`, keyed by the name the API gives
/// them, so that a model added to the catalogue needs no code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Which model.
    pub model: ModelId,
    /// To do what.
    pub mode: Mode,
    /// The words.
    pub prompt: String,
    /// What to keep out; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub negative_prompt: String,
    /// Input pictures, ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Reference>,
    /// Size of the result.
    #[serde(default)]
    pub size: Size,
    /// How many pictures; each is billed.
    pub n: u32,
    /// 0 to [`SEED_MAX`]; `None` leaves it to the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// What the prompt was made from; `None` where it was written as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// Every other parameter by its API name, for example `thinking_mode`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Value>,
}

impl Request {
    /// One picture from no words: everything else is left out. What a model's own defaults are is the catalogue's to say.
    pub fn new(model: ModelId, mode: Mode) -> Request {
        Request {
            model,
            mode,
            prompt: String::new(),
            negative_prompt: String::new(),
            images: Vec::new(),
            size: Size::Auto,
            n: 1,
            seed: None,
            written: None,
            options: BTreeMap::new(),
        }
    }

    /// The value of a parameter by its API name, shared fields included. `None` when it is not set.
    pub fn get(&self, name: &str) -> Option<Value> {
        match name {
            "size" => Some(Value::from(self.size.to_string())),
            "n" => Some(Value::from(self.n)),
            "seed" => self.seed.map(Value::from),
            "negative_prompt" if self.negative_prompt.is_empty() => None,
            "negative_prompt" => Some(Value::from(self.negative_prompt.clone())),
            other => self.options.get(other).cloned(),
        }
    }

    /// Sets a parameter by its API name. `Null` clears it. Returns false, changing nothing, when a shared field cannot
    /// take the value's type.
    pub fn set(&mut self, name: &str, value: Value) -> bool {
        let number = |v: &Value| v.as_u64().and_then(|n| u32::try_from(n).ok());
        match (name, &value) {
            ("size", Value::Null) => self.size = Size::Auto,
            ("size", _) => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(size) => self.size = size,
                None => return false,
            },
            ("n", _) => match number(&value) {
                Some(n) => self.n = n,
                None => return false,
            },
            ("seed", Value::Null) => self.seed = None,
            ("seed", _) => match number(&value) {
                Some(seed) => self.seed = Some(seed),
                None => return false,
            },
            ("negative_prompt", Value::Null) => self.negative_prompt.clear(),
            ("negative_prompt", _) => match value.as_str() {
                Some(text) => self.negative_prompt = text.to_owned(),
                None => return false,
            },
            (other, Value::Null) => {
                self.options.remove(other);
            }
            (other, _) => {
                self.options.insert(other.to_owned(), value);
            }
        }
        true
    }

    /// A yes-or-no option by its API name; `false` when it is not set.
    pub fn is_on(&self, name: &str) -> bool {
        self.options.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}
