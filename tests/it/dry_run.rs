//! Every example request of the specification, made by a command line: `--dry-run` prints the same body, byte for byte but
//! for the order of keys, and the same address. What the examples leave out is left out with `--set NAME=null`.

use serde_json::{Value, json};

use crate::cli::{Home, emulator, json as run};

const HOST: &str = "https://dashscope-intl.aliyuncs.com/api/v1";
const SYNC: &str = "/services/aigc/multimodal-generation/generation";
const TASKS: &str = "/services/aigc/image-generation/generation";
const WORDS: &str = "/services/aigc/text2image/image-synthesis";
const PICTURES: &str = "/services/aigc/image2image/image-synthesis";
const EXAMPLE: &str = "https://img.alicdn.com/imgextra/i1/NotRealJustExample";

/// What is typed, where it would go, and what would be sent.
#[derive(Clone)]
pub struct Example {
    pub typed: Vec<String>,
    pub path: &'static str,
    pub body: Value,
}

/// Every example of the specification.
pub fn examples() -> Vec<Example> {
    [text_to_image(), editing(), other_shapes()].concat()
}

/// A command line, split at spaces; `{}` stands for the prompt, and `@x` for an example picture.
fn example(typed: &str, prompt: &str, path: &'static str, input: Value, parameters: Value) -> Example {
    let word = |word: &str| match word {
        "{}" => prompt.to_owned(),
        word => match word.strip_prefix('@') {
            Some(name) => format!("{EXAMPLE}/{name}.jpg"),
            None => word.to_owned(),
        },
    };
    let typed: Vec<String> = typed.split_whitespace().map(word).collect();
    let model = typed.iter().skip_while(|word| *word != "-m").nth(1).unwrap().clone();
    Example { typed, path, body: json!({"model": model, "input": input, "parameters": parameters}) }
}

/// A message with its items in order.
fn message(content: Value) -> Value {
    json!({"messages": [{"role": "user", "content": content}]})
}

fn picture(name: &str) -> Value {
    json!({"image": format!("{EXAMPLE}/{name}.jpg")})
}

fn text_to_image() -> Vec<Example> {
    let shop = "A cozy flower shop with wooden door and flowers on display";
    let light = "A cozy flower shop with delicate wooden door and morning sunlight";
    let cat =
        "A stray orange cat through four seasons: spring cherry blossoms, summer beach, autumn leaves, winter snow";
    let poster = "A healing-style poster featuring three puppies playing on green grass";
    let drawn = "A healing-style hand-drawn poster featuring three puppies playing with a ball on green grass";
    let chinese = "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵";
    let plus = json!({"size": "1664*928", "n": 1, "prompt_extend": true, "watermark": false});
    vec![
        example(
            "gen {} -m wan2.6-t2i --prefer fast --set seed=null --set watermark=null",
            shop,
            SYNC,
            message(json!([{"text": shop}])),
            json!({"size": "1280*1280", "n": 1, "prompt_extend": true}),
        ),
        example(
            "gen {} -m wan2.6-t2i --set seed=null --negative 低分辨率",
            chinese,
            TASKS,
            message(json!([{"text": chinese}])),
            json!({"size": "1280*1280", "n": 1, "prompt_extend": true, "watermark": false, "negative_prompt": "低分辨率"}),
        ),
        example(
            "gen {} -m wan2.7-image-pro -s 4K --prefer fast --set seed=null",
            light,
            SYNC,
            message(json!([{"text": light}])),
            json!({"size": "4K", "n": 1, "thinking_mode": true, "watermark": false}),
        ),
        example(
            "gen {} -m wan2.7-image-pro --sequential -n 4 --prefer fast --set seed=null",
            cat,
            SYNC,
            message(json!([{"text": cat}])),
            json!({"size": "2K", "enable_sequential": true, "n": 4, "watermark": false}),
        ),
        example("gen {} -m qwen-image-plus --set seed=null", poster, WORDS, json!({"prompt": poster}), plus.clone()),
        // The one that is written in Python; the SDK sends this.
        example("gen {} -m qwen-image-plus -s 1664x928 --set seed=null", drawn, WORDS, json!({"prompt": drawn}), plus),
    ]
}

