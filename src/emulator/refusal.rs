//! A request that is turned down: HTTP status, code and message as the service words them.
//! Not here: the decision to refuse.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The bodies an error can have (contract 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorShape {
    /// `{"code", "message", "request_id"}`.
    #[default]
    Native,
    /// `{"error": {"message", "type", "param", "code"}}`, as on compatible paths.
    OpenAi,
    /// `{"message"}` alone.
    Codeless,
    /// `{"code": 0, "msg", "request_id"}`, as on some paths of the platform.
    Numbered,
}

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The service's own code.
    pub code: String,
    /// The service's own words.
    pub message: String,
    /// How its body is written.
    pub shape: ErrorShape,
    /// Seconds for a `Retry-After` header: never seen, never ruled out (contract 13.8).
    pub retry_after: Option<u64>,
}

impl Refusal {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Refusal {
        Refusal { status, code: code.into(), message: message.into(), shape: ErrorShape::Native, retry_after: None }
    }

    /// 400 `InvalidParameter`: the answer to nearly everything a client can get wrong.
    pub fn parameter(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "InvalidParameter", message)
    }

    /// 404 for a path or method the service does not have (contract 6.2).
    pub fn not_found() -> Refusal {
        Refusal::new(404, "NotFound", "Not found!")
    }

    /// The refusal usual for a code: its status and words (contract 6.2).
    pub fn usual(code: &str) -> Refusal {
        Refusal::new(usual_status(code), code, usual_message(code))
    }

    /// The JSON in its shape.
    pub fn body(&self, request_id: &str) -> Value {
        let (code, message) = (&self.code, &self.message);
        match self.shape {
            ErrorShape::Native => json!({"code": code, "message": message, "request_id": request_id}),
            ErrorShape::OpenAi => {
                let kind = if self.status < 500 { "invalid_request_error" } else { "server_error" };
                json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
            }
            ErrorShape::Codeless => json!({"message": message}),
            ErrorShape::Numbered => json!({"code": 0, "msg": message, "request_id": request_id}),
        }
    }
}

/// The HTTP status a code usually comes with; 500 for codes nobody has on record (contract 6.2).
fn usual_status(code: &str) -> u16 {
    row(code).map_or(500, |row| row.status)
}

/// What the service usually says with a code (contract 6.2). Where the contract gives several
/// messages, the one that does not depend on the request.
pub fn usual_message(code: &str) -> &'static str {
    row(code).map_or(INTERNAL, |row| row.message)
}

fn row(code: &str) -> Option<&'static Row> {
    let fits = |known: &&str| known.strip_suffix('*').map_or(*known == code, |head| code.starts_with(head));
    CODES.iter().find(|row| row.codes.iter().any(fits))
}

struct Row {
    status: u16,
    /// A code that ends in `*` stands for all that begin like it.
    codes: &'static [&'static str],
    message: &'static str,
}

const fn says(status: u16, codes: &'static [&'static str], message: &'static str) -> Row {
    Row { status, codes, message }
}

/// The spelling is the service's own.
const INTERNAL: &str = "An internal error has occured, please try again later or contact service support.";
const IMAGE: &str = "Invalid image format or corrupted file";
const IMAGE_SIZE: &str = "The size of input image is too small or too large";
const MODEL_DENIED: &str = "Model access denied.";
const BILLING: &str = "Access denied, please make sure your account is in good standing.";

