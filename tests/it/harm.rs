//! A data directory that cannot be used: damaged, newer, locked, read-only, full. Each ends in words and an exit code, and
//! no file is overwritten.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use assert_cmd::Command;

use crate::cli::{Home, emulator, json};

/// Small, so that it is painted soon.
const GEN: [&str; 6] = ["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "512*512"];

fn database(home: &Home) -> PathBuf {
    home.path().join("data/pinxit.db")
}

/// A home whose store holds a job that is done, and a good copy of it.
fn used() -> (Home, pinxit::emulator::Emulator) {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    home.on(&emulator, &GEN).assert().success();
    assert_eq!(std::fs::read_dir(home.path().join("data/copies")).unwrap().count(), 1, "whoever stops makes a copy");
    (home, emulator)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs it: it must end with this code, in words, and not in a panic.
fn ends(command: &mut Command, code: i32, words: &[&str]) -> String {
    let output = command.output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} in:\n{said}");
    }
    said
}

type Damage = fn(&Path);

fn damages() -> [(&'static str, Damage); 4] {
    [
        ("zeroed", |file| std::fs::write(file, vec![0; 40_960]).unwrap()),
        ("garbage", |file| std::fs::write(file, vec![0x5a; 40_960]).unwrap()),
        ("cut in half", |file| {
            let whole = std::fs::read(file).unwrap();
            std::fs::write(file, &whole[..whole.len() / 2]).unwrap();
        }),
        ("empty", |file| std::fs::write(file, []).unwrap()),
    ]
}

#[test]
fn a_damaged_store_is_refused_and_its_copy_put_back_on_demand() {
    for (name, damage) in damages() {
        let (home, emulator) = used();
        damage(&database(&home));
        let damaged = std::fs::read(database(&home)).unwrap();
        let instructions = ["damaged", "left as it is", "pinxit-2", "old", "pinxit doctor --restore"];
        ends(&mut home.on(&emulator, &GEN), 1, &instructions);
        let mut asked = GEN.to_vec();
        asked.push("--json");
        let (code, result) = json(&mut home.on(&emulator, &asked));
        assert_eq!((code, result["error"]["code"].as_str()), (1, Some("store_damaged")), "{name}: {result}");
        ends(&mut home.on(&emulator, &["doctor"]), 1, &["BAD store", "pinxit doctor --restore"]);
        assert_eq!(std::fs::read(database(&home)).unwrap(), damaged, "{name}: nobody touched it");
        assert_eq!(emulator.ledger().submits, 1, "{name}: nothing was sent");

        let words = ["put back: ", "kept: the damaged files, in ", "paused", "pinxit rescue"];
        let report = ends(&mut home.on(&emulator, &["doctor", "--restore"]), 0, &words);
        let kept = report.lines().find_map(|line| line.strip_prefix("kept: the damaged files, in ")).unwrap();
        assert_eq!(std::fs::read(Path::new(kept).join("pinxit.db")).unwrap(), damaged, "{name}: moved, not deleted");
        ends(&mut home.on(&emulator, &["doctor"]), 0, &["ok  store", "whole"]);
        // The job is there again.
        ends(&mut home.on(&emulator, &["wait", "1"]), 0, &[".png"]);
        ends(&mut home.on(&emulator, &["doctor", "--restore"]), 2, &["whole", "nothing was put back"]);
    }
}

#[test]
fn damage_in_the_middle_is_found_by_the_doctor() {
    let (home, emulator) = used();
    let mut whole = std::fs::read(database(&home)).unwrap();
    let pages = whole.len() / 4096;
    whole[8192..4096 * (pages - 1)].fill(0x77);
    std::fs::write(database(&home), &whole).unwrap();
    ends(&mut home.on(&emulator, &["doctor"]), 1, &["BAD store", "--restore"]);
    let words = said(&home.on(&emulator, &GEN).output().unwrap());
    assert!(words.contains("error: ") && !words.contains("panicked"), "{words}");
    assert_eq!(emulator.ledger().submits, 1, "nothing is sent that cannot be written down");
    ends(&mut home.on(&emulator, &["doctor", "--restore"]), 0, &["put back"]);
}

#[test]
fn a_newer_store_is_not_touched() {
    let (home, emulator) = used();
    let db = rusqlite::Connection::open(database(&home)).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    ends(&mut home.on(&emulator, &GEN), 1, &["version 99", "install the newer pinxit"]);
    ends(&mut home.on(&emulator, &["doctor"]), 1, &["BAD store", "version 99"]);
    ends(&mut home.on(&emulator, &["doctor", "--restore"]), 1, &["version 99"]);
}

#[test]
fn a_place_that_is_no_directory_is_said() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    std::fs::write(home.path().join("data"), "mine").unwrap();
    ends(&mut home.on(&emulator, &GEN), 1, &["error: ", "data"]);
    assert_eq!(std::fs::read_to_string(home.path().join("data")).unwrap(), "mine");
    let other = Home::new();
    std::fs::create_dir_all(other.path().join("data/pinxit.db")).unwrap();
    ends(&mut other.on(&emulator, &GEN), 1, &["error: ", "pinxit.db"]);
    assert_eq!(emulator.ledger().submits, 0);
}

