//! What the service's error codes mean: one table (contract 6.2), and the rules by which the HTTP status and the words of
//! a message add to it (contract 6.3). How a refusal is handled is in [`submit`](super::submit).

use super::body::{self, Complaint};
use crate::domain::{Fault, FaultKind};

/// What follows from an error for the same call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// This route is not for this model; another may be. Not billed.
    WrongRoute,
    /// Refused for good. Not billed.
    Final,
    /// Refused for now. Not billed.
    Later,
    /// Nothing proves that the work was not done and billed. For a question, or a task that failed: ask again later.
    Unsure,
}

/// What an error means in words, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) kind: FaultKind,
    pub(super) fate: Fate,
    why: &'static str,
    hint: &'static str,
}

type Row = (&'static [&'static str], FaultKind, Fate, &'static str, &'static str);

/// Codes as [`fold`] leaves them. A dotted code without a row of its own takes that of its beginning.
#[rustfmt::skip]
const TABLE: &[Row] = {
    use Fate::{Final, Later, Unsure, WrongRoute};
    use FaultKind::{Access, Content, Invalid, Other, Throttled};
    &[
        (&["invalidparameter", "invalidparametererror"], Invalid, Final,
            "The service refused the request", "Change what it names and send again."),
        (&["invalidparameter.datainspection"], Invalid, Final,
            "The service could not inspect an input picture", "Check its format and that its address is open to everyone."),
        (&["badrequest", "badrequest.emptyinput", "badrequest.emptyparameters", "badrequest.emptymodel",
            "badrequest.illegalinput"], Invalid, Final,
            "The service could not read the request", "Please report this with the request id."),
        (&["badrequest.toolarge"], Invalid, Final,
            "The request is too large", "Use smaller input pictures."),
        (&["badrequest.inputdownloadfailed", "invalidurl.timeout"], Invalid, Later,
            "The service could not fetch an input picture", "Check that its address is open to everyone."),
        (&["invalidurl", "invalidurl.connectionrefused"], Invalid, Final,
            "The service cannot use the address of an input picture", "Check that it is open to everyone."),
        (&["badrequest.unsupportedfileformat", "invalidimage", "invalidimageformat", "invalidimageresolution",
            "invalidfile"], Invalid, Final,
            "The service cannot use an input picture", "Check its format, its size and its shape."),
        (&["datainspectionfailed"], Content, Final,
            "Content inspection refused the words or the picture",
            "Change the prompt; if prompt rewriting was on, once more with it off may pass."),
        (&["ipinfringementsuspect"], Content, Final,
            "The service suspects protected content",
            "Change the prompt; if prompt rewriting was on, once more with it off may pass."),
        (&["arrearage"], Access, Final,
            "The account is not in good standing", "Settle the account's bill, then retry."),
        (&["commoditynotpurchased", "prepaidbilloverdue", "postpaidbilloverdue"], Access, Final,
            "The account cannot buy this", "Settle the account's bill or activate the model, then retry."),
        (&["unsupportedoperation"], Invalid, Final,
            "The service does not do that now", ""),
        (&["invalidapikey"], Access, Final,
            "The API key was not accepted", "Check the key, and that key and address belong to the same region."),
        (&["notauthorized", "workspace.accessdenied", "workspacenotfound"], Access, Final,
            "The key may not use this workspace", "Check the workspace and the key's permissions."),
        (&["accessdenied"], Access, Final,
            "The service denied access", "Check the key's permissions and region."),
        (&["accessdenied.unpurchased", "model.accessdenied"], Access, Final,
            "The account may not use this model", "Activate the model in the console, or choose another."),
        (&["modelnotfound", "modelnotsupported"], Access, Final,
            "The model does not exist in this region, or the account may not use it",
            "Choose another model, or the region that has it."),
        (&["notfound"], Invalid, WrongRoute,
            "The service has nothing at this address", "Check the base URL."),
        (&["allocationquota", "allocationquota.freetieronly", "allocationquota.exceeded"], Throttled, Final,
            "The account's quota for this model is used up", "Raise the quota or leave the free tier in the console."),
        (&["throttling", "throttling.ratequota", "limitrequests", "throttling.burstrate", "limitburstrate"], Throttled, Later,
            "The service says this is too fast", "It can be sent again in a minute."),
        (&["throttling.allocationquota", "insufficientquota"], Throttled, Later,
            "The account's quota is used up for now",
            "Wait some minutes; if it stays, raise the quota in the console."),
        (&["modelunavailable", "serviceunavailable", "modelservingerror"], Other, Later,
            "The model is busy or away", "It can be sent again later."),
        (&["internalerror", "internalerror.algo", "internalerror.timeout", "systemerror", "modelservicefailed",
            "requesttimeout", "responsetimeout", "gatewaytimeout"], Other, Unsure,
            "The service failed inside", "Try again later."),
    ]
};

