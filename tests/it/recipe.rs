//! Recipes as a user meets them: in the files, on the command line, from other tools; and the requests that come of them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use pinxit::emulator::{Emulator, Fault, FaultRule, Scope};
use pinxit::picture::meta::{Strip, strip};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::{Home, emulator, json as run};
use crate::demo::stop_typing;
use crate::pty::Start;

const PROMPT: &str = "雪中红狐，\"宣纸\"\nsecond line \u{1f98a}";

/// Words typed, as they are for a dry run.
fn typed<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

/// Makes pictures; where they are.
fn made(home: &Home, emulator: &Emulator, words: &[&str]) -> Vec<PathBuf> {
    let (code, told) = run(&mut home.on(emulator, &typed(words, &["--json", "--yes"])));
    assert_eq!(code, 0, "{words:?}: {told:#}");
    let images = told["images"].as_array().unwrap();
    for image in images {
        let bytes = std::fs::read(image["path"].as_str().unwrap()).unwrap();
        assert_eq!(image["sha256"], digest(&bytes), "of the file as it lies there");
    }
    images.iter().map(|image| image["path"].as_str().unwrap().into()).collect()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What would be sent: the bodies and where to.
fn requests(home: &Home, words: &[&str]) -> Value {
    let (code, draft) = run(&mut home.pinxit(&typed(words, &["--dry-run"])));
    assert_eq!(code, 0, "{words:?}: {draft:#}");
    draft["requests"].clone()
}

fn recipe(home: &Home, what: &str) -> Value {
    let (code, told) = run(&mut home.pinxit(&["recipe", what]));
    assert_eq!(code, 0, "{told:#}");
    told
}

fn said(home: &Home, words: &[&str], code: i32) -> String {
    let output = home.pinxit(words).assert().code(code);
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn photo(home: &Home, name: &str, shade: u8) {
    let pixels = |x: u32, y: u32| image::Rgb([x as u8, y as u8, shade]);
    image::RgbImage::from_fn(400, 300, pixels).save(home.path().join(name)).unwrap();
}

/// A command line for each mode, with everything that can be marked.
fn orders() -> Vec<Vec<&'static str>> {
    vec![
        vec!["gen", PROMPT, "-m", "wan2.2-t2i-flash", "-s", "512*512", "--negative", "模糊", "-n", "2", "--seed", "7"],
        vec![
            "gen",
            PROMPT,
            "-m",
            "wan2.7-image",
            "-s",
            "1024*1024",
            "--palette",
            "#C2D1E6=60,#102030=20,#FFFFFF=20",
            "--seed",
            "7",
        ],
        vec!["gen", "a fox", "-m", "wan2.2-t2i-flash", "-s", "512*512", "--style", "ink-wash", "--set", "seed=null"],
        vec!["gen", "a fox", "-m", "qwen-image", "--set", "prompt_extend=null", "--seed", "3"],
        vec!["gen", PROMPT, "-m", "wan2.7-image", "-s", "1K", "--sequential", "-n", "2", "--seed", "7"],
        vec!["gen", PROMPT, "-m", "wan2.6-image", "--interleave", "--max-images", "2", "--seed", "7"],
        vec![
            "edit",
            "狐.png",
            "b.png",
            "-m",
            "wan2.7-image",
            "-s",
            "1K",
            "--bbox",
            "2:10,20,110,120",
            "-p",
            PROMPT,
            "--seed",
            "7",
        ],
    ]
}

#[test]
fn a_recipe_asks_for_what_its_picture_was_made_from_to_the_byte() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    photo(&home, "狐.png", 9);
    photo(&home, "b.png", 99);
    for order in orders() {
        let wanted = requests(&home, &order);
        let pictures = made(&home, &emulator, &order);
        let picture = text(&pictures[0]);
        assert_eq!(requests(&home, &["gen", "--recipe", picture]), wanted, "{order:?}");
        let told = recipe(&home, picture);
        let id = told["job"]["id"].to_string();
        assert_eq!(requests(&home, &["gen", "--recipe", &id]), wanted, "{order:?}: of the job");
        std::fs::write(home.path().join("recipe.json"), told.to_string()).unwrap();
        assert_eq!(requests(&home, &["gen", "--recipe", "recipe.json"]), wanted, "{order:?}: of a file");
        let piped = home.pinxit(&["gen", "--recipe", "-", "--dry-run"]).write_stdin(told.to_string()).output().unwrap();
        let piped: Value = serde_json::from_slice(&piped.stdout).unwrap();
        assert_eq!(piped["requests"], wanted, "{order:?}: through a pipe");
    }
}

