//! `batch`, `grid` and `sheet` as a script uses them: what is listed, what is sent, what is paid by the emulator's own
//! count, and what a second run of the same file does.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use pinxit::domain::{Job, Phase};
use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope};
use pinxit::store::{Places, Store};
use serde_json::Value;

use crate::cli::{Home, json as run};

const HOUR: Duration = Duration::from_secs(3600);
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Pictures of one colour, at once.
fn quick() -> Emulator {
    Emulator::spawn(Options { delays: Delays::ByPoll, plain: true, ..Options::default() }).unwrap()
}

/// A service that paints when it is told that time has gone by.
fn slow() -> Emulator {
    let delays = Delays::After { pending: Duration::ZERO, running: HOUR };
    Emulator::spawn(Options { delays, plain: true, ..Options::default() }).unwrap()
}

/// A file in the home; its path.
fn write(home: &Home, name: &str, words: &str) -> String {
    let path = home.path().join(name);
    std::fs::write(&path, words).unwrap();
    path.to_str().unwrap().to_owned()
}

/// So many rows, named `r1`, `r2`, ..., with a model that takes two at once.
fn rows(count: usize) -> String {
    let defaults = "{\"$defaults\": true, \"model\": \"wanx2.1-t2i-turbo\", \"size\": \"512*512\", \"out\": \"hero/{id}.{ext}\"}\n";
    let row = |number| format!("{{\"id\": \"r{number}\", \"prompt\": \"fox {number}\"}}\n");
    defaults.to_owned() + &(1..=count).map(row).collect::<String>()
}

/// A run that goes on while the test does something else.
pub struct Running(Child);

