//! A local DashScope on loopback: the same routes, bodies, oddities and refusals, painted
//! pictures instead of generated ones, and a ledger that says what would have been paid.
//!
//! Here lives an independent reading of the API contract. It imports nothing from the rooms that
//! talk to DashScope: a limit that both sides took from one table could be wrong in both.
//! Here does not live: anything that needs the network, a key, or another room of the crate.
//!
//! Reading order: [`Options`] and [`Emulator`] here, `server` (routes), `submit` (a paid POST),
//! `check` with `models`, `size` and `steering` (what is legal), `tasks` (states), `shapes`
//! (bodies), `files` (result pictures), `faults` (what can be made to go wrong), `ledger`.

mod answer;
mod auth;
mod check;
mod clock;
mod faults;
mod files;
mod host;
mod ids;
mod ledger;
mod models;
pub mod painter;
mod refusal;
mod server;
mod shapes;
mod size;
mod steering;
mod submit;
mod tasks;

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

use host::Host;

/// How an emulator behaves. Everything has a default that suits `pinxit demo`.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one key that is right. `None`: any key that starts with `sk-` but not with `sk-sp-`.
    pub key: Option<String>,
    /// How long a task stays in each state.
    pub delays: Delays,
    /// What goes wrong from the start; more can be added with [`Emulator::inject`].
    pub faults: Vec<FaultRule>,
    /// Fixes every id. `None` takes one from the clock, so that a task id of an earlier run is
    /// unknown instead of naming somebody else's task.
    pub seed: Option<u64>,
    /// Which of two documented behaviours to show where sources disagree.
    pub variants: Variants,
}

/// Where the sources of the contract disagree, the reading that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variants {
    /// An unknown model answers 404 `ModelNotFound` instead of 400 `InvalidParameter`
    /// (contract 11).
    pub unknown_model_404: bool,
    /// A FAILED task carries `code` and `message` beside `output` instead of inside
    /// (contract 4.3).
    pub failure_on_top: bool,
    /// qwen-image-max is accepted on the asynchronous text2image path (contract 12, row 1).
    pub qwen_image_max_async: bool,
    /// wan2.7 is accepted on the asynchronous image-generation path (contract 12, row 9).
    pub wan27_async: bool,
}

impl Default for Variants {
    fn default() -> Self {
        Variants { unknown_model_404: false, failure_on_top: false, qwen_image_max_async: false, wan27_async: true }
    }
}

/// How a task moves from PENDING over RUNNING to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delays {
    /// By time. A synchronous call takes the sum of both.
    After {
        /// Time in PENDING.
        pending: Duration,
        /// Time in RUNNING.
        running: Duration,
    },
    /// By question: every task query answers the state and then moves it on, so three queries
    /// read PENDING, RUNNING and the end. A synchronous call answers at once.
    ByPoll,
}

impl Default for Delays {
    /// Half a second of waiting and one and a half of painting: long enough to be seen.
    fn default() -> Self {
        Delays::After { pending: Duration::from_millis(500), running: Duration::from_millis(1500) }
    }
}

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
