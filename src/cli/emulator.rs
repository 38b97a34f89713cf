//! `pinxit emulator`: the local stand-in for the service, until it is stopped.

use std::io::{self, Write};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;

use crate::domain::{Fault, FaultKind};
use crate::emulator::{Delays, Emulator, Options};

use super::{print, signals};

const EXAMPLES: &str = "\
The first line on stdout is the base address. Any key that starts with sk- is taken, unless --key names one.
What was asked, billed and delivered is counted at /__ledger of the same host.

Examples:
  pinxit emulator --port 8787
  pinxit emulator --latency 0 --key sk-right
";

/// The flags of `emulator`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct EmulatorArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The one key that is right (of a stand-in: no secret)
    #[arg(long)]
    pub key: Option<String>,
    /// How long a task takes: a quarter of it waiting, the rest painting
    #[arg(long, value_name = "MS")]
    pub latency: Option<u64>,
}

/// Runs until Ctrl+C or TERM.
pub fn run(args: &EmulatorArgs) -> anyhow::Result<u8> {
    let mut options = Options { port: args.port, key: args.key.clone(), ..Options::default() };
    if let Some(latency) = args.latency {
        let pending = Duration::from_millis(latency / 4);
        options.delays = Delays::After { pending, running: Duration::from_millis(latency) - pending };
    }
    let (bell, rung) = mpsc::channel();
    signals::watch(move || bell.send(()).is_ok())?;
    let emulator = Emulator::spawn(options).map_err(|e| {
        let message = format!("The emulator cannot listen on port {} of 127.0.0.1: {e}.", args.port);
        Fault::new(FaultKind::Other, "listen", message).hint("Choose another --port, or leave it out.")
    })?;
    let base_url = emulator.base_url();
    print::line(&base_url)?;
    io::stdout().flush()?;
    print::say("In another shell:");
    print::say(format!("  export DASHSCOPE_HTTP_BASE_URL={base_url}"));
    print::say(format!("  export DASHSCOPE_API_KEY={}", args.key.as_deref().unwrap_or("sk-emulator")));
    print::say("  pinxit");
    print::say("Ctrl+C ends it.");
    // The other end is held by the signals' thread: an error means it is gone, and so should we be.
    let _ = rung.recv();
    Ok(0)
}
