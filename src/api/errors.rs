//! What the service's error codes mean: one table (contract 6.2), and the rules by which the HTTP status and the words of
//! a message add to it (contract 6.3). How a refusal is handled is in [`submit`](super::submit).

use super::body::{self, Complaint};
use crate::domain::{Fault, FaultKind};

/// What follows from an error for the same call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// This route is not for this model; another may be. Not billed. A model may be had by one route and be "not found" by
    /// another: Frankfurt runs tasks only (contract 3.6).
    WrongRoute,
    /// Refused for good. Not billed.
    Final,
    /// Refused for now. Not billed.
    Later,
    /// Nothing proves that the work was not done and billed. For a question, or a task that failed: ask again later.
    Unsure,
}

/// What an error is about, for advice that looks at the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The request as it was written, or the service itself.
    Request,
    /// The account and its bills.
    Account,
    /// The key, and the place it was used at.
    Key,
    /// The workspace of the address.
    Workspace,
    /// Whether the model is to be had.
    Model,
    /// What the words or the picture show.
    Content,
    /// Where an input picture lies.
    Address,
}

/// What an error means in words, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) kind: FaultKind,
    pub(super) fate: Fate,
    pub(super) about: About,
    why: &'static str,
    hint: &'static str,
}

type Row = (&'static [&'static str], FaultKind, Fate, About, &'static str, &'static str);

/// Codes as [`fold`] leaves them. A dotted code without a row of its own takes that of its beginning.
#[rustfmt::skip]
const TABLE: &[Row] = {
    use About::{Account, Address, Key, Model, Request, Workspace};
    use Fate::{Final, Later, Unsure, WrongRoute};
    use FaultKind::{Access, Content, Invalid, Other, Throttled};
    &[
        (&["invalidparameter", "invalidparametererror"], Invalid, Final, Request,
            "The service refused the request", "Change what it names and send again."),
        (&["invalidparameter.datainspection"], Invalid, Final, Address,
            "The service could not inspect an input picture", "Check its format and that its address is open to everyone."),
        (&["badrequest", "badrequest.emptyinput", "badrequest.emptyparameters", "badrequest.emptymodel",
            "badrequest.illegalinput"], Invalid, Final, Request,
            "The service could not read the request", "Please report this with the request id."),
        (&["badrequest.toolarge"], Invalid, Final, Request,
            "The request is too large", "Use smaller or fewer input pictures."),
        (&["badrequest.inputdownloadfailed", "invalidurl.timeout"], Invalid, Later, Address,
            "The service could not fetch an input picture", "Check that its address is open to everyone."),
        (&["invalidurl", "invalidurl.connectionrefused"], Invalid, Final, Address,
            "The service cannot use the address of an input picture", "Check that it is open to everyone."),
        (&["badrequest.unsupportedfileformat", "invalidimage", "invalidimageformat", "invalidimageresolution",
            "invalidfile"], Invalid, Final, Request,
            "The service cannot use an input picture", "Check its format, its size and its shape."),
        (&["datainspectionfailed"], Content, Final, About::Content,
            "Content inspection refused the words or the picture",
            "Change the prompt; if prompt rewriting was on, once more with it off may pass."),
        (&["ipinfringementsuspect"], Content, Final, About::Content,
            "The service suspects protected content",
            "Change the prompt; if prompt rewriting was on, once more with it off may pass."),
        (&["arrearage"], Access, Final, Account,
            "The account is not in good standing", "Settle the account's bill, then retry."),
        (&["commoditynotpurchased", "prepaidbilloverdue", "postpaidbilloverdue"], Access, Final, Account,
            "The account cannot buy this", "Settle the account's bill or activate the model, then retry."),
        (&["unsupportedoperation"], Invalid, Final, Request,
            "The service does not do that now", "Choose another mode or another model."),
        (&["invalidapikey"], Access, Final, Key,
            "The API key was not accepted", "Check the key, and that key and address belong to the same region."),
        (&["notauthorized", "workspace.accessdenied", "workspacenotfound"], Access, Final, Workspace,
            "The key may not use this workspace", "Check the workspace and the key's permissions."),
        (&["accessdenied"], Access, Final, Key,
            "The service denied access", "Check the key's permissions and region."),
        (&["accessdenied.unpurchased", "model.accessdenied"], Access, Final, Model,
            "The account may not use this model", "Activate the model in the console, or choose another."),
        (&["modelnotfound", "modelnotsupported"], Access, WrongRoute, Model,
            "The model does not exist in this region, or the account may not use it",
            "Choose another model, or the region that has it."),
        (&["notfound"], Invalid, WrongRoute, Request,
            "The service has nothing at this address", "Check the base URL."),
        (&["allocationquota", "allocationquota.freetieronly", "allocationquota.exceeded"], Throttled, Final, Account,
            "The account's quota for this model is used up", "Raise the quota or leave the free tier in the console."),
        (&["throttling", "throttling.ratequota", "limitrequests", "throttling.burstrate", "limitburstrate"], Throttled, Later,
            Request, "The service says this is too fast", "It can be sent again in a minute."),
        (&["throttling.allocationquota", "insufficientquota"], Throttled, Later, Account,
            "The account's quota is used up for now",
            "Wait some minutes; if it stays, raise the quota in the console."),
        (&["modelunavailable", "serviceunavailable", "modelservingerror"], Other, Later, Request,
            "The model is busy or away", "It can be sent again later."),
        (&["internalerror", "internalerror.algo", "internalerror.timeout", "systemerror", "modelservicefailed",
            "requesttimeout", "responsetimeout", "gatewaytimeout"], Other, Unsure, Request,
            "The service failed inside", "Try again later."),
    ]
};

