//! The command line as a script uses it: files, JSON, exit codes, and the emulator's own count of what was paid.

use std::path::Path;

use assert_cmd::Command;
use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope};
use serde_json::Value;

const PROMPT: &str = "a red fox in snow";

/// A home of its own, and nothing of ours in the environment.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub fn pinxit(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pinxit"));
        command.env_clear().env("PINXIT_HOME", self.0.path()).env("HOME", self.0.path()).env("LANG", "C.UTF-8");
        // What is tested here is the same whoever works, and nothing is left behind.
        command.env("PINXIT_WORKER", "inline");
        command.current_dir(self.0.path()).args(args);
        command
    }

    /// Against an emulator, with a key it takes.
    pub fn on(&self, emulator: &Emulator, args: &[&str]) -> Command {
        let mut command = self.pinxit(args);
        command.env("DASHSCOPE_API_KEY", "sk-test").env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url());
        command
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn pictures(&self) -> usize {
        fn count(dir: &Path) -> usize {
            let entries = std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { count(&path) } else { is_picture(&path) }).sum()
        }
        fn is_picture(path: &Path) -> usize {
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            usize::from(["png", "jpg", "part"].contains(&ending))
        }
        count(self.0.path())
    }
}

pub fn emulator(faults: Vec<FaultRule>) -> Emulator {
    Emulator::spawn(Options { delays: Delays::ByPoll, faults, ..Options::default() }).unwrap()
}

/// Small, so that it is painted soon.
const SMALL: [&str; 4] = ["-m", "wan2.2-t2i-flash", "-s", "512*512"];

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["gen", PROMPT].into_iter().chain(SMALL).chain(more.iter().copied()).collect()
}

pub fn json(command: &mut Command) -> (i32, Value) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("stdout is not JSON: {error}\n{text}"));
    (output.status.code().unwrap(), value)
}

#[test]
fn the_readmes_pipe_writes_the_picture_and_prints_its_path() {
    let home = Home::new();
    let output = home.pinxit(&generate(&["--demo", "-o", "out"])).assert().success();
    let path = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let path = Path::new(path.trim());
    assert!(path.is_absolute() && path.starts_with(home.0.path().canonicalize().unwrap().join("out")), "{path:?}");
    assert_eq!(image::image_dimensions(path).unwrap(), (512, 512));
}

#[test]
fn the_envelope_lists_every_picture() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let (code, result) = json(&mut home.on(&emulator, &generate(&["-n", "3", "--seed", "7", "--json", "--yes"])));
    assert_eq!((code, &result["schema"], &result["ok"]), (0, &"pinxit.result/1".into(), &true.into()));
    assert_eq!((result["state"].as_str(), result["model"].as_str()), (Some("DONE"), Some("wan2.2-t2i-flash")));
    let images = result["images"].as_array().unwrap();
    assert_eq!(images.len(), 3);
    for image in images {
        let path = Path::new(image["path"].as_str().unwrap());
        assert!(path.is_absolute() && path.exists());
        assert_eq!((image["width"].as_u64(), image["height"].as_u64()), (Some(512), Some(512)));
        assert_eq!(image["sha256"].as_str().unwrap().len(), 64);
    }
    assert_eq!(result["cost"]["usd"].as_f64(), Some(0.075));
    assert!(result["error"].is_null() && result["request_id"].is_string());
    let ledger = emulator.ledger();
    assert_eq!((ledger.billed_images, ledger.images_delivered, ledger.submits), (3, 3, 1));
}

#[test]
fn a_prompt_comes_through_a_pipe_and_the_same_path_is_never_written_twice() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    for count in 1..=2 {
        let args: Vec<&str> = ["gen", "-", "--seed", "7", "-o", "fox.png"].into_iter().chain(SMALL).collect();
        home.on(&emulator, &args).write_stdin("雪中红狐\n").assert().success();
        assert_eq!(home.pictures(), count);
    }
}