impl Running {
    pub fn start(home: &Home, emulator: &Emulator, args: &[&str]) -> Running {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pinxit"));
        command.env_clear().env("PINXIT_HOME", home.path()).env("HOME", home.path()).env("LANG", "C.UTF-8");
        command.env("DASHSCOPE_API_KEY", "sk-test").env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url());
        command.env("PINXIT_WORKER", "inline").current_dir(home.path()).args(args);
        Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.0), signal).unwrap();
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Reads its stdout from now on, so that a full pipe does not stop it.
    pub fn take_stdout(&mut self) -> std::thread::JoinHandle<String> {
        let mut pipe = self.0.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut out = String::new();
            pipe.read_to_string(&mut out).unwrap();
            out
        })
    }

    pub fn is_over(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Its exit code and what it wrote: stdout, stderr.
    pub fn end(&mut self) -> (Option<i32>, String, String) {
        until("the run ends", || self.is_over().then_some(()));
        let (mut out, mut err) = (String::new(), String::new());
        if let Some(mut pipe) = self.0.stdout.take() {
            pipe.read_to_string(&mut out).unwrap();
        }
        self.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.0.wait().unwrap().code(), out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn until<T>(what: &str, mut there: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn store(home: &Home, emulator: &Emulator) -> Store {
    let service = emulator.base_url().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    Store::open(&Places { data: home.path().join("data"), pictures: home.path().join("pictures"), service }).unwrap()
}

fn all(store: &Store) -> Vec<Job> {
    store.jobs_in(&Phase::ALL).unwrap()
}

fn in_phase(store: &Store, phases: &[Phase]) -> usize {
    store.jobs_in(phases).unwrap().len()
}

const AT_WORK: [Phase; 2] = [Phase::Waiting, Phase::Running];

/// Until the run ends, time goes by at the service whenever it has taken new work.
fn age_until_over(emulator: &Emulator, running: &mut Running) {
    let mut aged = 0;
    until("the run ends", || {
        let taken = emulator.ledger().billed_submits;
        if taken > aged {
            aged = taken;
            emulator.age(2 * HOUR);
        }
        running.is_over().then_some(())
    });
}

fn stderr(output: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

fn stdout(output: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&output.get_output().stdout).into_owned()
}

#[test]
fn every_broken_row_is_listed_with_its_line_and_nothing_is_sent() {
    let (home, emulator) = (Home::new(), quick());
    let words = r#"{"prompt": "fine"}
{"prompt": "a", "size": "8000*8000", "model": "wan2.7-image"}
{"prompt": "b", "sead": 7}
not json
{"prompt": "c", "refs": ["nowhere.png"]}
{"prompt": "d", "out": "../../{id}.png"}"#;
    let file = write(&home, "a.jsonl", words);
    // What cannot be read as a row is told before anything is asked of the rest.
    let output = home.on(&emulator, &["batch", "run", &file, "--yes"]).assert().code(2);
    let said = stderr(&output);
    for what in ["a.jsonl:3: sead: There is no such field. Did you mean seed?", "a.jsonl:4: "] {
        assert!(said.contains(what), "{what} is not in {said}");
    }
    let file = write(&home, "a.jsonl", &words.replace("not json\n", "\n").replace("sead", "seed"));
    let output = home.on(&emulator, &["batch", "run", &file, "--yes"]).assert().code(2);
    let said = stderr(&output);
    for what in ["a.jsonl:2: size: ", "; legal: ", "a.jsonl:5: images: ", "a.jsonl:6: out: ", "leads out of"] {
        assert!(said.contains(what), "{what} is not in {said}");
    }
    assert!(output.get_output().stdout.is_empty());
    let (code, told) = run(&mut home.on(&emulator, &["batch", "run", &file, "--yes", "--json"]));
    assert_eq!((code, told["error"]["problems"][0]["line"].as_u64()), (2, Some(2)), "{told:#}");
    home.on(&emulator, &["batch", "plan", &file]).assert().code(2);
    home.on(&emulator, &["batch", "plan", "nowhere.jsonl"]).assert().code(2);
    assert_eq!(emulator.requests().len(), 0);
    assert!(all(&store(&home, &emulator)).is_empty());
}

#[test]
fn a_plan_says_what_a_file_comes_to_and_needs_no_key() {
    let (home, emulator) = (Home::new(), quick());
    let file = write(&home, "a.csv", "id;prompt;model;n\none;a fox;wan2.7-image;2\ntwo;a cat;qwen-image-plus;1\n");
    let mut plan = home.pinxit(&["batch", "plan", &file, "--json", "--parallel", "2"]);
    let (code, plan) = run(plan.env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url()));
    assert_eq!((code, &plan["schema"]), (0, &"pinxit.plan/1".into()), "{plan:#}");
    let numbers = ["rows", "images", "requests"].map(|name| plan[name].as_u64().unwrap());
    // Three pictures: two of one request, and one.
    assert_eq!(numbers, [2, 3, 2], "{plan:#}");
    assert_eq!(plan["price"]["total"].as_f64(), Some(0.09), "two at $0.03, one at $0.03: {plan:#}");
    assert!(plan["time"]["seconds"].as_u64() == Some(20) && plan["disk"][0]["fits"] == true, "{plan:#}");
    let mut words = home.pinxit(&["batch", "plan", &file]);
    let words = stdout(&words.env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url()).assert().success());
    for what in ["2 rows, 3 pictures, 2 requests", "up to $0.090 (", "about ", "20 s a request assumed", " free in "] {
        assert!(words.contains(what), "{what} is not in {words}");
    }
    assert_eq!(emulator.requests().len(), 0);
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was_and_pays_for_each_row_once() {
    let (home, emulator) = (Home::new(), slow());
    let file = write(&home, "a.jsonl", &rows(12));
    let args = ["batch", "run", &file, "--yes", "--inline"];
    let mut first = Running::start(&home, &emulator, &args);
    until("two rows are at work", || (emulator.ledger().billed_submits == 2).then_some(()));
    let store = store(&home, &emulator);
    until("both are known", || (in_phase(&store, &AT_WORK) == 2).then_some(()));
    first.signal(rustix::process::Signal::KILL);
    assert_eq!(first.end().0, None);
    let mut second = Running::start(&home, &emulator, &args);
    age_until_over(&emulator, &mut second);
    let (code, out, err) = second.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("12 rows, not sent again"), "all were written down by the first run: {err}");
    let ledger = emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_submits, ledger.images_delivered), (12, 12, 12));
    let named: Vec<PathBuf> = out.lines().map(PathBuf::from).collect();
    assert_eq!(named.len(), 12, "{out}");
    assert!(named.iter().all(|path| path.is_file() && path.parent().unwrap().ends_with("hero")), "{out}");
    // A third run has nothing to do, costs nothing and asks nothing.
    let again = home.on(&emulator, &args).assert().success();
    assert!(stderr(&again).contains("12 rows, not sent again"), "{}", stderr(&again));
    assert_eq!((emulator.ledger().submits, store.batches().unwrap().len()), (12, 1));
}