/// Words of a message that say more than its code: a code (any, where it is empty), the words in lower case, and the code
/// whose row holds instead.
const WORDS: [(&str, &str, &str); 7] = [
    ("", "model not exist", "modelnotfound"),
    ("invalidparameter.datainspection", "download", "badrequest.inputdownloadfailed"),
    ("invalidparameter", "download", "invalidurl"),
    ("invalidparameter", "image format", "invalidimage"),
    ("invalidparameter", "input image", "invalidimage"),
    ("invalidparameter", "url does not appear", "invalidurl"),
    ("invalidparametererror", "url does not appear", "invalidurl"),
];

/// What an error means, by code first and HTTP status second. Pass 200 where there was no HTTP error (a refusal in a 200,
/// a failed task, a failed picture).
pub(super) fn meaning(status: u16, complaint: &Complaint) -> Meaning {
    let known = known(complaint);
    let mut meaning = known.unwrap_or_else(|| by_status(status));
    let is = |code: &str| fold(&complaint.code) == code;
    if names_another_way(complaint) && matches!(meaning.fate, Fate::Final | Fate::WrongRoute) {
        let why = "The model is not reached in this way";
        meaning =
            Meaning { fate: Fate::WrongRoute, about: About::Request, why, hint: "Choose another model.", ..meaning };
    }
    meaning.fate = match (status, meaning.fate) {
        // Contract 6.2: the same code is final as 400 (a count of resources) and passing as 429.
        (400, _) if is("throttling.allocationquota") => Fate::Final,
        // A server error is no proof that nothing was done, unless it says that it never took the work up.
        (500.., fate) if fate != Fate::Later => Fate::Unsure,
        (429, Fate::Unsure | Fate::WrongRoute) => Fate::Later,
        // Some of these are about bills, and waiting pays none (contract 6.2).
        (429, Fate::Final) if meaning.about != About::Account => Fate::Later,
        (_, fate) => fate,
    };
    meaning
}

/// What a fault made of an error is about; `None` for codes that are new.
pub(super) fn about(fault: &Fault) -> Option<About> {
    let complaint = Complaint { code: fault.code.clone(), message: fault.message.clone() };
    if names_another_way(&complaint) {
        return Some(About::Request);
    }
    known(&complaint).map(|meaning| meaning.about)
}

/// Whether the service says that the model is reached by another path, or by another kind of call (contract 6.3).
fn names_another_way(complaint: &Complaint) -> bool {
    let message = complaint.message.to_lowercase();
    (message.contains("url error") && fold(&complaint.code) != "invalidurl") || message.contains("synchronous calls")
}

/// The row for an error, by its words or its code.
fn known(complaint: &Complaint) -> Option<Meaning> {
    let (code, message) = (fold(&complaint.code), complaint.message.to_lowercase());
    let fits = |of: &str, words: &str| (of.is_empty() || of == code) && message.contains(words);
    let telling = WORDS.iter().find(|(of, words, _)| fits(of, words));
    row(telling.map_or(&complaint.code, |(_, _, instead)| *instead))
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
        if let Some(&(_, kind, fate, about, why, hint)) = TABLE.iter().find(|(codes, ..)| codes.contains(&code)) {
            return Some(Meaning { kind, fate, about, why, hint });
        }
        code = code.rsplit_once('.')?.0;
    }
}

