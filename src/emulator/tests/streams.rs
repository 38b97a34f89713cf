//! Stories told as they are made.

use super::*;

fn story(parameters: Value) -> Value {
    let mut all = json!({"enable_interleave": true, "stream": true, "max_images": 3, "size": "768*768", "seed": 7});
    for (name, value) in parameters.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({
        "model": "wan2.6-image",
        "input": {"messages": [{"role": "user", "content": [{"text": "latte art"}]}]},
        "parameters": all,
    })
}

impl Bench {
    async fn stream(&self, body: &Value) -> Response {
        let request = self.http.post(self.url(SYNC)).bearer_auth("sk-test").header("X-DashScope-Sse", "enable");
        request.json(body).send().await.unwrap()
    }
}

/// What stands behind each `data:`, in order.
fn events(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| line.strip_prefix("data:")).map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// Neighbouring texts joined, pictures as they are without their address.
fn document(items: impl Iterator<Item = Value>) -> Vec<String> {
    let mut document: Vec<String> = Vec::new();
    let mut in_text = false;
    for item in items {
        match item["text"].as_str() {
            Some(text) if in_text => document.last_mut().unwrap().push_str(text),
            Some(text) => document.push(text.into()),
            None => document.push("image".into()),
        }
        in_text = item["text"].is_string();
    }
    document
}

fn item(event: &Value) -> Value {
    event["output"]["choices"][0]["message"]["content"][0].clone()
}

#[tokio::test]
async fn a_stream_tells_the_story_of_the_task() {
    let bench = Bench::by_poll().await;
    let answer = bench.stream(&story(json!({}))).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream;charset=UTF-8");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":"), "{text}");
    let events = events(&text);
    let (last, before) = events.split_last().unwrap();
    assert!(before.iter().all(|event| event["output"]["choices"][0]["finish_reason"] == "null"));
    assert_eq!(last["output"]["choices"][0]["finish_reason"], "stop");
    assert_eq!((&before[0]["output"]["finished"], &last["output"]["finished"]), (&json!(false), &json!(true)));
    assert_eq!((&before[0]["usage"]["size"], &before[0]["usage"]["image_count"]), (&json!("0*0"), &json!(0)));
    assert_eq!((&last["usage"]["size"], &last["usage"]["image_count"]), (&json!("768*768"), &json!(3)));
    let counts: Vec<u64> = events.iter().map(|event| event["usage"]["image_count"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted());
    let mut body = story(json!({}));
    body["parameters"]["stream"] = json!(false);
    let task = bench.submit(MESSAGES, &body).await;
    let body = bench.finish(&task).await;
    let items = body["output"]["choices"][0]["message"]["content"].as_array().unwrap().clone();
    let told = document(events.iter().map(item));
    assert_eq!(told, document(items.into_iter()));
    assert_eq!(told.iter().filter(|one| *one == "image").count(), 3);
    let picture = item(last)["image"].as_str().unwrap().to_owned();
    assert_eq!(reqwest::get(picture).await.unwrap().status(), 200);
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.billed_submits, ledger.billed_images, ledger.billed_images_by_route[SYNC]), (2, 6, 3));
}

#[tokio::test]
async fn a_cut_stream_bills_what_it_told() {
    let bench = Bench::with_fault(FaultRule::new(Scope::Submit, Fault::StreamCut { after: 2 }).times(1)).await;
    let mut answer = bench.stream(&story(json!({}))).await;
    let mut text = String::new();
    let end = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
            other => break other,
        }
    };
    assert!(end.is_err(), "the stream did not end by itself");
    assert_eq!(text.matches("\"image\":").count(), 2, "{text}");
    assert_eq!(bench.emulator.ledger().billed_images, 2);
}

#[tokio::test]
async fn errors_of_a_stream_stand_inside_200() {
    let error = Fault::StreamError { after: 1, code: "DataInspectionFailed".into(), message: None };
    let bench = Bench::with_fault(FaultRule::new(Scope::Submit, error).times(1)).await;
    let answer = bench.stream(&story(json!({}))).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert!(text.contains("event:error\n:HTTP_STATUS/400\ndata:{\"code\":\"DataInspectionFailed\""), "{text}");
    assert_eq!(bench.emulator.ledger().billed_images, 1);
    let refused = bench.stream(&story(json!({"n": 2}))).await;
    assert_eq!(refused.status(), 200);
    assert!(refused.text().await.unwrap().starts_with("id:1\nevent:error\n:HTTP_STATUS/400\n"));
    let variants = Variants { sse_error_status: true, ..Variants::default() };
    let bench = Bench::new(Options { delays: Delays::ByPoll, variants, ..Options::default() }).await;
    assert_eq!(bench.stream(&story(json!({"n": 2}))).await.status(), 400);
}

#[tokio::test]
async fn a_story_asks_for_its_stream_twice() {
    let bench = Bench::by_poll().await;
    let plain = bench.post(SYNC, &story(json!({}))).await.unwrap();
    assert_eq!(plain.status(), 400, "no header");
    let text = bench.stream(&story(json!({"stream": false}))).await.text().await.unwrap();
    assert!(text.contains("event:error"), "no parameter: {text}");
    let mut unsaid = story(json!({}));
    unsaid["parameters"].as_object_mut().unwrap().remove("stream");
    let variants = Variants { sse_pair: true, ..Variants::default() };
    let strict = Bench::new(Options { delays: Delays::ByPoll, variants, ..Options::default() }).await;
    let text = strict.stream(&unsaid).await.text().await.unwrap();
    assert!(text.contains("event:error"), "the strict reading: {text}");
    assert_eq!(bench.emulator.ledger().billed_images, 0);
    let whole = bench.stream(&small("a fox")).await.text().await.unwrap();
    assert_eq!(events(&whole).len(), 1, "other models have one thing to tell");
    assert_eq!(events(&whole)[0]["usage"]["image_count"], 1);
}

#[tokio::test]
async fn line_ends_and_pings_are_switches() {
    let variants = Variants { sse_crlf: true, sse_pings: true, ..Variants::default() };
    let bench = Bench::new(Options { delays: Delays::ByPoll, variants, ..Options::default() }).await;
    let text = bench.stream(&story(json!({"max_images": 1}))).await.text().await.unwrap();
    assert!(text.starts_with(": ping\r\n\r\nid: 1\r\nevent: result\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[tokio::test]
async fn a_stream_can_call_itself_finished_throughout() {
    let variants = Variants { sse_finished: true, ..Variants::default() };
    let bench = Bench::new(Options { delays: Delays::ByPoll, variants, ..Options::default() }).await;
    let events = events(&bench.stream(&story(json!({"max_images": 2}))).await.text().await.unwrap());
    assert!(events.iter().all(|event| event["output"]["finished"] == true));
    let stops = |event: &&Value| event["output"]["choices"][0]["finish_reason"] == "stop";
    assert_eq!(events.iter().filter(stops).count(), 1);
}
