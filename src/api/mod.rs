//! DashScope over HTTP: the wire in and out. Knows nothing of jobs, stores and screens.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::catalog::{Model, Route};
use crate::domain::{Fault, Format, Request, TaskId};

/// Where the service is and how we show who we are. The key is never printed.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Native base URL, for example `https://dashscope-intl.aliyuncs.com/api/v1`. Plain http only to loopback.
    pub base_url: String,
    /// The API key.
    pub key: secrecy::SecretString,
}

/// An HTTP call that would be made: what `--dry-run` shows and what the client sends; the same builder makes both.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `POST`
    pub method: &'static str,
    /// Path under the base URL.
    pub path: String,
    /// Headers other than authorization.
    pub headers: Vec<(&'static str, String)>,
    /// JSON body.
    pub body: Value,
}

/// Builds the call for a request on a route. Pure.
pub fn call(_model: &Model, _route: &Route, _request: &Request) -> Call {
    todo!()
}

/// One thing in an answer, in the service's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A picture to fetch: a URL (a data URI is possible, contract 10).
    Picture(String),
    /// Words (interleaved output).
    Text(String),
    /// A picture that failed, with the service's code and message.
    Failed(Fault),
}

/// A finished answer, flattened over choices x content and `results[]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Items in order.
    pub items: Vec<Item>,
    /// Pictures billed, by `usage.image_count`; `None` when the service does not say.
    pub billed: Option<u32>,
    /// The prompt as the service rewrote it (legacy results only).
    pub actual_prompt: Option<String>,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

/// What a submit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Asynchronous: ask after this task.
    Task {
        /// Its id.
        id: TaskId,
        /// The service's id of the request.
        request_id: Option<String>,
    },
    /// Synchronous: the answer.
    Answer(Answer),
}

/// Why a submit brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// This route is not for this model (404, 403 about sync/async, 400 `url error`): not billed, try the next route.
    WrongRoute(Fault),
    /// Refused and certainly not billed; `fault.retryable` says whether the same call may succeed later (429, 503, no connection).
    Refused(Fault),
    /// Sent, and nobody knows: time-out, connection lost after writing, 500/502/504, an answer that is not JSON.
    Unknown(Fault),
}

/// A task's state as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// Finished: the pictures.
    Succeeded(Answer),
    /// Ended without pictures.
    Failed(Fault),
    /// Cancelled.
    Cancelled,
    /// No such task, or older than 24 hours: terminal (contract 4.2).
    Unknown,
}

/// A picture brought home to a temporary file in the directory asked for: whole, of a known format, fsynced.
#[derive(Debug)]
pub struct Download {
    /// The temporary file, deleted when dropped unless persisted.
    pub file: tempfile::NamedTempFile,
    /// Format by content.
    pub format: Format,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// Talks to one endpoint.
#[derive(Debug, Clone)]
pub struct Client {}

impl Client {
    /// A client for an endpoint; refuses plain http to anything but loopback, and keys that cannot work (`sk-sp-`).
    pub fn new(_endpoint: Endpoint) -> Result<Client, Fault> {
        todo!()
    }
    /// Sends a paid call, exactly once: nothing below this repeats a POST.
    pub async fn submit(&self, _call: &Call) -> Result<Reply, Refusal> {
        todo!()
    }
    /// Asks after a task. A `Fault` here is about the question, never about the task.
    pub async fn task(&self, _id: &TaskId) -> Result<TaskState, Fault> {
        todo!()
    }
    /// Cancels a task that has not begun. `Ok(false)`: too late, it is running or done.
    pub async fn cancel(&self, _id: &TaskId) -> Result<bool, Fault> {
        todo!()
    }
    /// Brings a picture home into a temporary file in `dir`, checked by full decode. Never sends the key.
    pub async fn download(&self, _url: &str, _dir: &Path) -> Result<Download, Fault> {
        todo!()
    }
    /// Whether the service answers at all, and the round trip; asks for a task that does not exist (free).
    pub async fn ping(&self) -> Result<std::time::Duration, Fault> {
        todo!()
    }
}

#[allow(dead_code)]
fn _unused(_: PathBuf) {}
