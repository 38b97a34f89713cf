//! What is asked about tasks: their state, their list, their end (contract 4.3 to 4.5). Not here:
//! the tasks themselves (`tasks`) and how they look on the wire (`shapes`).

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{self, RequestId};
use super::auth;
use super::clock::{DAY_MS, read_compact};
use super::faults::{Fault, Moment};
use super::host::Host;
use super::refusal::{Refusal, usual_message};
use super::shapes;
use super::tasks::Filter;
use super::wreck;

pub async fn query(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Response {
    host.ledger().polls += 1;
    let now = host.clock.now_ms();
    if let Err(refusal) = allowed(&host, &headers, now) {
        return answer::refuse(&refusal, &id);
    }
    let fault = host.strike(Moment::Poll).await;
    if let Some(instead) = wreck::instead(fault.as_ref(), &id) {
        return instead;
    }
    let response = answer::json(200, &state(&host, &task, fault.as_ref(), &id));
    wreck::after(fault.as_ref(), response, &id).await
}

/// The body of a task query.
fn state(host: &Host, task: &str, fault: Option<&Fault>, id: &RequestId) -> Value {
    let now = host.clock.now_ms();
    match fault {
        Some(Fault::SamePoll) => {
            if let Some(told) = host.told().get(task) {
                return told.clone();
            }
        }
        Some(Fault::StalePoll) => {
            if let Some(found) = host.tasks().glance_back(task, now) {
                return shapes::task(&found, &id.0, host.variants);
            }
        }
        Some(Fault::TaskUnknown) => host.tasks().forget(task),
        Some(Fault::TaskFailed { code, message }) => {
            let message = message.as_deref().unwrap_or_else(|| usual_message(code)).to_owned();
            let failed = host.tasks().fail(task, code.clone(), message, now);
            if let Some((order, billed)) = failed {
                host.ledger().take_back(order.route.path(), &order.prompt, billed);
            }
        }
        _ => {}
    }
    let mut found = host.tasks().poll(task, now);
    if found.is_none() {
        found = host.others().poll(task, now);
    }
    let body = match found {
        Some(found) => shapes::task(&found, &id.0, host.variants),
        None => shapes::unknown(task, &id.0),
    };
    host.told().insert(task.to_owned(), body.clone());
    body
}

/// Key and rate: queries, lists and cancels count together (contract 3.5).
fn allowed(host: &Host, headers: &HeaderMap, now: i64) -> Result<(), Refusal> {
    auth::check(host.key.as_deref(), headers)?;
    host.rates().query(now)
}

pub async fn cancel(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Response {
    host.ledger().cancels += 1;
    let now = host.clock.now_ms();
    if let Err(refusal) = allowed(&host, &headers, now) {
        return answer::refuse(&refusal, &id);
    }
    let fault = host.strike(Moment::Cancel).await;
    if let Some(instead) = wreck::instead(fault.as_ref(), &id) {
        return instead;
    }
    let cancelled = host.tasks().cancel(&task, now);
    let response = match cancelled {
        Some((order, billed)) => {
            host.ledger().take_back(order.route.path(), &order.prompt, billed);
            answer::json(200, &json!({"request_id": id.0}))
        }
        None => {
            let message = "Failed to cancel the task, please confirm if the task is in PENDING status.";
            answer::refuse(&Refusal::new(400, "UnsupportedOperation", message), &id)
        }
    };
    wreck::after(fault.as_ref(), response, &id).await
}

/// Tasks on a page of the list, unless told.
const PAGE_SIZE: usize = 10;

/// The query of a task list (contract 4.5); anything else in it is ignored.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    start_time: Option<String>,
    end_time: Option<String>,
    model_name: Option<String>,
    status: Option<String>,
    task_id: Option<String>,
    page_no: Option<usize>,
    page_size: Option<usize>,
}

pub async fn list(
    State(host): State<Arc<Host>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    host.ledger().lists += 1;
    let now = host.clock.now_ms();
    let judged = allowed(&host, &headers, now).and_then(|()| match query {
        Ok(Query(query)) => Ok((window(&query, now)?, query)),
        Err(_) => Err(Refusal::parameter("invalid query")),
    });
    let ((from_ms, to_ms), query) = match judged {
        Ok(judged) => judged,
        Err(refusal) => return answer::refuse(&refusal, &id),
    };
    let fault = host.strike(Moment::List).await;
    if let Some(instead) = wreck::instead(fault.as_ref(), &id) {
        return instead;
    }
    let filter = Filter {
        id: given(query.task_id),
        model: given(query.model_name),
        status: given(query.status),
        from_ms,
        to_ms: to_ms.min(now - i64::from(host.variants.list_delay_ms)),
    };
    let mut tasks = host.tasks().list(&filter, now);
    tasks.extend(host.others().list(&filter, now));
    tasks.sort_by_key(|task| Reverse(task.submitted_ms));
    let page = query.page_no.unwrap_or(1).max(1);
    let page_size = if host.variants.small_pages { None } else { query.page_size };
    let page_size = page_size.unwrap_or(PAGE_SIZE).clamp(1, 100);
    let page = shapes::Page(page, page_size);
    let response = answer::json(200, &shapes::list(&tasks, page, host.region, host.variants, &id.0));
    wreck::after(fault.as_ref(), response, &id).await
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
