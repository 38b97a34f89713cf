//! Temporary storage: policies, what they allow, and the files they let in (contract 7.2). Not
//! here: the HTTP of it (`storage`).

use std::collections::HashMap;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What signs a policy; the name of the key, which is no secret.
pub const ACCESS_KEY: &str = "LTAI5tEmulatorUploads";
const BUCKET: &str = "dashscope-file-mgr";
/// Both the policy's own end and `expire_in_seconds`.
const POLICY_SECONDS: i64 = 300;
/// An uploaded file can be used this long.
const LIFE_MS: i64 = 48 * 60 * 60 * 1000;
/// Largest file a policy lets in.
pub const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// Why a form was turned down, as the object store says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// HTTP status.
    pub status: u16,
    /// The store's code.
    pub code: &'static str,
    /// The store's words.
    pub message: String,
}

impl Denied {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Denied {
        Denied { status, code, message: message.into() }
    }
}

#[derive(Debug)]
struct Object {
    bytes: Bytes,
    model: String,
    at_ms: i64,
}

/// All policies given and all files let in.
#[derive(Debug)]
pub struct Uploads {
    secret: u64,
    /// The model each upload folder was opened for.
    folders: HashMap<String, String>,
    objects: HashMap<String, Object>,
}

impl Uploads {
    pub fn new(secret: u64) -> Uploads {
        Uploads { secret, folders: HashMap::new(), objects: HashMap::new() }
    }

    /// A policy for one model: the `data` of the answer.
    pub fn policy(&mut self, model: &str, upload_host: &str, request_id: &str, now_ms: i64) -> Value {
        let at =
            |ms: i64, form: &str| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).strftime(form).to_string();
        let account = format!("{:032x}", u128::from(self.secret) << 17 | 0x52af);
        let folder = format!("dashscope-instant/{account}/{}/{request_id}", at(now_ms, "%Y-%m-%d"));
        let policy = json!({
            "expiration": at(now_ms + POLICY_SECONDS * 1000, "%Y-%m-%dT%H:%M:%S%.3fZ"),
            "conditions": [
                ["content-length-range", 0, MAX_BYTES],
                ["starts-with", "$key", folder],
                {"bucket": BUCKET},
                {"x-oss-object-acl": "private"},
                {"x-oss-forbid-overwrite": "true"},
            ],
        });
        let policy = STANDARD.encode(policy.to_string());
        self.folders.insert(folder.clone(), model.into());
        json!({
            "signature": self.sign(&policy),
            "policy": policy,
            "upload_dir": folder,
            "upload_host": upload_host,
            "expire_in_seconds": POLICY_SECONDS,
            "max_file_size_mb": MAX_BYTES / 1024 / 1024,
            "capacity_limit_mb": 999_999_999,
            "oss_access_key_id": ACCESS_KEY,
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        })
    }

    /// Lets a file in, if its form keeps to its policy.
    ///
    /// # Errors
    /// What the object store would say.
    pub fn put(&mut self, form: &HashMap<String, String>, bytes: Bytes, now_ms: i64) -> Result<(), Denied> {
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let key = given("key");
        if key.is_empty() {
            return Err(Denied::new(
                400,
                "UserKeyMustBeSpecified",
                "The bucket POST must contain the specified 'key'.",
            ));
        }
        if given("OSSAccessKeyId") != ACCESS_KEY {
            let message = "The OSS Access Key Id you provided does not exist in our records.";
            return Err(Denied::new(403, "InvalidAccessKeyId", message));
        }
        if given("policy").is_empty() || given("Signature") != self.sign(given("policy")) {
            let message = "The request signature we calculated does not match the signature you provided.";
            return Err(Denied::new(403, "SignatureDoesNotMatch", message));
        }
        let folder = self.allowed(form, now_ms)?;
        let Some(model) = self.folders.get(&folder) else {
            return Err(against("[\"starts-with\", \"$key\"]"));
        };
        if !key.strip_prefix(&folder).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/')) {
            return Err(against(&format!("[\"starts-with\", \"$key\", \"{folder}\"]")));
        }
        if self.objects.contains_key(key) {
            let message = "The object you specified already exists and can not be overwritten.";
            return Err(Denied::new(409, "FileAlreadyExists", message));
        }
        let object = Object { bytes, model: model.clone(), at_ms: now_ms };
        self.objects.insert(key.into(), object);
        Ok(())
    }

    /// The folder a signed policy opens, if it is not over and the other fields keep to it.
    fn allowed(&self, form: &HashMap<String, String>, now_ms: i64) -> Result<String, Denied> {
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let policy = STANDARD.decode(given("policy")).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
        let Some(policy) = policy else {
            return Err(Denied::new(
                400,
                "InvalidPolicyDocument",
                "The content of the form does not meet the conditions specified in the policy document.",
            ));
        };
        let ends = policy["expiration"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        if ends.is_none_or(|ends| ends.as_millisecond() <= now_ms) {
            return Err(Denied::new(403, "AccessDenied", "Invalid according to Policy: Policy expired."));
        }
        for name in ["x-oss-object-acl", "x-oss-forbid-overwrite"] {
            let asked = policy["conditions"].as_array().into_iter().flatten().find_map(|one| one[name].as_str());
            if asked != Some(given(name)) {
                return Err(against(&format!("[\"eq\", \"${name}\", \"{}\"]", asked.unwrap_or_default())));
            }
        }
        Ok(policy["conditions"][1][2].as_str().unwrap_or_default().to_owned())
    }

    /// An uploaded file, for the model it was uploaded for and within its 48 hours.
    pub fn read(&self, key: &str, model: &str, now_ms: i64) -> Option<Bytes> {
        let object = self.objects.get(key)?;
        (object.model == model && now_ms - object.at_ms < LIFE_MS).then(|| object.bytes.clone())
    }

    fn sign(&self, policy: &str) -> String {
        STANDARD.encode(&Sha256::digest(format!("{}\nuploads\n{policy}", self.secret).as_bytes())[..20])
    }
}

fn against(condition: &str) -> Denied {
    Denied::new(403, "AccessDenied", format!("Invalid according to Policy: Policy Condition failed: {condition}"))
}