/// What an error means, by code first and HTTP status second. Pass 200 where there was no HTTP error (a refusal in a 200,
/// a failed task, a failed picture).
pub(super) fn meaning(status: u16, complaint: &Complaint) -> Meaning {
    let known = row(&complaint.code);
    let mut meaning = known.unwrap_or_else(|| by_status(status));
    let message = complaint.message.to_lowercase();
    let is = |code: &str| fold(&complaint.code) == code;
    if message.contains("model not exist") {
        meaning = row("ModelNotFound").unwrap_or(meaning);
    }
    let other_family = message.contains("url error") && !is("invalidurl");
    let other_call = message.contains("synchronous calls") && (is("accessdenied") || status == 403);
    if other_family || other_call {
        meaning.fate = Fate::WrongRoute;
    }
    meaning.fate = match (status, meaning.fate) {
        // Contract 6.2: the same code is final as 400 (a count of resources) and passing as 429.
        (400, _) if is("throttling.allocationquota") => Fate::Final,
        // A server error is no proof that nothing was done, unless it says that it never took the work up.
        (500.., fate) if fate != Fate::Later => Fate::Unsure,
        (429, Fate::Unsure | Fate::WrongRoute) => Fate::Later,
        (429, Fate::Final) if meaning.kind != FaultKind::Access => Fate::Later,
        (_, fate) => fate,
    };
    meaning
}

/// The fault for an error. Nothing is billed for what the service refuses or fails (contract 3.4).
pub(super) fn fault(meaning: Meaning, complaint: &Complaint, request_id: Option<String>) -> Fault {
    let code =
        if complaint.code.is_empty() { "no_code".to_owned() } else { body::shown(&complaint.code, body::CODE_MAX) };
    let said = body::shown(&complaint.message, body::MESSAGE_MAX);
    let message = match said.trim_end_matches(['.', '!', '！']) {
        "" => format!("{}.", meaning.why),
        said => format!("{}: {said}.", meaning.why),
    };
    let mut fault = Fault::new(meaning.kind, code, message).hint(meaning.hint).request_id(request_id);
    fault.retryable = matches!(meaning.fate, Fate::Later | Fate::Unsure);
    fault
}

