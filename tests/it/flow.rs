//! From a request to pictures on disk, over the emulator's wire.

use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};
use pinxit::catalog::Prefer;
use pinxit::domain::{Billed, FaultKind, Mode, Passage, Phase, Reference, Request, Size};
use pinxit::emulator::{Delays, Fault, FaultRule, Options, Region, Scope, Variants};

use crate::service::Service;

#[test]
fn every_text_to_image_model_makes_its_picture_and_is_billed_once() {
    let service = Service::new(vec![]);
    let models: Vec<_> = service.catalog.models().iter().filter(|m| m.mode(Mode::TextToImage).is_some()).collect();
    assert!(models.len() >= 14, "{}", models.len());
    for (billed, model) in (1u64..).zip(models) {
        let mut request = service.request(model.id.as_str(), Mode::TextToImage);
        // Small where the model allows it: the emulator paints every pixel.
        if let Some(small) = model
            .sizes(Mode::TextToImage)
            .into_iter()
            .filter(|s| s.pixels().is_some())
            .min_by_key(|s| s.pixels().map(|(w, h)| w * h))
        {
            request.size = small;
        }
        let expected = model.dimensions(&request);
        let job = service.run(request);
        assert_eq!(
            (job.phase, job.images.len(), job.billed_images),
            (Phase::Done, 1, Some(1)),
            "{}: {job:#?}",
            model.id
        );
        let image = &job.images[0];
        assert_eq!(Some((image.width, image.height)), expected, "{}", model.id);
        assert_eq!(std::fs::metadata(&image.path).unwrap().len(), image.bytes);
        let ledger = service.emulator.ledger();
        assert_eq!((ledger.billed_images, ledger.images_delivered), (billed, billed), "{}", model.id);
    }
}

#[test]
fn all_images_of_an_answer_are_kept_whatever_its_layout() {
    // Choices, content items and results[]: contract 2.4.
    for (model, mode, n) in [
        ("wan2.7-image", Mode::TextToImage, 3),
        ("wan2.7-image-pro", Mode::Sequential, 5),
        ("qwen-image-2.0", Mode::TextToImage, 3),
        ("wan2.2-t2i-flash", Mode::TextToImage, 4),
    ] {
        let service = Service::new(vec![]);
        let mut request = service.request(model, mode);
        request.n = n;
        request.size = Size::Pixels { width: 768, height: 768 };
        let job = service.run(request);
        assert_eq!(
            (job.phase, job.images.len() as u32, job.billed_images),
            (Phase::Done, n, Some(n)),
            "{model}: {job:#?}"
        );
        let mut paths: Vec<_> = job.images.iter().map(|image| &image.path).collect();
        paths.dedup();
        assert_eq!(paths.len() as u32, n, "no file is written twice");
        assert_eq!(service.files().len() as u32, n, "nothing else is left behind");
        assert_eq!(service.emulator.ledger().images_delivered, u64::from(n));
    }
}

#[test]
fn the_other_route_is_tried_when_the_first_is_refused_unbilled() {
    let service = Service::new(vec![]);
    let job = service.run(service.request("qwen-image-max", Mode::TextToImage));
    assert_eq!(job.phase, Phase::Done, "{job:#?}");
    let paths: Vec<_> = service.emulator.requests().iter().map(|r| r.path.clone()).collect();
    assert_eq!(service.emulator.ledger().billed_images, 1);
    assert!(paths.last().unwrap().ends_with("/multimodal-generation/generation"), "{paths:?}");

    let variants = Variants { wan27_async: false, ..Variants::default() };
    let mut service = Service::with(Options { delays: Delays::ByPoll, variants, ..Options::default() });
    let mut request = service.request("wan2.7-image", Mode::TextToImage);
    request.size = Size::Pixels { width: 768, height: 768 };
    let job = service.run(request.clone());
    assert_eq!((job.phase, service.emulator.ledger().billed_images), (Phase::Done, 1), "{job:#?}");
    let tried = service.emulator.requests().len();
    service.run(request.clone());
    assert_eq!(service.emulator.requests().len(), tried + 1, "the route that works is remembered");
    service.start();
    service.run(request);
    assert_eq!(service.emulator.requests().len(), tried + 2, "also by the next engine");
}