#[test]
fn what_is_asked_for_by_hand_goes_before_the_next_row() {
    let (home, emulator) = (Home::new(), slow());
    let file = write(&home, "a.jsonl", &rows(4));
    let mut batch = Running::start(&home, &emulator, &["batch", "run", &file, "--yes", "--inline"]);
    until("two rows are at work", || (emulator.ledger().billed_submits == 2).then_some(()));
    let gen_args = ["gen", "by hand", "-m", "wanx2.1-t2i-turbo", "-s", "512*512"];
    let mut by_hand = Running::start(&home, &emulator, &gen_args);
    let store = store(&home, &emulator);
    until("it is queued", || all(&store).iter().any(|job| job.request.prompt == "by hand").then_some(()));
    age_until_over(&emulator, &mut batch);
    assert_eq!((batch.end().0, by_hand.end().0), (Some(0), Some(0)));
    let asked = emulator.requests();
    let prompts: Vec<_> = asked.iter().map(|request| request.body["input"]["prompt"].as_str().unwrap()).collect();
    assert_eq!(prompts, ["fox 1", "fox 2", "by hand", "fox 3", "fox 4"]);
}

#[test]
fn a_batch_is_paused_stopped_and_run_again() {
    let (home, emulator) = (Home::new(), slow());
    let file = write(&home, "a.jsonl", &rows(5));
    let args = ["batch", "run", &file, "--yes", "--inline"];
    let mut first = Running::start(&home, &emulator, &args);
    until("two rows are at work", || (emulator.ledger().billed_submits == 2).then_some(()));
    home.on(&emulator, &["batch", "pause", "b1"]).assert().success();
    emulator.age(2 * HOUR);
    let store = store(&home, &emulator);
    until("both are done", || (in_phase(&store, &[Phase::Done]) == 2).then_some(()));
    let listed = stdout(&home.on(&emulator, &["batch"]).assert().success());
    assert!(listed.starts_with("b1") && listed.contains("2/5  2 done, 3 waiting  PAUSED"), "{listed}");
    let stopped = home.on(&emulator, &["batch", "stop", &file]).assert().success();
    assert!(stderr(&stopped).contains("3 rows cancelled, nothing billed"), "{}", stderr(&stopped));
    let (code, _, err) = first.end();
    assert!(code == Some(9) && err.contains("5 rows: 2 done, 3 cancelled") && err.contains("batch retry b1"), "{err}");
    assert_eq!(emulator.ledger().submits, 2, "a paused batch sends nothing");
    let mut second = Running::start(&home, &emulator, &args);
    age_until_over(&emulator, &mut second);
    let (code, out, err) = second.end();
    assert!(code == Some(0) && out.lines().count() == 3 && err.contains("2 rows, not sent again"), "{err}");
    assert_eq!(emulator.ledger().billed_submits, 5);
    let (code, status) = run(&mut home.on(&emulator, &["batch", "status", &file, "--json"]));
    assert_eq!((code, status["batch"].as_str(), status["done"].as_u64()), (0, Some("2"), Some(5)), "{status:#}");
}

