//! Local pictures on their way to the service.

use std::path::PathBuf;
use std::time::Duration;

use super::super::scene::{Scene, scene};
use super::super::scripted::fault;
use crate::api::Refusal;
use crate::domain::{Billed, Fault, FaultKind, JobId, Mode, Phase, Reference};
use crate::store::Intent;

/// A picture of noise, which no format makes smaller: about three bytes a pixel.
fn noise(scene: &Scene, name: &str, side: u32) -> PathBuf {
    let mut state = side;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let path = scene.dir.path().join(name);
    image::RgbImage::from_fn(side, side, |_, _| image::Rgb([next(), next(), next()])).save(&path).unwrap();
    path
}

fn edit(scene: &Scene, paths: &[&PathBuf]) -> JobId {
    scene.ask(|request| {
        request.mode = Mode::Edit;
        request.images = paths.iter().map(|&path| Reference::File(path.clone())).collect();
    })
}

/// The addresses of the pictures of a paid call, shortened.
fn sent(scene: &Scene, nth: usize) -> Vec<String> {
    let addresses = scene.remote.sent.borrow()[nth].images.clone();
    let short = |image: Reference| match image {
        Reference::Url(url) => url.chars().take(22).collect(),
        Reference::File(path) => panic!("a path was sent: {}", path.display()),
    };
    addresses.into_iter().map(short).collect()
}

fn unknown_address() -> Fault {
    let said = "The service refused the request: InternalError.Algo.InvalidParameter: The provided URL does not appear to \
                be valid.";
    Fault::new(FaultKind::Invalid, "invalid_parameter_error", said)
}

#[test]
fn small_pictures_go_in_the_request_and_large_ones_ahead_of_it_once() {
    let scene = scene();
    let (small, large) = (noise(&scene, "small.png", 300), noise(&scene, "large.png", 700));
    let first = edit(&scene, &[&small, &large]);
    scene.run(&[first]);
    assert_eq!(scene.job(first).phase, Phase::Done, "{:?}", scene.job(first).fault);
    assert_eq!(sent(&scene, 0)[0], "data:image/png;base64,");
    assert!(sent(&scene, 0)[1].starts_with("oss://1/"), "{:?}", sent(&scene, 0));
    assert!(!format!("{:?}", scene.remote.sent.borrow()[0].images[1]).contains("large"), "file names stay here");

    // The original may be gone: what was chosen is what is sent.
    let second = edit(&scene, &[&large]);
    std::fs::remove_file(&large).unwrap();
    scene.run(&[second]);
    assert_eq!(scene.job(second).phase, Phase::Done, "{:?}", scene.job(second).fault);
    assert!(sent(&scene, 1)[0].starts_with("oss://1/"), "remembered");
    let uploaded = scene.remote.uploaded.borrow();
    let models: Vec<_> = uploaded.iter().map(|(_, model, _)| model.as_str().to_owned()).collect();
    assert_eq!(models, ["wan2.7-image-here"], "uploaded once, for the name on the wire");
}

#[test]
fn an_upload_is_forgotten_after_two_days() {
    let scene = scene();
    let large = noise(&scene, "large.png", 700);
    let first = edit(&scene, &[&large]);
    scene.run(&[first]);
    let later =
        Scene { clock: super::Clock::skipping(scene.clock.now().after(Duration::from_secs(48 * 3600))), ..scene };
    let second = edit(&later, &[&large]);
    later.run(&[second]);
    assert!(sent(&later, 1)[0].starts_with("oss://2/"), "{:?}", sent(&later, 1));
}

#[test]
fn upload_trouble_is_waited_out_and_the_call_leaves_at_a_turn_of_its_own() {
    let scene = scene();
    for _ in 0..3 {
        let trouble = || Err(fault(FaultKind::Network, "timeout", true));
        scene.remote.uploads.borrow_mut().push_back(Box::new(trouble));
    }
    let large = noise(&scene, "large.png", 700);
    let id = edit(&scene, &[&large]);
    scene.run(&[id]);
    assert_eq!((scene.job(id).phase, scene.posts()), (Phase::Done, vec![14]), "2 + 4 + 8 s");
    assert_eq!(scene.walk(id), "PREPARING SUBMITTING WAITING FETCHING DONE");
    assert!(scene.log(id).contains("Picture 1 (large.png), upload 1: "), "{}", scene.log(id));
}

