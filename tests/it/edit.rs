//! Pictures from pictures, stories and requests as JSON, as a script uses them: what is refused before it is sent, what is
//! said, and what the emulator got.

use std::path::Path;
use std::process::{Command as Program, Stdio};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::cli::{Home, emulator, json as run};

const PROMPT: &str = "a watercolour of this";

fn opaque(home: &Home, name: &str, width: u32, height: u32) {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90]));
    DynamicImage::ImageRgb8(picture).save_with_format(home.path().join(name), ImageFormat::Png).unwrap();
}

fn see_through(home: &Home, name: &str, side: u32) {
    let picture = RgbaImage::from_fn(side, side, |x, _| Rgba([200, 30, 30, x as u8]));
    DynamicImage::ImageRgba8(picture).save_with_format(home.path().join(name), ImageFormat::Png).unwrap();
}

fn parameters(draft: &Value) -> &Value {
    &draft["requests"][0]["body"]["parameters"]
}

fn content(draft: &Value) -> &Value {
    &draft["requests"][0]["body"]["input"]["messages"][0]["content"]
}

fn draft(home: &Home, args: &[&str]) -> Value {
    let words: Vec<&str> = args.iter().copied().chain(["--dry-run"]).collect();
    let (code, draft) = run(&mut home.pinxit(&words));
    assert_eq!(code, 0, "{args:?}: {draft:#}");
    draft
}

fn said(home: &Home, args: &[&str], code: i32) -> String {
    let output = home.pinxit(args).assert().code(code);
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

#[test]
fn a_local_picture_is_shown_as_what_it_becomes_and_stays_as_it_is() {
    let home = Home::new();
    see_through(&home, "glass.png", 300);
    let before = std::fs::read(home.path().join("glass.png")).unwrap();
    let draft = draft(&home, &["edit", "glass.png", "-p", PROMPT]);
    let url = content(&draft)[1]["image"].as_str().unwrap();
    assert!(url.starts_with("data:image/"), "{}", &url[..40]);
    assert!(draft["warnings"][0].as_str().unwrap().starts_with("image 1 (glass.png): "), "{:#}", draft["warnings"]);
    assert_eq!(std::fs::read(home.path().join("glass.png")).unwrap(), before);
}

#[test]
fn a_local_picture_that_cannot_be_sent_is_two_and_is_named() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    std::fs::write(home.path().join("page.png"), "<html>not a picture</html>").unwrap();
    opaque(&home, "dot.png", 20, 20);
    for (file, word) in [("page.png", "HTML"), ("dot.png", "240"), ("gone.png", "gone.png")] {
        let output = home.on(&emulator, &["edit", file, "-p", PROMPT]).assert().code(2);
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(said.contains(file) && said.contains(word), "{file}: {said}");
    }
    assert_eq!(emulator.requests().len(), 0);
}

#[test]
fn a_mark_outside_its_picture_is_two() {
    let home = Home::new();
    opaque(&home, "room.png", 400, 300);
    let edit = |mark| ["edit", "room.png", "-p", PROMPT, "-m", "wan2.7-image", "--dry-run", "--bbox", mark];
    let told = said(&home, &edit("1:10,10,500,200"), 2);
    assert!(told.contains("bbox_list") && told.contains("400"), "{told}");
    assert!(said(&home, &edit("2:10,10,50,20"), 2).contains("bbox_list"));
    assert!(said(&home, &edit("nonsense"), 2).contains("bbox"));
    said(&home, &edit("1:10,10,399,299"), 0);
}

#[test]
fn the_picture_arrives_and_the_result_is_saved() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    opaque(&home, "room.png", 400, 300);
    let (code, result) =
        run(&mut home
            .on(&emulator, &["edit", "room.png", "-p", PROMPT, "-m", "wan2.7-image", "-s", "768*768", "--json"]));
    assert_eq!(
        (code, result["command"].as_str(), result["requests"].as_u64()),
        (0, Some("edit"), Some(1)),
        "{result:#}"
    );
    assert!(Path::new(result["images"][0]["path"].as_str().unwrap()).exists());
    let ledger = emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_images, ledger.images_delivered), (1, 1, 1));
}