#[test]
fn bad_input_is_two_and_nothing_is_sent() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let rows: [(&[&str], &str); 7] = [
        (&["gen", PROMPT, "-m", "wan2.6-t2i", "-s", "100*100"], "size"),
        (&["gen", PROMPT, "-n", "99"], "n"),
        (&["gen", PROMPT, "-m", "wan9"], "wan9"),
        (&["gen", "", "-m", "wan2.6-t2i"], "prompt"),
        (&["gen", PROMPT, "-m", "qwen-image", "-s", "1024*1024"], "1664*928"),
        (&["gen", PROMPT, "--set", "colour=red"], "colour"),
        (&["gen", PROMPT, "--frobnicate"], "frobnicate"),
    ];
    for (args, word) in rows {
        let output = home.on(&emulator, args).assert().code(2);
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(said.contains(word), "{args:?}: {said}");
        assert!(output.get_output().stdout.is_empty(), "stdout is for results");
    }
    assert_eq!(emulator.requests().len(), 0);
    let (code, result) = json(&mut home.on(&emulator, &["gen", PROMPT, "-n", "99", "--json"]));
    assert_eq!((code, result["error"]["exit"].as_i64()), (2, Some(2)));
    assert_eq!(result["error"]["billed"], "no");
}

#[test]
fn keys_and_hosts_that_do_not_work_are_three_and_four() {
    let home = Home::new();
    home.pinxit(&generate(&[])).assert().code(3);
    let picky = Emulator::spawn(Options { key: Some("sk-right".into()), ..Options::default() }).unwrap();
    let output = home.on(&picky, &generate(&[])).assert().code(3);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("not accepted") && !said.contains("sk-test"), "{said}");
    let mut coding_plan = home.on(&picky, &generate(&[]));
    coding_plan.env("DASHSCOPE_API_KEY", "sk-sp-abc").assert().code(3);
    let mut refused = home.on(&picky, &generate(&[]));
    refused.env("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1").assert().code(4);
    let mut plain = home.on(&picky, &generate(&[]));
    plain.env("DASHSCOPE_HTTP_BASE_URL", "http://example.com/api/v1").assert().code(2);
    assert_eq!((picky.ledger().billed_images, home.pictures()), (0, 0));
}

#[test]
fn what_the_service_does_wrong_has_its_own_code() {
    let always = |scope, fault| vec![FaultRule::new(scope, fault)];
    // Of a lost call that was to make a task the service's list tells; one that answers at once leaves no trace.
    let rows: [Row; 7] = [
        ("500, no task", always(Scope::Submit, Fault::internal_error(true)), 10, 1),
        ("HTML", always(Scope::Submit, Fault::Html { status: 200 }), 10, 0),
        ("lost reply, no task", always(Scope::Submit, Fault::LostReply), 10, 1),
        ("inspection", always(Scope::Submit, Fault::inspection()), 6, 0),
        ("partial", always(Scope::Submit, Fault::PartialFailure { failed: 1 }), 9, 1),
        ("XML for PNG", always(Scope::File, Fault::XmlForPng), 1, 2),
        ("truncated PNG", always(Scope::File, Fault::TruncatedPng), 1, 2),
    ];
    // Some rows wait through repetitions: side by side they take as long as the slowest.
    std::thread::scope(|scope| {
        for row in rows {
            scope.spawn(move || ends_as(row));
        }
    });
}

