//! Two readings of the limits, held against each other: whatever the catalogue calls legal the emulator accepts, by every
//! route the catalogue lists. That what is not legal never leaves is the catalogue's own tests' to show.

use pinxit::api::{Answer, Client, Endpoint, Reply, call};
use pinxit::catalog::{Call, Catalog, Kind, ModeSpec, Model, Parameter, Route, parse_palette};
use pinxit::domain::{Mode, Reference, Region, Request, Size};
use pinxit::emulator::{Delays, Emulator, Options, Variants};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Requests tried for each model and mode, the same ones every time.
const CASES: u32 = 6;

/// The emulator makes up pictures of at least this side for addresses that are not its own.
const SIDE: u32 = 1200;

/// Any value a parameter may take beside `images` pictures.
fn legal_value(kind: &Kind, images: usize) -> BoxedStrategy<Value> {
    match *kind {
        Kind::Int { min, max } => (min..=max).prop_map(Value::from).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Text { max } => words(max).prop_map(Value::from).boxed(),
        Kind::Boxes { max } => vec(vec(corners(), 0..=max), images).prop_map(|list| json!(list)).boxed(),
        Kind::Palette { min, max } => vec(0u32..=0xFF_FFFF, min..=max).prop_map(|colours| palette(&colours)).boxed(),
        Kind::Size => Just(Value::Null).boxed(),
    }
}

/// Up to so many characters of every kind, and often all of them.
fn words(max: usize) -> impl Strategy<Value = String> {
    let some = vec(any::<char>(), 0..=max.min(40)).prop_map(|text| text.into_iter().collect());
    prop_oneof![some, Just("雪".repeat(max)), Just("x".repeat(max))]
}

fn corners() -> impl Strategy<Value = [u32; 4]> {
    (0..SIDE, 0..SIDE, 1..=SIDE, 1..=SIDE)
        .prop_map(|(x, y, wide, high)| [x, y, (x + wide).min(SIDE), (y + high).min(SIDE)])
}

fn palette(colours: &[u32]) -> Value {
    let text: Vec<_> = colours.iter().map(|colour| format!("#{colour:06x}")).collect();
    parse_palette(&text.join(",")).unwrap()
}

fn pictures(count: usize) -> Vec<Reference> {
    (0..count).map(|nth| Reference::Url(format!("https://pictures.example/{nth}.png"))).collect()
}

/// Any legal request of a mode, each parameter set or left at its default.
fn legal_request(model: &Model, spec: &ModeSpec) -> impl Strategy<Value = Request> + use<> {
    let (model, spec) = (model.clone(), spec.clone());
    let sides = prop_oneof![(1u32..9000, 1u32..9000), (500u32..2100, 500u32..2100)];
    let sizes = prop_oneof![
        sides.prop_map(|(width, height)| Size::Pixels { width, height }),
        prop::sample::select(if spec.size.choices().is_empty() { vec![Size::Auto] } else { spec.size.choices() }),
    ];
    (spec.images.min..=spec.images.max, sizes, words(model.prompt.max)).prop_flat_map(move |(images, size, prompt)| {
        let (model, spec) = (model.clone(), spec.clone());
        let value = |parameter: &Parameter| prop::option::of(legal_value(&parameter.kind, images));
        let values: Vec<_> = spec.parameters.iter().map(value).collect();
        values.prop_map(move |values| {
            let mut request = model.blank(spec.mode);
            request.images = pictures(images);
            request.prompt = if prompt.trim().is_empty() { "fox".into() } else { prompt.clone() };
            for (parameter, value) in spec.parameters.iter().zip(values).filter(|(p, _)| p.name != "size") {
                match value {
                    _ if parameter.idle_reason(&request).is_some() => request.set(&parameter.name, Value::Null),
                    Some(value) => request.set(&parameter.name, value),
                    None => true,
                };
            }
            request.size = spec.size.nearest(size);
            if size == Size::Auto && spec.size.auto && images > 0 {
                request.size = Size::Auto;
            }
            request
        })
    })
}

