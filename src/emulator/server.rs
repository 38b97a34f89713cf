//! The routes, and what every answer carries. Not here: the paid POSTs (`submit`) and the result
//! files (`files`), which have files of their own.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Extension, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use super::answer::{self, RequestId};
use super::auth;
use super::clock::{DAY_MS, read_compact};
use super::faults::{Fault, FaultRule, Moment};
use super::files;
use super::host::Host;
use super::models::Route;
use super::refusal::{Refusal, usual_message};
use super::shapes;
use super::submit;
use super::tasks::Filter;

/// Room for nine input images of 20 MB each as data URIs (contract 3.3.12), and their base64.
const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// Serves until `stop`, then finishes the answers under way.
pub async fn run<Stop>(listener: TcpListener, host: Arc<Host>, stop: Stop)
where
    Stop: Future<Output = ()> + Send + 'static,
{
    let listener = listener.tap_io(|connection| {
        // Small answers must not wait for Nagle's timer.
        let _ = connection.set_nodelay(true);
    });
    let served = axum::serve(listener, router(host)).with_graceful_shutdown(stop);
    // axum answers accept errors by itself and never returns one.
    let _ = served.await;
}

fn router(host: Arc<Host>) -> Router {
    let mut router = Router::new();
    for route in [Route::Sync, Route::Messages, Route::Text2Image] {
        router = router.route(&format!("/api/v1{}", route.path()), submit::at(route));
    }
    router
        .route("/api/v1/tasks", get(list))
        .route("/api/v1/tasks/", get(list))
        .route("/api/v1/tasks/{id}", get(query))
        .route("/api/v1/tasks/{id}/cancel", post(cancel))
        .route("/files/{name}", get(files::serve))
        .route("/__ledger", get(ledger))
        .route("/__faults", post(inject))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&host), stamp))
        .with_state(host)
}

/// Gives every request an id and every answer its headers (contract 1.4).
async fn stamp(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let id = RequestId(host.ids.next());
    let header = HeaderValue::from_str(&id.0).ok();
    request.extensions_mut().insert(id);
    let is_api = request.uri().path().starts_with("/api/v1/");
    let mut response = next.run(request).await;
    if is_api && response.status().as_u16() >= 400 {
        host.ledger().refused += 1;
    }
    let headers = response.headers_mut();
    if let Some(id) = header {
        headers.insert("x-request-id", id);
    }
    if is_api {
        headers.insert("x-dashscope-call-gateway", HeaderValue::from_static("true"));
    }
    response
}

async fn query(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Response {
    host.ledger().polls += 1;
    if let Err(refusal) = auth::check(host.key.as_deref(), &headers) {
        return answer::refuse(&refusal, &id);
    }
    let now = host.clock.now_ms();
    match host.strike(Moment::Poll) {
        Some(Fault::Html { status }) => return answer::html(status),
        Some(fault @ Fault::Refuse { .. }) => return submit::refused(&fault, &id),
        Some(Fault::LostReply) => return answer::lost(),
        Some(Fault::TaskUnknown) => host.tasks().forget(&task),
        Some(Fault::TaskFailed { code, message }) => {
            let message = message.unwrap_or_else(|| usual_message(&code).into());
            let billed = host.tasks().fail(&task, code, message, now);
            host.ledger().take_back(billed);
        }
        _ => {}
    }
    let found = host.tasks().poll(&task, now);
    let body = match found {
        Some(found) => shapes::task(&found, &id.0, host.variants.failure_on_top),
        None => shapes::unknown(&task, &id.0),
    };
    answer::json(200, &body)
}

async fn cancel(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Response {
    host.ledger().cancels += 1;
    if let Err(refusal) = auth::check(host.key.as_deref(), &headers) {
        return answer::refuse(&refusal, &id);
    }
    let billed = host.tasks().cancel(&task, host.clock.now_ms());
    match billed {
        Some(billed) => {
            host.ledger().take_back(billed);
            answer::json(200, &json!({"request_id": id.0}))
        }
        None => {
            let message = "Failed to cancel the task, please confirm if the task is in PENDING status.";
            answer::refuse(&Refusal::new(400, "UnsupportedOperation", message), &id)
        }
    }
}

/// The query of a task list (contract 4.5); anything else in it is ignored.
#[derive(Debug, Deserialize)]
struct ListQuery {
    start_time: Option<String>,
    end_time: Option<String>,
    model_name: Option<String>,
    status: Option<String>,
    task_id: Option<String>,
    page_no: Option<usize>,
    page_size: Option<usize>,
}

async fn list(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    host.ledger().lists += 1;
    let now = host.clock.now_ms();
    let judged = auth::check(host.key.as_deref(), &headers).and_then(|()| match query {
        Ok(Query(query)) => Ok((window(&query, now)?, query)),
        Err(_) => Err(Refusal::parameter("invalid query")),
    });
    let ((from_ms, to_ms), query) = match judged {
        Ok(judged) => judged,
        Err(refusal) => return answer::refuse(&refusal, &id),
    };
    let filter = Filter {
        id: given(query.task_id),
        model: given(query.model_name),
        status: given(query.status),
        from_ms,
        to_ms,
    };
    let tasks = host.tasks().list(&filter, now);
    let page = query.page_no.unwrap_or(1).max(1);
    let page_size = query.page_size.unwrap_or(10).clamp(1, 100);
    answer::json(200, &shapes::list(&tasks, page, page_size, &id.0))
}

/// The window a list looks at: at most 24 h, the last 24 h unless told.
fn window(query: &ListQuery, now: i64) -> Result<(i64, i64), Refusal> {
    let read = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => {
            read_compact(text).map(Some).ok_or_else(|| Refusal::parameter("time must look like YYYYMMDDhhmmss"))
        }
    };
    // A window written in whole seconds includes its last second.
    let end = read(&query.end_time)?.map(|end| end + 999);
    let (from, to) = match (read(&query.start_time)?, end) {
        (Some(start), Some(end)) => (start, end),
        (Some(start), None) => (start, now.min(start + DAY_MS)),
        (None, end) => (end.unwrap_or(now) - DAY_MS, end.unwrap_or(now)),
    };
    if to < from || to - from > DAY_MS + 999 {
        return Err(Refusal::parameter("the time window must be within 24 hours"));
    }
    Ok((from, to))
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
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
