//! The actor that takes due jobs from the store and drives each through its life.

use std::sync::Arc;

use crate::api::Client;
use crate::catalog::Catalog;
use crate::domain::Region;
use crate::store::Store;

mod clock;
pub use clock::Clock;

/// What the engine needs.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The meeting place.
    pub store: Store,
    /// Limits, routes and rates.
    pub catalog: Arc<Catalog>,
    /// The service.
    pub client: Client,
    /// Whose prices and rates.
    pub region: Region,
    /// Time.
    pub clock: Clock,
}

/// A running engine on a thread of its own. Dropping it stops it: no new job is taken up, calls under way are given up
/// to be taken up again by the next start.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// Takes the worker lock of the store's directory and starts. `Ok(None)`: another process has it, and does the work.
    pub fn start(_setup: Setup) -> std::io::Result<Option<Engine>> {
        todo!()
    }
    /// Stops taking up jobs, waits for paid calls under way, returns when all is written.
    pub fn stop(self) {
        todo!()
    }
}
