//! Who may ask: the bearer check of every `/api/v1` route. Not here: result files, which are
//! signed instead (`files`).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::refusal::Refusal;

/// Checks the `Authorization` header (contract 8, 11). With `only` set, that key alone is right.
pub fn check(only: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(Refusal::new(401, "InvalidApiKey", "No API-key provided."));
    };
    let key = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).map(str::trim).unwrap_or_default();
    if key.is_empty() {
        return Err(Refusal::new(401, "InvalidApiKey", "No API-key provided."));
    }
    if key.starts_with("sk-sp-") {
        return Err(Refusal::new(403, "invalid api-key", "invalid api-key"));
    }
    let right = match only {
        Some(only) => key == only,
        None => key.len() > "sk-".len() && key.starts_with("sk-"),
    };
    if right { Ok(()) } else { Err(Refusal::new(401, "InvalidApiKey", "Invalid API-key provided.")) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn status(only: Option<&str>, header: Option<&str>) -> Result<(), (u16, String)> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().unwrap());
        }
        check(only, &headers).map_err(|refusal| (refusal.status, refusal.message))
    }

    #[test]
    fn any_standard_key_is_right_unless_told_one() {
        assert_eq!(status(None, Some("Bearer sk-anything")), Ok(()));
        assert_eq!(status(Some("sk-one"), Some("Bearer sk-one")), Ok(()));
        assert_eq!(status(Some("sk-one"), Some("Bearer sk-two")), Err((401, "Invalid API-key provided.".into())));
    }

    #[test]
    fn missing_and_wrong_keys_are_told_apart() {
        assert_eq!(status(None, None), Err((401, "No API-key provided.".into())));
        assert_eq!(status(None, Some("Bearer ")), Err((401, "No API-key provided.".into())));
        assert_eq!(status(None, Some("Bearer key-1")), Err((401, "Invalid API-key provided.".into())));
    }

    #[test]
    fn a_coding_plan_key_is_forbidden() {
        assert_eq!(status(None, Some("Bearer sk-sp-abc")), Err((403, "invalid api-key".into())));
    }
}
