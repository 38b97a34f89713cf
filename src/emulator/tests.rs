//! The emulator over real HTTP on loopback.
#![allow(clippy::unwrap_used)]

mod faults;
mod inputs;
mod readings;
mod steering;
mod streams;
mod wire;

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::*;

const SYNC: &str = "/services/aigc/multimodal-generation/generation";
const MESSAGES: &str = "/services/aigc/image-generation/generation";
const TEXT2IMAGE: &str = "/services/aigc/text2image/image-synthesis";
const IMAGE2IMAGE: &str = "/services/aigc/image2image/image-synthesis";

/// An emulator and a plain client that knows the right key.
struct Bench {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Bench {
    async fn new(options: Options) -> Bench {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Bench {
            emulator: Emulator::start(options).await.unwrap(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn by_poll() -> Bench {
        Bench::new(Options { delays: Delays::ByPoll, ..Options::default() }).await
    }

    async fn with_fault(rule: FaultRule) -> Bench {
        let bench = Bench::by_poll().await;
        bench.emulator.inject(rule);
        bench
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.base_url())
    }

    async fn post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        let mut request = self.http.post(self.url(path)).bearer_auth("sk-test");
        if path == MESSAGES || path == TEXT2IMAGE || path == IMAGE2IMAGE {
            request = request.header("X-DashScope-Async", "enable");
        }
        request.json(body).send().await
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.http.get(self.url(path)).bearer_auth("sk-test");
        request.send().await.unwrap()
    }

    async fn poll(&self, task: &str) -> Value {
        let answer = self.get(&format!("/tasks/{task}")).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Submits a task and gives its id.
    async fn submit(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body).await.unwrap();
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["output"]["task_status"], "PENDING");
        body["output"]["task_id"].as_str().unwrap().to_owned()
    }

    /// Polls to the end and gives the last body.
    async fn finish(&self, task: &str) -> Value {
        loop {
            let body = self.poll(task).await;
            if !["PENDING", "RUNNING"].contains(&body["output"]["task_status"].as_str().unwrap()) {
                return body;
            }
        }
    }

