//! The background worker: started by whoever orders something, outliving them all, and leaving when there is nothing to do.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use pinxit::domain::{Job, JobId, Phase};
use pinxit::emulator::{Delays, Emulator, Options};
use pinxit::engine::Engine;
use pinxit::store::{Places, SCHEMA, Store, Watch};
use serde_json::Value;

use crate::cli::{Home, json};
use crate::demo::{choose_small, stop_typing};
use crate::pty::{Pty, Start};

const HOUR: Duration = Duration::from_secs(3600);
/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(60);
/// A model with tasks.
const TASK: [&str; 6] = ["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "512*512"];
/// A model that answers in the request only.
const SYNC: [&str; 6] = ["gen", "a red fox", "-m", "qwen-image-2.0", "-s", "512*512"];

/// A home whose work is left to a worker, and the service it works for. The worker goes when this does.
struct Shop {
    emulator: Emulator,
    home: Home,
    idle: &'static str,
    key: &'static str,
}

impl Shop {
    fn new(delays: Delays) -> Shop {
        Shop::with(Options { delays, ..Options::default() })
    }

    fn with(options: Options) -> Shop {
        let emulator = Emulator::spawn(Options { plain: true, ..options }).unwrap();
        Shop { emulator, home: Home::new(), idle: "60", key: "sk-test" }
    }

    /// Tasks that take as long as the test wants them to: see [`Emulator::age`].
    fn slow() -> Shop {
        Shop::new(Delays::After { pending: HOUR, running: HOUR })
    }

    fn pinxit(&self, args: &[&str]) -> assert_cmd::Command {
        let mut command = self.home.on(&self.emulator, args);
        command.env("PINXIT_WORKER", "background").env("PINXIT_WORKER_IDLE", self.idle);
        command.env("DASHSCOPE_API_KEY", self.key);
        command
    }

    /// The same, not waited for.
    fn start(&self, args: &[&str]) -> Child {
        let command = self.pinxit(args);
        let mut bare = std::process::Command::new(command.get_program());
        bare.env_clear().args(command.get_args()).current_dir(self.home.path());
        bare.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        bare.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn places(&self) -> Places {
        let url = self.emulator.base_url();
        let service = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        Places { data: self.home.path().join("data"), pictures: self.home.path().join("pictures"), service }
    }

    fn watched(&self) -> Watched {
        let store = Store::open(&self.places()).unwrap();
        let (wake, changes) = channel();
        let watch = store.watch(move || wake.send(()).unwrap_or_default()).unwrap();
        Watched { store, changes, _watch: watch }
    }

    fn status(&self) -> Value {
        let (code, status) = json(&mut self.pinxit(&["worker", "status", "--json"]));
        assert_eq!((code, status["schema"].as_str()), (0, Some("pinxit.worker/1")));
        status
    }

    /// The worker's process.
    fn pid(&self) -> i32 {
        Engine::holder(&self.places()).and_then(|holder| holder.pid).expect("a worker runs")
    }

    fn wait_until_nobody_works(&self) {
        assert!(Engine::wait_free(&Engine::lock_file(&self.places()), Some(PATIENCE)), "it does not leave");
    }

    /// Waits until the service has the paid call of job 1, and has not answered it.
    fn wait_for_the_call(&self, watched: &Watched) {
        let is_sent = |jobs: &[Job]| {
            jobs.iter().any(|job| job.phase == Phase::Submitting) && self.emulator.ledger().billed_submits == 1
        };
        watched.wait("the call", is_sent);
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("state/worker.log")).unwrap_or_default()
    }

    fn studio(&self, size: (u16, u16)) -> Pty {
        let home = self.home.path().to_str().unwrap();
        let mut pty = studio(home, &self.emulator.base_url(), size);
        pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
        pty
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.pinxit(&["worker", "stop", "--now"]).output();
    }
}

fn studio(home: &str, url: &str, size: (u16, u16)) -> Pty {
    let env = [
        ("PINXIT_HOME", home),
        ("HOME", home),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("DASHSCOPE_API_KEY", "sk-test"),
        ("DASHSCOPE_HTTP_BASE_URL", url),
        ("PINXIT_WORKER_IDLE", "60"),
    ];
    Start { program: Path::new(env!("CARGO_BIN_EXE_pinxit")), args: &[], env: &env, size }.start()
}

/// The jobs, as they change.
struct Watched {
    store: Store,
    changes: Receiver<()>,
    _watch: Watch,
}

impl Watched {
    fn wait(&self, what: &str, wished: impl Fn(&[Job]) -> bool) -> Vec<Job> {
        let end = Instant::now() + PATIENCE;
        loop {
            let jobs = self.store.changes(0, crate::sample::NOW).unwrap().jobs;
            if wished(&jobs) {
                return jobs;
            }
            assert!(Instant::now() < end, "waited in vain for {what}: {jobs:#?}");
            let _ = self.changes.recv_timeout(Duration::from_millis(200));
        }
    }

    fn when(&self, id: i64, phase: Phase) -> Job {
        let is_it = |job: &Job| job.id == JobId(id) && job.phase == phase;
        let jobs = self.wait(&format!("{id} {phase}"), |jobs| jobs.iter().any(is_it));
        jobs.into_iter().find(is_it).unwrap()
    }
}

fn kill(signal: &str, pid: i32) {
    assert!(std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

/// Waits for a process to end by itself.
fn ended(mut child: Child) -> i32 {
    let (end, ended) = channel();
    std::thread::spawn(move || end.send(child.wait().unwrap().code().unwrap_or(-1)));
    ended.recv_timeout(PATIENCE).expect("it does not end")
}

fn said(output: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

#[test]
fn the_first_order_starts_a_worker_which_leaves_when_there_is_nothing_to_do() {
    let mut shop = Shop::new(Delays::ByPoll);
    shop.idle = "1";
    assert_eq!(shop.status()["running"], false);
    let (code, result) = json(&mut shop.pinxit(&[&TASK[..], &["--json"]].concat()));
    assert_eq!((code, result["state"].as_str()), (0, Some("DONE")), "{result:#}");
    shop.wait_until_nobody_works();
    assert_eq!((shop.status()["running"].as_bool(), shop.emulator.ledger().submits), (Some(false), 1));
    let log = shop.log();
    assert!(log.contains("at work as process") && log.contains("nothing to do for 1 s"), "{log}");
    let told = shop.pinxit(&["worker", "log", "-n", "1"]).assert().success();
    assert!(String::from_utf8_lossy(&told.get_output().stdout).contains("leaving"));
}

#[test]
fn status_tells_who_works_on_what_and_stop_is_waited_for() {
    let shop = Shop::slow();
    shop.pinxit(&[&TASK[..], &["--timeout", "1"]].concat()).assert().code(8);
    let status = shop.status();
    assert_eq!((status["live"].as_u64(), status["waiting"].as_u64()), (Some(1), Some(0)), "{status:#}");
    let worker = &status["worker"];
    assert_eq!((worker["pid"].as_i64(), worker["same_version"].as_bool()), (Some(shop.pid().into()), Some(true)));
    assert_eq!((worker["schema_version"].as_i64(), status["paused"]["all"].as_bool()), (Some(SCHEMA), Some(false)));
    let words = shop.pinxit(&["worker", "status"]).assert().success();
    let words = String::from_utf8_lossy(&words.get_output().stdout).into_owned();
    assert!(words.contains("1 at work, 0 waiting") && words.contains("worker.log"), "{words}");
    let arguments = std::fs::read(format!("/proc/{}/cmdline", shop.pid())).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&arguments).contains("sk-test"), "the key is no argument");

    let told = said(&shop.pinxit(&["worker", "stop"]).assert().success());
    assert!(told.contains("has left"), "{told}");
    assert_eq!(Engine::holder(&shop.places()), None);
    let told = said(&shop.pinxit(&["worker", "stop"]).assert().success());
    assert!(told.contains("no worker runs"), "{told}");
    // The job is kept, and the next who waits for it has it done.
    shop.emulator.age(3 * HOUR);
    shop.pinxit(&["wait", "1"]).assert().success();
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn a_paid_call_under_way_is_waited_for_when_the_worker_is_stopped() {
    let shop = Shop::new(Delays::After { pending: Duration::ZERO, running: Duration::from_secs(4) });
    let watched = shop.watched();
    let mut order = shop.start(&SYNC);
    shop.wait_for_the_call(&watched);
    let told = said(&shop.pinxit(&["worker", "stop"]).assert().success());
    assert!(told.contains("paid call"), "{told}");
    let job = watched.store.job(JobId(1)).unwrap().unwrap();
    assert!(job.billed_images == Some(1), "its answer is written down: {job:#?}");
    order.kill().unwrap();
    order.wait().unwrap();
    shop.pinxit(&["wait", "1"]).assert().success();
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn a_call_that_has_no_answer_in_time_is_unsure_and_not_sent_again() {
    let shop = Shop::slow();
    let watched = shop.watched();
    let mut order = shop.start(&SYNC);
    shop.wait_for_the_call(&watched);
    order.kill().unwrap();
    order.wait().unwrap();
    let begun = Instant::now();
    let told = said(&shop.pinxit(&["worker", "stop", "--now"]).assert().success());
    assert!(told.contains("UNSURE"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    shop.pinxit(&["wait", "1"]).assert().code(10);
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn a_worker_that_is_killed_frees_the_lock_and_its_call_is_unsure() {
    let shop = Shop::slow();
    let watched = shop.watched();
    let mut order = shop.start(&SYNC);
    shop.wait_for_the_call(&watched);
    order.kill().unwrap();
    order.wait().unwrap();
    let first = shop.pid();
    kill("-9", first);
    shop.wait_until_nobody_works();
    let (code, result) = json(&mut shop.pinxit(&["wait", "1", "--json"]));
    assert_eq!((code, result["state"].as_str()), (10, Some("UNSURE")), "{result:#}");
    assert_ne!(shop.pid(), first);
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn the_work_goes_on_when_the_command_is_killed_or_stops_watching() {
    let shop = Shop::slow();
    let watched = shop.watched();
    let order = shop.start(&TASK);
    watched.when(1, Phase::Waiting);
    kill("-9", i32::try_from(order.id()).unwrap());
    ended(order);
    let second = shop.start(&TASK);
    watched.when(2, Phase::Waiting);
    kill("-INT", i32::try_from(second.id()).unwrap());
    let output = second.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("goes on in the background") && told.contains("pinxit wait 2"), "{told}");
    shop.emulator.age(3 * HOUR);
    for id in [1, 2] {
        let job = watched.when(id, Phase::Done);
        assert!(job.images.iter().all(|image| image.path.is_file()));
    }
    assert_eq!(shop.emulator.ledger().billed_submits, 2);
}

#[test]
fn of_many_workers_started_at_once_one_works() {
    let shop = Shop::new(Delays::ByPoll);
    let mut crew: Vec<Child> = (0..8).map(|_| shop.start(&["worker", "--idle", "60"])).collect();
    let mut words = Vec::new();
    for child in &mut crew {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut line).unwrap();
        words.push((i32::try_from(child.id()).unwrap(), line));
    }
    let working: Vec<i32> = words.iter().filter(|(_, line)| line.contains("at work as")).map(|(pid, _)| *pid).collect();
    assert_eq!(working, [shop.pid()], "{words:?}");
    let already = words.iter().filter(|(_, line)| line.contains("at work already")).count();
    assert_eq!(already, 7, "{words:?}");
    // A terminal that closes is no reason to stop; TERM is.
    kill("-HUP", shop.pid());
    shop.pinxit(&TASK).assert().success();
    assert_eq!(shop.pid(), working[0]);
    kill("-TERM", working[0]);
    assert!(crew.into_iter().all(|child| ended(child) == 0));
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn a_worker_whose_data_directory_is_removed_leaves() {
    let shop = Shop::new(Delays::ByPoll);
    let mut worker = shop.start(&["worker", "--idle", "600"]);
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(worker.stdout.as_mut().unwrap()), &mut line).unwrap();
    std::fs::remove_dir_all(&shop.places().data).unwrap();
    assert_eq!(ended(worker), 0);
    assert!(shop.log().contains("is gone: leaving"), "{}", shop.log());
}

#[test]
fn a_key_that_is_refused_is_in_no_log_and_the_right_one_takes_effect_at_once() {
    let mut shop = Shop::with(Options { key: Some("sk-the-right-key".into()), ..Options::default() });
    shop.key = "sk-the-wrong-key";
    shop.pinxit(&TASK).assert().code(3);
    let first = shop.pid();
    shop.key = "sk-the-right-key";
    shop.pinxit(&TASK).assert().success();
    assert_ne!(shop.pid(), first, "the idle worker with the wrong key is replaced");
    let log = shop.log();
    assert!(log.contains("left, as told") && !log.contains("the-wrong-key") && !log.contains("the-right-key"), "{log}");
    let lock = std::fs::read_to_string(Engine::lock_file(&shop.places())).unwrap();
    assert!(lock.contains("terms ") && !lock.contains("right-key"), "{lock}");
}

#[test]
fn a_worker_that_cannot_start_says_why_and_the_order_is_kept() {
    let shop = Shop::new(Delays::ByPoll);
    std::fs::write(shop.home.path().join("state"), "a file where a directory should be").unwrap();
    let told = said(&shop.pinxit(&TASK).assert().code(1));
    assert!(told.contains("did not start") && told.contains("pinxit wait 1"), "{told}");
    assert_eq!(shop.emulator.ledger().submits, 0);
    shop.pinxit(&["wait", "1", "--inline"]).assert().success();
    assert_eq!((Engine::holder(&shop.places()), shop.emulator.ledger().submits), (None, 1));
}

/// Not a test of its own: a program that holds the worker lock as another pinxit would, until it is told to leave.
#[test]
#[ignore = "run by the tests of upgrades, as a process of its own"]
fn holds_the_lock() {
    let path = PathBuf::from(std::env::var_os("LOCK").unwrap());
    let mut file = std::fs::File::create(path).unwrap();
    file.lock().unwrap();
    write!(file, "process {}, {}", std::process::id(), std::env::var("TEXT").unwrap()).unwrap();
    eprintln!("held");
    loop {
        std::thread::park();
    }
}

/// Starts it, with this text in the lock file; its process.
fn another_pinxit(shop: &Shop, text: &str) -> Child {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "worker::holds_the_lock", "--ignored", "--nocapture"]);
    command.env("LOCK", Engine::lock_file(&shop.places())).env("TEXT", text);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufReader::new(child.stderr.as_mut().unwrap());
    let mut line = String::new();
    while !line.contains("held") {
        assert!(std::io::BufRead::read_line(&mut lines, &mut line).unwrap() > 0, "it does not hold the lock: {line}");
    }
    child
}

#[test]
fn an_idle_worker_of_another_version_is_named_and_replaced() {
    let shop = Shop::new(Delays::ByPoll);
    drop(shop.watched());
    let older =
        another_pinxit(&shop, &format!("pinxit 0.0.1, schema {SCHEMA}, terms ab12, since 2026-05-01 09:31:02\n"));
    let status = shop.status();
    let worker = &status["worker"];
    assert_eq!((worker["version"].as_str(), worker["same_version"].as_bool()), (Some("0.0.1"), Some(false)));
    let words = shop.pinxit(&["worker", "status"]).assert().success();
    assert!(String::from_utf8_lossy(&words.get_output().stdout).contains("another version"));
    shop.pinxit(&TASK).assert().success();
    ended(older);
    assert_eq!(shop.status()["worker"]["same_version"], true);
}

#[test]
fn an_older_worker_leaves_before_the_store_is_brought_up_to_date() {
    let shop = Shop::new(Delays::ByPoll);
    let data = shop.places().data;
    std::fs::create_dir_all(&data).unwrap();
    let db = rusqlite::Connection::open(data.join("pinxit.db")).unwrap();
    db.execute_batch(include_str!("../../src/store/schema-1.sql")).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    // As an early pinxit wrote it.
    let older = another_pinxit(&shop, "since 2026-05-01 09:31:02\n");
    let version = |db: &rusqlite::Connection| db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    shop.status();
    assert_eq!(version(&db).unwrap(), 1, "to look is to leave everything as it is");
    let told = said(&shop.pinxit(&["wait", "1"]).assert().code(2));
    assert!(told.contains("brought up to date once") && told.contains(&older.id().to_string()), "{told}");
    ended(older);
    assert_eq!(version(&db).unwrap(), SCHEMA);
}

#[test]
fn a_worker_leaves_a_store_that_is_newer_than_itself() {
    let shop = Shop::new(Delays::ByPoll);
    let watched = shop.watched();
    shop.pinxit(&TASK).assert().success();
    let db = rusqlite::Connection::open(shop.places().data.join("pinxit.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    watched.store.pause(None, true).unwrap();
    shop.wait_until_nobody_works();
    assert!(shop.log().contains("install the newer pinxit"), "{}", shop.log());
    let told = said(&shop.pinxit(&TASK).assert().code(1));
    assert!(told.contains("install the newer pinxit"), "{told}");
    assert_eq!(shop.emulator.ledger().submits, 1);
}

#[test]
fn two_studios_see_the_same_queue_live_and_leaving_asks_nothing() {
    let shop = Shop::slow();
    let mut first = shop.studio((100, 30));
    assert_eq!(Engine::holder(&shop.places()), None, "a studio that has ordered nothing needs no worker");
    let mut second = shop.studio((120, 40));
    choose_small(&mut first);
    first.send("a red fox\x07");
    first.wait_for("WAITING");
    second.wait_for("WAITING");
    stop_typing(&mut first);
    first.send("q");
    assert_eq!(first.end(), 0);
    first.assert_given_back();
    assert!(String::from_utf8_lossy(&first.bytes).contains("goes on in the background"));
    shop.emulator.age(3 * HOUR);
    second.wait_for("DONE");
    assert_eq!(shop.emulator.ledger().billed_submits, 1);
}

#[test]
fn a_studio_starts_another_worker_when_its_jobs_stand_still() {
    let shop = Shop::slow();
    let mut studio = shop.studio((100, 30));
    choose_small(&mut studio);
    studio.send("a red fox\x07");
    studio.wait_for("WAITING");
    kill("-9", shop.pid());
    shop.wait_until_nobody_works();
    shop.emulator.age(3 * HOUR);
    studio.wait_for("DONE");
    assert_eq!(shop.emulator.ledger().billed_submits, 1);
}

/// Not a test of its own: the line to the studio, which the test below cuts. Orders three jobs.
#[test]
#[ignore = "run by `a_dropped_line_loses_nothing`, as a process of its own"]
fn holds_the_line() {
    let var = |name: &str| std::env::var(name).unwrap();
    let mut pty = studio(&var("PINXIT_HOME"), &var("DASHSCOPE_HTTP_BASE_URL"), (120, 40));
    pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    choose_small(&mut pty);
    pty.send("a red fox\x07");
    pty.wait_for("#1");
    pty.send("\x07");
    pty.wait_for("#2");
    stop_typing(&mut pty);
    pty.send("m");
    pty.wait_for("wan2.6-t2i");
    pty.send("qwenimage2.0\r");
    pty.wait("the model", |screen| screen.contains("qwen-image-2.0"));
    pty.send("\x07");
    pty.wait_for("#3");
    pty.settle(PATIENCE);
}

#[test]
fn a_dropped_line_loses_nothing() {
    let shop = Shop::new(Delays::After { pending: Duration::from_secs(1), running: Duration::from_secs(5) });
    // One at a time: the second waits for its turn.
    let rate = "[[model]]\nid = \"wan2.2-t2i-flash\"\n[model.rate]\n\
                ap-southeast-1 = { count = 1, seconds = 1, concurrent = 1 }\n";
    std::fs::create_dir_all(shop.home.path().join("config")).unwrap();
    std::fs::write(shop.home.path().join("config/catalog.toml"), rate).unwrap();
    let watched = shop.watched();
    let mut line = std::process::Command::new(std::env::current_exe().unwrap());
    line.args(["--exact", "worker::holds_the_line", "--ignored", "--nocapture"]);
    line.env("PINXIT_HOME", shop.home.path()).env("DASHSCOPE_HTTP_BASE_URL", shop.emulator.base_url());
    let mut line = line.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let jobs = watched.wait("three jobs", |jobs| {
        let phase = |id: usize| jobs.get(id).map(|job| job.phase);
        phase(1) == Some(Phase::Queued) && phase(2) == Some(Phase::Submitting)
    });
    assert!(jobs.iter().all(|job| !job.phase.is_ended()), "{jobs:#?}");
    // The terminal goes with the process that holds it, as when a line drops.
    line.kill().unwrap();
    line.wait().unwrap();
    for id in 1..=3 {
        let job = watched.when(id, Phase::Done);
        assert!(job.images.len() == 1 && job.images[0].path.is_file(), "{job:#?}");
    }
    let ledger = shop.emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_submits, ledger.images_delivered), (3, 3, 3));
    let mut again = shop.studio((120, 40));
    again.wait("the same rows", |screen| ["#1", "#2", "#3"].iter().all(|row| screen.contains(row)));
    again.wait("all done", |screen| screen.contains("3 done"));
}
