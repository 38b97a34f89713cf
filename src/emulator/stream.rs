//! An answer told as it is made: server-sent events (contract 5). Not here: what an event's JSON
//! says (`shapes`) and the story's text (`story`).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::answer::{self, RequestId};
use super::check::Order;
use super::faults::Fault;
use super::host::Host;
use super::options::{Delays, Variants};
use super::refusal::{Refusal, usual_message};
use super::shapes;
use super::story;

/// One thing the stream tells.
#[derive(Debug, Clone)]
enum Step {
    /// A piece of text.
    Text(String),
    /// A picture's URL.
    Picture(String),
    /// Something went wrong, and nothing follows.
    Error(Refusal),
    /// The connection ends.
    Cut,
}

/// Streams an interleaved order. Pictures are billed as they are told, so a client that hangs up
/// pays for what was made until then.
pub fn tell(host: &Arc<Host>, order: &Order, urls: Vec<String>, fault: Option<&Fault>, id: &RequestId) -> Response {
    let steps = steps(order, &urls, fault);
    let pause = match host.delays {
        Delays::After { pending, running } => (pending + running) / steps.len().max(1) as u32,
        Delays::ByPoll => Duration::ZERO,
    };
    let mut telling = Telling {
        host: Arc::clone(host),
        order: order.clone(),
        request_id: id.0.clone(),
        total: urls.len(),
        pictures: 0,
        letters: 0,
        events: 0,
    };
    let body = stream::iter(steps).then(move |step| {
        let told = telling.step(step);
        async move {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            // Lets what was told before leave first: a cut must not swallow it.
            tokio::task::yield_now().await;
            told
        }
    });
    events(StatusCode::OK, Body::from_stream(body))
}

/// A whole answer as the one event of a stream, for models that have nothing to tell meanwhile.
pub fn once(body: &Value, variants: Variants) -> Response {
    events(StatusCode::OK, event(1, "result", 200, body, variants).into())
}

/// A refusal inside a stream: the real status is in the comment (contract 5).
pub fn refuse(refusal: &Refusal, variants: Variants, id: &RequestId) -> Response {
    let text = event(1, "error", refusal.status, &refusal.body(&id.0), variants);
    let status = if variants.sse_error_status { refusal.status } else { 200 };
    events(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), text.into())
}

fn events(status: StatusCode, body: Body) -> Response {
    let mut response = answer::typed(status.as_u16(), "text/event-stream;charset=UTF-8", body);
    *response.status_mut() = status;
    response
}

fn event(id: usize, kind: &str, status: u16, body: &Value, variants: Variants) -> String {
    let (end, gap) = if variants.sse_crlf { ("\r\n", " ") } else { ("\n", "") };
    let ping = if variants.sse_pings { format!(": ping{end}{end}") } else { String::new() };
    format!("{ping}id:{gap}{id}{end}event:{gap}{kind}{end}:HTTP_STATUS/{status}{end}data:{gap}{body}{end}{end}")
}

fn steps(order: &Order, urls: &[String], fault: Option<&Fault>) -> Vec<Step> {
    let (whole, end) = match fault {
        Some(Fault::StreamCut { after }) => (*after as usize, Some(Step::Cut)),
        Some(Fault::StreamError { after, code, message }) => {
            let message = message.as_deref().unwrap_or_else(|| usual_message(code));
            (*after as usize, Some(Step::Error(Refusal::new(400, code, message))))
        }
        _ => (urls.len(), None),
    };
    let mut steps = Vec::new();
    for (index, url) in urls.iter().enumerate() {
        let text = story::pieces(&story::chapter(&order.prompt, order.seed, index)).into_iter().map(Step::Text);
        if index == whole {
            // What was being told when it ended.
            steps.extend(text.take(2));
            break;
        }
        steps.extend(text);
        steps.push(Step::Picture(url.clone()));
    }
    steps.extend(end);
    steps
}

/// What has been told so far: usage is cumulative.
struct Telling {
    host: Arc<Host>,
    order: Order,
    request_id: String,
    total: usize,
    pictures: usize,
    letters: usize,
    events: usize,
}

impl Telling {
    fn step(&mut self, step: Step) -> io::Result<Bytes> {
        self.events += 1;
        let variants = self.host.variants;
        let item = match step {
            Step::Cut => return Err(io::ErrorKind::ConnectionAborted.into()),
            Step::Error(refusal) => {
                let body = refusal.body(&self.request_id);
                return Ok(event(self.events, "error", refusal.status, &body, variants).into());
            }
            Step::Text(text) => {
                self.letters += text.chars().count();
                json!({"type": "text", "text": text})
            }
            Step::Picture(url) => {
                self.bill();
                json!({"type": "image", "image": url})
            }
        };
        let last = self.pictures == self.total;
        let told = (self.pictures, self.letters);
        let body = shapes::delta(&self.order, item, last, told, &self.request_id, variants);
        Ok(event(self.events, "result", 200, &body, variants).into())
    }

    fn bill(&mut self) {
        let (route, prompt) = (self.order.route.path(), &self.order.prompt);
        if self.pictures == 0 {
            self.host.ledger().bill(route, prompt, 1);
        } else {
            self.host.ledger().bill_more(route, prompt, 1);
        }
        self.pictures += 1;
    }
}
