//! Moments on the user's clock and calendar, written and read.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::domain::Stamp;

/// A moment where the user is.
fn local(at: Stamp) -> Zoned {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system())
}

/// `09:31:02`
pub fn clock(at: Stamp) -> String {
    local(at).strftime("%H:%M:%S").to_string()
}

/// `2026-11-22`
pub fn day(at: Stamp) -> String {
    local(at).strftime("%Y-%m-%d").to_string()
}

/// A span in few letters: `0:47`, `14:31`, `2h05`, `3d`.
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3_600..172_800 => format!("{}h{:02}", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Reads how far back to look: `7d`, `24h`, `2w`, `today`, or a date, which begins at local midnight.
pub fn since(text: &str, now: Stamp) -> Result<Stamp, String> {
    let how = || "write 7d, 24h, 2w, today or a date like 2026-04-01".to_owned();
    let text = text.trim();
    let midnight =
        |date: Date| date.to_zoned(TimeZone::system()).map(|start| Stamp(start.timestamp().as_millisecond()));
    if text == "today" {
        return midnight(local(now).date()).map_err(|_| how());
    }
    if let Ok(date) = text.parse::<Date>() {
        return midnight(date).map_err(|_| how());
    }
    let (number, hours) = match text.char_indices().last() {
        Some((at, 'h')) => (&text[..at], 1),
        Some((at, 'd')) => (&text[..at], 24),
        Some((at, 'w')) => (&text[..at], 24 * 7),
        _ => return Err(how()),
    };
    let hours = number.parse::<u32>().map(|number| i64::from(number) * hours).map_err(|_| how())?;
    Ok(Stamp(now.0.saturating_sub(hours * 3_600_000)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NOW: Stamp = Stamp(1_795_000_000_000);

    #[test]
    fn how_far_back_is_read_in_spans_and_dates() {
        let back = |text: &str| since(text, NOW).map(|at| NOW.0 - at.0);
        assert_eq!(back("24h").unwrap(), 86_400_000);
        assert_eq!((back("7d"), back("1w")), (Ok(7 * 86_400_000), Ok(7 * 86_400_000)));
        let date = day(NOW);
        assert_eq!(since(&date, NOW), since("today", NOW));
        assert_eq!(day(since(&date, NOW).unwrap()), date);
        for wrong in ["", "d", "7", "7x", "-1d", "yesterday", "2026-13-01", "七d", "d七"] {
            assert!(since(wrong, NOW).is_err(), "{wrong}");
        }
    }

    #[test]
    fn spans_are_short() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(
            [told(11), told(871), told(7_500), told(86_160), told(300_000)],
            ["0:11", "14:31", "2h05", "23h56", "3d"]
        );
    }
}