    /// One small picture's URL.
    async fn picture(&self) -> String {
        let body = self.post(SYNC, &small("a fox")).await.unwrap();
        let body: Value = body.json().await.unwrap();
        first(&body)
    }
}

fn small(prompt: &str) -> Value {
    json!({
        "model": "qwen-image-2.0",
        "input": {"messages": [{"role": "user", "content": [{"text": prompt}]}]},
        "parameters": {"size": "512*512", "n": 1, "seed": 7},
    })
}

fn prompted() -> Value {
    json!({
        "model": "wan2.2-t2i-flash",
        "input": {"prompt": "a fox"},
        "parameters": {"size": "512*768", "n": 2, "seed": 7},
    })
}

fn first(body: &Value) -> String {
    body["output"]["choices"][0]["message"]["content"][0]["image"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_synchronous_call_gives_a_picture_of_the_asked_size() {
    let bench = Bench::by_poll().await;
    let answer = bench.post(SYNC, &small("a fox")).await.unwrap();
    let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["request_id"], header);
    let file = reqwest::get(first(&body)).await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    let bytes = file.bytes().await.unwrap();
    let image = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap();
    assert_eq!((image.width(), image.height()), (512, 512));
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.submits, 1);
    assert_eq!(ledger.submits_by_route[SYNC], 1);
    assert_eq!(ledger.submits_by_model["qwen-image-2.0"], 1);
    assert_eq!((ledger.billed_submits, ledger.billed_images), (1, 1));
    assert_eq!((ledger.images_delivered, ledger.refused), (1, 0));
}

#[tokio::test]
async fn a_task_walks_its_states_and_its_pictures_differ() {
    let bench = Bench::by_poll().await;
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    for expected in ["PENDING", "RUNNING", "SUCCEEDED"] {
        let body = bench.poll(&task).await;
        assert_eq!(body["output"]["task_status"], expected);
    }
    let body = bench.poll(&task).await;
    let mut pictures = Vec::new();
    for result in body["output"]["results"].as_array().unwrap() {
        let file = reqwest::get(result["url"].as_str().unwrap()).await.unwrap();
        pictures.push(file.bytes().await.unwrap());
    }
    assert_eq!(pictures.len(), 2);
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(bench.emulator.ledger().polls, 4);
    assert_eq!(bench.emulator.ledger().images_delivered, 2);
}

#[tokio::test]
async fn the_same_seed_paints_the_same_picture_again() {
    let bench = Bench::by_poll().await;
    let mut pictures = Vec::new();
    for _ in 0..2 {
        let file = reqwest::get(bench.picture().await).await.unwrap();
        pictures.push(file.bytes().await.unwrap());
    }
    assert_eq!(pictures[0], pictures[1]);
}

#[tokio::test]
async fn keys_are_asked_for_everywhere_but_at_files() {
    let bench = Bench::by_poll().await;
    for path in [SYNC, MESSAGES, TEXT2IMAGE] {
        let answer = bench.http.post(bench.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers().get("content-type"), None);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "InvalidApiKey");
        assert_eq!(body["message"], "No API-key provided.");
        assert!(body["request_id"].is_string());
    }
    for path in ["/tasks", "/tasks/", "/tasks/1"] {
        let request = bench.http.get(bench.url(path)).bearer_auth("key");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    assert_eq!(bench.emulator.ledger().refused, 6);
    let leaked = bench.http.get(bench.picture().await).bearer_auth("sk-test");
    assert_eq!(leaked.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn paths_that_are_not_served_are_not_found() {
    let bench = Bench::by_poll().await;
    let video = bench.post("/services/aigc/video-generation/video-synthesis", &json!({})).await.unwrap();
    assert_eq!(video.status(), 404);
    let body: Value = video.json().await.unwrap();
    assert_eq!(body["code"], "NotFound");
    assert_eq!(bench.get("/files").await.status(), 404);
}

#[tokio::test]
async fn a_pending_task_can_be_cancelled_once() {
    let bench = Bench::by_poll().await;
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    assert_eq!(bench.emulator.ledger().billed_images, 2);
    let path = format!("/tasks/{task}/cancel");
    let answer = bench.post(&path, &json!(null)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let again = bench.post(&path, &json!(null)).await.unwrap();
    assert_eq!(again.status(), 400);
    let body: Value = again.json().await.unwrap();
    assert_eq!(body["code"], "UnsupportedOperation");
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "CANCELED");
    assert_eq!(bench.emulator.ledger().billed_images, 0);
}

#[tokio::test]
async fn the_list_shows_tasks_flat_newest_first() {
    let bench = Bench::by_poll().await;
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(bench.submit(TEXT2IMAGE, &prompted()).await);
    }
    let body: Value = bench.get("/tasks/?page_size=2").await.json().await.unwrap();
    assert_eq!((&body["total"], &body["total_page"]), (&json!(3), &json!(2)));
    assert_eq!(body["data"].as_array().unwrap().len(), 2);
    assert_eq!(body["data"][0]["task_id"], tasks[2].as_str());
    assert_eq!(body["data"][0]["status"], "PENDING");
    assert_eq!(body["data"][0]["model_name"], "wan2.2-t2i-flash");
    assert!(body["data"][0]["gmt_create"].as_i64().unwrap() > 1_700_000_000_000);
    let path = format!("/tasks?task_id={}", tasks[0]);
    let body: Value = bench.get(&path).await.json().await.unwrap();
    assert_eq!(body["total"], 1);
    let wide = "/tasks?start_time=20240101000000&end_time=20240103000000";
    assert_eq!(bench.get(wide).await.status(), 400);
}

#[tokio::test]
async fn requests_are_kept_without_the_key() {
    let bench = Bench::by_poll().await;
    bench.submit(TEXT2IMAGE, &prompted()).await;
    let requests = bench.emulator.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].path, format!("/api/v1{TEXT2IMAGE}"));
    assert_eq!(requests[0].body, prompted());
    assert_eq!(requests[0].headers["authorization"], "present");
    assert_eq!(requests[0].headers["x-dashscope-async"], "enable");
    assert!(!format!("{requests:?}").contains("sk-test"));
}

