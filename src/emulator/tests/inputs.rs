//! Input images, sent in every way a client can send them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::multipart::{Form, Part};

use super::*;

fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn data_uri(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

fn edit(model: &str, images: &[&str], parameters: Value) -> Value {
    let mut content = vec![json!({"text": "bluer"})];
    content.extend(images.iter().map(|image| json!({"image": image})));
    json!({"model": model, "input": {"messages": [{"role": "user", "content": content}]}, "parameters": parameters})
}

fn prompted_edit(images: &[&str]) -> Value {
    json!({
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "bluer", "images": images, "negative_prompt": "red"},
        "parameters": {"n": 1, "size": "768*768"},
    })
}

impl Bench {
    async fn code(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body).await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 400, "{body}");
        body["code"].as_str().unwrap().to_owned()
    }

    async fn policy(&self, model: &str) -> Value {
        let answer = self.get(&format!("/uploads?action=getPolicy&model={model}")).await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        let folder = body["data"]["upload_dir"].as_str().unwrap();
        assert_eq!(folder.rsplit('/').next(), body["request_id"].as_str());
        body["data"].clone()
    }

    async fn send_form(&self, policy: &Value, form: Form) -> (u16, String) {
        let request = self.http.post(policy["upload_host"].as_str().unwrap()).multipart(form);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn form(policy: &Value, name: &str) -> Form {
    let text = |key: &str| policy[key].as_str().unwrap().to_owned();
    Form::new()
        .text("OSSAccessKeyId", text("oss_access_key_id"))
        .text("Signature", text("signature"))
        .text("policy", text("policy"))
        .text("x-oss-object-acl", text("x_oss_object_acl"))
        .text("x-oss-forbid-overwrite", text("x_oss_forbid_overwrite"))
        .text("key", format!("{}/{name}", text("upload_dir")))
}

fn whole(policy: &Value, name: &str, bytes: Vec<u8>) -> Form {
    form(policy, name).text("success_action_status", "200").part("file", Part::bytes(bytes).file_name("a.png"))
}

#[tokio::test]
async fn the_older_editing_path_takes_images_and_answers_results() {
    let bench = Bench::by_poll().await;
    let image = data_uri(&file(400, 400, ImageFormat::Png));
    let task = bench.submit(IMAGE2IMAGE, &prompted_edit(&[&image, "https://host.example/a.webp"])).await;
    let body = bench.finish(&task).await;
    assert_eq!(body["output"]["results"].as_array().unwrap().len(), 1);
    assert_eq!(body["output"]["results"][0]["orig_prompt"], "bluer");
    assert_eq!(body["usage"], json!({"image_count": 1}));
    let list: Value = bench.get("/tasks").await.json().await.unwrap();
    let key = list["data"][0]["user_api_unique_key"].as_str().unwrap();
    assert_eq!(key, "apikey:v1:aigc:image2image:image-synthesis:wan2.5-i2i-preview");
    assert_eq!(bench.code(IMAGE2IMAGE, &prompted_edit(&[])).await, "InvalidParameter");
    let four = ["https://host.example/a.png"; 4];
    assert_eq!(bench.code(IMAGE2IMAGE, &prompted_edit(&four)).await, "InvalidParameter");
    assert_eq!(bench.emulator.ledger().billed_images_by_route[IMAGE2IMAGE], 1);
}

#[tokio::test]
async fn without_a_size_the_picture_follows_the_last_image() {
    let bench = Bench::by_poll().await;
    let (wide, tall) = (data_uri(&file(800, 400, ImageFormat::Png)), data_uri(&file(400, 800, ImageFormat::Jpeg)));
    let usage = async |model: &str, images: &[&str], parameters: Value| {
        let answer = bench.post(SYNC, &edit(model, images, parameters)).await.unwrap();
        answer.json::<Value>().await.unwrap()["usage"].clone()
    };
    let like_tall = usage("wan2.7-image", &[&wide, &tall], json!({"size": "1K", "n": 1})).await;
    assert_eq!(like_tall["size"], "724*1448");
    let like_wide = usage("wan2.6-image", &[&tall, &wide], json!({"n": 1})).await;
    assert_eq!(like_wide["size"], "1808*912");
    let like_wide = usage("qwen-image-edit", &[&wide], json!({})).await;
    assert_eq!((&like_wide["width"], &like_wide["height"]), (&json!(1448), &json!(724)));
}

#[tokio::test]
async fn bad_images_are_named_by_what_is_wrong_and_cost_nothing() {
    let bench = Bench::by_poll().await;
    let long = format!("data:image/png;base64,{}", "A".repeat(10_485_760));
    for (image, code) in [
        ("data:image/png;base64,@@@", "InvalidParameter.DataInspection"),
        ("data:image/png;base64,AAAA", "InvalidParameter"),
        ("data:text/plain,hello", "InvalidParameter.DataInspection"),
        ("/home/me/a.png", "InvalidURL"),
        ("file:///home/me/a.png", "InvalidURL"),
        ("oss://dashscope-instant/x/y.png", "invalid_parameter_error"),
        (long.as_str(), "InvalidParameter"),
    ] {
        let told = bench.code(SYNC, &edit("wan2.7-image", &[image], json!({}))).await;
        assert_eq!(told, code, "{}", &image[..image.len().min(60)]);
    }
    let gif = data_uri(&file(400, 400, ImageFormat::Gif));
    let told = bench.code(SYNC, &edit("wan2.7-image", &[&gif], json!({}))).await;
    assert_eq!(told, "BadRequest.UnsupportedFileFormat");
    let taken = bench.post(SYNC, &edit("qwen-image-edit", &[&gif], json!({}))).await.unwrap();
    assert_eq!(taken.status(), 200);
    let small = data_uri(&file(200, 400, ImageFormat::Png));
    assert_eq!(bench.code(SYNC, &edit("wan2.7-image", &[&small], json!({}))).await, "InvalidParameter");
    assert_eq!(bench.emulator.ledger().billed_images, 1);
}

#[tokio::test]
async fn loopback_addresses_are_fetched_and_our_own_results_are_not_downloads() {
    let bench = Bench::by_poll().await;
    let picture = bench.picture().await;
    let body = edit("wan2.7-image", &[&picture], json!({"size": "768*768", "bbox_list": [[[0, 0, 512, 512]]]}));
    assert_eq!(bench.post(SYNC, &body).await.unwrap().status(), 200);
    assert_eq!(bench.emulator.ledger().downloads, 0);
    let other = Bench::by_poll().await;
    assert_eq!(other.post(SYNC, &body).await.unwrap().status(), 200, "fetched over loopback");
    assert_eq!(bench.emulator.ledger().downloads, 1);
    let beyond = edit("wan2.7-image", &[&picture], json!({"bbox_list": [[[0, 0, 513, 512]]]}));
    assert_eq!(bench.code(SYNC, &beyond).await, "InvalidParameter");
    let forged = edit("wan2.7-image", &[&picture.replace("Expires=", "Expires=9")], json!({}));
    assert_eq!(bench.code(SYNC, &forged).await, "BadRequest.InputDownloadFailed");
    drop(other);
    let nobody = edit("wan2.7-image", &["http://127.0.0.1:1/a.png"], json!({}));
    assert_eq!(bench.code(SYNC, &nobody).await, "InvalidURL.ConnectionRefused");
}

#[tokio::test]
async fn an_uploaded_file_serves_its_own_model_for_two_days() {
    let bench = Bench::by_poll().await;
    let policy = bench.policy("wan2.7-image").await;
    let bytes = file(400, 400, ImageFormat::Png);
    let length = bytes.len() as u64;
    let sent = bench.send_form(&policy, whole(&policy, "0-a.png", bytes.clone())).await;
    assert_eq!(sent, (200, String::new()));
    let key = format!("oss://{}/0-a.png", policy["upload_dir"].as_str().unwrap());
    let ask = async |model: &str, resolves: bool| {
        let mut request = bench.http.post(bench.url(SYNC)).bearer_auth("sk-test");
        if resolves {
            request = request.header("X-DashScope-OssResourceResolve", "enable");
        }
        let size = json!({"size": "768*768", "n": 1});
        let answer = request.json(&edit(model, &[&key], size)).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["code"].as_str().map(str::to_owned)
    };
    assert_eq!(ask("wan2.7-image", true).await, None);
    assert_eq!(ask("wan2.7-image", false).await.as_deref(), Some("invalid_parameter_error"));
    assert_eq!(ask("wan2.6-image", true).await.as_deref(), Some("InvalidParameter.DataInspection"));
    bench.emulator.age(Duration::from_secs(48 * 3600));
    assert_eq!(ask("wan2.7-image", true).await.as_deref(), Some("InvalidParameter.DataInspection"));
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.policies, ledger.uploads, ledger.upload_bytes), (1, 1, length));
}

