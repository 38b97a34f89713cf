//! Pictures on their way in: small ones inside the request, others by way of the service's temporary storage
//! (contract 7). Which bytes to send, and for how long an address is good, is not known here.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream;
use reqwest::Body;
use reqwest::multipart::{Form, Part};

use super::body::{CODE_MAX, MESSAGE_MAX, shown};
use super::network::Trouble;
use super::policy::Policy;
use super::{Client, data_uri, download};
use crate::domain::{Fault, FaultKind, Format, ModelId};
use crate::picture;

/// Longest picture that goes inside the request, in bytes: with it the request stays below 1.4 MB, is soon sent, and is
/// cheaply sent again after a refusal. The service itself takes 10,485,760 bytes of data URI (contract 7.1).
const INLINE_MAX: usize = 1 << 20;
/// How much of a picture is handed on at a time, in bytes: the measure of progress.
const PORTION: usize = 16 << 10;
/// Longest part of a file's own name that goes out, in characters.
const NAME_MAX: usize = 40;

/// How the bytes of a local picture travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carriage {
    /// In the request itself, as this data URI.
    Inline(String),
    /// Uploaded first, to the service's temporary storage.
    Upload,
}

/// Small pictures go in the request, those above 1 MiB ahead of it, so that a request stays small and can be repeated
/// cheaply (contract 7.1).
pub fn carriage(bytes: &[u8], format: Format) -> Carriage {
    if bytes.len() <= INLINE_MAX { Carriage::Inline(data_uri::encode(format, bytes)) } else { Carriage::Upload }
}

impl Client {
    /// Puts a picture into the service's temporary storage, for one model (by its name on the wire); its `oss://` address,
    /// which that model and this account can use for 48 hours. Costs nothing and may be repeated. The key stays with the
    /// service; of `name` only plain letters and digits go out.
    ///
    /// # Errors
    /// Why not; `retryable` when trying again may help.
    pub async fn upload(&self, model: &ModelId, name: &str, format: Format, bytes: Vec<u8>) -> Result<String, Fault> {
        let picture: Arc<[u8]> = bytes.into();
        let (mut is_renewed, mut is_renamed) = (false, false);
        loop {
            let policy = self.policy(model).await?;
            if policy.max.is_some_and(|max| picture.len() as u64 > max) {
                return Err(too_large());
            }
            let key = format!("{}/{}", policy.dir, file_name(name, format, RandomState::new().build_hasher().finish()));
            let refused = match self.put(&policy, &key, format, &picture).await? {
                None => return Ok(format!("oss://{key}")),
                Some(refused) => refused,
            };
            match refused.status {
                // A policy that ran out, or was withdrawn.
                403 if !is_renewed => {
                    is_renewed = true;
                    self.policies().forget(model);
                }
                // The name is taken, and nothing is ever written over (contract 7.2).
                409 if !is_renamed => is_renamed = true,
                _ => return Err(refused.fault()),
            }
        }
    }

    async fn policy(&self, model: &ModelId) -> Result<Policy, Fault> {
        let asked = Instant::now();
        if let Some(policy) = self.policies().get(model, asked) {
            return Ok(policy);
        }
        let name: String = url::form_urlencoded::byte_serialize(model.as_str().as_bytes()).collect();
        let url = self.url(&format!("/uploads?action=getPolicy&model={name}"));
        let policy = Policy::read(&self.ask(self.api().get(url)).await?, self.is_loopback())?;
        self.policies().keep(model, policy.clone(), asked);
        Ok(policy)
    }

    /// Sends the form; `None` when the storage took it. However long that takes, as long as it moves.
    async fn put(
        &self,
        policy: &Policy,
        key: &str,
        format: Format,
        picture: &Arc<[u8]>,
    ) -> Result<Option<Refused>, Fault> {
        let patience = self.limits().upload;
        let host = policy.host.host_str().unwrap_or_default();
        let taken = Arc::new(AtomicUsize::new(0));
        let form = form(policy, key, format, picture, &taken);
        let mut sending = pin!(self.api().post(policy.host.clone()).multipart(form).send());
        let mut response = loop {
            let before = taken.load(Ordering::Relaxed);
            match tokio::time::timeout(patience, &mut sending).await {
                Ok(sent) => break sent.map_err(|error| Trouble::new(&error, host).fault())?,
                Err(_) if taken.load(Ordering::Relaxed) > before => {}
                Err(_) => {
                    let message = format!("{host} takes no more of the picture.");
                    return Err(Fault::new(FaultKind::Network, "timeout", message).retryable());
                }
            }
        };
        match response.status().as_u16() {
            200 | 204 => Ok(None),
            status => {
                let head = tokio::time::timeout(patience, download::head(&mut response)).await;
                Ok(Some(Refused { status, head: head.unwrap_or_default() }))
            }
        }
    }
}

