//! The loop around the pure core: keys and changes in, effects out, frames to the terminal.

use crate::domain::Fault;
use crate::graphics::Terminal;
use crate::store::Store;

use super::state::State;

/// What the studio runs on.
#[derive(Debug)]
pub struct Studio {
    /// The first state; its size is filled in by the runtime.
    pub state: State,
    /// The meeting place with the engine.
    pub store: Store,
    /// What the terminal can show.
    pub terminal: Terminal,
}

/// Runs the studio until the user leaves, or HUP or TERM arrive. The terminal is given back whole in every case, a panic
/// included.
pub fn run(_studio: Studio) -> Result<(), Fault> {
    todo!()
}
