//! What to do about a refusal, once it is known what was asked and where: the table in [`errors`](super::errors) knows
//! neither the call nor the address it went to.

use serde_json::Value;
use url::Url;

use super::body::shown;
use super::call::{self, Call};
use super::errors::{self, About};
use crate::domain::{Fault, FaultKind, Region};

/// The longest host or model named, in characters.
const NAME_MAX: usize = 100;

/// Puts advice that fits in place of the table's. `host` is the one the key was used at; without a call it was a question
/// that costs nothing.
pub(super) fn advise(fault: Fault, host: &str, call: Option<&Call>) -> Fault {
    let about = match errors::about(&fault) {
        // A refusal without a code, or with a new one, is most likely the key's.
        None if fault.kind == FaultKind::Access => About::Key,
        None => return fault,
        Some(about) => about,
    };
    let hint = match (about, call) {
        (About::Key, _) => key(host),
        (About::Workspace, _) => workspace(host),
        (About::Model, Some(call)) => model(host, call),
        (About::Content, Some(call)) => content(call),
        (About::Address, Some(call)) => pictures(call),
        _ => return fault,
    };
    fault.hint(hint)
}

/// Keys, hosts and models of different regions are not interchangeable (contract 1.1).
fn key(host: &str) -> String {
    match Place::of(host) {
        Place::Region(region) => format!(
            "The key was used at {host} ({}), where keys of another region fail like this. Check the key, and the region it \
             is from.",
            region.city()
        ),
        Place::Workspace(name, region) => format!(
            "The key was used at the workspace {name} in {}, where keys of another workspace or region fail like this. \
             Check the key and the base URL.",
            region.city()
        ),
        Place::Elsewhere => format!("The key was used at {host}. Check that it belongs there."),
    }
}

fn workspace(host: &str) -> String {
    match Place::of(host) {
        Place::Workspace(name, region) => format!(
            "The base URL names the workspace {name} in {}. Check that it exists there and that the key belongs to it.",
            region.city()
        ),
        _ => format!("Check which workspace the key used at {host} belongs to, and what that workspace may use."),
    }
}

fn model(host: &str, call: &Call) -> String {
    let model = shown(call.body.get("model").and_then(Value::as_str).unwrap_or("the model"), NAME_MAX);
    let place = match Place::of(host) {
        Place::Region(region) | Place::Workspace(_, region) => region.city().to_owned(),
        Place::Elsewhere => host.to_owned(),
    };
    format!(
        "{model} was asked for in {place}. `pinxit models` shows where each model runs; some must be activated in the console."
    )
}

/// Rewriting a prompt can bring in what inspection then refuses; the advice is one more try without (contract 3.3.14).
fn content(call: &Call) -> String {
    match call.body.pointer("/parameters/prompt_extend") {
        Some(Value::Bool(true)) => {
            "The service rewrote the prompt, which can bring in what is then refused: try once with --extend off (Extend \
             in the studio), or change the prompt."
        }
        _ if call::input_pictures(&call.body).next().is_some() => "Change the prompt or the input pictures.",
        _ => "Change the prompt.",
    }
    .to_owned()
}

/// Advice for each way in which the pictures of the call travel.
fn pictures(call: &Call) -> String {
    let mut hosts = vec![];
    let (mut is_uploaded, mut is_inside, mut is_here) = (false, false, false);
    for address in call::input_pictures(&call.body) {
        match Url::parse(address) {
            Ok(url) if url.scheme() == "oss" => is_uploaded = true,
            Ok(url) if url.scheme() == "data" => is_inside = true,
            Ok(url) if url.scheme() == "file" => is_here = true,
            Ok(url) => hosts.extend(url.host_str().map(|host| shown(host, NAME_MAX))),
            Err(_) => {}
        }
    }
    hosts.dedup();
    let mut hints = vec![];
    if !hosts.is_empty() {
        let hosts = hosts.join(" and ");
        hints.push(format!(
            "Check that the address at {hosts} opens for everyone without signing in, or download the picture and give the file."
        ));
    }
    if is_uploaded {
        hints.push(
            "A picture in the service's storage lives 48 hours, and only for the model and account it was uploaded for.".into(),
        );
    }
    if is_inside {
        hints.push(
            "The picture went inside the request: check that the file opens and has a format the model takes.".into(),
        );
    }
    if is_here {
        hints.push("Check that the file on this machine opens and has a format the model takes, then retry.".into());
    }
    hints.join(" ")
}

/// What a host says of itself (contract 1.1).
enum Place<'a> {
    /// A region's shared host.
    Region(Region),
    /// A workspace's own host.
    Workspace(&'a str, Region),
    /// A proxy, this machine, or a host that is new.
    Elsewhere,
}

