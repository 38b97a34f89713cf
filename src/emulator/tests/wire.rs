//! What goes wrong below and around the answers: connections, compression, ranges, rates.

use reqwest::StatusCode;

use super::*;

impl Bench {
    fn origin(&self) -> String {
        self.url("").replace("/api/v1", "")
    }
}

#[tokio::test]
async fn json_is_compressed_for_those_who_ask() {
    let bench = Bench::by_poll().await;
    let plain = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
    let asked = plain.get(bench.url("/tasks/1")).bearer_auth("sk-test").header("accept-encoding", "gzip");
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let answer = plain.get(bench.url("/tasks/1")).bearer_auth("sk-test").send().await.unwrap();
    assert_eq!(answer.headers().get("content-encoding"), None);
    assert_eq!(bench.poll("1").await["output"]["task_status"], "UNKNOWN");
}

#[tokio::test]
async fn a_picture_can_be_taken_in_parts() {
    let bench = Bench::by_poll().await;
    let url = bench.picture().await;
    let part = async |range: &str| bench.http.get(&url).header("range", range).send().await.unwrap();
    let head = part("bytes=0-999").await;
    assert_eq!(head.status(), StatusCode::PARTIAL_CONTENT);
    let tag = head.headers()["etag"].clone();
    let total = head.headers()["content-range"].to_str().unwrap().strip_prefix("bytes 0-999/").unwrap().to_owned();
    let mut bytes = head.bytes().await.unwrap().to_vec();
    assert_eq!(bench.emulator.ledger().images_delivered, 0, "the end is still missing");
    bytes.extend(part("bytes=1000-").await.bytes().await.unwrap());
    assert_eq!(bytes.len().to_string(), total);
    assert!(image::load_from_memory(&bytes).is_ok());
    assert_eq!(bench.emulator.ledger().images_delivered, 1);
    assert_eq!(part(&format!("bytes={total}-")).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let same = bench.http.get(&url).header("range", "bytes=5-9").header("if-range", tag).send().await.unwrap();
    assert_eq!(same.status(), StatusCode::PARTIAL_CONTENT);
    let other = bench.http.get(&url).header("range", "bytes=5-9").header("if-range", "\"x\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_cut_picture_keeps_its_tag_and_every_byte_is_counted() {
    let bench = Bench::by_poll().await;
    let url = bench.picture().await;
    bench.emulator.inject(FaultRule::new(Scope::File, Fault::CutReply).times(2));
    let cut = bench.http.get(&url).send().await.unwrap();
    let (tag, whole) = (cut.headers()["etag"].clone(), cut.content_length().unwrap());
    assert!(cut.bytes().await.is_err());
    assert_eq!(bench.emulator.ledger().file_bytes, whole / 2);
    let rest = async || {
        bench.http.get(&url).header("range", "bytes=100-").header("if-range", tag.clone()).send().await.unwrap()
    };
    let part = rest().await;
    assert_eq!((part.status(), part.content_length()), (StatusCode::PARTIAL_CONTENT, Some(whole - 100)));
    assert!(part.bytes().await.is_err(), "a part is cut too");
    assert_eq!(rest().await.bytes().await.unwrap().len() as u64, whole - 100);
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.file_bytes, whole / 2 + (whole - 100) / 2 + whole - 100);
    assert_eq!((ledger.images_delivered, ledger.downloads), (1, 1));
}

#[tokio::test]
async fn half_a_reply_is_whole_http_and_a_cut_one_is_not() {
    let bench = Bench::by_poll().await;
    bench.emulator.inject(FaultRule::new(Scope::Submit, Fault::HalfReply).times(1));
    let half = bench.post(SYNC, &small("a fox")).await.unwrap();
    assert_eq!(half.status(), 200);
    let text = half.text().await.unwrap();
    assert!(text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err(), "{text}");
    bench.emulator.inject(FaultRule::new(Scope::Submit, Fault::CutReply).times(1));
    let cut = bench.post(TEXT2IMAGE, &prompted()).await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err());
    assert_eq!(bench.emulator.ledger().billed_submits, 2, "both were carried out");
}

#[tokio::test]
async fn polls_come_twice_and_out_of_order() {
    let bench = Bench::by_poll().await;
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    let status = |body: &Value| body["output"]["task_status"].as_str().unwrap().to_owned();
    bench.poll(&task).await;
    let running = bench.poll(&task).await;
    assert_eq!(status(&running), "RUNNING");
    bench.emulator.inject(FaultRule::new(Scope::Poll, Fault::StalePoll).times(1));
    bench.emulator.inject(FaultRule::new(Scope::Poll, Fault::SamePoll).times(1));
    assert_eq!(status(&bench.poll(&task).await), "PENDING");
    assert_eq!(bench.poll(&task).await, running, "request id and all");
    assert_eq!(status(&bench.poll(&task).await), "SUCCEEDED");
    bench.emulator.inject(FaultRule::new(Scope::Poll, Fault::StalePoll).times(1));
    assert_eq!(status(&bench.poll(&task).await), "RUNNING");
    assert_eq!(status(&bench.poll(&task).await), "SUCCEEDED");
}