fn editing() -> Vec<Example> {
    let watercolour = "Convert this photo to a watercolor painting style";
    let sunset = "Generate a sunset scene based on the style of image 1 and the background of image 2";
    let graffiti = "Apply the graffiti pattern from image 2 onto the car body in image 1";
    let clock = "Place the clock from image 1 at the marked location in image 2";
    vec![
        example(
            "edit @photo -p {} -m wan2.6-image --prefer fast --set seed=null",
            watercolour,
            SYNC,
            message(json!([{"text": watercolour}, picture("photo")])),
            json!({"size": "1K", "n": 1, "prompt_extend": true, "watermark": false, "enable_interleave": false}),
        ),
        example(
            "gen {} --ref @style_ref --ref @background_ref -m wan2.6-image --prefer fast --set seed=null --set watermark=null",
            sunset,
            SYNC,
            message(json!([{"text": sunset}, picture("style_ref"), picture("background_ref")])),
            json!({"size": "1K", "n": 1, "prompt_extend": true, "enable_interleave": false}),
        ),
        example(
            "edit @car @graffiti -p {} -m wan2.7-image-pro --prefer fast --set seed=null",
            graffiti,
            SYNC,
            message(json!([{"text": graffiti}, picture("car"), picture("graffiti")])),
            json!({"size": "2K", "n": 1, "watermark": false}),
        ),
        example(
            "edit @clock @room -p {} -m wan2.7-image-pro --bbox 2:989,515,1138,681 --prefer fast --set seed=null",
            clock,
            SYNC,
            message(json!([{"text": clock}, picture("clock"), picture("room")])),
            json!({"size": "2K", "n": 1, "bbox_list": [[], [[989, 515, 1138, 681]]], "watermark": false}),
        ),
    ]
}

fn other_shapes() -> Vec<Example> {
    let dress = "Change the floral dress to a vintage-style lace long dress";
    let alarm = "Place the alarm clock from Image 1 next to the vase on the dining table in Image 2";
    let girl = "Make the girl from Image 1 wear the black dress from Image 2";
    let latte = "Give me a three-image tutorial for making latte art";
    let lace = "https://img.alicdn.com/imgextra/i3/O1CN0157XGE51l6iL9441yX_!!6000000004770-49-tps-1104-1472.webp";
    let vase = "https://img.alicdn.com/imgextra/i3/O1CN01SfG4J41UYn9WNt4X1_!!6000000002530-49-tps-1696-960.webp";
    let files = "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925";
    let (one, two) = (format!("{files}/thtclx/input1.png"), format!("{files}/iclsnx/input2.png"));
    let silent = "--set seed=null --set watermark=null";
    vec![
        example(
            &format!("gen {{}} -m wan2.6-image --interleave --max-images 3 {silent}"),
            latte,
            TASKS,
            message(json!([{"text": latte}])),
            json!({"enable_interleave": true, "max_images": 3, "size": "1280*1280"}),
        ),
        example(
            &format!("edit {lace} -p {{}} -m wan2.5-i2i-preview {silent}"),
            dress,
            PICTURES,
            json!({"prompt": dress, "images": [lace]}),
            json!({"prompt_extend": true, "n": 1}),
        ),
        example(
            &format!("edit {lace} {vase} -p {{}} -m wan2.5-i2i-preview {silent}"),
            alarm,
            PICTURES,
            json!({"prompt": alarm, "images": [lace, vase]}),
            json!({"prompt_extend": true, "n": 1}),
        ),
        example(
            &format!("edit {one} {two} -p {{}} -m qwen-image-2.0-pro -n 2 -s 1024*1536 --set seed=null"),
            girl,
            SYNC,
            message(json!([{"image": one}, {"image": two}, {"text": girl}])),
            json!({"n": 2, "size": "1024*1536", "prompt_extend": true, "watermark": false}),
        ),
    ]
}

#[test]
fn every_example_of_the_specification_is_made_by_a_command_line() {
    let home = Home::new();
    for Example { typed, path, body } in examples() {
        let words: Vec<&str> = typed.iter().map(String::as_str).chain(["--dry-run"]).collect();
        let (code, draft) = run(&mut home.pinxit(&words));
        assert_eq!((code, draft["schema"].as_str()), (0, Some("pinxit.dry-run/1")), "{typed:?}");
        let [request] = draft["requests"].as_array().unwrap().as_slice() else { panic!("{typed:?}: {draft:#}") };
        assert_eq!(request["body"], body, "{typed:?}");
        assert_eq!(
            (request["method"].as_str(), request["url"].as_str()),
            (Some("POST"), Some(&*format!("{HOST}{path}")))
        );
        let is_async = request["headers"].get("X-DashScope-Async") == Some(&json!("enable"));
        assert_eq!(is_async, path != SYNC, "{typed:?}");
        assert_eq!(draft["routes"][0]["path"], path, "{typed:?}");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "a dry run writes nothing, not even a store");
}

#[test]
fn a_dry_run_tells_ways_price_and_remarks_without_a_key() {
    let home = Home::new();
    let (_, draft) = run(&mut home.pinxit(&["gen", "a fox", "-n", "3", "--negative", "blur", "--dry-run"]));
    let expected =
        json!({"images": 3, "unit": 0.075, "total": 0.225, "currency": "usd", "basis": "price file, 2026-04"});
    assert_eq!(draft["price"], expected);
    let ways: Vec<_> = draft["routes"].as_array().unwrap().iter().map(|way| way["call"].as_str().unwrap()).collect();
    assert_eq!(ways, ["async", "sync"]);
    assert!(draft["notes"][0].as_str().unwrap().contains("negative_prompt"), "{draft:#}");
    assert!(draft["requests"][0]["body"]["parameters"]["seed"].is_u64(), "a seed is drawn here");
    assert!(draft["requests"][0]["headers"].get("Authorization").is_none());
}

