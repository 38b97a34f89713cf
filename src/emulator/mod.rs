//! A local DashScope on loopback: the same routes, bodies, oddities and refusals, painted
//! pictures instead of generated ones, and a ledger that says what would have been paid.
//!
//! Here lives an independent reading of the API contract. It imports nothing from the rooms that
//! talk to DashScope: a limit that both sides took from one table could be wrong in both.
//! Here does not live: anything that needs the network, a key, or another room of the crate.
//!
//! Reading order: [`Options`] and [`Emulator`], `server` (routes), `submit` (a paid POST),
//! `check` with `models`, `size` and `steering` (what is legal), `inputs` with `uploads` (what is
//! sent along), `tasks` (states) with `others`, `shapes` and `stream` (bodies), `files` with `delivery` (result
//! pictures), `faults` (what can be made to go wrong), `ledger`.

mod answer;
mod auth;
mod check;
mod clock;
mod delivery;
mod door;
mod easel;
mod faults;
mod files;
mod gzip;
mod host;
mod ids;
mod inputs;
mod ledger;
mod models;
mod options;
mod others;
pub mod painter;
mod questions;
mod rates;
mod refusal;
mod server;
mod shapes;
mod size;
mod steering;
mod storage;
mod story;
mod stream;
mod submit;
mod tasks;
mod uploads;
mod wreck;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use faults::{Fault, FaultRule, Scope};
pub use ledger::{Ledger, Received};
pub use options::{Delays, Options, Region, Variants};
pub use refusal::ErrorShape;

use host::Host;

/// A running emulator. Dropping it stops the server.
#[derive(Debug)]
pub struct Emulator {
    host: Arc<Host>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts on the current tokio runtime, bound to 127.0.0.1 only. After a drop no connection is
    /// accepted any more and idle ones are closed; an answer under way is still finished.
    ///
    /// # Errors
    /// The port cannot be bound, or a fault rule could never happen (`InvalidInput`).
    pub async fn start(options: Options) -> io::Result<Emulator> {
        let (listener, host) = open(options).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            // A dropped sender means the same as a sent word: nobody holds the emulator any more.
            let _ = stopped.await;
        };
        tokio::spawn(server::run(listener, Arc::clone(&host), stopped));
        Ok(Emulator { host, stop: Some(stop), thread: None })
    }

    /// Starts on a thread and runtime of its own, with a clock of its own: for callers without a
    /// runtime and for tests whose clock is paused. A drop ends every connection at once.
    ///
    /// # Errors
    /// As [`Emulator::start`], or the thread or runtime cannot be made.
    pub fn spawn(options: Options) -> io::Result<Emulator> {
        let (stop, stopped) = oneshot::channel();
        let (ready, opened) = mpsc::channel();
        let thread =
            std::thread::Builder::new().name("emulator".into()).spawn(move || serve_here(options, &ready, stopped))?;
        let host = opened.recv().map_err(|_| io::Error::other("the emulator's thread ended before it was ready"))??;
        Ok(Emulator { host, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT/api/v1`: what a client takes as its base URL.
    pub fn base_url(&self) -> String {
        format!("{}/api/v1", self.host.origin)
    }

    /// What was asked, billed and delivered so far.
    pub fn ledger(&self) -> Ledger {
        self.host.ledger().clone()
    }

    /// Every generation request received so far, refused ones included, oldest first.
    pub fn requests(&self) -> Vec<Received> {
        self.host.received()
    }

    /// Adds a fault behind those already waiting.
    ///
    /// # Panics
    /// When the fault cannot happen at its scope: a rule that never fires would let a test pass
    /// for the wrong reason.
    pub fn inject(&self, rule: FaultRule) {
        if let Err(why) = self.host.inject(rule) {
            panic!("{why}");
        }
    }

    /// Lets time pass on the server: tasks move on, URLs expire, tasks older than 24 h are
    /// forgotten.
    pub fn age(&self, by: Duration) {
        self.host.clock.advance(by);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn open(options: Options) -> io::Result<(TcpListener, Arc<Host>)> {
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let host = Host::new(listener.local_addr()?.port(), options)
        .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
    Ok((listener, Arc::new(host)))
}

/// Serves on the current thread until stopped, leaving answers under way unfinished.
fn serve_here(options: Options, ready: &mpsc::Sender<io::Result<Arc<Host>>>, stopped: oneshot::Receiver<()>) {
    let built =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("emulator").enable_all().build();
    let opened = built.and_then(|runtime| {
        let opened = runtime.block_on(open(options))?;
        Ok((runtime, opened))
    });
    // Whoever started this thread waits for the word; if nobody hears it, nobody needs a server.
    match opened {
        Err(error) => drop(ready.send(Err(error))),
        Ok((runtime, (listener, host))) => {
            if ready.send(Ok(Arc::clone(&host))).is_ok() {
                runtime.block_on(async {
                    tokio::select! {
                        () = server::run(listener, host, std::future::pending()) => {}
                        _ = stopped => {}
                    }
                });
            }
            runtime.shutdown_background();
        }
    }
}