/// `InvalidApiKey`, `invalid_api_key` and `NOT AUTHORIZED` without case and joints.
fn fold(code: &str) -> String {
    code.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

fn row(code: &str) -> Option<Meaning> {
    let folded = fold(code);
    let mut code = folded.as_str();
    loop {
        if let Some(&(_, kind, fate, why, hint)) = TABLE.iter().find(|(codes, ..)| codes.contains(&code)) {
            return Some(Meaning { kind, fate, why, hint });
        }
        code = code.rsplit_once('.')?.0;
    }
}

/// For codes not in the table, and none at all (contract 6.1).
fn by_status(status: u16) -> Meaning {
    let (kind, fate, why, hint) = match status {
        401 => (FaultKind::Access, Fate::Final, "The API key was not accepted", "Check the key and the region."),
        403 => (FaultKind::Access, Fate::Final, "The service denied access", "Check the key's permissions and region."),
        404 | 405 => {
            (FaultKind::Invalid, Fate::WrongRoute, "The service has nothing at this address", "Check the base URL.")
        }
        408 | 499 => (FaultKind::Other, Fate::Unsure, "The service gave up on the request", "Try again later."),
        413 => (FaultKind::Invalid, Fate::Final, "The request is too large", "Use smaller input pictures."),
        429 => {
            let (why, hint) = ("The service says this is too fast", "It can be sent again in a minute.");
            (FaultKind::Throttled, Fate::Later, why, hint)
        }
        400..=499 => (FaultKind::Invalid, Fate::Final, "The service refused the request", ""),
        500.. => (FaultKind::Other, Fate::Unsure, "The service failed inside", "Try again later."),
        _ => (FaultKind::Other, Fate::Final, "The service refused the request", ""),
    };
    Meaning { kind, fate, why, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, code: &str, message: &str) -> (FaultKind, Fate) {
        let meaning = meaning(status, &Complaint { code: code.into(), message: message.into() });
        (meaning.kind, meaning.fate)
    }

    /// Every row of contract 6.2: status, code, exit code, fate.
    #[test]
    #[rustfmt::skip]
    fn the_whole_table() {
        use Fate::{Final, Later, Unsure, WrongRoute};
        for (status, code, exit, fate) in [
            (400, "InvalidParameter", 2, Final), (400, "InvalidParameter.DataInspection", 2, Final),
            (400, "invalid_parameter_error", 2, Final), (400, "InvalidURL", 2, Final),
            (400, "InvalidURL.ConnectionRefused", 2, Final), (400, "InvalidURL.Timeout", 2, Later),
            (400, "BadRequest.InputDownloadFailed", 2, Later), (400, "BadRequest.EmptyInput", 2, Final),
            (400, "BadRequest.EmptyParameters", 2, Final), (400, "BadRequest.EmptyModel", 2, Final),
            (400, "BadRequest.IllegalInput", 2, Final), (400, "BadRequest.TooLarge", 2, Final),
            (400, "BadRequest.UnsupportedFileFormat", 2, Final), (400, "InvalidImage.FileFormat", 2, Final),
            (400, "InvalidImageFormat", 2, Final), (400, "InvalidImageResolution", 2, Final),
            (400, "InvalidImage.ImageSize", 2, Final), (400, "InvalidFile.Size", 2, Final),
            (400, "DataInspectionFailed", 6, Final), (400, "data_inspection_failed", 6, Final),
            (400, "IPInfringementSuspect", 6, Final), (400, "Arrearage", 3, Final),
            (400, "UnsupportedOperation", 2, Final), (400, "Throttling.AllocationQuota", 5, Final),
            (401, "InvalidApiKey", 3, Final), (401, "invalid_api_key", 3, Final), (401, "NOT AUTHORIZED", 3, Final),
            (403, "AccessDenied", 3, Final), (403, "AccessDenied.Unpurchased", 3, Final),
            (403, "Model.AccessDenied", 3, Final), (403, "Workspace.AccessDenied", 3, Final),
            (403, "AllocationQuota.FreeTierOnly", 5, Final), (404, "ModelNotFound", 3, Final),
            (404, "model_not_found", 3, Final), (404, "model_not_supported", 3, Final),
            (404, "WorkSpaceNotFound", 3, Final), (404, "NotFound", 2, WrongRoute),
            (429, "Throttling", 5, Later), (429, "Throttling.RateQuota", 5, Later), (429, "LimitRequests", 5, Later),
            (429, "limit_requests", 5, Later), (429, "Throttling.BurstRate", 5, Later),
            (429, "limit_burst_rate", 5, Later), (429, "Throttling.AllocationQuota", 5, Later),
            (429, "insufficient_quota", 5, Later), (429, "CommodityNotPurchased", 3, Final),
            (429, "PrepaidBillOverdue", 3, Final), (429, "PostpaidBillOverdue", 3, Final),
            (500, "InternalError", 1, Unsure), (500, "InternalError.Algo", 1, Unsure),
            (500, "InternalError.Timeout", 1, Unsure), (500, "SystemError", 1, Unsure),
            (500, "ModelServiceFailed", 1, Unsure), (500, "RequestTimeOut", 1, Unsure),
            (500, "ResponseTimeout", 1, Unsure), (500, "ModelServingError", 1, Later),
            (503, "ModelServingError", 1, Later), (503, "ModelUnavailable", 1, Later),
            (503, "ServiceUnavailable", 1, Later), (504, "GatewayTimeout", 1, Unsure),
        ] {
            let (kind, actual) = told(status, code, "");
            assert_eq!((kind.exit(), actual), (exit, fate), "{status} {code}");
        }
    }

    #[test]
    fn words_decide_where_codes_are_too_coarse() {
        assert_eq!(told(400, "InvalidParameter", "url error, please check url！").1, Fate::WrongRoute);
        assert_eq!(
            told(403, "AccessDenied", "current user api does not support synchronous calls.").1,
            Fate::WrongRoute
        );
        assert_eq!(
            told(403, "AccessDenied", "Current user api does not support asynchronous calls.").1,
            Fate::WrongRoute
        );
        assert_eq!(told(403, "", "Current user api does not support asynchronous calls.").1, Fate::WrongRoute);
        assert_eq!(told(400, "InvalidParameter", "Model not exist."), (FaultKind::Access, Fate::Final));
    }

    #[test]
    fn the_status_decides_where_the_code_is_new() {
        assert_eq!(told(400, "BrandNew", ""), (FaultKind::Invalid, Fate::Final));
        assert_eq!(told(403, "", "Error api key"), (FaultKind::Access, Fate::Final));
        assert_eq!(told(404, "", "").1, Fate::WrongRoute);
        assert_eq!(told(408, "", "").1, Fate::Unsure);
        assert_eq!(told(429, "BrandNew", "").1, Fate::Later);
        assert_eq!(told(503, "BrandNew", "").1, Fate::Unsure);
        assert_eq!(told(200, "BrandNew", "").1, Fate::Final);
    }

    #[test]
    fn a_server_error_is_never_proof_that_nothing_was_billed() {
        for code in ["InvalidParameter", "DataInspectionFailed", "AccessDenied", "NotFound"] {
            assert_eq!(told(500, code, "").1, Fate::Unsure, "{code}");
        }
        assert_eq!(told(500, "Throttling", "").1, Fate::Later);
        assert_eq!(told(200, "InternalError", "").1, Fate::Unsure);
    }

    #[test]
    fn the_servers_words_are_safe_and_short() {
        let complaint = Complaint {
            code: "Invalid\u{1b}[2JParameter".into(),
            message: format!("bad key sk-0123456789abcdef {}", "x".repeat(9000)),
        };
        let fault = fault(meaning(400, &complaint), &complaint, None);
        assert_eq!(fault.code, "Invalid␛[2JParameter");
        assert!(fault.message.starts_with("The service refused the request: bad key [hidden] xxx"), "{fault}");
        assert!(fault.message.chars().count() < 500);
    }

    #[test]
    fn a_fault_reads_as_a_sentence() {
        let complaint =
            Complaint { code: "InvalidParameter".into(), message: "num_images_per_prompt must be 1".into() };
        let fault = fault(meaning(400, &complaint), &complaint, Some("4d49".into()));
        assert_eq!(
            fault.to_string(),
            "The service refused the request: num_images_per_prompt must be 1. Change what it names and send again. \
             (InvalidParameter, nothing was billed, request 4d49)"
        );
    }
}
