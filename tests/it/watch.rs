//! `pinxit watch`: what happens, as it happens, to whoever reads it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pinxit::domain::Event;
use pinxit::emulator::Emulator;
use serde_json::Value;

use crate::cli::{Home, emulator};
use crate::queue::{happen, store, waiting};

/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts it without a key.
fn start(home: &Home, emulator: &Emulator, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinxit"));
    command.env_clear().env("PINXIT_HOME", home.path()).env("HOME", home.path()).current_dir(home.path());
    command.env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url()).arg("watch").args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn code(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::yield_now();
    }
    child.kill().unwrap();
    panic!("it does not end");
}

#[test]
fn a_named_job_is_told_of_until_it_ends() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    waiting(&store(&home, &emulator), &["雪中红狐"]);
    let mut child = start(&home, &emulator, &["1"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    assert!(first.ends_with("#1 QUEUED 雪中红狐"), "{first}");
    home.on(&emulator, &["wait", "1"]).assert().success();
    let rest: Vec<String> = lines.collect();
    assert!(rest.iter().any(|line| line.contains("#1 saved /")), "{rest:?}");
    let last = rest.last().unwrap();
    assert!(last.contains("#1 DONE") && last.contains("$0.025"), "{rest:?}");
    assert_eq!(code(&mut child), Some(0));
}

#[test]
fn events_are_lines_of_json_with_the_result_behind_them() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let ids = waiting(&store(&home, &emulator), &["one", "two"]);
    let mut child = start(&home, &emulator, &["--ndjson", "1-2"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!((&first["schema"], &first["type"]), (&"pinxit.event/1".into(), &"queued".into()));
    happen(&store(&home, &emulator), ids[1], &[Event::Cancel]);
    home.on(&emulator, &["wait", "1"]).assert().success();
    let rest: Vec<Value> = lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
    let results: Vec<_> = rest.iter().filter(|line| line["schema"] == "pinxit.result/1").collect();
    let states: Vec<_> = results.iter().map(|result| (result["job"].as_str(), result["state"].as_str())).collect();
    assert_eq!(states, [(Some("2"), Some("CANCELLED")), (Some("1"), Some("DONE"))]);
    let saved = rest.iter().filter(|line| line["type"] == "saved").count();
    assert_eq!((saved, code(&mut child)), (1, Some(130)), "the worst code is the cancelled job's");
}

#[test]
fn it_ends_when_nothing_is_due_or_nobody_reads() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    assert_eq!(code(&mut start(&home, &emulator, &["--until-idle"])), Some(0));
    let ids = waiting(&store(&home, &emulator), &["one"]);
    let mut busy = start(&home, &emulator, &["--until-idle"]);
    let mut lines = BufReader::new(busy.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("#1 QUEUED"));
    happen(&store(&home, &emulator), ids[0], &[Event::Hold]);
    assert!(lines.next().unwrap().unwrap().contains("#1 HELD"));
    assert_eq!(code(&mut busy), Some(0));

    // Nothing changes any more: the reader's going alone ends it.
    let mut child = start(&home, &emulator, &[]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("#1 HELD"));
    drop(lines);
    assert_eq!(code(&mut child), Some(141));
    assert_eq!(code(&mut start(&home, &emulator, &["7"])), Some(2));
}

#[test]
fn an_interrupted_watch_leaves_the_jobs_alone() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    waiting(&store(&home, &emulator), &["one"]);
    let mut child = start(&home, &emulator, &[]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(code(&mut child), Some(130));
    assert_eq!(emulator.requests().len(), 0);
}
