//! `pinxit queue` and the budgets as a script uses them: the real program, the real store, and the emulator's own count.

use std::os::unix::fs::PermissionsExt;

use assert_cmd::Command;
use pinxit::domain::{Cost, Event, Job, JobId, Mode, Money, Phase, Request, Stamp};
use pinxit::emulator::Emulator;
use pinxit::store::{Learned, NewJob, Places, Store};
use serde_json::Value;

use crate::cli::{Home, emulator, json as run};

const MODEL: &str = "wan2.2-t2i-flash";
const GEN: [&str; 6] = ["gen", "a red fox", "-m", MODEL, "-s", "512*512"];

/// The store the program uses for an emulator.
pub fn store(home: &Home, emulator: &Emulator) -> Store {
    let service = emulator.base_url().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let root = home.path();
    Store::open(&Places { data: root.join("data"), pictures: root.join("pictures"), service }).unwrap()
}

/// A job that is not sent before somebody works.
pub fn new_job(prompt: &str) -> NewJob {
    let size = "512*512".parse().unwrap();
    let request =
        Request { prompt: prompt.into(), size, seed: Some(7), ..Request::new(MODEL.into(), Mode::TextToImage) };
    let unit = Money::usd(25_000);
    NewJob::new(request, Cost::Known { unit, images: 1, basis: "price file, 2026-04".into() })
}

pub fn happen(store: &Store, id: JobId, events: &[Event]) {
    for event in events {
        assert!(store.record(id, *event, Learned::default(), now()).unwrap().is_some(), "{event:?}");
    }
}

fn now() -> Stamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Stamp(i64::try_from(since.as_millis()).unwrap())
}

/// Jobs that wait, one for each prompt.
pub fn waiting(store: &Store, prompts: &[&str]) -> Vec<JobId> {
    let jobs: Vec<_> = prompts.iter().map(|prompt| new_job(prompt)).collect();
    store.enqueue(&jobs, now()).unwrap()
}

/// A job that was billed so much.
pub fn billed(store: &Store, job: NewJob, images: u32) -> JobId {
    let id = store.enqueue(&[job], now()).unwrap()[0];
    happen(store, id, &[Event::Start, Event::Send]);
    let learned = Learned { billed: Some(images), urls: Some(vec!["https://h/a".into()]), ..Learned::default() };
    store.record(id, Event::Answer, learned, now()).unwrap();
    happen(store, id, &[Event::Complete]);
    id
}

pub fn configure(home: &Home, text: &str) {
    let directory = home.path().join("config");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("config.toml"), text).unwrap();
}

/// A home, a service, and a command that has no key.
struct Bench {
    home: Home,
    emulator: Emulator,
    store: Store,
}

fn bench() -> Bench {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let store = store(&home, &emulator);
    Bench { home, emulator, store }
}

impl Bench {
    fn keyless(&self, args: &[&str]) -> Command {
        let mut command = self.home.pinxit(args);
        command.env("DASHSCOPE_HTTP_BASE_URL", self.emulator.base_url());
        command
    }

    /// What is said to the person; the exit code must be as expected.
    fn says(&self, args: &[&str], code: i32) -> String {
        said(&mut self.keyless(args), code)
    }

    fn list(&self, more: &[&str]) -> Value {
        let (code, list) = run(&mut self.keyless(&[&["queue", "--json"], more].concat()));
        assert_eq!((code, list["schema"].as_str()), (0, Some("pinxit.queue/1")));
        list
    }