#[test]
fn what_cannot_be_uploaded_goes_in_the_request_or_fails_unbilled() {
    for (side, phase, posts) in [(700, Phase::Done, 1), (1700, Phase::Failed, 0)] {
        let scene = scene();
        let hopeless = || Err(fault(FaultKind::Access, "AccessDenied", false));
        scene.remote.uploads.borrow_mut().push_back(Box::new(hopeless));
        let large = noise(&scene, "large.png", side);
        let id = edit(&scene, &[&large]);
        scene.run(&[id]);
        let job = scene.job(id);
        assert_eq!((job.phase, scene.posts().len(), scene.remote.uploaded.borrow().len()), (phase, posts, 1));
        match job.fault {
            None => assert_eq!(sent(&scene, 0), ["data:image/png;base64,"]),
            Some(why) => {
                assert_eq!((why.kind, why.billed, job.billed_images), (FaultKind::Access, Billed::No, None));
                assert!(why.message.starts_with("Picture 1 (large.png) could not be uploaded"), "{why}");
                assert!(why.hint.contains("othing was sent"), "{why}");
            }
        }
    }
}

#[test]
fn an_upload_under_way_can_be_cancelled() {
    let scene = scene();
    for _ in 0..5 {
        scene.remote.uploads.borrow_mut().push_back(Box::new(|| Err(fault(FaultKind::Network, "timeout", true))));
    }
    let large = noise(&scene, "large.png", 700);
    let id = edit(&scene, &[&large]);
    let store = scene.store.clone();
    let cancel = move || {
        store.ask(Intent::Cancel(id), super::START).unwrap();
        Err(fault(FaultKind::Network, "timeout", true))
    };
    scene.remote.uploads.borrow_mut().push_front(Box::new(cancel));
    scene.run(&[id]);
    assert_eq!((scene.job(id).phase, scene.posts().len()), (Phase::Cancelled, 0));
    assert!(scene.remote.uploaded.borrow().len() < 6, "it did not have to fail first");
}

#[test]
fn an_address_the_service_does_not_know_is_uploaded_anew_once() {
    for refusals in [1, 2] {
        let scene = scene();
        let large = noise(&scene, "large.png", 700);
        for _ in 0..refusals {
            scene.remote.on_submit(|| Err(Refusal::Refused(unknown_address())));
        }
        let id = edit(&scene, &[&large]);
        scene.run(&[id]);
        let job = scene.job(id);
        let expected = if refusals == 1 { Phase::Done } else { Phase::Failed };
        assert_eq!((job.phase, scene.posts().len(), scene.remote.uploaded.borrow().len()), (expected, 2, 2));
        assert!(sent(&scene, 1)[0].starts_with("oss://2/"));
    }
    // A picture of the user's own has no other address.
    let scene = scene();
    scene.remote.on_submit(|| Err(Refusal::Refused(unknown_address())));
    let id = scene.ask(|request| request.images = vec![Reference::Url("oss://theirs/a.png".into())]);
    scene.run(&[id]);
    assert_eq!((scene.job(id).phase, scene.posts().len()), (Phase::Failed, 1));
}

#[test]
fn a_task_that_could_not_read_an_upload_is_retried_with_another() {
    let scene = scene();
    let large = noise(&scene, "large.png", 700);
    scene.remote.on_task(|| Ok(crate::api::TaskState::Failed(unknown_address())));
    let id = edit(&scene, &[&large]);
    let asked = std::cell::Cell::new(false);
    scene.run_until(None, || {
        if scene.job(id).phase == Phase::Failed && !asked.replace(true) {
            scene.store.ask(Intent::Retry(id), scene.clock.now()).unwrap();
        }
        scene.job(id).phase == Phase::Done
    });
    assert!(sent(&scene, 1)[0].starts_with("oss://2/"), "{:?}", sent(&scene, 1));
}
