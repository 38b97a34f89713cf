//! The bodies of right answers, each in its family's own layout (contract 2.3, 2.4, 4). Pure. Not
//! here: refusals (`refusal`).

use serde_json::{Map, Value, json};

use super::check::Order;
use super::clock::stamp;
use super::models::Layout;
use super::options::{Region, Variants};
use super::story;
use super::tasks::{CANCELLED, End, Status, Task};

/// A synchronous answer.
pub fn sync(order: &Order, urls: &[String], request_id: &str, variants: Variants) -> Value {
    let mut output = json!({"choices": choices(order, urls, 0, variants)});
    match order.model.layout {
        Layout::Wan => output["finished"] = json!(true),
        Layout::QwenMetric => output["task_metric"] = metrics(urls.len(), 0),
        Layout::Qwen | Layout::ZImage => {}
    }
    json!({"output": output, "usage": usage(order, urls.len()), "request_id": request_id})
}

/// One event of a stream (contract 5): one content item, and the usage so far. `told`: pictures and
/// letters of text, this item included.
pub fn delta(
    order: &Order,
    item: Value,
    last: bool,
    told: (usize, usize),
    request_id: &str,
    variants: Variants,
) -> Value {
    let (pictures, letters) = told;
    let reason = if last { "stop" } else { "null" };
    let choice = json!({"message": {"content": [item], "role": "assistant"}, "finish_reason": reason});
    let tokens_in = order.prompt.chars().count();
    let tokens_out = letters + 2 * pictures;
    let (width, height) = if pictures > 0 { order.size } else { (0, 0) };
    json!({
        "output": {"choices": [choice], "finished": last || variants.sse_finished},
        "usage": {
            "total_tokens": tokens_in + tokens_out,
            "image_count": pictures,
            "output_tokens": tokens_out,
            "size": format!("{width}*{height}"),
            "input_tokens": tokens_in,
        },
        "request_id": request_id,
    })
}

/// The answer to an accepted task (contract 4.1).
pub fn accepted(task_id: &str, request_id: &str) -> Value {
    json!({
        "output": {"task_status": "PENDING", "task_id": task_id},
        "request_id": request_id,
    })
}

/// The answer to a query for a task that is not there (contract 4.3).
pub fn unknown(task_id: &str, request_id: &str) -> Value {
    json!({
        "request_id": request_id,
        "output": {"task_id": task_id, "task_status": "UNKNOWN"},
    })
}

/// The answer to a task query (contract 4.3).
pub fn task(task: &Task, request_id: &str, variants: Variants) -> Value {
    let prompted = task.order.route.is_prompted();
    let mut output = json!({"task_id": task.id, "task_status": word(task.status, variants)});
    let total = task.urls.len();
    match task.status {
        Status::Canceled if variants.canceled_times => times(&mut output, task),
        Status::Pending if variants.early_times => times(&mut output, task),
        Status::Pending | Status::Canceled => {}
        // Only the older protocol tells times while a task runs.
        Status::Running if !prompted && variants.early_times => times(&mut output, task),
        Status::Running if !prompted => {}
        Status::Running => {
            times(&mut output, task);
            output["task_metrics"] = json!({"TOTAL": total, "SUCCEEDED": 0, "FAILED": 0});
        }
        Status::Failed => return failed(task, output, request_id, variants.failure_on_top),
        Status::Succeeded => {
            times(&mut output, task);
            let missing = match task.end {
                End::Success { failed } => failed,
                End::Failure { .. } => total,
            };
            if prompted {
                output["results"] = results(task, missing);
                output["task_metrics"] = metrics(total, missing);
                let usage = json!({"image_count": total - missing});
                return json!({"request_id": request_id, "output": output, "usage": usage});
            }
            output["finished"] = json!(true);
            output["choices"] = choices(&task.order, &task.urls, missing, variants);
            let usage = usage(&task.order, total - missing);
            return json!({"request_id": request_id, "output": output, "usage": usage});
        }
    }
    json!({"request_id": request_id, "output": output})
}