    fn ids(&self, more: &[&str]) -> Vec<String> {
        let list = self.list(more);
        list["jobs"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
    }

    fn job(&self, id: JobId) -> Job {
        self.store.job(id).unwrap().unwrap()
    }

    /// An editor that runs a line of shell on the file `$1`.
    fn editor(&self, line: &str) -> String {
        let path = self.home.path().join("editor");
        std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn edit(&self, line: &str, more: &[&str], code: i32) -> String {
        let mut command = self.home.on(&self.emulator, &[&["queue", "edit", "1"], more].concat());
        said(command.env("EDITOR", self.editor(line)), code)
    }
}

fn said(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words}");
    words
}

#[test]
fn the_order_of_the_queue_is_the_users_and_needs_no_key() {
    let bench = bench();
    waiting(&bench.store, &["one", "two", "three", "four", "five"]);
    assert!(bench.says(&["queue", "front", "4-5"], 0).contains("#5 has turn 2"));
    bench.says(&["queue", "move", "1", "5"], 0);
    assert!(bench.says(&["queue", "move", "3", "up"], 0).contains("turn 3 of 5"));
    assert_eq!(bench.ids(&[]), ["4", "5", "3", "2", "1"]);
    bench.says(&["queue", "hold", "2,5"], 0);
    let list = bench.list(&[]);
    let states: Vec<_> = list["jobs"].as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["QUEUED", "HELD", "QUEUED", "HELD", "QUEUED"]);
    assert_eq!((&list["jobs"][1]["turn"], &list["jobs"][1]["estimate"]["amount"]), (&2.into(), &0.025.into()));
    assert_eq!(bench.ids(&["state:held"]), ["5", "2"]);
    assert_eq!(bench.ids(&["!state:held", "t"]), ["3"]);
    let table = bench.keyless(&["queue"]).assert().success();
    let table = String::from_utf8(table.get_output().stdout.clone()).unwrap();
    assert!(table.lines().nth(2).unwrap().contains("HELD") && table.contains("five"), "{table}");
    assert!(bench.says(&["queue", "release", "2"], 0).contains("`pinxit wait --all`"), "without a key nobody can work");
    assert_eq!(bench.job(JobId(2)).phase, Phase::Queued);
    assert_eq!(bench.emulator.requests().len(), 0);
}

#[test]
fn an_editor_is_told_no_key() {
    let bench = bench();
    waiting(&bench.store, &["one"]);
    let told = bench.home.path().join("told");
    let mut command = bench.home.on(&bench.emulator, &["queue", "edit", "1"]);
    command.env("QWEN_API_KEY", "sk-of-the-shell-2").env("DASHSCOPE_API_KEY", "sk-of-the-shell-1");
    said(command.env("EDITOR", bench.editor(&format!("env > '{}'", told.display()))), 0);
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.contains("EDITOR=") && !told.contains("sk-of-the-shell"), "{told}");
}

#[test]
fn what_is_paused_is_said_until_it_is_resumed() {
    let bench = bench();
    waiting(&bench.store, &["one"]);
    bench.says(&["queue", "pause"], 0);
    bench.says(&["queue", "pause", MODEL], 0);
    let list = bench.list(&[]);
    assert_eq!((&list["paused"]["all"], &list["paused"]["models"][0]), (&true.into(), &MODEL.into()));
    assert!(bench.says(&["queue"], 0).contains("everything is paused"));
    assert!(bench.says(&["queue", "resume", MODEL], 0).contains("everything still is"));
    bench.says(&["queue", "resume"], 0);
    assert_eq!(bench.list(&[])["paused"]["all"], false);
    assert!(bench.says(&["queue", "pause", "wan2.2-t2i-flush"], 2).contains(MODEL));
    assert!(bench.says(&["queue", "paus"], 0).contains("`pinxit queue pause`"), "a slip of the pen changes nothing");
    assert_eq!(bench.list(&[])["paused"]["all"], false);
}

#[test]
fn jobs_nobody_knows_are_named_and_each_job_has_its_answer() {
    let bench = bench();
    let ids = waiting(&bench.store, &["one", "two"]);
    happen(&bench.store, ids[0], &[Event::Cancel]);
    assert!(bench.says(&["queue", "hold", "2-5", "9"], 2).contains("no jobs 3-5, 9"));
    assert_eq!(bench.job(ids[1]).phase, Phase::Queued, "nothing was changed");
    let told = bench.says(&["queue", "hold", "1-2"], 9);
    assert!(told.contains("#1 is CANCELLED") && told.contains("#2 is held back"), "{told}");
    bench.says(&["queue", "front", "1"], 2);
    bench.says(&["queue", "clear", "2"], 2);
    bench.says(&["queue", "clear", "--finished"], 0);
    assert_eq!((bench.ids(&["--all"]), bench.ids(&["--cleared"])), (vec!["2".into()], vec!["2".into(), "1".into()]));
    bench.says(&["queue", "unclear", "1"], 0);
    assert_eq!(bench.ids(&["state:cancelled"]), ["1"]);
    bench.says(&["queue", "retry", "2"], 2);
    bench.says(&["queue", "lost", "1-2"], 2);
}