#[test]
fn a_model_that_one_route_does_not_find_is_found_by_another() {
    // Frankfurt runs wan2.6-t2i, and by tasks only (contract 3.6).
    let region = Some(Region::Frankfurt);
    let mut service = Service::with(Options { delays: Delays::ByPoll, region, ..Options::default() });
    service.prefer = Prefer::Fast;
    service.start();
    let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
    assert_eq!((job.phase, service.emulator.ledger().billed_images), (Phase::Done, 1), "{job:#?}");
    let log = service.log(job.id);
    assert!(log.contains("ModelNotFound") && log.contains("POST /services/aigc/image-generation"), "{log}");

    let job = service.run(service.request("wan2.7-image", Mode::TextToImage));
    let fault = job.fault.clone().unwrap();
    assert_eq!(
        (job.phase, fault.code.as_str(), fault.billed),
        (Phase::Failed, "ModelNotFound", Billed::No),
        "{job:#?}"
    );
    assert!(fault.hint.contains("`pinxit models` shows where each model runs"), "{fault:?}");
    assert_eq!(service.log(job.id).matches("POST /").count(), 2, "both routes were tried, once");
}

/// A fault, and what must come of it: phase, kind of fault, billed images, files.
type Row = (&'static str, Scope, Fault, Phase, FaultKind, u64);

#[test]
fn every_fault_ends_in_words_and_in_nothing_that_is_not_a_picture() {
    use Phase::{Failed, Unsure};
    let rows: [Row; 9] = [
        ("500 unbilled", Scope::Submit, Fault::internal_error(false), Unsure, FaultKind::Unsure, 0),
        ("500 billed", Scope::Submit, Fault::internal_error(true), Unsure, FaultKind::Unsure, 1),
        ("HTML for JSON", Scope::Submit, Fault::Html { status: 200 }, Unsure, FaultKind::Unsure, 0),
        ("lost reply", Scope::Submit, Fault::LostReply, Unsure, FaultKind::Unsure, 1),
        ("inspection", Scope::Submit, Fault::inspection(), Failed, FaultKind::Content, 0),
        ("arrearage", Scope::Submit, Fault::arrearage(), Failed, FaultKind::Access, 0),
        ("truncated for ever", Scope::File, Fault::TruncatedPng, Failed, FaultKind::Other, 1),
        ("XML for PNG", Scope::File, Fault::XmlForPng, Failed, FaultKind::Other, 1),
        ("expired", Scope::File, Fault::ExpiredUrl, Failed, FaultKind::Other, 1),
    ];
    for (name, scope, fault, phase, kind, billed) in rows {
        let service = Service::new(vec![FaultRule::new(scope, fault)]);
        let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
        let why = job.fault.clone().unwrap_or_else(|| panic!("{name}: no fault\n{job:#?}"));
        assert_eq!((job.phase, why.kind), (phase, kind), "{name}: {why}");
        assert!(why.message.len() > 15, "{name}: {why}");
        assert_eq!(service.emulator.ledger().billed_images, billed, "{name}: {why}");
        assert_eq!(service.emulator.ledger().submits, 1, "{name}: one POST and no more");
        assert_eq!(service.files(), Vec::<std::path::PathBuf>::new(), "{name}");
        if phase == Unsure {
            assert_eq!(why.billed, Billed::Unknown, "{name}: {why}");
        }
    }
}

#[test]
fn what_cannot_have_been_billed_is_tried_again_and_ends_well() {
    for (name, scope, fault) in [
        ("429", Scope::Submit, Fault::throttled()),
        ("503", Scope::Submit, Fault::unavailable()),
        ("poll 500", Scope::Poll, Fault::internal_error(false)),
        ("poll HTML", Scope::Poll, Fault::Html { status: 502 }),
        ("poll lost", Scope::Poll, Fault::LostReply),
        ("cut picture", Scope::File, Fault::TruncatedPng),
        ("picture lost halfway", Scope::File, Fault::LostReply),
        ("wrong bytes", Scope::File, Fault::WrongBytes),
    ] {
        let service = Service::new(vec![FaultRule::new(scope, fault).times(2)]);
        let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
        assert_eq!((job.phase, job.images.len()), (Phase::Done, 1), "{name}: {job:#?}");
        assert_eq!(service.emulator.ledger().billed_images, 1, "{name}");
        assert_eq!(service.files().len(), 1, "{name}");
    }
}

#[test]
fn a_service_that_is_always_too_busy_is_given_up_in_the_end_and_unbilled() {
    let service = Service::new(vec![FaultRule::new(Scope::Submit, Fault::throttled())]);
    let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
    let fault = job.fault.clone().unwrap();
    assert_eq!((job.phase, fault.kind, fault.billed), (Phase::Failed, FaultKind::Throttled, Billed::No), "{job:#?}");
    assert_eq!((fault.kind.exit(), service.emulator.ledger().billed_images), (5, 0));
    assert!(service.emulator.requests().len() > 3, "it was tried again");
}

#[test]
fn a_jpeg_is_saved_as_one_whatever_its_address_says() {
    let service = Service::new(vec![FaultRule::new(Scope::File, Fault::Jpeg)]);
    let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
    assert_eq!(job.phase, Phase::Done, "{job:#?}");
    assert_eq!(job.images[0].path.extension().unwrap(), "jpg");
}

#[test]
fn part_of_an_answer_is_kept_and_the_rest_is_named() {
    let service = Service::new(vec![FaultRule::new(Scope::Submit, Fault::PartialFailure { failed: 1 })]);
    let mut request = service.request("wan2.2-t2i-flash", Mode::TextToImage);
    (request.n, request.size) = (4, Size::Pixels { width: 512, height: 512 });
    let job = service.run(request);
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Partial, 3, Some(3)), "{job:#?}");
    let fault = job.fault.unwrap();
    assert_eq!(fault.kind, FaultKind::Partial, "{fault}");
    assert_eq!(service.files().len(), 3);
}