#[test]
fn the_stories_own_pipe_works_in_a_shell() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let order = &orders()[0];
    let picture = made(&home, &emulator, order).remove(0);
    let pinxit = env!("CARGO_BIN_EXE_pinxit");
    let line = format!("'{pinxit}' recipe '{}' | '{pinxit}' gen --recipe - --dry-run", picture.display());
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &line])
        .env_clear()
        .env("PINXIT_HOME", home.path())
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin");
    let output = shell.current_dir(home.path()).stdin(Stdio::null()).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["requests"], requests(&home, order));
}

#[test]
fn flags_go_over_a_recipe() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let picture = made(
        &home,
        &emulator,
        &["gen", "a fox", "-m", "wan2.2-t2i-flash", "-s", "512*512", "--style", "ink-wash", "--seed", "7"],
    );
    let picture = text(&picture[0]);
    let changed = requests(&home, &["gen", "a hare", "--recipe", picture, "--seed", "8", "-n", "2", "-s", "768*512"]);
    let plain = ["gen", "a hare", "-m", "wan2.2-t2i-flash", "-s", "768*512", "--seed", "8", "-n", "2"];
    let kept_out = recipe(&home, picture)["request"]["negative_prompt"].as_str().unwrap().to_owned();
    assert_eq!(changed, requests(&home, &typed(&plain, &["--negative", &kept_out])));
    let restyled = requests(&home, &["gen", "--recipe", picture, "--style", "ink-wash"]);
    assert_eq!(restyled, requests(&home, &["gen", "--recipe", picture]), "a style goes around what was written");
    let other = requests(&home, &["gen", "--recipe", picture, "-m", "wan2.7-image"]);
    assert_eq!(other[0]["body"]["model"], "wan2.7-image");
    photo(&home, "a.png", 5);
    let edit = requests(&home, &["edit", "a.png", "--recipe", picture, "-m", "wan2.7-image"]);
    assert!(edit[0]["body"]["input"]["messages"][0]["content"].to_string().contains("data:image"), "{edit:#}");
    assert!(said(&home, &["gen", "-", "--recipe", "-"], 2).contains("cannot both come from stdin"));
    assert!(said(&home, &["gen", "--recipe", picture, "--request", "{}"], 2).contains("cannot be used with"));
}

#[test]
fn pictures_a_recipe_was_made_from_are_found_again_or_named() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    photo(&home, "狐.png", 9);
    photo(&home, "b.png", 99);
    let order = orders().pop().unwrap();
    let wanted = requests(&home, &order);
    let picture = made(&home, &emulator, &order).remove(0);
    std::fs::remove_file(home.path().join("狐.png")).unwrap();
    photo(&home, "b.png", 100);
    assert_eq!(requests(&home, &["gen", "--recipe", text(&picture)]), wanted, "the copies are what was sent");
    std::fs::remove_dir_all(home.path().join("data/inputs")).unwrap();
    let before = emulator.ledger().submits;
    let output = home.on(&emulator, &["gen", "--recipe", text(&picture), "--yes"]).assert().code(2);
    let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(told.contains("image 1 (") && told.contains("狐.png): there is no such file"), "{told}");
    assert!(told.contains("b.png): the file has changed since") && told.contains("--ref"), "{told}");
    assert_eq!(emulator.ledger().submits, before, "nothing was sent");
    photo(&home, "狐.png", 9);
    photo(&home, "b.png", 99);
    let words = ["edit", "狐.png", "b.png", "--recipe", text(&picture)];
    assert_eq!(requests(&home, &words), wanted);
}

#[test]
fn an_address_keeps_what_anybody_may_read_and_has_to_be_given_again_where_that_is_less() {
    let home = Home::new();
    let asked = json!({"schema": "pinxit.recipe/1", "request": {"model": "wan2.7-image", "mode": "edit", "prompt": "p", "n": 1},
        "inputs": [{"url": "https://h.com/a.png", "cut": true}, {"url": "https://h.com/b.png"}]});
    std::fs::write(home.path().join("r.json"), asked.to_string()).unwrap();
    let told = said(&home, &["gen", "--recipe", "r.json", "--dry-run"], 2);
    assert!(told.contains("image 1 (https://h.com/a.png)") && !told.contains("image 2"), "{told}");
}