#[test]
fn what_is_not_made_in_one_request_is_shown_as_several() {
    let home = Home::new();
    let typed = ["gen", "a fox", "-m", "qwen-image-plus", "-n", "3", "--seed", "7", "--dry-run"];
    let (code, draft) = run(&mut home.pinxit(&typed));
    let requests = draft["requests"].as_array().unwrap();
    assert_eq!((code, requests.len(), draft["price"]["images"].as_u64()), (0, 3, Some(3)));
    assert!(requests.iter().all(|request| request["body"]["parameters"]["n"] == 1));
}

#[test]
fn a_story_that_is_to_come_fast_is_streamed() {
    let home = Home::new();
    let (_, draft) = run(&mut home.pinxit(&["gen", "latte art", "--interleave", "--prefer", "fast", "--dry-run"]));
    let request = &draft["requests"][0];
    assert_eq!(
        (draft["routes"][0]["call"].as_str(), request["body"]["parameters"]["stream"].as_bool()),
        (Some("stream"), Some(true))
    );
    assert_eq!(request["headers"]["X-DashScope-Sse"], "enable");
    assert!(draft["warnings"][0].as_str().unwrap().contains("wan2.6-image does, and is taken"), "{draft:#}");
}

/// The request with what only the service can give taken out.
fn without_addresses(body: &Value) -> Value {
    match body {
        Value::String(text) if text.starts_with("oss://") => "oss://".into(),
        Value::Array(items) => items.iter().map(without_addresses).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), without_addresses(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_a_dry_run_shows_is_what_is_sent() {
    let home = Home::new();
    crate::flow::noise(300).save(home.path().join("small.png")).unwrap();
    crate::flow::noise(700).save(home.path().join("large.png")).unwrap();
    let commands = [
        "gen fox -m wan2.2-t2i-flash -s 512*512 --negative blur",
        "gen fox -m wan2.6-t2i --prefer fast",
        "gen fox -m qwen-image-plus -n 2 -s 1328*1328",
        "gen fox -m wan2.7-image --sequential -n 2 -s 768*768",
        "gen fox -m wan2.6-image --interleave --max-images 1 -s 768*768 --prefer fast",
        "edit small.png -p fox -m qwen-image-2.0-pro -s 512*512",
        "edit small.png -p fox -m wan2.5-i2i-preview -s 768*768",
        "edit small.png large.png -p fox -m wan2.7-image -s 768*768 --bbox 2:10,20,300,400",
    ];
    for command in commands {
        let emulator = emulator(vec![]);
        let typed: Vec<&str> = command.split(' ').chain(["--seed", "7"]).collect();
        let (_, draft) = run(&mut home.on(&emulator, &[&typed[..], &["--dry-run"]].concat()));
        assert_eq!(emulator.requests().len(), 0, "{command}");
        home.on(&emulator, &typed).assert().success();
        let shown = draft["requests"].as_array().unwrap();
        let path = shown[0]["url"].as_str().unwrap().strip_prefix(emulator.base_url().as_str()).unwrap();
        let sent: Vec<_> =
            emulator.requests().into_iter().filter(|sent| sent.method == "POST" && sent.path.ends_with(path)).collect();
        assert_eq!(sent.len(), shown.len(), "{command}");
        for (sent, shown) in sent.iter().zip(shown) {
            assert_eq!(without_addresses(&sent.body), without_addresses(&shown["body"]), "{command}");
            let headers = shown["headers"].as_object().unwrap();
            for (name, value) in headers {
                assert_eq!(sent.headers[&name.to_lowercase()].as_str(), value.as_str().unwrap(), "{command}: {name}");
            }
            let is_shown = |name: &&String| headers.keys().any(|shown| shown.to_lowercase() == **name);
            let hidden = sent.headers.keys().filter(|name| name.starts_with("x-dashscope") && !is_shown(name));
            assert_eq!(hidden.collect::<Vec<_>>(), [""; 0], "{command}");
        }
    }
}

#[test]
fn a_picture_that_is_uploaded_first_is_shown_as_one_and_stays_here() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    crate::flow::noise(700).save(home.path().join("large.png")).unwrap();
    let typed = ["edit", "large.png", "-p", "in oils", "-m", "wan2.7-image", "--dry-run"];
    let (_, draft) = run(&mut home.on(&emulator, &typed));
    let request = &draft["requests"][0];
    let content = &request["body"]["input"]["messages"][0]["content"];
    let picture = content.as_array().unwrap().iter().find_map(|item| item["image"].as_str()).unwrap();
    let name = picture.strip_prefix("oss://uploaded-first/").and_then(|name| name.strip_suffix(".png")).unwrap();
    assert_eq!(name.len(), 64, "named by its content");
    assert_eq!(request["headers"]["X-DashScope-OssResourceResolve"], "enable");
    let warning = draft["warnings"].to_string();
    assert!(warning.contains("image 1 (large.png) is uploaded first"), "{warning}");
    assert_eq!(emulator.requests().len(), 0);
}
