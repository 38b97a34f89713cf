//! The HTTP of temporary storage: `GET /uploads` gives a policy, the upload host takes the form
//! (contract 7.2). Not here: what a policy allows (`uploads`).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::{self, RequestId};
use super::auth;
use super::faults::Moment;
use super::host::Host;
use super::models;
use super::refusal::Refusal;
use super::uploads::Denied;
use super::wreck;

/// Where the upload host stands: below our own address, since one port has one name.
pub const PATH: &str = "/__oss";

/// `GET /api/v1/uploads?action=getPolicy&model=`.
pub async fn policy(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    host.ledger().policies += 1;
    let now = host.clock.now_ms();
    let judged = auth::check(host.key.as_deref(), &headers).and_then(|()| {
        if query.get("action").map(String::as_str) != Some("getPolicy") {
            return Err(Refusal::parameter(
                "Required parameter(action) missing or invalid, please check the request parameters.",
            ));
        }
        let model = query.get("model").map(String::as_str).unwrap_or_default();
        models::find(model).ok_or_else(|| Refusal::parameter("Model not exist."))?;
        host.rates().policy(model, now)?;
        Ok(model)
    });
    let model = match judged {
        Ok(model) => model,
        Err(refusal) => return answer::refuse(&refusal, &id),
    };
    let fault = host.strike(Moment::Policy).await;
    if let Some(instead) = wreck::instead(fault.as_ref(), &id) {
        return instead;
    }
    let upload_host = format!("{}{PATH}", host.origin);
    let data = host.uploads().policy(model, &upload_host, &id.0, now);
    let response = answer::json(200, &json!({"data": data, "request_id": id.0}));
    wreck::after(fault.as_ref(), response, &id).await
}

/// `POST` of a form to the upload host.
pub async fn receive(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let fault = host.strike(Moment::Upload).await;
    if let Some(instead) = wreck::instead_of_xml(fault.as_ref(), &id) {
        return instead;
    }
    if headers.contains_key(AUTHORIZATION) {
        let message = "Only one auth mechanism allowed; found Authorization header and signed form.";
        return answer::xml(400, "InvalidArgument", message, &id);
    }
    let taken = match form {
        Ok(form) => take(&host, form).await,
        Err(_) => Err(malformed()),
    };
    let response = match taken {
        Ok(status) => status.into_response(),
        Err(denied) => return answer::xml(denied.status, denied.code, &denied.message, &id),
    };
    wreck::after(fault.as_ref(), response, &id).await
}

/// `GET` of an uploaded file: nobody reads it back.
pub async fn read(Extension(id): Extension<RequestId>) -> Response {
    answer::xml(403, "AccessDenied", "You have no right to access this object because of bucket acl.", &id)
}

async fn take(host: &Host, mut form: Multipart) -> Result<StatusCode, Denied> {
    let torn = |_: MultipartError| malformed();
    let mut fields = HashMap::new();
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(torn)? {
        if file.is_some() {
            return Err(Denied::new(400, "InvalidArgument", "The form field 'file' must be the last one."));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            file = Some(field.bytes().await.map_err(torn)?);
        } else {
            fields.insert(name, field.text().await.map_err(torn)?);
        }
    }
    let Some(bytes) = file else {
        let message = "POST requires exactly one file upload per request.";
        return Err(Denied::new(400, "IncorrectNumberOfFilesInPOSTRequest", message));
    };
    let length = bytes.len() as u64;
    host.uploads().put(&fields, bytes, host.clock.now_ms())?;
    host.ledger().upload(length);
    let asked = fields.get("success_action_status").map(String::as_str);
    Ok(if asked == Some("200") { StatusCode::OK } else { StatusCode::NO_CONTENT })
}

fn malformed() -> Denied {
    Denied::new(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
}