#[test]
fn levels_and_a_file_beside_it() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    photo(&home, "狐.png", 9);
    let words = ["edit", "狐.png", "-m", "wan2.7-image", "-s", "1K", "-p", PROMPT, "--seed", "7"];
    let wanted = requests(&home, &words);
    let of = |more: &[&str]| made(&home, &emulator, &typed(&words, more)).remove(0);
    let full = of(&[]);
    let told = recipe(&home, text(&full)).to_string();
    for part in ["狐.png", "request_id", "\"cost\"", "\"task\""] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let minimal = of(&["--metadata", "minimal"]);
    let bytes = std::fs::read(&minimal).unwrap();
    let told = recipe(&home, text(&minimal)).to_string();
    for part in ["狐.png", "request_id", "\"cost\"", "\"job\""] {
        assert!(!told.contains(part), "{part} in {told}");
    }
    let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(!has(text(&home.path().canonicalize().unwrap())), "no local path");
    assert_eq!(
        requests(&home, &["gen", "--recipe", text(&minimal)]),
        wanted,
        "made again by the content of its pictures"
    );
    let none = of(&["--metadata", "none", "--sidecar"]);
    assert!(said(&home, &["recipe", text(&none)], 2).contains("There is no recipe in"));
    let beside = format!("{}.json", none.display());
    assert_eq!(requests(&home, &["gen", "--recipe", &beside]), wanted);
    assert!(said(&home, &["gen", "x", "--metadata", "some"], 2).contains("full, minimal or none"));
    let config = String::from_utf8(home.pinxit(&["config", "path"]).output().unwrap().stdout).unwrap();
    std::fs::create_dir_all(Path::new(config.trim()).parent().unwrap()).unwrap();
    std::fs::write(config.trim(), "metadata = 'none'\nsidecar = 'on'\n").unwrap();
    let set = made(&home, &emulator, &words).remove(0);
    assert!(said(&home, &["recipe", text(&set)], 2).contains("There is no recipe in"));
    assert!(Path::new(&format!("{}.json", set.display())).is_file());
}

#[test]
fn pixels_and_everything_the_service_sent_stay_as_they_came() {
    for fault in [None, Some(Fault::Jpeg)] {
        let rules = fault.map(|fault| FaultRule::new(Scope::File, fault)).into_iter().collect();
        let (home, emulator) = (Home::new(), emulator(rules));
        let order = ["gen", PROMPT, "-m", "wan2.2-t2i-flash", "-s", "512*512", "--seed", "7"];
        let bare = made(&home, &emulator, &typed(&order, &["--metadata", "none"])).remove(0);
        let full = made(&home, &emulator, &order).remove(0);
        let (bare, with) = (std::fs::read(&bare).unwrap(), std::fs::read(&full).unwrap());
        assert_ne!(bare, with);
        assert_eq!(strip(&with, Strip::Ours).unwrap(), bare, "{full:?}");
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8().into_raw();
        assert_eq!(pixels(&bare), pixels(&with));
        let output = home.pinxit(&["meta", "strip", text(&full)]).assert().success();
        assert_eq!(String::from_utf8_lossy(&output.get_output().stdout).trim(), text(&full));
        assert_eq!(std::fs::read(&full).unwrap(), bare);
        let (_, kept) = run(&mut home.on(&emulator, &["wait", "2", "--json"]));
        assert_eq!(kept["images"][0]["sha256"], digest(&bare), "the store knows what lies there now");
        assert!(said(&home, &["meta", "strip", text(&full)], 0).contains("had nothing to take out"));
        assert!(said(&home, &["recipe", text(&full)], 2).contains("There is no recipe in"));
        let id = made(&home, &emulator, &order).len();
        assert_eq!(id, 1);
        home.pinxit(&["meta", "write", text(&full), "--recipe", "2a"]).assert().success();
        assert_eq!(recipe(&home, text(&full)), recipe(&home, "2a"));
        assert_eq!(recipe(&home, text(&full))["request"]["prompt"], PROMPT);
    }
}

