//! Where several pictures stand in an answer (contract 2.4), and what else no source settles (contract 13): whichever the
//! service does, files on disk are what it billed.

use std::time::Duration;

use pinxit::api::{Answer, Client, Endpoint, Refusal, call};
use pinxit::catalog::{Catalog, Prefer};
use pinxit::domain::{Billed, FaultKind, Job, JobId, Mode, Phase, Reference, Region, Request, Size};
use pinxit::emulator::{Delays, Fault, FaultRule, Options, Scope, Variants};
use pinxit::store::Intent;

use crate::sample::NOW;
use crate::service::Service;
use Mode::{Edit, Interleave, Sequential, TextToImage};

const WORDS: &str = "/services/aigc/text2image/image-synthesis";
const SYNC: &str = "/services/aigc/multimodal-generation/generation";
const TASKS: &str = "/services/aigc/image-generation/generation";

/// A request for several pictures: model, mode, pictures in, pictures out.
type Ask = (&'static str, Mode, usize, u32);

/// Every line of contract 2.4, and every model that makes several.
const SEVERAL: [Ask; 14] = [
    ("wan2.6-image", Edit, 1, 2),
    ("wan2.7-image", Sequential, 0, 4),
    ("wan2.7-image-pro", Sequential, 2, 3),
    ("wan2.6-image", Interleave, 0, 3),
    ("wan2.6-image", Interleave, 1, 2),
    ("qwen-image-2.0", TextToImage, 0, 3),
    ("qwen-image-2.0-pro", Edit, 1, 2),
    ("qwen-image-edit-max", Edit, 1, 2),
    ("qwen-image-edit-plus", Edit, 2, 3),
    ("wan2.7-image", TextToImage, 0, 3),
    ("wan2.6-t2i", TextToImage, 0, 2),
    ("wan2.2-t2i-flash", TextToImage, 0, 4),
    ("wan2.5-i2i-preview", Edit, 1, 2),
    ("qwen-image-max", TextToImage, 0, 2),
];

/// Every reading that an emulator can show, one at a time.
fn readings() -> Vec<(&'static str, Variants)> {
    let usual = Variants::default();
    vec![
        ("usual", usual),
        ("wan_one_choice", Variants { wan_one_choice: true, ..usual }),
        ("qwen_choice_each", Variants { qwen_choice_each: true, ..usual }),
        ("short_series", Variants { short_series: true, ..usual }),
        ("qwen_image_max_async", Variants { qwen_image_max_async: true, ..usual }),
        ("no wan27_async", Variants { wan27_async: false, ..usual }),
        ("sse_pair", Variants { sse_pair: true, ..usual }),
        ("sse_crlf", Variants { sse_crlf: true, ..usual }),
        ("sse_pings", Variants { sse_pings: true, ..usual }),
        ("sse, all of it", Variants { sse_pair: true, sse_crlf: true, sse_pings: true, ..usual }),
        ("wan27_strict", Variants { wan27_strict: true, ..usual }),
        ("loose_sizes", Variants { loose_sizes: true, ..usual }),
        ("small_sizes", Variants { small_sizes: true, ..usual }),
    ]
}

fn request(service: &Service, (model, mode, images, n): Ask) -> Request {
    let mut request = service.request(model, mode);
    request.images = (0..images).map(|nth| Reference::Url(format!("https://pictures.example/{nth}.png"))).collect();
    request.size = service.catalog.get(model).unwrap().nearest_size(mode, Size::Pixels { width: 512, height: 512 });
    let counted = if mode == Interleave { "max_images" } else { "n" };
    assert!(request.set(counted, n.into()));
    request
}

fn started(options: Options, prefer: Prefer) -> Service {
    let mut service = Service::plain(options);
    service.prefer = prefer;
    service.start();
    service
}

fn reading(variants: Variants) -> Options {
    Options { variants, ..Options::default() }
}

fn all_are_kept(prefer: Prefer) {
    for (name, variants) in readings() {
        let service = started(reading(variants), prefer);
        let ids = SEVERAL.map(|ask| service.submit(request(&service, ask)));
        let jobs = ids.map(|id| service.finished(id));
        for ((model, mode, _, n), job) in SEVERAL.into_iter().zip(&jobs) {
            let is_series = matches!(mode, Sequential | Interleave);
            let count = if variants.short_series && is_series { n - 1 } else { n };
            let got = (job.phase, job.images.len() as u32, job.billed_images);
            assert_eq!(got, (Phase::Done, count, Some(count)), "{name}, {prefer:?}: {model} {mode}: {job:#?}");
        }
        service.assert_kept(&jobs);
    }
}

#[test]
fn every_layout_is_kept_whole_by_tasks() {
    all_are_kept(Prefer::Durable);
}

#[test]
fn every_layout_is_kept_whole_at_once_and_by_stream() {
    all_are_kept(Prefer::Fast);
}

#[test]
fn the_routes_that_sources_disagree_on_are_tried_in_turn_and_remembered() {
    let max = ("qwen-image-max", TextToImage, 0, 1);
    let wan27 = ("wan2.7-image", TextToImage, 0, 1);
    let usual = Variants::default();
    for (ask, variants, first, then) in [
        (max, Variants { qwen_image_max_async: true, ..usual }, &[WORDS][..], WORDS),
        (max, Variants { qwen_image_max_async: false, ..usual }, &[WORDS, SYNC], SYNC),
        (wan27, Variants { wan27_async: true, ..usual }, &[TASKS], TASKS),
        (wan27, Variants { wan27_async: false, ..usual }, &[TASKS, SYNC], SYNC),
    ] {
        let service = started(reading(variants), Prefer::Durable);
        let jobs = [(); 2].map(|()| service.run(request(&service, ask)));
        assert!(jobs.iter().all(|job| job.phase == Phase::Done), "{jobs:#?}");
        service.assert_kept(&jobs);
        let paths: Vec<_> = service.emulator.requests().into_iter().map(|got| got.path).collect();
        let expected: Vec<_> = first.iter().chain([&then]).map(|path| format!("/api/v1{path}")).collect();
        assert_eq!(paths, expected, "{ask:?}");
    }
}

/// A partly failed task: what was asked, how many of its pictures fail, and whether that is a shortfall.
type Part = (Ask, u32, bool);

#[test]
fn of_a_partly_failed_task_what_was_made_is_kept_and_what_was_not_is_said() {
    let one_choice = Variants { wan_one_choice: true, ..Variants::default() };
    let rows: [(Part, Variants); 8] = [
        ((("wan2.2-t2i-flash", TextToImage, 0, 4), 1, true), Variants::default()),
        ((("wan2.5-i2i-preview", Edit, 1, 3), 2, true), Variants::default()),
        ((("wan2.7-image", TextToImage, 0, 3), 1, true), Variants::default()),
        ((("wan2.6-image", Edit, 1, 4), 3, true), Variants::default()),
        // One choice has no place for a picture that is not there.
        ((("wan2.6-t2i", TextToImage, 0, 3), 1, true), one_choice),
        // A series may always be shorter.
        ((("wan2.7-image", Sequential, 0, 4), 2, false), Variants::default()),
        ((("wan2.6-image", Interleave, 0, 3), 1, false), Variants::default()),
        ((("wan2.6-image", Interleave, 0, 3), 2, false), one_choice),
    ];
    for ((ask, failed, is_short), variants) in rows {
        let service = started(reading(variants), Prefer::Durable);
        service.emulator.inject(FaultRule::new(Scope::Submit, Fault::PartialFailure { failed }));
        let job = service.run(request(&service, ask));
        let count = ask.3 - failed;
        assert_eq!((job.images.len() as u32, job.billed_images), (count, Some(count)), "{ask:?}: {job:#?}");
        let kind = job.fault.as_ref().map(|fault| fault.kind);
        let expected = if is_short { (Phase::Partial, Some(FaultKind::Partial)) } else { (Phase::Done, None) };
        assert_eq!((job.phase, kind), expected, "{ask:?}: {job:#?}");
        service.assert_kept(&[job]);
        assert_eq!(service.emulator.ledger().submits, 1, "what failed is not sent again by itself");
    }
}

#[test]
fn where_every_picture_failed_nothing_is_kept_or_billed() {
    for ask in [SEVERAL[0], SEVERAL[1], SEVERAL[3], SEVERAL[11], SEVERAL[12]] {
        for failure_on_top in [false, true] {
            let service = started(reading(Variants { failure_on_top, ..Variants::default() }), Prefer::Durable);
            service.emulator.inject(FaultRule::new(Scope::Submit, Fault::PartialFailure { failed: 99 }));
            let job = service.run(request(&service, ask));
            let fault = job.fault.clone().unwrap();
            assert_eq!(
                (job.phase, fault.kind, fault.billed),
                (Phase::Failed, FaultKind::Content, Billed::No),
                "{fault}"
            );
            assert_eq!(fault.code, "DataInspectionFailed");
            assert!(fault.message.contains("Output data may contain"), "the service's own words: {fault}");
            service.assert_kept(&[job]);
        }
    }
}

#[test]
fn what_is_left_of_a_split_job_is_kept_when_a_later_request_fails() {
    let service = started(Options::default(), Prefer::Durable);
    let partial = Fault::PartialFailure { failed: 2 };
    service.emulator.inject(FaultRule::new(Scope::Submit, partial).times(1));
    let job = service.run(request(&service, ("wan2.7-image", TextToImage, 0, 7)));
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 5, Some(5)), "{job:#?}");
    service.assert_kept(&[job]);
    assert_eq!(service.emulator.ledger().submits, 2, "the second request was sent all the same");
}

