//! Tests that hold every model and mode to the same laws: a legal request has no violation, however it is made up, and one
//! broken rule is told of exactly the field that breaks it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::*;
use crate::domain::{Mode, Preset, Reference, Request, SEED_MAX, Size};
use serde_json::Value;

/// Requests tried for each model and mode.
const CASES: u32 = 12;

fn pictures(count: usize) -> Vec<Reference> {
    (0..count).map(|i| Reference::Url(format!("https://host/{i}.png"))).collect()
}

/// Any value a parameter may take beside `images` pictures.
fn legal_value(kind: &Kind, images: usize) -> BoxedStrategy<Value> {
    match *kind {
        Kind::Int { min, max } => (min..=max).prop_map(Value::from).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Text { max } => {
            vec(any::<char>(), 0..=max).prop_map(|text| Value::from(text.into_iter().collect::<String>())).boxed()
        }
        Kind::Boxes { max } => vec(vec(corners(), 0..=max), images).prop_map(|list| json!(list)).boxed(),
        Kind::Palette { min, max } => vec(0u32..=0xFF_FFFF, min..=max).prop_map(|colours| palette(&colours)).boxed(),
        Kind::Size => Just(Value::Null).boxed(),
    }
}

fn corners() -> impl Strategy<Value = [u32; 4]> {
    (0u32..5000, 0u32..5000, 1u32..500, 1u32..500).prop_map(|(x, y, wide, high)| [x, y, x + wide, y + high])
}

fn palette(colours: &[u32]) -> Value {
    let text: Vec<_> = colours.iter().map(|colour| format!("#{colour:06x}")).collect();
    parse_palette(&text.join(",")).unwrap()
}

/// Any legal request of a mode, built from what the catalogue says is legal; each parameter set or left at its default.
fn legal_request(model: &Model, spec: &ModeSpec) -> impl Strategy<Value = Request> + use<> {
    let (model, spec) = (model.clone(), spec.clone());
    let images = spec.images.min..=spec.images.max;
    (images, 1u32..9000, 1u32..9000, 1..=model.prompt.max).prop_flat_map(move |(images, width, height, long)| {
        let (model, spec) = (model.clone(), spec.clone());
        let value = |parameter: &Parameter| prop::option::of(legal_value(&parameter.kind, images));
        let values: Vec<_> = spec.parameters.iter().map(value).collect();
        values.prop_map(move |values| {
            let mut request = model.blank(spec.mode);
            (request.prompt, request.images) = ("雪".repeat(long), pictures(images));
            for (parameter, value) in spec.parameters.iter().zip(values).filter(|(p, _)| p.name != "size") {
                match value {
                    _ if parameter.idle_reason(&request).is_some() => request.set(&parameter.name, Value::Null),
                    Some(value) => request.set(&parameter.name, value),
                    None => true,
                };
            }
            request.size = spec.size.nearest(Size::Pixels { width, height });
            request
        })
    })
}

/// Tries `law` on legal requests of every model and mode.
fn everywhere(law: impl Fn(&Catalog, &Model, &ModeSpec, Request) -> Result<(), TestCaseError>) {
    let catalog = Catalog::builtin();
    for model in catalog.models() {
        for spec in &model.modes {
            let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
            let tried = runner.run(&legal_request(model, spec), |request| law(&catalog, model, spec, request));
            tried.unwrap_or_else(|error| panic!("{} {}: {error}", model.id, spec.mode));
        }
    }
}

/// A request with one rule broken, of the named field.
struct Broken {
    field: String,
    how: String,
    request: Request,
}

struct Breaker<'a> {
    spec: &'a ModeSpec,
    model: &'a Model,
    legal: &'a Request,
    out: Vec<Broken>,
}

