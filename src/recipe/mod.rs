//! What a picture was made from: frozen from its job, written as canonical JSON, read back without loss.
//!
//! ```text
//!  recipe   the nouns, and how one is made from a job    input     a picture it was made from
//!  text     JSON in and out                              words     a few lines other tools read
//!  adapt    what another tool wrote, as a request of ours   foreign/  one file for each of those tools
//! ```
//!
//! A recipe never holds a key, and no address with what makes it one: everything behind a `?` is left out. Where it stands in
//! a picture file is [`picture::meta`](crate::picture::meta)'s to know. Pure: texts in, texts out.

mod adapt;
pub mod foreign;
mod input;
mod text;
mod words;

pub use adapt::adapt;
pub use input::Input;
pub use text::{NotARecipe, spelled};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Cost, Currency, Job, Metadata, Money, Reference, Request};

/// The first word of every recipe of this kind.
pub const SCHEMA: &str = "pinxit.recipe/1";

/// A recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// [`SCHEMA`].
    pub schema: String,
    /// What was asked, as it was asked; its pictures are `inputs`.
    pub request: Request,
    /// Pictures it was made from, as the prompt counts them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Which of the job's pictures this is; `None` for a whole job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// What the service made of the prompt, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewritten: Option<String>,
    /// The job that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Origin>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Price>,
    /// The tool whose words this was read from, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What of its words has no place here, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unmapped: BTreeMap<String, String>,
    /// Who wrote the recipe: `pinxit 0.1.0`.
    #[serde(default)]
    pub program: String,
}

/// One of a job's pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its place in the answer, from 1.
    pub number: u32,
    /// The seed its own call was sent with: a job of several calls has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
}

/// The job a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its number, where it was made.
    pub id: i64,
    /// When it was submitted: RFC 3339, UTC.
    pub created: String,
    /// What it was made from: the number of a job, or the name of one of its pictures (`"3b"`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<crate::domain::Origin>,
    /// The service's task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The service's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What it was booked under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// What a picture cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// One picture.
    pub each: f64,
    /// In which currency.
    pub currency: Currency,
    /// Where the price was read.
    pub basis: String,
}

impl Recipe {
    /// Of a job as it is now. `hashes` are the SHA-256 of its local pictures, by their places among all of them.
    pub fn of(job: &Job, picture: Option<Picture>, hashes: &[Option<String>]) -> Recipe {
        let request = Request { images: vec![], ..(*job.request).clone() };
        let hash = |nth: usize| hashes.get(nth).cloned().flatten();
        let inputs = job.request.images.iter().enumerate().map(|(nth, image)| Input::of(image, hash(nth)));
        let price = |unit: Money, basis: String| Price { each: unit.units(), currency: unit.currency, basis };
        Recipe {
            inputs: inputs.collect(),
            picture,
            rewritten: job.rewritten().map(|(_, after)| after.to_owned()),
            job: Some(Origin {
                id: job.id.0,
                created: text::moment(job.created),
                parent: job.parent,
                task: job.task.as_ref().map(|task| task.0.clone()),
                request_id: job.request_id.clone(),
                project: job.project.clone(),
            }),
            cost: match job.cost() {
                Cost::Known { unit, basis, .. } => Some(price(unit, basis)),
                Cost::Unknown { .. } => None,
            },
            ..Recipe::asking(request)
        }
    }

    /// One that says what is asked, and nothing of a job.
    pub fn asking(request: Request) -> Recipe {
        Recipe {
            schema: SCHEMA.into(),
            inputs: request.images.iter().map(|image| Input::of(image, None)).collect(),
            request: Request { images: vec![], ..request },
            picture: None,
            rewritten: None,
            job: None,
            cost: None,
            from: None,
            unmapped: BTreeMap::new(),
            program: concat!("pinxit ", env!("CARGO_PKG_VERSION")).into(),
        }
    }

    /// As much of it as a level lets through. `None` for nothing.
    pub fn at(self, level: Metadata) -> Option<Recipe> {
        match level {
            Metadata::Full => Some(self),
            Metadata::Minimal => Some(self.minimal()),
            Metadata::None => None,
        }
    }

    /// What is needed to make it again: no local paths, no ids, no cost, and of the words only those that were sent.
    fn minimal(self) -> Recipe {
        Recipe {
            inputs: self.inputs.into_iter().map(Input::without_path).collect(),
            picture: self.picture,
            program: self.program,
            ..Recipe::asking(Request { written: None, ..self.request })
        }
    }

    /// The request with its pictures, which whoever asks has found.
    pub fn request(&self, images: Vec<Reference>) -> Request {
        Request { images, ..self.request.clone() }
    }
}

#[cfg(test)]
mod tests;
