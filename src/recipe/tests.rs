//! Recipes of jobs, of strangers, and back to requests.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::Catalog;
use crate::domain::{JobId, Mode, SEED_MAX, Size, Stamp, TaskId, Written};

fn request() -> Request {
    let mut request = Request::new("wan2.7-image-pro".into(), Mode::Edit);
    request.prompt = "雪中红狐 \u{1b}[2J \"quoted\"".into();
    request.images = vec![
        Reference::File("/home/me/狐.png".into()),
        Reference::Url("https://h.com/b.png?Signature=topsecret".into()),
    ];
    request.seed = Some(7);
    request.n = 2;
    request.written = Some(Written { template: "{雪中|} 红狐".into(), style: Some("ink-wash".into()) });
    request.options.insert("bbox_list".into(), json!([[], [[1, 2, 3, 4]]]));
    request.options.insert("color_palette".into(), json!([{"hex": "#C2D1E6", "ratio": "100.00%"}]));
    request
}

fn job() -> Job {
    let cost = Cost::Known { unit: Money::usd(75_000), images: 2, basis: "price file".into() };
    let mut job = Job::queued(JobId(12), Arc::new(request()), cost, Stamp(1_781_778_573_123));
    job.task = Some(TaskId("task-1".into()));
    job.request_id = Some("req-1".into());
    job.parent = Some("3b".parse().unwrap());
    job.actual_prompt = Some("A red fox".into());
    job
}

fn recipe() -> Recipe {
    Recipe::of(&job(), Some(Picture { number: 2, seed: Some(8) }), &[Some("ab".repeat(32)), None])
}