fn failed(task: &Task, mut output: Value, request_id: &str, on_top: bool) -> Value {
    let (code, message) = match &task.end {
        End::Failure { code, message } => (code.as_str(), message.as_str()),
        End::Success { .. } => ("", ""),
    };
    if on_top {
        return json!({
            "request_id": request_id, "output": output, "code": code, "message": message,
        });
    }
    times(&mut output, task);
    output["code"] = json!(code);
    output["message"] = json!(message);
    if task.order.route.is_prompted() {
        output["task_metrics"] = metrics(task.urls.len(), task.urls.len());
    }
    json!({"request_id": request_id, "output": output})
}

fn word(status: Status, variants: Variants) -> &'static str {
    if status == Status::Canceled && variants.cancelled_spelling { CANCELLED } else { status.word() }
}

/// A page of the task list: its number, from 1, and how many tasks it holds.
pub struct Page(pub usize, pub usize);

/// One page of the task list (contract 4.5).
pub fn list(tasks: &[Task], page: Page, region: Region, variants: Variants, request_id: &str) -> Value {
    let Page(page, page_size) = page;
    let shown = tasks.iter().skip((page - 1).saturating_mul(page_size)).take(page_size);
    let data: Vec<Value> = shown.map(|task| row(task, region, variants)).collect();
    json!({
        "total": tasks.len(),
        "data": data,
        "total_page": tasks.len().div_ceil(page_size),
        "page_no": page,
        "request_id": request_id,
        "page_size": page_size,
    })
}

fn row(task: &Task, region: Region, variants: Variants) -> Value {
    let function = task.order.route.path().trim_start_matches("/services/aigc/").replace('/', ":");
    let mut row = Map::new();
    row.insert("api_key_id".into(), json!(task.api_key_id));
    row.insert("caller_parent_id".into(), json!("1"));
    row.insert("caller_uid".into(), json!("1"));
    if let Some(at) = task.ended_ms {
        row.insert("end_time".into(), json!(at));
    }
    row.insert("gmt_create".into(), json!(task.submitted_ms));
    row.insert("model_name".into(), json!(task.order.name));
    row.insert("region".into(), json!(region.id()));
    row.insert("request_id".into(), json!(task.request_id));
    if let Some(at) = task.scheduled_ms {
        row.insert("start_time".into(), json!(at));
    }
    row.insert("status".into(), json!(word(task.status, variants)));
    row.insert("task_id".into(), json!(task.id));
    let key = format!("apikey:v1:aigc:{function}:{}", task.order.name);
    row.insert("user_api_unique_key".into(), json!(key));
    Value::Object(row)
}

fn times(output: &mut Value, task: &Task) {
    output["submit_time"] = json!(stamp(task.submitted_ms));
    if let Some(at) = task.scheduled_ms {
        output["scheduled_time"] = json!(stamp(at));
    }
    if let Some(at) = task.ended_ms {
        output["end_time"] = json!(stamp(at));
    }
}

fn metrics(total: usize, failed: usize) -> Value {
    json!({"TOTAL": total, "SUCCEEDED": total - failed, "FAILED": failed})
}

fn results(task: &Task, missing: usize) -> Value {
    let whole = task.urls.len() - missing;
    let result = |(index, url): (usize, &String)| {
        if index >= whole {
            return json!({
                "code": "DataInspectionFailed",
                "message": "Output data may contain inappropriate content.",
            });
        }
        let mut result = json!({"orig_prompt": task.order.prompt});
        if task.order.extend {
            result["actual_prompt"] = json!(rewritten(&task.order.prompt));
        }
        result["url"] = json!(url);
        result
    };
    task.urls.iter().enumerate().map(result).collect()
}

