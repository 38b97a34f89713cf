//! Ctrl+C, TERM and HUP for commands without a screen of their own.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// The exit code of a program the user stopped.
const INTERRUPTED: i32 = 130;

/// What HUP means: the terminal has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// As Ctrl+C does, unless it was ignored when we started.
    Stops,
    /// Nothing.
    Ignored,
}

/// Calls `tell` at the first signal. A second one, or one that `tell` says nobody heard, ends the process at once.
pub fn watch(hang_up: HangUp, tell: impl FnOnce() -> bool + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut int, mut term, hang_ups) = {
        // Signals can be taken over only inside a runtime.
        let _inside = runtime.enter();
        // `nohup` means: go on without the terminal.
        let deaf = hang_up == HangUp::Stops && hang_up_is_ignored();
        let hung_up = (!deaf).then(|| signal(SignalKind::hangup())).transpose()?;
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, hung_up)
    };
    let wait = async move {
        let mut hang_ups = hang_ups;
        let mut tell = Some(tell);
        loop {
            let hung_up = async {
                match hang_ups.as_mut() {
                    Some(signal) => signal.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = int.recv() => {}
                _ = term.recv() => {}
                _ = hung_up => if hang_up == HangUp::Ignored { continue },
            }
            if !tell.take().is_some_and(|tell| tell()) {
                std::process::exit(INTERRUPTED);
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(wait)).map(|_| ())
}

/// Whether HUP was ignored when we started, as `nohup` arranges.
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
