//! Where the service is and who we are: the address and the key, checked before anything is sent.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::domain::{Fault, FaultKind};

/// Where the service is and how we show who we are. The key is never printed.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Native base URL, for example `https://dashscope-intl.aliyuncs.com/api/v1`. Plain http only to loopback.
    pub base_url: String,
    /// The API key.
    pub key: SecretString,
}

/// A base URL that passed the checks: no trailing slash, no query, a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    url: String,
    /// Host and port, to name in messages.
    pub(super) host: String,
    /// On this machine: plain http is allowed and no proxy is asked.
    pub(super) loopback: bool,
}

impl Base {
    /// The absolute URL of a path under the base.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// Checks a base URL. `/api/v1` is added where only scheme and host are given (contract 1.1).
pub(super) fn base(text: &str) -> Result<Base, Fault> {
    let refuse = |why: String| {
        Fault::new(FaultKind::Invalid, "bad_base_url", why)
            .hint("Write it like https://dashscope-intl.aliyuncs.com/api/v1.")
    };
    let url = Url::parse(text.trim()).map_err(|error| refuse(format!("The base URL cannot be read: {error}.")))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("The base URL must not carry a name, a password, a query or a fragment.".into()));
    }
    let loopback = is_loopback(&url);
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err(refuse(format!("Plain http to {host} would show your key to the network."))),
        other => return Err(refuse(format!("The base URL begins with {other}, and only https is spoken."))),
    }
    let path = url.path().trim_end_matches('/');
    if path.contains("/compatible-mode") {
        return Err(refuse("That address speaks the OpenAI dialect, which has no image models.".into()));
    }
    let path = if path.is_empty() { "/api/v1" } else { path };
    let host = url.port().map_or(host.clone(), |port| format!("{host}:{port}"));
    Ok(Base { url: format!("{}://{host}{path}", url.scheme()), host, loopback })
}

/// Whether a URL names this machine itself: `localhost`, 127.0.0.0/8 or `::1`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The authorization header for a key, marked so that nothing prints it. Refuses keys that cannot work (contract 8).
pub(super) fn authorization(key: &SecretString) -> Result<reqwest::header::HeaderValue, Fault> {
    let refuse = |code: &str, why: &str, hint: &str| Fault::new(FaultKind::Access, code, why).hint(hint);
    let key = key.expose_secret().trim();
    if key.is_empty() {
        return Err(refuse(
            "no_key",
            "There is no API key.",
            "Set DASHSCOPE_API_KEY, or try `pinxit demo`, which needs none.",
        ));
    }
    if key.starts_with("sk-sp-") {
        return Err(refuse(
            "coding_plan_key",
            "This is a Coding Plan key (sk-sp-...), and the Coding Plan has no image models.",
            "Use a standard key, which begins with sk- alone.",
        ));
    }
    let header =
        key.bytes().all(|byte| byte.is_ascii_graphic()).then(|| format!("Bearer {key}").parse().ok()).flatten();
    let mut header: reqwest::header::HeaderValue = header.ok_or_else(|| {
        refuse(
            "bad_key",
            "The API key holds characters that no key has.",
            "Copy it again, without spaces and line breaks.",
        )
    })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for (given, path) in [
            ("https://dashscope-intl.aliyuncs.com", "https://dashscope-intl.aliyuncs.com/api/v1/tasks/1"),
            ("https://dashscope-intl.aliyuncs.com/api/v1//", "https://dashscope-intl.aliyuncs.com/api/v1/tasks/1"),
            (" https://proxy.example/dash/api/v1 ", "https://proxy.example/dash/api/v1/tasks/1"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/api/v1/tasks/1"),
            ("http://[::1]:9/api/v1", "http://[::1]:9/api/v1/tasks/1"),
            ("http://localhost:9", "http://localhost:9/api/v1/tasks/1"),
        ] {
            assert_eq!(base(given).unwrap().join("/tasks/1"), path, "{given}");
        }
        assert!(base("http://localhost:9").unwrap().loopback);
        assert!(!base("https://dashscope.aliyuncs.com").unwrap().loopback);
    }

    #[test]
    fn addresses_that_leak_or_lead_nowhere_are_refused() {
        for given in [
            "http://dashscope-intl.aliyuncs.com/api/v1",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "https://me:secret@dashscope.aliyuncs.com",
            "https://dashscope.aliyuncs.com/api/v1?api_key=1",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "dashscope.aliyuncs.com",
            "",
        ] {
            let fault = base(given).unwrap_err();
            assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Invalid, "bad_base_url"), "{given}");
        }
    }

    #[test]
    fn keys_are_checked_and_never_shown() {
        let code = |key: &str| authorization(&key.into()).unwrap_err().code;
        assert_eq!(code(" "), "no_key");
        assert_eq!(code("sk-sp-abcdefgh"), "coding_plan_key");
        assert_eq!(code("sk-abc def"), "bad_key");
        assert_eq!(code("sk-abc\ndef"), "bad_key");
        assert_eq!(code("sk-红狐"), "bad_key");
        let header = authorization(&"sk-abcdefgh\n".into()).unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer sk-abcdefgh");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
