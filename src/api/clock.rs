//! Time on the wire: the service's clock as the heads of its answers tell it, how long a refusal asks to wait, and the times
//! of the task list, which are UTC+8 without saying so (contract 4.5).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{Offset, offset};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::domain::Stamp;

/// The longest wait taken from a refusal, in seconds: its author may have meant milliseconds, and jobs wait for it.
const WAIT_MAX: u32 = 3600;

/// The machine's time.
pub(super) fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// How far the service's clock is ahead of ours, by its latest answer.
#[derive(Debug)]
pub(super) struct Ahead(AtomicI64);

/// Nothing is known yet.
const UNKNOWN: i64 = i64::MIN;

impl Default for Ahead {
    fn default() -> Ahead {
        Ahead(AtomicI64::new(UNKNOWN))
    }
}

impl Ahead {
    /// Learns from the head of an answer that came `now`. `Date` names a second that has begun: its middle is taken.
    pub(super) fn learn(&self, head: &HeaderMap, now: Stamp) {
        if let Some(date) = moment(head, DATE) {
            self.0.store(date.0.saturating_add(500).saturating_sub(now.0), Ordering::Relaxed);
        }
    }

    /// Milliseconds; less than zero when the service's clock is behind.
    pub(super) fn millis(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|millis| *millis != UNKNOWN)
    }
}

/// Seconds a refusal that came `now` asks to wait, whether it counts them or names a moment of its own clock.
pub(super) fn retry_after(head: &HeaderMap, now: Stamp) -> Option<u32> {
    let told = head.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = told.parse::<u64>().ok().or_else(|| {
        let since = moment(head, DATE).unwrap_or(now);
        Some(moment(head, RETRY_AFTER)?.since(since).as_secs())
    })?;
    Some(u32::try_from(seconds).unwrap_or(WAIT_MAX).min(WAIT_MAX))
}

/// The moment a header names, as HTTP writes it (`Sun, 06 Nov 1994 08:49:37 GMT`).
fn moment(head: &HeaderMap, name: HeaderName) -> Option<Stamp> {
    let at = DateTimeParser::new().parse_timestamp(head.get(name)?.as_bytes()).ok()?;
    Some(Stamp(at.as_millisecond()))
}

/// `YYYYMMDDhhmmss`, as the task list's window is written.
pub(super) fn compact(at: Stamp) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    beijing().to_datetime(at).strftime("%Y%m%d%H%M%S").to_string()
}

/// Reads a time in words: `2024-03-01 17:38:24.817` in UTC+8, or one that names its zone.
pub(super) fn read(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let here = || beijing().to_timestamp(text.parse::<DateTime>().ok()?).ok();
    let at = text.parse::<Timestamp>().ok().or_else(here)?;
    Some(Stamp(at.as_millisecond()))
}

fn beijing() -> Offset {
    offset(8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn head(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    const NOW: Stamp = Stamp(784_111_777_000);

    #[test]
    fn the_services_clock_is_known_to_half_a_second_and_by_the_latest_answer() {
        let ahead = Ahead::default();
        ahead.learn(&head(&[]), NOW);
        ahead.learn(&head(&[(DATE, "yesterday")]), NOW);
        assert_eq!(ahead.millis(), None);
        ahead.learn(&head(&[(DATE, "Sun, 06 Nov 1994 08:49:37 GMT")]), NOW);
        assert_eq!(ahead.millis(), Some(500));
        ahead.learn(&head(&[(DATE, "Sun, 06 Nov 1994 08:48:37 GMT")]), NOW);
        assert_eq!(ahead.millis(), Some(-59_500));
        ahead.learn(&head(&[]), NOW);
        assert_eq!(ahead.millis(), Some(-59_500));
    }

    #[test]
    fn a_wait_is_counted_or_named() {
        let wait = |pairs: &[(HeaderName, &str)]| retry_after(&head(pairs), NOW);
        let later = (RETRY_AFTER, "Sun, 06 Nov 1994 08:49:57 GMT");
        assert_eq!(wait(&[(RETRY_AFTER, " 7 ")]), Some(7));
        assert_eq!(wait(std::slice::from_ref(&later)), Some(20));
        assert_eq!(wait(&[later, (DATE, "Sun, 06 Nov 1994 08:49:55 GMT")]), Some(2), "by its own clock");
        assert_eq!(wait(&[(RETRY_AFTER, "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[(RETRY_AFTER, "99999999999")]), Some(3600));
        for odd in ["", "soon", "-1", "1.5"] {
            assert_eq!(wait(&[(RETRY_AFTER, odd)]), None, "{odd}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn times_of_the_list_are_beijing_time() {
        assert_eq!(compact(Stamp(1_709_286_704_817)), "20240301175144");
        for text in ["2024-03-01 17:51:44.817", "2024-03-01T17:51:44.817", "2024-03-01T09:51:44.817Z"] {
            assert_eq!(read(text), Some(Stamp(1_709_286_704_817)), "{text}");
        }
        assert_eq!(read("2024-03-01 17:51:44"), Some(Stamp(1_709_286_704_000)));
        assert_eq!(read("last week"), None);
        assert_eq!(compact(Stamp(i64::MAX)), "19700101080000", "a moment that no calendar has");
    }
}