impl Place<'_> {
    fn of(host: &str) -> Place<'_> {
        let is_shared = |region: &Region| {
            let url = region.base_url().and_then(|url| Url::parse(url).ok());
            url.is_some_and(|url| url.host_str() == Some(host))
        };
        if let Some(region) = Region::ALL.into_iter().find(is_shared) {
            return Place::Region(region);
        }
        let workspace = || {
            let (name, region) = host.strip_suffix(".maas.aliyuncs.com")?.split_once('.')?;
            Some(Place::Workspace(name, Region::ALL.into_iter().find(|known| known.id() == region)?))
        };
        workspace().unwrap_or(Place::Elsewhere)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::body::Body;
    use super::super::submit::{Refusal, judge};
    use super::*;

    const SHARED: &str = "dashscope-intl.aliyuncs.com";

    fn call(images: &[&str], extend: Option<bool>) -> Call {
        let content: Vec<Value> = images.iter().map(|url| json!({"image": url})).collect();
        let mut parameters = json!({"n": 1});
        if let Some(on) = extend {
            parameters["prompt_extend"] = on.into();
        }
        let input = json!({"messages": [{"role": "user", "content": content}]});
        let body = json!({"model": "wan2.7-image", "input": input, "parameters": parameters});
        Call { method: "POST", path: "/x".into(), headers: vec![], body }
    }

    fn hint(status: u16, code: &str, message: &str, host: &str, call: &Call) -> String {
        let refusal = judge(status, &Body::Json(json!({"code": code, "message": message}))).unwrap_err();
        let (Refusal::Refused(fault) | Refusal::WrongRoute(fault)) = refusal else { panic!("{refusal:?}") };
        advise(fault, host, Some(call)).hint
    }

    #[test]
    fn keys_are_told_where_they_were_used() {
        let plain = call(&[], None);
        for (status, code, message) in [
            (401, "InvalidApiKey", "Invalid API-key provided."),
            (403, "", "Error api key"),
            (403, "AccessDenied", "Access denied."),
        ] {
            let hint = hint(status, code, message, SHARED, &plain);
            assert!(
                hint.starts_with(
                    "The key was used at dashscope-intl.aliyuncs.com (Singapore), where keys of another region"
                ),
                "{hint}"
            );
        }
        let hint = |host: &str| hint(401, "invalid_api_key", "", host, &plain);
        assert!(hint("ws-1.eu-central-1.maas.aliyuncs.com").contains("workspace ws-1 in Frankfurt"));
        assert_eq!(hint("127.0.0.1:8080"), "The key was used at 127.0.0.1:8080. Check that it belongs there.");
        assert!(hint("dashscope.aliyuncs.com").contains("(Beijing)"));
    }

    #[test]
    fn workspaces_and_models_are_named() {
        let plain = call(&[], None);
        let refused = |status, code: &str, host: &str| hint(status, code, "x", host, &plain);
        let own = refused(404, "WorkSpaceNotFound", "ws-1.cn-beijing.maas.aliyuncs.com");
        assert!(own.contains("names the workspace ws-1 in Beijing"), "{own}");
        assert!(refused(401, "NOT AUTHORIZED", SHARED).contains("which workspace the key used at dashscope-intl"));
        for (status, code) in [(404, "ModelNotFound"), (403, "Model.AccessDenied"), (403, "AccessDenied.Unpurchased")] {
            let hint = refused(status, code, SHARED);
            assert!(
                hint.starts_with("wan2.7-image was asked for in Singapore.") && hint.contains("`pinxit models`"),
                "{hint}"
            );
        }
        assert!(hint(400, "InvalidParameter", "Model not exist.", SHARED, &plain).contains("in Singapore"));
        let other_way =
            hint(403, "AccessDenied", "current user api does not support synchronous calls.", SHARED, &plain);
        assert_eq!(other_way, "Choose another model.", "it is not the key's fault");
    }

    #[test]
    fn rewriting_is_named_only_where_it_was_on() {
        for code in ["DataInspectionFailed", "IPInfringementSuspect"] {
            let hint = |call: &Call| hint(400, code, "x", SHARED, call);
            assert!(hint(&call(&[], Some(true))).contains("try once with --extend off (Extend in the studio)"));
            assert_eq!(hint(&call(&[], Some(false))), "Change the prompt.");
            assert_eq!(hint(&call(&[], None)), "Change the prompt.");
            assert_eq!(hint(&call(&["https://h/a.png"], None)), "Change the prompt or the input pictures.");
        }
    }

    #[test]
    fn pictures_are_advised_by_how_they_travel() {
        for (code, message) in [
            ("InvalidParameter", "download image failed"),
            ("InvalidURL", "The request URL is invalid"),
            ("InvalidURL.Timeout", "Download timeout"),
            (
                "InvalidParameter.DataInspection",
                "Unable to download the media resource during the data inspection process.",
            ),
            ("BadRequest.InputDownloadFailed", "Failed to download the input file"),
            (
                "invalid_parameter_error",
                "InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid",
            ),
        ] {
            let hint = |images: &[&str]| hint(400, code, message, SHARED, &call(images, None));
            let web = hint(&["https://pictures.example/a.png?Signature=secret", "https://pictures.example/b.png"]);
            assert!(web.contains("at pictures.example opens for everyone") && !web.contains("secret"), "{code}: {web}");
            assert!(hint(&["oss://dashscope-instant/a.png"]).contains("lives 48 hours"), "{code}");
            assert!(hint(&["data:image/png;base64,AAAA"]).contains("inside the request"), "{code}");
            assert!(hint(&["file:///home/me/a.png"]).contains("the file on this machine"), "{code}");
        }
        assert_eq!(
            hint(400, "InvalidParameter", "n must be 1", SHARED, &call(&["https://h/a"], None)),
            "Change what it names and send again."
        );
    }
}
