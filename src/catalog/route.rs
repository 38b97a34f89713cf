//! The ways to reach a model. What is sent along them is the API client's business.

use serde::Deserialize;

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// One request, the answer is in it.
    Sync,
    /// One request, the answer comes in pieces as it is made (contract 5).
    Stream,
    /// A task is made and asked after.
    Async,
}

/// Which of a mode's routes is tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// The one that outlives a dropped line: a task.
    #[default]
    Durable,
    /// The one that answers soonest: streamed, or in one request.
    Fast,
}

/// What a request body looks like (contract 2.1, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// `input.messages`; the negative prompt goes to `parameters`.
    Messages,
    /// `input.prompt`; the negative prompt goes to `input`.
    Prompt,
}

/// One way to reach a model. A mode lists its routes in the order to try them: durable (async) ones first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Sync or async.
    pub call: Call,
    /// Shape of the body.
    pub shape: Shape,
    /// Path under the base URL, for example `/services/aigc/image-generation/generation`.
    pub path: String,
}