/// A service that refuses whatever any source says is refused, where sources do not contradict each other.
struct Strict {
    emulator: Emulator,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Strict {
    fn new() -> Strict {
        let variants = Variants { qwen_image_max_async: true, sse_pair: true, ..Variants::default() };
        let options = Options { delays: Delays::ByPoll, seed: Some(1), variants, plain: true, ..Options::default() };
        let emulator = Emulator::spawn(options).unwrap();
        let endpoint = Endpoint { base_url: emulator.base_url(), key: "sk-test".to_owned().into() };
        let client = Client::new(endpoint).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Strict { emulator, client, runtime }
    }

    /// Posts a request by a route; what is accepted is billed as many pictures as were asked for.
    fn accepts(&self, model: &Model, route: &Route, region: Region, request: &Request) -> Result<(), TestCaseError> {
        let before = self.emulator.ledger().billed_images;
        let call = call(model, route, region, request);
        let sent = self.runtime.block_on(self.client.submit(&call, &mut |_: &Answer| ()));
        let billed = self.emulator.ledger().billed_images - before;
        let asked = match request.mode {
            Mode::Interleave => request.options["max_images"].as_u64().unwrap(),
            _ => u64::from(request.n),
        };
        match (sent, route.call) {
            (Ok(Reply::Task { .. }), Call::Async) => {}
            (Ok(Reply::Answer(answer)), Call::Sync | Call::Stream) => {
                prop_assert_eq!(answer.pictures().count() as u64, asked, "{:#?}", call);
                prop_assert_eq!(answer.billed.map(u64::from), Some(asked), "{:#?}", call);
            }
            (other, _) => return Err(TestCaseError::fail(format!("{other:#?} to {call:#?}"))),
        }
        prop_assert_eq!(billed, asked, "{:#?}", call);
        Ok(())
    }
}

#[test]
fn whatever_is_legal_is_accepted_by_every_route() {
    let (catalog, service) = (Catalog::builtin(), Strict::new());
    for model in catalog.models() {
        for spec in &model.modes {
            let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            let tried = TestRunner::new_with_rng(config, rng).run(&legal_request(model, spec), |request| {
                prop_assert_eq!(catalog.check(&request), []);
                for part in model.parts(&request) {
                    for route in &spec.routes {
                        service.accepts(model, route, model.regions[0], &part)?;
                    }
                }
                Ok(())
            });
            tried.unwrap_or_else(|error| panic!("{} {}: {error}", model.id, spec.mode));
        }
    }
    assert_eq!(service.emulator.ledger().refused, 0);
}

#[test]
fn every_size_that_is_offered_is_accepted_in_every_region_by_its_name_there() {
    let (catalog, service) = (Catalog::builtin(), Strict::new());
    for model in catalog.models() {
        for spec in &model.modes {
            for size in spec.size.choices() {
                let images = pictures(spec.images.max.min(2).max(spec.images.min));
                let request = Request { prompt: "fox".into(), size, images, ..model.blank(spec.mode) };
                assert_eq!(catalog.check(&request), [], "{request:?}");
                for (route, region) in
                    spec.routes.iter().flat_map(|route| model.regions.iter().map(move |region| (route, *region)))
                {
                    service.accepts(model, route, region, &request).unwrap();
                }
            }
        }
    }
}

#[test]
fn every_dated_edition_is_known_by_its_name() {
    let (catalog, service) = (Catalog::builtin(), Strict::new());
    let mut count = 0;
    for model in catalog.models() {
        for (snapshot, spec) in
            model.snapshots.iter().flat_map(|snapshot| model.modes.iter().map(move |m| (snapshot, m)))
        {
            let images = pictures(spec.images.min);
            let request = Request { prompt: "fox".into(), model: snapshot.clone(), images, ..model.blank(spec.mode) };
            assert_eq!(catalog.check(&request), [], "{request:?}");
            // An edition may lack a route of the model's; the last one is every edition's own.
            service.accepts(model, spec.routes.last().unwrap(), Region::Singapore, &request).unwrap();
            let names = service.emulator.ledger().submits_by_model;
            assert!(names.contains_key(snapshot.as_str()), "{names:?}");
            count += 1;
        }
    }
    assert!(count >= 8, "{count}");
}
