//! `pinxit` and `pinxit demo`: the studio, and going from one to the other. The demo's work is done in the same process, the
//! real one's by the worker.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use crate::config::{Config, Flags, Key, Settings};
use crate::domain::{Caps, Draft, Fault, FaultKind};
use crate::engine;
use crate::graphics::Terminal;
use crate::tui::effect::Service;
use crate::tui::runtime::{self, Drawing, Ensure, Left, Studio};
use crate::tui::state::{Access, Compose, Dialog, Looks, Opening, State, Toast, Tone, Welcome};

use super::batch;
use super::desk::{self, Works};
use super::signals::{self, HangUp};
use super::{keys, print, recipe};

/// Opens the studio on the service; without a key it shows the ways on.
pub fn run(flags: &Flags) -> anyhow::Result<u8> {
    let config = desk::configure(flags)?;
    config.settings.base_url()?;
    // A key that goes before any other and cannot work is mended where it is.
    if config.key.as_ref().is_some_and(|key| holds(&config, key)) {
        desk::key(&config)?;
    }
    has_terminal()?;
    sit(flags, Service::Real)
}

/// Opens the studio on an emulator of its own.
pub fn demo(flags: &Flags) -> anyhow::Result<u8> {
    if flags.base_url.is_some() {
        let message = "The demo has an address of its own: --base-url does not go with it.";
        return Err(Fault::new(FaultKind::Invalid, "usage", message).into());
    }
    has_terminal()?;
    sit(flags, Service::Demo)
}

/// Opens one studio after the other, until the user goes on to none: from the demo to the service and back, and from no key
/// to the one just given. What stands in the form comes along.
fn sit(flags: &Flags, first: Service) -> anyhow::Result<u8> {
    let (mut next, mut form) = (Some(first), None);
    while let Some(service) = next {
        let config = desk::configure(flags)?;
        let works = match service {
            Service::Demo => Works::demo(&config)?,
            Service::Real if desk::key(&config).is_ok() => Works::real(&config)?,
            Service::Real => Works::keyless(&config)?,
        };
        let left = open(&config, works, service, form.take())?;
        (next, form) = (left.next, Some(left.compose));
    }
    Ok(0)
}

/// Whether a key goes before one given in the studio.
fn holds(config: &Config, key: &Key) -> bool {
    let own = config.paths.key_file().display().to_string();
    let named = desk::var("DASHSCOPE_API_KEY_FILE_PATH").is_some_and(|path| path.trim() == key.origin);
    key.origin != own && (key.origin.starts_with('$') || named)
}

fn has_terminal() -> Result<(), Fault> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Fault::new(FaultKind::Invalid, "no_terminal", "The studio needs a terminal.")
        .hint("In a script use `pinxit gen`, with --demo to try it."))
}

fn open(config: &Config, works: Works, service: Service, form: Option<Compose>) -> anyhow::Result<Left> {
    let demo = service == Service::Demo;
    let keyless = !demo && desk::key(config).is_err();
    if !works.is_background() && !keyless {
        works.ensure_worker()?;
    }
    let terminal = desk::terminal(config);
    // A draft that cannot be read keeps nobody out.
    let draft = works.store.draft().ok().flatten();
    let mut state = first_state(config, &terminal, works.store.caps(), demo, draft)?;
    state.header.background = works.is_background();
    if let Some(form) = form {
        if let Some(key) = config.key.as_ref().filter(|_| !demo && !keyless) {
            let text = format!("The key is kept in {}; what is sent is paid from now on", key.origin);
            state.toasts.push(Toast { text, tone: Tone::Good, until: desk::now().after(Toast::LONG) });
        }
        // A job that was being changed belongs to the studio before.
        state.compose = Compose { edit: None, ..form };
    }
    if keyless {
        state.dialog = Some(Dialog::Welcome(Welcome::Ways { selected: 0 }));
    }
    // In the order of their weight: of many only the last are kept.
    let until = desk::now().after(Toast::LONG);
    let slow = works.store.notice().map(|text| Toast { text, tone: Tone::Bad, until });
    state.toasts.extend(slow);
    let (store, ensure) = (works.store.clone(), Ensure::new(works.ensure()));
    let (planner, recipes) = (batch::planner(config, &store), recipe::reader(config));
    let (paths, mouse, opener) = (config.paths.clone(), config.settings.mouse, config.settings.opener.clone());
    let Settings { graphics, preview_cap: cap, line_speed, .. } = config.settings;
    let drawing = Drawing { graphics, cap, line_speed };
    let left = runtime::run(Studio { state, store, terminal, drawing, ensure, planner, recipes, paths, mouse, opener });
    let goes_on = left.as_ref().is_ok_and(|left| left.next.is_some());
    if !goes_on {
        // The studio's signals went with it: while a paid call is waited for, one ends the program.
        signals::watch(HangUp::Stops, || false)?;
        if works.is_background() && engine::has_due(&works.store).unwrap_or(false) {
            print::say("The work goes on in the background: `pinxit worker status`.");
        }
    }
    works.stop();
    if let Some(report) = runtime::take_panic_report() {
        print::say(report);
    }
    Ok(left?)
}

/// What the studio opens with: the draft that was left, or an empty prompt with the cursor in it.
fn first_state(
    config: &Config,
    terminal: &Terminal,
    caps: Caps,
    demo: bool,
    draft: Option<Draft>,
) -> Result<State, Fault> {
    let settings = &config.settings;
    let theme = config
        .themes
        .named(&settings.theme, terminal.depth)
        .ok_or_else(|| Fault::new(FaultKind::Other, "theme", format!("There is no theme {}.", settings.theme)))?;
    let (keymap, wrong) = keys::keymap(config);
    let mut state = State::new(Opening {
        catalog: config.catalog.clone(),
        keymap: Arc::new(keymap),
        theme: Arc::new(theme),
        unicode: terminal.unicode,
        model: settings.model.clone(),
        ask_above: (!demo).then_some(settings.ask_above),
        caps,
        region: settings.region,
        demo,
        styles: config.styles.clone(),
        lists: vec![std::path::PathBuf::from("lists"), config.paths.lists()],
        dice: desk::dice(),
        draft,
    });
    let pinned = settings.pinned("theme").map(str::to_owned);
    state.looks = Looks { themes: config.themes.clone(), pinned, still: !settings.motion };
    state.access = access(config, demo);
    state.prefer = settings.prefer;
    let until = desk::now().after(Toast::LONG);
    let toast = |notice: &crate::config::Notice| Toast { text: notice.to_string(), tone: Tone::Bad, until };
    state.toasts = config.notices.iter().chain(&wrong[..wrong.len().min(2)]).map(toast).collect();
    if let Some(more) = wrong.len().checked_sub(2).filter(|more| *more > 0) {
        let text = format!("{more} more lines of the keymap cannot be used: `pinxit keys --check` lists them");
        state.toasts.push(Toast { text, tone: Tone::Bad, until });
    }
    Ok(state)
}

/// What is known about the key.
fn access(config: &Config, demo: bool) -> Access {
    let has_address = settings_name_an_address(config);
    Access {
        missing: !demo && desk::key(config).is_err(),
        refused: config.key.as_ref().and_then(|key| key.usable().err()).map(|fault| fault.message),
        held: config.key.as_ref().filter(|key| holds(config, key)).map(|key| key.origin.clone()),
        asks_region: !has_address && config.settings.pinned("region").is_none(),
        file: config.paths.key_file().display().to_string(),
    }
}

fn settings_name_an_address(config: &Config) -> bool {
    config.settings.values().iter().any(|shown| shown.name == "base_url")
}
