//! How fast a batch goes, and how long it has left. Pure.
//!
//! What is in the line divided by how long each stays there is how fast they leave it, whether the service's places or its
//! rate is what holds them back. So two things are measured: how long a row takes from its call to its end, and how many
//! are under way at once of late. The first few rows say both.

use std::time::Duration;

use super::Stamp;

/// Rows that have to have ended before anything is said.
const FEW: usize = 3;
/// Of the last so many rows the median counts.
const LATE: usize = 30;
/// Runs that are looked back on.
const RUNS: u32 = 2;

/// How fast it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Rows that end in a minute.
    pub a_minute: f64,
    /// Until the last one has ended, if it goes on like this.
    pub left: Duration,
}

impl Pace {
    /// Of rows that were sent: when, and when they ended. `waiting` are still to be sent.
    pub fn of(spans: &[(Stamp, Option<Stamp>)], waiting: usize, now: Stamp) -> Option<Pace> {
        let mut ended: Vec<_> =
            spans.iter().filter_map(|(sent, ended)| Some(((*ended)?, (*ended)?.since(*sent)))).collect();
        if ended.len() < FEW {
            return None;
        }
        ended.sort_unstable();
        let mut runs: Vec<Duration> = ended.iter().rev().take(LATE).map(|(_, run)| *run).collect();
        runs.sort_unstable();
        let run = runs[runs.len() / 2].max(Duration::from_millis(1));
        let first = spans.iter().map(|(sent, _)| *sent).min()?;
        let since = first.max(Stamp(now.0.saturating_sub((run * RUNS).as_millis() as i64)));
        let window = now.since(since).as_secs_f64();
        let busy: f64 =
            spans.iter().map(|(sent, ended)| ended.unwrap_or(now).since((*sent).max(since)).as_secs_f64()).sum();
        let at_once = busy / window.max(1e-3);
        if at_once < 0.01 {
            return None;
        }
        let ages: Vec<_> =
            spans.iter().filter(|(_, ended)| ended.is_none()).map(|(sent, _)| now.since(*sent)).collect();
        let to_send = run.mul_f64(waiting as f64 / at_once);
        // The last of those under way; while more follow, the middle of them.
        let age = match (waiting, ages.len()) {
            (_, 0) => run,
            (0, _) => ages.iter().copied().min().unwrap_or_default(),
            (_, count) => ages.iter().sum::<Duration>() / count as u32,
        };
        let a_minute = 60.0 * at_once / run.as_secs_f64();
        Some(Pace { a_minute, left: to_send + run.saturating_sub(age) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Rows over so many places, one call in so many milliseconds at most: when each is sent, and when it ends.
    fn schedule(rows: usize, places: usize, gap: i64, run: impl Fn(usize) -> i64) -> Vec<(i64, i64)> {
        let mut out: Vec<(i64, i64)> = vec![];
        for row in 0..rows {
            let place = if row < places {
                0
            } else {
                let mut ends: Vec<i64> = out.iter().map(|(_, end)| *end).collect();
                ends.sort_unstable();
                ends[row - places]
            };
            let sent = place.max(out.last().map_or(0, |(sent, _)| sent + gap));
            out.push((sent, sent + run(row)));
        }
        out
    }

    /// What is said once so many rows have ended, and how long it really takes from then on.
    fn said(all: &[(i64, i64)], after: usize) -> (f64, f64) {
        let mut ends: Vec<i64> = all.iter().map(|(_, end)| *end).collect();
        ends.sort_unstable();
        let now = ends[after - 1] + 1;
        let spans: Vec<_> = all
            .iter()
            .filter(|(sent, _)| *sent < now)
            .map(|(sent, end)| (Stamp(*sent), (*end < now).then_some(Stamp(*end))))
            .collect();
        let pace = Pace::of(&spans, all.len() - spans.len(), Stamp(now)).unwrap();
        (pace.left.as_secs_f64(), (ends[ends.len() - 1] - now) as f64 / 1e3)
    }

    #[test]
    fn after_ten_rows_the_time_left_is_right_within_a_quarter() {
        for (rows, places, gap, run) in [
            (48, 2, 0, 2000),
            (48, 1, 0, 2000),
            (48, 5, 220, 10_000),
            // The rate holds them back, not the places.
            (48, 50, 1100, 15_000),
            (1000, 20, 0, 900),
            (100, 20, 55, 3000),
            (60, 2, 33_000, 20_000),
        ] {
            let all = schedule(rows, places, gap, |_| run);
            let (said, really) = said(&all, 10);
            assert!(
                (said / really - 1.0).abs() < 0.25,
                "{rows} rows, {places} places: {said} s said, {really} s really"
            );
        }
    }

    #[test]
    fn rows_that_differ_do_not_mislead_it_much() {
        let all = schedule(60, 4, 0, |row| 2000 + (row as i64 * 7919) % 3000);
        for after in [10, 30, 55] {
            let (said, really) = said(&all, after);
            assert!((said - really).abs() < really * 0.3 + 2.0, "after {after}: {said} s said, {really} s really");
        }
    }

    #[test]
    fn nothing_is_said_before_something_is_known() {
        let row = (Stamp(0), Some(Stamp(1000)));
        assert_eq!(Pace::of(&[row, row], 9, Stamp(1000)), None);
        assert_eq!(Pace::of(&[row, row, row], 9, Stamp(900_000)), None, "nothing was sent for long: it is paused");
        assert!(Pace::of(&[row, row, row], 0, Stamp(1000)).unwrap().left.is_zero());
    }
}
