//! Pictures beyond this program: opened in one of the user's own where there is a display, and how this machine is reached
//! from where there is none.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio::sync::mpsc::UnboundedSender;

use crate::config::withhold;
use crate::domain::{Fault, FaultKind, text};
use crate::tui::msg::Msg;

/// What the shell ends with where it finds no such program, or may not start it.
const NOT_STARTED: [i32; 2] = [126, 127];

/// The program that opens pictures, as the user names it (the setting `opener`), or the desktop's own; where there is no
/// display, none but a named one.
fn opener(named: &str, env: impl Fn(&str) -> Option<String>, mac: bool) -> Result<String, Fault> {
    let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    if !named.trim().is_empty() {
        return Ok(named.to_owned());
    }
    let far = set("SSH_CONNECTION").is_some() && set("DISPLAY").is_none() && set("WAYLAND_DISPLAY").is_none();
    match mac {
        true if !far => Ok("open".to_owned()),
        false if set("DISPLAY").is_some() || set("WAYLAND_DISPLAY").is_some() => Ok("xdg-open".to_owned()),
        _ => {
            let fault = Fault::new(FaultKind::Invalid, "no_display", "There is no display here to open it on.");
            Err(fault.hint("Name a program that needs none: opener = \"...\" in config.toml, or PINXIT_OPENER."))
        }
    }
}

/// Opens a picture, and says what does it. Never waits: the program goes on by itself.
pub(super) fn open(named: String, path: PathBuf, answers: UnboundedSender<Msg>) -> io::Result<()> {
    std::thread::Builder::new().name("outside".into()).spawn(move || {
        let program = opener(&named, |name| std::env::var(name).ok(), cfg!(target_os = "macos"));
        let started = program.and_then(|program| start(&program, &path).map(|child| (program, child)));
        match started {
            Ok((program, mut child)) => {
                let program = text::clean(&program).into_owned();
                let _ = answers.send(Msg::Opened(Ok(program.clone())));
                // So that it leaves nothing behind when it ends.
                let code = child.wait().ok().and_then(|ended| ended.code());
                if code.is_some_and(|code| NOT_STARTED.contains(&code)) {
                    let words = format!("{program} cannot be started here: no such program is found.");
                    let _ = answers.send(Msg::Opened(Err(Fault::new(FaultKind::Other, "opener_failed", words))));
                }
            }
            Err(fault) => {
                let _ = answers.send(Msg::Opened(Err(fault)));
            }
        }
    })?;
    Ok(())
}

/// By the shell: what the user names may have arguments. It gets neither the terminal nor the key.
fn start(program: &str, path: &Path) -> Result<std::process::Child, Fault> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec {program} \"$@\"")).arg("sh").arg(path);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    withhold(&mut shell).spawn().map_err(|error| {
        let words = format!("{program} cannot be started: {error}.");
        Fault::new(FaultKind::Other, "opener_failed", text::clean(&words))
    })
}

/// How this machine is reached from the user's own, and by which port where it is not the usual one: as the line that is
/// there now came, else by its name.
pub(super) fn reached_by(env: impl Fn(&str) -> Option<String>, name: &str) -> (String, Option<u16>) {
    // SSH_CONNECTION: the other's address and port, then ours.
    let line = env("SSH_CONNECTION").unwrap_or_default();
    let mut words = line.split_whitespace().skip(2);
    let (host, port) = (words.next().unwrap_or(name), words.next().and_then(|port| port.parse().ok()));
    let user = env("USER").or_else(|| env("LOGNAME")).map(|user| format!("{user}@")).unwrap_or_default();
    let host = text::clean(&format!("{user}{host}")).into_owned();
    (host, port.filter(|port| *port != 22))
}

/// What this machine calls itself.
pub(super) fn name_of_machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "localhost".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_env<'a>(vars: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_picture_is_opened_where_there_is_a_display_or_a_program_is_named() {
        let told = |vars: &[(&str, &str)], mac| opener("", in_env(vars), mac).map_err(|fault| fault.code);
        let ssh = ("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22");
        assert_eq!(told(&[("DISPLAY", ":0")], false), Ok("xdg-open".into()));
        assert_eq!(told(&[("WAYLAND_DISPLAY", "wayland-0"), ssh], false), Ok("xdg-open".into()));
        assert_eq!(told(&[], true), Ok("open".into()));
        assert_eq!((told(&[ssh], true), told(&[ssh], false)), (Err("no_display".into()), Err("no_display".into())));
        assert_eq!(told(&[("DISPLAY", "")], false), Err("no_display".into()));
        let named = opener("feh -F", in_env(&[ssh]), false).map_err(|fault| fault.code);
        assert_eq!(named, Ok("feh -F".into()));
    }

    #[test]
    fn a_program_that_is_not_there_is_said() {
        let (send, mut answers) = tokio::sync::mpsc::unbounded_channel();
        open("no-such-program-here -F".into(), "/p/fox.png".into(), send).expect("a thread");
        assert!(matches!(answers.blocking_recv(), Some(Msg::Opened(Ok(program))) if program.contains("no-such")));
        let Some(Msg::Opened(Err(fault))) = answers.blocking_recv() else { panic!("nothing is said") };
        assert!(fault.message.contains("no-such-program-here -F cannot be started"), "{}", fault.message);
    }

    #[test]
    fn the_machine_is_reached_as_the_line_came() {
        let told = |vars: &[(&str, &str)]| reached_by(in_env(vars), "box");
        let (user, ssh) = (("USER", "ana"), ("SSH_CONNECTION", "10.0.0.9 50000 10.0.0.5 2222"));
        assert_eq!(told(&[user, ssh]), ("ana@10.0.0.5".into(), Some(2222)));
        assert_eq!(told(&[user, ("SSH_CONNECTION", "a 1 fe80::1 22")]), ("ana@fe80::1".into(), None));
        assert_eq!(told(&[("LOGNAME", "ana")]), ("ana@box".into(), None));
        assert_eq!(told(&[("SSH_CONNECTION", "cut short")]), ("box".into(), None));
    }

    #[test]
    fn a_program_gets_the_picture_and_not_the_key() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, out) = (dir.path().join("a b.png"), dir.path().join("out"));
        let program = r#"sh -c 'printf %s "$1${QWEN_API_KEY-}" > "$(dirname "$1")/out"' sh"#;
        let mut child = start(program, &path).expect("it starts");
        assert!(child.wait().expect("it ends").success());
        assert_eq!(std::fs::read_to_string(out).expect("written"), path.display().to_string());
    }
}
