//! The one error a user ever sees: what happened, why, what to do, and whether it cost money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a failed call was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Billed {
    /// Certainly not.
    No,
    /// Yes.
    Yes,
    /// The service may have done the work: nothing proves it did not.
    Unknown,
}

impl fmt::Display for Billed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Billed::No => "nothing was billed",
            Billed::Yes => "this was billed",
            Billed::Unknown => "this may have been billed",
        })
    }
}

/// What sort of thing went wrong. Decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Anything without a row of its own: a server error, an answer that makes no sense, a disk that is full.
    Other,
    /// The request breaks a rule; nothing was sent, or the service said so.
    Invalid,
    /// Key, permission or region.
    Access,
    /// The network: no connection, no name, no answer.
    Network,
    /// Too fast, or over quota.
    Throttled,
    /// Refused by content inspection.
    Content,
    /// Consent missing or a budget reached; nothing was sent.
    Budget,
    /// Not finished yet; can be taken up again.
    Unfinished,
    /// Some pictures are missing.
    Partial,
    /// Sent, no answer; may be billed.
    Unsure,
    /// Stopped by the user; the job is kept.
    Interrupted,
}

impl FaultKind {
    /// The process exit code a script can branch on.
    pub fn exit(self) -> u8 {
        match self {
            FaultKind::Other => 1,
            FaultKind::Invalid => 2,
            FaultKind::Access => 3,
            FaultKind::Network => 4,
            FaultKind::Throttled => 5,
            FaultKind::Content => 6,
            FaultKind::Budget => 7,
            FaultKind::Unfinished => 8,
            FaultKind::Partial => 9,
            FaultKind::Unsure => 10,
            FaultKind::Interrupted => 130,
        }
    }
}

/// Something that went wrong, in words for the user. All text must have been made safe with
/// [`text::clean`](super::text::clean) when it comes from outside, and never holds a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What sort of thing.
    pub kind: FaultKind,
    /// The service's code (`InvalidParameter`), or ours (`size_too_small`).
    pub code: String,
    /// What happened and why, one or two sentences.
    pub message: String,
    /// What to do now, one sentence; empty when there is nothing to add.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// The service's id of the request, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether it cost money.
    pub billed: Billed,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Seconds the service asks to wait before that; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Fault {
    /// A fault that cost nothing and will not go away by trying again.
    pub fn new(kind: FaultKind, code: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            code: code.into(),
            message: message.into(),
            hint: String::new(),
            request_id: None,
            billed: Billed::No,
            retryable: false,
            retry_after: None,
        }
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = hint.into();
        self
    }

    /// Says whether it was billed.
    pub fn billed(mut self, billed: Billed) -> Fault {
        self.billed = billed;
        self
    }

    /// Says that trying again later may work.
    pub fn retryable(mut self) -> Fault {
        self.retryable = true;
        self
    }

    /// Adds the service's request id.
    pub fn request_id(mut self, id: Option<String>) -> Fault {
        self.request_id = id;
        self
    }
}

impl fmt::Display for Fault {
    /// One line: message, hint, billing, request id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if !self.hint.is_empty() {
            write!(f, " {}", self.hint)?;
        }
        write!(f, " ({}, {}", self.code, self.billed)?;
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        write!(f, ")")
    }
}

impl std::error::Error for Fault {}
