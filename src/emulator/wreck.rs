//! What the common faults make of an answer: another one, none, half of one. Not here: which
//! fault strikes when (`faults`), and faults of one kind of answer only.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use futures_util::{StreamExt, stream};

use super::answer::{self, RequestId};
use super::faults::Fault;
use super::refusal::Refusal;

/// The answer given instead of doing anything, if the fault is one of those.
pub fn instead(fault: Option<&Fault>, id: &RequestId) -> Option<Response> {
    match fault? {
        Fault::Html { status } => Some(answer::html(*status)),
        fault @ Fault::Refuse { billed: false, .. } => refusal(fault).map(|refusal| answer::refuse(&refusal, id)),
        _ => None,
    }
}

/// The same, in the object store's words.
pub fn instead_of_xml(fault: Option<&Fault>, id: &RequestId) -> Option<Response> {
    match fault? {
        Fault::Html { status } => Some(answer::html(*status)),
        fault @ Fault::Refuse { .. } => {
            refusal(fault).map(|refusal| answer::xml(refusal.status, &refusal.code, &refusal.message, id))
        }
        _ => None,
    }
}

/// What becomes of the right answer after everything was carried out.
pub async fn after(fault: Option<&Fault>, response: Response, id: &RequestId) -> Response {
    match fault {
        Some(Fault::LostReply) => answer::lost(),
        Some(Fault::HalfReply) => halved(response, false).await,
        Some(Fault::CutReply) => halved(response, true).await,
        Some(fault @ Fault::Refuse { .. }) => match refusal(fault) {
            Some(refusal) => answer::refuse(&refusal, id),
            None => response,
        },
        _ => response,
    }
}

/// The refusal a [`Fault::Refuse`] asks for.
pub fn refusal(fault: &Fault) -> Option<Refusal> {
    let Fault::Refuse { status, code, message, shape, retry_after, .. } = fault else {
        return None;
    };
    let mut refusal = Refusal { shape: *shape, retry_after: *retry_after, ..Refusal::usual(code) };
    refusal.status = status.unwrap_or(refusal.status);
    if let Some(message) = message {
        refusal.message.clone_from(message);
    }
    Some(refusal)
}

/// The first half of a body; `cut`: the head promises all of it.
async fn halved(response: Response, cut_off: bool) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    if !cut_off {
        return Response::from_parts(head, half.into());
    }
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(head, cut(half))
}

/// These bytes, then the end of the connection.
pub fn cut(bytes: Bytes) -> Body {
    let end = async {
        // Lets the server write what it has before it learns of the end.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    };
    Body::from_stream(stream::iter([Ok::<_, io::Error>(bytes)]).chain(stream::once(end)))
}
