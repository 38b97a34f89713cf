//! The server's time: milliseconds since 1970, and the two ways the service writes and reads
//! them. Not here: what happens at which time (`tasks`, `files`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, offset};
use tokio::time::Instant;

/// Tasks and result URLs live this long (contract 4.6).
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A clock that starts at the wall's time, runs with tokio's (so a paused test clock pauses it
/// too) and can be moved forward by hand.
#[derive(Debug)]
pub struct Clock {
    wall_ms: i64,
    start: Instant,
    ahead_ms: AtomicI64,
}

impl Clock {
    pub fn new() -> Clock {
        Clock { wall_ms: Timestamp::now().as_millisecond(), start: Instant::now(), ahead_ms: AtomicI64::new(0) }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.wall_ms + millis(self.start.elapsed()) + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(millis(by), Ordering::Relaxed);
    }
}

/// A duration in whole milliseconds.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// `YYYY-MM-DD HH:mm:ss.SSS` in UTC+8 without a zone marker (contract 4.3).
pub fn stamp(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
    beijing().to_datetime(at).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// Reads `YYYYMMDDhhmmss` in UTC+8, as the task list's window is written (contract 4.5).
pub fn read_compact(text: &str) -> Option<i64> {
    let civil = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    let at = beijing().to_timestamp(civil).ok()?;
    Some(at.as_millisecond())
}

fn beijing() -> Offset {
    offset(8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_written_in_beijing_time_with_milliseconds() {
        assert_eq!(stamp(1_709_286_704_817), "2024-03-01 17:51:44.817");
        assert_eq!(stamp(1_709_286_704_000), "2024-03-01 17:51:44.000");
    }

    #[test]
    fn compact_times_are_read_in_beijing_time() {
        assert_eq!(read_compact("20240301175144"), Some(1_709_286_704_000));
        assert_eq!(read_compact("2024-03-01"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_follows_tokio_and_can_be_moved() {
        let clock = Clock::new();
        let start = clock.now_ms();
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(clock.now_ms() - start, 3_000);
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now_ms() - start, 63_000);
    }
}
