//! A paid POST: judged, billed, carried out, answered, in that order. Not here: what is legal
//! (`check`) and how the answer looks (`shapes`).

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use serde_json::Value;

use super::answer::{self, RequestId};
use super::auth;
use super::check::{self, Draft, Manner, Order};
use super::faults::{Fault, Moment};
use super::host::Host;
use super::inputs;
use super::models::Route;
use super::options::Delays;
use super::others;
use super::refusal::{Refusal, usual_message};
use super::shapes;
use super::stream;
use super::tasks::{End, Task};
use super::wreck;

/// The handler of one generation path.
pub fn at(route: Route) -> MethodRouter<Arc<Host>> {
    post(
        move |State(host): State<Arc<Host>>, Extension(id): Extension<RequestId>, headers: HeaderMap, body: Bytes| async move {
            receive(route, host, id, headers, body).await
        },
    )
}

async fn receive(route: Route, host: Arc<Host>, id: RequestId, headers: HeaderMap, body: Bytes) -> Response {
    let number = host.record(route, &headers, &body);
    if let Err(refusal) = auth::check(host.key.as_deref(), &headers) {
        return answer::refuse(&refusal, &id);
    }
    let manner = manner(&headers);
    // A refusal is told the way the answer was asked for.
    let refuse = |refusal: &Refusal| {
        if manner.asks_stream && route == Route::Sync {
            stream::refuse(refusal, host.variants, &id)
        } else {
            answer::refuse(refusal, &id)
        }
    };
    let draft = check::draft(route, manner, &body, host.variants);
    let resolves = is_on(&headers, "x-dashscope-ossresourceresolve");
    let order = match draft {
        Ok(draft) => {
            host.heard(number, &draft);
            judge(&host, draft, resolves).await
        }
        Err(refusal) => Err(refusal),
    };
    let order = match order {
        Ok(order) => order,
        Err(refusal) => return refuse(&refusal),
    };
    let fault = host.strike(moment(&order)).await;
    match &fault {
        Some(Fault::Html { status }) => return answer::html(*status),
        Some(fault @ Fault::Refuse { billed: false, .. }) => {
            return wreck::refusal(fault).map_or_else(answer::lost, |refusal| refuse(&refusal));
        }
        _ => {}
    }
    host.ledger().order(&order.prompt);
    let response = if route.is_async() {
        take_task(&host, order, fault.as_ref(), &id)
    } else if order.interleave {
        return tell(&host, &order, fault.as_ref(), &id).await;
    } else {
        let body = paint_now(&host, &order, &id).await;
        if manner.asks_stream { stream::once(&body, host.variants) } else { answer::json(200, &body) }
    };
    wreck::after(fault.as_ref(), response, &id).await
}

fn manner(headers: &HeaderMap) -> Manner {
    Manner { asks_async: is_on(headers, "x-dashscope-async"), asks_stream: is_on(headers, "x-dashscope-sse") }
}

fn is_on(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"enable"))
}

fn moment(order: &Order) -> Moment {
    match order.route {
        Route::Sync if order.interleave => Moment::Stream,
        Route::Sync => Moment::Sync,
        Route::Messages => Moment::Task,
        Route::Text2Image | Route::Image2Image => Moment::PromptTask,
    }
}

/// From a legal text to an order: the rates, the queue, the input images, in that order.
async fn judge(host: &Host, draft: Draft, resolves: bool) -> Result<Order, Refusal> {
    let route = draft.route;
    let now = host.clock.now_ms();
    host.rates().submit(draft.model, &draft.name, route, now)?;
    if route.is_async() && !host.tasks().has_room(&draft.name, now) {
        // No source has the words for a full queue: the plainest of the throttling codes.
        return Err(Refusal::usual("Throttling"));
    }
    let seen = inputs::look(host, &draft.name, draft.model.inputs, &draft.sources, resolves).await?;
    let seed = host.next_seed(&draft);
    draft.order(seen, seed)
}

async fn paint_now(host: &Arc<Host>, order: &Order, id: &RequestId) -> Value {
    let urls = host.hang(order);
    host.paint_ahead(&urls);
    // Billed before the wait: a client that hangs up meanwhile pays all the same.
    host.ledger().bill(order.route.path(), &order.prompt, order.images);
    if let Delays::After { pending, running } = host.delays {
        tokio::time::sleep(pending + running).await;
    }
    shapes::sync(order, &urls, &id.0, host.variants)
}

async fn tell(host: &Arc<Host>, order: &Order, fault: Option<&Fault>, id: &RequestId) -> Response {
    let urls = host.hang(order);
    host.paint_ahead(&urls);
    if matches!(fault, Some(Fault::LostReply | Fault::Refuse { .. })) {
        // Nobody will pull the story out of the stream, but all of it was made.
        host.ledger().bill(order.route.path(), &order.prompt, order.images);
    }
    let response = stream::tell(host, order, urls, fault, id);
    wreck::after(fault, response, id).await
}

fn take_task(host: &Arc<Host>, order: Order, fault: Option<&Fault>, id: &RequestId) -> Response {
    let task_id = host.ids.next();
    let body = shapes::accepted(&task_id, &id.0);
    let urls = host.hang(&order);
    host.paint_ahead(&urls);
    let end = end_of(fault, urls.len());
    let task = Task::new(task_id, id.0.clone(), order, urls, end);
    let (route, prompt, images) = (task.order.route, task.order.prompt.clone(), task.billed());
    let now = host.clock.now_ms();
    others::send_along(host, &task.order, now);
    if fault != Some(&Fault::TaskUnknown) {
        host.tasks().add(task, now);
    }
    // Last: who reads in the ledger that it is billed may let time pass, and the task must be there to grow older.
    host.ledger().bill(route.path(), &prompt, images);
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