#[test]
fn the_key_is_in_no_picture_and_no_recipe() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let mut command = home
        .on(&emulator, &["gen", "a fox", "-m", "wan2.2-t2i-flash", "-s", "512*512", "--sidecar", "--yes", "-o", "out"]);
    command.env("DASHSCOPE_API_KEY", "sk-0123456789abcdef").assert().success();
    let files: Vec<_> =
        std::fs::read_dir(home.path().join("out")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for secret in ["sk-0123456789abcdef", "Signature=", "Expires="] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} in {file:?}");
        }
    }
}

/// A PNG with text chunks in it.
fn png(home: &Home, name: &str, texts: &[(&str, &str)]) {
    let mut out = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut out, image::ImageFormat::Png).unwrap();
    let plain = out.into_inner();
    let mut bytes = plain[..33].to_vec();
    for (key, text) in texts {
        let data = [b"tEXt", key.as_bytes(), b"\0", text.as_bytes()].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&data);
        bytes.extend([&(data.len() as u32 - 4).to_be_bytes()[..], &data, &crc.sum().to_be_bytes()].concat());
    }
    bytes.extend(&plain[33..]);
    std::fs::write(home.path().join(name), bytes).unwrap();
}

#[test]
fn what_other_tools_wrote_is_asked_of_a_model_here_and_the_rest_is_listed() {
    let home = Home::new();
    let a1111 = "a red fox <lora:ink:0.8>\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, Seed: 42, Size: 512x768, Model: v1-5";
    let comfy = r#"{"3": {"class_type": "KSampler", "inputs": {"seed": 42, "steps": 20, "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red fox"}}, "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blur"}}}"#;
    let invoke = r#"{"positive_prompt": "a red fox", "negative_prompt": "blur", "width": 512, "height": 768, "seed": 42, "steps": 30}"#;
    let swarm = r#"{"sui_image_params": {"prompt": "a red fox", "negativeprompt": "blur", "seed": 42, "width": 512, "height": 768, "steps": 25}}"#;
    let fooocus = r#"{"prompt": "a red fox", "negative_prompt": "blur", "resolution": "(512, 768)", "seed": "42", "base_model": "x", "steps": 30}"#;
    let mold =
        r#"{"prompt": "a red fox", "negative_prompt": "blur", "width": 512, "height": 768, "seed": 42, "steps": 4}"#;
    for (tool, key, words) in [
        ("A1111", "parameters", a1111),
        ("ComfyUI", "prompt", comfy),
        ("InvokeAI", "invokeai_metadata", invoke),
        ("SwarmUI", "parameters", swarm),
        ("Fooocus", "parameters", fooocus),
        ("mold", "mold:parameters", mold),
    ] {
        png(&home, "theirs.png", &[(key, words)]);
        let output = home.pinxit(&["recipe", "-m", "wan2.2-t2i-flash", "theirs.png"]).assert().success();
        let told: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        assert_eq!(told["from"], tool);
        let request = &told["request"];
        assert_eq!(
            (&request["model"], &request["prompt"]),
            (&json!("wan2.2-t2i-flash"), &json!("a red fox")),
            "{tool}"
        );
        assert_eq!((&request["negative_prompt"], &request["size"]), (&json!("blur"), &json!("512*768")), "{tool}");
        assert_eq!(request["seed"], 42, "{tool}");
        let steps = if tool == "A1111" { "Steps" } else { "steps" };
        assert!(told["unmapped"][steps].is_string(), "{tool}: {told:#}");
        let errors = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(errors.contains(&format!("not taken from {tool}: {steps}: ")), "{errors}");
        let sent = requests(&home, &["gen", "--recipe", "theirs.png", "-m", "wan2.2-t2i-flash"]);
        assert_eq!(sent[0]["body"]["input"]["prompt"], "a red fox");
    }
    png(&home, "theirs.png", &[("parameters", a1111)]);
    let told = run(&mut home.pinxit(&["recipe", "-m", "wan2.7-image-pro", "theirs.png"])).1;
    assert!(told["unmapped"]["size"].as_str().unwrap().starts_with("512x768; the nearest is taken"), "{told:#}");
    assert!(said(&home, &["recipe", "-m", "no-such", "theirs.png"], 2).contains("There is no model no-such"));
}