/// A fault's name, the fault, the exit code and the pictures billed at least.
type Row = (&'static str, Vec<FaultRule>, i32, u64);

fn ends_as((name, faults, code, billed): Row) {
    let (home, emulator) = (Home::new(), emulator(faults));
    let no_task = if name.contains("no task") { &["-m", "qwen-image-2.0", "-s", "512*512"][..] } else { &SMALL };
    let args = [&["gen", PROMPT, "-n", "2", "--json"], no_task].concat();
    let (exit, result) = json(&mut home.on(&emulator, &args));
    assert_eq!(exit, code, "{name}: {result:#}");
    assert!(emulator.ledger().submits >= 1 && emulator.ledger().billed_images >= billed, "{name}");
    let error = &result["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 15), "{name}: {result:#}");
    let saved = result["images"].as_array().unwrap().len();
    assert_eq!(home.pictures(), saved, "{name}: nothing is saved that is not a picture");
    assert_eq!(saved, usize::from(name == "partial"), "{name}");
}

#[test]
fn consent_missing_is_seven_and_nothing_is_sent() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let dear: [&[&str]; 2] = [
        &["gen", PROMPT, "-m", "wan2.7-image-pro", "--sequential", "-n", "12"],
        &["gen", PROMPT, "-m", "wan2.7-image-pro", "--max-cost", "0.01"],
    ];
    for args in dear {
        home.on(&emulator, args).assert().code(7);
    }
    assert_eq!(emulator.requests().len(), 0);
}

#[test]
fn running_out_of_time_is_eight_and_the_job_goes_on_later() {
    let hour = std::time::Duration::from_secs(3600);
    let slow =
        Emulator::spawn(Options { delays: Delays::After { pending: hour, running: hour }, ..Options::default() });
    let (home, slow) = (Home::new(), slow.unwrap());
    let (code, result) = json(&mut home.on(&slow, &generate(&["--timeout", "2", "--json"])));
    assert_eq!((code, result["task_id"].is_string()), (8, true), "{result:#}");
    slow.age(3 * hour);
    // Any later command that works takes the job up again.
    home.on(&slow, &generate(&["--timeout", "2"])).assert().code(8);
    assert_eq!(slow.ledger().submits, 2);
}

#[test]
fn models_show_doctor_and_config_speak_json_and_words() {
    let home = Home::new();
    let (code, models) = json(&mut home.pinxit(&["models", "--json"]));
    assert_eq!(code, 0);
    assert!(models.to_string().contains("wan2.7-image-pro") && models.to_string().contains("z-image-turbo"));
    let card = home.pinxit(&["models", "wan2.6-t2i"]).assert().success();
    let card = String::from_utf8_lossy(&card.get_output().stdout).into_owned();
    for word in ["1280*1280", "prompt_extend", "2100", "0.03"] {
        assert!(card.contains(word), "{word} is not on the card:\n{card}");
    }
    home.pinxit(&["models", "wan9"]).assert().code(2);
    let paths = home.pinxit(&["config", "path"]).assert().success();
    assert!(String::from_utf8_lossy(&paths.get_output().stdout).contains(home.0.path().to_str().unwrap()));
    let mut print = home.pinxit(&["config", "print"]);
    let print = print.env("DASHSCOPE_API_KEY", "sk-0123456789abcdef").assert().success();
    let print = String::from_utf8_lossy(&print.get_output().stdout).into_owned();
    assert!(print.contains("sk-0...cdef") && !print.contains("0123456789"), "{print}");
    let (code, doctor) = json(&mut home.pinxit(&["doctor", "--json"]));
    assert_eq!(code, 3, "no key: {doctor}");
    std::fs::write(home.0.path().join("not.png"), "<Error/>").unwrap();
    home.pinxit(&["show", "not.png"]).assert().failure();
}

fn lines(command: &mut Command) -> (i32, Vec<Value>) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn events_are_lines_and_the_result_is_the_last() {
    let throttled = FaultRule::new(Scope::Submit, Fault::throttled()).times(1);
    let (home, emulator) = (Home::new(), emulator(vec![throttled]));
    let (code, events) = lines(&mut home.on(&emulator, &generate(&["-n", "2", "--ndjson"])));
    let (result, events) = events.split_last().unwrap();
    assert_eq!((code, &result["schema"], &result["ok"]), (0, &"pinxit.result/1".into(), &true.into()));
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let place = |kind| kinds.iter().position(|found| *found == kind).unwrap_or_else(|| panic!("{kind} in {kinds:?}"));
    let count = |kind| kinds.iter().filter(|found| **found == kind).count();
    assert!(place("queued") < place("submitted") && place("submitted") < place("image"), "{kinds:?}");
    assert!(place("image") < place("saved") && place("throttled") < place("saved"), "{kinds:?}");
    assert_eq!((count("queued"), count("image"), count("saved")), (1, 2, 2), "{kinds:?}");
    for event in events {
        let heads = (&event["schema"], &event["job"], event["ts"].is_i64());
        assert_eq!(heads, (&"pinxit.event/1".into(), &result["job"], true), "{event}");
    }
    // Two pictures are brought home at once: either may be here first.
    let mut saved: Vec<_> = events.iter().filter(|event| event["type"] == "saved").collect();
    saved.sort_by_key(|event| event["image"].as_u64());
    let saved: Vec<_> = saved.into_iter().map(|event| &event["path"]).collect();
    let listed: Vec<_> = result["images"].as_array().unwrap().iter().map(|image| &image["path"]).collect();
    assert_eq!(saved, listed);
    let (code, refused) = lines(&mut home.on(&emulator, &["gen", PROMPT, "-n", "99", "--ndjson"]));
    assert_eq!((code, refused.len(), &refused[0]["error"]["exit"]), (2, 1, &2.into()));
}

#[test]
fn the_one_picture_goes_to_stdout_and_is_kept() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let refused: [&[&str]; 3] = [&["-n", "2"], &["--json"], &["--ndjson"]];
    for more in refused {
        home.on(&emulator, &[&generate(&["-o", "-"])[..], more].concat()).assert().code(2);
    }
    home.on(&emulator, &["gen", PROMPT, "--interleave", "-o", "-", "--yes"]).assert().code(2);
    assert_eq!((emulator.requests().len(), home.pictures()), (0, 0));
    let output = home.on(&emulator, &generate(&["-o", "-", "--preview", "half"])).assert().success();
    let picture = image::load_from_memory_with_format(&output.get_output().stdout, image::ImageFormat::Png).unwrap();
    assert_eq!((picture.width(), picture.height(), home.pictures()), (512, 512, 1));
}

#[test]
fn a_preview_is_drawn_in_a_terminal_only() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let output = home.on(&emulator, &generate(&["--preview", "ascii"])).assert().success();
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout).lines().count(), 1, "a pipe gets the path alone");
    let (folder, url) = (home.path().to_str().unwrap(), emulator.base_url());
    let env = [
        ("PINXIT_HOME", folder),
        ("HOME", folder),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("PINXIT_WORKER", "inline"),
        ("DASHSCOPE_API_KEY", "sk-test"),
        ("DASHSCOPE_HTTP_BASE_URL", &url),
    ];
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let draw = |args: &[&str]| {
        let start = crate::pty::Start { program, args, env: &env, size: (80, 24) };
        let mut pty = start.start();
        (pty.end(), String::from_utf8_lossy(&pty.bytes).into_owned())
    };
    let (code, told) = draw(&generate(&["--preview", "half"]));
    assert!(code == 0 && told.matches('▄').count() > 100, "{told}");
    let (code, told) = draw(&generate(&["-o", "-"]));
    assert!(code == 2 && told.contains("stdout is a terminal"), "{told}");
}

