//! How long rows will take, and how much room their pictures need. Pure.

use std::time::Duration;

use crate::catalog::Rate;
use crate::domain::text::span;
use crate::domain::{ModelId, Region};

/// How long a picture takes that nobody has measured.
pub const USUAL_RUN: Duration = Duration::from_secs(20);
/// The engine keeps a tenth below a model's rate.
const BELOW_RATE: f64 = 1.1;
/// Bytes of a pixel in a PNG of the service, with room to spare.
const BYTES_A_PIXEL: f64 = 2.2;
/// Pixels of a picture whose size follows its input.
pub const USUAL_PIXELS: u64 = 2048 * 2048;
/// Room that is left free beside the pictures.
pub const MARGIN: u64 = 200_000_000;

/// What is to be sent to one model.
#[derive(Debug, Clone)]
pub struct Load {
    /// The model.
    pub model: ModelId,
    /// Requests.
    pub requests: u32,
    /// How fast it may be used.
    pub rate: Rate,
    /// From a call to its answer, as measured here; `None` before the first.
    pub median: Option<Duration>,
}

impl Load {
    fn run(&self) -> Duration {
        self.median.unwrap_or(USUAL_RUN)
    }

    /// How many of its requests are at work at once.
    fn at_once(&self, parallel: Option<u32>) -> u32 {
        self.rate.concurrent.min(parallel.unwrap_or(u32::MAX)).max(1)
    }

    /// Alone: as fast as calls may leave, or as places become free, whichever is slower; and the last one's run.
    fn span(&self, parallel: Option<u32>) -> Duration {
        let count = f64::from(self.requests);
        let leaving = count * self.rate.per.as_secs_f64() * BELOW_RATE / f64::from(self.rate.count.max(1));
        let rounds = (count / f64::from(self.at_once(parallel))).ceil();
        let run = self.run();
        Duration::from_secs_f64(leaving).max(run.mul_f64((rounds - 1.0).max(0.0))) + run
    }
}

/// How long it takes in all: models go side by side, within the batch's own limit.
pub fn time(loads: &[Load], parallel: Option<u32>) -> Duration {
    let slowest = loads.iter().map(|load| load.span(parallel)).max().unwrap_or_default();
    let work: f64 = loads.iter().map(|load| load.run().as_secs_f64() * f64::from(load.requests)).sum();
    let shared = parallel.map_or(0.0, |parallel| work / f64::from(parallel.max(1)));
    slowest.max(Duration::from_secs_f64(shared))
}

/// How that was computed.
pub fn basis(loads: &[Load], parallel: Option<u32>, region: Region) -> String {
    let load = |load: &Load| {
        let Rate { count, per, .. } = load.rate;
        let run = match load.median {
            Some(median) => format!("{} a request as measured here", span(median)),
            None => format!("{} a request assumed", span(USUAL_RUN)),
        };
        let per = if per == Duration::from_secs(1) { "a second".to_owned() } else { format!("each {}", span(per)) };
        format!("{}: {count} {per}, {} at once, {run}", load.model, load.at_once(parallel))
    };
    let loads: Vec<_> = loads.iter().map(load).collect();
    format!("rates of {}; {}", region.city(), loads.join("; "))
}

/// A span that nobody takes for exact.
pub fn about(time: Duration) -> String {
    match time.as_secs() {
        0..120 => format!("about {} s", time.as_secs().max(1)),
        seconds @ 120..7200 => format!("about {} min", seconds.div_ceil(60)),
        seconds => format!("about {} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Bytes that so many pixels come to on disk.
pub fn bytes(pixels: u64) -> u64 {
    (pixels as f64 * BYTES_A_PIXEL) as u64
}

/// Bytes as people read them.
pub fn amount(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        1_000_000_000..1_000_000_000_000 => format!("{:.1} GB", bytes as f64 / 1e9),
        _ => format!("{:.1} TB", bytes as f64 / 1e12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(requests: u32, rate: (u32, u64, u32), median: Option<u64>) -> Load {
        let (count, per, concurrent) = rate;
        let rate = Rate { count, per: Duration::from_secs(per), concurrent };
        Load { model: "m".into(), requests, rate, median: median.map(Duration::from_secs) }
    }

    #[test]
    fn the_slower_of_rate_and_places_decides() {
        let seconds = |load: Load, parallel| time(&[load], parallel).as_secs();
        // Two a minute: the rate.
        assert_eq!(seconds(load(10, (2, 60, 2), Some(10)), None), 340);
        // Five a second, five at once, ten seconds each: the places.
        assert_eq!(seconds(load(50, (5, 1, 5), Some(10)), None), 100);
        assert_eq!(seconds(load(50, (5, 1, 5), Some(10)), Some(1)), 500);
        assert_eq!(seconds(load(1, (5, 1, 5), None), None), 20);
        assert_eq!(time(&[], None), Duration::ZERO);
    }

    #[test]
    fn models_go_side_by_side_within_the_batchs_limit() {
        let two = || [load(10, (5, 1, 5), Some(10)), load(10, (5, 1, 5), Some(10))];
        assert_eq!(time(&two(), None).as_secs(), 20);
        assert_eq!(time(&two(), Some(2)).as_secs(), 100);
        let said = basis(&two()[..1], Some(2), Region::Singapore);
        assert_eq!(said, "rates of Singapore; m: 5 a second, 2 at once, 10 s a request as measured here");
        assert!(
            basis(&[load(1, (2, 60, 2), None)], None, Region::Singapore)
                .contains("2 each 60 s, 2 at once, 20 s a request assumed")
        );
    }

    #[test]
    fn amounts_are_for_people() {
        assert_eq!(about(Duration::from_secs(7)), "about 7 s");
        assert_eq!(about(Duration::from_secs(361)), "about 7 min");
        assert_eq!(about(Duration::from_secs(9000)), "about 2 h 30 min");
        assert_eq!([bytes(1_000_000), bytes(0)], [2_200_000, 0]);
        assert_eq!([800, 2_200_000, 3_500_000_000].map(amount), ["1 kB", "2 MB", "3.5 GB"]);
    }
}
