//! What commands work at: configuration, terminal, the place requests go to, the store and the worker.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use crate::api::{Client, Endpoint};
use crate::config::{Bases, Config, Flags, Graphics, Key};
use crate::domain::{Fault, FaultKind, Money, Now, Period, Phase, text};
use crate::emulator::{Emulator, Options};
use crate::engine::{self, Clock, Engine, Pace, Setup};
use crate::graphics::{Glyphs, Grid, Terminal};
use crate::store::{Places, Store};

use super::worker::{self, Launch};

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
    // Where pixels are set and do not go, cells are painted as ever.
    let Some(set) = glyphs(config.settings.graphics) else { return terminal };
    terminal.glyphs = set;
    let origin = config.settings.values().iter().find(|shown| shown.name == "graphics").map(|shown| &shown.origin);
    let word = match set {
        Glyphs::HalfBlocks => "half blocks",
        Glyphs::Mosaic(Grid::Quadrants) => "quadrant blocks",
        Glyphs::Mosaic(Grid::Sextants) => "sextant blocks",
        Glyphs::Mosaic(Grid::Octants) => "octant blocks",
        Glyphs::Ascii => "letters",
        Glyphs::None => "none",
    };
    terminal.reasons.push(format!("pictures: {word}, as set ({})", origin.map_or("settings", String::as_str)));
    terminal
}

/// The glyphs a setting or flag names, if any.
pub fn glyphs(graphics: Graphics) -> Option<Glyphs> {
    match graphics {
        Graphics::Auto | Graphics::Kitty | Graphics::Iterm | Graphics::Sixel => None,
        Graphics::Octant => Some(Glyphs::Mosaic(Grid::Octants)),
        Graphics::Sextant => Some(Glyphs::Mosaic(Grid::Sextants)),
        Graphics::Quadrant => Some(Glyphs::Mosaic(Grid::Quadrants)),
        Graphics::Half => Some(Glyphs::HalfBlocks),
        Graphics::Ascii => Some(Glyphs::Ascii),
        Graphics::None => Some(Glyphs::None),
    }
}

