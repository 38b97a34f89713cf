//! Points on which sources disagree or are silent, each in its other reading.

use super::*;

async fn reading(variants: Variants) -> Bench {
    Bench::new(Options { delays: Delays::ByPoll, variants, ..Options::default() }).await
}

#[tokio::test]
async fn a_throttled_client_hears_when_to_come_back() {
    let variants = Variants { retry_after: true, ..Variants::default() };
    let options = Options { delays: Delays::ByPoll, rates: true, variants, ..Options::default() };
    let bench = Bench::new(options).await;
    let max = json!({
        "model": "qwen-image-max",
        "input": {"messages": [{"role": "user", "content": [{"text": "a fox"}]}]},
    });
    for _ in 0..2 {
        assert_eq!(bench.post(SYNC, &max).await.unwrap().headers().get("retry-after"), None);
    }
    bench.emulator.age(Duration::from_secs(20));
    let answer = bench.post(SYNC, &max).await.unwrap();
    assert_eq!(answer.status(), 429);
    let seconds: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((30..=40).contains(&seconds), "{seconds}: two a minute, 20 s ago");
    bench.emulator.inject(FaultRule::new(Scope::Poll, Fault::throttled()).times(1));
    assert_eq!(bench.get("/tasks/1").await.headers()["retry-after"], "1");
}

#[tokio::test]
async fn a_full_queue_takes_no_more() {
    let options = Options { delays: Delays::ByPoll, rates: true, ..Options::default() };
    let bench = Bench::new(options).await;
    for second in 0..250 {
        for _ in 0..2 {
            assert_eq!(bench.post(TEXT2IMAGE, &prompted()).await.unwrap().status(), 200, "{second}");
        }
        bench.emulator.age(Duration::from_secs(1));
    }
    let full = bench.post(TEXT2IMAGE, &prompted()).await.unwrap();
    assert_eq!(full.status(), 429);
    assert_eq!(full.json::<Value>().await.unwrap()["code"], "Throttling");
    assert_eq!(bench.emulator.ledger().billed_submits, 500);
}

#[tokio::test]
async fn a_taken_back_task_is_spelled_with_two_ls() {
    let bench = reading(Variants { cancelled_spelling: true, ..Variants::default() }).await;
    let task = bench.submit(TEXT2IMAGE, &prompted()).await;
    bench.post(&format!("/tasks/{task}/cancel"), &json!(null)).await.unwrap();
    assert_eq!(bench.poll(&task).await["output"]["task_status"], "CANCELLED");
    for spelling in ["CANCELLED", "CANCELED"] {
        let list: Value = bench.get(&format!("/tasks?status={spelling}")).await.json().await.unwrap();
        assert_eq!(list["data"][0]["status"], "CANCELLED", "{spelling}");
    }
}

#[tokio::test]
async fn times_are_told_from_the_beginning() {
    let body = json!({
        "model": "wan2.6-t2i",
        "input": {"messages": [{"role": "user", "content": [{"text": "a fox"}]}]},
        "parameters": {"n": 1},
    });
    let told = async |variants: Variants| {
        let bench = reading(variants).await;
        let task = bench.submit(MESSAGES, &body).await;
        let has = |body: &Value, name: &str| body["output"][name].is_string();
        let (pending, running) = (bench.poll(&task).await, bench.poll(&task).await);
        assert_eq!(running["output"]["task_status"], "RUNNING");
        [has(&pending, "submit_time"), has(&pending, "scheduled_time"), has(&running, "scheduled_time")]
    };
    assert_eq!(told(Variants::default()).await, [false, false, false]);
    assert_eq!(told(Variants { early_times: true, ..Variants::default() }).await, [true, false, true]);
}

#[tokio::test]
async fn wan26_t2i_takes_one_image_and_follows_it() {
    let with = |images: usize| {
        let mut content = vec![json!({"text": "bluer"})];
        content.extend((0..images).map(|_| json!({"image": "https://host.example/a.png"})));
        json!({
            "model": "wan2.6-t2i",
            "input": {"messages": [{"role": "user", "content": content}]},
            "parameters": {"n": 1, "size": "1280*1280"},
        })
    };
    let bench = reading(Variants { wan26_t2i_edits: true, ..Variants::default() }).await;
    for (images, status) in [(0, 200), (1, 200), (2, 400)] {
        assert_eq!(bench.post(SYNC, &with(images)).await.unwrap().status(), status, "{images}");
    }
    let strict = Bench::by_poll().await;
    assert_eq!(strict.post(SYNC, &with(1)).await.unwrap().status(), 400);
}

