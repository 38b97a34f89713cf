//! The service's leave to put pictures into its temporary storage: read, distrusted, and kept while it lives
//! (contract 7.2). How a picture is then sent is in [`upload`](super::upload).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use super::{body, endpoint};
use crate::domain::{Fault, FaultKind, ModelId};

/// A policy is not begun with in the last seconds of its life: the upload must arrive while it lives.
const MARGIN: Duration = Duration::from_secs(30);
/// The longest folder name taken; the service's have about 110 characters.
const DIR_MAX: usize = 512;

/// Where pictures go, and the signed fields that let them in. It opens the storage, so nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Policy {
    /// Where to send the form.
    pub(super) host: Url,
    /// The folder all keys begin with.
    pub(super) dir: String,
    /// The fields before `key`, in the contract's order.
    pub(super) fields: Vec<(&'static str, String)>,
    /// Most bytes of a file.
    pub(super) max: Option<u64>,
    life: Duration,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("host", &self.host.host_str()).field("life", &self.life).finish_non_exhaustive()
    }
}

impl Policy {
    /// Reads the service's answer. Pictures go out by https only, or to this machine if the service is on it (`loopback`).
    pub(super) fn read(answer: &Value, loopback: bool) -> Result<Policy, Fault> {
        let data = answer.get("data").or_else(|| answer.get("output")).unwrap_or(answer);
        let odd = |why: String| {
            Fault::new(FaultKind::Other, "bad_policy", format!("The service's storage cannot be used: {why}."))
                .request_id(body::request_id(answer))
        };
        let field = |name: &str| match data.get(name) {
            Some(Value::String(text)) if !text.is_empty() && !text.contains(char::is_control) => Ok(text.clone()),
            Some(Value::Bool(flag)) => Ok(flag.to_string()),
            _ => Err(odd(format!("the answer has no usable {name}"))),
        };
        let host = host(&field("upload_host")?, loopback).map_err(odd)?;
        let dir = field("upload_dir")?;
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '?' | '#' | '%');
        if dir.len() > DIR_MAX
            || !dir.chars().all(is_plain)
            || dir.split('/').any(|part| matches!(part, "" | "." | ".."))
        {
            return Err(odd("the answer names an odd folder".into()));
        }
        let number =
            |name: &str| data.get(name).and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        Ok(Policy {
            host,
            dir,
            fields: vec![
                ("OSSAccessKeyId", field("oss_access_key_id")?),
                ("Signature", field("signature")?),
                ("policy", field("policy")?),
                ("x-oss-object-acl", field("x_oss_object_acl")?),
                ("x-oss-forbid-overwrite", field("x_oss_forbid_overwrite")?),
            ],
            max: number("max_file_size_mb").map(|megabytes| megabytes.saturating_mul(1 << 20)),
            life: Duration::from_secs(number("expire_in_seconds").unwrap_or(0)).saturating_sub(MARGIN),
        })
    }
}

/// The server says where to, and is not believed further than that: no plain http, no name or password, and not this
/// machine unless the service itself is on it.
fn host(address: &str, loopback: bool) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| format!("its address cannot be read: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err("its address carries more than a host".into());
    }
    let host = body::shown(url.host_str().unwrap_or("nowhere"), 80);
    match (url.scheme(), endpoint::is_loopback(&url)) {
        ("https" | "http", true) if loopback => Ok(url),
        ("https", false) => Ok(url),
        (_, true) => Err(format!("the service points to this machine ({host})")),
        (scheme, false) => Err(format!("{host} would be reached by {}, not https", body::shown(scheme, 20))),
    }
}

/// Policies that may be used again: one serves several files (contract 7.2), and asking is limited.
#[derive(Debug, Default)]
pub(super) struct Policies(Mutex<HashMap<ModelId, (Policy, Instant)>>);