#[test]
fn an_interrupted_run_sends_nothing_more_and_the_same_command_goes_on() {
    let (home, emulator) = (Home::new(), slow());
    let file = write(&home, "a.jsonl", &rows(4));
    let args = ["batch", "run", &file, "--yes", "--inline"];
    let mut first = Running::start(&home, &emulator, &args);
    let store = store(&home, &emulator);
    until("two rows are at work", || (in_phase(&store, &AT_WORK) == 2).then_some(()));
    first.signal(rustix::process::Signal::INT);
    let (code, _, err) = first.end();
    assert!(code == Some(130) && err.contains("The same command goes on with it"), "{code:?} {err}");
    // Whoever works next brings home what is paid for, and does not send what was stopped.
    emulator.age(2 * HOUR);
    let small = ["gen", "by hand", "-m", "wan2.2-t2i-flash", "-s", "512*512"];
    let mut by_hand = Running::start(&home, &emulator, &small);
    age_until_over(&emulator, &mut by_hand);
    assert_eq!((by_hand.end().0, emulator.ledger().submits), (Some(0), 3));
    let mut second = Running::start(&home, &emulator, &args);
    age_until_over(&emulator, &mut second);
    assert_eq!((second.end().0, emulator.ledger().billed_submits), (Some(0), 5));
}

#[test]
fn two_runs_of_one_file_at_once_pay_once() {
    let (home, emulator) = (Home::new(), slow());
    let file = write(&home, "a.jsonl", &rows(4));
    let args = ["batch", "run", &file, "--yes", "--inline"];
    let mut both = [Running::start(&home, &emulator, &args), Running::start(&home, &emulator, &args)];
    age_until_over(&emulator, &mut both[0]);
    age_until_over(&emulator, &mut both[1]);
    for running in &mut both {
        let (code, _, err) = running.end();
        assert_eq!(code, Some(0), "{err}");
    }
    assert_eq!((emulator.ledger().billed_submits, all(&store(&home, &emulator)).len()), (4, 4));
}

#[test]
fn rows_that_failed_are_sent_again_and_those_in_doubt_are_not() {
    let (home, emulator) = (Home::new(), quick());
    emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()).times(1));
    emulator.inject(FaultRule::new(Scope::Submit, Fault::LostReply).times(1));
    let file = write(&home, "a.txt", "fox 1\nfox 2\nfox 3\n");
    // A synchronous call: its task cannot be looked for.
    let args = ["batch", "run", &file, "-m", "z-image-turbo", "--set", "seed=7", "--parallel", "1", "--yes", "--json"];
    let (code, told) = run(&mut home.on(&emulator, &args));
    let state = |told: &Value| {
        let rows = told["rows"].as_array().unwrap();
        rows.iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((code, state(&told)), (9, vec!["FAILED".into(), "UNSURE".into(), "DONE".into()]), "{told:#}");
    assert_eq!((told["batch"].as_str(), told["error"]["billed"].as_str()), (Some("1"), Some("unknown")));
    let plan = stdout(&home.on(&emulator, &[&["batch", "plan"][..], &args[2..7]].concat()).assert().success());
    assert!(plan.contains("1 row, of those") && plan.contains("1 row, sent, no answer"), "{plan}");
    let (code, told) = run(&mut home.on(&emulator, &args));
    assert_eq!(code, 10, "only the unsure one is missing: {told:#}");
    let mut states = state(&told);
    states.sort();
    assert_eq!((states.join(" ").as_str(), emulator.ledger().submits), ("DONE DONE UNSURE", 4));
    let output = home.on(&emulator, &["batch", "retry", "b2", "--yes"]).assert().code(7);
    assert!(stderr(&output).contains("may have been billed"), "{}", stderr(&output));
    assert_eq!(emulator.ledger().submits, 4);
    home.on(&emulator, &["batch", "retry", "b2", "--row", "2", "--resend-unsure", "--yes"]).assert().success();
    assert_eq!(emulator.ledger().submits, 5);
}

#[test]
fn a_key_that_is_refused_stops_the_run_and_the_same_command_goes_on_once_it_is_right() {
    let picky = Options { delays: Delays::ByPoll, plain: true, key: Some("sk-right".into()), ..Options::default() };
    let (home, emulator) = (Home::new(), Emulator::spawn(picky).unwrap());
    let file = write(&home, "a.jsonl", &rows(8));
    let args = ["batch", "run", &file, "--yes", "--inline"];
    let refused = home.on(&emulator, &args).assert().code(3);
    let said = stderr(&refused);
    assert!(said.contains("b1 is paused") && said.contains("kept back") && !said.contains("sk-test"), "{said}");
    assert!(in_phase(&store(&home, &emulator), &[Phase::Queued]) >= 4, "the others did not fail one by one");
    let mut right = home.on(&emulator, &args);
    let right = right.env("DASHSCOPE_API_KEY", "sk-right").assert().success();
    assert_eq!((stdout(&right).lines().count(), emulator.ledger().billed_submits), (8, 8));
}

