//! What time it is. The only clock the studio has; everything else is told.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::{Now, Stamp};

/// The moment, by the system's clock.
pub(super) fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
