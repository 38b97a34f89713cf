//! The `parameters` object: typed and ranged reading (contract 3.2). Not here: which parameter a
//! model has (`check`).

use serde_json::Value;

use super::super::models::{Count, Model};
use super::super::refusal::Refusal;

/// The `parameters` object, or nothing: it may be left out (contract 2.1).
pub struct Parameters<'a>(Option<&'a serde_json::Map<String, Value>>);

impl<'a> Parameters<'a> {
    pub fn of(body: &'a Value) -> Result<Parameters<'a>, Refusal> {
        match &body["parameters"] {
            Value::Null => Ok(Parameters(None)),
            Value::Object(map) => Ok(Parameters(Some(map))),
            _ => Err(invalid("parameters")),
        }
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| invalid(name)),
        }
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| invalid(name)),
        }
    }

    pub fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => {
                value.as_u64().filter(|number| (min..=max).contains(number)).map(Some).ok_or_else(|| invalid(name))
            }
        }
    }

    /// How many images come back (contract 3.1, 3.3.7 to 3.3.11).
    pub fn images(&self, model: &Model, sequence: bool, interleave: bool) -> Result<u64, Refusal> {
        if interleave {
            self.number("n", 1, 1)?;
            return Ok(self.number("max_images", 1, 5)?.unwrap_or(5));
        }
        if sequence {
            return Ok(self.number("n", 1, 12)?.unwrap_or(12));
        }
        match model.count {
            Count::Up { max, default } => Ok(self.number("n", 1, max)?.unwrap_or(default)),
            Count::Unread => Ok(1),
            Count::OnlyOne => match self.get("n") {
                None => Ok(1),
                Some(n) if n.as_u64() == Some(1) => Ok(1),
                Some(_) => Err(Refusal::parameter("num_images_per_prompt must be 1")),
            },
        }
    }
}

pub fn invalid(name: &str) -> Refusal {
    Refusal::parameter(format!("Required parameter({name}) missing or invalid, please check the request parameters."))
}