#[test]
fn a_waiting_job_is_changed_by_name_under_the_rules_of_a_new_one() {
    let bench = bench();
    let id = waiting(&bench.store, &["a red fox"])[0];
    happen(&bench.store, id, &[Event::Hold]);
    let told = bench.says(&["queue", "set", "1", "n=2", "prompt=雪中红狐", "seed=null"], 0);
    assert!(told.contains("before: up to $0.025") && told.contains("now: up to $0.050 (2 pictures)"), "{told}");
    let job = bench.job(id);
    assert_eq!((job.request.n, job.request.seed, job.request.prompt.as_str()), (2, None, "雪中红狐"));
    for (wrong, word) in [("n=99", "legal"), ("colour=red", "colour"), ("model=wan9", "wan9"), ("n=many", "whole")] {
        assert!(bench.says(&["queue", "set", "1", wrong], 2).contains(word), "{wrong}");
    }
    assert!(bench.says(&["queue", "set", "1", "n=24"], 7).contains("consent"));
    configure(&bench.home, "budget_month = \"0.09\"\n");
    assert!(bench.says(&["queue", "set", "1", "n=4"], 7).contains("the budget of the month is $0.090"));
    assert_eq!(bench.job(id), job, "what is refused changes nothing");
    bench.says(&["queue", "set", "1", "model=wan2.6-t2i", "n=1"], 0);
    assert_eq!(bench.job(id).request.model.as_str(), "wan2.6-t2i");
    // What was changed is what is sent.
    bench.says(&["queue", "release", "1"], 0);
    bench.home.on(&bench.emulator, &["wait", "--all"]).assert().success();
    assert!(bench.says(&["wait", "--all"], 0).contains("nothing to wait for"));
    assert_eq!(bench.emulator.ledger().submits_by_model.get("wan2.6-t2i"), Some(&1));
    bench.says(&["queue", "set", "1", "n=1"], 2);
}

#[test]
fn a_waiting_job_is_edited_as_a_text() {
    let bench = bench();
    let id = waiting(&bench.store, &["a red fox"])[0];
    let before = bench.job(id);
    assert!(bench.edit("true", &[], 0).contains("as it was"));
    assert_eq!(bench.job(id).request, before.request);
    let drafts = || {
        let files = std::fs::read_dir(bench.home.path().join("data")).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect::<Vec<_>>()
    };
    assert_eq!(drafts().len(), 0);
    happen(&bench.store, id, &[Event::Hold]);
    let told = bench.edit("[ -z \"$DASHSCOPE_API_KEY\" ] && sed -i 's/^n = 1/n = 3/' \"$1\"", &[], 0);
    assert!(told.contains("n: 1 -> 3") && told.contains("now: up to $0.075"), "{told}");
    assert_eq!((bench.job(id).request.n, bench.job(id).phase), (3, Phase::Held));

    let told = bench.edit("sed -i 's/^n = 3/n = 99/' \"$1\"", &[], 2);
    let line = std::fs::read_to_string(&drafts()[0]).unwrap().lines().position(|line| line == "n = 99").unwrap() + 1;
    assert!(told.contains(&format!("line {line}: n: ")) && told.contains("--from"), "{told}");
    assert!(told.contains(drafts()[0].to_str().unwrap()), "{told}");
    assert_eq!(bench.job(id).request.n, 3);
    let kept = drafts()[0].clone();
    std::fs::write(&kept, std::fs::read_to_string(&kept).unwrap().replace("n = 99", "n = 2")).unwrap();
    bench.says(&["queue", "edit", "1", "--from", kept.to_str().unwrap()], 0);
    assert_eq!(bench.job(id).request.n, 2);

    std::fs::remove_file(&kept).unwrap();
    assert!(bench.edit("echo 'prompt = \"open' > \"$1\"", &[], 2).contains("line 1"));
    assert!(bench.edit("exit 3", &[], 2).contains("ended with"));
    assert_eq!(drafts().len(), 1, "a text that was not changed is not kept");
    assert_eq!(bench.emulator.requests().len(), 0);
    happen(&bench.store, id, &[Event::Cancel]);
    assert!(bench.edit("true", &[], 2).contains("has not begun"));
}

#[test]
fn a_lost_call_is_sent_again_only_by_a_clear_yes() {
    let bench = bench();
    let ids = waiting(&bench.store, &["lost", "given up"]);
    for id in &ids {
        happen(&bench.store, *id, &[Event::Start, Event::Send, Event::Lose]);
    }
    let told = bench.says(&["queue"], 0);
    assert!(told.contains("2 need a decision"), "{told}");
    let told = said(&mut bench.home.on(&bench.emulator, &["queue", "retry", "1"]), 7);
    assert!(told.contains("up to $0.025") && told.contains("may have been billed"), "{told}");
    assert_eq!((bench.emulator.ledger().submits, bench.job(ids[0]).phase), (0, Phase::Unsure));
    bench.says(&["queue", "retry", "1", "--yes"], 3);
    assert!(bench.says(&["queue", "lost", "2"], 0).contains("may have been billed"));
    assert_eq!(bench.job(ids[1]).phase, Phase::Cancelled);
    bench.home.on(&bench.emulator, &["queue", "retry", "1", "--yes"]).assert().success();
    bench.home.on(&bench.emulator, &["wait", "1"]).assert().success();
    assert_eq!((bench.emulator.ledger().submits, bench.job(ids[0]).phase), (1, Phase::Done));
    assert!(said(&mut bench.home.on(&bench.emulator, &["queue", "retry", "1"]), 2).contains("duplicate"));
}