#[test]
fn a_batch_that_breaks_the_budget_is_refused_as_a_whole() {
    let (home, emulator) = (Home::new(), quick());
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), "budget_month = \"0.10\"\n").unwrap();
    let file = write(&home, "a.jsonl", &rows(12));
    let plan = stdout(&home.on(&emulator, &["batch", "plan", &file]).assert().success());
    assert!(plan.contains("$0.100 left of $0.100 this month: it does not fit"), "{plan}");
    let output = home.on(&emulator, &["batch", "run", &file, "--yes"]).assert().code(7);
    assert!(stderr(&output).contains("budget of the month"), "{}", stderr(&output));
    // Neither without a word, nor above what was said.
    home.on(&emulator, &["grid", "a", "--axis", "seed=1..20", "-m", "wan2.7-image-pro"]).assert().code(7);
    home.on(&emulator, &["batch", "run", &file, "--yes", "--max-cost", "0.01"]).assert().code(7);
    assert_eq!((emulator.requests().len(), all(&store(&home, &emulator)).len()), (0, 0));
}

#[test]
fn what_does_not_fit_on_the_disk_is_not_begun() {
    let (home, emulator) = (Home::new(), quick());
    let axes = ["--axis", "seed=1..2000", "--axis", "thinking_mode=on,off"];
    let args = [&["grid", "a fox", "-m", "wan2.7-image-pro", "-s", "4K", "-n", "24", "--yes"][..], &axes].concat();
    let output = home.on(&emulator, &args).assert().code(1);
    let said = stderr(&output);
    assert!(said.contains("4000 rows, 96000 pictures") && said.contains("to spare, and "), "{said}");
    assert_eq!((emulator.requests().len(), all(&store(&home, &emulator)).len()), (0, 0));
}

