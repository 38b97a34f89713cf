//! How often an account may ask (contract 3.5) and where it may ask at all (contract 3.6). Not
//! here: how many tasks run at once (`tasks`).

use std::collections::{HashMap, VecDeque};

use super::models::{Model, Route};
use super::options::Region;
use super::refusal::Refusal;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;

/// So many requests in so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    count: usize,
    per_ms: i64,
}

/// Task query, list and cancel together.
const QUERIES: Rate = Rate { count: 20, per_ms: SECOND_MS };
/// Upload policies, per model.
const POLICIES: Rate = Rate { count: 100, per_ms: SECOND_MS };

/// What was asked of late, if anybody counts.
#[derive(Debug)]
pub struct Rates {
    counts: bool,
    /// A refusal says when to come back (contract 13.8).
    tells: bool,
    region: Option<Region>,
    asked: HashMap<String, VecDeque<i64>>,
}

impl Rates {
    pub fn new(counts: bool, region: Option<Region>) -> Rates {
        Rates { counts, tells: false, region, asked: HashMap::new() }
    }

    /// The same, saying when to come back.
    pub fn telling(self, tells: bool) -> Rates {
        Rates { tells, ..self }
    }

    /// A generation request of a model.
    ///
    /// # Errors
    /// The model is not in the region, or it is asked too often.
    pub fn submit(&mut self, model: &Model, name: &str, route: Route, now_ms: i64) -> Result<(), Refusal> {
        if let Some(region) = self.region
            && !is_here(model, route, region)
        {
            let message = format!("The model {name} does not exist or you do not have access to it.");
            return Err(Refusal::new(404, "ModelNotFound", message));
        }
        self.take(&format!("submit {name}"), rate(model.id, self.region.unwrap_or_default()), now_ms)
    }

    /// A task query, list or cancel request.
    ///
    /// # Errors
    /// Too many.
    pub fn query(&mut self, now_ms: i64) -> Result<(), Refusal> {
        self.take("query", QUERIES, now_ms)
    }

    /// A request for an upload policy.
    ///
    /// # Errors
    /// Too many.
    pub fn policy(&mut self, name: &str, now_ms: i64) -> Result<(), Refusal> {
        self.take(&format!("policy {name}"), POLICIES, now_ms)
    }

    fn take(&mut self, what: &str, rate: Rate, now_ms: i64) -> Result<(), Refusal> {
        if !self.counts {
            return Ok(());
        }
        let asked = self.asked.entry(what.to_owned()).or_default();
        while asked.front().is_some_and(|at| now_ms - at >= rate.per_ms) {
            asked.pop_front();
        }
        if asked.len() >= rate.count {
            let wait_ms = asked.front().map_or(0, |oldest| oldest + rate.per_ms - now_ms);
            let seconds = (wait_ms.max(1) as u64).div_ceil(SECOND_MS as u64);
            return Err(Refusal {
                retry_after: self.tells.then_some(seconds),
                ..Refusal::usual("Throttling.RateQuota")
            });
        }
        asked.push_back(now_ms);
        Ok(())
    }
}

fn rate(model: &str, region: Region) -> Rate {
    match model {
        "qwen-image-2.0-pro" | "qwen-image-max" | "qwen-image-edit-max" => Rate { count: 2, per_ms: MINUTE_MS },
        "wan2.6-t2i" if region == Region::Beijing => Rate { count: 1, per_ms: SECOND_MS },
        _ if is_fast(model) => Rate { count: 5, per_ms: SECOND_MS },
        _ => Rate { count: 2, per_ms: SECOND_MS },
    }
}

/// How many tasks of a model run at once.
pub fn places(model: &str) -> usize {
    if is_fast(model) { 5 } else { 2 }
}

fn is_fast(model: &str) -> bool {
    ["wan2.7", "wan2.6", "wan2.5"].iter().any(|family| model.starts_with(family))
}

fn is_here(model: &Model, route: Route, region: Region) -> bool {
    let everywhere = matches!(model.id, "wan2.6-t2i" | "wan2.6-image");
    match region {
        Region::Beijing => true,
        Region::Singapore => model.id != "wanx2.0-t2i-turbo",
        Region::Virginia => everywhere,
        Region::Frankfurt => everywhere && route.is_async(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::models::find;

    fn taken(rates: &mut Rates, model: &str, at: &[i64]) -> Vec<bool> {
        let row = find(model).unwrap();
        at.iter().map(|now| rates.submit(row, model, Route::Sync, *now).is_ok()).collect()
    }

    #[test]
    fn a_minute_rate_recovers_with_its_oldest_request() {
        let mut rates = Rates::new(true, None);
        let taken = taken(&mut rates, "qwen-image-max", &[0, 10_000, 20_000, 59_999, 60_000, 60_001]);
        assert_eq!(taken, [true, true, false, false, true, false]);
    }

    #[test]
    fn models_and_regions_have_rates_of_their_own() {
        let mut rates = Rates::new(true, None);
        assert_eq!(taken(&mut rates, "wan2.6-t2i", &[0; 6]), [true, true, true, true, true, false]);
        assert_eq!(taken(&mut rates, "qwen-image-plus", &[0; 3]), [true, true, false]);
        let mut beijing = Rates::new(true, Some(Region::Beijing));
        assert_eq!(taken(&mut beijing, "wan2.6-t2i", &[0, 0, 1000]), [true, false, true]);
        let mut uncounted = Rates::new(false, None);
        assert_eq!(taken(&mut uncounted, "qwen-image-max", &[0; 3]), [true, true, true]);
    }

    #[test]
    fn a_region_lacks_models() {
        let mut virginia = Rates::new(false, Some(Region::Virginia));
        assert_eq!(taken(&mut virginia, "wan2.7-image", &[0]), [false]);
        assert_eq!(taken(&mut virginia, "wan2.6-t2i", &[0]), [true]);
        let mut frankfurt = Rates::new(false, Some(Region::Frankfurt));
        assert_eq!(taken(&mut frankfurt, "wan2.6-t2i", &[0]), [false]);
        let row = find("wan2.6-t2i").unwrap();
        assert!(frankfurt.submit(row, "wan2.6-t2i", Route::Messages, 0).is_ok());
    }
}