#[tokio::test]
async fn lists_cancels_policies_and_uploads_go_wrong_on_their_own() {
    let bench = Bench::by_poll().await;
    for scope in [Scope::List, Scope::Cancel, Scope::Policy] {
        bench.emulator.inject(FaultRule::new(scope, Fault::unavailable()).times(1));
    }
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    assert_eq!(bench.get("/tasks").await.status(), 503);
    assert_eq!(bench.get("/tasks").await.status(), 200);
    let cancel = format!("/tasks/{task}/cancel");
    assert_eq!(bench.post(&cancel, &json!(null)).await.unwrap().status(), 503);
    assert_eq!(bench.get("/uploads?action=getPolicy&model=wan2.7-image").await.status(), 503);
    bench.emulator.inject(FaultRule::new(Scope::Cancel, Fault::LostReply).times(1));
    assert!(bench.post(&cancel, &json!(null)).await.is_err());
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "CANCELED", "carried out, answer lost");
    bench.emulator.inject(FaultRule::new(Scope::Upload, Fault::refuse(500, "InternalError")).times(1));
    let upload = bench.http.post(format!("{}/__oss", bench.origin())).send().await.unwrap();
    assert_eq!(upload.headers()["content-type"], "application/xml");
    assert_eq!(upload.status(), 500);
}

#[tokio::test]
async fn a_reset_connection_carries_nothing_out() {
    let bench = Bench::with_fault(FaultRule::new(Scope::Connection, Fault::Reset).times(1)).await;
    assert!(bench.post(SYNC, &small("a fox")).await.is_err());
    assert_eq!(bench.emulator.ledger().submits, 0);
    assert_eq!(bench.post(SYNC, &small("a fox")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_closed_door_refuses_connections_and_opens_again() {
    let bench = Bench::by_poll().await;
    assert_eq!(bench.get("/tasks/1").await.status(), 200);
    bench.emulator.inject(FaultRule::new(Scope::Connection, Fault::Closed { ms: 300 }));
    let inside = bench.post(SYNC, &small("a fox")).await;
    assert!(inside.is_err(), "an open connection goes unanswered");
    let mut refused = false;
    let answered = loop {
        // A client of its own each time: nothing pooled.
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        match client.get(bench.url("/tasks/1")).bearer_auth("sk-test").send().await {
            Ok(answer) => break answer,
            Err(error) => refused |= error.is_connect(),
        }
        tokio::task::yield_now().await;
    };
    assert!(refused, "nobody was refused");
    assert_eq!(answered.status(), 200);
    assert_eq!(bench.emulator.ledger().submits, 0);
}

#[tokio::test(start_paused = true)]
async fn late_answers_and_slow_pictures_take_their_time() {
    let bench = Bench::by_poll().await;
    let url = bench.picture().await;
    let size = reqwest::get(&url).await.unwrap().bytes().await.unwrap().len();
    let start = tokio::time::Instant::now();
    bench.emulator.inject(FaultRule::new(Scope::Poll, Fault::Late { ms: 7_000 }).times(1));
    assert_eq!(bench.poll("1").await["output"]["task_status"], "UNKNOWN");
    assert!(start.elapsed() >= Duration::from_secs(7));
    let start = tokio::time::Instant::now();
    bench.emulator.inject(FaultRule::new(Scope::File, Fault::Trickle { bytes_per_second: 65_536 }).times(1));
    assert_eq!(reqwest::get(&url).await.unwrap().bytes().await.unwrap().len(), size);
    assert!(start.elapsed() >= Duration::from_secs(size as u64 / 65_536), "{:?}", start.elapsed());
}

#[tokio::test]
async fn rates_are_kept_when_asked_to() {
    let options = Options { delays: Delays::ByPoll, rates: true, ..Options::default() };
    let bench = Bench::new(options).await;
    let max = json!({
        "model": "qwen-image-max",
        "input": {"messages": [{"role": "user", "content": [{"text": "a fox"}]}]},
    });
    for expected in [200, 200, 429] {
        assert_eq!(bench.post(SYNC, &max).await.unwrap().status(), expected);
    }
    bench.emulator.age(Duration::from_secs(60));
    let answer = bench.post(SYNC, &max).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (200, None));
    let mut last = StatusCode::OK;
    for _ in 0..21 {
        last = bench.get("/tasks/1").await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(bench.emulator.ledger().billed_images, 3);
}

#[tokio::test]
async fn rules_can_be_read_and_cleared() {
    let bench = Bench::with_fault(FaultRule::new(Scope::Poll, Fault::SamePoll)).await;
    let faults = format!("{}/__faults", bench.origin());
    let rules: Value = reqwest::get(&faults).await.unwrap().json().await.unwrap();
    assert_eq!(rules["rules"][0]["fault"], "same_poll");
    bench.http.delete(&faults).send().await.unwrap();
    let rules: Value = reqwest::get(&faults).await.unwrap().json().await.unwrap();
    assert_eq!(rules["rules"], json!([]));
}