#[test]
fn everything_a_picture_was_made_from_is_in_it_and_no_signature() {
    let text = recipe().to_text();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "pinxit.recipe/1");
    assert_eq!(value["request"]["prompt"], request().prompt, "as it was asked");
    assert_eq!(value["request"]["options"]["bbox_list"], json!([[], [[1, 2, 3, 4]]]));
    assert_eq!(value["inputs"][0], json!({"path": "/home/me/狐.png", "sha256": "ab".repeat(32)}));
    assert_eq!(value["inputs"][1], json!({"url": "https://h.com/b.png", "cut": true}));
    assert_eq!(value["picture"], json!({"number": 2, "seed": 8}));
    assert_eq!(
        value["job"],
        json!({"id": 12, "created": "2026-06-18T10:29:33.123Z", "parent": "3b", "task": "task-1", "request_id": "req-1"})
    );
    assert_eq!(value["cost"], json!({"each": 0.075, "currency": "usd", "basis": "price file"}));
    assert_eq!(value["rewritten"], "A red fox");
    assert!(!text.contains("topsecret") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_level_leaves_out_what_is_nobody_s_business() {
    assert_eq!(recipe().at(Metadata::None), None);
    assert_eq!(recipe().at(Metadata::Full), Some(recipe()));
    let minimal = recipe().at(Metadata::Minimal).unwrap();
    assert_eq!(minimal.request(vec![]), Request { images: vec![], written: None, ..request() });
    let text = minimal.to_text();
    for gone in ["/home/me", "task-1", "req-1", "price file", "\"job\"", "0.075"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert!(text.contains(&"ab".repeat(32)) && text.contains("\"seed\":8"), "{text}");
}

#[test]
fn the_lines_for_other_tools_are_read_by_their_rules() {
    let words = recipe().words((2048, 1152));
    assert!(words.starts_with("雪中红狐 ␛[2J \"quoted\"\n"), "{words}");
    assert!(words.ends_with(concat!("Version: pinxit ", env!("CARGO_PKG_VERSION"))), "{words}");
    let read = foreign::read(&[("parameters", &words)]).unwrap();
    assert_eq!((read.size, read.seed, read.n), (Some((2048, 1152)), Some(8), Some(2)));
}

#[test]
fn what_is_no_recipe_says_why() {
    let why = |text: &str| Recipe::parse(text).unwrap_err().to_string();
    assert!(why("").starts_with("it is no recipe"));
    assert!(why("{\"prompt\": \"fox\"}").contains("schema"));
    assert_eq!(
        why("{\"schema\": \"pinxit.recipe/2\"}"),
        "it is a pinxit.recipe/2, and this pinxit reads pinxit.recipe/1"
    );
    assert!(why("{\"schema\": \"pinxit.recipe/1\"}").contains("request"));
}

#[test]
fn what_another_tool_asked_for_is_asked_of_a_model_here() {
    let catalog = Catalog::builtin();
    let foreign = foreign::Foreign {
        tool: "A1111",
        prompt: "fox".into(),
        negative: "blur".into(),
        size: Some((512, 768)),
        seed: Some(5_000_000_000),
        n: Some(99),
        unmapped: [("Sampler".to_owned(), "Euler\u{1b}[2J".to_owned())].into(),
    };
    for id in ["wan2.7-image-pro", "qwen-image", "wan2.6-t2i", "z-image-turbo"] {
        let model = catalog.get(id).unwrap();
        let recipe = adapt(foreign.clone(), &id.into(), model);
        let request = recipe.request(vec![]);
        assert_eq!(catalog.check(&request), [], "{id}: {request:?}");
        assert_eq!((request.prompt.as_str(), request.seed), ("fox", None));
        assert_eq!(recipe.from.as_deref(), Some("A1111"));
        assert_eq!(recipe.unmapped["Sampler"], "Euler␛[2J");
        assert_eq!(recipe.unmapped["seed"], "5000000000");
        assert!(recipe.unmapped["number"].starts_with("99;"), "{:?}", recipe.unmapped);
        let has_place = request.negative_prompt == "blur";
        assert_ne!(has_place, recipe.unmapped.contains_key("negative prompt"), "{id}");
    }
}

fn requests() -> impl Strategy<Value = Request> {
    let reference = prop_oneof![
        "/[a-z雪 ]{1,12}\\.png".prop_map(|path| Reference::File(path.into())),
        "https://[a-z]{1,8}\\.com/[a-z]{0,8}\\.png".prop_map(Reference::Url),
    ];
    let size = prop_oneof![
        Just(Size::Auto),
        (1..9000_u32, 1..9000_u32).prop_map(|(width, height)| Size::Pixels { width, height })
    ];
    let option = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!([[[1, 2, 3, 4]]]))
    ];
    let options = prop::collection::btree_map("[a-z_]{1,12}", option, 0..4);
    let written = prop::option::of((any::<String>(), prop::option::of("[a-z-]{1,9}")));
    let words = (any::<String>(), any::<String>(), written);
    let numbers = (1..30_u32, prop::option::of(0..=SEED_MAX), 0..4_usize);
    (words, prop::collection::vec(reference, 0..4), size, numbers, options).prop_map(
        |(words, images, size, numbers, options)| Request {
            prompt: words.0,
            negative_prompt: words.1,
            written: words.2.map(|(template, style)| Written { template, style }),
            images,
            size,
            n: numbers.0,
            seed: numbers.1,
            options,
            ..Request::new("wan2.7-image".into(), Mode::ALL[numbers.2])
        },
    )
}

proptest! {
    #[test]
    fn a_request_comes_back_from_its_recipe_as_it_was(request in requests()) {
        let job = Job { request: Arc::new(request.clone()), ..job() };
        let text = Recipe::of(&job, None, &[]).to_text();
        let back = Recipe::parse(&text).unwrap();
        prop_assert_eq!(&back.to_text(), &text, "the same text always");
        let images = back.inputs.iter().map(|input| match (&input.path, &input.url) {
            (Some(path), _) => Reference::File(path.clone()),
            (_, Some(url)) => Reference::Url(url.clone()),
            _ => unreachable!(),
        });
        let images = images.collect();
        prop_assert_eq!(back.request(images), request);
        prop_assert!(!text.chars().any(char::is_control), "nothing in it is an order");
    }
}