#[test]
fn a_store_that_another_program_holds_is_waited_for_and_then_said() {
    let (home, emulator) = used();
    let db = rusqlite::Connection::open(database(&home)).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    ends(&mut home.on(&emulator, &GEN), 1, &["locked", "Another program holds the data store; try again."]);
    assert!(began.elapsed() >= Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(emulator.ledger().submits, 1);
    db.execute_batch("COMMIT").unwrap();
    home.on(&emulator, &GEN).assert().success();
}

/// The program in a mount namespace of its own, after some commands; `None` where the system does not let us make one.
fn apart(home: &Home, emulator: &pinxit::emulator::Emulator, before: &str, args: &[&str]) -> Option<Command> {
    let may =
        std::process::Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|out| out.status.success());
    if !may {
        eprintln!("not tried: this system lets nobody mount in a namespace of their own");
        return None;
    }
    let mut command = Command::new("unshare");
    let script = format!("set -e; cd \"$PINXIT_HOME\"; {before}; exec \"$@\"");
    command.args(["-rm", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_pinxit")]).args(args);
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("PINXIT_HOME", home.path())
        .env("PINXIT_WORKER", "inline");
    command
        .env("DASHSCOPE_API_KEY", "sk-test")
        .env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url())
        .env("LANG", "C.UTF-8");
    Some(command)
}

#[test]
fn a_read_only_data_directory_is_said() {
    let (home, emulator) = used();
    let read_only = "mount --bind data data; mount -o remount,ro,bind data";
    let Some(mut command) = apart(&home, &emulator, read_only, &GEN) else { return };
    ends(&mut command, 1, &["error: ", "Read-only file system", "Make it writable"]);
    let mut doctor = apart(&home, &emulator, read_only, &["doctor"]).unwrap();
    ends(&mut doctor, 1, &["BAD data"]);
    assert_eq!(emulator.ledger().submits, 1);
}

#[test]
fn a_full_disk_is_said_before_anything_is_paid() {
    let (home, emulator) = used();
    // Room for the store, and no more.
    let full = "mkdir small; mount -t tmpfs -o size=400k none small; cp data/pinxit.db small/; \
                dd if=/dev/zero of=small/filler bs=1k count=4000 2>/dev/null || true; mount --bind small data";
    let Some(mut command) = apart(&home, &emulator, full, &GEN) else { return };
    ends(&mut command, 1, &["error: ", "Free some space"]);
    assert_eq!(emulator.ledger().submits, 1);
}

#[test]
fn files_that_may_not_grow_are_said_before_anything_is_paid() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    // Every file may have so many blocks of 512 bytes: less than a new store needs.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 20; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_pinxit")]).args(GEN);
    command.env_clear().env("PINXIT_HOME", home.path()).env("LANG", "C.UTF-8").env("PINXIT_WORKER", "inline");
    command.env("DASHSCOPE_API_KEY", "sk-test").env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url());
    ends(&mut command, 1, &["error: ", "Free some space"]);
    assert_eq!(emulator.ledger().submits, 0);
}

#[test]
fn a_disk_that_fills_up_keeps_the_job_until_there_is_room() {
    let (home, emulator) = used();
    let small = "mkdir -p small; mount -t tmpfs -o size=20m none small; mount --bind small pictures";
    let args: Vec<&str> = GEN.into_iter().chain(["--timeout", "2"]).collect();
    let Some(mut command) = apart(&home, &emulator, small, &args) else { return };
    ends(&mut command, 8, &["not sent: ", "are free in", "are needed"]);
    assert_eq!(emulator.ledger().submits, 1, "nothing was paid");
    home.on(&emulator, &["wait", "2"]).assert().success();
    assert_eq!(emulator.ledger().billed_images, 2);
}