#[test]
fn a_broken_config_is_said_and_does_not_stop_anything() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let dir = home.0.path().join("config");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("config.toml"), "theem = \"ink\"\nask_above = \"lots\"\n").unwrap();
    let output = home.on(&emulator, &generate(&[])).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("theem") && said.contains("theme") && said.contains("ask_above"), "{said}");
}

#[test]
fn a_studio_without_a_terminal_says_what_to_use_instead() {
    let home = Home::new();
    let output = home.pinxit(&["demo"]).assert().code(2);
    assert!(String::from_utf8_lossy(&output.get_output().stderr).contains("pinxit gen"));
}

#[test]
fn a_prompt_that_stands_for_many_makes_a_job_of_each() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let words = "a {red|grey} fox in {snow|rain}";
    let told = |args: &[&str], code: i32| {
        let output = home.on(&emulator, &[args, &SMALL[..]].concat()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        let rows: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter::<Value>()
            .collect::<Result<_, _>>()
            .unwrap_or_default();
        (rows, text(&output.stderr))
    };
    let prompts = |rows: &[Value]| -> Vec<String> {
        let of = |row: &Value| row["body"]["input"]["prompt"].as_str().unwrap().to_owned();
        rows[0]["requests"].as_array().unwrap().iter().map(of).collect()
    };
    // Shown first: each request, with a seed of its own, and one price for all.
    let (rows, said) = told(&["gen", words, "--wildcards", "all", "--dry-run"], 0);
    let four = ["a red fox in snow", "a red fox in rain", "a grey fox in snow", "a grey fox in rain"];
    assert_eq!(prompts(&rows), four);
    assert_eq!(
        (&rows[0]["price"]["images"], said.contains("4 prompts, 4 pictures: up to $")),
        (&4.into(), true),
        "{said}"
    );
    let seeds = |rows: &[Value]| -> std::collections::BTreeSet<i64> {
        let of = |row: &Value| row["body"]["parameters"]["seed"].as_i64().unwrap();
        rows[0]["requests"].as_array().unwrap().iter().map(of).collect()
    };
    assert_eq!(seeds(&rows).len(), 4, "each has its own");
    let same = ["gen", words, "--wildcards", "all", "--dry-run", "--seed", "7", "--limit", "3"];
    let (rows, said) = told(&same, 0);
    assert_eq!((prompts(&rows).len(), seeds(&rows).len()), (3, 1), "unless one was given");
    assert!(said.contains("3 of 4 prompts, 3 pictures"), "{said}");
    let chance = ["gen", words, "--wildcards", "random", "--seed", "7", "--dry-run"];
    let (one, again) = (told(&chance, 0).0, told(&chance, 0).0);
    assert_eq!((prompts(&one).len(), prompts(&one)), (1, prompts(&again)), "the same seed, the same choice");
    // Without the flag it is one prompt, as it is written, and that is said.
    let (rows, said) = told(&["gen", words, "--dry-run"], 0);
    assert_eq!(prompts(&rows), [words]);
    assert!(said.contains("wildcards are sent as they are written; --wildcards all"), "{said}");
    // What cannot be.
    for (more, words_of, wrong) in [
        (&["--wildcards", "all"][..], "a {red|grey fox", "never closed"),
        (&["--wildcards", "all"], "a __pet__", "There is no list pet"),
        (
            &["--wildcards", "all"],
            "{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}",
            "2048 prompts; at most 1000",
        ),
        (&["--wildcards", "all", "-o", "-"], words, "one picture"),
    ] {
        let (_, said) = told(&[&["gen", words_of], more].concat(), 2);
        assert!(said.contains(wrong), "{wrong}: {said}");
    }
    // Dear ones want a yes, together.
    let (_, said) = told(&["gen", words, "--wildcards", "all", "--max-cost", "0.01"], 7);
    assert!(said.contains("4 pictures") && said.contains("--max-cost"), "{said}");
    assert_eq!(emulator.ledger().submits, 0);
    let (rows, _) = told(&["gen", words, "--wildcards", "all", "--yes", "--json", "-o", "out/"], 0);
    let paths: Vec<&str> = rows.iter().map(|row| row["images"][0]["path"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), paths.iter().all(|path| Path::new(path).is_file())), (4, true));
    assert_eq!(emulator.ledger().billed_submits, 4);
    let recipe = home.pinxit(&["recipe", paths[3]]).output().unwrap().stdout;
    let recipe: Value = serde_json::from_slice(&recipe).unwrap();
    assert_eq!(recipe["request"]["prompt"], four[3]);
    assert_eq!(recipe["request"]["written"]["template"], words);
}