/// `missing`: so many of the last pictures failed; a choice of its own then says so (contract 4.3).
fn choices(order: &Order, urls: &[String], missing: usize, variants: Variants) -> Value {
    let whole = urls.len() - missing;
    let image = |url: &String| match order.model.layout {
        Layout::Wan => json!({"image": url, "type": "image"}),
        Layout::Qwen | Layout::QwenMetric | Layout::ZImage => json!({"image": url}),
    };
    if order.interleave {
        return json!([choice(mixed(order, &urls[..whole]))]);
    }
    if order.model.layout == Layout::ZImage {
        return json!([z_image(order, urls.iter().map(image).collect())]);
    }
    let each = match order.model.layout {
        Layout::Wan if order.sequence => false,
        // The one family whose layout is on record (contract 2.4).
        Layout::Wan => order.model.interleaves || !variants.wan_one_choice,
        _ => variants.qwen_choice_each,
    };
    if !each {
        return json!([choice(urls[..whole].iter().map(image).collect())]);
    }
    let made = urls[..whole].iter().map(|url| choice(vec![image(url)]));
    made.chain(std::iter::repeat_with(inspected).take(missing)).collect()
}

fn inspected() -> Value {
    json!({"finish_reason": "content_filter", "message": {"content": [], "role": "assistant"}})
}

fn choice(content: Vec<Value>) -> Value {
    json!({"finish_reason": "stop", "message": {"content": content, "role": "assistant"}})
}

fn z_image(order: &Order, mut content: Vec<Value>) -> Value {
    let (prompt, reasoning) = if order.extend {
        let thought = "The scene needs a foreground, a light and a mood.";
        (rewritten(&order.prompt), thought)
    } else {
        (order.prompt.clone(), "")
    };
    content.push(json!({"text": prompt}));
    let mut choice = choice(content);
    choice["message"]["reasoning_content"] = json!(reasoning);
    choice
}

fn mixed(order: &Order, urls: &[String]) -> Vec<Value> {
    let step = |(index, url): (usize, &String)| {
        let text = story::chapter(&order.prompt, order.seed, index);
        [json!({"text": text, "type": "text"}), json!({"image": url, "type": "image"})]
    };
    urls.iter().enumerate().flat_map(step).collect()
}

fn usage(order: &Order, images: usize) -> Value {
    let (width, height) = order.size;
    let tokens_in = order.prompt.chars().count();
    let tokens_out = 2 * images;
    match order.model.layout {
        Layout::Wan => json!({
            "image_count": images,
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "size": format!("{width}*{height}"),
            "total_tokens": tokens_in + tokens_out,
        }),
        Layout::Qwen | Layout::QwenMetric => {
            json!({"height": height, "image_count": images, "width": width})
        }
        Layout::ZImage => json!({
            "height": height,
            "image_count": images,
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens_in + tokens_out,
            "width": width,
        }),
    }
}

