//! `pinxit` and `pinxit demo`: the studio. The demo's work is done in the same process, the real one's by the worker.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use crate::config::{Config, Flags};
use crate::domain::{Caps, Draft, Fault, FaultKind};
use crate::engine;
use crate::graphics::Terminal;
use crate::keymap::Keymap;
use crate::theme::Theme;
use crate::tui::runtime::{self, Ensure, Studio};
use crate::tui::state::{Opening, State, Toast, Tone};

use super::desk::{self, Works};
use super::print;
use super::signals::{self, HangUp};

/// Opens the studio on the service.
pub fn run(flags: &Flags) -> anyhow::Result<u8> {
    let config = desk::configure(flags)?;
    config.settings.base_url()?;
    desk::key(&config)?;
    has_terminal()?;
    open(&config, Works::real(&config)?, false)
}

/// Opens the studio on an emulator of its own.
pub fn demo(flags: &Flags) -> anyhow::Result<u8> {
    if flags.base_url.is_some() {
        let message = "The demo has an address of its own: --base-url does not go with it.";
        return Err(Fault::new(FaultKind::Invalid, "usage", message).into());
    }
    let config = desk::configure(flags)?;
    has_terminal()?;
    open(&config, Works::demo(&config)?, true)
}

fn has_terminal() -> Result<(), Fault> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Fault::new(FaultKind::Invalid, "no_terminal", "The studio needs a terminal.")
        .hint("In a script use `pinxit gen`, with --demo to try it."))
}

fn open(config: &Config, works: Works, demo: bool) -> anyhow::Result<u8> {
    if !works.is_background() {
        works.ensure_worker()?;
    }
    let terminal = desk::terminal(config);
    // A draft that cannot be read keeps nobody out.
    let draft = works.store.draft().ok().flatten();
    let mut state = first_state(config, &terminal, works.store.caps(), demo, draft)?;
    state.header.background = works.is_background();
    let left =
        runtime::run(Studio { state, store: works.store.clone(), terminal, ensure: Ensure::new(works.ensure()) });
    // The studio's signals went with it: while a paid call is waited for, one ends the program.
    signals::watch(HangUp::Stops, || false)?;
    if works.is_background() && engine::has_due(&works.store).unwrap_or(false) {
        print::say("The work goes on in the background: `pinxit worker status`.");
    }
    works.stop();
    if let Some(report) = runtime::take_panic_report() {
        print::say(report);
    }
    left?;
    Ok(0)
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
    let theme = Theme::named(&settings.theme, terminal.depth)
        .ok_or_else(|| Fault::new(FaultKind::Other, "theme", format!("There is no theme {}.", settings.theme)))?;
    let mut state = State::new(Opening {
        catalog: config.catalog.clone(),
        keymap: Arc::new(Keymap::builtin()),
        theme: Arc::new(theme),
        unicode: terminal.unicode,
        model: settings.model.clone(),
        ask_above: (!demo).then_some(settings.ask_above),
        caps,
        region: settings.region,
        demo,
        dice: desk::dice(),
        draft,
    });
    let until = desk::now().after(Toast::LONG);
    let toast = |notice: &crate::config::Notice| Toast { text: notice.to_string(), tone: Tone::Bad, until };
    state.toasts = config.notices.iter().map(toast).collect();
    Ok(state)
}