#[test]
fn a_model_that_cannot_is_replaced_aloud_or_refused() {
    let home = Home::new();
    let url = "https://example.com/a.png";
    for (args, model) in [
        (&["gen", PROMPT, "-m", "wan2.6-image"][..], "wan2.6-t2i"),
        (&["gen", PROMPT, "--interleave"], "wan2.6-image"),
        (&["gen", PROMPT, "--request", r#"{"model": "qwen-image-edit"}"#], "wan2.6-t2i"),
    ] {
        let told = draft(&home, args);
        assert_eq!(told["requests"][0]["body"]["model"], model, "{args:?}");
        let warning = told["warnings"][0].as_str().unwrap();
        assert!(warning.contains(model) && warning.contains("--strict refuses"), "{told:#}");
        let strict: Vec<&str> = args.iter().copied().chain(["--strict", "--dry-run"]).collect();
        assert!(said(&home, &strict, 2).contains(&format!("-m {model}")));
    }
    let told = draft(&home, &["gen", PROMPT, "-m", "wan2.6-image", "-s", "2K"]);
    let size = told["requests"][0]["body"]["parameters"]["size"].as_str().unwrap();
    assert_eq!(told["warnings"][1], format!("2K is no size of wan2.6-t2i: {size} is taken"));
    std::fs::create_dir(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), "model = 'wan2.6-t2i'\n").unwrap();
    let told = draft(&home, &["edit", url, "-p", PROMPT]);
    assert_eq!(told["requests"][0]["body"]["model"], "wan2.7-image");
    assert!(said(&home, &["edit", url, "-p", PROMPT, "-m", "wan2.6-t2i"], 2).contains("does not do edit"));
}

#[test]
fn a_prompt_that_is_too_long_is_cut_only_when_that_is_accepted() {
    let home = Home::new();
    let long = format!("{}END", "雪".repeat(498));
    let args = ["gen", &long, "-m", "wan2.2-t2i-flash", "--dry-run"];
    let told = said(&home, &args, 2);
    assert!(
        told.contains("1 too many") && told.contains("雪EN\" and lose \"D\"") && told.contains("--truncate"),
        "{told}"
    );
    let told = draft(&home, &[&args[..4], &["--truncate"]].concat());
    let sent = told["requests"][0]["body"]["input"]["prompt"].as_str().unwrap();
    assert_eq!((sent.chars().count(), sent.ends_with("雪EN")), (500, true));
}

#[test]
fn a_request_as_json_speaks_the_scripts_field_names_and_flags_win() {
    let home = Home::new();
    let request = json!({
        "prompt": "a clock in a room", "model": "wan2.7-image-pro", "size": "2K", "n": 2, "seed": 7,
        "reference_images": ["https://example.com/a.png", "https://example.com/b.png"],
        "bbox_list": [[], [[989, 515, 1138, 681]]], "watermark": true, "poll_interval_s": 5, "enable_interleave": false,
    });
    std::fs::write(home.path().join("request.json"), request.to_string()).unwrap();
    let told = draft(&home, &["gen", "--request", "@request.json", "-n", "1"]);
    let expected =
        json!({"size": "2K", "n": 1, "seed": 7, "watermark": true, "bbox_list": [[], [[989, 515, 1138, 681]]]});
    assert_eq!(parameters(&told), &expected);
    assert!(told["warnings"].to_string().contains("poll_interval_s"), "{told:#}");
    let piped = home.pinxit(&["gen", "--request", "-", "--dry-run"]).write_stdin(request.to_string()).output().unwrap();
    assert!(piped.status.success());
    let told = said(&home, &["gen", "--request", r#"{"promt": "x"}"#, "--dry-run"], 2);
    assert!(told.contains("promt") && told.contains("Did you mean prompt?"), "{told}");
    let told = said(
        &home,
        &["gen", "x", "--request", r#"{"enable_sequential": true, "thinking_mode": true}"#, "--dry-run"],
        2,
    );
    assert!(told.contains("thinking_mode does not apply"), "{told}");
}

#[test]
fn colours_are_given_short_or_in_a_file() {
    let home = Home::new();
    let expected = json!([
        {"hex": "#C2D1E6", "ratio": "23.51%"}, {"hex": "#102030", "ratio": "26.49%"}, {"hex": "#FFFFFF", "ratio": "50.00%"}
    ]);
    let short = "#C2D1E6=23.51,#102030=26.49,#FFFFFF=50";
    std::fs::write(home.path().join("palette.txt"), short.replace(',', "\n")).unwrap();
    for palette in [short, "@palette.txt"] {
        let told = draft(&home, &["gen", PROMPT, "-m", "wan2.7-image", "--palette", palette]);
        assert_eq!(parameters(&told)["color_palette"], expected, "{palette}");
    }
    let told = said(&home, &["gen", PROMPT, "-m", "wan2.7-image", "--palette", "#C2D1E6=23.51", "--dry-run"], 2);
    assert!(told.contains("color_palette"), "{told}");
}

/// The commands `--curl` prints are for any shell.
fn shell(home: &Home, script: &str, check: bool) -> std::process::Output {
    let mut program = Program::new("sh");
    program.args(if check { &["-n", "-s"][..] } else { &["-s"] }).env("DASHSCOPE_API_KEY", "sk-test");
    let mut child = program.current_dir(home.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_curl_command_runs_as_it_is_printed_and_holds_no_key() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let prompt = "it's a \"fox\" in $HOME `date` \\ 雪";
    let mut command = home.on(&emulator, &["gen", prompt, "-m", "qwen-image-plus", "-n", "2", "--curl"]);
    let output = command.env("DASHSCOPE_API_KEY", "sk-very-secret").output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && script.contains("$DASHSCOPE_API_KEY") && !script.contains("secret"), "{script}");
    assert_eq!(script.matches("curl ").count(), 2, "one for each request:\n{script}");
    assert!(shell(&home, &script, true).status.success(), "{script}");
    assert_eq!(emulator.ledger().submits, 0);
    if Program::new("curl").arg("--version").output().is_err() {
        println!("there is no curl here: the command was only read by the shell");
        return;
    }
    let answers = shell(&home, &script, false);
    let answers = String::from_utf8(answers.stdout).unwrap();
    assert_eq!((emulator.ledger().submits, answers.matches("task_id").count()), (2, 2), "{answers}");
    let bodies: Vec<_> = emulator.requests().into_iter().filter(|request| request.method == "POST").collect();
    assert!(bodies.iter().all(|request| request.body.to_string().contains("雪")), "{bodies:#?}");
}

#[test]
fn further_pictures_of_an_edit_are_counted_behind_the_first() {
    let home = Home::new();
    let url = |name: &str| format!("https://example.com/{name}.png");
    let (a, b, c) = (url("a"), url("b"), url("c"));
    let told = draft(&home, &["edit", "--ref", &b, &a, "--ref", &c, "-p", PROMPT, "-m", "wan2.7-image"]);
    let sent: Vec<_> = content(&told).as_array().unwrap().iter().filter_map(|item| item["image"].as_str()).collect();
    assert_eq!(sent, [&a, &b, &c]);
    draft(&home, &["edit", "--ref", &b, "-p", PROMPT]);
}

#[test]
fn a_story_is_pictures_and_a_document() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let args =
        ["gen", "how to make latte art", "-m", "wan2.6-image", "--interleave", "--max-images", "2", "-s", "768*768"];
    let output = home.on(&emulator, &[&args[..], &["-o", "latte"]].concat()).assert().success();
    let paths = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let (document, pictures) = {
        let mut lines: Vec<_> = paths.lines().collect();
        (lines.pop().unwrap(), lines)
    };
    let text = std::fs::read_to_string(document).unwrap();
    assert!(!pictures.is_empty() && document.ends_with(".md"), "{paths}");
    for picture in &pictures {
        let name = Path::new(picture).file_name().unwrap().to_str().unwrap();
        assert!(text.contains(&format!("({name})")), "{name} in\n{text}");
    }
    let (code, result) = run(&mut home.on(&emulator, &[&args[..], &["--json", "--prefer", "fast"]].concat()));
    assert_eq!(code, 0, "{result:#}");
    let kinds: Vec<_> =
        result["story"].as_array().unwrap().iter().map(|piece| piece["type"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"text") && kinds.contains(&"image"), "{result:#}");
    assert!(Path::new(result["document"].as_str().unwrap()).exists());
}

#[test]
fn a_story_is_read_out_as_it_comes_but_not_beside_json() {
    let home = Home::new();
    let emulator = pinxit::emulator::Emulator::spawn(pinxit::emulator::Options::default()).unwrap();
    let args =
        ["gen", "latte \u{1b}[2J art", "-m", "wan2.6-image", "--interleave", "--max-images", "2", "-s", "768*768"];
    let args = [&args[..], &["--prefer", "fast", "--seed", "7", "-o", "out"]].concat();
    let output = home.on(&emulator, &args).assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    let paths = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let document = std::fs::read_to_string(paths.lines().last().unwrap()).unwrap();
    let chapters: Vec<&str> = document.lines().filter(|line| line.starts_with(['1', '2'])).collect();
    assert_eq!(chapters.len(), 2, "{document}");
    for (nth, chapter) in chapters.iter().enumerate() {
        let read = told.find(&format!("\n{chapter}\n")).unwrap_or_else(|| panic!("{chapter} in\n{told}"));
        let picture = told.find(&format!("\n[picture {}]\n", nth + 1)).unwrap();
        assert!(read < picture && picture < told.find(" DONE ").unwrap(), "{told}");
    }
    assert!(!told.contains('\u{1b}') && told.matches("SUBMITTING").count() <= 2, "{told}");
    for silent in ["--json", "-q"] {
        let output = home.on(&emulator, &[&args[..], &[silent]].concat()).assert().success();
        let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(!told.contains("[picture") && !told.contains("1. We begin"), "{silent}: {told}");
    }
}