impl Breaker<'_> {
    fn spoil(&mut self, field: &str, how: &str, spoil: impl FnOnce(&mut Request)) {
        let mut request = self.legal.clone();
        spoil(&mut request);
        self.out.push(Broken { field: field.into(), how: how.into(), request });
    }

    fn option(&mut self, name: &str, value: Value) {
        let how = format!("{name} = {value}");
        self.spoil(name, &how, |request| drop(request.options.insert(name.into(), value)));
    }

    fn words(&mut self) {
        let rule = &self.model.prompt;
        let over = match rule.unit {
            Unit::Characters => "雪".repeat(rule.max + 1),
            Unit::Tokens => "雪".repeat(rule.max * 2 + 1),
        };
        self.spoil("prompt", "empty", |request| request.prompt.clear());
        self.spoil("prompt", "blank", |request| request.prompt = " \n".into());
        self.spoil("prompt", "too long", |request| request.prompt = over);
        let negative = if self.spec.parameter("negative_prompt").is_some() { 501 } else { 1 };
        self.spoil("negative_prompt", "too long", |request| request.negative_prompt = "雪".repeat(negative));
    }

    fn numbers(&mut self) {
        let over = match self.spec.parameter("n").map(|n| &n.kind) {
            Some(Kind::Int { max, .. }) => u32::try_from(*max).unwrap() + 1,
            _ => 2,
        };
        assert!([2, 13, 25].contains(&over), "{over}");
        for n in [0, over, u32::MAX] {
            self.spoil("n", &n.to_string(), |request| request.n = n);
        }
        self.spoil("seed", "too large", |request| request.seed = Some(SEED_MAX + 1));
    }

    fn images(&mut self) {
        let rule = self.spec.images.clone();
        self.spoil("images", "one too many", |request| request.images = pictures(rule.max + 1));
        if rule.min > 0 {
            self.spoil("images", "one too few", |request| request.images = pictures(rule.min - 1));
        }
    }

    fn sizes(&mut self) {
        let rule = self.spec.size.clone();
        let pixels = |width, height| Size::Pixels { width, height };
        let mut sizes = vec![pixels(10, 10), pixels(9000, 9000), pixels(0, 1024)];
        let presets = [Preset::K1, Preset::K2, Preset::K4];
        let lacks = |preset: &Preset| !rule.presets.iter().any(|named| named.name == *preset);
        sizes.extend(presets.into_iter().filter(lacks).map(Size::Preset));
        if let (Some((least, _)), Some(most)) = (rule.pixels, rule.ratio) {
            let short = ((least as f64 / f64::from(most + 1)).sqrt()).ceil() as u32;
            sizes.extend([pixels(short, short * most + most), pixels(short * (most + 1), short)]);
        }
        if !rule.auto {
            sizes.push(Size::Auto);
        }
        for size in sizes {
            self.spoil("size", &size.to_string(), |request| request.size = size);
        }
    }

    fn options(&mut self) {
        for parameter in self.spec.parameters.iter().filter(|parameter| !parameter.is_shared()) {
            let name = &parameter.name;
            if parameter.idle_reason(self.legal).is_some() {
                self.option(name, Value::Null);
                self.option(name, json!(true));
                continue;
            }
            for value in wrong(&parameter.kind, self.legal.images.len()) {
                self.option(name, value);
            }
        }
        for name in ["bogus", "n", "size", "seed"].into_iter().chain(self.spec.sends.keys().map(String::as_str)) {
            self.option(name, json!(true));
        }
    }
}

/// Values that break one rule of their kind.
fn wrong(kind: &Kind, images: usize) -> Vec<Value> {
    match kind {
        Kind::Int { min, max } => vec![json!(min - 1), json!(max + 1), json!(1.5), json!("3"), json!(null)],
        Kind::Bool => vec![json!("yes"), json!(1), json!([])],
        Kind::Text { max } => vec![json!("x".repeat(max + 1)), json!(7)],
        Kind::Boxes { max } => {
            let one = json!([1, 2, 3, 4]);
            let all = |boxes: Value| Value::from(vec![boxes; images]);
            let corners = [json!([3, 2, 1, 4]), json!([1, 4, 3, 2]), json!([1, 2, 1, 4]), json!([1, 2, 3])];
            let odd = [json!([-1, 2, 3, 4]), json!([1.5, 2, 3, 4]), json!("1,2,3,4")];
            let mut out: Vec<_> = corners.into_iter().chain(odd).map(|corners| all(json!([corners]))).collect();
            out.extend([Value::from(vec![json!([]); images + 1]), Value::from(vec![json!([one.clone()]); images - 1])]);
            out.extend([all(Value::from(vec![one; max + 1])), all(json!(7)), json!("2:1,2,3,4")]);
            out
        }
        Kind::Palette { min, max } => {
            let good = palette(&vec![0xC2_D1_E6; *min]);
            let with = |key: &str, value: Value| {
                let mut list = good.clone();
                list[0][key] = value;
                list
            };
            let odd = ["33.3%", "33%", "33.34", "33.35%", "-1.00%"].map(|ratio| with("ratio", json!(ratio)));
            let hex = ["C2D1E6", "#C2D1E", "#C2D1E6F", "#GGGGGG"].map(|hex| with("hex", json!(hex)));
            let counts = [palette(&vec![0; min - 1]), palette(&vec![0; max + 1]), json!([])];
            let others =
                [with("ratio", json!(33.34)), with("name", json!("sky")), json!(vec!["#C2D1E6"; 3]), json!("blue")];
            odd.into_iter().chain(hex).chain(counts).chain(others).collect()
        }
        Kind::Size => vec![],
    }
}