fn rewritten(prompt: &str) -> String {
    format!("{prompt}, soft morning light, layered distance, fine detail")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::Delays;
    use crate::emulator::check;
    use crate::emulator::models::Route;
    use crate::emulator::tasks::Tasks;

    fn order(route: Route, body: Value) -> Order {
        let body = body.to_string();
        let asks_async = route.is_async();
        check::test_order(route, asks_async, body.as_bytes(), Variants::default()).unwrap()
    }

    fn messages(route: Route, model: &str, content: Value, parameters: Value) -> Order {
        let input = json!({"messages": [{"role": "user", "content": content}]});
        order(route, json!({"model": model, "input": input, "parameters": parameters}))
    }

    fn painted(model: &str, parameters: Value) -> Value {
        let order = messages(Route::Sync, model, json!([{"text": "a fox"}]), parameters);
        sync(&order, &urls(order.images), "id", Variants::default())
    }

    fn urls(count: u64) -> Vec<String> {
        (0..count).map(|index| format!("u{index}")).collect()
    }

    fn ended(order: Order, end: End, on_top: bool) -> Value {
        let mut tasks = Tasks::new(Delays::ByPoll, false);
        let urls = urls(order.images);
        tasks.add(Task::new("t".into(), "r".into(), order, urls, end), 1_709_286_704_817);
        tasks.poll("t", 1_709_286_705_000);
        tasks.poll("t", 1_709_286_705_000);
        let last = tasks.poll("t", 1_709_286_705_000).unwrap();
        task(&last, "id", Variants { failure_on_top: on_top, ..Variants::default() })
    }

    fn prompted(parameters: Value) -> Order {
        order(
            Route::Text2Image,
            json!({
                "model": "wan2.2-t2i-flash", "input": {"prompt": "a fox"},
                "parameters": parameters,
            }),
        )
    }

    const DONE: End = End::Success { failed: 0 };

    #[test]
    fn wan_gives_one_choice_per_image_and_a_sequence_gives_one_choice() {
        let body = painted("wan2.7-image", json!({"n": 2, "size": "1K"}));
        assert_eq!(
            body,
            json!({
                "output": {
                    "choices": [
                        {"finish_reason": "stop", "message": {
                            "content": [{"image": "u0", "type": "image"}], "role": "assistant"}},
                        {"finish_reason": "stop", "message": {
                            "content": [{"image": "u1", "type": "image"}], "role": "assistant"}},
                    ],
                    "finished": true,
                },
                "usage": {
                    "image_count": 2, "input_tokens": 5, "output_tokens": 4,
                    "size": "1024*1024", "total_tokens": 9,
                },
                "request_id": "id",
            })
        );
        let body = painted("wan2.7-image", json!({"n": 4, "enable_sequential": true}));
        assert_eq!(body["output"]["choices"].as_array().unwrap().len(), 1);
        let content = &body["output"]["choices"][0]["message"]["content"];
        assert_eq!(content.as_array().unwrap().len(), 4);
    }

    #[test]
    fn qwen_gives_untyped_items_in_one_choice() {
        let body = painted("qwen-image-2.0", json!({"n": 2, "size": "1024*512"}));
        assert_eq!(
            body,
            json!({
                "output": {"choices": [{"finish_reason": "stop", "message": {
                    "content": [{"image": "u0"}, {"image": "u1"}], "role": "assistant"}}]},
                "usage": {"height": 512, "image_count": 2, "width": 1024},
                "request_id": "id",
            })
        );
    }

    #[test]
    fn qwen_text_to_image_adds_a_singular_metric() {
        let body = painted("qwen-image-max", json!({}));
        assert_eq!(body["output"]["task_metric"], json!({"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0}));
        assert_eq!(body["usage"], json!({"height": 928, "image_count": 1, "width": 1664}));
        assert_eq!(body["output"].get("finished"), None);
    }

    #[test]
    fn z_image_adds_a_text_item_and_reasoning() {
        let body = painted("z-image-turbo", json!({}));
        let message = &body["output"]["choices"][0]["message"];
        assert_eq!(message["content"], json!([{"image": "u0"}, {"text": "a fox"}]));
        assert_eq!(message["reasoning_content"], json!(""));
        let usage = &body["usage"];
        assert_eq!((&usage["width"], &usage["height"]), (&json!(1024), &json!(1536)));
        assert!(usage["output_tokens_details"]["reasoning_tokens"].is_u64());
    }

    #[test]
    fn a_finished_message_task_looks_like_its_synchronous_answer_with_times() {
        let content = json!([{"text": "a fox"}]);
        let order = messages(Route::Messages, "wan2.6-t2i", content, json!({"n": 1}));
        let body = ended(order, DONE, false);
        assert_eq!(
            body["output"],
            json!({
                "task_id": "t", "task_status": "SUCCEEDED",
                "submit_time": "2024-03-01 17:51:44.817",
                "scheduled_time": "2024-03-01 17:51:45.000",
                "end_time": "2024-03-01 17:51:45.000",
                "finished": true,
                "choices": [{"finish_reason": "stop", "message": {
                    "content": [{"image": "u0", "type": "image"}], "role": "assistant"}}],
            })
        );
        assert_eq!(body["usage"]["size"], "1280*1280");
    }

    #[test]
    fn mixed_answers_alternate() {
        let order = messages(
            Route::Messages,
            "wan2.6-image",
            json!([{"text": "latte art"}]),
            json!({"enable_interleave": true, "max_images": 2}),
        );
        let body = ended(order, DONE, false);
        let content = &body["output"]["choices"][0]["message"]["content"];
        let kinds: Vec<&Value> = content.as_array().unwrap().iter().map(|item| &item["type"]).collect();
        assert_eq!(kinds, ["text", "image", "text", "image"]);
    }

    #[test]
    fn a_prompt_task_has_results_with_prompts_and_metrics() {
        let body = ended(prompted(json!({"n": 2})), DONE, false);
        let results = body["output"]["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        assert_eq!(results[1]["url"], "u1");
        assert_eq!(results[0]["orig_prompt"], "a fox");
        assert!(results[0]["actual_prompt"].as_str().unwrap().len() > 5);
        assert_eq!(body["output"]["task_metrics"], json!({"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}));
        assert_eq!(body["usage"], json!({"image_count": 2}));
        let plain = ended(prompted(json!({"prompt_extend": false})), DONE, false);
        assert_eq!(plain["output"]["results"][0].get("actual_prompt"), None);
    }

    #[test]
    fn a_partly_failed_task_names_what_failed_and_bills_the_rest() {
        let body = ended(prompted(json!({})), End::Success { failed: 1 }, false);
        let output = &body["output"];
        assert_eq!(output["task_status"], "SUCCEEDED");
        assert_eq!(output["results"][2]["url"], "u2");
        assert_eq!(
            output["results"][3],
            json!({
                "code": "DataInspectionFailed",
                "message": "Output data may contain inappropriate content.",
            })
        );
        assert_eq!(output["task_metrics"], json!({"TOTAL": 4, "SUCCEEDED": 3, "FAILED": 1}));
        assert_eq!(body["usage"], json!({"image_count": 3}));
    }

    #[test]
    fn a_failure_is_told_inside_or_on_top() {
        let end = || End::Failure { code: "InternalError.Timeout".into(), message: "late".into() };
        let inside = ended(prompted(json!({})), end(), false);
        assert_eq!(inside["output"]["code"], "InternalError.Timeout");
        assert_eq!(inside["output"]["task_metrics"], json!({"TOTAL": 4, "SUCCEEDED": 0, "FAILED": 4}));
        assert_eq!(inside.get("code"), None);
        let on_top = ended(prompted(json!({})), end(), true);
        assert_eq!(
            on_top,
            json!({
                "request_id": "id", "output": {"task_id": "t", "task_status": "FAILED"},
                "code": "InternalError.Timeout", "message": "late",
            })
        );
    }

    #[test]
    fn unverified_layouts_are_switches() {
        let shape = |model: &str, variants: Variants| {
            let order = messages(Route::Sync, model, json!([{"text": "a fox"}]), json!({"n": 2}));
            let body = sync(&order, &urls(2), "id", variants);
            let choices = body["output"]["choices"].as_array().unwrap().clone();
            choices.iter().map(|choice| choice["message"]["content"].as_array().unwrap().len()).collect::<Vec<_>>()
        };
        let plain = Variants::default();
        let other = Variants { wan_one_choice: true, qwen_choice_each: true, ..plain };
        for model in ["wan2.7-image", "wan2.6-t2i"] {
            assert_eq!((shape(model, plain), shape(model, other)), (vec![1, 1], vec![2]), "{model}");
        }
        assert_eq!((shape("qwen-image-2.0", plain), shape("qwen-image-2.0", other)), (vec![2], vec![1, 1]));
    }

    #[test]
    fn an_edit_of_wan26_has_one_choice_per_image_whatever_the_switch() {
        let content = json!([{"text": "bluer"}, {"image": "https://host/a.png"}]);
        let order = messages(Route::Sync, "wan2.6-image", content, json!({"n": 2}));
        let body = sync(&order, &urls(2), "id", Variants { wan_one_choice: true, ..Variants::default() });
        assert_eq!(body["output"]["choices"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_missing_picture_of_a_message_task_is_a_choice_that_did_not_stop() {
        let order = messages(Route::Messages, "wan2.6-t2i", json!([{"text": "a fox"}]), json!({"n": 3}));
        let body = ended(order, End::Success { failed: 1 }, false);
        let choices = body["output"]["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 3);
        assert_eq!(choices[2]["finish_reason"], "content_filter");
        assert_eq!(choices[2]["message"]["content"], json!([]));
        assert_eq!(body["usage"]["image_count"], 2);
    }
}
