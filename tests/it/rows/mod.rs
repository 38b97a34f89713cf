//! The rows of the specification: every model in every mode, by each of its ways, from a request to pictures on disk. What
//! must arrive at the service is written out here and not asked of the catalogue.

mod row;

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use image::{Rgb, RgbImage};
use pinxit::catalog::{Catalog, Prefer};
use pinxit::domain::{Job, Mode, Passage, Phase, Reference, Region, Request};
use pinxit::emulator::Options;
use serde_json::{Value, json};

use crate::service::Service;
use Mode::{Edit, Interleave, Sequential, TextToImage};
use row::Way::{Pictures, Stream, Sync, Task, Words};
use row::{Row, Way, address, all_done, emulated, row};

fn palette() -> Value {
    json!([
        {"hex": "#C2D1E6", "ratio": "23.51%"}, {"hex": "#E65C45", "ratio": "40.00%"}, {"hex": "#5F9F7B", "ratio": "36.49%"},
    ])
}

fn wan27(model: &'static str, mode: Mode) -> Row {
    let usual = match mode {
        Sequential => json!({"enable_sequential": true, "watermark": false}),
        Edit => json!({"watermark": false}),
        _ => json!({"thinking_mode": true, "watermark": false}),
    };
    row(model, mode, &[Task, Sync], "768*768", usual)
}

const WAN27: [&str; 2] = ["wan2.7-image-pro", "wan2.7-image"];

fn blurred(row: Row) -> Row {
    row.set("negative_prompt", json!("模糊"))
}

fn wan27_from_words() -> Vec<Row> {
    let rows = |model| {
        let base = || wan27(model, TextToImage);
        [
            base().n(&[4]),
            base().n(&[4, 2]).set("thinking_mode", json!(false)),
            base().size("1K").set("color_palette", palette()),
            blurred(base().size("2K")),
            base().size("2048*288").set("watermark", json!(true)),
        ]
    };
    let largest = wan27("wan2.7-image-pro", TextToImage).size("4K");
    WAN27.into_iter().flat_map(rows).chain([largest]).collect()
}

fn wan27_in_sequences() -> Vec<Row> {
    let rows = |model| {
        let base = || wan27(model, Sequential);
        [base(), base().n(&[12]), blurred(base().n(&[3]).refs(9).size("1K"))]
    };
    WAN27.into_iter().flat_map(rows).collect()
}

fn wan27_editing() -> Vec<Row> {
    let boxes = || json!([[], [[989, 515, 1138, 681]], [[0, 0, 10, 10], [5, 5, 1200, 1200]]]);
    let rows = |model| {
        let base = || wan27(model, Edit);
        [
            base().refs(1).size("1K"),
            base().refs(9).n(&[4]),
            base().refs(3).set("bbox_list", boxes()),
            blurred(base().refs(2).n(&[4, 1]).set("color_palette", palette())),
        ]
    };
    WAN27.into_iter().flat_map(rows).collect()
}

/// What most models are sent beside size, count and seed.
fn usual() -> Value {
    json!({"prompt_extend": true, "watermark": false})
}

fn wan26_and_older_from_words() -> Vec<Row> {
    let wan26 = || row("wan2.6-t2i", TextToImage, &[Task, Sync], "1104*1472", usual());
    let wan25 = || row("wan2.5-t2i-preview", TextToImage, &[Words], "960*1696", usual());
    let plain = |row: Row| blurred(row).set("prompt_extend", json!(false));
    let older = ["wan2.2-t2i-flash", "wan2.2-t2i-plus"].map(|model| (model, model, Region::Singapore));
    // The same models by another name, and one that is in Beijing alone (contract 3.1).
    let oldest = [
        ("wanx2.1-t2i-turbo", "wan2.1-t2i-turbo", Region::Singapore),
        ("wanx2.1-t2i-plus", "wan2.1-t2i-plus", Region::Singapore),
        ("wanx2.1-t2i-turbo", "wanx2.1-t2i-turbo", Region::Beijing),
        ("wanx2.1-t2i-plus", "wanx2.1-t2i-plus", Region::Beijing),
        ("wanx2.0-t2i-turbo", "wanx2.0-t2i-turbo", Region::Beijing),
    ];
    let rows = |(model, name, region)| {
        let base = || row(model, TextToImage, &[Words], "512*512", usual()).named(name, region);
        [base().n(&[4, 1]), plain(base().size("1440*512"))]
    };
    let newer = [wan26().n(&[4]), plain(wan26()), wan25().n(&[4]), plain(wan25())];
    older.into_iter().chain(oldest).flat_map(rows).chain(newer).collect()
}