#[test]
fn wildcards_matrices_and_grids_become_rows() {
    let (home, emulator) = (Home::new(), quick());
    std::fs::create_dir(home.path().join("lists")).unwrap();
    write(&home, "lists/pet.txt", "fox\ncat\n");
    let file = write(&home, "a.txt", "a {red|blue} __pet__\n");
    let prompts = |args: &[&str]| {
        let (code, plan) = run(&mut home.on(&emulator, &[args, &["--json"]].concat()));
        assert_eq!(code, 0, "{plan:#}");
        let rows = plan["list"].as_array().unwrap();
        rows.iter().map(|row| row["prompt"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let plan = ["batch", "plan", &file];
    let unfolded = prompts(&[&plan[..], &["--wildcards", "all"]].concat());
    assert_eq!(unfolded, ["a red fox", "a red cat", "a blue fox", "a blue cat"]);
    assert_eq!(prompts(&[&plan[..], &["--wildcards", "all", "--limit", "3"]].concat()).len(), 3);
    let thrown = [&plan[..], &["--wildcards", "random", "--limit", "2"]].concat();
    assert_eq!((prompts(&thrown).len(), prompts(&thrown)), (2, prompts(&thrown)));
    assert_eq!(prompts(&plan), ["a {red|blue} __pet__"], "only where it is asked for");
    let matrix = write(&home, "m.txt", "a street | fog | rain\n");
    let rows = prompts(&["batch", "plan", &matrix, "--matrix"]);
    assert_eq!(rows, ["a street", "a street, fog", "a street, rain", "a street, fog, rain"]);
    let cells = ["--axis", "prompt=\"a fox, red\",a cat", "--axis", "size=512*512,768*512"];
    let grid = [&["grid", "-m", "wanx2.1-t2i-turbo", "--seed", "7", "-o", "grid/{id}.{ext}"][..], &cells].concat();
    assert_eq!(prompts(&[&grid[..], &["--plan"]].concat()).len(), 4);
    let output = home.on(&emulator, &[&grid[..], &["--yes"]].concat()).assert().success();
    let paths = stdout(&output);
    let mut sizes: Vec<_> = paths.lines().map(|path| image::image_dimensions(path).unwrap()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [(512, 512), (512, 512), (768, 512), (768, 512)]);
    assert!(home.path().join("grid/a-fox-red_512-512.png").is_file(), "{paths}");
    let asked = emulator.requests();
    assert!(asked.iter().all(|request| request.body["parameters"]["seed"] == 7));
    home.on(&emulator, &["batch", "run", &file, "--wildcards", "all", "--yes"]).assert().success();
    let jobs = all(&store(&home, &emulator));
    let written: Vec<_> = jobs.iter().filter_map(|job| job.request.written.as_ref()).collect();
    assert_eq!(written.len(), 4);
    assert!(written.iter().all(|written| written.template == "a {red|blue} __pet__" && written.style.is_none()));
}

#[test]
fn results_are_exported_and_laid_out_on_one_page() {
    let (home, emulator) = (Home::new(), quick());
    emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()).times(1));
    let hostile = "<script>alert(1)</script> \\\"fox\\\"";
    let words = format!("{{\"id\": \"one\", \"prompt\": \"plain\"}}\n{{\"id\": \"two\", \"prompt\": \"{hostile}\"}}\n");
    let file = write(&home, "a.jsonl", &words);
    let args = ["batch", "run", &file, "-m", "wanx2.1-t2i-turbo", "--set", "size=512*512", "--parallel", "1", "--yes"];
    home.on(&emulator, &args).assert().code(9);
    let lines = stdout(&home.on(&emulator, &["batch", "export", "b1"]).assert().success());
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let states: Vec<_> = rows.iter().map(|row| (row["row"].as_str(), row["state"].as_str())).collect();
    assert_eq!(states, [(Some("one"), Some("FAILED")), (Some("two"), Some("DONE"))]);
    assert!(rows[0]["error"]["message"].is_string() && rows[0]["paths"] == serde_json::json!([]), "{lines}");
    let path = Path::new(rows[1]["paths"][0].as_str().unwrap());
    assert!(path.is_file() && rows[1]["sha256"][0].as_str().unwrap().len() == 64, "{lines}");
    assert_eq!((&rows[1]["request"]["size"], rows[1]["seed"].is_u64()), (&"512*512".into(), true));
    home.on(&emulator, &["batch", "export", "b1", "-o", "r.csv"]).assert().success();
    home.on(&emulator, &["batch", "export", "b1", "-o", "r.csv"]).assert().code(2);
    let table = std::fs::read_to_string(home.path().join("r.csv")).unwrap();
    assert!(table.starts_with("row,job,state,") && table.contains("one,1,FAILED,") && table.contains("two,2,DONE,"));
    home.on(&emulator, &["sheet", "b1", "-o", "sheet.html"]).assert().success();
    let page = std::fs::read_to_string(home.path().join("sheet.html")).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;fox&quot;"));
    for words in ["<title>a.jsonl</title>", "data:image/jpeg;base64,", "512×512", "FAILED", "prefers-color-scheme:dark"]
    {
        assert!(page.contains(words), "{words} is not on the page");
    }
    assert!(page.len() < 80_000 && !page.contains("http://") && !page.contains("https://"), "{} bytes", page.len());
    home.on(&emulator, &["sheet", "7", "-o", "x.html"]).assert().code(2);
}

#[test]
fn events_tell_of_rows_and_of_the_whole() {
    let (home, emulator) = (Home::new(), quick());
    let file = write(&home, "a.jsonl", &rows(3));
    let output = home.on(&emulator, &["batch", "run", &file, "--yes", "--ndjson"]).assert().success();
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (result, events) = lines.split_last().unwrap();
    assert_eq!(
        (&result["schema"], &result["ok"], &result["counts"]["done"]),
        (&"pinxit.batch/1".into(), &true.into(), &3.into())
    );
    let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((count("queued"), count("submitted"), count("saved")), (3, 3, 3));
    let last = events.iter().rfind(|event| event["type"] == "progress").unwrap();
    assert_eq!(
        (&last["rows"], &last["done"], &last["spent"]["known"]),
        (&3.into(), &3.into(), &last["planned"]["known"])
    );
    assert!(events.iter().filter(|event| event["type"] == "saved").all(|event| event["row"].is_string()));
    // Nobody listens to progress on a pipe that asked for quiet.
    let quiet = home.on(&emulator, &["batch", "run", &file, "--yes", "--quiet"]).assert().success();
    assert!(quiet.get_output().stderr.is_empty() && quiet.get_output().stdout.is_empty());
}

fn named(store: &Store, name: &str) -> Vec<Job> {
    all(store).into_iter().filter(|job| job.row.as_ref().is_some_and(|row| row.name == name)).collect()
}

#[test]
fn a_failed_row_is_changed_and_the_file_that_is_run_again_sends_nothing_twice() {
    let (home, emulator) = (Home::new(), quick());
    emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()).times(1));
    let file = write(&home, "a.jsonl", &rows(3));
    let args = ["batch", "run", &file, "--yes", "--inline", "--parallel", "1"];
    home.on(&emulator, &args).assert().code(9);
    assert_eq!(emulator.ledger().billed_submits, 2);
    let edit = |more: &[&str]| {
        let args: Vec<&str> = ["batch", "edit", "b1"].into_iter().chain(more.iter().copied()).collect();
        home.on(&emulator, &args)
    };
    edit(&["nobody", "n=2"]).assert().code(2);
    let refused = edit(&["r2", "prompt=a tame fox"]).assert().code(2);
    assert!(stderr(&refused).contains("r2 is finished"), "{}", stderr(&refused));
    let wrong = edit(&["r1", "size=9000*9000", "--yes"]).assert().code(2);
    assert!(stderr(&wrong).contains("size"), "{}", stderr(&wrong));
    let store = store(&home, &emulator);
    assert_eq!(all(&store).len(), 3, "what breaks a rule makes no job");
    let changed = edit(&["r1", "prompt=a tame fox", "--yes"]).assert().success();
    assert!(stderr(&changed).contains("r1 is changed: #4 stands for it now"), "{}", stderr(&changed));
    let row = named(&store, "r1");
    assert_eq!((row.len(), row[0].request.prompt.as_str(), row[0].phase), (1, "a tame fox", Phase::Queued));
    let old = store.job(pinxit::domain::JobId(1)).unwrap().unwrap();
    assert_eq!((old.row, old.cleared, old.phase), (None, true, Phase::Failed));
    let again = home.on(&emulator, &args).assert().success();
    assert!(
        stderr(&again).contains("1 row, not sent again") && stderr(&again).contains("nothing"),
        "{}",
        stderr(&again)
    );
    assert_eq!((emulator.ledger().billed_submits, emulator.ledger().images_delivered), (3, 3));
    let made: Vec<PathBuf> =
        named(&store, "r1").into_iter().flat_map(|job| job.images).map(|image| image.path).collect();
    assert!(made.len() == 1 && made[0].ends_with("hero/r1.png"), "it goes where the row said: {made:?}");
    let submits = emulator.ledger().submits;
    home.on(&emulator, &args).assert().success();
    assert_eq!(
        (emulator.ledger().submits, store.batches().unwrap().len()),
        (submits, 1),
        "there is nothing left to do"
    );
    let told = stdout(&home.on(&emulator, &["batch", "status", "b1"]).assert().success());
    assert!(told.contains("3 rows: 3 done"), "{told}");
}

