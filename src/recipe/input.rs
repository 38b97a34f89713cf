//! A picture a picture was made from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::Reference;

/// Where an input picture was, and what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// A file on the machine that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Or a web address, without what makes it a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The content of the file, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// There was more: of an address what stands behind its `?`, of a data URI all of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Input {
    /// Of a reference; `sha256` of its content where it is a file.
    pub fn of(reference: &Reference, sha256: Option<String>) -> Input {
        match reference {
            Reference::File(path) => Input { path: Some(path.clone()), sha256, ..Input::default() },
            Reference::Url(url) => {
                let (url, cut) = public(url);
                Input { url: Some(url), cut, ..Input::default() }
            }
        }
    }

    /// The same without where it lay.
    pub fn without_path(self) -> Input {
        Input { path: None, ..self }
    }

    /// Its name for people: the file's, the address, or its content.
    pub fn name(&self) -> String {
        match (&self.path, &self.url, &self.sha256) {
            (Some(path), _, _) => path.display().to_string(),
            (_, Some(url), _) => url.clone(),
            (_, _, Some(sha256)) => format!("the file with SHA-256 {}", sha256.chars().take(16).collect::<String>()),
            _ => "a picture nothing is known of".to_owned(),
        }
    }
}

/// An address as anybody may read it, and whether that is less than there was. A query may be a signature, and what stands
/// before an `@` a password.
fn public(url: &str) -> (String, bool) {
    if url.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
        let kind = url.split([';', ',']).next().unwrap_or_default();
        return (format!("{},", kind.chars().take(60).collect::<String>()), true);
    }
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let shown = match plain.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let host = rest[..end].rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{}", &rest[end..])
        }
        None => plain.to_owned(),
    };
    let cut = shown != url;
    (shown, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_what_makes_it_a_key() {
        for (url, shown, cut) in [
            ("https://h.com/a.png", "https://h.com/a.png", false),
            ("https://h.com/a.png?Signature=secret&Expires=1", "https://h.com/a.png", true),
            ("https://me:pass@h.com/a@b.png#x", "https://h.com/a@b.png", true),
            ("https://h.com", "https://h.com", false),
            ("data:image/png;base64,AAAA", "data:image/png,", true),
            ("oss://bucket/a.png", "oss://bucket/a.png", false),
        ] {
            assert_eq!(public(url), (shown.to_owned(), cut));
        }
    }
}