fn wan26_and_wan25_editing() -> Vec<Row> {
    let wan26 = |images| {
        let usual = json!({"prompt_extend": true, "watermark": false, "enable_interleave": false});
        row("wan2.6-image", Edit, &[Task, Sync], "768*768", usual).refs(images)
    };
    let wan25 = |images| row("wan2.5-i2i-preview", Edit, &[Pictures], "768*768", usual()).refs(images);
    let more = [wan26(2).n(&[4]), blurred(wan26(1).size("1K")), wan25(2).n(&[4]), blurred(wan25(1).size("auto"))];
    (1..=4).map(wan26).chain((1..=3).map(wan25)).chain(more).collect()
}

fn wan26_stories() -> Vec<Row> {
    let base = |most: u32| {
        let usual = json!({"n": null, "watermark": false, "enable_interleave": true});
        row("wan2.6-image", Interleave, &[Task, Stream], "768*768", usual).set("max_images", json!(most))
    };
    vec![base(1), base(3).refs(1).size("auto"), blurred(base(5))]
}

fn qwen_image_2() -> Vec<Row> {
    let rows = |model| {
        let base = |mode, images| row(model, mode, &[Sync], "512*512", usual()).refs(images);
        [
            base(TextToImage, 0).n(&[6]),
            blurred(base(TextToImage, 0).n(&[6, 1])),
            base(Edit, 1).size("auto"),
            base(Edit, 2).n(&[6]),
            blurred(base(Edit, 3)).set("prompt_extend", json!(false)),
        ]
    };
    ["qwen-image-2.0-pro", "qwen-image-2.0"].into_iter().flat_map(rows).collect()
}

fn qwen_image_edit() -> Vec<Row> {
    let rows = |model| {
        let base = |images| row(model, Edit, &[Sync], "512*512", usual()).refs(images);
        [base(1).size("auto"), base(2).n(&[6]), blurred(base(3))]
    };
    let first = |images| row("qwen-image-edit", Edit, &[Sync], "auto", usual()).refs(images);
    let newer = ["qwen-image-edit-max", "qwen-image-edit-plus"].into_iter().flat_map(rows);
    newer.chain([first(1), first(2).n(&[1, 1, 1]), blurred(first(3))]).collect()
}

fn qwen_image_from_words() -> Vec<Row> {
    let rows = |model| {
        let base = || row(model, TextToImage, &[Words, Sync], "1664*928", usual());
        [base().n(&[1, 1, 1]), blurred(base().size("928*1664"))]
    };
    ["qwen-image-plus", "qwen-image-max", "qwen-image"].into_iter().flat_map(rows).collect()
}

fn z_image_turbo() -> Vec<Row> {
    let base = || row("z-image-turbo", TextToImage, &[Sync], "512*512", json!({"n": null, "prompt_extend": false}));
    vec![base(), base().n(&[1, 1]).set("prompt_extend", json!(true))]
}