#[test]
fn a_task_that_fails_or_vanishes_is_said_so() {
    let failed = Fault::TaskFailed { code: "DataInspectionFailed".into(), message: None };
    let service = Service::new(vec![FaultRule::new(Scope::Submit, failed)]);
    for (extend, advice) in [(true, "try once with --extend off"), (false, "Change the prompt.")] {
        let mut request = service.request("wan2.6-t2i", Mode::TextToImage);
        request.set("prompt_extend", extend.into());
        let job = service.run(request);
        let fault = job.fault.clone().unwrap();
        assert_eq!((job.phase, fault.kind), (Phase::Failed, FaultKind::Content), "{job:#?}");
        assert!(fault.hint.contains(advice), "{fault:?}");
    }

    let service = Service::new(vec![FaultRule::new(Scope::Submit, Fault::TaskUnknown)]);
    let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
    assert_eq!(job.phase, Phase::Expired, "{job:#?}");
    assert!(job.task.is_some(), "the task's id is kept, for the service's support");
}

#[test]
fn jobs_go_on_after_a_stop() {
    let hour = std::time::Duration::from_secs(3600);
    let delays = Delays::After { pending: hour, running: hour };
    let mut service = Service::with(Options { delays, seed: Some(1), ..Options::default() });
    let id = service.submit(service.request("wan2.6-t2i", Mode::TextToImage));
    service.when(id, |job| job.phase == Phase::Waiting);
    service.stop();
    service.emulator.age(3 * hour);
    service.start();
    let job = service.finished(id);
    assert_eq!((job.phase, job.images.len()), (Phase::Done, 1), "{job:#?}");
    assert_eq!(service.emulator.ledger().submits, 1);
}

#[test]
fn more_pictures_than_a_request_makes_are_several_requests_of_one_job() {
    let service = Service::new(vec![]);
    let mut request = service.request("qwen-image-plus", Mode::TextToImage);
    request.n = 3;
    let job = service.run(request.clone());
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Done, 3, Some(3)), "{job:#?}");
    let ledger = service.emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_images, ledger.images_delivered), (3, 3, 3));
    let mut contents: Vec<_> = job.images.iter().map(|image| image.sha256.clone()).collect();
    contents.sort();
    contents.dedup();
    assert_eq!(contents.len(), 3, "each request has a seed of its own");
    assert!(service.log(job.id).contains("request 3 of 3"), "{}", service.log(job.id));

    let service = Service::new(vec![FaultRule::new(Scope::Submit, Fault::inspection()).times(1)]);
    let mut request = service.request("qwen-image-plus", Mode::TextToImage);
    request.n = 2;
    let job = service.run(request);
    assert_eq!(
        (job.phase, service.emulator.ledger().submits),
        (Phase::Failed, 1),
        "the first refusal ends it: {job:#?}"
    );
}

/// Noise is as large as its pixels: above 1 MiB it is uploaded.
pub fn noise(side: u32) -> DynamicImage {
    let mut state = side;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    RgbImage::from_fn(side, side, |_, _| Rgb([next(), next(), next()])).into()
}

fn edit(service: &Service, pictures: &[&std::path::PathBuf]) -> Request {
    let images = pictures.iter().map(|&path| Reference::File(path.clone())).collect();
    Request { images, size: "1K".parse().unwrap(), ..service.request("wan2.7-image", Mode::Edit) }
}

