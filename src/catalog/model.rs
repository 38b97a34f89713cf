//! A model as the catalogue describes it.

use serde_json::Value;

use crate::domain::{Cost, Mode, ModelId, Region, Request, Size};

/// All models, builtin and the user's.
#[derive(Debug, Clone)]
pub struct Catalog {
    models: Vec<Model>,
}

/// An entry of a user's catalogue file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; 0 when unknown.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl Catalog {
    /// The catalogue that ships with the program.
    pub fn builtin() -> Catalog {
        todo!()
    }
    /// Adds or overrides models from a user's file. Entries that do not read are left out and reported.
    pub fn with_user(self, _text: &str) -> (Catalog, Vec<Problem>) {
        todo!()
    }
    /// Every model, in the order of the file: the recommended first.
    pub fn models(&self) -> &[Model] {
        &self.models
    }
    /// Finds a model by its id, an alias, or a dated snapshot of it (`qwen-image-2.0-pro-2026-03-03`).
    pub fn get(&self, _id: &str) -> Option<&Model> {
        todo!()
    }
    /// Every rule the request breaks; empty when it may be sent. Unknown models are one violation.
    pub fn check(&self, _request: &Request) -> Vec<Violation> {
        todo!()
    }
}

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// One request, the answer is in it.
    Sync,
    /// A task is made and asked after.
    Async,
}

/// What a request body looks like (contract 2.1, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `input.messages`
    Messages,
    /// `input.prompt`
    Prompt,
}

/// One way to reach a model. A mode lists its routes in the order to try them: durable (async) ones first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route {
    /// Sync or async.
    pub call: Call,
    /// Shape of the body.
    pub shape: Shape,
    /// Path under the base URL, for example `/services/aigc/image-generation/generation`.
    pub path: String,
}

/// A model.
#[derive(Debug, Clone)]
pub struct Model {
    /// The service's name.
    pub id: ModelId,
    /// One line: what it is good at.
    pub about: String,
    /// What it can do, the default mode first.
    pub modes: Vec<ModeSpec>,
}

/// A model in one mode.
#[derive(Debug, Clone)]
pub struct ModeSpec {
    /// Which.
    pub mode: Mode,
    /// Ways to reach it, in order.
    pub routes: Vec<Route>,
    /// Its parameters in the order a form shows them: size, n, seed, then the others.
    pub parameters: Vec<Parameter>,
}

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
    /// Value when the user says nothing. For `n` always 1.
    pub default: Value,
}

/// A row of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// The parameter.
    pub parameter: &'a Parameter,
    /// Its value now, or its default.
    pub value: Value,
    /// Why it does not apply now; it is shown grey with this reason.
    pub idle: Option<String>,
    /// The rule its value breaks.
    pub violation: Option<Violation>,
}

/// A rule that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field at fault, by its API name (`size`, `prompt`, `images`, `model`).
    pub field: String,
    /// Short machine name of the rule (`size_pixels`).
    pub rule: &'static str,
    /// What is wrong, with the value: `1000*1000 has 1,000,000 pixels`.
    pub message: String,
    /// What would be legal: `1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1`.
    pub legal: String,
    /// Where the rule is written (`spec`, `contract 3.3`).
    pub source: String,
}

impl Model {
    /// The model in `mode`, if it has it.
    pub fn mode(&self, mode: Mode) -> Option<&ModeSpec> {
        self.modes.iter().find(|spec| spec.mode == mode)
    }
    /// A request with every default filled in and an empty prompt.
    pub fn blank(&self, _mode: Mode) -> Request {
        todo!()
    }
    /// Why a parameter does not apply to this request now (`thinking needs a single picture`), or `None` when it does.
    pub fn idle_reason(&self, _request: &Request, _parameter: &str) -> Option<String> {
        todo!()
    }
    /// Sizes worth offering for this mode, the default first.
    pub fn sizes(&self, _mode: Mode) -> Vec<Size> {
        todo!()
    }
    /// The rows of a form for this request, in order (every parameter of its mode, negative prompt included).
    pub fn form(&self, _request: &Request) -> Vec<Row<'_>> {
        todo!()
    }
    /// The nearest legal value of a field of this request; `None` when it is legal already or nothing is near.
    pub fn snap(&self, _request: &Request, _field: &str) -> Option<Value> {
        todo!()
    }
    /// Pixels the request will give, as far as the catalogue knows (presets included).
    pub fn dimensions(&self, _request: &Request) -> Option<(u32, u32)> {
        todo!()
    }
    /// What the request costs at most in `region`.
    pub fn cost(&self, _request: &Request, _region: Region) -> Cost {
        todo!()
    }
    /// Longest prompt, and the unit it is counted in (`characters` or `tokens`).
    pub fn prompt_limit(&self) -> (usize, &str) {
        todo!()
    }
    /// Submits a second (as a rate: `count` each `per`) and tasks at once this account may have; used to pace a lane.
    pub fn rate(&self, _region: Region) -> Rate {
        todo!()
    }
}

/// How fast a model may be used (contract 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Submits allowed ...
    pub count: u32,
    /// ... in this span.
    pub per: std::time::Duration,
    /// Tasks at once.
    pub concurrent: u32,
}