#[tokio::test]
async fn a_negative_prompt_in_the_wrong_object_is_taken_and_not_heard() {
    let bench = Bench::by_poll().await;
    let (mut right, mut wrong) = (prompted(), prompted());
    right["input"]["negative_prompt"] = json!("red");
    wrong["parameters"]["negative_prompt"] = json!("red");
    for body in [&right, &wrong] {
        bench.submit(TEXT2IMAGE, body).await;
    }
    let requests = bench.emulator.requests();
    assert_eq!((requests[0].negative_prompt.as_deref(), requests[0].unread.as_slice()), (Some("red"), &[][..]));
    assert_eq!(requests[1].negative_prompt, None);
    assert_eq!(requests[1].unread, ["parameters.negative_prompt"]);
    let ledger = bench.http.get(bench.url("").replace("/api/v1", "/__ledger")).send().await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(ledger["unread"], json!({"parameters.negative_prompt": 1}));
}

#[tokio::test(start_paused = true)]
async fn by_time_a_synchronous_call_takes_the_sum_of_the_delays() {
    let bench = Bench::new(Options::default()).await;
    let start = tokio::time::Instant::now();
    let answer = bench.post(SYNC, &small("a fox")).await.unwrap();
    assert_eq!(answer.status(), 200);
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
    assert!(waited < Duration::from_millis(2_100), "{waited:?}");
}

#[tokio::test]
async fn a_task_path_asks_for_its_header() {
    let bench = Bench::by_poll().await;
    let request = bench.http.post(bench.url(TEXT2IMAGE)).bearer_auth("sk-test");
    let answer = request.json(&prompted()).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "AccessDenied");
    assert_eq!(bench.emulator.ledger().billed_images, 0);
}

#[tokio::test]
async fn a_4k_picture_does_not_stop_the_server() {
    let bench = Bench::by_poll().await;
    let body = json!({
        "model": "wan2.7-image-pro",
        "input": {"messages": [{"role": "user", "content": [{"text": "a fox"}]}]},
        "parameters": {"size": "4K", "n": 1},
    });
    let body: Value = bench.post(SYNC, &body).await.unwrap().json().await.unwrap();
    assert_eq!(body["usage"]["size"], "4096*4096");
    let download = tokio::spawn(async move {
        let file = reqwest::get(first(&body)).await.unwrap();
        file.bytes().await.unwrap()
    });
    for _ in 0..50 {
        assert_eq!(bench.poll("1").await["output"]["task_status"], "UNKNOWN");
    }
    assert!(!download.is_finished(), "answers waited for the painting");
    let bytes = download.await.unwrap();
    let reader = image::ImageReader::new(std::io::Cursor::new(&bytes));
    let reader = reader.with_guessed_format().unwrap();
    assert_eq!(reader.into_dimensions().unwrap(), (4096, 4096));
}

#[tokio::test(start_paused = true)]
async fn a_spawned_emulator_keeps_real_time_and_stops_when_dropped() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let emulator = Emulator::spawn(Options::default()).unwrap();
    let base = emulator.base_url();
    let host = base.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/api/v1")).unwrap().to_owned();
    let asked = format!("http://{host}/__ledger");
    assert_eq!(reqwest::get(&asked).await.unwrap().status(), 200);
    let taken =
        Emulator::spawn(Options { port: host.rsplit(':').next().unwrap().parse().unwrap(), ..Options::default() });
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    drop(emulator);
    assert!(std::net::TcpStream::connect(&host).is_err());
}
