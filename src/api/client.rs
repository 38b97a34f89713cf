//! The client: two HTTP clients (one for the service, one for pictures), the paid call, and the questions that cost
//! nothing. The key is put on each request to the service, and on nothing else.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, HeaderValue};
use reqwest::{ClientBuilder, RequestBuilder, Response};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::advice::advise;
use super::answer::Answer;
use super::body::{self, Body, Complaint};
use super::call::{self, Call};
use super::clock::{self, Ahead};
use super::endpoint::{self, Base, Endpoint};
use super::errors;
use super::list::{Listed, TaskList};
use super::network::Trouble;
use super::policy::Policies;
use super::stream::Incoming;
use super::submit::{self, Refusal, Reply};
use super::task::{self, TaskState};
use crate::domain::{Fault, FaultKind, TaskId};

/// How long the line may stay open after the last event of a stream: nothing follows it (contract 5).
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait and how much to take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For a connection (quality 2.2).
    pub(super) connect: Duration,
    /// For a paid call, whole. The gateway cuts at 300 s (contract 1.4); ours must be the longer wait.
    pub(super) submit: Duration,
    /// For the next thing an answer to a paid call tells (comments that keep the line open tell nothing): the service is silent while a picture of a story is made, and the
    /// contract asks for at least 120 s (contract 5). A stream has no other limit of time.
    pub(super) idle: Duration,
    /// For a question, whole.
    pub(super) question: Duration,
    /// For the next bytes of a picture (quality 3.2).
    pub(super) progress: Duration,
    /// For the next bytes of a picture to be taken, and for the answer after the last: what the system has buffered counts
    /// as taken, and a slow line needs a while for it.
    pub(super) upload: Duration,
    /// Bytes of a JSON body, or of one event of a stream (quality 3.2).
    pub(super) json: usize,
    /// Bytes of a streamed answer: text in pieces weighs a hundred times what it says, pictures are addresses.
    pub(super) stream: usize,
    /// Bytes of a picture (quality 3.2).
    pub(super) picture: u64,
}

impl Limits {
    pub(super) const USUAL: Limits = Limits {
        connect: Duration::from_secs(10),
        submit: Duration::from_secs(330),
        idle: Duration::from_secs(150),
        question: Duration::from_secs(30),
        progress: Duration::from_secs(30),
        upload: Duration::from_secs(60),
        json: 8 << 20,
        stream: 64 << 20,
        picture: 64 << 20,
    };
}

/// Talks to one endpoint. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    base: Base,
    authorization: HeaderValue,
    api: reqwest::Client,
    storage: reqwest::Client,
    limits: Limits,
    decoders: Semaphore,
    policies: Policies,
    ahead: Ahead,
}

impl Client {
    /// A client for an endpoint; refuses plain http to anything but loopback, and keys that cannot work (`sk-sp-`).
    ///
    /// # Errors
    /// A fault of kind `Invalid` about the address, `Access` about the key, `Other` about a machine without certificates.
    pub fn new(endpoint: Endpoint) -> Result<Client, Fault> {
        Client::with_limits(endpoint, Limits::USUAL)
    }

    pub(super) fn with_limits(endpoint: Endpoint, limits: Limits) -> Result<Client, Fault> {
        let base = endpoint::base(&endpoint.base_url)?;
        let authorization = endpoint::authorization(&endpoint.key)?;
        let api = build(&base, |builder| builder.connect_timeout(limits.connect).https_only(!base.loopback))?;
        // Without gzip the length that was promised is the length that arrives.
        let storage = build(&base, |builder| {
            builder.connect_timeout(limits.connect).read_timeout(limits.progress).no_gzip().https_only(!base.loopback)
        })?;
        // Two at once: a large picture takes 64 MB while it is checked (quality 3.5).
        let decoders = Semaphore::new(2);
        Ok(Client {
            inner: Arc::new(Inner {
                base,
                authorization,
                api,
                storage,
                limits,
                decoders,
                policies: Policies::default(),
                ahead: Ahead::default(),
            }),
        })
    }

