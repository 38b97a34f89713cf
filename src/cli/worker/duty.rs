//! The worker itself: the engine, in this process, until it is told to leave, or there is nothing to do for a while.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::config::Flags;
use crate::domain::{Fault, FaultKind, Phase};
use crate::engine::{self, Engine};
use crate::store::{Store, StoreError};

use super::super::signals::{self, HangUp};
use super::super::{desk, print};
use super::launch::Launch;
use super::log;

/// While there is work, this often a look is had even if no word came: a network file system tells nothing.
const SAFETY_NET: Duration = Duration::from_secs(5);

/// What is left for paid calls when what they bring can no longer be kept.
const GONE: Duration = Duration::from_secs(10);

/// What woke us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woke {
    Changed,
    Stop,
}

/// Why the worker leaves.
#[derive(Debug)]
enum Leaving {
    /// It was told to.
    Told,
    /// There was nothing to do for long enough.
    Idle,
    /// The data directory is no more, or is another one.
    Gone,
    /// A newer pinxit has changed the data store.
    Newer(StoreError),
    /// The engine's own code failed.
    Broken,
}

/// Works; the exit code.
pub fn work(flags: &Flags) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let (bell, woken) = channel();
    let stop = bell.clone();
    signals::watch(HangUp::Ignored, move || stop.send(Woke::Stop).is_ok())?;
    // Out of the session of whoever started us, so that its end is not ours. A shell's own job stays in it: that is refused.
    let _ = rustix::process::setsid();
    let store = desk::store(&config)?;
    let setup = desk::setup(&config, store.clone(), desk::endpoint(&config)?)?;
    let terms = Launch::of(&config)?.terms;
    log::keep(&log::path(&config))?;
    let _watch = store.watch(move || {
        let _ = bell.send(Woke::Changed);
    })?;
    let service = &store.places().service;
    loop {
        let Some(engine) = Engine::start_on(setup.clone(), &terms)? else {
            let holder = Engine::holder(store.places());
            announce(
                &holder.map_or("another process is at work".into(), |holder| format!("at work already: {holder}")),
            );
            return Ok(0);
        };
        let me = std::process::id();
        announce(&format!("at work as process {me}, for {service}"));
        tracing::info!("pinxit {} at work as process {me}, for {service}", env!("CARGO_PKG_VERSION"));
        let most_idle = config.settings.worker_idle;
        match stay(&store, &engine, &woken, most_idle) {
            Leaving::Idle => {
                engine.stop();
                // Somebody may have written a job down, seen us at work, and left it to us.
                if !engine::has_due(&store)? {
                    tracing::info!("nothing to do for {} s: leaving", most_idle.as_secs());
                    return Ok(0);
                }
            }
            other => return leave(&store, engine, other),
        }
    }
}

/// Leaves for a reason that is none to look again; the exit code.
fn leave(store: &Store, engine: Engine, leaving: Leaving) -> anyhow::Result<u8> {
    match leaving {
        Leaving::Told | Leaving::Idle => {
            say_why(store);
            engine.stop();
            tracing::info!("left, as told");
            Ok(0)
        }
        Leaving::Gone => {
            tracing::warn!("{} is gone: leaving", store.places().data.display());
            engine.stop_within(GONE);
            Ok(0)
        }
        Leaving::Newer(error) => {
            tracing::warn!("{error}: leaving");
            engine.stop();
            Err(error.into())
        }
        Leaving::Broken => {
            let fault = Fault::new(FaultKind::Other, "panic", "pinxit itself failed: the engine has stopped.");
            Err(fault.hint("Please report this; `pinxit worker log` has the rest.").into())
        }
    }
}

/// Returns when it is time to leave. While there is nothing to do, nothing is done.
fn stay(store: &Store, engine: &Engine, woken: &Receiver<Woke>, most_idle: Duration) -> Leaving {
    let mut idle_since: Option<Instant> = None;
    loop {
        if !store.is_in_place() {
            return Leaving::Gone;
        }
        if !engine.is_running() {
            return Leaving::Broken;
        }
        if let Err(newer @ StoreError::Newer { .. }) = store.check_version() {
            return Leaving::Newer(newer);
        }
        // A store that cannot be read may have work.
        let is_due = engine::has_due(store).unwrap_or_else(|error| {
            tracing::error!("what is due could not be read: {error}");
            true
        });
        idle_since = (!is_due).then(|| idle_since.unwrap_or_else(Instant::now));
        let left = idle_since.map(|since| most_idle.saturating_sub(since.elapsed()));
        if left == Some(Duration::ZERO) {
            return Leaving::Idle;
        }
        match woken.recv_timeout(left.unwrap_or(SAFETY_NET)) {
            Ok(Woke::Stop) => return Leaving::Told,
            // Many changes at once are looked at once.
            Ok(Woke::Changed) if woken.try_iter().any(|woke| woke == Woke::Stop) => return Leaving::Told,
            Ok(Woke::Changed) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Leaving::Told,
        }
    }
}

/// What keeps a worker that was told to leave.
fn say_why(store: &Store) {
    if store.jobs_in(&[Phase::Submitting]).is_ok_and(|jobs| !jobs.is_empty()) {
        let words = "told to leave: waiting for the answer to a paid call";
        tracing::info!("{words}");
        if io::stderr().is_terminal() {
            print::say(format!("{words}; Ctrl+C leaves at once, and may lose it"));
        }
    }
}

/// The one line on stdout. Whoever started us waits for it, and reads no further.
fn announce(words: &str) {
    let _ = print::line(words).and_then(|()| io::stdout().flush());
}
