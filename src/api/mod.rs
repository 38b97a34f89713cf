//! DashScope over HTTP: the wire in and out. Knows nothing of jobs, stores and screens.
//!
//! Out: [`call()`] builds a request, [`Client`] sends it, a paid one exactly once; local pictures go ahead of it
//! ([`carriage`]). In: bodies, whole or as a stream, become an [`Answer`], a [`TaskState`], tasks [`Listed`] or a
//! [`Fault`](crate::domain::Fault); what an error code means is one table in `errors`. Sections in comments are those of
//! the API contract.

mod advice;
mod answer;
mod body;
mod call;
#[cfg(test)]
mod canned;
mod client;
mod clock;
mod data_uri;
mod download;
mod endpoint;
mod errors;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod examples;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fuzz;
mod lenient;
mod list;
mod network;
mod partial;
mod ping;
mod policy;
mod redact;
mod salvage;
mod sse;
mod storage;
mod stream;
mod submit;
mod task;
mod upload;

pub use answer::{Answer, Item};
pub use call::{Call, call};
pub use client::Client;
pub use download::Download;
pub use endpoint::Endpoint;
pub use list::{Listed, TaskList, TaskStatus};
pub use partial::Partial;
pub use redact::redact;
pub use submit::{Refusal, Reply};
pub use task::TaskState;
pub use upload::{Carriage, carriage};