/// The key, or three ways on.
pub fn key(config: &Config) -> Result<&Key, Fault> {
    let key = config.key.as_ref().ok_or_else(|| {
        Fault::new(FaultKind::Access, "no_key", "There is no API key.").hint(
            "Ways on:\n    \
             pinxit demo                        try it without a key: nothing is sent, nothing is paid\n    \
             pinxit                             give it a key: it is kept in a file only you can read\n    \
             export DASHSCOPE_API_KEY=sk-...    the same for this shell alone\n    \
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
    let store = open(&places(config)?)?;
    store.notice().iter().for_each(|notice| super::print::say(format!("note: {notice}")));
    Ok(store.within(config.settings.caps))
}

/// Where there is nothing here: that the demo has something, and the command that shows it. Empty where it has not.
pub fn apart(config: &Config, command: &str) -> String {
    if !Store::exists(&demo_places(config)) {
        return String::new();
    }
    let home = text::shell(&text::clean(&config.paths.demo_home().display().to_string()));
    format!(" What the demo made is kept apart: PINXIT_HOME={home} pinxit {command}")
}

/// Where the demo keeps its store. Its port differs from run to run; its jobs are the demo's all the same.
fn demo_places(config: &Config) -> Places {
    let paths = config.paths.demo();
    Places { data: paths.data, pictures: paths.pictures, service: "demo".into() }
}

/// Opens a store. Whoever works on one of an older version leaves before it is brought up to date.
fn open(places: &Places) -> anyhow::Result<Store> {
    if let Some(found) = Store::pending(places)? {
        worker::make_way(&places.data, found)?;
    }
    Ok(Store::open(places)?)
}

/// What is left of the month's budget, if there is one.
pub fn month_left(store: &Store) -> anyhow::Result<Option<Money>> {
    let Some(cap) = store.caps().month else { return Ok(None) };
    let spent = store.spent(Period::Month, cap.currency, now())?;
    Ok(Some(Money { micros: (cap.micros - spent.total().micros).max(0), ..cap }))
}

/// The service, and the user's key for it.
pub fn endpoint(config: &Config) -> Result<Endpoint, Fault> {
    Ok(Endpoint { base_url: config.settings.base_url()?, key: key(config)?.secret.clone() })
}

/// What an engine works with.
pub fn setup(config: &Config, store: Store, endpoint: Endpoint) -> Result<Setup, Fault> {
    let pace = Pace::for_url(&endpoint.base_url);
    Ok(Setup {
        store,
        catalog: config.catalog.clone(),
        client: Client::new(endpoint)?,
        region: config.settings.region,
        prefer: config.settings.prefer,
        pace,
        clock: Clock::real(),
        keeping: config.settings.keeping,
    })
}

/// Everything needed to have jobs done.
#[derive(Debug)]
pub struct Works {
    /// The meeting place.
    pub store: Store,
    hands: Hands,
    // Behind the engine: it must not lose its service before it has stopped.
    _emulator: Option<Emulator>,
}

/// Whose the work is. Clones are the same hands.
#[derive(Debug, Clone)]
enum Hands {
    /// This process's, as far as no other one holds the worker lock.
    Own { setup: Arc<Setup>, engine: Arc<Mutex<Option<Engine>>> },
    /// The background worker's.
    Worker { launch: Arc<Launch>, places: Places },
    /// Nobody's: there is no key.
    Nobody,
}

impl Hands {
    fn ensure(&self) -> Result<(), Fault> {
        match self {
            Hands::Worker { launch, places } => launch.ensure(places),
            Hands::Nobody => Err(Fault::new(FaultKind::Access, "no_key", "Jobs wait: there is no API key.")
                .hint("Give one in the studio, or set DASHSCOPE_API_KEY.")),
            Hands::Own { setup, engine } => {
                let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
                if engine.is_none() {
                    *engine = Engine::start(Setup::clone(setup)).map_err(|error| no_lock(&error))?;
                }
                Ok(())
            }
        }
    }
}

fn no_lock(error: &io::Error) -> Fault {
    Fault::new(FaultKind::Other, "file", format!("The worker lock cannot be taken: {error}."))
}

impl Works {
    /// On the service, with the user's key: by the background worker, or here where the user wants that.
    pub fn real(config: &Config) -> anyhow::Result<Works> {
        let (store, endpoint) = (store(config)?, endpoint(config)?);
        if !config.settings.background {
            return Ok(Works::own(setup(config, store, endpoint)?, None));
        }
        let launch = Launch::of(config)?;
        launch.renew(&store)?;
        let hands = Hands::Worker { launch: Arc::new(launch), places: store.places().clone() };
        Ok(Works { store, hands, _emulator: None })
    }

    /// On the service, to look around without a key: nothing is sent.
    pub fn keyless(config: &Config) -> anyhow::Result<Works> {
        Ok(Works { store: store(config)?, hands: Hands::Nobody, _emulator: None })
    }

    /// On an emulator of its own, with everything apart.
    pub fn demo(config: &Config) -> anyhow::Result<Works> {
        let emulator = Emulator::spawn(Options::default())?;
        let endpoint = Endpoint { base_url: emulator.base_url(), key: SecretString::from(DEMO_KEY) };
        // Its money is not real: no limits.
        Ok(Works::own(setup(config, open(&demo_places(config))?, endpoint)?, Some(emulator)))
    }

    fn own(setup: Setup, emulator: Option<Emulator>) -> Works {
        let store = setup.store.clone();
        let hands = Hands::Own { setup: Arc::new(setup), engine: Arc::default() };
        Works { store, hands, _emulator: emulator }
    }

    /// Makes sure somebody does the work: the background worker, we, or whichever process holds the worker lock.
    pub fn ensure_worker(&self) -> Result<(), Fault> {
        self.hands.ensure()
    }

    /// The same for other threads, where there is something to do.
    pub fn ensure(&self) -> impl Fn() -> Result<(), Fault> + Send + Sync + 'static {
        let (store, hands) = (self.store.clone(), self.hands.clone());
        move || if engine::has_due(&store)? { hands.ensure() } else { Ok(()) }
    }

    /// Whether the work goes on without this process.
    pub fn is_background(&self) -> bool {
        matches!(self.hands, Hands::Worker { .. })
    }

    /// Whether the work is done in this process.
    pub fn is_worker(&self) -> bool {
        match &self.hands {
            Hands::Own { engine, .. } => engine.lock().unwrap_or_else(PoisonError::into_inner).is_some(),
            Hands::Worker { .. } | Hands::Nobody => false,
        }
    }

    /// Stops working: a paid call under way is waited for. The background worker goes on.
    pub fn stop(self) {
        let Hands::Own { engine, .. } = &self.hands else { return };
        let Some(engine) = engine.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let paying = self.store.jobs_in(&[Phase::Submitting]).is_ok_and(|jobs| !jobs.is_empty());
        if paying {
            super::print::say("waiting for the answer to a paid call; Ctrl+C leaves at once, and may lose it");
        }
        engine.stop();
    }
}