impl Policies {
    /// The one kept for a model, if it lives.
    pub(super) fn get(&self, model: &ModelId, now: Instant) -> Option<Policy> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(model)
            .filter(|(policy, asked)| now.duration_since(*asked) < policy.life)
            .map(|(policy, _)| policy.clone())
    }

    /// Keeps one that was asked for at `asked`.
    pub(super) fn keep(&self, model: &ModelId, policy: Policy, asked: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(model.clone(), (policy, asked));
    }

    /// Forgets one the storage did not take.
    pub(super) fn forget(&self, model: &ModelId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(model);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(change: Value) -> Value {
        let mut data = json!({
            "policy": "eyJleHBpcmF0aW9uIjoi", "signature": "n3dNX/aD3+WAly0=",
            "upload_dir": "dashscope-instant/52afe077/2025-07-12/b744f4f8", "expire_in_seconds": 300,
            "upload_host": "https://dashscope-file-mgr.oss-cn-beijing.aliyuncs.com", "max_file_size_mb": 1024,
            "capacity_limit_mb": 999999999, "oss_access_key_id": "LTAIsecret", "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true"
        });
        data.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"data": data, "request_id": "b744f4f8"})
    }

    #[test]
    fn the_captured_answer_is_read_and_never_printed() {
        let policy = Policy::read(&answer(json!({})), false).unwrap();
        let names: Vec<&str> = policy.fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["OSSAccessKeyId", "Signature", "policy", "x-oss-object-acl", "x-oss-forbid-overwrite"]);
        assert_eq!((policy.max, policy.life), (Some(1 << 30), Duration::from_secs(270)));
        assert_eq!(policy.host.as_str(), "https://dashscope-file-mgr.oss-cn-beijing.aliyuncs.com/");
        let printed = format!("{policy:?}");
        assert!(!printed.contains("LTAI") && !printed.contains("n3dNX") && !printed.contains("eyJ"), "{printed}");
        assert_eq!(Policy::read(&answer(json!({"x_oss_forbid_overwrite": true})), false).unwrap(), policy);
    }

    #[test]
    fn hosts_and_folders_are_not_believed() {
        for host in [
            "http://dashscope-file-mgr.oss-cn-beijing.aliyuncs.com",
            "http://127.0.0.1:9",
            "https://127.0.0.1:9",
            "https://localhost",
            "https://me:pw@oss.aliyuncs.com",
            "https://oss.aliyuncs.com/?x=1",
            "file:///etc",
            "oss.aliyuncs.com",
            "",
        ] {
            let fault = Policy::read(&answer(json!({"upload_host": host})), false).unwrap_err();
            assert_eq!((fault.code.as_str(), fault.request_id.as_deref()), ("bad_policy", Some("b744f4f8")), "{host}");
        }
        assert!(Policy::read(&answer(json!({"upload_host": "http://127.0.0.1:9"})), true).is_ok());
        assert!(Policy::read(&answer(json!({"upload_host": "http://10.0.0.1:9"})), true).is_err());
        for dir in ["", "../x", "a//b", "/a", "a b", "a\nb", "a?b", "é", &"x".repeat(513)] {
            assert!(Policy::read(&answer(json!({"upload_dir": dir})), false).is_err(), "{dir}");
        }
        for gone in ["policy", "signature", "oss_access_key_id", "upload_host"] {
            let fault = Policy::read(&answer(json!({gone: null})), false).unwrap_err();
            assert!(fault.message.contains(gone), "{fault}");
        }
        assert!(Policy::read(&json!({}), false).is_err());
    }

    #[test]
    fn one_serves_a_model_while_it_lives() {
        let (policies, model, asked) = (Policies::default(), ModelId::from("wan2.6-image"), Instant::now());
        let policy = Policy::read(&answer(json!({})), false).unwrap();
        policies.keep(&model, policy.clone(), asked);
        assert_eq!(policies.get(&model, asked + Duration::from_secs(269)), Some(policy));
        assert_eq!(policies.get(&model, asked + Duration::from_secs(270)), None);
        assert_eq!(policies.get(&"wan2.7-image".into(), asked), None);
        policies.forget(&model);
        assert_eq!(policies.get(&model, asked), None);
        let short = Policy::read(&answer(json!({"expire_in_seconds": 30})), false).unwrap();
        policies.keep(&model, short, asked);
        assert_eq!(policies.get(&model, asked), None);
    }
}
