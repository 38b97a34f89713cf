//! What time it is. The only clock the studio has; everything else is told.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Now, Stamp};

/// The moment, by the system's clock.
pub(super) fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A moment on the user's own clock: `09:31:02`, with the date before it where that is not today's.
pub(super) fn local(at: Stamp, now: Now) -> String {
    spelled(at, now, &TimeZone::system())
}

fn spelled(at: Stamp, now: Now, zone: &TimeZone) -> String {
    let civil = |stamp: Stamp| Timestamp::from_millisecond(stamp.0).unwrap_or_default().to_zoned(zone.clone());
    let (at, now) = (civil(at), civil(now));
    let pattern = if at.date() == now.date() { "%H:%M:%S" } else { "%m-%d %H:%M:%S" };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_the_users_clock() {
        let east = TimeZone::fixed(jiff::tz::offset(8));
        // 09:30 on 22 November 2026, UTC.
        let now = Stamp(1_795_339_800_000);
        assert_eq!(spelled(now, now, &east), "17:30:00");
        assert_eq!(spelled(Stamp(now.0 - 24 * 3_600_000), now, &east), "11-21 17:30:00");
    }
}