/// Contract 6.2, in its order. A message that names a part of the request there names none here.
static CODES: &[Row] = &[
    says(400, &["InvalidParameter"], "invalid parameter"),
    says(
        400,
        &["InvalidParameter.DataInspection"],
        "Unable to download the media resource during the data inspection process.",
    ),
    says(
        400,
        &["invalid_parameter_error"],
        "InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid.",
    ),
    says(400, &["InvalidURL", "InvalidURL.ConnectionRefused"], "The request URL is invalid."),
    says(400, &["InvalidURL.Timeout"], "Download the media resource timeout."),
    says(400, &["BadRequest.InputDownloadFailed"], "Failed to download the input file."),
    says(400, &["BadRequest.EmptyInput"], "Required input parameter missing from request."),
    says(400, &["BadRequest.EmptyParameters"], "Required parameter \"parameters\" missing from request."),
    says(400, &["BadRequest.EmptyModel"], "Required parameter \"model\" missing from request."),
    says(400, &["BadRequest.IllegalInput"], "The input parameter requires json format."),
    says(400, &["BadRequest.TooLarge"], "Payload Too Large."),
    says(400, &["BadRequest.UnsupportedFileFormat"], "The format of the input image is not supported."),
    says(400, &["InvalidImage.FileFormat", "InvalidImageFormat", "InvalidFile.*"], IMAGE),
    says(400, &["InvalidImageResolution", "InvalidImage.ImageSize"], IMAGE_SIZE),
    says(
        400,
        &["DataInspectionFailed", "data_inspection_failed"],
        "Input or output data may contain inappropriate content.",
    ),
    says(400, &["IPInfringementSuspect"], "Input data is suspected of being involved in IP infringement."),
    says(400, &["Arrearage"], BILLING),
    says(400, &["UnsupportedOperation"], "The operation is unsupported on the referee object."),
    says(401, &["InvalidApiKey", "invalid_api_key"], "Invalid API-key provided."),
    says(
        401,
        &["NOT AUTHORIZED"],
        "Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.",
    ),
    says(403, &["AccessDenied"], "Access denied."),
    says(
        403,
        &["AccessDenied.Unpurchased"],
        "Access to model denied. Please make sure you are eligible for using the model.",
    ),
    says(403, &["Model.AccessDenied", "Workspace.AccessDenied"], MODEL_DENIED),
    says(403, &["AllocationQuota.FreeTierOnly"], "The free tier of the model has been exhausted."),
    says(
        404,
        &["ModelNotFound", "model_not_found", "model_not_supported"],
        "The model does not exist or you do not have access to it.",
    ),
    says(404, &["WorkSpaceNotFound", "NotFound"], "Not found!"),
    says(429, &["Throttling"], "Requests throttling triggered."),
    says(429, &["Throttling.RateQuota"], "Requests rate limit exceeded, please try again later."),
    says(429, &["LimitRequests", "limit_requests"], "You exceeded your current requests list."),
    says(429, &["Throttling.BurstRate", "limit_burst_rate"], "Request rate increased too quickly..."),
    says(429, &["Throttling.AllocationQuota"], "Allocated quota exceeded, please increase your quota limit."),
    // The status of the second is a guess: only its name is on record.
    says(429, &["insufficient_quota", "AllocationQuota.Exceeded"], "You exceeded your current quota."),
    says(429, &["CommodityNotPurchased", "PrepaidBillOverdue", "PostpaidBillOverdue"], BILLING),
    says(500, &["InternalError", "InternalError.Algo", "InternalError.Timeout", "SystemError"], INTERNAL),
    says(500, &["ModelServiceFailed", "RequestTimeOut", "ResponseTimeout"], INTERNAL),
    says(
        503,
        &["ModelServingError"],
        "Too many requests. Your requests are being throttled due to system capacity limits.",
    ),
    says(503, &["ModelUnavailable", "ServiceUnavailable"], "Model is unavailable, please try again later."),
    says(504, &["GatewayTimeout"], "Response timeout!"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_stands_in_one_row_only() {
        let codes: Vec<&str> = CODES.iter().flat_map(|row| row.codes.iter().copied()).collect();
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
    }

    #[test]
    fn only_the_services_own_failures_and_strangers_say_internal_error() {
        let internal: Vec<&str> =
            CODES.iter().filter(|row| row.message == INTERNAL).flat_map(|row| row.codes.iter().copied()).collect();
        assert_eq!(internal.len(), 7, "{internal:?}");
        assert!(internal.iter().all(|code| usual_status(code) == 500));
        assert_eq!((usual_status("Odd"), usual_message("Odd")), (500, INTERNAL));
        for (code, status, part) in [
            ("InvalidFile.Resolution", 400, "corrupted"),
            ("InvalidURL", 400, "URL is invalid"),
            ("AccessDenied.Unpurchased", 403, "eligible"),
            ("model_not_found", 404, "does not exist"),
            ("PrepaidBillOverdue", 429, "good standing"),
            ("ModelServingError", 503, "capacity"),
        ] {
            assert_eq!(usual_status(code), status, "{code}");
            assert!(usual_message(code).contains(part), "{code}");
        }
    }

    #[test]
    fn shapes_differ_in_where_the_words_are() {
        let written = |shape| Refusal { shape, ..Refusal::usual("Arrearage") }.body("r");
        assert_eq!(written(ErrorShape::Native), json!({"code": "Arrearage", "message": BILLING, "request_id": "r"}));
        assert_eq!(
            written(ErrorShape::OpenAi),
            json!({"error": {
                "message": BILLING, "type": "invalid_request_error", "param": null, "code": "Arrearage",
            }})
        );
        assert_eq!(written(ErrorShape::Codeless), json!({"message": BILLING}));
        assert_eq!(written(ErrorShape::Numbered), json!({"code": 0, "msg": BILLING, "request_id": "r"}));
    }
}