#[tokio::test]
async fn the_upload_host_keeps_to_its_policy() {
    let bench = Bench::by_poll().await;
    let policy = bench.policy("wan2.7-image").await;
    let bytes = || file(300, 300, ImageFormat::Png);
    let part = || Part::bytes(bytes()).file_name("a.png");
    let plain = form(&policy, "a.png").part("file", part());
    assert_eq!(bench.send_form(&policy, plain).await.0, 204, "no status was asked for");
    let (status, text) = bench.send_form(&policy, whole(&policy, "a.png", bytes())).await;
    assert_eq!(status, 409);
    assert!(text.contains("<Code>FileAlreadyExists</Code>"), "{text}");
    let early = form(&policy, "b.png").part("file", part()).text("success_action_status", "200");
    let (status, text) = bench.send_form(&policy, early).await;
    assert_eq!(status, 400);
    assert!(text.contains("must be the last"), "{text}");
    let (status, text) = bench.send_form(&policy, whole(&policy, "../b.png", bytes())).await;
    assert_eq!(status, 200, "a key is a name, not a path: {text}");
    let mut elsewhere = policy.clone();
    elsewhere["upload_dir"] = json!("dashscope-instant/other");
    let (status, text) = bench.send_form(&policy, whole(&elsewhere, "b.png", bytes())).await;
    assert_eq!(status, 403);
    assert!(text.contains("starts-with"), "{text}");
    let mut forged = policy.clone();
    forged["policy"] = json!(STANDARD.encode("{}"));
    let (status, text) = bench.send_form(&policy, whole(&forged, "b.png", bytes())).await;
    assert_eq!(status, 403);
    assert!(text.contains("SignatureDoesNotMatch"), "{text}");
    let keyed = bench.http.post(policy["upload_host"].as_str().unwrap()).bearer_auth("sk-test");
    let keyed = keyed.multipart(whole(&policy, "c.png", bytes())).send().await.unwrap();
    assert_eq!(keyed.status(), 400, "the key does not belong at the upload host");
    bench.emulator.age(Duration::from_secs(301));
    let (status, text) = bench.send_form(&policy, whole(&policy, "d.png", bytes())).await;
    assert_eq!(status, 403);
    assert!(text.contains("Policy expired."), "{text}");
    assert_eq!(bench.emulator.ledger().uploads, 2);
    let host = policy["upload_host"].as_str().unwrap();
    let read = reqwest::get(format!("{host}/{}/a.png", policy["upload_dir"].as_str().unwrap())).await.unwrap();
    assert_eq!(read.status(), 403);
}
