//! Asking whoever works to leave, and waiting until it has. It writes everything down first; no job is lost by it.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::config::Flags;
use crate::domain::{Fault, FaultKind, Phase};
use crate::engine::{Engine, Holder};
use crate::store::{Places, Store};

use super::super::{desk, print};

/// Time in which one that has nothing to wait for is gone.
const PROMPTLY: Duration = Duration::from_secs(1);

/// With `--now`: when a paid call has had its time, and how long a worker takes to end at once.
const GRACE: Duration = Duration::from_secs(8);

/// `pinxit worker stop`; the exit code.
pub fn stop(flags: &Flags, now: bool, json: bool) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let places = desk::places(&config)?;
    let Some(holder) = Engine::holder(&places) else {
        print::say(format!("no worker runs for {}", places.service));
        return told(json, None);
    };
    ask(&holder)?;
    let lock = Engine::lock_file(&places);
    if !Engine::wait_free(&lock, Some(PROMPTLY)) {
        print::say(match is_paying(&places) {
            true => "it waits for the answer to a paid call, and leaves when that is here",
            false => "it is on its way out",
        });
        if !now {
            Engine::wait_free(&lock, None);
        } else if !Engine::wait_free(&lock, Some(GRACE)) {
            // A second one ends it at once.
            ask(&holder)?;
            if !Engine::wait_free(&lock, Some(PROMPTLY)) {
                let message = format!("The worker ({holder}) does not leave.");
                return Err(Fault::new(FaultKind::Unfinished, "worker_stays", message).retryable().into());
            }
            print::say("no answer came in time: the job is UNSURE, and is not sent again by itself");
        }
    }
    print::say(format!("the worker ({holder}) has left"));
    told(json, Some(&holder))
}

fn told(json: bool, left: Option<&Holder>) -> anyhow::Result<u8> {
    if json {
        let pid = left.and_then(|holder| holder.pid);
        print::json(&json!({"schema": "pinxit.worker/1", "stopped": left.is_some(), "pid": pid}))?;
    }
    Ok(0)
}

fn is_paying(places: &Places) -> bool {
    let is_ours = matches!(Store::pending(places), Ok(None));
    let paying = |store: Store| store.jobs_in(&[Phase::Submitting]).is_ok_and(|jobs| !jobs.is_empty());
    is_ours && Store::open(places).is_ok_and(paying)
}

/// Before a data store is brought up to date: whoever works on it with an older pinxit could not follow, and leaves first.
pub fn make_way(data: &Path, found: i64) -> Result<(), Fault> {
    for (lock, holder) in Engine::holders(data) {
        print::say(format!("the data store has version {found}, and is brought up to date once {holder} has left"));
        ask(&holder)?;
        if !Engine::wait_free(&lock, Some(PROMPTLY)) {
            print::say("it may be waiting for the answer to a paid call; Ctrl+C leaves everything as it is");
            Engine::wait_free(&lock, None);
        }
    }
    Ok(())
}

/// Asks a holder of the lock to leave.
pub fn ask(holder: &Holder) -> Result<(), Fault> {
    let cannot = |why: String| {
        let message = format!("{holder} cannot be asked to leave: {why}.");
        Fault::new(FaultKind::Other, "worker_not_asked", message).hint("End it where it runs, then try again.")
    };
    if !holder.is_here() {
        return Err(cannot("it runs on another machine".into()));
    }
    let pid = holder.pid.and_then(Pid::from_raw).ok_or_else(|| cannot("it does not say which process it is".into()))?;
    match kill_process(pid, Signal::TERM) {
        // It has left by itself meanwhile.
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(cannot(error.to_string())),
    }
}