/// The form, in the contract's order: `file` must be last.
fn form(policy: &Policy, key: &str, format: Format, picture: &Arc<[u8]>, taken: &Arc<AtomicUsize>) -> Form {
    let signed = policy.fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, value.clone()));
    let named = signed.text("key", key.to_owned()).text("success_action_status", "200");
    let name = key.rsplit('/').next().unwrap_or(key).to_owned();
    let file = Part::stream_with_length(portions(picture, taken), picture.len() as u64).file_name(name);
    let mime = format!("image/{}", format.id());
    named.part("file", file.mime_str(&mime).expect("image/ and a plain word is a media type"))
}

/// The picture in portions, counted as they are taken.
fn portions(picture: &Arc<[u8]>, taken: &Arc<AtomicUsize>) -> Body {
    let (picture, taken) = (Arc::clone(picture), Arc::clone(taken));
    let starts = (0..picture.len()).step_by(PORTION);
    Body::wrap_stream(stream::iter(starts.map(move |start| {
        let portion = picture[start..picture.len().min(start + PORTION)].to_vec();
        taken.fetch_add(portion.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(portion)
    })))
}

/// A file name that is nobody else's, in plain letters: names go into a header and an address (contract 7.2).
fn file_name(name: &str, format: Format, unique: u64) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let slug: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = slug.split('-').filter(|word| !word.is_empty()).collect();
    let plain: String = words.join("-").chars().take(NAME_MAX).collect();
    let plain = if plain.is_empty() { "picture" } else { plain.trim_end_matches('-') };
    format!("{unique:016x}-{plain}.{}", format.extension())
}

fn too_large() -> Fault {
    let message = "The picture is larger than the service's storage takes.";
    Fault::new(FaultKind::Invalid, "too_large", message).hint("Use a smaller picture.")
}

/// The storage's refusal: its status, and the beginning of its XML.
struct Refused {
    status: u16,
    head: Vec<u8>,
}

impl Refused {
    /// In words.
    fn fault(&self) -> Fault {
        let xml = String::from_utf8_lossy(&self.head);
        let code = match shown(element(&xml, "Code").unwrap_or_default(), CODE_MAX) {
            code if code.is_empty() => format!("http_{}", self.status),
            code => code,
        };
        let said = match shown(element(&xml, "Message").unwrap_or_default(), MESSAGE_MAX) {
            said if !said.is_empty() => said.trim_end_matches('.').to_owned(),
            _ if self.head.is_empty() => format!("HTTP status {}", self.status),
            _ => format!("HTTP status {}, {}", self.status, picture::describe(&self.head)),
        };
        if self.status == 413 || code == "EntityTooLarge" {
            return too_large();
        }
        let fault = |hint: &str| {
            let message = format!("The service's storage did not take the picture: {said}.");
            Fault::new(FaultKind::Other, code.clone(), message).hint(hint)
        };
        match self.status {
            300..=399 => fault("It points to another address, and pictures are not sent after it."),
            403 if said.to_lowercase().contains("expired") => {
                fault("The upload took longer than the service allows: use a smaller picture, or a faster line.")
            }
            403 => fault("Check that the key may use this model, and that the computer's clock is right."),
            408 | 409 | 429 | 500.. => fault("Try again later.").retryable(),
            _ => fault("Give the picture's web address instead."),
        }
    }
}