#[test]
fn a_limit_of_rows_at_once_is_set_and_lifted() {
    let (home, emulator) = (Home::new(), quick());
    let file = write(&home, "a.jsonl", &rows(2));
    let limit = |args: &[&str]| {
        home.on(&emulator, args).assert().success();
        store(&home, &emulator).batches().unwrap()[0].parallel
    };
    assert_eq!(limit(&["batch", "run", &file, "--yes", "--parallel", "1"]), Some(1));
    assert_eq!(limit(&["batch", "run", &file, "--yes", "--parallel", "0"]), None);
    assert_eq!(limit(&["batch", "resume", "b1", "--parallel", "3"]), Some(3));
    assert_eq!(limit(&["batch", "resume", "b1"]), Some(3), "it stays as it is");
    assert_eq!(limit(&["batch", "resume", "b1", "--parallel", "0"]), None);
    let other =
        write(&home, "b.jsonl", "{\"prompt\": \"a hen\", \"model\": \"wanx2.1-t2i-turbo\", \"size\": \"512*512\"}\n");
    home.on(&emulator, &["batch", "run", &other, "--yes", "--parallel", "0"]).assert().success();
    assert_eq!(emulator.ledger().images_delivered, 3, "none at once would be none at all");
}

#[test]
fn a_row_that_may_be_billed_is_changed_only_where_the_user_says_so() {
    let (home, emulator) = (Home::new(), quick());
    emulator.inject(FaultRule::new(Scope::Submit, Fault::LostReply).times(1));
    let file = write(&home, "a.txt", "fox 1\nfox 2\n");
    // A synchronous call: its task cannot be looked for.
    let args = ["batch", "run", &file, "-m", "z-image-turbo", "--set", "seed=7", "--parallel", "1", "--yes"];
    home.on(&emulator, &args).assert().code(10);
    let edit = ["batch", "edit", "b1", "1", "prompt=a tame fox", "--yes"];
    let refused = home.on(&emulator, &edit).assert().code(7);
    assert!(stderr(&refused).contains("may have been billed"), "{}", stderr(&refused));
    let store = store(&home, &emulator);
    assert_eq!((all(&store).len(), emulator.ledger().submits), (2, 2));
    let insisted: Vec<&str> = edit.into_iter().chain(["--resend-unsure"]).collect();
    home.on(&emulator, &insisted).assert().success();
    let old = store.job(pinxit::domain::JobId(1)).unwrap().unwrap();
    assert_eq!((old.phase, old.row, old.cleared), (Phase::Unsure, None, false), "it may still be found");
    home.on(&emulator, &args).assert().success();
    assert_eq!((emulator.ledger().submits, named(&store, "1")[0].phase), (3, Phase::Done));
    home.on(&emulator, &args).assert().success();
    assert_eq!(emulator.ledger().submits, 3);
}