    /// Sends a paid call, exactly once: nothing below this repeats a POST.
    ///
    /// `hear` is told of a streamed answer as far as it is here, each time more of it comes, and of what an answer held that
    /// broke off: pictures it names are paid for, whatever the outcome.
    ///
    /// # Errors
    /// Why it brought nothing, or not all, and whether that proves that nothing was billed. `stream_cut`: it broke off
    /// before its end; what was heard counts, the rest may have been billed.
    pub async fn submit(&self, call: &Call, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
        if call::names_local_file(call) {
            let message = "A picture on this machine has no address the service could read.";
            let fault = Fault::new(FaultKind::Invalid, "local_picture", message);
            return Err(Refusal::Refused(fault.hint("Give the picture's web address.")));
        }
        let response = self.post(call).await?;
        let retry_after = self.learn(&response);
        let judged = match response.status().as_u16() {
            200..=299 => self.listen(response, hear).await,
            status => {
                // The status is the verdict; a body that never ends may not hold the job.
                let body = tokio::time::timeout(self.inner.limits.question, self.body(response)).await;
                submit::judge(status, &body.unwrap_or_else(|_| Body::Cut("it stopped coming".into())))
            }
        };
        let advised = |fault| self.advise(fault, call);
        judged.map_err(|refusal| match refusal {
            Refusal::Refused(fault) => Refusal::Refused(Fault { retry_after, ..advised(fault) }),
            Refusal::WrongRoute(fault) => Refusal::WrongRoute(advised(fault)),
            unknown @ Refusal::Unknown(_) => unknown,
        })
    }

    /// A refusal of `call`, or the failure of its task, with advice that fits what was asked and where. The call may name
    /// pictures on this machine, as the request did before they were sent.
    pub fn advise(&self, fault: Fault, call: &Call) -> Fault {
        advise(fault, &self.inner.base.host, Some(call))
    }

    /// Sends a paid call and waits for the answer to begin.
    async fn post(&self, call: &Call) -> Result<Response, Refusal> {
        let limits = self.inner.limits;
        let mut request = self.inner.api.post(self.inner.base.join(&call.path));
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let patience = if call.is_streamed() {
            // A compressor between would hold words back until it has enough of them.
            request = request.header(ACCEPT_ENCODING, "identity");
            limits.idle
        } else {
            request = request.timeout(limits.submit);
            limits.submit
        };
        let sent = tokio::time::timeout(patience, self.signed(request.body(call.body.to_string())).send()).await;
        let Ok(sent) = sent else {
            return Err(submit::unsure("timeout", format!("{} did not answer in time.", self.inner.base.host), None));
        };
        sent.map_err(|error| match self.trouble(&error) {
            trouble if trouble.sent => submit::unsure(trouble.code, trouble.what, None),
            trouble => Refusal::Refused(trouble.fault()),
        })
    }