#[test]
fn a_twin_is_a_job_of_its_own() {
    let bench = bench();
    let id = billed(&bench.store, NewJob { project: Some("shop".into()), ..new_job("a red fox") }, 1);
    for (seed, is_kept) in [("keep", true), ("new", false)] {
        let output = bench.home.on(&bench.emulator, &["queue", "duplicate", "1", "--seed", seed]).assert().success();
        let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
        let twin = bench.job(text.trim().parse().unwrap());
        assert_eq!(twin.request.seed == bench.job(id).request.seed, is_kept);
        assert_eq!(twin.project.as_deref(), Some("shop"));
    }
    bench.home.on(&bench.emulator, &["wait", "2-3"]).assert().success();
    assert_eq!(bench.emulator.ledger().submits, 2);
    configure(&bench.home, "budget_day = \"0.08\"\n");
    let refused = said(&mut bench.home.on(&bench.emulator, &["queue", "duplicate", "1"]), 7);
    assert!(refused.contains("the budget of the day is $0.080"), "{refused}");
    assert_eq!(bench.ids(&["--all"]).len(), 3);
}

#[test]
fn a_submit_above_the_budget_is_seven_and_nothing_is_sent() {
    let bench = bench();
    let unit = Money::usd(950_000);
    billed(&bench.store, NewJob { estimate: Cost::Known { unit, images: 1, basis: "b".into() }, ..new_job("dear") }, 1);
    configure(&bench.home, "budget_month = \"1.00\"\n");
    let pro = ["gen", "a red fox", "-m", "wan2.7-image-pro"];
    let (code, result) = run(&mut bench.home.on(&bench.emulator, &[&pro[..], &["--json"]].concat()));
    assert_eq!((code, result["error"]["code"].as_str()), (7, Some("budget_month")), "{result:#}");
    let message = result["error"]["message"].as_str().unwrap();
    assert!(message.contains("$1.000: $0.950 spent, this would add $0.075"), "{message}");
    let (code, draft) = run(&mut bench.keyless(&[&pro[..], &["--dry-run"]].concat()));
    let notes = draft["notes"].to_string();
    assert!(code == 0 && notes.contains("it would not be sent: the budget of the month"), "{notes}");
    assert_eq!(bench.emulator.requests().len(), 0);

    // What fits goes, is booked, and tells what is left.
    let args = [&GEN[..], &["--project", "shop", "--json"]].concat();
    let (code, result) = run(&mut bench.home.on(&bench.emulator, &args));
    assert_eq!((code, result["project"].as_str()), (0, Some("shop")));
    assert_eq!(result["cost"]["budget_month_left_usd"].as_f64(), Some(0.025), "{result:#}");
    let mut named = bench.home.on(&bench.emulator, &[&GEN[..], &["--json"]].concat());
    let (code, result) = run(named.env("PINXIT_PROJECT", "tea house"));
    assert_eq!((code, result["project"].as_str()), (0, Some("tea house")));
}

#[test]
fn a_dry_run_under_a_budget_makes_no_store() {
    let home = Home::new();
    configure(&home, "budget_day = \"0.01\"\n");
    let (code, draft) = run(&mut home.pinxit(&[&GEN[..], &["--dry-run"]].concat()));
    assert!(code == 0 && draft["notes"].to_string().contains("the budget of the day is $0.010"), "{draft:#}");
    assert!(!home.path().join("data").exists());
}

#[test]
fn of_two_programs_that_race_for_the_last_cent_one_gets_it() {
    let bench = bench();
    for round in 1..=20_u64 {
        configure(&bench.home, &format!("budget_month = \"{}\"\n", Money::usd(25_000 * round as i64).units()));
        let race = || bench.home.on(&bench.emulator, &GEN).output().unwrap().status.code();
        let codes = std::thread::scope(|scope| {
            let racers = [scope.spawn(race), scope.spawn(race)];
            racers.map(|racer| racer.join().unwrap().unwrap())
        });
        assert!(codes == [0, 7] || codes == [7, 0], "round {round}: {codes:?}");
        assert_eq!(bench.emulator.ledger().billed_submits, round);
    }
}