#[tokio::test]
async fn qwen2_is_a_task_too() {
    let bench = reading(Variants { qwen2_async: true, ..Variants::default() }).await;
    let task = bench.submit(MESSAGES, &small("a fox")).await;
    let body = bench.finish(&task).await;
    assert_eq!(reqwest::get(first(&body)).await.unwrap().status(), 200);
    assert_eq!(body["usage"], json!({"height": 512, "width": 512, "image_count": 1}));
    let strict = Bench::by_poll().await;
    assert_eq!(strict.post(MESSAGES, &small("a fox")).await.unwrap().status(), 400);
}

#[tokio::test]
async fn qwen2_rounds_its_sides() {
    let mut body = small("a fox");
    body["parameters"]["size"] = json!("1033*1032");
    let width = async |bench: Bench| {
        bench.post(SYNC, &body).await.unwrap().json::<Value>().await.unwrap()["usage"]["width"].clone()
    };
    assert_eq!(width(reading(Variants { qwen2_snaps: true, ..Variants::default() }).await).await, 1040);
    assert_eq!(width(Bench::by_poll().await).await, 1033);
}

#[tokio::test]
async fn a_long_data_uri_is_taken_where_the_model_takes_20_mb() {
    // No image at all: only the limit on the text is in question.
    let long = format!("data:image/png;base64,{}", "A".repeat(12 * 1024 * 1024));
    let bench = reading(Variants { large_data_uris: true, ..Variants::default() }).await;
    let strict = Bench::by_poll().await;
    let message = async |bench: &Bench, model: &str| {
        let content = json!([{"text": "bluer"}, {"image": long}]);
        let body = json!({"model": model, "input": {"messages": [{"role": "user", "content": content}]}});
        let answer: Value = bench.post(SYNC, &body).await.unwrap().json().await.unwrap();
        answer["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message(&bench, "wan2.7-image").await, "Invalid image format or corrupted file");
    assert!(message(&bench, "wan2.6-image").await.starts_with("Exceeded limit"));
    assert!(message(&strict, "wan2.7-image").await.starts_with("Exceeded limit"));
}

#[tokio::test]
async fn a_list_may_be_late_and_short_and_hold_tasks_of_others() {
    let variants = Variants { small_pages: true, list_delay_ms: 5_000, foreign_tasks: 3, ..Variants::default() };
    let bench = reading(variants).await;
    let list = async |query: &str| -> Value {
        bench.get(&format!("/tasks/?page_size=100{query}")).await.json().await.unwrap()
    };
    let ours = bench.submit(TEXT2IMAGE, &prompted()).await;
    assert_eq!(bench.poll(&ours).await["output"]["task_status"], "PENDING", "it can be asked after at once");
    let listed = |page: &Value, id: &str| page["data"].as_array().unwrap().iter().any(|row| row["task_id"] == id);
    assert!(!listed(&list("").await, &ours));
    bench.emulator.age(Duration::from_secs(20));
    let page = list("").await;
    assert!(listed(&page, &ours));
    let rows = page["data"].as_array().unwrap();
    let keys: Vec<&str> = rows.iter().map(|row| row["api_key_id"].as_str().unwrap()).collect();
    assert_eq!((keys.len(), keys.iter().filter(|key| **key == "2").count()), (4, 3), "{page}");
    assert!(rows.iter().all(|row| row["model_name"] == "wan2.2-t2i-flash"), "{page}");
    let times: Vec<i64> = rows.iter().map(|row| row["gmt_create"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "newest first: {times:?}");
    let own = rows.iter().position(|row| row["task_id"] == ours.as_str()).unwrap();
    assert!(own > 0 && own < 3, "some before and some after: {times:?}");
    let stranger = rows.iter().find(|row| row["api_key_id"] == "2").unwrap()["task_id"].as_str().unwrap();
    let result = bench.poll(stranger).await["output"]["results"][0].clone();
    assert!(result["orig_prompt"].as_str().unwrap().starts_with("a lighthouse"), "{result}");
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_submits), (1, 1), "others pay for themselves");

    for _ in 0..4 {
        bench.submit(TEXT2IMAGE, &prompted()).await;
    }
    bench.emulator.age(Duration::from_secs(20));
    let page = list("&page_no=2").await;
    assert_eq!((&page["page_size"], &page["total"], &page["total_page"]), (&json!(10), &json!(20), &json!(2)));
    assert_eq!(page["data"].as_array().unwrap().len(), 10);
}
