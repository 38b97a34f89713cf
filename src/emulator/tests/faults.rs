//! What goes wrong, seen from a client.

use reqwest::StatusCode;

use super::*;

#[tokio::test]
async fn unknown_tasks_and_failed_tasks_answer_200() {
    let fault = Fault::TaskFailed { code: "InternalError.Timeout".into(), message: None };
    let bench = Bench::with_fault(FaultRule::new(Scope::Submit, fault).times(1)).await;
    let body = bench.poll("1111").await;
    assert_eq!(body["output"], json!({"task_id": "1111", "task_status": "UNKNOWN"}));
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    let body = bench.finish(&task).await;
    assert_eq!(body["output"]["task_status"], "FAILED");
    assert_eq!(body["output"]["code"], "InternalError.Timeout");
    assert_eq!(bench.emulator.ledger().billed_images, 0);
}

#[tokio::test]
async fn a_refusal_is_free_unless_told_otherwise() {
    let bench = Bench::with_fault(FaultRule::new(Scope::Submit, Fault::throttled()).times(1)).await;
    let answer = bench.post(SYNC, &small("a fox")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers().get("retry-after"), None);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "Throttling.RateQuota");
    assert_eq!(bench.emulator.ledger().billed_images, 0);
    let paid = FaultRule::new(Scope::Submit, Fault::internal_error(true)).times(1);
    bench.emulator.inject(paid);
    assert_eq!(bench.post(SYNC, &small("a fox")).await.unwrap().status(), 500);
    assert_eq!(bench.emulator.ledger().billed_images, 1);
    assert_eq!(bench.emulator.ledger().refused, 2);
    assert_eq!(bench.post(SYNC, &small("a fox")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_code_alone_brings_its_status_and_words_in_any_shape() {
    let bench = Bench::by_poll().await;
    let faults = bench.url("").replace("/api/v1", "/__faults");
    let ask = async |refuse: Value| {
        let rule = json!({"scope": "submit", "fault": {"refuse": refuse}, "count": 1});
        assert_eq!(bench.http.post(&faults).json(&rule).send().await.unwrap().status(), 200);
        let answer = bench.post(SYNC, &small("a fox")).await.unwrap();
        let wait = answer.headers().get("retry-after").cloned();
        (answer.status().as_u16(), wait, answer.json::<Value>().await.unwrap())
    };
    let (status, wait, body) = ask(json!({"code": "AccessDenied.Unpurchased"})).await;
    assert_eq!((status, wait), (403, None));
    assert!(body["message"].as_str().unwrap().contains("eligible"), "{body}");
    let (status, wait, body) = ask(json!({"code": "limit_requests", "shape": "open_ai", "retry_after": 30})).await;
    assert_eq!((status, wait.unwrap().to_str().unwrap()), (429, "30"));
    assert_eq!(body["error"]["code"], "limit_requests");
    assert_eq!(body["error"]["message"], "You exceeded your current requests list.");
    assert_eq!(body.get("code"), None);
    let (status, _, body) = ask(json!({"code": "AccessDenied", "message": "Error api key", "shape": "codeless"})).await;
    assert_eq!((status, body), (403, json!({"message": "Error api key"})));
    assert_eq!(bench.emulator.ledger().billed_images, 0);
}

#[tokio::test]
async fn a_lost_reply_is_billed_and_its_task_is_on_the_list() {
    let bench = Bench::with_fault(FaultRule::new(Scope::Submit, Fault::LostReply).times(2)).await;
    let lost = bench.post(SYNC, &small("a fox")).await;
    assert!(lost.unwrap_err().is_request());
    let lost = bench.post(TEXT2IMAGE, &prompted()).await;
    assert!(lost.unwrap_err().is_request());
    assert_eq!(bench.emulator.ledger().billed_submits, 2);
    let body: Value = bench.get("/tasks").await.json().await.unwrap();
    assert_eq!(body["total"], 1);
    let task = body["data"][0]["task_id"].as_str().unwrap();
    assert_eq!(bench.finish(task).await["output"]["task_status"], "SUCCEEDED");
}

#[tokio::test]
async fn poll_faults_strike_the_query_and_pass() {
    let bench = Bench::by_poll().await;
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    let path = format!("/tasks/{task}");
    for fault in [Fault::unavailable(), Fault::Html { status: 502 }] {
        bench.emulator.inject(FaultRule::new(Scope::Poll, fault).times(1));
    }
    assert_eq!(bench.get(&path).await.status(), 503);
    let page = bench.get(&path).await;
    assert_eq!(page.headers()["content-type"], "text/html");
    assert!(page.text().await.unwrap().starts_with("<html>"));
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "PENDING");
    let gone = FaultRule::new(Scope::Poll, Fault::TaskUnknown).times(1);
    bench.emulator.inject(gone);
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "UNKNOWN");
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "UNKNOWN");
}

