//! Where requests go: base URLs checked and mended, and the region a host belongs to.

use url::{Host, Url};

use crate::domain::Region;

/// The path of the native API on every host (contract 1.1).
const NATIVE: &str = "/api/v1";
/// Where OpenAI clients look on the same hosts; no pictures there.
const COMPATIBLE: &str = "/compatible-mode/v1";

/// A base URL in the form the client wants: no slash at the end, `/api/v1` where the path was left out or was the one of
/// the OpenAI-compatible interface. Plain http only to this machine; no user, query or fragment.
pub fn base_url(text: &str) -> Result<String, String> {
    let mut url = Url::parse(text.trim()).map_err(|e| format!("not a web address ({e})"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err("plain http goes to this machine only: write https://".into()),
        other => return Err(format!("{other}: is not a way to reach the service: write https://")),
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err("write a host, without a user name or password".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a base address has no ? or # part".into());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if path.is_empty() || (path == COMPATIBLE && region(&url).is_some()) {
        url.set_path(NATIVE);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// As the variable `QWEN_BASE_URL` is read elsewhere: only scheme and host count, the path is always the native one
/// (contract 8).
pub fn native(text: &str) -> String {
    match Url::parse(text.trim()) {
        Ok(mut url) => {
            url.set_path(NATIVE);
            url.into()
        }
        Err(_) => text.to_owned(),
    }
}

/// The region a base URL belongs to, when its host tells.
pub fn region_of(base_url: &str) -> Option<Region> {
    region(&Url::parse(base_url).ok()?)
}

/// Whether a base URL points at this machine.
pub fn is_local(base_url: &str) -> bool {
    Url::parse(base_url).is_ok_and(|url| is_loopback(&url))
}

fn region(url: &Url) -> Option<Region> {
    let host = url.host_str()?;
    Region::ALL.into_iter().find(|region| {
        let shared = region.base_url().and_then(|base| Url::parse(base).ok());
        let workspace = format!(".{}.maas.aliyuncs.com", region.id());
        host.ends_with(&workspace) || shared.is_some_and(|shared| shared.host_str() == Some(host))
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_mended_to_the_native_path() {
        let same = "https://dashscope-intl.aliyuncs.com/api/v1";
        for text in [same, "https://dashscope-intl.aliyuncs.com", "https://dashscope-intl.aliyuncs.com/api/v1/"] {
            assert_eq!(base_url(text).as_deref(), Ok(same));
        }
        assert_eq!(base_url("https://dashscope-intl.aliyuncs.com/compatible-mode/v1").as_deref(), Ok(same));
        assert_eq!(base_url("https://proxy.example/dash").as_deref(), Ok("https://proxy.example/dash"));
        assert_eq!(native("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"), same);
    }

    #[test]
    fn plain_http_reaches_only_this_machine() {
        for here in ["http://127.0.0.1:8787/api/v1", "http://[::1]:9/api/v1", "http://localhost:80"] {
            assert!(base_url(here).is_ok(), "{here}");
        }
        for away in ["http://dashscope-intl.aliyuncs.com/api/v1", "http://127.0.0.1.evil.example", "http://10.0.0.1"] {
            assert!(base_url(away).is_err(), "{away}");
        }
        for wrong in ["ftp://x", "file:///etc/passwd", "nonsense", "https://me:pw@h.example", "https://h.example/?a=b"]
        {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_host_tells_the_region() {
        assert_eq!(region_of("https://dashscope.aliyuncs.com/api/v1"), Some(Region::Beijing));
        assert_eq!(region_of("https://ws1.eu-central-1.maas.aliyuncs.com/api/v1"), Some(Region::Frankfurt));
        assert_eq!(region_of("http://127.0.0.1:1/api/v1"), None);
        assert_eq!(region_of("https://dashscope.aliyuncs.com.evil.example/api/v1"), None);
    }
}