fn cancelled(service: &Service, id: JobId) -> Job {
    service.when(id, |job| job.phase == Phase::Waiting);
    service.store.ask(Intent::Cancel(id), NOW).unwrap();
    service.finished(id)
}

#[test]
fn a_cancelled_task_is_one_whatever_it_tells() {
    let hour = Duration::from_secs(3600);
    for canceled_times in [false, true] {
        let variants = Variants { canceled_times, ..Variants::default() };
        let delays = Delays::After { pending: hour, running: hour };
        let service = Service::with(Options { delays, plain: true, seed: Some(1), ..reading(variants) });
        let id = service.submit(request(&service, SEVERAL[1]));
        let job = cancelled(&service, id);
        assert_eq!((job.phase, job.images.len()), (Phase::Cancelled, 0), "{job:#?}");
        assert_eq!(service.emulator.ledger().billed_images, 0);
    }
}

/// A model that the service does not have.
const UNHEARD_OF: &str = "[[model]]\nid = \"painter-9\"\nlike = \"wan2.6-t2i\"\nabout = \"Nobody knows it\"\n";

#[test]
fn a_model_the_service_does_not_have_is_refused_in_plain_words_by_every_route() {
    for unknown_model_404 in [false, true] {
        let mut service = Service::plain(reading(Variants { unknown_model_404, ..Variants::default() }));
        let (catalog, problems) = Catalog::builtin().with_user(UNHEARD_OF);
        assert_eq!(problems.len(), 0, "{problems:?}");
        service.catalog = catalog.into();
        service.start();
        let job = service.run(service.request("painter-9", TextToImage));
        let fault = job.fault.clone().unwrap();
        assert_eq!((job.phase, fault.kind, fault.billed), (Phase::Failed, FaultKind::Access, Billed::No), "{fault}");
        assert!(fault.hint.contains("painter-9") && fault.hint.contains("pinxit models"), "{fault:?}");
        let paths = service.emulator.ledger().submits_by_route;
        assert_eq!((paths[TASKS], paths[SYNC]), (1, 1), "nothing was billed, so the other route was tried");
        service.assert_kept(&[job]);
    }
}

