//! Spans of time in few letters.

use std::time::Duration;

/// A span that is still growing: whole seconds, so that a frame changes once a second at most.
pub fn live(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// A span that is over: tenths of a second while they matter.
pub fn taken(span: Duration) -> String {
    let tenths = (span.as_millis() + 50) / 100;
    if tenths < 600 { format!("{}.{}s", tenths / 10, tenths % 10) } else { live(span) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_stay_short() {
        let of = |ms| (live(Duration::from_millis(ms)), taken(Duration::from_millis(ms)));
        assert_eq!(of(2149), ("2s".into(), "2.1s".into()));
        assert_eq!(of(59_960), ("59s".into(), "59s".into()));
        assert_eq!(of(65_000), ("1m05s".into(), "1m05s".into()));
        assert_eq!(of(7_380_000).0, "2h03m");
        assert_eq!(of(180_000_000).0, "2d02h");
    }
}
