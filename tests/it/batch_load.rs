//! A long batch with somebody watching: every row once, and what that costs the machine. Not run with the others; README
//! has the command and the figures.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pinxit::domain::{JobId, Phase, Stamp};
use pinxit::emulator::{Delays, Emulator, Options};

use crate::batch::{Running, store};
use crate::cli::Home;

const ROWS: usize = 1000;
const IN_FLIGHT: &str = "20";
/// As long as a picture takes here.
const RUN: Duration = Duration::from_millis(900);

/// The engine's process, as the system counts it.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    /// Most memory it ever had, in kB.
    peak_kb: u64,
    /// Time on a processor, its own and the system's for it.
    cpu: Duration,
}

fn usage(pid: u32) -> Option<Usage> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let ticks: Vec<u64> =
        stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2).map(|word| word.parse().unwrap()).collect();
    let cpu = Duration::from_millis(ticks.iter().sum::<u64>() * 10);
    Some(Usage { peak_kb: peak.trim().trim_end_matches("kB").trim().parse().ok()?, cpu })
}

#[test]
#[ignore = "takes minutes; its figures stand in the README"]
fn a_thousand_rows_at_twenty_in_flight_are_each_paid_for_once_while_another_watches() {
    let delays = Delays::After { pending: Duration::ZERO, running: RUN };
    let emulator = Emulator::spawn(Options { delays, plain: true, ..Options::default() }).unwrap();
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    // The service's own rates would let five through at a time.
    let rate = "[[model]]\nid = \"wanx2.1-t2i-turbo\"\n[model.rate]\n\
                ap-southeast-1 = { count = 60, seconds = 1, concurrent = 40 }\n";
    std::fs::write(home.path().join("config/catalog.toml"), rate).unwrap();
    let row = |number| format!("{{\"id\": \"r{number}\", \"prompt\": \"fox {number}\"}}\n");
    let words = "{\"$defaults\": true, \"model\": \"wanx2.1-t2i-turbo\", \"size\": \"512*512\"}\n".to_owned()
        + &(1..=ROWS).map(row).collect::<String>();
    std::fs::write(home.path().join("a.jsonl"), words).unwrap();

    let watched = store(&home, &emulator);
    let wakes = Arc::new(AtomicU64::new(0));
    let counted = wakes.clone();
    let wake = move || {
        counted.fetch_add(1, Ordering::Relaxed);
    };
    let _watch = watched.watch(wake).unwrap();
    let begun = Instant::now();
    let args = ["batch", "run", "a.jsonl", "--yes", "--inline", "--parallel", IN_FLIGHT, "--json"];
    let mut run = Running::start(&home, &emulator, &args);
    let pid = run.id();
    let output = run.take_stdout();
    let (mut most, mut at_once, mut looks, mut since) = (Usage::default(), 0, 0u64, 0);
    let mut seen: HashMap<JobId, Phase> = HashMap::new();
    let mut woken = 0;
    while !run.is_over() {
        assert!(begun.elapsed() < Duration::from_secs(600), "not within ten minutes");
        most = usage(pid).unwrap_or(most);
        let now = wakes.load(Ordering::Relaxed);
        if now != woken {
            woken = now;
            looks += 1;
            let changes = watched.changes(since, Stamp(0)).unwrap();
            since = changes.revision;
            seen.extend(changes.jobs.into_iter().map(|job| (job.id, job.phase)));
            at_once = at_once.max(seen.values().filter(|phase| phase.is_live()).count());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = begun.elapsed();
    let (code, _, err) = run.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(output.join().unwrap().contains("\"ok\":true"));
    let ledger = emulator.ledger();
    let paid = (ledger.submits, ledger.billed_submits, ledger.images_delivered, ledger.downloads);
    assert_eq!(paid, (ROWS as u64, ROWS as u64, ROWS as u64, ROWS as u64));
    assert!(at_once <= 20, "{at_once} at once");
    let since_then = watched.changes(since, Stamp(0)).unwrap();
    seen.extend(since_then.jobs.into_iter().map(|job| (job.id, job.phase)));
    assert_eq!(seen.values().filter(|phase| **phase == Phase::Done).count(), ROWS, "the watcher saw them all end");
    let (questions, tasks) = watched.questions().unwrap();
    assert_eq!(tasks, ROWS as u64);
    let per_job = questions as f64 / tasks as f64;
    let ideal = RUN.mul_f64(ROWS as f64 / 20.0);
    let figures = format!(
        "{ROWS} rows at {IN_FLIGHT} in flight: {:.0} s (at best {:.0} s), {per_job:.2} questions a task, {:.2} requests a \
         job, memory {:.1} MB at most, CPU {:.1} s, watcher: {looks} looks",
        took.as_secs_f64(),
        ideal.as_secs_f64(),
        per_job + 2.0,
        most.peak_kb as f64 / 1024.0,
        most.cpu.as_secs_f64(),
    );
    println!("{figures}");
    // Beside the tests, with what made them.
    let build = if cfg!(debug_assertions) { "" } else { "--release " };
    let command = format!("cargo test {build}--test it batch_load:: -- --ignored --nocapture");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/batch_load.txt");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, format!("{command}\n{figures}\n")).unwrap();
}