#[test]
fn a_refused_story_is_refused_whatever_its_status() {
    for sse_error_status in [false, true] {
        let service = started(reading(Variants { sse_error_status, ..Variants::default() }), Prefer::Fast);
        service.emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()));
        let job = service.run(request(&service, SEVERAL[3]));
        let fault = job.fault.clone().unwrap();
        assert_eq!((job.phase, fault.kind, fault.billed), (Phase::Failed, FaultKind::Content, Billed::No), "{fault}");
        assert_eq!(service.emulator.ledger().submits, 1, "{fault}");
        service.assert_kept(&[job]);
    }
}

#[test]
fn a_story_that_breaks_off_keeps_what_was_billed_however_it_is_written() {
    for variants in [
        Variants::default(),
        Variants { sse_crlf: true, ..Variants::default() },
        Variants { sse_pings: true, ..Variants::default() },
    ] {
        let error = Fault::StreamError { after: 2, code: "InternalError".into(), message: None };
        for fault in [Fault::StreamCut { after: 2 }, error] {
            let service = started(reading(variants), Prefer::Fast);
            service.emulator.inject(FaultRule::new(Scope::Submit, fault.clone()));
            let job = service.run(request(&service, ("wan2.6-image", Interleave, 0, 4)));
            assert_eq!((job.phase, job.images.len()), (Phase::Partial, 2), "{fault:?}: {job:#?}");
            assert!(job.document.is_some(), "{fault:?}: {job:#?}");
            service.assert_kept(&[job]);
        }
    }
}

