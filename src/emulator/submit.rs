//! A paid POST: judged, billed, carried out, answered, in that order. Not here: what is legal
//! (`check`) and how the answer looks (`shapes`).

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, post};

use super::Delays;
use super::answer::{self, RequestId};
use super::auth;
use super::check::{self, Order};
use super::faults::{Fault, Moment};
use super::host::Host;
use super::models::Route;
use super::refusal::{Refusal, usual_message};
use super::shapes;
use super::tasks::{End, Task};

/// The handler of one generation path.
pub fn at(route: Route) -> MethodRouter<Arc<Host>> {
    post(
        move |State(host): State<Arc<Host>>, Extension(id): Extension<RequestId>, headers: HeaderMap, body: Bytes| async move {
            receive(route, host, id, headers, body).await
        },
    )
}

async fn receive(route: Route, host: Arc<Host>, id: RequestId, headers: HeaderMap, body: Bytes) -> Response {
    host.record(route, &headers, &body);
    let asks_async =
        headers.get("x-dashscope-async").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"enable"));
    let judged =
        auth::check(host.key.as_deref(), &headers).and_then(|()| check::order(route, asks_async, &body, host.variants));
    let order = match judged {
        Ok(order) => order,
        Err(refusal) => return answer::refuse(&refusal, &id),
    };
    let fault = host.strike(match route {
        Route::Sync => Moment::Sync,
        Route::Messages => Moment::Task,
        Route::Text2Image => Moment::PromptTask,
    });
    match &fault {
        Some(Fault::Html { status }) => return answer::html(*status),
        Some(fault @ Fault::Refuse { billed: false, .. }) => return refused(fault, &id),
        _ => {}
    }
    let response = if route.is_async() {
        take_task(&host, order, fault.as_ref(), &id)
    } else {
        paint_now(&host, &order, &id).await
    };
    match &fault {
        Some(Fault::LostReply) => answer::lost(),
        Some(fault @ Fault::Refuse { .. }) => refused(fault, &id),
        _ => response,
    }
}

async fn paint_now(host: &Arc<Host>, order: &Order, id: &RequestId) -> Response {
    let urls = host.hang(order);
    // Billed before the wait: a client that hangs up meanwhile pays all the same.
    host.ledger().bill(order.images);
    if let Delays::After { pending, running } = host.delays {
        tokio::time::sleep(pending + running).await;
    }
    answer::json(200, &shapes::sync(order, &urls, &id.0))
}

fn take_task(host: &Arc<Host>, order: Order, fault: Option<&Fault>, id: &RequestId) -> Response {
    let task_id = host.ids.next();
    let body = shapes::accepted(&task_id, &id.0);
    let urls = host.hang(&order);
    let end = end_of(fault, urls.len());
    let task = Task::new(task_id, id.0.clone(), order, urls, end);
    host.ledger().bill(task.billed());
    if fault != Some(&Fault::TaskUnknown) {
        let now = host.clock.now_ms();
        host.tasks().add(task, now);
    }
    answer::json(200, &body)
}

fn end_of(fault: Option<&Fault>, images: usize) -> End {
    match fault {
        Some(Fault::TaskFailed { code, message }) => failure(code, message.as_deref()),
        Some(Fault::PartialFailure { failed }) if (*failed as usize) < images => {
            End::Success { failed: *failed as usize }
        }
        Some(Fault::PartialFailure { .. }) => {
            failure("DataInspectionFailed", Some("Output data may contain inappropriate content."))
        }
        _ => End::Success { failed: 0 },
    }
}

fn failure(code: &str, message: Option<&str>) -> End {
    End::Failure { code: code.into(), message: message.unwrap_or_else(|| usual_message(code)).into() }
}

/// The answer a [`Fault::Refuse`] asks for.
pub fn refused(fault: &Fault, id: &RequestId) -> Response {
    let Fault::Refuse { status, code, message, .. } = fault else {
        return answer::lost();
    };
    let message = message.as_deref().unwrap_or_else(|| usual_message(code));
    answer::refuse(&Refusal::new(*status, code, message), id)
}
