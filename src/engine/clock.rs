//! Time for the engine: the real one, or one that tests move.

/// Where the engine gets time from.
#[derive(Debug, Clone)]
pub struct Clock {}