/// Every way to break one rule of a legal request.
fn breaks(model: &Model, spec: &ModeSpec, legal: &Request) -> Vec<Broken> {
    let mut breaker = Breaker { spec, model, legal, out: vec![] };
    breaker.words();
    breaker.numbers();
    breaker.images();
    breaker.sizes();
    breaker.options();
    for mode in Mode::ALL.into_iter().filter(|mode| model.mode(*mode).is_none()) {
        breaker.spoil("mode", mode.id(), |request| request.mode = mode);
    }
    breaker.spoil("model", "unknown", |request| request.model = "painter-9".into());
    breaker.out
}

#[test]
fn legal_requests_have_no_violation_and_nor_do_their_parts() {
    everywhere(|catalog, model, spec, request| {
        prop_assert_eq!(catalog.check(&request), []);
        let parts = model.parts(&request);
        prop_assert_eq!(parts.iter().map(|part| part.n).sum::<u32>(), request.n);
        prop_assert!(parts.is_sorted_by(|a, b| a.n >= b.n), "the bigger ones come first");
        let seeds: BTreeSet<_> = parts.iter().filter_map(|part| part.seed).collect();
        prop_assert_eq!(seeds.len(), if request.seed.is_some() { parts.len() } else { 0 });
        for part in parts {
            prop_assert_eq!(catalog.check(&part), []);
            prop_assert!(part.n <= spec.per_request, "{} of {}", part.n, spec.per_request);
            prop_assert_eq!(Request { n: request.n, seed: request.seed, ..part }, request.clone());
        }
        Ok(())
    });
}

#[test]
fn one_broken_rule_is_told_of_exactly_its_field() {
    everywhere(|catalog, model, spec, request| {
        for Broken { field, how, request } in breaks(model, spec, &request) {
            let found = catalog.check(&request);
            let fields: BTreeSet<_> = found.iter().map(|violation| violation.field.as_str()).collect();
            prop_assert_eq!(fields, BTreeSet::from([field.as_str()]), "{}: {:?}", how, found);
        }
        Ok(())
    });
}

#[test]
fn what_snaps_is_legal() {
    everywhere(|catalog, model, spec, request| {
        for Broken { field, how, mut request } in breaks(model, spec, &request) {
            // A shared field among the options is not mended by setting the field.
            let is_stray =
                request.options.contains_key(&field) && spec.parameter(&field).is_none_or(Parameter::is_shared);
            let Some(value) = model.snap(&request, &field).filter(|_| !is_stray) else { continue };
            prop_assert!(request.set(&field, value));
            prop_assert_eq!(catalog.check(&request), [], "{} {}", field, how);
        }
        Ok(())
    });
}

#[test]
fn what_is_carried_over_is_legal_but_for_its_pictures() {
    everywhere(|catalog, _, _, mut request| {
        // As in a form that has yet to be given its pictures.
        if request.size == Size::Auto {
            request.images.clear();
        }
        for model in catalog.models() {
            for spec in &model.modes {
                let next = model.carry(&request, spec.mode);
                let found = catalog.check(&Request { prompt: "a fox".into(), ..next });
                prop_assert!(found.iter().all(|violation| violation.field == "images"), "{} {:?}", model.id, found);
            }
        }
        Ok(())
    });
}