/// The text of an XML element without attributes, as the storage writes them.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text.trim())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::canned::{Act, Canned, response};
    use super::super::client::Limits;
    use super::super::endpoint::Endpoint;
    use super::*;
    use crate::domain::Billed;

    const KEY: &str = "sk-secret0123456789";
    const EXPIRED: &str = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>";

    fn policy(base: &str, life: u64) -> Act {
        let data = json!({
            "policy": "eyJleHBp", "signature": "n3dNX/aD3+WAly0=", "upload_dir": "dashscope-instant/52af/2025-07-12/b744",
            "upload_host": base, "expire_in_seconds": life, "max_file_size_mb": 20, "oss_access_key_id": "LTAI",
            "x_oss_object_acl": "private", "x_oss_forbid_overwrite": "true"
        });
        Act::Send(response(200, json!({"data": data, "request_id": "b744"}).to_string()))
    }

    fn answer(status: u16, body: &str) -> Act {
        Act::Send(response(status, body))
    }

    fn client(server: &Canned) -> Client {
        let limits = Limits { upload: Duration::from_millis(400), ..Limits::USUAL };
        Client::with_limits(Endpoint { base_url: server.base.clone(), key: KEY.into() }, limits).unwrap()
    }

    async fn upload(server: &Canned) -> Result<String, Fault> {
        client(server)
            .upload(
                &"wan2.7-image".into(),
                "/home/me/Fotos/Füchsin im\r\nSchnee \"1\".JPG",
                Format::Png,
                b"PICTURE".to_vec(),
            )
            .await
    }

    /// The request lines of what arrived.
    fn lines(server: &Canned) -> Vec<String> {
        server.requests().iter().map(|request| request.split("\r\n").next().unwrap().to_owned()).collect()
    }

    const ASK: &str = "GET /api/v1/uploads?action=getPolicy&model=wan2.7-image HTTP/1.1";
    const PUT: &str = "POST / HTTP/1.1";

    #[tokio::test]
    async fn a_picture_goes_up_as_the_contract_says() {
        let server = Canned::script(|base| vec![policy(base, 300), answer(200, "")]).await;
        let address = upload(&server).await.unwrap();
        assert_eq!(lines(&server), [ASK, PUT]);
        let requests = server.requests();
        assert!(requests[0].contains(KEY), "the service is asked with the key");
        let (head, body) = requests[1].split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(!requests[1].contains(KEY) && !head.contains("authorization"), "{head}");
        assert!(head.contains("content-type: multipart/form-data; boundary=") && head.contains("content-length: "));
        let fields: Vec<(&str, &str)> = body
            .split("Content-Disposition: form-data; name=\"")
            .skip(1)
            .map(|part| {
                (
                    part.split_once('"').unwrap().0,
                    part.split_once("\r\n\r\n").unwrap().1.split_once("\r\n--").unwrap().0,
                )
            })
            .collect();
        let key = address.strip_prefix("oss://").unwrap();
        assert_eq!(
            fields,
            [
                ("OSSAccessKeyId", "LTAI"),
                ("Signature", "n3dNX/aD3+WAly0="),
                ("policy", "eyJleHBp"),
                ("x-oss-object-acl", "private"),
                ("x-oss-forbid-overwrite", "true"),
                ("key", key),
                ("success_action_status", "200"),
                ("file", "PICTURE"),
            ]
        );
        let name = key.strip_prefix("dashscope-instant/52af/2025-07-12/b744/").unwrap();
        assert!(name.ends_with("-F-chsin-im-Schnee-1.png") && name.len() == 16 + 24, "{name}");
        assert!(body.contains(&format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png")), "{body}");
    }

    #[tokio::test]
    async fn one_policy_serves_several_pictures_of_a_model() {
        for (life, asked) in [(300, 1), (30, 2)] {
            let server = Canned::script(|base| {
                vec![
                    policy(base, life),
                    answer(204, ""),
                    if life > 30 { answer(200, "") } else { policy(base, life) },
                    answer(200, ""),
                ]
            })
            .await;
            let client = client(&server);
            let mut addresses = vec![];
            for _ in 0..2 {
                addresses.push(client.upload(&"m".into(), "a.png", Format::Png, vec![1]).await.unwrap());
            }
            assert_ne!(addresses[0], addresses[1]);
            assert_eq!(lines(&server).iter().filter(|line| line.starts_with("GET")).count(), asked);
        }
    }

    #[tokio::test]
    async fn an_expired_policy_and_a_taken_name_are_tried_again_once() {
        let taken = "<Error><Code>FileAlreadyExists</Code><Message>The object exists.</Message></Error>";
        let server = Canned::script(|base| {
            vec![policy(base, 300), answer(403, EXPIRED), policy(base, 300), answer(409, taken), answer(200, "")]
        })
        .await;
        let address = upload(&server).await.unwrap();
        assert_eq!(lines(&server), [ASK, PUT, ASK, PUT, PUT]);
        let key = address.strip_prefix("oss://").unwrap().to_owned();
        let requests = server.requests();
        assert!(!requests[3].contains(&key) && requests[4].contains(&key), "a new name");
        let server = Canned::script(|base| {
            vec![policy(base, 300), answer(403, EXPIRED), policy(base, 300), answer(403, EXPIRED)]
        })
        .await;
        let fault = upload(&server).await.unwrap_err();
        assert_eq!(lines(&server), [ASK, PUT, ASK, PUT]);
        assert_eq!((fault.code.as_str(), fault.billed, fault.retryable), ("AccessDenied", Billed::No, false));
        assert_eq!(
            fault.message,
            "The service's storage did not take the picture: Invalid according to Policy: Policy expired."
        );
        let server = Canned::script(|base| vec![policy(base, 300), answer(409, taken)]).await;
        assert_eq!(upload(&server).await.unwrap_err().code, "FileAlreadyExists");
        assert_eq!(lines(&server), [ASK, PUT, PUT]);
    }

    #[tokio::test]
    async fn refusals_become_words() {
        for (status, body, code, kind, retryable) in [
            (
                400,
                "<Error><Code>EntityTooLarge</Code><Message>x</Message></Error>",
                "too_large",
                FaultKind::Invalid,
                false,
            ),
            (
                400,
                "<Error><Code>InvalidArgument</Code><Message>\u{1b}[2J</Message></Error>",
                "InvalidArgument",
                FaultKind::Other,
                false,
            ),
            (503, "<html>", "http_503", FaultKind::Other, true),
            (302, "", "http_302", FaultKind::Other, false),
        ] {
            let server = Canned::script(|base| vec![policy(base, 300), answer(status, body)]).await;
            let fault = upload(&server).await.unwrap_err();
            assert_eq!(
                (fault.code.as_str(), fault.kind, fault.retryable, fault.billed),
                (code, kind, retryable, Billed::No)
            );
            assert!(!fault.message.contains('\u{1b}') && !fault.hint.is_empty(), "{fault}");
            assert_eq!(server.requests().len(), 2);
        }
    }

    #[tokio::test]
    async fn a_line_that_does_not_move_is_given_up() {
        let server = Canned::script(|base| vec![policy(base, 300), Act::Deaf]).await;
        let bytes = vec![7; 20 << 20];
        let fault = client(&server).upload(&"m".into(), "a.png", Format::Png, bytes).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_str(), fault.retryable), (FaultKind::Network, "timeout", true));
        let server = Canned::script(|base| vec![policy(base, 300), Act::SendThenStall(vec![])]).await;
        assert_eq!(upload(&server).await.unwrap_err().code, "timeout");
        let server = Canned::script(|base| vec![policy(base, 300), Act::ReadThenDrop]).await;
        assert_eq!(upload(&server).await.unwrap_err().code, "connection_lost");
    }

    #[tokio::test]
    async fn what_cannot_go_up_is_not_sent() {
        let server = Canned::script(|base| vec![policy(base, 300)]).await;
        let bytes = vec![7; (20 << 20) + 1];
        let fault = client(&server).upload(&"m".into(), "a.png", Format::Png, bytes).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.kind), ("too_large", FaultKind::Invalid));
        let server = Canned::script(|_| vec![policy("http://10.0.0.1", 300)]).await;
        assert_eq!(upload(&server).await.unwrap_err().code, "bad_policy");
        assert_eq!(lines(&server), [ASK]);
        let server = Canned::answer(401, r#"{"code":"InvalidApiKey","message":"x"}"#).await;
        assert_eq!(upload(&server).await.unwrap_err().kind, FaultKind::Access);
    }

    #[test]
    fn names_are_plain_and_short() {
        for (name, plain) in [
            ("cat.jpeg", "cat"),
            ("C:\\x\\my cat.v2.png", "my-cat-v2"),
            ("猫.png", "picture"),
            ("", "picture"),
            (".png", "picture"),
            ("a\"; filename=\"b", "a-filename-b"),
            (&"x".repeat(99), &"x".repeat(40)),
        ] {
            assert_eq!(file_name(name, Format::Jpeg, 0xab), format!("00000000000000ab-{plain}.jpg"));
        }
    }

    #[test]
    fn small_pictures_go_inside() {
        let small = vec![0; 1 << 20];
        let Carriage::Inline(uri) = carriage(&small, Format::Webp) else { panic!() };
        assert!(uri.starts_with("data:image/webp;base64,AAAA"));
        assert_eq!(carriage(&vec![0; (1 << 20) + 1], Format::Webp), Carriage::Upload);
    }
}
