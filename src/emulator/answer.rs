//! HTTP answers, right and wrong: JSON, the XML of the file host, a gateway's page, silence.
//! Not here: what the JSON says (`shapes`, `refusal`).

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

use super::refusal::Refusal;

/// The id of the request under way; it stands in the body and in `x-request-id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

pub fn json(status: u16, body: &Value) -> Response {
    typed(status, "application/json", body.to_string())
}

/// A refusal as JSON. A 401 carries no content type, as captured (contract 6.4).
pub fn refuse(refusal: &Refusal, id: &RequestId) -> Response {
    let mut response = json(refusal.status, &refusal.body(&id.0));
    if refusal.status == 401 {
        response.headers_mut().remove(CONTENT_TYPE);
    }
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What stands between client and service answers when the service does not.
pub fn html(status: u16) -> Response {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    );
    typed(status, "text/html", page)
}

/// The file host's error shape.
pub fn xml(status: u16, code: &str, message: &str, id: &RequestId) -> Response {
    typed(status, "application/xml", xml_text(code, message, id))
}

/// The file host's error text.
pub fn xml_text(code: &str, message: &str, id: &RequestId) -> String {
    let safe = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>{}</Code>\n  <Message>{}</Message>\n  <RequestId>{}</RequestId>\n  <HostId>127.0.0.1</HostId>\n</Error>\n",
        safe(code),
        safe(message),
        id.0,
    )
}

/// No answer: the body fails before its first byte, so the server drops the connection with the
/// head still unsent.
pub fn lost() -> Response {
    let end = stream::once(async { Err::<Bytes, io::Error>(io::ErrorKind::ConnectionAborted.into()) });
    Response::new(Body::from_stream(end))
}

/// A body of one media type.
pub fn typed(status: u16, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