/// For codes not in the table, and none at all (contract 6.1).
fn by_status(status: u16) -> Meaning {
    let known = |code: &str| row(code).expect("the code is in the table");
    let (kind, fate, why, hint) = match status {
        401 => return known("invalidapikey"),
        403 => return known("accessdenied"),
        404 | 405 => return known("notfound"),
        413 => return known("badrequest.toolarge"),
        429 => return known("throttling"),
        500.. => return known("internalerror"),
        408 | 499 => (FaultKind::Other, Fate::Unsure, "The service gave up on the request", "Try again later."),
        400..=499 => {
            (FaultKind::Invalid, Fate::Final, "The service refused the request", "Change the request and send again.")
        }
        _ => {
            (FaultKind::Other, Fate::Final, "The service refused the request", "Its code may be in the documentation.")
        }
    };
    Meaning { kind, fate, about: About::Request, why, hint }
}

#[cfg(test)]
mod tests {
    use super::super::body::Body;
    use super::super::submit::{self, Refusal};
    use super::*;
    use crate::domain::Billed;

    fn told(status: u16, code: &str, message: &str) -> (FaultKind, Fate) {
        let meaning = meaning(status, &Complaint { code: code.into(), message: message.into() });
        (meaning.kind, meaning.fate)
    }

    /// Every row of contract 6.2: status, code, message, exit code, fate, and a word of what to do.
    #[test]
    #[rustfmt::skip]
    fn the_whole_table() {
        use Fate::{Final, Later, Unsure, WrongRoute};
        for (status, code, message, exit, fate, advice) in [
            (400, "InvalidParameter", "num_images_per_prompt must be 1", 2, Final, "Change what it names"),
            (400, "InvalidParameter", "messages length only support 1", 2, Final, "Change what it names"),
            (400, "InvalidParameter", "lack of image or text", 2, Final, "Change what it names"),
            (400, "InvalidParameter", "url error, please check url！", 2, WrongRoute, "another model"),
            (400, "InvalidParameter", "Model not exist.", 3, WrongRoute, "another model"),
            (400, "InvalidParameter", "Required parameter(size) missing or invalid", 2, Final, "Change what it names"),
            (400, "InvalidParameter", "The size of input image is too small or too large", 2, Final, "its size"),
            (400, "InvalidParameter", "Field required: input.prompt", 2, Final, "Change what it names"),
            (400, "InvalidParameter", "download image failed", 2, Final, "open to everyone"),
            (400, "InvalidParameter", "Invalid image format or corrupted file", 2, Final, "its format"),
            (400, "InvalidParameter.DataInspection",
                "Unable to download the media resource during the data inspection process.", 2, Later, "open to everyone"),
            (400, "InvalidParameter.DataInspection",
                "The media format is not supported or incorrect for the data inspection.", 2, Final, "its format"),
            (400, "invalid_parameter_error",
                "InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid.", 2, Final, "open to everyone"),
            (400, "InvalidURL", "The request URL is invalid", 2, Final, "open to everyone"),
            (400, "InvalidURL.ConnectionRefused", "", 2, Final, "open to everyone"),
            (400, "InvalidURL.Timeout", "Download xxx timeout", 2, Later, "open to everyone"),
            (400, "BadRequest.InputDownloadFailed", "Failed to download the input file: xxx.", 2, Later, "open to everyone"),
            (400, "BadRequest.EmptyInput", "", 2, Final, "report"),
            (400, "BadRequest.EmptyParameters", "", 2, Final, "report"),
            (400, "BadRequest.EmptyModel", "", 2, Final, "report"),
            (400, "BadRequest.IllegalInput", "", 2, Final, "report"),
            (400, "BadRequest.TooLarge", "Payload Too Large.", 2, Final, "smaller or fewer"),
            (400, "BadRequest.UnsupportedFileFormat", "", 2, Final, "its format"),
            (400, "InvalidImage.FileFormat", "", 2, Final, "its format"),
            (400, "InvalidImageFormat", "", 2, Final, "its format"),
            (400, "InvalidImageResolution", "", 2, Final, "its size"),
            (400, "InvalidImage.ImageSize", "", 2, Final, "its size"),
            (400, "InvalidFile.Size", "", 2, Final, "its size"),
            (400, "DataInspectionFailed", "Input or output data may contain inappropriate content.", 6, Final, "rewriting"),
            (400, "data_inspection_failed", "", 6, Final, "rewriting"),
            (400, "IPInfringementSuspect", "Input data is suspected", 6, Final, "rewriting"),
            (400, "Arrearage", "Access denied, please make sure your account is in good standing.", 3, Final, "bill"),
            (400, "UnsupportedOperation", "The operation is unsupported on the referee object.", 2, Final, "another mode"),
            (400, "Throttling.AllocationQuota", "Free allocated quota exceeded.", 5, Final, "quota"),
            (401, "InvalidApiKey", "Invalid API-key provided.", 3, Final, "region"),
            (401, "InvalidApiKey", "No API-key provided.", 3, Final, "region"),
            (401, "invalid_api_key", "", 3, Final, "region"),
            (401, "NOT AUTHORIZED", "Access denied: Either you are not authorized to access this workspace", 3, Final, "workspace"),
            (403, "AccessDenied", "current user api does not support synchronous calls.", 3, WrongRoute, "another model"),
            (403, "AccessDenied", "Current user api does not support asynchronous calls.", 3, WrongRoute, "another model"),
            (403, "AccessDenied", "Access denied.", 3, Final, "permissions"),
            (403, "AccessDenied.Unpurchased", "Access to model denied.", 3, Final, "Activate"),
            (403, "Model.AccessDenied", "Model access denied.", 3, Final, "Activate"),
            (403, "Workspace.AccessDenied", "", 3, Final, "workspace"),
            (403, "AllocationQuota.FreeTierOnly", "The free tier of the model has been exhausted", 5, Final, "free tier"),
            (404, "ModelNotFound", "The model xxx does not exist", 3, WrongRoute, "another model"),
            (404, "model_not_found", "", 3, WrongRoute, "another model"),
            (404, "model_not_supported", "", 3, WrongRoute, "another model"),
            (404, "WorkSpaceNotFound", "", 3, Final, "workspace"),
            (404, "NotFound", "Not found!", 2, WrongRoute, "base URL"),
            (429, "Throttling", "Requests throttling triggered.", 5, Later, "in a minute"),
            (429, "Throttling.RateQuota", "Requests rate limit exceeded", 5, Later, "in a minute"),
            (429, "LimitRequests", "", 5, Later, "in a minute"), (429, "limit_requests", "", 5, Later, "in a minute"),
            (429, "Throttling.BurstRate", "Request rate increased too quickly", 5, Later, "in a minute"),
            (429, "limit_burst_rate", "", 5, Later, "in a minute"),
            (429, "Throttling.AllocationQuota", "Allocated quota exceeded", 5, Later, "quota"),
            (429, "insufficient_quota", "You exceeded your current quota", 5, Later, "quota"),
            (429, "CommodityNotPurchased", "", 3, Final, "bill"),
            (429, "PrepaidBillOverdue", "", 3, Final, "bill"),
            (429, "PostpaidBillOverdue", "", 3, Final, "bill"),
            (429, "Arrearage", "", 3, Final, "bill"),
            (429, "AllocationQuota.Exceeded", "", 5, Final, "quota"),
            (500, "InternalError", "An internal error has occured", 1, Unsure, "later"),
            (500, "InternalError.Algo", "", 1, Unsure, "later"), (500, "InternalError.Timeout", "", 1, Unsure, "later"),
            (500, "SystemError", "", 1, Unsure, "later"), (500, "ModelServiceFailed", "", 1, Unsure, "later"),
            (500, "RequestTimeOut", "", 1, Unsure, "later"), (500, "ResponseTimeout", "", 1, Unsure, "later"),
            (500, "ModelServingError", "Too many requests.", 1, Later, "later"),
            (503, "ModelServingError", "Too many requests.", 1, Later, "later"),
            (503, "ModelUnavailable", "Model is unavailable, please try again later.", 1, Later, "later"),
            (503, "ServiceUnavailable", "", 1, Later, "later"), (504, "GatewayTimeout", "Response timeout!", 1, Unsure, "later"),
        ] {
            let complaint = Complaint { code: code.into(), message: message.into() };
            let meaning = meaning(status, &complaint);
            let fault = fault(meaning, &complaint, None);
            assert_eq!((fault.kind.exit(), meaning.fate), (exit, fate), "{status} {code} {message}");
            assert!(fault.hint.contains(advice), "{status} {code} {message}: {}", fault.hint);
            assert_eq!((fault.code.as_str(), fault.retryable), (code, matches!(fate, Later | Unsure)));
            assert!(fault.message.contains(message.trim_end_matches(['.', '!', '！'])));
            // What the judge of paid calls makes of it: only a fate that proves it is "not billed", and none of the others
            // is sent again by the program.
            let body = Body::Json(serde_json::json!({"code": code, "message": message}));
            let (word, judged) = match submit::judge(status, &body) {
                Err(Refusal::WrongRoute(fault)) => (WrongRoute, fault),
                Err(Refusal::Refused(fault)) if fault.retryable => (Later, fault),
                Err(Refusal::Refused(fault)) => (Final, fault),
                Err(Refusal::Unknown(fault)) => (Unsure, fault),
                Ok(reply) => panic!("{reply:?}"),
            };
            let billed = if fate == Unsure { Billed::Unknown } else { Billed::No };
            assert_eq!((word, judged.billed, judged.retryable), (fate, billed, fate == Later), "{status} {code}");
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
        assert_eq!(told(400, "InvalidParameter", "Model not exist."), (FaultKind::Access, Fate::WrongRoute));
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