    /// Takes in the answer to a paid call as it comes, whole or in pieces.
    async fn listen(&self, mut response: Response, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
        let limits = self.inner.limits;
        let mut incoming = Incoming::new(limits.json, limits.stream);
        let mut told = 0;
        let mut deadline = tokio::time::Instant::now() + limits.idle;
        let cut = loop {
            match tokio::time::timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    let was_whole = incoming.is_whole();
                    if let Err(why) = incoming.take(&bytes, hear) {
                        break Some(why);
                    }
                    if !was_whole && incoming.progress() > told {
                        told = incoming.progress();
                        let patience = if incoming.is_whole() { limits.idle.min(GRACE) } else { limits.idle };
                        deadline = tokio::time::Instant::now() + patience;
                    }
                }
                Ok(Ok(None)) => break None,
                Ok(Err(error)) => break Some(self.trouble(&error).what.trim_end_matches('.').to_owned()),
                Err(_) => break Some(format!("{} fell silent", self.inner.base.host)),
            }
        };
        incoming.end(cut, hear)
    }

    /// Asks after a task. A `Fault` here is about the question, never about the task.
    ///
    /// # Errors
    /// A fault with `retryable` set when the same question may be answered later.
    pub async fn task(&self, id: &TaskId) -> Result<TaskState, Fault> {
        let path = format!("/tasks/{}", safe(id)?);
        task::read(&self.ask(self.inner.api.get(self.inner.base.join(&path))).await?)
    }

    /// Brings the next page of a list of tasks: those that were not on an earlier one. Each page is one question; none is
    /// asked when there is no more. A page that failed is the next again.
    ///
    /// # Errors
    /// As [`Client::task`]: about the question, never about a task.
    pub async fn tasks(&self, list: &mut TaskList) -> Result<Vec<Listed>, Fault> {
        if !list.has_more() {
            return Ok(Vec::new());
        }
        let body = self.ask(self.inner.api.get(self.inner.base.join(&list.path()))).await?;
        list.take(&body)
    }

    /// How far the service's clock is ahead of this machine's, in milliseconds (less than zero: behind), by the `Date` of its
    /// latest answer. It names whole seconds, so this is right to half a second and the time the answer took. `None` before
    /// the first answer.
    pub fn clock_offset(&self) -> Option<i64> {
        self.inner.ahead.millis()
    }

    /// Cancels a task that has not begun. `Ok(false)`: too late, it is running or done (contract 4.4).
    ///
    /// # Errors
    /// A fault about the question; the task may or may not be cancelled.
    pub async fn cancel(&self, id: &TaskId) -> Result<bool, Fault> {
        let url = self.inner.base.join(&format!("/tasks/{}/cancel", safe(id)?));
        match self.ask(self.inner.api.post(url).header(CONTENT_LENGTH, 0)).await {
            Ok(body) => match body::complaint(&body) {
                Some(complaint) if !complaint.code.is_empty() => Err(complained(200, &complaint, &body)),
                _ => Ok(true),
            },
            Err(fault) if fault.code == "UnsupportedOperation" => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Asks something that costs nothing.
    pub(super) async fn ask(&self, request: RequestBuilder) -> Result<Value, Fault> {
        let request = self.signed(request).timeout(self.inner.limits.question);
        let response = request.send().await.map_err(|error| self.trouble(&error).fault())?;
        let retry_after = self.learn(&response);
        let status = response.status();
        let body = self.body(response).await;
        let answered = match (status.is_success(), body) {
            (true, Body::Json(json)) => Ok(json),
            (false, Body::Json(json)) => {
                let fault = complained(status.as_u16(), &body::complaint(&json).unwrap_or_default(), &json);
                Err(advise(fault, &self.inner.base.host, None))
            }
            (true, other) => {
                let message = format!("{} sent {}.", self.inner.base.host, other.what());
                Err(Fault::new(FaultKind::Network, "bad_answer", message).hint("Check the network.").retryable())
            }
            (false, other) => {
                let complaint = Complaint { code: format!("http_{}", status.as_u16()), message: other.what() };
                let fault = complained(status.as_u16(), &complaint, &Value::Null);
                Err(advise(fault, &self.inner.base.host, None))
            }
        };
        answered.map_err(|fault| Fault { retry_after, ..fault })
    }

    /// What the head of an answer says beside its status: the time there, and the seconds to wait before the next call.
    pub(super) fn learn(&self, response: &Response) -> Option<u32> {
        let now = clock::now();
        self.inner.ahead.learn(response.headers(), now);
        clock::retry_after(response.headers(), now)
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, self.inner.authorization.clone())
    }

    pub(super) fn trouble(&self, error: &reqwest::Error) -> Trouble {
        Trouble::new(error, &self.inner.base.host)
    }

    /// Takes in a body, counting: a promised length is no promise.
    async fn body(&self, mut response: Response) -> Body {
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > self.inner.limits.json => {
                    return Body::Cut(format!("it is longer than {} bytes", self.inner.limits.json));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Body::read(&bytes),
                Err(error) => return Body::Cut(self.trouble(&error).what.trim_end_matches('.').to_owned()),
            }
        }
    }

    /// How long a question may take.
    pub(super) fn patience(&self) -> Duration {
        self.inner.limits.question
    }

    /// The same way out as the service's, for requests without the key.
    pub(super) fn api(&self) -> &reqwest::Client {
        &self.inner.api
    }

    pub(super) fn url(&self, path: &str) -> String {
        self.inner.base.join(path)
    }

    pub(super) fn policies(&self) -> &Policies {
        &self.inner.policies
    }

    pub(super) fn storage(&self) -> &reqwest::Client {
        &self.inner.storage
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.inner.base.loopback
    }

    pub(super) fn limits(&self) -> Limits {
        self.inner.limits
    }

    pub(super) fn decoders(&self) -> &Semaphore {
        &self.inner.decoders
    }
}