#[test]
fn a_negative_prompt_that_wan27_refuses_is_said_and_costs_nothing() {
    for (wan27_strict, phase) in [(false, Phase::Done), (true, Phase::Failed)] {
        let service = started(reading(Variants { wan27_strict, ..Variants::default() }), Prefer::Durable);
        let mut request = request(&service, SEVERAL[9]);
        request.negative_prompt = "blur".into();
        let job = service.run(request);
        assert_eq!(job.phase, phase, "{job:#?}");
        if let Some(fault) = &job.fault {
            assert_eq!((fault.kind, fault.billed), (FaultKind::Invalid, Billed::No));
            assert!(fault.message.contains("negative_prompt"), "{fault}");
        }
        service.assert_kept(&[job]);
    }
}

/// As large as its pixels: above 1 MiB it is uploaded.
fn noise() -> image::DynamicImage {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    image::RgbImage::from_fn(700, 700, |_, _| image::Rgb([next(), next(), next()])).into()
}

#[test]
fn an_upload_is_resolved_and_its_forgotten_header_is_a_refusal_that_costs_nothing() {
    for oss_header_inspection in [false, true] {
        let options = reading(Variants { oss_header_inspection, ..Variants::default() });
        let service = started(options, Prefer::Durable);
        let mut wanted = request(&service, ("wan2.7-image", Edit, 0, 2));
        wanted.images = vec![Reference::File(service.picture("large.png", noise()))];
        let job = service.run(wanted.clone());
        assert_eq!((job.phase, job.images.len()), (Phase::Done, 2), "{job:#?}");
        service.assert_kept(&[job]);
        let sent = service.emulator.requests().remove(0);
        assert_eq!(sent.headers["x-dashscope-ossresourceresolve"], "enable");
        let address = sent.body["input"]["messages"][0]["content"][1]["image"].as_str().unwrap().to_owned();
        assert!(address.starts_with("oss://"), "{address}");

        wanted.images = vec![Reference::Url(address)];
        let model = service.catalog.get("wan2.7-image").unwrap();
        let mut bare = call(model, &model.mode(Edit).unwrap().routes[1], Region::Singapore, &wanted);
        bare.headers.retain(|(name, _)| *name != "X-DashScope-OssResourceResolve");
        let endpoint = Endpoint { base_url: service.emulator.base_url(), key: "sk-test".to_owned().into() };
        let client = Client::new(endpoint).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let refusal = runtime.block_on(client.submit(&bare, &mut |_: &Answer| ())).unwrap_err();
        let Refusal::Refused(fault) = refusal else { panic!("{refusal:?}") };
        assert_eq!(fault.billed, Billed::No, "{fault}");
        assert!(fault.hint.contains("48 hours"), "the picture's way is the trouble: {fault:?}");
        assert_eq!(service.emulator.ledger().billed_images, 2);
    }
}
