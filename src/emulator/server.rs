//! The routes, and what every answer carries. Not here: what is behind a route (`submit`,
//! `questions`, `storage`, `delivery`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;
use tokio::net::TcpListener;

use super::answer::{self, RequestId};
use super::delivery;
use super::door::Door;
use super::faults::FaultRule;
use super::gzip;
use super::host::Host;
use super::models::Route;
use super::questions;
use super::refusal::Refusal;
use super::storage;
use super::submit;

/// Room for nine input images of 20 MB each as data URIs (contract 3.3.12), and their base64.
const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// Serves until `stop`, then finishes the answers under way.
pub async fn run<Stop>(listener: TcpListener, host: Arc<Host>, stop: Stop)
where
    Stop: Future<Output = ()> + Send + 'static,
{
    // A listener without an address takes no connection: then there is nothing to serve.
    let Ok(door) = Door::new(listener, Arc::clone(&host)) else { return };
    let served = axum::serve(door, router(host)).with_graceful_shutdown(stop);
    // axum answers accept errors by itself and never returns one.
    let _ = served.await;
}

fn router(host: Arc<Host>) -> Router {
    let mut router = Router::new();
    for route in Route::ALL {
        router = router.route(&format!("/api/v1{}", route.path()), submit::at(route));
    }
    router
        .route("/api/v1/tasks", get(questions::list))
        .route("/api/v1/tasks/", get(questions::list))
        .route("/api/v1/tasks/{id}", get(questions::query))
        .route("/api/v1/tasks/{id}/cancel", post(questions::cancel))
        .route("/api/v1/uploads", get(storage::policy))
        .route("/files/{name}", get(delivery::serve))
        .route(storage::PATH, post(storage::receive))
        .route(&format!("{}/", storage::PATH), post(storage::receive))
        .route(&format!("{}/{{*key}}", storage::PATH), get(storage::read))
        .route("/__ledger", get(ledger))
        .route("/__faults", get(rules).post(inject).delete(clear))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&host), stamp))
        .with_state(host)
}

/// Gives every request an id and every answer its headers (contract 1.4).
async fn stamp(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_ours = path.starts_with("/__ledger") || path.starts_with("/__faults");
    if host.is_shut() && !is_ours {
        return answer::lost();
    }
    let id = RequestId(host.ids.next());
    let header = HeaderValue::from_str(&id.0).ok();
    request.extensions_mut().insert(id);
    let is_api = path_is_api(&request);
    let packs = is_api && gzip::is_accepted(request.headers());
    let mut response = next.run(request).await;
    if is_api && response.status().as_u16() >= 400 {
        host.ledger().refused += 1;
    }
    if packs {
        response = gzip::compress(response).await;
    }
    let throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    if throttled && host.variants.retry_after {
        headers.entry(RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
    }
    if let Some(id) = header {
        headers.insert("x-request-id", id);
    }
    if is_api {
        headers.insert("x-dashscope-call-gateway", HeaderValue::from_static("true"));
    }
    response
}

fn path_is_api(request: &Request) -> bool {
    request.uri().path().starts_with("/api/v1/")
}

async fn ledger(State(host): State<Arc<Host>>) -> Response {
    answer::json(200, &json!(*host.ledger()))
}

async fn inject(State(host): State<Arc<Host>>, body: Bytes) -> Response {
    let added = serde_json::from_slice::<FaultRule>(&body)
        .map_err(|error| error.to_string())
        .and_then(|rule| host.inject(rule));
    match added {
        Ok(rules) => answer::json(200, &json!({"rules": rules})),
        Err(why) => answer::json(400, &json!({"message": why})),
    }
}

async fn not_found(Extension(id): Extension<RequestId>) -> Response {
    answer::refuse(&Refusal::not_found(), &id)
}

async fn rules(State(host): State<Arc<Host>>) -> Response {
    answer::json(200, &json!({"rules": host.faults().rules()}))
}

async fn clear(State(host): State<Arc<Host>>) -> Response {
    host.faults().clear();
    answer::json(200, &json!({"rules": 0}))
}
