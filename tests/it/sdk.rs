//! The vendor's Python SDK, unchanged, against the emulator: what it can be told, a real client can be told. Runs where
//! Python is; says plainly when it does not run.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use pinxit::emulator::{Delays, Emulator, Options};

const SDK: &str = "dashscope==2.0.2";
const SCRIPT: &str = include_str!("sdk/script.py");
/// Making an environment and filling it, the network included.
const INSTALL_TIME: Duration = Duration::from_secs(180);
/// The SDK sleeps a second and more between polls.
const SCRIPT_TIME: Duration = Duration::from_secs(120);

#[test]
fn the_vendors_sdk_is_served_unchanged() {
    let python = match python_with_sdk() {
        Ok(python) => python,
        Err(why) if std::env::var_os("PINXIT_REQUIRE_SDK").is_some() => panic!("the SDK could not be run: {why}"),
        Err(why) => {
            eprintln!("NOT RUN: the vendor's SDK could not be run here: {why}");
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    // A space, so that the name has to survive the form.
    image::RgbImage::from_pixel(400, 400, image::Rgb([200, 60, 30])).save(folder.path().join("in put.png")).unwrap();
    let script = folder.path().join("script.py");
    std::fs::write(&script, SCRIPT).unwrap();
    let emulator = Emulator::spawn(Options { delays: Delays::ByPoll, ..Options::default() }).unwrap();
    let mut command = Command::new(&python);
    command.arg(&script).arg(emulator.base_url()).arg(folder.path()).env("HOME", folder.path());
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let output = run(&mut command, SCRIPT_TIME).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    let ledger = emulator.ledger();
    assert_eq!(ledger.uploads, 2, "{said}");
    // Two, one, one, none (cancelled), one, two, two.
    assert_eq!(ledger.billed_images, 9, "{said}");
    eprintln!("RUN: {SDK} was served unchanged");
}

/// A Python that can import the SDK: the system's, or one of our own below cargo's target directory.
fn python_with_sdk() -> Result<PathBuf, String> {
    let system = PathBuf::from("python3");
    let version = Command::new(&system).arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Err("there is no python3".into());
    }
    if imports(&system) {
        return Ok(system);
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk");
    let own = home.join("bin/python");
    if imports(&own) {
        return Ok(own);
    }
    let by = Instant::now() + INSTALL_TIME;
    step(Command::new(&system).args(["-m", "venv"]).arg(&home), by)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SDK];
    step(Command::new(&own).args(pip), by)?;
    if imports(&own) { Ok(own) } else { Err(format!("{SDK} was installed but cannot be imported")) }
}

fn imports(python: &Path) -> bool {
    let tried = Command::new(python).args(["-c", "import dashscope"]).output();
    tried.is_ok_and(|output| output.status.success())
}

fn step(command: &mut Command, by: Instant) -> Result<(), String> {
    let output = run(command, by.saturating_duration_since(Instant::now()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// Runs to its end, or ends it when its time is over.
fn run(command: &mut Command, patience: Duration) -> Result<Output, String> {
    let output = command.timeout(patience).output().map_err(|error| format!("{command:?}: {error}"))?;
    // A process that was ended has no exit code.
    if output.status.code().is_none() { Err(format!("{command:?} took longer than {patience:?}")) } else { Ok(output) }
}
