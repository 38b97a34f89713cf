//! A parameter of a model: its type, range, default, and when it applies.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{Mode, Request, text};

use super::violation::Breach;
use super::{boxes, palette};
use crate::domain::text::grouped;

/// What values a parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A size, by the mode's size rule.
    Size,
    /// A whole number.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Yes or no.
    Bool,
    /// Free text.
    Text {
        /// Longest, in characters.
        max: usize,
    },
    /// Marked regions: for each input picture a list of `[x1, y1, x2, y2]` in its pixels (contract 3.3.5).
    Boxes {
        /// Most boxes in one picture.
        max: usize,
    },
    /// Colours with their shares: `{"hex": "#C2D1E6", "ratio": "23.51%"}` (contract 3.3.6).
    Palette {
        /// Fewest colours.
        min: usize,
        /// Most colours.
        max: usize,
    },
}

/// A condition under which a parameter applies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// In one of these modes; any when left out.
    pub mode: Option<Vec<Mode>>,
    /// With at most this many input pictures; any number when left out.
    pub images: Option<usize>,
    /// With at least this many input pictures; any number when left out.
    pub images_min: Option<usize>,
    /// What to tell the user where it does not.
    pub reason: String,
}

impl When {
    /// Whether the condition holds.
    pub fn holds(&self, request: &Request) -> bool {
        self.mode.as_ref().is_none_or(|modes| modes.contains(&request.mode))
            && self.images.is_none_or(|most| request.images.len() <= most)
            && self.images_min.is_none_or(|least| request.images.len() >= least)
    }
}

/// A parameter of a mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The API's name.
    pub name: String,
    /// A short label for forms (`Thinking`).
    pub label: String,
    /// One sentence: what it does.
    pub help: String,
    /// Values it takes.
    pub kind: Kind,
    /// Value when the user says nothing; `Null` leaves it to the service. For `n` it is 1, but for sequences 4.
    pub default: Value,
    /// Whether it goes out on the wire. A count that is met by sending several requests does not.
    pub sent: bool,
    /// All must hold for it to apply.
    pub when: Vec<When>,
    /// A remark for whoever uses it (`Doubles the price`).
    pub note: Option<String>,
    /// Where its figures are written.
    pub source: String,
}

impl Parameter {
    /// Whether its value is a field of [`Request`] rather than one of its options.
    pub fn is_shared(&self) -> bool {
        is_shared(&self.name)
    }

    /// Why it does not apply to this request, if it does not.
    pub fn idle_reason(&self, request: &Request) -> Option<&str> {
        self.unmet(request).map(|when| when.reason.as_str())
    }

    /// The first condition that keeps it from applying.
    pub(super) fn unmet(&self, request: &Request) -> Option<&When> {
        self.when.iter().find(|when| !when.holds(request))
    }

    /// What is wrong with a value in this request. Sizes are judged by the size rule.
    pub(super) fn breach(&self, request: &Request, value: &Value) -> Option<Breach> {
        let misfit = || match self.kind {
            Kind::Boxes { .. } => boxes::misfit(value, request.images.len()),
            _ => None,
        };
        self.kind.breach(&self.name, value).or_else(misfit)
    }

    /// The legal value nearest to `value` in this request, if one can be told.
    pub(super) fn nearest(&self, request: &Request, value: &Value) -> Option<Value> {
        match self.kind {
            Kind::Boxes { max } => boxes::nearest(value, max, request.images.len()),
            _ => self.kind.nearest(value),
        }
    }
}

/// Whether a parameter of that name is a field of [`Request`].
pub(super) fn is_shared(name: &str) -> bool {
    matches!(name, "size" | "n" | "seed" | "negative_prompt")
}

impl Kind {
    /// What is legal, in words. For sizes that is the size rule's to say.
    pub fn legal(&self) -> String {
        match self {
            Kind::Size => "a size".into(),
            Kind::Int { min, max } if min == max => format!("only {min}"),
            Kind::Int { min, max } => format!("{} to {}", grouped(*min), grouped(*max)),
            Kind::Bool => "true or false".into(),
            Kind::Boxes { max } => format!("at most {max} boxes a picture"),
            Kind::Palette { min, max } => format!("{min} to {max} colours"),
            Kind::Text { max } => format!("at most {} characters", grouped(*max as u64)),
        }
    }

    /// What is wrong with a value, whatever else is asked for.
    pub(super) fn breach(&self, name: &str, value: &Value) -> Option<Breach> {
        let shown = text::clean(&value.to_string()).chars().take(40).collect::<String>();
        let wrong_type = || Some(Breach::new("type", format!("{name} is {shown}"), self.legal()));
        match (self, value) {
            (Kind::Size, _) | (Kind::Bool, Value::Bool(_)) => None,
            (Kind::Int { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(number) if (*min..=*max).contains(&number) => None,
                Some(number) => Some(Breach::new("range", format!("{name} is {}", grouped(number)), self.legal())),
                None if number.is_u64() => Some(Breach::new("range", format!("{name} is {number}"), self.legal())),
                None => wrong_type(),
            },
            (Kind::Text { max }, Value::String(text)) => {
                let count = text.chars().count();
                let message = || format!("{name} has {} characters", grouped(count as u64));
                (count > *max).then(|| Breach::new("length", message(), self.legal()))
            }
            (Kind::Boxes { max }, _) => boxes::breach(value, *max),
            (Kind::Palette { min, max }, _) => palette::breach(value, *min, *max),
            _ => wrong_type(),
        }
    }

    fn nearest(&self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Kind::Int { min, max }, Value::Number(number)) => {
                let near = number.as_i64().unwrap_or_else(|| number.as_f64().unwrap_or_default().round() as i64);
                Some(Value::from(near.clamp(*min, *max)))
            }
            (Kind::Palette { min, max }, _) => palette::nearest(value, *min, *max),
            (Kind::Text { max }, Value::String(text)) => Some(Value::from(text.chars().take(*max).collect::<String>())),
            _ => None,
        }
    }
}
