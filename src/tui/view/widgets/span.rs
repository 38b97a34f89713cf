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

/// A span that is still growing, in whole minutes: for whoever wants nothing to move.
pub fn coarse(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match minutes {
        0 => "<1m".to_owned(),
        1..=59 => format!("{minutes}m"),
        _ => live(span),
    }
}

/// A span that is over: tenths of a second while they matter.
pub fn taken(span: Duration) -> String {
    let tenths = (span.as_millis() + 50) / 100;
    if tenths < 600 { format!("{}.{}s", tenths / 10, tenths % 10) } else { live(span) }
}

/// An estimate: in steps of ten seconds or of minutes where it is long, so that it does not change all the time.
pub fn about(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..=19 => format!("~{}s", seconds.max(1)),
        20..=89 => format!("~{}s", seconds.div_ceil(10) * 10),
        90..=5399 => format!("~{}m", seconds.div_ceil(60)),
        _ => format!("~{}h", seconds.div_ceil(3600)),
    }
}

/// Hours and minutes left: `23h57`.
pub fn hours(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    format!("{}h{:02}", minutes / 60, minutes % 60)
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
        assert_eq!([59, 60, 3599, 7380].map(|secs| coarse(Duration::from_secs(secs))), ["<1m", "1m", "59m", "2h03m"]);
    }
    #[test]
    fn estimates_are_coarse_and_never_nothing() {
        let of = |seconds| about(Duration::from_secs(seconds));
        assert_eq!([of(0), of(17), of(33), of(100), of(8000)], ["~1s", "~17s", "~40s", "~2m", "~3h"]);
        assert_eq!(hours(Duration::from_secs(86_249)), "23h57");
    }
}
