//! A request that is turned down: HTTP status, code and message as the service words them.
//! Not here: the decision to refuse.

use serde_json::{Value, json};

/// One refusal in the native error shape (contract 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The service's own code.
    pub code: String,
    /// The service's own words.
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        Refusal { status, code: code.into(), message: message.into() }
    }

    /// 400 `InvalidParameter`: the answer to nearly everything a client can get wrong.
    pub fn parameter(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "InvalidParameter", message)
    }

    /// 404 for a path or method the service does not have (contract 6.2).
    pub fn not_found() -> Refusal {
        Refusal::new(404, "NotFound", "Not found!")
    }

    /// `{code, message, request_id}`.
    pub fn body(&self, request_id: &str) -> Value {
        json!({"code": self.code, "message": self.message, "request_id": request_id})
    }
}

/// What the service usually says with a code (contract 6.2).
pub fn usual_message(code: &str) -> &'static str {
    match code {
        "InvalidApiKey" => "Invalid API-key provided.",
        "DataInspectionFailed" => "Input or output data may contain inappropriate content.",
        "IPInfringementSuspect" => "Input data is suspected of being involved in IP infringement.",
        "Arrearage" => "Access denied, please make sure your account is in good standing.",
        "AccessDenied" => "Access denied.",
        "Model.AccessDenied" => "Model access denied.",
        "Throttling" => "Requests throttling triggered.",
        "Throttling.RateQuota" => "Requests rate limit exceeded, please try again later.",
        "Throttling.BurstRate" => "Request rate increased too quickly...",
        "Throttling.AllocationQuota" => "Allocated quota exceeded, please increase your quota limit.",
        "ModelUnavailable" | "ServiceUnavailable" => "Model is unavailable, please try again later.",
        "InvalidParameter" => "invalid parameter",
        // The spelling is the service's own.
        _ => "An internal error has occured, please try again later or contact service support.",
    }
}
