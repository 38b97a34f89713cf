//! The service's storage, where pictures wait for 24 hours: which addresses are trusted, and what its refusals mean.

use reqwest::StatusCode;
use url::{Host, Url};

use super::endpoint;
use crate::domain::{Billed, Fault, FaultKind};
use crate::picture::{self, Unusable};

/// The domain all result hosts belong to (quality 1).
const TRUSTED: &str = ".aliyuncs.com";

/// A fault about a picture that exists and was paid for.
pub(super) fn fault(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Other, code, message).billed(Billed::Yes)
}

/// Checks the address of a picture: https to the service's storage; plain http only to this machine, and only if
/// `loopback` (the service itself is on this machine). Plain http to the storage becomes https: its signature does not
/// cover the scheme, and a picture must not be lost to a letter.
pub(super) fn trusted(address: &str, loopback: bool) -> Result<Url, Fault> {
    let refuse = |why: String| {
        fault("untrusted_address", why).hint("Pictures are fetched over https from the service's own storage only.")
    };
    let mut url =
        Url::parse(address).map_err(|error| refuse(format!("The picture's address cannot be read: {error}.")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("The picture's address carries a name or a password.".into()));
    }
    if loopback && matches!(url.scheme(), "http" | "https") && endpoint::is_loopback(&url) {
        return Ok(url);
    }
    let host = url.host_str().unwrap_or("nowhere").to_owned();
    let is_ours = matches!(url.host(), Some(Host::Domain(name)) if name.ends_with(TRUSTED)) && url.port().is_none();
    if !is_ours {
        return Err(refuse(format!("The picture lies at {host}, which is not the service's storage.")));
    }
    if url.scheme() == "http" && url.set_scheme("https").is_err() || url.scheme() != "https" {
        return Err(refuse(format!("The picture's address begins with {}.", url.scheme())));
    }
    Ok(url)
}

/// What it means that the storage did not answer 200. `head` is the beginning of its body.
pub(super) fn refusal(status: StatusCode, head: &[u8]) -> Fault {
    let with = match (status.as_u16(), head) {
        (code, []) => format!("HTTP status {code}"),
        (code, head) => format!("HTTP status {code}, {}", picture::describe(head)),
    };
    match status.as_u16() {
        403 => fault("expired", format!("The storage no longer gives the picture out ({with})."))
            .hint("Addresses of pictures live 24 hours."),
        404 | 410 => fault("gone", format!("The picture is no longer in the storage ({with}).")),
        300..=399 => {
            fault("redirect", format!("The storage points to another address ({with}), which is not followed."))
        }
        408 | 429 | 500.. => {
            fault("storage_busy", format!("The storage did not give the picture out ({with}).")).retryable()
        }
        _ => fault("storage_refused", format!("The storage refused the picture ({with}).")),
    }
}

/// What it means that the bytes that came are no picture, or not all of one. A spoiled transfer may go well next time.
pub(super) fn unusable(problem: Unusable) -> Fault {
    match problem {
        Unusable::NotAPicture(what) if what.starts_with("empty") => {
            fault("truncated", "The picture came as an empty file.").retryable()
        }
        Unusable::NotAPicture(what) => fault("not_a_picture", format!("What came is not a picture but {what}."))
            .hint("Nothing was saved under a picture's name."),
        Unusable::Damaged(why) => fault("damaged", format!("The picture arrived damaged: {why}.")).retryable(),
        Unusable::TooLarge { width, height } => {
            fault("too_large", format!("The picture has {width} x {height} pixels, more than pinxit opens."))
        }
        Unusable::Io(error) => disk(&error),
    }
}

/// What it means that a file cannot be written.
pub(super) fn disk(error: &std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => fault("disk_full", "The disk is full.")
            .hint("Make room; the picture waits in the storage for 24 hours.")
            .retryable(),
        _ => fault("disk", format!("The picture cannot be written: {error}.")).hint("Check the folder pictures go to."),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_services_storage_is_trusted() {
        for address in [
            "https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/1d/d4/a.png?Expires=1&Signature=a%2Bb",
            "https://dashscope-7c2c.oss-accelerate.aliyuncs.com:443/a.png",
        ] {
            assert_eq!(trusted(address, false).unwrap().scheme(), "https");
        }
        let upgraded = trusted("http://dashscope-result-sh.oss-cn-shanghai.aliyuncs.com/a.png?Signature=a%2Bb", false);
        assert_eq!(
            upgraded.unwrap().as_str(),
            "https://dashscope-result-sh.oss-cn-shanghai.aliyuncs.com/a.png?Signature=a%2Bb"
        );
    }

    #[test]
    fn everything_else_is_not() {
        for address in [
            "https://aliyuncs.com.evil.tld/a.png",
            "https://evilaliyuncs.com/a.png",
            "https://aliyuncs.com@evil.tld/a.png",
            "https://me:pw@x.aliyuncs.com/a.png",
            "https://x.aliyuncs.com:8443/a.png",
            "https://x.aliyuncs.com./a.png",
            "https://169.254.169.254/a.aliyuncs.com",
            "http://169.254.169.254/latest",
            "http://127.0.0.1/a.png",
            "https://localhost/a.png",
            "file:///etc/passwd",
            "ftp://x.aliyuncs.com/a.png",
            "https://x.аliyuncs.com/a.png",
            "/a.png",
        ] {
            assert_eq!(trusted(address, false).unwrap_err().code, "untrusted_address", "{address}");
        }
    }

    #[test]
    fn this_machine_is_trusted_by_a_service_on_this_machine() {
        assert!(trusted("http://127.0.0.1:4000/a.png", true).is_ok());
        assert!(trusted("http://10.0.0.1:4000/a.png", true).is_err());
        assert!(trusted("http://127.0.0.1.evil.tld/a.png", true).is_err());
        assert!(trusted("https://x.aliyuncs.com/a.png", true).is_ok());
    }

    #[test]
    fn refusals_say_whether_to_come_back() {
        let xml =
            b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>";
        let expired = refusal(StatusCode::FORBIDDEN, xml);
        assert_eq!((expired.code.as_str(), expired.retryable, expired.billed), ("expired", false, Billed::Yes));
        assert_eq!(
            expired.message,
            "The storage no longer gives the picture out (HTTP status 403, XML text (AccessDenied))."
        );
        let table = [
            (404, "gone", false),
            (500, "storage_busy", true),
            (503, "storage_busy", true),
            (429, "storage_busy", true),
            (302, "redirect", false),
            (400, "storage_refused", false),
        ];
        for (status, code, retryable) in table {
            let fault = refusal(StatusCode::from_u16(status).unwrap(), b"");
            assert_eq!((fault.code.as_str(), fault.retryable), (code, retryable));
        }
    }
}