fn safe(id: &TaskId) -> Result<&TaskId, Fault> {
    let message = "This is not a task id: it may hold letters, digits, - and _ only.";
    task::is_safe(id).then_some(id).ok_or_else(|| Fault::new(FaultKind::Invalid, "bad_task_id", message))
}

/// The fault for a question the service answered with an error.
fn complained(status: u16, complaint: &Complaint, body: &Value) -> Fault {
    errors::fault(errors::meaning(status, complaint), complaint, body::request_id(body))
}

/// An HTTP client that follows no redirects, and asks no proxy for this machine. Its own retries are those of protocol
/// NACKs, which prove that the service did not take the call up; there are no others.
fn build(base: &Base, set: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<reqwest::Client, Fault> {
    // Fails when one is installed already, which is just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = || {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("pinxit/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .tcp_keepalive(Duration::from_secs(30))
            // A connection idle for long may be dead, and a paid call sent on it would end unsure (quality 5).
            .pool_idle_timeout(Duration::from_secs(30));
        set(if base.loopback { builder.no_proxy() } else { builder })
    };
    let built = match start().build() {
        // A bare machine has no certificates, and a service on the machine itself needs none.
        Err(_) if base.loopback => start().tls_certs_only([]).build(),
        built => built,
    };
    built.map_err(|error| {
        let trouble = Trouble::new(&error, &base.host);
        let message = format!("No secure connection can be made from this machine: {}", trouble.what);
        Fault::new(FaultKind::Other, "no_certificates", message).hint("Install the package ca-certificates.")
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::canned::{Act, Canned, response};
    use super::*;
    use crate::domain::Billed;

    const KEY: &str = "sk-secret0123456789";

    fn client(base_url: &str) -> Client {
        Client::new(Endpoint { base_url: base_url.into(), key: KEY.into() }).unwrap()
    }

    fn impatient(base_url: &str) -> Client {
        let soon = Duration::from_millis(60);
        let limits = Limits { submit: soon, question: soon, json: 64, ..Limits::USUAL };
        Client::with_limits(Endpoint { base_url: base_url.into(), key: KEY.into() }, limits).unwrap()
    }

    fn paid() -> Call {
        Call {
            method: "POST",
            path: "/services/aigc/image-generation/generation".into(),
            headers: vec![("Content-Type", "application/json".into()), ("X-DashScope-Async", "enable".into())],
            body: json!({"model": "wan2.7-image", "input": {"messages": []}, "parameters": {"n": 1}}),
        }
    }

    fn task(id: &str) -> TaskId {
        TaskId(id.into())
    }

    /// Sends a paid call to a server that does `act`, and requires that exactly one connection was made.
    async fn once(act: Act) -> Result<Reply, Refusal> {
        let server = Canned::start(act).await;
        let result = client(&server.base).submit(&paid(), &mut |_| ()).await;
        assert_eq!(server.requests().len(), 1);
        result
    }

    fn unknown(result: Result<Reply, Refusal>) -> Fault {
        let Err(Refusal::Unknown(fault)) = result else { panic!("{result:?}") };
        assert_eq!((fault.kind, fault.billed, fault.retryable), (FaultKind::Unsure, Billed::Unknown, false));
        assert!(!fault.to_string().contains(KEY) && !fault.to_string().contains("http://"), "{fault}");
        fault
    }

    fn refused(result: Result<Reply, Refusal>) -> Fault {
        let Err(Refusal::Refused(fault)) = result else { panic!("{result:?}") };
        assert_eq!(fault.billed, Billed::No);
        fault
    }

    #[tokio::test]
    async fn a_paid_call_arrives_once_and_whole() {
        let server =
            Canned::answer(200, r#"{"request_id":"r","output":{"task_id":"t-1","task_status":"PENDING"}}"#).await;
        let reply = client(&server.base).submit(&paid(), &mut |_| ()).await;
        assert_eq!(reply, Ok(Reply::Task { id: task("t-1"), request_id: Some("r".into()) }));
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /api/v1/services/aigc/image-generation/generation HTTP/1.1\r\n"), "{head}");
        let head = head.to_ascii_lowercase();
        for header in [
            format!("authorization: bearer {KEY}"),
            "content-type: application/json".into(),
            "x-dashscope-async: enable".into(),
            format!("user-agent: pinxit/{}", env!("CARGO_PKG_VERSION")),
        ] {
            assert_eq!(head.matches(&header).count(), 1, "{header} in {head}");
        }
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), paid().body);
    }

    #[tokio::test]
    async fn a_lost_answer_is_unknown_and_never_sent_again() {
        assert_eq!(unknown(once(Act::Drop).await).code, "connection_lost");
        assert_eq!(unknown(once(Act::ReadThenDrop).await).code, "connection_lost");
        let half = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"output\":{\"task_id\":".to_vec();
        assert_eq!(unknown(once(Act::Send(half)).await).code, "bad_answer");
        assert_eq!(unknown(once(Act::Send(b"HTTP/1.1 200 O".to_vec())).await).code, "connection_lost");
    }

    #[tokio::test]
    async fn an_answer_that_is_no_answer_is_unknown() {
        let html = "<!doctype html><title>502</title>";
        let fault = unknown(once(Act::Send(response(200, html))).await);
        assert_eq!(fault.message, "The service sent HTML instead of an answer.");
        assert_eq!(unknown(once(Act::Send(response(502, html))).await).code, "http_502");
        unknown(once(Act::Send(response(500, r#"{"code":"InternalError","message":"occured"}"#))).await);
    }

    #[tokio::test]
    async fn refusals_are_told_apart() {
        let fault = refused(
            once(Act::Send(response(
                401,
                r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"a1"}"#,
            )))
            .await,
        );
        assert_eq!((fault.kind, fault.retryable, fault.request_id.as_deref()), (FaultKind::Access, false, Some("a1")));
        let fault = refused(once(Act::Send(response(429, r#"{"code":"Throttling.RateQuota","message":"x"}"#))).await);
        assert_eq!((fault.kind, fault.retryable), (FaultKind::Throttled, true));
        let cut = b"HTTP/1.1 400 Bad\r\nContent-Length: 200\r\n\r\n{\"code\":".to_vec();
        assert_eq!(refused(once(Act::Send(cut)).await).code, "http_400");
    }

    #[tokio::test]
    async fn a_refusal_says_when_to_come_back() {
        let body = r#"{"code":"Throttling.RateQuota","message":"x"}"#;
        let told = |line: &str| {
            let head = format!("HTTP/1.1 429 Slow\r\nContent-Length: {}\r\n{line}\r\n{body}", body.len());
            Act::Send(head.into_bytes())
        };
        assert_eq!(refused(once(told("Retry-After: 7\r\n")).await).retry_after, Some(7));
        assert_eq!(refused(once(told("")).await).retry_after, None);
        let server = Canned::start(told("retry-after: 3\r\n")).await;
        assert_eq!(client(&server.base).task(&task("t-1")).await.unwrap_err().retry_after, Some(3));
    }

    #[tokio::test]
    async fn every_answer_tells_the_services_time() {
        let dated = |status: u16, at: &str| {
            Act::Send(format!("HTTP/1.1 {status} Canned\r\nContent-Length: 2\r\nDate: {at}\r\n\r\n{{}}").into_bytes())
        };
        let server = Canned::script(|_| {
            vec![
                dated(500, "Fri, 01 Jan 2100 00:00:00 GMT"),
                dated(429, "Thu, 01 Jan 1970 00:00:00 GMT"),
                Act::ReadThenDrop,
            ]
        })
        .await;
        let client = client(&server.base);
        assert_eq!(client.clock_offset(), None);
        let near = |told: i64| (client.clock_offset().unwrap() - (told - clock::now().0)).abs() < 60_000;
        let _ = client.task(&task("t-1")).await;
        assert!(near(4_102_444_800_000), "{:?}", client.clock_offset());
        let _ = client.submit(&paid(), &mut |_| ()).await;
        assert!(near(0), "{:?}", client.clock_offset());
        let _ = client.task(&task("t-1")).await;
        assert!(near(0), "what was known stays known");
    }

    #[tokio::test]
    async fn a_list_is_asked_for_page_by_page() {
        let page = |ids: &[&str]| {
            let rows: Vec<Value> = ids.iter().map(|id| json!({"task_id": id})).collect();
            Act::Send(response(200, json!({"data": rows, "total": 3, "page_size": 2}).to_string()))
        };
        let server =
            Canned::script(|_| vec![page(&["a", "b"]), Act::Send(response(502, "<html>")), page(&["b", "c"])]).await;
        let client = client(&server.base);
        let mut list = TaskList::new(crate::domain::Stamp(1_709_222_400_000), crate::domain::Stamp(1_709_222_460_000));
        let ids = |listed: Vec<Listed>| listed.into_iter().map(|listed| listed.task.0).collect::<Vec<_>>();
        assert_eq!(ids(client.tasks(&mut list).await.unwrap()), ["a", "b"]);
        let fault = client.tasks(&mut list).await.unwrap_err();
        assert_eq!((fault.retryable, fault.billed), (true, Billed::No));
        assert_eq!(ids(client.tasks(&mut list).await.unwrap()), ["c"]);
        assert_eq!(ids(client.tasks(&mut list).await.unwrap()), [""; 0]);
        assert!(list.is_whole());
        let lines: Vec<_> =
            server.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
        let line = |page: u32| {
            let window = "start_time=20240301000000&end_time=20240301000100";
            format!("GET /api/v1/tasks/?{window}&page_no={page}&page_size=100 HTTP/1.1")
        };
        assert_eq!(lines, [line(1), line(2), line(2)]);
    }

    #[tokio::test]
    async fn redirects_are_not_followed() {
        let redirect = b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_vec();
        assert_eq!(refused(once(Act::Send(redirect)).await).code, "redirect");
    }

    #[tokio::test]
    async fn without_a_connection_nothing_was_billed() {
        let closed = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            format!("http://{}", listener.local_addr().unwrap())
        };
        let fault = refused(client(&closed).submit(&paid(), &mut |_| ()).await);
        assert_eq!((fault.kind, fault.code.as_str(), fault.retryable), (FaultKind::Network, "no_connection", true));
        assert!(
            fault.message.starts_with("127.0.0.1:") && fault.message.ends_with(" refused the connection."),
            "{fault}"
        );
    }

    #[tokio::test]
    async fn without_tls_nothing_was_billed() {
        let server = Canned::start(Act::Drop).await;
        let fault = refused(client(&server.base.replace("http:", "https:")).submit(&paid(), &mut |_| ()).await);
        assert_eq!((fault.kind, fault.retryable), (FaultKind::Network, true), "{fault}");
    }

    #[tokio::test]
    async fn patience_and_appetite_have_limits() {
        let server = Canned::start(Act::SendThenStall(Vec::new())).await;
        assert_eq!(unknown(impatient(&server.base).submit(&paid(), &mut |_| ()).await).code, "timeout");
        assert_eq!(server.requests().len(), 1);
        let server = Canned::answer(200, format!("{{\"output\":\"{}\"}}", "x".repeat(100))).await;
        let fault = unknown(impatient(&server.base).submit(&paid(), &mut |_| ()).await);
        assert!(fault.message.contains("longer than 64 bytes"), "{fault}");
    }

    fn story() -> Call {
        let mut call = paid();
        call.headers = vec![("Accept", "text/event-stream".into()), ("X-DashScope-Sse", "enable".into())];
        call
    }

    /// The beginning of a streamed answer of unknown length; the content type lies.
    fn stream(events: &str) -> Vec<u8> {
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{events}").into_bytes()
    }

    const WORDS: &str = "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"choices\":[{\"message\":{\"content\":[{\"text\":\"Steam\"}]},\"finish_reason\":\"null\"}]}}\n\n";
    const LAST: &str = "id:2\r\ndata: {\"output\":{\"choices\":[{\"message\":{\"content\":[{\"image\":\"https://h/1.png\"}]},\"finish_reason\":\"stop\"}]},\"usage\":{\"image_count\":1}}\r\n\r\n";

    #[tokio::test]
    async fn a_stream_is_heard_while_it_comes() {
        // The line stays open: the last event is the end, no matter what the line does.
        let whole = stream(&[WORDS, LAST].concat());
        for act in [Act::Send(whole.clone()), Act::SendThenStall(whole.clone()), Act::SendThenPing(whole)] {
            let server = Canned::start(act).await;
            let mut heard = vec![];
            let limits = Limits { idle: Duration::from_millis(400), submit: Duration::ZERO, ..Limits::USUAL };
            let client = Client::with_limits(Endpoint { base_url: server.base.clone(), key: KEY.into() }, limits);
            let reply = client.unwrap().submit(&story(), &mut |answer| heard.push(answer.items.len())).await;
            let Ok(Reply::Answer(answer)) = reply else { panic!("{reply:?}") };
            assert_eq!((heard, answer.items.len(), answer.billed), (vec![1, 2], 2, Some(1)));
            let requests = server.requests();
            assert_eq!(requests.len(), 1);
            let head = requests[0].to_ascii_lowercase();
            for header in ["accept: text/event-stream", "x-dashscope-sse: enable", "accept-encoding: identity"] {
                assert_eq!(head.matches(header).count(), 1, "{header} in {head}");
            }
        }
    }

    #[tokio::test]
    async fn a_stream_that_falls_silent_is_unknown() {
        for (act, why) in [
            (Act::SendThenStall(stream(WORDS)), "fell silent)."),
            (Act::SendThenPing(stream(WORDS)), "fell silent)."),
            (Act::SendThenStall(stream(&format!("{WORDS}data:{{\"out"))), "fell silent)."),
            (Act::Send(stream(WORDS)), "before its first picture."),
            (Act::SendThenStall(Vec::new()), "did not answer in time."),
        ] {
            let server = Canned::start(act).await;
            let limits = Limits { idle: Duration::from_millis(60), ..Limits::USUAL };
            let client =
                Client::with_limits(Endpoint { base_url: server.base.clone(), key: KEY.into() }, limits).unwrap();
            let fault = unknown(client.submit(&story(), &mut |_| ()).await);
            assert!(fault.message.ends_with(why), "{fault}");
            assert_eq!(server.requests().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_refusal_whose_words_never_come_is_a_refusal() {
        let head = b"HTTP/1.1 429 Slow\r\nContent-Length: 200\r\n\r\n{\"code\":".to_vec();
        let server = Canned::start(Act::SendThenStall(head)).await;
        let limits = Limits { question: Duration::from_millis(60), ..Limits::USUAL };
        let client = Client::with_limits(Endpoint { base_url: server.base.clone(), key: KEY.into() }, limits).unwrap();
        for call in [story(), paid()] {
            let fault = refused(client.submit(&call, &mut |_| ()).await);
            assert_eq!((fault.code.as_str(), fault.retryable), ("http_429", true));
        }
    }

    #[tokio::test]
    async fn an_error_may_come_as_an_event() {
        let event = "event:error\n:HTTP_STATUS/400\ndata:{\"code\":\"DataInspectionFailed\",\"message\":\"x\"}\n\n";
        for act in [Act::Send(response(400, event)), Act::Send(response(200, event))] {
            assert_eq!(refused(once(act).await).kind, FaultKind::Content);
        }
    }

    #[tokio::test]
    async fn local_pictures_are_not_sent() {
        let server = Canned::answer(200, "{}").await;
        let mut call = paid();
        call.body = json!({"input": {"images": ["file:///home/me/a.png"]}});
        assert_eq!(refused(client(&server.base).submit(&call, &mut |_| ()).await).code, "local_picture");
        assert!(server.requests().is_empty());
    }

    #[tokio::test]
    async fn questions_go_where_the_task_is() {
        let server = Canned::answer(200, r#"{"output":{"task_id":"t-1","task_status":"RUNNING"}}"#).await;
        assert_eq!(client(&server.base).task(&task("t-1")).await, Ok(TaskState::Running));
        let request = server.requests().remove(0);
        assert!(request.starts_with("GET /api/v1/tasks/t-1 HTTP/1.1\r\n"), "{request}");
        let fault = client(&server.base).task(&task("../uploads")).await.unwrap_err();
        assert_eq!(fault.code, "bad_task_id");
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn failed_questions_may_be_asked_again() {
        for (act, kind) in [
            (Act::Send(response(429, r#"{"code":"Throttling","message":"x"}"#)), FaultKind::Throttled),
            (Act::Send(response(500, r#"{"code":"InternalError"}"#)), FaultKind::Other),
            (Act::Send(response(502, "<html>")), FaultKind::Other),
            (Act::Send(response(200, "<html>")), FaultKind::Network),
            (Act::ReadThenDrop, FaultKind::Network),
        ] {
            let server = Canned::start(act.clone()).await;
            let fault = client(&server.base).task(&task("t-1")).await.unwrap_err();
            assert_eq!((fault.kind, fault.retryable, fault.billed), (kind, true, Billed::No), "{act:?}");
        }
        let server = Canned::answer(401, r#"{"code":"InvalidApiKey","message":"x"}"#).await;
        assert!(!client(&server.base).task(&task("t-1")).await.unwrap_err().retryable);
    }

    #[tokio::test]
    async fn cancelling_says_when_it_is_too_late() {
        let server = Canned::answer(200, r#"{"request_id":"45ac7f13"}"#).await;
        assert_eq!(client(&server.base).cancel(&task("t-1")).await, Ok(true));
        let request = server.requests().remove(0).to_ascii_lowercase();
        assert!(request.starts_with("post /api/v1/tasks/t-1/cancel http/1.1\r\n"), "{request}");
        assert_eq!(request.matches("content-length: 0").count(), 1, "{request}");
        let late = r#"{"request_id":"4d496c94","code":"UnsupportedOperation","message":"Failed to cancel the task, please confirm if the task is in PENDING status."}"#;
        let server = Canned::answer(400, late).await;
        assert_eq!(client(&server.base).cancel(&task("t-1")).await, Ok(false));
        let server = Canned::answer(401, r#"{"code":"InvalidApiKey","message":"x"}"#).await;
        assert_eq!(client(&server.base).cancel(&task("t-1")).await.unwrap_err().kind, FaultKind::Access);
    }

    #[tokio::test]
    async fn a_ping_costs_nothing_and_checks_the_key() {
        let server = Canned::answer(200, r#"{"output":{"task_id":"0","task_status":"UNKNOWN"}}"#).await;
        assert!(client(&server.base).ping().await.unwrap() > Duration::ZERO);
        assert!(server.requests()[0].starts_with("GET /api/v1/tasks/00000000-"));
        let server = Canned::answer(401, r#"{"code":"InvalidApiKey","message":"x"}"#).await;
        assert_eq!(client(&server.base).ping().await.unwrap_err().kind, FaultKind::Access);
    }

    #[test]
    fn the_key_is_in_nothing_that_prints() {
        let endpoint = Endpoint { base_url: "https://dashscope-intl.aliyuncs.com".into(), key: KEY.into() };
        assert!(!format!("{endpoint:?}").contains(KEY));
        assert!(!format!("{:?}", Client::new(endpoint).unwrap()).contains(KEY));
        let coding = Endpoint { base_url: "https://dashscope-intl.aliyuncs.com".into(), key: "sk-sp-abcdef".into() };
        let fault = Client::new(coding).unwrap_err();
        assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Access, "coding_plan_key"));
        assert!(!fault.to_string().contains("abcdef"));
    }
}
