//! How fast a model may be used. The pacing itself is done elsewhere.

use std::time::Duration;

use crate::domain::Region;

use super::Model;

/// How fast a model may be used (contract 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Submits allowed ...
    pub count: u32,
    /// ... in this span.
    pub per: Duration,
    /// Tasks at once.
    pub concurrent: u32,
}

impl Rate {
    /// For a model whose limits nobody wrote down: one at a time, one a second.
    const CAREFUL: Rate = Rate { count: 1, per: Duration::from_secs(1), concurrent: 1 };

    fn a_second(self) -> f64 {
        f64::from(self.count) / self.per.as_secs_f64()
    }
}

impl Model {
    /// Submits a second (as a rate: `count` each `per`) and tasks at once this account may have; used to pace a lane.
    /// Where the region has no figure, the slowest of the model's other regions; without any, one a second.
    pub fn rate(&self, region: Region) -> Rate {
        let slowest = || self.rates.values().copied().min_by(|a, b| a.a_second().total_cmp(&b.a_second()));
        self.rates.get(&region).copied().or_else(slowest).unwrap_or(Rate::CAREFUL)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Catalog;
    use super::*;

    fn rate(model: &str, region: Region) -> (u32, u64, u32) {
        let rate = Catalog::builtin().get(model).unwrap().rate(region);
        (rate.count, rate.per.as_secs(), rate.concurrent)
    }

    #[test]
    fn rates_are_those_of_contract_3_5() {
        assert_eq!(rate("wan2.7-image-pro", Region::Singapore), (5, 1, 5));
        assert_eq!(rate("wan2.6-t2i", Region::Beijing), (1, 1, 5));
        assert_eq!(rate("wan2.6-t2i", Region::Frankfurt), (5, 1, 5));
        assert_eq!(rate("wan2.5-t2i-preview", Region::Beijing), (5, 1, 5));
        assert_eq!(rate("wan2.1-t2i-turbo", Region::Singapore), (2, 1, 2));
        for slow in ["qwen-image-2.0-pro", "qwen-image-max", "qwen-image-edit-max"] {
            assert_eq!(rate(slow, Region::Singapore), (2, 60, 2), "{slow}");
        }
        for quick in ["qwen-image-2.0", "qwen-image-edit-plus", "qwen-image-edit", "qwen-image-plus", "qwen-image"] {
            assert_eq!(rate(quick, Region::Beijing), (2, 1, 2), "{quick}");
        }
    }

    #[test]
    fn without_a_figure_the_slowest_known_one_paces_and_without_any_one_a_second() {
        let mut model = Catalog::builtin().get("wan2.6-t2i").unwrap().clone();
        model.rates.remove(&Region::Virginia);
        assert_eq!(model.rate(Region::Virginia).count, 1, "Beijing's");
        model.rates.clear();
        assert_eq!(model.rate(Region::Singapore), Rate::CAREFUL);
    }
}
