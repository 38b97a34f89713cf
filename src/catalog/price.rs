//! What pictures cost. Sums, budgets and consent are made elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{Cost, Money, Region, Request};

use super::Model;

/// The price of one picture in one region (contract 3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// For each picture that is delivered.
    pub amount: Money,
    /// Instead of `amount` while the named option is on.
    pub when_on: BTreeMap<String, Money>,
    /// Where and when it was read, for example `price file, 2026-04`.
    pub basis: String,
}

impl Model {
    /// What the request costs at most in `region`: its pictures times the unit price. For sequences and stories the
    /// number is a ceiling (contract 3.3.8).
    pub fn cost(&self, request: &Request, region: Region) -> Cost {
        let images = self.billed_images(request);
        match self.prices.get(&region) {
            Some(price) => Cost::Known { unit: self.unit(price, request), images, basis: price.basis.clone() },
            None => Cost::Unknown { images },
        }
    }

    fn billed_images(&self, request: &Request) -> u32 {
        let count = |name: &str| self.value(request, name).as_u64().and_then(|n| u32::try_from(n).ok());
        self.mode(request.mode).and_then(|spec| count(&spec.billed_by)).unwrap_or(request.n)
    }

    fn unit(&self, price: &Price, request: &Request) -> Money {
        let is_on = |name: &str| self.value(request, name) == Value::Bool(true);
        price.when_on.iter().find(|(name, _)| is_on(name)).map_or(price.amount, |(_, amount)| *amount)
    }

    /// A parameter's value: the request's, else the default, else nothing.
    pub(super) fn value(&self, request: &Request, name: &str) -> Value {
        let default = || Some(self.mode(request.mode)?.parameter(name)?.default.clone());
        request.get(name).or_else(default).unwrap_or(Value::Null)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Catalog;
    use super::*;
    use crate::domain::Mode;

    fn total(model: &str, mode: Mode, region: Region, set: &[(&str, Value)]) -> Option<String> {
        let catalog = Catalog::builtin();
        let model = catalog.get(model).unwrap();
        let mut request = model.blank(mode);
        for (name, value) in set {
            assert!(request.set(name, value.clone()), "{name}");
        }
        model.cost(&request, region).total().map(|money| money.to_string())
    }

    #[test]
    fn the_cost_is_pictures_times_the_unit_price() {
        let n = |n: u32| [("n", Value::from(n))];
        let pro = |set| total("wan2.7-image-pro", Mode::TextToImage, Region::Singapore, set);
        assert_eq!(pro(&[]).as_deref(), Some("$0.075"));
        assert_eq!(pro(&n(4)).as_deref(), Some("$0.300"));
        let twelve = total("wan2.7-image-pro", Mode::Sequential, Region::Singapore, &n(12));
        assert_eq!(twelve.as_deref(), Some("$0.900"));
        let story = |most: u32| {
            let set = [("max_images", Value::from(most)), ("n", Value::from(1))];
            total("wan2.6-image", Mode::Interleave, Region::Singapore, &set)
        };
        assert_eq!(story(3).as_deref(), Some("$0.090"), "a story is billed by max_images, not n");
    }

    #[test]
    fn a_story_that_says_nothing_is_billed_by_the_default_ceiling() {
        let catalog = Catalog::builtin();
        let model = catalog.get("wan2.6-image").unwrap();
        let mut request = model.blank(Mode::Interleave);
        request.options.clear();
        assert_eq!(model.cost(&request, Region::Singapore).images(), 5);
    }

    #[test]
    fn prices_are_those_of_contract_3_4() {
        // Singapore, Beijing, Virginia; transcribed from the contract's table, not from models.toml.
        const NONE: &str = "unknown";
        for (model, singapore, beijing, virginia) in [
            ("wan2.7-image-pro", "$0.075", "¥0.500", NONE),
            ("wan2.7-image", "$0.030", "¥0.200", NONE),
            ("wan2.6-image", "$0.030", "¥0.200", "¥0.200"),
            ("wan2.6-t2i", "$0.030", "¥0.200", "¥0.200"),
            ("wan2.5-t2i-preview", "$0.030", "¥0.200", NONE),
            ("wan2.5-i2i-preview", "$0.030", "¥0.200", NONE),
            ("wan2.2-t2i-plus", "$0.050", "¥0.200", NONE),
            ("wan2.2-t2i-flash", "$0.025", "¥0.140", NONE),
            ("wan2.1-t2i-plus", "$0.050", "¥0.200", NONE),
            ("wanx2.1-t2i-turbo", "$0.025", "¥0.140", NONE),
            ("wanx2.0-t2i-turbo", NONE, "¥0.040", NONE),
            ("qwen-image-2.0-pro", "$0.075", "¥0.500", NONE),
            ("qwen-image-2.0", "$0.035", "¥0.200", NONE),
            ("qwen-image-edit-max", "$0.075", "¥0.500", NONE),
            ("qwen-image-edit-plus", "$0.030", "¥0.200", NONE),
            ("qwen-image-edit", "$0.045", "¥0.300", NONE),
            ("qwen-image-max", "$0.075", "¥0.500", NONE),
            ("qwen-image-plus", "$0.030", "¥0.200", NONE),
            ("qwen-image", "$0.035", "¥0.250", NONE),
            ("z-image-turbo", "$0.015", "¥0.100", NONE),
        ] {
            let catalog = Catalog::builtin();
            let mode = catalog.get(model).unwrap().modes[0].mode;
            let shown = |region| total(model, mode, region, &[("n", Value::from(1))]).unwrap_or(NONE.into());
            assert_eq!(shown(Region::Singapore), singapore, "{model}");
            assert_eq!(shown(Region::Beijing), beijing, "{model}");
            assert_eq!(shown(Region::Virginia), virginia, "{model}");
            assert_eq!(shown(Region::Frankfurt), virginia, "{model}");
        }
    }

    #[test]
    fn an_option_can_change_the_price() {
        let turbo = |set, region| total("z-image-turbo", Mode::TextToImage, region, set);
        let on = [("prompt_extend", Value::Bool(true))];
        assert_eq!(turbo(&on, Region::Singapore).as_deref(), Some("$0.030"));
        assert_eq!(turbo(&on, Region::Beijing).as_deref(), Some("¥0.200"));
        assert_eq!(turbo(&[], Region::Singapore).as_deref(), Some("$0.015"));
    }

    #[test]
    fn the_basis_says_where_and_when() {
        let catalog = Catalog::builtin();
        let model = catalog.get("wan2.7-image").unwrap();
        let cost = model.cost(&model.blank(Mode::TextToImage), Region::Singapore);
        assert!(matches!(cost, Cost::Known { basis, .. } if basis == "price file, 2026-04"));
    }
}