#[tokio::test]
async fn spoiled_files_are_not_counted_as_delivered() {
    let bench = Bench::by_poll().await;
    let url = bench.picture().await;
    let whole = reqwest::get(&url).await.unwrap().bytes().await.unwrap();
    for (fault, test) in [
        (
            Fault::TruncatedPng,
            (|bytes, whole| whole.starts_with(bytes) && bytes.len() < whole.len()) as fn(&[u8], &[u8]) -> bool,
        ),
        (Fault::XmlForPng, |bytes, _| bytes.starts_with(b"<?xml")),
        (Fault::WrongBytes, |bytes, whole| bytes.len() == whole.len() && image::guess_format(bytes).is_err()),
        (Fault::Jpeg, |bytes, _| image::guess_format(bytes).unwrap() == image::ImageFormat::Jpeg),
    ] {
        bench.emulator.inject(FaultRule::new(Scope::File, fault.clone()).times(1));
        let file = reqwest::get(&url).await.unwrap();
        assert_eq!(file.status(), 200, "{fault:?}");
        assert_eq!(file.headers()["content-type"], "image/png");
        assert!(test(&file.bytes().await.unwrap(), &whole), "{fault:?}");
    }
    let cut = FaultRule::new(Scope::File, Fault::LostReply).times(1);
    bench.emulator.inject(cut);
    let file = reqwest::get(&url).await.unwrap();
    assert_eq!(file.content_length(), Some(whole.len() as u64));
    assert!(file.bytes().await.is_err());
    assert_eq!(bench.emulator.ledger().downloads, 1);
    assert_eq!(reqwest::get(&url).await.unwrap().bytes().await.unwrap(), whole);
    assert_eq!(bench.emulator.ledger().downloads, 2);
    assert_eq!(bench.emulator.ledger().images_delivered, 1);
}

#[tokio::test]
async fn a_url_ends_with_its_day_and_cannot_be_stretched() {
    let bench = Bench::by_poll().await;
    let url = bench.picture().await;
    let stretched = url.replace("Expires=1", "Expires=2");
    assert_ne!(url, stretched);
    let answer = reqwest::get(&stretched).await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("SignatureDoesNotMatch"));
    bench.emulator.age(Duration::from_secs(24 * 3600 - 60));
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 200);
    bench.emulator.age(Duration::from_secs(60));
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["content-type"], "application/xml");
    assert!(answer.text().await.unwrap().contains("<Code>AccessDenied</Code>"));
}

#[tokio::test]
async fn faults_and_ledger_have_their_own_paths() {
    let bench = Bench::by_poll().await;
    let origin = bench.url("").replace("/api/v1", "");
    let faults = format!("{origin}/__faults");
    let rule = json!({"scope": "submit", "fault": {"refuse": {"status": 400, "code": "Arrearage"}}, "count": 1});
    let answer = bench.http.post(&faults).json(&rule).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let wrong = json!({"scope": "poll", "fault": "truncated_png"});
    let answer = bench.http.post(&faults).json(&wrong).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(bench.post(SYNC, &small("a fox")).await.unwrap().status(), 400);
    let ledger = reqwest::get(format!("{origin}/__ledger")).await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(ledger["submits"], 1);
    assert_eq!(ledger["refused"], 1);
    assert_eq!(ledger["submits_by_model"], json!({"qwen-image-2.0": 1}));
}

#[tokio::test]
async fn rules_that_could_never_strike_stop_the_start() {
    let options = Options { faults: vec![FaultRule::new(Scope::Poll, Fault::Jpeg)], ..Options::default() };
    let error = Emulator::start(options).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
