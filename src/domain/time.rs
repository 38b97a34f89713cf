//! Moments, handed in from outside: nothing in the core reads a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub i64);

/// The moment a message is handled, as the caller's clock has it.
pub type Now = Stamp;

impl Stamp {
    /// How long after `earlier` this is; zero if it is before it (clocks step back).
    pub fn since(self, earlier: Stamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// This moment moved on by `span`, saturating.
    pub fn after(self, span: Duration) -> Stamp {
        Stamp(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}
