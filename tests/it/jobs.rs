//! `wait`, `fetch` and `cancel`: jobs taken up again by another process, tasks that no job knows, and what cancelling
//! really saves.

use std::path::Path;
use std::time::Duration;

use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope};

use crate::cli::{Home, emulator, json as run};

const HOUR: Duration = Duration::from_secs(3600);
const SMALL: [&str; 6] = ["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "512*512"];

/// A service that paints when it is told that time has gone by.
fn slow(pending: Duration) -> Emulator {
    Emulator::spawn(Options { delays: Delays::After { pending, running: HOUR }, ..Options::default() }).unwrap()
}

/// Starts a job and gives up on it; its number and its task.
fn left_behind(home: &Home, emulator: &Emulator) -> (String, String) {
    leave(home, emulator, &SMALL)
}

fn leave(home: &Home, emulator: &Emulator, args: &[&str]) -> (String, String) {
    let args = [args, &["--timeout", "1", "--json"]].concat();
    let (code, result) = run(&mut home.on(emulator, &args));
    assert_eq!(code, 8, "{result:#}");
    assert!(result["error"]["hint"].as_str().unwrap().contains("pinxit wait"), "{result:#}");
    (result["job"].as_str().unwrap().to_owned(), result["task_id"].as_str().unwrap().to_owned())
}

#[test]
fn a_job_that_was_left_is_waited_for() {
    let (home, emulator) = (Home::new(), slow(HOUR));
    let (job, _) = left_behind(&home, &emulator);
    let (code, result) = run(&mut home.on(&emulator, &["wait", &job, "--timeout", "1", "--json"]));
    assert_eq!((code, result["command"].as_str()), (8, Some("wait")));
    emulator.age(3 * HOUR);
    let output = home.on(&emulator, &["wait", &job]).assert().success();
    let path = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(image::image_dimensions(path.trim()).unwrap(), (512, 512));
    assert_eq!(emulator.ledger().submits, 1);
    // Once it is done nobody needs a key to be told so.
    let mut again = home.pinxit(&["wait", &job]);
    let again = again.env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url()).assert().success();
    assert_eq!(String::from_utf8_lossy(&again.get_output().stdout), path);
}

#[test]
fn the_exit_code_is_that_of_the_worst_and_each_job_has_its_line() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    for args in [&["--json"][..], &["--json", "-n", "2"]] {
        run(&mut home.on(&emulator, &[&SMALL[..], args].concat()));
    }
    let refused = crate::cli::emulator(vec![FaultRule::new(Scope::Submit, Fault::inspection())]);
    let mut third = home.on(&refused, &SMALL);
    third.assert().code(6);
    let output = home.on(&emulator, &["wait", "1", "2", "3", "--json"]).assert().code(6);
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let states: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["DONE", "DONE", "FAILED"]);
    home.on(&emulator, &["wait", "99"]).assert().code(2);
}

#[test]
fn pictures_that_could_not_be_had_are_fetched_again_for_nothing() {
    let broken = FaultRule { count: Some(5), ..FaultRule::new(Scope::File, Fault::XmlForPng) };
    let (home, emulator) = (Home::new(), emulator(vec![broken]));
    home.on(&emulator, &SMALL).assert().failure();
    assert_eq!(home.pictures(), 0);
    let (code, result) = run(&mut home.on(&emulator, &["fetch", "1", "--json"]));
    assert_eq!((code, result["state"].as_str()), (0, Some("DONE")), "{result:#}");
    assert_eq!((home.pictures(), emulator.ledger().submits), (1, 1));
}

