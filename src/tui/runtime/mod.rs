//! The loop around the pure core: keys and changes in, effects out, frames to the terminal.
//!
//! In: `signals`, `input` (bytes from `decode`), `changes` of the store, `clock`. In the middle: `cycle`. Out: `screen`
//! (what changed, by way of `pen`) through `wire`; `pictures`, which asks the terminal what it shows (`ways`; tmux by
//! `outer`) and sends what is in `sight` on a `lane` of their own, no faster than the line bears (`pace`), from what the
//! `painter` put into the `stock`, or had in its `cache`; and `effects` (`orders` to the store, the `painter`, `eyes` for the
//! user's files, the `keeper` of choices, the `finder` in the history, the `librarian` of the shelf, the `tracer` of families,
//! the `clipboard`, `elsewhere`, the user's own editor, and `outside`, their own viewer). `ensure` sees to it that somebody
//! does the work, `planner` plans batches.
//! Around it all: `guard`, which gives the terminal back, and `panic`, which keeps what is to be told afterwards.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::mpsc::unbounded_channel;

use crate::config::{Graphics, Paths};
use crate::domain::{Fault, FaultKind, text};
use crate::graphics::Terminal;
use crate::store::Store;

use super::effect::Service;
use super::msg::Msg;
use super::state::{Compose, State};

mod cache;
mod changes;
mod clipboard;
mod clock;
mod cycle;
mod decode;
mod effects;
mod elsewhere;
mod ensure;
mod eyes;
mod finder;
mod guard;
mod hand;
mod input;
mod keeper;
mod lane;
mod librarian;
mod orders;
mod outer;
mod outside;
mod pace;
mod painter;
mod panic;
mod pen;
mod pictures;
mod planner;
mod recipes;
mod screen;
mod sight;
mod signals;
mod stock;
mod tracer;
mod ways;
mod wire;

#[cfg(test)]
mod budget_tests;
#[cfg(test)]
mod line_tests;
#[cfg(test)]
#[path = "model_tests.rs"]
mod model;

pub use ensure::Ensure;
pub use panic::take_panic_report;
pub use planner::{Planner, Start};
pub use recipes::Recipes;

use cycle::{Cycle, Inboxes};
use effects::World;
use guard::Guard;
use painter::Tools;
use pictures::Pictures;
use stock::Stock;
use wire::{Tty, Wire};

/// What the studio runs on.
#[derive(Debug)]
pub struct Studio {
    /// The first state; its size and place are filled in by the runtime.
    pub state: State,
    /// The meeting place with the engine.
    pub store: Store,
    /// What the terminal can show.
    pub terminal: Terminal,
    /// How pictures are drawn.
    pub drawing: Drawing,
    /// Makes sure somebody does the work.
    pub ensure: Ensure,
    /// What is asked about batches.
    pub planner: Planner,
    /// What is asked about recipes in files.
    pub recipes: Recipes,
    /// Where what the user chooses is kept for the next start.
    pub paths: Paths,
    /// Whether the mouse is ours and not the terminal's.
    pub mouse: bool,
    /// What opens pictures beyond the studio; empty: what the desktop has.
    pub opener: String,
}

/// How pictures are drawn, as the user set it.
#[derive(Debug, Clone, Copy)]
pub struct Drawing {
    /// The way.
    pub graphics: Graphics,
    /// Bytes a picture may cost; `None`: by what the line bears.
    pub cap: Option<usize>,
    /// Bytes a second the line carries; `None`: as measured.
    pub line_speed: Option<u64>,
}

/// How the studio was left.
#[derive(Debug)]
pub struct Left {
    /// The service the user wants to go on with; `None`: out.
    pub next: Option<Service>,
    /// The form as it was left.
    pub compose: Compose,
}

/// Runs the studio until the user leaves, or HUP, TERM, INT or QUIT arrive. The terminal is given back whole in every
/// case, a panic included; then the fault has the code `panic` and [`take_panic_report`] has the rest. Every order the
/// user gave is in the store when this returns; a submit that could not be written is the fault returned.
pub fn run(studio: Studio) -> Result<Left, Fault> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let fault = Fault::new(FaultKind::Invalid, "no_terminal", "The studio needs a terminal to draw on.");
        return Err(fault.hint("In scripts and pipes use `pinxit gen`."));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| refused(&e))?;
    let _inside = runtime.enter();
    // Before the terminal is taken: a signal that comes early must find somebody who gives it back.
    let signals = signals::listen().map_err(|e| refused(&e))?;
    let wire = Wire::new(Tty::stdout().map_err(|e| refused(&e))?).map_err(|e| refused(&e))?;
    let keyboard = io::stdin().as_fd().try_clone_to_owned().map_err(|e| refused(&e))?;
    let recording = panic::Recording::start();
    let mut guard = Guard::new(wire.clone(), Some(keyboard)).with_mouse(studio.mouse);
    guard.take().map_err(|e| refused(&e))?;

    let Studio { mut state, store, terminal, drawing, ensure, planner, recipes, paths, mouse: _, opener } = studio;
    state.size = effects::size();
    state.place = effects::place();
    let ((_, input), (send_news, news)) = (unbounded_channel(), unbounded_channel());
    let (send_outer, outer) = unbounded_channel();
    let stock = Stock::default();
    let pictures = Pictures::new(&drawing, &terminal, stock.clone(), |name| std::env::var(name).ok());
    let (speed, cap) = (pictures.speed(), drawing.cap);
    let cache = Some(paths.cache.join("previews"));
    // The standard library keys its hash maps from the system's random numbers.
    let salt = RandomState::new().build_hasher().finish() as u32;
    let tools = Tools { stock, speed, cap, cache, salt };
    let world = World::new(store, tools, (ensure, planner), paths, send_news, send_outer).with(opener, recipes);
    let inboxes = Inboxes { signals, input, news, outer };
    let mut cycle = Cycle::new(state, world, inboxes, (guard, wire), &terminal, pictures);
    let turned = catch_unwind(AssertUnwindSafe(|| {
        cycle.begin();
        // Only now, with the first frame on its way, whatever takes time.
        cycle.outside().follow()?;
        cycle.listen().map_err(|e| refused(&e))?;
        runtime.block_on(cycle.run());
        Ok(())
    }));
    let (state, next) = cycle.left();
    let left = Left { next, compose: state.compose.clone() };
    let (mut world, mut news) = cycle.end();
    drop(recording);
    world.finish();
    turned.unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), "running the studio")))?;
    while let Ok(msg) = news.try_recv() {
        if let Msg::Submitted(Err(fault)) | Msg::Asked(Err(fault)) | Msg::Begun(Err(fault)) | Msg::Marked(Err(fault)) =
            msg
        {
            return Err(fault);
        }
    }
    Ok(left)
}

/// The system or the terminal would not let us begin.
fn refused(error: &io::Error) -> Fault {
    let words = format!("The terminal cannot be used: {error}.");
    Fault::new(FaultKind::Other, "terminal_refused", text::clean(&words))
}