#[test]
fn local_pictures_reach_the_service_in_the_request_or_by_its_storage() {
    let service = Service::new(vec![
        FaultRule::new(Scope::Upload, Fault::unavailable()).times(1),
        FaultRule::new(Scope::Policy, Fault::unavailable()).times(1),
    ]);
    let small = service.picture("small.png", RgbImage::new(300, 300).into());
    let large = service.picture("large.png", noise(700));
    let job = service.run(edit(&service, &[&small, &large]));
    assert_eq!((job.phase, job.images.len(), job.billed_images), (Phase::Done, 1, Some(1)), "{job:#?}");
    std::fs::remove_file(&small).unwrap();
    let uploads = |service: &Service| service.log(job.id).matches("is uploaded").count();
    assert_eq!(uploads(&service), 1, "{}", service.log(job.id));

    let again = service.run(edit(&service, &[&large]));
    assert_eq!(again.phase, Phase::Done, "{again:#?}");
    assert!(!service.log(again.id).contains("is uploaded"), "{}", service.log(again.id));
    assert_eq!(service.emulator.ledger().billed_images, 2);
}

#[test]
fn an_upload_the_service_has_forgotten_is_made_again() {
    let unknown = Fault::refuse(400, "invalid_parameter_error");
    let service = Service::new(vec![FaultRule::new(Scope::Submit, unknown).times(1)]);
    let large = service.picture("large.png", noise(700));
    let job = service.run(edit(&service, &[&large]));
    assert_eq!((job.phase, job.billed_images), (Phase::Done, Some(1)), "{job:#?}");
    assert_eq!(service.log(job.id).matches("is uploaded").count(), 2, "{}", service.log(job.id));
}

#[test]
fn a_picture_the_model_would_refuse_is_mended_in_a_copy() {
    let service = Service::new(vec![]);
    let clear = service.picture("clear.png", RgbaImage::from_pixel(300, 400, Rgba([9, 9, 9, 0])).into());
    let before = std::fs::read(&clear).unwrap();
    let request =
        Request { images: vec![Reference::File(clear.clone())], ..service.request("wan2.6-image", Mode::Edit) };
    let job = service.run(request);
    assert_eq!(job.phase, Phase::Done, "{job:#?}");
    assert!(service.log(job.id).contains("Picture 1 (clear.png): "), "{}", service.log(job.id));
    assert_eq!(std::fs::read(&clear).unwrap(), before, "the file itself is never touched");
}

/// A story's words and pictures.
fn tale(service: &Service) -> Request {
    service.request("wan2.6-image", Mode::Interleave)
}

#[test]
fn a_story_is_the_same_by_stream_and_by_task() {
    let told = |prefer: Prefer| {
        let mut service = Service::new(vec![]);
        service.prefer = prefer;
        service.start();
        let job = service.run(tale(&service));
        assert_eq!(job.phase, Phase::Done, "{job:#?}");
        let pictures = job.story.iter().filter(|passage| matches!(passage, Passage::Picture(_))).count();
        assert!(pictures > 0 && pictures < job.story.len(), "words and pictures: {:?}", job.story);
        let ledger = service.emulator.ledger();
        assert_eq!((job.images.len(), ledger.billed_images as usize, ledger.submits), (pictures, pictures, 1));
        assert_eq!(job.billed_images, Some(pictures as u32));
        let document = job.document.clone().unwrap();
        let text = std::fs::read_to_string(&document).unwrap();
        for image in &job.images {
            let name = image.path.file_name().unwrap().to_str().unwrap();
            assert!(text.contains(&format!("({name})")), "{name} in {text}");
        }
        let way = service.log(job.id);
        (job.story, way.contains("multimodal-generation"))
    };
    let (by_task, streamed) = told(Prefer::Durable);
    assert!(!streamed);
    let (by_stream, streamed) = told(Prefer::Fast);
    assert!(streamed);
    assert_eq!(by_task, by_stream);
}

#[test]
fn what_came_before_a_stream_broke_off_is_kept() {
    for (after, phase) in [(1, Phase::Partial), (0, Phase::Unsure)] {
        let mut service = Service::new(vec![FaultRule::new(Scope::Submit, Fault::StreamCut { after })]);
        service.prefer = Prefer::Fast;
        service.start();
        let job = service.run(tale(&service));
        assert_eq!((job.phase, job.images.len()), (phase, after as usize), "{job:#?}");
        let why = job.fault.clone().unwrap();
        assert_eq!((why.billed, service.emulator.ledger().submits), (Billed::Unknown, 1), "{why}");
        assert_eq!(job.document.is_some(), after > 0);
    }
}
