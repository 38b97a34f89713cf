//! From a request to pictures on disk, over the emulator's wire.

use pinxit::domain::{Billed, FaultKind, Mode, Phase, Size};
use pinxit::emulator::{Delays, Fault, FaultRule, Options, Scope, Variants};

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
    let service = Service::with(Options { delays: Delays::ByPoll, variants, ..Options::default() });
    let mut request = service.request("wan2.7-image", Mode::TextToImage);
    request.size = Size::Pixels { width: 768, height: 768 };
    let job = service.run(request.clone());
    assert_eq!((job.phase, service.emulator.ledger().billed_images), (Phase::Done, 1), "{job:#?}");
    let tried = service.emulator.requests().len();
    service.run(request);
    assert_eq!(service.emulator.requests().len(), tried + 1, "the route that works is remembered");
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
    let job = service.run(service.request("wan2.6-t2i", Mode::TextToImage));
    assert_eq!(job.phase, Phase::Failed);
    assert_eq!(job.fault.unwrap().kind, FaultKind::Content);

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