#[test]
fn a_row_is_changed_in_the_editor_whether_it_waits_or_has_failed() {
    let (home, emulator) = (Home::new(), slow());
    emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()).times(1));
    let file = write(&home, "a.jsonl", &rows(4));
    let mut batch = Running::start(&home, &emulator, &["batch", "run", &file, "--yes", "--inline"]);
    let store = store(&home, &emulator);
    until("two are at work and one failed", || {
        (in_phase(&store, &AT_WORK) == 2 && in_phase(&store, &[Phase::Failed]) == 1).then_some(())
    });
    home.on(&emulator, &["batch", "pause", "b1"]).assert().success();
    let failed = store.jobs_in(&[Phase::Failed]).unwrap().remove(0);
    let failed = failed.row.unwrap().name;
    let editor = |words: &str| format!("sed -i 's/^prompt = .*/prompt = \"{words}\"/'");
    let edit = |row: &str, words: &str| {
        let mut command = home.on(&emulator, &["batch", "edit", "b1", row, "--yes"]);
        stderr(&command.env("EDITOR", editor(words)).env("PATH", "/usr/bin:/bin").assert().success())
    };
    let waiting = named(&store, "r4").remove(0);
    assert!(edit("r4", "a waiting fox").contains("r4 is changed"));
    let now = named(&store, "r4").remove(0);
    assert_eq!((now.id, now.phase, now.request.prompt.as_str()), (waiting.id, Phase::Queued, "a waiting fox"));
    let said = edit(&failed, "a mended fox");
    assert!(said.contains("stands for it now") && said.contains("b1 is paused"), "{said}");
    let now = named(&store, &failed).remove(0);
    assert_eq!((now.phase, now.request.prompt.as_str()), (Phase::Queued, "a mended fox"));
    home.on(&emulator, &["batch", "stop", "b1"]).assert().success();
    emulator.age(2 * HOUR);
    age_until_over(&emulator, &mut batch);
    assert_eq!(emulator.ledger().billed_submits, 2, "what was stopped is not sent");
}