#[test]
fn words_of_strangers_reach_no_terminal_as_orders_and_no_file_by_a_name_they_guess() {
    let home = Home::new();
    let evil = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}gnp";
    let guess = json!({"schema": "pinxit.recipe/1", "request": {"model": "wan2.7-image", "mode": "edit", "prompt": evil, "n": 1},
        "inputs": [{"path": "/etc/hostname"}]});
    png(&home, "evil.png", &[("Title", evil), ("pinxit", &guess.to_string()), (&format!("k{evil}"), "v")]);
    for words in [
        &["meta", "read", "evil.png"][..],
        &["meta", "read", "--json", "evil.png"],
        &["recipe", "evil.png"],
        &["show", "--json", "evil.png"],
        &["show", "--ndjson", "evil.png"],
        &["gen", "--recipe", "evil.png", "--dry-run"],
    ] {
        let output = home.pinxit(words).output().unwrap();
        for stream in [output.stdout, output.stderr] {
            let shown = String::from_utf8(stream).unwrap();
            let order = shown.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(order, None, "{words:?}: {shown:?}");
        }
    }
    let (_, told) = run(&mut home.pinxit(&["meta", "read", "--json", "evil.png"]));
    assert_eq!(told["files"][0]["records"][0]["text"], evil, "and yet it is all there");
    assert!(said(&home, &["gen", "--recipe", "evil.png", "--dry-run"], 2).contains("not to be had"));
}

#[test]
fn what_cannot_be_read_is_said_and_the_others_are_done() {
    let home = Home::new();
    png(&home, "fox.png", &[("Title", "Fox")]);
    std::fs::write(home.path().join("page.png"), "<html>").unwrap();
    let output = home.pinxit(&["meta", "read", "gone.png", "page.png", "fox.png"]).assert().code(2);
    let (out, told) = (&output.get_output().stdout, String::from_utf8_lossy(&output.get_output().stderr));
    assert_eq!(String::from_utf8_lossy(out), "fox.png  1 text\n  Title (tEXt)\n    Fox\n");
    assert!(told.contains("gone.png: ") && told.contains("page.png: not a picture: HTML."), "{told}");
    for (words, word) in [
        (&["recipe", "gone.png"][..], "gone.png cannot be read"),
        (&["recipe", "12"], "neither a file nor a job 12"),
        (&["recipe", "page.png"], "page.png cannot be used"),
        (&["recipe", "."], ". is a directory"),
        (&["gen", "--recipe", "-"], "no recipe came"),
    ] {
        assert!(said(&home, words, 2).contains(word), "{words:?}: {}", said(&home, words, 2));
    }
    let before = std::fs::read(home.path().join("fox.png")).unwrap();
    home.pinxit(&["meta", "strip", "fox.png"]).assert().success();
    assert_eq!(std::fs::read(home.path().join("fox.png")).unwrap(), before, "not ours");
    home.pinxit(&["meta", "strip", "--all", "fox.png"]).assert().success();
    let output = home.pinxit(&["meta", "read", "fox.png"]).assert().success();
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), "fox.png  no texts\n");
}

#[test]
fn the_studio_loads_what_a_picture_was_made_from_another_tools_too() {
    let home = Home::new();
    let words = "a red fox in ink\nNegative prompt: blur\nSteps: 20, Seed: 42, Size: 1024x1024, Model: v1-5";
    png(&home, "theirs.png", &[("parameters", words)]);
    std::fs::write(home.path().join("empty.txt"), "").unwrap();
    let place = home.path().to_str().unwrap().to_owned();
    let env =
        [("PINXIT_HOME", place.as_str()), ("HOME", &place), ("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color")];
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size: (100, 30) }.start();
    pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    pty.send("my own words");
    pty.wait_for("my own words");
    stop_typing(&mut pty);
    pty.send("L~/empty.txt");
    pty.wait_for("~/empty.txt");
    pty.send("\r");
    pty.wait_for("empty.txt is empty: no recipe came");
    assert!(pty.screen().contains("my own words"), "nothing is lost: {}", pty.screen());
    pty.send("L~/theirs.png");
    pty.wait_for("~/theirs.png");
    pty.send("\r");
    pty.wait("the words in the form, and what was left out", |screen| {
        let seed = screen.lines().any(|line| line.contains("Seed") && line.contains("42"));
        seed && screen.contains("a red fox in ink") && screen.contains("not taken from A1111: Model: v1-5")
    });
    stop_typing(&mut pty);
    pty.send("u");
    pty.wait("one undo brings the draft back", |screen| screen.contains("my own words"));
    pty.send("q");
}
