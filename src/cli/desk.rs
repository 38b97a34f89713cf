//! What commands work at: configuration, terminal, the place requests go to, the store and the worker.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use secrecy::SecretString;

use crate::api::{Client, Endpoint};
use crate::config::{Bases, Config, Flags, Graphics, Key};
use crate::domain::{Fault, FaultKind, Now, Phase};
use crate::emulator::{Emulator, Options};
use crate::engine::{Clock, Engine, Pace, Setup};
use crate::graphics::{Glyphs, Terminal};
use crate::store::{Places, Store};

/// The key of the built-in emulator, which takes any.
const DEMO_KEY: &str = "sk-demo";

/// An environment variable that is set to readable text.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The time.
pub fn now() -> Now {
    Clock::real().now()
}

/// A number that differs from run to run, for seeds.
pub fn dice() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library keys its hash maps from the system's random numbers.
    std::hash::RandomState::new().build_hasher().finish()
}

/// Reads the configuration.
pub fn configure(flags: &Flags) -> Result<Config, Fault> {
    Config::load(&var, Bases::system().as_ref(), flags)
}

/// Reads the configuration and says what could not be used.
pub fn configure_aloud(flags: &Flags) -> Result<Config, Fault> {
    let config = configure(flags)?;
    config.notices.iter().for_each(|notice| super::print::say(format!("note: {notice}")));
    Ok(config)
}

/// What the terminal can show, as far as the user does not say otherwise.
pub fn terminal(config: &Config) -> Terminal {
    let mut terminal = Terminal::detect(var);
    let set = match config.settings.graphics {
        Graphics::Auto => return terminal,
        Graphics::Half => Glyphs::HalfBlocks,
        Graphics::Ascii => Glyphs::Ascii,
        Graphics::None => Glyphs::None,
    };
    terminal.glyphs = set;
    let origin = config.settings.values().iter().find(|shown| shown.name == "graphics").map(|shown| &shown.origin);
    let word = match set {
        Glyphs::HalfBlocks => "half blocks",
        Glyphs::Ascii => "letters",
        Glyphs::None => "none",
    };
    terminal.reasons.push(format!("pictures: {word}, as set ({})", origin.map_or("settings", String::as_str)));
    terminal
}

/// The key, or three ways on.
pub fn key(config: &Config) -> Result<&Key, Fault> {
    let key = config.key.as_ref().ok_or_else(|| {
        Fault::new(FaultKind::Access, "no_key", "There is no API key.").hint(
            "Three ways on:\n    \
             pinxit demo                        try it without a key: nothing is sent, nothing is paid\n    \
             export DASHSCOPE_API_KEY=sk-...    if you have a key\n    \
             https://modelstudio.console.alibabacloud.com    make one (Model Studio, API keys)",
        )
    })?;
    key.usable()?;
    Ok(key)
}

/// Which service an address leads to: its host, and its port where it is not the usual one.
fn service(base_url: &str) -> String {
    let url = url::Url::parse(base_url).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
    match host {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_owned(),
        None => base_url.to_owned(),
    }
}

/// Where the jobs of the configured service are kept.
pub fn places(config: &Config) -> Result<Places, Fault> {
    let service = service(&config.settings.base_url()?);
    Ok(Places { data: config.paths.data.clone(), pictures: config.paths.pictures.clone(), service })
}

/// What is known about jobs, without anybody to work on them: needs no key.
pub fn store(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(&places(config)?)?;
    store.notice().iter().for_each(|notice| super::print::say(format!("note: {notice}")));
    Ok(store.within(config.settings.caps))
}

/// The service, and the user's key for it.
pub fn endpoint(config: &Config) -> Result<Endpoint, Fault> {
    Ok(Endpoint { base_url: config.settings.base_url()?, key: key(config)?.secret.clone() })
}

/// How often a stand-by looks whether the worker lock is free.
const NEXT_LOOK: Duration = Duration::from_secs(1);

/// A thread that takes over the work when the process that does it leaves.
#[derive(Debug)]
pub struct Standby {
    leave: Sender<()>,
    thread: JoinHandle<Option<Engine>>,
}

/// Everything needed to have jobs done.
#[derive(Debug)]
pub struct Works {
    /// The meeting place.
    pub store: Store,
    setup: Setup,
    engine: Option<Engine>,
    // Behind the engine: it must not lose its service before it has stopped.
    _emulator: Option<Emulator>,
}

impl Works {
    /// On the service, with the user's key.
    pub fn real(config: &Config) -> anyhow::Result<Works> {
        Works::open(config, store(config)?, endpoint(config)?, None)
    }

    /// On an emulator of its own, with everything apart.
    pub fn demo(config: &Config) -> anyhow::Result<Works> {
        let emulator = Emulator::spawn(Options::default())?;
        let paths = config.paths.demo();
        // Its port differs from run to run; its jobs are the demo's all the same.
        let places = Places { data: paths.data, pictures: paths.pictures, service: "demo".into() };
        let endpoint = Endpoint { base_url: emulator.base_url(), key: SecretString::from(DEMO_KEY) };
        // Its money is not real: no limits.
        Works::open(config, Store::open(&places)?, endpoint, Some(emulator))
    }

    fn open(config: &Config, store: Store, endpoint: Endpoint, emulator: Option<Emulator>) -> anyhow::Result<Works> {
        let pace = Pace::for_url(&endpoint.base_url);
        let client = Client::new(endpoint)?;
        let setup = Setup {
            store: store.clone(),
            catalog: config.catalog.clone(),
            client,
            region: config.settings.region,
            prefer: config.settings.prefer,
            pace,
            clock: Clock::real(),
        };
        Ok(Works { store, setup, engine: None, _emulator: emulator })
    }

    /// Makes sure somebody does the work: we, or the process that holds the worker lock.
    pub fn ensure_worker(&mut self) -> io::Result<()> {
        if self.engine.is_none() {
            self.engine = Engine::start(self.setup.clone())?;
        }
        Ok(())
    }

    /// Whether the work is done in this process.
    pub fn is_worker(&self) -> bool {
        self.engine.is_some()
    }

    /// Waits, on a thread of its own, for the process that holds the worker lock to leave, and takes over. `None` when the
    /// work is done in this process already.
    pub fn stand_by(&self) -> Option<Standby> {
        if self.is_worker() {
            return None;
        }
        let (leave, left) = channel();
        let setup = self.setup.clone();
        let thread = std::thread::spawn(move || {
            loop {
                // Trouble with the lock file is no reason to give up: jobs would wait for ever.
                if let Ok(Some(engine)) = Engine::start(setup.clone()) {
                    return Some(engine);
                }
                if left.recv_timeout(NEXT_LOOK) != Err(RecvTimeoutError::Timeout) {
                    return None;
                }
            }
        });
        Some(Standby { leave, thread })
    }

    /// Takes over what a stand-by has started.
    pub fn relieve(&mut self, standby: Standby) {
        drop(standby.leave);
        self.engine = standby.thread.join().ok().flatten();
    }

    /// Stops working: a paid call under way is waited for.
    pub fn stop(mut self) {
        let Some(engine) = self.engine.take() else { return };
        let paying = self.store.jobs_in(&[Phase::Submitting]).is_ok_and(|jobs| !jobs.is_empty());
        if paying {
            super::print::say("waiting for the answer to a paid call; Ctrl+C leaves at once, and may lose it");
        }
        engine.stop();
    }
}