/// A test for each family: they run side by side, and a failure says which it is.
macro_rules! families {
    ($($family:ident)*) => {
        mod family {
            $(#[test] fn $family() { super::all_done(super::$family()); })*
        }

        fn all() -> Vec<Row> {
            [$($family(),)* wan26_stories()].concat()
        }
    };
}

families! {
    wan27_from_words wan27_in_sequences wan27_editing wan26_and_older_from_words wan26_and_wan25_editing qwen_image_2
    qwen_image_edit qwen_image_from_words z_image_turbo
}

#[test]
fn every_model_and_mode_of_the_catalogue_is_in_a_row_by_every_route() {
    let name = |model: &str, mode: Mode, path: &str, call: &str| format!("{model} {mode} {call} {path}");
    let catalog = Catalog::builtin();
    let modes = catalog.models().iter().flat_map(|model| model.modes.iter().map(move |spec| (model, spec)));
    let listed: BTreeSet<_> = modes
        .flat_map(|(model, spec)| spec.routes.iter().map(move |route| (model, spec, route)))
        .map(|(model, spec, route)| {
            name(model.id.as_str(), spec.mode, &format!("/api/v1{}", route.path), &format!("{:?}", route.call))
        })
        .collect();
    let call = |way: Way| match way {
        Task | Words | Pictures => "Async",
        Sync => "Sync",
        Stream => "Stream",
    };
    let tried: BTreeSet<_> = all()
        .iter()
        .flat_map(|row| row.ways.iter().map(move |way| name(row.model, row.mode, way.path(), call(*way))))
        .collect();
    assert_eq!(tried, listed);
}

#[test]
fn a_story_is_one_document_with_links_that_work_by_task_and_by_stream() {
    for row in wan26_stories() {
        let mut told = Vec::new();
        for way in row.ways {
            let (_service, job) = row.done(*way);
            let text = std::fs::read_to_string(job.document.as_ref().unwrap()).unwrap();
            assert_links(&job, &text);
            assert_words(&job, &text);
            told.push(text);
        }
        assert_eq!(told[0], told[1], "the same document, however it came");
    }
}

/// Every link is relative and leads to a picture of the job, in order.
fn assert_links(job: &Job, text: &str) {
    let document = url::Url::from_file_path(job.document.as_ref().unwrap()).unwrap();
    let links: Vec<&str> =
        text.split("](").skip(1).map(|rest| rest.split_once(')').expect("the link ends").0).collect();
    assert_eq!(links.len(), job.images.len(), "{text}");
    for (link, image) in links.iter().zip(&job.images) {
        assert!(url::Url::parse(link).is_err() && Path::new(link).is_relative(), "{link}");
        // As whatever shows Markdown finds it.
        assert_eq!(document.join(link).unwrap().to_file_path().unwrap(), image.path);
        assert!(image.path.is_file(), "{image:?}");
    }
}

/// Words and pictures stand in the document as the service told them.
fn assert_words(job: &Job, text: &str) {
    assert!(text.starts_with("# "), "{text}");
    let mut rest = text;
    let mut words = 0;
    for passage in &job.story {
        let wanted = match passage {
            Passage::Text(said) => said.trim().to_owned(),
            Passage::Picture(index) => format!("![Picture {}]", index + 1),
        };
        words += usize::from(matches!(passage, Passage::Text(_)));
        let at = rest.find(&wanted).unwrap_or_else(|| panic!("{wanted:?} is not in its place in {text}"));
        rest = &rest[at + wanted.len()..];
    }
    assert!(words >= job.images.len(), "words before each picture: {:?}", job.story);
}

#[test]
fn nine_references_from_here_and_there_arrive_in_order() {
    for (model, mode, count) in [
        ("wan2.7-image-pro", Edit, 9),
        ("wan2.7-image", Sequential, 9),
        ("wan2.6-image", Edit, 4),
        ("wan2.5-i2i-preview", Edit, 3),
        ("qwen-image-2.0", Edit, 3),
    ] {
        let service = Service::plain(Options::default());
        let colour = |nth: usize| Rgb([20 * nth as u8, 200, 90]);
        let reference = |nth: usize| match nth % 2 {
            0 => Reference::Url(address(nth)),
            _ => Reference::File(
                service.picture(&format!("{nth}.png"), RgbImage::from_pixel(400, 400, colour(nth)).into()),
            ),
        };
        let images = (1..=count).map(reference).collect();
        let size = "768*768".parse().unwrap();
        let job = service.run(Request { images, size, ..service.request(model, mode) });
        assert_eq!(job.phase, Phase::Done, "{model}: {job:#?}");
        service.assert_kept(&[job]);
        let got = service.emulator.requests();
        let arrived = pictures(&got[0].body);
        assert_eq!(arrived.len(), count, "{model}");
        for (nth, arrived) in (1..).zip(arrived) {
            match arrived.split_once(";base64,") {
                Some((_, data)) => {
                    let bytes = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
                    let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
                    assert_eq!(*picture.get_pixel(200, 200), colour(nth), "{model}, picture {nth}");
                    assert_eq!(nth % 2, 1, "{model}, picture {nth}");
                }
                None => assert_eq!(arrived, address(nth), "{model}"),
            }
        }
    }
}

/// The pictures of a body, in order.
fn pictures(body: &Value) -> Vec<String> {
    let content = body.pointer("/input/messages/0/content").and_then(Value::as_array);
    let list = body.pointer("/input/images").and_then(Value::as_array);
    let items = content.into_iter().flatten().filter_map(|item| item.get("image"));
    items.chain(list.into_iter().flatten()).map(|url| url.as_str().unwrap().to_owned()).collect()
}

#[test]
fn where_only_tasks_are_served_a_task_is_made_though_speed_is_preferred() {
    let mut service = Service::plain(Options { region: Some(emulated(Region::Frankfurt)), ..Options::default() });
    (service.region, service.prefer) = (Region::Frankfurt, Prefer::Fast);
    service.start();
    let wan26 = service.request("wan2.6-t2i", TextToImage);
    let story = service.request("wan2.6-image", Interleave);
    let jobs = [wan26, story].map(|request| service.run(request));
    assert!(jobs.iter().all(|job| job.phase == Phase::Done), "{jobs:#?}");
    service.assert_kept(&jobs);
    let paths: Vec<_> = service.emulator.requests().into_iter().map(|got| got.path).collect();
    assert_eq!(paths, [Sync, Task, Stream, Task].map(|way| way.path().to_owned()));
}