#[test]
fn a_task_is_fetched_for_its_job_or_for_nobody() {
    let (home, stranger, emulator) = (Home::new(), Home::new(), slow(HOUR));
    let (_, task) = left_behind(&home, &emulator);
    let told = stranger.on(&emulator, &["fetch", &task]).assert().code(8);
    assert!(String::from_utf8_lossy(&told.get_output().stderr).contains("PENDING"));
    emulator.age(3 * HOUR);
    let output = stranger.on(&emulator, &["fetch", &task, "-o", "out"]).assert().success();
    let path = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let out = stranger.path().canonicalize().unwrap().join("out");
    assert!(Path::new(path.trim()).starts_with(out) && image::image_dimensions(path.trim()).unwrap() == (512, 512));
    let (code, result) = run(&mut home.on(&emulator, &["fetch", &task, "--json"]));
    assert_eq!((code, result["job"].as_str(), result["state"].as_str()), (0, Some("1"), Some("DONE")), "{result:#}");
    stranger.on(&emulator, &["fetch", "00000000-1111-2222-3333-444444444444"]).assert().code(1);
    stranger.on(&emulator, &["fetch", "../../etc/passwd"]).assert().code(2);
}

#[test]
fn a_story_that_no_job_knows_is_written_as_a_job_writes_it() {
    let (home, stranger, emulator) = (Home::new(), Home::new(), slow(HOUR));
    let story =
        ["gen", "tea \u{1b}[2J time", "-m", "wan2.6-image", "--interleave", "--max-images", "2", "-s", "768*768"];
    let (job, task) = leave(&home, &emulator, &story);
    emulator.age(3 * HOUR);
    let document = |home: &Home, args: &[&str]| {
        let (code, result) = run(&mut home.on(&emulator, args));
        assert_eq!(code, 0, "{result:#}");
        std::fs::read_to_string(result["document"].as_str().unwrap()).unwrap()
    };
    let told = document(&stranger, &["fetch", &task, "-o", "out", "--json"]);
    assert!(told.contains("␛[2J") && !told.contains('\u{1b}'), "{told:?}");
    // All but the title, and what the pictures are called.
    let as_the_jobs = told.replace(&format!("({task}-"), "(").replacen(&format!("# Task {task}\n"), "", 1);
    let own = document(&home, &["wait", &job, "--json"]);
    assert_eq!(as_the_jobs, own.split_once('\n').unwrap().1);
    assert!(own.contains("![Picture 2](2.png)"), "{own}");
}

#[test]
fn only_what_has_not_begun_is_taken_back() {
    let (home, emulator) = (Home::new(), slow(HOUR));
    let (job, _) = left_behind(&home, &emulator);
    let (code, result) = run(&mut home.on(&emulator, &["cancel", &job, "--json"]));
    assert_eq!(
        (code, result["state"].as_str(), result["ok"].as_bool()),
        (0, Some("CANCELLED"), Some(true)),
        "{result:#}"
    );
    // Twice is no worse than once.
    home.on(&emulator, &["cancel", &job]).assert().success();

    let at_work = slow(Duration::ZERO);
    let (job, _) = left_behind(&home, &at_work);
    let output = home.on(&at_work, &["cancel", &job]).assert().code(1);
    let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(told.contains("cannot be stopped") && told.contains("bills"), "{told}");
    at_work.age(3 * HOUR);
    home.on(&at_work, &["wait", &job]).assert().success();
    home.on(&at_work, &["cancel", &job]).assert().code(1);
}

#[test]
fn a_cancelled_job_whose_picture_is_on_its_way_sends_no_further_request() {
    let never = FaultRule::new(Scope::File, Fault::Trickle { bytes_per_second: 1 }).times(1);
    let (home, emulator) = (Home::new(), emulator(vec![never]));
    let (job, _) = leave(&home, &emulator, &["gen", "a red fox", "-m", "qwen-image-plus", "-n", "2"]);
    home.on(&emulator, &["cancel", &job]).assert().code(1);
    let (_, result) = run(&mut home.on(&emulator, &["wait", &job, "--json"]));
    assert_eq!((home.pictures(), emulator.ledger().submits), (1, 1), "{result:#}");
}

#[test]
fn a_job_of_another_service_is_left_alone() {
    let (home, here, there) = (Home::new(), emulator(vec![]), slow(HOUR));
    let (job, _) = left_behind(&home, &there);
    for command in ["wait", "fetch", "cancel"] {
        let output = home.on(&here, &[command, &job]).assert().code(2);
        let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(told.contains("another service"), "{command}: {told}");
    }
    assert_eq!(here.requests().len(), 0);
}
